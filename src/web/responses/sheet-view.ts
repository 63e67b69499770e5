/** The preview of an answer sheet, and the form that saves it: everything that was read goes with the form. Pure. */
import type { SheetChange, SheetPreview } from '../../audits/answer-sheets.service.js';
import type { AnswerChange } from '../../audits/response-saving.js';
import type { AnswerValue, Code } from '../../engine/form.js';
import { Invalid } from '../../kernel/errors.js';
import { timeText } from '../assessments/assessment-view.js';
import { valueText } from '../assessments/value-text.js';
import type { Fields } from '../fields/field-input.js';

const VALUE = 'sheet.';
const SEEN = 'seen.';
const KEEP = 'keep.';

export function previewView({ changes, conflicts, cleared, unchanged }: SheetPreview): object {
  const line = ({ item, question, cell, before, after, seen }: SheetChange): object => ({
    item, cell, label: question.item.label, before: valueText(question.item, before, question.options), after: valueText(question.item, after, question.options), valueName: `${VALUE}${item}`, value: JSON.stringify(after), seenName: `${SEEN}${item}`, seen, keepName: `${KEEP}${item}`,
  });
  return {
    changes: changes.map(line), conflicts: conflicts.map((one) => ({ ...line(one), by: one.by, at: one.at === '' ? '' : timeText(one.at) })), cleared: cleared.map(({ item }) => item.label), unchanged,
    nothing: changes.length === 0 && conflicts.length === 0, count: changes.length + conflicts.length,
  };
}

/** What the form of the preview sends; answers of which the person keeps the browser's text are left out. Throws `Invalid` for a broken form. */
export function takenAnswers(body: Fields): AnswerChange[] {
  return Object.entries(body).flatMap(([name, value]): AnswerChange[] => {
    if (!name.startsWith(VALUE)) return [];
    const item: Code = name.slice(VALUE.length);
    if (body[`${KEEP}${item}`] === 'theirs') return [];
    const seen = body[`${SEEN}${item}`];
    return [{ item, value: answerIn(value), seen: typeof seen === 'string' && /^\d{1,9}$/u.test(seen) ? Number(seen) : Number.NaN }];
  });
}

function answerIn(text: unknown): AnswerValue | null {
  try {
    return JSON.parse(String(text)) as AnswerValue | null;
  } catch {
    throw new Invalid('form-broken', '画面が壊れています。回答票をもう一度選んでください。', [{ code: 'form-broken', path: 'file', message: '画面が壊れています。回答票をもう一度選んでください。' }]);
  }
}
