/** What a response says, in words: answers, rows, computed figures. Pure. */
import { compute, rowName } from '../engine/computed.js';
import type { CompiledItem } from '../engine/form-index.js';
import { addressOf, type AnswerValue, type Code, type Item, type TableAnswer } from '../engine/form.js';
import { rowTitle } from '../engine/places.js';
import type { PlacedRow, Reading } from '../engine/reading.js';
import { valueText } from '../engine/value-text.js';

const amount = (value: number, unit = ''): string => `${value.toLocaleString('ja-JP', { maximumFractionDigits: 20 })}${unit}`;

/** An answer with the unit of numbers and the labels of chosen options; empty for none. */
export function answerWords(compiled: CompiledItem, value: AnswerValue | null | undefined): string {
  const { item, columnOptions } = compiled;
  if (typeof value === 'number') return amount(value, unitOf(item));
  if (item.kind !== 'table' || !Array.isArray(value)) return valueText(compiled, value);
  const cell = (code: Code, text: string): string => columnOptions.get(code)?.get(text)?.label ?? text;
  return (value as TableAnswer).map((row) => item.columns.map(({ code, label }) => `${label}：${cell(code, row[code] ?? '')}`).join('　')).join('\n');
}

const unitOf = (item: Item): string => (item.kind === 'number' || item.kind === 'computed' ? (item.unit ?? '') : '');

/** What an item says where it stands: its answer, its rows one a line, or what is computed; empty for nothing, and while it is not asked. */
export function saidWords(reading: Reading, compiled: CompiledItem, row: PlacedRow | null): string {
  if (reading.visible(compiled, row) === 'no') return '';
  const { item, code } = compiled;
  if (item.kind === 'fixed') return item.text;
  if (item.kind === 'group') return reading.rowsOf(code, row?.id ?? null).map((one) => rowWords(reading, one)).join('\n');
  if (item.kind !== 'computed') return answerWords(compiled, reading.answer(addressOf(code, row?.id ?? null)));
  const computed = compute(reading, compiled, row);
  return computed === null ? '' : answerWords(computed.of ?? compiled, computed.value);
}

/** `事故1「持出し」　発生日：令和8年5月1日　件数：3件`. */
export function rowWords(reading: Reading, row: PlacedRow): string {
  const name = rowName(reading, row);
  const group = reading.form.byCode.get(row.group)?.item;
  // The title says a short name as a whole.
  const told = group?.kind === 'group' && name !== null && [...name].length <= 30 ? group.nameItem : undefined;
  const said = (reading.form.childrenOf.get(row.group) ?? []).filter(({ item, code }) => item.kind !== 'fixed' && code !== told).flatMap((child) => {
    const words = saidWords(reading, child, row);
    return words === '' ? [] : [`${child.item.label}：${words.replaceAll('\n', '、')}`];
  });
  return [rowTitle(reading, row), ...said].join('　');
}
