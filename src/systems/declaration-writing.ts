/** One declaration, checked and saved. Used by everything that declares; the system is locked by whoever calls. */
import { checkAnswer } from '../engine/answers.js';
import { checkText } from '../engine/answer-texts.js';
import { emptyAnswer } from '../engine/blanks.js';
import { sameAnswer } from '../engine/compare.js';
import { formatEra, parseJapaneseDate } from '../engine/dates.js';
import type { CompiledItem } from '../engine/form-index.js';
import type { AnswerValue, Code } from '../engine/form.js';
import type { Ctx } from '../kernel/ctx.js';
import { Conflict, type Problem } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { history, record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { retired, type Catalogue } from './catalogue.js';
import { declarationPath } from './declaration-access.js';
import { returnedOf } from './declaration-reading.js';
import type { DeclarationAction, DeclarationSnapshot } from './declaration-words.js';
import { Declaration, DeclarationEvidence } from './declaration.entity.js';
import { valueText } from './register-values.js';
import { objectOf } from './system-access.js';
import type { InformationSystem } from './system.entity.js';

/** What a person sends of one control. */
export interface DeclarationInput {
  /** Anything that came in as JSON. */
  value: unknown;
  note: string;
  /** ISO or Japanese day; today unless given. */
  declaredOn?: string;
  /** Version that the page showed, 0 when nothing was declared. */
  seenVersion: number;
}

export interface CheckedDeclaration {
  control: CompiledItem;
  value: AnswerValue;
  note: string;
  declaredOn: string;
  seenVersion: number;
}

export interface SavedDeclaration {
  id: string;
  control: Code;
  version: number;
  declaredOn: string;
  /** `renewed`: said the same again, with a new day; `unchanged`: nothing was written. */
  outcome: 'made' | 'changed' | 'renewed' | 'unchanged';
}

export const LONGEST_NOTE = 2_000;
/** Before this day no declared control can have been looked at: earlier days are slips of the pen. */
const EARLIEST = '1990-01-01';

/** The control, or why it cannot be declared: not in the catalogue, or retired by today. */
export function controlToDeclare(catalogue: Catalogue, code: Code, today: string): { control: CompiledItem; problem: null } | { control: null; problem: Problem } {
  const control = catalogue.controls.byCode.get(code);
  const path = String(code).slice(0, 80);
  if (control === undefined) return { control: null, problem: { code: 'unknown-control', path, message: `「${path}」という統制は目録にありません。画面を読み込み直して、目録から選んでください。` } };
  if (!retired(control.item, today)) return { control, problem: null };
  const { since, insteadBy } = control.item.retired!;
  const next = insteadBy === undefined ? undefined : catalogue.controls.byCode.get(insteadBy);
  const mend = next === undefined ? '代わりの統制はありません。' : `代わりに「${next.item.label}」を申告してください。`;
  return { control: null, problem: { code: 'control-retired', path, message: `「${control.item.label}」は${formatEra(since)}から申告しません。${mend}` } };
}

/** Everything that is wrong with an input, or its normal form. */
export function checkDeclaration(catalogue: Catalogue, code: Code, input: DeclarationInput, today: string): { checked: CheckedDeclaration; problems: [] } | { checked: null; problems: Problem[] } {
  const { control, problem } = controlToDeclare(catalogue, code, today);
  if (control === null) return { checked: null, problems: [problem] };
  const { label } = control.item;
  const problems: Problem[] = [];
  const report = (kind: string, message: string): void => void problems.push({ code: kind, path: code, message: `「${label}」：${message}` });
  if (!Number.isSafeInteger(input.seenVersion) || input.seenVersion < 0) report('malformed', '求めの形が違います。画面を読み込み直してください。');
  const value = readValue(catalogue, control, input.value, problems);
  const note = checkText(input.note, LONGEST_NOTE, report, '説明')?.trim() ?? '';
  const declaredOn = readDay(input.declaredOn, today, report);
  if (problems.length > 0 || value === null || declaredOn === null) return { checked: null, problems };
  return { checked: { control, value, note, declaredOn, seenVersion: input.seenVersion }, problems: [] };
}

function readValue(catalogue: Catalogue, control: CompiledItem, value: unknown, problems: Problem[]): AnswerValue | null {
  if (value !== null && value !== undefined) {
    const { value: checked, problems: found } = checkAnswer(control.item, value, catalogue.controls.definition);
    problems.push(...found);
    if (found.length > 0) return null;
    if (!emptyAnswer(checked)) return checked;
  }
  problems.push({ code: 'value-missing', path: control.code, message: `「${control.item.label}」：値がありません。値を選ぶか入力してください。申告をやめるときは、申告を取り消してください。` });
  return null;
}

function readDay(day: string | undefined, today: string, report: (code: string, message: string) => void): string | null {
  if (day === undefined || (typeof day === 'string' && day.trim() === '')) return today;
  const iso = typeof day === 'string' ? parseJapaneseDate(day) : null;
  if (iso === null) report('date-invalid', `申告の日「${String(day).slice(0, 40)}」は暦にない日か、日付として読めません。例：${formatEra(today)}`);
  else if (iso > today) report('date-in-future', `申告の日（${formatEra(iso)}）が今日（${formatEra(today)}）より後です。今日までの日にしてください。`);
  else if (iso < EARLIEST) report('date-too-early', `申告の日（${formatEra(iso)}）が古すぎます。${formatEra(EARLIEST)}以後の日にしてください。`);
  else return iso;
  return null;
}

/** Both sides of one control in words. */
export interface DeclarationSides {
  control: Code;
  label: string;
  sent: { value: string; note: string };
  current: { value: string; note: string; declaredOn: string } | null;
  currentVersion: number;
  by: string | null;
}

/** Null while the stored declaration is the one that was seen. */
export function sidesIfStale({ control, value, note, seenVersion }: CheckedDeclaration, stored: Declaration | null): DeclarationSides | null {
  if ((stored?.version ?? 0) === seenVersion) return null;
  return {
    control: control.code, label: control.item.label, sent: { value: valueText(control, value), note },
    current: stored === null ? null : { value: valueText(control, stored.value), note: stored.note, declaredOn: stored.declaredOn },
    currentVersion: stored?.version ?? 0, by: stored?.declaredByName ?? null,
  };
}

/** `sides.sent` and `sides.current` are those of the one control, or lists by control where several are stale. */
export function staleDeclarations(stale: readonly DeclarationSides[]): Conflict {
  const problems = stale.map(({ control, label, current, by }): Problem => ({
    code: 'stale', path: control,
    message: current === null ? `「${label}」の申告は、ほかの人が先に取り消しました。` : `「${label}」は、${by}さんが先に「${current.value}」と申告したか、その申告が承認・差戻しなどで変わりました。`,
  }));
  const [first] = stale as [DeclarationSides];
  const sides = stale.length === 1
    ? { sent: first.sent, current: first.current, currentVersion: first.currentVersion, ...(first.by === null ? {} : { by: first.by }) }
    : { sent: stale.map(({ control, label, sent }) => ({ control, label, ...sent })), current: stale.map(({ control, label, current }) => ({ control, label, ...current })), currentVersion: Math.max(...stale.map((one) => one.currentVersion)) };
  return new Conflict('stale', 'ほかの人が先に申告を変えました。両方の内容を見比べて、もう一度申告してください。', problems, sides);
}

/**
 * Saves a checked declaration of a locked system whose seen version is the stored one. A new value or note takes the approval
 * away; the same again renews the day and leaves the approval.
 */
export async function saveDeclaration(ctx: Ctx, system: InformationSystem, stored: Declaration | null, checked: CheckedDeclaration, from?: { id: string; name: string }): Promise<SavedDeclaration> {
  const { control: { code }, value, note, declaredOn } = checked;
  const by = { declaredById: ctx.actor.id, declaredByName: ctx.actor.name };
  const after: DeclarationSnapshot = { value, note, declaredOn, ...(from === undefined ? {} : { copiedFrom: from.name }) };
  if (stored === null) {
    const id = newId();
    const version = await firstVersion(ctx, system.id, code);
    await scoped(ctx, Declaration).insert({ id, systemId: system.id, control: code, value: value as never, note, declaredOn, ...by, approvedAt: null, approvedByName: null, copiedFromId: from?.id ?? null, version });
    await journal(ctx, { systemId: system.id, control: code }, from === undefined ? 'declaration-made' : 'declaration-copied', null, after);
    return { id, control: code, version, declaredOn, outcome: 'made' };
  }
  const same = sameAnswer(stored.value, value) && stored.note === note;
  if (same && stored.declaredOn === declaredOn && !(await returnedOf(ctx, [system.id])).has(`${system.id}/${code}`)) {
    return { id: stored.id, control: code, version: stored.version, declaredOn, outcome: 'unchanged' };
  }
  const patch = same ? { declaredOn, ...by } : { value: value as never, note, declaredOn, ...by, approvedAt: null, approvedByName: null, copiedFromId: from?.id ?? null };
  await scoped(ctx, Declaration).updateSeen(stored.id, checked.seenVersion, patch);
  const action = same ? 'declaration-renewed' : from === undefined ? 'declaration-changed' : 'declaration-copied';
  await journal(ctx, { systemId: system.id, control: code }, action, snapshotOf(stored), same ? { ...after, approvedBy: stored.approvedByName } : after);
  return { id: stored.id, control: code, version: stored.version + 1, declaredOn, outcome: same ? 'renewed' : 'changed' };
}

/** A control that was withdrawn comes back with the next version, so that a page from before cannot pass for one from after. */
async function firstVersion(ctx: Ctx, systemId: string, control: Code): Promise<number> {
  const [last] = await history(ctx, objectOf(systemId), { path: declarationPath(control), limit: 1 });
  return ((last?.before as DeclarationSnapshot | null | undefined)?.version ?? 0) + 1;
}

/** Takes a declaration away, with its evidence; the journal keeps both. */
export async function deleteDeclaration(ctx: Ctx, stored: Declaration): Promise<void> {
  const evidence = await scoped(ctx, DeclarationEvidence).find({ declarationId: stored.id }, { addedAt: 'ASC', id: 'ASC' });
  await scoped(ctx, DeclarationEvidence).delete({ declarationId: stored.id });
  await scoped(ctx, Declaration).delete({ id: stored.id });
  await journal(ctx, stored, 'declaration-withdrawn', { ...snapshotOf(stored), evidence: evidence.map(({ fileName, sha256 }) => ({ fileName, sha256 })) }, null);
}

export function snapshotOf({ value, note, declaredOn, approvedByName, version }: Declaration): DeclarationSnapshot {
  return { value, note, declaredOn, approvedBy: approvedByName, version };
}

/** One entry of the journal of the system, at its control. */
export async function journal(ctx: Ctx, { systemId, control }: Pick<Declaration, 'systemId' | 'control'>, action: DeclarationAction, before: DeclarationSnapshot | null, after: DeclarationSnapshot | null, comment?: string): Promise<void> {
  await record(ctx, { action, object: objectOf(systemId), path: declarationPath(control), before, after, ...(comment === undefined ? {} : { comment }) });
}
