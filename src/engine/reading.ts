/**
 * The answers of one document laid over its form: rows in order, item instances with address,
 * visibility and value in scope. Built once per look at the answers; never changes them.
 */
import { emptyAnswer, hasShape } from './blanks.js';
import { compute, type ComputeThreshold } from './computed.js';
import { NOT_ASKED, type Explanation, type Scope, type Seen, type Verdict } from './conditions.js';
import type { CompiledForm, CompiledItem } from './form-index.js';
import { groupedBy } from './grouping.js';
import { addressOf, splitAddress, type Address, type AnswerSet, type AnswerValue, type Code, type Row } from './form.js';

/** A row with the rows around it; `number` counts from 1 among its siblings. */
export interface PlacedRow extends Row {
  readonly number: number;
  readonly around: PlacedRow | null;
}

export interface Instance {
  readonly address: Address;
  readonly item: CompiledItem;
  readonly row: PlacedRow | null;
}

/** What cannot belong to the form: rows and answers without a place. */
export interface Stray { readonly code: 'unknown-item' | 'unknown-row' | 'wrong-row' | 'malformed'; readonly address: Address; readonly what: string }

const MOST_ROWS = 10_000;

export class Reading {
  readonly strays: Stray[] = [];
  private readonly rowById = new Map<string, PlacedRow>();
  private readonly rowsByPlace = new Map<string, PlacedRow[]>();
  private readonly shown = new Map<Address, Verdict>();
  private readonly scopes = new Map<string, Scope>();
  private readonly underWay = new Set<Address>();
  private readonly answers: Record<Address, AnswerValue>;
  private readonly values = new Map<Address, AnswerValue | undefined>();
  private list: Instance[] | null = null;

  constructor(readonly form: CompiledForm, set: AnswerSet, private readonly computeThreshold?: ComputeThreshold) {
    const given: unknown = set;
    const record = typeof given === 'object' && given !== null ? (given as Partial<Record<keyof AnswerSet, unknown>>) : {};
    this.answers = typeof record.answers === 'object' && record.answers !== null && !Array.isArray(record.answers) ? (record.answers as AnswerSet['answers']) : {};
    if (record.answers !== undefined && this.answers !== record.answers) this.strays.push({ code: 'malformed', address: '', what: 'answers' });
    this.placeRows(Array.isArray(record.rows) ? record.rows : []);
    if (!Array.isArray(record.rows)) this.strays.push({ code: 'malformed', address: '', what: 'rows' });
    this.findStrays();
  }

  /** The rows of a group within a row (of the group around it), or at the root, in order. */
  rowsOf(group: Code, parent: string | null): readonly PlacedRow[] {
    return this.rowsByPlace.get(`${group}@${parent ?? ''}`) ?? [];
  }

  /** All rows of a group that lie within the row at hand (or all, seen from the root). */
  rowsSeenFrom(group: Code, from: PlacedRow | null): readonly PlacedRow[] {
    const item = this.form.byCode.get(group);
    if (!item) return [];
    const shared = ancestors(from).filter((row) => item.groups.includes(row.group));
    const nearest = shared[0] ?? null;
    const chain = [...item.groups, group];
    let rows: readonly PlacedRow[] = nearest ? [nearest] : [];
    for (let level = nearest ? chain.indexOf(nearest.group) + 1 : 0; level < chain.length; level += 1) {
      rows = level === 0 ? this.rowsOf(chain[0]!, null) : rows.flatMap((row) => this.rowsOf(chain[level]!, row.id));
    }
    return rows;
  }

  row(id: string): PlacedRow | undefined {
    return this.rowById.get(id);
  }

  /** The stored answer; undefined when there is none, it is blank, or it has not the shape of an answer. */
  answer(address: Address): AnswerValue | undefined {
    if (this.values.has(address)) return this.values.get(address);
    const raw = this.raw(address);
    const kind = this.form.byCode.get(splitAddress(address).item)?.item.kind;
    const value = raw !== undefined && kind !== undefined && hasShape(kind, raw) && !emptyAnswer(raw) ? raw : undefined;
    this.values.set(address, value);
    return value;
  }

  /** What is stored, whatever it is. */
  raw(address: Address): unknown {
    return Object.hasOwn(this.answers, address) ? this.answers[address] : undefined;
  }

  get addresses(): Address[] {
    return Object.keys(this.answers);
  }

  /** Instances in printed order: sections repeated per row, children of groups row by row. */
  get instances(): readonly Instance[] {
    if (this.list) return this.list;
    const list: Instance[] = [];
    const place = (item: CompiledItem, row: PlacedRow | null): void => {
      list.push({ address: addressOf(item.code, row?.id ?? null), item, row });
      const children = this.form.childrenOf.get(item.code);
      if (!children || children.length === 0) return;
      for (const inner of this.rowsOf(item.code, row?.id ?? null)) for (const child of children) place(child, inner);
    };
    for (const section of this.form.sections) {
      for (const row of this.rowsOfSection(section.groups)) for (const item of section.items) place(item, row);
    }
    return (this.list = list);
  }

  /** The rows for which a section is repeated; `[null]` for a section that stands once. */
  rowsOfSection(groups: readonly Code[]): readonly (PlacedRow | null)[] {
    return groups.length === 0 ? [null] : this.rowsSeenFrom(groups.at(-1)!, null);
  }

  /** Shown (`yes`), hidden (`no`), or not yet decided; a hidden group hides what stands in its rows. */
  visible(item: CompiledItem, row: PlacedRow | null): Verdict {
    const address = addressOf(item.code, row?.id ?? null);
    const known = this.shown.get(address);
    if (known) return known;
    if (this.underWay.has(address)) return 'unknown';
    this.underWay.add(address);
    const around = this.groupAround(item, row);
    const outer = around ? this.visible(around.item, around.row) : 'yes';
    const own = item.condition && outer !== 'no' ? item.condition.evaluate(this.scope(row)) : 'yes';
    const verdict: Verdict = outer === 'no' || own === 'no' ? 'no' : outer === 'unknown' || own === 'unknown' ? 'unknown' : 'yes';
    this.underWay.delete(address);
    this.shown.set(address, verdict);
    return verdict;
  }

  /** Why an instance is shown or hidden; null when it has no condition around it. */
  explain(item: CompiledItem, row: PlacedRow | null): Explanation | null {
    const around = this.groupAround(item, row);
    if (around && this.visible(around.item, around.row) !== 'yes') return this.explain(around.item, around.row);
    return item.condition?.explain(this.scope(row)) ?? (around ? this.explain(around.item, around.row) : null);
  }

  /** What a condition sees from a row. */
  scope(row: PlacedRow | null): Scope {
    const key = row?.id ?? '';
    let scope = this.scopes.get(key);
    if (!scope) {
      scope = { value: (code) => this.seen(code, row), rows: (group) => this.rowsSeenFrom(group, row).map((one) => this.scope(one)) };
      this.scopes.set(key, scope);
    }
    return scope;
  }

  /** The instance that a reference means from a row: in the row, in the rows around it, or at the root; null when its rows are elsewhere. */
  lookUp(code: Code, from: PlacedRow | null): Instance | null {
    const item = this.form.byCode.get(code);
    if (!item) return null;
    const holder = item.groups.at(-1);
    if (holder === undefined) return { address: code, item, row: null };
    const row = ancestors(from).find((one) => one.group === holder);
    return row ? { address: addressOf(code, row.id), item, row } : null;
  }

  private seen(code: Code, from: PlacedRow | null): Seen {
    const found = this.lookUp(code, from);
    if (!found) return undefined;
    if (this.visible(found.item, found.row) === 'no') return NOT_ASKED;
    if (found.item.item.kind === 'group') return this.rowsSeenFrom(code, from).length;
    if (found.item.item.kind !== 'computed') return this.answer(found.address);
    if (this.underWay.has(`=${found.address}`)) return undefined;
    this.underWay.add(`=${found.address}`);
    const value = compute(this, found.item, found.row, this.computeThreshold)?.value;
    this.underWay.delete(`=${found.address}`);
    return value;
  }

  private groupAround(item: CompiledItem, row: PlacedRow | null): { item: CompiledItem; row: PlacedRow | null } | null {
    const holder = item.groups.at(-1);
    const group = holder === undefined ? undefined : this.form.byCode.get(holder);
    return group ? { item: group, row: row?.around ?? null } : null;
  }

  private placeRows(rows: readonly unknown[]): void {
    const waiting = new Map<string, Row>();
    for (const row of rows.slice(0, MOST_ROWS)) {
      if (isRow(row) && !waiting.has(row.id)) waiting.set(row.id, row);
      else this.strays.push({ code: 'malformed', address: '', what: 'rows' });
    }
    if (rows.length > MOST_ROWS) this.strays.push({ code: 'malformed', address: '', what: 'rows' });
    const byGroup = groupedBy(waiting.values(), (row) => row.group);
    const groups = this.form.items.filter((item) => item.item.kind === 'group').sort((a, b) => a.groups.length - b.groups.length);
    for (const group of groups) this.placeGroup(group, byGroup.get(group.code) ?? []);
    for (const row of waiting.values()) if (!this.rowById.has(row.id)) this.strays.push({ code: 'wrong-row', address: '', what: row.id });
  }

  /** Rows whose parent is a placed row of the group around, in the order of their positions. */
  private placeGroup(group: CompiledItem, rows: readonly Row[]): void {
    const holder = group.groups.at(-1);
    const fitting = rows.filter(({ parent }) => (holder === undefined ? parent === null : parent !== null && this.rowById.get(parent)?.group === holder));
    for (const [parent, siblings] of groupedBy(fitting, (row) => row.parent)) {
      const sorted = siblings.sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1));
      const placed = sorted.map((row, n): PlacedRow => ({ ...row, number: n + 1, around: parent === null ? null : this.rowById.get(parent)! }));
      for (const row of placed) this.rowById.set(row.id, row);
      this.rowsByPlace.set(`${group.code}@${parent ?? ''}`, placed);
    }
  }

  private findStrays(): void {
    for (const address of this.addresses) {
      const { item: code, row: id } = splitAddress(address);
      const item = this.form.byCode.get(code);
      if (!item) {
        this.strays.push({ code: 'unknown-item', address, what: code });
        continue;
      }
      const row = id === null ? null : this.rowById.get(id);
      if (row === undefined) this.strays.push({ code: 'unknown-row', address, what: id! });
      else if ((row?.group ?? undefined) !== item.groups.at(-1)) this.strays.push({ code: 'wrong-row', address, what: id ?? '' });
    }
  }
}

/** A reading of the answers; one that is already a reading is used as it is. */
export function read(form: CompiledForm, answers: AnswerSet | Reading, computeThreshold?: ComputeThreshold): Reading {
  return answers instanceof Reading ? answers : new Reading(form, answers, computeThreshold);
}

/** The row itself first, then outwards. */
export function ancestors(row: PlacedRow | null): PlacedRow[] {
  const chain: PlacedRow[] = [];
  for (let at = row; at; at = at.around) chain.push(at);
  return chain;
}

function isRow(value: unknown): value is Row {
  if (typeof value !== 'object' || value === null) return false;
  const row = value as Record<string, unknown>;
  return typeof row.id === 'string' && row.id !== '' && typeof row.group === 'string' && typeof row.position === 'number'
    && Number.isFinite(row.position) && (row.parent === null || typeof row.parent === 'string');
}
