/** What an organisation made of a rule: limits in force, and conditions with the limits put in. */
import { Invalid, type Problem } from '../kernel/errors.js';
import type { Code, Condition } from './form.js';
import type { Parameter, RuleCondition, RuleDefinition, RuleSetting } from './rule-set.js';

/** Deeper than any sound condition; what lies below is left as it is and refused as too deep. */
export const MOST_DEPTH = 40;

/**
 * The limits in force by parameter: those of the organisation, else those of the rule.
 * @throws Invalid `rule-setting-invalid` for a rule switched off without a reason, an unknown parameter, and a limit looser than that
 *   of the rule or stricter than the strictest
 */
export function limitsInForce(rule: RuleDefinition, setting: RuleSetting | undefined): Readonly<Record<Code, number>> {
  const problems = settingProblems(rule, setting);
  if (problems.length > 0) throw new Invalid('rule-setting-invalid', `規則「${rule.title}」の設定を使えません。`, problems);
  return Object.fromEntries(Object.entries(rule.parameters ?? {}).map(([code, { value }]) => [code, own(setting?.parameters, code) ?? value]));
}

/** What is wrong with a setting of a rule; paths are `off` and `parameters/<code>`. */
export function settingProblems(rule: RuleDefinition, setting: RuleSetting | undefined): Problem[] {
  if (setting === undefined) return [];
  const problems: Problem[] = [];
  const problem = (code: string, path: string, message: string): void => void problems.push({ code, path, message });
  if (setting.off && (typeof setting.off.reason !== 'string' || setting.off.reason.trim() === '')) problem('reason-missing', 'off', `規則「${rule.title}」を使わない理由を書いてください。`);
  for (const [code, value] of Object.entries(setting.parameters ?? {})) {
    const parameter = own(rule.parameters, code);
    if (!parameter) problem('parameter-unknown', `parameters/${code}`, `規則「${rule.title}」に「${code.slice(0, 60)}」という値はありません。取り除いてください。`);
    else if (!allowed(parameter, value)) problem('parameter-out-of-range', `parameters/${code}`, outside(parameter));
  }
  return problems;
}

function allowed({ value, limit, stricter }: Parameter, given: unknown): boolean {
  if (typeof given !== 'number' || !Number.isFinite(given)) return false;
  return stricter === 'lower' ? given <= value && given >= limit : given >= value && given <= limit;
}

function outside({ label, unit, value, limit }: Parameter): string {
  const said = (one: number): string => `${one.toLocaleString('ja-JP')}${unit}`;
  return `「${label}」は${said(Math.min(value, limit))}から${said(Math.max(value, limit))}までです。規則集の基準（${said(value)}）より緩くはできません。`;
}

/** The condition with every `{ parameter: code }` replaced by its limit; a parameter that is not there stays as it is. */
export function withLimits(condition: RuleCondition, limits: Readonly<Record<Code, number>>): Condition {
  const walk = (node: unknown, depth: number): unknown => {
    if (typeof node !== 'object' || node === null || depth > MOST_DEPTH) return node;
    if (Array.isArray(node)) return node.map((one) => walk(one, depth + 1));
    const code = parameterIn(node);
    if (code !== null) return own(limits, code) ?? node;
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, walk(value, depth + 1)]));
  };
  return walk(condition, 0) as Condition;
}

/** The parameter that a node stands for; null when it is none. */
export function parameterIn(node: object): Code | null {
  return 'parameter' in node && typeof node.parameter === 'string' && Object.keys(node).length === 1 ? node.parameter : null;
}

function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
