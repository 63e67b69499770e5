/** CSV (RFC 4180) and its relatives with tabs or semicolons → one sheet. Every value is text. */
import { Invalid } from '../../kernel/errors.js';
import { isErrorText, keepable, lettersOf, SHEET_LIMITS, type Sheet, type SheetCell } from './sheets.js';

const DELIMITERS = [',', '\t', ';'] as const;

/**
 * @param text decoded, with or without its mark
 * @throws Invalid where a quote is not closed, or rows or columns are too many
 */
export function readCsv(text: string, name: string): Sheet {
  const source = text.startsWith('\ufeff') ? text.slice(1) : text;
  const sheet: Sheet = { name, rows: [], merges: [], hiddenColumns: [] };
  let number = 0;
  for (const record of recordsOf(source, delimiterOf(source))) {
    number += 1;
    const cells: Record<string, SheetCell> = {};
    record.forEach((field, n) => {
      if (field.trim() === '') return;
      if (n >= SHEET_LIMITS.columns) throw tooWide(`${lettersOf(n + 1)}${number}`);
      cells[lettersOf(n + 1)] = { value: isErrorText(field) ? { error: field.trim() } : keepable(field) };
    });
    if (Object.keys(cells).length === 0) continue;
    sheet.rows.push({ number, cells });
    if (sheet.rows.length > SHEET_LIMITS.rows || number > SHEET_LIMITS.lastRow) throw tooLong();
  }
  return sheet;
}

/** What stands most often outside quotes in the first lines. */
function delimiterOf(source: string): string {
  const counts = new Map<string, number>(DELIMITERS.map((one) => [one, 0]));
  let [quoted, lines] = [false, 0];
  for (let n = 0; n < source.length && lines < 20; n += 1) {
    const character = source[n]!;
    if (character === '"') quoted = !quoted;
    else if (!quoted && character === '\n') lines += 1;
    else if (!quoted && counts.has(character)) counts.set(character, counts.get(character)! + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]![0];
}

function* recordsOf(source: string, delimiter: string): Generator<string[]> {
  let [record, field, at, line]: [string[], string, number, number] = [[], '', 0, 1];
  const plainEnd = new RegExp(`[${delimiter === '\t' ? '\\t' : delimiter}\\r\\n]`, 'gu');
  while (at < source.length) {
    const character = source[at]!;
    if (character === '"' && field === '') {
      const opened = line;
      const quoted = quotedAt(source, at + 1);
      if (quoted === null) throw refuse('register-csv-quote', `${opened}行目で始まる引用符（"）が閉じていません。CSVとして保存し直してください。`);
      line += quoted.text.split('\n').length - 1;
      field += quoted.text;
      at = quoted.next;
      // What stands behind the closing quote still belongs to the field.
      const end = endOfPlain(plainEnd, source, at);
      field += source.slice(at, end);
      at = end;
    } else if (character === delimiter) {
      record.push(field);
      field = '';
      at += 1;
    } else if (character === '\n' || character === '\r') {
      at += source.startsWith('\r\n', at) ? 2 : 1;
      line += 1;
      yield [...record, field];
      [record, field] = [[], ''];
    } else {
      const end = endOfPlain(plainEnd, source, at);
      field += source.slice(at, end);
      at = end;
    }
    if (record.length > 20_000) throw tooWide(`${lettersOf(SHEET_LIMITS.columns + 1)}…`);
  }
  if (field !== '' || record.length > 0) yield [...record, field];
}

function endOfPlain(pattern: RegExp, source: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(source)?.index ?? source.length;
}

/** The text up to the closing quote, with doubled quotes as one; null when none closes. */
function quotedAt(source: string, from: number): { text: string; next: number } | null {
  const parts: string[] = [];
  let at = from;
  for (;;) {
    const quote = source.indexOf('"', at);
    if (quote < 0) return null;
    parts.push(source.slice(at, quote));
    if (source[quote + 1] !== '"') return { text: parts.join(''), next: quote + 1 };
    parts.push('"');
    at = quote + 2;
  }
}

export function tooWide(cell: string): Invalid {
  return refuse('register-too-wide', `列が多すぎます（${SHEET_LIMITS.columns}列まで）。「${cell}」より右を消してください。`);
}

export function tooLong(): Invalid {
  return refuse('register-too-long', `行が多すぎます（見出しを含めて${SHEET_LIMITS.rows.toLocaleString('ja-JP')}行、シートの${SHEET_LIMITS.lastRow.toLocaleString('ja-JP')}行目まで）。ファイルを分けてください。`);
}

export function refuse(code: string, message: string): Invalid {
  return new Invalid(code, message, [{ code, path: 'file', message }]);
}
