import { Injectable } from '@nestjs/common';
import type { Ctx } from '../kernel/ctx.js';
import { Conflict, Invalid, Refused, type Problem } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { Account, AccountRole } from './account.entity.js';
import { Department, ImplementingBody, Organisation } from './organisation.entity.js';

export interface DepartmentText {
  name: string;
  /** 所属長の役職名. */
  headTitle: string;
}

export interface DepartmentInTree {
  department: Department;
  bodyName: string;
  /** 0 for a 部局. */
  depth: number;
  /** Names from the top, e.g. こども部 子育て支援課. */
  path: string;
  successorPath: string | null;
}

const DEEPEST = 3;

/** 部局・課 as a tree; reorganised with succession. */
@Injectable()
export class Departments {
  /** In order of the tree; ended ones stand after the living of the same parent. */
  async tree(ctx: Ctx): Promise<DepartmentInTree[]> {
    const all = await scoped(ctx, Department).find({}, { position: 'ASC', name: 'ASC' });
    const bodies = await scoped(ctx, ImplementingBody).find({}, { position: 'ASC', name: 'ASC' });
    const byId = new Map(all.map((one) => [one.id, one]));
    const pathOf = (one: Department, depth = 0): string => {
      const above = one.parentId === null || depth > 10 ? undefined : byId.get(one.parentId);
      return above === undefined ? one.name : `${pathOf(above, depth + 1)}　${one.name}`;
    };
    const listed: DepartmentInTree[] = [];
    const visit = (bodyId: string, bodyName: string, parentId: string | null, depth: number): void => {
      const here = all.filter((one) => one.bodyId === bodyId && one.parentId === parentId);
      for (const department of [...here.filter((one) => one.endedOn === null), ...here.filter((one) => one.endedOn !== null)]) {
        const successor = department.successorId === null ? undefined : byId.get(department.successorId);
        listed.push({ department, bodyName, depth, path: pathOf(department), successorPath: successor === undefined ? null : pathOf(successor) });
        if (depth < 10) visit(bodyId, bodyName, department.id, depth + 1);
      }
    };
    for (const body of bodies) visit(body.id, body.name, null, 0);
    return listed;
  }

  /** Those that have not ended. */
  async living(ctx: Ctx): Promise<DepartmentInTree[]> {
    return (await this.tree(ctx)).filter((one) => one.department.endedOn === null);
  }

  async get(ctx: Ctx, id: string): Promise<DepartmentInTree> {
    const department = await scoped(ctx, Department).get(id);
    return (await this.tree(ctx)).find((one) => one.department.id === department.id)!;
  }

  /** @param under id of the 部局 above, or of the body. Throws `Invalid`, `NotFound`. */
  async add(ctx: Ctx, under: { parentId: string } | { bodyId: string }, text: DepartmentText): Promise<string> {
    const parent = 'parentId' in under ? await this.get(ctx, under.parentId) : null;
    const body = await scoped(ctx, ImplementingBody).get(parent?.department.bodyId ?? (under as { bodyId: string }).bodyId);
    const place = { bodyId: body.id, parentId: parent?.department.id ?? null };
    const problems = await this.problemsOf(ctx, place, text, null);
    if (body.endedOn !== null || (parent !== null && parent.department.endedOn !== null)) problems.push({ code: 'place-ended', path: 'under', message: '終了した部局の下には加えられません。いまある部局を選んでください。' });
    if (parent !== null && parent.depth + 1 >= DEEPEST) problems.push({ code: 'too-deep', path: 'under', message: `部局・課は${DEEPEST}段までです。1つ上の部局を選んでください。` });
    if (problems.length > 0) throw new Invalid('department-invalid', '入力を確かめてください。', problems);
    const beside = await scoped(ctx, Department).find({ bodyId: body.id });
    const id = newId();
    const values = { ...place, name: text.name.trim(), headTitle: text.headTitle.trim(), position: beside.reduce((most, one) => Math.max(most, one.position + 1), 0), startedOn: ctx.clock.today() };
    await scoped(ctx, Department).insert({ id, ...values, endedOn: null, successorId: null, version: 1 });
    await record(ctx, { action: 'department-added', object: { kind: 'department', id }, after: values });
    return id;
  }

  /** Throws `NotFound`, `Invalid`, `Conflict`. */
  async change(ctx: Ctx, id: string, seen: number, text: DepartmentText): Promise<void> {
    const before = await scoped(ctx, Department).get(id);
    const problems = await this.problemsOf(ctx, before, text, id);
    if (problems.length > 0) throw new Invalid('department-invalid', '入力を確かめてください。', problems);
    const after = { name: text.name.trim(), headTitle: text.headTitle.trim() };
    await scoped(ctx, Department).updateSeen(id, seen, after);
    await record(ctx, { action: 'department-changed', object: { kind: 'department', id }, before: { name: before.name, headTitle: before.headTitle }, after });
  }

  /**
   * Ends a department. With a successor (再編) its people and their roles move there, and what it wrote stays within the
   * successor's reach. Throws `NotFound`, `Refused`, `Conflict`.
   */
  async end(ctx: Ctx, id: string, seen: number, successorId: string | null): Promise<{ moved: number }> {
    // One reorganisation at a time: two of them side by side could make a circle.
    await scoped(ctx, Organisation).lock(ctx.organisation);
    const department = await scoped(ctx, Department).lock(id);
    if (department.version !== seen) throw stale(department);
    if (department.endedOn !== null) throw new Refused('department-ended', `「${department.name}」はもう終了しています。`);
    if ((await scoped(ctx, Department).find({ parentId: id })).some((one) => one.endedOn === null)) throw new Refused('department-has-children', `「${department.name}」の下に、まだ課があります。先に下の課を終了にしてください。`);
    const successor = successorId === null ? null : await scoped(ctx, Department).get(successorId);
    if (successor !== null && (successor.id === id || successor.endedOn !== null)) throw new Refused('successor-ended', '後継には、いまあるほかの部局・課を選んでください。');
    const people = await scoped(ctx, Account).find({ departmentId: id });
    const roles = await scoped(ctx, AccountRole).find({ departmentId: id });
    const inUse = people.filter((one) => !one.disabled).length;
    if (successor === null && inUse + roles.length > 0) throw new Refused('department-has-people', `「${department.name}」には利用者か役割が残っています（利用者${inUse}人、役割${roles.length}件）。後継の部局・課を選ぶか、先に利用者を移してください。`);
    await scoped(ctx, Department).updateSeen(id, seen, { endedOn: ctx.clock.today(), successorId: successor?.id ?? null });
    if (successor !== null) await this.moveTo(ctx, successor.id, people, roles);
    await record(ctx, { action: 'department-ended', object: { kind: 'department', id }, before: { name: department.name }, after: { endedOn: ctx.clock.today(), successor: successor === null ? null : { id: successor.id, name: successor.name }, moved: people.map((one) => one.id) } });
    return { moved: people.length };
  }

  private async moveTo(ctx: Ctx, successorId: string, people: readonly Account[], roles: readonly AccountRole[]): Promise<void> {
    for (const person of people) await scoped(ctx, Account).updateSeen(person.id, person.version, { departmentId: successorId });
    for (const role of roles) {
      await scoped(ctx, AccountRole).delete({ id: role.id });
      const there = await scoped(ctx, AccountRole).count({ accountId: role.accountId, role: role.role, departmentId: successorId });
      if (there === 0) await scoped(ctx, AccountRole).insert({ id: newId(), accountId: role.accountId, role: role.role, departmentId: successorId });
    }
  }

  private async problemsOf(ctx: Ctx, place: { bodyId: string; parentId: string | null }, text: DepartmentText, self: string | null): Promise<Problem[]> {
    const problems: Problem[] = [];
    const name = text.name.trim();
    const head = text.headTitle.trim();
    if (name === '' || name.length > 100) problems.push({ code: 'field-invalid', path: 'name', message: '部局・課の名前を1～100字で入れてください。' });
    if (head === '' || head.length > 60) problems.push({ code: 'field-invalid', path: 'headTitle', message: '所属長の役職名を1～60字で入れてください（例：課長）。評価書にそのまま載ります。' });
    const beside = (await scoped(ctx, Department).find({ bodyId: place.bodyId })).filter((one) => one.parentId === place.parentId && one.endedOn === null && one.id !== self);
    if (beside.some((one) => one.name === name)) problems.push({ code: 'department-name-once', path: 'name', message: `同じところに「${name}」がもうあります。別の名前にしてください。` });
    return problems;
  }
}

function stale(department: Department): Conflict {
  return new Conflict('stale', `「${department.name}」は、ほかの人が先に変えました。いまの内容を確かめてから、もう一度操作してください。`, [], { sent: {}, current: { name: department.name }, currentVersion: department.version });
}
