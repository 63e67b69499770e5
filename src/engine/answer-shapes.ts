/** The shapes of answers by item kind, of rows, and of all that a person entered in one document. */
import type { Code } from './form.js';

/** Answer values by item kind. All are plain JSON; absent answers are simply not there. */
export type TextAnswer = string;
export type NumberAnswer = number;
/** ISO date `YYYY-MM-DD`. */
export type DateAnswer = string;
/** Ends are ISO dates or null; `text` holds what could not be read as dates. */
export interface DateRangeAnswer { from: string | null; to: string | null; text?: string }
export interface ChoiceAnswer { choice: Code; count?: number; text?: string }
export interface ChecksAnswer { checked: Code[]; texts?: Record<Code, string>; counts?: Record<Code, number> }
export type TableAnswer = Record<Code, string>[];
export type TextListAnswer = string[];
/** One list under each heading; `number` is what the document prints before the name, null where it prints none. */
export interface RecordListAnswer { lists: { heading: string; records: { number: number | null; name: string }[] }[] }
/** `image` is the SHA-256 (hex) of the stored picture. */
export interface FiguresAnswer { figures: { image: string; caption: string; width: number; height: number }[] }

export type AnswerValue =
  | TextAnswer | NumberAnswer | DateRangeAnswer | ChoiceAnswer | ChecksAnswer
  | TableAnswer | TextListAnswer | RecordListAnswer | FiguresAnswer;

/** A row of a repeated group. `id` is unique within the document and never changes. */
export interface Row { id: string; group: Code; parent: string | null; position: number }

/** Address of an item instance: `code` at the root, `code@rowId` inside a row. */
export type Address = string;

/** Everything a person entered in one document. */
export interface AnswerSet {
  rows: Row[];
  answers: Record<Address, AnswerValue>;
}

/** `item@row` for an item inside a row, else `item`. */
export function addressOf(item: Code, row: string | null): Address {
  return row === null ? item : `${item}@${row}`;
}

export function splitAddress(address: Address): { item: Code; row: string | null } {
  const at = address.indexOf('@');
  return at < 0 ? { item: address, row: null } : { item: address.slice(0, at), row: address.slice(at + 1) };
}
