import { smallReport } from '../../test/small-report.js';
import { cityFacts } from '../../bench/check-facts.js';
import { SAMPLE_SET } from '../../test/checks-town.js';
import { undrawable } from './check-report-files.js';
import { checkReport } from './check-report.js';
import { gridsOf, PORTRAIT } from './check-report.pictures.js';
import { columnsOnPaper, gridSize, onPaper } from '../rendering/grid-picture.js';

// What stands here was counted by hand from the letters xmn, mux, nnn, Mum (see test/small-report.ts).
describe('the report of checks', () => {
  const report = checkReport(smallReport());

  it('counts each result once, with the share over 適合, 不適合 and 未確認', () => {
    // met: 1 + 1 + 0 + 2 = 4, not met: 1 + 1 = 2, unknown: 1 + 1 = 2, not applicable: 1 + 3 = 4; 4 of 8
    expect(report.overview.counts).toEqual([{ name: '見本の規則集', rules: '3', met: '4', notMet: '2', unknown: '2', notApplicable: '4', share: '50.0％', total: false }]);
    expect(report.ruleSets[0]!.viewpoints.map(({ number, met, notMet, unknown, notApplicable }) => [number, met, notMet, unknown, notApplicable])).toEqual([['(1)', '3', '2', '0', '3'], ['(2)', '1', '0', '2', '1']]);
  });

  it('prints － and never a number where no rule applies', () => {
    const library = report.systems.full.find((one) => one.name === '図書館システム')!;
    expect(library.counts).toEqual([expect.objectContaining({ met: '0', notMet: '0', unknown: '0', notApplicable: '3', share: '－' })]);
    const bars = report.ruleSets[0]!.charts.find((one) => one.kind === 'bars')!;
    // こども課 1 of 2; 市民税課 (mux + Mum) 3 of 6; 図書館 none
    expect(bars.kind === 'bars' && bars.bars.map(({ label, percent, text }) => [label, percent, text])).toEqual([['こども課', 50, '50.0％（1／2）'], ['市民税課', 50, '50.0％（3／6）'], ['図書館', null, '－（当てはまる規則がない）']]);
    expect(/.{20}(?:NaN|undefined|Infinity)/u.exec(JSON.stringify(report))?.[0]).toBeUndefined();
  });

  it('says what is new, settled and still there since the run before, and what was not compared', () => {
    // 児童手当 m→x new; 住民税 x→m settled and x→x unchanged; 犬の登録 x→M settled
    expect(report.overview.changes).toEqual([{ name: '見本の規則集', fresh: '1', settled: '2', unclear: '0', unchanged: '1', total: false }]);
    expect(report.overview.changesNote).toBe('第1回の点検に含まれていない1システム（図書館システム）は比べていない。');
    expect(report.systems.full.map(({ name, failing, settled }) => [name, failing.flatMap(({ rows }) => rows.map((one) => one.change)), settled])).toEqual([
      ['児童手当システム', ['新規'], []], ['住民税システム', ['継続'], ['s-accessが守られている']], ['図書館システム', [], []], ['=犬の登録システム', [], ['s-accessが守られている']],
    ]);
    const alone = checkReport(smallReport({ before: null, changes: null, notCompared: [] }));
    expect([alone.overview.changes, alone.overview.changesNote]).toEqual([[], '同じ範囲の点検がこれより前にないため、前の回と比べていない。']);
    expect(alone.systems.full[0]!.failing[0]!.rows[0]!.change).toBe('');
  });

  it('gives reason, draft of the finding, improvement, evidence and basis of what fails, and what is missing of what is unknown', () => {
    const [first, second] = report.systems.full;
    expect(first!.failing[0]!.rows).toEqual([expect.objectContaining({
      viewpoint: '(1)', rule: 's-accessが守られている', severity: '中くらい', reason: 'アクセス権限を設定する単位が「利用者ごと」ではなく「端末ごと」であるため不適合',
      observation: 's-accessが守られていない。', improvement: 's-accessを守られたい。', evidence: '設定の画面', basis: ['見本の規程　第1条'], keep: true,
    })]);
    expect(second!.unknown).toEqual([{ title: '見本の規則集', rows: [{ viewpoint: '(2)', rule: 's-reviewが守られている', missing: expect.stringContaining('アクセスの記録') as string }] }]);
    expect(first!.facts).toContainEqual({ label: '区分・番号', text: '各部局所管　1番' });
  });

  it('lists what a person overruled with reason, evidence, until when and by whom', () => {
    expect(report.systems.full[3]!.overruled).toEqual([{
      rule: 's-accessが守られている', computed: '未確認', given: '適合', reason: '現地で利用者ごとの設定を見た。', evidence: '現地調査の記録 3', until: '令和9年3月31日', by: '監査事務局（令和8年11月10日）', keep: true,
    }]);
  });

  it('adds up declarations, names systems without results, and says what it leaves out', () => {
    // unapproved 0 + 1 + 2 + 3, one stale each
    expect(report.overview.declarations).toBe('令和8年11月21日現在、対象のシステムの申告（引き継いだものを含む）のうち、所属長の承認を受けていないものは6件、期限が切れて数えなかったものは4件である。');
    const unchecked = [{ id: 's9', number: null, name: '新システム', classId: null, departmentId: 'd', departmentName: '企画課' }];
    expect(checkReport(smallReport({ unchecked, now: true })).overview.unchecked).toEqual({ words: '次の1システムは、まだ点検していないため、この報告書の結果に含まれない。', names: ['新システム（企画課）'] });
    expect(checkReport(smallReport({ unchecked })).overview.unchecked!.words).toBe('次の1システムは、この報告書の基にした点検に含まれていない。');
    expect(checkReport(smallReport({ hidden: 2 })).overview.facts[0]!.text).toContain('このほかに2システムがあるが、作成した者が結果を見ることのできる範囲にない');
  });

  it('prints rules that are switched off, and limits that are stricter', () => {
    const { appendix } = checkReport(smallReport({ settings: { 's-number': { off: { reason: '別に確かめる。' } }, 's-review': { parameters: { 'max-months': 3 } } } }));
    expect(appendix.off).toEqual([{ set: '見本', rule: 's-numberが守られている', reason: '別に確かめる。' }]);
    expect(appendix.tightened).toEqual([{ set: '見本', rule: 's-reviewが守られている', limit: '確かめる間隔の上限', standard: '6か月', own: '3か月' }]);
    expect(report.appendix.viewpoints[0]!.rows.map(({ number, rules }) => [number, rules])).toEqual([['(1)', '2'], ['(2)', '1']]);
  });

  it('prints systems without anything to say in a table when there are many, and says so', () => {
    const facts = smallReport();
    const many = { ...facts, systems: Array.from({ length: 3 }, (_, n) => facts.systems.map((one) => ({ ...one, head: { ...one.head, id: `${one.head.id}-${n}` } }))).flat() };
    const { systems } = checkReport(many);
    expect([systems.full.length, systems.rest.map((one) => one.name)]).toEqual([9, ['図書館システム', '図書館システム', '図書館システム']]);
    expect(systems.words).toContain('人が改めた結果もない3システムは、この章の終わりの表に数だけを示す');
    expect(checkReport({ ...many, scope: { kind: 'department', id: 'd', name: '税務部' } }).systems.full.length).toBe(12);
  });

  it('names the set and version of every page, and the departments that may read it', () => {
    expect(report.title).toBe('点検結果報告書　みずほ野市　全体　第2回');
    expect(report.cover.rows.map((one) => one.label)).toEqual(['対象', '点検', '規則集', '作成日']);
    expect(report.cover.rows[2]!.text).toBe('見本の規則集（1版）');
    expect(report.departments).toEqual(['こども課', '市民税課', '図書館']);
    expect(report.contents.map(({ text }) => text)).toEqual(['1　概要', '2　着眼点ごとの結果', '2.1　見本の規則集', '3　システムごとの結果', '3.1　児童手当システム', '3.2　住民税システム', '3.3　図書館システム', '3.4　=犬の登録システム', '4　付録']);
  });
});

describe('the matrix on paper', () => {
  it('keeps every row and column, with letters of 8 pt or more, within the page', () => {
    const facts = cityFacts({ systems: 40, scope: 'organisation', missing: 0.08, weak: 0.12 });
    for (const set of facts.ruleSets) {
      const { wide, grids } = gridsOf(set);
      const columns = set.definition.viewpoints.length + (set.definition.per === undefined ? 1 : 0);
      expect(wide).toBe(columns > columnsOnPaper(PORTRAIT.width));
      expect(grids.flatMap(({ grid }) => grid.rows.map((one) => one.label))).toEqual(set.matrix.rows.map((one) => one.system.name));
      for (const { grid } of grids) {
        const measure = onPaper(grid, wide ? 1_000 : PORTRAIT.width);
        const { width, height } = gridSize(grid, measure);
        expect(width).toBeLessThanOrEqual(wide ? 1_000 : PORTRAIT.width);
        expect(height).toBeLessThanOrEqual(wide ? 590 : 905);
        // 8 pt are 10.67 px
        expect(Math.min(measure.headFont, measure.labelFont, measure.noteFont, measure.cellFont)).toBeGreaterThan(10.66);
        expect(grid.columns.length).toBe(columns);
      }
    }
  });

  it('cuts a set of more viewpoints than a page has columns into pieces side by side', () => {
    const facts = smallReport();
    const viewpoints = Array.from({ length: 50 }, (_, n) => ({ code: `v${n}`, number: `(${n})`, title: `着眼点${n}`, shortTitle: `着眼点${n}` }));
    const set = facts.ruleSets[0]!;
    const matrix = { ...set.matrix, viewpoints, rows: set.matrix.rows.map((row) => ({ ...row, cells: viewpoints.map(() => row.cells[0]!) })) };
    const { grids } = gridsOf({ ...set, definition: { ...SAMPLE_SET, viewpoints }, matrix });
    expect(grids.flatMap(({ grid }) => grid.columns.map((one) => one.title.split(' ')[0]))).toEqual([...viewpoints.map((one) => one.number), '評価書の記載と実態の食い違い']);
    expect(Math.max(...grids.map(({ grid }) => grid.columns.length))).toBeLessThanOrEqual(columnsOnPaper(PORTRAIT.width));
  });
});

it('names what no font can draw, with the place and where to mend it', () => {
  const facts = smallReport();
  expect(undrawable(facts)).toEqual([]);
  const broken = { ...facts, systems: facts.systems.map((one, n) => (n === 1 ? { ...one, head: { ...one.head, name: '住民税システム\u{2A6D6}' } } : one)) };
  expect(undrawable(broken)).toEqual([{ code: 'character-undrawable', path: 's2', href: '/systems/s2', message: expect.stringContaining('U+2A6D6') as string }]);
});
