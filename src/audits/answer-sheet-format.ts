/** What an answer sheet consists of, for the one who writes it and the one who reads it back. Pure. */
import { createHash } from 'node:crypto';
import type { CompiledForm } from '../engine/form-index.js';
import type { Address, AnswerValue, Code, Row } from '../engine/form.js';
import { canonical } from './answer-rows.js';

/** Names of the sheets, and where things stand in them; the reader goes by these. */
export const SHEETS = { answers: '回答票', check: '照合用', options: '選択肢' } as const;
export const COLUMNS = { key: 1, number: 2, question: 3, label: 4, answer: 5 } as const;
export const HEADINGS = ['番号', '設問', '欄', '回答'] as const;
export const SHEET_FORMAT = 'tenken-answer-sheet-1';
/** Keys of lines that are no answers begin with this. */
export const FIXED_LINE = '#';

export interface AnswerSheet {
  responseId: string;
  title: string;
  purpose: string;
  department: string;
  system: string | null;
  /** ISO days. */
  dueOn: string;
  referenceOn: string | null;
  definitionHash: string;
  form: CompiledForm;
  rows: readonly Row[];
  /** By address. */
  answers: ReadonlyMap<Address, { value: AnswerValue | null; version: number; prefilledFrom: string | null }>;
  returnedReason: string | null;
  returnedItems: readonly Code[];
}

/** Says whether an answer is still what the sheet showed; hex. */
export const answerHash = (value: AnswerValue | null): string => createHash('sha256').update(JSON.stringify(sorted(canonical(value)))).digest('hex').slice(0, 32);

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]));
}

/** `_x0041_` in a text would be read as a character (ECMA-376 part 1, 22.9.2.19). */
export const escaped = (text: string): string => text.replace(/_(?=x[0-9A-Fa-f]{4}_)/gu, '_x005F_');
