import fc from 'fast-check';
import { parsePastedRecords, printRecords } from './answers.js';
import type { RecordListAnswer } from './form.js';

const names = (text: string) => parsePastedRecords(text).lists.map(({ heading, records }) => [heading, records.map(({ number, name }) => `${number}:${name}`)]);

describe('pasted record lists', () => {
  it('one line with 、', () => {
    expect(names('1氏名、2住所、3生年月日')).toEqual([['', ['1:氏名', '2:住所', '3:生年月日']]]);
  });

  it('full-width digits, separators and delimiters', () => {
    expect(names('１．氏名，２．住所、 ３．生年月日。')).toEqual([['', ['1:氏名', '2:住所', '3:生年月日。']]]);
    expect(names('①氏名、②住所、③電話')).toEqual([['', ['1:氏名', '2:住所', '3:電話']]]);
    expect(names('1氏名　2住所　3電話')).toEqual([['', ['1:氏名', '2:住所', '3:電話']]]);
  });

  it('a name that begins with digits: the number that is due decides', () => {
    const before = Array.from({ length: 58 }, (_, n) => `${n + 1}項目`).join('、');
    const [list] = parsePastedRecords(`${before}、591月1日時出力制限区分、601月1日時住所コード、67転入区分`).lists;
    expect(list!.records.slice(58)).toEqual([{ number: 59, name: '1月1日時出力制限区分' }, { number: 60, name: '1月1日時住所コード' }, { number: 67, name: '転入区分' }]);
  });

  it('a name with 、 keeps it, also with a number inside brackets', () => {
    expect(names('1氏名、2連絡先（自宅、3次連絡先）、3住所、正式なもの、4電話')).toEqual([['', ['1:氏名', '2:連絡先（自宅、3次連絡先）', '3:住所、正式なもの', '4:電話']]]);
    expect(names('1氏名、2税額、12月分、3住所')).toEqual([['', ['1:氏名', '2:税額、12月分', '3:住所']]]);
  });

  it('one a line, with headings between', () => {
    expect(names('<住民の情報>\n\n1氏名\n2住所\n\n■税の情報\n1税額\n2滞納額')).toEqual([['<住民の情報>', ['1:氏名', '2:住所']], ['■税の情報', ['1:税額', '2:滞納額']]]);
  });

  it('a bullet above a numbered line is a heading, bullets elsewhere are records without a number', () => {
    expect(names('・宛名情報\n1氏名、2住所\n(1)利用者\n- ・利用者名 ・権限ID')).toEqual([['・宛名情報', ['1:氏名', '2:住所']], ['(1)利用者', ['null:利用者名', 'null:権限ID']]]);
  });

  it('a column without numbers', () => {
    expect(names('氏名\n住所\n電話')).toEqual([['', ['null:氏名', 'null:住所', 'null:電話']]]);
  });

  it('two columns of a spreadsheet', () => {
    expect(names('＜情報＞\r\n1\t氏名\r\n2\t住所、地番\r\n\t備考')).toEqual([['＜情報＞', ['1:氏名', '2:住所、地番', 'null:備考']]]);
  });

  it('gaps and doubles are kept as they are', () => {
    expect(names('1氏名、2住所、4電話、5続柄')).toEqual([['', ['1:氏名', '2:住所', '4:電話', '5:続柄']]]);
    expect(names('1氏名、2住所、2電話、3続柄')).toEqual([['', ['1:氏名', '2:住所', '2:電話', '3:続柄']]]);
  });

  it('a list that goes on under the next heading, and one wrapped over lines', () => {
    expect(names('【甲】\n1氏名、2住所\n【乙】\n3電話、4続柄')).toEqual([['【甲】', ['1:氏名', '2:住所']], ['【乙】', ['3:電話', '4:続柄']]]);
    expect(names('1氏名、2現住所の郵便\n番号、3電話')).toEqual([['', ['1:氏名', '2:現住所の郵便番号', '3:電話']]]);
  });

  const name = fc.string({ unit: fc.constantFrom('氏', '名', '1', '2', '、', '（', 'A', ' ', '月'), minLength: 1, maxLength: 8 });
  const lists: fc.Arbitrary<RecordListAnswer> = fc.array(fc.record({
    heading: name.map((text) => `【${text}】`),
    records: fc.array(fc.record({ number: fc.option(fc.nat(999)), name: name.map((text) => `${text}x`) }), { minLength: 1, maxLength: 6 }),
  }), { minLength: 1, maxLength: 4 }).map((all) => ({ lists: all }));

  it('printed in columns and read again, nothing has changed', () => {
    fc.assert(fc.property(lists, (answer) => expect(parsePastedRecords(printRecords(answer, 'column'))).toEqual(answer)));
  });

  it('numbered from 1 with names that begin with digits, printed in a line and read again, nothing has changed', () => {
    const plain = fc.string({ unit: fc.constantFrom('氏', '名', '月', '1', '9'), minLength: 1, maxLength: 6 }).map((text) => `${text}名`);
    fc.assert(fc.property(fc.array(plain, { minLength: 1, maxLength: 40 }), (all) => {
      const answer = { lists: [{ heading: '', records: all.map((one, n) => ({ number: n + 1, name: one })) }] };
      expect(parsePastedRecords(printRecords(answer))).toEqual(answer);
    }));
  });

  it('no letter of any pasted text is lost', () => {
    const letters = (text: string): string => text.normalize('NFKC').replace(/[^\p{L}]/gu, '');
    fc.assert(fc.property(fc.array(fc.string({ unit: fc.constantFrom('氏', 'あ', '1', '2', '、', '\n', ' ', '（', '）', '・', '<', '\t', 'A') }), { maxLength: 6 }), (parts) => {
      const text = parts.join('、');
      const read = parsePastedRecords(text).lists.map(({ heading, records }) => heading + records.map((record) => record.name).join('')).join('');
      expect(letters(read)).toBe(letters(text));
    }), { numRuns: 500 });
  });
});
