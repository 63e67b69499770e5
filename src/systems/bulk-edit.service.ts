import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { Code } from '../engine/form.js';
import { Departments } from '../identity/departments.service.js';
import type { Ctx } from '../kernel/ctx.js';
import { Conflict, Invalid, NotFound, TenkenError, type Problem } from '../kernel/errors.js';
import { isId } from '../kernel/ids.js';
import { scoped } from '../kernel/scoped.js';
import { Catalogue } from './catalogue.js';
import { writeChange, type SystemPatch } from './register-changing.js';
import { mergeRegister, registerPath, valueText } from './register-values.js';
import { lockForChange, mayWrite, mustRead } from './system-access.js';
import { FIELD_NAMES } from './system-history.js';
import { InformationSystem, SystemClass } from './system.entity.js';

/** The one thing that becomes the same in many systems. */
export type BulkChange =
  | { field: 'class'; classId: string | null }
  | { field: 'department'; departmentId: string }
  /** Null takes the item away. */
  | { field: 'register'; item: Code; value: unknown };

export interface BulkRow {
  id: string;
  name: string;
  version: number;
  /** In words; blank: nothing. */
  before: string;
  after: string;
  changes: boolean;
  /** Why the whole change would be refused; null where nothing is in the way. */
  problem: string | null;
}

export interface BulkPreview {
  /** What changes, in words: 区分, 設置・保管場所. */
  what: string;
  rows: BulkRow[];
  /** Systems that would change. */
  changing: number;
  /** The value itself does not fit. */
  problems: Problem[];
}

export const MOST_SYSTEMS = 1_000;

/** 一括編集: all or nothing. */
@Injectable()
export class BulkEdit {
  constructor(private readonly catalogue: Catalogue, private readonly departments: Departments) {}

  /** What each system has now and would have. Writes nothing. Throws `NotFound`, `Refused`, `Invalid` (none or too many). */
  async preview(ctx: Ctx, ids: readonly string[], change: BulkChange): Promise<BulkPreview> {
    mustBeSome(ids);
    const found = new Map((await scoped(ctx, InformationSystem).find({ id: In(ids.filter(isId)) })).map((one) => [one.id, one]));
    const words = await this.words(ctx, change);
    const rows: BulkRow[] = [];
    for (const id of new Set(ids)) {
      const system = found.get(id);
      if (system === undefined) throw new NotFound();
      await mustRead(ctx, system);
      const [before, after] = [words.of(system), words.after];
      const writable = mayWrite(ctx, system);
      const why = system.mergedIntoId !== null ? 'ほかのシステムに統合されています。' : 'このシステムを書く権限がありません。';
      rows.push({ id, name: system.name, version: system.version, before, after, changes: before !== after, problem: writable ? null : why });
    }
    return { what: words.what, rows, changing: rows.filter((one) => one.changes).length, problems: words.problems };
  }

  /**
   * Changes all of them or none. Throws `NotFound`, `Refused`, `Conflict` that names each system that somebody else changed,
   * `Invalid` that names each in which the value does not fit. Returns how many changed.
   */
  async apply(ctx: Ctx, systems: readonly { id: string; seen: number }[], change: BulkChange): Promise<{ changed: number }> {
    mustBeSome(systems);
    const seen = new Map(systems.map((one) => [one.id, one.seen]));
    const locked: InformationSystem[] = [];
    // In one order, so that two changes at once wait for each other and never in a circle.
    for (const id of [...seen.keys()].sort()) locked.push(await lockForChange(ctx, id));
    const stale = locked.filter((one) => one.version !== seen.get(one.id));
    if (stale.length > 0) {
      throw new Conflict('stale', `${stale.length}件のシステムは、ほかの人が先に変えました。どれも変えていません。いまの内容を確かめて、もう一度実行してください。`,
        stale.map((one): Problem => ({ code: 'stale', path: one.id, message: `「${one.name}」は、${one.changedByName}さんが先に変えました。` })),
        { sent: change, current: stale.map(({ id, name, version }) => ({ id, name, version })), currentVersion: Math.max(...stale.map((one) => one.version)) });
    }
    const patch: SystemPatch = change.field === 'class' ? { classId: change.classId } : change.field === 'department' ? { departmentId: change.departmentId } : { register: { [change.item]: change.value } };
    const problems: Problem[] = [];
    let changed = 0;
    for (const system of locked) {
      const before = system.version;
      try {
        await writeChange(ctx, this.catalogue, system, patch, '一括編集');
      } catch (error) {
        if (!(error instanceof TenkenError) || error.kind !== 'invalid') throw error;
        problems.push(...error.problems.map((one) => ({ ...one, path: `${system.id}/${one.path}`, message: `「${system.name}」：${one.message}` })));
      }
      if (system.version !== before) changed += 1;
    }
    if (problems.length > 0) throw new Invalid('bulk-invalid', '変えられないシステムがあるため、どれも変えていません。', problems);
    return { changed };
  }

  private async words(ctx: Ctx, change: BulkChange): Promise<{ what: string; after: string; of: (system: InformationSystem) => string; problems: Problem[] }> {
    if (change.field === 'class') {
      const labels = new Map((await scoped(ctx, SystemClass).find()).map((one) => [one.id, one.label]));
      const problems = change.classId === null || labels.has(change.classId) ? [] : [{ code: 'field-invalid', path: 'class', message: '区分を選び直してください。' }];
      return { what: FIELD_NAMES.class!, after: labels.get(change.classId ?? '') ?? '', of: (one) => labels.get(one.classId ?? '') ?? '', problems };
    }
    if (change.field === 'department') {
      const paths = new Map((await this.departments.tree(ctx)).map((one) => [one.department.id, one.path]));
      const problems = paths.has(change.departmentId) ? [] : [{ code: 'field-invalid', path: 'department', message: '所管課を選んでください。' }];
      return { what: FIELD_NAMES.department!, after: paths.get(change.departmentId) ?? '', of: (one) => paths.get(one.departmentId) ?? '', problems };
    }
    const item = this.catalogue.register.byCode.get(change.item);
    const { register, problems } = mergeRegister(this.catalogue.register, {}, { [change.item]: change.value });
    if (item === undefined) return { what: registerPath(change.item.slice(0, 60)), after: '', of: () => '', problems };
    return { what: item.item.label, after: valueText(item, register[item.code]), of: (one) => valueText(item, one.register[item.code]), problems };
  }
}

function mustBeSome(systems: readonly unknown[]): void {
  if (systems.length > 0 && systems.length <= MOST_SYSTEMS) return;
  const message = systems.length === 0 ? '変えるシステムを選んでください。' : `一度に変えられるのは${MOST_SYSTEMS.toLocaleString('ja-JP')}件までです。分けて実行してください。`;
  throw new Invalid('systems-chosen', message, [{ code: 'systems-chosen', path: 'systems', message }]);
}
