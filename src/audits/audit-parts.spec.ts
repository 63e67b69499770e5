import fc from 'fast-check';
import { openAuditsTown, plan, type AuditsTown } from '../../test/audits-town.js';
import { Conflict, NotFound, Refused, type TenkenError } from '../kernel/errors.js';
import type { CaseInput } from './audit-cases.service.js';
import type { PersonInput } from './audit-people.service.js';
import type { StepInput } from './audit-schedule.service.js';

let town: AuditsTown;
let audit: string;
beforeAll(async () => { town = await openAuditsTown(); });
afterAll(() => town.close());
beforeEach(async () => { audit = await town.by((ctx) => town.audits.add(ctx, plan())); });

const problemsOf = async (work: Promise<unknown>): Promise<string[]> => work.then(() => [], (error: TenkenError) => error.problems.map((one) => `${one.path}:${one.code}`));
const viewpoint = (text: string, parentId: string | null = null): Promise<string> => town.by((ctx) => town.parts.viewpoints.add(ctx, audit, { parentId, text }));
const viewpoints = (): Promise<string[]> => town.by(async (ctx) => (await town.parts.viewpoints.of(ctx, audit)).map((one) => `${'　'.repeat(one.depth)}${one.number} ${one.text}`));

describe('viewpoints', () => {
  // 函館市: 11 着眼点 in 3 groups; 大阪府: 7 without groups.
  it('stand in groups as the Hakodate report numbers them, and without groups as the Osaka audits do', async () => {
    const counts = [['電算システムに係る人的管理', 5], ['物理的管理', 3], ['技術的管理', 3]] as const;
    for (const [group, count] of counts) {
      const id = await viewpoint(group);
      for (let n = 1; n <= count; n += 1) await viewpoint(`${group}${n}`, id);
    }
    const all = await viewpoints();
    expect(all.filter((one) => !one.startsWith('　'))).toEqual(['(1) 電算システムに係る人的管理', '(2) 物理的管理', '(3) 技術的管理']);
    expect(all.slice(1, 6).map((one) => one.trim().split(' ')[0])).toEqual(['ア', 'イ', 'ウ', 'エ', 'オ']);
    expect((await town.by((ctx) => town.audits.get(ctx, audit))).counts.viewpoints).toBe(11);
    const osaka = await town.by((ctx) => town.audits.add(ctx, plan({ kind: 'information-security', fiscalYear: 2017 })));
    for (let n = 1; n <= 7; n += 1) await town.by((ctx) => town.parts.viewpoints.add(ctx, osaka, { parentId: '', text: `着眼点${n}` }));
    expect((await town.by((ctx) => town.parts.viewpoints.of(ctx, osaka))).map((one) => one.number)).toEqual(['(1)', '(2)', '(3)', '(4)', '(5)', '(6)', '(7)']);
  });

  it('are taken over from a rule set under its groups, once each, and remember where they come from', async () => {
    const taken = [{ ruleSet: 'administrative-audit', viewpoint: 'a', group: '人的管理', text: '研修' }, { ruleSet: 'administrative-audit', viewpoint: 'b', group: '人的管理', text: '持出し' }, { ruleSet: 'my-number-audit', viewpoint: 'a', group: null, text: '閲覧' }];
    expect(await town.by((ctx) => town.parts.viewpoints.takeOver(ctx, audit, [...taken, taken[0]!]))).toBe(3);
    expect(await viewpoints()).toEqual(['(1) 人的管理', '　ア 研修', '　イ 持出し', '(2) 閲覧']);
    expect(await town.by((ctx) => town.parts.viewpoints.takeOver(ctx, audit, taken))).toBe(0);
    expect((await town.by((ctx) => town.parts.viewpoints.of(ctx, audit)))[1]).toMatchObject({ ruleSet: 'administrative-audit', viewpoint: 'a' });
    expect(await problemsOf(town.by((ctx) => town.parts.viewpoints.takeOver(ctx, audit, [])))).toEqual(['viewpoint:nothing-chosen']);
  });

  it('are not put below themselves, below another audit’s, or deeper than three', async () => {
    const [a, other] = [await viewpoint('A'), await town.by((ctx) => town.audits.add(ctx, plan()))];
    const b = await viewpoint('B', a);
    const c = await viewpoint('C', b);
    const elsewhere = await town.by((ctx) => town.parts.viewpoints.add(ctx, other, { parentId: null, text: 'よそ' }));
    expect(await problemsOf(viewpoint('D', c))).toEqual(['parentId:too-deep']);
    expect(await problemsOf(viewpoint('D', elsewhere))).toEqual(['parentId:parent-unknown']);
    expect(await problemsOf(viewpoint(' '))).toEqual(['text:missing']);
    const change = (id: string, parentId: string): Promise<void> => town.by((ctx) => town.parts.viewpoints.change(ctx, id, 1, { parentId, text: 'x' }));
    expect(await problemsOf(change(a, c))).toEqual(['parentId:parent-within']);
    const d = await viewpoint('D');
    expect(await problemsOf(change(a, d))).toEqual(['parentId:too-deep']);
    await change(c, '');
    await expect(change(c, '')).rejects.toBeInstanceOf(Conflict);
  });

  it('that findings or records cite, or under which others stand, are not taken away', async () => {
    const [a, free] = [await viewpoint('A'), await viewpoint('自由')];
    const b = await viewpoint('B', a);
    const finding = await town.finding(audit, { viewpoint: b });
    const remove = (id: string, seen = 1): Promise<void> => town.by((ctx) => town.parts.viewpoints.remove(ctx, id, seen));
    await expect(remove(a)).rejects.toMatchObject({ code: 'has-below' });
    await expect(remove(b)).rejects.toMatchObject({ code: 'cited', message: expect.stringContaining('検出事項「権限の削除の遅れ」') as string, problems: [{ code: 'cited', path: '', message: '検出事項「権限の削除の遅れ」', href: `/findings/${finding}` }] });
    await expect(remove(free, 2)).rejects.toBeInstanceOf(Conflict);
    await remove(free);
    expect(await viewpoints()).toEqual(['(1) A', '　ア B']);
  });

  it('however they are moved, each stays where it belongs and none is lost', async () => {
    const texts = ['A', 'B', 'C', 'D'];
    const ids = new Map<string, string>();
    for (const text of texts) ids.set(text, await viewpoint(text));
    let order = [...texts];
    await fc.assert(fc.asyncProperty(fc.constantFrom(...texts), fc.constantFrom('up' as const, 'down' as const), async (text, direction) => {
      await town.by((ctx) => town.parts.viewpoints.move(ctx, ids.get(text)!, direction));
      const at = order.indexOf(text);
      const to = direction === 'up' ? at - 1 : at + 1;
      if (to >= 0 && to < order.length) order = order.map((one, n) => (n === at ? order[to]! : n === to ? text : one));
      expect((await viewpoints()).map((one) => one.split(' ')[1])).toEqual(order);
    }), { numRuns: 25 });
  });

  it('are the secretariat’s to write, and nobody’s once the audit is closed', async () => {
    await expect(town.town.as(town.member, (ctx) => town.parts.viewpoints.add(ctx, audit, { parentId: null, text: 'x' }))).rejects.toBeInstanceOf(Refused);
    await expect(town.town.as(town.clerk, (ctx) => town.parts.of(ctx, audit))).rejects.toBeInstanceOf(Refused);
    await town.database.query(`update audit set status = 'closed' where id = $1`, [audit]);
    await expect(viewpoint('x')).rejects.toMatchObject({ code: 'audit-closed' });
  });
});

describe('people', () => {
  const input = (more: Partial<PersonInput> = {}): PersonInput => ({ role: 'member', title: '監査委員', name: '委員A', accountId: null, disqualifiedReason: null, ...more });
  const add = (more: Partial<PersonInput> = {}): Promise<string> => town.by((ctx) => town.parts.people.add(ctx, audit, input(more)));

  it('one may be disqualified, not all once the audit has begun', async () => {
    const [a, b] = [await add(), await add({ name: '委員B' })];
    await add({ role: 'secretariat', title: '事務局長', name: '局長' });
    await town.by((ctx) => town.audits.move(ctx, audit, 'begin'));
    const disqualify = (id: string, seen: number): Promise<void> => town.by((ctx) => town.parts.people.change(ctx, id, seen, input({ disqualifiedReason: '兄が受検機関に勤める' })));
    await disqualify(a, 1);
    await expect(disqualify(b, 1)).rejects.toMatchObject({ code: 'no-member-left' });
    await expect(town.by((ctx) => town.parts.people.remove(ctx, b, 1))).rejects.toMatchObject({ code: 'no-member-left' });
    await expect(town.by((ctx) => town.parts.people.change(ctx, b, 1, input({ role: 'secretariat' })))).rejects.toMatchObject({ code: 'no-member-left' });
    expect((await town.by((ctx) => town.parts.people.of(ctx, audit))).map((one) => [one.role, one.name, one.disqualifiedReason])).toEqual([
      ['member', '委員A', '兄が受検機関に勤める'], ['member', '委員B', null], ['secretariat', '局長', null],
    ]);
  });

  it('are accounts with a role of auditing, each once', async () => {
    await town.database.query(`insert into account_role (id, organisation_id, account_id, role) values (gen_random_uuid(), $1, $2, 'audit-member')`, [town.town.organisation, town.member.id]);
    expect(await town.by((ctx) => town.parts.people.accounts(ctx))).toContainEqual({ id: town.member.id, name: '監査委員', role: 'member' });
    await add({ accountId: town.member.id });
    expect(await problemsOf(add({ accountId: town.member.id }))).toEqual(['accountId:account-twice']);
    expect(await problemsOf(add({ accountId: town.clerk.id }))).toEqual(['accountId:account-unknown']);
  });

  it.each<[string, Partial<PersonInput>, string]>([
    ['without a name', { name: '' }, 'name:missing'], ['without a title', { title: ' ' }, 'title:missing'], ['of no role', { role: 'guest' }, 'role:not-a-choice'], ['of the office, disqualified', { role: 'secretariat', disqualifiedReason: 'x' }, 'disqualifiedReason:not-a-member'],
  ])('%s are refused', async (_, more, problem) => {
    expect(await problemsOf(add(more))).toEqual([problem]);
  });

  it('who gave a voice in a deliberation are not taken away', async () => {
    const id = await add();
    await add({ name: '委員B' });
    await town.database.query(`insert into deliberation (id, organisation_id, audit_id, subject, held_on, place, note, changed_at, changed_by_name) values ($1, $2, $3, 'report', '2026-11-01', '', '', now(), 'x')`, [audit, town.town.organisation, audit]);
    await town.database.query(`insert into deliberation_voice (id, organisation_id, deliberation_id, person_id, opinion) values ($1, $2, $3, $4, '')`, [audit, town.town.organisation, audit, id]);
    await expect(town.by((ctx) => town.parts.people.remove(ctx, id, 1))).rejects.toMatchObject({ code: 'cited', message: expect.stringContaining('合議の記録（2026-11-01）') as string });
    await expect(town.by((ctx) => town.parts.people.change(ctx, id, 1, input({ role: 'secretariat' })))).rejects.toMatchObject({ code: 'cited' });
    await expect(town.by((ctx) => town.parts.people.change(ctx, id, 3, input()))).rejects.toBeInstanceOf(Conflict);
  });
});

describe('the schedule', () => {
  const input = (more: Partial<StepInput> = {}): StepInput => ({ label: '調査票の回答期限', doneBy: 'department', fromOn: '令和8年10月1日', untilOn: '2026-10-31', doneOn: null, note: '', ...more });
  const add = (more: Partial<StepInput> = {}): Promise<string> => town.by((ctx) => town.parts.schedule.add(ctx, audit, input(more)));

  it('is kept in its order', async () => {
    const [, second] = [await add(), await add({ label: '現地調査', doneBy: '' })];
    await town.by((ctx) => town.parts.schedule.move(ctx, second, 'up'));
    await town.by((ctx) => town.parts.schedule.change(ctx, second, 1, input({ label: '現地調査', doneOn: '2026-11-20' })));
    expect((await town.by((ctx) => town.parts.schedule.of(ctx, audit))).map((one) => [one.label, one.doneBy, one.fromOn, one.doneOn])).toEqual([['現地調査', 'department', '2026-10-01', '2026-11-20'], ['調査票の回答期限', 'department', '2026-10-01', null]]);
    await expect(town.by((ctx) => town.parts.schedule.remove(ctx, second, 1))).rejects.toBeInstanceOf(Conflict);
    await town.by((ctx) => town.parts.schedule.remove(ctx, second, 2));
    await expect(town.by((ctx) => town.parts.schedule.remove(ctx, second, 2))).rejects.toBeInstanceOf(NotFound);
  });

  it.each<[string, Partial<StepInput>, string]>([
    ['a due date before its beginning', { untilOn: '2026-09-30' }, 'untilOn:ends-before'], ['what was done tomorrow', { doneOn: '2026-11-22' }, 'doneOn:in-future'], ['no label', { label: '' }, 'label:missing'], ['somebody unknown', { doneBy: 'mayor' }, 'doneBy:not-a-choice'],
    ['a day that is none', { fromOn: '令和8年13月1日' }, 'fromOn:not-a-day'],
  ])('%s is refused', async (_, more, problem) => {
    expect(await problemsOf(add(more))).toEqual([problem]);
  });
});

describe('cases', () => {
  // 大阪府: one case each, with 対象受検機関, 概要 and 監査実施年月日 in words.
  const input = (more: Partial<CaseInput> = {}): CaseInput => ({
    departmentId: town.town.pension, title: '医療費公費負担のシステムについて', overview: '１　事務の概要\n(1) 申請を受け付ける。', quoted: '第12条', membersOn: '－年－月－日', secretariatOn: '平成29年８月25日から同年12月21日まで', ...more,
  });
  const add = (more: Partial<CaseInput> = {}): Promise<string> => town.by((ctx) => town.parts.cases.add(ctx, audit, input(more)));

  it('keep the dates in their words', async () => {
    const id = await add();
    expect(await town.by((ctx) => town.parts.cases.get(ctx, id))).toMatchObject({ ...input(), departmentPath: '福祉部　国保年金課', findings: 0, improvements: 0, version: 1, auditId: audit });
    expect(await town.by((ctx) => town.parts.cases.change(ctx, id, 1, input({ title: '新しい題名' })))).toBe(2);
    await expect(town.by((ctx) => town.parts.cases.change(ctx, id, 1, input()))).rejects.toMatchObject({ kind: 'conflict', sides: { currentVersion: 2 } });
  });

  it('without a title, or about no department, are refused', async () => {
    expect(await problemsOf(add({ title: '', departmentId: town.town.body }))).toEqual(['departmentId:department-unknown', 'title:missing']);
  });

  it('in which findings stand are not taken away', async () => {
    const id = await add();
    await town.finding(audit, { case: id });
    await expect(town.by((ctx) => town.parts.cases.remove(ctx, id, 1))).rejects.toMatchObject({ code: 'cited' });
    const free = await add({ title: '別の事案' });
    await town.by((ctx) => town.parts.cases.move(ctx, free, 'up'));
    expect((await town.by((ctx) => town.parts.cases.of(ctx, audit))).map((one) => [one.title, one.findings])).toEqual([['別の事案', 0], ['医療費公費負担のシステムについて', 1]]);
    await town.by((ctx) => town.parts.cases.remove(ctx, free, 1));
  });
});

describe('targets', () => {
  const set = (seen: number, targets: { departmentId: string; systemId: string | null }[]): Promise<number> => town.by((ctx) => town.parts.targets.set(ctx, audit, seen, targets));

  it('are departments and systems that these own or use', async () => {
    const { pension, children } = town.town;
    const system = await town.add({ name: '国保システム' });
    await town.database.query('insert into system_use (id, organisation_id, system_id, department_id) values (gen_random_uuid(), $1, $2, $3)', [town.town.organisation, system, children]);
    expect(await set(1, [{ departmentId: pension, systemId: null }, { departmentId: pension, systemId: system }, { departmentId: children, systemId: system }])).toBe(2);
    expect((await town.by((ctx) => town.parts.targets.of(ctx, audit))).map((one) => `${one.departmentPath}／${one.systemName ?? ''}`).sort()).toEqual(['福祉部　こども課／国保システム', '福祉部　国保年金課／', '福祉部　国保年金課／国保システム']);
    expect(await set(2, [{ departmentId: pension, systemId: null }, { departmentId: pension, systemId: system }, { departmentId: children, systemId: system }])).toBe(2);
    await expect(set(1, [])).rejects.toBeInstanceOf(Conflict);
    const foreign = await town.add({ name: '年金だけのシステム' });
    expect(await problemsOf(set(2, [{ departmentId: children, systemId: foreign }]))).toEqual(['target:system-of-other']);
    expect(await problemsOf(set(2, [{ departmentId: town.town.body, systemId: null }]))).toEqual(['target:department-unknown']);
    expect(await set(2, [])).toBe(3);
  });

  it('stay when their department has ended; a copy asks its successor', async () => {
    const { children, pension, organisation } = town.town;
    await set(1, [{ departmentId: children, systemId: null }]);
    await town.database.query('update department set ended_on = $3, successor_id = $4 where organisation_id = $1 and id = $2', [organisation, children, '2026-10-31', pension]);
    expect(await set(2, [{ departmentId: children, systemId: null }, { departmentId: pension, systemId: null }])).toBe(3);
    expect((await town.by((ctx) => town.parts.targets.choices(ctx, audit))).find((one) => one.departmentId === children)).toMatchObject({ ended: true });
    const copied = await town.by((ctx) => town.audits.copy(ctx, audit, 2027));
    expect((await town.by((ctx) => town.parts.targets.of(ctx, copied))).map((one) => one.departmentId)).toEqual([pension]);
    await town.database.query('update department set ended_on = null, successor_id = null where id = $1', [children]);
  });
});
