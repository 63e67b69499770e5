/** What happened to a declaration, as a person reads it. Pure. */
import { formatEra } from '../engine/dates.js';
import type { CompiledItem } from '../engine/form-index.js';
import type { AnswerValue } from '../engine/form.js';
import type { JournalEntry } from '../kernel/journal.js';
import type { EvidenceFile } from './evidence-files.js';
import { valueText } from './register-values.js';

/** What the journal keeps of a declaration, before and after a change. */
export interface DeclarationSnapshot {
  value: AnswerValue;
  note: string;
  declaredOn: string;
  approvedBy?: string | null;
  /** Version before the change. */
  version?: number;
  /** Name of the system from which it was copied. */
  copiedFrom?: string;
  /** Evidence that went with it. */
  evidence?: { fileName: string; sha256: string }[];
  /** The file that was added or removed. */
  file?: Pick<EvidenceFile, 'fileName' | 'mediaType' | 'size' | 'sha256'>;
}

/** Verbs of the journal about declarations, and what they are called. */
export const DECLARATION_ACTIONS = {
  'declaration-made': '申告',
  'declaration-changed': '申告の変更',
  'declaration-renewed': '再確認',
  'declaration-copied': '写し',
  'declaration-withdrawn': '申告の取消し',
  'declaration-approved': '承認',
  'declaration-returned': '差戻し',
  'declaration-evidence-added': '証拠の追加',
  'declaration-evidence-removed': '証拠の削除',
} as const;
export type DeclarationAction = keyof typeof DECLARATION_ACTIONS;

export interface DeclarationEvent {
  /** Number in the journal. */
  number: number;
  /** ISO instant. */
  at: string;
  by: string;
  action: string;
  /** The same in Japanese. */
  what: string;
  /** One or more sentences without the person: `「端末ごと」を「利用者ごと」に改めた。`. */
  words: string;
  comment: string | null;
}

export function eventOf(control: Pick<CompiledItem, 'item' | 'options'>, entry: JournalEntry): DeclarationEvent {
  const what = Object.hasOwn(DECLARATION_ACTIONS, entry.action) ? DECLARATION_ACTIONS[entry.action as DeclarationAction] : entry.action;
  return { number: entry.number, at: entry.at, by: entry.actor.name, action: entry.action, what, words: wordsOf(control, entry), comment: entry.comment ?? null };
}

function wordsOf(control: Pick<CompiledItem, 'item' | 'options'>, entry: JournalEntry): string {
  const [was, is] = [(entry.before ?? null) as DeclarationSnapshot | null, (entry.after ?? null) as DeclarationSnapshot | null];
  const said = (one: DeclarationSnapshot): string => `「${valueText(control, one.value)}」`;
  const tail = lostApproval(was, is) ? '承認は外れた。' : '';
  const file = (is?.file ?? was?.file)?.fileName;
  if (file !== undefined) return `証拠「${file}」を${is?.file === undefined ? '外した' : '付けた'}。${tail}`;
  if (is === null) return was === null ? '' : `${said(was)}の申告を取り消した。${evidenceWords(was)}`;
  if (entry.action === 'declaration-approved') return `${said(is)}の申告を承認した。`;
  if (entry.action === 'declaration-returned') return `${said(is)}の申告を差し戻した。${tail}`;
  if (entry.action === 'declaration-renewed') return `${said(is)}のままであることを確かめ、申告の日を${formatEra(is.declaredOn)}とした。`;
  return declaredWords(was, is, said, tail);
}

function lostApproval(was: DeclarationSnapshot | null, is: DeclarationSnapshot | null): boolean {
  return typeof was?.approvedBy === 'string' && is !== null && typeof is.approvedBy !== 'string';
}

function declaredWords(was: DeclarationSnapshot | null, is: DeclarationSnapshot, said: (one: DeclarationSnapshot) => string, tail: string): string {
  const from = is.copiedFrom === undefined ? '' : `「${is.copiedFrom}」から写して、`;
  const day = `（${formatEra(is.declaredOn)}）`;
  const note = is.note === '' || was?.note === is.note ? '' : `説明：${is.note}`;
  if (was === null) return `${from}${said(is)}と申告した${day}。${note}`;
  const [before, after] = [said(was), said(is)];
  return `${from}${before === after ? `${after}のまま説明を改めた` : `${before}を${after}に改めた`}${day}。${tail}${note}`;
}

function evidenceWords({ evidence = [] }: DeclarationSnapshot): string {
  return evidence.length === 0 ? '' : `証拠${evidence.length}件（${evidence.map((one) => one.fileName).join('、')}）も外れた。`;
}
