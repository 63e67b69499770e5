import { demoDepartment, DEMO_ORGANISATION } from '../src/demo/city.js';
import { newId } from '../src/kernel/ids.js';
import { openStage, type Stage, type Visitor } from './journey-browser.js';

/** The audit office makes a questionnaire, sends it, follows it, returns, fixes and corrects a response, in a browser. */
let stage: Stage;
let office: Visitor;
let audit: string;
const WELFARE = '子育て支援課';

beforeAll(async () => {
  stage = await openStage({ demo: true });
  audit = newId();
  const marks = { changed_at: stage.clock.now(), changed_by_name: '監査事務局　担当' };
  await stage.database.query(
    `insert into audit (id, organisation_id, fiscal_year, kind, kind_label, bases, theme, purpose, targets_text, definitions, reference_on, method, rounding, status, changed_at, changed_by_name)
     values ($1, $2, 2026, 'administrative', '行政監査', '[]', '情報システムにおける個人情報の取扱い', '', '', '[]', '2026-10-01', '', '{"mode":"half-up","digits":1}', 'conducting', $3, $4)`,
    [audit, DEMO_ORGANISATION, marks.changed_at, marks.changed_by_name]);
  await stage.database.query('insert into audit_target (id, organisation_id, audit_id, department_id) values ($1, $2, $3, $4)', [newId(), DEMO_ORGANISATION, audit, demoDepartment(WELFARE)]);
  for (const [number, name] of [[1, '児童手当システム'], [2, '保育料システム'], [3, 'こども相談記録システム']] as const) {
    await stage.database.query(`insert into system (id, organisation_id, kind, number, name, department_id, register, register_version, changed_at, changed_by_name) values ($1, $2, 'system', $3, $4, $5, '{}', '2026-04', $6, $7)`,
      [newId(), DEMO_ORGANISATION, number, name, demoDepartment(WELFARE), marks.changed_at, marks.changed_by_name]);
  }
  office = await stage.visitorAs('kansa.jimu');
}, 240_000);
afterAll(() => stage?.close());

it('makes a questionnaire from the sheet of the content and builds upon it', async () => {
  await office.open(`/audits/${audit}/questionnaires`);
  await office.looksRight({ heading: '情報システムにおける個人情報の取扱い', title: '調査票' });
  await office.go('調査票を作る');
  await office.looksRight({ heading: '調査票を作る' });
  await office.choose('ひな型：情報システムにおける');
  await office.go('作って問いの画面へ進む');
  await office.looksRight({ heading: '情報システムにおける個人情報の取扱い', title: '問い' });
  await office.go('問いを加える');
  await office.looksRight({ heading: '情報システムにおける個人情報の取扱い', title: '問い' });
  await office.type('問いの文', '共用している端末');
  await office.type('#option-0-label', 'ある');
  await office.type('#option-1-label', 'ない');
  await office.go('問いを加える', '.sheet-form');
  await office.sees('共用している端末');
  await office.sees('1つを選ぶ：ある／ない');
  await office.go('新しく配属された職員や臨時職員等への意識付け');
  await office.looksRight({ heading: '情報システムにおける個人情報の取扱い', title: '問い' });
  await office.go('保存せずに戻る');
  await office.go('見え方');
  await office.looksRight({ heading: '情報システムにおける個人情報の取扱い', title: '見え方' });
  await office.sees('条件：「個人情報を扱う作業の委託」が「委託している」のとき');
});

it('sends it for the systems of the audited department', async () => {
  await office.go('送り先');
  await office.looksRight({ heading: '情報システムにおける個人情報の取扱い', title: '調査票を送る' });
  await office.pickDay('#dueOn', '2026-12-10');
  await office.go('調査票を送る', '.page form');
  await office.sees('3件の送り先に送りました。');
  await office.looksRight({ heading: '情報システムにおける個人情報の取扱い', title: '情報システムにおける個人情報の取扱いに関する調査票' });
});

it('reads a response, returns a question of it, fixes and corrects it', async () => {
  const [response] = await stage.database.query(`select r.id from questionnaire_response r join system s on s.id = r.system_id where s.number = 1`) as { id: string }[];
  const answers = { sections: 4, terminals: 31, 'access-granting': { choice: 'individual-id' }, staff: 12, commissioned: 2, temporary: 3, 'other-people': 0, 'terminal-care': { checked: ['screen-closed', 'other'], texts: { other: '離席札を置く' } }, awareness: { checked: ['oral'] }, rules: { choice: 'general' }, outsourcing: { choice: 'not-outsourced' } };
  for (const [item, value] of Object.entries(answers)) {
    await stage.database.query(`insert into response_answer (response_id, organisation_id, item, value, changed_at, changed_by_name) values ($1, $2, $3, $4, now(), '担当')`, [response!.id, DEMO_ORGANISATION, item, JSON.stringify(value)]);
  }
  const handIn = (): Promise<unknown> => stage.database.query(`update questionnaire_response set status = 'submitted', submitted_at = '2026-12-11T03:00:00Z', submitted_by_name = '子育て支援課　担当', version = version + 1 where id = $1`, [response!.id]);
  await handIn();
  await office.open(`/questionnaires/${office.page.url().split('/').at(-1)!.split('?')[0]!}`);
  await office.go('子育て支援課');
  await office.sees('離席札を置く');
  await office.looksRight({ heading: '情報システムにおける個人情報の取扱い', title: '子育て支援課' });
  await office.choose('この問いを差し戻す：離席時');
  await office.type('#reason', 'その他の内容をくわしく書いてください。');
  await office.go('理由を付けて差し戻す');
  await office.sees('回答を差し戻しました。');
  await handIn();
  await office.go('子育て支援課');
  await office.go('確定する');
  await office.sees('回答を確定しました。');
  await office.go('子育て支援課');
  await office.go('訂正する：このシステムを利用できる端末の台数');
  await office.type('#f-terminals', '32');
  await office.type('#reason', '所管課に電話で確かめた。');
  await office.looksRight({ heading: '情報システムにおける個人情報の取扱い', title: '回答を訂正する' });
  await office.go('訂正する', '.sheet-form');
  await office.sees('訂正あり');
  await office.looksRight({ heading: '情報システムにおける個人情報の取扱い', title: '子育て支援課' });
});

it('reminds who is late, and sees all questionnaires', async () => {
  stage.clock.forward(21 * 24 * 60);
  office = await stage.visitorAs('kansa.jimu');
  await office.open('/questionnaires');
  await office.looksRight({ heading: '調査票と自己点検票', title: '調査票' });
  await office.go('情報システムにおける個人情報の取扱いに関する調査票');
  await office.sees('期限超過');
  await office.go('督促する', '#reminders');
  await office.sees('2件に督促しました');
  await office.looksRight({ heading: '情報システムにおける個人情報の取扱い', title: '情報システムにおける個人情報の取扱いに関する調査票' });
  await office.go('直す', 'aside');
  await office.looksRight({ heading: '情報システムにおける個人情報の取扱い', title: '調査票を直す' });
});
