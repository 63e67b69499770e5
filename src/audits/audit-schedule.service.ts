import { Injectable } from '@nestjs/common';
import type { Ctx } from '../kernel/ctx.js';
import { Refused } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { scoped } from '../kernel/scoped.js';
import { lockAudit, readAudit } from './audit-access.js';
import { lockPart, moveAmong, nextPosition, partAsSeen, tellPart } from './audit-part.js';
import { AuditStep } from './audit.entity.js';
import { InputChecking, LONGEST } from './input-checking.js';

export interface StepInput {
  label: string;
  /** '' or null: nobody in particular. */
  doneBy: string | null;
  fromOn: string | null;
  untilOn: string | null;
  doneOn: string | null;
  note: string;
}

export const DONE_BY = { member: '監査委員', secretariat: '事務局', department: '受検機関' } as const;
const MOST = 200;

type Fields = Pick<AuditStep, 'label' | 'doneBy' | 'fromOn' | 'untilOn' | 'doneOn' | 'note'>;
const fieldsOf = ({ label, doneBy, fromOn, untilOn, doneOn, note }: AuditStep): Fields => ({ label, doneBy, fromOn, untilOn, doneOn, note });

/** 日程 of an audit. */
@Injectable()
export class AuditSchedule {
  /** In their order. Throws `NotFound`, `Refused`. */
  async of(ctx: Ctx, auditId: string): Promise<AuditStep[]> {
    await readAudit(ctx, auditId);
    return this.rows(ctx, auditId);
  }

  /** Throws `NotFound`, `Refused`, `Invalid`. Returns the id; the version is 1. */
  async add(ctx: Ctx, auditId: string, input: StepInput): Promise<string> {
    await lockAudit(ctx, auditId);
    const rows = await this.rows(ctx, auditId);
    if (rows.length >= MOST) throw new Refused('too-many', `1つの監査の日程は${MOST}件までです。`);
    const fields = checked(input, ctx.clock.today());
    const id = newId();
    await scoped(ctx, AuditStep).insert({ id, auditId, ...fields, position: nextPosition(rows), version: 1 });
    await tellPart(ctx, auditId, 'audit-step-added', id, { after: fields });
    return id;
  }

  /** Throws `NotFound`, `Refused`, `Conflict`, `Invalid`. */
  async change(ctx: Ctx, id: string, seen: number, input: StepInput): Promise<void> {
    const { part } = await lockPart(ctx, AuditStep, id);
    const before = fieldsOf(part);
    partAsSeen(part, part.label, seen, input, before);
    const fields = checked(input, ctx.clock.today());
    await scoped(ctx, AuditStep).updateSeen(id, seen, fields);
    await tellPart(ctx, part.auditId, 'audit-step-changed', id, { before, after: fields });
  }

  /** Throws `NotFound`, `Refused`. */
  async move(ctx: Ctx, id: string, direction: 'up' | 'down'): Promise<void> {
    const { part } = await lockPart(ctx, AuditStep, id);
    if (await moveAmong(ctx, AuditStep, await this.rows(ctx, part.auditId), id, direction)) await tellPart(ctx, part.auditId, 'audit-step-moved', id, { after: { direction } });
  }

  /** Throws `NotFound`, `Refused`, `Conflict`. */
  async remove(ctx: Ctx, id: string, seen: number): Promise<void> {
    const { part } = await lockPart(ctx, AuditStep, id);
    partAsSeen(part, part.label, seen, {}, fieldsOf(part));
    await scoped(ctx, AuditStep).delete({ id });
    await tellPart(ctx, part.auditId, 'audit-step-removed', id, { before: fieldsOf(part) });
  }

  private rows(ctx: Ctx, auditId: string): Promise<AuditStep[]> {
    return scoped(ctx, AuditStep).find({ auditId }, { position: 'ASC', id: 'ASC' });
  }
}

function checked(input: StepInput, today: string): Fields {
  const check = new InputChecking();
  const label = check.line('label', '行うこと', input.label);
  const doneBy = input.doneBy === null || input.doneBy === '' ? null : check.choice('doneBy', '行う人', input.doneBy, Object.keys(DONE_BY) as NonNullable<AuditStep['doneBy']>[]);
  const [fromOn, untilOn] = check.period(['fromOn', 'untilOn'], ['予定の始まり', '予定の終わり'], [input.fromOn, input.untilOn]);
  const doneOn = check.day('doneOn', '済んだ日', input.doneOn);
  if (doneOn !== null && doneOn > today) check.wrong('doneOn', 'in-future', '「済んだ日」が今日より後です。済んでから入れてください。');
  const note = check.text('note', '備考', input.note, { limit: LONGEST.note });
  check.done();
  return { label, doneBy, fromOn, untilOn, doneOn, note };
}
