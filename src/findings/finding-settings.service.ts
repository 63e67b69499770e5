import { Injectable } from '@nestjs/common';
import type { Code } from '../engine/form.js';
import { allows } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Conflict, Invalid, Refused } from '../kernel/errors.js';
import { history, holdJournal, record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { FindingSetting } from './finding.entity.js';
import { adopted, changeFaults, numberingFaults, schemeFaults, TERM_LISTS, type Found, type SchemeUse, type TermList } from './scheme-checking.js';
import { FindingSchemes, type ReadyScheme } from './scheme-content.js';
import type { FindingScheme, Numbering, Term } from './scheme.js';

export interface FindingSettingsText {
  scheme: FindingScheme;
  /** From the outermost level inward. */
  numbering: Numbering;
  /** Days before its due date from which an action counts as due soon. */
  dueSoonDays: number;
}

export interface FindingSettingsFound extends FindingSettingsText {
  /** Send it back with a change; 0: the organisation has decided nothing, the content holds. */
  version: number;
}

const MOST_DAYS = 365;

/** 検出事項の区分、重要度、措置の状態、率、採番: the organisation's own, or those of the content. */
@Injectable()
export class FindingSettings {
  constructor(readonly schemes: FindingSchemes) {}

  async of(ctx: Ctx): Promise<FindingSettingsFound> {
    const row = await scoped(ctx, FindingSetting).findOne({});
    if (row !== null) return { scheme: row.scheme, numbering: row.numbering, dueSoonDays: row.dueSoonDays, version: row.version };
    const { numbering, dueSoonDays } = this.schemes.current;
    return { scheme: schemeOf(this.schemes.standard), numbering: [...numbering], dueSoonDays, version: 0 };
  }

  /** Schemes to choose from. */
  ready(): readonly ReadyScheme[] {
    return this.schemes.current.schemes;
  }

  /** Codes that findings, actions and notices of the organisation use. */
  async inUse(ctx: Ctx): Promise<SchemeUse> {
    const rows: { list: TermList; code: Code }[] = await ctx.tx.query(
      `select 'classifications' as list, classification as code from finding where organisation_id = $1 and classification is not null
       union select 'severities', severity from finding where organisation_id = $1 and severity is not null
       union select 'states', s.code from corrective_action a, lateral (values (a.state), (a.proposed)) s (code) where a.organisation_id = $1 and s.code is not null
       union select 'states', s.code from action_entry e, lateral (values (e.state_before), (e.state_after)) s (code) where e.organisation_id = $1 and s.code is not null
       union select 'states', state from action_notice_item where organisation_id = $1`, [ctx.organisation]);
    const of = (list: TermList): Code[] => rows.filter((one) => one.list === list).map((one) => one.code);
    return { classifications: of('classifications'), severities: of('severities'), states: of('states') };
  }

  /** @param seen version that the page showed. Throws `Refused`, `Invalid` with every place, `Conflict` with both sides. Returns the new version. */
  async change(ctx: Ctx, seen: number, text: FindingSettingsText): Promise<number> {
    if (!allows(ctx.actor.grants, 'audit.configure')) throw new Refused('not-allowed', '検出事項の区分と措置の状態を決められるのは監査事務局です。');
    await holdJournal(ctx);
    const before = await this.of(ctx);
    if (before.version !== seen) throw new Conflict('stale', '検出事項の区分と措置の状態は、ほかの人が先に変えました。両方の内容を見比べて、もう一度保存してください。', [], { sent: text, current: before, currentVersion: before.version });
    const after = tidied(text);
    const faults: Found[] = [...schemeFaults(after.scheme), ...numberingFaults(after.numbering), ...changeFaults(before.scheme, after.scheme, await this.inUse(ctx), await givenCodes(ctx))];
    if (!Number.isInteger(after.dueSoonDays) || after.dueSoonDays < 1 || after.dueSoonDays > MOST_DAYS) faults.push({ path: '/dueSoonDays', reason: `期限が近いとする日数を1～${MOST_DAYS}の整数で入れてください。` });
    if (faults.length > 0) throw new Invalid('finding-settings-invalid', '入力を確かめてください。', faults.map(({ path, reason }) => ({ code: 'field-invalid', path, message: reason })));
    const version = seen + 1;
    if (seen === 0) await scoped(ctx, FindingSetting).insert({ ...after, version } as never);
    else await scoped(ctx, FindingSetting).update({ version: seen } as never, { ...after, version } as never);
    const { version: _, ...was } = before;
    await record(ctx, { action: 'finding-settings-changed', object: objectOf(ctx), before: was, after });
    return version;
  }

  /** Takes a ready scheme; what is in use and not in it stays as retired. Throws `NotFound` and as `change`. */
  async adopt(ctx: Ctx, seen: number, code: Code): Promise<number> {
    const before = await this.of(ctx);
    return this.change(ctx, seen, { ...before, scheme: adopted(before.scheme, schemeOf(this.schemes.ready(code)), await this.inUse(ctx)) });
  }
}

const objectOf = (ctx: Ctx): { kind: string; id: string } => ({ kind: 'finding-setting', id: ctx.organisation });

const schemeOf = ({ classifications, severities, states, rates }: FindingScheme): FindingScheme => structuredClone({ classifications, severities, states, rates });

function tidied({ scheme, numbering, dueSoonDays }: FindingSettingsText): FindingSettingsText {
  const term = <T extends Term>(one: T): T => ({ ...one, code: one.code.trim(), label: one.label.trim(), definition: one.definition.trim() });
  return {
    scheme: { classifications: scheme.classifications.map(term), severities: scheme.severities.map(term), states: scheme.states.map(term), rates: scheme.rates.map((one) => ({ ...one, code: one.code.trim(), label: one.label.trim() })) },
    numbering: [...numbering], dueSoonDays,
  };
}

/** What every code of earlier schemes was called last, from the journal. */
async function givenCodes(ctx: Ctx): Promise<Record<TermList, Map<Code, string>>> {
  const given: Record<TermList, Map<Code, string>> = { classifications: new Map(), severities: new Map(), states: new Map() };
  const entries = await history(ctx, objectOf(ctx), { limit: 10_000 });
  for (const { before, after } of entries.reverse()) {
    for (const side of [before, after] as (FindingSettingsText | undefined)[]) {
      for (const list of TERM_LISTS) for (const { code, label } of (side?.scheme[list] ?? []) as readonly Term[]) given[list].set(code, label);
    }
  }
  return given;
}
