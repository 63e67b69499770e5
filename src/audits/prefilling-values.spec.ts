import { indexForm, type CompiledForm } from '../engine/form-index.js';
import type { AnswerValue, Code, FormDefinition, Item, Option } from '../engine/form.js';
import type { KnownFacts } from '../systems/facts.js';
import { prefilledAnswers } from './prefilling-values.js';
import type { Prefilling } from './questionnaire.entity.js';

const formOf = (items: Item[], optionSets: Record<Code, Option[]> = {}): CompiledForm => {
  const definition: FormDefinition = { form: 'x', version: '1', title: 'x', shortTitle: 'x', validity: { from: '2026-04-01' }, optionSets, sections: [{ code: 's', number: '', title: 's', blocks: [{ code: 'b', items }] }] };
  return indexForm(definition);
};
const levels: Option[] = [{ code: 'all', label: 'すべて' }, { code: 'some', label: '一部' }, { code: 'other', label: 'その他', text: true }];
const register = formOf([
  { code: 'terminals', kind: 'number', label: '端末の台数', unit: '台', need: 'optional' }, { code: 'begun', kind: 'date', label: '運用開始日', need: 'optional' }, { code: 'hours', kind: 'text', label: '運用時間', need: 'optional' },
  { code: 'media', kind: 'checks', label: '媒体', options: 'levels', need: 'optional' },
], { levels });
const controls = formOf([{ code: 'encryption', kind: 'choice', label: '暗号化', options: 'levels', need: 'optional' }], { levels });

const fill = (questions: Item[], prefilling: Record<Code, Prefilling>, values: Record<Code, AnswerValue>, more: Partial<KnownFacts> = {}, optionSets: Record<Code, Option[]> = { levels }) =>
  prefilledAnswers(formOf(questions, optionSets), prefilling, { register, controls }, { name: '国保システム', facts: { values, stale: {}, inherited: {}, unapproved: [], ...more }, on: '2026-11-21' });
const question = (kind: 'text' | 'number' | 'date' | 'date-text'): Item => ({ code: 'q', kind, label: '問', need: 'optional' } as Item);
const choice: Item = { code: 'q', kind: 'choice', label: '問', options: 'levels', need: 'optional' };
const checks: Item = { code: 'q', kind: 'checks', label: '問', options: 'levels', need: 'optional' };

describe('what the register and declarations fill in', () => {
  it.each<[string, Item, Prefilling, AnswerValue, AnswerValue | undefined]>([
    ['a number as a number', question('number'), { from: 'register', code: 'terminals' }, 12, 12],
    ['a number in words with its unit', question('text'), { from: 'register', code: 'terminals' }, 1200, '1,200台'],
    ['a day as a day', question('date'), { from: 'register', code: 'begun' }, '2026-04-01', '2026-04-01'],
    ['a day in words as 和暦', question('date-text'), { from: 'register', code: 'begun' }, '2026-04-01', '令和8年4月1日'],
    ['a text that is no number: nothing', question('number'), { from: 'register', code: 'hours' }, '平日', undefined],
    ['a choice with its text', choice, { from: 'control', code: 'encryption' }, { choice: 'other', text: '一部の端末' }, { choice: 'other', text: '一部の端末' }],
    ['a choice as the one tick of several', checks, { from: 'control', code: 'encryption' }, { choice: 'all' }, { checked: ['all'] }],
    ['ticks with their texts', checks, { from: 'register', code: 'media' }, { checked: ['all', 'other'], texts: { other: '磁気テープ' } }, { checked: ['all', 'other'], texts: { other: '磁気テープ' } }],
    ['several ticks as one choice: nothing', choice, { from: 'register', code: 'media' }, { checked: ['all', 'some'] }, undefined],
  ])('%s', (_, item, source, fact, expected) => {
    expect(fill([item], { q: source }, { [source.code]: fact })[0]?.value).toEqual(expected);
  });

  it('takes what the department itself uses of what is counted over all, where the sheet says so', () => {
    const counted = formOf([{ code: 'terminals', kind: 'number', label: '端末の台数', unit: '台', need: 'optional', counted: 'using-terminals' }]);
    const filled = (of: object, own?: Record<string, number>) => prefilledAnswers(formOf([question('number')]), { q: { from: 'register', code: 'terminals', ...of } }, { register: counted, controls }, { name: '国保システム', facts: { values: { terminals: 50 }, stale: {}, inherited: {}, unapproved: [] }, ...(own === undefined ? {} : { own }), on: '2026-11-21' }).map(({ value, from }) => [value, from]);
    expect(filled({})).toEqual([[50, 'システム台帳「国保システム」の「端末の台数」（令和8年11月21日現在）']]);
    expect(filled({ of: 'department' }, { 'using-terminals': 8 })).toEqual([[8, 'システム台帳「国保システム」の「端末の台数」のうち回答する部署の分（令和8年11月21日現在）']]);
    // A department that does not say how many it uses is not given the number of all.
    expect(filled({ of: 'department' })).toEqual([]);
  });

  it('takes options by their code, else by their label, and never a part of the ticks', () => {
    const own: Option[] = [{ code: 'whole', label: 'すべて' }, { code: 'other', label: 'そのほか' }];
    expect(fill([choice], { q: { from: 'control', code: 'encryption' } }, { encryption: { choice: 'all' } }, {}, { levels: own })[0]?.value).toEqual({ choice: 'whole' });
    expect(fill([choice], { q: { from: 'control', code: 'encryption' } }, { encryption: { choice: 'some' } }, {}, { levels: own })).toEqual([]);
    expect(fill([checks], { q: { from: 'register', code: 'media' } }, { media: { checked: ['all', 'some'] } }, {}, { levels: own })).toEqual([]);
  });

  it('leaves out what does not fit its question, what is not known, and what names no source', () => {
    const most: Item = { code: 'q', kind: 'number', label: '問', need: 'optional', max: 10 };
    expect(fill([most], { q: { from: 'register', code: 'terminals' } }, { terminals: 11 })).toEqual([]);
    expect(fill([most], { q: { from: 'register', code: 'terminals' } }, {})).toEqual([]);
    expect(fill([most], { q: { from: 'register', code: 'constructor' }, elsewhere: { from: 'control', code: 'encryption' } }, { encryption: { choice: 'all' } })).toEqual([]);
  });

  it('leaves out what is not asked given what else is known', () => {
    const questions: Item[] = [choice, { code: 'more', kind: 'number', label: '台数', need: 'optional', when: { item: 'q', is: 'some' } }, { code: 'last', kind: 'text', label: '時間', need: 'optional', when: { item: 'more', answered: true } }];
    const prefilling: Record<Code, Prefilling> = { q: { from: 'control', code: 'encryption' }, more: { from: 'register', code: 'terminals' }, last: { from: 'register', code: 'hours' } };
    const items = (encryption: string) => fill(questions, prefilling, { encryption: { choice: encryption }, terminals: 3, hours: '平日' }).map(({ item }) => item);
    expect(items('some')).toEqual(['q', 'more', 'last']);
    expect(items('all')).toEqual(['q']);
  });

  it('says where each answer comes from', () => {
    const from = (source: Prefilling, values: Record<Code, AnswerValue>, more: Partial<KnownFacts> = {}) => fill([question('text')], { q: source }, values, more)[0]!.from;
    expect(from({ from: 'register', code: 'terminals' }, { terminals: 3 })).toBe('システム台帳「国保システム」の「端末の台数」（令和8年11月21日現在）');
    expect(from({ from: 'control', code: 'encryption' }, { encryption: { choice: 'all' } })).toBe('「国保システム」の統制の申告「暗号化」（令和8年11月21日現在）');
    expect(from({ from: 'control', code: 'encryption' }, { encryption: { choice: 'all' } }, { inherited: { encryption: '共通基盤' }, unapproved: ['encryption'] })).toBe('「国保システム」の統制の申告「暗号化」（令和8年11月21日現在、「共通基盤」から引継ぎ、承認待ち）');
  });
});
