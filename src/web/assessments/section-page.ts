import { anchorOf, sectionHref } from '../../assessments/item-links.js';
import type { CompiledItem, CompiledSection } from '../../engine/form-index.js';
import { addressOf, type Block, type GroupItem } from '../../engine/form.js';
import { rowTitle } from '../../engine/places.js';
import type { Progress, SectionProgress, Tally } from '../../engine/progress.js';
import type { PlacedRow } from '../../engine/reading.js';
import { fieldModel, type FieldContext, type ItemField } from './item-field.js';

export interface TreeEntry {
  label: string;
  href: string;
  current: boolean;
  /** `12/17`, empty when nothing is asked. */
  count: string;
  done: boolean;
  bad: boolean;
  inner: { label: string; href: string; count: string; done: boolean }[];
}

export type Piece =
  | { type: 'item'; isForm: boolean; field: ItemField; partial: string; anchor: string; itemPage: string; csrf: string }
  | { type: 'heading'; text: string }
  | { type: 'group'; group: GroupModel };

export interface GroupModel {
  code: string;
  label: string;
  unit: string;
  anchor: string;
  address: string;
  hidden: boolean;
  significant: boolean;
  support: string;
  parent: string;
  sheets: string;
  rows: { id: string; title: string; anchor: string; open: boolean; first: boolean; last: boolean; pieces: Piece[]; further: string }[];
  /** Rows of a group that repeats whole sections are edited there. */
  elsewhere: { label: string; href: string; id: string; first: boolean; last: boolean }[] | null;
  problems: string[];
}

export interface BlockModel {
  code: string;
  heading: string;
  note: string;
  significant: boolean;
  pieces: Piece[];
}

/** The tree of sections with their progress; a section that is repeated stands once for each row. */
export function treeOf(assessmentId: string, progress: Progress, current: { section: string; row: string | null } | null): TreeEntry[] {
  return progress.sections.map((one) => {
    const href = sectionHref(assessmentId, one.section.code, one.row?.id ?? null);
    const isCurrent = current !== null && current.section === one.section.code && current.row === (one.row?.id ?? null);
    const blocks = one.blocks.filter(({ block }) => (block.shortHeading ?? block.heading ?? '') !== '');
    return {
      label: `${labelOf(one.section)}${repeated(progress, one) ? `（${one.rowTitle ?? ''}）` : ''}`,
      href,
      current: isCurrent,
      count: countOf(one),
      done: isDone(one),
      bad: one.problems > one.missing,
      inner: blocks.length < 2 ? [] : blocks.map((entry) => ({ label: entry.block.shortHeading ?? entry.block.heading ?? '', href: `${href}#block-${entry.block.code}`, count: countOf(entry), done: isDone(entry) })),
    };
  });
}

const repeated = (progress: Progress, one: SectionProgress): boolean => one.row !== null && progress.sections.filter((other) => other.section === one.section).length > 1;
const countOf = (tally: Tally): string => (tally.asked === 0 ? '' : `${tally.answered}/${tally.asked}`);
const isDone = (tally: Tally): boolean => tally.asked > 0 && tally.problems === 0;

export function labelOf({ section }: CompiledSection): string {
  return [section.number, section.shortTitle ?? section.title].filter((part) => part !== '').join(' ');
}

/** The blocks of a section with fields, groups and headings in the order of the printed form. */
export function blocksOf(section: CompiledSection, row: PlacedRow | null, context: FieldContext & { csrf: string }): BlockModel[] {
  const own = section.items;
  return section.section.blocks
    .map((block: Block) => ({
      code: block.code,
      heading: block.heading ?? '',
      note: block.note ?? '',
      significant: block.significant === true,
      pieces: [
        ...own.filter((item) => item.block === block && item.part === null).map((item) => pieceOf(item, row, context)),
        ...(block.parts ?? []).flatMap((part): Piece[] => [{ type: 'heading', text: part.heading }, ...own.filter((item) => item.part === part).map((item) => pieceOf(item, row, context))]),
      ],
    }))
    .filter((block) => block.pieces.length > 0);
}

function pieceOf(item: CompiledItem, row: PlacedRow | null, context: FieldContext & { csrf: string }): Piece {
  if (item.item.kind === 'group') return { type: 'group', group: groupOf(item, item.item, row, context) };
  const address = addressOf(item.code, row?.id ?? null);
  const field = fieldModel({ item, row, address }, context);
  return {
    type: 'item',
    isForm: item.item.kind !== 'fixed' && item.item.kind !== 'computed',
    field,
    partial: `fields/${item.item.kind}`,
    anchor: anchorOf(address),
    itemPage: `/assessments/${context.assessmentId}/items/${encodeURIComponent(address)}`,
    csrf: context.csrf,
  };
}

function groupOf(item: CompiledItem, group: GroupItem, row: PlacedRow | null, context: FieldContext & { csrf: string }): GroupModel {
  const { reading } = context;
  const rows = reading.rowsOf(group.code, row?.id ?? null);
  const children = reading.form.childrenOf.get(group.code) ?? [];
  const address = addressOf(group.code, row?.id ?? null);
  const sections = reading.form.sections.filter((one) => one.groups.at(-1) === group.code);
  const place = (at: PlacedRow) => ({ id: at.id, first: at.number === 1, last: at.number === rows.length });
  return {
    code: group.code,
    label: group.label,
    unit: group.unit,
    anchor: anchorOf(address),
    address,
    hidden: reading.visible(item, row) === 'no',
    significant: group.significant === true,
    support: group.help?.asks ?? '',
    parent: row?.id ?? '',
    sheets: group.sheets === undefined ? '' : `様式の本紙に${group.sheets.main}件まで、${group.sheets.main + 1}件目からは別のページに印刷されます（様式は${group.sheets.max}件まで）。`,
    rows: children.length === 0 ? [] : rows.map((at) => ({
      ...place(at),
      title: rowTitle(reading, at),
      anchor: `row-${at.id}`,
      open: rows.length <= 3,
      further: furtherSheet(group, at.number),
      pieces: children.map((child) => pieceOf(child, at, context)),
    })),
    elsewhere: children.length > 0 || sections.length === 0 ? null : rows.map((at) => ({ ...place(at), label: rowTitle(reading, at), href: sectionHref(context.assessmentId, sections[0]!.code, at.id) })),
    problems: context.problems.get(address) ?? [],
  };
}

function furtherSheet(group: GroupItem, number: number): string {
  if (group.sheets === undefined || number <= group.sheets.main) return '';
  const { main, each } = group.sheets;
  const first = main + 1 + Math.floor((number - main - 1) / each) * each;
  return `${group.unit}${first}～${first + each - 1}のページ`;
}
