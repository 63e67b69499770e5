/**
 * The shape of a form definition as it stands in `templates/forms/<code>/<version>.yaml`,
 * and the answers given to it. Types only; everything that decides is in the files beside.
 *
 * One vocabulary serves statutory forms, threshold questions, questionnaires and control
 * catalogues. The program never names an item: what it must know about an item is an attribute here.
 */

/** Kebab-case word of the field, unique within a form, stable, never reused. */
export type Code = string;

export interface FormDefinition {
  /** `basic` | `priority` | `full` | `threshold` | … */
  form: Code;
  /** Version of the form, e.g. `2024-10`. One file per version. */
  version: string;
  /** Full title as printed, e.g. 特定個人情報保護評価書（全項目評価書）. */
  title: string;
  /** Short name used in lists, e.g. 全項目評価書. */
  shortTitle: string;
  /** Mark printed on the cover, e.g. ［令和6年10月　様式4］. */
  formTag?: string;
  /** First and (exclusive) last day on which a new document may be begun with this version; ISO dates. */
  validity: { from: string; until?: string };
  /** Option sets by code, shared between items. */
  optionSets: Record<Code, Option[]>;
  sections: Section[];
}

export interface Option {
  code: Code;
  /** As printed in the form. */
  label: string;
  /** A text in brackets follows when this is checked: その他(　). */
  text?: boolean;
  /** A count in brackets follows: 提供を行っている(　)件. The value names the counted group. */
  counts?: Code;
  /** Heading under which the option is printed (識別情報, 連絡先等情報, …). */
  heading?: string;
  /** For bands: lowest number included, and first number above. */
  atLeast?: number;
  below?: number;
}

export interface Section {
  code: Code;
  /** As printed: `Ⅰ`, `（別添1）`; empty for the cover. */
  number: string;
  title: string;
  /** Name in the navigation tree, when the title is too long. */
  shortTitle?: string;
  /** The section is repeated for every row of this group (Ⅱ, 別添2, Ⅲ: `file`). */
  perRowOf?: Code;
  /** Printed behind the title of the section: `※（7．リスク1⑨を除く。）`. */
  note?: string;
  /** The heading carries the ※ of 重要な変更. */
  significant?: boolean;
  blocks: Block[];
}

/** A dark heading of the printed form with its items; a block without heading continues the page. */
export interface Block {
  code: Code;
  /** As printed with its number: `3．特定個人情報の入手・使用`. */
  heading?: string;
  /** Name in the navigation tree, when the heading is too long. */
  shortHeading?: string;
  note?: string;
  significant?: boolean;
  items?: Item[];
  /** Sub-headings such as `リスク1：　目的外の入手が行われるリスク`. */
  parts?: Part[];
}

export interface Part {
  code: Code;
  heading: string;
  items: Item[];
}

export type Item =
  | TextItem
  | NumberItem
  | DateItem
  | DateRangeItem
  | ChoiceItem
  | ChecksItem
  | TableItem
  | TextListItem
  | RecordListItem
  | FiguresItem
  | GroupItem
  | FixedItem
  | ComputedItem;

export type ItemKind = Item['kind'];

interface ItemCommon {
  code: Code;
  /** Left cell of the printed row, as it stands, without the ※: `①事務の名称`. */
  label: string;
  /** First column when several rows share one: `⑦使用の主体`, `再委託`. Neighbours with the same text are joined. */
  under?: string;
  /** 1 when the label is printed one step in (その必要性 under ③). */
  indent?: number;
  /** ※: a change of this item is a 重要な変更. */
  significant?: boolean;
  /**
   * `required`: the document is not ready without it; `optional`; `procedure`: is filled in by a later
   * step of the procedure (公表日, 第三者点検の実施日 …) and never missing in a draft.
   */
  need: 'required' | 'optional' | 'procedure';
  /** The item is asked only when this holds; otherwise it is hidden and cleared on save. */
  when?: Condition;
  /** Our own words. */
  help?: Help;
  /** Identifier of the item in the list of the statutory form, e.g. `II.4.n.2a`. */
  ref?: string;
  /** How sure we are of label and place: A official text, B several published documents agree, C own knowledge. */
  certainty?: 'A' | 'B' | 'C';
  /** Since which form version this item is asked (information for the reader). */
  since?: string;
  /** May be withheld in the public edition. */
  withholdable?: boolean;
  /** What the text is about; equal long texts in items of different `asks` are a contradiction. */
  asks?: Code;
  /** Code of an item of the threshold judgement whose answer prefills this one (mapped by option code or number band). */
  prefilledBy?: Code;
  /** Fact about the affair that the place of keeping knows: filled when the document is created. */
  prefilledFrom?: 'implementing-body' | 'assessment-number' | 'assessment-name' | 'affair-name' | 'department' | 'department-head-title';
  /** Other names under which the label appears in documents (older forms, OCR); for import. */
  alsoLabelled?: string[];
  /** Printed over the whole width under its label instead of beside it. */
  wide?: boolean;
  /** Control: what counts as evidence for what is declared. */
  evidence?: string;
  /** Control: what a platform or data centre declares holds for the systems upon it. */
  inheritable?: boolean;
  /** Control: no longer declared since this day; `insteadOf` names the control that took its place. */
  retired?: { since: string; insteadBy?: Code };
}

export interface Help {
  /** What the item asks for. */
  asks: string;
  /** A good example in a line. */
  example?: string;
  /** The usual mistake. */
  mistake?: string;
}

export interface TextItem extends ItemCommon {
  kind: 'text' | 'long-text';
  /** Longest allowed text in characters; default 500 for text, 20 000 for long-text. */
  maxLength?: number;
  /** The text names the rows of this group's parent by default (number, name). */
  namesRow?: boolean;
}
export interface NumberItem extends ItemCommon {
  kind: 'number';
  unit?: string;
  min?: number;
  max?: number;
  /** Where 0 is no amount: what it says, 行っていない. The label ends with （0は行っていない）, and 0 is shown in these words. */
  zero?: string;
  /** The product counts it; nobody types it. The word says what is counted. */
  counted?: 'contracts' | 'contracts-with-clause' | 'using-departments' | 'using-sections' | 'using-terminals' | 'linked-assessments';
}
export interface DateItem extends ItemCommon {
  /** `date`: one day. `date-text`: free text that may be a date (平成11年4月1日, 令和8年4月予定). */
  kind: 'date' | 'date-text';
  /** This date may not be before the answer of that item. */
  notBefore?: Code;
}
export interface DateRangeItem extends ItemCommon {
  kind: 'date-range';
  notBefore?: Code;
  /** At least so many days, or the named item must give the reason. */
  minDays?: { days: number; unless: Code };
}
export interface ChoiceItem extends ItemCommon {
  kind: 'choice';
  /** Code of an option set of this form. */
  options: Code;
  /** A count printed beside the choice, `（　4 ）件`, and the group that it counts. `whenChoice` is the option it belongs to. */
  count?: { of: Code; unit: string; whenChoice: Code };
  /** A text printed beside the choice: （手数料額、納付方法：　）. */
  text?: { label: string; whenChoice?: Code };
  /** The chosen band must hold the number of: records of this record list, rows of this group, or the answer of this number item. */
  bandOf?: Code;
  /** The band may not lie above the band of that item (a part is not more than the whole). */
  notAbove?: Code;
  /** Must say the same as another item: `{item, pairs: [[mine, theirs], …]}`. */
  agreesWith?: { item: Code; pairs: [Code, Code][] };
  /** How well a risk is covered: the value is adequacy of measures. */
  adequacy?: boolean;
  /** Says whether the thing described still runs: `ended` is the option of what is no more, `endedOn` the date item that says since when. */
  lifecycle?: { ended: Code; endedOn: Code };
}
export interface ChecksItem extends ItemCommon {
  kind: 'checks';
  options: Code;
  /** These options exclude all others (行っていない). */
  exclusive?: Code[];
  agreesWith?: { item: Code; pairs: [Code, Code][] };
}
export interface TableItem extends ItemCommon {
  kind: 'table';
  columns: { code: Code; label: string; kind: 'text' | 'long-text' | 'date-text' | 'choice' | 'number'; options?: Code; width?: number }[];
}
export interface TextListItem extends ItemCommon {
  kind: 'text-list';
}
/** 別添2: numbered names under headings. */
export interface RecordListItem extends ItemCommon {
  kind: 'record-list';
}
/** 別添1: pictures with captions. */
export interface FiguresItem extends ItemCommon {
  kind: 'figures';
}
/** A repeated group. Rows have stable ids. The group `file` is a root group whose sections repeat per row. */
export interface GroupItem extends ItemCommon {
  kind: 'group';
  /** As printed before the number: `委託事項`. */
  unit: string;
  /** Rows on the main sheet, rows on each further sheet, most rows of the statutory form; `over`: where the rest goes. */
  sheets?: { main: number; each: number; max: number; over?: string };
  /** Rows needed at least when the group is visible. */
  atLeast?: number;
  /** Code of the child whose answer names the row. */
  nameItem?: Code;
  /** Empty when the items live in sections with `perRowOf` of this group. */
  items: Item[];
}
export interface FixedItem extends ItemCommon {
  kind: 'fixed';
  text: string;
}
export interface ComputedItem extends ItemCommon {
  kind: 'computed';
  /**
   * `threshold-result`: row of the judgement as an option of `options`, from the three answers named in `inputs`
   *   (`people`, `handlers`, `incident` → item codes).
   * `names-of`: the names of the rows of a group, one a line.
   * `copy-of`: the answer of another item in scope (再掲).
   * `copy-by-choice`: the answer of the item that belongs to the option chosen in `by`.
   * `sum-of`: the exact sum of its terms. What stands in rows that are not around the sum is added over all of them.
   */
  compute:
    | { rule: 'threshold-result'; options: Code; inputs: { people: Code; handlers: Code; incident: Code } }
    | { rule: 'names-of'; group: Code }
    | { rule: 'copy-of'; item: Code }
    | { rule: 'copy-by-choice'; by: Code; items: Record<Code, Code> }
    | { rule: 'sum-of'; of: SumTerm[] };
  /** Of a sum: 件, 円. */
  unit?: string;
}

/** A number (or another sum), a column of numbers of a table, or how many rows, records or entries there are. */
export type SumTerm = { item: Code } | { table: Code; column: Code } | { rowsOf: Code };

// ---------------------------------------------------------------- conditions

/**
 * The one closed condition grammar. An item reference is looked up in the row at hand,
 * then in the rows around it, then at the root.
 * Three-valued: `yes`, `no`, `unknown` (an answer is missing).
 */
export type Condition =
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition }
  /** Quantifier over the rows of a group. */
  | { every: Code; holds: Condition }
  | { some: Code; holds: Condition }
  | { item: Code; is: string | number | boolean }
  | { item: Code; isOneOf: (string | number)[] }
  | { item: Code; includes: string }
  | { item: Code; atLeast: number }
  | { item: Code; atMost: number }
  | { item: Code; between: [number, number] }
  | { item: Code; before: string | { item: Code } }
  | { item: Code; after: string | { item: Code } }
  | { item: Code; answered: boolean }
  | { item: Code; matchesCountOf: Code };

// ---------------------------------------------------------------- answers

export * from './answer-shapes.js';
