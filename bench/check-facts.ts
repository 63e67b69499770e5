import { loadContent } from '../src/assessments/content.js';
import type { SystemInMatrix } from '../src/checks/check-results.service.js';
import { noCounts, type AssessmentFacts, type CheckedFacts } from '../src/checks/check-shapes.js';
import { CheckOverrule, CheckRun } from '../src/checks/check.entity.js';
import type { FullState } from '../src/checks/check-states.service.js';
import { checkSystem, summaryOf, type Checked, type InForce } from '../src/checks/checking.js';
import { byRule, compareResults } from '../src/checks/comparing.js';
import { matrixOf, shareMet } from '../src/checks/matrix.js';
import { loadRuleContent } from '../src/checks/rule-content.js';
import { foundIn } from '../src/checks/system-check.service.js';
import type { ReportFacts, ReportScopeKind } from '../src/documents/check-report.facts.js';
import { summed } from '../src/documents/check-report.words.js';
import type { AnswerValue, Code } from '../src/engine/form.js';
import type { FactItem, RuleSettings } from '../src/engine/rule-set.js';
import { compileRules } from '../src/engine/rules.js';
import { inProject } from '../src/kernel/root.js';
import { loadCatalogue } from '../src/systems/catalogue.js';
import { valueText } from '../src/systems/register-values.js';
import { InformationSystem } from '../src/systems/system.entity.js';

const WHAT = ['児童手当', '国民健康保険料賦課徴収', '介護保険', '後期高齢者医療', '住民記録', '固定資産税', '個人住民税', '軽自動車税', '就学援助', '障害者福祉総合', '生活保護', '健康管理', '母子保健', '予防接種台帳', '選挙人名簿', '印鑑登録', '戸籍附票', '市営住宅管理', '保育所入所', '放課後児童クラブ', '奨学金', '図書館利用者', '水道料金', '下水道受益者負担金', '犬の登録', '防災行政情報', '避難行動要支援者名簿', '人事給与', '財務会計', '文書管理', '庁内グループウェア', '電子申請受付', '国民年金', 'ひとり親家庭等医療費助成', '重度心身障害者医療費助成', '地域包括支援', '墓地使用者', '市民活動団体登録', '体育施設予約', '観光モニター名簿'];
const DEPARTMENTS = ['こども課', '国保年金課', '高齢福祉課', '市民課', '資産税課', '市民税課', '学校教育課', '障害福祉課', '生活支援課', '健康増進課', '選挙管理委員会事務局', '住宅政策課', '水道局　料金課', '総務課', '情報政策課'];

export interface Filling {
  systems: number;
  scope: ReportScopeKind;
  /** 0 to 1: declarations that are missing, and those that are not the best answer. Systems with an even number are told `tidy` ones. */
  missing: number;
  weak: number;
}

/** A deterministic city over the real rule sets: the same facts on every machine. For measurements and tests. */
export function cityFacts({ systems, scope, missing, weak }: Filling): ReportFacts {
  const content = loadContent(inProject('templates'));
  const catalogue = loadCatalogue(inProject('templates'), '2026-11-21');
  const rules = loadRuleContent(inProject('templates'), content.forms, catalogue);
  const settings = settingsOf(rules.ruleSets.flatMap((one) => one.rules).map((one) => one.code));
  const own = (codes: readonly { code: Code }[]): RuleSettings => Object.fromEntries(codes.flatMap(({ code }) => (settings[code] === undefined ? [] : [[code, settings[code]]])));
  const sets = [...rules.ruleSets].sort((a, b) => Number(a.per !== undefined) - Number(b.per !== undefined)).map((one) => compileRules(one, rules.facts, own(one.rules)));
  const items = [...rules.facts.values()];
  const random = seeded(20261121);
  const pick = (of: FactItem['source'], tidy: number): Record<Code, AnswerValue> => Object.fromEntries(items.filter((one) => one.source === of).flatMap((item) => {
    const value = random() < missing * tidy ? null : valueOf(item, random, weak * tidy);
    return value === null ? [] : [[item.code, value]];
  }));
  const made = Array.from({ length: systems }, (_, n) => {
    const tidy = n % 5 === 4 ? 0 : 1;
    const department = DEPARTMENTS[scope === 'organisation' ? Math.floor((n * DEPARTMENTS.length) / systems) : 0]!;
    const system = systemOf(n, `${WHAT[n % WHAT.length]!}システム${n < WHAT.length ? '' : `（${Math.floor(n / WHAT.length) + 1}）`}`, department);
    const values: Record<Code, AnswerValue> = { ...pick('register', 0), ...pick('control', tidy), ...(n % 4 === 3 ? { 'my-number': { choice: 'not-held' } } : {}) };
    const assessments: AssessmentFacts[] = n % 3 === 0 ? [{ assessmentId: `assessment-${n}`, title: `${WHAT[n % WHAT.length]!}に関する事務　基礎項目評価書`, claims: pick('claim', tidy), results: {} }] : [];
    const facts: CheckedFacts = { values, stale: n % 6 === 1 ? { 'access-log-review-interval': '2025-09-30' } : {}, inherited: {} };
    return { system, department, facts, assessments };
  });
  const check = (one: (typeof made)[number], overrules: readonly InForce[]): Checked => checkSystem(sets, { systemId: one.system.id, facts: one.facts, assessments: one.assessments }, overrules);
  const plain = made.map((one) => check(one, []));
  const overrules = made.flatMap((one, n) => (n % 7 === 2 ? overrulesOf(one.system.id, sets[0]!.definition.ruleSet, sets[0]!.rules.find((_, at) => plain[n]!.results[sets[0]!.definition.ruleSet]![at] === 'u')?.code ?? null) : []));
  const checked = made.map((one) => check(one, overrules.filter((given) => given.systemId === one.system.id)));
  const heads = made.map(({ system, department }): SystemInMatrix => ({ id: system.id, number: system.number, name: system.name, classId: null, departmentId: system.departmentId, departmentName: department }));
  const run = runOf(5, '2026-11-20T09:00:00Z', heads, summaryOf(checked), settings);
  const before = runOf(3, '2026-08-20T09:00:00Z', heads.slice(0, Math.max(1, systems - 2)), summaryOf(plain), {});
  const compared = heads.slice(0, before.systems.length);
  return {
    organisation: 'みずほ野市', today: '2026-11-21', run, now: true, before, hidden: 0, settings, catalogue: rules.facts,
    scope: scope === 'organisation' ? { kind: scope, id: 'city', name: 'みずほ野市' } : scope === 'department' ? { kind: scope, id: 'd0', name: DEPARTMENTS[0]! } : { kind: scope, id: heads[0]!.id, name: heads[0]!.name },
    ruleSets: sets.map(({ definition }) => {
      const matrix = matrixOf(definition, heads.map((system, n) => ({ system, letters: checked[n]!.results[definition.ruleSet]!, definition })));
      const share = shareMet(summed([matrix.counts])) ?? 0;
      return {
        definition, versions: [definition.version], matrix, trend: [0.62, 0.7, 0.85, 1].map((part, n) => ({ label: n === 3 ? '第5回\n2026.11.20' : `第${n + 1}回\n2026.0${n * 2 + 3}.20`, share: share * part })),
        contradictions: new Map(heads.flatMap((one, n) => (made[n]!.assessments.length === 0 ? [] : [[one.id, { rules: [...checked[n]!.results[sets.at(-1)!.definition.ruleSet]!].filter((letter) => letter === 'x').length, assessments: [] }] as const]))),
      };
    }),
    systems: made.map(({ system, facts, assessments }, n) => {
      const state: FullState = { systemId: system.id, fromRun: 5, results: checked[n]!.results, basis: '', linked: [], facts, assessments: checked[n]!.assessments ?? assessments };
      return {
        head: heads[n]!, classLabel: n % 2 === 0 ? '住民情報' : '各部局所管', declarations: { unapproved: n % 4, stale: Object.keys(facts.stale).length },
        register: catalogue.register.items.filter(({ item }) => ['choice', 'number', 'date'].includes(item.kind)).flatMap((item) => { const value = valueText(item, facts.values[item.code]); return value === '' ? [] : [{ label: item.item.label, value }]; }),
        sheet: { system, run, facts, mayOverrule: false, ruleSets: sets.map((set) => foundIn(set, state, overrules.filter((one) => one.systemId === system.id))) },
      };
    }),
    unchecked: scope === 'organisation' ? [{ ...heads[0]!, id: 'new', name: '移住相談受付システム', departmentName: '企画課' }] : [],
    changes: compareResults(compared.map((system, n) => ({ system, before: new Map(sets.map((set) => [set.definition.ruleSet, byRule(set.rules, shifted(checked[n]!.results[set.definition.ruleSet]!))])), after: new Map(sets.map((set) => [set.definition.ruleSet, byRule(set.rules, checked[n]!.results[set.definition.ruleSet]!)])) }))),
    notCompared: heads.slice(before.systems.length),
  };
}

/** As it was before: every ninth 適合 was 不適合, every fifth 不適合 was 適合. */
function shifted(letters: string): string {
  const seen = { m: 0, x: 0 };
  return letters.replace(/[mx]/gu, (letter) => { seen[letter as 'm' | 'x'] += 1; return letter === 'm' ? (seen.m % 9 === 0 ? 'x' : 'm') : seen.x % 5 === 0 ? 'm' : 'x'; });
}

function settingsOf(codes: readonly Code[]): RuleSettings {
  return { [codes[0]!]: { off: { reason: '全庁の規程で定めており、システムごとには確かめない。' } } };
}

function systemOf(n: number, name: string, department: string): InformationSystem {
  return Object.assign(new InformationSystem(), { id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`, organisationId: 'city', kind: 'system', number: n + 1, name, classId: null, departmentId: `d${DEPARTMENTS.indexOf(department)}`, register: {}, registerVersion: '2026-04', mergedIntoId: null, changedAt: new Date(0), changedByName: '', version: 1 });
}

function overrulesOf(systemId: string, ruleSet: Code, rule: Code | null): CheckOverrule[] {
  if (rule === null) return [];
  return [Object.assign(new CheckOverrule(), { id: `o-${systemId}`, organisationId: 'city', systemId, ruleSet, rule, result: 'met', reason: '現地で設定の画面を確かめ、規則の求めることが満たされていると認めた。申告は次の更新のときに改めるよう所管課に伝えた。', evidence: '現地調査の記録（令和8年11月10日）第3項', untilOn: '2027-03-31', madeOn: '2026-11-12', madeByName: '監査事務局', withdrawnOn: null, version: 1 })];
}

function runOf(number: number, at: string, systems: readonly SystemInMatrix[], summary: CheckRun['summary'], settings: RuleSettings): CheckRun {
  return Object.assign(new CheckRun(), { id: `run-${number}`, organisationId: 'city', number, round: number, occasion: 'scheduled', scope: 'all', scopeId: null, systems: systems.map((one) => one.id), ruleSets: {}, settings, catalogue: '2026-04', summary: { ...summary, counts: summary.counts ?? noCounts() }, madeAt: new Date(at), madeByName: '監査事務局' });
}

/** The first option is mostly the best one. */
function valueOf(item: FactItem, random: () => number, weak: number): AnswerValue | null {
  const options = [...item.options.keys()];
  switch (item.kind) {
    case 'choice': return { choice: options[random() < weak ? Math.floor(random() * options.length) : 0]! };
    case 'checks': return { checked: [options[0]!] };
    case 'number': return random() < weak ? Math.min(item.max ?? 48, 48) : item.unit === '％' ? 100 : Math.max(item.min ?? 0, 6);
    case 'date': return '2026-10-01';
    case 'text': return null;
  }
}

/** Numbers from 0 to 1 that look random and are always the same (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
