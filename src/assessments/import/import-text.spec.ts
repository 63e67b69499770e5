import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { ChecksAnswer, ChoiceAnswer, FormDefinition } from '../../engine/form.js';
import { Invalid } from '../../kernel/errors.js';
import { assign } from './assign.js';
import { importText, LONGEST_SOURCE } from './import-text.js';

const form: FormDefinition = {
  form: 'small', version: '1', title: '小さな評価書', shortTitle: '小評価書', validity: { from: '2024-01-01' },
  optionSets: {
    yes: [{ code: 'done', label: '十分である' }, { code: 'weak', label: '課題が残されている' }, { code: 'strong', label: '特に力を入れている' }],
    use: [{ code: 'out', label: '委託する' }, { code: 'in', label: '委託しない' }],
    ways: [{ code: 'paper', label: '紙' }, { code: 'mail', label: '電子メール' }, { code: 'media', label: '電子記録媒体（フラッシュメモリを除く。）' }, { code: 'flash', label: 'フラッシュメモリ' }, { code: 'other', label: 'その他', text: true }],
    none: [{ code: 'none', label: '接続しない' }],
  },
  sections: [
    { code: 'one', number: 'Ⅰ', title: '基本の情報', blocks: [
      { code: 'affair', heading: '1．対象とする事務', items: [
        { code: 'name', kind: 'text', label: '①事務の名称', need: 'required' },
        { code: 'content', kind: 'long-text', label: '②事務の内容', need: 'required' },
        { code: 'day', kind: 'date', label: '③開始の日', need: 'optional' },
        { code: 'people', kind: 'number', unit: '人', label: '④取扱者の数', need: 'optional' },
      ] },
      { code: 'outsourcing', heading: '2．委託の状況', items: [
        { code: 'use', kind: 'choice', options: 'use', label: '委託の有無', need: 'required', count: { of: 'contract', unit: '件', whenChoice: 'out' } },
        { code: 'contract', kind: 'group', label: '委託事項', unit: '委託事項', need: 'required', nameItem: 'contract-name', items: [
          { code: 'contract-name', kind: 'text', label: '委託事項', need: 'required' },
          { code: 'contract-content', kind: 'long-text', label: '①委託内容', need: 'required' },
          { code: 'contract-way', kind: 'checks', options: 'ways', label: '②提供方法', need: 'required' },
        ] },
      ] },
    ] },
    { code: 'two', number: 'Ⅱ', title: 'リスクの対策', note: '※（3．②を除く。）', blocks: [
      { code: 'risk', heading: '1．入手', parts: [
        { code: 'r1', heading: 'リスク1：　目的外の入手が行われるリスク', items: [
          { code: 'r1-measures', kind: 'long-text', label: 'リスクに対する措置の内容', need: 'required' },
          { code: 'r1-adequacy', kind: 'choice', options: 'yes', label: 'リスクへの対策は十分か', need: 'required' }] },
        { code: 'r2', heading: 'リスク2：　不正確な入手が行われるリスク', items: [
          { code: 'r2-measures', kind: 'long-text', label: 'リスクに対する措置の内容', need: 'required' },
          { code: 'r2-adequacy', kind: 'choice', options: 'yes', label: 'リスクへの対策は十分か', need: 'required' }] },
      ] },
      { code: 'net', heading: '2．接続', items: [{ code: 'net-none', kind: 'checks', options: 'none', label: '接続しない', need: 'optional' }] },
      { code: 'rest', heading: '3．そのほか', items: [{ code: 'rest', kind: 'long-text', label: 'そのほか', wide: true, need: 'optional' }] },
    ] },
    { code: 'list', number: '（別添1）', title: '記録の項目', blocks: [{ code: 'list', items: [{ code: 'records', kind: 'record-list', label: '記録項目', need: 'required' }] }] },
  ],
};

const read = (source: string): ReturnType<typeof importText> => importText(source, form);
const answersOf = (source: string): Record<string, unknown> => read(source).answerSet.answers;
const HEAD = 'Ⅰ 基本の情報\n1．対象とする事務\n';

describe('labels', () => {
  it.each([
    ['a table by tabs', `${HEAD}①事務の名称\t手当の支給\n②事務の内容\t申請を受ける。`],
    ['half width, no number style', 'I基本の情報\n1. 対象とする事務\n(1)事務の名称\t手当の支給\n②事務の内容\t申請を受ける。'],
    ['markup in the cells', `${HEAD}<p>①事務の名称 ※</p>\t<p>手当の支給</p>\n<p>②事務の内容</p>\t<p>申請を受ける。</p>`],
    ['a label broken over two cells', `${HEAD}①事務\tの名称\t手当の支給\n②事務の内容\t申請を受ける。`],
    ['a label broken over lines', `${HEAD}①事務の\n名称\n手当の支給\n②事務の内容\n申請を受ける。`],
    ['label and value in one line', `${HEAD}①事務の名称　手当の支給\n②事務の内容：申請を受ける。`],
    ['two labels in one cell', `${HEAD}<td>①事務の名称</td><td>手当の支給</td></tr><tr><td>②事務の<br>内容</td><td>申請を<wbr>受ける。</td>`.replace('<wbr>', '')],
    ['decomposed kana and spaces', `${HEAD}① 事 務 の 名 称\t手当の支給\n②事務の内容\t申請を受ける。`],
  ])('%s', (_, source) => {
    expect(answersOf(source)).toMatchObject({ name: '手当の支給', content: '申請を受ける。' });
  });

  it('are told apart by the risk they stand under', () => {
    const source = 'Ⅱ リスクの対策\n1．入手\nリスク1: 目的外の入手が行われるリスク\t\nリスクに対する措置の内容\t一つ目\nリスクへの対策は十分か\t[十分である]\nリスク2: 不正確な入手が行われるリスク\t\nリスクに対する措置の内容\t二つ目\nリスクへの対策は十分か\t[課題が残されている]';
    expect(answersOf(source)).toEqual({ 'r1-measures': '一つ目', 'r1-adequacy': { choice: 'done' }, 'r2-measures': '二つ目', 'r2-adequacy': { choice: 'weak' } });
  });

  it('with a slip of the OCR are taken with a doubt', () => {
    const result = read('Ⅱ リスクの対策\n1．入手\nリスク1: 目的外の人手が行なわれるリスク\nリスクに対する措置の内容\t一つ目');
    expect(result.answerSet.answers).toEqual({ 'r1-measures': '一つ目' });
    expect(result.doubts.map(({ code, line }) => [code, line])).toEqual([['label-differs', 3]]);
  });

  it('within an answer stay text', () => {
    expect(answersOf(`${HEAD}②事務の内容\t申請を受け、①事務の名称 を確かめる。`)).toEqual({ content: '申請を受け、①事務の名称 を確かめる。' });
  });

  it('of the list of contents open no section', () => {
    const result = read(`項目一覧\nⅠ 基本の情報 … 1\nⅡ リスクの対策 … 2\n（別添1）記録の項目 … 3\n${HEAD}①事務の名称\t手当`);
    expect([result.answerSet.answers, result.unplaced]).toEqual([{ name: '手当' }, []]);
  });
});

describe('choices', () => {
  const adequacy = (text: string): ReturnType<typeof importText> => read(`Ⅱ リスクの対策\n1．入手\nリスク1：目的外の入手が行われるリスク\nリスクへの対策は十分か\t${text}`);
  const LIST = '＜選択肢＞ 1) 十分である 2) 課題が残されている 3) 特に力を入れている';
  it.each([
    [`[十分である] ${LIST}`, 'done'], [`［　課題が残されている　］${LIST}`, 'weak'], [`${LIST} [特に力を入れている]`, 'strong'],
    [`<input type="checkbox"/> 十分である ${LIST}`, 'done'], [`<input type="checkbox"/> 十分である] ${LIST}`, 'done'],
    [`[○] 十分である [ ] 課題が残されている [ ] 特に力を入れている`, 'done'],
    [`<input type="checkbox"/> 十分である <input checked type="checkbox"/> 課題が残されている`, 'weak'], ['十分である', 'done'],
  ])('%s', (text, option) => {
    const result = adequacy(text);
    expect(result.answerSet.answers['r1-adequacy']).toEqual({ choice: option });
    expect([result.unplaced, result.doubts]).toEqual([[], []]);
  });

  it('left empty are no doubt, those without any mark are', () => {
    expect(adequacy(`[　] ${LIST}`).doubts).toEqual([]);
    expect(adequacy(LIST).doubts.map(({ code, address }) => [code, address])).toEqual([['choice-unreadable', 'r1-adequacy']]);
    expect(adequacy(`[どちらでもない] ${LIST}`).doubts.map(({ code }) => code)).toEqual(['choice-unknown']);
    expect(adequacy(`[どちらでもない] ${LIST}`).unplaced.map(({ text }) => text)).toEqual(['どちらでもない']);
  });

  it('with a count: the count tells the choice when the boxes cannot be read', () => {
    const result = read('Ⅰ 基本の情報\n2．委託の状況\n委託の有無\t<input type="checkbox"/> 委託する <input type="checkbox"/> 委託しない (<input type="checkbox"/> 4) 件');
    expect(result.answerSet.answers.use).toEqual({ choice: 'out', count: 4 } satisfies ChoiceAnswer);
    expect(result.doubts.map(({ code }) => code)).toEqual(['choice-inferred']);
  });

  it('behind a heading belong to the item below it', () => {
    expect(answersOf('Ⅱ リスクの対策 ※（3．②を除く。）\n2．接続 [○] 接続しない')).toEqual({ 'net-none': { checked: ['none'] } });
    expect(answersOf('Ⅱ リスクの対策\n2．接続 [ ] 接続しない')).toEqual({});
  });
});

describe('check boxes', () => {
  const ways = (text: string): ReturnType<typeof importText> => read(`Ⅰ 基本の情報\n2．委託の状況\n委託事項1\t清掃\n②提供方法\t${text}`);
  it.each([
    ['[○] 紙 [] 電子メール [○] 電子記録媒体(フラッシュメモリを除く。) [ ] フラッシュメモリ', { checked: ['paper', 'media'] }],
    ['☑紙 ☐電子メール ☑フラッシュメモリ', { checked: ['paper', 'flash'] }],
    ['[<input checked="" type="checkbox">] その他 （鍵（二重）の箱で運ぶ）', { checked: ['other'], texts: { other: '鍵（二重）の箱で運ぶ' } }],
    ['[ ] 紙 [○] その他 ( ) [○] 電子メール', { checked: ['mail', 'other'] }],
  ])('%s', (text, value) => {
    const result = ways(text);
    expect(result.answerSet.answers['contract-way@contract-1']).toEqual(value);
    expect([result.unplaced, result.doubts]).toEqual([[], []]);
  });

  it('all unreadable in a required item are a doubt', () => {
    const result = ways('<input type="checkbox"/> 紙 <input type="checkbox"/> その他 (箱で)');
    expect(result.answerSet.answers['contract-way@contract-1']).toEqual({ checked: ['other'], texts: { other: '箱で' } } satisfies ChecksAnswer);
    expect(result.doubts.map(({ code }) => code)).toEqual(['no-check']);
  });
});

describe('rows', () => {
  it('are made by their headers; ranges are headings; gaps are a doubt', () => {
    const result = read('Ⅰ 基本の情報\n2．委託の状況\n委託事項1\t清掃\n①委託内容\t床\n委託事項2～5\t\n委託事項3\t警備');
    expect(result.answerSet.rows).toEqual([{ id: 'contract-1', group: 'contract', parent: null, position: 1 }, { id: 'contract-2', group: 'contract', parent: null, position: 2 }]);
    expect(result.answerSet.answers).toEqual({ 'contract-name@contract-1': '清掃', 'contract-content@contract-1': '床', 'contract-name@contract-2': '警備' });
    expect(result.doubts.map(({ code, line }) => [code, line])).toEqual([['row-numbers', 6]]);
  });

  it('take the ids that the caller makes', () => {
    const result = importText('Ⅰ 基本の情報\n2．委託の状況\n委託事項1\t清掃', form, { newRowId: (group, count) => `${group}.${count + 40}` });
    expect(Object.keys(result.answerSet.answers)).toEqual(['contract-name@contract.41']);
  });
});

describe('values', () => {
  it('are read as the kind of the item; what cannot be read stays in the list', () => {
    expect(answersOf(`${HEAD}③開始の日\t令和6年4月1日\n④取扱者の数\t1,200人`)).toEqual({ day: '2024-04-01', people: 1200 });
    const result = read(`${HEAD}③開始の日\t来年の春`);
    expect([result.answerSet.answers, result.unplaced.map(({ text, guess }) => [text, guess]), result.doubts.map(({ code }) => code)]).toEqual([{}, [['来年の春', 'day']], ['value-unreadable']]);
  });

  it('of a record list begin where the due number stands', () => {
    expect(answersOf('（別添1）記録の項目\n〈住民〉\n1氏名、2住所、31月1日時住所')).toEqual({
      records: { lists: [{ heading: '〈住民〉', records: [{ number: 1, name: '氏名' }, { number: 2, name: '住所' }, { number: 3, name: '1月1日時住所' }] }] },
    });
  });

  it('keep breaks and bullets and lose the markup', () => {
    expect(answersOf(`${HEAD}②事務の内容\t<p>初め</p><ul><li>一</li><li>・二</li></ul>A &amp; B &lt;C&gt;<br/>終わり`)).toEqual({ content: '初め\n・一\n・二\nA & B <C>\n終わり' });
  });

  it('treat scripts and unknown tags as text', () => {
    expect(answersOf(`${HEAD}②事務の内容\t<script>alert(1)</script><i am>`)).toEqual({ content: '<script>alert(1)</script><i am>' });
  });
});

describe('bad input', () => {
  const refusal = (source: string | Uint8Array): string => {
    try {
      importText(source, form);
      return 'taken';
    } catch (error) {
      return error instanceof Invalid ? error.code : String(error);
    }
  };
  it('is refused with its reason', () => {
    expect(refusal('あ'.repeat(LONGEST_SOURCE + 1))).toBe('source-too-large');
    expect(refusal(Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0xff]))).toBe('source-not-text');
    expect(refusal('PK\u0003\u0004\u0000\u0000')).toBe('source-not-text');
    expect(refusal('%PDF-1.7\n')).toBe('source-not-text');
  });

  it('unknown forms are refused', () => {
    expect(() => importText('x', [form], { form: 'other' })).toThrow(Invalid);
    expect(() => importText('x', [form, { ...form, form: 'second', title: '別の評価書' }])).toThrow('様式の見出しが見つかりません');
  });

  it('NUL and halves of surrogate pairs are reported, left out of the answers and listed', () => {
    const result = read(`${HEAD}①事務の名称\t手\u0000当\ud800の\u0007支給`);
    expect(result.answerSet.answers).toEqual({ name: '手当の支給' });
    expect(result.doubts.map(({ code, line }) => [code, line])).toEqual([['defect-nul', 3], ['defect-surrogate', 3], ['defect-control', 3]]);
    expect(result.unplaced.map(({ text }) => text)).toEqual(['\u2400', '\ufffd', '\u2407']);
  });

  it('an empty source is an empty document', () => {
    expect(read('')).toMatchObject({ totalCharacters: 0, placedShare: 1, unplaced: [], answerSet: { rows: [], answers: {} } });
  });
});

describe('no character is dropped', () => {
  const balanced = ({ totalCharacters, placedCharacters, structureCharacters, unplaced }: ReturnType<typeof importText>, source: string): void => {
    expect(structureCharacters).toBeLessThanOrEqual(placedCharacters);
    for (const { start, end, text } of unplaced) expect(end - start).toBe(text.length);
    const listed = unplaced.reduce((sum, { start, end }) => sum + source.slice(start, end).replace(/\s/gu, '').length, 0);
    expect(placedCharacters + listed).toBeGreaterThanOrEqual(totalCharacters);
  };
  const words = fc.constantFrom('①事務の名称', '②事務の内容', '委託の有無', '[○]', '[', ']', '(', ')', '件', '1)', '＜選択肢＞', '委託する', 'その他', '\t', '\n', '|', '<td>', '</td>', '<tr>', '<p>', '</ul>', '<li>', '委託事項1', 'リスク1：', 'Ⅱ リスクの対策', '1．入手', '3', '紙', '&lt;', '**', '- ', '\u3000\u3000', '（別添1）記録の項目', '1氏名、2住所', '\ud83d', '\u0000', '。', 'の');

  it('in any text: every character is counted once, and nothing throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.array(words, { maxLength: 80 }).map((parts) => parts.join(''))), (source) => {
      if (/^(?:%PDF-|PK\u0003\u0004|\u0089PNG|GIF8)/u.test(source)) return;
      try {
        balanced(read(source), source);
      } catch (error) {
        if (!(error instanceof Invalid && error.code === 'source-not-text')) throw error;
      }
    }), { numRuns: 600 });
  });

  it('in plain text the total is the number of characters that are not white space', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...'事務の名称①②3（）リスク、。件委託する十分であABC [] \n'), { maxLength: 200 }).map((all) => all.join('')), (source) => {
      expect(read(source).totalCharacters).toBe(source.replace(/\s/gu, '').length);
    }), { numRuns: 300 });
  });

  const full = parse(readFileSync('templates/forms/full/2024-10.yaml', 'utf8')) as FormDefinition;
  const document = readFileSync('test/fixtures/import/full-from-pdf.txt', 'utf8');
  const found = (source: string, mark: string): boolean => {
    const { answerSet, unplaced, doubts } = importText(source, full);
    return JSON.stringify([answerSet.answers, unplaced, doubts]).includes(mark);
  };

  it('a strange character put anywhere is found in an answer, in the list or in a doubt', () => {
    fc.assert(fc.property(fc.nat({ max: document.length }), (place) => found(`${document.slice(0, place)}鑿${document.slice(place)}`, '鑿')), { numRuns: 400 });
  });

  it('also in tables', () => {
    const table = readFileSync('test/fixtures/import/priority-table.md', 'utf8');
    const priority = parse(readFileSync('templates/forms/priority/2024-10.yaml', 'utf8')) as FormDefinition;
    fc.assert(fc.property(fc.nat({ max: table.length }), (place) => {
      if (/<[^<>]*$/u.test(table.slice(0, place)) && /^[^<>]*>/u.test(table.slice(place))) return true;
      const { answerSet, unplaced, doubts } = importText(`${table.slice(0, place)}鑿${table.slice(place)}`, priority);
      return JSON.stringify([answerSet.answers, unplaced, doubts]).includes('鑿');
    }), { numRuns: 400 });
  });

  it('deleting and repeating parts of a document never throws', () => {
    fc.assert(fc.property(fc.nat({ max: document.length }), fc.nat({ max: 400 }), fc.nat({ max: document.length }), (from, length, to) => {
      const cut = document.slice(0, from) + document.slice(from + length);
      const source = cut.slice(0, to) + document.slice(from, from + length) + cut.slice(to);
      balanced(importText(source, full), source);
    }), { numRuns: 150 });
  });
});

describe('assign', () => {
  const base = read(`${HEAD}①事務の名称\t手当\n\n走り書き\n③開始の日\t令和X年\n委託事項1\t清掃`);
  const runs = (...texts: string[]): Pick<typeof base, 'answerSet' | 'unplaced'> => ({ answerSet: base.answerSet, unplaced: texts.map((text, n) => ({ start: n, end: n + text.length, text, line: 1 })) });

  it('lets texts grow, sets choices and checks, reads dates', () => {
    const result = assign(runs('の支給', '[十分である]', '令和6年4月1日', '箱（鍵付き）', '紙', '一行目', '二行目'), [
      { unplaced: 0, address: 'name' }, { unplaced: 1, address: 'r1-adequacy' }, { unplaced: 2, address: 'day' }, { unplaced: 3, address: 'contract-way@contract-1' },
      { unplaced: 4, address: 'contract-way@contract-1' }, { unplaced: 5, address: 'content' }, { unplaced: 6, address: 'content' },
    ], form);
    expect(result.answers).toEqual({
      name: '手当 の支給', 'r1-adequacy': { choice: 'done' }, day: '2024-04-01', content: '一行目\n二行目', 'contract-name@contract-1': '清掃',
      'contract-way@contract-1': { checked: ['paper', 'other'], texts: { other: '箱（鍵付き）' } },
    });
    expect(base.answerSet.answers.name).toBe('手当');
  });

  it('names every problem', () => {
    const problem = (): unknown => assign(runs('どれでもない', 'x'), [
      { unplaced: 0, address: 'r1-adequacy' }, { unplaced: 0, address: 'name' }, { unplaced: 9, address: 'name' }, { unplaced: 1, address: 'contract-way' }, { unplaced: 1, address: 'nobody' },
    ], form);
    expect(problem).toThrow(Invalid);
    try {
      problem();
    } catch (error) {
      expect((error as Invalid).problems.map(({ code }) => code)).toEqual(['value-unreadable', 'run-assigned-twice', 'run-unknown', 'address-unknown', 'run-assigned-twice']);
    }
  });
});
