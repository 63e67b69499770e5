/** What the forms of own rule sets send, read into the fields of a draft. Pure; nothing is judged here. */
import type { ConditionRow, ConditionRows } from '../../checks/condition-rows.js';
import { isTooDeep, type HeadFields, type RuleFields } from '../../checks/rule-drafting.js';
import type { RuleCondition } from '../../engine/rule-set.js';
import { Invalid } from '../../kernel/errors.js';

export type Body = Readonly<Record<string, unknown>>;

/** Rows of one kind that a form may send. */
const MOST_ROWS = 60;
/** Characters of one text. */
const LONGEST = 10_000;

/** Names of the two conditions of a rule, as fields begin. */
export const CONDITIONS = ['applies', 'expects'] as const;
export type ConditionName = (typeof CONDITIONS)[number];

function text(body: Body, name: string): string {
  const value = body[name];
  if (typeof value !== 'string') return '';
  if (value.length > LONGEST) throw broken(`入力が長すぎます（${LONGEST.toLocaleString('ja-JP')}字まで）。短くしてください。`);
  return value.replaceAll('\r\n', '\n');
}

function texts(body: Body, name: string): string[] {
  const value = body[name];
  const all = (Array.isArray(value) ? (value as unknown[]) : [value]).slice(0, 200);
  return all.filter((one): one is string => typeof one === 'string').map((one) => text({ one }, 'one'));
}

function broken(message = '画面が壊れています。画面を読み込み直してください。'): Invalid {
  return new Invalid('input-invalid', message, [{ code: 'input-invalid', path: '', message }]);
}

/** Numbers `n` for which a field `prefix-n-…` was sent, in order. */
function rowsOf(body: Body, prefix: string): number[] {
  const found = new Set<number>();
  for (const name of Object.keys(body)) {
    const number = name.startsWith(`${prefix}-`) ? /^(\d{1,3})-/u.exec(name.slice(prefix.length + 1))?.[1] : undefined;
    if (number !== undefined) found.add(Number(number));
  }
  if (found.size > MOST_ROWS) throw broken(`行が多すぎます（${MOST_ROWS}行まで）。`);
  return [...found].sort((a, b) => a - b);
}

/** The version that the form has seen; 0 for none, which no draft has. */
export const seenIn = (body: Body): number => (/^\d{1,9}$/u.test(text(body, 'version')) ? Number(text(body, 'version')) : 0);

export function headSent(body: Body): HeadFields {
  return {
    title: text(body, 'title'), shortTitle: text(body, 'shortTitle'), source: text(body, 'source'), description: text(body, 'description'), from: text(body, 'from'), until: text(body, 'until'),
    perAssessment: body.perAssessment === 'yes',
    viewpoints: rowsOf(body, 'viewpoint').filter((n) => body[`viewpoint-${n}-remove`] !== 'yes').map((n) => ({
      code: text(body, `viewpoint-${n}-code`), number: text(body, `viewpoint-${n}-number`), title: text(body, `viewpoint-${n}-title`), shortTitle: text(body, `viewpoint-${n}-shortTitle`), group: text(body, `viewpoint-${n}-group`),
    })),
  };
}

export interface SentRule {
  fields: RuleFields;
  /** Code of the rule that the form showed; '' for a new one. */
  was: string;
  version: number;
}

/** Throws `Invalid` for what no form of ours sends. */
export function ruleSent(body: Body): SentRule {
  return {
    was: text(body, 'was'), version: seenIn(body),
    fields: {
      code: text(body, 'code').trim(), title: text(body, 'title'), viewpoint: text(body, 'viewpoint'), severity: text(body, 'severity'),
      basis: rowsOf(body, 'basis').map((n) => ({ document: text(body, `basis-${n}-document`), article: text(body, `basis-${n}-article`), item: text(body, `basis-${n}-item`) })),
      applies: conditionSent(body, 'applies'), expects: conditionSent(body, 'expects'),
      observation: text(body, 'observation'), improvement: text(body, 'improvement'), evidence: text(body, 'evidence'),
    },
  };
}

function conditionSent(body: Body, name: ConditionName): ConditionRows {
  return { join: body[`${name}-join`] === 'any' ? 'any' : 'all', rows: rowsOf(body, name).filter((n) => body[`${name}-${n}-remove`] !== 'yes').map((n) => rowSent(body, `${name}-${n}`)) };
}

function rowSent(body: Body, row: string): ConditionRow {
  const kept = text(body, `${row}-kept`);
  return kept === '' ? { item: text(body, `${row}-item`), test: text(body, `${row}-test`), values: texts(body, `${row}-value`) } : { kept: keptIn(kept) };
}

function keptIn(json: string): RuleCondition {
  let condition: unknown;
  try {
    condition = JSON.parse(json);
  } catch {
    throw broken();
  }
  if (typeof condition !== 'object' || condition === null || isTooDeep(condition)) throw broken();
  return condition as RuleCondition;
}
