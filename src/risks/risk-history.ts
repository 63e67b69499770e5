/** What happened to a risk, as a person reads it. */
import type { Ctx } from '../kernel/ctx.js';
import { history, type JournalEntry } from '../kernel/journal.js';
import { objectOf, readRisk } from './risk-access.js';
import { TEXT_FIELDS } from './risk-changing.js';
import type { RiskMatrices } from './risk-matrix.js';
import { MEASURE_STATES, type Measure, type RuleOfRisk } from './risk-parts.js';
import { levelsText, type Levels } from './risk-rating.js';

/** What an entry of the journal is called on a page. */
const WHAT: Readonly<Record<string, string>> = {
  'risk-added': '追加', 'risk-changed': '変更', 'risk-closed': '終了', 'risk-reopened': '再開',
  'statutory-risk-linked': '評価書の項目と結び付けた', 'statutory-risk-unlinked': '評価書の項目との結び付きを外した',
};

const FIELD_NAMES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(TEXT_FIELDS).map(([field, [label]]) => [field, label])),
  system: 'システム', department: '責任を持つ課', before: '対策前の評価', after: '対策後の評価', measures: '対策', rules: '結び付けた規則',
};

export interface RiskChange {
  /** Number in the journal. */
  number: number;
  /** ISO instant. */
  at: string;
  by: string;
  what: string;
  /** Null: the whole risk. */
  fieldName: string | null;
  /** In words; '' where nothing was. */
  before: string;
  after: string;
  comment: string | null;
}

/** What a rule is called; the rules themselves are not known here. */
export type RuleTitle = (rule: RuleOfRisk) => string;

/** Newest first. Throws `NotFound`, `Refused`. */
export async function historyOf(ctx: Ctx, matrices: RiskMatrices, id: string, titleOf: RuleTitle): Promise<RiskChange[]> {
  await readRisk(ctx, id);
  return (await history(ctx, objectOf(id))).map((one) => changeOf(matrices, titleOf, one));
}

/** The reason that was given last for the judgement; null: none. */
export async function judgementReason(ctx: Ctx, id: string): Promise<{ text: string; by: string; at: string } | null> {
  const found = (await history(ctx, objectOf(id))).find((one) => one.comment !== undefined && (one.action === 'risk-added' || one.path === 'before' || one.path === 'after'));
  return found === undefined ? null : { text: found.comment!, by: found.actor.name, at: found.at };
}

/** Why the risk was closed last; '' when it never was. */
export async function closingReason(ctx: Ctx, id: string): Promise<string> {
  return (await history(ctx, objectOf(id))).find((one) => one.action === 'risk-closed')?.comment ?? '';
}

function changeOf(matrices: RiskMatrices, titleOf: RuleTitle, entry: JournalEntry): RiskChange {
  const path = entry.path ?? null;
  return {
    number: entry.number, at: entry.at, by: entry.actor.name, what: WHAT[entry.action] ?? entry.action,
    fieldName: path === null ? null : (FIELD_NAMES[path] ?? null),
    before: wordsOf(matrices, titleOf, path, entry.before), after: wordsOf(matrices, titleOf, path, entry.after), comment: entry.comment ?? null,
  };
}

function wordsOf(matrices: RiskMatrices, titleOf: RuleTitle, path: string | null, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (path === 'before' || path === 'after') return levelsIn(matrices, value as Levels & { matrix: string });
  if (path === 'measures') return (value as (Measure & { label: string | null })[]).map((one) => `${MEASURE_STATES[one.state]}　${one.text}${one.label === null ? '' : `（統制：${one.label}）`}`).join('\n');
  if (path === 'rules') return (value as RuleOfRisk[]).map(titleOf).join('\n');
  const named = value as { name?: unknown; title?: unknown };
  return typeof named.name === 'string' ? named.name : typeof named.title === 'string' ? named.title : '';
}

/** In the words of the matrix with which it was judged. */
function levelsIn(matrices: RiskMatrices, { matrix: version, ...levels }: Levels & { matrix: string }): string {
  const matrix = matrices.all.find((one) => one.version === version);
  return matrix === undefined ? `${levels.likelihood} × ${levels.impact}` : levelsText(matrix, levels);
}
