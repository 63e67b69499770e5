import { Injectable } from '@nestjs/common';
import { CheckRun } from '../checks/check.entity.js';
import { CheckStates } from '../checks/check-states.service.js';
import { momentOf, runLabel } from '../checks/run-words.js';
import type { Code } from '../engine/form.js';
import { groupedBy } from '../engine/grouping.js';
import type { Ctx } from '../kernel/ctx.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { entryOf, objectOf } from './action-access.js';
import { ActionEntry, CorrectiveAction, type ClosingOffer } from './corrective-action.entity.js';
import { livingStates, stateOf } from './corrective-action.transitions.js';
import type { FindingOrigin } from './finding.entity.js';
import { FindingSettings } from './finding-settings.service.js';

interface Row {
  id: string;
  offered: ClosingOffer | null;
  /** Since when it is settled; null: it is open. */
  settledAt: Date | null;
  /** Since when it is open again; null: it never was settled. */
  reopenedAt: Date | null;
  origins: FindingOrigin[];
}

/** Since which run a rule is met, or fails, without a break. */
interface Since {
  result: 'met' | 'failing';
  run: number;
  madeAt: Date;
}

/**
 * A finding began from a rule that failed. Once the rule is met, closing what was done about it is offered to the auditors; once it
 * fails again after that was settled, opening it again.
 */
@Injectable()
export class ClosingOffers {
  constructor(
    private readonly settings: FindingSettings,
    private readonly states: CheckStates,
  ) {}

  /**
   * Looks at the actions whose findings came from rules about these systems. Offers to close an open one where every such rule is
   * met, and to open a settled one again where such a rule fails; each only when that began after it was opened again, or settled.
   * An offer that no longer stands is taken back. A result that a person gave in place of the computed one offers nothing. Actions
   * that somebody is changing at this moment are passed over until the next look. Returns how many offers are new.
   */
  async offerClosings(ctx: Ctx, systemIds: readonly string[] | 'all'): Promise<number> {
    const rows = await this.concerned(ctx, systemIds);
    if (rows.length === 0) return 0;
    const since = await this.since(ctx, rows.flatMap((one) => one.origins));
    let made = 0;
    for (const row of rows) {
      const offer = offerFor(row, row.origins.map((one) => ({ origin: one, since: since.get(keyOf(one)) })), ctx.clock.today());
      if ((offer === null) === (row.offered === null)) continue;
      const words = WORDS[row.settledAt === null ? 'closing' : 'reopening'];
      const text = offer === null ? words.withdrawn : `${await runText(ctx, offer.run)}で、${words.offered}`;
      await scoped(ctx, CorrectiveAction).update({ id: row.id }, { offered: offer });
      await scoped(ctx, ActionEntry).insert(entryOf(ctx, row.id, { kind: 'offered', text }));
      await record(ctx, { action: offer === null ? 'action-offer-withdrawn' : 'action-offered', object: objectOf(row.id), path: 'offered', before: row.offered, after: offer, comment: text });
      if (offer !== null) made += 1;
    }
    return made;
  }

  private async concerned(ctx: Ctx, systemIds: readonly string[] | 'all'): Promise<Row[]> {
    if (systemIds !== 'all' && systemIds.length === 0) return [];
    const { scheme } = await this.settings.of(ctx);
    if (livingStates(scheme).every((one) => one.phase !== 'settled')) return [];
    const concerned: { id: string; origins: FindingOrigin[] }[] = await ctx.tx.query(
      `select action.id, jsonb_agg(distinct finding.origin) as origins from corrective_action action
         join finding on finding.organisation_id = $1 and finding.origin is not null
          and (finding.id = action.finding_id or exists (select from improvement_finding link where link.organisation_id = $1 and link.improvement_id = action.improvement_id and link.finding_id = finding.id))
        where action.organisation_id = $1
        group by action.id having $2::text[] is null or bool_or(finding.origin ->> 'system' = any($2))`,
      [ctx.organisation, systemIds === 'all' ? null : [...systemIds]]);
    if (concerned.length === 0) return [];
    // The check that led here holds the journal, for which whoever locked an action waits: waiting for them would be a circle.
    const free: (Omit<Row, 'origins'> & { state: Code; settledOn: string | null })[] = await ctx.tx.query(
      `select id, offered, state, settled_on::text as "settledOn",
              (select max(made_at) from action_entry e where e.organisation_id = $1 and e.action_id = action.id and e.kind = 'effect-checked' and e.state_after is not null) as "settledAt",
              (select max(made_at) from action_entry e where e.organisation_id = $1 and e.action_id = action.id and e.kind = 'reopened') as "reopenedAt"
         from corrective_action action where organisation_id = $1 and id = any($2) order by id for no key update skip locked`, [ctx.organisation, concerned.map((one) => one.id)]);
    const origins = new Map(concerned.map((one) => [one.id, one.origins]));
    return free.map(({ state, settledOn, settledAt, ...one }) => ({
      ...one, origins: origins.get(one.id)!,
      // One that came in from a file says the day alone: whatever was found until it ended was known.
      settledAt: stateOf(scheme, state).phase !== 'settled' ? null : (settledAt ?? new Date(`${settledOn ?? ctx.clock.today()}T23:59:59+09:00`)),
    }));
  }

  /** Since when each rule is met or fails now; what is unknown or not applicable is left out. */
  private async since(ctx: Ctx, origins: readonly FindingOrigin[]): Promise<Map<string, Since>> {
    const found = new Map<string, Since>();
    const bySystem = groupedBy([...new Map(origins.map((one) => [keyOf(one), one])).values()], (one) => one.system);
    for (const [system, theirs] of bySystem) {
      const history = await this.states.history(ctx, system);
      for (const one of theirs) {
        const letters = history.map(({ results, sets }) => {
          const n = sets.get(one.ruleSet)?.definition.rules.findIndex(({ code }) => code === one.rule) ?? -1;
          return results[one.ruleSet]?.[n] ?? 'n';
        });
        const [now] = letters;
        if (now !== 'm' && now !== 'x') continue;
        const before = letters.findIndex((letter) => letter !== now);
        const { fromRun, madeAt } = history[before === -1 ? history.length - 1 : before - 1]!;
        found.set(keyOf(one), { result: now === 'm' ? 'met' : 'failing', run: fromRun, madeAt });
      }
    }
    return found;
  }
}

const WORDS = {
  closing: { offered: 'もとになった規則が適合になった。閉じてよいかを監査委員・監査事務局に申し出た。', withdrawn: 'もとになった規則がまた適合しなくなったので、閉じる申し出を取り下げた。' },
  reopening: { offered: 'もとになった規則がまた適合しなくなった。再び開くかを監査委員・監査事務局に申し出た。', withdrawn: 'もとになった規則の不適合がなくなったので、再び開く申し出を取り下げた。' },
} as const;

/** What may be offered now, or still stands; null: nothing. */
function offerFor({ offered, settledAt, reopenedAt }: Row, rules: readonly { origin: FindingOrigin; since: Since | undefined }[], today: string): ClosingOffer | null {
  const after = (settledAt ?? reopenedAt)?.getTime() ?? -Infinity;
  const fits = rules.flatMap(({ origin, since }) => (since !== undefined && since.result === (settledAt === null ? 'met' : 'failing') ? [{ origin, since }] : []));
  const enough = settledAt === null ? fits.length === rules.length : fits.length > 0;
  const last = fits.reduce<(typeof fits)[number] | null>((latest, one) => (latest === null || one.since.run > latest.since.run ? one : latest), null);
  if (!enough || last === null) return null;
  if (offered !== null) return offered;
  return last.since.madeAt.getTime() > after ? { run: last.since.run, ruleSet: last.origin.ruleSet, rule: last.origin.rule, madeOn: today } : null;
}

/** 第3回　令和8年11月20日 18:00の点検. */
export async function runText(ctx: Ctx, number: number): Promise<string> {
  const run = await scoped(ctx, CheckRun).findOne({ number });
  return run === null ? '点検' : run.round === null ? `${momentOf(run.madeAt)}の点検（変更に伴うもの）` : `${runLabel(run)}の点検`;
}

const keyOf = ({ system, ruleSet, rule }: Pick<FindingOrigin, 'system' | 'ruleSet' | 'rule'>): string => `${system} ${ruleSet} ${rule}`;
