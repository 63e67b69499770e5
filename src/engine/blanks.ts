/** When an answer is blank, and which number it counts. */
import type { AnswerValue, ItemKind } from './form.js';

/** Nothing is written, checked, listed or drawn; white space alone is nothing. */
export function emptyAnswer(value: AnswerValue | boolean | null | undefined): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === 'string') return !/\S/u.test(value);
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.every((one) => (typeof one === 'string' ? blank(one) : Object.values(one).every(blank)));
  if ('choice' in value) return value.choice === '' && blank(value.text) && value.count === undefined;
  if ('checked' in value) return value.checked.length === 0 && Object.values(value.texts ?? {}).every(blank);
  if ('from' in value) return value.from === null && value.to === null && blank(value.text);
  if ('lists' in value) return value.lists.every((list) => list.records.length === 0 && blank(list.heading));
  return value.figures.length === 0;
}

export function answeredValue(value: AnswerValue | boolean | undefined): boolean {
  return !emptyAnswer(value);
}

/** The number that an answer stands for: itself, its count, or how many records, filled rows and entries, or checks it has; null for none. */
export function countedNumber(value: AnswerValue): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return null;
  if (Array.isArray(value)) return (value as (string | Record<string, string>)[]).filter((one) => !emptyAnswer([one] as AnswerValue)).length;
  if ('choice' in value) return value.count ?? null;
  if ('checked' in value) return value.checked.length;
  if ('lists' in value) return value.lists.reduce((sum, list) => sum + list.records.length, 0);
  return 'figures' in value ? value.figures.length : null;
}

function blank(text: string | undefined): boolean {
  return text === undefined || !/\S/u.test(text);
}

const SHAPES: Readonly<Record<ItemKind, (value: unknown) => boolean>> = {
  text: isText,
  'long-text': isText,
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  date: isText,
  'date-text': isText,
  'date-range': (value) => isRecord(value) && isTextOrNull(value.from) && isTextOrNull(value.to) && isOptional(value.text, isText),
  choice: (value) => isRecord(value) && isText(value.choice) && isOptional(value.count, isNumber) && isOptional(value.text, isText),
  checks: (value) => isRecord(value) && isListOf(value.checked, isText)
    && isOptional(value.texts, (texts) => isRecord(texts) && Object.values(texts).every(isText))
    && isOptional(value.counts, (counts) => isRecord(counts) && Object.values(counts).every(isNumber)),
  table: (value) => isListOf(value, (row) => isRecord(row) && Object.values(row).every(isText)),
  'text-list': (value) => isListOf(value, isText),
  'record-list': (value) => isRecord(value) && isListOf(value.lists, (list) => isRecord(list) && isText(list.heading)
    && isListOf(list.records, (record) => isRecord(record) && isText(record.name) && (record.number === null || isNumber(record.number)))),
  figures: (value) => isRecord(value) && isListOf(value.figures, (figure) => isRecord(figure) && isText(figure.image) && isText(figure.caption)),
  group: () => false,
  fixed: () => false,
  computed: () => false,
};

/** Whether a value from outside has at least the shape of an answer of this kind. */
export function hasShape(kind: ItemKind, value: unknown): value is AnswerValue {
  return SHAPES[kind](value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}
function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}
function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function isOptional(value: unknown, fits: (value: unknown) => boolean): boolean {
  return value === undefined || fits(value);
}
function isListOf(value: unknown, fits: (value: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(fits);
}
