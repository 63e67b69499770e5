/** The check sheet of a system and one rule of it, as their pages show them. */
import type { RuleFound, RuleSetFound, SystemSheet } from '../../checks/system-check.service.js';
import { runLabel } from '../../checks/run-words.js';
import { formatEra } from '../../engine/dates.js';
import { RESULT_WORDS, RESULTS, SEVERITIES, type Basis, type Result, type RuleExplanation, type Severity } from '../../engine/rule-set.js';

export interface SheetAsked {
  ruleSet: string;
  /** `assessments`: only the sets that look at assessments. */
  about: string;
  ofRun: number | undefined;
  mayRun: boolean;
}

export const SEVERITY_TONES: Readonly<Record<Severity, string>> = { high: 'red', medium: 'amber', low: '' };

export function sheetView(sheet: SystemSheet, asked: SheetAsked): object {
  const inRun = asked.ofRun === undefined ? '' : `?run=${asked.ofRun}`;
  const shown = sheet.ruleSets.filter(({ definition }) => (asked.ruleSet === '' || definition.ruleSet === asked.ruleSet) && (asked.about !== 'assessments' || definition.per === 'assessment'));
  const base = `/checks/systems/${sheet.system.id}`;
  return {
    system: { id: sheet.system.id, name: sheet.system.name }, run: sheet.run === null ? '' : runLabel(sheet.run), ofRun: asked.ofRun ?? null, mayRun: asked.mayRun,
    choices: [{ label: 'すべて', href: base, chosen: asked.ruleSet === '' && asked.about === '' }, ...sheet.ruleSets.map(({ definition, counts }) => ({ label: `${definition.shortTitle}（×${counts['not-met']}　？${counts.unknown}）`, href: `${base}?ruleSet=${definition.ruleSet}`, chosen: asked.ruleSet === definition.ruleSet }))],
    ruleSets: shown.map((set) => ({
      code: set.definition.ruleSet, title: set.definition.title, version: set.definition.version, counts: RESULTS.map((one) => ({ sign: RESULT_WORDS[one].sign, label: RESULT_WORDS[one].label, tone: one, count: set.counts[one] })),
      viewpoints: set.definition.viewpoints.map((viewpoint) => ({
        code: viewpoint.code, number: viewpoint.number, title: viewpoint.title, group: viewpoint.group ?? '',
        rules: sortedByResult(set.rules.filter((one) => one.rule.viewpoint === viewpoint.code)).map((one) => ({
          title: one.rule.title, href: `${base}/${set.definition.ruleSet}/${one.rule.code}${inRun}`, tone: one.result, sign: RESULT_WORDS[one.result].sign, result: RESULT_WORDS[one.result].label,
          severity: SEVERITIES[one.rule.severity], severityTone: SEVERITY_TONES[one.rule.severity], text: one.explanation.text, overruled: one.overrule !== null,
        })),
      })),
    })),
    stale: Object.keys(sheet.facts.stale).length, whatIf: `${base}/what-if`,
  };
}

const ORDER: readonly Result[] = ['not-met', 'unknown', 'met', 'not-applicable'];

function sortedByResult(rules: readonly RuleFound[]): RuleFound[] {
  return [...rules].sort((a, b) => ORDER.indexOf(a.result) - ORDER.indexOf(b.result));
}

export const basisText = ({ document, article, item }: Basis): string => [document, article, item].filter((one) => one !== undefined && one !== '').join('　');

function seenView(explanation: RuleExplanation, { facts }: SystemSheet): { label: string; value: string; note: string }[] {
  return explanation.seen.map((one) => {
    const platform = facts.inherited[one.code];
    const stale = facts.stale[one.code];
    const note = platform !== undefined ? `「${platform}」から引継ぎ` : stale !== undefined ? `${formatEra(stale)}の申告は古いため数えない` : '';
    return { label: one.label, value: one.value ?? '申告・記入がない', note };
  });
}

export function ruleView({ sheet, ruleSet, found }: { sheet: SystemSheet; ruleSet: RuleSetFound; found: RuleFound }, run: number | undefined): object {
  const { rule, overrule, explanation } = found;
  const viewpoint = ruleSet.definition.viewpoints.find((one) => one.code === rule.viewpoint);
  return {
    system: { id: sheet.system.id, name: sheet.system.name }, run: sheet.run === null ? '' : runLabel(sheet.run), now: run === undefined,
    set: { code: ruleSet.definition.ruleSet, title: ruleSet.definition.title }, rule: { code: rule.code, title: rule.title, observation: rule.observation, improvement: rule.improvement, evidence: rule.evidence },
    viewpoint: viewpoint === undefined ? '' : `${viewpoint.number} ${viewpoint.title}`, severity: SEVERITIES[rule.severity], basis: rule.basis.map(basisText),
    result: { tone: found.result, sign: RESULT_WORDS[found.result].sign, label: RESULT_WORDS[found.result].label },
    explanation: explanation.text, seen: seenView(explanation, sheet), failing: found.result === 'not-met', missing: explanation.missing.length > 0,
    declareHref: `/systems/${sheet.system.id}/controls${explanation.missing[0] === undefined ? '' : `/${explanation.missing[0]}`}`,
    assessments: found.assessments.map((one) => ({ href: `/assessments/${one.assessmentId}`, title: one.title, sign: RESULT_WORDS[one.explanation.result].sign, result: RESULT_WORDS[one.explanation.result].label, text: one.explanation.text })),
    overrule: overrule === null ? null : { id: overrule.id, version: overrule.version, result: RESULT_WORDS[overrule.result].label, computed: RESULT_WORDS[explanation.result].label, reason: overrule.reason, evidence: overrule.evidence, untilOn: overrule.untilOn, madeOn: overrule.madeOn, by: overrule.madeByName },
    mayOverrule: sheet.mayOverrule && run === undefined,
    results: (['met', 'not-met', 'not-applicable'] as const).map((one) => ({ value: one, label: RESULT_WORDS[one].label })),
    ruleHref: `/checks/rules/${ruleSet.definition.ruleSet}/${rule.code}`,
  };
}
