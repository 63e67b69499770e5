import type { GroupItem, Item } from '../engine/form.js';
import type { Answered, PrintedRow } from './assessment-report.answers.js';
import type { Piece, RowModel, ValueModel } from './assessment-report.model.js';

/** A further sheet: rows of a group that the main sheet has no place for. */
export interface FurtherSheet {
  blockHeading: string;
  /** `委託事項6～10` */
  name: string;
  pieces: Piece[];
}

/** Where the items stand: the row around them, the heading above them, and the list that takes further sheets. */
export interface Place {
  row: PrintedRow;
  blockHeading: string;
  /** Title of the section, and the heading again without its number: a label that says only the same is not printed twice. */
  titles: readonly string[];
  /** The heading of the section or block carries the ※ for all its items. */
  headingMarked: boolean;
  further: FurtherSheet[];
}

/** Items in their order as bordered tables, cut where something needs the whole width. `heading` repeats on every page. */
export function piecesOf(answered: Answered, items: readonly Item[], heading: string, place: Place): Piece[] {
  const pieces: Piece[] = [];
  let open: { item: Item; value: ValueModel }[] = [];
  let headed = heading;
  const close = () => {
    if (open.length === 0) return;
    pieces.push(table(answered, open, headed, place));
    open = [];
    headed = heading === '' ? '' : `${heading}（続き）`;
  };
  for (const item of items) {
    if (item.kind === 'group') {
      if (item.items.length === 0) continue; // printed by the sections that repeat per row
      close();
      pieces.push(...groupPieces(answered, item, place));
      continue;
    }
    const value = answered.value(item, place.row);
    if (value.kind === 'figures' || value.kind === 'records' || value.kind === 'table') {
      close();
      pieces.push({ kind: 'free', label: shownLabel(answered, item, place), significant: marked(item, place), value });
      continue;
    }
    if (value.kind === 'text' && overAPage(value.text)) {
      // Its label goes over it, where it is repeated on every page that the text reaches.
      close();
      pieces.push(longText(item, value, headed, place));
      headed = heading === '' ? '' : `${heading}（続き）`;
      continue;
    }
    open.push({ item, value });
  }
  close();
  return pieces;
}

function groupPieces(answered: Answered, group: GroupItem, place: Place): Piece[] {
  const printed = answered.rows(group.code, place.row);
  const main = group.sheets?.main ?? printed.length;
  const each = Math.max(1, group.sheets?.each ?? 1);
  const max = group.sheets?.max ?? Infinity;
  const ofRows = (from: number, until: number, further: FurtherSheet[]) => printed.slice(from, until).flatMap((row, index) =>
    piecesOf(answered, group.items, `${group.unit}${from + index + 1}`, { ...place, row, further }));
  const pieces = ofRows(0, main, place.further);
  for (let from = main; from < printed.length; from += each) {
    const range = `${group.unit}${from + 1}～${from + each}`;
    const name = from >= max ? `${group.sheets?.over ?? '別紙'}　${range}` : range;
    const deeper: FurtherSheet[] = [];
    const sheet = { blockHeading: place.blockHeading, name, pieces: ofRows(from, from + each, deeper) };
    place.further.push(sheet, ...deeper);
    pieces.push({ kind: 'remark', text: `${group.unit}${from + 1}以降は、別の用紙「${name}」に記載` });
  }
  return pieces;
}

function table(answered: Answered, open: { item: Item; value: ValueModel }[], heading: string, place: Place): Piece {
  const columns = open.some(({ item }) => item.under !== undefined) ? 3 : 2;
  const rows = open.map(({ item, value }, index): RowModel => {
    const under = item.under;
    const wide = item.wide ?? false;
    return {
      under: under === undefined ? null : { text: under, joined: open[index - 1]?.item.under === under, last: open[index + 1]?.item.under !== under },
      spans: columns === 3 && under === undefined,
      label: wide ? shownLabel(answered, item, place) : item.label,
      indent: item.indent ?? 0,
      significant: marked(item, place),
      wide,
      keep: value.kind === 'text' ? value.text.length <= 120 && !value.text.includes('\n') : value.kind !== 'list',
      value,
    };
  });
  return { kind: 'table', heading, columns, rows };
}

/** Surely longer than a page: 70 characters fit a line of the full width, about 45 lines a page. */
function overAPage(text: string): boolean {
  return text.length > 1_200 && text.split('\n').reduce((lines, line) => lines + Math.max(1, Math.ceil(line.length / 52)), 0) > 45;
}

function longText(item: Item, value: ValueModel, heading: string, place: Place): Piece {
  const label = `${item.under === undefined || item.under === item.label ? '' : `${item.under}　`}${item.label}${marked(item, place) ? '　※' : ''}`;
  const row: RowModel = { under: null, spans: false, label: '', indent: 0, significant: false, wide: true, keep: false, value };
  return { kind: 'table', heading: heading === '' ? label : `${heading}\n${label}`, columns: 2, rows: [row] };
}

/** The ※ of an item stands on its heading where that carries it. */
function marked(item: Item, place: Place): boolean {
  return item.significant === true && !place.headingMarked;
}

/** Blank where the heading above, or the boxes themselves (［　］委託しない), say the same. */
function shownLabel(answered: Answered, item: Item, place: Place): string {
  const boxes = item.kind === 'checks' ? (answered.form.optionSets[item.options] ?? []) : [];
  const saidByBoxes = boxes.length > 0 && boxes.every(({ label }) => label.startsWith(item.label));
  return saidByBoxes || place.titles.includes(item.label) ? '' : item.label;
}
