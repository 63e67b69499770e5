/**
 * What an assessment claims, as facts that rules may speak of: pure.
 *
 * Claims are content (`templates/claims/<version>.yaml`): for each claim, where and how it is read in each statutory form.
 */
import { compileCondition, type CompiledCondition, type Meaning } from '../engine/conditions.js';
import type { CompiledForm } from '../engine/form-index.js';
import { addressOf, type AnswerSet, type AnswerValue, type Code, type Condition } from '../engine/form.js';
import { isNamedIn } from '../engine/names.js';
import { read, type PlacedRow, type Reading } from '../engine/reading.js';
import type { FactItem } from '../engine/rule-set.js';

export interface ClaimsDefinition {
  /** One file per version. */
  version: string;
  title: string;
  claims: ClaimDefinition[];
}

/** `full`: all versions of the form; `basic/2024-10`: this version, before the former. A form that is not here does not ask it. */
type PerForm<T> = Record<string, T>;

interface ClaimCommon {
  code: Code;
  label: string;
  /** Heading under which it stands: 委託, 使用, … */
  group: string;
  /** Whether assessments that speak of the same system must agree: gives a fact `<code>-across`. */
  across?: true;
}

export interface ChoiceClaim extends ClaimCommon {
  kind: 'choice';
  options: { code: Code; label: string }[];
  /** Option → when it is claimed; the first in the order of `options` that holds is the value. */
  in: PerForm<Record<Code, Condition>>;
  /** The conditions look from the row of this group whose item names the system, not from the root. */
  row?: { group: Code; named: Code };
}
/** Rows of a group over the whole document, or the answer of a number item at the root. */
export interface NumberClaim extends ClaimCommon {
  kind: 'number';
  unit: string;
  in: PerForm<{ rows: Code } | { number: Code }>;
}
/** Whether an answer of one of the items names the system. */
export interface NamesClaim extends ClaimCommon {
  kind: 'names';
  in: PerForm<Code[]>;
}
export type ClaimDefinition = ChoiceClaim | NumberClaim | NamesClaim;

/** The form does not ask it, or asks it of other systems only. Not the same as a blank, which is unknown. */
export const NOT_STATED = { code: 'not-stated', label: '記載欄がない' } as const;
const NAMED = [{ code: 'named', label: 'ある' }, { code: 'not-named', label: 'ない' }] as const;
const AGREEMENT = [{ code: 'same', label: '一致している' }, { code: 'differs', label: '食い違っている' }, { code: 'not-comparable', label: 'ほかに述べる評価書がない' }] as const;
const ACROSS = '-across';

type Reader = (reading: Reading, systemName: string) => AnswerValue | undefined;

export interface CompiledClaims {
  readonly definition: ClaimsDefinition;
  readonly items: readonly FactItem[];
  /** `form/version` → how to read the claims there, in their order. */
  readonly byForm: ReadonlyMap<string, readonly { code: Code; read: Reader }[]>;
}

/** @param definition checked by `claims-content.ts`; throws `Invalid` for a malformed condition */
export function compileClaims(definition: ClaimsDefinition, forms: readonly CompiledForm[]): CompiledClaims {
  const byForm = forms.map((form) => [keyOf(form), definition.claims.map((claim) => ({ code: claim.code, read: readerOf(claim, form) }))] as const);
  return { definition, items: definition.claims.flatMap(itemsOf), byForm: new Map(byForm) };
}

/** The facts that claims give, for the catalogue. */
export function claimItems(claims: CompiledClaims): FactItem[] {
  return [...claims.items];
}

/** What one assessment claims of a system; a claim whose answer is blank is not there. */
export function claimsOf(claims: CompiledClaims, form: CompiledForm, answers: AnswerSet | Reading, systemName: string): Record<Code, AnswerValue> {
  const readers = claims.byForm.get(keyOf(form)) ?? claims.definition.claims.map((claim) => ({ code: claim.code, read: notAsked(claim) }));
  const reading = read(form, answers);
  const values: Record<Code, AnswerValue> = {};
  for (const { code, read: readValue } of readers) {
    const value = readValue(reading, systemName);
    if (value !== undefined) values[code] = value;
  }
  return values;
}

/**
 * Whether the assessments that speak of the same system agree. Unknown with fewer than two that say something, unless the others
 * have no place to say it: then there is nothing to compare.
 */
export function acrossFacts(claims: CompiledClaims, all: readonly Readonly<Record<Code, AnswerValue>>[]): Record<Code, AnswerValue> {
  const facts: Record<Code, AnswerValue> = {};
  if (all.length < 2) return facts;
  for (const { code, across } of claims.definition.claims) {
    const agreement = across === true ? agreementOf(all.map((one) => saidIn(one[code]))) : null;
    if (agreement !== null) facts[`${code}${ACROSS}`] = { choice: agreement };
  }
  return facts;
}

function agreementOf(values: readonly (string | number | undefined)[]): Code | null {
  const [same, differs, notComparable] = AGREEMENT;
  const said = values.filter((one) => one !== undefined && one !== NOT_STATED.code);
  if (said.length >= 2) return said.every((one) => one === said[0]) ? same.code : differs.code;
  return values.includes(undefined) ? null : notComparable.code;
}

function saidIn(value: AnswerValue | undefined): string | number | undefined {
  return typeof value === 'object' && 'choice' in value ? value.choice : typeof value === 'number' ? value : undefined;
}

function itemsOf(claim: ClaimDefinition): FactItem[] {
  const common = { source: 'claim', group: `評価書の記載：${claim.group}` } as const;
  const optionsOf = (options: readonly { code: Code; label: string }[]): ReadonlyMap<Code, string> => new Map(options.map(({ code, label }) => [code, label]));
  const own: FactItem = claim.kind === 'number'
    ? { ...common, code: claim.code, label: claim.label, kind: 'number', options: new Map(), unit: claim.unit, min: 0 }
    : { ...common, code: claim.code, label: claim.label, kind: 'choice', options: optionsOf([...(claim.kind === 'names' ? NAMED : claim.options), NOT_STATED]), unit: '' };
  if (claim.across !== true) return [own];
  return [own, { ...common, code: `${claim.code}${ACROSS}`, label: `${claim.label}（評価書どうし）`, kind: 'choice', options: optionsOf(AGREEMENT), unit: '' }];
}

/** How a claim is read in a form: the entry of this version, else that of the form; undefined where it is not asked. */
export function entryOf<T>(perForm: PerForm<T>, form: CompiledForm): T | undefined {
  const { form: code, version } = form.definition;
  for (const key of [`${code}/${version}`, code]) if (Object.hasOwn(perForm, key)) return perForm[key];
  return undefined;
}

function readerOf(claim: ClaimDefinition, form: CompiledForm): Reader {
  switch (claim.kind) {
    case 'choice': {
      const entry = entryOf(claim.in, form);
      return entry === undefined ? notAsked(claim) : choiceReader(claim, entry, form);
    }
    case 'number': {
      const entry = entryOf(claim.in, form);
      return entry === undefined ? notAsked(claim) : 'rows' in entry ? rowsReader(entry.rows) : (reading) => reading.answer(entry.number);
    }
    case 'names': {
      const entry = entryOf(claim.in, form);
      return entry === undefined ? notAsked(claim) : namesReader(new Set(entry));
    }
  }
}

/** A number that is not asked is simply not known. */
function notAsked(claim: ClaimDefinition): Reader {
  return () => (claim.kind === 'number' ? undefined : { choice: NOT_STATED.code });
}

function choiceReader({ options, row }: ChoiceClaim, entry: Record<Code, Condition>, form: CompiledForm): Reader {
  const conditions = options.flatMap(({ code }): { code: Code; condition: CompiledCondition }[] =>
    (Object.hasOwn(entry, code) ? [{ code, condition: compileCondition(entry[code]!, (item) => meaningOf(form, item)) }] : []));
  const valueFrom = (reading: Reading, from: PlacedRow | null): AnswerValue | undefined => {
    const claimed = conditions.find(({ condition }) => condition.evaluate(reading.scope(from)) === 'yes');
    return claimed && { choice: claimed.code };
  };
  if (row === undefined) return (reading) => valueFrom(reading, null);
  return (reading, systemName) => {
    const rows = reading.rowsSeenFrom(row.group, null);
    const own = rows.find(({ id }) => textsOf(reading.answer(addressOf(row.named, id))).some((text) => isNamedIn(text, systemName)));
    if (own !== undefined) return valueFrom(reading, own);
    return rows.length === 0 ? undefined : { choice: NOT_STATED.code };
  };
}

/** A group that is not asked has no rows; a group that is asked and has none is blank. */
function rowsReader(group: Code): Reader {
  return (reading) => {
    const rows = reading.rowsSeenFrom(group, null).length;
    if (rows > 0) return rows;
    const places = reading.instances.filter(({ item }) => item.code === group);
    return places.length > 0 && places.every(({ item, row }) => reading.visible(item, row) === 'no') ? 0 : undefined;
  };
}

function namesReader(items: ReadonlySet<Code>): Reader {
  return (reading, systemName) => {
    const texts = reading.instances.filter(({ item, row }) => items.has(item.code) && reading.visible(item, row) !== 'no').flatMap(({ address }) => textsOf(reading.answer(address)));
    if (texts.length === 0) return undefined;
    return { choice: (texts.some((text) => isNamedIn(text, systemName)) ? NAMED[0] : NAMED[1]).code };
  };
}

function textsOf(value: AnswerValue | undefined): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

function meaningOf(form: CompiledForm, code: Code): Meaning | undefined {
  const found = form.byCode.get(code);
  if (!found) return undefined;
  if (found.item.kind === 'group') return { label: found.item.unit, group: true };
  return found.options ? { label: found.item.label, options: found.options } : { label: found.item.label };
}

const keyOf = ({ definition: { form, version } }: CompiledForm): string => `${form}/${version}`;
