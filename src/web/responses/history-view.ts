/** What happened to a response, as a person reads it. Pure. */
import type { OpenedResponse } from '../../audits/answering.service.js';
import type { AnswerValue } from '../../engine/form.js';
import { hasShape } from '../../engine/blanks.js';
import type { JournalEntry } from '../../kernel/journal.js';
import { momentOf } from '../../checks/run-words.js';
import { ACTION_WORDS } from '../administration/journal-words.js';
import { valueText } from '../assessments/value-text.js';

export interface EventView {
  at: string;
  by: string;
  what: string;
  /** Question that it was about; blank for the response as a whole. */
  question: string;
  before: string;
  after: string;
  /** An answer changed: both texts are worth showing, also when one is blank. */
  answer: boolean;
  comment: string;
}

export function eventsView({ form }: OpenedResponse, entries: readonly JournalEntry[]): EventView[] {
  return entries.map((entry) => {
    const item = entry.path === undefined ? undefined : form.byCode.get(entry.path);
    const text = (value: unknown): string => (item !== undefined && hasShape(item.item.kind, value) ? valueText(item.item, value as AnswerValue, item.options) : '');
    // Beside a cleared answer the journal keeps the question that hid it.
    const because = entry.action === 'answer-cleared' ? form.byCode.get(entry.comment ?? '')?.item.label : undefined;
    const [before, after] = [text(entry.before), text(entry.after)];
    return {
      at: momentOf(new Date(entry.at)), by: entry.actor.name, what: ACTION_WORDS[entry.action] ?? entry.action, question: item?.item.label ?? '', before, after, answer: item !== undefined && before !== after,
      comment: because === undefined ? (entry.action === 'answer-cleared' ? '' : (entry.comment ?? '')) : `「${because}」の答えが変わったため`,
    };
  });
}
