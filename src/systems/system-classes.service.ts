import { Injectable } from '@nestjs/common';
import { checkText } from '../engine/answer-texts.js';
import { allows } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Conflict, Invalid, Refused } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { SystemClass, SystemSetting } from './system.entity.js';
import { settingsOf } from './system-settings.js';

/** The classes of an audit of a city; an organisation begins with them and makes the list its own. */
const FIRST_CLASSES: readonly { label: string; external: boolean }[] = [
  { label: '住民情報システム', external: false },
  { label: '財務会計システム', external: false },
  { label: '情報システム課管理・部局運用', external: false },
  { label: '各部局所管', external: false },
  { label: '国・道等外部機関主導', external: true },
];
const LONGEST_LABEL = 60;
const MOST_CLASSES = 50;

export interface ListedClass {
  id: string;
  label: string;
  external: boolean;
  endedOn: string | null;
  version: number;
  /** Systems in it that were not merged away. */
  systems: number;
}

/** 区分: the organisation's own list of classes, and its settings of the register. */
@Injectable()
export class SystemClasses {
  /** In order, ended ones last. The first call of an organisation makes the first five. */
  async list(ctx: Ctx): Promise<ListedClass[]> {
    await this.begin(ctx);
    return ctx.tx.query(
      `select c.id, c.label, c.external, to_char(c.ended_on, 'YYYY-MM-DD') as "endedOn", c.version,
          (select count(*)::int from system s where s.organisation_id = $1 and s.class_id = c.id and s.merged_into_id is null) as systems
         from system_class c where c.organisation_id = $1 order by c.ended_on is not null, c.position, c.label`, [ctx.organisation]);
  }

  /** Those in which a system can be entered. */
  async living(ctx: Ctx): Promise<ListedClass[]> {
    return (await this.list(ctx)).filter((one) => one.endedOn === null);
  }

  /** A class at the end of the list; an ended one of the same name comes back. Throws `Refused`, `Invalid`. */
  async add(ctx: Ctx, input: { label: string; external: boolean }): Promise<string> {
    mustConfigure(ctx);
    await this.begin(ctx);
    await lockClasses(ctx);
    const all = await scoped(ctx, SystemClass).find();
    const label = soundLabel(input.label, all, null);
    if (all.filter((one) => one.endedOn === null).length >= MOST_CLASSES) throw invalid('too-many', `区分は${MOST_CLASSES}件までです。使わないものを終了にしてください。`);
    const position = all.reduce((most, one) => Math.max(most, one.position + 1), 0);
    const ended = all.find((one) => one.label === label);
    const id = ended?.id ?? newId();
    if (ended === undefined) await scoped(ctx, SystemClass).insert({ id, label, external: input.external, position, endedOn: null, version: 1 });
    else await scoped(ctx, SystemClass).updateSeen(id, ended.version, { endedOn: null, position, external: input.external });
    await record(ctx, { action: 'system-class-added', object: objectOf(id), after: { label, external: input.external } });
    return id;
  }

  /** Throws `Refused`, `NotFound`, `Conflict`, `Invalid`. */
  async change(ctx: Ctx, id: string, seen: number, input: { label: string; external: boolean }): Promise<void> {
    mustConfigure(ctx);
    await lockClasses(ctx);
    const before = await scoped(ctx, SystemClass).get(id);
    const label = soundLabel(input.label, await scoped(ctx, SystemClass).find(), id);
    await scoped(ctx, SystemClass).updateSeen(id, seen, { label, external: input.external });
    await record(ctx, { action: 'system-class-changed', object: objectOf(id), before: { label: before.label, external: before.external }, after: { label, external: input.external } });
  }

  /** Every living class once, in its new order, with the version that the page showed. Throws `Refused`, `Conflict`. */
  async reorder(ctx: Ctx, order: readonly { id: string; seen: number }[]): Promise<void> {
    mustConfigure(ctx);
    await lockClasses(ctx);
    const living = (await scoped(ctx, SystemClass).find({}, { position: 'ASC', label: 'ASC' })).filter((one) => one.endedOn === null);
    const byId = new Map(living.map((one) => [one.id, one]));
    if (order.length !== living.length || new Set(order.map((one) => one.id)).size !== living.length || order.some(({ id, seen }) => byId.get(id)?.version !== seen)) {
      throw new Conflict('stale', '区分の一覧は、ほかの人が先に変えました。いまの一覧を見て、もう一度並べてください。', [],
        { sent: order.map((one) => byId.get(one.id)?.label ?? ''), current: living.map((one) => one.label), currentVersion: Math.max(0, ...living.map((one) => one.version)) });
    }
    for (const [position, { id, seen }] of order.entries()) if (byId.get(id)!.position !== position) await scoped(ctx, SystemClass).updateSeen(id, seen, { position });
    await record(ctx, { action: 'system-classes-ordered', object: objectOf(ctx.organisation), before: living.map((one) => one.label), after: order.map((one) => byId.get(one.id)!.label) });
  }

  /** Ends a class in which no system is left. Throws `Refused`, `NotFound`, `Conflict`. */
  async end(ctx: Ctx, id: string, seen: number): Promise<void> {
    mustConfigure(ctx);
    const found = await scoped(ctx, SystemClass).lock(id);
    const systems = (await this.list(ctx)).find((one) => one.id === id)!.systems;
    if (systems > 0) throw new Refused('class-in-use', `区分「${found.label}」にはシステムが${systems}件あります。先にほかの区分へ移してください。`);
    await scoped(ctx, SystemClass).updateSeen(id, seen, { endedOn: ctx.clock.today() });
    await record(ctx, { action: 'system-class-ended', object: objectOf(id), before: { label: found.label }, after: { endedOn: ctx.clock.today() } });
  }

  /** Version 0: nothing was set, the default holds. */
  settings(ctx: Ctx): Promise<{ declarationMonths: number; version: number }> {
    return settingsOf(ctx);
  }

  /** 申告の有効期間. @param seen version of the settings that the page showed. Throws `Refused`, `Invalid`, `Conflict`. */
  async changeSettings(ctx: Ctx, seen: number, input: { declarationMonths: number }): Promise<void> {
    mustConfigure(ctx);
    await lockClasses(ctx);
    const { declarationMonths } = input;
    if (!Number.isInteger(declarationMonths) || declarationMonths < 1 || declarationMonths > 120) throw invalid('number-out-of-range', '申告の有効期間は、1か月から120か月までの整数で入れてください。', 'declarationMonths');
    const before = await settingsOf(ctx);
    if (before.version !== seen) {
      throw new Conflict('stale', '台帳の設定は、ほかの人が先に変えました。いまの設定を確かめて、もう一度保存してください。', [], { sent: input, current: { declarationMonths: before.declarationMonths }, currentVersion: before.version });
    }
    if (seen === 0) await scoped(ctx, SystemSetting).insert({ declarationMonths, version: 1 });
    else await scoped(ctx, SystemSetting).update({ version: seen }, { declarationMonths, version: seen + 1 });
    await record(ctx, { action: 'system-settings-changed', object: { kind: 'organisation', id: ctx.organisation }, before: { declarationMonths: before.declarationMonths }, after: { declarationMonths } });
  }

  private async begin(ctx: Ctx): Promise<void> {
    if ((await scoped(ctx, SystemClass).count()) > 0) return;
    await lockClasses(ctx);
    if ((await scoped(ctx, SystemClass).count()) > 0) return;
    await scoped(ctx, SystemClass).insertMany(FIRST_CLASSES.map((one, position) => ({ id: newId(), ...one, position, endedOn: null, version: 1 })));
  }
}

const objectOf = (id: string): { kind: string; id: string } => ({ kind: 'system-class', id });

async function lockClasses(ctx: Ctx): Promise<void> {
  await ctx.tx.query(`select pg_advisory_xact_lock(hashtextextended('system-class ' || $1, 0))`, [ctx.organisation]);
}

function mustConfigure(ctx: Ctx): void {
  if (!allows(ctx.actor.grants, 'system.configure')) throw new Refused('not-allowed', '台帳の区分と申告の期限を決める権限がありません。システム管理者に頼んでください。');
}

/** @param self id of the class that gets the label; null for a new one, which may take up the label of an ended class */
function soundLabel(given: string, all: readonly SystemClass[], self: string | null): string {
  const label = given.normalize('NFC').replace(/\s+/gu, ' ').trim();
  if (label === '') throw invalid('field-invalid', `区分の名前を1～${LONGEST_LABEL}字で入れてください。`);
  checkText(label, LONGEST_LABEL, (code, message) => {
    throw invalid(code, `区分の名前：${message}`);
  });
  const same = all.find((one) => one.label === label && one.id !== self);
  if (same !== undefined && (same.endedOn === null || self !== null)) throw invalid('class-once', `「${label}」という区分が${same.endedOn === null ? 'もうあります' : '終了した区分にあります'}。別の名前にしてください。`);
  return label;
}

const invalid = (code: string, message: string, path = 'label'): Invalid => new Invalid(code, message, [{ code, path, message }]);
