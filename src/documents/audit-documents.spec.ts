import { auditFixture } from '../../test/audit-fixtures.js';
import type { AuditFile } from '../findings/audit-file.js';
import { AUDIT_DOCUMENTS, auditDocument, type AuditDocumentCode } from './audit-documents.js';
import { blocksOf } from './audit-chapters.js';
import type { CaseSheetsModel, LetterModel, ReportModel } from './audit-document.model.js';
import { allAuditDocuments, documentFileName } from './audit-files.js';
import { listingModel, tableModel } from './audit-tables.js';
import { AuditTexts } from './audit-texts.js';

const place = { name: '章', path: 'reports/report/sections/x' };
/** The Osaka audit with something changed. */
function changed(change: (file: AuditFile) => void, name: Parameters<typeof auditFixture>[0] = 'osaka-my-number'): AuditFile {
  const file = auditFixture(name);
  change(file);
  return file;
}
const problemsOf = (file: AuditFile, code: AuditDocumentCode = 'audit-report'): [string, string][] => auditDocument(code, file).problems.map((one) => [one.code, one.path]);

describe('lines of a text', () => {
  const lines = (text: string): [string, string, number][] => new AuditTexts(auditFixture('osaka-my-number')).paragraphs(text, place).map((one) => [one.kind, one.mark || one.label, one.depth]);

  it('are told apart by their marks, and step in as the marks do', () => {
    expect(lines('１　概要\n(1)　受付\n保健所で受け取る。\nア　入力\n①　手で入れる\n②　取り込む\n(2)　確認\n２　次')).toEqual([
      ['marked', '１', 0], ['marked', '(1)', 1], ['plain', '', 2], ['marked', 'ア', 2], ['marked', '①', 3], ['marked', '②', 3], ['marked', '(2)', 1], ['marked', '２', 0],
    ]);
  });

  it('points, quoted rules and labels are none of them', () => {
    expect(lines('【要綱　第12条】\n・保管する\n原因　予算がない。\nシステム、台帳　の両方を見た。')).toEqual([['heading', '', 0], ['marked', '・', 0], ['labelled', '原因', 0], ['plain', '', 0]]);
  });

  it('a line that begins with a finding is its heading, whatever its number', () => {
    expect(lines('［検出題:2］（要望事項）\n［検出題:9］\n［検出:2～7］について')).toEqual([['entry', '(1)', 0], ['entry', '２', 1], ['marked', '(1)', 0]]);
  });

  it('blank lines and spaces at the ends print nothing', () => expect(lines('\n　　　\r\n　はじめ　\r\n\n')).toEqual([['plain', '', 0]]));
});

describe('blocks of a chapter', () => {
  const kinds = (text: string, file = auditFixture('hakodate')): string[] => blocksOf(new AuditTexts(file), text, place, 's').map((one) => (one.kind === 'ledger' ? `ledger ${one.rows.map((row) => row.label).join('・')}` : one.kind === 'paragraph' ? one.paragraph.kind : one.kind));

  it('a table stands where a line names it, inside a sentence it is named', () => {
    expect(kinds('次のとおり。\n［表:resident］\n［一覧:own-systems］\n「［表:resident］」を見る。')).toEqual(['plain', 'table', 'listing', 'plain']);
  });

  it('labelled lines are a ledger, and the first label again begins the next', () => {
    expect(kinds('検出事項　ア\n措置の内容　した。\n・一つ\n検出事項　イ\n措置の内容　これから。')).toEqual(['ledger 検出事項・措置の内容', 'ledger 検出事項・措置の内容']);
    expect(kinds('代表監査委員　甲\n監査委員　乙\n監査委員　丙')).toEqual(['ledger 代表監査委員・監査委員・監査委員']);
    expect(kinds('原因　予算がない。')).toEqual(['labelled']);
  });

  it('what names nothing is a problem, never a blank', () => {
    const texts = new AuditTexts(auditFixture('hakodate'));
    expect(blocksOf(texts, '［表:nowhere］\n［一覧:nothing］', place, 's')).toEqual([]);
    expect(texts.problems.map((one) => one.code)).toEqual(['reference-unknown', 'reference-unknown']);
    expect(texts.problems[0]!.message).toContain('［表:nowhere］が指す表はありません');
  });
});

describe('problems before a document', () => {
  it('there are none in the published audits', () => {
    for (const name of ['hakodate', 'osaka-my-number', 'osaka-disaster'] as const) expect(allAuditDocuments(auditFixture(name)).flatMap((one) => one.problems)).toEqual([]);
  });

  it('a figure that is not what its author saw', () => {
    const file = changed((one) => { one.tabulations[0]!.counted.find((dataset) => dataset.code === 'rights-resident')!.records[0]!.values = { department: '総務部', sections: 3, terminals: 3, staff: 26, commissioned: 0, temporary: 0, other: 0 }; }, 'hakodate');
    const { problems } = auditDocument('audit-report', file);
    // 25 became 26: 871 → 872, 704 → 705, 企業局 47/872 = 5.39 → 5.4 and 財務部 118/872 = 13.53 → 13.5 stay, 保健福祉部 302/872 = 34.63 → 34.6
    expect(problems.map((one) => one.message).filter((one) => one.includes('「871」') || one.includes('「704」') || one.includes('「34.7%」')).length).toBe(3);
    expect(new Set(problems.map((one) => one.code))).toEqual(new Set(['reference-stale']));
    expect(problems[0]!.path).toBe('reports/report/sections/result-1-a');
  });

  it('a finding that is gone', () => {
    expect(problemsOf(changed((one) => { one.findings = one.findings.filter(({ number }) => number !== 8); }), 'case-sheets')).toEqual([['reference-unknown', 'improvements/1']]);
  });

  it('a text that is missing', () => {
    expect(problemsOf(changed((one) => { one.findings[1]!.facts = ' '; }), 'case-sheets')).toEqual([['text-missing', 'findings/2']]);
    expect(problemsOf(changed((one) => { one.cases[0]!.overview = ''; }), 'case-sheets')).toEqual([['text-missing', 'cases/benefits/overview']]);
    expect(problemsOf(changed((one) => { one.notices[0]!.items[1]!.text = ''; }), 'case-sheets')).toEqual([]);
    expect(auditDocument('case-sheets', changed((one) => { one.notices[0]!.items[1]!.text = ''; }), { choice: 'stage-2' }).problems.map((one) => one.path)).toEqual(['notices/0/2']);
  });

  it('a published report without 公表文, one without members, one without chapters', () => {
    expect(problemsOf(changed((one) => { one.reports[0]!.sections = one.reports[0]!.sections.filter(({ code }) => code !== 'announcement'); }, 'hakodate'))).toEqual([['text-missing', 'reports/report/announcement']]);
    expect(problemsOf(changed((one) => { for (const person of one.people) person.disqualifiedReason = '本人の事務であった'; }, 'hakodate'))).toEqual([['members-missing', 'reports/report/announcement']]);
    expect(problemsOf(changed((one) => { one.reports[0]!.sections = one.reports[0]!.sections.filter(({ code }) => code === 'announcement'); }, 'hakodate'))).toEqual([['text-missing', 'reports/report']]);
  });

  it('a character that no font draws, with its place', () => {
    const { problems } = auditDocument('case-sheets', changed((one) => { one.findings[1]!.facts = '文字\u{1f9ff}がある。'; }));
    expect(problems).toEqual([{ code: 'character-undrawable', path: 'findings/2', message: '検出事項「１(1)」の「\u{1f9ff}」（U+1F9FF、1か所）は、印刷の書体にない文字です。別の字かかなに替えてください。' }]);
    const answered = changed((one) => { one.questionnaires[0]!.responses[0]!.answers['registering'] = '\u{1f9ff}'; });
    const filled = auditDocument('questionnaire', answered, { choice: allAuditDocuments(answered).filter((one) => one.model.code === 'questionnaire')[1]!.model.choice });
    expect(filled.problems.map((one) => one.path)).toEqual(['questionnaires/registering']);
  });
});

describe('what can be made', () => {
  const empty = changed((one) => Object.assign(one, { cases: [], reports: [], findings: [], improvements: [], actions: [], notices: [], questionnaires: [] }));

  it('nothing from nothing, and every kind says what it needs', () => {
    for (const { kind, choices, needs } of AUDIT_DOCUMENTS) {
      expect([kind, choices(empty), needs.length > 10]).toEqual([kind, [], true]);
      expect(() => auditDocument(kind, empty)).toThrow('まだ作れません');
    }
  });

  it('a choice or a format that there is not is refused', () => {
    const file = auditFixture('osaka-my-number');
    expect(() => auditDocument('case-sheets', file, { choice: 'stage-3' })).toThrow('選ばれたものがありません');
    expect(() => auditDocument('letter', file, { format: 'xlsx' })).toThrow('この形式では作れません');
  });

  it('the second stage needs a notice that was received', () => {
    const kind = AUDIT_DOCUMENTS.find((one) => one.kind === 'case-sheets')!;
    expect(kind.choices(auditFixture('osaka-my-number')).map((one) => one.key)).toEqual(['stage-1', 'stage-2']);
    expect(kind.choices(changed((one) => { one.notices[0]!.status = 'notified'; })).map((one) => one.key)).toEqual(['stage-1']);
  });

  it('what is decided has a seal that only its own words and numbers break; a draft has none', () => {
    const seal = (change: (file: AuditFile) => void): string | null => auditDocument('audit-report', changed(change, 'hakodate')).model.fixed;
    const first = seal(() => undefined);
    expect(first).toMatch(/^[0-9a-f]{64}$/u);
    expect(seal((one) => { one.reports[0]!.key = 'a7'; one.audit.purpose = '別の目的'; })).toBe(first);
    expect(seal((one) => { one.reports[0]!.sections[1]!.text = '別のテーマ'; })).not.toBe(first);
    expect(seal((one) => { one.reports[0]!.status = 'fixed'; })).not.toBe(first);
    expect(seal((one) => { one.reports[0]!.status = 'draft'; })).toBeNull();
  });

  it('only what is published, and a questionnaire that was sent, is for departments', () => {
    const open = (file: AuditFile): string[] => allAuditDocuments(file).filter((one) => one.model.published).map((one) => one.model.code);
    expect(open(auditFixture('hakodate'))).toEqual(['audit-report']);
    expect(open(auditFixture('osaka-my-number'))).toEqual(['questionnaire']);
    expect(open(changed((one) => { one.questionnaires[0]!.status = 'draft'; }))).toEqual([]);
  });

  it('a draft says so, and has no number', () => {
    const draft = auditDocument('audit-report', changed((one) => Object.assign(one.reports[0]!, { status: 'draft', publicationNumber: null, publishedOn: null }), 'hakodate')).model.content as ReportModel;
    expect([draft.draft, draft.announcement!.number, draft.announcement!.date]).toEqual(['（案）', '', '']);
  });

  it('a letter for each addressee', () => expect(allAuditDocuments(auditFixture('hakodate')).filter((one) => one.model.code === 'letter').map((one) => one.title)).toEqual(['監査結果の報告について　函館市議会議長', '監査結果の報告について　函館市長']));

  it('a letter that goes out before the publication does not cite its number, and names the year', () => {
    const enclosure = (submittedOn: string | null): string => (auditDocument('letter', changed((one) => Object.assign(one.reports[0]!, { submittedOn, publishedOn: '2015-05-19' }), 'hakodate')).model.content as LetterModel).enclosure;
    expect(enclosure('2015-05-18')).toBe('平成26年度行政監査結果報告書　１部');
    expect(enclosure('2015-05-19')).toBe('平成26年度行政監査結果報告書（函館市監査公表第22号）　１部');
  });

  it('a name that every system takes', () => expect(documentFileName('監査/結果: "案"　#1', 'application/pdf')).toBe('監査_結果_案_1.pdf'));

  it('a long title is cut, so that its name fits 255 bytes', () => {
    // 3 bytes a sign: 76 of them are 228 bytes, 77 would be 231
    expect(documentFileName('監'.repeat(300), 'application/pdf')).toBe(`${'監'.repeat(76)}.pdf`);
    expect(Buffer.byteLength(documentFileName('\u{20bb7}'.repeat(300), 'application/pdf'))).toBeLessThan(240);
  });
});

describe('tables and lists', () => {
  const texts = new AuditTexts(auditFixture('hakodate'));

  it('columns under one head stand together, long heads of many columns upright', () => {
    const resident = tableModel(texts.table('resident')!, 't');
    expect(resident.heads.map(({ cells }) => cells.map((one) => [one.text, one.columns, one.rows]))).toEqual([
      [['部局', 1, 2], ['利用する課の数（課）', 1, 2], ['端末設置台数（台）', 1, 2], ['アクセス権限を割り振られているものの数（名）', 6, 1]],
      [['正職員', 1, 1], ['嘱託職員', 1, 1], ['臨時職員', 1, 1], ['その他', 1, 1], ['計', 1, 1], ['構成比（％）', 1, 1]],
    ]);
    expect(resident.bodies.map(({ rows }) => rows.length)).toEqual([2, ...Array.from({ length: 13 }, () => 1), 3]);
    expect(tableModel(texts.table('handling')!, 't').heads[1]!.cells.map((one) => one.upright).slice(0, 6)).toEqual([true, true, true, true, true, false]);
  });

  it('a table turns as soon as a figure would not fit its column, and heads that do not fit a line stand upright', () => {
    const wide = (columns: number, share: string, figure = '12'): boolean => {
      const { result, shareLabel } = texts.table('handling')!;
      const one = result.columns[1]!;
      const cell = (text: string) => ({ ...result.rows[0]!.figures[0]!, text });
      const rows = result.rows.map((row) => ({ ...row, figures: Array.from({ length: columns }, () => cell(figure)), shares: share === '' ? null : Array.from({ length: columns }, () => cell(share)) }));
      return tableModel({ result: { ...result, columns: Array.from({ length: columns }, () => one), rows }, shareLabel }, 't').wide;
    };
    // 166 mm less 27 for the label: 11.5 mm for each of twelve columns, 7.7 for eighteen; 100.0% set closely takes 9.3, 1,234,567 takes 14.1
    expect([wide(12, '100.0%'), wide(13, '100.0%'), wide(18, ''), wide(19, ''), wide(9, '', '123,456'), wide(9, '', '1,234,567'), wide(8, '', '1,234,567')]).toEqual([false, true, false, true, false, true, false]);
    const own = tableModel(texts.table('safety')!, 't').heads.flatMap(({ cells }) => cells);
    expect(own.filter((one) => ['サーバ', 'PC', 'あり', 'その他'].includes(one.text)).map((one) => [one.text, one.upright])).toEqual([['サーバ', true], ['PC', false], ['あり', false], ['その他', true]]);
  });

  it('records of one thing are joined from the left, what is listed again says so, what is unknown is …', () => {
    const list = listingModel(texts.datasets.find((one) => one.code === 'own-systems')!);
    expect(list.columns.reduce((sum, one) => sum + one.width, 0)).toBeCloseTo(100, 0);
    const [first] = list.groups;
    expect(first!.rows[0]!.cells.map((one) => [one.text, one.span])).toEqual([['企画部', 2], ['1', 2], ['市ウェブページ管理システム', 2], ['ウェブページの管理と記事の作成（個人情報を取り扱うアンケートに係るもの）', 2], ['企画部', 1], ['2', 1], ['2', 1], ['○', 1]]);
    expect(first!.rows[1]!.cells.map((one) => `${one.text}${one.note}`)).toEqual(['観光部（再掲）', '1', '1', '○']);
    expect(list.groups.flatMap(({ rows }) => rows).length).toBe(texts.datasets.find((one) => one.code === 'own-systems')!.records.length);
    expect(list.notes).toEqual(['※（再掲）は、別の部局の欄にも載せたものである。', '※「…」は、数が分からないものである。']);
  });
});

describe('case sheets', () => {
  it('findings and opinions of each case stand in their own sheet, numbered anew', () => {
    const file = changed((one) => {
      one.cases.push({ ...one.cases[0]!, key: 'second', title: '二つ目の事案', membersOn: '平成30年２月５日' });
      one.findings.push({ ...one.findings[8]!, number: 10, case: 'second' });
    });
    const { sheets } = auditDocument('case-sheets', file).model.content as CaseSheetsModel;
    expect(sheets.map((one) => [one.title, one.findings.map((entry) => entry.mark), one.improvements.length])).toEqual([
      ['「公費負担医療給付システム」のマイナンバーに関する情報セキュリティについて', ['１', '(1)', '(2)', '(3)', '(4)', '(5)', '(6)', '(7)', '２'], 2], ['二つ目の事案', ['１'], 0],
    ]);
    expect(sheets[1]!.dates).toBe('監査（検査）実施年月日（委員：平成30年２月５日、事務局：平成29年８月25日から同年12月21日まで）');
  });

  it('a measure about a finding and an opinion names the finding once', () => {
    const file = changed((one) => { one.actions[1]!.finding = 9; });
    const { sheets } = auditDocument('case-sheets', file, { choice: 'stage-2' }).model.content as CaseSheetsModel;
    expect([sheets[0]!.measures[1]!.subject, sheets[0]!.measures[1]!.about]).toEqual(['改善を求める事項　２\n検出事項　２', '証拠書類等の保管場所']);
  });

  it('what is answered is named by ranges', () => {
    const { sheets } = auditDocument('case-sheets', auditFixture('osaka-my-number'), { choice: 'stage-2' }).model.content as CaseSheetsModel;
    // The first says what was done about seven findings in 18 lines: two thirds of a page, kept together
    expect(sheets[0]!.measures.map((one) => [one.subject, one.about, one.state, one.keep])).toEqual([['改善を求める事項　１', '給付システムの更新\n（検出事項１(1)～(7)）', '措置済', true], ['改善を求める事項　２', '証拠書類等の保管場所\n（検出事項２）', '措置済', true]]);
  });
});
