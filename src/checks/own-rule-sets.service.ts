import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { checkRuleSet } from '../engine/rule-set-content.js';
import type { RuleSetDefinition } from '../engine/rule-set.js';
import type { Ctx } from '../kernel/ctx.js';
import { Conflict, Invalid, NotFound, Refused, type Problem } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { OwnRuleSet } from './check.entity.js';
import { mayManage, oneAtATime } from './rule-settings.service.js';
import { RuleSets } from './rule-sets.service.js';

/** Codes and versions as the schema of rule sets has them: what a draft begins with cannot be changed any more. */
const CODE = /^[a-z][a-z0-9]+(-[a-z0-9]+)*$/u;
const VERSION = /^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$/u;
/** Largest definition as JSON, characters. */
const MOST = 400_000;

/** Rule sets that an organisation writes itself. A draft is a document; publishing freezes its code and version. */
@Injectable()
export class OwnRuleSets {
  constructor(private readonly ruleSets: RuleSets) {}

  list(ctx: Ctx): Promise<OwnRuleSet[]> {
    return scoped(ctx, OwnRuleSet).find({}, { code: 'ASC', setVersion: 'DESC' });
  }

  /** Throws `NotFound`. */
  get(ctx: Ctx, id: string): Promise<OwnRuleSet> {
    return scoped(ctx, OwnRuleSet).get(id);
  }

  /** What keeps a draft from being published; the same check as for the files of the product. */
  async problems(ctx: Ctx, definition: unknown): Promise<Problem[]> {
    const problems = checkRuleSet(definition, '規則集', this.ruleSets.facts).map(({ path, reason }): Problem => ({ code: 'rule-set-invalid', path, message: reason }));
    const sound = definition as Partial<RuleSetDefinition>;
    const others = (await this.ruleSets.list(ctx)).filter((one) => one.definition.ruleSet !== sound.ruleSet);
    const taken = new Map(others.flatMap((one) => one.definition.rules.map((rule) => [rule.code, one.definition.title] as const)));
    for (const [n, rule] of (Array.isArray(sound.rules) ? sound.rules : []).entries()) {
      const where = taken.get(rule?.code);
      if (where !== undefined) problems.push({ code: 'rule-code-once', path: `/rules/${n}/code（${rule.code}）`, message: `規則の符号「${rule.code}」は「${where}」で使われています。別の符号にしてください。` });
    }
    if (!(await this.ruleSets.list(ctx)).every((one) => one.own || one.definition.ruleSet !== sound.ruleSet)) {
      problems.push({ code: 'rule-set-code-once', path: '/ruleSet', message: `「${String(sound.ruleSet)}」は製品の規則集の符号です。別の符号にしてください。` });
    }
    return problems;
  }

  /** Begins a draft. Throws `Invalid` when the code or version cannot be or is taken, `Refused`. */
  async begin(ctx: Ctx, definition: RuleSetDefinition): Promise<string> {
    mayManage(ctx);
    await oneAtATime(ctx);
    bounded(definition);
    const codes = { code: String(definition.ruleSet ?? ''), setVersion: String(definition.version ?? '') };
    if (!CODE.test(codes.code) || codes.code.length > 60) throw invalid('ruleSet', '規則集の符号を、英小文字で始まる英小文字・数字と、その間のハイフン（2～60字）で入れてください（例：mizuhono-checks）。');
    if (!VERSION.test(codes.setVersion)) throw invalid('version', '版を、年-月（または年-月-日）の形で入れてください（例：2026-04）。');
    if ((await this.ruleSets.list(ctx)).some((one) => !one.own && one.definition.ruleSet === codes.code)) throw invalid('ruleSet', `「${codes.code}」は製品の規則集の符号です。別の符号にしてください。`);
    if ((await scoped(ctx, OwnRuleSet).findOne(codes)) !== null) throw invalid('version', `「${codes.code}」の版「${codes.setVersion}」はもうあります。別の版の名前にしてください。`);
    const id = newId();
    await scoped(ctx, OwnRuleSet).insert({ id, ...codes, state: 'draft', definition, sha256: null, changedAt: ctx.clock.now(), changedByName: ctx.actor.name, version: 1 });
    await record(ctx, { action: 'rule-set-drafted', object: { kind: 'own-rule-set', id }, after: definition });
    return id;
  }

  /** Saves a draft, sound or not; its code and version stay. Throws `Refused`, `Conflict`, `NotFound`, `Invalid`. */
  async save(ctx: Ctx, id: string, seen: number, definition: RuleSetDefinition): Promise<void> {
    mayManage(ctx);
    bounded(definition);
    const before = await this.draft(ctx, id);
    const after = { ...definition, ruleSet: before.code, version: before.setVersion };
    await scoped(ctx, OwnRuleSet).updateSeen(id, seen, { definition: after, changedAt: ctx.clock.now(), changedByName: ctx.actor.name } as never);
    await record(ctx, { action: 'rule-set-drafted', object: { kind: 'own-rule-set', id }, before: before.definition, after });
  }

  /** Freezes a sound draft. Throws `Invalid` with every problem, `Refused`, `Conflict`, `NotFound`. */
  async publish(ctx: Ctx, id: string, seen: number): Promise<void> {
    mayManage(ctx);
    const draft = await this.draft(ctx, id);
    const problems = await this.problems(ctx, draft.definition);
    if (problems.length > 0) throw new Invalid('rule-set-invalid', `公開する前に直すところが${problems.length}件あります。`, problems);
    const sha256 = createHash('sha256').update(JSON.stringify(draft.definition)).digest('hex');
    await scoped(ctx, OwnRuleSet).updateSeen(id, seen, { state: 'published', sha256, changedAt: ctx.clock.now(), changedByName: ctx.actor.name });
    await record(ctx, { action: 'rule-set-published', object: { kind: 'own-rule-set', id }, after: { code: draft.code, version: draft.setVersion, sha256 } });
  }

  /** Throws a draft away. Throws `Refused`, `Conflict`, `NotFound`. */
  async discard(ctx: Ctx, id: string, seen: number): Promise<void> {
    mayManage(ctx);
    const draft = await this.draft(ctx, id);
    if (draft.version !== seen) throw new Conflict('stale', 'ほかの人が先に保存しました。いまの内容を確かめてから、捨てるかどうかを決めてください。', [], { sent: null, current: draft.definition, currentVersion: draft.version });
    await scoped(ctx, OwnRuleSet).delete({ id });
    await record(ctx, { action: 'rule-set-discarded', object: { kind: 'own-rule-set', id }, before: draft.definition });
  }

  private async draft(ctx: Ctx, id: string): Promise<OwnRuleSet> {
    const found = await scoped(ctx, OwnRuleSet).lock(id);
    if (found.state === 'published') throw new Refused('rule-set-published', '公開した規則集は変えられません。新しい版をつくってください。');
    return found;
  }
}

function invalid(path: string, message: string): Invalid {
  return new Invalid('rule-set-invalid', '入力を確かめてください。', [{ code: 'field-invalid', path, message }]);
}

function bounded(definition: unknown): void {
  if (typeof definition !== 'object' || definition === null) throw new NotFound();
  if (JSON.stringify(definition).length > MOST) throw invalid('', `規則集が大きすぎます（${MOST.toLocaleString('ja-JP')}文字まで）。分けてください。`);
}
