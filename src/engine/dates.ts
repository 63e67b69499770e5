/** 和暦 and 西暦. Days are ISO dates `YYYY-MM-DD`; nothing here knows today. */

/** First day of each era, newest first. 明治 counts from the first day of its first year (改元の詔, Gregorian). */
export const ERAS: readonly { name: string; letter: string; from: string }[] = [
  { name: '令和', letter: 'R', from: '2019-05-01' },
  { name: '平成', letter: 'H', from: '1989-01-08' },
  { name: '昭和', letter: 'S', from: '1926-12-25' },
  { name: '大正', letter: 'T', from: '1912-07-30' },
  { name: '明治', letter: 'M', from: '1868-01-25' },
];

const D = '[0-9０-９]';
const GAP = '[ \\u3000\\t]*';
const ERA = '令和|平成|昭和|大正|明治|㋿|㍻|㍼|㍽|㍾';
const DATE_SOURCE = [
  `(?<era>${ERA})${GAP}(?<eraYear>${D}{1,2}|元)${GAP}年${GAP}(?<eraMonth>${D}{1,2})${GAP}月${GAP}(?<eraDay>${D}{1,2})${GAP}日`,
  `(?<letter>[RHSTMＲＨＳＴＭrhstm])${GAP}(?<letterYear>${D}{1,2}|元)${GAP}[.．/／\\-－年]${GAP}(?<letterMonth>${D}{1,2})${GAP}[.．/／\\-－月]${GAP}(?<letterDay>${D}{1,2})${GAP}日?`,
  `(?<year>${D}{4})${GAP}年${GAP}(?<month>${D}{1,2})${GAP}月${GAP}(?<day>${D}{1,2})${GAP}日`,
  `(?<dotYear>${D}{4})[.．/／\\-－](?<dotMonth>${D}{1,2})[.．/／\\-－](?<dotDay>${D}{1,2})`,
].join('|');
const WHOLE = new RegExp(`^(?:${DATE_SOURCE})(?:${GAP}[(（][月火水木金土日][)）])?$`, 'u');
const WITHIN = new RegExp(`(?<![0-9０-９A-Za-zＡ-Ｚａ-ｚ])(?:${DATE_SOURCE})(?![0-9０-９])`, 'gu');

/** 令和8年11月21日, R8.11.21, 2026/11/21, 2026-11-21 and full-width forms → ISO; null when it is not one whole existing day. */
export function parseJapaneseDate(text: string): string | null {
  if (text.length > 40) return null;
  const match = WHOLE.exec(text.trim());
  return match ? isoOf(match.groups!) : null;
}

export interface FoundDate { text: string; iso: string; index: number }

/** Every existing day written in a text, with its place. */
export function findDates(text: string): FoundDate[] {
  return [...text.matchAll(WITHIN)].flatMap((match) => {
    const iso = isoOf(match.groups!);
    return iso ? [{ text: match[0], iso, index: match.index }] : [];
  });
}

function isoOf(parts: Record<string, string | undefined>): string | null {
  const number = (text: string | undefined): number => (text === '元' ? 1 : Number((text ?? '').normalize('NFKC')));
  if (parts.year) return existing(number(parts.year), number(parts.month), number(parts.day));
  if (parts.dotYear) return existing(number(parts.dotYear), number(parts.dotMonth), number(parts.dotDay));
  const name = parts.era?.normalize('NFKC');
  const letter = parts.letter?.normalize('NFKC').toUpperCase();
  const era = ERAS.find((one) => one.name === name || one.letter === letter);
  if (!era) return null;
  const count = number(parts.eraYear ?? parts.letterYear);
  if (count < 1) return null;
  const iso = existing(Number(era.from.slice(0, 4)) + count - 1, number(parts.eraMonth ?? parts.letterMonth), number(parts.eraDay ?? parts.letterDay));
  // A year beyond the end of an era is how older documents wrote the future (平成35年); a day before its start does not exist.
  return iso !== null && iso >= era.from ? iso : null;
}

function existing(year: number, month: number, day: number): string | null {
  const iso = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  return isIsoDate(iso) ? iso : null;
}

/** A day of the calendar, written `YYYY-MM-DD`. */
export function isIsoDate(text: unknown): text is string {
  if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}$/u.test(text)) return false;
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10))];
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysOfMonth(year, month);
}

function daysOfMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** 令和8年11月21日; the first year is 元年; days before 明治 in 西暦; what is no day comes back as it is. */
export function formatEra(iso: string): string {
  if (!isIsoDate(iso)) return iso;
  return `${eraYear(iso)}年${Number(iso.slice(5, 7))}月${Number(iso.slice(8, 10))}日`;
}

function eraYear(iso: string): string {
  const era = ERAS.find((one) => iso >= one.from);
  if (!era) return String(Number(iso.slice(0, 4)));
  const count = Number(iso.slice(0, 4)) - Number(era.from.slice(0, 4)) + 1;
  return `${era.name}${count === 1 ? '元' : count}`;
}

/** The 年度 (from 1 April) of a day, as a year of the Western calendar. */
export function fiscalYear(iso: string): number {
  const year = Number(iso.slice(0, 4));
  return Number(iso.slice(5, 7)) >= 4 ? year : year - 1;
}

/** 令和8年度; named by the era of its last day, so that 2019 is 令和元年度. */
export function formatFiscalYear(year: number): string {
  const first = `${year}-04-01`;
  const era = ERAS.find((one) => Number(one.from.slice(0, 4)) === year && one.from > first)?.from ?? first;
  return `${eraYear(era)}年度`;
}

const FISCAL_YEAR = /^(?:(?<name>令和|平成|昭和|大正|明治|[RHSTM]) ?(?<count>\d{1,2}|元)|(?<year>\d{4})) ?(?:年度?)?$/u;

/**
 * 令和8年度, 令和8, R8, 2026年度, 2026 and full-width forms → 2026; null for anything else, also for a bare 8, which names no era.
 * A year beyond the end of an era is read as older documents wrote it (平成35年度: 2023).
 */
export function parseFiscalYear(text: string): number | null {
  if (text.length > 20) return null;
  const parts = FISCAL_YEAR.exec(text.normalize('NFKC').trim().toUpperCase().replace(/\s+/gu, ' '))?.groups;
  if (parts === undefined) return null;
  if (parts.year !== undefined) return Number(parts.year);
  const era = ERAS.find((one) => one.name === parts.name || one.letter === parts.name);
  const count = parts.count === '元' ? 1 : Number(parts.count);
  return era === undefined || count < 1 ? null : Number(era.from.slice(0, 4)) + count - 1;
}

/** Days from the first to the second, both counted (1 April to 30 April is 30). */
export function daysInclusive(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000) + 1;
}

/** The same day of the month so many months later; where that month has no such day, its last day. ISO days. */
export function monthsLater(iso: string, months: number): string {
  const [year, month, day] = iso.split('-').map(Number) as [number, number, number];
  const ahead = year * 12 + (month - 1) + months;
  const [toYear, toMonth] = [Math.floor(ahead / 12), (ahead % 12) + 1];
  return `${String(toYear).padStart(4, '0')}-${String(toMonth).padStart(2, '0')}-${String(Math.min(day, daysOfMonth(toYear, toMonth))).padStart(2, '0')}`;
}

/** So many days later (or, with less than 0, before). ISO days. */
export function daysLater(iso: string, days: number): string {
  return new Date(Date.parse(`${iso}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
