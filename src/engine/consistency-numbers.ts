/** Counts against lists and bands against data. */
import { countedNumber } from './blanks.js';
import type { Finding } from './consistency.js';
import type { CompiledItem } from './form-index.js';
import type { AnswerValue, ChecksAnswer, ChoiceAnswer, GroupItem, Option } from './form.js';
import { placeName } from './places.js';
import type { Instance, Reading } from './reading.js';
import { rowsNeeded } from './readiness.js';

/** Shown instances of an item kind with their answer. */
export function* answered(reading: Reading, kind: CompiledItem['item']['kind']): Generator<{ instance: Instance; value: unknown }> {
  for (const instance of reading.instances) {
    if (instance.item.item.kind !== kind) continue;
    const value = reading.answer(instance.address);
    if (value !== undefined && reading.visible(instance.item, instance.row) !== 'no') yield { instance, value };
  }
}

/** 「委託の有無」は4件ですが、委託事項は6件あります。 */
export function countAgainstRows(reading: Reading): Finding[] {
  return [...answered(reading, 'choice')].flatMap(({ instance, value }) => {
    const { item } = instance.item;
    const { choice, count } = value as ChoiceAnswer;
    if (item.kind !== 'choice' || !item.count || count === undefined || choice !== item.count.whenChoice) return [];
    return countFinding(reading, instance, placeName(reading, instance), count, item.count.of);
  });
}

/** The counts in brackets of check boxes. */
export function countsAgainstRows(reading: Reading): Finding[] {
  return [...answered(reading, 'checks')].flatMap(({ instance, value }) => {
    const { checked, counts } = value as ChecksAnswer;
    return checked.flatMap((code) => {
      const option = instance.item.options?.get(code);
      const count = counts?.[code];
      if (option?.counts === undefined || count === undefined) return [];
      return countFinding(reading, instance, `${placeName(reading, instance)}：${option.label}`, count, option.counts);
    });
  });
}

function countFinding(reading: Reading, instance: Instance, place: string, count: number, group: string): Finding[] {
  const rows = reading.rowsSeenFrom(group, instance.row);
  if (rows.length === 0 || rows.length === count) return [];
  const unit = groupItem(reading, group)?.unit ?? group;
  return [{
    places: [instance.address, groupAddress(reading, group, instance)],
    message: `「${place}」は${count}件ですが、${unit}は${rows.length}件あります。件数を直すか、${unit}を${count > rows.length ? '追加' : '整理'}してください。`,
  }];
}

/** 委託する is chosen but there is no 委託事項. Left to readiness where the group needs rows anyhow. */
export function saysRowsButHasNone(reading: Reading): Finding[] {
  const findings: Finding[] = [];
  const none = (instance: Instance, place: string, said: string, group: string): void => {
    const item = groupItem(reading, group);
    if (!item || rowsNeeded(item) > 0 || reading.rowsSeenFrom(group, instance.row).length > 0) return;
    findings.push({ places: [instance.address, groupAddress(reading, group, instance)], message: `「${place}」は「${said}」ですが、${item.unit}が1件もありません。${item.unit}を追加するか、選択を直してください。` });
  };
  for (const { instance, value } of answered(reading, 'choice')) {
    const { item } = instance.item;
    const { choice, count } = value as ChoiceAnswer;
    if (item.kind === 'choice' && item.count && choice === item.count.whenChoice && count !== 0) none(instance, placeName(reading, instance), instance.item.options?.get(choice)?.label ?? choice, item.count.of);
  }
  for (const { instance, value } of answered(reading, 'checks')) {
    const { checked, counts } = value as ChecksAnswer;
    for (const code of checked) {
      const option = instance.item.options?.get(code);
      if (option?.counts !== undefined && counts?.[code] !== 0) none(instance, placeName(reading, instance), option.label, option.counts);
    }
  }
  return findings;
}

/** 「50項目以上100項目未満」 over 315 records. */
export function bandAgainstData(reading: Reading): Finding[] {
  return [...answered(reading, 'choice')].flatMap(({ instance, value }) => {
    const { item, options } = instance.item;
    if (item.kind !== 'choice' || item.bandOf === undefined) return [];
    const band = options?.get((value as ChoiceAnswer).choice);
    const data = dataOf(reading, item.bandOf, instance);
    // Names without a number may be headings or parts of others: a band that holds either count is right.
    if (!band || data === null || holds(band, data.number) || holds(band, data.atMost)) return [];
    const right = [...options!.values()].find((option) => option !== band && isBand(option) && holds(option, data.number));
    return [{
      places: [instance.address, data.address],
      message: `「${placeName(reading, instance)}」は「${band.label}」ですが、「${data.name}」は${data.number.toLocaleString('ja-JP')}${data.unit}${data.unit === '件' ? 'あります' : 'です'}${data.atMost > data.number ? `（番号のない${(data.atMost - data.number).toLocaleString('ja-JP')}件を含めると${data.atMost.toLocaleString('ja-JP')}件）` : ''}${right ? `（「${right.label}」に当たります）` : ''}。どちらかを直してください。`,
    }];
  });
}

function dataOf(reading: Reading, code: string, from: Instance): { number: number; atMost: number; name: string; unit: string; address: string } | null {
  const group = groupItem(reading, code);
  if (group) {
    const rows = reading.rowsSeenFrom(code, from.row).length;
    return rows === 0 ? null : { number: rows, atMost: rows, name: group.unit, unit: '件', address: groupAddress(reading, code, from) };
  }
  const found = reading.lookUp(code, from.row);
  if (!found || reading.visible(found.item, found.row) === 'no') return null;
  const value = reading.answer(found.address);
  const number = value === undefined ? null : countedNumber(value);
  if (number === null || (number === 0 && typeof value !== 'number')) return null;
  const unit = found.item.item.kind === 'number' ? (found.item.item.unit ?? '') : '件';
  return { number: numberedRecords(value) ?? number, atMost: number, name: placeName(reading, found), unit, address: found.address };
}

/** Records that carry a number, where any does. */
function numberedRecords(value: AnswerValue | undefined): number | null {
  if (typeof value !== 'object' || !('lists' in value)) return null;
  const numbered = value.lists.flatMap((list) => list.records).filter((record) => record.number !== null).length;
  return numbered === 0 ? null : numbered;
}

/** The band of a part that begins above the end of the band of the whole. */
export function partAboveWhole(reading: Reading): Finding[] {
  return [...answered(reading, 'choice')].flatMap(({ instance, value }) => {
    const { item, options } = instance.item;
    if (item.kind !== 'choice' || item.notAbove === undefined) return [];
    const whole = reading.lookUp(item.notAbove, instance.row);
    const said = whole ? reading.answer(whole.address) : undefined;
    if (!whole || typeof said !== 'object' || !('choice' in said) || reading.visible(whole.item, whole.row) === 'no') return [];
    const part = options?.get((value as ChoiceAnswer).choice);
    const limit = whole.item.options?.get(said.choice);
    if (part?.atLeast === undefined || limit?.below === undefined || part.atLeast < limit.below) return [];
    return [{
      places: [instance.address, whole.address],
      message: `「${placeName(reading, instance)}」の「${part.label}」は、「${placeName(reading, whole)}」の「${limit.label}」を超えています。どちらかを直してください。`,
    }];
  });
}

function isBand(option: Option): boolean {
  return option.atLeast !== undefined || option.below !== undefined;
}

function holds(option: Option, number: number): boolean {
  return !isBand(option) || (number >= (option.atLeast ?? -Infinity) && number < (option.below ?? Infinity));
}

export function groupItem(reading: Reading, code: string): GroupItem | undefined {
  const item = reading.form.byCode.get(code)?.item;
  return item?.kind === 'group' ? item : undefined;
}

function groupAddress(reading: Reading, group: string, from: Instance): string {
  return reading.lookUp(group, from.row)?.address ?? group;
}
