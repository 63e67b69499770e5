import { IdentitySetUp } from '../src/identity/set-up.service.js';
import { openStage, type Stage, type Visitor } from './journey-browser.js';

const FIRST_PASSWORD = 'aoi-umi to shiroi-kumo';
const OWN_PASSWORD = 'yama no ue no chiisana ie';

let stage: Stage;
let token: string;
let administrator: Visitor;
let colleague: Visitor;
let oneTime = '';

beforeAll(async () => {
  stage = await openStage({ demo: false });
  token = (await IdentitySetUp.prepare(stage.database, stage.clock))!;
  administrator = await stage.visitor('administration');
  colleague = await stage.visitor('colleague');
});
afterAll(() => stage?.close());

const signIn = async (who: Visitor, name: string, password: string): Promise<void> => {
  if (who.path() !== '/sign-in') await who.open('/sign-in');
  await who.type('利用者ID', name);
  await who.type('パスワード', password);
  await who.go('サインイン', 'main form');
};

describe('an empty installation becomes one that works', () => {
  it('says on the first page that the set-up waits, and takes only the token of the console', async () => {
    await administrator.open('/');
    expect(administrator.path()).toBe('/sign-in');
    await administrator.sees('はじめての設定がまだです。');
    await administrator.looksRight({ heading: 'サインイン' });
    await administrator.open('/set-up?token=guessed');
    await administrator.sees('この設定用アドレスはもう使えません。');
    await administrator.looksRight({ heading: 'この操作はできません' });
  });

  it('registers the organisation and its first administrator', async () => {
    await administrator.open(`/set-up?token=${token}`);
    await administrator.looksRight({ heading: 'はじめての設定' });
    await administrator.type('自治体の名前', 'あおば町');
    await administrator.type('#bodies', '町長\n教育委員会\n');
    await administrator.type('利用者ID', 'kanri');
    await administrator.type('#password', 'mijikai');
    await administrator.go('登録して始める');
    await administrator.sees('12文字以上にしてください');
    expect(await administrator.page.$eval('#organisationName', (element) => element.value)).toBe('あおば町');
    await administrator.looksRight({ heading: 'はじめての設定' });
    await administrator.type('#password', FIRST_PASSWORD);
    await administrator.go('登録して始める');
    expect(administrator.path()).toBe('/');
    await administrator.sees('はじめにすること');
    await administrator.looksRight({ heading: 'ホーム' });
    // The token ends with its use.
    await colleague.open(`/set-up?token=${token}`);
    await colleague.sees('この設定用アドレスはもう使えません。');
  });

  it('adds a body, departments and a person with a one-time password', async () => {
    await administrator.go('管理', 'nav');
    await administrator.looksRight({ heading: '管理' });
    await administrator.go('評価実施機関', 'main');
    await administrator.type('名前', '農業委員会');
    await administrator.go('加える', 'main form');
    await administrator.sees('農業委員会');
    await administrator.looksRight({ heading: '評価実施機関' });

    await administrator.open('/administration/departments');
    for (const [under, name] of [['町長の下に', '福祉課'], ['福祉課', 'こども係'], ['町長の下に', '住民課']] as const) {
      await administrator.pick('#under', under);
      await administrator.type('#name', name);
      await administrator.go('加える', 'main form');
      await administrator.sees(name, 'table.list');
    }
    await administrator.looksRight({ heading: '部局・課' });

    await administrator.open('/administration/accounts');
    await administrator.looksRight({ heading: '利用者' });
    await administrator.go('利用者を加える');
    await administrator.looksRight({ heading: '利用者を加える' });
    await administrator.type('表示名', 'こども係　担当');
    await administrator.type('利用者ID', 'KANRI');
    await administrator.pick('所属', 'こども係');
    await administrator.pick('#role', '所管課担当');
    await administrator.go('加えて初回パスワードを作る');
    await administrator.sees('この利用者IDはもう使われています。');
    await administrator.looksRight({ heading: '利用者を加える' });
    await administrator.type('利用者ID', 'kodomo.tanto');
    await administrator.go('加えて初回パスワードを作る');
    await administrator.sees('このパスワードは、いましか表示されません');
    await administrator.looksRight({ heading: '利用者を加えました', title: '初回パスワード' });
    oneTime = await administrator.words('code.one-time');
    expect(oneTime.length).toBeGreaterThanOrEqual(12);
    await administrator.go('この利用者の画面へ');
    await administrator.sees('初回サインイン前');
    await administrator.looksRight({ heading: 'こども係　担当', title: 'こども係　担当' });
  });

  it('lets that person in, who decides on a password first and then sees what the role allows', async () => {
    await signIn(colleague, 'kodomo.tanto', oneTime);
    expect(colleague.path()).toBe('/account/password');
    await colleague.looksRight({ heading: 'パスワードを変える' });
    await colleague.open('/threshold/new');
    await colleague.sees('はじめに自分のパスワードを決めてください。');
    await colleague.looksRight({ heading: 'この操作はできません' });
    await colleague.go('パスワードの変更がまだです。');
    await colleague.type('今のパスワード', oneTime);
    await colleague.type('#password', OWN_PASSWORD);
    await colleague.type('#again', `${OWN_PASSWORD}!`);
    await colleague.go('パスワードを変える', 'main form');
    await colleague.looksRight({ heading: 'パスワードを変える' });
    expect(colleague.path()).toBe('/account/password');
    await colleague.type('今のパスワード', oneTime);
    await colleague.type('#password', OWN_PASSWORD);
    await colleague.type('#again', OWN_PASSWORD);
    await colleague.go('パスワードを変える', 'main form');
    await colleague.sees('パスワードを変えました。');
    await colleague.open('/');
    await colleague.looksRight({ heading: 'ホーム' });
    expect(await colleague.page.$$eval('nav a', (links) => links.map((one) => one.textContent))).toEqual(['ホーム', '評価書', 'しきい値判断', 'システム', '点検', 'リスク', '調査票', '検出事項', '措置']);
    await colleague.open('/administration/accounts');
    await colleague.sees('この操作をする権限がありません。');
    await colleague.open('/threshold/new');
    expect(await colleague.page.$$eval('#departmentId option:not([value=""])', (options) => options.map((one) => one.textContent!.replace(/\s/gu, '')))).toEqual([expect.stringContaining('こども係')]);
  });

  it('shows both texts of a stale save and lets the administrator decide', async () => {
    await administrator.open('/administration/departments');
    await administrator.go('住民課', 'table.list');
    await administrator.looksRight({ heading: '住民課', title: '住民課' });
    const place = administrator.path();
    const other = await administrator.context.newPage();
    await other.goto(stage.origin + place);
    await other.$eval('#name', (element) => { element.value = '住民生活課'; });
    await Promise.all([other.waitForNavigation(), other.click('main form .button.primary')]);
    await other.close();
    await administrator.type('#name', '町民課');
    await administrator.go('保存する', 'main form');
    await administrator.sees('先に変更されています');
    await administrator.looksRight({ heading: '住民生活課は、先に変更されています', title: '先に変更されています' });
    const words = await administrator.words('table.list');
    for (const text of ['町民課', '住民生活課']) expect(words).toContain(text);
    await administrator.go('あなたの入力で保存する');
    await administrator.sees('町民課');
    expect(await administrator.words()).not.toContain('住民生活課');
  });

  it('reorganises: a department ends, its successor takes its people over', async () => {
    await administrator.open('/administration/departments');
    await administrator.pick('#under', '町長の下に');
    await administrator.type('#name', 'こども家庭課');
    await administrator.go('加える', 'main form');
    await administrator.go('こども係', 'table.list');
    await administrator.press('再編・廃止で終了する');
    await administrator.pick('#successorId', 'こども家庭課');
    await administrator.looksRight({ heading: 'こども係', title: 'こども係' });
    await administrator.go('今日で終了する');
    await administrator.sees('後継：こども家庭課');
    await administrator.looksRight({ heading: '部局・課' });
    await administrator.open('/administration/accounts?words=kodomo');
    await administrator.sees('こども家庭課');
    await colleague.open('/threshold/new');
    expect(await colleague.page.$$eval('#departmentId option:not([value=""])', (options) => options.map((one) => one.textContent!.replace(/\s/gu, '')))).toEqual([expect.stringContaining('こども家庭課')]);
  });

  it('locks after five wrong passwords, says for how long, and the administrator unlocks', async () => {
    const stranger = await stage.visitor('stranger');
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      await signIn(stranger, 'kodomo.tanto', `machigai-${attempt}`);
      await stranger.sees('利用者IDかパスワードが違います。');
    }
    expect(await stranger.page.$eval('#signInName', (element) => element.value)).toBe('kodomo.tanto');
    await stranger.looksRight({ heading: 'サインイン' });
    await signIn(stranger, 'kodomo.tanto', 'machigai-5');
    await stranger.sees('15分間サインインできません。');
    await signIn(stranger, 'kodomo.tanto', OWN_PASSWORD);
    await stranger.sees('15分間サインインできません。');
    await administrator.open('/administration/accounts?words=kodomo');
    await administrator.sees('ロック中');
    await administrator.go('こども係　担当', 'table.list');
    await administrator.sees('までロックしています');
    await administrator.looksRight({ heading: 'こども係　担当', title: 'こども係　担当' });
    await administrator.go('ロックを解除する');
    await signIn(stranger, 'kodomo.tanto', OWN_PASSWORD);
    expect(stranger.path()).toBe('/');
  });

  it('shows the other pages of the administration as they should be', async () => {
    await administrator.open('/administration/organisation');
    await administrator.choose('いつも全項目評価まで行う');
    await administrator.go('保存する', 'main form');
    await administrator.sees('保存しました。');
    await administrator.looksRight({ heading: '自治体の設定' });
    await administrator.open('/administration/bodies');
    await administrator.go('農業委員会', 'table.list');
    await administrator.looksRight({ heading: '農業委員会', title: '農業委員会' });
    await administrator.open('/journal');
    await administrator.looksRight({ heading: '記録' });
    await administrator.open('/');
    await administrator.looksRight({ heading: 'ホーム' });
    for (const who of [administrator, colleague]) expect(who.complaints).toEqual([]);
  });
});
