/** Adds a risk and changes its fields; closes it and opens it again. */
import { checkText } from '../engine/answer-texts.js';
import { Department } from '../identity/organisation.entity.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, Refused, type Problem } from '../kernel/errors.js';
import { isId, newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { mustRead as mustReadSystem } from '../systems/system-access.js';
import { InformationSystem } from '../systems/system.entity.js';
import { lockOpenRisk, lockRisk, mustBeSeen, mustWriteIn, objectOf, recordChange, saveRisk, standingSystems } from './risk-access.js';
import type { RiskMatrices } from './risk-matrix.js';
import { judgementProblems, type Judged, type Levels } from './risk-rating.js';
import { Risk } from './risk.entity.js';

export interface RiskTexts {
  title: string;
  /** 守るもの. */
  asset: string;
  /** 脅威. */
  threat: string;
  /** 原因. */
  cause: string;
}

export interface RiskFields extends RiskTexts, Judged {
  systemId: string | null;
  departmentId: string;
}

/** As it came in: levels may be missing. */
export interface RiskInput extends RiskTexts {
  systemId: string | null;
  departmentId: string;
  before: Partial<Levels>;
  /** Null: not judged after the measures. */
  after: Partial<Levels> | null;
  /** Why it is judged so; must be given when it is worse after the measures. Kept in the journal with the judgement. */
  note?: string;
}

/** Fields of texts with their names and longest lengths, in characters. */
export const TEXT_FIELDS = { title: ['リスクの名前', 200], asset: ['守るもの', 500], threat: ['脅威', 1_000], cause: ['原因', 1_000] } as const satisfies Record<keyof RiskTexts, readonly [string, number]>;
export const LONGEST_REASON = 500;

/** Throws `Refused` (not this department's), `Invalid` with every problem. Returns the id; the version is 1. */
export async function addRisk(ctx: Ctx, matrices: RiskMatrices, input: RiskInput): Promise<string> {
  const { fields, note } = await checked(ctx, matrices, input, null);
  mustWriteIn(ctx, fields.departmentId);
  const id = newId();
  await scoped(ctx, Risk).insert({ id, ...columnsOf(fields), matrixVersion: matrices.current.version, closedOn: null, changedAt: ctx.clock.now(), changedByName: ctx.actor.name, version: 1 });
  await record(ctx, { action: 'risk-added', object: objectOf(id), after: { ...(await told(ctx, fields, matrices.current.version)) }, ...(note === '' ? {} : { comment: note }) });
  return id;
}

/**
 * Changes the fields; the journal has one entry for each that changed. A change of the judgement is made with the matrix of today.
 * Throws `NotFound`, `Refused`, `Conflict` with both sides, `Invalid`. Returns the new version (`seen` when nothing changed).
 */
export async function changeRisk(ctx: Ctx, matrices: RiskMatrices, id: string, seen: number, input: RiskInput): Promise<number> {
  const { risk } = await lockOpenRisk(ctx, id);
  const before = fieldsOf(risk);
  mustBeSeen(risk, seen, input, before);
  const { fields: after, note } = await checked(ctx, matrices, input, risk);
  if (after.departmentId !== before.departmentId) mustWriteIn(ctx, after.departmentId);
  const [was, is] = [await told(ctx, before, risk.matrixVersion), await told(ctx, after, matrices.current.version)];
  const changed = (Object.keys(is) as (keyof typeof is)[]).filter((path) => JSON.stringify(was[path]) !== JSON.stringify(is[path]));
  if (changed.length === 0 && note === '') return risk.version;
  await saveRisk(ctx, risk, { ...columnsOf(after), matrixVersion: matrices.current.version });
  // The reason goes with the judgement, also where only the reason is new.
  const noted = note === '' ? null : changed.includes('before') && !changed.includes('after') ? 'before' : 'after';
  for (const path of changed) if (path !== noted) await recordChange(ctx, id, path, was[path], is[path]);
  if (noted !== null) await record(ctx, { action: 'risk-changed', object: objectOf(id), path: noted, before: was[noted], after: is[noted], comment: note });
  return risk.version;
}

/** 終了: it is kept and no longer counted. Throws `NotFound`, `Refused`, `Conflict`, `Invalid` without a reason. Returns the new version. */
export async function closeRisk(ctx: Ctx, id: string, seen: number, reason: string): Promise<number> {
  const { risk } = await lockOpenRisk(ctx, id);
  mustBeSeen(risk, seen, { closed: true }, { closed: false });
  const comment = soundReason(reason);
  const closedOn = ctx.clock.today();
  await saveRisk(ctx, risk, { closedOn });
  await record(ctx, { action: 'risk-closed', object: objectOf(id), after: { closedOn }, comment });
  return risk.version;
}

/** Throws as `closeRisk`. */
export async function reopenRisk(ctx: Ctx, id: string, seen: number, reason: string): Promise<number> {
  const { risk } = await lockRisk(ctx, id);
  if (risk.closedOn === null) throw new Refused('not-closed', `「${risk.title}」は終了していません。`);
  mustBeSeen(risk, seen, { closed: false }, { closed: true });
  const comment = soundReason(reason);
  const before = { closedOn: risk.closedOn };
  await saveRisk(ctx, risk, { closedOn: null });
  await record(ctx, { action: 'risk-reopened', object: objectOf(id), before, comment });
  return risk.version;
}

export function fieldsOf(risk: Risk): RiskFields {
  return { title: risk.title, asset: risk.asset, threat: risk.threat, cause: risk.cause, systemId: risk.systemId, departmentId: risk.departmentId, ...judgedOf(risk) };
}

export function judgedOf(risk: Risk): Judged {
  return {
    before: { likelihood: risk.likelihoodBefore, impact: risk.impactBefore },
    after: risk.likelihoodAfter === null || risk.impactAfter === null ? null : { likelihood: risk.likelihoodAfter, impact: risk.impactAfter },
  };
}

function columnsOf({ before, after, ...fields }: RiskFields) {
  return { ...fields, likelihoodBefore: before.likelihood, impactBefore: before.impact, likelihoodAfter: after?.likelihood ?? null, impactAfter: after?.impact ?? null };
}

/** Texts trimmed, everything looked at. @param stored null for a new risk */
async function checked(ctx: Ctx, matrices: RiskMatrices, input: RiskInput, stored: Risk | null): Promise<{ fields: RiskFields; note: string }> {
  const problems: Problem[] = [];
  const texts = Object.fromEntries((Object.keys(TEXT_FIELDS) as (keyof RiskTexts)[]).map((field) => [field, textOf(input[field], field, problems)])) as unknown as RiskTexts;
  const note = soundText(input.note ?? '', LONGEST_REASON, 'note', '評価の理由', problems);
  problems.push(...(await departmentProblems(ctx, input.departmentId, stored)), ...(await systemProblems(ctx, input.systemId, stored)));
  // A reason that was given once holds as long as the judgement stays.
  const kept = stored !== null && stored.matrixVersion === matrices.current.version && sameJudgement(judgedOf(stored), input);
  problems.push(...judgementProblems(matrices.current, input, note !== '' || kept));
  if (problems.length > 0) throw new Invalid('risk-invalid', '入力を確かめてください。', problems);
  return { fields: { ...texts, systemId: input.systemId, departmentId: input.departmentId, before: input.before as Levels, after: input.after as Levels | null }, note };
}

function sameJudgement(stored: Judged, input: Pick<RiskInput, 'before' | 'after'>): boolean {
  const same = (one: Partial<Levels> | null, other: Partial<Levels> | null): boolean => one?.likelihood === other?.likelihood && one?.impact === other?.impact;
  return same(stored.before, input.before) && same(stored.after, input.after);
}

function textOf(value: unknown, field: keyof RiskTexts, problems: Problem[]): string {
  const [label, most] = TEXT_FIELDS[field];
  const text = soundText(value, most, field, label, problems);
  if (text === '' && !problems.some((one) => one.path === field)) problems.push({ code: 'field-missing', path: field, message: `「${label}」を入れてください。` });
  return text;
}

/** Trimmed; '' after a problem. */
export function soundText(value: unknown, most: number, path: string, label: string, problems: Problem[]): string {
  const text = checkText(value, most, (code, message) => void problems.push({ code, path, message: `「${label}」：${message}` }));
  return text?.trim() ?? '';
}

function soundReason(reason: unknown): string {
  const problems: Problem[] = [];
  const text = soundText(reason, LONGEST_REASON, 'reason', '理由', problems);
  if (text === '' && problems.length === 0) problems.push({ code: 'field-missing', path: 'reason', message: '理由を入れてください。あとから見た人にわかるように残します。' });
  if (problems.length > 0) throw new Invalid('reason-missing', '理由を確かめてください。', problems);
  return text;
}

async function departmentProblems(ctx: Ctx, id: string, stored: Risk | null): Promise<Problem[]> {
  const department = isId(id) ? await scoped(ctx, Department).findOne({ id }) : null;
  if (department === null) return [{ code: 'department-unknown', path: 'departmentId', message: '責任を持つ課を選んでください。' }];
  if (department.endedOn === null || department.endedOn > ctx.clock.today() || id === stored?.departmentId) return [];
  return [{ code: 'department-ended', path: 'departmentId', message: `「${department.name}」は終了しています。いまある課を選んでください。` }];
}

/** Throws `Refused` for a system that the person may not see. */
async function systemProblems(ctx: Ctx, id: string | null, stored: Risk | null): Promise<Problem[]> {
  if (id === null || id === stored?.systemId) return [];
  const system = isId(id) ? await scoped(ctx, InformationSystem).findOne({ id }) : null;
  if (system === null) return [{ code: 'system-unknown', path: 'systemId', message: 'システムを、台帳にあるものから選んでください。' }];
  if (system.mergedIntoId !== null) {
    const standing = (await standingSystems(ctx, [id])).get(id);
    return [{ code: 'system-merged', path: 'systemId', message: `「${system.name}」は、「${standing?.name ?? ''}」に統合されています。統合先のシステムを選んでください。` }];
  }
  await mustReadSystem(ctx, system);
  return [];
}

/** Fields as the journal keeps them: readable also when a department or a system is called otherwise later. */
async function told(ctx: Ctx, fields: RiskFields, matrix: string) {
  const department = await scoped(ctx, Department).findOne({ id: fields.departmentId });
  const system = fields.systemId === null ? null : await scoped(ctx, InformationSystem).findOne({ id: fields.systemId });
  return {
    title: fields.title, asset: fields.asset, threat: fields.threat, cause: fields.cause,
    system: system === null ? null : { id: system.id, name: system.name }, department: { id: fields.departmentId, name: department?.name ?? '' },
    before: { ...fields.before, matrix }, after: fields.after === null ? null : { ...fields.after, matrix },
  };
}
