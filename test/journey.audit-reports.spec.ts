import { DEMO_ORGANISATION } from '../src/demo/city.js';
import { tokenHash } from '../src/identity/session.service.js';
import { inTransaction } from '../src/kernel/database.js';
import { newId } from '../src/kernel/ids.js';
import { conductedAudit } from './findings-town.js';
import { openStage, type Stage, type Visitor } from './journey-browser.js';
import { filledAudit, TERMINALS, type ReportableAudit } from './reports-town.js';

let stage: Stage;
let secretariat: Visitor;
let member: Visitor;
let audit: ReportableAudit;

/** A visitor with a session of this role in the demo city. */
async function visitorAs(role: string, name: string): Promise<{ visitor: Visitor; id: string }> {
  const [id, token] = [newId(), newId()];
  const { database, clock } = stage;
  await database.query('insert into account (id, organisation_id, sign_in_name, name) values ($1, $2, $3, $4)', [id, DEMO_ORGANISATION, id, name]);
  await database.query('insert into account_role (id, organisation_id, account_id, role) values ($1, $2, $3, $4)', [newId(), DEMO_ORGANISATION, id, role]);
  await database.query('insert into session (token_hash, organisation_id, account_id, csrf_token, started_at, seen_at) values ($1, $2, $3, $4, $5, $5)', [tokenHash(token), DEMO_ORGANISATION, id, newId(), clock.now()]);
  const visitor = await stage.visitor(`report-${role}`);
  await visitor.context.setCookie({ name: 'tenken_session', value: token, domain: new URL(stage.origin).hostname, path: '/', httpOnly: true });
  return { visitor, id };
}

beforeAll(async () => {
  stage = await openStage({ demo: true });
  const { database, clock } = stage;
  const [office, learned, councillor] = [await visitorAs('audit-secretariat', '監査事務局'), await visitorAs('audit-member', '識見の委員'), await visitorAs('audit-member', '議選の委員')];
  [secretariat, member] = [office.visitor, learned.visitor];
  const id = await conductedAudit(database, { organisation: DEMO_ORGANISATION });
  await database.query(`update audit set bases = '["act-199-2"]', begins_on = '2026-06-01', ends_on = '2026-10-31' where id = $1`, [id]);
  const actor = { id: office.id, name: '監査事務局', department: null, grants: [{ role: 'audit-secretariat', department: null }] };
  audit = await inTransaction(database, { organisation: DEMO_ORGANISATION, actor, clock }, (ctx) => filledAudit(ctx, id, learned.id, councillor.id));
}, 240_000);
afterAll(() => stage?.close());

const at = (path: string): string => `/audits/${audit.id}${path}`;

it('the secretariat begins the report, types in a chapter and reads it through', async () => {
  await secretariat.open(at('/report'));
  await secretariat.looksRight({ heading: '情報システムの利用と管理', title: '報告と公表' });
  await secretariat.go('報告を作り始める');
  await secretariat.looksRight({ heading: '情報システムの利用と管理', title: '令和8年度行政監査結果報告書' });
  await secretariat.go('2 監査の目的');
  await secretariat.type('本文', '端末［数値:terminals/total/count］台の管理を確かめる。［検出:8］も見る。');
  await secretariat.go('保存する');
  await stage.database.query('update tabulation set definition = $2 where audit_id = $1', [audit.id, JSON.stringify(TERMINALS(4))]);
  await stage.database.query(`update audit set purpose = '利用、管理および廃棄を確かめる。' where id = $1`, [audit.id]);
  await secretariat.open(at('/report/sections/purpose'));
  await secretariat.sees('書いたときから変わった数値');
  await secretariat.looksRight({ heading: '情報システムの利用と管理', title: '2 監査の目的' });
  await secretariat.type('本文', '端末［数値:terminals/total/count］台の管理を確かめる。');
  await secretariat.go('保存する');
  await secretariat.press('章を加える');
  await secretariat.type('見出し', 'むすび');
  await secretariat.go('加えて本文を書く');
  await secretariat.type('本文', '今後も確かめる。');
  await secretariat.go('保存する');
  await secretariat.looksRight({ heading: '情報システムの利用と管理', title: '令和8年度行政監査結果報告書' });
  await secretariat.go('通して読む');
  await secretariat.looksRight({ heading: '情報システムの利用と管理', title: '報告を通して読む' });
  await secretariat.open(at('/report/figures'));
  await secretariat.looksRight({ heading: '情報システムの利用と管理', title: '数値の差込み符号' });
  await secretariat.open(at('/report/head'));
  await secretariat.looksRight({ heading: '情報システムの利用と管理', title: '報告の表題と提出先' });
});

it('the members give their voices, one against; the report carries both opinions and is decided, submitted and published', async () => {
  await secretariat.open(at('/deliberations'));
  await secretariat.looksRight({ heading: '情報システムの利用と管理', title: '合議' });
  await secretariat.pickDay('#hold-heldOn', '2026-11-18');
  await secretariat.go('合議を記録する', 'section.card form');
  await member.open(at('/deliberations'));
  await member.sees('あなた');
  await member.choose('同意する');
  await member.go('意見を記録する', 'form');
  await member.looksRight({ heading: '情報システムの利用と管理', title: '合議' });
  await secretariat.open(at('/deliberations'));
  await secretariat.press('意見を記録する', 'tr:last-child summary, tr:last-child');
  await secretariat.choose('同意しない', 'tr:last-child');
  await secretariat.type('.deliberation tr:last-child textarea', '台帳の不備の重さが足りない。');
  await secretariat.go('意見を記録する', 'tr:last-child form');
  await secretariat.sees('第199条第13項');
  await secretariat.looksRight({ heading: '情報システムの利用と管理', title: '合議' });
  await secretariat.open(at('/report'));
  await secretariat.sees('この事項についての合議が要ります');
  await secretariat.open(at('/deliberations'));
  await secretariat.press('合議を記録する', 'details:not([open])');
  await secretariat.pick('#hold-subject', '改善を求める事項');
  await secretariat.pickDay('#hold-heldOn', '2026-11-18');
  await secretariat.go('合議を記録する', 'section.card form');
  for (const row of ['tr:first-child', 'tr:last-child']) {
    await secretariat.press('意見を記録する', `.deliberation ~ .deliberation ${row}`);
    await secretariat.choose('同意する', `.deliberation ~ .deliberation ${row}`);
    await secretariat.go('意見を記録する', `.deliberation ~ .deliberation ${row} form`);
  }
  await secretariat.open(at('/report'));
  await secretariat.sees('意見が一致しなかった事項');
  await secretariat.sees('同じはずの数値「端末の台数」が食い違っています');
  await secretariat.looksRight({ heading: '情報システムの利用と管理', title: '令和8年度行政監査結果報告書' });
  await secretariat.choose('確かめること');
  await secretariat.pickDay('#decidedOn', '2026-11-19');
  await secretariat.go('決定する', '#fix');
  await secretariat.go('提出する', '#submit');
  await secretariat.looksRight({ heading: '情報システムの利用と管理', title: '令和8年度行政監査結果報告書' });
  await secretariat.go('公表する', '#publish');
  await secretariat.sees('監査公表第1号');
  await secretariat.looksRight({ heading: '情報システムの利用と管理', title: '令和8年度行政監査結果報告書' });
  await secretariat.go('措置状況の公表', 'aside');
  await secretariat.looksRight({ heading: '情報システムの利用と管理', title: '措置状況の公表' });
});
