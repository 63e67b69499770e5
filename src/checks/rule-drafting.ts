/**
 * Rule sets that an organisation writes itself: drafts that begin empty, from another set or from a file, and the fields of their
 * forms. A draft may be unsound; it always has the shape that its forms can show. Pure.
 */
import type { Code } from '../engine/form.js';
import { ruleConditionFaults } from '../engine/rule-set-conditions.js';
import { SEVERITIES, type Basis, type FactCatalogue, type RuleCondition, type RuleDefinition, type RuleSetDefinition, type Severity, type Viewpoint } from '../engine/rule-set.js';
import { MOST_DEPTH, parameterIn } from '../engine/rules-settings.js';
import type { Problem } from '../kernel/errors.js';
import { conditionOfRows, rowsOfCondition, type ConditionRows } from './condition-rows.js';

export interface Codes {
  /** Of the set. */
  code: Code;
  /** 2026-04. */
  version: string;
}

/** @param from first day of validity, ISO */
export function emptyDraft({ code, version }: Codes, title: string, from: string): RuleSetDefinition {
  return { ruleSet: code, version, title, shortTitle: title.slice(0, 14), source: '', description: '', validity: { from }, viewpoints: [], rules: [] };
}

/** The codes of rules are unique over all sets, so those of a set of another code carry its code in front; a new version keeps them. */
export function copiedDraft(from: RuleSetDefinition, { code, version }: Codes, title: string, day: string): RuleSetDefinition {
  const rules = from.ruleSet === code ? from.rules : from.rules.map((rule) => ({ ...rule, code: `${code}-${rule.code}` }));
  return structuredClone({ ...from, ruleSet: code, version, title: title === '' ? from.title : title, validity: { from: day }, rules });
}

/** The draft with every field that its forms show, '' where there is none. */
export function draftOf(definition: object): RuleSetDefinition {
  const set = definition as Partial<RuleSetDefinition>;
  return {
    ...set, ruleSet: set.ruleSet ?? '', version: set.version ?? '', title: set.title ?? '', shortTitle: set.shortTitle ?? '', source: set.source ?? '', description: set.description ?? '',
    validity: { ...set.validity, from: set.validity?.from ?? '' },
    viewpoints: (set.viewpoints ?? []).map((one) => ({ ...one, code: one.code ?? '', number: one.number ?? '', title: one.title ?? '', shortTitle: one.shortTitle ?? '' })),
    rules: (set.rules ?? []).map((one) => ({ ...emptyRule(one.code ?? '', one.viewpoint ?? ''), ...one })),
  };
}

const NOTHING: RuleCondition = { all: [] };

export function emptyRule(code: Code, viewpoint: Code): RuleDefinition {
  return { code, viewpoint, title: '', severity: 'medium', basis: [], applies: NOTHING, expects: NOTHING, observation: '', improvement: '', evidence: '' };
}

/** The next code that no rule of the draft has: `mizuhono-checks-3`. */
export function nextRuleCode({ ruleSet, rules }: RuleSetDefinition): Code {
  const taken = new Set(rules.map((one) => one.code));
  let n = rules.length + 1;
  while (taken.has(`${ruleSet}-${n}`)) n += 1;
  return `${ruleSet}-${n}`;
}

/** The draft with a code for every rule that has none. */
export function withCodes(definition: RuleSetDefinition): RuleSetDefinition {
  return definition.rules.reduce((draft, rule, n) => (rule.code === '' ? withRule(draft, n, { ...rule, code: nextRuleCode(draft) }) : draft), definition);
}

// ---------------------------------------------------------------- files

const TEXT = 'text';
/** What a draft is made of: fields by name, `[one]` a list. A condition may be anything; the check of the set tells what is wrong with it. */
const SHAPE = {
  ruleSet: TEXT, version: TEXT, title: TEXT, shortTitle: TEXT, source: TEXT, description: TEXT, per: TEXT, validity: { from: TEXT, until: TEXT },
  viewpoints: [{ code: TEXT, number: TEXT, title: TEXT, shortTitle: TEXT, group: TEXT }],
  rules: [{
    code: TEXT, viewpoint: TEXT, title: TEXT, severity: TEXT, basis: [{ document: TEXT, article: TEXT, item: TEXT }], applies: null, expects: null, parameters: null,
    observation: TEXT, improvement: TEXT, evidence: TEXT,
  }],
};

/** Why a definition from a file cannot be shown in the forms at all; what is merely missing or unsound is for the draft. */
export function unreadable(definition: unknown): Problem[] {
  const problems: Problem[] = [];
  const problem = (path: string, message: string): void => void problems.push({ code: 'rule-set-unreadable', path, message });
  const walk = (value: unknown, shape: unknown, path: string): void => {
    if (value === undefined) return;
    if (shape === null) return isTooDeep(value) ? problem(path, '入れ子が深すぎます。分けて書いてください。') : undefined;
    if (shape === TEXT) return typeof value === 'string' ? undefined : problem(path, `文字で書いてください（いまの値：${JSON.stringify(value)?.slice(0, 40) ?? ''}）。数や日付のように見える文字は、引用符で囲みます。`);
    if (Array.isArray(shape)) return Array.isArray(value) ? value.forEach((one, n) => walk(one, shape[0], `${path}/${n}`)) : problem(path, '一覧（- で始まる行の並び）で書いてください。');
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return problem(path, '「名前: 値」の組で書いてください。');
    const fields = shape as Record<string, unknown>;
    for (const [key, member] of Object.entries(value)) {
      if (Object.hasOwn(fields, key)) walk(member, fields[key], `${path}/${key}`);
      else problem(`${path}/${key.slice(0, 60)}`, `「${key.slice(0, 60)}」という欄はありません。綴りを確かめるか、取り除いてください。`);
    }
  };
  walk(definition, SHAPE, '');
  return problems;
}

/** Deeper than any sound condition. */
export function isTooDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MOST_DEPTH) return true;
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? (Object.values(one) as unknown[]) : []));
  }
  return false;
}

// ---------------------------------------------------------------- fields of the forms

export interface HeadFields {
  title: string;
  shortTitle: string;
  source: string;
  description: string;
  from: string;
  until: string;
  /** Evaluated once for each assessment that names the system. */
  perAssessment: boolean;
  viewpoints: ViewpointFields[];
}
export interface ViewpointFields {
  /** '' for a new one. */
  code: Code;
  number: string;
  title: string;
  shortTitle: string;
  group: string;
}

export function headFields({ title, shortTitle, source, description, validity, per, viewpoints }: RuleSetDefinition): HeadFields {
  return {
    title, shortTitle, source, description, from: validity.from, until: validity.until ?? '', perAssessment: per === 'assessment',
    viewpoints: viewpoints.map((one) => ({ code: one.code, number: one.number, title: one.title, shortTitle: one.shortTitle, group: one.group ?? '' })),
  };
}

/** A viewpoint with neither number nor titles is taken away. */
export function withHead({ per: _per, ...definition }: RuleSetDefinition, fields: HeadFields): RuleSetDefinition {
  const { title, shortTitle, source, description, from, until, perAssessment } = fields;
  const viewpoints: Viewpoint[] = [];
  const taken = new Set(fields.viewpoints.map((one) => one.code));
  for (const one of fields.viewpoints) {
    if ([one.number, one.title, one.shortTitle].every((text) => text.trim() === '')) continue;
    let code = one.code;
    for (let n = 1; code === ''; n += 1) if (!taken.has(`viewpoint-${n}`)) code = `viewpoint-${n}`;
    taken.add(code);
    viewpoints.push({ code, number: one.number, title: one.title, shortTitle: one.shortTitle, ...(one.group.trim() === '' ? {} : { group: one.group }) });
  }
  return { ...definition, title, shortTitle, source, description, validity: { from, ...(until === '' ? {} : { until }) }, ...(perAssessment ? { per: 'assessment' as const } : {}), viewpoints };
}

export interface RuleFields {
  code: Code;
  title: string;
  viewpoint: Code;
  severity: string;
  basis: { document: string; article: string; item: string }[];
  applies: ConditionRows;
  expects: ConditionRows;
  observation: string;
  improvement: string;
  evidence: string;
}

export function ruleFields({ code, title, viewpoint, severity, basis, applies, expects, observation, improvement, evidence }: RuleDefinition, catalogue: FactCatalogue): RuleFields {
  return {
    code, title, viewpoint, severity, basis: basis.map((one) => ({ document: one.document ?? '', article: one.article ?? '', item: one.item ?? '' })),
    applies: rowsOfCondition(applies, catalogue), expects: rowsOfCondition(expects, catalogue), observation, improvement, evidence,
  };
}

/**
 * The rule that the fields say; null when a row of its conditions cannot be read (problems at `applies/rows/<n>/…`). Blank texts are for
 * the check of the set.
 * @param before what it was, for the limits that its kept conditions name
 */
export function ruleOfFields(fields: RuleFields, before: Pick<RuleDefinition, 'parameters'>, catalogue: FactCatalogue): { rule: RuleDefinition | null; problems: Problem[] } {
  const { applies, expects } = { applies: conditionOfRows(fields.applies, catalogue), expects: conditionOfRows(fields.expects, catalogue) };
  const problems = [...under('applies', applies.problems), ...under('expects', expects.problems)];
  if (applies.condition === null || expects.condition === null) return { rule: null, problems };
  const named = new Set([...parametersIn(applies.condition), ...parametersIn(expects.condition)]);
  const parameters = Object.entries(before.parameters ?? {}).filter(([code]) => named.has(code));
  const { code, title, viewpoint, severity, observation, improvement, evidence } = fields;
  return {
    problems,
    rule: {
      code, viewpoint, title, severity: (Object.hasOwn(SEVERITIES, severity) ? severity : 'medium') as Severity, basis: fields.basis.flatMap(basisOf), applies: applies.condition, expects: expects.condition,
      ...(parameters.length === 0 ? {} : { parameters: Object.fromEntries(parameters) }), observation, improvement, evidence,
    },
  };
}

function under(path: string, problems: readonly Problem[]): Problem[] {
  return problems.map((one) => ({ ...one, path: `${path}/${one.path}` }));
}

function basisOf({ document, article, item }: RuleFields['basis'][number]): Basis[] {
  if ([document, article, item].every((one) => one.trim() === '')) return [];
  return [{ document, ...(article.trim() === '' ? {} : { article }), ...(item.trim() === '' ? {} : { item }) }];
}

/** Limits that a condition names; a condition from a file may be as deep as JSON gets. */
function parametersIn(condition: RuleCondition): Code[] {
  const found: Code[] = [];
  const waiting: unknown[] = [condition];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    const code = parameterIn(node);
    if (code === null) waiting.push(...Object.values(node).filter((one) => one !== undefined));
    else found.push(code);
  }
  return found;
}

/** Where the rule of this code stands: at `near` if it is still there, else the first; -1 when it is gone. */
export function placeOfRule({ rules }: RuleSetDefinition, code: Code, near: number): number {
  return rules[near]?.code === code ? near : rules.findIndex((one) => one.code === code);
}

/** The draft with this rule at its place; at the end for -1. */
export function withRule(definition: RuleSetDefinition, at: number, rule: RuleDefinition): RuleSetDefinition {
  return { ...definition, rules: at === -1 ? [...definition.rules, rule] : definition.rules.with(at, rule) };
}

export function withoutRule(definition: RuleSetDefinition, at: number): RuleSetDefinition {
  return { ...definition, rules: definition.rules.filter((_, n) => n !== at) };
}

// ---------------------------------------------------------------- what is still blank

const SET_BLANKS: readonly [keyof RuleSetDefinition, string][] = [['title', '題名'], ['shortTitle', '短い題名'], ['source', '出典'], ['description', '説明']];
const RULE_BLANKS: readonly [keyof RuleDefinition, string][] = [['title', '求めること'], ['observation', '検出事項'], ['improvement', '改善を求める事項'], ['evidence', '確かめる証拠']];

/** What nobody has written yet, in the words of the forms; paths as those of the check of the set. */
export function blanksOf(definition: RuleSetDefinition): Problem[] {
  const problems: Problem[] = [];
  const blank = (path: string, message: string): void => void problems.push({ code: 'rule-set-blank', path, message });
  for (const [field, label] of SET_BLANKS) if (String(definition[field]).trim() === '') blank(`/${field}`, `規則集の「${label}」を書いてください。`);
  if (definition.validity.from === '') blank('/validity/from', '規則集を使い始める日を入れてください。');
  if (definition.viewpoints.length === 0) blank('/viewpoints', '着眼点を1つ以上書いてください。');
  if (definition.rules.length === 0) blank('/rules', '規則を1つ以上書いてください。');
  definition.viewpoints.forEach((one, n) => {
    for (const [field, label] of [['number', '番号'], ['title', '着眼点'], ['shortTitle', '短い名前']] as const) if (one[field].trim() === '') blank(`/viewpoints/${n}/${field}`, `着眼点の${n + 1}行目の「${label}」を書いてください。`);
  });
  definition.rules.forEach((rule, n) => {
    const here = `規則${n + 1}「${rule.title === '' ? rule.code : rule.title}」`;
    for (const [field, label] of RULE_BLANKS) if (String(rule[field]).trim() === '') blank(`/rules/${n}/${field}`, `${here}の「${label}」を書いてください。`);
    if (rule.viewpoint === '') blank(`/rules/${n}/viewpoint`, `${here}の着眼点を選んでください。`);
    if (rule.basis.length === 0) blank(`/rules/${n}/basis`, `${here}の根拠を1つ以上書いてください。`);
    if (isNothing(rule.applies)) blank(`/rules/${n}/applies`, `${here}の「当てはまるシステム」の条件を1つ以上書いてください。`);
    if (isNothing(rule.expects)) blank(`/rules/${n}/expects`, `${here}の「求めること」の条件を1つ以上書いてください。`);
  });
  return problems;
}

function isNothing(condition: unknown): boolean {
  if (typeof condition !== 'object' || condition === null) return true;
  const members = 'all' in condition ? condition.all : 'any' in condition ? condition.any : null;
  return Array.isArray(members) && members.length === 0;
}

/** All that keeps a draft from being published: the blanks first, then what the check of the set finds besides them. */
export function openProblems(definition: RuleSetDefinition, found: readonly Problem[]): Problem[] {
  const blanks = blanksOf(definition);
  const paths = new Set(blanks.map((one) => one.path));
  return [...blanks, ...found.filter((one) => !paths.has(plainPath(one.path)))];
}

/** `/rules/3/title（mizuhono-4）` → `/rules/3/title`. */
export function plainPath(path: string): string {
  return path.replace(/（.*$/u, '');
}

/** Whether a condition can be put into words. */
export const isReadable = (condition: RuleCondition): boolean => ruleConditionFaults(condition).length === 0;
