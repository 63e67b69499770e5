import { consistency } from './consistency.js';
import { indexForm } from './form-index.js';
import type { AnswerSet, AnswerValue, Row } from './form.js';
import { readySample, sampleForm } from './sample-form.js';

const form = indexForm(sampleForm());
const find = (changes: Record<string, AnswerValue | undefined>, rows: Row[] = []) => consistency(form, readySample(changes, rows));
const records = (...numbers: (number | null)[]) => ({ lists: [{ heading: '', records: numbers.map((number, n) => ({ number, name: `項目${n}` })) }] });
const run = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

describe('consistency', () => {
  it('a sound document has no contradictions, a blank one neither', () => {
    expect(find({})).toEqual([]);
    expect(consistency(form, { rows: [], answers: {} })).toEqual([]);
  });

  it('a count that disagrees with its list', () => {
    const [found] = find({ 'outsourcing-use@f1': { choice: 'outsourced', count: 4 } });
    expect(found).toMatchObject({ code: 'count-disagrees', severity: 'error', path: 'outsourcing-use@f1', places: ['outsourcing-use@f1', 'outsourcing@f1'] });
    expect(found!.message).toBe('「Ⅱ 4. 委託の有無」は4件ですが、委託事項は2件あります。件数を直すか、委託事項を追加してください。');
    expect(find({ 'outsourcing-use@f1': { choice: 'outsourced' } })).toEqual([]);
  });

  it('a count in brackets of a check box', () => {
    const row: Row = { id: 'p1', group: 'provision', parent: 'f1', position: 1 };
    const [found] = find({ 'provision-use@f1': { checked: ['provided'], counts: { provided: 3 } }, 'receiver@p1': '県' }, [row]);
    expect(found!.message).toBe('「Ⅱ 4. 提供の有無：提供を行っている」は3件ですが、提供先は1件あります。件数を直すか、提供先を追加してください。');
  });

  it('says that something is provided but names nobody', () => {
    expect(find({ 'provision-use@f1': { checked: ['provided'] } }).map(({ code }) => code)).toEqual(['rows-missing']);
    expect(find({ 'provision-use@f1': { checked: ['none'] } })).toEqual([]);
  });

  it('a band over data that it does not hold: 315 records are not 50 to 100', () => {
    const [found] = find({ 'record-band@f1': { choice: 'from-50' }, 'records@f1': records(...run(1, 315)) });
    expect(found!.message).toBe('「Ⅱ 2. ④記録される項目」は「50項目以上100項目未満」ですが、「（別添2） 記録項目」は315件あります（「100項目以上」に当たります）。どちらかを直してください。');
    expect(find({ 'record-band@f1': { choice: 'from-50' }, 'records@f1': records(...run(1, 50)) })).toEqual([]);
    expect(find({ 'record-band@f1': { choice: 'from-50' }, 'records@f1': undefined })).toEqual([]);
  });

  it('a band beside a number', () => {
    expect(find({ 'people-band': { choice: 'from-100000' } })[0]!.message).toContain('「Ⅰ 1. ③対象人数」は12,000人です（「1万人以上10万人未満」に当たります）');
    expect(find({ 'people-band': { choice: 'from-10000' } })).toEqual([]);
  });

  it('a part that is more than the whole', () => {
    expect(find({ 'outsourced-people@o1': { choice: 'from-100000' } }).map(({ code, places }) => [code, places])).toEqual([['part-above-whole', ['outsourced-people@o1', 'file-people@f1']]]);
    expect(find({ 'outsourced-people@o1': { choice: 'from-10000' } })).toEqual([]);
  });

  it('an answer where the form says not used', () => {
    const [found] = find({ 'network-use': { choice: 'not-used' } });
    expect(found).toMatchObject({ code: 'answer-in-hidden-place', places: ['network-basis', 'network-use'] });
    expect(found!.message).toBe('「Ⅰ 2. ②法令上の根拠」は、①実施の有無が「実施する」ではなく「実施しない」であるため、記入の対象ではありませんが、「番号法第19条第8号」と記入されています。記載を消すか、元の選択を直してください。');
  });

  it('outsourcings where the form says none: told once, with their number', () => {
    const found = find({ 'outsourcing-use@f1': { choice: 'not-outsourced' } });
    expect(found).toHaveLength(1);
    expect(found[0]!.message).toContain('委託事項が2件記入されています');
  });

  it('two items that must say the same', () => {
    expect(find({ 'no-outsourcing@f1': { choice: 'not-outsourced' } }).map(({ code, places }) => [code, places])).toEqual([['items-disagree', ['no-outsourcing@f1', 'outsourcing-use@f1']]]);
    expect(find({ 'no-outsourcing@f1': { choice: 'outsourced' } })).toEqual([]);
  });

  it('gaps and doubles in a numbered list, each list on its own', () => {
    expect(find({ 'records@f1': records(1, 2, 4, 4, 7) })[0]!.message).toBe('「（別添2） 記録項目」の1番目の一覧で、番号3、5～6が抜けています。また、番号4が重なっています。番号を確かめてください。');
    expect(find({ 'records@f1': records(2, 3) })[0]!.message).toContain('番号1が抜けています');
    expect(find({ 'records@f1': records(null, null) })).toEqual([]);
    const two = (second: number[]) => ({ lists: [{ heading: '甲', records: [1, 2].map((number) => ({ number, name: 'a' })) }, { heading: '乙', records: second.map((number) => ({ number, name: 'b' })) }] });
    expect(find({ 'records@f1': two([1, 2]) })).toEqual([]);
    expect(find({ 'records@f1': two([3, 4]) })).toEqual([]);
    expect(find({ 'records@f1': two([4, 5]) })[0]!.message).toContain('「乙」の一覧で、番号1～3が抜けています');
  });

  const long = '監査は年に1回、内部監査の要領に従って行い、取扱いの記録と権限の設定を確かめ、結果を所属長に報告して、指摘のあった点は期限を決めて改めている。改めた結果は翌年の監査で確かめる。'.repeat(2);

  it('the same long text in items that ask different things, white space aside', () => {
    const [found] = find({ 'audit-text@f1': long, 'education-text@f1': long.replace('。', '。\n ') });
    expect(found).toMatchObject({ code: 'equal-text', severity: 'warning', places: ['audit-text@f1', 'education-text@f1'] });
    expect(found!.message).toContain('「Ⅲ 3. 監査の内容」と「Ⅲ 3. 教育の内容」に同じ文章');
    expect(find({ 'audit-text@f1': long, 'education-text@f1': long.replace('翌年', '次の年') })[0]!.message).toContain('ほとんど同じ文章');
  });

  it('short texts, different texts and items that ask the same are left alone', () => {
    expect(find({ 'audit-text@f1': long.slice(0, 60), 'education-text@f1': long.slice(0, 60) })).toEqual([]);
    expect(find({ 'audit-text@f1': long, 'education-text@f1': `新任の職員には着任の時に、ほかの職員には毎年6月に研修を行い、欠席した者には録画を見せて確認の試験を受けさせている。${'研修の記録を残す。'.repeat(5)}` })).toEqual([]);
    expect(find({ 'affair-content': long, 'outsourced-content@o1': long })).toEqual([]);
  });

  it('days out of order', () => {
    expect(find({ begun: '2026-04-01', reviewed: '令和8年3月31日' }).map(({ message }) => message)).toEqual(['「Ⅰ 2. ④見直し日」の令和8年3月31日が、「Ⅰ 2. ③開始日」の令和8年4月1日より前になっています。どちらかを直してください。']);
    expect(find({ begun: '2026-04-01', reviewed: '令和8年4月予定' })).toEqual([]);
    expect(find({ 'public-period': { from: '2026-05-01', to: '2026-04-01' } }).map(({ code }) => code)).toEqual(['dates-out-of-order']);
  });

  it('a period of 29 days without a reason; 30 days, a reason, or an open end are fine', () => {
    expect(find({ 'public-period': { from: '2026-04-01', to: '2026-04-29' } }).map(({ code, places }) => [code, places])).toEqual([['period-too-short', ['public-period', 'period-reason']]]);
    expect(find({ 'public-period': { from: '2026-04-01', to: '2026-04-30' } })).toEqual([]);
    expect(find({ 'public-period': { from: '2026-04-01', to: '2026-04-10' }, 'period-reason': '急ぐため' })).toEqual([]);
    expect(find({ 'public-period': { from: '2026-04-01', to: null } })).toEqual([]);
  });

  it('the same outsourcing twice, the same file name twice', () => {
    expect(find({ 'outsourced-work@o2': '帳票の印刷' })).toEqual([]);
    expect(find({ 'outsourced-work@o2': '帳票の印刷', 'outsourced-content@o2': '通知書の印刷と封入' })[0]!.message).toContain('委託事項1と委託事項2が同じ内容です');
    const set: AnswerSet = readySample({ 'file-name@f2': '児童手当 ファイル' }, [{ id: 'f2', group: 'file', parent: null, position: 2 }]);
    expect(consistency(form, set).map(({ code, places }) => [code, places])).toEqual([['duplicate-row', ['file-name@f2', 'file-name@f1']]]);
  });
});
