import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { AuditRegister } from '../src/audits/audit-register.service.js';
import { DEMO_ORGANISATION, demoAccount } from '../src/demo/city.js';
import { tokenHash } from '../src/identity/session.service.js';
import { inTransaction } from '../src/kernel/database.js';
import { newId } from '../src/kernel/ids.js';
import { plan } from './audits-town.js';
import { openStage, type Stage, type Visitor } from './journey-browser.js';

interface Row { department: string; staff: number; commissioned: number; temporary: number; other: number }
const { rows } = (parse(readFileSync(join('test', 'fixtures', 'audits', 'hakodate-counts.yaml'), 'utf8')) as { access_rights_resident_system: { rows: Row[] } }).access_rights_resident_system;

let stage: Stage;
let office: Visitor;
let base: string;

beforeAll(async () => {
  stage = await openStage({ demo: true });
  const { app, database, clock } = stage;
  const actor = { id: demoAccount('kansa.jimu'), name: '監査事務局', department: null, grants: [{ role: 'audit-secretariat', department: null }] };
  const audit = await inTransaction(database, { organisation: DEMO_ORGANISATION, actor, clock }, (ctx) => app.get(AuditRegister, { strict: false }).add(ctx, plan()));
  base = `/audits/${audit}/tabulations`;
  office = await stage.visitor('tabulations');
  const token = newId();
  await database.query('insert into session (token_hash, organisation_id, account_id, csrf_token, started_at, seen_at) values ($1, $2, $3, $4, $5, $5)', [tokenHash(token), DEMO_ORGANISATION, demoAccount('kansa.jimu'), newId(), clock.now()]);
  await office.context.setCookie({ name: 'tenken_session', value: token, domain: new URL(stage.origin).hostname, path: '/', httpOnly: true });
}, 120_000);
afterAll(() => stage?.close());

const THEME = '電算システムの個人情報の管理について';

it('figures are pasted, get shares, a sentence and charts, and a figure leads to what stands behind it', async () => {
  await office.open(base);
  await office.looksRight({ heading: THEME, title: '集計' });
  await office.go('数を手で入れる');
  await office.looksRight({ heading: THEME, title: '数を手で入れる' });
  await office.type('表の題', '権限を割り振られている者の数');
  await office.type('符号', 'access');
  await office.type('数', [['部局', '正職員', '嘱託職員', '臨時職員', 'その他'], ...rows.map((one) => [one.department, one.staff, one.commissioned, one.temporary, one.other])].map((line) => line.join('\t')).join('\n'));
  await office.go('保存する');
  await office.looksRight({ heading: THEME, title: '権限を割り振られている者の数' });

  await office.go('列を加える');
  await office.looksRight({ heading: THEME, title: '表「権限を割り振られている者の数」に列を加える' });
  await office.type('列の見出し', '計');
  await office.type('列の符号', 'all');
  await office.pick('何を数えるか', 'ほかの列の合計');
  for (const one of ['正職員', '嘱託職員', '臨時職員', 'その他']) await office.choose(one, 'form.card');
  await office.go('保存する');
  await office.go('列を加える');
  await office.type('列の見出し', '構成比（%）');
  await office.type('列の符号', 'share');
  await office.pick('何を数えるか', '割合（構成比）');
  await office.pick('割合を出す列', '計');
  await office.go('保存する');

  await office.go('表を直す');
  await office.looksRight({ heading: THEME, title: '表「権限を割り振られている者の数」' });
  await office.pick('上位を述べる文の列', '構成比（%）');
  await office.type('文の主語', '部局ごとの構成比');
  await office.type('上位の合計を述べるときの数え方', '部局');
  await office.choose('正職員', 'form.card');
  await office.choose('臨時職員', 'form.card');
  await office.pick('図の種類', '積み上げた棒');
  await office.go('保存する');

  await office.go('集計を見る');
  // The sentence of 6(1)ア of the audit of the city of Hakodate; 697 of 871 are 80.02 %.
  await office.sees('部局ごとの構成比は大きいものから順に、保健福祉部34.7％、市民部20.4％、財務部13.5％、子ども未来部6.0％、企業局5.4％となっており、上位5部局で80.0％を占めている。');
  await office.sees('※構成比については小数点以下第2位を四捨五入したため、合計と合わない場合がある。');
  await office.looksRight({ heading: THEME, title: '集計' });
  await office.go('871');
  await office.sees('［数値:access/total/all=871］');
  await office.looksRight({ heading: THEME, title: '数値の元' });
}, 240_000);

it('two figures that should agree and do not stand above all tables', async () => {
  await office.open(base);
  await office.go('直す');
  await office.go('直す', 'section[aria-labelledby="agreements-title"]');
  await office.looksRight({ heading: THEME, title: '集計「権限を割り振られている者の数」の、同じはずの数値' });
  await office.type('同じはずの数値', '正職員と計｜access/総務部/all｜access/財務部/all');
  await office.go('保存する');
  await office.go('集計を見る');
  await office.sees('権限を割り振られている者の数の「総務部」の計は25');
  await office.looksRight({ heading: THEME, title: '集計' });
}, 120_000);
