/** The values of computed items. Nothing here names an item or a number of the law. */
import { countedNumber } from './blanks.js';
import { decimalOf, exactText, ZERO, type Decimal } from './decimal.js';
import type { CompiledItem } from './form-index.js';
import { addressOf, type Address, type AnswerValue, type ChoiceAnswer, type Code, type SumTerm } from './form.js';
import type { Instance, PlacedRow, Reading } from './reading.js';

/**
 * Decides the threshold from the option codes (or numbers) that were answered.
 * @returns option code of the result, or undefined when an answer is missing
 */
export type ComputeThreshold = (inputs: { people: Code | number | undefined; handlers: Code | number | undefined; incident: Code | number | undefined }) => Code | undefined;

export interface Computed {
  value: AnswerValue;
  /** The item whose answer is repeated, for the rules that copy. */
  of: CompiledItem | null;
  address: Address | null;
}

const DEEPEST = 8;

/** @returns null while what it is made of is blank; for a sum, while no term of it has a value */
export function compute(reading: Reading, computed: CompiledItem, row: PlacedRow | null, computeThreshold?: ComputeThreshold, depth = 0): Computed | null {
  if (computed.item.kind !== 'computed' || depth > DEEPEST) return null;
  const rule = computed.item.compute;
  switch (rule.rule) {
    case 'threshold-result': {
      const input = (code: Code): Code | number | undefined => plain(valueOf(reading, code, row, computeThreshold, depth)?.value);
      const result = computeThreshold?.({ people: input(rule.inputs.people), handlers: input(rule.inputs.handlers), incident: input(rule.inputs.incident) });
      return result === undefined ? null : { value: { choice: result } satisfies ChoiceAnswer, of: null, address: null };
    }
    case 'names-of': {
      const names = rowNames(reading, rule.group, row);
      return names.length === 0 ? null : { value: names.join('\n'), of: null, address: null };
    }
    case 'copy-of':
      return valueOf(reading, rule.item, row, computeThreshold, depth);
    case 'copy-by-choice': {
      const by = valueOf(reading, rule.by, row, computeThreshold, depth)?.value;
      const chosen = typeof by === 'object' && !Array.isArray(by) && 'choice' in by ? by.choice : undefined;
      return chosen !== undefined && Object.hasOwn(rule.items, chosen) ? valueOf(reading, rule.items[chosen]!, row, computeThreshold, depth) : null;
    }
    case 'sum-of': {
      const terms = rule.of.flatMap((term) => amountsOf(reading, term, row, depth));
      return terms.length === 0 ? null : { value: Number(exactText(terms.reduce((sum, one) => sum.plus(one), ZERO))), of: null, address: null };
    }
  }
}

const whole = (count: number): Decimal => decimalOf(count)!;

/** What a term of a sum has to add, as exact decimals; blanks, and what is not asked, add nothing. */
function amountsOf(reading: Reading, term: SumTerm, row: PlacedRow | null, depth: number): Decimal[] {
  const code = 'item' in term ? term.item : 'table' in term ? term.table : term.rowsOf;
  return instancesSeen(reading, code, row).flatMap(({ item, row: at, address }): Decimal[] => {
    if (item.item.kind === 'group') return [whole(reading.rowsOf(code, at?.id ?? null).length)];
    const value = item.item.kind === 'computed' ? compute(reading, item, at, undefined, depth + 1)?.value : reading.answer(address);
    if ('rowsOf' in term) return [whole(value === undefined ? 0 : (countedNumber(value) ?? 0))];
    const said = 'column' in term ? (Array.isArray(value) ? value.map((line) => (typeof line === 'string' ? '' : (line[term.column] ?? ''))) : []) : [value];
    return said.flatMap((one) => decimalOf(one) ?? []);
  });
}

/** The instance that a code means from a row; where its rows are further in, those in all of them. Only what is asked. */
function instancesSeen(reading: Reading, code: Code, row: PlacedRow | null): Instance[] {
  const item = reading.form.byCode.get(code);
  if (item === undefined) return [];
  const found = reading.lookUp(code, row);
  const instances = found ? [found] : reading.rowsSeenFrom(item.groups.at(-1)!, row).map((at): Instance => ({ address: addressOf(code, at.id), item, row: at }));
  return instances.filter((one) => reading.visible(one.item, one.row) !== 'no');
}

/** The names of the rows of a group as seen from a row; rows without a name are left out. */
export function rowNames(reading: Reading, group: Code, from: PlacedRow | null): string[] {
  return reading.rowsSeenFrom(group, from).flatMap((row) => rowName(reading, row) ?? []);
}

/** The answer that names a row (`nameItem`), or null while it is blank. */
export function rowName(reading: Reading, row: PlacedRow): string | null {
  const group = reading.form.byCode.get(row.group)?.item;
  if (group?.kind !== 'group' || group.nameItem === undefined) return null;
  const found = reading.lookUp(group.nameItem, row);
  const value = found ? reading.answer(found.address) : undefined;
  return typeof value === 'string' ? value.trim() : null;
}

function valueOf(reading: Reading, code: Code, row: PlacedRow | null, computeThreshold: ComputeThreshold | undefined, depth: number): Computed | null {
  const found = reading.lookUp(code, row);
  if (!found || reading.visible(found.item, found.row) === 'no') return null;
  if (found.item.item.kind === 'computed') return compute(reading, found.item, found.row, computeThreshold, depth + 1);
  const value = reading.answer(found.address);
  return value === undefined ? null : { value, of: found.item, address: found.address };
}

function plain(value: AnswerValue | undefined): Code | number | undefined {
  if (typeof value === 'string' || typeof value === 'number') return value;
  return typeof value === 'object' && !Array.isArray(value) && 'choice' in value ? value.choice : undefined;
}
