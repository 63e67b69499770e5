import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import type { Code } from '../engine/form.js';
import { daysLater, isIsoDate } from '../engine/dates.js';
import { RESULT_WORDS } from '../engine/rule-set.js';
import { allows } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Conflict, Invalid, NotFound, Refused, type Problem } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import type { InformationSystem } from '../systems/system.entity.js';
import { CheckOverrule } from './check.entity.js';
import { CheckStates } from './check-states.service.js';
import { Checking } from './checking.service.js';

export interface OverruleText {
  result: string;
  reason: string;
  evidence: string;
  /** Last day on which it holds, ISO. */
  untilOn: string;
}

const GIVEN = ['met', 'not-met', 'not-applicable'] as const;
type Given = (typeof GIVEN)[number];
/** Nobody may overrule for longer without looking again. */
const MOST_DAYS = 366;

/** A person gives a result in place of the computed one: with reason and evidence, until a day. */
@Injectable()
export class Overruling {
  constructor(
    private readonly states: CheckStates,
    private readonly checking: Checking,
  ) {}

  /** Puts a result in force and checks the system again. Throws `Invalid`, `NotFound`, `Refused`, `Conflict`. */
  async overrule(ctx: Ctx, systemId: string, ruleSet: Code, rule: Code, text: OverruleText): Promise<string> {
    const system = await this.mayOverrule(ctx, systemId);
    await this.ruleOf(ctx, systemId, ruleSet, rule);
    const problems = problemsOf(text, ctx.clock.today());
    if (problems.length > 0) throw new Invalid('overrule-invalid', '入力を確かめてください。', problems);
    const inForce = await scoped(ctx, CheckOverrule).findOne({ systemId, ruleSet, rule, withdrawnOn: IsNull() });
    // One whose day is over makes room for the next.
    if (inForce !== null && inForce.untilOn < ctx.clock.today()) await scoped(ctx, CheckOverrule).updateSeen(inForce.id, inForce.version, { withdrawnOn: inForce.untilOn });
    else if (inForce !== null) {
      throw new Conflict('overruled-already', `この規則の結果は、${inForce.madeByName}がもう「${RESULT_WORDS[inForce.result].label}」に改めています。改め直すときは、先にそれを取り消してください。`, [], { sent: text, current: { result: RESULT_WORDS[inForce.result].label, reason: inForce.reason }, currentVersion: inForce.version });
    }
    const id = newId();
    const values = { systemId, ruleSet, rule, result: text.result as Given, reason: text.reason.trim(), evidence: text.evidence.trim(), untilOn: text.untilOn, madeOn: ctx.clock.today(), madeByName: ctx.actor.name };
    await scoped(ctx, CheckOverrule).insert({ id, ...values, withdrawnOn: null, version: 1 });
    await record(ctx, { action: 'result-overruled', object: { kind: 'system', id: system.id }, path: `${ruleSet}/${rule}`, after: values, comment: values.reason });
    await this.checking.recheck(ctx, [systemId]);
    return id;
  }

  /** Takes it back; the computed result holds again. Throws `NotFound`, `Refused`, `Conflict`. */
  async withdraw(ctx: Ctx, id: string, seen: number): Promise<{ systemId: string }> {
    const given = await scoped(ctx, CheckOverrule).get(id);
    await this.mayOverrule(ctx, given.systemId);
    if (given.withdrawnOn !== null) throw new Refused('overrule-withdrawn', 'この変更は、もう取り消されています。');
    await scoped(ctx, CheckOverrule).updateSeen(id, seen, { withdrawnOn: ctx.clock.today() });
    await record(ctx, { action: 'overrule-withdrawn', object: { kind: 'system', id: given.systemId }, path: `${given.ruleSet}/${given.rule}`, before: { result: given.result, reason: given.reason, untilOn: given.untilOn } });
    await this.checking.recheck(ctx, [given.systemId]);
    return { systemId: given.systemId };
  }

  private async mayOverrule(ctx: Ctx, systemId: string): Promise<InformationSystem> {
    const system = await this.states.system(ctx, systemId);
    if (!allows(ctx.actor.grants, 'check.overrule', system.departmentId)) throw new Refused('not-allowed', '点検の結果を改められるのは監査事務局です。');
    return system;
  }

  private async ruleOf(ctx: Ctx, systemId: string, ruleSet: Code, rule: Code): Promise<void> {
    const state = (await this.states.states(ctx, [systemId], null))[0];
    const set = state === undefined ? undefined : (await this.states.setsOf(ctx, state.basis)).get(ruleSet);
    if (set?.rules.some((one) => one.code === rule) !== true) throw new NotFound('rule-unknown', 'この規則の結果はありません。先に点検を実施してください。');
  }
}

function problemsOf(text: OverruleText, today: string): Problem[] {
  const problems: Problem[] = [];
  const problem = (path: string, message: string): void => void problems.push({ code: 'field-invalid', path, message });
  if (!(GIVEN as readonly string[]).includes(text.result)) problem('result', '改めた後の結果を、適合・不適合・対象外から選んでください。');
  for (const [path, label] of [['reason', '改める理由'], ['evidence', '根拠とした証拠']] as const) {
    const length = text[path].trim().length;
    if (length === 0 || length > 2_000) problem(path, `${label}を1～2,000字で書いてください。`);
  }
  if (!isIsoDate(text.untilOn)) problem('untilOn', 'いつまで有効か、日付を入れてください（例：2027-03-31）。');
  else if (text.untilOn < today) problem('untilOn', '有効な期限が過去の日です。今日より後の日を入れてください。');
  else if (text.untilOn > daysLater(today, MOST_DAYS)) problem('untilOn', '期限は1年以内にしてください。続けるときは、その時にもう一度確かめます。');
  return problems;
}
