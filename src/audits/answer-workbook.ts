/** The answer sheet (回答票) of a response as an XLSX file, to be filled in without the product and read back (`answer-workbook-reading.ts`). */
import Excel from 'exceljs';
import { formatEra } from '../engine/dates.js';
import type { CompiledForm, CompiledItem } from '../engine/form-index.js';
import { addressOf, type AnswerValue, type Code, type ItemKind, type Option } from '../engine/form.js';
import { compute } from '../engine/computed.js';
import { Reading } from '../engine/reading.js';
import { askedWhen } from './asked-when.js';
import { groupLines } from './answer-row-lines.js';
import { MARK, optionLabels, sheetItem, type AnswerCell, type AnswerLine, type SheetItem } from './answer-rows.js';
import { sumFormula, type WrittenLines } from './answer-sums.js';
import { answerHash, COLUMNS, escaped, FIXED_LINE, HEADINGS, SHEET_FORMAT, SHEETS, type AnswerSheet } from './answer-sheet-format.js';
import { answerSetOf, questionNumbers } from './response-form.js';

export async function answerWorkbook(sheet: AnswerSheet): Promise<Buffer> {
  const book = new Excel.Workbook();
  const lists = optionSheet(sheet.form);
  const writer = new SheetWriter(book, sheet, lists.ranges);
  writer.write();
  await writer.protect();
  checkSheet(book, sheet, writer.written);
  const options = book.addWorksheet(SHEETS.options, { state: 'veryHidden' });
  lists.labels.forEach((label, n) => { options.getCell(n + 1, 1).value = escaped(label); });
  return Buffer.from(await book.xlsx.writeBuffer());
}

/** All options of all sets in one column, and where each set stands in it. */
function optionSheet({ definition }: CompiledForm): { labels: string[]; ranges: Map<Code, string> } {
  const labels: string[] = [];
  const ranges = new Map<Code, string>();
  for (const [set, options] of Object.entries(definition.optionSets)) {
    if (options.length === 0) continue;
    ranges.set(set, `'${SHEETS.options}'!$A$${labels.length + 1}:$A$${labels.length + options.length}`);
    labels.push(...optionLabels(options as Option[]).values());
  }
  return { labels, ranges };
}

/** What belongs to which response, and what each answer was when the sheet was made. */
function checkSheet(book: Excel.Workbook, { responseId, title, definitionHash, answers, rows, form }: AnswerSheet, written: ReadonlyMap<Code, readonly AnswerLine[]>): void {
  const check = book.addWorksheet(SHEETS.check, { state: 'veryHidden' });
  check.addRows([[SHEET_FORMAT], ['response', responseId], ['definition', definitionHash], ['title', escaped(title)]]);
  for (const { code } of form.items) {
    const lines = written.get(code);
    if (lines === undefined) continue;
    const answer = answers.get(code);
    check.addRow(['item', code, answer?.version ?? 0, answerHash(answer?.value ?? null), lines.length, lines.filter((one) => !one.spare).length]);
    for (const { id } of rows.filter(({ group }) => group === code)) {
      check.addRow(['row', id, code]);
      for (const child of form.childrenOf.get(code) ?? []) {
        const inside = answers.get(addressOf(child.code, id));
        if (inside !== undefined) check.addRow(['answer', addressOf(child.code, id), inside.version, answerHash(inside.value)]);
      }
    }
  }
}

const FONT = 'BIZ UDPゴシック';
const EDGE: Partial<Excel.Border> = { style: 'thin', color: { argb: 'FFB3B3B3' } };
const BOX: Partial<Excel.Borders> = { top: EDGE, left: EDGE, bottom: EDGE, right: EDGE };
const TO_FILL = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFFFF9E5' } } as const;
const HEAD = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFE8F1FE' } } as const;
/** Characters of half width in the columns; together they fill A4 upright. */
const WIDTHS = { number: 7, question: 38, label: 24, answer: 40 } as const;

/** Columns of answers that stand beside their questions on an upright page; with more it lies. */
const NARROW = 4;
/** Kinds whose first cell stands beside their question. */
const BESIDE: ReadonlySet<ItemKind> = new Set<ItemKind>(['text', 'long-text', 'number', 'date', 'date-text', 'choice']);

class SheetWriter {
  /** Lines in the sheet by question; what is answered in the browser only has none. */
  readonly written = new Map<Code, readonly AnswerLine[]>();
  private readonly page: Excel.Worksheet;
  private readonly last: number;
  private readonly answerWidth: number;
  private row = 0;
  private readonly reading: Reading;
  /** Lines of the sheet by key, and the cells that add what stands in them. */
  private readonly lines = new Map<string, number>();
  private readonly sums: { item: CompiledItem; cell: string }[] = [];

  constructor(book: Excel.Workbook, private readonly sheet: AnswerSheet, private readonly ranges: ReadonlyMap<Code, string>) {
    this.reading = new Reading(sheet.form, answerSetOf([...sheet.answers].map(([item, { value }]) => ({ item, value })), sheet.rows));
    const most = Math.max(1, ...sheet.form.sections.flatMap(({ items }) => items).map((item) => this.laidOut(item)).flatMap((laid) => (laid.offline ? laid.lines.map(({ cells }) => cells.length) : [])));
    this.last = COLUMNS.answer + most - 1;
    this.answerWidth = Math.max(most > NARROW ? 12 : 9, Math.ceil(WIDTHS.answer / most));
    this.page = book.addWorksheet(SHEETS.answers, {
      pageSetup: { paperSize: 9, orientation: most > NARROW ? 'landscape' : 'portrait', fitToPage: true, fitToWidth: 1, fitToHeight: 0, margins: { left: 0.5, right: 0.5, top: 0.6, bottom: 0.6, header: 0.3, footer: 0.3 } },
      headerFooter: { oddFooter: '&C&P / &N' },
    });
    const widths = [4, WIDTHS.number, WIDTHS.question, WIDTHS.label];
    widths.forEach((width, n) => { this.page.getColumn(n + 1).width = width; });
    for (let n = COLUMNS.answer; n <= this.last; n += 1) this.page.getColumn(n).width = this.answerWidth;
    this.page.getColumn(COLUMNS.key).hidden = true;
  }

  write(): void {
    this.head();
    const numbers = questionNumbers(this.sheet.form);
    for (const { section, items, code } of this.sheet.form.sections) {
      this.band(`${FIXED_LINE}section:${code}`, `${section.number} ${section.title}`.trim(), true);
      if (section.note !== undefined) this.band(`${FIXED_LINE}note:${code}`, section.note, false);
      let block = '';
      for (const item of items) {
        if (item.block.heading !== undefined && item.block.code !== block) this.band(`${FIXED_LINE}block:${item.block.code}`, item.block.heading, false);
        block = item.block.code;
        if (item.item.kind === 'computed') this.sum(item);
        else this.question(item, numbers);
      }
    }
    this.addUp();
    this.page.pageSetup.printArea = `B1:${this.page.getColumn(this.last).letter}${this.row}`;
  }

  /** Without a password: it only keeps the lines where they are. */
  async protect(): Promise<void> {
    await this.page.protect('', { selectLockedCells: true, selectUnlockedCells: true, formatCells: true, formatColumns: true, formatRows: true });
  }

  private head(): void {
    const { title, purpose, department, system, dueOn, referenceOn, returnedReason } = this.sheet;
    const facts = [['回答する部署', department], ...(system === null ? [] : [['対象のシステム', system]]), ['提出の期限', formatEra(dueOn)], ...(referenceOn === null ? [] : [['基準日', formatEra(referenceOn)]])];
    this.wide(title, { bold: true, size: 16 });
    if (purpose !== '') this.wide(purpose);
    for (const [name, text] of facts) this.wide(`${name}　${text}`);
    if (returnedReason !== null) this.wide(`差戻しの理由　${returnedReason}（「答え直す」と書かれた問）`, { bold: true, color: { argb: 'FFCE0000' } });
    this.wide('黄色のセルに答えを入れて保存し、点検 Tenken の調査票の画面「回答票（Excel）」から戻してください。行やシートを加えたり、消したり、名前を変えたりしないでください。○を付ける欄は、当てはまるものに「○」を入れます。※は必ず答える問です。', { size: 9, color: { argb: 'FF4D4D4D' } });
    this.next(`${FIXED_LINE}head`);
    [...HEADINGS].forEach((text, n) => this.cell(COLUMNS.number + n, text, { bold: true }));
    this.merge(COLUMNS.answer, this.last);
    for (let n = COLUMNS.number; n <= this.last; n += 1) this.page.getCell(this.row, n).fill = HEAD;
    this.page.pageSetup.printTitlesRow = `${this.row}:${this.row}`;
    this.page.views = [{ state: 'frozen', ySplit: this.row, xSplit: 0 }];
  }

  private question(item: CompiledItem, numbers: ReadonlyMap<Code, string>): void {
    const laid = this.laidOut(item);
    const number = numbers.get(item.code) ?? '';
    const notes = this.notesOf(item, numbers);
    if (!laid.offline) {
      this.ask(`${FIXED_LINE}item:${item.code}`, number, item, [...notes, laid.reason], false);
      return;
    }
    this.written.set(item.code, laid.lines);
    const beside = BESIDE.has(item.item.kind);
    this.ask(beside ? laid.lines[0]!.key : `${FIXED_LINE}item:${item.code}`, number, item, notes, beside);
    if (beside) this.fillIn(laid.lines[0]!);
    if (laid.headings !== null) this.tableHead(item.code, laid.headings);
    for (const line of laid.lines.slice(beside ? 1 : 0)) {
      this.next(line.key);
      this.fillIn(line);
    }
  }

  private laidOut(item: CompiledItem): SheetItem {
    const { form, answers, rows } = this.sheet;
    const { optionSets } = form.definition;
    if (item.item.kind !== 'group') return sheetItem(item, answers.get(item.code)?.value ?? null, optionSets);
    const children = form.childrenOf.get(item.code) ?? [];
    const valuesOf = (id: string): Record<Code, AnswerValue | null> => Object.fromEntries(children.map(({ code }) => [code, answers.get(addressOf(code, id))?.value ?? null]));
    return groupLines(item, children, rows.filter(({ group }) => group === item.code).map(({ id }) => ({ id, values: valuesOf(id) })), optionSets);
  }

  /** A figure that the program works out; the cell is locked. */
  private sum(item: CompiledItem): void {
    this.ask(`${FIXED_LINE}item:${item.code}`, '', item, item.item.help === undefined ? [] : [item.item.help.asks], true);
    this.cell(COLUMNS.label, `自動計算${'unit' in item.item && item.item.unit !== undefined ? `（${item.item.unit}）` : ''}`);
    this.merge(COLUMNS.answer, this.last);
    const cell = this.page.getCell(this.row, COLUMNS.answer);
    Object.assign(cell, { style: { numFmt: 'General', border: BOX, font: { name: FONT, size: 11 }, alignment: { vertical: 'top', horizontal: 'left' } } });
    this.sums.push({ item, cell: cell.address });
  }

  private addUp(): void {
    const cells = new Map(this.sums.map(({ item, cell }) => [item.code, cell]));
    const written: WrittenLines = { row: (key) => this.lines.get(key) ?? null, column: (n) => this.page.getColumn(COLUMNS.answer + n).letter, linesOf: (code) => this.written.get(code) ?? [], sumCell: (code) => cells.get(code) ?? null };
    for (const { item, cell } of this.sums) {
      const value = compute(this.reading, item, null)?.value;
      const result = typeof value === 'number' ? value : 0;
      const formula = sumFormula(this.sheet.form, item, written);
      this.page.getCell(cell).value = formula === null ? result : { formula, result };
    }
  }

  private notesOf({ code, item }: CompiledItem, numbers: ReadonlyMap<Code, string>): string[] {
    const when = item.when === undefined ? null : (askedWhen(this.sheet.form, numbers, item.when) ?? '前の問の答えによっては、答えません。');
    const from = this.sheet.answers.get(code)?.prefilledFrom;
    return [
      ...(this.sheet.returnedItems.includes(code) ? ['【答え直す】'] : []), ...(when === null ? [] : [when]), ...(item.help === undefined ? [] : [item.help.asks]),
      ...(from == null ? [] : [`事前入力：${from}。違うときは直してください。`]),
    ];
  }

  /** The line with the text of the question; with answer cells in the same line, or over the whole width. */
  private ask(key: string, number: string, { item }: CompiledItem, notes: readonly string[], beside: boolean): void {
    this.next(key);
    const text = `${item.under === undefined ? '' : `${item.under}　`}${item.label}${'need' in item && item.need === 'required' && item.kind !== 'fixed' && item.kind !== 'computed' ? ' ※' : ''}`;
    this.cell(COLUMNS.number, number, { bold: true });
    const cell = this.page.getCell(this.row, COLUMNS.question);
    cell.value = { richText: [{ text: escaped(text), font: { name: FONT, size: 11, bold: true } }, ...notes.map((one) => ({ text: escaped(`\n${one}`), font: { name: FONT, size: 9, color: { argb: 'FF4D4D4D' } } }))] };
    cell.alignment = { vertical: 'top', wrapText: true };
    if (!beside) this.merge(COLUMNS.question, this.last);
    for (let n = COLUMNS.number; n <= this.last; n += 1) this.page.getCell(this.row, n).border = { top: EDGE };
    const width = beside ? WIDTHS.question : WIDTHS.question + WIDTHS.label + this.answerWidth * (this.last - COLUMNS.answer + 1);
    this.height([{ text: [text, ...notes].join('\n'), width }]);
  }

  private tableHead(code: Code, headings: readonly string[]): void {
    this.next(`${FIXED_LINE}columns:${code}`);
    headings.forEach((text, n) => {
      this.cell(COLUMNS.answer + n, text, { bold: true, size: 9 });
      Object.assign(this.page.getCell(this.row, COLUMNS.answer + n), { fill: HEAD, border: BOX });
    });
    this.height(headings.map((text) => ({ text, width: this.answerWidth })));
  }

  private fillIn({ label, cells }: AnswerLine): void {
    if (label !== '') this.cell(COLUMNS.label, label);
    const whole = cells.length === 1;
    cells.forEach((one, n) => this.answerCell(COLUMNS.answer + n, one));
    if (whole) this.merge(COLUMNS.answer, this.last);
    const width = whole ? this.answerWidth * (this.last - COLUMNS.answer + 1) : this.answerWidth;
    this.height([{ text: label, width: WIDTHS.label }, ...cells.map(({ value, kind }) => ({ text: whole && kind === 'long-text' ? `${value ?? ''}\n\n` : String(value ?? ''), width }))]);
  }

  private answerCell(column: number, { kind, value, options, label }: AnswerCell): void {
    const cell = this.page.getCell(this.row, column);
    cell.value = typeof value === 'string' ? escaped(value) : value;
    cell.style = {
      numFmt: kind === 'number' || kind === 'numeral' ? 'General' : '@', fill: TO_FILL, border: BOX, protection: { locked: false }, font: { name: FONT, size: 11 },
      alignment: { vertical: 'top', wrapText: true, horizontal: kind === 'mark' ? 'center' : 'left' },
    };
    const range = kind === 'choice' ? this.ranges.get(options ?? '') : undefined;
    const list = kind === 'mark' ? `"${MARK}"` : range;
    if (list === undefined) return;
    cell.dataValidation = { type: 'list', allowBlank: true, formulae: [list], showErrorMessage: true, errorTitle: '一覧から選ぶ', error: `「${label.slice(0, 60)}」は、一覧から選んでください。`.slice(0, 220) };
  }

  private band(key: string, text: string, strong: boolean): void {
    this.next(key);
    this.cell(COLUMNS.number, text, { bold: true, size: strong ? 12 : 11 });
    this.merge(COLUMNS.number, this.last);
    if (strong) this.page.getCell(this.row, COLUMNS.number).fill = HEAD;
    this.height([{ text, width: this.total }]);
  }

  private wide(text: string, font: Partial<Excel.Font> = {}): void {
    this.next('');
    this.cell(COLUMNS.number, text, font);
    this.merge(COLUMNS.number, this.last);
    this.height([{ text, width: this.total * (11 / (font.size ?? 11)) }]);
  }

  private get total(): number {
    return WIDTHS.number + WIDTHS.question + WIDTHS.label + this.answerWidth * (this.last - COLUMNS.answer + 1);
  }

  private next(key: string): void {
    this.row += 1;
    if (key === '') return;
    this.page.getCell(this.row, COLUMNS.key).value = key;
    this.lines.set(key, this.row);
  }

  private cell(column: number, text: string, font: Partial<Excel.Font> = {}): void {
    const cell = this.page.getCell(this.row, column);
    cell.value = escaped(text);
    cell.font = { name: FONT, size: 11, ...font };
    cell.alignment = { vertical: 'top', wrapText: true };
  }

  private merge(from: number, to: number): void {
    if (to > from) this.page.mergeCells(this.row, from, this.row, to);
  }

  /** Merged cells do not grow by themselves: the line is as high as its longest text. Points. */
  private height(texts: readonly { text: string; width: number }[]): void {
    const lines = Math.max(1, ...texts.map(({ text, width }) => linesOf(text, width - 2)));
    this.page.getRow(this.row).height = Math.min(409, Math.max(this.page.getRow(this.row).height ?? 0, 6 + lines * 15));
  }
}

/** Lines that a text takes in so many characters of half width. */
function linesOf(text: string, width: number): number {
  return text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil([...line].reduce((length, one) => length + (one.codePointAt(0)! < 0x2000 ? 1 : 2), 0) / Math.max(4, width))), 0);
}

