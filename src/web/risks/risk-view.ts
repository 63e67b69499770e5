/** What the page of one risk and its forms show: plain data. */
import type { StatutoryLink } from '../../assessments/assessment-risks.service.js';
import type { Challenge, CheckedSystem } from '../../checks/risk-challenge.js';
import type { LookedRisk, RuleChoices } from '../../checks/risk-challenges.service.js';
import type { CompiledForm } from '../../engine/form-index.js';
import { RESULT_WORDS } from '../../engine/rule-set.js';
import { dayInJapan } from '../../kernel/clock.js';
import type { Problem } from '../../kernel/errors.js';
import type { RiskChange } from '../../risks/risk-history.js';
import type { RiskAxis, RiskMatrix } from '../../risks/risk-matrix.js';
import { keyOfRule, MEASURE_STATES } from '../../risks/risk-parts.js';
import { fieldOf, isLevel, isWorse, ratingOf, type Judged, type Levels } from '../../risks/risk-rating.js';
import type { RiskPage } from '../../risks/risk-register.service.js';
import { retired } from '../../systems/catalogue.js';
import { errorsByField } from '../form-errors.js';
import { levelsOf, type RatingQuery, type TypedMeasure, type TypedRisk } from './inputs.js';
import { MOVEMENTS, shownRating } from './list-view.js';
import { ruleTitles } from './rule-titles.js';

/** @param readable systems of the register that the person may open */
export function challengeView(one: Challenge, readable: ReadonlySet<string>): { text: string; href: string; words: string } {
  if (one.kind === 'rule') return { text: one.text, href: one.readable ? `/checks/systems/${one.system.id}/${one.ruleSet}/${one.rule}` : '', words: '点検の結果を見る' };
  return { text: one.text, href: one.system !== null && readable.has(one.system.id) ? `/systems/${one.system.id}/controls` : '', words: '統制の申告を見る' };
}

export interface RiskAround {
  looked: LookedRisk | undefined;
  choices: readonly RuleChoices[];
  links: readonly StatutoryLink[];
  /** Systems that the person may open. */
  readableSystems: ReadonlySet<string>;
}

export function riskView(risk: RiskPage, { looked, choices, links, readableSystems }: RiskAround): object {
  const challenges = looked?.challenges ?? [];
  const titleOf = ruleTitles(choices);
  return {
    id: risk.id, title: risk.title, asset: risk.asset, threat: risk.threat, cause: risk.cause, department: risk.departmentPath, version: String(risk.version),
    system: risk.system === null ? null : { name: risk.system.name, href: readableSystems.has(risk.system.id) ? `/systems/${risk.system.id}` : '' },
    closedOn: risk.closedOn ?? '', closedReason: risk.closedReason, mayWrite: risk.may.write, mayChange: risk.may.write && risk.closedOn === null, outdated: risk.outdated,
    changedOn: dayInJapan(new Date(risk.changedAt)), changedBy: risk.changedBy,
    challenges: challenges.map((one) => challengeView(one, readableSystems)),
    nowhere: looked?.nowhere ?? false, unchecked: (looked?.checked ?? []).filter((one) => one.rules === null).map((one) => one.name).join('、'),
    judged: [shownLevels(risk.matrix, '対策前', risk.before), risk.after === null ? null : shownLevels(risk.matrix, '対策後', risk.after)].filter((one) => one !== null), afterOpen: risk.after === null,
    movement: MOVEMENTS[risk.movement], reason: risk.reason === null ? null : { text: risk.reason.text, by: risk.reason.by, on: dayInJapan(new Date(risk.reason.at)) },
    residual: { ...shownRating(risk.residual), response: risk.residual.response },
    measures: risk.measures.map((one) => ({ text: one.text, control: one.controlLabel ?? '', inPlace: one.state === 'in-place', state: MEASURE_STATES[one.state] })),
    systems: (looked?.checked ?? []).map(({ name }) => name),
    rules: risk.rules.map((one) => {
      const set = choices.find(({ ruleSet }) => ruleSet === one.ruleSet);
      return { title: titleOf(one), set: set?.title ?? '', results: (looked?.checked ?? []).map((system) => resultIn(system, keyOfRule(one))) };
    }),
    links: links.map((one) => ({ title: one.title, place: one.name, adequacy: one.adequacy?.label ?? '', challenged: one.adequacy?.enough === true && challenges.length > 0, href: one.readable ? `/assessments/${one.assessmentId}/risks` : '' })),
  };
}

function resultIn(system: CheckedSystem, key: string): object {
  const result = system.rules?.get(key)?.result;
  if (result === undefined) return { sign: '', tone: 'none', label: system.rules === null ? 'まだ点検していない' : '点検に使っていない', href: '' };
  return { ...RESULT_WORDS[result], tone: result, href: system.readable ? `/checks/systems/${system.id}/${key}` : '' };
}

function shownLevels(matrix: RiskMatrix, when: string, levels: Levels): object {
  const of = (axis: RiskAxis, level: number): object => ({ title: axis.title, level, of: axis.levels.length, ...axis.levels[level - 1]! });
  return { when, rating: shownRating(ratingOf(matrix, levels)), axes: [of(matrix.likelihood, levels.likelihood), of(matrix.impact, levels.impact)] };
}

/** 評価 in words, from levels as they were chosen. */
export function ratingView(matrix: RiskMatrix, typed: RatingQuery): { before: object | null; after: object | null; afterHalf: boolean; worse: boolean } {
  const { before, after } = levelsOf(typed);
  const whole = (levels: Partial<Levels> | null): Levels | null => (levels !== null && isLevel(matrix.likelihood, levels.likelihood) && isLevel(matrix.impact, levels.impact) ? { likelihood: levels.likelihood, impact: levels.impact } : null);
  const judged = { before: whole(before), after: whole(after) };
  const rated = (levels: Levels | null): object | null => (levels === null ? null : { ...shownRating(ratingOf(matrix, levels)), response: ratingOf(matrix, levels).response });
  return { before: rated(judged.before), after: rated(judged.after), afterHalf: after !== null && judged.after === null, worse: judged.before !== null && judged.after !== null && isWorse(matrix, judged as Judged) };
}

const LEVEL_FIELDS = (['before', 'after'] as const).flatMap((when) => (['likelihood', 'impact'] as const).map((axis) => ({ when, axis, name: fieldOf(when, axis) as keyof RatingQuery })));
export const FORM_FIELDS = ['title', 'asset', 'threat', 'cause', 'systemId', 'departmentId', 'note', ...LEVEL_FIELDS.map(({ name }) => name)];

export interface Choices {
  matrix: RiskMatrix;
  departments: readonly { id: string; label: string }[];
  systems: readonly { id: string; name: string; department: string }[];
}

export function formView(typed: TypedRisk, { matrix, departments, systems }: Choices, problems: readonly Problem[]): object {
  const { errors, problems: listed } = errorsByField(problems, FORM_FIELDS);
  return {
    problems: listed, errors, typed: { ...typed },
    departments: departments.map((one) => ({ ...one, chosen: one.id === typed.departmentId })), systems: systems.map((one) => ({ ...one, chosen: one.id === typed.systemId })),
    levels: (['before', 'after'] as const).map((when) => ({
      title: when === 'before' ? '対策前の評価' : '対策後の評価', after: when === 'after',
      support: when === 'before' ? '対策を何もしていないとしたら、どうなるかで選びます。' : 'いま実施している対策のもとで、どうなるかで選びます。予定の対策は数えません。まだ評価していないときは、両方とも「まだ評価していない」にします。',
      groups: LEVEL_FIELDS.filter((one) => one.when === when).map(({ axis, name }) => ({
        name, title: `${when === 'before' ? '対策前' : '対策後'}の${matrix[axis].title}`, error: errors[name]!, need: when === 'before',
        options: [
          ...matrix[axis].levels.map(({ label, meaning }, n) => ({ id: `${name}-${n + 1}`, value: String(n + 1), label: `${n + 1}　${label}`, meaning, chosen: typed[name] === String(n + 1) })),
          ...(when === 'after' ? [{ id: `${name}-none`, value: '', label: 'まだ評価していない', meaning: '', chosen: typed[name] === '' }] : []),
        ],
      })),
    })),
    rating: ratingView(matrix, typed), matrix: matrixTable(matrix),
  };
}

/** 評価の表: gravest likelihood first. */
function matrixTable(matrix: RiskMatrix): object {
  return {
    likelihood: matrix.likelihood.title, impact: matrix.impact.title, impacts: matrix.impact.levels.map((one) => one.label), impactCount: matrix.impact.levels.length,
    rows: matrix.likelihood.levels.map(({ label }, y) => ({ label, fields: matrix.impact.levels.map((_, x) => shownRating(ratingOf(matrix, { likelihood: y + 1, impact: x + 1 }))) })).reverse(),
    ratings: [...matrix.ratings].reverse().map((one) => ({ ...shownRating(one), response: one.response })),
  };
}

/** Empty lines for more measures. */
const MORE_LINES = 3;

export function measuresView(risk: Pick<RiskPage, 'id' | 'title' | 'measures'>, typed: readonly TypedMeasure[], version: string, { controls, today, problems }: { controls: CompiledForm; today: string; problems: readonly Problem[] }): object {
  const inUse = new Set(risk.measures.map((one) => one.control));
  const groups = controls.sections.map(({ section, items }) => ({ title: section.title, controls: items.filter(({ item, code }) => item.kind !== 'group' && (!retired(item, today) || inUse.has(code))).map(({ code, item }) => ({ code, label: item.label })) })).filter((one) => one.controls.length > 0);
  const lines = [...typed, ...Array.from({ length: MORE_LINES }, (): TypedMeasure => ({ text: '', control: '', state: 'planned' }))];
  // Problems count the lines that were given: those in which something was written.
  const given = lines.flatMap((one, n) => (one.text.trim() !== '' || one.control !== '' ? [n] : []));
  const errorAt = (n: number, field: string): string => problems.find((one) => one.path === `measures/${given.indexOf(n)}/${field}`)?.message ?? '';
  return {
    id: risk.id, title: risk.title, version,
    problems: problems.map((one) => ({ message: one.message, href: hrefOfLine(one.path, given) })),
    lines: lines.map((one, n) => ({
      number: n + 1, text: one.text, textError: errorAt(n, 'text'), controlError: errorAt(n, 'control'),
      states: Object.entries(MEASURE_STATES).map(([code, label]) => ({ code, label, chosen: code === one.state })),
      groups: groups.map((group) => ({ ...group, controls: group.controls.map((control) => ({ ...control, chosen: control.code === one.control })) })),
    })),
  };
}

function hrefOfLine(path: string, given: readonly number[]): string {
  const [, n, field] = path.split('/');
  return n === undefined ? '#main' : `#${field ?? 'text'}-${(given[Number(n)] ?? 0) + 1}`;
}

/** Empty selects for more rules. */
const MORE_RULES = 3;

export function rulesView(risk: Pick<RiskPage, 'id' | 'title' | 'rules'>, chosen: ReadonlySet<string>, version: string, choices: readonly RuleChoices[], problems: readonly Problem[]): object {
  const known = new Map<string, { title: string; set: string }>(choices.flatMap(({ ruleSet, title, rules }) => rules.map((one) => [`${ruleSet}/${one.code}`, { title: one.title, set: title }] as const)));
  const stored = new Set(risk.rules.map(keyOfRule));
  return {
    id: risk.id, title: risk.title, version, problems: problems.map((one) => ({ message: one.message, href: '#main' })),
    linked: [...new Set([...stored, ...chosen])].filter((key) => stored.has(key) || known.has(key)).map((key) => ({ key, title: known.get(key)?.title ?? `${key}（いまの規則集にない規則）`, set: known.get(key)?.set ?? '', kept: chosen.has(key) })),
    more: Array.from({ length: MORE_RULES }, (_, n) => ({ number: n + 1 })),
    sets: choices.map(({ ruleSet, title, adopted, rules }) => ({ title: adopted ? title : `${title}（この団体では使っていない）`, rules: rules.map((one) => ({ key: `${ruleSet}/${one.code}`, title: one.title })) })),
  };
}

export function historyView(risk: Pick<RiskPage, 'id' | 'title'>, changes: readonly RiskChange[]): object {
  return {
    id: risk.id, title: risk.title,
    changes: changes.map((one) => ({ number: one.number, on: dayInJapan(new Date(one.at)), time: CLOCK_TIME.format(new Date(one.at)), by: one.by, what: one.what, field: one.fieldName ?? '', before: one.before, after: one.after, comment: one.comment ?? '' })),
  };
}

const CLOCK_TIME = new Intl.DateTimeFormat('ja-JP', { timeZone: 'Asia/Tokyo', hour: '2-digit', minute: '2-digit' });
