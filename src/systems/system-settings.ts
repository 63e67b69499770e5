import type { Ctx } from '../kernel/ctx.js';
import { scoped } from '../kernel/scoped.js';
import { SystemSetting } from './system.entity.js';

/** 申告の有効期間 where the organisation set none, in months. */
export const DECLARATION_MONTHS = 12;

/** What the organisation set for its register; version 0 while nothing is set. */
export async function settingsOf(ctx: Ctx): Promise<{ declarationMonths: number; version: number }> {
  const stored = await scoped(ctx, SystemSetting).findOne({});
  return { declarationMonths: stored?.declarationMonths ?? DECLARATION_MONTHS, version: stored?.version ?? 0 };
}
