/** The risks of the demo city, in our own words. */
import { AssessmentRisks } from '../assessments/assessment-risks.service.js';
import { RiskChallenges } from '../checks/risk-challenges.service.js';
import { splitAddress, type Code } from '../engine/form.js';
import type { Actor, Ctx } from '../kernel/ctx.js';
import { inTransaction } from '../kernel/database.js';
import { keyOfRule, type Measure } from '../risks/risk-parts.js';
import { RiskRegister } from '../risks/risk-register.service.js';
import { demoDepartment, demoId, DEMO_ORGANISATION } from './city.js';
import type { DemoServices } from './load.js';

export interface DemoRisk {
  title: string;
  asset: string;
  threat: string;
  cause: string;
  /** Name of a department. */
  department: string;
  /** Name of a system or platform; null: no single one. */
  system: string | null;
  /** Likelihood and impact, from 1. */
  before: [number, number];
  after: [number, number] | null;
  note?: string;
  measures: Measure[];
  /** `<rule set>/<rule>`. */
  rules: string[];
  /** Statutory items behind which it stands: name of an assessment of the demo, and the item; in a repeated section its first row. */
  statutory?: { assessment: string; item: Code }[];
  /** Why it was closed. */
  closed?: string;
}

const inPlace = (text: string, control: Code | null): Measure => ({ text, control, state: 'in-place' });
const planned = (text: string, control: Code | null): Measure => ({ text, control, state: 'planned' });

export const DEMO_RISKS: readonly DemoRisk[] = [
  {
    title: '事務に関わらない職員が個人番号を見る', asset: '受給者と保護者の個人番号', department: '子育て支援課', system: 'こども医療費助成システム',
    threat: 'システムに入れる職員が、担当でない世帯の個人番号を興味や頼まれごとから見て、外へ伝える。', cause: '登録した個人番号が、利用者の区別なく画面に出る。だれが見たかを確かめる仕組みもない。',
    before: [4, 3], after: [3, 3],
    measures: [inPlace('アクセス権限を利用者ごとに設定し、担当の業務だけを使えるようにする', 'access-right-unit'), planned('登録したあとの個人番号は、課長が認めた2人だけが見られるようにする', 'my-number-viewing'), planned('個人番号を表示した操作を記録し、毎月確かめる', 'my-number-viewing-monitoring')],
    rules: ['my-number-audit/mn-access-right-unit', 'my-number-audit/mn-number-viewing'],
    statutory: [{ assessment: 'child-medical.full', item: 'use-risk2-adequacy' }, { assessment: 'child-medical.full', item: 'use-risk3-adequacy' }],
  },
  {
    title: '離席した端末を来庁者や他の職員に使われる', asset: '画面に出ている受給者の情報', department: '子育て支援課', system: 'こども医療費助成システム',
    threat: '窓口の職員が席を立った間に、開いたままの画面を見られたり操作されたりする。', cause: '窓口と端末が近く、混む時間は短い離席が多い。',
    before: [4, 2], after: [2, 2],
    measures: [inPlace('操作がないときは10分で画面を自動で閉じる', 'screen-lock'), inPlace('画面を来庁者から見えない向きに置き、のぞき見を防ぐ板を付ける', null)],
    rules: ['my-number-audit/mn-leaving-seat', 'administrative-audit/aa-screen-lock'],
    statutory: [{ assessment: 'child-medical.full', item: 'retention-risk1-adequacy' }],
  },
  {
    title: '入力の誤りで別の子に助成の決定が届く', asset: '助成の決定の正しさ', department: '子育て支援課', system: 'こども医療費助成システム',
    threat: '同じ名前の子や双子を取り違えて登録し、別の世帯に受給者証や通知を送る。', cause: '申請が月初めに集中し、入力した者だけで確定していた時期がある。',
    before: [3, 3], after: [2, 3],
    measures: [inPlace('入力した者とは別の職員が確かめるまで、決定を確定できないようにする', 'input-verification'), inPlace('個人番号の検査用数字と住民記録との一致を、入力のときに確かめる', 'my-number-check')],
    rules: ['my-number-audit/mn-input-second-person', 'my-number-audit/mn-input-error-detection', 'my-number-audit/mn-number-check'],
    statutory: [{ assessment: 'child-medical.full', item: 'acquisition-risk3-adequacy' }],
  },
  {
    title: '保存期間を過ぎた記録が消されずに残る', asset: '資格を失った人の認定と給付の記録', department: '介護保険課', system: '介護保険システム',
    threat: '要らなくなった記録が残り続け、漏えいや不正な閲覧のときの被害が大きくなる。', cause: '消去の作業が手作業で、年度末の忙しさで先送りされる。消した記録も残していない。',
    before: [4, 2], after: null,
    measures: [planned('保存期間を過ぎた記録を年度末に自動で消す設定を入れる', 'deletion'), planned('消した範囲と日を記録し、課長が確かめる', 'deletion-record')],
    rules: ['my-number-audit/mn-deletion'],
  },
  {
    title: '委託先が定めのないまま個人情報を扱う', asset: '手帳と支給決定の情報', department: '障害福祉課', system: '障害福祉システム',
    threat: '保守の作業で見た情報を、委託先の職員が持ち出したり、契約が終わっても持ち続けたりする。', cause: '保守の契約に、個人情報の取扱いの条項が入っていない。',
    before: [2, 4], after: [2, 4], note: '契約を直すのは次の更新のときになり、今年度は対策の効果を見込めない。',
    measures: [planned('契約の更新で、持出しの禁止、返却と消去、報告の条項を入れる', 'outsourcing-clauses'), inPlace('保守の作業には職員が立ち会う', 'outsourcing-access')],
    rules: ['administrative-audit/aa-contract-clause', 'my-number-audit/mn-contract-clauses'],
  },
  {
    title: '執務室に置いたサーバが盗まれる、壊れる', asset: '保護の決定と支給の記録', department: '社会福祉課', system: '生活保護システム',
    threat: '夜間の侵入、火災、水ぬれで機器ごと失われ、保護費の支給が止まる。', cause: 'サーバが鍵だけの執務室にあり、バックアップも同じ部屋に置いている。',
    before: [2, 4], after: [2, 3],
    measures: [inPlace('サーバを鍵のかかるラックに入れる', 'server-place-security'), planned('バックアップを本庁舎のマシンルームに移す', 'backup-storage'), planned('年に1回、バックアップから戻せるかを試す', 'restore-test-interval')],
    rules: ['administrative-audit/aa-backup-elsewhere', 'safety-measures/sm-machine-room-locked'],
  },
  {
    title: 'だれの操作かわからない端末で記録を書き換えられる', asset: '給食費の納入の記録', department: '学校給食課', system: '学校給食費管理システム',
    threat: '納入の記録を書き換えたり、未納の世帯の名簿を持ち出したりしても、だれがしたかを確かめられない。', cause: '利用者IDがなく、端末を開けばだれでも使える。操作の記録も残らない。',
    before: [4, 3], after: [4, 2],
    measures: [inPlace('端末を事務室の鍵のかかる棚に入れ、使うときに借用簿に書く', 'terminal-securing'), planned('更新するシステムで利用者ごとのIDと操作の記録を使う', 'account-assignment')],
    rules: ['administrative-audit/aa-individual-id', 'administrative-audit/aa-access-log'],
  },
  {
    title: '審査会の資料を入れた媒体をなくす', asset: '要介護認定の主治医意見と調査の記録', department: '介護保険課', system: '要介護認定支援ソフト',
    threat: '会場への行き帰りに媒体を落とし、拾った者に認定の内容を読まれる。', cause: '持ち運びの媒体を台帳で管理しておらず、暗号化もしていない。',
    before: [3, 4], after: [2, 4],
    measures: [inPlace('持ち出すときは2人で運び、戻ったことを課長に報告する', 'media-taking-out'), planned('暗号化した媒体だけを台帳に載せて使う', 'media-encryption')],
    rules: ['administrative-audit/aa-media-managed', 'administrative-audit/aa-media-encrypted'],
  },
  {
    title: 'マシンルームの停電で窓口の事務が止まる', asset: '窓口の事務が続くこと', department: '情報政策課', system: '本庁舎マシンルーム',
    threat: '長い停電や空調の故障で、多くのシステムが同時に止まる。', cause: '自家発電の燃料が半日分しかない。',
    before: [2, 4], after: [1, 3],
    measures: [inPlace('毎日のバックアップを別の庁舎にも置く', 'backup-storage'), inPlace('年に1回、止まったときの証明書の発行を訓練する', null)],
    rules: [],
  },
  {
    title: '古い端末に残った児童扶養手当の記録を見られる', asset: '受給者の所得の記録', department: '子育て支援課', system: '旧 児童扶養手当システム',
    threat: '使わなくなった端末から、残った記録を読み出される。', cause: 'システムをやめたあと、端末の記録を消していなかった。',
    before: [3, 3], after: [1, 2],
    measures: [inPlace('記録装置を取り出して壊し、立ち会った職員が記録を残す', 'equipment-disposal')], rules: ['my-number-audit/mn-equipment-disposal'],
    closed: '端末を廃棄し、記録装置を壊したことを写真で確かめたため。',
  },
];

/**
 * @param systems ids of systems and platforms by name
 * @param assessments ids of the demo's assessments by name (`child-medical.full`)
 * @returns ids of the risks by title
 * @throws Error for a name, a rule or an item that is not there
 */
export async function loadDemoRisks({ app, database, clock }: DemoServices, systems: ReadonlyMap<string, string>, assessments: ReadonlyMap<string, string>): Promise<Map<string, string>> {
  const [register, links, challenges] = [app.get(RiskRegister), app.get(AssessmentRisks), app.get(RiskChallenges)];
  const ids = new Map<string, string>();
  for (const one of DEMO_RISKS) {
    await inTransaction(database, { organisation: DEMO_ORGANISATION, actor: clerkOf(one.department), clock }, async (ctx) => {
      const levels = (pair: [number, number]) => ({ likelihood: pair[0], impact: pair[1] });
      const known = new Set((await challenges.rules(ctx)).flatMap((set) => set.rules.map(({ code }) => keyOfRule({ ruleSet: set.ruleSet, rule: code }))));
      const id = await register.add(ctx, {
        title: one.title, asset: one.asset, threat: one.threat, cause: one.cause, departmentId: demoDepartment(one.department), systemId: one.system === null ? null : there(systems, one.system),
        before: levels(one.before), after: one.after === null ? null : levels(one.after), ...(one.note === undefined ? {} : { note: one.note }),
      });
      const rules = one.rules.map((key) => ({ ruleSet: key.slice(0, key.indexOf('/')), rule: key.slice(key.indexOf('/') + 1) }));
      const version = await register.setRules(ctx, id, await register.setMeasures(ctx, id, 1, one.measures), rules, (rule) => known.has(keyOfRule(rule)));
      for (const { assessment, item } of one.statutory ?? []) await linkTo(ctx, links, there(assessments, assessment), item, id);
      if (one.closed !== undefined) await register.close(ctx, id, version, one.closed);
      ids.set(one.title, id);
    });
  }
  return ids;
}

async function linkTo(ctx: Ctx, links: AssessmentRisks, assessmentId: string, item: Code, riskId: string): Promise<void> {
  const place = (await links.statutoryRisks(ctx, assessmentId)).risks.find((one) => splitAddress(one.address).item === item);
  if (place === undefined) throw new Error(`the assessment ${assessmentId} of the demo city has no item ${item}`);
  await links.link(ctx, assessmentId, place.address, riskId);
}

function there(ids: ReadonlyMap<string, string>, name: string): string {
  const id = ids.get(name);
  if (id === undefined) throw new Error(`the demo city has no 「${name}」`);
  return id;
}

/** 担当 of a section; not every office of the city has an account. */
function clerkOf(department: string): Actor {
  const id = demoDepartment(department);
  return { id: demoId(`office ${department} drafter`), name: `${department}　担当`, department: id, grants: [{ role: 'drafter', department: id }] };
}
