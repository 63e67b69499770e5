import Excel from 'exceljs';
import fc from 'fast-check';
import { checkAnswer } from '../engine/answers.js';
import { emptyAnswer } from '../engine/blanks.js';
import { indexForm } from '../engine/form-index.js';
import { addressOf, type Address, type AnswerValue, type Row } from '../engine/form.js';
import { TenkenError } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { canonical } from './answer-rows.js';
import { openAnswerSheet, readAnswerSheet, type ReadSheet } from './answer-workbook-reading.js';
import { answerWorkbook } from './answer-workbook.js';
import { incidentsQuestionnaire } from './sample-questionnaire.js';

const form = indexForm(incidentsQuestionnaire());
const FIRST = '00000000-0000-4000-8000-00000000000a';
const SECOND = '00000000-0000-4000-8000-00000000000b';
type Values = Record<Address, AnswerValue>;

function made(values: Values, ids: readonly string[] = [FIRST]): Promise<Buffer> {
  const rows = ids.map((id, n): Row => ({ id, group: 'incidents', parent: null, position: n + 1 }));
  return answerWorkbook({
    responseId: '00000000-0000-4000-8000-000000000001', title: '事故の調査', purpose: '', department: '国保年金課', system: null, dueOn: '2026-12-18', referenceOn: null, definitionHash: 'h', form, rows,
    answers: new Map(Object.entries(values).map(([item, value]) => [item, { value, version: 1, prefilledFrom: null }])), returnedReason: null, returnedItems: [],
  });
}
async function book(bytes: Buffer): Promise<Excel.Workbook> {
  const opened = new Excel.Workbook();
  await opened.xlsx.load(bytes as never);
  return opened;
}
async function edited(bytes: Buffer, work: (page: Excel.Worksheet) => void): Promise<Buffer> {
  const opened = await book(bytes);
  work(opened.getWorksheet('回答票')!);
  return Buffer.from(await opened.xlsx.writeBuffer());
}
const lineOf = (page: Excel.Worksheet, key: string): number => {
  let found = 0;
  page.eachRow((row, number) => { if (row.getCell(1).value === key) found = number; });
  if (found === 0) throw new Error(`no line ${key}`);
  return found;
};
const read = (bytes: Buffer): ReadSheet => readAnswerSheet(form, openAnswerSheet(bytes));
const said = ({ answers }: ReadSheet): Values => Object.fromEntries(answers.flatMap(({ item, value }) => (value === null ? [] : [[item, value]])));
const refusal = (bytes: Buffer): TenkenError => {
  try {
    read(bytes);
  } catch (error) {
    return error as TenkenError;
  }
  throw new Error('nothing was refused');
};
/** Columns of the questions of a row: 件名, 発生日, 種類, its text, 所属長, 本人, 人数, 経緯. */
const COLUMN = { what: 5, day: 6, how: 7, howText: 8, head: 9, person: 10, persons: 11, why: 12 } as const;

describe('repeated rows on the answer sheet', () => {
  it('are one line each, under the heads of their questions, with spare lines; pictures are left to the browser', async () => {
    const opened = await book(await made({ any: { choice: 'yes' }, [`what@${FIRST}`]: '封筒の紛失', [`day@${FIRST}`]: '2026-05-01', [`how@${FIRST}`]: { choice: 'other', text: '盗難' }, [`told@${FIRST}`]: { checked: ['person'] }, [`persons@${FIRST}`]: 12 }));
    const page = opened.getWorksheet('回答票')!;
    const texts = (key: string): string[] => Array.from({ length: 8 }, (_, n) => page.getCell(lineOf(page, key), 5 + n).text);
    expect(texts('#columns:incidents')).toEqual(['件名 ※', '発生日 ※', '種類 ※', '種類：「その他」のときの内容', '知らせた相手：所属長', '知らせた相手：本人', '影響した人数（人）', '誤送付の経緯 ※']);
    expect(texts(`incidents#row:${FIRST}`)).toEqual(['封筒の紛失', '令和8年5月1日', 'その他', '盗難', '', '○', '12', '']);
    expect(page.getCell(lineOf(page, 'incidents#row:new:1'), 4).text).toBe('事故2');
    expect(page.getCell(lineOf(page, 'incidents#row:new:8'), COLUMN.how).dataValidation).toMatchObject({ type: 'list', formulae: ["'選択肢'!$A$3:$A$5"] });
    expect(page.getCell(lineOf(page, '#item:plan'), 3).text).toContain('写真・図は、調査票の画面で加えます。');
  });

  it('bring back what people write: changed cells, a new row in a spare line, nothing for the lines that stay blank', async () => {
    const bytes = await edited(await made({ any: { choice: 'yes' }, [`what@${FIRST}`]: '紛失' }), (page) => {
      page.getCell(lineOf(page, `incidents#row:${FIRST}`), COLUMN.persons).value = '１，２００人';
      const spare = lineOf(page, 'incidents#row:new:3');
      page.getCell(spare, COLUMN.what).value = '誤送付';
      page.getCell(spare, COLUMN.day).value = 'R8.6.2';
      page.getCell(spare, COLUMN.how).value = '誤送付';
      page.getCell(spare, COLUMN.head).value = '○';
    });
    const sheet = read(bytes);
    expect(said(sheet)).toEqual({ any: { choice: 'yes' }, [`what@${FIRST}`]: '紛失', [`persons@${FIRST}`]: 1200 });
    expect(sheet.filled.map(({ group, answers }) => [group, answers.map(({ question, value }) => [question.code, value])])).toEqual([['incidents', [['what', '誤送付'], ['day', '2026-06-02'], ['how', { choice: 'sent' }], ['told', { checked: ['head'] }]]]]);
    expect(sheet.emptied).toEqual([]);
  });

  it('go when their line is emptied, and stay when they never said anything', async () => {
    const bytes = await edited(await made({ any: { choice: 'yes' }, [`what@${FIRST}`]: '紛失' }, [FIRST, SECOND]), (page) => { page.getCell(lineOf(page, `incidents#row:${FIRST}`), COLUMN.what).value = null; });
    expect(read(bytes).emptied).toEqual([{ id: FIRST, group: 'incidents', cell: expect.stringMatching(/^E\d+$/u) as string, seen: { [`what@${FIRST}`]: 1 } }]);
  });

  it('are missed when their line was deleted, and named by their place', async () => {
    const error = refusal(await edited(await made({ any: { choice: 'yes' }, [`what@${FIRST}`]: '紛失' }, [FIRST, SECOND]), (page) => { page.getCell(lineOf(page, `incidents#row:${FIRST}`), 1).value = null; }));
    expect(error.problems.find(({ code }) => code === 'line-missing')!.message).toBe('「事故の一覧」の行（「事故1」）がありません。消した行は読み取れないので、回答票を受け取り直し、答えを写してください。');
  });

  it('name every cell that cannot be read, in filled and in spare lines', async () => {
    const lines: number[] = [];
    const error = refusal(await edited(await made({ any: { choice: 'yes' }, [`what@${FIRST}`]: '紛失' }), (page) => {
      lines.push(lineOf(page, `incidents#row:${FIRST}`), lineOf(page, 'incidents#row:new:1'));
      page.getCell(lines[0]!, COLUMN.day).value = '令和8年2月30日';
      page.getCell(lines[1]!, COLUMN.how).value = '火災';
      page.getCell(lines[1]!, COLUMN.persons).value = '数名';
    }));
    expect(error.problems.map(({ path }) => path)).toEqual([`回答票!F${lines[0]!}`, `回答票!G${lines[1]!}`, `回答票!K${lines[1]!}`]);
    expect(error.problems[1]!.message).toContain('使える言葉：紛失、誤送付、その他');
  });

  it('are added up by formulas over the cells that people fill in', async () => {
    const page = (await book(await made({ any: { choice: 'yes' }, [`persons@${FIRST}`]: 3, [`persons@${SECOND}`]: 4, media: [{ name: 'USB', units: '2' }] }, [FIRST, SECOND]))).getWorksheet('回答票')!;
    const [first, last] = [lineOf(page, `incidents#row:${FIRST}`), lineOf(page, 'incidents#row:new:8')];
    expect(page.getCell(lineOf(page, '#item:total'), 5).value).toEqual({ formula: `SUM(K${first}:K${last})`, result: 7 });
    expect(page.getCell(lineOf(page, '#item:count'), 5).value).toMatchObject({ formula: expect.stringMatching(`^SUMPRODUCT\\(--\\(\\(E${first}:E${last}<>""\\)\\+.*\\+\\(L${first}:L${last}<>""\\)>0\\)\\)$`) as string, result: 2 });
    expect(page.getCell(lineOf(page, '#item:units'), 5).value).toEqual({ formula: `SUM(F${lineOf(page, 'media#row:1')}:F${lineOf(page, 'media#row:9')})`, result: 2 });
    expect(page.getCell(lineOf(page, '#item:total'), 5).protection?.locked ?? true).toBe(true);
  });

  const text = fc.string({ unit: fc.constantFrom('あ', '課', 'A', '1', ' ', '\n', '&', '_', 'x', '=', '𠮷', '-'), maxLength: 20 });
  const inRow = fc.record({ what: text, day: fc.constantFrom('2026-04-01', '1989-01-07'), how: fc.oneof(fc.constant({ choice: 'lost' }), fc.record({ choice: fc.constant('other'), text })), told: fc.record({ checked: fc.subarray(['head', 'person']) }), persons: fc.nat(), why: text }, { requiredKeys: [] });
  const records = fc.record({ lists: fc.array(fc.record({ heading: fc.constantFrom('住民情報', '税', '健康'), records: fc.array(fc.record({ number: fc.option(fc.nat(999)), name: text }), { maxLength: 4 }) }), { maxLength: 4 }) });

  it('give back exactly what the sheet was made from: rows and lists of records', async () => {
    await fc.assert(fc.asyncProperty(fc.array(inRow, { maxLength: 5 }), records, async (given, list) => {
      const ids = given.map(() => newId());
      const values: Values = {};
      const put = (code: string, row: string | null, value: unknown): void => {
        const { item } = form.byCode.get(code)!;
        const normal = (one: unknown): AnswerValue | null => { const { value: checked } = checkAnswer(item, one, form.definition); return checked === null || emptyAnswer(checked) ? null : canonical(checked); };
        const answer = normal(value);
        if (answer !== null) values[addressOf(code, row)] = answer;
      };
      given.forEach((row, n) => Object.entries(row).forEach(([code, value]) => put(code, ids[n]!, value)));
      put('records', null, list);
      const sheet = read(await made(values, ids));
      expect([said(sheet), sheet.emptied, sheet.filled]).toEqual([values, [], []]);
    }), { numRuns: 40 });
  });
});
