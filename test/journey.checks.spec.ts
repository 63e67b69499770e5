import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ElementHandle } from 'puppeteer';
import { openStage, type Stage, type Visitor } from './journey-browser.js';
import { xlsx, type CellInput } from './register-files.js';

let stage: Stage;
let auditor: Visitor;
let clerk: Visitor;
let folder: string;

const SYSTEM = 'こども発達相談システム';
const ROWS: CellInput[][] = [
  ['区分', '所管部局', '番号', 'システム名', '本体の種別', '設置・保管場所', 'ネットワーク', 'ウイルス対策', 'アクセス権限の設定方法', '個人情報', 'マイナンバー', '個人情報を取り扱う外部委託', '稼働の状態'],
  ['各部局所管', '子育て支援課', 1, SYSTEM, 'サーバ', '執務室内', '専用線', 'あり', '個別ID', '保有する', '保有する', '委託していない', '稼働中'],
  ['各部局所管', '学校教育課', 2, '就学時健診システム', 'PC', '執務室内', 'スタンドアローン', 'なし', '供用ID', '保有する', '保有しない', '委託していない', '稼働中'],
];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tenken-checks-'));
  stage = await openStage({ demo: true });
  [auditor, clerk] = [await stage.visitor('checks'), await stage.visitor('checks-clerk')];
  await auditor.enterAs('監査事務局 担当');
  await clerk.enterAs('子育て支援課 担当');
}, 180_000);
afterAll(async () => {
  await stage?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What the table beneath the picture says of the system under the seven viewpoints of the My Number audit. */
async function row(): Promise<string[]> {
  await auditor.open('/checks?ruleSet=my-number-audit');
  return auditor.page.$$eval('.as-table tbody tr', (rows, name) => [...rows.find((one) => one.textContent!.includes(name))!.querySelectorAll('td')].map((cell) => cell.textContent!.trim()), SYSTEM);
}

describe('from a register to a matrix that changes', () => {
  it('the audit office imports the register and checks it: nothing is declared yet', async () => {
    await auditor.open('/checks');
    await auditor.sees('点検はまだ実施していません。');
    await auditor.looksRight({ heading: '着眼点ごとの点検結果', title: '点検' });
    const file = join(folder, '台帳.xlsx');
    writeFileSync(file, await xlsx({ name: '台帳', rows: ROWS }));
    await auditor.open('/systems/import');
    await ((await auditor.page.$('#file')) as ElementHandle & { uploadFile(path: string): Promise<void> }).uploadFile(file);
    await auditor.go('読み取って確かめる');
    await auditor.go('2件を取り込む');
    await auditor.sees('2件のシステムを台帳に書きました');
    await auditor.open('/checks');
    await auditor.go('点検を実施する');
    await auditor.sees('第1回');
    const cells = await row();
    // 所管課, then seven viewpoints: all open, since no control is declared; no assessment names the system.
    expect(cells).toEqual(['子育て支援課', ...Array.from({ length: 7 }, () => expect.stringMatching(/^未確認 \d+$/u)), '評価書なし']);
    await auditor.looksRight({ heading: '着眼点ごとの点検結果', title: '点検' });
  });

  it('the department declares; the matrix shows it in the same moment', async () => {
    await clerk.open(`/systems?words=${encodeURIComponent(SYSTEM)}`);
    await clerk.go(SYSTEM, 'table.list');
    await clerk.go('申告', '.tabs');
    const at = new URL(clerk.page.url()).pathname;
    const before = (await row())[2];
    await clerk.open(`${at}?group=access-rights`);
    await clerk.choose('端末ごと', '#c-access-right-unit');
    await clerk.sees('保存しました', '#c-access-right-unit');
    expect(before).toMatch(/^未確認/u);
    expect((await row())[2]).toBe('不適合 1');
    await auditor.page.click('.as-table summary');
    await auditor.looksRight({ heading: '着眼点ごとの点検結果', title: '点検' });
    // The cell of the picture that leads to the rules: 着眼点(2) of this system.
    const cell = await auditor.page.$$eval('.matrix-scroll a', (links, name) => links.find((one) => one.textContent!.startsWith(`${name}　(2)`))!.getAttribute('href')!, SYSTEM);
    await auditor.open(cell);
    await auditor.sees('アクセス権限は利用者ごとに設定する');
    await auditor.looksRight({ heading: `点検票　${SYSTEM}`, title: '点検票' });
    await auditor.go('アクセス権限は利用者ごとに設定する');
    for (const words of ['端末ごと', '検出事項の案', '改善を求める事項', '解消を確かめる証拠']) await auditor.sees(words);
    await auditor.looksRight({ heading: 'アクセス権限は利用者ごとに設定する', title: '規則の結果' });
  });

  it('two runs are held against each other: new, then settled', async () => {
    await auditor.open('/checks');
    await auditor.go('点検を実施する');
    await auditor.open('/checks?ruleSet=my-number-audit');
    await auditor.go('前回（第1回）と比べる');
    await auditor.sees('新しい不適合');
    await auditor.sees('アクセス権限は利用者ごとに設定する');
    await auditor.looksRight({ heading: '点検を比べる' });
    await clerk.choose('利用者ごと', '#c-access-right-unit');
    await clerk.sees('解消', '#c-access-right-unit');
    await auditor.open('/checks');
    await auditor.go('点検を実施する');
    await auditor.open('/checks?ruleSet=my-number-audit');
    await auditor.go('前回（第2回）と比べる');
    const settled = await auditor.page.$$eval('section.card', (cards) => cards.find((one) => one.querySelector('h2')?.textContent?.startsWith('解消') === true)?.textContent?.replace(/\s+/gu, ' ') ?? '');
    expect(settled).toContain(SYSTEM);
    expect(settled).toContain('アクセス権限は利用者ごとに設定する');
    await auditor.go('点検の記録', '.crumb');
    await auditor.looksRight({ heading: '点検の記録' });
  });

  it('the department sees its own system only', async () => {
    await clerk.open('/checks');
    await clerk.page.click('.as-table summary');
    const words = await clerk.words('.as-table');
    expect(words).toContain(SYSTEM);
    expect(words).not.toContain('就学時健診システム');
    await clerk.looksRight({ heading: '着眼点ごとの点検結果', title: '点検' });
  });
});
