/** The audits of the demo city: one that is followed for three years, one of this year, and one that a check brought about. */
import { Plans } from '../audits/plans.service.js';
import type { DemoServices } from './load.js';
import { playCurrentAudit, playPromptAudit, PROMPT_MONTHS_AGO } from './audit-current.js';
import { playFollowedAudit } from './audit-followed.js';
import { readAuditScript, type AuditScript } from './audit-script.js';
import { AUDITOR, Stage } from './audit-stage.js';
import { playYears } from './audit-years.js';

export interface LoadedAudits {
  /** Ids of audits. */
  followed: string;
  current: string;
}

/** Audits that run beside the checks of the months: the followed one was there before them, the prompt one comes of what a check had found, this year's of the last. */
export class DemoAudits {
  private followed: { audit: string; planItems: ReadonlyMap<string, string> } | null = null;

  constructor(private readonly services: DemoServices) {}

  /** @param systems ids of systems by name */
  async afterChecks(monthsAgo: number, systems: ReadonlyMap<string, string>): Promise<void> {
    const stage = new Stage(this.services, systems);
    const script = readAuditScript();
    this.followed ??= await playFollowed(stage, script);
    if (monthsAgo === PROMPT_MONTHS_AGO) await playPromptAudit(stage, script.prompt, this.services.clock.today());
  }

  /** After the last checks. */
  async finish(systems: ReadonlyMap<string, string>): Promise<LoadedAudits> {
    const { audit: followed, planItems } = this.followed!;
    const script = readAuditScript();
    return { followed, current: await playCurrentAudit(new Stage(this.services, systems), script.current, planItems.get(script.current.theme)!, script.followed) };
  }
}

async function playFollowed(stage: Stage, script: AuditScript): Promise<{ audit: string; planItems: ReadonlyMap<string, string> }> {
  const planItems = await stage.on(stage.day('-3-04-10'), AUDITOR, async (ctx) => {
    const { title, policy, items: written } = script.plan.midTerm;
    const plan = await stage.get(Plans).add(ctx, { kind: 'mid-term', title, fromYear: stage.thisYear - 3, untilYear: stage.thisYear, policy, decidedOn: stage.day('-3-04-10') });
    const ids = new Map<string, string>();
    for (const { year, ...item } of written) {
      const { plan: { version } } = await stage.get(Plans).get(ctx, plan);
      ids.set(item.theme, await stage.get(Plans).addItem(ctx, plan, version, { fiscalYear: stage.thisYear + year, ...item }));
    }
    return ids;
  });
  const played = await playFollowedAudit(stage, script.followed, planItems.get(script.followed.theme)!);
  await playYears(stage, script.followed, played);
  return { audit: played.audit, planItems };
}
