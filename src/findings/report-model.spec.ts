import { auditFixture } from '../../test/audit-fixtures.js';
import { reportModel } from './report-model.js';

/** The notices of Osaka as they were when they came in, before anything was published. */
function received(change: (file: ReturnType<typeof auditFixture>) => void = () => undefined) {
  const file = auditFixture('osaka-my-number');
  for (const one of file.notices) Object.assign(one, { status: 'received', report: null });
  change(file);
  return reportModel(file, [], '2019-03-31');
}

describe('what a measure answers', () => {
  it('an opinion on seven findings carries all of them with their facts', () => {
    const [first, second] = received().notices[0]!.items;
    expect(first!.finding).toBe('［検出全:2～8］');
    const lines = first!.facts.split('\n');
    expect(lines.length).toBe(7);
    expect(lines[0]).toBe('・［検出題全:2］　権限は利用者ごとに設定すべきところ、給付システムの権限は端末ごとに設定されており、利用者ごとには設定できない。');
    // Two lines of facts stay one point
    expect(lines[2]).toContain('見ることができる。ただし、後から');
    expect(second).toMatchObject({ finding: '［検出題全:9］', facts: 'マイナンバーの証拠書類等は、職員だけが入れる区域の中の、常に施錠したキャビネットなどに保管する必要があるが、職員以外も入れる区域の鍵付きキャビネットに保管されている。' });
  });

  it('an action on one finding carries that one', () => {
    const { notices: [notice] } = received((file) => { file.actions[0]!.finding = 3; });
    expect(notice!.items[0]).toMatchObject({ finding: '［検出題全:3］', improvement: 1 });
    expect(notice!.items[0]!.facts).toMatch(/^パスワードは/u);
  });

  it('a heading is named only where there is no finding under it', () => {
    const { notices: [notice] } = received((file) => { file.improvements[0]!.findings = [1, 4]; file.improvements[1]!.findings = [1]; });
    expect(notice!.items[0]).toMatchObject({ finding: '［検出題全:4］' });
    expect(notice!.items[1]).toMatchObject({ finding: '［検出題全:1］', facts: '' });
  });

  it('an opinion on nothing carries none', () => {
    expect(received((file) => { file.improvements[0]!.findings = []; }).notices[0]!.items[0]).toMatchObject({ finding: null, facts: '' });
  });
});

describe('chapters of findings and opinions', () => {
  it('name the case only where there is more than one', () => {
    expect(received().findings.map((one) => one.caseTitle).join('')).toBe('');
    const two = received((file) => {
      file.cases.push({ ...file.cases[0]!, key: 'second', title: '二つ目の事案' });
      file.findings.at(-1)!.case = 'second';
    });
    expect(two.findings.map((one) => one.caseTitle)).toEqual(['「公費負担医療給付システム」のマイナンバーに関する情報セキュリティについて', '', '', '', '', '', '', '', '二つ目の事案']);
  });

  it('an opinion names its findings by ranges, where its own words do not', () => {
    const named = (texts: readonly string[]): string[][] => received((file) => texts.forEach((text, n) => { file.improvements[n]!.text = text; })).improvements.map((one) => one.findings);
    expect(named(['改められたい。', '改められたい。'])).toEqual([['2～8'], ['9']]);
    // The published words: (1)～(6) and (7) of the first, and the second
    expect(named([])).toEqual([[], []]);
    expect(named(['［検出:2～7］について改められたい。', '［検出:8］について改められたい。'])).toEqual([['2～8'], ['9']]);
  });

  it('criteria of several lines begin under their source', () => expect(received().findings.at(-1)!.criteria).toMatch(/^\n・個人情報を/u));
});
