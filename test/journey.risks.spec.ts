import { DEMO_RISKS } from '../src/demo/risks.js';
import { loadDemo } from '../src/demo/load.js';
import { openStage, type Stage, type Visitor } from './journey-browser.js';

let stage: Stage;
let clerk: Visitor;
let auditor: Visitor;
let ids: Map<string, string>;

beforeAll(async () => {
  stage = await openStage({ demo: false });
  const { app, database, clock } = stage;
  await loadDemo({ app, database, clock });
  ids = new Map((await database.query('select id, title from risk') as { id: string; title: string }[]).map((one) => [one.title, one.id]));
  clerk = await stage.visitorAs('kosodate.tanto');
  auditor = await stage.visitorAs('kansa.jimu');
}, 240_000);
afterAll(() => stage?.close());

const idOf = (title: string): string => ids.get(DEMO_RISKS.find((one) => one.title.includes(title))!.title)!;

it('the auditor sees all risks with what challenges them, and how they moved', async () => {
  await auditor.open('/risks');
  await auditor.looksRight({ heading: 'リスク' });
  const words = await auditor.words();
  for (const one of DEMO_RISKS) expect([one.title, words.includes(one.title)]).toEqual([one.title, one.closed === undefined]);
  await auditor.go('対策前と対策後の分布');
  await auditor.looksRight({ heading: 'リスクの分布', title: 'リスクの分布' });
  await auditor.sees(`終了していないリスク${DEMO_RISKS.filter((one) => one.closed === undefined).length}件`);
  await auditor.pick('責任を持つ課', '子育て支援課');
  await auditor.go('表示する');
  await auditor.sees('子育て支援課の終了していないリスク3件');
});

it('a risk whose rule fails says so on top and leads to the result', async () => {
  await auditor.open(`/risks/${idOf('個人番号を見る')}`);
  await auditor.looksRight({ heading: '事務に関わらない職員が個人番号を見る' });
  await auditor.sees('点検との疑義が');
  await auditor.go('点検の結果を見る', '.challenges');
  expect(auditor.path()).toMatch(/^\/checks\/systems\/[0-9a-f-]{36}\/my-number-audit\/mn-number-viewing$/u);
  await auditor.open(`/risks/${idOf('児童扶養手当')}`);
  await auditor.sees('終了しました');
});

it('a clerk adds a risk, sees the rating while choosing, writes measures and rules, and closes it', async () => {
  await clerk.open('/risks');
  await clerk.go('リスクを加える');
  await clerk.looksRight({ heading: 'リスクを加える' });
  await clerk.type('リスクの名前', '受給者証を別の世帯へ送る');
  await clerk.type('守るもの', '受給者の氏名と住所');
  await clerk.type('脅威', '封入を誤り、別の世帯の受給者証が届く。');
  await clerk.pick('システム', 'こども医療費助成システム');
  await clerk.choose('3　高い', '#likelihoodBefore');
  await clerk.choose('2　中くらい', '#impactBefore');
  await clerk.sees('対策前の評価は中', '#rating');
  await clerk.choose('4　極めて重い', '#impactBefore');
  await clerk.sees('対策前の評価は極めて高い', '#rating');
  await clerk.go('リスクを加える', 'aside');
  await clerk.looksRight({ heading: 'リスクを加える' });
  await clerk.sees('「原因」を入れてください。');
  await clerk.type('原因', '封入の確かめが1人だけ');
  await clerk.go('リスクを加える', 'aside');
  await clerk.sees('受給者証を別の世帯へ送る');
  await clerk.sees('まだ評価していません');
  const path = clerk.path();

  await clerk.go('対策を書く');
  await clerk.looksRight({ heading: '対策を直す' });
  await clerk.type('#text-1', '2人で封入を確かめる');
  await clerk.pick('#control-1', '移送・送付のときの保護');
  await clerk.pick('#state-1', '実施済み');
  await clerk.go('対策を保存する');
  await clerk.sees('移送・送付のときの保護');

  await clerk.go('規則を結び付ける');
  await clerk.looksRight({ heading: '規則を結び付ける' });
  const first = await clerk.page.$eval('#rule-1 optgroup option', (option) => (option as unknown as { text: string }).text);
  await clerk.pick('#rule-1', first);
  await clerk.go('規則を保存する');
  await clerk.sees(first, '#rules');

  await clerk.open(`${path}/edit`);
  await clerk.choose('1　まれ', '#likelihoodAfter');
  await clerk.choose('4　極めて重い', '#impactAfter');
  await clerk.sees('対策後の評価は中', '#rating');
  await clerk.looksRight({ heading: 'リスクを直す' });
  await clerk.go('保存する', 'aside');
  await clerk.sees('↓ 下がった');
  await clerk.go('すべての変更の履歴');
  await clerk.looksRight({ heading: 'すべての変更の履歴', title: 'リスクの履歴' });
  await clerk.open(path);
  await clerk.press('終了する', 'aside');
  await clerk.type('理由', '印刷と封入を委託に改めた');
  await clerk.go('終了する', 'details form');
  await clerk.sees('終了しました。');
});

it('the statutory risks of an assessment show the answers that do not fit, and take links', async () => {
  const [document]: { id: string }[] = await stage.database.query(`select id from assessment where form = 'full' and title like 'こども医療費%'`);
  await clerk.open(`/assessments/${document!.id}`);
  await clerk.go('リスク対策の十分性と、結び付けたリスク');
  await clerk.looksRight({ heading: 'こども医療費助成に関する事務', title: 'リスク対策の十分性　こども医療費助成に関する事務　全項目評価書' });
  await clerk.sees('答えと合わない項目が');
  const before = (await clerk.words()).split('結び付けたリスクはありません。').length;
  const place = await clerk.page.$eval('.statutory:not(:has(.role-list))', (one) => (one as unknown as { id: string }).id);
  await clerk.press('リスクを結び付ける', `#${selectable(place)}`);
  await clerk.pick(`#${selectable(place)}-choose`, '入力の誤りで');
  await clerk.go('結び付ける', `#${selectable(place)} form`);
  expect((await clerk.words()).split('結び付けたリスクはありません。')).toHaveLength(before - 1);
  await clerk.go('外す', `#${selectable(place)}`);
  expect((await clerk.words()).split('結び付けたリスクはありません。')).toHaveLength(before);
});

/** Ids hold nothing that a selector would read otherwise. */
function selectable(id: string): string {
  expect(id).toMatch(/^[a-z][a-z0-9-]*$/u);
  return id;
}

it('the clerk sees which systems an assessment speaks of, where they contradict it, and links another', async () => {
  const [{ id }]: [{ id: string }] = await stage.database.query(`select id from assessment where title like '児童手当の支給に関する事務%'`);
  const [{ id: systemId }]: [{ id: string }] = await stage.database.query(`select id from system where name = '児童手当システム'`);
  await clerk.open(`/assessments/${id}`);
  await clerk.go('記載するシステムと、実態との食い違い');
  await clerk.sees('児童手当システム');
  await clerk.sees('食い違いは見つかっていません。');
  await clerk.looksRight({ heading: '児童手当の支給に関する事務', title: '記載するシステム　児童手当の支給に関する事務　基礎項目評価書' });
  await clerk.go('外す：児童手当システム');
  await clerk.sees('結び付けたシステムはまだありません。');
  await clerk.looksRight({ heading: '児童手当の支給に関する事務', title: '記載するシステム　児童手当の支給に関する事務　基礎項目評価書' });
  // Its name is written in the assessment, so that it is offered again.
  await clerk.go('結び付ける：児童手当システム');
  await clerk.sees('食い違いは見つかっていません。');
  await clerk.open(`/systems/${systemId}/assessments`);
  await clerk.sees('児童手当の支給に関する事務');
});
