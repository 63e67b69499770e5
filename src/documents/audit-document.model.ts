/**
 * The report models of the documents of an audit: what `templates/reports/audit` print. Plain
 * JSON and complete: what is not there is null, '' or []. Charts stand in them as data and are drawn when they are printed.
 */
import type { TableChartPicture } from '../rendering/table-chart.js';

/**
 * A line of a text. `marked`: begins with a number or a point; `entry`: number and title of a finding or an opinion; `labelled`:
 * 判断の基準　…; `heading`: 【…】.
 */
export interface Paragraph {
  kind: 'plain' | 'marked' | 'entry' | 'labelled' | 'heading';
  mark: string;
  label: string;
  text: string;
  /** Steps in. */
  depth: number;
  /** Heads what stands under it. */
  leads: boolean;
}

export interface ChartModel extends Omit<TableChartPicture, 'width'> {
  title: string;
}

export interface TableModel {
  anchor: string;
  title: string;
  /** Too many columns for an upright page. */
  wide: boolean;
  /** Small enough to stay on one page. */
  whole: boolean;
  /** Width of the first column: `broad`, `label`, `slim`. */
  labels: string;
  /** Height and width of each head cell; the first row holds heads over several columns. */
  /** `even`: one short word, which has no place where it breaks better than in its middle. */
  heads: { cells: { text: string; columns: number; rows: number; upright: boolean; even: boolean }[] }[];
  /** One for each column: `number`, `narrow`. */
  columns: string[];
  /** Rows that stay together on a page. */
  bodies: { rows: { label: string; total: boolean; cells: string[]; shares: string[] | null }[] }[];
  /** Columns in all. */
  span: number;
  shareLabel: string;
  notes: string[];
  sentences: string[];
  charts: ChartModel[];
}

/** 別表: records of a dataset one under another; what is equal in neighbours of one thing is printed once. */
export interface ListingModel {
  title: string;
  /** `width`: per cent. */
  columns: { label: string; width: number; number: boolean; upright: boolean; even: boolean }[];
  /** Rows that stay together on a page. */
  groups: { rows: { cells: { text: string; number: boolean; span: number; note: string }[] }[] }[];
  span: number;
  notes: string[];
}

export type Block =
  | { kind: 'paragraph'; paragraph: Paragraph }
  /** Labelled lines in a row, each with what stands under it. */
  | { kind: 'ledger'; whole: boolean; rows: { label: string; paragraphs: Paragraph[]; keep: boolean }[] }
  | { kind: 'table'; table: TableModel }
  | { kind: 'listing'; listing: ListingModel };

export interface SectionModel {
  anchor: string;
  /** 1 for a chapter. */
  level: number;
  number: string;
  heading: string;
  /** Begins a new page. */
  apart: boolean;
  blocks: Block[];
}

export interface Signature {
  title: string;
  name: string;
}

export interface ReportModel {
  lang: 'ja';
  title: string;
  footer: string;
  /** （案） or ''. */
  draft: string;
  cover: { year: string; title: string; theme: string; date: string; organisation: string };
  /** 公表文; null where nothing is published. */
  announcement: { number: string; heading: string; date: string; paragraphs: Paragraph[]; members: Signature[] } | null;
  contents: { anchor: string; text: string; level: number }[];
  sections: SectionModel[];
}

export interface EntryModel {
  mark: string;
  depth: number;
  title: string;
  /** 要望事項・重大. */
  badge: string;
  paragraphs: Paragraph[];
  /** 原因, 影響, 理由. */
  more: { label: string; paragraphs: Paragraph[] }[];
  criteria: { source: string; paragraphs: Paragraph[] } | null;
}

export interface CaseSheetModel {
  title: string;
  department: string;
  /** Per cent. */
  widths: { overview: number; findings: number; improvements: number };
  overview: Paragraph[];
  quoted: Paragraph[];
  viewpointsTitle: string;
  viewpoints: { mark: string; depth: number; text: string }[];
  method: Paragraph[];
  findings: EntryModel[];
  improvements: EntryModel[];
  /** 措置の内容; empty in the first stage. */
  measures: { subject: string; about: string; paragraphs: Paragraph[]; state: string; notified: string; /** Short enough to stay on one page. */ keep: boolean }[];
  dates: string;
}

export interface CaseSheetsModel {
  lang: 'ja';
  title: string;
  footer: string;
  sheets: CaseSheetModel[];
}

export interface TabulationModel {
  lang: 'ja';
  title: string;
  footer: string;
  subtitle: string;
  parts: { title: string; tables: TableModel[]; contradictions: string[] }[];
}

export interface LetterModel {
  lang: 'ja';
  title: string;
  footer: string;
  draft: string;
  date: string;
  to: string;
  from: Signature[];
  organisation: string;
  heading: string;
  paragraphs: Paragraph[];
  enclosure: string;
}

