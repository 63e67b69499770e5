/** The audits of the demo city: one that is followed for three years, one of this year, and one that a check brought about. */
import { Plans } from '../audits/plans.service.js';
import type { DemoServices } from './load.js';
import { playCurrentAudit, playPromptAudit, PROMPT_MONTHS_AGO } from './audit-current.js';
import { playFollowedAudit } from './audit-followed.js';
import { readAuditScript } from './audit-script.js';
import { AUDITOR, Stage } from './audit-stage.js';
import { playYears } from './audit-years.js';

export interface LoadedAudits {
  /** Ids of audits. */
  followed: string;
  current: string;
}

/** What follows the checks of a month: two months ago, an audit of what they had found. */
export async function afterChecks(services: DemoServices, monthsAgo: number, systems: ReadonlyMap<string, string>): Promise<void> {
  if (monthsAgo === PROMPT_MONTHS_AGO) await playPromptAudit(new Stage(services, systems), readAuditScript().prompt, services.clock.today());
}

/** @param systems ids of systems by name */
export async function loadDemoAudits(services: DemoServices, systems: ReadonlyMap<string, string>): Promise<LoadedAudits> {
  const stage = new Stage(services, systems);
  const script = readAuditScript();
  const items = await stage.on(stage.day('-3-04-10'), AUDITOR, async (ctx) => {
    const { title, policy, items: written } = script.plan.midTerm;
    const plan = await stage.get(Plans).add(ctx, { kind: 'mid-term', title, fromYear: stage.thisYear - 3, untilYear: stage.thisYear, policy, decidedOn: stage.day('-3-04-10') });
    const ids = new Map<number, string>();
    for (const { year, ...item } of written) {
      const { plan: { version } } = await stage.get(Plans).get(ctx, plan);
      ids.set(year, await stage.get(Plans).addItem(ctx, plan, version, { fiscalYear: stage.thisYear + year, ...item }));
    }
    return ids;
  });
  const played = await playFollowedAudit(stage, script.followed, items.get(-3)!);
  await playYears(stage, script.followed, played);
  const current = await playCurrentAudit(stage, script.current, items.get(0)!, script.followed);
  return { followed: played.audit, current };
}
