/**
 * 集計: the shapes of data, definitions and results. Types only; what counts stands in the files beside.
 *
 * A definition names tables over datasets; the engine knows no noun of the field. Counts are integers, everything divided is an exact
 * decimal: never a binary fraction.
 */
import type { Code, Condition } from './form.js';

/** 四捨五入 / 切捨て / 偶数丸め. */
export type RoundingMode = 'half-up' | 'down' | 'half-even';

export interface Rounding {
  mode: RoundingMode;
  /** Digits behind the point, 0–6. */
  digits: number;
}

export interface Dataset {
  code: Code;
  title: string;
  /** What one record is: 課, システム, 回答. */
  unit: string;
  fields: DatasetField[];
  records: DatasetRecord[];
}

export interface DatasetField {
  code: Code;
  label: string;
  /** `class`: one of a list (部局, 区分); `choice`, `checks`: answers with options; `number`: an integer or a decimal text. */
  kind: 'class' | 'choice' | 'checks' | 'number' | 'text';
  /** In their printed order; for `class`, `choice`, `checks`. */
  options?: FieldOption[];
}

export interface FieldOption {
  code: string;
  label: string;
}

export interface DatasetRecord {
  /** Stable: the figure is proven by it. */
  id: string;
  /** What a person reads in the list of answers behind a figure. */
  label: string;
  /** Page on which the answer stands. */
  href?: string;
  /** 再掲: listed again under another; left out wherever a column counts things and not uses. */
  listedAgain?: boolean;
  /** By field. `null`: asked, no answer (未回答). No entry: not asked (対象外). */
  values: Readonly<Record<Code, FieldValue>>;
}

export type FieldValue = string | number | readonly string[] | null;

export interface TabulationDefinition {
  code: Code;
  title: string;
  /** Of the document; a table may have its own. */
  rounding: Rounding;
  tables: TableDefinition[];
  /** Figures that say the same thing and must be equal wherever they stand. */
  agreeing?: Agreement[];
}

export interface Agreement {
  name: string;
  /** Addresses of figures. */
  figures: FigureAddress[];
}

export interface TableDefinition {
  code: Code;
  title: string;
  dataset: Code;
  rounding?: Rounding;
  /** Only these records; conditions over fields. */
  only?: Condition;
  /** One row for each value of a field; without it the table has one row. */
  rows?: {
    by: Code;
    /** Head of the first column: 部局, 区分. */
    label: string;
    /** Also values that no record has. */
    empty?: boolean;
    /** Order by a column instead of the order of the options; what was not answered or asked stays last. */
    order?: { column: Code; direction: 'descending' | 'ascending' };
  };
  columns: TableColumn[];
  /** Shares of every column over another one, beside (column) or below (row) the counts. */
  shares?: { over: Code; place: 'below'; label: string };
  /** Label of the row of totals: 合計, 計. */
  total?: string;
  /** Printed under the table, beside what the engine has to say. */
  notes?: string[];
  sentences?: TopSentence[];
  charts?: TableChart[];
}

interface ColumnText {
  code: Code;
  label: string;
  /** Columns under one head. */
  under?: string;
  /** 課, 台, 名. */
  unit?: string;
  /** Leave out what is 再掲. */
  withoutListedAgain?: boolean;
}

export type TableColumn =
  /** 延べ: records. */
  | (ColumnText & { measure: 'count' })
  /** 実数: different values of a field. */
  | (ColumnText & { measure: 'distinct'; of: Code })
  | (ColumnText & { measure: 'sum'; of: Code })
  | (ColumnText & { measure: 'average'; of: Code; rounding?: Rounding })
  /** Records whose answer is (or holds) the option. */
  | (ColumnText & { measure: 'option'; of: Code; option: string })
  /** One column for each option of the field: a cross table. Figures are addressed `<code>.<option>`. */
  | (ColumnText & { measure: 'cross'; of: Code })
  /** Sum of other columns. */
  | (ColumnText & { measure: 'columns'; of: Code[] })
  /** 構成比: a column over its own total (`total`), or over another column of the row. */
  | (ColumnText & { measure: 'share'; of: Code; over: 'total' | { column: Code }; rounding?: Rounding })
  /** Records asked without an answer; records not asked. */
  | (ColumnText & { measure: 'missing' | 'not-asked'; of: Code });

/** 上位 n as a sentence: 部局ごとの構成比は大きいものから順に、…となっている。 */
export interface TopSentence {
  code: Code;
  column: Code;
  n: number;
  /** What is compared, as the sentence begins: 部局ごとの構成比. */
  subject: string;
  /** Adds how much the first n hold together: 上位5部局で80.0％を占めている。 */
  together?: { unit: string };
}

export interface TableChart {
  code: Code;
  title: string;
  kind: 'bar' | 'stacked' | 'share';
  columns: Code[];
}

/**
 * `<table>/<row>/<column>`; the row of totals is `total`, a table without rows has the row `all`, records without an answer by which
 * rows are made stand in `missing` and those not asked in `not-asked`; a share below is `<column>%`.
 */
export type FigureAddress = string;

/** `no-denominator`: a share of nothing, printed －; `not-asked` likewise; `missing`: asked of some, answered by none, printed …. */
export type FigureState = 'value' | 'zero' | 'missing' | 'not-asked' | 'no-denominator';

export interface Figure {
  address: FigureAddress;
  state: FigureState;
  /** Exact decimal text; null when there is none. Already rounded for shares and averages. */
  value: string | null;
  /** As printed: `1,234`, `34.7%`, `0`, `－`, `…`; blank where no figure belongs (the share of a column over itself). */
  text: string;
  /** Of a share: what it is a share of, in words and number. */
  denominator: { label: string; value: string } | null;
}

export interface TableResult {
  code: Code;
  title: string;
  unit: string;
  /** Head of the first column; blank without rows. */
  rowsLabel: string;
  columns: { code: Code; label: string; under: string; unit: string; share: boolean }[];
  rows: TableRow[];
  /** Records that the table counts. */
  records: number;
  /** What its shares and averages are divided by: ※「構成比（%）」は、「計」の合計871名を100％とした割合である。 */
  denominators: string[];
  /** ※構成比については…合計と合わない場合がある。, what the signs mean, and the notes of the definition. */
  notes: string[];
  sentences: { code: Code; text: string }[];
  charts: TableChart[];
  rounding: Rounding;
}

export interface TableRow {
  code: string;
  label: string;
  total: boolean;
  /** One for each column. */
  figures: Figure[];
  /** The row of shares below, one for each column, blank under the column that they are shares of; null without. */
  shares: Figure[] | null;
}

export interface TabulationResult {
  code: Code;
  title: string;
  tables: TableResult[];
  /** Figures that should say the same and do not. */
  contradictions: Contradiction[];
}

export interface Contradiction {
  name: string;
  places: { address: FigureAddress; table: string; row: string; column: string; text: string }[];
}
