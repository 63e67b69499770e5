import { Injectable } from '@nestjs/common';
import type { Code } from '../engine/form.js';
import type { RuleDefinition } from '../engine/rule-set.js';
import { settingProblems } from '../engine/rules.js';
import { reachOf } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Conflict, Invalid, NotFound, Refused, type Problem } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { RuleSetAdoption, RuleSettingRow } from './check.entity.js';
import { RuleSets, type RuleSetListed } from './rule-sets.service.js';

/** A rule with what the organisation made of it. */
export interface RuleWithSetting {
  rule: RuleDefinition;
  offReason: string | null;
  parameters: Record<Code, number>;
  /** 0: nothing was set yet. */
  version: number;
}

export interface SettingText {
  /** Empty: the rule is used. */
  offReason: string;
  /** Limits by code, as numbers; what is left out keeps its own value. */
  parameters: Readonly<Record<Code, number>>;
}

/** Which rule sets and rules an organisation uses, and with which limits. */
@Injectable()
export class RuleSettingsKeeping {
  constructor(private readonly ruleSets: RuleSets) {}

  /** Throws `NotFound`. */
  async ofSet(ctx: Ctx, ruleSet: Code): Promise<{ listed: RuleSetListed; rules: RuleWithSetting[] }> {
    const listed = await this.listed(ctx, ruleSet);
    const rows = new Map((await scoped(ctx, RuleSettingRow).find({ ruleSet })).map((one) => [one.rule, one]));
    return {
      listed,
      rules: listed.definition.rules.map((rule) => {
        const row = rows.get(rule.code);
        return { rule, offReason: row?.offReason ?? null, parameters: row?.parameters ?? {}, version: row?.version ?? 0 };
      }),
    };
  }

  /** Uses a set, or no longer. Throws `NotFound`, `Refused`, `Conflict`. */
  async adopt(ctx: Ctx, ruleSet: Code, adopted: boolean, seen: number): Promise<void> {
    mayManage(ctx);
    await oneAtATime(ctx);
    const listed = await this.listed(ctx, ruleSet);
    if (listed.version !== seen) throw stale(listed.version, { adopted: listed.adopted }, { adopted });
    const row = await scoped(ctx, RuleSetAdoption).findOne({ ruleSet });
    if (row === null) await scoped(ctx, RuleSetAdoption).insert({ id: newId(), ruleSet, adopted, version: 1 });
    else await scoped(ctx, RuleSetAdoption).updateSeen(row.id, seen, { adopted });
    await record(ctx, { action: 'rule-set-adopted', object: { kind: 'rule-set', id: ctx.organisation }, path: ruleSet, before: { adopted: listed.adopted }, after: { adopted } });
  }

  /** Switches a rule off with a reason, or tightens its limits. Throws `Invalid`, `NotFound`, `Refused`, `Conflict`. */
  async set(ctx: Ctx, ruleSet: Code, rule: Code, seen: number, text: SettingText): Promise<void> {
    mayManage(ctx);
    await oneAtATime(ctx);
    const { definition } = await this.listed(ctx, ruleSet);
    const known = definition.rules.find((one) => one.code === rule);
    if (known === undefined) throw new NotFound('rule-unknown', `規則「${rule.slice(0, 60)}」は、この規則集にありません。`);
    const problems = problemsOf(known, text);
    if (problems.length > 0) throw new Invalid('setting-invalid', '入力を確かめてください。', problems);
    const after = { offReason: text.offReason.trim() === '' ? null : text.offReason.trim(), parameters: { ...text.parameters } };
    const row = await scoped(ctx, RuleSettingRow).findOne({ ruleSet, rule });
    if ((row?.version ?? 0) !== seen) throw stale(row?.version ?? 0, { offReason: row?.offReason ?? '', parameters: row?.parameters ?? {} }, text);
    if (row === null) await scoped(ctx, RuleSettingRow).insert({ id: newId(), ruleSet, rule, ...after, version: 1 });
    else await scoped(ctx, RuleSettingRow).updateSeen(row.id, seen, after as never);
    await record(ctx, { action: 'rule-set-changed', object: { kind: 'rule-set', id: ctx.organisation }, path: `${ruleSet}/${rule}`, before: row === null ? null : { offReason: row.offReason, parameters: row.parameters }, after, ...(after.offReason === null ? {} : { comment: after.offReason }) });
  }

  private async listed(ctx: Ctx, ruleSet: Code): Promise<RuleSetListed> {
    const listed = (await this.ruleSets.list(ctx)).find((one) => one.definition.ruleSet === ruleSet);
    if (listed === undefined) throw new NotFound('rule-set-unknown', `規則集「${ruleSet.slice(0, 60)}」はありません。`);
    return listed;
  }
}

/** Throws `Refused`. */
export function mayManage(ctx: Ctx): void {
  if (reachOf(ctx.actor.grants, 'rule-set.manage') !== 'all') throw new Refused('not-allowed', '規則集を変えられるのは監査事務局です。');
}

/** What is set for the first time has no row that could be locked: of two who do it at once, the second finds what the first has set. */
export async function oneAtATime(ctx: Ctx): Promise<void> {
  await ctx.tx.query(`select pg_advisory_xact_lock(hashtextextended('rule-settings ' || $1, 0))`, [ctx.organisation]);
}

function stale(version: number, current: object, sent: object): Conflict {
  return new Conflict('stale', 'ほかの人が先に変えました。いまの内容を確かめて、もう一度保存してください。', [], { sent, current, currentVersion: version });
}

/** As the compiler will judge it, so that nothing is saved that a check could not use; paths are codes of limits. */
function problemsOf(rule: RuleDefinition, { offReason, parameters }: SettingText): Problem[] {
  const long = offReason.trim().length > 1_000 ? [{ code: 'field-invalid', path: 'offReason', message: '使わない理由は1,000字以内で書いてください。' }] : [];
  return [...long, ...settingProblems(rule, { parameters }).map((one) => ({ ...one, path: one.path.replace('parameters/', '') }))];
}
