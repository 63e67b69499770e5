import { randomBytes } from 'node:crypto';
import { makeTown, openTown, type Database, type Town } from '../../test/assessments-town.js';
import { checkServices } from '../../test/checks-town.js';
import { refusal } from '../../test/declarations-town.js';
import { caseOf, conductedAudit, deliberated, findingSettings } from '../../test/findings-town.js';
import { JobQueue } from '../jobs/queue.js';
import type { Actor, Ctx } from '../kernel/ctx.js';
import { history } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { FindingRegister } from './finding-register.service.js';
import { Finding, FindingStatement, Improvement } from './finding.entity.js';
import { Improvements } from './improvements.service.js';
import { Statements } from './statements.service.js';

const { sets, systemCheck } = checkServices();
const register = new FindingRegister(findingSettings(), systemCheck);
const improvements = new Improvements(findingSettings(), sets);
/** Letters that were posted. */
const letters: { to: string; subject: string; text: string }[] = [];
const statements = new Statements({ enqueue: (_ctx: Ctx, _work: unknown, letter: (typeof letters)[number]) => { letters.push(letter); return Promise.resolve(randomBytes(4).toString('hex')); } } as unknown as JobQueue);
let database: Database;
let close: () => Promise<void>;
let town: Town;
let secretariat: Actor;
let pension: Actor;
let children: Actor;
let audit: string;
let finding: string;

beforeAll(async () => {
  ({ database, town, close } = await openTown());
  secretariat = await town.person('audit-secretariat', null, '監査事務局');
  pension = await town.person('section-head', town.pension, '国保年金課長');
  children = await town.person('drafter', town.children, 'こども課の担当');
  await database.query('update account set mail = $2 where id = $1', [pension.id, 'pension@example.lg.jp']);
  await database.query('insert into account_role (id, organisation_id, account_id, role, department_id) values (gen_random_uuid(), $1, $2, $3, $4)', [town.organisation, pension.id, 'section-head', town.pension]);
});
afterAll(() => close());
beforeEach(async () => {
  letters.length = 0;
  for (const table of ['finding_statement', 'improvement_finding', 'improvement', 'finding', 'deliberation_voice', 'deliberation', 'audit_case', 'audit_person', 'audit']) await database.query(`delete from ${table}`);
  audit = await conductedAudit(database, town);
  finding = await as((ctx) => register.add(ctx, audit, 'finding', { parentId: null, caseId: null }, { title: '権限', facts: '端末ごとである。', criteria: '利用者ごと', severity: 'slight', classification: 'requested', departmentId: town.pension }));
});

const as = <T>(work: (ctx: Ctx) => Promise<T>, by = secretariat): Promise<T> => town.as(by, work);
const ask = (dueOn = '2026-12-05', seen = 1, by = secretariat) => as((ctx) => statements.ask(ctx, finding, seen, dueOn), by);
const asked = async (department = town.pension): Promise<FindingStatement> => (await as((ctx) => scoped(ctx, FindingStatement).findOne({ findingId: finding, departmentId: department })))!;
const answer = async (input: { agreed: boolean | null; text: string }, by = pension, seen?: number) => { const one = await asked(); return as((ctx) => statements.answer(ctx, one.id, seen ?? one.version, input), by); };
const reply = async (text: string, seen?: number, by = secretariat) => { const one = await asked(); return as((ctx) => statements.reply(ctx, one.id, seen ?? one.version, text), by); };
const confirm = async () => { const { version } = await as((ctx) => scoped(ctx, Finding).get(finding)); return as((ctx) => register.step(ctx, finding, version, 'confirm')); };

describe('asking for fact confirmation', () => {
  it('shows the finding to its department, with a letter', async () => {
    expect(await ask()).toBe(2);
    expect((await as((ctx) => statements.mine(ctx), pension))).toEqual([expect.objectContaining({ findingId: finding, title: '権限', dueOn: '2026-12-05', agreed: null, open: true, late: false })]);
    expect(await as((ctx) => statements.mine(ctx), children)).toEqual([]);
    expect(letters).toEqual([expect.objectContaining({ to: 'pension@example.lg.jp', subject: '検出事項の事実確認のお願い：情報システムの利用と管理（期限 令和8年12月5日）' })]);
  });
  it('asks the department of the case as well', async () => {
    const sheet = await as((ctx) => caseOf(ctx, audit, town.children, '児童手当'));
    await as((ctx) => register.move(ctx, finding, 1, { parentId: null, caseId: sheet, place: 0 }));
    await ask();
    expect(await as((ctx) => statements.mine(ctx), children)).toHaveLength(1);
  });
  // Today is 2026-11-21, the day on which the finding was written.
  it.each([['2026-11-20', 'due-before-finding'], ['2026-02-30', 'due-invalid'], ['', 'due-invalid']])('a due date of %s is refused', async (dueOn, code) => {
    expect(await refusal(ask(dueOn))).toMatchObject({ kind: 'invalid', problems: [code] });
  });
  it('a due date that is over is refused, also for an older finding; today is not over', async () => {
    await database.query(`update finding set changed_at = '2026-10-01T00:00:00Z'`);
    expect(await refusal(ask('2026-11-20'))).toMatchObject({ problems: ['due-past'] });
    expect(await refusal(ask('2026-09-30'))).toMatchObject({ problems: ['due-before-finding'] });
    expect(await ask('2026-11-21')).toBe(2);
  });
  it('is refused for what is incomplete, stale, asked already, or by somebody else', async () => {
    expect(await refusal(ask('2026-12-05', 4))).toMatchObject({ kind: 'conflict' });
    expect(await refusal(ask('2026-12-05', 1, pension))).toMatchObject({ kind: 'refused' });
    await database.query(`update finding set department_id = null, facts = ''`);
    expect(await refusal(ask())).toMatchObject({ problems: ['no-facts', 'no-department'] });
    await database.query(`update finding set stage = 'confirmed'`);
    expect(await refusal(ask())).toMatchObject({ code: 'step-impossible' });
  });
});

describe('the department', () => {
  beforeEach(() => ask());
  it('agrees, or says what is different; again until the auditors confirm', async () => {
    await answer({ agreed: true, text: '' });
    await answer({ agreed: false, text: '3台は利用者ごとに分けている。' });
    expect(await asked()).toMatchObject({ agreed: false, text: '3台は利用者ごとに分けている。', answeredByName: '国保年金課長', version: 3 });
    expect((await as((ctx) => history(ctx, { kind: 'finding', id: finding })))[0]).toMatchObject({ action: 'statement-answered', before: { agreed: true }, after: { agreed: false, late: false } });
  });
  it('is asked for an answer, and for a reason', async () => {
    expect(await refusal(answer({ agreed: null, text: '' }))).toMatchObject({ kind: 'invalid', problems: ['missing'] });
    expect(await refusal(answer({ agreed: false, text: '  ' }))).toMatchObject({ kind: 'invalid', problems: ['missing'] });
    expect(await refusal(answer({ agreed: true, text: 'あ'.repeat(20_001) }))).toMatchObject({ kind: 'invalid' });
  });
  it('answers for itself alone, in its organisation, on the page of today', async () => {
    expect(await refusal(answer({ agreed: true, text: '' }, children))).toMatchObject({ kind: 'not-found' });
    expect(await refusal(answer({ agreed: true, text: '' }, secretariat))).toMatchObject({ kind: 'not-found' });
    expect(await refusal(answer({ agreed: true, text: '' }, pension, 7))).toMatchObject({ kind: 'conflict', sides: { currentVersion: 1 } });
    const other = await makeTown(database, 'あさぎり町');
    const head = await other.person('section-head', other.pension);
    const { id } = await asked();
    expect(await refusal(other.as(head, (ctx) => statements.answer(ctx, id, 1, { agreed: true, text: '' })))).toMatchObject({ kind: 'not-found' });
  });
  it('answered to the texts of that day: a change of them is told, one back again is not', async () => {
    await answer({ agreed: true, text: '' });
    const outdated = async () => (await as((ctx) => register.get(ctx, finding))).statements.map((one) => one.outdated);
    const say = (facts: string) => as(async (ctx) => { const { fields, version } = await register.get(ctx, finding); await register.change(ctx, finding, version, { ...fields, facts }); });
    expect(await outdated()).toEqual([false]);
    await say('端末ごとであり、利用者を分けていない。');
    expect(await outdated()).toEqual([true]);
    await say('端末ごとである。');
    expect(await outdated()).toEqual([false]);
  });
  it('is reminded, and may answer late', async () => {
    await database.query(`update finding_statement set due_on = '2026-11-20'`);
    expect(await as((ctx) => statements.remind(ctx, finding))).toBe(1);
    expect(letters.at(-1)!.subject).toContain('【期限が過ぎています】');
    expect(await as((ctx) => statements.mine(ctx), pension)).toEqual([expect.objectContaining({ late: true })]);
    await answer({ agreed: true, text: '' });
    expect((await as((ctx) => history(ctx, { kind: 'finding', id: finding })))[0]).toMatchObject({ after: { late: true } });
    expect(await refusal(as((ctx) => statements.remind(ctx, finding)))).toMatchObject({ code: 'nobody-waits' });
  });
  it('says nothing more once the facts are confirmed', async () => {
    await answer({ agreed: true, text: '' });
    await confirm();
    expect(await refusal(answer({ agreed: false, text: 'やはり違う。' }))).toMatchObject({ code: 'confirmed' });
    expect(await as((ctx) => statements.mine(ctx), pension)).toEqual([expect.objectContaining({ open: false })]);
  });
  it('is asked anew after the finding was taken back; what it had said stays in the journal', async () => {
    await answer({ agreed: false, text: '違う。' });
    await as((ctx) => register.step(ctx, finding, 2, 'take-back', '書き直す'));
    expect(await as((ctx) => statements.mine(ctx), pension)).toEqual([]);
    await ask('2026-12-20', 3);
    expect(await asked()).toMatchObject({ agreed: null, text: '', dueOn: '2026-12-20' });
    const entries = await as((ctx) => history(ctx, { kind: 'finding', id: finding }));
    expect(entries.find((one) => one.action === 'statement-asked')).toMatchObject({ before: { agreed: false, text: '違う。' } });
  });
});

describe('a department that is reorganised', () => {
  afterEach(() => database.query('update department set ended_on = null, successor_id = null where id = $1', [town.pension]));
  const merge = (into: string | null) => as(async (ctx) => {
    await statements.awaitOthers(ctx, town.pension);
    await database.query('update department set ended_on = $2, successor_id = $3 where id = $1', [town.pension, '2026-11-21', into]);
    return statements.followReorganisation(ctx, town.pension);
  });

  it('hands its open question, the finding and the case to its successor, who answers', async () => {
    const at = await as((ctx) => caseOf(ctx, audit, town.pension, '窓口'));
    await ask();
    expect(await merge(town.children)).toBe(1);
    expect((await as((ctx) => statements.mine(ctx), children)).map((one) => one.findingId)).toEqual([finding]);
    expect(await as((ctx) => statements.mine(ctx), pension)).toEqual([]);
    const head = await town.person('section-head', town.children, 'こども課長');
    const one = await asked(town.children);
    await as((ctx) => statements.answer(ctx, one.id, one.version, { agreed: true, text: '' }), head);
    expect((await as((ctx) => scoped(ctx, Finding).get(finding))).departmentId).toBe(town.children);
    expect(await database.query('select department_id from audit_case where id = $1', [at])).toEqual([{ department_id: town.children }]);
    expect((await as((ctx) => history(ctx, { kind: 'finding', id: finding }))).map((entry) => entry.action)).toContain('finding-followed');
  });
  it('leaves the question of a successor that was asked itself as it is', async () => {
    await as((ctx) => caseOf(ctx, audit, town.children, '窓口'));
    await database.query('update finding set case_id = (select id from audit_case where audit_id = $1) where id = $2', [audit, finding]);
    await ask();
    await merge(town.children);
    expect((await as((ctx) => statements.mine(ctx), children))).toHaveLength(1);
  });
  it('without a successor keeps what it has', async () => {
    await ask();
    expect(await merge(null)).toBe(0);
    expect((await as((ctx) => scoped(ctx, Finding).get(finding))).departmentId).toBe(town.pension);
  });
});

describe('the auditors', () => {
  beforeEach(() => ask());
  it('wait for the answer, or for its due date to be over', async () => {
    expect(await refusal(confirm())).toMatchObject({ kind: 'invalid', problems: ['unanswered'] });
    await database.query(`update finding_statement set due_on = '2026-11-20'`);
    expect(await confirm()).toBe(3);
  });
  it('reply to who does not agree before they confirm', async () => {
    expect(await refusal(reply('早い'))).toMatchObject({ code: 'not-answered' });
    await answer({ agreed: false, text: '違う。' });
    expect(await refusal(confirm())).toMatchObject({ problems: ['unreplied'] });
    expect(await refusal(reply(' '))).toMatchObject({ kind: 'invalid' });
    expect(await refusal(reply('確かめた。', 1))).toMatchObject({ kind: 'conflict' });
    expect(await refusal(reply('確かめた。', undefined, pension))).toMatchObject({ kind: 'refused' });
    await reply('台数を確かめ、記載を改めた。');
    await confirm();
    expect(await refusal(reply('あとから'))).toMatchObject({ code: 'step-impossible' });
  });
});

describe('departments and days', () => {
  const input = async (departmentId: string) => ({ ...(await as((ctx) => register.get(ctx, finding))).fields, departmentId });
  const versionOf = async () => (await as((ctx) => scoped(ctx, Finding).get(finding))).version;
  it('the department of what was asked stays until it is a draft again; then who is asked no more is let go', async () => {
    await ask();
    await answer({ agreed: false, text: '所管はこども課である。' });
    expect(await refusal(as(async (ctx) => register.change(ctx, finding, await versionOf(), await input(town.children))))).toMatchObject({ kind: 'invalid', problems: ['department-asked'] });
    const sheet = await as((ctx) => caseOf(ctx, audit, town.children, '児童手当'));
    expect(await refusal(as(async (ctx) => register.move(ctx, finding, await versionOf(), { parentId: null, caseId: sheet, place: 0 })))).toMatchObject({ kind: 'invalid', problems: ['department-asked'] });
    await as(async (ctx) => register.step(ctx, finding, await versionOf(), 'take-back', '所管の誤り'));
    await as(async (ctx) => register.change(ctx, finding, await versionOf(), await input(town.children)));
    await as(async (ctx) => statements.ask(ctx, finding, await versionOf(), '2026-12-05'));
    expect((await as((ctx) => register.get(ctx, finding))).statements.map((one) => one.departmentId)).toEqual([town.children]);
    expect(await as((ctx) => statements.mine(ctx), pension)).toEqual([]);
    expect((await as((ctx) => history(ctx, { kind: 'finding', id: finding }))).find((one) => one.action === 'statement-dropped')).toMatchObject({ before: { text: '所管はこども課である。', agreed: false } });
  });
  it('more time is given to those that have not answered; what was answered stays', async () => {
    const sheet = await as((ctx) => caseOf(ctx, audit, town.children, '児童手当'));
    await as((ctx) => register.move(ctx, finding, 1, { parentId: null, caseId: sheet, place: 0 }));
    await as(async (ctx) => statements.ask(ctx, finding, await versionOf(), '2026-12-05'));
    const one = await asked(town.children);
    await as((ctx) => statements.answer(ctx, one.id, one.version, { agreed: true, text: '' }), await town.person('section-head', town.children, 'こども課長'));
    letters.length = 0;
    await as(async (ctx) => statements.extend(ctx, finding, await versionOf(), '2026-12-20'));
    expect([(await asked()).dueOn, (await asked(town.children)).dueOn, (await asked(town.children)).agreed]).toEqual(['2026-12-20', '2026-12-05', true]);
    expect(letters).toEqual([expect.objectContaining({ to: 'pension@example.lg.jp', subject: expect.stringContaining('期限 令和8年12月20日') })]);
    expect(await refusal(as(async (ctx) => statements.extend(ctx, finding, await versionOf(), '2026-11-01')))).toMatchObject({ kind: 'invalid' });
    expect(await refusal(as(async (ctx) => statements.extend(ctx, finding, 1, '2026-12-21')))).toMatchObject({ kind: 'conflict' });
    await answer({ agreed: true, text: '' });
    expect(await refusal(as(async (ctx) => statements.extend(ctx, finding, await versionOf(), '2026-12-21')))).toMatchObject({ code: 'nobody-waits' });
  });
  it('a title refers to nothing: it is printed where others refer to it', async () => {
    expect(await refusal(as(async (ctx) => register.change(ctx, finding, 1, { ...(await input(town.pension)), title: '［検出:1］の続き' })))).toMatchObject({ problems: ['reference-in-title'] });
    expect(await refusal(as((ctx) => improvements.add(ctx, audit, { parentId: null, caseId: null }, { kind: 'heading', text: '［改善:1］', reason: '', departmentId: null }, [])))).toMatchObject({ problems: ['reference-in-title'] });
  });
});

describe('withdrawing', () => {
  const versionOf = async (id = finding) => (await as((ctx) => scoped(ctx, Finding).get(id))).version;
  const step = async (act: 'withdraw' | 'restore', comment: string, id = finding) => { const seen = await versionOf(id); return as((ctx) => register.step(ctx, id, seen, act, comment)); };
  const labels = async () => (await as((ctx) => register.tree(ctx, audit))).entries.map((one) => `${one.label}${one.title}`);
  it('a finding that a department explained away leaves numbers and documents, and keeps what was said to it; its key is never given again', async () => {
    await as((ctx) => register.add(ctx, audit, 'finding', { parentId: null, caseId: null }, { title: '施錠' }));
    await ask();
    await answer({ agreed: false, text: '令和8年4月に改めている。' });
    expect(await refusal(step('withdraw', ' '))).toMatchObject({ problems: ['comment-missing'] });
    await step('withdraw', '弁明のとおり認められた。');
    const tree = await as((ctx) => register.tree(ctx, audit));
    expect([await labels(), tree.withdrawn]).toEqual([['１施錠'], [{ id: finding, title: '権限' }]]);
    const page = await as((ctx) => register.get(ctx, finding), pension);
    expect([page.stage, page.label, page.statements[0]!.text]).toEqual(['withdrawn', '', '令和8年4月に改めている。']);
    expect(await as((ctx) => statements.mine(ctx), pension)).toMatchObject([{ withdrawn: true, open: false, late: false }]);
    await expect(answer({ agreed: true, text: '' })).rejects.toMatchObject({ kind: 'refused' });
    const third = await as((ctx) => register.add(ctx, audit, 'finding', { parentId: null, caseId: null }, { title: '台帳' }));
    expect((await as((ctx) => register.get(ctx, third))).number).toBe(3);
    await step('restore', '誤って取り下げた。');
    expect(await labels()).toEqual(['１施錠', '２台帳', '３権限']);
    expect((await as((ctx) => register.get(ctx, finding))).stage).toBe('draft');
  });
  it('is not changed, moved or seen by a department that was never asked', async () => {
    await step('withdraw', '重複');
    const fields = (await as((ctx) => register.get(ctx, finding))).fields;
    expect(await refusal(as(async (ctx) => register.change(ctx, finding, await versionOf(), { ...fields, facts: '変える' })))).toMatchObject({ code: 'withdrawn' });
    expect(await refusal(as(async (ctx) => register.move(ctx, finding, await versionOf(), { parentId: null, caseId: null, place: 0 })))).toMatchObject({ code: 'withdrawn' });
    expect(await refusal(as((ctx) => register.get(ctx, finding), pension))).toMatchObject({ kind: 'not-found' });
  });
  it('is refused while something cites it, and once the report is decided', async () => {
    await as((ctx) => improvements.add(ctx, audit, { parentId: null, caseId: null }, { kind: 'opinion', text: '改められたい。', reason: '', departmentId: null }, [finding]));
    expect(await refusal(step('withdraw', '重複'))).toMatchObject({ code: 'cited' });
  });
  // 199条12項: what the members do not agree on is not issued; it can only be withdrawn, and the record of the 合議 stays.
  it('an opinion that was not agreed on can be withdrawn, though members have spoken', async () => {
    const id = await as((ctx) => improvements.add(ctx, audit, { parentId: null, caseId: null }, { kind: 'opinion', text: '改められたい。', reason: '', departmentId: null }, [finding]));
    await as((ctx) => deliberated(ctx, audit, 'divided', { subject: 'improvement', subjectId: id }));
    expect(await refusal(as((ctx) => improvements.remove(ctx, id, 1)))).toMatchObject({ code: 'cited' });
    await as((ctx) => improvements.step(ctx, id, 1, 'withdraw', '合議が調わなかった。'));
    expect(await as((ctx) => improvements.tree(ctx, audit))).toMatchObject({ entries: [], withdrawn: [{ id }], unanswered: [{ id: finding }] });
    expect(await as((ctx) => improvements.get(ctx, id))).toMatchObject({ label: '', row: { stage: 'withdrawn' }, findings: [{ title: '権限' }], may: { write: false } });
    await step('withdraw', 'この意見だけがこたえていた。');
    await as(async (ctx) => improvements.step(ctx, id, 2, 'restore', 'やはり述べる。'));
    expect(await as((ctx) => improvements.tree(ctx, audit))).toMatchObject({ entries: [{ label: '１', findings: [] }], withdrawn: [] });
  });
});

describe('improvement opinions', () => {
  const add = (more: Partial<Parameters<Improvements['add']>[3]> = {}, findings: string[] = [], parentId: string | null = null) => as((ctx) => improvements.add(ctx, audit, { parentId, caseId: null }, { kind: 'opinion', text: '改められたい。', reason: '', departmentId: null, ...more }, findings));
  const tree = () => as((ctx) => improvements.tree(ctx, audit));

  it('answer several findings, and a finding is answered by several', async () => {
    const second = await as((ctx) => register.add(ctx, audit, 'finding', { parentId: null, caseId: null }, { title: '施錠' }));
    const one = await add({}, [finding, second, second]);
    expect((await tree()).unanswered).toEqual([]);
    await add({}, [finding]);
    expect((await tree()).entries.map((entry) => entry.findings.map((linked) => linked.label))).toEqual([['１', '２'], ['１']]);
    await as((ctx) => improvements.change(ctx, one, 1, { kind: 'opinion', text: '改められたい。', reason: '', departmentId: null }, [finding]));
    expect((await tree()).unanswered).toEqual([expect.objectContaining({ id: second, label: '２', title: '施錠' })]);
    expect((await as((ctx) => history(ctx, { kind: 'improvement', id: one })))[0]).toMatchObject({ action: 'improvement-changed', path: 'findings', after: [finding] });
  });
  it('stand in their own tree, numbered', async () => {
    const head = await add({ kind: 'heading', text: '権限について' });
    await add({}, [], head);
    const last = await add();
    expect((await tree()).entries.map((one) => one.label)).toEqual(['１', '１(1)', '２']);
    await as((ctx) => improvements.shift(ctx, last, 1, 'up'));
    expect((await tree()).entries.map((one) => one.label)).toEqual(['１', '２', '２(1)']);
    expect(await refusal(as((ctx) => improvements.remove(ctx, head, 1)))).toMatchObject({ code: 'cited' });
  });
  it('are refused without a text, as a 勧告 without its reason, with findings of another audit, as a heading with findings', async () => {
    const other = await conductedAudit(database, town, '別の監査');
    const foreign = await as((ctx) => register.add(ctx, other, 'finding', { parentId: null, caseId: null }, { title: '別' }));
    expect(await refusal(add({ text: ' ' }))).toMatchObject({ kind: 'invalid' });
    expect(await refusal(add({ kind: 'recommendation' }))).toMatchObject({ problems: ['reason-missing'] });
    expect(await refusal(add({}, [foreign]))).toMatchObject({ problems: ['finding-unknown'] });
    expect(await refusal(add({ kind: 'heading' }, [finding]))).toMatchObject({ problems: ['finding-unknown'] });
    expect(await refusal(add({ kind: 'order' as never }))).toMatchObject({ kind: 'invalid' });
  });
  it('are not overwritten by a stale save, nor written by others', async () => {
    const id = await add();
    const text = { kind: 'opinion' as const, text: '別の文', reason: '', departmentId: null };
    await as((ctx) => improvements.change(ctx, id, 1, text, []));
    expect(await refusal(as((ctx) => improvements.change(ctx, id, 1, { ...text, text: '後の人' }, [])))).toMatchObject({ kind: 'conflict', sides: { current: { text: '別の文' }, currentVersion: 2 } });
    expect(await refusal(as((ctx) => improvements.change(ctx, id, 2, text, []), pension))).toMatchObject({ kind: 'refused' });
    expect(await refusal(as((ctx) => improvements.get(ctx, id), pension))).toMatchObject({ kind: 'refused' });
  });
  // 199条12項: an opinion is decided by the members in agreement.
  it('are decided where the members agree, not where they are divided about it', async () => {
    const id = await add({}, [finding]);
    const step = (act: 'decide' | 'reopen' | 'publish', comment = '') => as(async (ctx) => improvements.step(ctx, id, (await scoped(ctx, Improvement).get(id)).version, act, comment));
    expect(await refusal(step('decide'))).toMatchObject({ code: 'not-deliberated' });
    const held = await as((ctx) => deliberated(ctx, audit, 'divided', { subject: 'improvement', subjectId: id }));
    expect(await refusal(step('decide'))).toMatchObject({ code: 'not-deliberated' });
    await database.query('update deliberation_voice set consents = true where deliberation_id = $1', [held]);
    await step('decide');
    expect(await refusal(as((ctx) => improvements.change(ctx, id, 2, { kind: 'opinion', text: '変える', reason: '', departmentId: null }, [])))).toMatchObject({ code: 'decided' });
    expect(await refusal(step('reopen'))).toMatchObject({ problems: ['comment-missing'] });
    await step('reopen', '書き直す');
    await step('decide');
    await step('publish');
    expect(await refusal(step('reopen', '遅い'))).toMatchObject({ code: 'step-impossible' });
  });
});
