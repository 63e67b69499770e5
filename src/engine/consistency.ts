/**
 * Contradictions within one document. Each validator looks at attributes of items only; a blank is never a contradiction.
 */
import type { Problem } from '../kernel/errors.js';
import { bandAgainstData, countAgainstRows, countsAgainstRows, partAboveWhole, saysRowsButHasNone } from './consistency-numbers.js';
import { datesInOrder, periodLongEnough } from './consistency-dates.js';
import { answersInHiddenPlaces, itemsThatAgree } from './consistency-choices.js';
import { equalTexts } from './consistency-texts.js';
import { duplicateRows, numbersInOrder } from './consistency-lists.js';
import type { CompiledForm } from './form-index.js';
import type { Address, AnswerSet } from './form.js';
import { read, type Reading } from './reading.js';
import type { Href } from './readiness.js';

export interface Finding {
  /** Both places, the one to mend first. */
  places: Address[];
  message: string;
}
export interface Contradiction extends Problem {
  readonly severity: 'error' | 'warning';
  readonly places: readonly Address[];
}
export interface Validator {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  find(reading: Reading): Finding[];
}

export const VALIDATORS: readonly Validator[] = [
  { code: 'count-disagrees', severity: 'error', find: countAgainstRows },
  { code: 'option-count-disagrees', severity: 'error', find: countsAgainstRows },
  { code: 'rows-missing', severity: 'error', find: saysRowsButHasNone },
  { code: 'band-disagrees', severity: 'error', find: bandAgainstData },
  { code: 'part-above-whole', severity: 'error', find: partAboveWhole },
  { code: 'answer-in-hidden-place', severity: 'error', find: answersInHiddenPlaces },
  { code: 'items-disagree', severity: 'error', find: itemsThatAgree },
  { code: 'dates-out-of-order', severity: 'error', find: datesInOrder },
  { code: 'period-too-short', severity: 'error', find: periodLongEnough },
  { code: 'numbers-out-of-order', severity: 'warning', find: numbersInOrder },
  { code: 'equal-text', severity: 'warning', find: equalTexts },
  { code: 'duplicate-row', severity: 'warning', find: duplicateRows },
];

/** `path` is the place to mend first; `places` names all. */
export function consistency(form: CompiledForm, answers: AnswerSet | Reading, href: Href = () => undefined): Contradiction[] {
  const reading = read(form, answers);
  return VALIDATORS.flatMap(({ code, severity, find }) => find(reading).map(({ places, message }): Contradiction => {
    const path = places[0] ?? '';
    const link = href(path);
    return { code, path, message, severity, places, ...(link === undefined ? {} : { href: link }) };
  }));
}
