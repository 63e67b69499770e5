import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ElementHandle } from 'puppeteer';
import { openStage, type Stage, type Visitor } from './journey-browser.js';
import { xlsx, type CellInput } from './register-files.js';

let stage: Stage;
let audit: Visitor;
let clerk: Visitor;
let folder: string;

/** Merged headings, days of an era, full-width figures, a system used elsewhere (再掲), a total: as registers really look. */
const TITLE: CellInput[] = ['別表1　情報システム一覧'];
const HEADINGS: CellInput[][] = [
  ['区分', '所管部局', '番号', 'システム名', '目的・運用等', '本体の種別', '設置・保管場所', 'ネットワーク', 'ウイルス対策', 'アクセス権限の設定方法', '個人情報', 'マイナンバー', '個人情報を取り扱う外部委託', '稼働の状態', '導入した日', '利用する課の数', '端末の台数', '他部局の利用状況（再掲）', null, null, '委託契約の数'],
  [null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, '部局', '課数', '端末の台数', null],
];
const MERGES = [...'ABCDEFGHIJKLMNOPQU'].map((column) => `${column}2:${column}3`).concat('R2:T2');
const row = (...cells: CellInput[]): CellInput[] => cells;
const ROWS: CellInput[][] = [
  row('住民情報システム', '市民課', 1, '住民記録システム', '住民基本台帳の異動と証明の発行', 'サーバ', '本庁舎マシンルーム', '住民情報システムの回線', 'あり', '個別ID', '保有する', '保有する', '委託している', '稼働中', '平成２８年４月１日', 3, 40, null, null, null, 1),
  row(null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, '保険年金課', 1, 12, null),
  row('住民情報システム', '市民税課', 2, '個人住民税システム', '課税と証明', 'サーバ', '本庁舎マシンルーム', '住民情報システムの回線', 'あり', '個別ID', '保有する', '保有する', '委託している', '稼働中', '令和2年1月6日', 2, 25, null, null, null, 2),
  row('財務会計システム', '総務課', 1, '財務会計システム', '予算と支払', 'サーバ', '外部委託業者等', '庁内LAN', 'あり', '個別ID', '保有する', '保有しない', '委託している', '稼働中', 'H30.10.1', 5, 60, null, null, null, 1),
  row('各部局所管', '子育て支援課', 1, '児童手当システム', '児童手当の認定と支給', 'サーバ', '執務室内', '庁内LAN', 'あり', '供用ID', '保有する', '保有する', '委託していない', '稼働中', '平成31年4月1日', 1, '８', null, null, null, null),
  row('各部局所管', '子育て支援課', 2, '児童手当 ｼｽﾃﾑ', '過年度分の照会', 'PC', '執務室内', 'スタンドアローン', 'なし', 'なし', '保有する', '保有する', '委託していない', '稼働中', '平成25年4月1日', 1, 1, null, null, null, null),
  row('各部局所管', '学校教育課', 3, '就学援助システム', '就学援助費の認定', 'PC', '執務室内', 'スタンドアローン', 'なし', '供用ID', '保有する', '保有しない', '委託していない', '稼働中', '平成24年4月1日', 1, 2, null, null, null, null),
];
/** As the file first comes: a department that is called otherwise, a network nobody knows, a day that does not exist. */
const FAULTY: CellInput[][] = [
  row('各部局所管', '介護保険係', 4, '介護認定審査会システム', '審査会の運営', 'サーバ', '外部委託業者等', '専用線', 'あり', '個別ID', '保有する', '保有する', '委託している', '稼働中', '令和3年4月1日', 1, 4, null, null, null, 1),
  row('各部局所管', '健康増進課', 5, '健診結果管理システム', '健診の結果', 'PC', '執務室内', '電話回線', 'あり', '個別ID', '保有する', '保有しない', '委託していない', '稼働中', '令和4年13月1日', 1, 3, null, null, null, null),
];
const MENDED: CellInput[][] = [FAULTY[0]!.map((cell, n) => (n === 1 ? '介護保険課' : cell)), FAULTY[1]!.map((cell, n) => (n === 7 ? '庁内LAN' : n === 14 ? '令和4年12月1日' : cell))];
const TOTAL: CellInput[] = row('計', null, null, 8);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tenken-systems-'));
  stage = await openStage({ demo: true });
  await stage.document('basic', '2024-10');
  audit = await stage.visitor('systems');
  clerk = await stage.visitor('systems-clerk');
  await audit.enterAs('監査事務局 担当');
  await clerk.enterAs('子育て支援課 担当');
}, 180_000);
afterAll(async () => {
  await stage?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function upload(name: string, rows: readonly CellInput[][]): Promise<void> {
  const file = join(folder, name);
  writeFileSync(file, await xlsx({ name: '別表1', rows: [TITLE, ...HEADINGS, ...rows, TOTAL], merges: MERGES }));
  await audit.open('/systems/import');
  await ((await audit.page.$('#file')) as ElementHandle & { uploadFile(path: string): Promise<void> }).uploadFile(file);
  await audit.go('読み取って確かめる');
}

/** Follows the name of a system in the list. */
const openSystem = async (who: Visitor, name: string): Promise<void> => {
  await who.open(`/systems?words=${encodeURIComponent(name)}`);
  await who.go(name, 'table.list');
};

describe('the register of a city', () => {
  it('begins empty and says how', async () => {
    await audit.go('システム', 'nav');
    await audit.sees('いまのExcelの台帳があれば');
    await audit.looksRight({ heading: 'システム' });
    await clerk.open('/systems');
    await clerk.sees('システムはまだありません');
    await audit.go('取り込む', 'main');
    await audit.looksRight({ heading: '台帳の取込み' });
  });

  it('is read from Excel: each cell that is refused is named with its reason', async () => {
    await upload('台帳.xlsx', [...ROWS, ...FAULTY]);
    for (const words of ['取り込めない行（2）', '新しく加わるシステム（6）', '別表1!B11', '介護保険係', '別表1!H12', '電話回線', '別表1!O12', '読み飛ばした行（1）']) await audit.sees(words);
    await audit.looksRight({ heading: '取込みの確認' });
    // The department is told here; the cells are mended in the file.
    await audit.pick('[name=department]', '介護保険課');
    await audit.go('この部署で読み直す');
    await audit.sees('取り込めない行（1）');
    await audit.sees('介護保険係 → 福祉部 介護保険課');
    await audit.go('この取込みをやめる');
    expect(audit.path()).toBe('/systems/import');
  });

  it('is taken over whole once it is mended, and checked at once', async () => {
    await upload('台帳（直し）.xlsx', [...ROWS, ...MENDED]);
    await audit.sees('8件のシステムを台帳に書きます');
    await audit.press('列と台帳の欄');
    await audit.press('シートと設定');
    await audit.looksRight({ heading: '取込みの確認' });
    await audit.go('8件を取り込む');
    await audit.sees('8件のシステムを台帳に書きました');
    await audit.looksRight({ heading: '取り込みました', title: '取込みの結果' });
    await audit.go('システムの一覧を見る');
    await audit.sees('8件');
    // Terminals: 40 + 12 of the department that uses it too; × and ？ from the check that followed.
    await audit.sees('住民記録システム 住民情報システム 市民部 市民課 稼働中 4 52 0/96');
    expect(await audit.words('table.list')).not.toContain('点検前');
    await audit.looksRight({ heading: 'システム' });
    await audit.go('？ 未確認', 'table.list');
    await audit.looksRight({ heading: 'システム' });
    await audit.open('/systems?department=');
    await audit.pick('部署', '保険年金課');
    await audit.go('絞り込む');
    await audit.sees('1件（所管 0件、再掲 1件');
    await audit.looksRight({ heading: 'システム' });
  });

  it('is counted as an audit report prints it', async () => {
    await audit.open('/systems');
    await audit.go('集計', 'main');
    await audit.sees('使われている8システム');
    const words = await audit.words();
    // サーバ: 2, 1, 2 of 2, 1, 5; スタンドアローン: the two of 各部局所管.
    expect(words).toMatch(/サーバ 2 100\.0% 1 100\.0% 2 40\.0% 5 62\.5%/u);
    expect(words).toMatch(/スタンドアローン 0 0 2 40\.0% 2 25\.0%/u);
    expect(words).toMatch(/利用する課（延べ） 6 5 5 16/u);
    await audit.looksRight({ heading: 'システム台帳の集計', title: '集計' });
    expect((await audit.file('/systems/breakdown.xlsx')).name).toBe('システム台帳の集計.xlsx');
    expect((await audit.file('/systems/register.xlsx')).bytes.length).toBeGreaterThan(2_000);
  });
});

describe('one system', () => {
  it('shows its department where it fails and what to do next', async () => {
    await clerk.open('/systems');
    await clerk.sees('2件');
    expect(await clerk.words('table.list')).not.toContain('住民記録システム');
    await clerk.looksRight({ heading: 'システム' });
    await clerk.go('児童手当システム', 'table.list');
    await clerk.sees('統制を申告する');
    await clerk.sees('点検の結果');
    await clerk.looksRight({ heading: '児童手当システム' });
  });

  it('is edited, with its uses, contracts and platforms, and the history tells it', async () => {
    await clerk.go('台帳の項目', '.tabs');
    await clerk.looksRight({ heading: '児童手当システム' });
    await clerk.type('#f-people', '人');
    await clerk.go('保存する', 'main form');
    await clerk.sees('「対象となる本人の数」');
    await clerk.looksRight({ heading: '児童手当システム' });
    await clerk.type('#f-people', '２３，５００');
    await clerk.go('保存する', 'main form');
    await clerk.sees('23,500人');
    await clerk.go('利用課', '.tabs');
    await clerk.pick('#department-2', '保育課');
    await clerk.type('#terminals-2', '3');
    await clerk.looksRight({ heading: '児童手当システム' });
    await clerk.go('保存する', 'main form');
    await clerk.sees('こども部 保育課 再掲 不明 3台');
    await clerk.go('委託契約', '.tabs');
    await clerk.type('#title-1', '保守委託');
    await clerk.type('#begins-1', '令和8年4月1日');
    await clerk.go('行を増やす');
    await clerk.looksRight({ heading: '児童手当システム' });
    await clerk.go('保存する', 'main form');
    await clerk.sees('保守委託');
    await clerk.go('統制の引継ぎ', '.tabs');
    await clerk.sees('共通基盤がまだありません');
    await clerk.looksRight({ heading: '児童手当システム' });
    await audit.open('/systems/new');
    await audit.type('名称', '庁内仮想基盤');
    await audit.pick('所管課', '情報政策課');
    await audit.choose('共通基盤');
    await audit.looksRight({ heading: 'システムを加える' });
    await audit.go('台帳に加える');
    await audit.looksRight({ heading: '庁内仮想基盤' });
    await clerk.page.reload();
    await clerk.pick('#platform-1', '庁内仮想基盤');
    await clerk.looksRight({ heading: '児童手当システム' });
    await clerk.go('保存する', 'main form');
    await clerk.sees('庁内仮想基盤');
    await clerk.go('評価書', '.tabs');
    await clerk.type('評価書名か番号', '児童手当');
    await clerk.go('探す', 'main');
    await clerk.looksRight({ heading: '児童手当システム' });
    await clerk.go('結び付ける：児童手当の支給に関する事務', 'main');
    await clerk.sees('結び付けた評価書（1）');
    await clerk.go('概要', '.tabs');
    await clerk.looksRight({ heading: '児童手当システム' });
    await clerk.go('履歴', '.tabs');
    for (const words of ['対象となる本人の数', '23,500人', '利用する部署', '委託契約', '統制の引継ぎ', '評価書と結び付けた']) await clerk.sees(words);
    await clerk.looksRight({ heading: '児童手当システム' });
  });

  it('that two people change at once shows both sides, and each field is decided', async () => {
    await openSystem(audit, '児童手当システム');
    await audit.go('台帳の項目', '.tabs');
    await clerk.go('台帳の項目', '.tabs');
    await clerk.type('#f-people', '24000');
    await clerk.type('#name', '児童手当・特例給付システム');
    await clerk.go('保存する', 'main form');
    await audit.type('#f-people', '25,000');
    await audit.choose('PC', '#i-host-kind');
    await audit.go('保存する', 'main form');
    await audit.sees('子育て支援課 担当さんが');
    for (const words of ['25,000人', '24,000人', '児童手当・特例給付システム']) await audit.sees(words);
    await audit.looksRight({ heading: '先に変更されています' });
    await (await audit.page.$('input[name="keep.register/people"][value=theirs]'))!.click();
    await audit.go('選んだ内容で保存する');
    await audit.sees('24,000人');
    await audit.sees('本体の種別 PC');
    await audit.sees('児童手当・特例給付システム', 'h1');
  });

  it('of another department is not shown', async () => {
    await openSystem(audit, '就学援助システム');
    const path = audit.path();
    await clerk.open(path);
    await clerk.sees('ほかの部署のものです');
    await clerk.looksRight({ heading: 'この操作はできません' });
  });
});

describe('many systems', () => {
  it('that are the same become one', async () => {
    await clerk.open('/systems');
    await openSystem(audit, '特例給付');
    await audit.go('台帳の項目', '.tabs');
    await audit.type('#name', '児童手当システム');
    await audit.go('保存する', 'main form');
    await audit.open('/systems/doubles');
    await audit.sees('候補1');
    await audit.looksRight({ heading: '重複を調べる' });
    await audit.go('違いを見比べる', 'main');
    await audit.sees('委託契約（あわせて1件）');
    await audit.looksRight({ heading: 'に統合する', title: '統合する' });
    for (const control of await audit.page.$$('input[type=radio][value=into]')) await control.click();
    await audit.go('選んだ内容で統合する');
    await audit.sees('児童手当システム', 'h1');
    await audit.open(`/systems?words=${encodeURIComponent('児童手当')}`);
    await audit.sees('1件');
    await audit.open('/systems/doubles');
    await audit.sees('名前の似たシステムはありません');
    await audit.looksRight({ heading: '重複を調べる' });
  });

  it('get the same value at once', async () => {
    await audit.open('/systems/bulk');
    await audit.looksRight({ heading: '一括で変える' });
    await audit.pick('変える項目', '現地調査');
    await audit.pick('区分で絞る', '各部局所管');
    await audit.go('この項目で進む');
    await audit.choose('実施した', '#value');
    await audit.choose('すべて選ぶ');
    await audit.looksRight({ heading: '一括で変える' });
    await audit.go('変わり方を確かめる');
    await audit.sees('選んだ4件のうち4件が変わります');
    await audit.looksRight({ heading: '変わり方を確かめる' });
    await audit.go('4件を変える');
    await audit.sees('4件のシステムを変えました');
  });

  it('stand in classes that the city makes its own', async () => {
    await audit.open('/systems');
    await audit.go('区分と期限', 'main');
    await audit.go('下へ：住民情報システム', 'main');
    await audit.looksRight({ heading: '区分と期限' });
    await audit.go('各部局所管', 'table.list');
    await audit.sees('この区分にはシステムが4件あります');
    await audit.looksRight({ heading: '各部局所管' });
  });
});
