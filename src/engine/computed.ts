/** The values of computed items. Nothing here names an item or a number of the law. */
import type { CompiledItem } from './form-index.js';
import type { Address, AnswerValue, ChoiceAnswer, Code } from './form.js';
import type { PlacedRow, Reading } from './reading.js';

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

/** @returns null while what it is made of is blank */
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
  }
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
