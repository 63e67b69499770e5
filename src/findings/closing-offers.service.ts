import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { CheckRun } from '../checks/check.entity.js';
import { CheckStates } from '../checks/check-states.service.js';
import { momentOf, runLabel } from '../checks/run-words.js';
import type { Ctx } from '../kernel/ctx.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { entryOf, objectOf } from './action-access.js';
import { ActionEntry, CorrectiveAction, type ClosingOffer } from './corrective-action.entity.js';
import { livingStates } from './corrective-action.transitions.js';
import type { FindingOrigin } from './finding.entity.js';
import { FindingSettings } from './finding-settings.service.js';

interface Row {
  id: string;
  offered: ClosingOffer | null;
  origins: FindingOrigin[];
}

/** A finding began from a rule that failed. Once the rule is met, closing what was done about it is offered to the auditors. */
@Injectable()
export class ClosingOffers {
  constructor(
    private readonly settings: FindingSettings,
    private readonly states: CheckStates,
  ) {}

  /**
   * Looks at the open actions whose findings came from rules about these systems: offers where every such rule is met now, and
   * takes an offer back where one fails again. A result that a person gave in place of the computed one offers nothing. Actions
   * that somebody is changing at this moment are passed over until the next look. Returns how many offers are new.
   */
  async offerClosings(ctx: Ctx, systemIds: readonly string[] | 'all'): Promise<number> {
    const rows = await this.openActions(ctx, systemIds);
    if (rows.length === 0) return 0;
    const met = await this.metSince(ctx, [...new Set(rows.flatMap(({ origins }) => origins.map((one) => one.system)))]);
    let made = 0;
    for (const { id, offered, origins } of rows) {
      const runs = origins.map((one) => met.get(keyOf(one)) ?? null);
      const all = runs.every((one) => one !== null);
      if (all === (offered !== null)) continue;
      const [first] = origins as [FindingOrigin];
      const offer = all ? { run: Math.max(...(runs)), ruleSet: first.ruleSet, rule: first.rule, madeOn: ctx.clock.today() } : null;
      const text = offer === null ? 'もとになった規則がまた適合しなくなったので、閉じる申し出を取り下げた。' : `${await runText(ctx, offer.run)}で、もとになった規則が適合になった。閉じてよいかを監査委員・監査事務局に申し出た。`;
      await scoped(ctx, CorrectiveAction).update({ id }, { offered: offer });
      await scoped(ctx, ActionEntry).insert(entryOf(ctx, id, { kind: 'offered', text }));
      await record(ctx, { action: offer === null ? 'action-offer-withdrawn' : 'action-offered', object: objectOf(id), path: 'offered', before: offered, after: offer });
      if (offer !== null) made += 1;
    }
    return made;
  }

  private async openActions(ctx: Ctx, systemIds: readonly string[] | 'all'): Promise<Row[]> {
    if (systemIds !== 'all' && systemIds.length === 0) return [];
    const { scheme } = await this.settings.of(ctx);
    const settled = scheme.states.filter((one) => one.phase === 'settled').map((one) => one.code);
    if (livingStates(scheme).every((one) => one.phase !== 'settled')) return [];
    const concerned: { id: string; origins: FindingOrigin[] }[] = await ctx.tx.query(
      `select action.id, jsonb_agg(distinct finding.origin) as origins from corrective_action action
         join finding on finding.organisation_id = $1 and finding.origin is not null
          and (finding.id = action.finding_id or exists (select from improvement_finding link where link.organisation_id = $1 and link.improvement_id = action.improvement_id and link.finding_id = finding.id))
        where action.organisation_id = $1 and not action.state = any($2)
        group by action.id having $3::text[] is null or bool_or(finding.origin ->> 'system' = any($3))`,
      [ctx.organisation, settled, systemIds === 'all' ? null : [...systemIds]]);
    if (concerned.length === 0) return [];
    // The check that led here holds the journal, for which whoever locked an action waits: waiting for them would be a circle.
    const free: { id: string; offered: ClosingOffer | null }[] = await ctx.tx.query(
      'select id, offered from corrective_action where organisation_id = $1 and id = any($2) order by id for no key update skip locked', [ctx.organisation, concerned.map((one) => one.id)]);
    const origins = new Map(concerned.map((one) => [one.id, one.origins]));
    return free.map((one) => ({ ...one, origins: origins.get(one.id)! }));
  }

  /** The run since which a rule is met, by system, rule set and rule; those that are not met are left out. */
  private async metSince(ctx: Ctx, systemIds: readonly string[]): Promise<Map<string, number>> {
    const met = new Map<string, number>();
    for (const { systemId, fromRun, results, basis } of await this.states.states(ctx, systemIds, null)) {
      const sets = await this.states.setsOf(ctx, basis);
      for (const [ruleSet, letters] of Object.entries(results)) {
        sets.get(ruleSet)?.definition.rules.forEach(({ code }, n) => {
          if (letters[n] === 'm') met.set(keyOf({ system: systemId, ruleSet, rule: code }), fromRun);
        });
      }
    }
    return met;
  }

  /** Actions whose closing is offered and not answered, newest first. */
  async waiting(ctx: Ctx): Promise<CorrectiveAction[]> {
    const rows: { id: string }[] = await ctx.tx.query(`select id from corrective_action where organisation_id = $1 and offered is not null and not offered ? 'declined' order by number desc limit 200`, [ctx.organisation]);
    return rows.length === 0 ? [] : scoped(ctx, CorrectiveAction).find({ id: In(rows.map((one) => one.id)) }, { number: 'DESC' });
  }
}

/** 第3回　令和8年11月20日 18:00の点検. */
export async function runText(ctx: Ctx, number: number): Promise<string> {
  const run = await scoped(ctx, CheckRun).findOne({ number });
  return run === null ? '点検' : run.round === null ? `${momentOf(run.madeAt)}の点検（変更に伴うもの）` : `${runLabel(run)}の点検`;
}

const keyOf = ({ system, ruleSet, rule }: Pick<FindingOrigin, 'system' | 'ruleSet' | 'rule'>): string => `${system} ${ruleSet} ${rule}`;
