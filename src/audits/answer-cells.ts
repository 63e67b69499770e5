/** What the cells of an answer sheet say: numbers, days, ticks, options, texts. Each a value, or why it is none. Pure. */
import { parseNumberText } from '../engine/answers.js';
import { formatEra, isIsoDate, parseJapaneseDate } from '../engine/dates.js';
import type { Option } from '../engine/form.js';
import type { CellValue } from '../systems/import/sheets.js';
import { optionLabels, plain, type CellKind } from './answer-rows.js';

export type Said = { value: string | number | boolean | null } | { fault: string };

const TICKS = new Set(['○', '〇', '◯', '●', '◎', 'o', 'v', '✓', '✔', '☑', '■', 'レ', '1', 'はい', '有', 'true', 'yes', '該当']);
const NO_TICKS = new Set(['×', '✕', '✗', '☐', '□', '-', '‐', '−', 'ー', '―', '0', 'いいえ', '無', 'false', 'no', '非該当']);

const shown = (value: CellValue): string => `「${wordsOf(value).slice(0, 60)}」`;

/** @param options of a cell that takes one of them */
export function cellSays(kind: CellKind, value: CellValue | null, unit: string, options: readonly Option[]): Said {
  if (value === null) return { value: null };
  if (typeof value === 'object' && 'error' in value) return { fault: `数式の誤り（${value.error}）になっています。値を入れ直してください。` };
  if (typeof value === 'object' && 'uncomputed' in value) return { fault: '数式の計算結果がファイルに保存されていません。Excelで開いて保存し直すか、値を入れ直してください。' };
  switch (kind) {
    case 'number': return numberIn(value, unit);
    case 'numeral': return numeralIn(value);
    case 'date': return dayIn(value);
    case 'day-text': return isDayCount(value) ? { fault: `「${wordsOf(value)}」は、日付が数に変わったもののようです。「令和8年11月21日」のように文字で入れ直してください。` } : { value: wordsOf(value) };
    case 'mark': return tickIn(value);
    case 'choice': return optionIn(wordsOf(value), options);
    default: return { value: wordsOf(value) };
  }
}

/** A day whose cell lost its format: Excel counts days from 1900; these are the years 1927 to 2173. A year (2026) or 20261121 is none. */
const isDayCount = (value: CellValue): boolean => typeof value === 'number' && value >= 10_000 && value < 100_000;

function numberIn(value: CellValue, unit: string): Said {
  if (typeof value === 'number') return { value: Object.is(value, -0) ? 0 : value };
  if (typeof value === 'object' && 'percent' in value) return unit === '％' || unit === '%' ? { value: value.percent } : { fault: `${shown(value)}は割合です。${unit === '' ? '' : `${unit}の`}数を入れてください。` };
  if (typeof value === 'object' && 'date' in value) return { fault: `${formatEra(value.date)}という日付になっています。セルの表示形式を「標準」に戻して、数を入れ直してください。` };
  if (typeof value !== 'string') return { fault: `${shown(value)}は数として読めません。「12」のように数字で入れてください。` };
  const bare = value.normalize('NFKC').trim();
  const folded = unit.normalize('NFKC');
  const number = parseNumberText(folded !== '' && bare.endsWith(folded) ? bare.slice(0, -folded.length) : bare);
  return number === null ? { fault: `${shown(value)}は数として読めません。「12」のように数字で入れてください。` } : { value: Object.is(number, -0) ? 0 : number };
}

function numeralIn(value: CellValue): Said {
  const said = numberIn(value, '');
  return 'fault' in said || typeof value !== 'string' ? said : { value: value.normalize('NFKC').trim().replaceAll(',', '') };
}

function dayIn(value: CellValue): Said {
  if (typeof value === 'object' && 'date' in value) return isIsoDate(value.date) ? { value: value.date } : { fault: `${shown(value)}は暦にない日付です。` };
  if (typeof value === 'number') {
    const digits = /^(\d{4})(\d{2})(\d{2})$/u.exec(String(value));
    const day = digits === null ? null : `${digits[1]}-${digits[2]}-${digits[3]}`;
    return isIsoDate(day) ? { value: day } : { fault: `${shown(value)}は日付ではなく数です。「令和8年11月21日」のように入れてください。` };
  }
  const day = typeof value === 'string' ? parseJapaneseDate(value.trim()) : null;
  return day === null ? { fault: `${shown(value)}は暦にない日付か、日付として読めません。「令和8年11月21日」「2026/11/21」のように入れてください。` } : { value: day };
}

function tickIn(value: CellValue): Said {
  if (typeof value === 'boolean') return { value };
  const word = wordsOf(value).normalize('NFKC').trim().toLowerCase();
  if (TICKS.has(word)) return { value: true };
  return NO_TICKS.has(word) ? { value: null } : { fault: `${shown(value)}は読めません。当てはまるときは「○」を入れ、当てはまらないときは空にしてください。` };
}

/** The code of the option whose label this is; `2` and `2．` are the second of the list. */
function optionIn(word: string, options: readonly Option[]): Said {
  const wanted = plain(word);
  if (wanted === '') return { value: null };
  const labels = optionLabels(options);
  const exact = options.find(({ code }) => labels.get(code) === word.trim()) ?? options.find(({ code }) => plain(labels.get(code)!) === wanted);
  if (exact !== undefined) return { value: exact.code };
  const number = /^(\d{1,3})[.．)）]?$/u.exec(wanted);
  const counted = number === null ? undefined : options[Number(number[1]) - 1];
  if (counted !== undefined) return { value: counted.code };
  return { fault: `「${word.slice(0, 60)}」という選択肢はありません。使える言葉：${[...labels.values()].join('、').slice(0, 300)}` };
}

/** A cell as text: days in 和暦, the rest as the program shows it. */
function wordsOf(value: CellValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  if ('date' in value) return formatEra(value.date);
  if ('percent' in value) return `${value.percent}%`;
  return '';
}
