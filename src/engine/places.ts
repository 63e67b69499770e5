/** How messages name places, rows and answers. */
import { rowName } from './computed.js';
import { formatEra } from './dates.js';
import type { CompiledItem } from './form-index.js';
import type { AnswerValue } from './form.js';
import type { Instance, PlacedRow, Reading } from './reading.js';

/** `Ⅱ 4. 委託内容（委託事項2「帳票の印刷」）`. */
export function placeName(reading: Reading, { item, row }: Pick<Instance, 'item' | 'row'>): string {
  const around = rowPath(reading, row);
  return around === '' ? item.name : `${item.name}（${around}）`;
}

/** `国保ファイル　委託事項2「帳票の印刷」`; empty at the root. A row that is the only one of a root group is left out. */
function rowPath(reading: Reading, row: PlacedRow | null): string {
  if (!row) return '';
  const outer = rowPath(reading, row.around);
  const alone = row.around === null && reading.rowsOf(row.group, null).length === 1 && groupItem(reading, row)?.items.length === 0;
  return [outer, alone ? '' : rowTitle(reading, row)].filter((part) => part !== '').join('　');
}

/** `委託事項2「帳票の印刷」`. */
export function rowTitle(reading: Reading, row: PlacedRow): string {
  const name = rowName(reading, row);
  return `${groupItem(reading, row)?.unit ?? row.group}${row.number}${name ? `「${shorten(name, 30)}」` : ''}`;
}

function groupItem(reading: Reading, row: PlacedRow): Extract<CompiledItem['item'], { kind: 'group' }> | undefined {
  const item = reading.form.byCode.get(row.group)?.item;
  return item?.kind === 'group' ? item : undefined;
}

/** An answer in a few words: option labels, the date in 和暦, the first characters of a text. */
export function saidIn(item: CompiledItem, value: AnswerValue): string {
  if (typeof value === 'number') return value.toLocaleString('ja-JP');
  if (typeof value === 'string') return shorten(item.item.kind === 'date' ? formatEra(value) : value, 40);
  if (Array.isArray(value)) return `${value.length}件`;
  const label = (code: string): string => item.options?.get(code)?.label ?? code;
  if ('choice' in value) return label(value.choice);
  if ('checked' in value) return value.checked.map(label).join('、');
  if ('from' in value) return `${value.from ? formatEra(value.from) : ''}～${value.to ? formatEra(value.to) : ''}`;
  return 'lists' in value ? `${value.lists.reduce((sum, list) => sum + list.records.length, 0)}件` : `${value.figures.length}枚`;
}

export function shorten(text: string, length: number): string {
  const characters = Array.from(text.slice(0, length * 2 + 2));
  return characters.length <= length ? text.trim() : `${characters.slice(0, length).join('').trim()}…`;
}
