import type { AnswerValue } from '../engine/form.js';
import { formatEra } from '../engine/dates.js';
import type { Ctx } from '../kernel/ctx.js';
import { history, type JournalEntry } from '../kernel/journal.js';
import type { Catalogue } from './catalogue.js';
import { declarationPath } from './declaration-access.js';
import { eventOf } from './declaration-words.js';
import { valueText } from './register-values.js';
import { objectOf, readSystem } from './system-access.js';

/** What an entry of the journal is called on a page. */
const WHAT: Readonly<Record<string, string>> = {
  'system-added': '台帳に追加',
  'system-changed': '変更',
  'system-merged': '重複を統合',
  'system-merged-into': 'ほかのシステムへ統合',
  'assessment-linked': '評価書と結び付けた',
  'assessment-unlinked': '評価書との結び付きを外した',
};

const DECLARATION = declarationPath('');

/** Fields that are no items of the register, by their place in the journal. */
export const FIELD_NAMES: Readonly<Record<string, string>> = {
  kind: '種類', name: '名称', number: '番号', class: '区分', department: '所管課', uses: '利用する部署', contracts: '委託契約', inheritance: '統制の引継ぎ',
};
export const KIND_NAMES: Readonly<Record<string, string>> = { system: 'システム', platform: '共通基盤' };

export interface SystemChange {
  /** Number in the journal. */
  number: number;
  /** ISO instant. */
  at: string;
  by: string;
  /** Verb of the journal, e.g. `system-changed`. */
  action: string;
  /** The same in Japanese. */
  what: string;
  /** Place in the journal: a field, `register/<item>`, `declaration/<control>`; null for the whole system. */
  path: string | null;
  fieldName: string | null;
  /** In words; blank: nothing was there. Several lines for lists. */
  before: string;
  after: string;
  comment: string | null;
  /** Of declarations: what happened, in a sentence; they have no `before` and `after` here. */
  words: string | null;
}

/** Everything that happened to a system and its declarations, newest first; of one field only when `path` is given. Throws `NotFound`, `Refused`. */
export async function historyOf(ctx: Ctx, catalogue: Catalogue, systemId: string, options: { path?: string; limit?: number } = {}): Promise<SystemChange[]> {
  await readSystem(ctx, systemId);
  return (await history(ctx, objectOf(systemId), options)).map((entry) => changeOf(catalogue, entry));
}

function changeOf(catalogue: Catalogue, entry: JournalEntry): SystemChange {
  const path = entry.path ?? null;
  if (path?.startsWith(DECLARATION) === true) return declarationChange(catalogue, entry, path);
  const told = textFor(catalogue, path);
  return {
    number: entry.number, at: entry.at, by: entry.actor.name, action: entry.action, what: WHAT[entry.action] ?? entry.action,
    path, fieldName: told.name, before: told.text(entry.before), after: told.text(entry.after), comment: entry.comment ?? null, words: null,
  };
}

function declarationChange(catalogue: Catalogue, entry: JournalEntry, path: string): SystemChange {
  const code = path.slice(DECLARATION.length);
  const control = catalogue.controls.byCode.get(code);
  const event = control === undefined ? null : eventOf(control, entry);
  return {
    number: entry.number, at: entry.at, by: entry.actor.name, action: entry.action, what: event?.what ?? entry.action,
    path, fieldName: control?.item.label ?? code, before: '', after: '', comment: entry.comment ?? null, words: event?.words ?? null,
  };
}

interface Told { name: string | null; text: (value: unknown) => string }

function textFor(catalogue: Catalogue, path: string | null): Told {
  if (path === null) return { name: null, text: wholeText };
  if (Object.hasOwn(FIELD_NAMES, path)) return { name: FIELD_NAMES[path]!, text: (value) => fieldText(path, value) };
  const code = path.slice(path.indexOf('/') + 1);
  const item = catalogue.register.byCode.get(code);
  return item === undefined ? { name: code, text: wholeText } : { name: item.item.label, text: (value) => valueText(item, value as AnswerValue | null | undefined) };
}

function wholeText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return String(value);
  return 'name' in value && typeof value.name === 'string' ? value.name : '';
}

export function fieldText(path: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (path === 'kind') return KIND_NAMES[String(value)] ?? String(value);
  if (Array.isArray(value)) return value.map((one: Record<string, unknown>) => lineText(path, one)).join('\n');
  if (typeof value === 'object') return String((value as { label?: string; name?: string }).label ?? (value as { name?: string }).name ?? '');
  return String(value);
}

function lineText(path: string, line: Record<string, unknown>): string {
  if (path === 'uses') return [line.department, line.sections === null ? '課数不明' : `${String(line.sections)}課`, line.terminals === null ? '台数不明' : `${String(line.terminals)}台`].join('　');
  if (path === 'inheritance') return String(line.name);
  const clause = line.personalInformationClause === null ? '個人情報の条項は不明' : line.personalInformationClause === true ? '個人情報の条項あり' : '個人情報の条項なし';
  const days = line.beginsOn === null && line.endsOn === null ? '' : `${formatEra(String(line.beginsOn ?? ''))}～${formatEra(String(line.endsOn ?? ''))}`;
  return [line.title, line.contractor, clause, days].filter((one) => one !== '').map(String).join('　');
}
