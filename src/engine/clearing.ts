/** What a change hides: the answers that are cleared with it. */
import type { CompiledForm } from './form-index.js';
import type { Address, AnswerSet, AnswerValue } from './form.js';
import { Reading } from './reading.js';

/**
 * Answers that were shown before and are hidden once the answer is changed, in printed order.
 * The plain definition, over the whole document; saving reaches the same answers with few reads (`assessments/visibility.ts`).
 * What was hidden already is left alone: it is a contradiction to be shown, not to be swept away.
 * @param newValue null or undefined when the answer is taken away
 */
export function hiddenAfter(form: CompiledForm, before: AnswerSet, changed: Address, newValue: AnswerValue | null | undefined): Address[] {
  const answers = { ...before.answers };
  if (newValue === null || newValue === undefined) delete answers[changed];
  else answers[changed] = newValue;
  const then = new Reading(form, before);
  const now = new Reading(form, { rows: before.rows, answers });
  return now.instances
    .filter(({ address, item, row }) => address !== changed && now.raw(address) !== undefined && now.visible(item, row) === 'no' && then.visible(item, row) !== 'no')
    .map(({ address }) => address);
}
