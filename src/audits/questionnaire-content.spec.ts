import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSchema } from '../engine/content-loader.js';
import type { FormDefinition, Item } from '../engine/form.js';
import { Invalid } from '../kernel/errors.js';
import { inProject } from '../kernel/root.js';
import { loadCatalogue } from '../systems/catalogue.js';
import { blankDraft } from './questionnaire-building.js';
import { incidentsQuestionnaire } from './sample-questionnaire.js';
import { definitionHash, draftOf, loadQuestionnaireTemplates, QuestionnaireCheck, questionsOf } from './questionnaire-content.js';

const TEMPLATES = inProject('templates');
const catalogue = loadCatalogue(TEMPLATES, '2026-11-21');
const check = new QuestionnaireCheck(readSchema(TEMPLATES, 'form'), catalogue);

function withItems(items: Item[], optionSets: FormDefinition['optionSets'] = {}): FormDefinition {
  const { definition } = blankDraft('見本', '2026-11-21');
  return { ...definition, optionSets, sections: [{ ...definition.sections[0]!, blocks: [{ code: 'b', items }] }] };
}
const faults = (definition: FormDefinition, prefilling = {}, per: 'department' | 'department-system' = 'department-system'): string[] => check.faults({ definition, prefilling }, per).map(({ path, reason }) => `${path} ${reason}`);

describe('questionnaires of the content', () => {
  const templates = loadQuestionnaireTemplates(TEMPLATES, catalogue);

  it('are sound, and have the questions that the tabulations count', () => {
    expect(templates.on('2026-11-21').map(({ form, per }) => [form, per])).toEqual([['self-inspection', 'department'], ['system-security', 'department-system']]);
    const { definition } = draftOf(templates.find('system-security', '2026-11-21')!);
    expect(questionsOf(definition).map(({ code }) => code)).toEqual(expect.arrayContaining(['sections', 'terminals', 'staff', 'commissioned', 'temporary', 'other-people', 'terminal-care', 'awareness']));
    expect(definition.optionSets['terminal-care']!.map((one) => one.code)).toEqual(['screen-closed', 'no-notes', 'start-password', 'locked-away', 'nothing', 'other']);
    expect(definition.optionSets['awareness']!.map((one) => one.code)).toEqual(['training', 'handover-paper', 'oral', 'nothing', 'other']);
  });

  it('are taken from the day on which they begin', () => {
    expect(templates.on('2026-03-31')).toEqual([]);
    expect(templates.find('system-security', '2026-04-01')?.version).toBe('2026-04');
  });

  it('are refused with the file and place of every fault', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tenken-questionnaires-'));
    try {
      cpSync(join(TEMPLATES, 'schemas'), join(folder, 'schemas'), { recursive: true });
      mkdirSync(join(folder, 'questionnaires', 'bad'), { recursive: true });
      writeFileSync(join(folder, 'questionnaires', 'bad', '2026-04.yaml'), "form: bad\nversion: '2026-04'\ntitle: 見本\nshortTitle: 見本\nvalidity: { from: '2026-04-01' }\npurpose: 見本\nper: everybody\nprefilling: { nothing: { from: register, code: people } }\noptionSets: {}\nsections:\n  - { code: s, number: '', title: 章, blocks: [{ code: b, items: [{ code: g, kind: group, label: 行, unit: 行, need: optional, items: [] }] }] }\n");
      const problems = (): string[] => { try { loadQuestionnaireTemplates(folder, catalogue); return []; } catch (error) { return (error as Invalid).problems.map((one) => `${one.path}: ${one.message}`); } };
      expect(problems()).toEqual([expect.stringContaining('questionnaires/bad/2026-04.yaml /per: 次のいずれかで書いてください')]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('what a questionnaire may not have', () => {
  const need = 'optional' as const;
  const text: Item = { code: 'y', kind: 'text', label: '文', need };
  const rows = (items: Item[], more: object = {}): Item => ({ code: 'x', kind: 'group', label: '行', unit: '行', need, items, ...more });
  it.each<[string, Item, RegExp]>([
    ['rows in which nothing is asked', rows([{ code: 'note', kind: 'fixed', label: '', text: '説明', need }]), /答える問いがありません/],
    ['rows within rows', rows([{ ...rows([{ ...text, code: 'deep' }]), code: 'inner' } as Item, { ...text, code: 'z' }]), /行「行」の中に、一覧や表（group）は置けません/],
    ['a table within a row', rows([{ code: 'grid', kind: 'table', label: '表', need, columns: [{ code: 'c', label: '列', kind: 'text' }] }, { ...text, code: 'z' }]), /中に、一覧や表（table）は置けません/],
    ['rows that go to other sheets of a form', rows([{ ...text, code: 'z' }], { sheets: { main: 1, each: 1, max: 5 } }), /sheets/],
    ['more rows than there may be', rows([{ ...text, code: 'z' }], { atLeast: 201 }), /1～200/],
    ['what is copied', { code: 'x', kind: 'computed', label: '計', need, compute: { rule: 'copy-of', item: 'y' } }, /合計（sum-of）だけ/],
    ['numbers that the product counts', { code: 'x', kind: 'number', label: '数', need, counted: 'contracts' }, /prefilling/],
  ])('%s', (_, item, reason) => {
    const found = faults(withItems([item, text]));
    expect(found).toEqual([expect.stringMatching(reason)]);
    expect(found[0]).toContain('/sections/0/blocks/0/items/0');
  });

  it('but every kind of question, in rows too, and sums over them', () => {
    expect(faults(incidentsQuestionnaire())).toEqual([]);
    const { sections } = incidentsQuestionnaire();
    expect(questionsOf(incidentsQuestionnaire()).map(({ code }) => code)).toEqual(['any', 'incidents', 'records', 'media', 'plan']);
    expect(new Set(sections.flatMap(({ blocks }) => blocks.flatMap((block) => (block.items ?? []).map(({ kind }) => kind))))).toEqual(new Set(['choice', 'group', 'computed', 'record-list', 'table', 'figures']));
  });

  it.each<[string, object, RegExp]>([
    ['what is no number', { item: 'y' }, /「y」は数の項目ではありません/],
    ['a column of texts', { table: 'grid', column: 'a' }, /数の列「a」のある表ではありません/],
    ['rows of what has none', { rowsOf: 'y' }, /行のある項目ではありません/],
  ])('a sum of %s', (_, term, reason) => {
    const sum = { code: 'x', kind: 'computed', label: '計', need, compute: { rule: 'sum-of', of: [term] } } as Item;
    expect(faults(withItems([sum, text, { code: 'grid', kind: 'table', label: '表', need, columns: [{ code: 'a', label: '甲', kind: 'text' }] }]))).toEqual([expect.stringMatching(reason)]);
  });

  it('names every fault of the engine too: an unknown option in a condition, and a circle', () => {
    const when = (item: string, is: string) => ({ when: { item, is } });
    const optionSets = { o: [{ code: 'a', label: '甲' }, { code: 'b', label: '乙' }] };
    const choice = (code: string, more: object): Item => ({ code, kind: 'choice', label: code, options: 'o', need, ...more }) as Item;
    expect(faults(withItems([choice('one', {}), choice('two', when('one', 'c'))], optionSets))).toEqual([expect.stringContaining('選択肢にありません')]);
    expect(faults(withItems([choice('one', when('two', 'a')), choice('two', when('one', 'a'))], optionSets))).toEqual(expect.arrayContaining([expect.stringContaining('輪になっています')]));
  });
});

describe('prefilling', () => {
  const need = 'optional' as const;
  const number = withItems([{ code: 'n', kind: 'number', label: '台数', need }]);
  const text = withItems([{ code: 't', kind: 'text', label: '記録', need }]);
  const holding = (codes: string[]): FormDefinition => withItems([{ code: 'c', kind: 'choice', label: '個人情報', options: 'h', need }], { h: codes.map((code) => ({ code, label: code })) });

  it('takes the same kind, and anything that can be told for a text', () => {
    expect(faults(number, { n: { from: 'register', code: 'using-terminals' } })).toEqual([]);
    expect(faults(number, { n: { from: 'register', code: 'using-terminals', of: 'department' } })).toEqual([]);
    expect(faults(text, { t: { from: 'control', code: 'access-log' } })).toEqual([]);
    expect(faults(holding(['held', 'not-held']), { c: { from: 'register', code: 'personal-information' } })).toEqual([]);
  });

  it.each<[string, FormDefinition, Record<string, { from: 'register' | 'control'; code: string }>, 'department' | 'department-system', RegExp]>([
    ['the part of a department in what is not counted so', text, { t: { from: 'register', code: 'purpose', of: 'department' } as never }, 'department-system', /部署ごとには数えられていません/],
    ['another kind', number, { n: { from: 'register', code: 'purpose' } }, 'department-system', /種類が違います/],
    ['an option that is missing', holding(['held']), { c: { from: 'register', code: 'personal-information' } }, 'department-system', /選択肢に「保有しない」/],
    ['an item that the register has not', number, { n: { from: 'register', code: 'nowhere' } }, 'department-system', /台帳の項目にありません/],
    ['a control that there is not', number, { n: { from: 'control', code: 'nowhere' } }, 'department-system', /統制の目録にありません/],
    ['a sheet that is not answered for a system', number, { n: { from: 'register', code: 'using-terminals' } }, 'department', /システムごとに回答する調査票だけ/],
    ['a question that is not there', number, { gone: { from: 'register', code: 'using-terminals' } }, 'department-system', /という問いはありません/],
    ['a question of a row', incidentsQuestionnaire(), { persons: { from: 'register', code: 'using-terminals' } }, 'department-system', /繰り返しの行の中の問い/],
  ])('refuses %s', (_, definition, prefilling, per, reason) => {
    expect(faults(definition, prefilling, per)).toEqual([expect.stringMatching(reason)]);
  });
});

describe('the hash of a definition', () => {
  it('is the same whatever the order of its fields, and another when a word changes', () => {
    const one = withItems([{ code: 't', kind: 'text', label: '記録', need: 'optional' }]);
    const turned = JSON.parse(JSON.stringify(one, Object.keys(flat(one)).sort().reverse())) as FormDefinition;
    expect(definitionHash(turned)).toBe(definitionHash(one));
    expect(definitionHash({ ...one, title: '別' })).not.toBe(definitionHash(one));
  });
});

/** Every name of a field anywhere in a value. */
function flat(value: unknown, found: Record<string, true> = {}): Record<string, true> {
  if (typeof value === 'object' && value !== null) for (const [key, one] of Object.entries(value)) flat(one, Array.isArray(value) ? found : Object.assign(found, { [key]: true }));
  return found;
}
