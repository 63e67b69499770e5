import { checkRuleSet } from '../engine/rule-set-content.js';
import type { RuleDefinition, RuleSetDefinition } from '../engine/rule-set.js';
import { sampleCatalogue, sampleRule, sampleRuleSet } from '../engine/sample-rules.js';
import { readRuleSets } from '../engine/rule-set-loader.js';
import { inProject } from '../kernel/root.js';
import { loadCatalogue } from '../systems/catalogue.js';
import { blanksOf, copiedDraft, draftOf, emptyDraft, emptyRule, headFields, nextRuleCode, openProblems, placeOfRule, ruleFields, ruleOfFields, unreadable, withCodes, withHead, withRule, withoutRule } from './rule-drafting.js';

const catalogue = sampleCatalogue();
const back = (rule: RuleDefinition): RuleDefinition | null => ruleOfFields(ruleFields(rule, catalogue), rule, catalogue).rule;

const nested = (levels: number): unknown => Array.from({ length: levels }).reduce((inner) => ({ not: inner }), { item: 'unit', is: 'none' });

describe('a draft', () => {
  it('begins empty and says in words what is still to be written', () => {
    const draft = emptyDraft({ code: 'mizuhono', version: '2026-11' }, 'みずほ野市の点検', '2026-11-21');
    expect(draft).toMatchObject({ ruleSet: 'mizuhono', version: '2026-11', title: 'みずほ野市の点検', shortTitle: 'みずほ野市の点検', validity: { from: '2026-11-21' } });
    expect(blanksOf(draft).map((one) => one.path)).toEqual(['/source', '/description', '/viewpoints', '/rules']);
    const begun = { ...draft, rules: [emptyRule('mizuhono-1', '')] };
    expect(blanksOf(begun).map((one) => one.path)).toEqual(['/source', '/description', '/viewpoints', ...['title', 'observation', 'improvement', 'evidence', 'viewpoint', 'basis', 'applies', 'expects'].map((field) => `/rules/0/${field}`)]);
    expect(blanksOf(sampleRuleSet())).toEqual([]);
  });

  it('begins as a copy of another set, whose rules carry the new code; a new version of the same set keeps its codes', () => {
    const copy = copiedDraft(sampleRuleSet(), { code: 'mizuhono', version: '2026-11' }, '', '2026-11-21');
    expect(copy).toMatchObject({ ruleSet: 'mizuhono', version: '2026-11', title: '見本の規則集', validity: { from: '2026-11-21' } });
    expect(copy.rules.map((one) => one.code)).toEqual(['mizuhono-right-unit']);
    expect(copiedDraft(sampleRuleSet(), { code: 'sample', version: '2027-04' }, '第2版', '2027-04-01')).toMatchObject({ title: '第2版', rules: [{ code: 'right-unit' }] });
    expect(checkRuleSet(copy, 'x', catalogue)).toEqual([]);
  });

  it('of every set of the product is sound', () => {
    const facts = loadCatalogue(inProject('templates'), '2026-11-21').facts;
    const { ruleSets } = readRuleSets(inProject('templates'), facts);
    for (const { definition } of ruleSets.filter((one) => one.definition.per === undefined)) {
      const copy = copiedDraft(definition, { code: 'mizuhono', version: '2026-11' }, '', '2026-11-21');
      expect([...blanksOf(copy), ...checkRuleSet(copy, 'x', facts)]).toEqual([]);
      expect(copy.rules.map((rule) => ruleOfFields(ruleFields(rule, facts), rule, facts).rule)).toEqual(copy.rules);
    }
  });

  it('from a file has every field that the forms show', () => {
    const draft = draftOf({ ruleSet: 'x', rules: [{ code: 'x-1' }], viewpoints: [{ title: '権限' }] });
    expect(draft).toMatchObject({ version: '', title: '', validity: { from: '' }, viewpoints: [{ code: '', number: '', title: '権限', shortTitle: '' }], rules: [{ ...emptyRule('x-1', '') }] });
    expect(draftOf(sampleRuleSet())).toEqual(sampleRuleSet());
  });

  it.each<[string, unknown, string[]]>([
    ['a list', [], ['']],
    ['a text', '規則', ['']],
    ['numbers as texts', { ruleSet: 'x', version: 2026, title: true }, ['/version', '/title']],
    ['a list that is none', { rules: { a: 1 }, viewpoints: 'x' }, ['/rules', '/viewpoints']],
    ['fields that nobody knows', { rules: [{ code: 'a', when: {} }], colour: 'red' }, ['/rules/0/when', '/colour']],
    ['basis as a text', { rules: [{ basis: ['番号法'] }] }, ['/rules/0/basis/0']],
    ['conditions of any kind are for the draft', { rules: [{ applies: 'always', expects: [1] }] }, []],
    ['conditions that never end', { rules: [{ applies: nested(60) }] }, ['/rules/0/applies']],
    ['a sound set', sampleRuleSet(), []],
  ])('cannot be read from %s', (_what, definition, paths) => expect(unreadable(definition).map((one) => one.path)).toEqual(paths));

  it('lists blanks in its own words and what the check of the set finds besides', () => {
    const set = sampleRuleSet([sampleRule({ title: '', expects: { item: 'nothing', is: 'x' } })]);
    const found = checkRuleSet(set, 'x', catalogue).map(({ path, reason }) => ({ code: 'c', path, message: reason }));
    expect(found.map((one) => one.path)).toContain('/rules/0/title（right-unit）');
    const open = openProblems(set, found);
    expect(open.filter((one) => one.path.startsWith('/rules/0/title'))).toEqual([{ code: 'rule-set-blank', path: '/rules/0/title', message: '規則1「right-unit」の「求めること」を書いてください。' }]);
    expect(openProblems(sampleRuleSet([]), checkRuleSet(sampleRuleSet([]), 'x', catalogue).map(({ path, reason }) => ({ code: 'c', path, message: reason }))).map((one) => one.code)).toEqual(['rule-set-blank']);
  });
});

describe('the head of a draft', () => {
  it('comes back from its fields as it was', () => {
    for (const change of [{}, { per: 'assessment' as const }, { validity: { from: '2026-04-01', until: '2027-04-01' } }, { viewpoints: [{ code: 'a', number: '(1)', title: 'あ', shortTitle: 'あ', group: '人的' }] }] satisfies Partial<RuleSetDefinition>[]) {
      const set = sampleRuleSet(undefined, change);
      expect(withHead(set, headFields(set))).toEqual(set);
    }
  });

  it('gives new viewpoints codes of their own and takes blank ones away', () => {
    const fields = headFields(sampleRuleSet(undefined, { viewpoints: [{ code: 'viewpoint-1', number: '1', title: '権限', shortTitle: '権限' }] }));
    const blank = { code: '', number: '', title: ' ', shortTitle: '', group: '人的' };
    const more = [...fields.viewpoints, { ...blank, title: '記録' }, blank, { ...blank, title: '媒体' }];
    expect(withHead(sampleRuleSet(), { ...fields, viewpoints: more }).viewpoints.map((one) => [one.code, one.title])).toEqual([['viewpoint-1', '権限'], ['viewpoint-2', '記録'], ['viewpoint-3', '媒体']]);
    expect(withHead(sampleRuleSet(), { ...fields, viewpoints: [{ ...fields.viewpoints[0]!, number: '', title: '', shortTitle: '' }] }).viewpoints).toEqual([]);
  });
});

describe('a rule of a draft', () => {
  const limited = sampleRule({ expects: { item: 'attempts', atMost: { parameter: 'most' } }, parameters: { most: { label: '上限', unit: '回', value: 10, stricter: 'lower', limit: 3 } } });

  it('comes back from its fields as it was, with limits that organisations may tighten', () => {
    for (const rule of [sampleRule(), limited, sampleRule({ basis: [{ document: '番号法' }, { document: '規則', item: '別表' }] }), sampleRule({ expects: { not: { all: [{ item: 'unit', is: 'none' }, { item: 'media', includes: 'usb' }] } } })]) expect(back(rule)).toEqual(rule);
  });

  it('loses a limit that no condition names any more', () => {
    const fields = ruleFields(limited, catalogue);
    const { rule } = ruleOfFields({ ...fields, expects: { join: 'all', rows: [{ item: 'attempts', test: 'atMost', values: ['5'] }] } }, limited, catalogue);
    expect(rule).toEqual({ ...sampleRule({ expects: { item: 'attempts', atMost: 5 } }) });
  });

  it('is not there while a row cannot be read, and says which', () => {
    const fields = ruleFields(sampleRule(), catalogue);
    expect(ruleOfFields({ ...fields, expects: { join: 'all', rows: [{ item: 'unit', test: '', values: [] }] } }, {}, catalogue)).toEqual({ rule: null, problems: [{ code: 'condition-row', path: 'expects/rows/0/test', message: '「アクセス権限を設定する単位」の比べ方を選んでください。' }] });
  });

  it('takes the place of the one that it was, joins at the end, or goes', () => {
    const set = sampleRuleSet([sampleRule({ code: 'a' }), sampleRule({ code: 'b' }), sampleRule({ code: 'a', title: '2つ目' })]);
    const codes = (definition: RuleSetDefinition): string[] => definition.rules.map((one) => one.code);
    expect([placeOfRule(set, 'a', 0), placeOfRule(set, 'a', 2), placeOfRule(set, 'a', 1), placeOfRule(set, 'gone', 1)]).toEqual([0, 2, 0, -1]);
    expect(codes(withRule(set, 0, sampleRule({ code: 'z' })))).toEqual(['z', 'b', 'a']);
    expect(codes(withRule(set, -1, sampleRule({ code: 'z' })))).toEqual(['a', 'b', 'a', 'z']);
    expect(withoutRule(set, 2).rules).toEqual(set.rules.slice(0, 2));
    expect(codes(withCodes(sampleRuleSet([sampleRule({ code: '' }), sampleRule({ code: 'sample-3' }), sampleRule({ code: '' })])))).toEqual(['sample-4', 'sample-3', 'sample-5']);
    expect(nextRuleCode(sampleRuleSet([sampleRule({ code: 'sample-2' }), sampleRule({ code: 'x' })]))).toBe('sample-3');
    expect(nextRuleCode(sampleRuleSet([sampleRule({ code: 'sample-2' })]))).toBe('sample-3');
  });
});
