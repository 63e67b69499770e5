import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { Account, AccountRole } from '../identity/account.entity.js';
import { Department, ImplementingBody, Organisation } from '../identity/organisation.entity.js';
import type { Role } from '../identity/permissions.js';
import type { Clock } from '../kernel/clock.js';
import { PRODUCT } from '../kernel/ctx.js';
import { inTransaction } from '../kernel/database.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';

/** The same id for the same name on every machine, so that other parts of the demo can name what is here. */
export function demoId(name: string): string {
  const hex = createHash('sha256').update(`mizuhono ${name}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export const DEMO_ORGANISATION = demoId('organisation');

const BODIES = ['市長', '教育委員会', '選挙管理委員会', '監査委員', '農業委員会', '固定資産評価審査委員会'];

/** みずほ野市長, みずほ野市教育委員会, … : as an assessment names the body. */
const fullName = (body: string): string => (body === '市長' ? 'みずほ野市長' : `みずほ野市${body}`);

interface Place {
  name: string;
  body: string;
  head: string;
  under?: string;
  started?: string;
  ended?: string;
  successor?: string;
}

const division = (name: string, body = '市長', head = '部長'): Place => ({ name, body, head });
const section = (under: string, name: string, more: Partial<Place> = {}): Place => ({ name, body: '市長', head: '課長', under, ...more });

/** 部局・課. 児童福祉課 and こども政策室 were joined into 子育て支援課 in April 2024. */
const PLACES: Place[] = [
  division('総務部'), section('総務部', '総務課'), section('総務部', '人事課'), section('総務部', '情報政策課'),
  division('市民部'), section('市民部', '市民課'), section('市民部', '市民税課'), section('市民部', '保険年金課'),
  division('福祉部'), section('福祉部', '社会福祉課'), section('福祉部', '障害福祉課'), section('福祉部', '介護保険課'),
  section('福祉部', '児童福祉課', { ended: '2024-04-01', successor: '子育て支援課' }),
  division('こども部'), section('こども部', '子育て支援課', { started: '2024-04-01' }), section('こども部', '保育課'),
  section('こども部', 'こども政策室', { head: '室長', ended: '2024-04-01', successor: '子育て支援課' }),
  division('健康部'), section('健康部', '健康増進課', { head: '所長' }),
  division('教育部', '教育委員会'), section('教育部', '学校教育課', { body: '教育委員会' }), section('教育部', '学校給食課', { body: '教育委員会' }),
  division('選挙管理委員会事務局', '選挙管理委員会', '事務局長'), division('監査事務局', '監査委員', '事務局長'), division('農業委員会事務局', '農業委員会', '事務局長'),
];

interface Person {
  signInName: string;
  name: string;
  at: string | null;
  role: Role;
  card: string | null;
}

const person = (signInName: string, name: string, at: string | null, role: Role, card: string | null): Person => ({ signInName, name, at, role, card });

/** People by their office; nobody has a password, the cards are the only way in. */
const PEOPLE: Person[] = [
  person('kosodate.tanto', '子育て支援課　担当', '子育て支援課', 'drafter', 'こどもの医療費助成などの評価書を書いて課長へ回し、システムの統制を申告し、監査の調査票に答え、措置の経過を書きます。'),
  person('kosodate.kacho', '子育て支援課　課長', '子育て支援課', 'section-head', '担当から回ってきた評価書を読み、承認するか、理由を添えて差し戻します。'),
  person('shimin.tanto', '市民課　担当', '市民課', 'drafter', '住民基本台帳の事務の評価書を受け持ちます。ほかの課の評価書は見えません。'),
  person('shimin.kacho', '市民課　課長', '市民課', 'section-head', null),
  person('gakko.tanto', '学校教育課　担当', '学校教育課', 'drafter', null),
  person('kyushoku.tanto', '学校給食課　担当', '学校給食課', 'drafter', null),
  person('kyushoku.kacho', '学校給食課　課長', '学校給食課', 'section-head', null),
  person('zei.tanto', '市民税課　担当', '市民税課', 'drafter', null),
  person('zei.kacho', '市民税課　課長', '市民税課', 'section-head', null),
  person('kaigo.tanto', '介護保険課　担当', '介護保険課', 'drafter', null),
  person('kaigo.kacho', '介護保険課　課長', '介護保険課', 'section-head', null),
  person('hoken.tanto', '保険年金課　担当', '保険年金課', 'drafter', '前の監査で見つかった事項の措置を進め、監査委員への通知をつくります。'),
  person('hoken.kacho', '保険年金課　課長', '保険年金課', 'section-head', null),
  person('hyoka.tokatsu', '情報政策課　評価統括', '情報政策課', 'assessment-lead', '全部の課の評価書を見わたし、課長が承認したものを確かめます。記録も見られます。'),
  person('kansa.jimu', '監査事務局　担当', '監査事務局', 'audit-secretariat', '監査を計画し、調査票を送って集計し、検出事項と報告をまとめ、措置が済むまでたどります。'),
  person('kansa.iin', '監査委員', null, 'audit-member', '検出事項を読み、合議で自分の意見を述べ、報告と措置を見届けます。'),
  person('shingikai.jimu', '個人情報保護審議会　事務局', '総務課', 'council-secretariat', '審議会に諮る評価書を読み、文書をそろえます。'),
  person('shingikai.iin', '個人情報保護審議会　委員', null, 'council-member', '審議会で点検する評価書と文書を読みます。'),
  person('etsuran', '企画担当　閲覧', null, 'viewer', '評価書と文書を読むだけの役割です。'),
  person('kanri', '情報政策課　システム管理者', '情報政策課', 'administrator', '評価実施機関、部局・課、利用者と役割を登録し、記録を確かめます。'),
];

/** Id of a department, by its name. */
export const demoDepartment = (name: string): string => demoId(`department ${name}`);
/** Id of an account, by its 利用者ID. */
export const demoAccount = (signInName: string): string => demoId(`account ${signInName}`);
/** Account of a section's 担当 or 課長. */
export function demoOffice(department: string, role: 'drafter' | 'section-head'): { id: string; name: string } {
  const found = PEOPLE.find((one) => one.at === department && one.role === role);
  if (found === undefined) throw new Error(`nobody is ${role} of ${department} in the demo city`);
  return { id: demoAccount(found.signInName), name: found.name };
}
export const demoBody = (name: string): string => demoId(`body ${name}`);

/** Loads みずほ野市 (fictional) with its organisation and people into an empty database; false when there is an organisation already. */
export async function seedDemoCity(database: DataSource, clock: Clock): Promise<boolean> {
  const guard = database.createQueryRunner();
  try {
    await guard.query(`select pg_advisory_lock(hashtextextended('tenken demo', 0))`);
    const found: unknown[] = await guard.query('select 1 from organisation limit 1');
    if (found.length > 0) return false;
    await inTransaction(database, { organisation: DEMO_ORGANISATION, actor: { ...PRODUCT, name: 'デモの準備' }, clock }, async (ctx) => {
      await scoped(ctx, Organisation).insert({ id: DEMO_ORGANISATION, name: 'みずほ野市', code: null, raisePriorityToFull: false, version: 1 });
      await scoped(ctx, ImplementingBody).insertMany(BODIES.map((name, position) => ({ id: demoBody(name), name: fullName(name), position, endedOn: null, version: 1 })));
      // First what nothing above it is missing; a successor is named when all are there.
      for (const [position, place] of PLACES.entries()) {
        await scoped(ctx, Department).insert({
          id: demoDepartment(place.name), bodyId: demoBody(place.body), parentId: place.under === undefined ? null : demoDepartment(place.under), name: place.name, headTitle: place.head,
          position, startedOn: place.started ?? null, endedOn: place.ended ?? null, successorId: null, version: 1,
        });
      }
      for (const place of PLACES) if (place.successor !== undefined) await scoped(ctx, Department).update({ id: demoDepartment(place.name) }, { successorId: demoDepartment(place.successor) });
      for (const one of PEOPLE) {
        const departmentId = one.at === null ? null : demoDepartment(one.at);
        const own = one.role === 'drafter' || one.role === 'section-head';
        await scoped(ctx, Account).insert({ id: demoAccount(one.signInName), signInName: one.signInName, name: one.name, departmentId, passwordHash: null, disabled: false, mustChangePassword: false, demoCard: one.card, version: 1 });
        await scoped(ctx, AccountRole).insert({ id: demoId(`role ${one.signInName}`), accountId: demoAccount(one.signInName), role: one.role, departmentId: own ? departmentId : null });
      }
      await record(ctx, { action: 'organisation-set-up', object: { kind: 'organisation', id: DEMO_ORGANISATION }, after: { name: 'みずほ野市', departments: PLACES.length, accounts: PEOPLE.length } });
    });
    return true;
  } finally {
    await guard.query(`select pg_advisory_unlock(hashtextextended('tenken demo', 0))`);
    await guard.release();
  }
}
