import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { AnswerSet, FormDefinition } from '../engine/form.js';
import type { Invalid } from '../kernel/errors.js';
import { Chromium } from '../rendering/chromium.js';
import { Templates } from '../rendering/html.js';
import { renderPdf } from '../rendering/pdf.js';
import type { AssessmentReport, TablePiece } from './assessment-report.model.js';
import { assessmentReport } from './assessment-report.js';

const form: FormDefinition = {
  form: 'trial', version: '1', title: '特定個人情報保護評価書（試し）', shortTitle: '試し', formTag: '［令和6年10月　様式］', validity: { from: '2024-10-01' },
  optionSets: {
    use: [{ code: 'yes', label: '委託する' }, { code: 'no', label: '委託しない' }],
    adequacy: [{ code: 'strong', label: '特に力を入れている' }, { code: 'enough', label: '十分である' }, { code: 'lacking', label: '課題が残されている' }],
    source: [{ code: 'person', label: '本人', heading: '相手' }, { code: 'other', label: 'その他', text: true, heading: '相手' }, { code: 'provides', label: '提供を行っている', counts: 'outsourcing', heading: '件数' }],
  },
  sections: [
    { code: 'cover', number: '', title: '表紙', blocks: [{ code: 'cover', items: [
      { code: 'number', label: '評価書番号', kind: 'text', need: 'required', prefilledFrom: 'assessment-number' },
      { code: 'name', label: '評価書名', kind: 'text', need: 'required', prefilledFrom: 'assessment-name' },
      { code: 'declaration', label: '宣言', kind: 'long-text', need: 'required', wide: true },
      { code: 'published', label: '公表日', kind: 'date', need: 'procedure', wide: true },
    ] }] },
    { code: 'basics', number: 'Ⅰ', title: '基本情報', blocks: [
      { code: 'files', heading: '1．特定個人情報ファイル名', items: [
        { code: 'file-names', label: '特定個人情報ファイル名', kind: 'computed', compute: { rule: 'names-of', group: 'file' }, need: 'optional', wide: true },
        { code: 'file', label: 'ファイル', kind: 'group', unit: 'ファイル', nameItem: 'file-name', items: [], need: 'required' },
      ] },
      { code: 'figures', items: [{ code: 'figures', label: '事務の内容', kind: 'figures', need: 'required' }] },
    ] },
    { code: 'overview', number: 'Ⅱ', title: 'ファイルの概要', perRowOf: 'file', significant: true, note: '（1．を除く。）', blocks: [
      { code: 'basics', heading: '1．名前と入手元', significant: true, items: [
        { code: 'file-name', label: '名前', kind: 'text', need: 'required' },
        { code: 'sources', label: '①入手元', kind: 'checks', options: 'source', need: 'required', significant: true },
        { code: 'users', label: '使用部署', under: '②使用の主体', kind: 'text', need: 'required' },
        { code: 'user-count', label: '使用者数', under: '②使用の主体', kind: 'number', unit: '人', need: 'required' },
      ] },
      { code: 'outsourcing', heading: '2．委託', items: [
        { code: 'outsourced', label: '委託の有無', kind: 'choice', options: 'use', count: { of: 'outsourcing', unit: '件', whenChoice: 'yes' }, need: 'required' },
        { code: 'outsourcing', label: '委託事項', kind: 'group', unit: '委託事項', need: 'required', when: { item: 'outsourced', is: 'yes' }, sheets: { main: 2, each: 2, max: 4, over: '別紙' }, items: [
          { code: 'task', label: '委託内容', kind: 'text', need: 'required' },
        ] },
      ], parts: [{ code: 'risk', heading: 'リスク1：　不正に使用されるリスク', items: [
        { code: 'adequacy', label: 'リスクへの対策は十分か', kind: 'choice', options: 'adequacy', adequacy: true, need: 'required' },
      ] }] },
    ] },
    { code: 'records', number: '（別添2）', title: '記録項目', perRowOf: 'file', blocks: [{ code: 'records', items: [{ code: 'records', label: '記録項目', kind: 'record-list', need: 'required' }] }] },
    { code: 'changes', number: '（別添3）', title: '変更箇所', blocks: [{ code: 'changes', items: [
      { code: 'changes', label: '変更箇所', kind: 'table', need: 'procedure', columns: [{ code: 'day', label: '変更日', kind: 'date-text' }, { code: 'when', label: '提出時期', kind: 'choice', options: 'use' }, { code: 'after', label: '変更後の記載', kind: 'long-text' }] },
    ] }] },
  ],
};

const hash = 'ab'.repeat(32);
const PIXEL = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const task = (number: number) => ({ id: `t${number}`, group: 'outsourcing', parent: 'f1', position: number });
const answers: AnswerSet = {
  rows: [{ id: 'f2', group: 'file', parent: null, position: 2 }, { id: 'f1', group: 'file', parent: null, position: 1 }, ...[1, 2, 3, 4, 5].map(task)],
  answers: {
    number: '12', name: 'こども医療費助成に関する事務　試し', declaration: '宣言の一行目\n二行目', published: '2027-02-13',
    figures: { figures: [{ image: hash, caption: '図1　事務の流れ', width: 10, height: 10 }] },
    'file-name@f1': 'こども医療ファイル', 'file-name@f2': '宛名ファイル',
    'sources@f1': { checked: ['person', 'other', 'provides'], texts: { other: '<script>alert(1)</script>' }, counts: { provides: 4 } },
    'user-count@f1': 1234,
    'outsourced@f1': { choice: 'yes', count: 5 }, 'outsourced@f2': { choice: 'no' },
    'task@t1': '入力', 'task@t2': '封入', 'task@t3': '保守', 'task@t4': '運用', 'task@t5': '廃棄',
    'adequacy@f1': { choice: 'enough' },
    'records@f1': { lists: [{ heading: '＜資格情報＞', records: [{ number: 1, name: '宛名番号' }, { number: null, name: '番号のない項目' }] }] },
    changes: [{ day: '令和8年11月21日', when: 'no', after: '一行目\n二行目' }],
  },
};
const build = (given: AnswerSet = answers) => assessmentReport({ form, answers: given, images: { [hash]: PIXEL }, title: '試しの評価書', editionNote: '第2版 案' });
const section = (report: AssessmentReport, anchor: string) => report.sections.find((each) => each.anchor === anchor)!;
const rowsOf = (report: AssessmentReport, anchor: string) => section(report, anchor).blocks.flatMap(({ pieces }) => pieces).filter((piece): piece is TablePiece => piece.kind === 'table').flatMap(({ rows }) => rows);
const valueOf = (report: AssessmentReport, anchor: string, label: string) => rowsOf(report, anchor).find((row) => row.label === label)!.value;

const templates = new Templates('templates');
const html = (report: AssessmentReport) => templates.render('reports/assessment/report', report);

describe('assessmentReport', () => {
  it('puts number and name beside one another on the cover and the rest below, dates in 和暦', () => {
    const { cover } = build();
    expect(cover.beside.map(({ label, text, narrow }) => [label, text, narrow])).toEqual([['評価書番号', '12', true], ['評価書名', 'こども医療費助成に関する事務　試し', false]]);
    expect(cover.boxes.map(({ cells }) => cells.map(({ label, text, shape }) => [label, text, shape]))).toEqual([[['宣言', '宣言の一行目\n二行目', 'long']], [['公表日', '令和9年2月13日', 'middle']]]);
    expect([cover.title, cover.tag, cover.editionNote]).toEqual(['特定個人情報保護評価書（試し）', '［令和6年10月　様式］', '第2版 案']);
  });

  it('repeats the sections of the files in their order and sends the rows beyond the main sheet to further sheets behind it', () => {
    const report = build();
    expect(report.sections.map(({ heading, rowName }) => [heading, rowName])).toEqual([
      ['Ⅰ　基本情報', ''],
      ['Ⅱ　ファイルの概要', '1．こども医療ファイル'],
      ['Ⅱ　2．委託（委託事項3～4）', '1．こども医療ファイル'],
      ['Ⅱ　2．委託（別紙　委託事項5～6）', '1．こども医療ファイル'],
      ['Ⅱ　ファイルの概要', '2．宛名ファイル'],
      ['（別添2）　記録項目', '1．こども医療ファイル'],
      ['（別添2）　記録項目', '2．宛名ファイル'],
      ['（別添3）　変更箇所', ''],
    ]);
    expect(rowsOf(report, 's-overview-1-sheet-1').map(({ value }) => (value.kind === 'text' ? value.text : ''))).toEqual(['保守', '運用']);
    expect(report.contents.map(({ level, text }) => [level, text])).toEqual([
      [1, 'Ⅰ　基本情報'], [1, 'Ⅱ　ファイルの概要'], [2, '1．こども医療ファイル'], [2, '2．委託（委託事項3～4）'], [2, '2．委託（別紙　委託事項5～6）'],
      [2, '2．宛名ファイル'], [1, '（別添2）　記録項目'], [2, '1．こども医療ファイル'], [2, '2．宛名ファイル'], [1, '（別添3）　変更箇所'],
    ]);
    expect(new Set(report.sections.map(({ anchor }) => anchor)).size).toBe(report.sections.length);
  });

  it('prints choices, checks, counts and その他 as the form does', () => {
    const report = build();
    expect(valueOf(report, 's-overview-1', '委託の有無')).toMatchObject({ chosen: '委託する', options: [{ number: 1, label: '委託する' }, { number: 2, label: '委託しない' }], count: { text: '5', unit: '件' } });
    expect(valueOf(report, 's-overview-1', '①入手元')).toMatchObject({ lists: [
      { heading: '相手', options: [{ checked: true, label: '本人', text: null }, { checked: true, label: 'その他', text: { text: '<script>alert(1)</script>' } }] },
      { heading: '件数', options: [{ checked: true, label: '提供を行っている', count: { text: '4', unit: '件' } }] },
    ] });
    expect(valueOf(report, 's-overview-1', '使用者数')).toMatchObject({ text: '1,234人' });
    const page = html(report).replace(/<[^>]+>/gu, '').replace(/\s+/gu, '');
    expect(page).toContain('［十分である］＜選択肢＞1)特に力を入れている2)十分である3)課題が残されている');
    expect(page).toContain('［○］本人［○］その他（&lt;script&gt;alert(1)&lt;/script&gt;）');
    expect(page).toContain('［委託する］（5）件');
    expect(page).toContain('［委託しない］（）件');
  });

  it('a text longer than a page stands under its label, which is repeated on every page', () => {
    const line = `${'長い措置の文です。'.repeat(6)}\n`;
    const long = build({ ...answers, answers: { ...answers.answers, 'task@t3': line.repeat(60) } });
    const pieces = section(long, 's-overview-1-sheet-1').blocks.flatMap((block) => block.pieces).filter((piece): piece is TablePiece => piece.kind === 'table');
    expect(pieces.map(({ heading, rows }) => [heading, rows.map(({ label, wide }) => [label, wide])])).toEqual([
      [expect.stringMatching(/^委託事項3\n/u), [['', true]]],
      ['委託事項4', [[expect.any(String), false]]],
    ]);
  });

  it('joins rows that share a first column; the ※ of an item stands on its heading where that carries it', () => {
    const rows = rowsOf(build(), 's-overview-1');
    expect(rows.slice(0, 4).map(({ label, under, spans, significant }) => [label, under, spans, significant])).toEqual([
      ['名前', null, true, false], ['①入手元', null, true, false],
      ['使用部署', { text: '②使用の主体', joined: false, last: false }, false, false], ['使用者数', { text: '②使用の主体', joined: true, last: true }, false, false],
    ]);
    expect(html(build())).toMatch(/Ⅱ　ファイルの概要<span class="sig">　※<\/span><span class="note">（1．を除く。）<\/span>/u);
  });

  it('computes the names of the files and does not print a label that only repeats its heading', () => {
    const [row] = rowsOf(build(), 's-basics');
    expect(row).toMatchObject({ label: '', wide: true, value: { text: 'こども医療ファイル\n宛名ファイル' } });
  });

  it('prints a hidden group and an empty form as the blank of the form', () => {
    expect(rowsOf(build(), 's-overview-2').filter(({ label }) => label === '委託内容').map(({ value }) => value)).toMatchObject([{ kind: 'text', text: '' }]);
    const blank = build({ rows: [], answers: {} });
    expect(blank.sections.map(({ heading }) => heading)).toEqual(['Ⅰ　基本情報', 'Ⅱ　ファイルの概要', '（別添2）　記録項目', '（別添3）　変更箇所']);
    const page = html(blank).replace(/<[^>]+>/gu, '').replace(/\s+/gu, '');
    expect(page).toContain('［］本人［］その他（）');
    expect(page).toContain('［］＜選択肢＞1)特に力を入れている');
  });

  it('refuses a figure whose picture is not there', () => {
    expect(() => assessmentReport({ form, answers, images: {}, title: '' })).toThrow('図1　事務の流れ');
    try {
      assessmentReport({ form, answers, images: {}, title: '' });
    } catch (error) {
      expect([(error as Invalid).kind, (error as Invalid).code]).toEqual(['invalid', 'figure-missing']);
    }
  });

  it('comes out as a PDF whose contents name the pages of the sections', async () => {
    const chromium = new Chromium({ folder: join(tmpdir(), `tenken-browser-${process.getuid?.() ?? 'user'}`) });
    const report = build();
    const pdf = await renderPdf(chromium, html(report), { title: report.title, footerLeft: 'こども医療' }).finally(() => chromium.close());
    const file = await getDocument({ data: new Uint8Array(pdf), verbosity: 0 }).promise;
    const texts: string[] = [];
    for (let number = 1; number <= file.numPages; number++) texts.push((await (await file.getPage(number)).getTextContent()).items.map((item) => ('str' in item ? item.str : '')).join(''));
    // cover, contents and the eight sections, each on its own page
    expect(texts.length).toBe(10);
    expect(texts[1]).toMatch(/基本情報\s*3.*ファイルの概要\s*4.*委託事項3～4）\s*5.*委託事項5～6）\s*6.*宛名ファイル\s*7.*変更箇所\s*10/u);
    expect(texts[3]).toContain('<script>alert(1)</script>');
    const [title] = await file.getOutline();
    expect(title!.items.map((each: { title: string }) => each.title.replace(/\s+/gu, '')).slice(0, 3)).toEqual(['項目一覧', 'Ⅰ基本情報', 'Ⅱファイルの概要※（1．を除く。）']);
  });
});
