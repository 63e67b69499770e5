import { parseNumberText } from '../../engine/answers.js';
import { parseJapaneseDate } from '../../engine/dates.js';
import { parsePastedRecords } from '../../engine/answers.js';
import type { FiguresAnswer, Item, TableAnswer } from '../../engine/form.js';
import { Invalid } from '../../kernel/errors.js';

export type Fields = Readonly<Record<string, unknown>>;

const one = (fields: Fields, name: string): string => {
  const value = fields[name];
  const text = Array.isArray(value) ? value.at(-1) : value;
  return typeof text === 'string' ? text : '';
};
const many = (fields: Fields, name: string): string[] => {
  const value = fields[name];
  return (Array.isArray(value) ? value : value === undefined ? [] : [value]).filter((text): text is string => typeof text === 'string' && text !== '');
};

/** How texts of numbers and dates are read; `label` and `path` name the place. */
interface Reader<T> {
  number(text: string, label: string, path: string): T;
  date(text: string, label: string, path: string): T;
}

/** Throws `Invalid` for what cannot be read. */
const STRICT: Reader<number | string | null> = { number: numberOf, date: dateOf };
/** Leaves what cannot be read as it was typed. */
const LENIENT: Reader<number | string | null> = {
  number: (text) => (text.trim() === '' ? null : (parseNumberText(text) ?? text)),
  date: (text) => (text.trim() === '' ? null : (parseJapaneseDate(text.trim()) ?? text)),
};

/**
 * The answer that the fields of a page's form mean, null for a blank. Only reads the form of the page: whether the
 * answer fits the item is decided by the engine. Throws `Invalid` for numbers and dates that cannot be read.
 */
export function answerFromFields(item: Item, fields: Fields, address: string): unknown {
  return read(item, fields, address, STRICT);
}

/** The same without an error: a number or day that cannot be read stays as it was typed, for the engine to refuse and the page to show again. */
export function typedAnswer(item: Item, fields: Fields): unknown {
  return read(item, fields, item.code, LENIENT);
}

/** The fields of one item in a form that holds several: those whose name begins with the prefix, without it. */
export function fieldsUnder(fields: Fields, prefix: string): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [name.slice(prefix.length), value]));
}

function read(item: Item, fields: Fields, address: string, reader: Reader<number | string | null>): unknown {
  switch (item.kind) {
    case 'text':
    case 'long-text':
    case 'date-text':
      return one(fields, 'value') === '' ? null : one(fields, 'value');
    case 'number':
      return reader.number(one(fields, 'value'), item.label, address);
    case 'date':
      return reader.date(one(fields, 'value'), item.label, address);
    case 'date-range': {
      const [from, to, text] = [reader.date(one(fields, 'from'), `${item.label}（始まり）`, address), reader.date(one(fields, 'to'), `${item.label}（終わり）`, address), one(fields, 'text')];
      return from === null && to === null && text === '' ? null : { from, to, ...(text === '' ? {} : { text }) };
    }
    case 'choice': {
      const count = reader.number(one(fields, 'count'), `${item.label}の件数`, address);
      const text = one(fields, 'text');
      const choice = one(fields, 'choice');
      return choice === '' && count === null && text === '' ? null : { choice, ...(count === null ? {} : { count }), ...(text === '' ? {} : { text }) };
    }
    case 'checks':
      return checksOf(item.label, fields, address, reader);
    case 'table':
      return tableOf(item.columns.map((column) => column.code), fields);
    case 'text-list': {
      const lines = one(fields, 'value').split('\n').map((line) => line.trim()).filter((line) => line !== '');
      return lines.length === 0 ? null : lines;
    }
    case 'record-list':
      return one(fields, 'value').trim() === '' ? null : parsePastedRecords(one(fields, 'value'));
    case 'figures':
      return figuresOf(fields);
    case 'fixed':
    case 'computed':
    case 'group':
      throw new Invalid('item-not-editable', `「${item.label}」は入力する項目ではありません。`);
  }
}

function checksOf(label: string, fields: Fields, address: string, reader: Reader<number | string | null>): object | null {
  const checked = many(fields, 'checked');
  const texts: Record<string, string> = {};
  const counts: Record<string, number | string> = {};
  for (const name of Object.keys(fields)) {
    const [what, code] = [name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1)];
    const text = one(fields, name);
    if (text === '') continue;
    // A text beside a box that is not checked stays with the box: nothing typed is lost.
    if (what === 'text') texts[code] = text;
    if (what === 'count') counts[code] = reader.number(text, `${label}の件数`, address) ?? 0;
  }
  const withText = [...new Set([...checked, ...Object.keys(texts), ...Object.keys(counts)])];
  if (withText.length === 0) return null;
  return { checked: withText, ...(Object.keys(texts).length > 0 ? { texts } : {}), ...(Object.keys(counts).length > 0 ? { counts } : {}) };
}

function tableOf(columns: readonly string[], fields: Fields): TableAnswer | null {
  const rows: TableAnswer = [];
  const numbers = [...new Set(Object.keys(fields).flatMap((name) => /^cell\.(\d{1,4})\./.exec(name)?.[1] ?? []))].map(Number).sort((a, b) => a - b);
  for (const number of numbers) {
    const row = Object.fromEntries(columns.map((column) => [column, one(fields, `cell.${number}.${column}`)]).filter(([, text]) => text !== ''));
    if (Object.keys(row).length > 0) rows.push(row);
  }
  return rows.length === 0 ? null : rows;
}

function figuresOf(fields: Fields): FiguresAnswer | null {
  const [images, captions, widths, heights] = [many(fields, 'image'), all(fields, 'caption'), many(fields, 'width'), many(fields, 'height')];
  const removed = new Set(many(fields, 'remove'));
  const figures = images
    .map((image, index) => ({ image, caption: captions[index] ?? '', width: Number(widths[index]), height: Number(heights[index]) }))
    .filter((figure) => !removed.has(figure.image));
  return figures.length === 0 ? null : { figures };
}

const all = (fields: Fields, name: string): string[] => {
  const value = fields[name];
  return (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((text) => (typeof text === 'string' ? text : ''));
};

function numberOf(text: string, label: string, path: string): number | null {
  if (text.trim() === '') return null;
  const value = parseNumberText(text);
  if (value !== null) return value;
  throw new Invalid('number-unreadable', '保存していません。', [{ code: 'number-unreadable', path, message: `「${label}」の「${text.slice(0, 40)}」を数字として読めません。1234 のように数字だけを入れてください。` }]);
}

function dateOf(text: string, label: string, path: string): string | null {
  if (text.trim() === '') return null;
  const iso = parseJapaneseDate(text.trim());
  if (iso !== null) return iso;
  throw new Invalid('date-unreadable', '保存していません。', [{ code: 'date-unreadable', path, message: `「${label}」の「${text.slice(0, 40)}」を日付として読めません。令和8年11月21日 か 2026-11-21 の形で入れてください。` }]);
}
