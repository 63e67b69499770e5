/** 措置通知 for its pages: plain data. */
import { IsOptional, Matches } from 'class-validator';
import type { ActionNotices, NoticeChoice, NoticePage } from '../../findings/action-notices.service.js';
import type { CorrectiveAction } from '../../findings/corrective-action.entity.js';
import { stateOf } from '../../findings/corrective-action.transitions.js';
import type { FindingSettingsFound } from '../../findings/finding-settings.service.js';
import type { Problem } from '../../kernel/errors.js';
import type { ConflictField, Hidden } from '../administration/conflict-page.js';
import { CHOOSE } from '../input-words.js';
import { NOTICE_WORDS } from './action-view.js';
import { stateChip } from './board-view.js';
import type { NoticeInput } from './inputs.js';

export class NewNoticeQuery {
  /** `<audit>.<department>.<recommended>`. */
  @IsOptional() @Matches(/^([0-9a-f-]{36}\.[0-9a-f-]{36}\.(yes|no))?$/, CHOOSE) of?: string;
}

export const choiceKey = ({ auditId, departmentId, recommended }: NoticeChoice): string => `${auditId}.${departmentId}.${recommended ? 'yes' : 'no'}`;

export interface NoticeForm {
  form: 'items' | 'notify' | 'receive' | 'give-back' | 'discard' | null;
  values: Record<string, string>;
  input: NoticeInput | null;
}

export function noticeListView(found: Awaited<ReturnType<ActionNotices['list']>>, mayWrite: boolean): object {
  return {
    mayWrite,
    rows: found.map(({ notice, theme, department, items }) => ({ href: `/notices/${notice.id}`, theme, department, items, on: notice.notifiedOn ?? '', received: notice.receivedOn ?? '', ...NOTICE_WORDS[notice.status]! })),
  };
}

interface NewAround {
  names: ReadonlyMap<string, string>;
  input: NoticeInput | null;
  problems: readonly Problem[];
  settings: FindingSettingsFound;
  news: ReadonlyMap<string, News>;
}

export interface News {
  /** Of the last progress. */
  text: string;
  /** Was there any progress since the last notice? Null: it stood in none. */
  since: boolean | null;
}

export function choicesView(choices: readonly NoticeChoice[], chosen: NoticeChoice | null, { names, input, problems, settings, news }: NewAround): object {
  const told = (one: NoticeChoice): string => `${one.theme}　${names.get(one.departmentId) ?? ''}${one.recommended ? '（勧告に基づく措置）' : ''}　${one.actions.length}件`;
  return {
    choices: choices.map((one) => ({ key: choiceKey(one), href: `/notices/new?of=${choiceKey(one)}`, label: told(one) })), label: chosen === null ? '' : told(chosen),
    lines: (chosen?.actions ?? []).map((action) => lineOf(action, settings, input === null
      // What has moved since it was begun, or since it was told of, is what there is to tell.
      ? { chosen: news.get(action.id)?.since ?? stateOf(settings.scheme, action.proposed ?? action.state).phase !== 'waiting', text: news.get(action.id)?.text ?? '' }
      : typedOf(input, action.id), problems)),
    problems: problems.map((one) => ({ message: one.message, href: one.path === 'items' ? '#items' : `#${one.path}` })),
  };
}

const typedOf = ({ shown = [], chosen = [], text = [] }: NoticeInput, id: string) => ({ chosen: chosen.includes(id), text: text[shown.indexOf(id)] ?? '' });

function lineOf(action: CorrectiveAction, { scheme }: FindingSettingsFound, { chosen, text }: { chosen: boolean; text: string }, problems: readonly Problem[]): object {
  return { id: action.id, number: action.number, title: action.title, state: stateChip(stateOf(scheme, action.proposed ?? action.state)), chosen, text, error: problems.find((one) => one.path === `text-${action.id}`)?.message ?? '' };
}

export function noticeView({ notice, theme, department, recommended, items, may }: NoticePage, typed: NoticeForm, around: { today: string; basis: string; settings: FindingSettingsFound; problems: readonly Problem[] }): object {
  const { scheme } = around.settings;
  const { input, form, values } = typed;
  const error = (path: string): string => around.problems.find((one) => one.path === path)?.message ?? '';
  const fields = ['notifiedOn', 'receivedOn', 'reason', 'items', ...items.map(({ action }) => `text-${action.id}`)];
  return {
    id: notice.id, version: String(notice.version), theme, department, basis: around.basis, recommended, status: NOTICE_WORDS[notice.status]!, notifiedOn: notice.notifiedOn ?? '', receivedOn: notice.receivedOn ?? '',
    draft: notice.status === 'draft' && may.write, toReceive: notice.status === 'notified' && may.receive, sent: notice.status === 'notified' && !may.receive,
    items: items.map(({ action, text, state, subject }) => ({
      ...lineOf(action, around.settings, input === null ? { chosen: true, text } : typedOf(input, action.id), around.problems), href: `/actions/${action.id}`, subject, then: stateChip(stateOf(scheme, notice.status === 'draft' ? (action.proposed ?? action.state) : state)),
    })),
    values: { notifiedOn: values.notifiedOn ?? around.today, receivedOn: values.receivedOn ?? around.today, reason: values.reason ?? '' }, errors: { notifiedOn: error('notifiedOn'), receivedOn: error('receivedOn'), reason: error('reason') },
    openGiveBack: form === 'give-back', problems: around.problems.map((one) => ({ message: one.message, href: fields.includes(one.path) ? `#${one.path}` : '#main' })),
  };
}

/** Line by line; which actions are chosen goes along unseen. */
export function noticeConflict({ shown = [], chosen = [], text = [] }: NoticeInput, now: NoticePage): { fields: ConflictField[]; hidden: Hidden[] } {
  const theirs = new Map(now.items.map((one) => [one.action.id, one]));
  const fields = shown.map((id, n): ConflictField => {
    const there = theirs.get(id);
    const mine = chosen.includes(id) ? (text[n] ?? '') : '';
    return { name: 'text', label: there === undefined ? '通知から外された措置' : `措置${there.action.number}　${there.action.title}`, mine: text[n] ?? '', theirs: there?.text ?? '', mineText: chosen.includes(id) ? mine : '（通知に入れない）', theirsText: there?.text ?? '（通知に入れない）' };
  });
  return { fields, hidden: [...shown.map((value) => ({ name: 'shown', value })), ...chosen.map((value) => ({ name: 'chosen', value }))] };
}
