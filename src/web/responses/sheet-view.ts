/** The preview of an answer sheet, and the form that saves it: everything that was read goes with the form. Pure. */
import type { AddedRow, RemovedRow, SheetChange, SheetPreview } from '../../audits/answer-sheets.service.js';
import { answerWords } from '../../audits/answer-words.js';
import type { RowChanges } from '../../audits/response-rows.js';
import type { AnswerChange } from '../../audits/response-saving.js';
import { splitAddress, type Address, type AnswerValue } from '../../engine/form.js';
import { Invalid } from '../../kernel/errors.js';
import { timeText } from '../assessments/assessment-view.js';
import type { Fields } from '../fields/field-input.js';

const VALUE = 'sheet.';
const SEEN = 'seen.';
const KEEP = 'keep.';
const ADD = 'add.';
const DROP = 'drop.';

export function previewView({ changes, conflicts, added, removed, cleared, unchanged }: SheetPreview): object {
  const line = ({ item, question, label, cell, before, after, seen }: SheetChange): object => ({
    item, cell, label, before: answerWords(question, before), after: answerWords(question, after), valueName: `${VALUE}${item}`, value: JSON.stringify(after), seenName: `${SEEN}${item}`, seen, keepName: `${KEEP}${item}`,
  });
  const unit = ({ group }: AddedRow): string => (group.item.kind === 'group' ? group.item.unit : '');
  return {
    changes: changes.map(line), conflicts: conflicts.map((one) => ({ ...line(one), by: one.by, at: one.at === '' ? '' : timeText(one.at) })), cleared, unchanged,
    added: added.map((one) => ({ name: `${ADD}${one.id}`, value: one.group.code, label: `${one.group.item.label}　新しい${unit(one)}（${one.cell}）` })),
    removed: removed.map((one: RemovedRow) => ({ name: `${DROP}${one.id}`, value: JSON.stringify(one.seen), cell: one.cell, label: one.group.item.label, words: one.words })),
    nothing: changes.length + conflicts.length + removed.length === 0, count: added.length + removed.length > 0 ? `${changes.length + conflicts.length + removed.length}か所` : `${changes.length + conflicts.length}問`,
  };
}

/** What the form of the preview sends; answers of which the person keeps the browser's text are left out. Throws `Invalid` for a broken form. */
export function takenAnswers(body: Fields): AnswerChange[] {
  return Object.entries(body).flatMap(([name, value]): AnswerChange[] => {
    if (!name.startsWith(VALUE)) return [];
    const item: Address = name.slice(VALUE.length);
    if (body[`${KEEP}${item}`] === 'theirs') return [];
    const seen = body[`${SEEN}${item}`];
    return [{ item, value: answerIn(value) as AnswerValue | null, seen: typeof seen === 'string' && /^\d{1,9}$/u.test(seen) ? Number(seen) : Number.NaN }];
  });
}

/** Rows that come with the sheet, and those that go; one of which the person keeps anything stays. Throws `Invalid` for a broken form. */
export function takenRows(body: Fields): RowChanges {
  const kept = new Set(Object.entries(body).flatMap(([name, value]) => (name.startsWith(KEEP) && value === 'theirs' ? [splitAddress(name.slice(KEEP.length)).row] : [])));
  const named = (prefix: string): [string, unknown][] => Object.entries(body).flatMap(([name, value]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), value] as [string, unknown]] : []));
  return {
    added: named(ADD).map(([id, group]) => ({ id, group: String(group) })),
    removed: named(DROP).filter(([id]) => !kept.has(id)).map(([id, seen]) => ({ id, seen: seenIn(answerIn(seen)) })),
  };
}

function seenIn(value: unknown): Record<Address, number> {
  if (typeof value !== 'object' || value === null || Object.values(value).some((one) => typeof one !== 'number')) throw broken();
  return value as Record<Address, number>;
}

function answerIn(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    throw broken();
  }
}

const broken = (): Invalid => new Invalid('form-broken', '画面が壊れています。回答票をもう一度選んでください。', [{ code: 'form-broken', path: 'file', message: '画面が壊れています。回答票をもう一度選んでください。' }]);
