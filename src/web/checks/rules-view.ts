/** Rule sets, one of them, and one rule of it, as their pages and lists show them. Pure. */
import { noCounts, type Counts } from '../../checks/check-shapes.js';
import type { SystemOfRule } from '../../checks/rule-results.service.js';
import type { RuleWithSetting } from '../../checks/rule-settings.service.js';
import type { RuleSetListed } from '../../checks/rule-sets.service.js';
import { settingInForce } from '../../checks/setting-in-force.js';
import type { Code } from '../../engine/form.js';
import { RESULT_WORDS, SEVERITIES, type FactCatalogue, type Result, type RuleSettings } from '../../engine/rule-set.js';
import { ruleInWords, type RuleWords } from '../../engine/rule-words.js';
import type { Column } from '../../rendering/workbook.js';
import { SEVERITY_TONES } from './sheet-view.js';
import { limitField, type TypedSetting } from './rule-setting-form.js';

export interface SetWithSettings {
  listed: RuleSetListed;
  rules: readonly RuleWithSetting[];
}

export const kindOfSet = ({ own, definition }: RuleSetListed): string => (own ? '団体の規則集' : definition.per === 'assessment' ? '製品の規則集（評価書と照らす）' : '製品の規則集');

export function ruleSetsView(sets: readonly SetWithSettings[]): object[] {
  return sets.map(({ listed, rules }) => {
    const { definition, adopted, version } = listed;
    return {
      code: definition.ruleSet, href: `/checks/rules/${definition.ruleSet}`, title: definition.title, kind: kindOfSet(listed), source: definition.source, description: definition.description,
      setVersion: definition.version, viewpoints: definition.viewpoints.length, rules: rules.length, off: rules.filter((one) => one.offReason !== null).length,
      tightened: rules.filter((one) => settingInForce(one.rule, one).parameters !== undefined).length, adopted, version: String(version), ...adoption(adopted),
    };
  });
}

function adoption(adopted: boolean): { next: string; act: string } {
  return adopted ? { next: 'no', act: '使うのをやめる' } : { next: 'yes', act: '使う' };
}

/** Settings of the rules of one set, by rule. */
export function settingsOf(rules: readonly RuleWithSetting[]): RuleSettings {
  return Object.fromEntries(rules.map((one) => [one.rule.code, settingInForce(one.rule, one)]));
}

export function ruleSetView({ listed, rules }: SetWithSettings, counts: ReadonlyMap<Code, Counts>, facts: FactCatalogue): object {
  const { definition, adopted, version } = listed;
  const settings = settingsOf(rules);
  return {
    code: definition.ruleSet, title: definition.title, kind: kindOfSet(listed), source: definition.source, description: definition.description, setVersion: definition.version, from: definition.validity.from,
    rulesInAll: rules.length, checked: counts.size > 0, adopted, version: String(version), ...adoption(adopted), list: `/checks/rules/${definition.ruleSet}/list.xlsx`,
    viewpoints: definition.viewpoints.map((viewpoint) => ({
      code: viewpoint.code, number: viewpoint.number, title: viewpoint.title, group: viewpoint.group ?? '',
      rules: rules.filter((one) => one.rule.viewpoint === viewpoint.code).map(({ rule }) => {
        const words = ruleInWords(rule, definition, facts, settings);
        return {
          href: `/checks/rules/${definition.ruleSet}/${rule.code}`, title: rule.title, severity: SEVERITIES[rule.severity], severityTone: SEVERITY_TONES[rule.severity], off: words.off ?? '',
          limits: words.parameters.filter((one) => one.tightened).map((one) => `${one.label} ${one.value}`), results: TELLING.map((result) => told(result, counts.get(rule.code) ?? noCounts())),
        };
      }),
    })),
  };
}

const TELLING: readonly Result[] = ['not-met', 'unknown', 'met'];

function told(result: Result, counts: Counts): { tone: Result; sign: string; label: string; count: string; any: boolean } {
  return { tone: result, sign: RESULT_WORDS[result].sign, label: RESULT_WORDS[result].label, count: counts[result].toLocaleString('ja-JP'), any: counts[result] > 0 };
}

export const LIST_COLUMNS: readonly Column[] = [
  { label: '符号', width: 32 }, { label: '着眼点', width: 10 }, { label: '着眼点の内容', width: 36 }, { label: '規則（求めること）', width: 48 }, { label: '重さ', width: 10 }, { label: '根拠', width: 44 },
  { label: '当てはまるもの', width: 44 }, { label: '適合の条件', width: 52 }, { label: '団体が決める値', width: 32 }, { label: '使わない理由', width: 32 },
  { label: '不適合', width: 8 }, { label: '未確認', width: 8 }, { label: '適合', width: 8 }, { label: '対象外', width: 8 }, { label: '検出事項', width: 52 }, { label: '改善を求める事項', width: 52 }, { label: '確かめる証拠', width: 40 },
];

export function listRows({ listed: { definition }, rules }: SetWithSettings, counts: ReadonlyMap<Code, Counts>, facts: FactCatalogue): (string | number)[][] {
  const settings = settingsOf(rules);
  return rules.map(({ rule }) => {
    const words = ruleInWords(rule, definition, facts, settings);
    const here = counts.get(rule.code) ?? noCounts();
    return [
      words.code, words.viewpoint.number, words.viewpoint.title, words.title, words.severityLabel, words.basis.join('\n'), words.appliesTo, words.expects,
      words.parameters.map((one) => `${one.label} ${one.value}${one.tightened ? '（団体が厳しくした値）' : ''}`).join('\n'), words.off ?? '',
      here['not-met'], here.unknown, here.met, here['not-applicable'], words.observation, words.improvement, words.evidence,
    ];
  });
}

/** Systems of one result that a page lists; the rest is in the matrix. */
const MOST_LISTED = 100;

export interface RulePage {
  listed: RuleSetListed;
  words: RuleWords;
  setting: RuleWithSetting;
  systems: readonly SystemOfRule[];
  typed: TypedSetting;
  /** By field of the form. */
  errors: Readonly<Record<string, string>>;
  mayManage: boolean;
}

export function ruleView({ listed: { definition, adopted }, words, setting: { rule }, systems, typed, errors, mayManage }: RulePage): object {
  const here = `/checks/rules/${definition.ruleSet}/${rule.code}`;
  const { viewpoint } = words;
  const of = (result: Result): SystemOfRule[] => systems.filter((one) => one.result === result);
  return {
    set: { code: definition.ruleSet, title: definition.title, href: `/checks/rules/${definition.ruleSet}`, adopted }, words: { ...words, off: words.off ?? '' }, action: `${here}/setting`,
    viewpoint: [viewpoint.group, viewpoint.number, viewpoint.title].filter((one) => one !== null && one !== '').join('　'), severityTone: SEVERITY_TONES[words.severity],
    limits: Object.entries(rule.parameters ?? {}).map(([code, { label, unit, value, limit }]) => ({
      field: limitField(code), error: errors[limitField(code)] ?? '', label, unit, value: typed.limits[code] ?? '', support: `規則集の基準は${value.toLocaleString('ja-JP')}${unit}です。${limit.toLocaleString('ja-JP')}${unit}まで厳しくできます。空のままなら基準のとおりです。`,
    })),
    typed: { use: typed.use, offReason: typed.offReason, version: typed.version }, mayManage,
    checked: systems.length > 0, counts: [...TELLING, 'not-applicable' as const].map((result) => told(result, { 'not-met': of('not-met').length, unknown: of('unknown').length, met: of('met').length, 'not-applicable': of('not-applicable').length })),
    open: (['not-met', 'unknown'] as const).filter((result) => of(result).length > 0).map((result) => ({
      ...told(result, { ...noCounts(), [result]: of(result).length }), more: Math.max(0, of(result).length - MOST_LISTED),
      systems: of(result).slice(0, MOST_LISTED).map((one) => ({ href: `/checks/systems/${one.id}/${definition.ruleSet}/${rule.code}`, name: one.name, department: one.departmentName, overruled: one.overruled })),
    })),
    matrix: `/checks?ruleSet=${definition.ruleSet}`,
  };
}
