/** A system's own sheet: what it is, where it fails, what it declares, and what to do next. Pure. */
import type { NamingAssessment } from '../../assessments/assessment-systems.service.js';
import { roundName } from '../../checks/run-words.js';
import { tallyOf } from '../../checks/tally.js';
import type { RuleFound, RuleSetFound, SystemSheet } from '../../checks/system-check.service.js';
import type { Survey } from '../../audits/surveys.js';
import { formatEra, formatFiscalYear } from '../../engine/dates.js';
import { RESULT_WORDS, SEVERITIES, type Severity } from '../../engine/rule-set.js';
import type { ListedRisk } from '../../risks/risk-list.js';
import type { DeclarationSheet } from '../../systems/declaration-sheet.js';
import type { SystemPage } from '../../systems/system-page.js';

export interface SheetParts {
  page: SystemPage;
  /** Null: merged, nothing is declared any more. */
  declared: DeclarationSheet | null;
  /** Null: not for this person, or a platform. */
  checks: SystemSheet | null;
  assessments: readonly NamingAssessment[];
  /** Open ones; null: not for this person. */
  risks: readonly ListedRisk[] | null;
}

/** Failing rules that the sheet names; the rest stands on the check sheet. */
const SHOWN = 10;
const GRAVITY: Readonly<Record<Severity, { order: number; tone: string }>> = { high: { order: 0, tone: 'red' }, medium: { order: 1, tone: 'amber' }, low: { order: 2, tone: '' } };

export interface Step { text: string; why: string; href: string }

export function sheetView(parts: SheetParts): object {
  const { page, declared, checks, assessments, risks } = parts;
  const step = nextStep(parts);
  return {
    mergedInto: page.mergedInto, platform: page.kind === 'platform', step, mayWrite: page.may.write,
    facts: page.sections.map(({ title, items }) => ({ title, items: items.filter((one) => one.text !== '').map(({ label, text }) => ({ label, text })) })).filter((one) => one.items.length > 0),
    missing: missingOf(page), uses: usesView(page), contracts: contractsView(page),
    inherits: page.inherits, inheritsFurther: page.inheritsFurther, upon: page.upon,
    declared: declared === null ? null : declaredView(page, declared), checks: checks === null ? null : checksView(page, checks),
    assessments: assessments.map((one) => ({ href: one.readable ? `/assessments/${one.id}` : '', title: one.title, form: one.formTitle, status: one.statusLabel, department: one.departmentName })),
    risks: risks === null ? null : { rows: risks.map((one) => ({ href: `/risks/${one.id}`, title: one.title, before: one.ratingBefore.label, after: one.ratingAfter?.label ?? '対策後は未判定' })) },
  };
}

/** 現地調査: that it was there stands in the register for everybody; what was seen, for whoever reads audits. */
export function surveysView(surveys: readonly Survey[], mayReadAudits: boolean): object[] {
  return surveys.map((one) => ({ year: formatFiscalYear(one.year), heldOn: one.heldOn, theme: mayReadAudits ? one.theme : '', href: mayReadAudits ? `/audits/${one.auditId}/records/${one.recordId}` : '' }));
}

const missingOf = (page: SystemPage): string[] => page.sections.flatMap((one) => one.items).filter((one) => one.missing).map((one) => one.label);

/** The one thing that this person should do now; null where nothing waits. */
export function nextStep({ page, declared, checks }: SheetParts): Step | null {
  if (page.mergedInto !== null || page.ended) return null;
  const missing = missingOf(page).length;
  if (page.may.write && missing > 0) {
    return { text: '台帳の項目を埋める', why: `必須の項目が${missing}件空いています。${page.kind === 'platform' ? '' : '空いている項目にかかわる規則は、未確認になります。'}`, href: `/systems/${page.id}/register` };
  }
  return (declared === null ? null : declaringStep(page, declared)) ?? (checks === null ? null : checkingStep(page, checks));
}

function declaringStep(page: SystemPage, declared: DeclarationSheet): Step | null {
  const href = `/systems/${page.id}/controls`;
  const own = declared.groups.flatMap((one) => one.controls.flatMap(({ own: declaration }) => (declaration === null ? [] : [declaration])));
  const approvable = own.filter((one) => one.approvable).length;
  if (approvable > 0) return { text: '申告を承認する', why: `あなたの承認を待つ申告が${approvable}件あります。`, href: `/systems/approvals?system=${page.id}` };
  if (!declared.may.declare) return null;
  const returned = own.filter((one) => one.returned !== null).length;
  if (returned > 0) return { text: '差し戻された申告を直す', why: `差し戻された申告が${returned}件あります。`, href };
  if (declared.counts['not-declared'] + declared.counts.stale === 0) return null;
  if (declared.counts['not-declared'] === 0) return { text: '申告を再確認する', why: `${openText(declared)}あります。いまもそのとおりであれば、値はそのままで申告し直せます。`, href: `/systems/${page.id}/renewal` };
  return { text: '統制を申告する', why: `${openText(declared)}あります。${page.kind === 'platform' ? '申告すると、この上に載るシステムが引き継げます。' : '申告がないと、規則に合うかを確かめられません。'}`, href };
}

function checkingStep(page: SystemPage, checks: SystemSheet): Step | null {
  const href = `/checks/systems/${page.id}`;
  if (checks.run === null) return page.may.check ? { text: '点検する', why: 'まだ点検していません。いまの台帳と申告を規則集に照らします。', href } : null;
  const failing = failingOf(checks).length;
  return failing === 0 ? null : { text: '不適合を確かめる', why: `不適合の規則が${failing}件あります。`, href };
}

function openText({ counts }: DeclarationSheet): string {
  return [counts['not-declared'] === 0 ? '' : `申告していない統制が${counts['not-declared']}件`, counts.stale === 0 ? '' : `期限が切れた申告が${counts.stale}件`].filter((one) => one !== '').join('、');
}

function usesView(page: SystemPage): object {
  const number = (value: number | null, unit: string): string => (value === null ? '不明' : `${value.toLocaleString('ja-JP')}${unit}`);
  return {
    rows: page.uses.map((one) => ({ department: one.departmentPath, again: one.listedAgain, sections: number(one.sections, '課'), terminals: number(one.terminals, '台') })),
    sums: page.counted.filter((one) => one.text !== '').map(({ label, text }) => ({ label, text })),
  };
}

function contractsView(page: SystemPage): object[] {
  return page.contracts.map((one) => ({
    title: one.title, contractor: one.contractor, clause: one.personalInformationClause === null ? '不明' : one.personalInformationClause ? 'あり' : 'なし', lacking: one.personalInformationClause === false,
    period: one.beginsOn === null && one.endsOn === null ? '' : `${one.beginsOn === null ? '' : formatEra(one.beginsOn)}～${one.endsOn === null ? '' : formatEra(one.endsOn)}`,
  }));
}

function declaredView(page: SystemPage, { counts, months }: DeclarationSheet): object {
  return { declared: page.declared, controls: page.controls, approved: counts.approved, waiting: counts.declared, inherited: counts.inherited, stale: counts.stale, open: counts['not-declared'], months, href: `/systems/${page.id}/controls` };
}

function checksView(page: SystemPage, checks: SystemSheet): object {
  const base = `/checks/systems/${page.id}`;
  const failing = failingOf(checks);
  const contradictions = contradictionsOf(checks);
  const tally = tallyOf(checks.ruleSets.map(({ definition, counts }) => [definition.ruleSet, counts] as const), new Set(checks.ruleSets.filter(({ definition }) => definition.per === 'assessment').map(({ definition }) => definition.ruleSet)));
  return {
    never: checks.run === null, mayCheck: page.may.check, base, when: checks.run === null ? '' : `${roundName(checks.run)}から`,
    notMet: tally.notMet, unknown: tally.unknown, contradicted: contradictions.length,
    sets: checks.ruleSets.map(({ definition, counts }) => ({ title: definition.title, href: `${base}?ruleSet=${definition.ruleSet}`, notMet: counts['not-met'], unknown: counts.unknown, met: counts.met, notApplicable: counts['not-applicable'] })),
    failing: failing.slice(0, SHOWN).map(({ set, found }) => ({
      title: found.rule.title, href: `${base}/${set.definition.ruleSet}/${found.rule.code}`, set: set.definition.shortTitle, severity: SEVERITIES[found.rule.severity], tone: GRAVITY[found.rule.severity].tone,
      text: found.explanation.text, overruled: found.overrule !== null,
    })),
    more: Math.max(0, failing.length - SHOWN), sign: RESULT_WORDS['not-met'].sign, contradictions,
  };
}

const looksAtAssessments = (set: RuleSetFound): boolean => set.definition.per === 'assessment';

/** 不適合 of the sets that look at the system itself, the gravest first. */
function failingOf(checks: SystemSheet): { set: RuleSetFound; found: RuleFound }[] {
  return checks.ruleSets.filter((one) => !looksAtAssessments(one)).flatMap((set) => set.rules.filter((one) => one.result === 'not-met').map((found) => ({ set, found })))
    .sort((a, b) => GRAVITY[a.found.rule.severity].order - GRAVITY[b.found.rule.severity].order);
}

/** 食い違い with each assessment that names the system. */
function contradictionsOf(checks: SystemSheet): { title: string; href: string; assessment: string; text: string }[] {
  return checks.ruleSets.filter(looksAtAssessments).flatMap((set) => set.rules.filter((one) => one.result === 'not-met').flatMap((found) => {
    const contradicted = found.assessments.filter((one) => one.explanation.result === 'not-met');
    const told = contradicted.length > 0 ? contradicted.map((one) => ({ assessment: one.title, text: one.explanation.text })) : [{ assessment: '', text: found.explanation.text }];
    return told.map((one) => ({ title: found.rule.title, href: `/checks/systems/${checks.system.id}/${set.definition.ruleSet}/${found.rule.code}`, ...one }));
  }));
}
