import { Inject, Injectable } from '@nestjs/common';
import type { Code } from '../engine/form.js';
import { checkTabulation, type TabulationProblem } from '../engine/tabulation-checking.js';
import { figuresOf, tabulate } from '../engine/tabulating.js';
import type { Dataset, FigureAddress, TabulationDefinition, TabulationResult } from '../engine/tabulation.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, NotFound } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { scoped } from '../kernel/scoped.js';
import { mustBeAsSeen, saveNext } from '../kernel/seen.js';
import { lockAudit, readAudit } from './audit-access.js';
import { moveAmong, mustBeUncited, nextPosition, tellPart } from './audit-part.js';
import { citing, columnsGone, tablesGone } from './tabulation-citing.js';
import type { ReadyTabulation } from './tabulation-content.js';
import { TabulationData, type OfferedDataset } from './tabulation-data.service.js';
import { Tabulation } from './tabulation.entity.js';

/** With the datasets that were typed by hand. */
export type StoredDefinition = Tabulation['definition'];

/** The ready definitions of the content, and the check of the shape of one from outside. */
export const READY_TABULATIONS = Symbol('ready tabulations');
export const TABULATION_SHAPE = Symbol('shape of tabulations');

export interface TabulationOfAudit {
  id: string;
  version: number;
  definition: StoredDefinition;
  /** What it reads, the typed ones among them. */
  datasets: Dataset[];
  result: TabulationResult;
  /** Of the definition over these data: a questionnaire that is gone, a renamed class. */
  problems: TabulationProblem[];
}

const MOST = 50;

/** 集計 of an audit: definitions over its responses, the register and typed figures; nothing that was counted is stored. */
@Injectable()
export class Tabulations {
  constructor(
    private readonly data: TabulationData,
    @Inject(READY_TABULATIONS) private readonly content: readonly ReadyTabulation[],
    @Inject(TABULATION_SHAPE) private readonly shape: (definition: unknown) => TabulationProblem[],
  ) {}

  /** In their order. Throws `NotFound`, `Refused`. */
  async list(ctx: Ctx, auditId: string): Promise<Tabulation[]> {
    await readAudit(ctx, auditId);
    return scoped(ctx, Tabulation).find({ auditId }, { position: 'ASC', id: 'ASC' });
  }

  /** Throws `NotFound`, `Refused`. */
  async get(ctx: Ctx, auditId: string, id: string): Promise<Tabulation> {
    const found = (await this.list(ctx, auditId)).find((one) => one.id === id);
    if (found === undefined) throw new NotFound();
    return found;
  }

  /** Every table of the audit as it counts now. Throws `NotFound`, `Refused`. */
  async results(ctx: Ctx, auditId: string): Promise<TabulationOfAudit[]> {
    const rows = await this.list(ctx, auditId);
    const wanted = new Set(rows.flatMap(({ definition }) => definition.tables.map((one) => one.dataset)));
    const read = rows.length === 0 ? [] : await this.data.read(ctx, auditId, wanted);
    return rows.map(({ id, version, definition }) => {
      const datasets = datasetsFor(definition, read);
      return { id, version, definition, datasets, result: tabulate(definition, datasets), problems: checkTabulation(definition, datasets) };
    });
  }

  /** Data that a table of the audit may read: what it offers, and what was typed for this tabulation. Throws as `get`. */
  async datasets(ctx: Ctx, auditId: string, id: string | null = null): Promise<Dataset[]> {
    await readAudit(ctx, auditId);
    const typed = id === null ? [] : ((await this.get(ctx, auditId, id)).definition.typed ?? []);
    return [...typed, ...(await this.data.read(ctx, auditId)).filter((one) => !typed.some(({ code }) => code === one.code))];
  }

  /** The figure at an address as it is printed now, for references in texts; null: there is none. Throws `NotFound`, `Refused`. */
  async figureText(ctx: Ctx, auditId: string): Promise<(address: FigureAddress) => string | null> {
    const texts = new Map((await this.results(ctx, auditId)).flatMap(({ result }) => [...figuresOf(result)].map(([address, { figure }]) => [address, figure.text] as const)));
    return (address) => texts.get(address) ?? null;
  }

  /** What a table may count, by its code and title. Throws `NotFound`, `Refused`. */
  async offered(ctx: Ctx, auditId: string): Promise<OfferedDataset[]> {
    await readAudit(ctx, auditId);
    return this.data.offered(ctx, auditId);
  }

  /** Ready definitions that hold today. */
  ready(today: string): ReadyTabulation[] {
    return this.content.filter(({ validity }) => validity.from <= today && (validity.until === undefined || today < validity.until));
  }

  divisions(ctx: Ctx): Promise<string[]> {
    return this.data.divisions(ctx);
  }

  /** Throws `NotFound`, `Refused`, `Invalid`. Returns its id. */
  async add(ctx: Ctx, auditId: string, definition: StoredDefinition): Promise<string> {
    await lockAudit(ctx, auditId);
    const rows = await scoped(ctx, Tabulation).find({ auditId });
    await this.mustBeSound(ctx, auditId, definition, rows);
    if (rows.length >= MOST) throw new Invalid('too-many', `集計は1つの監査に${MOST}件までです。使わないものを消してください。`);
    const id = newId();
    await scoped(ctx, Tabulation).insert({ id, auditId, code: definition.code, definition, position: nextPosition(rows), changedAt: ctx.clock.now(), changedByName: ctx.actor.name, version: 1 });
    await tellPart(ctx, auditId, 'tabulation-added', id, { after: definition });
    return id;
  }

  /**
   * Takes a ready definition over. @param questionnaireId whose responses are counted; unless given, the questionnaire of the audit
   * that has the form for which the tables were made. Throws as `add`; `Invalid` also where no questionnaire fits.
   */
  async takeOver(ctx: Ctx, auditId: string, code: Code, questionnaireId: string | null = null): Promise<string> {
    await readAudit(ctx, auditId);
    const ready = this.ready(ctx.clock.today()).find((one) => one.tabulation === code);
    if (ready === undefined) throw new NotFound('tabulation-unknown', `「${code.slice(0, 60)}」という集計のひな形はありません。`);
    const offered = await this.data.offered(ctx, auditId);
    const names = new Map<Code, Code>();
    for (const need of ready.datasets.filter((one) => one.from === 'responses')) {
      const found = offered.find((one) => (questionnaireId === null || questionnaireId === '' ? one.form === need.code : one.questionnaireId === questionnaireId));
      if (found === undefined) throw invalid([{ path: 'questionnaire', reason: `この集計には、調査票「${need.title}」の回答が要ります。先に調査票を作るか、使う調査票を選んでください。` }]);
      names.set(need.code, found.code);
    }
    const divisions = await this.data.divisions(ctx);
    const typed = ready.datasets.filter((one) => one.from === 'typed').map(({ code: own, title, unit, fields }): Dataset => ({
      code: own, title, unit, fields: fields.map((field) => (field.kind === 'class' ? { ...field, options: divisions.map((one) => ({ code: one, label: one })) } : field)),
      records: divisions.map((one, n) => ({ id: `${own}-${n + 1}`, label: one, values: Object.fromEntries(fields.map((field) => [field.code, field.kind === 'class' ? one : null])) })),
    }));
    const { definition } = structuredClone(ready);
    const { rounding } = await readAudit(ctx, auditId);
    return this.add(ctx, auditId, { ...definition, rounding, tables: definition.tables.map((table) => ({ ...table, dataset: names.get(table.dataset) ?? table.dataset })), ...(typed.length > 0 ? { typed } : {}) });
  }

  /** @param seen version that the page showed. Throws `NotFound`, `Refused` (also where a table or a column that goes is cited), `Conflict` with both sides, `Invalid`. */
  async change(ctx: Ctx, auditId: string, id: string, seen: number, definition: StoredDefinition): Promise<number> {
    const row = await this.lock(ctx, auditId, id);
    mustBeAsSeen(row, row.definition.title, seen, definition, row.definition);
    const rows = await scoped(ctx, Tabulation).find({ auditId });
    await this.mustBeSound(ctx, auditId, definition, rows.filter((one) => one.id !== id));
    for (const table of tablesGone(row.definition, definition)) mustBeUncited(table.title, await citing(ctx, auditId, [table.code]));
    for (const { table, column } of columnsGone(row.definition, definition)) mustBeUncited(`${table.title}　${column.label}`, await citing(ctx, auditId, [table.code], column.code));
    const before = row.definition;
    const version = await saveNext(ctx, Tabulation, row, { code: definition.code, definition });
    await tellPart(ctx, auditId, 'tabulation-changed', id, { before, after: definition });
    return version;
  }

  /** Throws as `change`; `Refused` where a text cites one of its tables or figures. */
  async remove(ctx: Ctx, auditId: string, id: string, seen: number): Promise<void> {
    const row = await this.lock(ctx, auditId, id);
    mustBeAsSeen(row, row.definition.title, seen, null, row.definition);
    mustBeUncited(row.definition.title, await citing(ctx, auditId, row.definition.tables.map((one) => one.code)));
    await scoped(ctx, Tabulation).delete({ id });
    await tellPart(ctx, auditId, 'tabulation-removed', id, { before: row.definition });
  }

  async move(ctx: Ctx, auditId: string, id: string, direction: 'up' | 'down'): Promise<void> {
    await this.lock(ctx, auditId, id);
    const rows = await scoped(ctx, Tabulation).find({ auditId }, { position: 'ASC', id: 'ASC' });
    if (await moveAmong(ctx, Tabulation, rows, id, direction)) await tellPart(ctx, auditId, 'tabulation-moved', id, { after: direction });
  }

  private async lock(ctx: Ctx, auditId: string, id: string): Promise<Tabulation> {
    await lockAudit(ctx, auditId);
    const row = await scoped(ctx, Tabulation).lock(id);
    if (row.auditId !== auditId) throw new NotFound();
    return row;
  }

  /** @param others the other tabulations of the audit */
  private async mustBeSound(ctx: Ctx, auditId: string, definition: StoredDefinition, others: readonly Tabulation[]): Promise<void> {
    const { typed = [], ...own } = definition;
    const misshapen = this.shape(own);
    if (misshapen.length > 0) throw invalid(misshapen);
    const taken = new Map(others.flatMap((one) => one.definition.tables.map((table) => [table.code, one.definition.title])));
    const problems: TabulationProblem[] = own.tables.flatMap(({ code }, n) => (taken.has(code) ? [{ path: `/tables/${n}/code`, reason: `表の符号「${code}」は、集計「${taken.get(code)!}」で使っています。別の符号にしてください。` }] : []));
    if (others.some((one) => one.code === own.code)) problems.push({ path: '/code', reason: `集計の符号「${own.code}」は、この監査のほかの集計で使っています。別の符号にしてください。` });
    const offered = await this.data.read(ctx, auditId, new Set(own.tables.map((one) => one.dataset)));
    problems.push(...checkTabulation(own, [...typed, ...offered]));
    if (problems.length > 0) throw invalid(problems);
  }
}

/** The datasets that a definition reads. */
function datasetsFor({ typed = [], tables }: StoredDefinition, offered: readonly Dataset[]): Dataset[] {
  const wanted = new Set(tables.map((one) => one.dataset));
  const own = new Set(typed.map((one) => one.code));
  return [...typed, ...offered.filter((one) => wanted.has(one.code) && !own.has(one.code))];
}

/** Without what was typed: the tables alone. */
export const tablesOf = ({ typed: _, ...definition }: StoredDefinition): TabulationDefinition => definition;

function invalid(problems: readonly TabulationProblem[]): Invalid {
  return new Invalid('tabulation-invalid', '集計の定義に誤りがあります。', problems.slice(0, 100).map(({ path, reason }) => ({ code: 'tabulation-invalid', path, message: reason })));
}
