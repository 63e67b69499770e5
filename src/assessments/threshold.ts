import type { ComputeThreshold } from '../engine/computed.js';
import { decide, turns, type DecisionResult, type DecisionTable, type Facts, type Turn } from '../engine/decision-table.js';
import type { CompiledForm } from '../engine/form-index.js';
import { Invalid, type Problem } from '../kernel/errors.js';

/** Level of assessment. 重点 and 全項目 always come with a 基礎項目評価書. */
export type Level = 'none' | 'basic' | 'priority' | 'full';
export type FormCode = 'basic' | 'priority' | 'full';

export interface ThresholdInput {
  /** Kind of affair that needs no assessment at all, a value of the fact `exempt-kind`; absent or `none`: not exempt. */
  exempt?: string;
  /** 対象人数, persons. Not asked of an exempt affair. */
  people?: number;
  /** 取扱者数, persons of the implementing body and its contractors. */
  handlers?: number;
  /** 重大事故 within the past year. */
  incident?: boolean;
  /** Level the department wants anyway; a lower one than the mandatory level has no effect. */
  voluntaryLevel?: Level;
  policy?: ThresholdPolicy;
}

/** The organisation's own stricter rule; applied after the voluntary level, in order, and never lowers. */
export interface ThresholdPolicy {
  raise: { from: Level; to: Level }[];
}

export interface ThresholdJudgement {
  mandatory: Level;
  /** After the voluntary level and the policy. */
  result: Level;
  decidingRow: { code: string; words: string; basis: string; certainty: 'A' | 'B' | 'C' };
  next: NextStep[];
  /** Forms to be made, in the order of the regime. */
  documents: FormCode[];
  /** Option of しきい値判断結果 in each form; null where that form is not an outcome of this judgement. */
  thresholdResultOption: Record<FormCode, Level | null>;
  /** The whole judgement in Japanese. */
  words: string;
}

/** One change of one fact that changes the mandatory level; `change` is in persons. */
export interface NextStep {
  fact: string;
  to: number | boolean;
  change?: number;
  result: Level;
  words: string;
}

/** What can be said while the questions are still being answered. */
export interface ThresholdOutlook {
  mandatory: Level | null;
  possible: Level[];
  missing: string[];
  words: string;
}

const LEVELS: Level[] = ['none', 'basic', 'priority', 'full'];
const MOST_PEOPLE = 200_000_000;
const DOCUMENTS: Record<Level, FormCode[]> = { none: [], basic: ['basic'], priority: ['basic', 'priority'], full: ['basic', 'full'] };

/** @throws Invalid with every problem of the input */
export function judge(input: ThresholdInput, table: DecisionTable): ThresholdJudgement {
  const problems = problemsOf(input, table, true);
  if (problems.length > 0) throw new Invalid('threshold-input', 'しきい値判断の入力を確かめてください。', problems);
  const facts = factsOf(input);
  const { result: decided, row } = decide(table, facts);
  if (decided === null || row === null) {
    throw new Invalid('threshold-table-open', 'しきい値の判断表に、この入力に当てはまる行がありません。システム管理者に判断表の確認を依頼してください。');
  }
  const mandatory = levelOf(decided.code);
  const voluntary = higher(mandatory, input.voluntaryLevel ?? 'none');
  const result = raised(voluntary, input.policy);
  return {
    mandatory,
    result,
    decidingRow: { code: row.code, words: row.words, basis: row.basis, certainty: row.certainty },
    next: turns(table, facts).map(nextStep),
    documents: DOCUMENTS[result],
    thresholdResultOption: thresholdResultOption(mandatory, result),
    words: judgementWords(table, row.words, mandatory, voluntary, result),
  };
}

/**
 * The outlook on answers that are not complete yet.
 * @throws Invalid for answers that are wrong; missing ones are no error
 */
export function outlook(input: ThresholdInput, table: DecisionTable): ThresholdOutlook {
  const problems = problemsOf(input, table, false);
  if (problems.length > 0) throw new Invalid('threshold-input', 'しきい値判断の入力を確かめてください。', problems);
  const decision = decide(table, factsOf(input));
  const possible = decision.alternatives.map((one) => levelOf(one.code));
  if (decision.result !== null) {
    return { mandatory: levelOf(decision.result.code), possible, missing: [], words: decision.row?.words ?? '' };
  }
  const names = decision.missing.map((code) => `「${labelOf(table, code)}」`).join('');
  const labels = decision.alternatives.map((one) => one.label).join('、又は');
  return { mandatory: null, possible, missing: decision.missing, words: `今のところ、${labels}のいずれかです。${names}に答えると決まります。` };
}

/**
 * The rule `threshold-result` of a form: its inputs are bands or numbers, and a band stands for its lowest number.
 * The bands of the forms have the boundaries of the table, so that any number of a band leads to the same row.
 */
export function computeThresholdFor(form: CompiledForm, table: DecisionTable): ComputeThreshold {
  const rule = form.items.flatMap(({ item }) => (item.kind === 'computed' && item.compute.rule === 'threshold-result' ? [item.compute] : []))[0];
  const lowest = (code: string | undefined, value: string | number | undefined): number | undefined =>
    (typeof value === 'number' ? value : code === undefined || value === undefined ? undefined : form.byCode.get(code)?.options?.get(value)?.atLeast);
  return (inputs) => decide(table, {
    'exempt-kind': 'none',
    people: lowest(rule?.inputs.people, inputs.people),
    handlers: lowest(rule?.inputs.handlers, inputs.handlers),
    incident: inputs.incident,
  }).result?.code;
}

/** The options of しきい値判断結果 carry the mandatory level as their code in every form (任意に…を実施 included). */
function thresholdResultOption(mandatory: Level, result: Level): Record<FormCode, Level | null> {
  return {
    basic: DOCUMENTS[result].includes('basic') ? mandatory : null,
    priority: result === 'priority' ? mandatory : null,
    full: result === 'full' ? mandatory : null,
  };
}

function factsOf(input: ThresholdInput): Facts {
  return {
    'exempt-kind': input.exempt ?? 'none',
    people: input.people ?? undefined,
    handlers: input.handlers ?? undefined,
    incident: typeof input.incident === 'boolean' ? (input.incident ? 'yes' : 'no') : undefined,
  };
}

function nextStep(turn: Turn): NextStep {
  const result = levelOf(turn.result.code);
  const outcome = result === 'none' ? '評価の実施は義務付けられなくなります' : `${turn.result.label}が義務付けられます`;
  const words = turn.change === undefined
    ? `${turn.fact.label}が${turn.to === 'yes' ? 'あれば' : 'なければ'}、${outcome}。`
    : `${turn.fact.label}があと${grouped(turn.change)}${turn.fact.unit ?? ''}増えて${grouped(Number(turn.to))}${turn.fact.unit ?? ''}になると、${outcome}。`;
  const to = typeof turn.to === 'number' ? turn.to : turn.to === 'yes';
  return { fact: turn.fact.code, to, ...(turn.change === undefined ? {} : { change: turn.change }), result, words };
}

function judgementWords(table: DecisionTable, reason: string, mandatory: Level, voluntary: Level, result: Level): string {
  const said = [reason];
  if (voluntary !== mandatory) said.push(`任意に、${resultOf(table, voluntary).label}を実施します。`);
  if (result !== voluntary) said.push(`団体の方針により、${resultOf(table, result).label}を実施します。`);
  if (result === 'priority' || result === 'full') said.push('基礎項目評価書も併せて作成します。');
  return said.join('');
}

function raised(level: Level, policy: ThresholdPolicy | undefined): Level {
  return (policy?.raise ?? []).reduce((now, step) => (now === step.from ? higher(now, step.to) : now), level);
}

const higher = (a: Level, b: Level): Level => (LEVELS.indexOf(b) > LEVELS.indexOf(a) ? b : a);

function levelOf(code: string): Level {
  const level = LEVELS.find((one) => one === code);
  if (level === undefined) {
    throw new Invalid('threshold-table-result', `しきい値の判断表の結果「${code}」は使えません。none・basic・priority・full のいずれかにしてください。`);
  }
  return level;
}

function resultOf(table: DecisionTable, level: Level): DecisionResult {
  return table.results.find((one) => one.code === level) ?? { code: level, label: level, rank: LEVELS.indexOf(level) };
}

const labelOf = (table: DecisionTable, fact: string): string => table.facts.find((one) => one.code === fact)?.label ?? fact;
const grouped = (count: number): string => count.toLocaleString('en-US');

function problemsOf(input: ThresholdInput, table: DecisionTable, complete: boolean): Problem[] {
  const problems: Problem[] = [];
  const kinds = table.facts.find((fact) => fact.code === 'exempt-kind')?.values ?? ['none'];
  const exempt: unknown = input.exempt ?? 'none';
  if (typeof exempt !== 'string' || !kinds.includes(exempt)) {
    problems.push({ code: 'threshold-exempt-unknown', path: 'exempt-kind', message: '評価の対象外となる場合は、選択肢から選んでください。' });
  }
  const asked = complete && exempt === 'none';
  problems.push(...countProblems('people', '対象人数', input.people, asked), ...countProblems('handlers', '取扱者数', input.handlers, asked));
  const incident: unknown = input.incident ?? undefined;
  if (incident === undefined ? asked : typeof incident !== 'boolean') {
    problems.push({ code: incident === undefined ? 'threshold-missing' : 'threshold-not-yes-no', path: 'incident', message: '過去1年以内の重大事故の有無を「発生あり」か「発生なし」から選んでください。' });
  }
  if (!isLevel(input.voluntaryLevel ?? 'none')) {
    problems.push({ code: 'threshold-level-unknown', path: 'voluntary-level', message: '任意に実施する評価は、選択肢から選んでください。' });
  }
  problems.push(...policyProblems(input.policy));
  return problems;
}

function countProblems(path: string, label: string, value: unknown, asked: boolean): Problem[] {
  const problem = (code: string, message: string): Problem[] => [{ code, path, message }];
  if (value === undefined || value === null) {
    return asked ? problem('threshold-missing', `${label}を入力してください。わからないときは、直近に数えた人数を入れてください。`) : [];
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) return problem('threshold-not-number', `${label}は数字で入力してください。`);
  if (value < 0) return problem('threshold-negative', `${label}は0以上の数で入力してください。`);
  if (!Number.isInteger(value)) return problem('threshold-not-whole', `${label}は小数を使わず、人数を1人単位で入力してください。`);
  if (value > MOST_PEOPLE) return problem('threshold-too-many', `${label}が2億人を超えています。桁を確かめてください。`);
  return [];
}

function policyProblems(policy: unknown): Problem[] {
  if (policy === undefined || policy === null) return [];
  const steps = (policy as { raise?: unknown }).raise;
  const fits = Array.isArray(steps) && steps.every((step: unknown) => {
    const { from, to } = (step ?? {}) as { from?: unknown; to?: unknown };
    return isLevel(from) && isLevel(to);
  });
  return fits ? [] : [{ code: 'threshold-policy', path: 'policy', message: '団体の方針は、引き上げる前後の評価の種類を選択肢から選んでください。' }];
}

const isLevel = (value: unknown): value is Level => LEVELS.includes(value as Level);
