import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Excel from 'exceljs';
import { parse } from 'yaml';
import { auditFixture } from '../../test/audit-fixtures.js';
import { printedPages, type PrintedPage } from '../../test/printed-pages.js';
import type { AuditFile } from '../findings/audit-file.js';
import { Chromium } from '../rendering/chromium.js';
import { Templates } from '../rendering/html.js';
import { auditDocument, type AuditDocumentCode } from './audit-documents.js';
import { allAuditDocuments, printAuditDocument } from './audit-files.js';

const templates = new Templates('templates');
const chromium = new Chromium({ folder: join(tmpdir(), `tenken-browser-${process.getuid?.() ?? 'user'}`) });
afterAll(() => chromium.close());

const [hakodate, myNumber, disaster] = [auditFixture('hakodate'), auditFixture('osaka-my-number'), auditFixture('osaka-disaster')];

async function pagesOf(code: AuditDocumentCode, file: AuditFile, choice?: string): Promise<PrintedPage[]> {
  const { model, mediaType, problems } = auditDocument(code, file, choice === undefined ? {} : { choice });
  expect(problems).toEqual([]);
  const { bytes, pages } = await printAuditDocument({ chromium, templates }, model, mediaType);
  const found = await printedPages(bytes);
  expect(found.length).toBe(pages);
  return found.map((one) => ({ ...one, text: plain(one.text) }));
}
const whole = (pages: readonly PrintedPage[]): string => pages.map((one) => one.text).join('');
/** Without spaces, digits narrow: one document writes １ and 1. */
const plain = (text: string): string => text.replace(/\s+/gu, '').replace(/[０-９]/gu, (digit) => digit.normalize('NFKC'));

/** On every page: n／N, no letter under 8 pt, nothing beyond the margins, no reference that was not resolved. */
function sound(pages: readonly PrintedPage[], margin: number): void {
  pages.forEach(({ text, width, height, pieces }, n) => {
    expect(text).toContain(`${n + 1}／${pages.length}`);
    expect(text).not.toMatch(/［(?:数値|表|一覧|検出|改善)[題全]?[:：]/u);
    expect(pieces.filter((one) => one.size < 7.95).map((one) => [n + 1, one.text, one.size])).toEqual([]);
    expect(pieces.filter((one) => one.left < margin - 3 || one.right > width - margin + 5).map((one) => [n + 1, one.text])).toEqual([]);
    expect(pieces.filter((one) => one.bottom < 20 || one.bottom > height - 25).map((one) => [n + 1, one.text])).toEqual([]);
  });
}
const REPORT_MARGIN = (22 / 25.4) * 72;
const SHEET_MARGIN = (13 / 25.4) * 72;

interface Published { department: string; sections: number; terminals?: number; staff: number; commissioned: number; temporary: number; other: number; printed_total: number; printed_share: string }
interface Counts {
  access_rights_resident_system: { rows: Published[] };
  access_rights_finance_system: { rows: Published[] };
  questionnaire: { rows: { n: number; counts: number[]; printed_shares: string[] }[]; printed_total: { n: number; counts: number[]; printed_shares: string[] } };
}
/** 監査公表第22号 as data: raw counts and printed figures. */
const published = parse(readFileSync('test/fixtures/audits/hakodate-counts.yaml', 'utf8')) as Counts;

describe('the printed report of Hakodate (監査公表第22号)', () => {
  let pages: PrintedPage[];
  beforeAll(async () => { pages = await pagesOf('audit-report', hakodate); });

  it('is sound on every page', () => sound(pages, REPORT_MARGIN));

  it('begins with 公表文: number, basis, date, members by title', () => {
    expect(pages[0]!.text).toMatch(/函館市監査公表第22号.*地方自治法（昭和22年法律第67号.*第199条第2項.*同条第9項の規定により.*平成27年5月19日函館市監査委員.*函館市監査委員/u);
    expect(pages[1]!.text).toContain('平成26年度行政監査結果報告書');
  });

  it('has chapters 1 to 7 and two 別表 where the contents say', () => {
    const contents = `${pages[2]!.text}終`;
    for (const [heading, next] of [['1監査のテーマ', '2監査の目的'], ['6監査の結果', '(1)個人情報'], ['7監査意見', '(1)電算システム'], ['別表1各部局が所管する電算システム', '別表2'], ['別表2国・道など外部機関が主導で所管する電算システム', '終']] as const) {
      const from = contents.indexOf(heading) + heading.length;
      const at = Number(contents.slice(from, contents.indexOf(next, from)));
      expect([heading, at > 3 && pages[at - 1]!.text.includes(heading)]).toEqual([heading, true]);
    }
  });

  it('prints the published figures', () => {
    const all = whole(pages);
    // Text of 6(1)ア and イ
    for (const words of ['17部局、54課、端末は301台', '871名で、正職員704名、嘱託職員113名、臨時職員37名、その他17名', '保健福祉部34.7%、市民部20.4%、財務部13.5%、子ども未来部6.0%、企業局5.4%', '25部局、109課', '905名で、正職員859名、嘱託職員23名、臨時職員4名、その他19名', '延べ11部局、17課', '延べ117課、設置数は55システム']) expect(all).toContain(words);
    for (const words of ['合計54301704113371787', '合計109859234199']) expect(all).toContain(words);
    expect(all).toContain('※構成比については小数点以下第2位を四捨五入したため、合計と合わない場合がある。');
    // The row of totals of the questionnaire: 343 answers, eleven options with their shares
    expect(all).toContain('合計34330228628836215411432565');
    expect(all).toContain('88.0%83.4%84.0%10.5%0.6%4.4%12.0%4.1%94.8%1.7%1.5%');
  });

  it('prints every published row of the tables of access rights and of the questionnaire', () => {
    const all = whole(pages);
    for (const row of published.access_rights_resident_system.rows) expect(all).toContain(`${row.department}${row.sections}${row.terminals!}${row.staff}${row.commissioned}${row.temporary}${row.other}${row.printed_total}${row.printed_share}%`);
    for (const row of published.access_rights_finance_system.rows) expect(all).toContain(`${row.department}${row.sections}${row.staff}${row.commissioned}${row.temporary}${row.other}${row.printed_total}${row.printed_share}%`);
    for (const { n, counts: answers, printed_shares: shares } of [...published.questionnaire.rows, published.questionnaire.printed_total]) {
      expect(all).toContain(`${n}${answers.join('')}`);
      expect(all).toContain(shares.map((one) => `${one}%`).join(''));
    }
  });

  it('repeats the heads of 別表 on every page of it', () => {
    const first = pages.findIndex((one, n) => n > 2 && one.text.includes('別表1各部局'));
    const second = pages.findIndex((one, n) => n > 2 && one.text.includes('別表2国・道など'));
    expect(first).toBeGreaterThan(2);
    expect(second - first).toBe(3);
    for (const { text } of pages.slice(first, second)) expect(text).toContain('所管部局番号システム名目的・運用等利用部局');
    expect(pages.length - second).toBe(2);
    for (const { text } of pages.slice(second)) expect(text).toContain('部局番号システム名主となり所管する外部機関目的・運用等');
    // 55 and 35 systems, the last of each with its number
    expect(pages[second - 1]!.text).toContain('病院局55医療事務システム（南茅部）');
    expect(pages.at(-1)!.text).toContain('病院局35奨学金業務システム');
    expect(pages[first]!.text).toContain('観光部（再掲）1');
  });

  it('no note, total or heading stands alone on a page', () => {
    for (const { text } of pages.slice(3)) expect(text.length).toBeGreaterThan(150);
    for (const { text } of pages.filter((one) => one.text.includes('合計54301704'))) expect(text).toContain('病院局22140');
  });

  it('the tabulation says where the document contradicts itself: 117 and 118', async () => {
    const tabulation = await pagesOf('tabulation', hakodate);
    sound(tabulation, REPORT_MARGIN);
    expect(tabulation[0]!.text).toContain('各部局が所管する電算システムは117、「離席時等の端末の管理と新規配属職員などの意識付け」の各部局が所管する電算システムは118');
    expect(whole(tabulation)).toContain('上位5部局で80.0％を占めている');
  });

  it('the workbook of the tabulation holds the same totals', async () => {
    const { model, mediaType } = auditDocument('tabulation', hakodate, { format: 'xlsx' });
    const book = new Excel.Workbook();
    await book.xlsx.load((await printAuditDocument({ chromium, templates }, model, mediaType)).bytes as unknown as Excel.Buffer);
    const texts: string[] = [];
    book.worksheets[0]!.eachRow((row) => texts.push((row.values as unknown[]).map((one) => (typeof one === 'object' && one !== null && 'result' in one ? String(one.result) : String(one ?? ''))).join('|')));
    expect(texts.find((one) => one.includes('合計'))).toContain('54|301|704|113|37|17|871');
  });

  it('the letter to the mayor is one page', async () => {
    const letter = await pagesOf('letter', hakodate, hakodate.reports[0]!.sections.filter((one) => one.code === 'letter').map((one) => `report#${one.id}#函館市長`)[0]);
    expect(letter.length).toBe(1);
    expect(letter[0]!.text).toMatch(/平成27年5月19日函館市長様函館市監査委員.*監査結果の報告について.*記.*行政監査結果報告書（函館市監査公表第22号）1部以上/u);
  });
});

describe('the case sheets of Osaka prefecture', () => {
  const TITLES = ['アクセス権限', 'パスワードの変更', '入力されたマイナンバーの閲覧', '職員離席時における第三者使用防止機能', 'アクセスログのモニタリング', '入力ミス等の人的なミスを防止する仕組み'];

  it.each(['stage-1', 'stage-2'])('%s: heads and title on every page, references as published', async (stage) => {
    const pages = await pagesOf('case-sheets', myNumber, stage);
    sound(pages, SHEET_MARGIN);
    const columns = pages.filter((one) => one.text.includes('事務事業の概要'));
    for (const { text, width, height } of pages) {
      expect(width).toBeGreaterThan(height);
      expect(text).toMatch(/^\d／\d大阪府平成29年度情報セキュリティ等監査(?:措置の内容)?「公費負担医療給付システム」のマイナンバーに関する情報セキュリティについて対象受検機関：健康医療部保健医療室地域保健課/u);
    }
    for (const { text } of columns) expect(text).toContain('事務事業の概要検出事項改善を求める事項（意見）');
    // (1) to (6) of the first opinion, each with its title; (7) stands apart, as published
    expect(whole(pages)).toContain('検出事項1の(1)～(6)に挙げた給付システムの課題');
    for (const [n, title] of TITLES.entries()) expect(whole(pages)).toContain(`(${n + 1})${title}`);
    expect(whole(pages)).toContain('また、(7)ユーザー受入テストが可能な環境については');
    expect(whole(pages)).toContain('検出事項2の証拠書類等');
    expect(pages.at(-1)!.text).toContain('監査（検査）実施年月日（委員：－年－月－日、事務局：平成29年8月25日から同年12月21日まで）');
    const measures = whole(pages).includes('改善を求める事項（意見）措置の内容措置の状態');
    expect(measures).toBe(stage === 'stage-2');
    if (measures) for (const words of ['検出事項1(1)～(6)の課題は次の(1)～(6)のとおり解消し、(7)については、次の(7)のとおり', '平成30年8月に契約し、同年12月末まで', '措置済']) expect(whole(pages)).toContain(words);
  });

  it('the second audit: dates of members and secretariat, amounts, measures for each opinion', async () => {
    const pages = await pagesOf('case-sheets', disaster, 'stage-2');
    sound(pages, SHEET_MARGIN);
    const all = whole(pages);
    for (const words of ['補助率は2分の1、上限は1団体2万円', '上限は1市町村25万円', '資機材補助事業が2団体、夜間補助事業がゼロ', '検出事項1(2)の府配送マニュアル', '平成30年度末までに工事を終えた', '63団体に交付を決定', '監査（検査）実施年月日（委員：平成29年8月2日、事務局：平成29年6月12日から同年7月26日まで）']) expect(all).toContain(words);
    // All that the published measures name: plans, routes, dates, amounts, aims
    for (const words of ['上町断層帯地震Ｂ', '生駒断層帯地震', '平成31年2月', '府民が逃げる行動を身に付け', '3か所ある広域防災拠点', '大阪府域救援物資対策協議会', '九州北部豪雨']) expect(all).toContain(words);
    for (const label of ['1(1)', '1(2)', '1(3)', '2']) expect(all).toContain(`改善を求める事項${label}`);
  });

  it('the publication of measures refers to the same places', async () => {
    const pages = await pagesOf('measures', myNumber);
    sound(pages, REPORT_MARGIN);
    const all = whole(pages);
    expect(all).toContain('地方自治法第199条第12項の規定により');
    expect(all).toMatch(/改善を求める事項1検出事項1の\(1\)～\(6\)に挙げた.*措置の内容給付システムの更新は.*検出事項1\(1\)～\(6\)の課題.*措置の状況措置済/u);
    // The original finding of each opinion stands before it
    expect(all).toMatch(/検出事項1\(1\)～\(7\)・1\(1\)アクセス権限権限は利用者ごとに.*・1\(7\)ユーザー受入テストが可能な環境本番環境は府の.*改善を求める事項1検出事項1の.*検出事項2マイナンバーに係る証拠書類等マイナンバーの証拠書類等は.*改善を求める事項2/u);
  });

  it('the report prints findings with their criteria', async () => {
    const pages = await pagesOf('audit-report', myNumber);
    sound(pages, REPORT_MARGIN);
    const all = whole(pages);
    for (const [n, title] of TITLES.entries()) expect(all).toContain(`(${n + 1})${title}（要望事項）`);
    expect(all).toContain('判断の基準個人情報の取扱い及び管理に関する要綱第12条（適正管理）');
  });

  it('the questionnaire: blank, and with the answers', async () => {
    const [blank, filled] = auditQuestionnaires();
    const empty = whole(await pagesOf('questionnaire', myNumber, blank));
    expect(empty).toContain('マイナンバーに関する情報セキュリティの質問票');
    expect(empty).not.toContain('54,000件');
    const answered = whole(await pagesOf('questionnaire', myNumber, filled));
    for (const words of ['健康医療部保健医療室地域保健課', '54,000件', '［端末ごと］', '［○］施錠のできるキャビネット', 'その他（職員以外も入れる区域に置いている）', '平成29年9月22日']) expect(answered).toContain(words);
  });
  const auditQuestionnaires = (): string[] => allAuditDocuments(myNumber).filter((one) => one.model.code === 'questionnaire').map((one) => one.model.choice);

  it('the registers come as workbooks with the numbers of the report', async () => {
    for (const [code, words] of [['finding-register', ['１(1)', 'アクセス権限', '要望事項', '重大']], ['action-register', ['給付システムの更新', '措置済', '効果を確かめた', '平成30年12月31日']]] as const) {
      const { model, mediaType, problems } = auditDocument(code, myNumber);
      expect(problems).toEqual([]);
      const book = new Excel.Workbook();
      await book.xlsx.load((await printAuditDocument({ chromium, templates }, model, mediaType)).bytes as unknown as Excel.Buffer);
      const sheet = book.worksheets[0]!;
      const all = JSON.stringify(sheet.getSheetValues());
      for (const word of words) expect(all).toContain(word);
      expect(sheet.rowCount).toBe(1 + (code === 'finding-register' ? 9 : 2));
    }
  });
});
