/**
 * The report model of an assessment: what `templates/reports/assessment` prints. Plain JSON and complete:
 * what is not there is null, "" or [], because a field that the template misses is an error.
 */
export interface AssessmentReport {
  lang: 'ja';
  /** Title in the metadata of the document. */
  title: string;
  cover: CoverModel;
  /** Every section begins a page of its own; short forms run on. */
  sheets: boolean;
  /** The first section stands under the cover, on the same page. */
  joined: boolean;
  /** 項目一覧; empty for forms that have none. */
  contents: ContentsEntry[];
  sections: SectionModel[];
}

export interface CoverModel {
  title: string;
  /** ［令和6年10月　様式4］ */
  tag: string;
  /** 第2版 案, 公表用, … */
  editionNote: string;
  /** Cells beside one another (評価書番号, 評価書名). */
  beside: CoverCell[];
  /** Boxes under one another; each is a table of cells that touch. */
  boxes: { cells: CoverCell[] }[];
}
export interface CoverCell {
  label: string;
  significant: boolean;
  text: string;
  /** `middle`: one centred line; `long`: running text over some height. */
  shape: 'middle' | 'long';
  narrow: boolean;
}

export interface ContentsEntry {
  /** Id of the heading. */
  anchor: string;
  text: string;
  /** 2: a file or a further sheet under its section. */
  level: 1 | 2;
}

export interface SectionModel {
  anchor: string;
  heading: string;
  significant: boolean;
  note: string;
  /** Name of the file when the section is printed for several. */
  rowName: string;
  blocks: BlockModel[];
}
export interface BlockModel {
  heading: string;
  significant: boolean;
  note: string;
  pieces: Piece[];
}
export type Piece = TablePiece | FreePiece | RemarkPiece;
/** Bordered table; `heading` repeats on every page that the table reaches. */
export interface TablePiece {
  kind: 'table';
  heading: string;
  /** 3 when some rows share a first column (`under`), else 2. */
  columns: 2 | 3;
  rows: RowModel[];
}
/** Over the whole width: figures, record lists, typed tables. */
export interface FreePiece {
  kind: 'free';
  label: string;
  significant: boolean;
  value: ValueModel;
}
/** A line between tables. */
export interface RemarkPiece {
  kind: 'remark';
  text: string;
}
export interface RowModel {
  /** First column; `joined`: goes on from the row above, `last`: ends here. Cells are not spanned, so that the rows break well. */
  under: { text: string; joined: boolean; last: boolean } | null;
  /** The label takes two columns. */
  spans: boolean;
  label: string;
  indent: number;
  significant: boolean;
  /** Label over the whole width (none when it is ""), value below. */
  wide: boolean;
  /** Short enough to stay on one page. */
  keep: boolean;
  value: ValueModel;
}

/** Narrowest column of an option list, in characters: `em4` to `em24`, `em40` for a whole line. */
export type OptionWidth = `em${number}`;

export type ValueModel =
  | { kind: 'text'; text: string; tall: boolean }
  | { kind: 'choice'; chosen: string; width: OptionWidth; options: { number: number; label: string }[]; count: CountModel | null; remark: { label: string; text: string } | null }
  | { kind: 'checks'; width: OptionWidth; lists: { heading: string; options: CheckModel[] }[] }
  | { kind: 'table'; columns: { label: string; width: string }[]; rows: { cells: string[] }[] }
  | { kind: 'list'; entries: string[] }
  | { kind: 'records'; lists: { heading: string; records: { number: string; name: string }[] }[] }
  | { kind: 'figures'; figures: { source: string; caption: string; width: number; height: number }[] };

export interface CountModel { text: string; unit: string }
export interface CheckModel { checked: boolean; label: string; count: CountModel | null; text: { text: string } | null }
