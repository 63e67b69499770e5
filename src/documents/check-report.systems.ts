/** システムごとの結果: what the report says of each system. Pure. */
import type { ResultChange } from '../checks/comparing.js';
import type { RuleFound, RuleSetFound } from '../checks/system-check.service.js';
import { formatEra } from '../engine/dates.js';
import type { Code } from '../engine/form.js';
import { RESULT_WORDS, type FactCatalogue } from '../engine/rule-set.js';
import type { ReportFacts, ReportSystem } from './check-report.facts.js';
import type { FailingRow, OverruledRow, SystemModel, SystemsSection } from './check-report.model.js';
import { basisText, countsRow, numberText, severityText, summed, viewpointNumber } from './check-report.words.js';

/** An organisation with more systems than this prints only those in full of which there is something to say. */
export const MANY_SYSTEMS = 10;
/** A row with more letters than this may be cut between two pages. */
const LONG_ROW = 900;

export function systemsSection(facts: ReportFacts): SystemsSection {
  const chosen = new Set(facts.ruleSets.map(({ definition }) => definition.ruleSet));
  const changes = changesBySystem(facts.changes ?? []);
  const compared = new Set(facts.before === null ? [] : facts.systems.filter(({ head }) => !facts.notCompared.some((one) => one.id === head.id)).map(({ head }) => head.id));
  const found = facts.systems.map((system) => ({ system, sets: system.sheet.ruleSets.filter(({ definition }) => chosen.has(definition.ruleSet)) }));
  const many = facts.scope.kind === 'organisation' && found.length > MANY_SYSTEMS;
  const full = many ? found.filter(({ sets }) => sets.some((set) => set.counts['not-met'] > 0 || set.rules.some((one) => one.overrule !== null))) : found;
  const rest = found.filter((one) => !full.includes(one));
  return {
    words: wordsOf(many, full.length, rest.length),
    full: full.map(({ system, sets }, n) => systemModel(system, sets, n + 1, {
      catalogue: facts.catalogue, changes: changes.get(system.head.id) ?? new Map(), compared: compared.has(system.head.id),
    })),
    rest: rest.map(({ system, sets }) => {
      const counts = summed(sets.map((one) => one.counts));
      const settled = [...(changes.get(system.head.id)?.values() ?? [])].filter((one) => one.kind === 'settled' && chosen.has(one.ruleSet)).length;
      return {
        name: system.head.name, department: system.head.departmentName, met: numberText(counts.met), unknown: numberText(counts.unknown), notApplicable: numberText(counts['not-applicable']),
        settled: compared.has(system.head.id) ? numberText(settled) : '－',
      };
    }),
  };
}

function wordsOf(many: boolean, full: number, rest: number): string {
  if (!many) return `対象の${full}システムの結果を、すべて示す。`;
  if (rest === 0) return `対象の${full}システムのすべてに、不適合、評価書との食い違い又は人が改めた結果があったため、すべてを詳しく示す。`;
  const others = `不適合も食い違いもなく、人が改めた結果もない${rest}システムは、この章の終わりの表に数だけを示す（未確認の内訳は、この報告書の表計算ファイルと、システムごとの報告書にある）。`;
  return full === 0 ? others : `不適合、評価書との食い違い又は人が改めた結果のある${full}システムを詳しく示す。${others}`;
}

type Change = ResultChange<unknown>;
interface Around {
  catalogue: FactCatalogue;
  /** By rule set and rule. */
  changes: ReadonlyMap<string, Change>;
  compared: boolean;
}

function changesBySystem(changes: NonNullable<ReportFacts['changes']>): Map<string, Map<string, Change>> {
  const bySystem = new Map<string, Map<string, Change>>();
  for (const one of changes) {
    const known = bySystem.get(one.system.id) ?? new Map<string, Change>();
    bySystem.set(one.system.id, known.set(`${one.ruleSet}/${one.rule}`, one));
  }
  return bySystem;
}

function systemModel(system: ReportSystem, sets: readonly RuleSetFound[], number: number, around: Around): SystemModel {
  const { head, declarations } = system;
  const linked = [...new Set(sets.flatMap((set) => set.rules[0]?.assessments.map((one) => one.title) ?? []))];
  const totals = sets.length < 2 ? [] : [countsRow('計', sets.reduce((sum, set) => sum + set.rules.length, 0), summed(sets.map((one) => one.counts)), true)];
  return {
    anchor: `system-${number}`, number: `3.${number}`, name: head.name,
    facts: [
      { label: '所管課', text: head.departmentName },
      ...(system.classLabel === '' && head.number === null ? [] : [{ label: '区分・番号', text: [system.classLabel, head.number === null ? '' : `${head.number}番`].filter((one) => one !== '').join('　') }]),
      { label: '申告', text: `承認を受けていないもの ${numberText(declarations.unapproved)}件　期限が切れて数えなかったもの ${numberText(declarations.stale)}件` },
      ...(linked.length === 0 ? [] : [{ label: '記載する評価書', text: linked.join('\n') }]),
    ],
    register: system.register,
    counts: [...sets.map((set) => countsRow(set.definition.title, set.rules.length, set.counts)), ...totals],
    failing: sets.flatMap((set) => listed(set, 'not-met', (one) => failingRow(set, one, around))),
    unknown: sets.flatMap((set) => listed(set, 'unknown', (one) => ({ viewpoint: viewpointNumber(set.definition, one.rule), rule: one.rule.title, missing: missingWords(one, around.catalogue) }))),
    overruled: sets.flatMap((set) => set.rules.flatMap((one) => overruledRow(one))),
    settled: sets.flatMap(({ definition, rules }) => rules.filter((one) => around.changes.get(`${definition.ruleSet}/${one.rule.code}`)?.kind === 'settled').map((one) => one.rule.title)),
  };
}

function listed<Row>(set: RuleSetFound, result: RuleFound['result'], row: (found: RuleFound) => Row): { title: string; rows: Row[] }[] {
  const rows = set.rules.filter((one) => one.result === result).map(row);
  return rows.length === 0 ? [] : [{ title: set.definition.title, rows }];
}

function failingRow({ definition }: RuleSetFound, found: RuleFound, { changes, compared }: Around): FailingRow {
  const { rule, overrule, explanation } = found;
  const assessments = overrule === null ? found.assessments.filter((one) => one.explanation.result === 'not-met').map((one) => ({ title: one.title, text: one.explanation.text })) : [];
  const kind = changes.get(`${definition.ruleSet}/${rule.code}`)?.kind;
  const reason = overrule !== null ? `規則の計算では「${RESULT_WORDS[explanation.result].label}」（${explanation.text}）。人が不適合と改めた理由：${overrule.reason}` : assessments.length > 0 ? '' : explanation.text;
  const texts = [reason, ...assessments.map((one) => one.title + one.text), rule.observation, rule.improvement, rule.evidence];
  return {
    viewpoint: viewpointNumber(definition, rule), rule: rule.title, severity: severityText(rule), change: !compared ? '' : kind === 'unchanged' ? '継続' : '新規',
    reason, assessments, observation: rule.observation, improvement: rule.improvement, evidence: rule.evidence, basis: rule.basis.map(basisText), keep: texts.join('').length <= LONG_ROW,
  };
}

/** What has to be declared or filled in before the rule can be decided. */
export function missingWords({ explanation, assessments }: Pick<RuleFound, 'explanation' | 'assessments'>, catalogue: FactCatalogue): string {
  const codes: Code[] = [...new Set([explanation, ...assessments.map((one) => one.explanation)].filter((one) => one.result === 'unknown').flatMap((one) => one.missing))];
  return codes.length === 0 ? explanation.text : codes.map((code) => catalogue.get(code)?.label ?? code).join('、');
}

function overruledRow({ rule, result, overrule, explanation }: RuleFound): OverruledRow[] {
  if (overrule === null) return [];
  return [{
    rule: rule.title, computed: RESULT_WORDS[explanation.result].label, given: RESULT_WORDS[result].label, reason: overrule.reason, evidence: overrule.evidence,
    until: formatEra(overrule.untilOn), by: `${overrule.madeByName}（${formatEra(overrule.madeOn)}）`, keep: overrule.reason.length + overrule.evidence.length <= LONG_ROW,
  }];
}
