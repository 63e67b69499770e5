/** Dates against each other. Texts that are not one day are left alone. */
import type { Finding } from './consistency.js';
import { daysInclusive, formatEra, isIsoDate, parseJapaneseDate } from './dates.js';
import type { CompiledItem } from './form-index.js';
import type { AnswerValue } from './form.js';
import { placeName } from './places.js';
import type { Instance, Reading } from './reading.js';

interface Days { first: string | null; last: string | null }

function daysOf(item: CompiledItem, value: AnswerValue | undefined): Days | null {
  if (typeof value === 'string' && (item.item.kind === 'date' || item.item.kind === 'date-text')) {
    const day = parseJapaneseDate(value);
    return day === null ? null : { first: day, last: day };
  }
  if (item.item.kind !== 'date-range' || typeof value !== 'object' || !('from' in value)) return null;
  const day = (text: string | null): string | null => (text !== null && isIsoDate(text) ? text : null);
  return { first: day(value.from) ?? day(value.to), last: day(value.to) ?? day(value.from) };
}

function* dated(reading: Reading): Generator<{ instance: Instance; days: Days }> {
  for (const instance of reading.instances) {
    const kind = instance.item.item.kind;
    if (kind !== 'date' && kind !== 'date-text' && kind !== 'date-range') continue;
    const days = daysOf(instance.item, reading.answer(instance.address));
    if (days && reading.visible(instance.item, instance.row) !== 'no') yield { instance, days };
  }
}

/** `notBefore`, and periods that end before they begin. */
export function datesInOrder(reading: Reading): Finding[] {
  const findings: Finding[] = [];
  for (const { instance, days } of dated(reading)) {
    const { item } = instance.item;
    const place = placeName(reading, instance);
    if (item.kind === 'date-range' && days.first !== null && days.last !== null && days.first > days.last) {
      findings.push({ places: [instance.address], message: `「${place}」の開始日（${formatEra(days.first)}）が終了日（${formatEra(days.last)}）より後になっています。日付を直してください。` });
    }
    if (!('notBefore' in item) || item.notBefore === undefined) continue;
    const other = reading.lookUp(item.notBefore, instance.row);
    const earlier = other && reading.visible(other.item, other.row) !== 'no' ? daysOf(other.item, reading.answer(other.address)) : null;
    if (!other || !earlier || earlier.last === null || days.first === null || days.first >= earlier.last) continue;
    findings.push({
      places: [instance.address, other.address],
      message: `「${place}」の${formatEra(days.first)}が、「${placeName(reading, other)}」の${formatEra(earlier.last)}より前になっています。どちらかを直してください。`,
    });
  }
  return findings;
}

/** A period shorter than it must be, without the reason that the form asks for. */
export function periodLongEnough(reading: Reading): Finding[] {
  const findings: Finding[] = [];
  for (const { instance } of dated(reading)) {
    const { item } = instance.item;
    const value = reading.answer(instance.address);
    if (item.kind !== 'date-range' || !item.minDays || typeof value !== 'object' || !('from' in value)) continue;
    if (!isIsoDate(value.from) || !isIsoDate(value.to) || value.from > value.to) continue;
    const days = daysInclusive(value.from, value.to);
    const reason = reading.lookUp(item.minDays.unless, instance.row);
    if (days >= item.minDays.days || (reason && reading.answer(reason.address) !== undefined)) continue;
    findings.push({
      places: [instance.address, ...(reason ? [reason.address] : [])],
      message: `「${placeName(reading, instance)}」は${days}日間で、${item.minDays.days}日に足りません。期間を直すか、「${reason ? placeName(reading, reason) : '理由'}」に短くした理由を書いてください。`,
    });
  }
  return findings;
}
