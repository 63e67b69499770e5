/** Measures and rules of a risk. Each save gives the whole list. */
import { isDeepStrictEqual } from 'node:util';
import { In } from 'typeorm';
import type { Code } from '../engine/form.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, type Problem } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { scoped } from '../kernel/scoped.js';
import { retired, type Catalogue } from '../systems/catalogue.js';
import { lockOpenRisk, mustBeSeen, recordChange, saveRisk } from './risk-access.js';
import { soundText } from './risk-changing.js';
import { RiskMeasure, RiskRule } from './risk.entity.js';

export const MEASURE_STATES = { planned: '予定', 'in-place': '実施済み' } as const;
export type MeasureState = keyof typeof MEASURE_STATES;

export interface Measure {
  text: string;
  /** Control of the catalogue by way of which the measure is taken; null: none. */
  control: Code | null;
  state: MeasureState;
}

export interface RuleOfRisk {
  ruleSet: Code;
  rule: Code;
}

export const LONGEST_MEASURE = 500;
export const MOST_MEASURES = 30;
export const MOST_RULES = 40;

/** Throws `NotFound`, `Refused`, `Conflict` with both sides, `Invalid`. Returns the new version of the risk. */
export async function setMeasures(ctx: Ctx, catalogue: Catalogue, id: string, seen: number, measures: readonly Measure[]): Promise<number> {
  const { risk } = await lockOpenRisk(ctx, id);
  const before = (await measuresOf(ctx, [id])).get(id)!;
  mustBeSeen(risk, seen, measures, before);
  const problems: Problem[] = [];
  if (measures.length > MOST_MEASURES) problems.push({ code: 'too-many', path: 'measures', message: `対策は${MOST_MEASURES}件までです。` });
  const after = measures.slice(0, MOST_MEASURES).map((one, n): Measure => soundMeasure(ctx, catalogue, one, n, before, problems));
  if (problems.length > 0) throw new Invalid('measures-invalid', '対策を確かめてください。', problems);
  if (isDeepStrictEqual(before, after)) return risk.version;
  await scoped(ctx, RiskMeasure).delete({ riskId: id });
  await scoped(ctx, RiskMeasure).insertMany(after.map((one, position) => ({ id: newId(), riskId: id, position, ...one })));
  await recordChange(ctx, id, 'measures', told(catalogue, before), told(catalogue, after));
  return saveRisk(ctx, risk);
}

/** A control that is no longer declared stays where it was; nobody takes it anew. */
function soundMeasure(ctx: Ctx, catalogue: Catalogue, { text, control, state }: Measure, n: number, before: readonly Measure[], problems: Problem[]): Measure {
  const at = `measures/${n}`;
  const line = `${n + 1}行目：`;
  const known = problems.length;
  const words = soundText(text, LONGEST_MEASURE, `${at}/text`, `${n + 1}行目の対策`, problems);
  if (words === '' && problems.length === known) problems.push({ code: 'field-missing', path: `${at}/text`, message: `${line}対策の内容を入れてください。対策がなくなったときは、行ごと消します。` });
  if (control !== null) {
    const item = catalogue.controls.byCode.get(control)?.item;
    if (item === undefined || item.kind === 'group') problems.push({ code: 'control-unknown', path: `${at}/control`, message: `${line}「${control.slice(0, 60)}」という統制は目録にありません。目録から選んでください。` });
    else if (retired(item, ctx.clock.today()) && !before.some((one) => one.control === control)) problems.push({ code: 'control-retired', path: `${at}/control`, message: `${line}「${item.label}」は目録から外れています。いまある統制を選んでください。` });
  }
  if (!Object.hasOwn(MEASURE_STATES, state)) problems.push({ code: 'field-invalid', path: `${at}/state`, message: `${line}「予定」か「実施済み」かを選んでください。` });
  return { text: words, control, state };
}

/** Measures as the journal keeps them. */
function told(catalogue: Catalogue, measures: readonly Measure[]): object[] {
  return measures.map((one) => ({ ...one, label: one.control === null ? null : (catalogue.controls.byCode.get(one.control)?.item.label ?? one.control) }));
}

/**
 * @param isKnown whether there is such a rule: whoever knows the rules says so. One that was linked before may stay.
 * Throws as `setMeasures`.
 */
export async function setRules(ctx: Ctx, id: string, seen: number, rules: readonly RuleOfRisk[], isKnown: (rule: RuleOfRisk) => boolean): Promise<number> {
  const { risk } = await lockOpenRisk(ctx, id);
  const before = (await rulesOf(ctx, [id])).get(id)!;
  mustBeSeen(risk, seen, rules, before);
  const problems: Problem[] = [];
  if (rules.length > MOST_RULES) problems.push({ code: 'too-many', path: 'rules', message: `結び付ける規則は${MOST_RULES}個までです。` });
  const was = new Set(before.map(keyOfRule));
  const after = [...new Map(rules.slice(0, MOST_RULES).map(({ ruleSet, rule }) => [keyOfRule({ ruleSet, rule }), { ruleSet, rule }])).values()].sort(inOrder);
  for (const one of after) {
    if (!was.has(keyOfRule(one)) && !isKnown(one)) problems.push({ code: 'rule-unknown', path: 'rules', message: `「${one.rule.slice(0, 80)}」という規則はありません。規則集から選んでください。` });
  }
  if (problems.length > 0) throw new Invalid('rules-invalid', '規則を確かめてください。', problems);
  if (isDeepStrictEqual(before, after)) return risk.version;
  await scoped(ctx, RiskRule).delete({ riskId: id });
  await scoped(ctx, RiskRule).insertMany(after.map((one) => ({ id: newId(), riskId: id, ...one })));
  await recordChange(ctx, id, 'rules', before, after);
  return saveRisk(ctx, risk);
}

export const keyOfRule = ({ ruleSet, rule }: RuleOfRisk): string => `${ruleSet}/${rule}`;

function inOrder(a: RuleOfRisk, b: RuleOfRisk): number {
  return keyOfRule(a) < keyOfRule(b) ? -1 : 1;
}

/** Measures of each risk, in their order. */
export async function measuresOf(ctx: Ctx, riskIds: readonly string[]): Promise<Map<string, Measure[]>> {
  const found = new Map<string, Measure[]>(riskIds.map((id) => [id, []]));
  const rows = riskIds.length === 0 ? [] : await scoped(ctx, RiskMeasure).find({ riskId: In([...riskIds]) }, { position: 'ASC' });
  for (const { riskId, text, control, state } of rows) found.get(riskId)!.push({ text, control, state });
  return found;
}

/** Rules of each risk, by set and code. */
export async function rulesOf(ctx: Ctx, riskIds: readonly string[]): Promise<Map<string, RuleOfRisk[]>> {
  const found = new Map<string, RuleOfRisk[]>(riskIds.map((id) => [id, []]));
  const rows = riskIds.length === 0 ? [] : await scoped(ctx, RiskRule).find({ riskId: In([...riskIds]) });
  for (const { riskId, ruleSet, rule } of rows) found.get(riskId)!.push({ ruleSet, rule });
  for (const rules of found.values()) rules.sort(inOrder);
  return found;
}
