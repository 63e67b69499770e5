import { openSystemsTown, type SystemsTown } from '../../test/systems-town.js';
import { makeTown, TODAY, type Town } from '../../test/assessments-town.js';
import { refusal } from '../../test/declarations-town.js';
import { Departments } from '../identity/departments.service.js';
import { inProject } from '../kernel/root.js';
import type { Actor } from '../kernel/ctx.js';
import { newId } from '../kernel/ids.js';
import { history, verifyJournal } from '../kernel/journal.js';
import type { RiskInput } from './risk-changing.js';
import { loadRiskMatrices, RiskMatrices } from './risk-matrix.js';
import type { Measure, RuleOfRisk } from './risk-parts.js';
import { RiskRegister } from './risk-register.service.js';

let opened: SystemsTown;
let town: Town;
let register: RiskRegister;
let clerk: Actor;
let childrens: Actor;
let auditor: Actor;
let council: Actor;
let ended: string;

beforeAll(async () => {
  opened = await openSystemsTown();
  ({ town } = opened);
  register = new RiskRegister(loadRiskMatrices(inProject('templates'), TODAY.today()), opened.catalogue, new Departments());
  clerk = await town.person('drafter', town.pension, '国保の担当');
  childrens = await town.person('drafter', town.children, 'こどもの担当');
  auditor = await town.person('audit-secretariat', null, '監査事務局');
  council = await town.person('council-member', null, '委員');
  ended = newId();
  await opened.database.query(`insert into department (id, organisation_id, body_id, name, ended_on) values ($1, $2, $3, '旧保険課', '2025-03-31')`, [ended, town.organisation, town.body]);
});
afterAll(() => opened.close());
beforeEach(async () => {
  await opened.database.query('delete from risk');
});

const input = (more: Partial<RiskInput> = {}): RiskInput => ({
  title: '個人番号をのぞかれる', asset: '国保の資格の記録', threat: '担当でない職員が見る', cause: '権限が端末ごと', systemId: null, departmentId: town.pension, before: { likelihood: 3, impact: 3 }, after: null, ...more,
});
const add = (more: Partial<RiskInput> = {}, by = clerk): Promise<string> => town.as(by, (ctx) => register.add(ctx, input(more)));
const get = (id: string, by = clerk) => town.as(by, (ctx) => register.get(ctx, id));
const change = (id: string, seen: number, more: Partial<RiskInput>, by = clerk) => town.as(by, (ctx) => register.change(ctx, id, seen, input(more)));
const told = (id: string) => town.as(auditor, async (ctx) => (await history(ctx, { kind: 'risk', id })).map(({ action, path, before, after, comment }) => ({ action, path, before, after, comment })));
const merge = (from: string, into: string) => opened.database.query('update system set merged_into_id = $2 where id = $1', [from, into]);

describe('a risk', () => {
  it('is kept with its rating, and the journal says who added what', async () => {
    const system = await opened.add({ name: '国保システム' });
    const id = await add({ systemId: system, after: { likelihood: 1, impact: 3 } });
    expect(await get(id)).toMatchObject({
      title: '個人番号をのぞかれる', version: 1, departmentPath: '福祉部　国保年金課', system: { id: system, name: '国保システム' }, before: { likelihood: 3, impact: 3 }, after: { likelihood: 1, impact: 3 },
      ratingBefore: { label: '高' }, ratingAfter: { label: '中' }, residual: { label: '中' }, movement: 'lower', outdated: false, closedOn: null, changedBy: '国保の担当', may: { write: true },
    });
    expect(await told(id)).toEqual([{
      action: 'risk-added', after: {
        title: '個人番号をのぞかれる', asset: '国保の資格の記録', threat: '担当でない職員が見る', cause: '権限が端末ごと', system: { id: system, name: '国保システム' }, department: { id: town.pension, name: '国保年金課' },
        before: { likelihood: 3, impact: 3, matrix: '2026-04' }, after: { likelihood: 1, impact: 3, matrix: '2026-04' },
      },
    }]);
  });

  it('changed, has one entry for each field that changed; nothing changed is nothing written', async () => {
    const id = await add();
    expect(await change(id, 1, { cause: '  権限を\r\n見直していない ', after: { likelihood: 2, impact: 3 } })).toBe(2);
    expect((await get(id)).cause).toBe('権限を\n見直していない');
    expect(await told(id)).toMatchObject([
      { action: 'risk-changed', path: 'after', before: null, after: { likelihood: 2, impact: 3, matrix: '2026-04' } }, { action: 'risk-changed', path: 'cause', before: '権限が端末ごと', after: '権限を\n見直していない' }, { action: 'risk-added' },
    ]);
    expect(await change(id, 2, { cause: '権限を\n見直していない', after: { likelihood: 2, impact: 3 } })).toBe(2);
    expect(await told(id)).toHaveLength(3);
  });

  it('seen too long ago is a conflict with both sides, and nothing is overwritten', async () => {
    const id = await add();
    await change(id, 1, { title: '先に変えた' }, auditor);
    expect(await refusal(change(id, 1, { title: 'あとから変えた' }))).toMatchObject({ kind: 'conflict', code: 'stale', sides: { sent: { title: 'あとから変えた' }, current: { title: '先に変えた' }, currentVersion: 2, by: '監査事務局' } });
    expect((await get(id)).title).toBe('先に変えた');
  });

  it.each<[string, () => Partial<RiskInput>, string[]]>([
    ['without a title, an asset, a threat, a cause', () => ({ title: ' ', asset: '', threat: '\n', cause: '' }), ['field-missing', 'field-missing', 'field-missing', 'field-missing']],
    ['with a title too long', () => ({ title: '長'.repeat(201) }), ['answer-too-long']],
    ['with an invisible character', () => ({ threat: 'a\u0000b' }), ['control-character']],
    ['with half a pair of surrogates', () => ({ cause: '\ud800' }), ['broken-character']],
    ['without a department', () => ({ departmentId: '' }), ['department-unknown']],
    ['of an unknown department', () => ({ departmentId: newId() }), ['department-unknown']],
    ['of an ended department', () => ({ departmentId: ended }), ['department-ended']],
    ['of an unknown system', () => ({ systemId: newId() }), ['system-unknown']],
    ['of a system that is no id', () => ({ systemId: 'x' }), ['system-unknown']],
    ['without levels', () => ({ before: {} }), ['level-missing', 'level-missing']],
    ['with levels outside of the matrix', () => ({ before: { likelihood: 5, impact: 0 } }), ['level-unknown', 'level-unknown']],
    ['half judged after the measures', () => ({ after: { likelihood: 1 } }), ['after-half']],
    ['worse after the measures', () => ({ after: { likelihood: 4, impact: 4 } }), ['after-worse']],
    ['with a reason too long', () => ({ after: { likelihood: 4, impact: 4 }, note: '理'.repeat(501) }), ['answer-too-long', 'after-worse']],
  ])('%s is refused', async (_, more, problems) => {
    expect(await refusal(add(more()))).toMatchObject({ kind: 'invalid', code: 'risk-invalid', problems });
    expect(await opened.database.query('select 1 from risk')).toEqual([]);
  });

  it('of a merged system is refused with the name of the one to take', async () => {
    const [from, into] = [await opened.add({ name: '旧国保' }), await opened.add({ name: '新国保' })];
    await merge(from, into);
    expect((await refusal(add({ systemId: from }))).messages).toEqual(['「旧国保」は、「新国保」に統合されています。統合先のシステムを選んでください。']);
  });

  it('whose system was merged later is a risk of the one into which it was merged, and can be changed', async () => {
    const [from, into] = [await opened.add({ name: '旧介護' }), await opened.add({ name: '新介護' })];
    const id = await add({ systemId: from });
    await merge(from, into);
    expect((await get(id)).system).toMatchObject({ id: into, name: '新介護' });
    expect(await change(id, 1, { systemId: from, title: '名前だけ' })).toBe(2);
    expect(await change(id, 2, { systemId: into, title: '名前だけ' })).toBe(3);
    expect((await town.as(clerk, (ctx) => register.list(ctx, { systemId: into }))).risks.map((one) => one.id)).toEqual([id]);
  });

  it('in a department that ended later can be changed and kept there', async () => {
    const id = await add();
    await opened.database.query('update department set ended_on = $2 where id = $1', [town.pension, '2026-03-31']);
    try {
      expect(await change(id, 1, { title: '名前だけ' })).toBe(2);
      expect(await refusal(add())).toMatchObject({ problems: ['department-ended'] });
    } finally {
      await opened.database.query('update department set ended_on = null where id = $1', [town.pension]);
    }
  });
});

describe('worse after the measures', () => {
  const worse = { after: { likelihood: 4, impact: 3 } };

  it('is taken with a reason, which stays with the judgement', async () => {
    const id = await add({ ...worse, note: '新しい窓口で件数が増えたため' });
    expect(await get(id)).toMatchObject({ movement: 'higher', reason: { text: '新しい窓口で件数が増えたため', by: '国保の担当' } });
    expect(await change(id, 1, { ...worse, title: '名前だけを変えた' })).toBe(2);
    expect(await refusal(change(id, 2, { after: { likelihood: 4, impact: 4 } }))).toMatchObject({ problems: ['after-worse'] });
  });

  it('also when it becomes worse because the judgement before was lowered', async () => {
    const id = await add({ after: { likelihood: 2, impact: 3 } });
    const lowered = { before: { likelihood: 1, impact: 3 }, after: { likelihood: 2, impact: 3 } };
    expect(await refusal(change(id, 1, lowered))).toMatchObject({ problems: ['after-worse'] });
    expect(await change(id, 1, { ...lowered, note: '前の見方が重すぎた' })).toBe(2);
    expect((await told(id))[0]).toMatchObject({ path: 'before', comment: '前の見方が重すぎた' });
  });

  it('a reason alone is kept too', async () => {
    const id = await add({ after: { likelihood: 2, impact: 3 } });
    expect(await change(id, 1, { after: { likelihood: 2, impact: 3 }, note: '記録を確かめた' })).toBe(2);
    expect((await get(id)).reason?.text).toBe('記録を確かめた');
  });
});

describe('rights', () => {
  it('the department of the risk writes, that of its system reads, others are refused, and who has no right at all', async () => {
    const system = await opened.add({ name: 'こどもシステム', departmentId: town.children });
    await opened.database.query('insert into system_use (id, organisation_id, system_id, department_id) values ($1, $2, $3, $4)', [newId(), town.organisation, system, town.pension]);
    const [shared, own] = [await add({ systemId: system }), await add()];
    expect((await get(shared, childrens)).may.write).toBe(false);
    expect(await refusal(change(shared, 1, {}, childrens))).toMatchObject({ kind: 'refused', code: 'not-allowed' });
    expect(await refusal(get(own, childrens))).toMatchObject({ kind: 'refused', code: 'other-department' });
    expect(await refusal(get(own, council))).toMatchObject({ kind: 'refused', code: 'other-department' });
    expect((await get(own, auditor)).may.write).toBe(true);
    const idsOf = async (by: Actor) => new Set((await town.as(by, (ctx) => register.list(ctx))).risks.map((one) => one.id));
    expect([await idsOf(clerk), await idsOf(childrens), await idsOf(auditor), await idsOf(council)]).toEqual([new Set([shared, own]), new Set([shared]), new Set([shared, own]), new Set()]);
  });

  it('nobody adds to another department, gives a risk away, or names a system that is not to be seen', async () => {
    const system = await opened.add({ name: 'こどもだけのシステム', departmentId: town.children });
    expect(await refusal(add({ departmentId: town.children }))).toMatchObject({ kind: 'refused', code: 'not-allowed' });
    expect(await refusal(add({ systemId: system }))).toMatchObject({ kind: 'refused', code: 'other-department' });
    const id = await add();
    expect(await refusal(change(id, 1, { departmentId: town.children }))).toMatchObject({ kind: 'refused', code: 'not-allowed' });
    expect(await change(id, 1, { departmentId: town.children }, auditor)).toBe(2);
    expect(await refusal(get(id))).toMatchObject({ code: 'other-department' });
  });

  it('systems to choose are those that the person may see, and every platform', async () => {
    await opened.database.query('delete from system_use');
    await opened.database.query('update system set merged_into_id = null');
    await opened.database.query('delete from system');
    await opened.add({ name: '乙', departmentId: town.children });
    await opened.add({ name: '甲' });
    await opened.add({ name: '基盤', kind: 'platform', departmentId: town.children });
    const names = async (by: Actor) => (await town.as(by, (ctx) => register.systems(ctx))).map((one) => one.name).sort();
    expect([await names(clerk), await names(auditor), await names(council)]).toEqual([['基盤', '甲'], ['乙', '基盤', '甲'], []]);
  });

  it('nothing of another organisation is found, read or changed', async () => {
    const other = await makeTown(opened.database, 'あさぎり町');
    const stranger = await other.person('audit-secretariat', null, 'よその監査');
    const id = await add();
    const not = { kind: 'not-found' };
    expect(await refusal(other.as(stranger, (ctx) => register.get(ctx, id)))).toMatchObject(not);
    expect(await refusal(other.as(stranger, (ctx) => register.change(ctx, id, 1, input())))).toMatchObject(not);
    expect(await refusal(other.as(stranger, (ctx) => register.close(ctx, id, 1, 'x')))).toMatchObject(not);
    expect(await refusal(other.as(stranger, (ctx) => register.setMeasures(ctx, id, 1, [])))).toMatchObject(not);
    expect(await refusal(other.as(stranger, (ctx) => register.setRules(ctx, id, 1, [], () => true)))).toMatchObject(not);
    expect(await refusal(other.as(stranger, (ctx) => register.history(ctx, id)))).toMatchObject(not);
    expect((await other.as(stranger, (ctx) => register.list(ctx, { state: 'all' }))).total).toBe(0);
    const system = await opened.add({ name: 'よそからは見えない' });
    expect(await refusal(other.as(stranger, (ctx) => register.add(ctx, input({ departmentId: other.pension, systemId: system }))))).toMatchObject({ problems: ['system-unknown'] });
    expect(await refusal(other.as(stranger, (ctx) => register.add(ctx, input({ departmentId: town.pension }))))).toMatchObject({ problems: ['department-unknown'] });
  });
});

describe('measures', () => {
  const lock: Measure = { text: '画面を自動で閉じる', control: 'screen-lock', state: 'in-place' };
  const plan: Measure = { text: '研修で伝える', control: null, state: 'planned' };
  const set = (id: string, seen: number, measures: Measure[], by = clerk) => town.as(by, (ctx) => register.setMeasures(ctx, id, seen, measures));

  it('are saved as a whole, in their order, with the version of the risk', async () => {
    const id = await add();
    expect(await set(id, 1, [lock, plan])).toBe(2);
    expect(await set(id, 2, [plan, { ...lock, state: 'planned' }])).toBe(3);
    expect((await get(id)).measures).toEqual([{ ...plan, controlLabel: null }, { ...lock, state: 'planned', controlLabel: '離席したときの画面ロック' }]);
    expect((await told(id))[0]).toMatchObject({ path: 'measures', before: [{ text: '画面を自動で閉じる', state: 'in-place', label: '離席したときの画面ロック' }, { text: '研修で伝える', label: null }], after: [{}, { state: 'planned' }] });
    expect(await set(id, 3, [plan, { ...lock, state: 'planned' }])).toBe(3);
    expect(await set(id, 3, [])).toBe(4);
    expect((await get(id)).measures).toEqual([]);
  });

  it.each<[string, Measure[], string[]]>([
    ['without a text', [{ ...lock, text: ' ' }], ['field-missing']], ['too long', [{ ...lock, text: '長'.repeat(501) }], ['answer-too-long']],
    ['an unknown control', [lock, { ...plan, control: 'no-such-control' }], ['control-unknown']], ['an unknown state', [{ ...lock, state: 'done' as never }], ['field-invalid']],
    ['too many', Array.from({ length: 31 }, () => plan), ['too-many']],
  ])('%s is refused, with the line named', async (_, measures, problems) => {
    const id = await add();
    expect(await refusal(set(id, 1, measures))).toMatchObject({ kind: 'invalid', code: 'measures-invalid', problems });
    expect((await get(id)).version).toBe(1);
  });

  it('stale is a conflict with both lists; another department is refused', async () => {
    const id = await add();
    await set(id, 1, [lock]);
    expect(await refusal(set(id, 1, [plan]))).toMatchObject({ kind: 'conflict', sides: { sent: [plan], current: [lock] } });
    expect(await refusal(set(id, 2, [plan], childrens))).toMatchObject({ kind: 'refused' });
  });
});

describe('rules', () => {
  const rule = (code: string): RuleOfRisk => ({ ruleSet: 'sample', rule: code });
  const set = (id: string, seen: number, rules: RuleOfRisk[], known: readonly string[] = ['a', 'b']) => town.as(clerk, (ctx) => register.setRules(ctx, id, seen, rules, (one) => known.includes(one.rule)));

  it('are kept once each, by code; the journal has the list before and after', async () => {
    const id = await add();
    expect(await set(id, 1, [rule('b'), rule('a'), rule('b')])).toBe(2);
    expect((await get(id)).rules).toEqual([rule('a'), rule('b')]);
    expect(await set(id, 2, [rule('b'), rule('a')])).toBe(2);
    expect(await set(id, 2, [rule('b')])).toBe(3);
    expect((await told(id))[0]).toMatchObject({ path: 'rules', before: [rule('a'), rule('b')], after: [rule('b')] });
  });

  it('that nobody knows are refused; one that was linked before may stay', async () => {
    const id = await add();
    expect(await refusal(set(id, 1, [rule('a'), rule('x')]))).toMatchObject({ kind: 'invalid', problems: ['rule-unknown'] });
    await set(id, 1, [rule('a')]);
    expect(await set(id, 2, [rule('a'), rule('b')], ['b'])).toBe(3);
    expect(await set(id, 3, [rule('b')], [])).toBe(4);
  });

  it('too many are refused, and a stale list is a conflict', async () => {
    const id = await add();
    const many = Array.from({ length: 41 }, (_, n) => rule(`r${n}`));
    expect(await refusal(set(id, 1, many, many.map((one) => one.rule)))).toMatchObject({ problems: ['too-many'] });
    await set(id, 1, [rule('a')]);
    expect(await refusal(set(id, 1, [rule('b')]))).toMatchObject({ kind: 'conflict', sides: { sent: [rule('b')], current: [rule('a')] } });
  });
});

describe('closing', () => {
  const close = (id: string, seen: number, reason: string) => town.as(clerk, (ctx) => register.close(ctx, id, seen, reason));
  const reopen = (id: string, seen: number, reason: string) => town.as(clerk, (ctx) => register.reopen(ctx, id, seen, reason));

  it('with a reason takes it out of the list; opening it again brings it back', async () => {
    const id = await add();
    expect(await close(id, 1, 'システムをやめた')).toBe(2);
    expect(await get(id)).toMatchObject({ closedOn: '2026-11-21', closedReason: 'システムをやめた' });
    const states = async () => Promise.all((['open', 'closed', 'all'] as const).map(async (state) => (await town.as(clerk, (ctx) => register.list(ctx, { state }))).total));
    expect(await states()).toEqual([0, 1, 1]);
    expect(await reopen(id, 2, 'また使うことになった')).toBe(3);
    expect(await states()).toEqual([1, 0, 1]);
    expect((await told(id)).map((one) => [one.action, one.comment])).toEqual([['risk-reopened', 'また使うことになった'], ['risk-closed', 'システムをやめた'], ['risk-added', undefined]]);
  });

  it('without a reason, twice, or of what is not closed is refused; a closed risk is not changed', async () => {
    const id = await add();
    expect(await refusal(close(id, 1, ' '))).toMatchObject({ kind: 'invalid', problems: ['field-missing'] });
    expect(await refusal(reopen(id, 1, 'x'))).toMatchObject({ kind: 'refused', code: 'not-closed' });
    await close(id, 1, '終わり');
    expect(await refusal(close(id, 2, '終わり'))).toMatchObject({ kind: 'refused', code: 'closed' });
    expect(await refusal(change(id, 2, {}))).toMatchObject({ kind: 'refused', code: 'closed' });
    expect(await refusal(town.as(clerk, (ctx) => register.setMeasures(ctx, id, 2, [])))).toMatchObject({ code: 'closed' });
    expect(await refusal(reopen(id, 1, 'x'))).toMatchObject({ kind: 'conflict' });
  });
});

describe('the list', () => {
  it('has the gravest first, and is narrowed by department, system, rating, words', async () => {
    const system = await opened.add({ name: '宛名システム' });
    await add({ title: '軽い', before: { likelihood: 1, impact: 1 } });
    await add({ title: '下がった', before: { likelihood: 4, impact: 4 }, after: { likelihood: 1, impact: 2 } });
    await add({ title: '重い', before: { likelihood: 4, impact: 4 }, systemId: system, cause: 'ＩＤを共用' });
    await add({ title: 'こどもの課', departmentId: town.children }, childrens);
    const titles = async (filter: Parameters<RiskRegister['list']>[1]) => (await town.as(auditor, (ctx) => register.list(ctx, filter))).risks.map((one) => one.title);
    expect(await titles({})).toEqual(['重い', 'こどもの課', '下がった', '軽い']);
    expect(await titles({ departmentId: town.children })).toEqual(['こどもの課']);
    expect(await titles({ departmentId: 'x' })).toEqual([]);
    expect(await titles({ systemId: system })).toEqual(['重い']);
    expect(await titles({ before: 'extreme' })).toEqual(['重い', '下がった']);
    expect(await titles({ after: 'low' })).toEqual(['下がった']);
    expect(await titles({ after: 'none' })).toEqual(['重い', 'こどもの課', '軽い']);
    expect(await titles({ words: 'id' })).toEqual(['重い']);
    expect(await titles({ words: 'どこにもない' })).toEqual([]);
    expect(await titles({ sort: 'before' })).toEqual(['軽い', 'こどもの課', '重い', '下がった']);
    expect(await titles({ sort: '-after' })).toEqual(['下がった', '重い', 'こどもの課', '軽い']);
  });

  it('comes fifty a page; a page that is not there is the last', async () => {
    for (let n = 0; n < 51; n += 1) await add({ title: `リスク${String(n).padStart(2, '0')}` });
    const found = await town.as(clerk, (ctx) => register.list(ctx, { page: 9 }));
    expect([found.total, found.page, found.pages, found.risks.map((one) => one.title)]).toEqual([51, 2, 2, ['リスク50']]);
    expect(await town.as(clerk, (ctx) => register.all(ctx))).toHaveLength(51);
  });
});

describe('another version of the matrix', () => {
  it('leaves what was judged as it was, until it is judged again', async () => {
    const id = await add();
    const [now] = register.matrices.all;
    const newer = new RiskRegister(new RiskMatrices([{ ...now!, validity: { from: '2026-04-01', until: '2026-11-01' } }, { ...now!, version: '2026-11', validity: { from: '2026-11-01' }, grid: now!.grid.map((row) => row.map((code) => (code === 'high' ? 'extreme' : code))) }], TODAY.today()), opened.catalogue, new Departments());
    expect(await town.as(clerk, (ctx) => newer.get(ctx, id))).toMatchObject({ outdated: true, ratingBefore: { label: '高' }, matrix: { version: '2026-04' } });
    expect(await town.as(clerk, (ctx) => newer.change(ctx, id, 1, input()))).toBe(2);
    expect(await town.as(clerk, (ctx) => newer.get(ctx, id))).toMatchObject({ outdated: false, ratingBefore: { label: '極めて高い' } });
    const [latest] = await town.as(clerk, (ctx) => newer.history(ctx, id));
    expect(latest).toMatchObject({ what: '変更', fieldName: '対策前の評価', before: '発生のしやすさ「高い」 × 影響「重い」＝「高」', after: '発生のしやすさ「高い」 × 影響「重い」＝「極めて高い」' });
  });
});

describe('the history in words', () => {
  it('tells every kind of change', async () => {
    const id = await add();
    await town.as(clerk, async (ctx) => {
      await register.setMeasures(ctx, id, 1, [{ text: '閉じる', control: 'screen-lock', state: 'in-place' }]);
      await register.setRules(ctx, id, 2, [{ ruleSet: 'sample', rule: 's-one' }], () => true);
      await register.close(ctx, id, 3, '終わり');
      await register.reopen(ctx, id, 4, '続ける');
    });
    expect((await town.as(clerk, (ctx) => register.history(ctx, id))).map(({ what, fieldName, before, after, comment }) => [what, fieldName, before, after, comment])).toEqual([
      ['再開', null, '', '', '続ける'], ['終了', null, '', '', '終わり'], ['変更', '結び付けた規則', '', 's-one', null], ['変更', '対策', '', '実施済み　閉じる（統制：離席したときの画面ロック）', null], ['追加', null, '', '個人番号をのぞかれる', null],
    ]);
    expect((await verifyJournal(opened.database)).problems).toEqual([]);
  });
});
