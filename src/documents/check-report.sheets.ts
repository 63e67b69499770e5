/** 点検結果報告書 as a workbook: its model, from what was found. Pure. */
import type { Counts } from '../checks/check-shapes.js';
import { runLabel } from '../checks/run-words.js';
import type { RuleFound, RuleSetFound } from '../checks/system-check.service.js';
import { formatEra } from '../engine/dates.js';
import type { Code } from '../engine/form.js';
import { RESULT_WORDS, type FactCatalogue, type Result, type RuleDefinition } from '../engine/rule-set.js';
import type { GridPicture } from '../rendering/grid-picture.js';
import type { ReportFacts, ReportSystem } from './check-report.facts.js';
import type { LabelledText } from './check-report.model.js';
import { departmentsOf, reportTitle } from './check-report.js';
import { missingWords } from './check-report.systems.js';
import { basisText, resultsOfRun, scopeTitle, severityText, versionText } from './check-report.words.js';
import { matrixPicture } from './matrix-picture.js';

export interface CheckWorkbook {
  title: string;
  /** Who may see all of these departments may read it. */
  departments: string[];
  about: LabelledText[];
  ruleSets: WorkbookRuleSet[];
  systems: { name: string; department: string; results: WorkbookResult[] }[];
}

export interface WorkbookRuleSet {
  title: string;
  /** Name of its matrix, at most 31 letters and without those that a sheet may not have. */
  sheet: string;
  rules: { viewpoint: string; title: string; severity: string; basis: string; observation: string; improvement: string; evidence: string }[];
  counts: Counts;
  grid: GridPicture;
}

export interface WorkbookResult {
  /** Places of the rule set and of the rule in it. */
  ruleSet: number;
  rule: number;
  result: Result;
  text: string;
  /** 未確認: what has to be declared or filled in. */
  missing: string;
  overruled: { computed: string; reason: string; evidence: string; until: string; by: string } | null;
}

export function checkWorkbook(facts: ReportFacts): CheckWorkbook {
  const single = facts.ruleSets.length === 1;
  const taken = new Set<string>();
  const rules = facts.ruleSets.map((one) => rulesOf(one, facts));
  return {
    title: reportTitle(facts), departments: departmentsOf(facts),
    about: [
      { label: '団体', text: facts.organisation }, { label: '対象', text: `${scopeTitle(facts)}（${facts.systems.length}システム）` }, { label: '点検', text: `${resultsOfRun(facts)}の結果` },
      { label: '比べた点検', text: facts.before === null ? 'なし' : runLabel(facts.before) }, { label: '作成日', text: formatEra(facts.today) },
      ...(facts.unchecked.length === 0 ? [] : [{ label: '結果のないシステム', text: facts.unchecked.map((one) => `${one.name}（${one.departmentName}）`).join('、') }]),
      ...(facts.hidden === 0 ? [] : [{ label: '含まないシステム', text: `作成した者が見ることのできる範囲にない${facts.hidden}システム` }]),
    ],
    ruleSets: facts.ruleSets.map(({ definition, versions, matrix, contradictions }, n): WorkbookRuleSet => ({
      title: `${definition.title}（${versionText(versions)}）`, sheet: single ? '一覧' : sheetName(`一覧　${definition.shortTitle}`, taken), counts: matrix.counts,
      rules: rules[n]!.map((rule) => ({
        viewpoint: viewpointOf(definition.viewpoints, rule.viewpoint), title: rule.title, severity: severityText(rule), basis: rule.basis.map(basisText).join('\n'),
        observation: rule.observation, improvement: rule.improvement, evidence: rule.evidence,
      })),
      grid: matrixPicture({ title: definition.title, matrix, contradictions, withContradictions: definition.per === undefined, links: null }),
    })),
    systems: facts.systems.map(({ head, sheet }) => ({
      name: head.name, department: head.departmentName,
      results: facts.ruleSets.flatMap(({ definition }, ruleSet) => {
        const places = new Map(rules[ruleSet]!.map((rule, n) => [rule.code, n]));
        return (setOf(sheet, definition.ruleSet)?.rules ?? []).map((one) => resultOf(one, ruleSet, places.get(one.rule.code)!, facts.catalogue));
      }),
    })),
  };
}

const setOf = (sheet: ReportSystem['sheet'], ruleSet: Code): RuleSetFound | undefined => sheet.ruleSets.find((one) => one.definition.ruleSet === ruleSet);

/** The rules of the set, and those that only older results still have. */
function rulesOf({ definition }: ReportFacts['ruleSets'][number], { systems }: ReportFacts): RuleDefinition[] {
  const known = new Map(definition.rules.map((rule) => [rule.code, rule]));
  for (const { sheet } of systems) for (const { rule } of setOf(sheet, definition.ruleSet)?.rules ?? []) if (!known.has(rule.code)) known.set(rule.code, rule);
  return [...known.values()];
}

const viewpointOf = (viewpoints: ReportFacts['ruleSets'][number]['definition']['viewpoints'], code: string): string => viewpoints.filter((one) => one.code === code).map((one) => `${one.number} ${one.title}`).join('');

function resultOf(found: RuleFound, ruleSet: number, rule: number, catalogue: FactCatalogue): WorkbookResult {
  const { result, explanation, overrule, assessments } = found;
  const telling = assessments.filter((one) => one.explanation.result === explanation.result);
  return {
    ruleSet, rule, result, text: telling.length === 0 ? explanation.text : telling.map((one) => `${one.title}：${one.explanation.text}`).join('\n'), missing: result === 'unknown' ? missingWords(found, catalogue) : '',
    overruled: overrule === null ? null : { computed: RESULT_WORDS[explanation.result].label, reason: overrule.reason, evidence: overrule.evidence, until: formatEra(overrule.untilOn), by: overrule.madeByName },
  };
}

/** A name that a sheet may have and that no other sheet has yet (letters of either case are the same). */
export function sheetName(text: string, taken: Set<string>): string {
  const sound = text.replace(/[[\]:*?/\\]/gu, '　').replace(/^'+|'+$/gu, '').slice(0, 31);
  let name = sound;
  for (let n = 2; taken.has(name.toLowerCase()); n += 1) name = `${sound.slice(0, 28)}（${n}）`;
  taken.add(name.toLowerCase());
  return name;
}
