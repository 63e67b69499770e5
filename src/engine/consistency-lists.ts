/** Numbered lists with gaps or doubles, and rows entered twice. */
import { sameAnswer } from './compare.js';
import { rowName } from './computed.js';
import type { Finding } from './consistency.js';
import { answered, groupItem } from './consistency-numbers.js';
import type { RecordListAnswer } from './form.js';
import { placeName, shorten } from './places.js';
import type { PlacedRow, Reading } from './reading.js';

/** Each list on its own; a list may go on with the numbers of the one before. */
export function numbersInOrder(reading: Reading): Finding[] {
  const findings: Finding[] = [];
  for (const { instance, value } of answered(reading, 'record-list')) {
    let last = 0;
    (value as RecordListAnswer).lists.forEach(({ heading, records }, n) => {
      const numbers = records.flatMap(({ number }) => (number === null ? [] : [number]));
      if (numbers.length === 0) return;
      const wrong = faultsOf(numbers, last);
      last = numbers.at(-1)!;
      if (wrong.length === 0) return;
      const list = heading.trim() === '' ? `${n + 1}番目の一覧` : `「${shorten(heading, 40)}」の一覧`;
      findings.push({ places: [instance.address], message: `「${placeName(reading, instance)}」の${list}で、${wrong.join('。また、')}。番号を確かめてください。` });
    });
  }
  return findings;
}

function faultsOf(numbers: readonly number[], lastBefore: number): string[] {
  const present = new Set(numbers);
  const doubles = [...new Set(numbers.filter((number, n) => numbers.indexOf(number) !== n))];
  const [least, most] = numbers.reduce(([low, high], number) => [Math.min(low, number), Math.max(high, number)], [numbers[0]!, numbers[0]!]);
  const first = least === lastBefore + 1 ? least : Math.min(1, least);
  const gaps: string[] = [];
  for (let from = first; from <= most && gaps.length < 20; from += 1) {
    if (present.has(from)) continue;
    let to = from;
    while (to + 1 <= most && !present.has(to + 1)) to += 1;
    gaps.push(from === to ? `${from}` : `${from}～${to}`);
    from = to;
  }
  const turned = doubles.length === 0 && numbers.find((number, n) => n > 0 && number < numbers[n - 1]!);
  return [
    ...(gaps.length > 0 ? [`番号${gaps.join('、')}が抜けています`] : []),
    ...(doubles.length > 0 ? [`番号${doubles.slice(0, 20).join('、')}が重なっています`] : []),
    ...(turned ? [`番号${turned}の順番が前後しています`] : []),
  ];
}

/** Rows with the same name and the same content; where sections are repeated per row (files), the same name alone. */
export function duplicateRows(reading: Reading): Finding[] {
  const findings: Finding[] = [];
  for (const instance of reading.instances) {
    const group = groupItem(reading, instance.item.code);
    if (!group || reading.visible(instance.item, instance.row) === 'no') continue;
    const byName = new Map<string, PlacedRow[]>();
    for (const row of reading.rowsOf(group.code, instance.row?.id ?? null)) {
      const name = rowName(reading, row)?.normalize('NFKC').replace(/\s+/gu, '') ?? '';
      if (group.nameItem !== undefined && name === '') continue;
      byName.set(name, [...(byName.get(name) ?? []), row]);
    }
    for (const rows of byName.values()) {
      rows.forEach((row, n) => {
        const twin = rows.slice(0, n).find((earlier) => group.items.length === 0 || sameContent(reading, group.code, earlier, row));
        if (!twin) return;
        const child = group.nameItem === undefined ? undefined : reading.lookUp(group.nameItem, row)?.address;
        const twinChild = group.nameItem === undefined ? undefined : reading.lookUp(group.nameItem, twin)?.address;
        const what = group.items.length === 0 ? `同じ名称「${shorten(rowName(reading, row) ?? '', 40)}」です` : '同じ内容です';
        findings.push({
          places: [child ?? instance.address, twinChild ?? instance.address],
          message: `${group.unit}${twin.number}と${group.unit}${row.number}が${what}。重複していれば一方を削除し、別のものであれば違いが分かるように書いてください。`,
        });
      });
    }
  }
  return findings;
}

function sameContent(reading: Reading, group: string, a: PlacedRow, b: PlacedRow): boolean {
  const children = reading.form.childrenOf.get(group) ?? [];
  let any = false;
  const same = children.every(({ code, item }) => {
    if (item.kind === 'group') return reading.rowsOf(code, a.id).length === 0 && reading.rowsOf(code, b.id).length === 0;
    const [mine, theirs] = [reading.answer(`${code}@${a.id}`), reading.answer(`${code}@${b.id}`)];
    any ||= mine !== undefined;
    return sameAnswer(mine, theirs);
  });
  return any && same;
}
