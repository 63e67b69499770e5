import { Injectable } from '@nestjs/common';
import { daysLater, isIsoDate, monthsLater } from '../engine/dates.js';
import type { Ctx } from '../kernel/ctx.js';
import { Conflict, Invalid } from '../kernel/errors.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { CheckSchedule } from './check.entity.js';
import { Checking, type RunMade } from './checking.service.js';
import { mayManage, oneAtATime } from './rule-settings.service.js';

export const RHYTHMS = { none: 'しない', week: '毎週', month: '毎月', quarter: '四半期ごと' } as const;
export type Rhythm = keyof typeof RHYTHMS;

/** The day of the next check; a month's end stays within the month. ISO days. */
export function nextDay(day: string, every: Exclude<Rhythm, 'none'>): string {
  if (every === 'week') return daysLater(day, 7);
  return monthsLater(day, every === 'month' ? 1 : 3);
}

/** 定期の点検: all systems of an organisation, every week, month or quarter. */
@Injectable()
export class Scheduling {
  constructor(private readonly checking: Checking) {}

  async current(ctx: Ctx): Promise<{ every: Rhythm; nextOn: string | null; version: number }> {
    const found = await scoped(ctx, CheckSchedule).findOne({});
    return { every: found?.every ?? 'none', nextOn: found?.nextOn ?? null, version: found?.version ?? 0 };
  }

  /** @param firstOn day of the next check, ISO. Throws `Invalid`, `Refused`, `Conflict`. */
  async set(ctx: Ctx, seen: number, every: string, firstOn: string): Promise<void> {
    mayManage(ctx);
    await oneAtATime(ctx);
    const before = await this.current(ctx);
    const problems = [];
    if (!Object.hasOwn(RHYTHMS, every)) problems.push({ code: 'field-invalid', path: 'every', message: '定期の点検の間隔を選んでください。' });
    if (every !== 'none' && (!isIsoDate(firstOn) || firstOn < ctx.clock.today())) {
      problems.push({ code: 'field-invalid', path: 'firstOn', message: '次に点検する日に、今日か、それより後の日を入れてください。' });
    }
    if (problems.length > 0) throw new Invalid('schedule-invalid', '入力を確かめてください。', problems);
    const after = { every: every as Rhythm, nextOn: every === 'none' ? null : firstOn };
    if (before.version === 0 && seen === 0) {
      await ctx.tx.query('insert into check_schedule (organisation_id, every, next_on, version) values ($1, $2, $3, 1)', [ctx.organisation, after.every, after.nextOn]);
    } else if ((await scoped(ctx, CheckSchedule).update({ version: seen }, { ...after, version: seen + 1 })) === 0) {
      throw new Conflict('stale', 'ほかの人が先に変えました。いまの内容を確かめて、もう一度保存してください。', [], { sent: after, current: { every: before.every, nextOn: before.nextOn }, currentVersion: before.version });
    }
    await record(ctx, { action: 'check-scheduled', object: { kind: 'check-schedule', id: ctx.organisation }, before: { every: before.every, nextOn: before.nextOn }, after });
  }

  /** Runs the check that is due, if one is; another process that does so at the same moment finds nothing to do. */
  async runDue(ctx: Ctx): Promise<RunMade | null> {
    const today = ctx.clock.today();
    const rows: { every: Rhythm; nextOn: string | null; version: number }[] = await ctx.tx.query(
      `select every, next_on::text as "nextOn", version from check_schedule where organisation_id = $1 and every <> 'none' and next_on <= $2 for update skip locked`, [ctx.organisation, today]);
    const due = rows[0];
    if (due === undefined || due.every === 'none' || due.nextOn === null) return null;
    let next = nextDay(due.nextOn, due.every);
    while (next <= today) next = nextDay(next, due.every);
    await scoped(ctx, CheckSchedule).update({ version: due.version }, { nextOn: next, version: due.version + 1 });
    return this.checking.run(ctx, { scope: 'all' }, 'scheduled');
  }
}
