/** Items as fields of datasets and answers as their values. Pure. */
import { countedNumber, emptyAnswer } from '../engine/blanks.js';
import { compute } from '../engine/computed.js';
import type { CompiledItem } from '../engine/form-index.js';
import { addressOf, type AnswerValue, type ChecksAnswer, type ChoiceAnswer, type Code, type DateRangeAnswer, type Option } from '../engine/form.js';
import type { PlacedRow, Reading } from '../engine/reading.js';
import type { DatasetField, FieldOption, FieldValue } from '../engine/tabulation.js';

/** Codes of the fields that every dataset has; an item of the same code is told apart. */
const OWN = new Set(['department', 'section', 'system', 'class', 'response-status', 'owner', 'respondent']);
const codeOf = (item: CompiledItem): Code => (OWN.has(item.code) ? `${item.code}-answer` : item.code);
const writesText = (option: Option): boolean => option.text === true;

const GIVEN: FieldOption[] = [{ code: 'given', label: 'あり' }, { code: 'none', label: 'なし' }];

/** The item itself, and a text for each option with a text in brackets; of rows how many there are, of pictures whether there are any. */
export function fieldsOf(compiled: CompiledItem): DatasetField[] {
  const { item, options } = compiled;
  const [code, label] = [codeOf(compiled), item.label];
  const all = [...(options?.values() ?? [])];
  const texts = all.filter(writesText).map((option): DatasetField => ({ code: `${code}.${option.code}`, label: `${label}（${option.label}の内容）`, kind: 'text' }));
  switch (item.kind) {
    case 'choice': case 'checks': return [{ code, label, kind: item.kind, options: all.map((one) => ({ code: one.code, label: one.label })) }, ...texts];
    case 'number': return [{ code, label, kind: 'number' }];
    case 'text': case 'long-text': case 'date': case 'date-text': return [{ code, label, kind: 'text' }];
    case 'date-range': return [{ code: `${code}.from`, label: `${label}（始まり）`, kind: 'text' }, { code: `${code}.to`, label: `${label}（終わり）`, kind: 'text' }];
    case 'group': return [{ code, label: `${label}（${item.unit}の数）`, kind: 'number' }];
    case 'table': case 'record-list': case 'text-list': return [{ code, label: `${label}（行の数）`, kind: 'number' }];
    case 'figures': return [{ code, label, kind: 'choice', options: GIVEN }];
    case 'computed': return isSum(compiled) ? [{ code, label, kind: 'number' }] : [];
    default: return [];
  }
}

type Values = [Code, FieldValue][];

export function valuesOf(compiled: CompiledItem, answer: AnswerValue | undefined): Values {
  const { item } = compiled;
  const code = codeOf(compiled);
  const given = answer === undefined || emptyAnswer(answer) ? null : answer;
  switch (item.kind) {
    case 'choice': return choiceValues(compiled, code, given !== null && typeof given === 'object' && 'choice' in given ? given : null);
    case 'checks': return checksValues(compiled, code, given !== null && typeof given === 'object' && 'checked' in given ? given : null);
    case 'number': return [[code, typeof given === 'number' ? given : null]];
    case 'text': case 'long-text': case 'date': case 'date-text': return [[code, typeof given === 'string' ? given : null]];
    case 'date-range': return rangeValues(code, given !== null && typeof given === 'object' && 'from' in given ? given : null);
    case 'table': case 'record-list': case 'text-list': return [[code, given === null ? 0 : (countedNumber(given) ?? 0)]];
    case 'figures': return [[code, given === null ? 'none' : 'given']];
    default: return [];
  }
}

function choiceValues({ options }: CompiledItem, code: Code, choice: ChoiceAnswer | null): Values {
  return [[code, choice?.choice ?? null], ...[...options!.values()].filter(writesText).flatMap((one): Values => (choice?.choice === one.code ? [[`${code}.${one.code}`, choice.text ?? null]] : []))];
}

function checksValues({ options }: CompiledItem, code: Code, checks: ChecksAnswer | null): Values {
  return [[code, checks?.checked ?? null], ...[...options!.values()].filter(writesText).flatMap((one): Values => (checks?.checked.includes(one.code) === true ? [[`${code}.${one.code}`, checks.texts?.[one.code] ?? null]] : []))];
}

const rangeValues = (code: Code, range: DateRangeAnswer | null): Values => [[`${code}.from`, range?.from ?? null], [`${code}.to`, range?.to ?? null]];

/** Names that occur, in the given order first. */
export function named(names: readonly (string | null)[], order: readonly string[] = []): FieldOption[] {
  const there = new Set(names.filter((one) => one !== null));
  return [...new Set([...order.filter((one) => there.has(one)), ...there])].map((one) => ({ code: keyOf(one), label: one }));
}

// Addresses are cut at these signs, and references in texts end with some of them.
const WIDE: Readonly<Record<string, string>> = { '/': '／', '=': '＝', '［': '[', '］': ']', '%': '％' };
/** A name as part of an address: without the signs by which addresses and references are read. */
export const keyOf = (name: string): string => name.trim().replace(/[/=［］%]/gu, (sign) => WIDE[sign]!);
export const keyOrNull = (name: string | null): string | null => (name === null ? null : keyOf(name));

/** No entry for an item that its condition hides, null for one without an answer; of rows, how many there are. */
export function saidValues(reading: Reading, item: CompiledItem, row: PlacedRow | null): [Code, FieldValue][] {
  if (reading.visible(item, row) === 'no') return [];
  if (item.item.kind === 'group') return [[codeOf(item), reading.rowsOf(item.code, row?.id ?? null).length]];
  const sum = item.item.kind === 'computed' ? compute(reading, item, row)?.value : undefined;
  return item.item.kind === 'computed' ? (isSum(item) ? [[codeOf(item), typeof sum === 'number' ? sum : null]] : []) : valuesOf(item, reading.answer(addressOf(item.code, row?.id ?? null)));
}

const isSum = ({ item }: CompiledItem): boolean => item.kind === 'computed' && item.compute.rule === 'sum-of';
