import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { Departments } from '../identity/departments.service.js';
import { allows } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Conflict, Invalid, NotFound, Refused, type Problem } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { Catalogue } from './catalogue.js';
import { foldDepartment } from './import/departments.js';
import { ImportFields } from './import/fields.js';
import { columnAddress, fittingMapping, headingsHash, mappingProblems, proposeMapping, type ColumnMapping, type MappedSheet } from './import/mapping.js';
import { optionProblems } from './import/option-checks.js';
import { FIRST_OPTIONS, type ImportOptions, type RowKind } from './import/plan.js';
import { openSheets, planImport, suggestedClass, type OpenedSheet, type Plan, type PreviewRow } from './import/preview.js';
import { readRegisterFile } from './import/read-file.js';
import { keepable, type ReadFile } from './import/sheets.js';
import { RegisterImport, RegisterMapping } from './register-import.entity.js';
import { registerState } from './register-import-state.js';
import { takeRowsOver } from './register-taking-over.js';
import { SystemClasses } from './system-classes.service.js';

/** Kept in `register_import.source`. */
interface KeptSource extends ReadFile {
  sha256: string;
  options: ImportOptions;
  /** Folded name of a department in the file → department. */
  departments: Record<string, string>;
  /** Sheets whose mapping was remembered from an earlier file. */
  remembered: string[];
}

export interface ImportPreview extends Omit<Plan, 'rows'> {
  id: string;
  fileName: string;
  kind: 'xlsx' | 'csv';
  madeAt: string;
  /** Send both back with the next action: `version` of the import, `seal` of what it would do. */
  version: number;
  rows: PreviewRow[];
  options: ImportOptions;
  /** Departments that the person chose, by the folded name of the file. */
  chosen: Record<string, string>;
  remembered: string[];
  /** What a column can be. */
  fields: { code: string; label: string }[];
}

export interface ImportOutcome {
  counts: Record<RowKind, number>;
  /** Ids of the systems that were added or changed. */
  systems: string[];
}

/** 台帳の取込み: a file is read, looked through and mended; only `takeOver` writes the register, all of it or nothing. */
@Injectable()
export class RegisterImports {
  constructor(private readonly catalogue: Catalogue, private readonly fields: ImportFields, private readonly departments: Departments, private readonly classes: SystemClasses) {}

  /** Reads the file and proposes a mapping. Throws `Invalid` (no readable register; then nothing is kept), `Refused`. */
  async begin(ctx: Ctx, fileName: string, bytes: Uint8Array): Promise<{ id: string }> {
    mustImport(ctx);
    const read = readRegisterFile(fileName, bytes);
    const sheets = openSheets(read.sheets, this.fields);
    if (sheets.every(({ headings }) => headings === null)) throw noHeadings(this.fields);
    const mapping: Record<string, string> = {};
    const remembered: string[] = [];
    for (const { name, headings } of mappable(sheets)) {
      const kept = await scoped(ctx, RegisterMapping).findOne({ headings: headingsHash(headings) });
      const fitting = kept === null ? null : fittingMapping(kept.mapping, headings, this.fields);
      if (fitting !== null) remembered.push(name);
      for (const [column, field] of Object.entries(fitting ?? proposeMapping(headings, this.fields))) mapping[columnAddress(name, column)] = field;
    }
    const living = (await this.classes.living(ctx)).map(({ id, label }) => ({ id, label, ended: false }));
    const unclassed = sheets.filter(({ grid, headings }) => !(headings?.columns ?? []).some(({ column }) => mapping[columnAddress(grid.sheet.name, column)] === 'class'));
    const suggested = unclassed.map((sheet) => [sheet.grid.sheet.name, suggestedClass(sheet, living)] as const).filter((one): one is [string, string] => one[1] !== null);
    const options: ImportOptions = { ...FIRST_OPTIONS, classes: Object.fromEntries(suggested), leftOut: read.sheets.filter(({ hidden }) => hidden === true).map(({ name }) => name) };
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const source: KeptSource = { ...read, sha256, options, departments: {}, remembered };
    const id = newId();
    const called = keepable(fileName).slice(0, 200);
    await scoped(ctx, RegisterImport).insert({
      id, fileName: called, source: source as never, mapping, state: 'open', outcome: null, accountId: ctx.actor.id, createdByName: ctx.actor.name, createdAt: ctx.clock.now(), version: 1,
    });
    await record(ctx, { action: 'register-import-begun', object: { kind: 'register-import', id }, after: { fileName: called, sha256, kind: read.kind } });
    return { id };
  }

  /** What taking it over would do, held against the register as it is now. Throws `NotFound`, `Refused`. */
  async preview(ctx: Ctx, id: string): Promise<ImportPreview> {
    return this.shown(ctx, await this.open(ctx, id));
  }

  /** What this person has begun and neither taken over nor discarded, newest first. */
  async waiting(ctx: Ctx): Promise<{ id: string; fileName: string; madeAt: string }[]> {
    mustImport(ctx);
    const found: { id: string; fileName: string; madeAt: Date }[] = await ctx.tx.query(
      `select id, file_name as "fileName", created_at as "madeAt" from register_import where organisation_id = $1 and account_id = $2 and state = 'open' order by created_at desc limit 50`, [ctx.organisation, ctx.actor.id]);
    return found.map((one) => ({ ...one, madeAt: one.madeAt.toISOString() }));
  }

  /** What came of an import that was taken over. Throws `NotFound`. */
  async outcome(ctx: Ctx, id: string): Promise<ImportOutcome & { fileName: string }> {
    const found = await this.own(ctx, id);
    if (found.outcome === null) throw new NotFound();
    return { ...(found.outcome as ImportOutcome), fileName: found.fileName };
  }

  /** @param mapping `別表1!C` → field (blank: left out); columns that are not named stay. Throws `NotFound`, `Conflict`, `Invalid`. */
  async setMapping(ctx: Ctx, id: string, seen: number, mapping: Readonly<Record<string, string>>): Promise<ImportPreview> {
    const found = await this.open(ctx, id, seen);
    const sheets = mappable(openSheets(sourceOf(found).sheets, this.fields));
    const whole = { ...found.mapping, ...mapping };
    mustFit(mappingProblems(sheets, whole, this.fields));
    await this.remember(ctx, sheets, whole);
    return this.saved(ctx, found, { mapping: whole });
  }

  /** @param departments a name as the file has it → department (null: take back). Throws `NotFound`, `Conflict`, `Invalid`. */
  async setDepartments(ctx: Ctx, id: string, seen: number, departments: Readonly<Record<string, string | null>>): Promise<ImportPreview> {
    const found = await this.open(ctx, id, seen);
    const living = new Set((await this.departments.living(ctx)).map(({ department }) => department.id));
    const source = sourceOf(found);
    const chosen = new Map(Object.entries(source.departments));
    const problems: Problem[] = [];
    for (const [text, departmentId] of Object.entries(departments)) {
      const key = foldDepartment(text).slice(0, 200);
      if (departmentId === null) chosen.delete(key);
      else if (living.has(departmentId)) chosen.set(key, departmentId);
      else problems.push({ code: 'department-unknown', path: text.slice(0, 60), message: `「${text.slice(0, 60)}」：選んだ部署がありません。いまある部署から選び直してください。` });
    }
    mustFit(problems);
    return this.saved(ctx, found, { source: { ...source, departments: Object.fromEntries(chosen) } });
  }

  /** Throws `NotFound`, `Conflict`, `Invalid`. */
  async setOptions(ctx: Ctx, id: string, seen: number, options: Partial<ImportOptions>): Promise<ImportPreview> {
    const found = await this.open(ctx, id, seen);
    const source = sourceOf(found);
    const whole: ImportOptions = { ...source.options, ...options };
    mustFit(optionProblems(whole, source.sheets.map(({ name }) => name), (await this.classes.list(ctx)).map((one) => one.id)));
    const { sameNumber, blanks, fillOwner, classes, leftOut } = whole;
    return this.saved(ctx, found, { source: { ...source, options: { sameNumber, blanks, fillOwner, classes, leftOut } } });
  }

  /**
   * Writes every good row, in the transaction at hand. With refused rows only when the person says so (`withoutRefused`).
   * @param seen version and seal of the preview that the person looked at
   * Throws `NotFound`, `Invalid` (with the refused rows), `Conflict` when the import or what it touches in the register has changed since.
   */
  async takeOver(ctx: Ctx, id: string, seen: { version: number; seal: string; withoutRefused?: boolean }): Promise<ImportOutcome> {
    await ctx.tx.query(`select pg_advisory_xact_lock(hashtextextended('register-import ' || $1, 0))`, [ctx.organisation]);
    const found = await this.open(ctx, id, seen.version);
    const plan = await this.plan(ctx, found);
    if (plan.seal !== seen.seal) throw new Conflict('register-changed', '見ていた後に台帳が変わったため、取り込めませんでした。新しい見込みを確かめて、もう一度取り込んでください。');
    mustFit(plan.problems);
    const refused = plan.rows.filter(({ kind }) => kind === 'refused');
    if (refused.length > 0 && seen.withoutRefused !== true) {
      throw new Invalid('rows-refused', `取り込めない行が${refused.length}行あります。直して選び直すか、「取り込めない行を除いて取り込む」を選んでください。`, refused.flatMap(({ problems }) => problems));
    }
    const departments = await this.departments.tree(ctx);
    const classes = await this.classes.list(ctx);
    const systems = await takeRowsOver(ctx, plan.rows, { catalogue: this.catalogue, departments, classes, comment: `台帳の取込み（${found.fileName}）` });
    const outcome: ImportOutcome = { counts: plan.counts, systems };
    await this.remember(ctx, mappable(openSheets(sourceOf(found).sheets, this.fields)), found.mapping);
    await scoped(ctx, RegisterImport).updateSeen(id, found.version, { state: 'taken-over', outcome: outcome as never });
    await record(ctx, { action: 'register-imported', object: { kind: 'register-import', id }, after: { fileName: found.fileName, sha256: sourceOf(found).sha256, ...outcome } });
    return outcome;
  }

  /** What was read is thrown away. Throws `NotFound`, `Refused` when it was taken over already. */
  async discard(ctx: Ctx, id: string): Promise<void> {
    const found = await this.open(ctx, id);
    await scoped(ctx, RegisterImport).updateSeen(id, found.version, { state: 'discarded', source: {} as never, mapping: {} as never });
    await record(ctx, { action: 'register-import-discarded', object: { kind: 'register-import', id }, before: { fileName: found.fileName } });
  }

  private async own(ctx: Ctx, id: string): Promise<RegisterImport> {
    mustImport(ctx);
    const found = await scoped(ctx, RegisterImport).get(id);
    if (found.accountId !== ctx.actor.id) throw new NotFound();
    return found;
  }

  private async open(ctx: Ctx, id: string, seen?: number): Promise<RegisterImport> {
    const found = await this.own(ctx, id);
    if (found.state !== 'open') throw new Refused('import-closed', found.state === 'taken-over' ? 'この取込みは終わっています。台帳を見てください。' : 'この取込みは取りやめられています。ファイルを選び直してください。');
    if (seen !== undefined && found.version !== seen) throw new Conflict('stale', 'この取込みは、ほかの画面で先に変えられました。画面を読み込み直してください。', [], { sent: null, current: null, currentVersion: found.version });
    return found;
  }

  private async saved(ctx: Ctx, found: RegisterImport, patch: Partial<Pick<RegisterImport, 'mapping' | 'source'>>): Promise<ImportPreview> {
    await scoped(ctx, RegisterImport).updateSeen(found.id, found.version, patch as never);
    return this.shown(ctx, Object.assign(found, patch, { version: found.version + 1 }));
  }

  /** The columns of each sheet, for the next file with the same headings. */
  private async remember(ctx: Ctx, sheets: readonly MappedSheet[], mapping: Readonly<Record<string, string>>): Promise<void> {
    for (const { name, headings } of sheets) {
      const hash = headingsHash(headings);
      const columns: ColumnMapping = Object.fromEntries(headings.columns.map(({ column }) => [column, mapping[columnAddress(name, column)] ?? '']));
      await ctx.tx.query(
        `insert into register_mapping (id, organisation_id, headings, mapping) values ($1, $2, $3, $4)
           on conflict on constraint register_mapping_once do update set mapping = excluded.mapping, version = register_mapping.version + 1 where register_mapping.mapping is distinct from excluded.mapping`,
        [newId(), ctx.organisation, hash, JSON.stringify(columns)]);
    }
  }

  private async plan(ctx: Ctx, found: RegisterImport): Promise<Plan> {
    const source = sourceOf(found);
    const state = await registerState(ctx, this.catalogue.register, await this.departments.tree(ctx), await this.classes.list(ctx), source.departments);
    return planImport({ sheets: openSheets(source.sheets, this.fields), mapping: found.mapping, options: source.options, state, fields: this.fields });
  }

  private async shown(ctx: Ctx, found: RegisterImport): Promise<ImportPreview> {
    const plan = await this.plan(ctx, found);
    const { options, departments, remembered, kind } = sourceOf(found);
    return {
      ...plan, rows: plan.rows.map(({ write: _, ...row }) => row), id: found.id, fileName: found.fileName, kind, madeAt: found.createdAt.toISOString(), version: found.version,
      options, chosen: departments, remembered, fields: this.fields.all.map(({ code, label }) => ({ code, label })),
    };
  }
}

const sourceOf = (found: RegisterImport): KeptSource => found.source as KeptSource;

function mappable(sheets: readonly OpenedSheet[]): MappedSheet[] {
  return sheets.flatMap(({ grid, headings }) => (headings === null ? [] : [{ name: grid.sheet.name, headings }]));
}

function mustImport(ctx: Ctx): void {
  if (!allows(ctx.actor.grants, 'system.import')) throw new Refused('not-allowed', 'システム台帳を取り込む権限がありません。評価統括か監査事務局に頼んでください。');
}

function mustFit(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new Invalid('import-invalid', '取込みの設定を確かめてください。', problems);
}

function noHeadings(fields: ImportFields): Invalid {
  const message = `見出しの行が見つかりません。「${fields.label('name')}」「${fields.label('owner')}」などの見出しを、どれかのシートの初めの40行のうちに置いてください。`;
  return new Invalid('register-no-headings', message, [{ code: 'register-no-headings', path: 'file', message }]);
}
