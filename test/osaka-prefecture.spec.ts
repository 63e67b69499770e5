/**
 * The real case: a system with individual numbers as an audit found it, and after its renewal.
 * Source of every expected value: 大阪府 平成29年度情報セキュリティ等監査, 検出事項 1(1)–1(7) and 2 with the measures reported to them,
 * told in our own words in `fixtures/systems/osaka-prefecture.*.json`.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Code } from '../src/engine/form.js';
import type { Facts, Result, RuleSetDefinition } from '../src/engine/rule-set.js';
import { compileRules } from '../src/engine/rules.js';
import { loadCatalogue } from '../src/systems/catalogue.js';
import { factsOfExchange, readSystemsExchange } from '../src/systems/exchange.js';

/** A day on which every declaration of both files counts. */
const TODAY = '2026-11-20';
const definition = parse(readFileSync('templates/rule-sets/my-number-audit/2026-04.yaml', 'utf8')) as RuleSetDefinition;
const catalogue = loadCatalogue('templates', TODAY);
const rules = compileRules(definition, catalogue.facts);

/** The observations by their numbers in the document: the rule, what the system declares, and what its measure changes. */
const OBSERVATIONS: Record<string, { rule: Code; seen: [label: string, value: string]; settledBy: Code[] }> = {
  '1(1)': { rule: 'mn-access-right-unit', seen: ['アクセス権限を設定する単位', '端末ごと'], settledBy: ['access-right-unit'] },
  '1(2)': { rule: 'mn-password-change', seen: ['利用者本人によるパスワードの変更', '機能はあるが運用上変更できない'], settledBy: ['password-change'] },
  '1(3)': { rule: 'mn-number-viewing', seen: ['登録した個人番号を閲覧できる者', 'すべての利用者'], settledBy: ['my-number-viewing', 'my-number-viewing-monitoring'] },
  '1(4)': { rule: 'mn-leaving-seat', seen: ['離席したときの画面ロック', 'かからない・かけられない'], settledBy: ['screen-lock', 'session-timeout'] },
  '1(5)': { rule: 'mn-access-log-reading', seen: ['職員によるアクセスの記録の閲覧', '閲覧できない'], settledBy: ['access-log-reading', 'access-log-review-interval'] },
  '1(6)': { rule: 'mn-input-second-person', seen: ['入力した者と別の者による確認', '入力した者だけ'], settledBy: ['input-verification'] },
  '1(7)': { rule: 'mn-acceptance-test', seen: ['利用者による受入テストの環境', '委託先の中だけにある'], settledBy: ['acceptance-test-environment'] },
  '2': { rule: 'mn-paper-storage', seen: ['個人番号の書類の保管場所', '職員以外も入れる区域で施錠'], settledBy: ['paper-storage'] },
};
const EIGHT = Object.values(OBSERVATIONS).map(({ rule }) => rule);

const found = factsIn('found');
const renewed = factsIn('renewed');

describe('the system as the audit found it', () => {
  it('fails exactly the eight observations of the document', () => {
    expect(codesWith('not-met', found).sort()).toEqual([...EIGHT].sort());
  });

  it('leaves nothing unknown: every control that the set asks about is declared', () => {
    expect(codesWith('unknown', found)).toEqual([]);
    expect(asked().filter((code) => found[code] === undefined)).toEqual([]);
  });

  it('does not blame one cause twice: without IDs per user or a readable log, the rules that build on them do not apply', () => {
    expect(codesWith('not-applicable', found)).toEqual(['mn-account-removal', 'mn-access-log-review']);
  });

  it('fails under the viewpoints of the document: five under (2), one each under (4), (5) and (6)', () => {
    const failing = definition.rules.filter(({ code }) => EIGHT.includes(code)).map(({ viewpoint }) => definition.viewpoints.find(({ code }) => code === viewpoint)!.number);
    expect(failing).toEqual(['(2)', '(2)', '(2)', '(2)', '(2)', '(4)', '(5)', '(6)']);
  });

  it.each(Object.entries(OBSERVATIONS))('names what it saw in observation %s', (_number, { rule, seen: [label, value] }) => {
    const explanation = rules.explain(rule, found);
    expect(explanation.result).toBe('not-met');
    expect(explanation.text).toContain(label);
    expect(explanation.text).toContain(`「${value}」`);
    expect(explanation.seen).toContainEqual(expect.objectContaining({ label, value }));
  });

  it.each(Object.entries(OBSERVATIONS))('is rid of observation %s alone when only its measure is taken', (_number, { rule, settledBy }) => {
    const measure = Object.fromEntries(settledBy.map((code) => [code, renewed[code]]));
    expect(codesWith('not-met', { ...found, ...measure }).sort()).toEqual(EIGHT.filter((code) => code !== rule).sort());
  });

  it.each(Object.entries(OBSERVATIONS))('does not know observation %s while its control is not declared', (_number, { rule, settledBy }) => {
    const silent = Object.fromEntries(Object.entries(found).filter(([code]) => !settledBy.includes(code)));
    expect(codesWith('not-met', silent)).not.toContain(rule);
    expect(codesWith('unknown', silent)).toContain(rule);
  });
});

describe('the system after its renewal', () => {
  it('fails nothing and leaves nothing unknown', () => {
    expect(codesWith('not-met', renewed)).toEqual([]);
    expect(codesWith('unknown', renewed)).toEqual([]);
  });

  it('meets all eight', () => {
    expect(EIGHT.filter((code) => !codesWith('met', renewed).includes(code))).toEqual([]);
  });

  it('is the same system: 50,000 and 4,000 people, on a network of its own', () => {
    for (const facts of [found, renewed]) expect([facts.people, facts.network]).toEqual([50_000 + 4_000, { choice: 'dedicated-line' }]);
  });
});

describe('the set', () => {
  it('has the seven viewpoints of the document in their order, each with rules', () => {
    expect(definition.viewpoints.map(({ number }) => number)).toEqual(['(1)', '(2)', '(3)', '(4)', '(5)', '(6)', '(7)']);
    expect(definition.viewpoints.filter(({ code }) => !definition.rules.some(({ viewpoint }) => viewpoint === code))).toEqual([]);
  });
});

function codesWith(result: Result, facts: Facts): Code[] {
  const results = rules.results(facts);
  return rules.rules.filter(({ index }) => results[index] === result).map(({ code }) => code);
}

function asked(): Code[] {
  return [...new Set(rules.rules.flatMap(({ refers }) => refers))];
}

/** The file of one system, read as the command line reads it. */
function factsIn(state: 'found' | 'renewed'): Facts {
  const document = readSystemsExchange(readFileSync(`test/fixtures/systems/osaka-prefecture.${state}.json`), { catalogue, today: TODAY });
  const [only, ...others] = factsOfExchange(document, { catalogue, today: TODAY, declarationMonths: 12 });
  expect(others).toEqual([]);
  return only!.values;
}
