import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Audit } from '../audits/audit.entity.js';
import { InputChecking } from '../audits/input-checking.js';
import { basisFor } from '../audits/legal-bases.js';
import { formatEra } from '../engine/dates.js';
import { allows, reachOf } from '../identity/permissions.js';
import { Department } from '../identity/organisation.entity.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, NotFound, Refused } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { mustBeAsSeen, saveNext } from '../kernel/seen.js';
import { entryOf, printed, subjectOf } from './action-access.js';
import { openQuestion } from './action-asked.js';
import { ActionEntry, ActionNotice, ActionNoticeItem, CorrectiveAction } from './corrective-action.entity.js';
import { takeOutOfDrafts } from './corrective-actions.service.js';
import { FindingSettings } from './finding-settings.service.js';
import { printedIn } from './subject-texts.js';

export interface NoticeItemText {
  actionId: string;
  /** 措置の内容. */
  text: string;
}

export interface NoticePage {
  notice: ActionNotice;
  theme: string;
  department: string;
  /** 勧告に基づく措置 (15項). */
  recommended: boolean;
  items: { action: CorrectiveAction; text: string; state: string; subject: string }[];
  may: { write: boolean; receive: boolean };
}

/** Actions that one notice may carry: of one department and audit, under one paragraph. */
export interface NoticeChoice {
  auditId: string;
  theme: string;
  departmentId: string;
  recommended: boolean;
  actions: CorrectiveAction[];
}

const objectOf = (id: string) => ({ kind: 'action-notice', id });
const NAME = '措置通知';

/** 措置通知: what a department tells the auditors it did (地方自治法199条14項; 15項 for what it was recommended to do). */
@Injectable()
export class ActionNotices {
  constructor(private readonly settings: FindingSettings) {}

  /** As far as the person’s grants reach, newest first. */
  async list(ctx: Ctx, where: { auditId?: string; status?: ActionNotice['status'] } = {}): Promise<{ notice: ActionNotice; theme: string; department: string; items: number }[]> {
    const reach = reachOf(ctx.actor.grants, 'action.read');
    if (reach !== 'all' && reach.size === 0) return [];
    const found = await scoped(ctx, ActionNotice).find({ ...where, ...(reach === 'all' ? {} : { departmentId: In([...reach]) }) }, { changedAt: 'DESC', id: 'ASC' });
    // A draft belongs to the department alone.
    const notices = found.filter((one) => one.status !== 'draft' || allows(ctx.actor.grants, 'action.write', one.departmentId));
    const audits = new Map((notices.length === 0 ? [] : await scoped(ctx, Audit).find({ id: In(notices.map((one) => one.auditId)) })).map((one) => [one.id, one.theme]));
    const departments = new Map((await scoped(ctx, Department).find()).map((one) => [one.id, one.name]));
    const counts: { id: string; n: number }[] = await ctx.tx.query('select notice_id as id, count(*)::int as n from action_notice_item where organisation_id = $1 and notice_id = any($2) group by notice_id', [ctx.organisation, notices.map((one) => one.id)]);
    return notices.map((notice) => ({ notice, theme: audits.get(notice.auditId) ?? '', department: departments.get(notice.departmentId) ?? '', items: counts.find((one) => one.id === notice.id)?.n ?? 0 }));
  }

  /** Throws `NotFound`, also for a draft of others. */
  async get(ctx: Ctx, id: string): Promise<NoticePage> {
    const notice = visible(ctx, await scoped(ctx, ActionNotice).get(id));
    const stored = await scoped(ctx, ActionNoticeItem).find({ noticeId: id });
    const actions = new Map((stored.length === 0 ? [] : await scoped(ctx, CorrectiveAction).find({ id: In(stored.map((one) => one.actionId)) })).map((one) => [one.id, one]));
    const print = await printedIn(ctx, notice.auditId, await this.settings.of(ctx));
    const items: NoticePage['items'] = [];
    for (const { actionId, text, state } of stored) {
      const action = actions.get(actionId)!;
      items.push({ action, text, state, subject: printed(await subjectOf(ctx, action), print).title });
    }
    return {
      notice, theme: (await scoped(ctx, Audit).get(notice.auditId)).theme, department: (await scoped(ctx, Department).get(notice.departmentId)).name,
      recommended: await this.recommended(ctx, [...actions.values()]), items: items.sort((a, b) => a.action.number - b.action.number),
      may: { write: allows(ctx.actor.grants, 'action.write', notice.departmentId), receive: allows(ctx.actor.grants, 'action.follow') },
    };
  }

  /** What the person’s departments could tell about now; what stands in a draft of theirs is left out. */
  async choices(ctx: Ctx): Promise<NoticeChoice[]> {
    const reach = reachOf(ctx.actor.grants, 'action.write');
    if (reach !== 'all' && reach.size === 0) return [];
    const rows: { id: string; recommended: boolean; theme: string }[] = await ctx.tx.query(
      `select action.id, audit.theme, coalesce(improvement.kind = 'recommendation', false) as recommended from corrective_action action
         join audit on audit.organisation_id = $1 and audit.id = action.audit_id
         left join improvement on improvement.organisation_id = $1 and improvement.id = action.improvement_id
        where action.organisation_id = $1 and ($2::uuid[] is null or action.department_id = any($2))
          and not exists (select from action_notice_item item join action_notice notice on notice.organisation_id = $1 and notice.id = item.notice_id
                           where item.organisation_id = $1 and item.action_id = action.id and notice.status in ('draft', 'notified'))
        order by audit.fiscal_year desc, audit.id, action.number`,
      [ctx.organisation, reach === 'all' ? null : [...reach]]);
    const actions = new Map((rows.length === 0 ? [] : await scoped(ctx, CorrectiveAction).find({ id: In(rows.map((one) => one.id)) })).map((one) => [one.id, one]));
    const groups = new Map<string, NoticeChoice>();
    for (const { id, theme, recommended } of rows) {
      const action = actions.get(id)!;
      const key = `${action.auditId} ${action.departmentId} ${recommended}`;
      const group = groups.get(key) ?? { auditId: action.auditId, theme, departmentId: action.departmentId, recommended, actions: [] };
      group.actions.push(action);
      groups.set(key, group);
    }
    return [...groups.values()];
  }

  /** Begins a notice. Throws `NotFound`, `Refused`, `Invalid`. */
  async draft(ctx: Ctx, items: readonly NoticeItemText[]): Promise<string> {
    const actions = await this.sound(ctx, items, false);
    const [first] = actions as [CorrectiveAction];
    if (!allows(ctx.actor.grants, 'action.write', first.departmentId)) throw new Refused('not-allowed', '措置通知は、責任を持つ課が作ります。');
    await mustBeFree(ctx, actions, null);
    const id = newId();
    const basis = await this.basis(ctx, actions, ctx.clock.today());
    await scoped(ctx, ActionNotice).insert({ id, auditId: first.auditId, departmentId: first.departmentId, basis, notifiedOn: null, receivedOn: null, status: 'draft', reportId: null, changedAt: ctx.clock.now(), changedByName: ctx.actor.name, version: 1 });
    await this.store(ctx, id, items, actions);
    await record(ctx, { action: 'notice-drafted', object: objectOf(id), after: { basis, items: textsOf(items) } });
    return id;
  }

  /** Throws as `draft`, and `Conflict`. */
  async change(ctx: Ctx, id: string, seen: number, items: readonly NoticeItemText[]): Promise<void> {
    const notice = await this.lock(ctx, id, 'draft');
    const before = (await scoped(ctx, ActionNoticeItem).find({ noticeId: id })).map(({ actionId, text }) => ({ actionId, text }));
    mustBeAsSeen(notice, NAME, seen, textsOf(items), textsOf(before));
    const actions = await this.sound(ctx, items, false);
    if (actions.some((one) => one.auditId !== notice.auditId || one.departmentId !== notice.departmentId)) throw mixed();
    await mustBeFree(ctx, actions, id);
    const basis = await this.basis(ctx, actions, ctx.clock.today());
    await this.store(ctx, id, items, actions);
    await saveNext(ctx, ActionNotice, notice, { basis });
    await record(ctx, { action: 'notice-changed', object: objectOf(id), before: { items: textsOf(before) }, after: { items: textsOf(items) } });
  }

  /** 通知する: the paragraph is that of the day; every item tells what was done. Throws as `change`. */
  async notify(ctx: Ctx, id: string, seen: number, notifiedOn: string): Promise<void> {
    const notice = await this.lock(ctx, id, 'draft');
    mustBeAsSeen(notice, NAME, seen, { notifiedOn }, { notifiedOn: notice.notifiedOn });
    const items = (await scoped(ctx, ActionNoticeItem).find({ noticeId: id })).map(({ actionId, text }) => ({ actionId, text }));
    const actions = await this.sound(ctx, items, true);
    const day = this.day(ctx, 'notifiedOn', '通知した日', notifiedOn, (await subjectOf(ctx, actions[0]!)).foundOn, '監査の結果が決まった日');
    const basis = await this.basis(ctx, actions, day);
    await this.store(ctx, id, items, actions);
    await saveNext(ctx, ActionNotice, notice, { status: 'notified', notifiedOn: day, basis });
    for (const { actionId, text } of items) {
      await scoped(ctx, ActionEntry).insert({ ...entryOf(ctx, actionId, { kind: 'notified', text, fiscalYear: await openQuestion(ctx, actionId) }), madeOn: day });
    }
    await record(ctx, { action: 'notice-sent', object: objectOf(id), before: { status: 'draft' }, after: { status: 'notified', notifiedOn: day, basis } });
  }

  /** The auditors have it. Throws `NotFound`, `Refused`, `Invalid`, `Conflict`. */
  async receive(ctx: Ctx, id: string, seen: number, receivedOn: string): Promise<void> {
    const notice = await this.lock(ctx, id, 'notified');
    mustBeAsSeen(notice, NAME, seen, { receivedOn }, { receivedOn: notice.receivedOn });
    const day = this.day(ctx, 'receivedOn', '受け取った日', receivedOn, notice.notifiedOn!, '通知した日');
    await saveNext(ctx, ActionNotice, notice, { status: 'received', receivedOn: day });
    await record(ctx, { action: 'notice-received', object: objectOf(id), before: { status: 'notified' }, after: { status: 'received', receivedOn: day } });
  }

  /** Back to the department, which mends it and sends it anew; without what another department answers for by now. Throws as `receive`. */
  async giveBack(ctx: Ctx, id: string, seen: number, reason: string): Promise<void> {
    const notice = await this.lock(ctx, id, 'notified');
    mustBeAsSeen(notice, NAME, seen, { reason }, { reason: '' });
    const checking = new InputChecking();
    const told = checking.text('reason', '差し戻す理由', reason, { need: true });
    checking.done();
    await saveNext(ctx, ActionNotice, notice, { status: 'draft', notifiedOn: null });
    await record(ctx, { action: 'notice-given-back', object: objectOf(id), before: { status: 'notified' }, after: { status: 'draft' }, comment: told });
    for (const actionId of (await scoped(ctx, ActionNoticeItem).find({ noticeId: id })).map((one) => one.actionId).sort()) {
      const action = await scoped(ctx, CorrectiveAction).lock(actionId, 'shared-key');
      await scoped(ctx, ActionEntry).insert(entryOf(ctx, actionId, { kind: 'notified', text: `措置通知を差し戻した。${told}` }));
      if (action.departmentId !== notice.departmentId) await takeOutOfDrafts(ctx, { id: actionId, departmentId: notice.departmentId });
    }
  }

  /** Throws `NotFound`, `Refused`, `Conflict`. */
  async discard(ctx: Ctx, id: string, seen: number): Promise<void> {
    const notice = await this.lock(ctx, id, 'draft');
    mustBeAsSeen(notice, NAME, seen, null, null);
    const before = textsOf(await scoped(ctx, ActionNoticeItem).find({ noticeId: id }));
    await scoped(ctx, ActionNotice).delete({ id });
    await record(ctx, { action: 'notice-discarded', object: objectOf(id), before: { items: before } });
  }

  private async lock(ctx: Ctx, id: string, status: 'draft' | 'notified'): Promise<ActionNotice> {
    const notice = visible(ctx, await scoped(ctx, ActionNotice).lock(id));
    if (status === 'draft' && !allows(ctx.actor.grants, 'action.write', notice.departmentId)) throw new Refused('not-allowed', '措置通知は、責任を持つ課が書きます。');
    if (status === 'notified' && !allows(ctx.actor.grants, 'action.follow')) throw new Refused('not-allowed', '措置通知を受け取るのは、監査事務局です。');
    if (notice.status === status) return notice;
    throw new Refused('notice-status', status === 'draft' ? 'この措置通知はもう出しています。直すときは、監査事務局に差戻しを頼んでください。' : 'この措置通知は、いまは受け取りや差戻しができません。画面を読み込み直してください。');
  }

  /** The actions in the order of the items. @param whole every text must be there */
  private async sound(ctx: Ctx, items: readonly NoticeItemText[], whole: boolean): Promise<CorrectiveAction[]> {
    const checking = new InputChecking();
    if (items.length === 0) checking.wrong('items', 'items-missing', '通知する措置を1つ以上選んでください。');
    for (const { actionId, text } of items) checking.text(`text-${actionId}`, '措置の内容', text, { need: whole });
    checking.done();
    const actions: CorrectiveAction[] = [];
    for (const { actionId } of items) actions.push(await scoped(ctx, CorrectiveAction).get(actionId));
    const reach = reachOf(ctx.actor.grants, 'action.read');
    if (reach !== 'all' && actions.some((one) => !reach.has(one.departmentId))) throw new NotFound();
    const [first] = actions as [CorrectiveAction];
    if (new Set(actions.map((one) => one.id)).size !== actions.length || actions.some((one) => one.auditId !== first.auditId || one.departmentId !== first.departmentId)) throw mixed();
    return actions;
  }

  /** Throws `Refused` where a recommendation stands beside other things: they are told under different paragraphs. */
  private async basis(ctx: Ctx, actions: readonly CorrectiveAction[], day: string): Promise<string> {
    const found = basisFor((await this.recommended(ctx, actions)) ? 'recommended-measure' : 'measure', day);
    if (found === null) throw new Refused('basis-missing', `${formatEra(day)}の地方自治法には、この通知の根拠になる項がありません。日付を確かめてください。`);
    return found.code;
  }

  private async recommended(ctx: Ctx, actions: readonly CorrectiveAction[]): Promise<boolean> {
    const kinds = new Set<boolean>();
    for (const action of actions) kinds.add((await subjectOf(ctx, action)).recommendation);
    if (kinds.size > 1) throw new Invalid('paragraphs-mixed', '勧告に基づく措置（第15項）と、そのほかの措置（第14項）は、通知を分けてください。', [{ code: 'paragraphs-mixed', path: 'items', message: '勧告に基づく措置（第15項）と、そのほかの措置（第14項）は、通知を分けてください。' }]);
    return kinds.has(true);
  }

  private async store(ctx: Ctx, noticeId: string, items: readonly NoticeItemText[], actions: readonly CorrectiveAction[]): Promise<void> {
    await scoped(ctx, ActionNoticeItem).delete({ noticeId });
    await scoped(ctx, ActionNoticeItem).insertMany(items.map(({ actionId, text }, n) => ({ id: newId(), noticeId, actionId, text: text.trim(), state: actions[n]!.proposed ?? actions[n]!.state })));
  }

  private day(ctx: Ctx, path: string, label: string, value: string, earliest: string, earliestLabel: string): string {
    const checking = new InputChecking();
    const day = checking.day(path, label, value, { need: true });
    if (day !== null && day > ctx.clock.today()) checking.wrong(path, 'day-ahead', `「${label}」（${formatEra(day)}）が今日より先です。今日までの日を入れてください。`);
    if (day !== null && day < earliest) checking.wrong(path, 'day-before', `「${label}」（${formatEra(day)}）が、${earliestLabel}（${formatEra(earliest)}）より前です。`);
    checking.done();
    return day!;
  }
}

const textsOf = (items: readonly NoticeItemText[]) => items.map(({ actionId, text }) => ({ actionId, text: text.trim() }));
const mixed = (): Invalid => new Invalid('notice-mixed', '1つの通知には、同じ監査の、同じ課の措置だけを、1度ずつ入れてください。', [{ code: 'notice-mixed', path: 'items', message: '1つの通知には、同じ監査の、同じ課の措置だけを、1度ずつ入れてください。' }]);

/** Until it was received, an action stands in one notice alone. Throws `Invalid` with links. @param noticeId the one that it may stand in */
async function mustBeFree(ctx: Ctx, actions: readonly CorrectiveAction[], noticeId: string | null): Promise<void> {
  for (const id of actions.map((one) => one.id).sort()) await scoped(ctx, CorrectiveAction).lock(id, 'shared-key');
  const taken: { number: number; notice: string }[] = await ctx.tx.query(
    `select action.number, notice.id as notice from action_notice_item item join action_notice notice on notice.organisation_id = $1 and notice.id = item.notice_id join corrective_action action on action.organisation_id = $1 and action.id = item.action_id
      where item.organisation_id = $1 and item.action_id = any($2) and notice.status in ('draft', 'notified') and ($3::uuid is null or notice.id <> $3) order by action.number`, [ctx.organisation, actions.map((one) => one.id), noticeId]);
  if (taken.length === 0) return;
  throw new Invalid('action-in-notice', 'ほかの措置通知に入っている措置があります。', taken.map(({ number, notice }) => ({ code: 'action-in-notice', path: 'items', message: `措置${number}は、まだ受け取られていないほかの措置通知に入っています。その通知を直すか、外してください。`, href: `/notices/${notice}` })));
}

function visible(ctx: Ctx, notice: ActionNotice): ActionNotice {
  const reach = reachOf(ctx.actor.grants, 'action.read');
  if (notice.status === 'draft' ? allows(ctx.actor.grants, 'action.write', notice.departmentId) : reach === 'all' || reach.has(notice.departmentId)) return notice;
  throw new NotFound();
}
