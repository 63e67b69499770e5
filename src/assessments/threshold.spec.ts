import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parse } from 'yaml';
import { boundariesOf } from '../engine/decision-table.js';
import { parseDecisionTable } from '../engine/decision-table.parse.js';
import { indexForm } from '../engine/form-index.js';
import type { FormDefinition } from '../engine/form.js';
import { Invalid } from '../kernel/errors.js';
import { computeThresholdFor, judge, outlook, type Level, type ThresholdInput } from './threshold.js';

const table = parseDecisionTable(parse(readFileSync('templates/forms/threshold/table.2024-10.yaml', 'utf8')));
const form = parse(readFileSync('templates/forms/threshold/2024-10.yaml', 'utf8')) as FormDefinition;
const REGIME = '../shared/reference/regime.yaml';

const judged = (people: number, handlers: number, incident: boolean, more: Partial<ThresholdInput> = {}) =>
  judge({ people, handlers, incident, ...more }, table);

/** Vectors of the regime's reference: 対象人数, 取扱者数, 重大事故 → result. */
const VECTORS: [number, number, boolean, Level][] = [
  [999, 5000, true, 'none'],
  [1000, 10, false, 'basic'],
  [9999, 600, true, 'basic'],
  [10000, 499, false, 'basic'],
  [10000, 500, false, 'priority'],
  [99999, 0, true, 'priority'],
  [100000, 499, false, 'priority'],
  [100000, 500, false, 'full'],
  [299999, 1, true, 'full'],
  [300000, 1, false, 'full'],
];

/** The judgement as the guideline states it, written down a second time for the properties below. */
function byGuideline(people: number, handlers: number, incident: boolean): Level {
  const raised = handlers >= 500 || incident;
  if (people < 1000) return 'none';
  if (people < 10000) return 'basic';
  if (people < 100000) return raised ? 'priority' : 'basic';
  if (people < 300000) return raised ? 'full' : 'priority';
  return 'full';
}

describe('the threshold table', () => {
  it.each(VECTORS)('対象人数 %d, 取扱者数 %d, 重大事故 %s → %s', (people, handlers, incident, level) => {
    expect(judged(people, handlers, incident).mandatory).toBe(level);
  });

  it('agrees with the reference file of the regime where it is at hand', () => {
    if (!existsSync(REGIME)) return expect(VECTORS).toHaveLength(10);
    const names: Record<string, Level> = { 義務なし: 'none', 基礎: 'basic', 重点: 'priority', 全項目: 'full' };
    const regime = parse(readFileSync(REGIME, 'utf8')) as { threshold: { test_vectors: [number, number, boolean, string][] } };
    const vectors = regime.threshold.test_vectors;
    expect(vectors.map(([people, handlers, incident, name]) => [people, handlers, incident, names[name]])).toEqual(VECTORS);
  });

  // every boundary of people × both sides of 500 handlers × incident
  const bounds = [0, 999, 1000, 9999, 10000, 99999, 100000, 299999, 300000].flatMap((people) =>
    [499, 500].flatMap((handlers) => [false, true].map((incident): [number, number, boolean] => [people, handlers, incident])));
  it.each(bounds)('boundary 対象人数 %d, 取扱者数 %d, 重大事故 %s', (people, handlers, incident) => {
    expect(judged(people, handlers, incident).mandatory).toBe(byGuideline(people, handlers, incident));
  });

  it.each<[string, number, number, boolean]>([
    ['under-1000', 999, 0, false],
    ['from-300000', 300000, 0, false],
    ['from-100000-many-handlers-or-incident', 100000, 500, false],
    ['from-100000-many-handlers-or-incident', 299999, 0, true],
    ['from-100000', 299999, 499, false],
    ['from-10000-many-handlers-or-incident', 99999, 500, false],
    ['from-10000', 10000, 499, false],
    ['from-1000', 1000, 5000, true],
  ])('row %s decides %d, %d, %s', (code, people, handlers, incident) => {
    const { decidingRow } = judged(people, handlers, incident);
    const row = table.rows.find((one) => one.code === code);
    expect(decidingRow).toEqual({ code, words: row?.words, basis: row?.basis, certainty: row?.certainty });
  });

  it.each([
    ['staff-records', '第1号'], ['manual-files-only', '第2号'], ['health-insurance-society', '第4号'],
    ['mutual-aid-association', '第5号'], ['information-link-business', '第6号'], ['board-of-audit', '第7号'],
  ])('exempt: %s by 規則第4条%s, whatever the numbers', (exempt, paragraph) => {
    const judgement = judge({ exempt, people: 500000, handlers: 900, incident: true }, table);
    expect(judgement).toMatchObject({ mandatory: 'none', result: 'none', documents: [], next: [], decidingRow: { code: `exempt-${exempt}` } });
    expect(judgement.decidingRow.basis).toContain(`規則第4条${paragraph}`);
    expect(judge({ exempt }, table).mandatory).toBe('none');
  });

  it('every row is decided by some test above', () => {
    expect(table.rows.map((row) => row.code).sort()).toEqual([
      'exempt-board-of-audit', 'exempt-health-insurance-society', 'exempt-information-link-business', 'exempt-manual-files-only',
      'exempt-mutual-aid-association', 'exempt-staff-records', 'from-1000', 'from-10000', 'from-10000-many-handlers-or-incident',
      'from-100000', 'from-100000-many-handlers-or-incident', 'from-300000', 'under-1000',
    ]);
  });
});

describe('what follows from the judgement', () => {
  it.each<[number, number, boolean, string[]]>([
    [999, 0, false, []],
    [1000, 0, false, ['basic']],
    [100000, 0, false, ['basic', 'priority']],
    [300000, 0, false, ['basic', 'full']],
  ])('documents for %d people', (people, handlers, incident, documents) => {
    expect(judged(people, handlers, incident).documents).toEqual(documents);
  });

  it('a voluntary level raises and never lowers', () => {
    expect(judged(1000, 0, false, { voluntaryLevel: 'full' })).toMatchObject({
      mandatory: 'basic', result: 'full', documents: ['basic', 'full'],
      thresholdResultOption: { basic: 'basic', priority: null, full: 'basic' },
    });
    expect(judged(500, 0, false, { voluntaryLevel: 'priority' })).toMatchObject({
      mandatory: 'none', result: 'priority', thresholdResultOption: { basic: 'none', priority: 'none', full: null },
    });
    expect(judged(300000, 0, false, { voluntaryLevel: 'basic' }).result).toBe('full');
    expect(judge({ exempt: 'staff-records', voluntaryLevel: 'basic' }, table)).toMatchObject({ mandatory: 'none', result: 'basic', documents: ['basic'] });
  });

  it('the policy of the organisation raises, the mandatory level stays told', () => {
    const policy = { raise: [{ from: 'priority' as const, to: 'full' as const }] };
    expect(judged(100000, 0, false, { policy })).toMatchObject({
      mandatory: 'priority', result: 'full', documents: ['basic', 'full'],
      thresholdResultOption: { basic: 'priority', priority: null, full: 'priority' },
      words: '対象人数が10万人以上30万人未満で、取扱者数が500人未満、過去1年以内の重大事故もないので、重点項目評価が義務付けられます。団体の方針により、基礎項目評価及び全項目評価を実施します。基礎項目評価書も併せて作成します。',
    });
    expect(judged(1000, 0, false, { policy }).result).toBe('basic');
    expect(judged(1000, 0, false, { policy, voluntaryLevel: 'priority' }).result).toBe('full');
    expect(judged(300000, 0, false, { policy: { raise: [{ from: 'full', to: 'basic' }] } }).result).toBe('full');
  });

  it('says what would change the result', () => {
    // 10万人まで 100000 - 99499 = 501 人。499人の取扱者は 500 まであと1人
    expect(judged(99499, 499, false).next).toEqual([
      { fact: 'people', to: 100000, change: 501, result: 'priority', words: '対象人数があと501人増えて100,000人になると、基礎項目評価及び重点項目評価が義務付けられます。' },
      { fact: 'handlers', to: 500, change: 1, result: 'priority', words: '取扱者数があと1人増えて500人になると、基礎項目評価及び重点項目評価が義務付けられます。' },
      { fact: 'incident', to: true, result: 'priority', words: '過去1年以内の重大事故があれば、基礎項目評価及び重点項目評価が義務付けられます。' },
    ]);
    expect(judged(10000, 0, true).next).toEqual([
      { fact: 'people', to: 100000, change: 90000, result: 'full', words: '対象人数があと90,000人増えて100,000人になると、基礎項目評価及び全項目評価が義務付けられます。' },
      { fact: 'incident', to: false, result: 'basic', words: '過去1年以内の重大事故がなければ、基礎項目評価が義務付けられます。' },
    ]);
    expect(judged(300000, 0, false).next).toEqual([]);
    // 1,000人以上1万人未満は取扱者数も事故も影響しない
    expect(judged(1000, 0, false).next.map((step) => [step.fact, step.to, step.result])).toEqual([['people', 100000, 'priority']]);
    expect(judged(1000, 500, false).next.map((step) => [step.fact, step.to, step.result])).toEqual([['people', 10000, 'priority']]);
  });
});

describe('outlook while answering', () => {
  it('tells the levels still possible and what is missing', () => {
    expect(outlook({ people: 100000 }, table)).toEqual({
      mandatory: null, possible: ['priority', 'full'], missing: ['handlers', 'incident'],
      words: '今のところ、基礎項目評価及び重点項目評価、又は基礎項目評価及び全項目評価のいずれかです。「取扱者数」「過去1年以内の重大事故」に答えると決まります。',
    });
  });
  it('is decided as soon as the rest cannot matter', () => {
    expect(outlook({ people: 300000 }, table)).toMatchObject({ mandatory: 'full', missing: [] });
    expect(outlook({ people: 50000, incident: true }, table)).toMatchObject({ mandatory: 'priority', missing: [] });
    expect(outlook({}, table)).toMatchObject({ mandatory: null, possible: ['none', 'basic', 'priority', 'full'], missing: ['people', 'handlers', 'incident'] });
  });
});

describe('bad input', () => {
  const problemsOf = (input: unknown): string[] => {
    try {
      judge(input as ThresholdInput, table);
      return [];
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      for (const problem of error.problems) expect(problem.message).toMatch(/[ぁ-ん].*。$/u);
      return error.problems.map((problem) => `${problem.path} ${problem.code}`);
    }
  };
  it.each<[string, object, string[]]>([
    ['nothing', {}, ['people threshold-missing', 'handlers threshold-missing', 'incident threshold-missing']],
    ['negative', { people: -1, handlers: -5, incident: false }, ['people threshold-negative', 'handlers threshold-negative']],
    ['fractions', { people: 1000.5, handlers: 1, incident: false }, ['people threshold-not-whole']],
    ['too many', { people: 200_000_001, handlers: 1, incident: false }, ['people threshold-too-many']],
    ['not a number', { people: Number.NaN, handlers: '500', incident: false }, ['people threshold-not-number', 'handlers threshold-not-number']],
    ['a word for yes', { people: 1, handlers: 1, incident: 'yes' }, ['incident threshold-not-yes-no']],
    ['an unknown exemption', { exempt: 'mayor', people: 1, handlers: 1, incident: false }, ['exempt-kind threshold-exempt-unknown']],
    ['an unknown level', { people: 1, handlers: 1, incident: false, voluntaryLevel: 'gold' }, ['voluntary-level threshold-level-unknown']],
    ['a broken policy', { people: 1, handlers: 1, incident: false, policy: { raise: [null] } }, ['policy threshold-policy']],
  ])('%s', (_name, input, problems) => {
    expect(problemsOf(input)).toEqual(problems);
  });
  it('accepts the largest number that can be meant', () => {
    expect(judged(200_000_000, 200_000_000, false).mandatory).toBe('full');
  });
  it('property: never throws anything but Invalid', () => {
    const any = fc.anything();
    fc.assert(fc.property(fc.record({ exempt: any, people: any, handlers: any, incident: any, voluntaryLevel: any, policy: any }, { requiredKeys: [] }), (input) => {
      problemsOf(input);
    }), { numRuns: 300 });
  });
});

describe('properties', () => {
  const people = fc.oneof(fc.nat(2000), fc.nat(400_000), fc.nat(200_000_000));
  const handlers = fc.oneof(fc.nat(1000), fc.nat(200_000_000));
  const rank = (level: Level): number => ['none', 'basic', 'priority', 'full'].indexOf(level);

  it('is the guideline for every number', () => {
    fc.assert(fc.property(people, handlers, fc.boolean(), (n, h, x) => {
      expect(judged(n, h, x).mandatory).toBe(byGuideline(n, h, x));
    }));
  });
  it('more people, more handlers or an incident never lower the result', () => {
    fc.assert(fc.property(people, handlers, fc.boolean(), fc.nat(100_000), (n, h, x, more) => {
      const now = rank(judged(n, h, x).mandatory);
      expect(rank(judged(Math.min(n + more, 200_000_000), h, x).mandatory)).toBeGreaterThanOrEqual(now);
      expect(rank(judged(n, Math.min(h + more, 200_000_000), x).mandatory)).toBeGreaterThanOrEqual(now);
      expect(rank(judged(n, h, true).mandatory)).toBeGreaterThanOrEqual(now);
    }));
  });
  it('what is said to change the result changes it, and one person less does not', () => {
    fc.assert(fc.property(people, handlers, fc.boolean(), (n, h, x) => {
      const input = { people: n, handlers: h, incident: x };
      const now = judge(input, table).mandatory;
      for (const step of judge(input, table).next) {
        expect(judge({ ...input, [step.fact]: step.to }, table).mandatory).toBe(step.result);
        expect(step.result).not.toBe(now);
        if (typeof step.to === 'number') expect(judge({ ...input, [step.fact]: step.to - 1 }, table).mandatory).toBe(now);
      }
    }));
  });
});

describe('the questions of the judgement', () => {
  const items = form.sections.flatMap((section) => section.blocks).flatMap((block) => block.items ?? []);
  it('ask for every fact of the table, with the same words', () => {
    for (const fact of table.facts) {
      const item = items.find((one) => one.code === fact.code);
      const words = fact.kind === 'number' ? undefined : fact.kind === 'yes-no' ? ['no', 'yes'] : fact.values?.toSorted();
      expect([fact.code, item?.kind]).toEqual([fact.code, fact.kind === 'number' ? 'number' : 'choice']);
      const options = item?.kind === 'choice' ? form.optionSets[item.options]?.map((option) => option.code).sort() : undefined;
      expect(options).toEqual(words);
    }
  });
});

describe('しきい値判断結果 in a form', () => {
  const basic = indexForm(parse(readFileSync('templates/forms/basic/2024-10.yaml', 'utf8')) as FormDefinition);
  const ofBasic = computeThresholdFor(basic, table);
  it.each<[string, string, 'yes' | 'no', Level]>([
    ['under-1000', 'from-500', 'yes', 'none'],
    ['from-1000', 'from-500', 'yes', 'basic'],
    ['from-10000', 'under-500', 'no', 'basic'],
    ['from-10000', 'from-500', 'no', 'priority'],
    ['from-10000', 'under-500', 'yes', 'priority'],
    ['from-100000', 'under-500', 'no', 'priority'],
    ['from-100000', 'from-500', 'no', 'full'],
    ['from-100000', 'under-500', 'yes', 'full'],
    ['from-300000', 'under-500', 'no', 'full'],
  ])('基礎 Ⅲ: %s, %s, 重大事故 %s → %s', (people, handlers, incident, level) => {
    expect(ofBasic({ people, handlers, incident })).toBe(level);
  });
  it('waits for what is missing, and takes numbers as they are', () => {
    expect(ofBasic({ people: 'from-10000', handlers: undefined, incident: 'no' })).toBe(undefined);
    expect(ofBasic({ people: 'from-300000', handlers: undefined, incident: undefined })).toBe('full');
    expect(computeThresholdFor(indexForm(form), table)({ people: 99999, handlers: 500, incident: 'no' })).toBe('priority');
  });
  it('every boundary of the table is a boundary of the bands', () => {
    const edges = (code: string): number[] => [...basic.byCode.get(code)!.options!.values()].map((option) => option.atLeast ?? -1).sort((a, b) => a - b);
    expect(edges('people-band')).toEqual([0, ...boundariesOf(table, 'people')]);
    expect(edges('handlers-band')).toEqual([0, ...boundariesOf(table, 'handlers')]);
  });
});
