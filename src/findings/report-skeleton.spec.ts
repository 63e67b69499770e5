import { inProject } from '../kernel/root.js';
import { readSchema } from '../engine/content-loader.js';
import { SAMPLE_MODELS } from './report-samples.js';
import { addresseesOf, assemble, readReportSkeletons, reportSkeletons, roleOf, skeletonCheck, titleOf, type ReportSkeletons } from './report-skeleton.js';

const templates = inProject('templates');
const [EVERYTHING, NOTHING] = SAMPLE_MODELS as [typeof SAMPLE_MODELS[number], typeof SAMPLE_MODELS[number]];
const shipped = (): ReportSkeletons => reportSkeletons('2026-11-21');

describe('the chapters that are shipped', () => {
  it('are sound', () => expect(readReportSkeletons(templates).problems).toEqual([]));

  it('of a report in the order of such reports, with tables and letters', () => {
    const made = assemble(shipped().report, EVERYTHING);
    expect(made.map((one) => one.code)).toEqual([
      'announcement', 'theme', 'purpose', 'scope', 'targets', 'method', 'definitions', 'viewpoints', 'period', 'persons', 'results', 'result/systems', 'findings', 'opinions', 'recommendations', 'divided', 'letter', 'letter-recommendation',
    ]);
    const text = Object.fromEntries(made.map((one) => [one.code, one.text]));
    expect(text['announcement']).toBe('地方自治法（昭和22年法律第67号）第199条第2項の規定により、「電算システムの管理」をテーマとする行政監査を行った。その結果に関する報告の決定について監査委員の意見が一致しなかったので、同法第199条第13項の規定により、その旨と各監査委員の意見を次のとおり公表する。\nあわせて、同条第11項の規定による勧告の内容を公表する。');
    const [decided] = assemble(shipped().report, { ...EVERYTHING, undecided: false });
    expect(decided!.text).toBe('地方自治法（昭和22年法律第67号）第199条第2項の規定により、「電算システムの管理」をテーマとする行政監査を行った。その結果に関する報告を決定したので、同法第199条第9項の規定により、次のとおり公表する。\nあわせて、同条第11項の規定による勧告の内容を公表する。');
    expect(assemble(shipped().report, { ...EVERYTHING, theme: '「住基」の端末' })[0]!.text).toContain('「『住基』の端末」をテーマとする');
    expect(text['period']).toBe('令和8年10月15日から令和9年3月20日まで');
    expect(text['result/systems']).toBe('「部局ごとのシステムの数」は、次の表のとおりである。合計では、課が［数値:systems/total/count］課となっている。\n部局ごとの構成比は…\n［表:systems］\n「利用の状況」については、集計の対象となるものがなかった。');
    expect(text['findings']).toContain('【給付システム】\n［検出題:1］（指摘事項）\n事実\n判断の基準　規程第1条：基準\n原因　原因\n影響　影響\nこども課の見解　見解\n監査委員の考え　考え\n※　この事項については、監査委員の意見が一致しなかった。');
    expect(text['opinions']).toContain('［改善:1］　改められたい。（検出事項［検出全:1］）');
    expect(text['recommendations']).toContain('［改善:2］　講じられたい。\n勧告の相手　みずほ野市長（所管　こども課）\n理由　理由');
    expect(text['divided']).toContain('(1)　検出事項［検出題:1］\n監査委員　議選　案に同意しない。意見\n監査委員　識見　合議に欠席した。理由：病気のため。\n(2)　この報告の全体\n監査委員　議選　案のとおり決定することに同意する。');
    expect(text['letter']).toContain('同条第14項の規定により、その内容を監査委員に通知してください。');
    expect(text['persons']).toContain('監査委員　議選は、地方自治法第199条の2の規定により除斥された。');
  });

  it('of an audit with nothing leave out what is empty, and never write a blank name', () => {
    const made = assemble(shipped().report, NOTHING);
    expect(made.map((one) => one.code)).toEqual(['announcement', 'theme', 'findings', 'letter']);
    expect(made.every((one) => !/undefined|null|\{\{/u.test(one.text))).toBe(true);
  });

  it('of measures carry the original finding beside what was done', () => {
    const made = assemble(shipped().measures, EVERYTHING);
    expect(made.map((one) => one.code)).toEqual(['announcement', 'origin', 'measures', 'measure/a1']);
    expect(made[0]!.text).toBe('令和9年5月19日付け監査公表第3号により公表した「電算システムの管理」をテーマとする行政監査の結果に関する報告について、講じた措置の通知があったので、地方自治法第199条第14項及び第15項の規定により、その内容を公表する。');
    expect(made[3]).toMatchObject({ heading: 'こども課', parentCode: 'measures', text: '通知のあった日　令和9年9月1日\n検出事項　［検出題全:1］\n事実\n改善を求める事項　［改善全:1］　改められたい。\n措置の内容　改めた。\n措置の状況　措置済' });
  });

  it('know to whom every report goes, their title and their roles', () => {
    expect(addresseesOf(shipped(), EVERYTHING).filter((one) => one.always).map((one) => one.label)).toEqual(['みずほ野市議会議長', 'みずほ野市長']);
    expect(titleOf(shipped().report, EVERYTHING)).toBe('令和8年度行政監査結果報告書');
    expect([roleOf(shipped().report, 'announcement'), roleOf(shipped().report, 'letter'), roleOf(shipped().report, 'result/systems'), roleOf(shipped().report, null)]).toEqual(['announcement', 'letter', 'chapter', 'chapter']);
  });
});

describe('a definition that is not sound is refused with file, place and reason', () => {
  const check = skeletonCheck(readSchema(templates, 'report-sections'));
  const faults = (change: (content: ReportSkeletons) => void): string[] => {
    const content = structuredClone(shipped());
    change(content);
    return check(content, 'report-sections/2026-04.yaml').map((one) => `${one.file} ${one.path} ${one.reason}`);
  };

  it.each<[string, (content: ReportSkeletons) => void, string]>([
    ['a name that no audit has', (one) => { one.report.sections[1]!.text = '{{topic}}'; }, '/report/sections/1（theme）/text 文を組み立てられません'],
    ['a name that no audit has, in 「」', (one) => { one.report.sections[1]!.text = '{{quoted topic}}'; }, '/report/sections/1（theme）/text 文を組み立てられません'],
    ['a bracket that is not closed', (one) => { one.report.sections[1]!.text = '{{#if theme}}…'; }, '/report/sections/1（theme）/text 文を組み立てられません'],
    ['a name of one tabulation outside of its chapters', (one) => { one.report.sections[1]!.heading = '{{tabulation.title}}'; }, '/report/sections/1（theme）/heading'],
    ['two of one code', (one) => { one.report.sections[2]!.code = 'theme'; }, '章の符号「theme」が2度使われています。'],
    ['below what does not stand before it', (one) => { one.report.sections[1]!.under = 'opinions'; }, '上の章「opinions」が、この章より前にありません。'],
    ['below one of many', (one) => { one.report.sections.at(-1)!.under = 'result'; }, '上の章「result」が、この章より前にありません。'],
    ['a title that cannot be filled', (one) => { one.measures.title = '{{year}}'; }, '/measures/title 文を組み立てられません'],
    ['an addressee that cannot be filled', (one) => { one.addressees[0]!.label = '{{mayor}}'; }, '/addressees/0/label 文を組み立てられません'],
    ['a style of numbers that there is not', (one) => { one.numbering = ['い' as never]; }, '/numbering/0'],
    ['an unknown role', (one) => { one.report.sections[0]!.role = 'poem' as never; }, '/report/sections/0/role'],
    ['a day that is none', (one) => { one.validity.from = '2026-02-30'; }, '/validity/from'],
  ])('%s', (_, change, said) => expect(faults(change).join('\n')).toContain(said));

  it('unlike what is shipped', () => expect(faults(() => undefined)).toEqual([]));
});
