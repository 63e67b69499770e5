import { indexForm } from './form-index.js';
import type { AnswerValue, FormDefinition } from './form.js';
import { valueText } from './value-text.js';

const FORM: FormDefinition = {
  form: 'words', version: '1', title: '語', shortTitle: '語', validity: { from: '2026-04-01' },
  optionSets: { timing: [{ code: 'before', label: '事前' }, { code: 'after', label: '事後' }], places: [{ code: 'office', label: '執務室' }, { code: 'elsewhere', label: 'その他', text: true }] },
  sections: [{ code: 'all', number: '1', title: '全部', blocks: [{ code: 'all', items: [
    // The columns of 変更箇所 (全項目評価書 別添3) of which one is chosen from a list.
    { code: 'changes', kind: 'table', label: '変更箇所', need: 'optional', columns: [
      { code: 'before', label: '変更前の記載', kind: 'long-text' }, { code: 'submission-timing', label: '提出時期', kind: 'choice', options: 'timing' },
    ] },
    { code: 'where', kind: 'choice', label: '場所', options: 'places', need: 'optional' },
    { code: 'on', kind: 'date', label: '日', need: 'optional' },
    { code: 'period', kind: 'date-range', label: '期間', need: 'optional' },
  ] }] }],
};
const form = indexForm(FORM);

describe('an answer in words', () => {
  it.each<[string, string, AnswerValue | null, string]>([
    ['rows of a table, a chosen cell by its label', 'changes', [{ before: 'before', 'submission-timing': 'after' }, { before: '旧', 'submission-timing': 'before' }], 'before｜事後\n旧｜事前'],
    ['a cell that is blank, and one whose option is no more', 'changes', [{ before: '', 'submission-timing': '' }, { before: '旧', 'submission-timing': 'gone' }], '｜\n旧｜gone'],
    ['a choice with its text', 'where', { choice: 'elsewhere', text: '書庫' }, 'その他 書庫'],
    ['a day', 'on', '2019-05-01', '令和元年5月1日'],
    ['a period without its end', 'period', { from: '2026-04-01', to: null }, '令和8年4月1日～'],
    ['no answer', 'where', null, ''],
  ])('%s', (_, code, value, words) => {
    expect(valueText(form.byCode.get(code)!, value)).toBe(words);
  });
});
