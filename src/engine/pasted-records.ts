/**
 * Reads a pasted list of record items: `1○○、2○○、…` in one line, one a line, or columns of a spreadsheet.
 *
 * A name may begin with digits or hold a 、, so the number that is due decides where a record begins:
 * behind 58 the text `591月1日時` is number 59 and the name 1月1日時. What begins no record stays part of the name before it.
 */
import type { RecordListAnswer } from './form.js';

type List = RecordListAnswer['lists'][number];

const DIGITS = /^[0-9０-９]+/u;
const CELL = /^[ \u3000]*([0-9０-９]{0,5})[ \u3000]*\t/u;
const CIRCLED = '①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿';
const HEADING_MARKS = '<＜【〔［[■□●○◎◆◇▼▽▶▷※◯《〈';
const BRACKETED = /^[(（]([0-9０-９]+)[)）]/u;
const BULLET = /^[-*・•‐][ \u3000]*・?/u;

/** @returns lists with at least one record or heading; no character of a name is lost */
export function parsePastedRecords(text: string): RecordListAnswer {
  const lines = text.replace(/\r\n?/gu, '\n').split('\n');
  return { lists: lines.some((line) => CELL.test(line)) ? cells(lines) : prose(lines) };
}

/** Number and name in two cells: nothing to guess. */
function cells(lines: readonly string[]): List[] {
  const lists: List[] = [];
  for (const line of lines) {
    const match = CELL.exec(line);
    if (!match) {
      if (line.trim() !== '') lists.push({ heading: line, records: [] });
      continue;
    }
    const name = line.slice(match[0].length);
    const number = match[1] === '' ? null : valueOf(match[1]!);
    if (number === null && name.trim() === '') continue;
    current(lists).records.push({ number, name });
  }
  return lists;
}

function prose(source: readonly string[]): List[] {
  const lines = source.map((line) => line.trim()).filter((line) => line !== '');
  const lists: List[] = [];
  lines.forEach((line, n) => {
    const next = lines[n + 1];
    const due = lastNumber(lists) + 1;
    const start = leading(line, due);
    if (BRACKETED.test(line) && !bracketedRun(lines, n)) return void lists.push({ heading: line, records: [] });
    if (start === null && isBullets(line, next)) return bullets(line, lists);
    if (start !== null && (start.number === due || start.number === 1 || start.jump)) {
      if (start.number === 1 && due > 1 && lists.at(-1)!.records.length > 0) lists.push({ heading: '', records: [] });
      return run(line, lists);
    }
    if (isHeading(line, next, lists)) return void lists.push({ heading: line, records: [] });
    const list = current(lists);
    const last = list.records.at(-1);
    // In a numbered list a line without a number goes on with the name of the line before.
    if (last && last.number !== null) return continued(line, lists);
    list.records.push({ number: null, name: line });
  });
  return lists;
}

/** One line of numbered records. */
function run(line: string, lists: List[]): void {
  const list = current(lists);
  const parts = split(line);
  parts.forEach(({ text, separator }, n) => {
    const last = list.records.at(-1);
    const due = n === 0 && !last ? 1 : (last?.number ?? lastNumber(lists)) + 1;
    const start = leading(text, due);
    const later = parts.slice(n + 1).some((part) => leading(part.text, due)?.number === due && startsExactly(part.text, due));
    const begins = start !== null && (start.number === due || (n === 0 && start.number === 1) || (n === 0 && !last)
      || start.number === due - 1 || (start.jump && !later && follows(parts, n, start.number)));
    if (begins) list.records.push({ number: start.number, name: start.name });
    else if (last) last.name += separator + text;
    else list.records.push({ number: null, name: text });
  });
}

/** A wrapped line: its first part belongs to the last name, the rest may begin records. */
function continued(line: string, lists: List[]): void {
  const [first, ...rest] = split(line);
  const list = current(lists);
  list.records.at(-1)!.name += first!.text;
  if (rest.length === 0) return;
  for (const { text, separator } of rest) {
    const last = list.records.at(-1)!;
    const start = leading(text, (last.number ?? 0) + 1);
    if (start?.number === (last.number ?? 0) + 1) list.records.push({ number: start.number, name: start.name });
    else last.name += separator + text;
  }
}

interface Segment { text: string; separator: string }

/** Parts at 、，, outside brackets that are closed again; without any, at white space before a number. */
function split(line: string): Segment[] {
  const inside = bracketDepths(line);
  const parts: Segment[] = [];
  let from = 0;
  let separator = '';
  for (let n = 0; n < line.length; n += 1) {
    if (!'、，,､'.includes(line[n]!) || inside[n]) continue;
    parts.push({ text: line.slice(from, n), separator });
    separator = line[n]!;
    from = n + 1;
    while (/[ \u3000]/u.test(line[from] ?? '')) separator += line[from++];
  }
  parts.push({ text: line.slice(from), separator });
  if (parts.length > 1 && parts.at(-1)!.text === '') parts.pop();
  return parts.length > 1 ? parts : spaced(line);
}

function spaced(line: string): Segment[] {
  const parts: Segment[] = [];
  let rest = line;
  let separator = '';
  for (let due = (leading(line, 1)?.number ?? 0) + 1; ; due += 1) {
    const gap = [...rest.matchAll(/[ \u3000\t]+(?=[0-9０-９①-⑳㉑-㉟㊱-㊿])/gu)].find((one) => startsExactly(rest.slice(one.index + one[0].length), due));
    if (!gap) break;
    parts.push({ text: rest.slice(0, gap.index), separator });
    separator = gap[0];
    rest = rest.slice(gap.index + gap[0].length);
  }
  return [...parts, { text: rest, separator }];
}

function bracketDepths(line: string): boolean[] {
  const inside = new Array<boolean>(line.length).fill(false);
  const open: number[] = [];
  for (let n = 0; n < line.length; n += 1) {
    if ('(（「『'.includes(line[n]!)) open.push(n);
    else if (')）」』'.includes(line[n]!) && open.length > 0) {
      const from = open.pop()!;
      if (open.length === 0) inside.fill(true, from, n);
    }
  }
  return inside;
}

interface Start { number: number; name: string; jump: boolean }

/** The number at the start of a text: the due one if it can be read, else the whole numeral (`jump`). */
function leading(text: string, due: number): Start | null {
  const circled = CIRCLED.indexOf(text[0] ?? '');
  if (text !== '' && circled >= 0) return { number: circled + 1, name: text.slice(1).trim(), jump: circled + 1 > due };
  const bracketed = BRACKETED.exec(text);
  if (bracketed) return { number: valueOf(bracketed[1]!), name: text.slice(bracketed[0].length).trim(), jump: valueOf(bracketed[1]!) > due };
  const digits = DIGITS.exec(text)?.[0];
  if (digits === undefined) return null;
  const folded = digits.normalize('NFKC');
  for (const wanted of [due, due - 1]) {
    if (wanted > 0 && folded.startsWith(String(wanted))) return { number: wanted, name: nameAfter(text, String(wanted).length), jump: false };
  }
  if (digits.length > 5) return null;
  return { number: valueOf(digits), name: nameAfter(text, digits.length), jump: valueOf(digits) > due && valueOf(digits) <= due + 50 };
}

function nameAfter(text: string, length: number): string {
  const rest = text.slice(length);
  return rest.replace(/^(?:[.．](?![0-9０-９])|[)）:：、,，])?[ \u3000\t]*/u, '').trimEnd();
}

function startsExactly(text: string, due: number): boolean {
  const digits = DIGITS.exec(text)?.[0].normalize('NFKC');
  return digits === undefined ? CIRCLED.indexOf(text[0] ?? '') + 1 === due : digits.startsWith(String(due));
}

/** A jump is believed when it ends the line or the next part goes on from it. */
function follows(parts: readonly Segment[], n: number, number: number): boolean {
  return n === parts.length - 1 || startsExactly(parts[n + 1]!.text, number + 1);
}

function isHeading(line: string, next: string | undefined, lists: readonly List[]): boolean {
  if (HEADING_MARKS.includes(line[0]!) || /[:：]$/u.test(line)) return true;
  const last = lists.at(-1)?.records.at(-1);
  return next !== undefined && leading(next, 1)?.number === 1 && (last === undefined || last.number !== null || leading(next, 1)!.name !== '');
}

/** `・氏名 ・住所`: unnumbered records, unless one bullet stands alone above a numbered list. */
function isBullets(line: string, next: string | undefined): boolean {
  if (!BULLET.test(line)) return false;
  return next === undefined || leading(next, 1)?.number !== 1 || BRACKETED.test(next);
}

function bullets(line: string, lists: List[]): void {
  const body = line.replace(BULLET, '');
  for (const name of body.split(/[ \u3000]+・[ \u3000]*/u)) if (name.trim() !== '') current(lists).records.push({ number: null, name: name.trim() });
}

/** `(1)` and `(2)` on neighbouring lines number records; one that stands alone is a heading. */
function bracketedRun(lines: readonly string[], n: number): boolean {
  const at = (index: number): number => Number(BRACKETED.exec(lines[index] ?? '')?.[1]?.normalize('NFKC') ?? NaN);
  return at(n + 1) === at(n) + 1 || at(n - 1) === at(n) - 1;
}

function current(lists: List[]): List {
  if (lists.length === 0) lists.push({ heading: '', records: [] });
  return lists.at(-1)!;
}

/** The last number given; a new heading goes on with it or begins again at 1. */
function lastNumber(lists: readonly List[]): number {
  for (let n = lists.length - 1; n >= 0; n -= 1) {
    const last = lists[n]!.records.at(-1);
    if (last) return last.number ?? 0;
  }
  return 0;
}

function valueOf(digits: string): number {
  return Number(digits.normalize('NFKC').slice(0, 6));
}
