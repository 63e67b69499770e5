import { formOn } from '../../../test/small-web.js';
import { indexForm } from '../../engine/form-index.js';
import type { AnswerValue, FormDefinition, Item } from '../../engine/form.js';
import { inProject } from '../../kernel/root.js';
import { Templates } from '../../rendering/html.js';
import { fieldsUnder, typedAnswer } from './field-input.js';
import { formField } from './field-model.js';

const need = 'optional' as const;
const ITEMS: Item[] = [
  { code: 'name', kind: 'text', label: '名前', need }, { code: 'story', kind: 'long-text', label: '経緯', need }, { code: 'people', kind: 'number', label: '人数', unit: '人', need },
  { code: 'day', kind: 'date', label: '日', need }, { code: 'period', kind: 'date-range', label: '期間', need }, { code: 'place', kind: 'choice', label: '場所', options: 'places', need },
  { code: 'means', kind: 'checks', label: '手段', options: 'means', need }, { code: 'lines', kind: 'text-list', label: '一覧', need },
  { code: 'grid', kind: 'table', label: '表', columns: [{ code: 'a', label: '甲', kind: 'text' }, { code: 'b', label: '乙', kind: 'choice', options: 'places' }], need },
];
const DEFINITION: FormDefinition = {
  form: 'sample', version: '1', title: '見本', shortTitle: '見本', validity: { from: '2026-04-01' },
  optionSets: { places: [{ code: 'office', label: '執務室' }, { code: 'other', label: 'その他', text: true }], means: [{ code: 'paper', label: '紙' }, { code: 'mail', label: '郵送', text: true }, { code: 'line', label: '回線', counts: 'grid' }] },
  sections: [{ code: 's', number: '1', title: '節', blocks: [{ code: 'b', items: ITEMS }] }],
};
const form = indexForm(DEFINITION);
const templates = new Templates(inProject('templates'));

/** The fields of all items in one form, as a browser without script would send them. */
function sentBack(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const fields = form.items.map((item) => ({ anchor: `i-${item.code}`, partial: `fields/${item.item.kind}`, field: formField(item, values[item.code], { prefix: `item.${item.code}.`, problems: [], optionSets: DEFINITION.optionSets }) }));
  const html = templates.render('pages/systems/new', {
    typed: { name: '', number: '' }, kinds: [], classes: [], departments: [{ id: 'd', label: '課', chosen: true }], errors: { name: '', kind: '', number: '', class: '', department: '' }, problems: [], sections: [{ code: 's', title: '節', fields }],
    shell: { csrf: '', signedIn: false, person: '', who: '', demo: false, navigation: [] },
  });
  const body = formOn(html, '/systems');
  return Object.fromEntries(form.items.map(({ code, item }) => [code, typedAnswer(item, fieldsUnder(body, `item.${code}.`))]));
}

describe('fields of several items in one form', () => {
  it('bring every value back as it was, whatever the kind', () => {
    const values: Record<string, AnswerValue> = {
      name: '名', story: '一行目\n二行目', people: 1200, day: '2026-04-01', period: { from: '2026-04-01', to: null, text: 'まで未定' }, place: { choice: 'other', text: '倉庫' },
      means: { checked: ['mail', 'line'], texts: { mail: '書留' }, counts: { line: 3 } }, lines: ['あ', 'い'], grid: [{ a: '甲の一', b: 'office' }, { a: '甲の二' }],
    };
    expect(sentBack(values)).toEqual(values);
  });

  it('are blank where nothing stands', () => {
    expect(sentBack({})).toEqual(Object.fromEntries(ITEMS.map(({ code }) => [code, null])));
  });

  it('keep what cannot be read as it was typed', () => {
    const typed = { people: '多数', day: '２月３０日', period: { from: 'あした', to: null }, means: { checked: ['line'], counts: { line: 'いくつか' } } };
    expect(sentBack(typed)).toMatchObject(typed);
  });
});
