/** What a cell says for a field: counts, numbers, days, options, texts. Each either a value, or why it is none. */
import { parseNumberText } from '../../engine/answers.js';
import { formatEra, isIsoDate, parseJapaneseDate } from '../../engine/dates.js';
import type { CompiledItem } from '../../engine/form-index.js';
import type { AnswerValue, Code } from '../../engine/form.js';
import type { ImportFields } from './fields.js';
import { textOf } from './grid.js';
import type { CellValue } from './sheets.js';

/** `value: null` is a cell that says nothing (blank, or a word such as 不明). */
export type Said<T> = { value: T | null; fault: null } | { value: null; fault: string };

const said = <T>(value: T | null): Said<T> => ({ value, fault: null });
const fault = (message: string): { value: null; fault: string } => ({ value: null, fault: message });
const shown = (value: CellValue): string => `「${textOf(value).slice(0, 60)}」`;

/** What is wrong with a cell whatever field it is for; null when nothing is. */
export function cellFault(value: CellValue): string | null {
  if (typeof value !== 'object') return null;
  if ('error' in value) return `数式の誤り（${value.error}）です。元のファイルで数式を直すか、値を入れ直してください。`;
  return 'uncomputed' in value ? '数式の計算結果がファイルに保存されていません。Excelで開いて保存し直すか、値を入れ直してください。' : null;
}

const UNITS = /(?:課|台|件|人|部署|名|箇所|か所|ヶ所|つ|個)$/u;

/** A whole number from 0; 12, １２, 1,200, 12台. Without `largest` any size. */
export function countIn(value: CellValue, fields: ImportFields, unit: string, largest: number): Said<number> {
  const number = numberIn(value, fields, unit);
  if (number.value === null) return number;
  if (!Number.isInteger(number.value) || number.value < 0) return fault(`${shown(value)}は0以上の整数ではありません。${unit}の数を整数で入れてください。`);
  return number.value > largest ? fault(`${shown(value)}は大きすぎます。${largest.toLocaleString('ja-JP')}以下の整数で入れてください。`) : number;
}

export function numberIn(value: CellValue, fields: ImportFields, unit: string): Said<number> {
  if (typeof value === 'number') return Number.isFinite(value) ? said(value) : fault(`${shown(value)}は数として読めません。`);
  if (typeof value === 'object' && 'percent' in value) return unit === '％' || unit === '%' ? said(value.percent) : fault(`${shown(value)}は割合です。${unit}の数を入れてください。`);
  if (typeof value === 'object' && 'date' in value) return fault(`${formatEra(value.date)}という日付になっています。セルの表示形式を「数値」にして、数を入れ直してください。`);
  if (typeof value !== 'string') return fault(`${shown(value)}は数として読めません。${unit === '' ? '' : `${unit}の`}数を入れてください。`);
  if (fields.mark(value) === 'blank') return said<number>(null);
  const bare = value.normalize('NFKC').trim().replace(/^約/u, '');
  const number = parseNumberText(bare.endsWith(unit) && unit !== '' ? bare.slice(0, -unit.length) : bare.replace(UNITS, ''));
  if (number === null) return fault(`${shown(value)}は数として読めません。${unit === '' ? '' : `${unit}の`}数を「12」のように入れてください。`);
  return said(Object.is(number, -0) ? 0 : number);
}

/** ISO day. Excel days, 令和8年4月1日, R8.4.1, 2026/4/1, full-width too. */
export function dayIn(value: CellValue, fields: ImportFields): Said<string> {
  if (typeof value === 'object' && 'date' in value) return isIsoDate(value.date) ? said(value.date) : fault(`${shown(value)}は暦にない日付です。`);
  if (typeof value === 'number') {
    const digits = /^(\d{4})(\d{2})(\d{2})$/u.exec(String(value));
    const day = digits === null ? null : `${digits[1]}-${digits[2]}-${digits[3]}`;
    return isIsoDate(day) ? said(day) : fault(`${shown(value)}は日付ではなく数です。セルの表示形式を「日付」にするか、「令和8年4月1日」のように入れてください。`);
  }
  if (typeof value !== 'string') return fault(`${shown(value)}は日付として読めません。「令和8年4月1日」のように入れてください。`);
  if (fields.mark(value) === 'blank') return said<string>(null);
  const day = parseJapaneseDate(value.trim());
  if (day !== null) return said(day);
  const month = /[年./-]\s*[0-9０-９]{1,2}\s*月?$/u.test(value.trim()) ? '日まで' : '';
  return fault(`${shown(value)}は暦にない日付か、日付として読めません。「令和8年4月1日」「2026/4/1」のように${month}入れてください。`);
}

/** 区分 などの言葉でなく、文として. Days become ISO, numbers their digits. */
export function wordsIn(value: CellValue): string {
  return typeof value === 'string' ? value.trim() : textOf(value);
}

/** The answer of a register item. */
export function answerIn(value: CellValue, { item, options }: CompiledItem, fields: ImportFields): Said<AnswerValue> {
  switch (item.kind) {
    case 'number': return numberIn(value, fields, item.unit ?? '');
    case 'date': return dayIn(value, fields);
    case 'choice': {
      const one = optionIn(wordsIn(value), item.options, options!, fields);
      if (one.value === null) return one.fault === null ? said<AnswerValue>(null) : one;
      return said<AnswerValue>({ choice: one.value.code, ...(one.value.text === '' ? {} : { text: one.value.text }) });
    }
    case 'checks': return checksIn(wordsIn(value), item.options, options!, fields);
    default: {
      const words = wordsIn(value);
      // A lone dash in a register says that there is nothing to say.
      return said(words === '' || /^[-‐‑‒–—―−ー－]$/u.test(words) ? null : words);
    }
  }
}

type Options = NonNullable<CompiledItem['options']>;

/** 個別ID, その他（USB認証）; a text in brackets belongs to an option that asks for one. */
function optionIn(word: string, set: Code, options: Options, fields: ImportFields): Said<{ code: Code; text: string }> {
  if (word === '') return said<{ code: Code; text: string }>(null);
  const plain = fields.option(set, word);
  if (plain !== undefined) return said({ code: plain, text: '' });
  // As an export writes it, whatever brackets the label itself has.
  const exact = [...options.values()].find(({ label, text }) => text === true && word.startsWith(`${label}（`) && word.endsWith('）'));
  if (exact !== undefined) return said({ code: exact.code, text: word.slice(exact.label.length + 1, -1).trim() });
  const bracketed = /^([^（(]+)[（(]([^]*)[)）]$/u.exec(word);
  const code = bracketed === null ? undefined : fields.option(set, bracketed[1]!);
  if (code !== undefined && options.get(code)?.text === true) return said({ code, text: bracketed![2]!.trim() });
  if (fields.mark(word) === 'blank') return said<{ code: Code; text: string }>(null);
  return fault(`「${word.slice(0, 60)}」という選択肢はありません。使える言葉：${[...options.values()].map(({ label, text }) => (text === true ? `${label}（内容）` : label)).join('、')}`);
}

function checksIn(words: string, set: Code, options: Options, fields: ImportFields): Said<AnswerValue> {
  const checked: Code[] = [];
  const texts: Record<Code, string> = {};
  // A line that is an option as a whole may hold a 、 in its label.
  const parts = words.split('\n').flatMap((line) => (optionIn(line.trim(), set, options, fields).fault === null ? [line] : line.split(/[、,，]/u)));
  for (const word of parts.map((one) => one.trim()).filter((one) => one !== '')) {
    const one = optionIn(word, set, options, fields);
    if (one.fault !== null) return one;
    if (one.value === null) continue;
    checked.push(one.value.code);
    if (one.value.text !== '') texts[one.value.code] = one.value.text;
  }
  return said<AnswerValue>(checked.length === 0 ? null : { checked, ...(Object.keys(texts).length === 0 ? {} : { texts }) });
}

/** How many contracts: a number, or ○ (`some`) and × (0). */
export function contractsIn(value: CellValue, fields: ImportFields, largest: number): Said<number | 'some'> {
  const mark = typeof value === 'string' ? fields.mark(value) : undefined;
  if (mark === 'yes') return said<number | 'some'>('some');
  if (mark === 'no') return said<number | 'some'>(0);
  if (value === true) return said<number | 'some'>('some');
  if (value === false) return said<number | 'some'>(0);
  return countIn(value, fields, '件', largest);
}
