import { checkAnswer } from '../../engine/answers.js';
import type { Address, AnswerSet, AnswerValue, Code, FormDefinition } from '../../engine/form.js';
import { Invalid } from '../../kernel/errors.js';
import { FormIndex } from './anchors.js';
import { settleComputed } from './computed.js';
import { detectForm } from './detect-form.js';
import { FATE, type UnplacedRun } from './ledger.js';
import { readSource, type Reading } from './reading.js';
import { guessChunks, takeChunks, textOf } from './slots.js';
import { makeValue } from './values.js';
import { Walk, type Doubt } from './walk.js';

/** Longest source, in characters. */
export const LONGEST_SOURCE = 5 * 1024 * 1024;

export interface Placement {
  address: Address;
  /** Headings and label over it, for people. */
  path: string;
  /** First and last (exclusive) character of the source that went into it, in UTF-16 units. */
  sourceStart: number;
  sourceEnd: number;
  /** The source text that went into it, cleaned. */
  text: string;
}

export interface ImportReport {
  /** Characters of the source that are neither white space nor markup, in UTF-16 units. */
  totalCharacters: number;
  /** Of these: in answers, or recognised as the form's own text. */
  placedCharacters: number;
  /** 0 to 1; 1 for an empty source. */
  placedShare: number;
  unplaced: UnplacedRun[];
  doubts: Doubt[];
}

export interface ImportResult extends ImportReport {
  form: Code;
  version: string;
  /** Of the placed characters: recognised labels, option lists, headings, page numbers. */
  structureCharacters: number;
  answerSet: AnswerSet;
  placements: Placement[];
  /** What the document says about itself, for the record that keeps it. */
  about: { title?: string; number?: string; implementingBody?: string };
}

export interface ImportOptions {
  /** Code of the form; found out from the text when missing. */
  form?: Code;
  version?: string;
  /** Makes the id of the n-th row of a group; default `<group>-<n>`. */
  newRowId?: (group: Code, count: number) => string;
}

/**
 * Reads the text of an existing assessment (Markdown or HTML tables, tabs, text copied from a PDF) into answers.
 * Nothing is dropped: each character is the form's own text, in an answer, or listed as unplaced.
 * @throws Invalid when the source is no text, too large, or no form fits
 */
export function importText(source: string | Uint8Array, forms: FormDefinition | readonly FormDefinition[], options: ImportOptions = {}): ImportResult {
  const text = typeof source === 'string' ? source : decode(source);
  if (text.length > LONGEST_SOURCE) throw refuse('source-too-large', `ファイルが大きすぎます（${(text.length / 1024 / 1024).toFixed(1)}MB）。5MB以内に分けてください。`);
  if (looksBinary(text)) throw refuse('source-not-text', 'テキストのファイルではありません。Markdown、HTML、またはPDFから写したテキストを指定してください。');
  const reading = readSource(text);
  const form = detectForm(reading, Array.isArray(forms) ? forms : [forms as FormDefinition], options);
  const walk = new Walk(new FormIndex(form), reading, options.newRowId ?? ((group, count) => `${group}-${count}`));
  walk.run();
  return settle(walk, reading, form);
}

function settle(walk: Walk, reading: Reading, form: FormDefinition): ImportResult {
  const { ledger } = reading;
  const doubts: Doubt[] = [...walk.doubts];
  const answers: Record<Address, AnswerValue> = {};
  const placements: Placement[] = [];
  const width = wrapWidth(reading);
  for (const slot of walk.slots.values()) {
    const { item } = slot.entry;
    if (item.kind === 'computed' || item.kind === 'fixed') continue;
    const line = Number.isFinite(slot.start) ? ledger.lineOf(slot.start) : 1;
    const made = makeValue(slot, form, ledger, width);
    for (const finding of made.findings) doubts.push({ address: slot.address, ...finding, line });
    if (made.value === undefined || (item.kind === 'record-list' && slot.chunks.length === 0)) {
      guessChunks(ledger, slot.chunks, slot.address);
      continue;
    }
    const checked = checkAnswer(item, made.value, form, slot.address);
    for (const problem of checked.problems) doubts.push({ address: slot.address, code: problem.code, message: problem.message, line });
    if (checked.value === null && item.kind !== 'text' && item.kind !== 'long-text') {
      takeChunks(ledger, [...slot.chunks, ...made.chunks], FATE.unplaced);
      guessChunks(ledger, [...slot.chunks, ...made.chunks], slot.address);
      continue;
    }
    takeChunks(ledger, made.chunks);
    answers[slot.address] = checked.value ?? made.value;
    placements.push({ address: slot.address, path: `${slot.entry.path} ＞ ${item.label}`, sourceStart: slot.start, sourceEnd: slot.end, text: textOf([...slot.chunks, ...(slot.chunks.length > 0 ? [] : made.chunks)], width) });
  }
  settleComputed(walk, answers, doubts, width);
  doubts.push(...rowDoubts(walk), ...defectDoubts(reading));
  doubts.sort((one, other) => one.line - other.line);
  const totals = ledger.totals();
  return {
    form: form.form, version: form.version,
    answerSet: { rows: walk.rows.rows(), answers }, placements, doubts, unplaced: ledger.unplaced(),
    totalCharacters: totals.total, placedCharacters: totals.structure + totals.placed, structureCharacters: totals.structure,
    placedShare: totals.total === 0 ? 1 : (totals.structure + totals.placed) / totals.total,
    about: aboutOf(walk, answers),
  };
}

function aboutOf(walk: Walk, answers: Record<Address, AnswerValue>): ImportResult['about'] {
  const of = (from: string): string | undefined => {
    const entry = walk.index.entries.find(({ item }) => item.prefilledFrom === from);
    const value = entry ? answers[entry.item.code] : undefined;
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const title = of('assessment-name');
  const number = of('assessment-number');
  const implementingBody = of('implementing-body');
  return { ...(title ? { title } : {}), ...(number ? { number } : {}), ...(implementingBody ? { implementingBody } : {}) };
}

/** Numbers of repeated rows that do not run on from 1. */
function rowDoubts(walk: Walk): Doubt[] {
  return [...walk.index.groups].flatMap(([code, { item }]) => {
    const parents = new Set(walk.rows.known.filter(({ row }) => row.group === code).map(({ row }) => row.parent));
    return [...parents].flatMap((parent) => {
      let due = 1;
      const found: Doubt[] = [];
      for (const { row, printed, line } of walk.rows.known) {
        if (row.group !== code || row.parent !== parent || printed === null) continue;
        if (printed !== due) found.push({ code: 'row-numbers', message: `${item.unit}${due}があるはずの所に${item.unit}${printed}があります。抜けているものがないか原本を確かめてください。`, line });
        due = printed + 1;
      }
      return found;
    });
  });
}

const DEFECTS = { nul: 'NUL文字', control: '制御文字', surrogate: '壊れた文字（サロゲートの片方）' } as const;

function defectDoubts(reading: Reading): Doubt[] {
  const lines = new Map<string, Doubt>();
  for (const { at, kind } of reading.defects) {
    const line = reading.ledger.lineOf(at);
    lines.set(`${kind}@${line}`, { code: `defect-${kind}`, message: `${line}行目に${DEFECTS[kind]}があります。この文字は取り込みません。`, line });
  }
  return [...lines.values()];
}

/** Width of a full line in text copied from a PDF; 0 when lines are not wrapped. */
function wrapWidth(reading: Reading): number {
  const lengths = reading.segments.filter((segment) => !segment.table && segment.text.length >= 20).map((segment) => segment.text.length).sort((one, other) => one - other);
  if (lengths.length < 8) return 0;
  const full = lengths[Math.floor(lengths.length * 0.9)]!;
  return lengths.at(-1)! <= full * 1.25 && full <= 80 ? full : 0;
}

function decode(bytes: Uint8Array): string {
  if (bytes.length > LONGEST_SOURCE * 4) throw refuse('source-too-large', 'ファイルが大きすぎます。5MB以内に分けてください。');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse('source-not-text', 'UTF-8のテキストとして読めません。文字コードをUTF-8にして保存し直すか、PDFや画像でないか確かめてください。');
  }
}

function looksBinary(text: string): boolean {
  const head = text.slice(0, 4096);
  if (/^(?:%PDF-|PK\u0003\u0004|\u0089PNG|GIF8)/u.test(head)) return true;
  const control = head.match(/[\u0000-\u0008\u000e-\u001f]/gu)?.length ?? 0;
  return control > 8 && control > head.length * 0.05;
}

function refuse(code: string, message: string): Invalid {
  return new Invalid(code, message, [{ code, path: '', message }]);
}
