/**
 * Checks one answer against its item and brings it into its normal form.
 * Nothing a person wrote is cut or dropped: what does not fit is refused with its place.
 */
import type { Problem } from '../kernel/errors.js';
import { KIND_CHECKS } from './answer-kinds.js';
import type { Address, AnswerValue, FormDefinition, Item } from './form.js';

export { emptyAnswer } from './blanks.js';
export { parsePastedRecords } from './pasted-records.js';
export { printRecords } from './record-lists.js';
export { LIMITS } from './answer-texts.js';

export interface CheckedAnswer {
  problems: Problem[];
  /** Normal form; null when there are problems. */
  value: AnswerValue | null;
}

/**
 * @param value anything that came in as JSON
 * @param address where the answer stands; the item's code when it stands at the root
 * @param name what messages call the place; the item's label unless given
 */
export function checkAnswer(item: Item, value: unknown, form: Pick<FormDefinition, 'optionSets'>, address: Address = item.code, name: () => string = () => item.label): CheckedAnswer {
  const problems: Problem[] = [];
  const check = KIND_CHECKS[item.kind];
  const checked = check(value, {
    item,
    options: (set) => (Object.hasOwn(form.optionSets, set) ? form.optionSets[set]! : []),
    problem: (code, message) => void problems.push({ code, path: address, message: `「${name()}」：${message}` }),
  });
  return problems.length > 0 ? { problems, value: null } : { problems, value: checked };
}

/** `1,234`, `１２３４` → 1234; null when it is not one number. For fields of pages. */
export function parseNumberText(text: string): number | null {
  const folded = text.normalize('NFKC').trim().replace(/,(?=\d{3}(?:\D|$))/gu, '');
  return /^-?\d{1,15}(?:\.\d{1,6})?$/u.test(folded) ? Number(folded) : null;
}
