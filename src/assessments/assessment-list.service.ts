import { Injectable } from '@nestjs/common';
import { ILike, In, type FindOptionsWhere } from 'typeorm';
import type { AnswerSet, Code } from '../engine/form.js';
import { groupedBy } from '../engine/grouping.js';
import { progress } from '../engine/progress.js';
import { Reading } from '../engine/reading.js';
import { Department, ImplementingBody } from '../identity/organisation.entity.js';
import { reachOf, type Permission } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { isId } from '../kernel/ids.js';
import { scoped } from '../kernel/scoped.js';
import { Answer, AnswerRow } from './answer.entity.js';
import { Assessment } from './assessment.entity.js';
import { actionsFor, mayEdit, STATUSES, type Status, type Transition } from './assessment.transitions.js';
import { rowOf } from './clearing.js';
import { Forms } from './forms.js';

/** Documents on a page of the list. */
export const PAGE = 50;
const MOST_WAITING = 100;
/** Assessments whose progress this process remembers. */
const REMEMBERED = 2_000;

export interface ListFilter {
  status?: Status;
  /** Id of a department. */
  department?: string;
  form?: Code;
  /** Part of the title or the number. */
  words?: string;
  /** From 1. */
  page?: number;
}

/** Required items asked now, and how many of them are answered. */
export interface Tallied { answered: number; asked: number; missing: number; problems: number }

export interface Listed {
  id: string;
  number: string | null;
  title: string;
  form: Code;
  formTitle: string;
  status: Status;
  statusLabel: string;
  statusComment: string | null;
  departmentId: string;
  departmentName: string;
  bodyName: string;
  /** ISO instant. */
  changedAt: string;
  changedBy: string;
  progress: Tallied;
  editable: boolean;
  /** Steps that this person may take now. */
  actions: Transition[];
}

export interface Place { departmentId: string; departmentName: string; bodyId: string; bodyName: string }

/** Lists documents as far as the person's grants reach. */
@Injectable()
export class AssessmentList {
  /** A pure function of the answers, remembered by the count of edits; losing it costs time only. */
  private readonly remembered = new Map<string, Tallied>();

  constructor(private readonly forms: Forms) {}

  /** Newest change first, 50 a page. */
  async list(ctx: Ctx, filter: ListFilter = {}): Promise<{ assessments: Listed[]; total: number; page: number; pages: number }> {
    const where = this.within(ctx, 'assessment.read', filter);
    if (where === null) return { assessments: [], total: 0, page: 1, pages: 1 };
    const found = await scoped(ctx, Assessment).find(where as never, { changedAt: 'DESC', id: 'ASC' });
    const pages = Math.max(1, Math.ceil(found.length / PAGE));
    const page = Math.min(Math.max(1, Math.trunc(filter.page ?? 1) || 1), pages);
    return { assessments: await this.listed(ctx, found.slice((page - 1) * PAGE, page * PAGE)), total: found.length, page, pages };
  }

  /** What waits for this person: to be written, approved, confirmed; at most 100 of each. */
  async waiting(ctx: Ctx): Promise<{ toWrite: Listed[]; toApprove: Listed[]; toConfirm: Listed[] }> {
    const of = async (permission: Permission, statuses: Status[], fits: (one: Assessment) => boolean): Promise<Listed[]> => {
      const where = this.within(ctx, permission, {});
      if (where === null) return [];
      const found = await scoped(ctx, Assessment).find({ ...(where as object), status: In(statuses) } as never, { changedAt: 'DESC' }, MOST_WAITING);
      return this.listed(ctx, found.filter(fits));
    };
    const may = (action: string) => (one: Assessment): boolean => actionsFor(one, ctx.actor).some((step) => step.action === action);
    return {
      toWrite: await of('assessment.write', ['returned', 'draft'], () => true),
      toApprove: await of('assessment.approve', ['submitted'], may('approve')),
      toConfirm: await of('assessment.confirm', ['approved'], may('confirm')),
    };
  }

  /** Departments in which the person may do this: for the choice of where a new document is kept. */
  async placesFor(ctx: Ctx, permission: Permission): Promise<Place[]> {
    const reach = reachOf(ctx.actor.grants, permission);
    const all = await scoped(ctx, Department).find({}, { position: 'ASC', name: 'ASC' });
    const bodies = await scoped(ctx, ImplementingBody).find({}, { position: 'ASC', name: 'ASC' });
    const today = ctx.clock.today();
    const open = all.filter((one) => (one.endedOn === null || one.endedOn > today) && (reach === 'all' || reach.has(one.id)));
    return bodies.flatMap((body) => open.filter((one) => one.bodyId === body.id).map((one) => {
      const above = all.find((other) => other.id === one.parentId);
      return { departmentId: one.id, departmentName: above === undefined ? one.name : `${above.name}　${one.name}`, bodyId: body.id, bodyName: body.name };
    }));
  }

  private within(ctx: Ctx, permission: Permission, filter: ListFilter): FindOptionsWhere<Assessment> | FindOptionsWhere<Assessment>[] | null {
    const reach = reachOf(ctx.actor.grants, permission);
    if (filter.department !== undefined && !isId(filter.department)) return null;
    const departments = reach === 'all' ? (filter.department === undefined ? null : [filter.department]) : [...reach].filter((one) => filter.department === undefined || one === filter.department);
    if (departments?.length === 0) return null;
    const where: FindOptionsWhere<Assessment> = {
      ...(departments === null ? {} : { departmentId: In(departments) }),
      ...(filter.status === undefined ? {} : { status: filter.status }),
      ...(filter.form === undefined ? {} : { form: filter.form }),
    };
    const words = (filter.words ?? '').replaceAll('\u0000', '').trim().slice(0, 100);
    return words === '' ? where : { ...where, title: ILike(`%${words.replace(/[\\%_]/gu, '\\$&')}%`) };
  }

  private async listed(ctx: Ctx, assessments: readonly Assessment[]): Promise<Listed[]> {
    if (assessments.length === 0) return [];
    const departments = new Map((await scoped(ctx, Department).find({ id: In([...new Set(assessments.map((one) => one.departmentId))]) })).map((one) => [one.id, one.name]));
    const bodies = new Map((await scoped(ctx, ImplementingBody).find({ id: In([...new Set(assessments.map((one) => one.bodyId))]) })).map((one) => [one.id, one.name]));
    await this.tally(ctx, assessments);
    return assessments.map((one) => ({
      id: one.id, number: one.number, title: one.title, form: one.form,
      formTitle: this.forms.get(one.form, one.formVersion).definition.shortTitle,
      status: one.status, statusLabel: STATUSES[one.status], statusComment: one.statusComment,
      departmentId: one.departmentId, departmentName: departments.get(one.departmentId) ?? '', bodyName: bodies.get(one.bodyId) ?? '',
      changedAt: one.changedAt.toISOString(), changedBy: one.changedByName,
      progress: this.remembered.get(keyOf(one))!, editable: mayEdit(one, ctx.actor), actions: actionsFor(one, ctx.actor),
    }));
  }

  private async tally(ctx: Ctx, assessments: readonly Assessment[]): Promise<void> {
    const unknown = assessments.filter((one) => !this.remembered.has(keyOf(one)));
    for (const one of assessments) {
      const tallied = this.remembered.get(keyOf(one));
      if (tallied === undefined) continue;
      this.remembered.delete(keyOf(one));
      this.remembered.set(keyOf(one), tallied);
    }
    for (let start = 0; start < unknown.length; start += 10) {
      const some = unknown.slice(start, start + 10);
      const ids = In(some.map((one) => one.id));
      const rows = groupedBy(await scoped(ctx, AnswerRow).find({ assessmentId: ids }), (one) => one.assessmentId);
      const answers = groupedBy(await scoped(ctx, Answer).find({ assessmentId: ids }), (one) => one.assessmentId);
      for (const one of some) {
        const set: AnswerSet = { rows: (rows.get(one.id) ?? []).map(rowOf), answers: {} };
        for (const { address, value } of answers.get(one.id) ?? []) if (value !== null) set.answers[address] = value;
        const form = this.forms.get(one.form, one.formVersion);
        const { answered, asked, missing, problems } = progress(form, new Reading(form, set, this.forms.thresholdOf(form)));
        this.remembered.set(keyOf(one), { answered, asked, missing, problems });
      }
    }
    for (const key of this.remembered.keys()) {
      if (this.remembered.size <= REMEMBERED) break;
      this.remembered.delete(key);
    }
  }
}

const keyOf = (one: Assessment): string => `${one.id}#${one.edits}`;
