/** What happened to a response, as a person reads it. Pure. */
import type { OpenedResponse } from '../../audits/answering.service.js';
import { answerWords } from '../../audits/answer-words.js';
import { addressLabel } from '../../audits/response-form.js';
import { hasShape } from '../../engine/blanks.js';
import type { CompiledForm } from '../../engine/form-index.js';
import { splitAddress } from '../../engine/form.js';
import type { JournalEntry } from '../../kernel/journal.js';
import { momentOf } from '../../checks/run-words.js';
import { ACTION_WORDS } from '../administration/journal-words.js';

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

export function eventsView({ form, reading }: OpenedResponse, entries: readonly JournalEntry[]): EventView[] {
  return entries.map((entry) => {
    const item = entry.path === undefined ? undefined : form.byCode.get(splitAddress(entry.path).item);
    const text = (value: unknown): string => (item === undefined ? '' : hasShape(item.item.kind, value) ? answerWords(item, value) : item.item.kind === 'group' ? rowText(form, value) : '');
    // Beside what was cleared the journal keeps the question that hid it.
    const because = entry.action === 'answer-cleared' || entry.action === 'row-removed' ? form.byCode.get(entry.comment ?? '')?.item.label : undefined;
    const [before, after] = [text(entry.before), text(entry.after)];
    return {
      at: momentOf(new Date(entry.at)), by: entry.actor.name, what: ACTION_WORDS[entry.action] ?? entry.action, question: item === undefined ? '' : addressLabel(reading, entry.path!), before, after, answer: item !== undefined && before !== after,
      comment: because === undefined ? (entry.action === 'answer-cleared' ? '' : (entry.comment ?? '')) : `「${because}」の答えが変わったため`,
    };
  });
}

/** What stood in a row that is gone: the journal keeps its answers by address. */
function rowText(form: CompiledForm, value: unknown): string {
  const answers = typeof value === 'object' && value !== null && 'answers' in value ? value.answers : null;
  if (typeof answers !== 'object' || answers === null) return '';
  return Object.entries(answers).flatMap(([address, one]) => {
    const item = form.byCode.get(splitAddress(address).item);
    return item !== undefined && hasShape(item.item.kind, one) ? [`${item.item.label}：${answerWords(item, one).replaceAll('\n', '、')}`] : [];
  }).join('　');
}
