import Excel from 'exceljs';
import { RESULT_WORDS, type Result } from '../engine/rule-set.js';
import { shareMet } from '../checks/matrix.js';
import { gridSize, type GridPicture, type Tone } from '../rendering/grid-picture.js';
import { chunks } from './check-report.pictures.js';
import type { CheckWorkbook, WorkbookRuleSet } from './check-report.sheets.js';
import { summed } from './check-report.words.js';

/** Rows of one picture: a picture of more would be larger than a browser draws. */
const PICTURE_ROWS = 60;
/** Pixels of a row of a sheet, for the place of what stands below. */
const ROW = 20;

const FILLS: Readonly<Record<Tone, Excel.FillPattern>> = {
  good: solid('FFE6F5EC'), bad: solid('FFF9D4D4'), unknown: solid('FFF1F1F4'), doubt: solid('FFFBF5E0'), plain: solid('FFFFFFFF'),
  none: { type: 'pattern', pattern: 'lightUp', fgColor: { argb: 'FFCFCFD4' }, bgColor: { argb: 'FFFFFFFF' } },
};
const RESULT_TONES: Readonly<Record<Result, Tone>> = { met: 'good', 'not-met': 'bad', unknown: 'unknown', 'not-applicable': 'none' };
const HEAD = solid('FFE9EEF7');
const LINE: Partial<Excel.Borders> = { top: { style: 'thin' }, bottom: { style: 'thin' }, left: { style: 'thin' }, right: { style: 'thin' } };

function solid(argb: string): Excel.FillPattern {
  return { type: 'pattern', pattern: 'solid', fgColor: { argb } };
}

/** A piece of a matrix small enough to be drawn. */
export function picturesOf({ grid }: Pick<WorkbookRuleSet, 'grid'>): GridPicture[] {
  return chunks(grid.rows, PICTURE_ROWS).map((rows) => ({ ...grid, rows }));
}

/**
 * The workbook: 概要, a matrix for each rule set with its picture, every result, what is 未確認, the rules. Texts are never formulas.
 * @param draw a piece of a matrix as PNG
 */
export async function workbookFile(model: CheckWorkbook, draw: (grid: GridPicture) => Promise<Buffer>): Promise<Buffer> {
  const book = new Excel.Workbook();
  book.title = model.title;
  overviewSheet(book, model);
  for (const ruleSet of model.ruleSets) await matrixSheet(book, ruleSet, draw);
  resultsSheet(book, model);
  unknownSheet(book, model);
  rulesSheet(book, model);
  return Buffer.from(await book.xlsx.writeBuffer());
}

function overviewSheet(book: Excel.Workbook, { title, about, ruleSets }: CheckWorkbook): void {
  const sheet = book.addWorksheet('概要', { pageSetup: { paperSize: 9, orientation: 'portrait', fitToPage: true, fitToHeight: 0 } });
  sheet.columns = [{ width: 46 }, ...Array.from({ length: 6 }, () => ({ width: 13 }))];
  sheet.addRow([title]).font = { bold: true, size: 14 };
  for (const { label, text } of about) {
    const row = sheet.addRow([label, text]);
    sheet.mergeCells(row.number, 2, row.number, 7);
    row.getCell(1).font = { bold: true };
    row.getCell(2).alignment = { wrapText: true, vertical: 'top' };
    row.height = ROW * 0.75 * Math.max(1, Math.ceil(text.length / 40));
  }
  sheet.addRow([]);
  headed(sheet.addRow(['規則集', '規則', '適合', '不適合', '未確認', '対象外', '適合の割合']));
  const first = sheet.rowCount + 1;
  for (const { title: name, rules, counts } of ruleSets) countsLine(sheet, name, [rules.length, counts.met, counts['not-met'], counts.unknown, counts['not-applicable']], shareMet(counts));
  const all = summed(ruleSets.map((one) => one.counts));
  const sums = [ruleSets.reduce((sum, one) => sum + one.rules.length, 0), all.met, all['not-met'], all.unknown, all['not-applicable']];
  const last = sheet.rowCount;
  const total = countsLine(sheet, '計', sums.map((result, n) => ({ formula: `SUM(${letter(n + 2)}${first}:${letter(n + 2)}${last})`, result })), shareMet(all));
  total.font = { bold: true };
  sheet.addRow([]);
  const note = sheet.addRow(['適合の割合は、適合÷（適合＋不適合＋未確認）。対象外は含まない。']);
  sheet.mergeCells(note.number, 1, note.number, 7);
}

function countsLine(sheet: Excel.Worksheet, name: string, numbers: readonly (number | { formula: string; result: number })[], share: number | null): Excel.Row {
  const at = sheet.rowCount + 1;
  const row = sheet.addRow([name, ...numbers, { formula: `IF(C${at}+D${at}+E${at}=0,"－",C${at}/(C${at}+D${at}+E${at}))`, result: share ?? '－' }]);
  row.eachCell((cell, n) => {
    cell.border = LINE;
    cell.alignment = { horizontal: n === 1 ? 'left' : 'right', vertical: 'top', wrapText: n === 1 };
    cell.numFmt = n === 7 ? '0.0%' : '#,##0';
  });
  return row;
}

/** A to Z. */
const letter = (column: number): string => String.fromCharCode(64 + column);

function headed(row: Excel.Row): void {
  row.font = { bold: true };
  row.eachCell((cell) => {
    cell.fill = HEAD;
    cell.border = LINE;
    cell.alignment = { vertical: 'middle', horizontal: 'center', wrapText: true };
  });
}

/** A list: heads fixed and repeated on paper, rows to be filtered. */
function listSheet(book: Excel.Workbook, name: string, columns: readonly { label: string; width: number }[], fixed: number): Excel.Worksheet {
  const sheet = book.addWorksheet(name, {
    views: [{ state: 'frozen', xSplit: fixed, ySplit: 1 }], pageSetup: { paperSize: 9, orientation: 'landscape', fitToPage: true, fitToHeight: 0, printTitlesRow: '1:1' },
    headerFooter: { oddFooter: '&L&A&R&P／&N' },
  });
  sheet.columns = columns.map(({ label, width }) => ({ header: label, width, style: { alignment: { vertical: 'top', wrapText: true } } }));
  headed(sheet.getRow(1));
  sheet.autoFilter = { from: { row: 1, column: 1 }, to: { row: 1, column: columns.length } };
  return sheet;
}

async function matrixSheet(book: Excel.Workbook, ruleSet: WorkbookRuleSet, draw: (grid: GridPicture) => Promise<Buffer>): Promise<void> {
  const { grid, sheet: name } = ruleSet;
  const sheet = listSheet(book, name, [{ label: 'システム', width: 36 }, { label: '所管課', width: 22 }, ...grid.columns.map((one) => ({ label: one.title, width: 14 }))], 2);
  sheet.getRow(1).height = 96;
  for (const { label, note, cells } of grid.rows) {
    const row = sheet.addRow([label, note, ...cells.map((one) => (one.text === '' ? RESULT_WORDS['not-applicable'].sign : one.text))]);
    row.eachCell((cell) => { cell.border = LINE; });
    cells.forEach(({ tone, marked }, n) => {
      const cell = row.getCell(n + 3);
      cell.fill = FILLS[tone];
      cell.font = { bold: true, underline: marked === true };
      cell.alignment = { horizontal: 'center', vertical: 'middle' };
    });
  }
  const legend = (Object.keys(RESULT_TONES) as Result[]).map((one) => `${RESULT_WORDS[one].sign} ${RESULT_WORDS[one].label}`).join('　');
  const note = sheet.addRow([`${legend}　△ 評価書の記載と実態の食い違い。数字は規則の数。下線のあるものは、人が改めた結果を含む。`]);
  sheet.mergeCells(note.number, 1, note.number, 2 + Math.min(7, grid.columns.length));
  note.height = 45;
  let top = note.number + 1;
  for (const piece of picturesOf(ruleSet)) {
    const { width, height } = gridSize(piece);
    const image = book.addImage({ buffer: await draw(piece) as unknown as Excel.Buffer, extension: 'png' });
    sheet.addImage(image, { tl: { col: 0, row: top }, ext: { width, height } });
    top += Math.ceil(height / ROW) + 2;
  }
}

function resultsSheet(book: Excel.Workbook, { ruleSets, systems }: CheckWorkbook): void {
  const sheet = listSheet(book, '結果', [
    { label: 'システム', width: 30 }, { label: '所管課', width: 18 }, { label: '規則集', width: 24 }, { label: '着眼点', width: 30 }, { label: '規則', width: 40 }, { label: '重さ', width: 9 }, { label: '結果', width: 11 },
    { label: '理由', width: 60 }, { label: '検出事項の案', width: 50 }, { label: '改善を求める事項', width: 50 }, { label: '解消を確かめる証拠', width: 36 },
    { label: '人が改めた（規則の計算では）', width: 14 }, { label: '改めた理由', width: 40 }, { label: '改めた根拠の証拠', width: 30 }, { label: 'いつまで', width: 16 }, { label: '改めた人', width: 18 },
  ], 1);
  for (const { name, department, results } of systems) {
    for (const { ruleSet, rule, result, text, overruled } of results) {
      const set = ruleSets[ruleSet]!;
      const { viewpoint, title, severity, observation, improvement, evidence } = set.rules[rule]!;
      // A cell that is not there costs nothing: most rows have neither observation nor overrule.
      const failing = result === 'not-met' ? [observation, improvement, evidence] : overruled === null ? [] : [null, null, null];
      const row = sheet.addRow([
        name, department, set.title, viewpoint, title, severity, `${RESULT_WORDS[result].sign} ${RESULT_WORDS[result].label}`, text, ...failing,
        ...(overruled === null ? [] : [overruled.computed, overruled.reason, overruled.evidence, overruled.until, overruled.by]),
      ]);
      row.getCell(7).fill = FILLS[RESULT_TONES[result]];
    }
  }
}

function rulesSheet(book: Excel.Workbook, { ruleSets }: CheckWorkbook): void {
  const sheet = listSheet(book, '規則', [
    { label: '規則集', width: 30 }, { label: '着眼点', width: 40 }, { label: '規則', width: 44 }, { label: '重さ', width: 9 }, { label: '根拠', width: 50 }, { label: '検出事項の案', width: 50 }, { label: '改善を求める事項', width: 50 }, { label: '解消を確かめる証拠', width: 40 },
  ], 1);
  for (const { title: set, rules } of ruleSets) {
    for (const { viewpoint, title, severity, basis, observation, improvement, evidence } of rules) sheet.addRow([set, viewpoint, title, severity, basis, observation, improvement, evidence]);
  }
}

function unknownSheet(book: Excel.Workbook, { ruleSets, systems }: CheckWorkbook): void {
  const sheet = listSheet(book, '未確認', [{ label: 'システム', width: 30 }, { label: '所管課', width: 18 }, { label: '規則集', width: 24 }, { label: '着眼点', width: 30 }, { label: '規則', width: 44 }, { label: '足りない申告・記入', width: 60 }], 1);
  for (const { name, department, results } of systems) {
    for (const { ruleSet, rule, result, missing } of results) {
      if (result !== 'unknown') continue;
      const set = ruleSets[ruleSet]!;
      sheet.addRow([name, department, set.title, set.rules[rule]!.viewpoint, set.rules[rule]!.title, missing]);
    }
  }
}
