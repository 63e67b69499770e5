import Excel from 'exceljs';
import fc from 'fast-check';
import { checkAnswer } from '../engine/answers.js';
import { emptyAnswer } from '../engine/blanks.js';
import { indexForm } from '../engine/form-index.js';
import type { AnswerValue, Code } from '../engine/form.js';
import { sheetXml, workbookParts, xlsx, zip } from '../../test/register-files.js';
import { TenkenError } from '../kernel/errors.js';
import { canonical } from './answer-rows.js';
import { openAnswerSheet, readAnswerSheet } from './answer-workbook-reading.js';
import type { AnswerSheet } from './answer-sheet-format.js';
import { answerWorkbook } from './answer-workbook.js';
import { sampleQuestionnaire } from './sample-questionnaire.js';

const form = indexForm(sampleQuestionnaire());
type Values = Record<Code, AnswerValue>;

function sheetOf(values: Values = {}, more: Partial<AnswerSheet> = {}): AnswerSheet {
  return {
    responseId: '00000000-0000-4000-8000-000000000001', title: '運用の調査', purpose: '', department: '福祉部　国保年金課', system: null, dueOn: '2026-12-18', referenceOn: null, definitionHash: 'hash-1', form, rows: [],
    answers: new Map(Object.entries(values).map(([item, value]) => [item, { value, version: 1, prefilledFrom: null }])), returnedReason: null, returnedItems: [], ...more,
  };
}

/** Opens the file as a spreadsheet program would, lets somebody work on it, and saves it again. */
async function edited(bytes: Buffer, work: (page: Excel.Worksheet, book: Excel.Workbook) => void): Promise<Buffer> {
  const book = new Excel.Workbook();
  await book.xlsx.load(bytes as never);
  work(book.getWorksheet('回答票')!, book);
  return Buffer.from(await book.xlsx.writeBuffer());
}

const rowOf = (page: Excel.Worksheet, key: string): number => {
  let found = 0;
  page.eachRow((row, number) => { if (row.getCell(1).value === key) found = number; });
  if (found === 0) throw new Error(`no line ${key}`);
  return found;
};
const put = (page: Excel.Worksheet, key: string, value: Excel.CellValue, column = 5): void => { page.getCell(rowOf(page, key), column).value = value; };
const read = (bytes: Buffer): Values => Object.fromEntries(readAnswerSheet(form, openAnswerSheet(bytes)).answers.flatMap(({ item, value }) => (value === null ? [] : [[item, value]])));
const refusal = (bytes: Buffer): TenkenError => {
  try {
    readAnswerSheet(form, openAnswerSheet(bytes));
  } catch (error) {
    return error as TenkenError;
  }
  throw new Error('nothing was refused');
};

describe('an answer sheet', () => {
  it('is one line a question with its number, text, help and cell, one line an option, and a table as a table', async () => {
    const book = new Excel.Workbook();
    await book.xlsx.load(await answerWorkbook(sheetOf({ terminals: 12, media: { checked: ['usb', 'other'], texts: { other: 'SDカード' } } })) as never);
    const page = book.getWorksheet('回答票')!;
    const at = (key: string, column: number): string => page.getCell(rowOf(page, key), column).text;
    expect([at('terminals', 2), at('terminals', 3), at('terminals', 4), at('terminals', 5)]).toEqual(['問2', '端末の台数 ※', '数（台）', '12']);
    expect(at('manual', 3)).toBe('運用の手順書はありますか ※\n名称を問わず、文書になっているものがあれば「はい」です。');
    expect(at('why-not', 3)).toContain('問5が「いいえ」のときだけ答えます。');
    expect([['usb', 5], ['disk', 5], ['other', 5]].map(([code, column]) => at(`media#option:${code}`, column as number))).toEqual(['○', '', '○']);
    expect(at('media#text:other', 5)).toBe('SDカード');
    expect([5, 6, 7].map((column) => at('#columns:people', column))).toEqual(['職名', '役割', '年数']);
  });

  it('prints on A4 upright with the heading on each page, and offers the options as lists', async () => {
    const book = new Excel.Workbook();
    await book.xlsx.load(await answerWorkbook(sheetOf()) as never);
    const page = book.getWorksheet('回答票')!;
    expect(page.pageSetup).toMatchObject({ paperSize: 9, orientation: 'portrait', fitToPage: true, fitToWidth: 1, fitToHeight: 0, printTitlesRow: `${rowOf(page, '#head')}:${rowOf(page, '#head')}` });
    const list = page.getCell(rowOf(page, 'manual'), 5).dataValidation;
    expect(list).toMatchObject({ type: 'list', formulae: ["'選択肢'!$A$1:$A$2"] });
    expect([1, 2].map((n) => book.getWorksheet('選択肢')!.getCell(n, 1).text)).toEqual(['はい', 'いいえ']);
    expect(book.worksheets.map(({ name, state }) => [name, state])).toEqual([['回答票', 'visible'], ['照合用', 'veryHidden'], ['選択肢', 'veryHidden']]);
    expect([page.getCell(rowOf(page, 'name'), 5).protection?.locked, page.getColumn(1).hidden]).toEqual([false, true]);
  });

  it('reads what people write: full-width numbers, 和暦, days of Excel, labels typed by hand, ticks of all sorts, results of formulas', async () => {
    const bytes = await edited(await answerWorkbook(sheetOf()), (page) => {
      put(page, 'name', '住民記録');
      put(page, 'terminals', '１，２３４台');
      put(page, 'begun', 'R8.4.1');
      put(page, 'period#from', { formula: 'DATE(2026,4,1)', result: new Date('2026-04-01T00:00:00Z') } as Excel.CellFormulaValue);
      const from = page.getCell(rowOf(page, 'period#from'), 5);
      from.style = { ...from.style, numFmt: 'yyyy/mm/dd' };
      put(page, 'period#to', '令和９年３月３１日');
      put(page, 'manual', ' いいえ ');
      put(page, 'why-not', 3);
      put(page, 'why-not#text', '様式がない');
      put(page, 'media#option:usb', '〇');
      put(page, 'media#option:disk', '×');
      put(page, 'media#text:other', 'SDカード');
      put(page, 'trainings#entry:3', '情報セキュリティ研修');
      put(page, 'people#row:2', '課長');
      put(page, 'people#row:2', '管理者', 6);
      put(page, 'people#row:2', { formula: '1+2', result: 3 }, 7);
    });
    expect(read(bytes)).toEqual({
      name: '住民記録', terminals: 1234, begun: '2026-04-01', period: { from: '2026-04-01', to: '2027-03-31' }, manual: { choice: 'no' }, 'why-not': { choice: 'other', text: '様式がない' },
      media: { checked: ['usb', 'other'], texts: { other: 'SDカード' } }, trainings: ['情報セキュリティ研修'], people: [{ post: '課長', role: 'head', years: '3' }],
    });
  });

  it('finds lines wherever they were moved, and does without spare lines that were deleted', async () => {
    const filled = sheetOf({ name: '税務', terminals: 5, people: [{ post: '主任', role: 'clerk', years: '2' }] });
    const bytes = await edited(await answerWorkbook(filled), (page) => {
      const [one, other] = [rowOf(page, 'name'), rowOf(page, 'terminals')];
      for (const column of [1, 5]) {
        const kept = page.getCell(one, column).value;
        page.getCell(one, column).value = page.getCell(other, column).value;
        page.getCell(other, column).value = kept;
      }
      page.getCell(rowOf(page, 'people#row:9'), 1).value = null;
    });
    expect(read(bytes)).toEqual({ name: '税務', terminals: 5, people: [{ post: '主任', role: 'clerk', years: '2' }] });
  });

  it('keeps characters that XLSX writes in a way of its own', async () => {
    const values: Values = { name: '_x0041_ と <tag> & "quote"', remarks: ' 前後に空白 \n\n=1+1\t終わり\n', trainings: ['+81', '@SUM(A1)'] };
    expect(read(await answerWorkbook(sheetOf(values)))).toEqual(values);
  });

  it('leaves to the browser what no cell can hold', async () => {
    // 20,000 characters beyond the basic plane are 40,000 units; a cell holds 32,767 (Excel specifications and limits).
    const book = new Excel.Workbook();
    const bytes = await answerWorkbook(sheetOf({ remarks: '𠮷'.repeat(20_000) }));
    await book.xlsx.load(bytes as never);
    expect(book.getWorksheet('回答票')!.getCell(rowOf(book.getWorksheet('回答票')!, '#item:remarks'), 3).text).toContain('ブラウザで回答してください');
    expect(Object.keys(read(bytes))).not.toContain('remarks');
  });

  const text = fc.string({ unit: fc.constantFrom('あ', '課', 'A', '1', '１', ' ', '\n', '&', '<', '_', 'x', '0', '=', '"', '𠮷', '○', '-', '/'), maxLength: 40 });
  const day = fc.date({ min: new Date('1868-02-01'), max: new Date('2200-12-31'), noInvalidDate: true }).map((one) => one.toISOString().slice(0, 10));
  const option = (...codes: string[]) => fc.constantFrom(...codes);
  const anything: fc.Arbitrary<Record<Code, unknown>> = fc.record({
    name: text, terminals: fc.oneof(fc.nat(), fc.double({ min: 0, max: 1e12, noNaN: true })), begun: day, period: fc.record({ from: fc.option(day), to: fc.option(day), text: text }),
    manual: fc.record({ choice: option('yes', 'no') }), 'why-not': fc.oneof(fc.record({ choice: option('cost', 'people') }), fc.record({ choice: fc.constant('other'), text })),
    media: fc.oneof(fc.constant({ checked: ['none'] }), fc.record({ checked: fc.subarray(['usb', 'disk', 'other']), texts: fc.record({ other: text }, { requiredKeys: [] }) })),
    trainings: fc.array(text, { maxLength: 8 }), people: fc.array(fc.record({ post: text, role: option('head', 'clerk', ''), years: fc.oneof(fc.nat({ max: 60 }).map(String), fc.constantFrom('', '007', '1.50', '1,200')) }, { requiredKeys: [] }), { maxLength: 6 }),
    remarks: text,
  }, { requiredKeys: [] });

  it('gives back exactly the answers it was made from', async () => {
    await fc.assert(fc.asyncProperty(anything, async (given) => {
      const values: Values = {};
      for (const [code, value] of Object.entries(given)) {
        const checked = checkAnswer(form.byCode.get(code)!.item, value, form.definition).value;
        const said = checked === null || emptyAnswer(checked) ? null : canonical(checked);
        // Half a tick is a tick in the sheet as in the browser; the engine puts the ticks in printed order.
        const normal = said === null ? null : checkAnswer(form.byCode.get(code)!.item, said, form.definition).value;
        if (normal !== null) values[code] = normal;
      }
      expect(read(await answerWorkbook(sheetOf(values)))).toEqual(values);
    }), { numRuns: 60 });
  });
});

describe('an answer sheet that cannot be taken', () => {
  const plain = (): Promise<Buffer> => answerWorkbook(sheetOf({ name: '住民記録' }));
  const changed = async (work: (page: Excel.Worksheet, book: Excel.Workbook) => void): Promise<TenkenError> => refusal(await edited(await plain(), work));
  const only = ({ problems }: TenkenError): { code: string; path: string; message: string } => {
    expect(problems).toHaveLength(1);
    return problems[0]!;
  };

  it('says what a file is that is none', async () => {
    const other = new Excel.Workbook();
    other.addWorksheet('予算').getCell('A1').value = 1;
    const cases: [Buffer, string, RegExp][] = [
      [Buffer.alloc(0), 'empty', /空です/u],
      [Buffer.alloc(10 * 1024 * 1024 + 1, 'PK'), 'too-large', /10MBまで/u],
      [Buffer.from('番号,回答\n1,はい'), 'not-workbook', /Excelブック（\.xlsx）ではありません/u],
      [Buffer.from('%PDF-1.7'), 'not-workbook', /Excelブック/u],
      [Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'old-workbook', /古い形式/u],
      [(await plain()).subarray(0, 4000), 'not-workbook', /壊れたZIP/u],
      [Buffer.from(await other.xlsx.writeBuffer()), 'not-answer-sheet', /「予算」/u],
      [zip({ ...workbookParts(sheetXml('')), 'xl/vbaProject.bin': 'x' }), 'not-workbook', /マクロ/u],
      [await xlsx({ rows: Array.from({ length: 5_001 }, (_, n) => [n]) }), 'too-long', /答えだけを入れて/u],
    ];
    for (const [bytes, code, words] of cases) expect(only(refusal(bytes))).toMatchObject({ code, message: expect.stringMatching(words) as string });
  });

  it('names a sheet that was renamed or left behind', async () => {
    expect(only(await changed((page) => { page.name = '提出用'; }))).toMatchObject({ code: 'answer-sheet-missing', message: expect.stringContaining('「提出用」') as string });
    expect(only(await changed((_, book) => book.removeWorksheet('照合用')))).toMatchObject({ code: 'check-sheet-missing' });
    expect(only(await changed((_, book) => { book.getWorksheet('照合用')!.getCell('B2').value = null; }))).toMatchObject({ code: 'check-sheet-damaged' });
    expect(only(await changed((_, book) => { book.getWorksheet('照合用')!.getCell('C5').value = 'x'; }))).toMatchObject({ code: 'check-sheet-damaged' });
  });

  it('names deleted lines by their question and option', async () => {
    const error = await changed((page) => {
      page.getCell(rowOf(page, 'terminals'), 1).value = null;
      page.getCell(rowOf(page, 'media#option:disk'), 1).value = null;
    });
    expect(error.problems.filter(({ code }) => code === 'line-missing').map(({ message }) => message.split('。')[0])).toEqual(['「端末の台数」の行がありません', '「使っている外部記録媒体」の行（「外付けハードディスク」）がありません']);
  });

  it('names what stands in an inserted line, a line that is there twice, and a key that is no question', async () => {
    let [inserted, copied, first] = [0, 0, 0];
    const error = await changed((page) => {
      first = rowOf(page, 'name');
      inserted = page.rowCount + 1;
      page.getCell(inserted, 5).value = '書ききれない分';
      copied = inserted + 1;
      page.getCell(copied, 1).value = 'name';
      page.getCell(copied, 5).value = '税務';
      page.getCell(copied + 1, 1).value = 'nothing';
    });
    expect(error.problems.map(({ code, path }) => [code, path])).toEqual([['line-inserted', `回答票!E${inserted}`], ['line-double', `回答票!A${copied}`], ['line-unknown', `回答票!A${copied + 1}`]]);
    expect(error.problems[1]!.message).toContain(`${first}行目にもあります`);
  });

  it('refuses a sheet whose columns were moved', async () => {
    expect(only(await changed((page) => page.spliceColumns(4, 1)))).toMatchObject({ code: 'columns-changed' });
    expect(only(await changed((page) => { page.getCell(rowOf(page, '#head'), 1).value = null; }))).toMatchObject({ code: 'columns-changed' });
  });

  it('names every cell that cannot be read', async () => {
    const rows: Record<string, number> = {};
    const error = await changed((page) => {
      for (const key of ['terminals', 'begun', 'manual', 'media#option:usb', 'remarks', 'people#row:1', 'trainings#entry:1']) rows[key] = rowOf(page, key);
      put(page, 'terminals', '十二台くらい');
      put(page, 'begun', '令和8年2月30日');
      put(page, 'manual', 'たぶん');
      put(page, 'media#option:usb', '△');
      put(page, 'remarks', { formula: 'A1', result: { error: '#REF!' } } as Excel.CellFormulaValue);
      put(page, 'people#row:1', 'あり', 7);
      put(page, 'trainings#entry:1', { formula: 'NOW()' } as Excel.CellFormulaValue);
    });
    expect(error.problems.map(({ code, path }) => [code, path])).toEqual([
      ['cell-unreadable', `回答票!E${rows['terminals']}`], ['cell-unreadable', `回答票!E${rows['begun']}`], ['cell-unreadable', `回答票!E${rows['manual']}`], ['cell-unreadable', `回答票!E${rows['media#option:usb']}`],
      ['cell-unreadable', `回答票!E${rows['trainings#entry:1']}`], ['cell-unreadable', `回答票!G${rows['people#row:1']}`], ['cell-unreadable', `回答票!E${rows['remarks']}`],
    ]);
    expect(error.problems[0]!.message).toBe(`E${rows['terminals']}　「端末の台数」：「十二台くらい」は数として読めません。「12」のように数字で入れてください。`);
    expect(error.problems[2]!.message).toContain('使える言葉：はい、いいえ');
  });
});
