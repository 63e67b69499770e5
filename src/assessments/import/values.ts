import { parsePastedRecords } from '../../engine/answers.js';
import { findDates, parseJapaneseDate } from '../../engine/dates.js';
import type { AnswerValue, ChecksItem, ChoiceItem, Code, FormDefinition, Item, Option, RecordListAnswer } from '../../engine/form.js';
import { fold } from './folding.js';
import type { Ledger } from './ledger.js';
import { FATE } from './ledger.js';
import { optionLike, optionOf } from './options.js';
import { textOf, type Chunk, type Slot } from './slots.js';

export interface Finding { code: string; message: string }
/** `value` undefined: nothing readable. `chunks` are the stretches that the value holds. */
export interface Made { value?: AnswerValue; chunks: Chunk[]; findings: Finding[] }

/** Turns what the source says about an item into its value. */
export function makeValue(slot: Slot, form: FormDefinition, ledger: Ledger, wrapWidth: number): Made {
  const { item } = slot.entry;
  switch (item.kind) {
    case 'choice': return choice(slot, item, form.optionSets[item.options] ?? [], wrapWidth);
    case 'checks': return checks(slot, item, form.optionSets[item.options] ?? [], wrapWidth);
    case 'record-list': return records(slot, ledger);
    case 'table': return table(slot, item, form, wrapWidth);
    default: {
      if (slot.chunks.length === 0) return { chunks: [], findings: [] };
      return fromText(item, textOf(slot.chunks, wrapWidth), slot.chunks);
    }
  }
}

/** A value of an item whose answer is written as text. */
export function fromText(item: Item, text: string, chunks: Chunk[] = []): Made {
  const unreadable = (what: string): Made => ({
    chunks: [], findings: [{ code: 'value-unreadable', message: `「${item.label}」の「${text.slice(0, 40)}」を${what}として読めませんでした。手で入力してください。` }],
  });
  switch (item.kind) {
    case 'text': case 'long-text': case 'date-text': return { value: text, chunks, findings: [] };
    case 'text-list': return { value: text.split('\n').map((line) => line.trim()).filter(Boolean), chunks, findings: [] };
    case 'number': {
      const folded = fold(text);
      const digits = item.unit && folded.endsWith(fold(item.unit)) ? folded.slice(0, -fold(item.unit).length) : folded;
      const value = /^\d[\d、]*(?:\.\d+)?$/u.test(digits) ? Number(digits.replace(/、/gu, '')) : Number.NaN;
      return Number.isFinite(value) ? { value, chunks, findings: [] } : unreadable('数');
    }
    case 'date': {
      const date = parseJapaneseDate(text.replace(/\s*(?:時点|現在)$/u, ''));
      return date ? { value: date, chunks, findings: [] } : unreadable('日付');
    }
    case 'date-range': {
      const dates = findDates(text);
      const rest = fold(dates.reduce((left, { text: found }) => left.replace(found, '|'), text));
      if (dates.length === 2 && /^\|(?:から|~|-|ー|→)\|(?:まで)?(?:\(\d{1,3}日間?\))?$/u.test(rest)) return { value: { from: dates[0]!.iso, to: dates[1]!.iso }, chunks, findings: [] };
      return { value: { from: null, to: null, text }, chunks, findings: [] };
    }
    default: return { chunks: [], findings: [] };
  }
}

type Say = (code: string, message: string) => void;

function choice(slot: Slot, item: ChoiceItem, options: readonly Option[], wrapWidth: number): Made {
  const findings: Finding[] = [];
  const say: Say = (code, message) => void findings.push({ code, message: `「${item.label}」：${message}` });
  const taken: Chunk[] = [];
  const chosen = bracketed(slot, options, say, taken) ?? marked(slot, item, options, say);
  const odd = slot.listed.flatMap(({ number, words }) => (words === undefined ? [] : [`${number}) ${words}`]));
  if (odd.length > 0) say('options-differ', `印刷された選択肢「${odd.join(' ')}」は、様式と少し違います。番号で対応させました。`);
  if (chosen === undefined) return { chunks: taken, findings };
  const text = slot.beside.length > 0 ? textOf(slot.beside, wrapWidth) : '';
  return {
    value: { choice: chosen, ...(slot.count === undefined || !item.count ? {} : { count: slot.count }), ...(text ? { text } : {}) },
    chunks: [...taken, ...(text ? slot.beside : [])], findings,
  };
}

/** The option written in the brackets, as it stands, by its number in the printed list, or nearly as it stands. */
function bracketed(slot: Slot, options: readonly Option[], say: Say, taken: Chunk[]): Code | undefined {
  let chosen: Code | undefined;
  for (const bracket of slot.brackets) {
    const exact = optionOf(options, bracket.text);
    const byNumber = slot.listed.find((listed) => listed.text === bracket.text)?.number;
    const code = exact ?? (byNumber === undefined ? undefined : options[byNumber - 1]?.code) ?? optionLike(options, bracket.text);
    if (code === undefined) {
      say('choice-unknown', `［${textOf([bracket.chunk])}］は選択肢にありません。選び直してください。`);
      continue;
    }
    taken.push(bracket.chunk);
    if (exact === undefined) say('option-differs', `［${textOf([bracket.chunk])}］を「${labelOf(options, code)}」とみなしました。`);
    if (chosen !== undefined && chosen !== code) say('choice-twice', `［${labelOf(options, chosen)}］と［${labelOf(options, code)}］の両方が読めます。先の方を採りました。`);
    chosen ??= code;
  }
  return chosen;
}

/** The option with a mark; where OCR lost the brackets, the single option that is printed before the list. */
function marked(slot: Slot, item: ChoiceItem, options: readonly Option[], say: Say): Code | undefined {
  const on = distinct(slot, 'on');
  const off = distinct(slot, 'off');
  const bare = distinct(slot, 'bare');
  if (on.length === 1) return on[0];
  if (on.length + off.length > 1) {
    if (item.count && slot.count && on.length === 0) {
      say('choice-inferred', `どの選択肢が選ばれているか読み取れません。件数（${slot.count}${item.count.unit}）が書かれているので「${labelOf(options, item.count.whenChoice)}」としました。`);
      return item.count.whenChoice;
    }
    say('choice-unreadable', 'どの選択肢が選ばれているか読み取れません。選んでください。');
    return undefined;
  }
  if (off.length === 1 && !slot.emptyBracket) return off[0];
  if (bare.length === 1 && off.length === 0) return bare[0];
  if (!slot.emptyBracket && slot.brackets.length === 0 && (slot.listed.length > 0 || slot.inList)) say('choice-unreadable', '選ばれた選択肢が書かれていません。選んでください。');
  return undefined;
}

function checks(slot: Slot, item: ChecksItem, options: readonly Option[], wrapWidth: number): Made {
  const findings: Finding[] = [];
  const on = new Set(distinct(slot, 'on'));
  const texts: Record<Code, string> = {};
  const taken: Chunk[] = [];
  for (const [code, chunks] of slot.texts) {
    const text = textOf(chunks, wrapWidth);
    if (text === '') continue;
    texts[code] = text;
    taken.push(...chunks);
  }
  const inferred = [...Object.keys(texts), ...slot.counts.keys()].filter((code) => !on.has(code) && (slot.counts.get(code) ?? 1) > 0);
  for (const code of inferred) on.add(code);
  const named = inferred.map((code) => `「${labelOf(options, code)}」`).join('');
  const marked = distinct(slot, 'off').length + distinct(slot, 'bare').length;
  if (on.size === inferred.length && marked > 0 && item.need === 'required') {
    const kept = named ? `（　）に記載のある${named}だけをチェックしました。` : '';
    findings.push({ code: 'no-check', message: `「${item.label}」：チェックの付いた欄が読み取れません。${kept}原本を見て付け直してください。` });
  } else if (named) {
    findings.push({ code: 'check-inferred', message: `「${item.label}」：${named}は、チェックが読み取れませんが、（　）に記載があるのでチェックしました。` });
  }
  if (on.size === 0) return { chunks: [], findings };
  const checked = options.filter((option) => on.has(option.code)).map((option) => option.code);
  const counts = Object.fromEntries([...slot.counts].filter(([code]) => on.has(code)));
  return {
    value: { checked, ...(Object.keys(texts).length > 0 ? { texts } : {}), ...(Object.keys(counts).length > 0 ? { counts } : {}) },
    chunks: taken, findings,
  };
}

function table(slot: Slot, item: Item & { kind: 'table' }, form: FormDefinition, wrapWidth: number): Made {
  const value: Record<Code, string>[] = [];
  const taken: Chunk[] = [];
  for (const row of slot.rows) {
    const record: Record<Code, string> = {};
    for (const column of item.columns) {
      const chunks = row[column.code];
      if (!chunks) continue;
      const text = textOf(chunks, wrapWidth);
      const code = column.kind === 'choice' ? optionOf(form.optionSets[column.options ?? ''] ?? [], fold(text).replace(/^\[|\]$/gu, '')) : undefined;
      if (column.kind === 'choice' && code === undefined) continue;
      record[column.code] = code ?? text;
      taken.push(...chunks);
    }
    if (Object.keys(record).length > 0) value.push(record);
  }
  return value.length > 0 ? { value, chunks: taken, findings: [] } : { chunks: [], findings: [] };
}

/** A record list keeps every character: what its reading does not hold stays unplaced. */
function records(slot: Slot, ledger: Ledger): Made {
  if (slot.chunks.length === 0) return { chunks: [], findings: [] };
  const lines: string[] = [];
  let text = '';
  let lastRow = -1;
  for (const chunk of slot.chunks) {
    const piece = chunk.segment.text.slice(chunk.from, chunk.to);
    const joined = lastRow === chunk.segment.row && chunk.glue !== 'line';
    if (joined) text += ` ${piece}`;
    else {
      if (text) lines.push(text);
      text = chunk.bullet && !piece.startsWith('・') ? `・${piece}` : piece;
    }
    lastRow = chunk.segment.row;
  }
  lines.push(text);
  const value = joinHeadings(parsePastedRecords(lines.join('\n')));
  const missing = hold(slot.chunks, value, ledger);
  const findings = missing > 0 ? [{ code: 'records-unread', message: `「${slot.entry.item.label}」：${missing}文字を記録項目として読めませんでした。` }] : [];
  return { value, chunks: [], findings: [...findings, ...numbering(value, slot.entry.item.label)] };
}

/** A heading printed on a line of its own belongs to the unnamed records below it. */
function joinHeadings(value: RecordListAnswer): RecordListAnswer {
  const lists: RecordListAnswer['lists'] = [];
  for (const list of value.lists) {
    const above = lists.at(-1);
    if (above && above.records.length === 0 && list.heading === '') above.records.push(...list.records);
    else lists.push({ heading: list.heading, records: [...list.records] });
  }
  return { lists };
}

/** Walks source and reading side by side; takes what the reading holds and the separators between. */
function hold(chunks: readonly Chunk[], value: RecordListAnswer, ledger: Ledger): number {
  const held = fold(value.lists.map((list) => list.heading + list.records.map((record) => `${record.number ?? ''}${record.name}`).join('')).join(''));
  const bare = (character: string): string => fold(character).replace(/[①-⑳]/u, (digit) => String(digit.charCodeAt(0) - 0x245f));
  let place = 0;
  let missing = 0;
  for (const { segment, from, to } of chunks) {
    for (let index = from; index < to; index += 1) {
      const units = bare(segment.text[index]!);
      if (units === '') ledger.take(segment.at[index]!, FATE.placed);
      else if (held.startsWith(units, place)) {
        place += units.length;
        ledger.take(segment.at[index]!, FATE.placed);
      } else if (/^[、・.:()-]$/u.test(units)) ledger.take(segment.at[index]!, FATE.placed);
      else {
        missing += 1;
        const again = held.indexOf(units, place);
        if (again >= 0 && again - place < 3) {
          place = again + units.length;
          missing -= 1;
          ledger.take(segment.at[index]!, FATE.placed);
        }
      }
    }
  }
  return missing;
}

function numbering(value: RecordListAnswer, label: string): Finding[] {
  return value.lists.flatMap((list) => {
    const numbers = list.records.flatMap((record) => (record.number === null ? [] : [record.number]));
    const break_ = numbers.findIndex((number, n) => number !== n + numbers[0]!);
    return break_ < 1 ? [] : [{ code: 'numbers-broken', message: `「${label}」の${list.heading ? `「${list.heading}」` : '一覧'}：${numbers[break_ - 1]}番の次が${numbers[break_]}番です。` }];
  });
}

function distinct(slot: Slot, state: 'on' | 'off' | 'bare'): Code[] {
  return [...new Set(slot.marks.filter((mark) => mark.state === state).map((mark) => mark.option))];
}

function labelOf(options: readonly Option[], code: Code): string {
  return options.find((option) => option.code === code)?.label ?? code;
}

