import { makeTown, openTown, type Database, type Town } from '../../test/assessments-town.js';
import { addSystem, checkServices, declareOf } from '../../test/checks-town.js';
import { refusal } from '../../test/declarations-town.js';
import { caseOf, conductedAudit, deliberated, findingSettings, viewpointOf } from '../../test/findings-town.js';
import { FieldRecord } from '../audits/field-record.entity.js';
import { AuditEvidence } from '../audits/audit-files.service.js';
import type { Actor, Ctx } from '../kernel/ctx.js';
import { history } from '../kernel/journal.js';
import { newId } from '../kernel/ids.js';
import { scoped } from '../kernel/scoped.js';
import { AuditReport, type ReportSection } from './audit-report.entity.js';
import { CorrectiveAction } from './corrective-action.entity.js';
import { FindingEvidences } from './finding-evidence.service.js';
import { FindingRegister, type FindingInput } from './finding-register.service.js';
import { Finding, FindingStatement } from './finding.entity.js';
import { Improvements } from './improvements.service.js';

const { sets, checking, overruling, systemCheck } = checkServices();
const settings = findingSettings();
const register = new FindingRegister(settings, systemCheck);
const improvements = new Improvements(settings, sets);
const evidences = new FindingEvidences(new AuditEvidence(), systemCheck);
let database: Database;
let close: () => Promise<void>;
let town: Town;
let secretariat: Actor;
let member: Actor;
let pension: Actor;
let children: Actor;
let audit: string;

beforeAll(async () => {
  ({ database, town, close } = await openTown());
  secretariat = await town.person('audit-secretariat', null, '監査事務局');
  member = await town.person('audit-member', null, '監査委員');
  pension = await town.person('section-head', town.pension, '国保年金課長');
  children = await town.person('section-head', town.children, 'こども課長');
});
afterAll(() => close());
beforeEach(async () => {
  for (const table of ['corrective_action', 'finding_statement', 'improvement_finding', 'improvement', 'finding', 'deliberation', 'audit_report', 'audit_file', 'field_record', 'audit_case', 'audit_viewpoint', 'audit_person', 'audit', 'check_state', 'check_overrule', 'check_run', 'declaration', 'system']) await database.query(`delete from ${table}`);
  audit = await conductedAudit(database, town);
});

const as = <T>(work: (ctx: Ctx) => Promise<T>, by = secretariat): Promise<T> => town.as(by, work);
const TOP = { parentId: null, caseId: null };
const add = (title: string, more: Partial<FindingInput> = {}, place = TOP as { parentId: string | null; caseId: string | null }): Promise<string> => as((ctx) => register.add(ctx, audit, 'finding', place, { title, departmentId: town.pension, ...more }));
const COMPLETE = { facts: '利用者ごとに権限を分けていない。', criteria: '利用者ごとに設定する。', severity: 'considerable', classification: 'pointed-out' };
const get = (id: string, by = secretariat) => as((ctx) => register.get(ctx, id), by);
const versionOf = async (id: string): Promise<number> => (await as((ctx) => scoped(ctx, Finding).get(id))).version;
const input = async (id: string, patch: Partial<FindingInput> = {}): Promise<FindingInput> => ({ ...(await get(id)).fields, ...patch });
const stage = (id: string, to: Finding['stage']) => database.query('update finding set stage = $2 where id = $1', [id, to]);
const step = async (id: string, act: Parameters<FindingRegister['step']>[3], comment = '', by = secretariat) => { const seen = await versionOf(id); return as((ctx) => register.step(ctx, id, seen, act, comment), by); };
const labels = async (): Promise<string[]> => (await as((ctx) => register.tree(ctx, audit))).entries.map((one) => `${one.label} ${one.title}`);

describe('the tree', () => {
  it('is numbered by its order, level by level, and by case', async () => {
    const head = await as((ctx) => register.add(ctx, audit, 'heading', TOP, { title: '権限' }));
    await add('利用者', {}, { parentId: head, caseId: null });
    await add('パスワード', {}, { parentId: head, caseId: null });
    await add('保管');
    const sheet = await as((ctx) => caseOf(ctx, audit, town.children, '児童手当'));
    await add('施錠', {}, { parentId: null, caseId: sheet });
    expect(await labels()).toEqual(['１ 権限', '１(1) 利用者', '１(2) パスワード', '２ 保管', '１ 施錠']);
  });
  it('gives a key once, also after the last one was removed', async () => {
    await add('一');
    const two = await add('二');
    await as((ctx) => register.remove(ctx, two, 1));
    const three = await add('三');
    expect((await get(three)).number).toBe(3);
  });
  it('moves, and what is below goes along', async () => {
    const [one, two, three] = [await add('一'), await add('二'), await add('三')];
    await as((ctx) => register.shift(ctx, three, 1, 'up'));
    expect(await labels()).toEqual(['１ 一', '２ 三', '３ 二']);
    await as((ctx) => register.shift(ctx, three, 1, 'in'));
    expect(await labels()).toEqual(['１ 一', '１(1) 三', '２ 二']);
    await as((ctx) => register.move(ctx, one, 1, { parentId: two, caseId: null, place: 0 }));
    expect(await labels()).toEqual(['１ 二', '１(1) 一', '１(1)ア 三']);
    await as((ctx) => register.shift(ctx, two, 1, 'up'));
    expect(await as((ctx) => history(ctx, { kind: 'finding', id: one }))).toEqual([expect.objectContaining({ action: 'finding-moved' }), expect.objectContaining({ action: 'finding-added' })]);
  });
  it('refuses a circle', async () => {
    const one = await add('一');
    const two = await add('二', {}, { parentId: one, caseId: null });
    expect(await refusal(as((ctx) => register.move(ctx, one, 1, { parentId: two, caseId: null, place: 0 })))).toMatchObject({ kind: 'invalid', problems: ['circle'] });
  });
  it('refuses a parent or a case of another audit', async () => {
    const other = await conductedAudit(database, town, '別の監査');
    const there = await as((ctx) => register.add(ctx, other, 'finding', TOP, { title: '別' }));
    const sheet = await as((ctx) => caseOf(ctx, other, town.children, '別の事案'));
    const one = await add('一');
    expect(await refusal(as((ctx) => register.move(ctx, one, 1, { parentId: there, caseId: null, place: 0 })))).toMatchObject({ problems: ['parent-unknown'] });
    expect(await refusal(as((ctx) => register.move(ctx, one, 1, { parentId: null, caseId: sheet, place: 0 })))).toMatchObject({ problems: ['case-unknown'] });
    expect(await refusal(add('二', {}, { parentId: there, caseId: null }))).toMatchObject({ problems: ['parent-unknown'] });
  });
  it('says what is missing', async () => {
    const one = await add('一', { departmentId: null });
    expect((await get(one)).lacks.map((lack) => lack.code)).toEqual(['no-facts', 'no-department', 'no-criteria', 'no-classification', 'no-severity', 'no-evidence']);
  });
  it('is for those who see all of the audit', async () => {
    expect((await as((ctx) => register.tree(ctx, audit), member)).may.write).toBe(false);
    expect(await refusal(as((ctx) => register.tree(ctx, audit), pension))).toMatchObject({ kind: 'refused' });
    const viewer = await town.person('viewer', null);
    expect(await refusal(as((ctx) => register.tree(ctx, audit), viewer))).toMatchObject({ kind: 'refused' });
  });
});

describe('a finding', () => {
  it('is changed field by field, with a journal', async () => {
    const id = await add('一');
    expect(await as(async (ctx) => register.change(ctx, id, 1, await input(id, { facts: '施錠していない。', severity: 'grave' })))).toBe(2);
    const entries = await as((ctx) => history(ctx, { kind: 'finding', id }));
    expect(entries.map((one) => one.path).sort()).toEqual(['facts', 'severity', undefined]);
    expect((await get(id)).fields).toMatchObject({ facts: '施錠していない。', severity: 'grave' });
  });
  it('is not overwritten by a stale save: both sides are told', async () => {
    const id = await add('一');
    await as(async (ctx) => register.change(ctx, id, 1, await input(id, { facts: '先の人' })));
    const sent = await input(id, { facts: '後の人' });
    expect(await refusal(as((ctx) => register.change(ctx, id, 1, sent)))).toMatchObject({ kind: 'conflict', sides: { sent: { facts: '後の人' }, current: { facts: '先の人' }, currentVersion: 2 } });
  });
  it.each<[string, Partial<FindingInput>, string]>([
    ['no title', { title: ' ' }, 'title'], ['a title of two lines', { title: 'a\nb' }, 'title'], ['a text that is too long', { facts: 'あ'.repeat(20_001) }, 'facts'],
    ['an unknown severity', { severity: 'terrible' }, 'severity'], ['an unknown classification', { classification: 'none' }, 'classification'],
    ['an unknown department', { departmentId: '00000000-0000-4000-8000-000000000000' }, 'departmentId'], ['no id at all', { systemId: 'x' }, 'systemId'], ['a viewpoint of nobody', { viewpointId: 'x' }, 'viewpointId'],
  ])('is refused with %s', async (_, patch, path) => {
    const id = await add('一');
    const sent = await input(id, patch);
    const error: unknown = await as((ctx) => register.change(ctx, id, 1, sent)).catch((one: unknown) => one);
    expect(error).toMatchObject({ kind: 'invalid', problems: [{ path }] });
  });
  it('is not written by members, nor by departments', async () => {
    const id = await add('一');
    const sent = await input(id);
    for (const by of [member, pension]) expect(await refusal(as((ctx) => register.change(ctx, id, 1, sent), by))).toMatchObject({ kind: 'refused' });
  });
  it('is not written once the audit is closed', async () => {
    const id = await add('一');
    const sent = await input(id);
    await database.query(`update audit set status = 'closed'`);
    expect(await refusal(as((ctx) => register.change(ctx, id, 1, sent)))).toMatchObject({ kind: 'refused', code: 'audit-closed' });
    expect((await get(id)).may.write).toBe(false);
  });
});

describe('who sees a finding', () => {
  it('departments see theirs, from fact confirmation on, and not what the auditors think of it', async () => {
    const id = await add('一', COMPLETE);
    expect(await refusal(get(id, pension))).toMatchObject({ kind: 'not-found' });
    await stage(id, 'confirming');
    const seen = await get(id, pension);
    expect(seen.fields).toMatchObject({ title: '一', facts: COMPLETE.facts, severity: null, classification: null, viewpointId: null });
    expect(seen).toMatchObject({ full: false, evidence: [], lacks: [], steps: [], origin: null });
    expect(await refusal(get(id, children))).toMatchObject({ kind: 'not-found' });
    expect((await get(id, member)).full).toBe(true);
  });
  it('the department of its case sees it too', async () => {
    const sheet = await as((ctx) => caseOf(ctx, audit, town.children, '児童手当'));
    const id = await add('一', COMPLETE, { parentId: null, caseId: sheet });
    await stage(id, 'confirmed');
    expect((await get(id, children)).departments.sort()).toEqual([town.pension, town.children].sort());
  });
  it('nobody of another organisation, nobody without a right', async () => {
    const id = await add('一', COMPLETE);
    await stage(id, 'published');
    const other = await makeTown(database, 'あさぎり町');
    const stranger = await other.person('audit-secretariat', null);
    expect(await refusal(other.as(stranger, (ctx) => register.get(ctx, id)))).toMatchObject({ kind: 'not-found' });
    expect(await refusal(other.as(stranger, (ctx) => register.remove(ctx, id, 1)))).toMatchObject({ kind: 'not-found' });
    expect(await refusal(get(id, await town.person('viewer', null)))).toMatchObject({ kind: 'not-found' });
  });
});

describe('steps', () => {
  it('go from draft over confirmed and decided to published, back with a reason', async () => {
    const id = await add('一', COMPLETE);
    expect(await refusal(step(id, 'waive'))).toMatchObject({ problems: ['comment-missing'] });
    await step(id, 'waive', '部局にまたがるため');
    expect(await refusal(step(id, 'decide'))).toMatchObject({ kind: 'refused', code: 'not-deliberated' });
    await as((ctx) => deliberated(ctx, audit, 'agreed'));
    await step(id, 'decide');
    const sent = await input(id, { facts: '変える' });
    expect(await refusal(as(async (ctx) => register.change(ctx, id, 3, sent)))).toMatchObject({ kind: 'refused', code: 'decided' });
    await step(id, 'reopen', '書き直す');
    expect((await get(id)).stage).toBe('confirmed');
    await step(id, 'decide');
    expect(await refusal(step(id, 'publish', '', pension))).toMatchObject({ kind: 'refused' });
    await step(id, 'publish', '', member);
    expect(await refusal(step(id, 'reopen', '公表の後'))).toMatchObject({ code: 'step-impossible' });
    expect((await as((ctx) => history(ctx, { kind: 'finding', id })))[0]).toMatchObject({ action: 'finding-step', before: { stage: 'decided' }, after: { stage: 'published' } });
  });
  it('need what the step needs', async () => {
    const id = await add('一');
    expect(await refusal(step(id, 'waive', '理由'))).toMatchObject({ kind: 'invalid', problems: ['no-facts'] });
    await stage(id, 'confirmed');
    expect(await refusal(step(id, 'decide'))).toMatchObject({ problems: ['no-facts', 'no-criteria', 'no-classification', 'no-severity'] });
  });
  // 199条13項: where the members do not agree, their opinions are submitted in its place.
  it('decide also where the opinions stand in the place of an agreement, not while a voice is missing', async () => {
    const id = await add('一', COMPLETE);
    await stage(id, 'confirmed');
    const held = await as((ctx) => deliberated(ctx, audit, null, { subject: 'finding', subjectId: id }));
    expect(await refusal(step(id, 'decide'))).toMatchObject({ code: 'not-deliberated' });
    await database.query(`insert into deliberation_voice (id, organisation_id, deliberation_id, person_id, consents, opinion) select gen_random_uuid(), organisation_id, $1, id, false, '認めない。' from audit_person where audit_id = $2`, [held, audit]);
    await step(id, 'decide');
    expect((await get(id)).stage).toBe('decided');
  });
  it('are not taken on a stale page, nor by a heading', async () => {
    const id = await add('一', COMPLETE);
    expect(await refusal(as((ctx) => register.step(ctx, id, 7, 'waive', '理由')))).toMatchObject({ kind: 'conflict' });
    const head = await as((ctx) => register.add(ctx, audit, 'heading', TOP, { title: '見出し' }));
    expect(await refusal(step(head, 'waive', '理由'))).toMatchObject({ code: 'heading' });
  });
  it('nothing is added, moved or reopened once the report is fixed', async () => {
    const id = await add('一', COMPLETE);
    await stage(id, 'decided');
    await as((ctx) => scoped(ctx, AuditReport).insert(reportOf([], 'fixed') as never));
    expect(await refusal(add('二'))).toMatchObject({ code: 'report-fixed' });
    expect(await refusal(as((ctx) => register.shift(ctx, id, 1, 'up').then(() => register.move(ctx, id, 1, { ...TOP, place: 0 }))))).toMatchObject({ code: 'report-fixed' });
    expect(await refusal(step(id, 'reopen', '直す'))).toMatchObject({ code: 'report-fixed' });
  });
});

const reportOf = (sections: ReportSection[], status: 'draft' | 'fixed' = 'draft') => ({
  id: newId(), auditId: audit, kind: 'report', title: '監査結果報告書', publicationNumber: null, publicationYear: null, decidedOn: null, submittedOn: null, publishedOn: null, addressees: [], sections, omitted: [], status,
  changedAt: new Date(), changedByName: '', version: 1,
});

describe('what is cited is not removed; what cites it is named with its page', () => {
  const refused = async (id: string, version = 1): Promise<string[]> => {
    const error: unknown = await as((ctx) => register.remove(ctx, id, version)).catch((one: unknown) => one);
    expect(error).toMatchObject({ kind: 'refused', code: 'cited' });
    return (error as { problems: { message: string; href: string }[] }).problems.map((one) => `${one.message.split('で使われて')[0]} ${one.href}`);
  };
  it('by an improvement opinion', async () => {
    const id = await add('一');
    const opinion = await as((ctx) => improvements.add(ctx, audit, TOP, { kind: 'opinion', text: '改められたい。', reason: '', departmentId: null }, [id]));
    expect(await refused(id)).toEqual([`改善を求める事項 １ /improvements/${opinion}`]);
  });
  it('by a corrective action', async () => {
    const id = await add('一');
    const action = newId();
    await as((ctx) => scoped(ctx, CorrectiveAction).insert({ id: action, auditId: audit, findingId: id, improvementId: null, number: 4, title: '', planned: '', departmentId: town.pension, formerDepartmentId: null, dueOn: null, firstDueOn: null, state: 'not-started', proposed: null, effect: null, settledOn: null, offered: null, changedAt: ctx.clock.now(), changedByName: '', version: 1 }));
    expect(await refused(id)).toEqual([`措置4 /actions/${action}`]);
  });
  it('by a deliberation', async () => {
    const id = await add('一');
    const held = await as((ctx) => deliberated(ctx, audit, null, { subject: 'finding', subjectId: id }));
    expect(await refused(id)).toEqual([`合議の記録があります。消せないときは、理由を書いて取り下げることができます。 /audits/${audit}/deliberations#deliberation-${held}`]);
  });
  it('by references in texts of findings, opinions and chapters of the report; its own texts do not count', async () => {
    const id = await add('一', { effect: '［検出:1］のとおり。' });
    const other = await add('二', { cause: '［検出:1～2］に同じ。' });
    const opinion = await as((ctx) => improvements.add(ctx, audit, TOP, { kind: 'recommendation', text: '改めること。', reason: '［検出題:1］のため。', departmentId: null }));
    await as((ctx) => scoped(ctx, AuditReport).insert(reportOf([{ id: 's', parentId: null, heading: '結果', text: '［検出全:1］がある。', source: 'edited', code: null }]) as never));
    expect(await refused(id)).toEqual([`検出事項 ２の文 /findings/${other}`, `改善を求める事項 １の文 /improvements/${opinion}`, `報告「監査結果報告書」の「結果」 /audits/${audit}/report/sections/s`]);
  });
  it('by what was said: 弁明・見解, the reply to it, an opinion in 合議; by purpose and viewpoints; a chapter that the product puts together follows and is in nobody’s way', async () => {
    const id = await add('一');
    const other = await add('二');
    await as((ctx) => scoped(ctx, FindingStatement).insert({ id: newId(), findingId: other, departmentId: town.pension, askedAt: ctx.clock.now(), askedByName: '', dueOn: '2026-12-01', agreed: false, text: '違う。', answeredAt: ctx.clock.now(), answeredByName: '', reply: '［検出:1］のとおり。', version: 1 }));
    const held = await as((ctx) => deliberated(ctx, audit, 'divided'));
    await database.query(`update deliberation_voice set opinion = '［検出:1］は要らない。'`);
    await database.query(`update audit set purpose = '［検出:1］を確かめる。' where id = $1`, [audit]);
    await as((ctx) => viewpointOf(ctx, audit, '［検出:1］は直ったか'));
    await as((ctx) => scoped(ctx, AuditReport).insert(reportOf([{ id: 'findings', parentId: null, heading: '検出事項', text: '［検出題:1］', source: 'assembled', code: 'findings' }]) as never));
    expect(await refused(id)).toEqual([`監査の概要 /audits/${audit}`, `着眼点の文 /audits/${audit}/viewpoints`, `検出事項 ２の弁明・見解 /findings/${other}#statements`, `合議の意見 /audits/${audit}/deliberations#deliberation-${held}`]);
  });
  it('by what stands below it', async () => {
    const id = await add('一');
    const below = await add('二', {}, { parentId: id, caseId: null });
    expect(await refused(id)).toEqual([`下にある検出事項 １(1) /findings/${below}`]);
  });
  it('nor what a department has answered to, nor what was decided', async () => {
    const id = await add('一', COMPLETE);
    await as((ctx) => scoped(ctx, FindingStatement).insert({ id: newId(), findingId: id, departmentId: town.pension, askedAt: ctx.clock.now(), askedByName: '', dueOn: '2026-12-01', agreed: false, text: '違う。', answeredAt: ctx.clock.now(), answeredByName: '', reply: '', version: 1 }));
    expect(await refusal(as((ctx) => register.remove(ctx, id, 1)))).toMatchObject({ code: 'answered' });
    await stage(id, 'decided');
    expect(await refusal(as((ctx) => register.remove(ctx, id, 1)))).toMatchObject({ code: 'decided' });
  });
  it('nor on a stale page; what nothing cites goes, with its files', async () => {
    const id = await add('一');
    await as((ctx) => evidences.addFile(ctx, id, { fileName: '写真の一覧.csv', bytes: Buffer.from('a,b\n1,2\n') }, '一覧'));
    expect(await refusal(as((ctx) => register.remove(ctx, id, 9)))).toMatchObject({ kind: 'conflict' });
    await as((ctx) => register.remove(ctx, id, 1));
    expect(await labels()).toEqual([]);
    expect(await database.query('select count(*)::int as n from audit_file')).toEqual([{ n: 0 }]);
  });
});

describe('evidence', () => {
  it('links a record of this audit, a named document; the same is not linked twice', async () => {
    const id = await add('一');
    const rid = newId();
    await as((ctx) => scoped(ctx, FieldRecord).insert({ id: rid, auditId: audit, kind: 'survey', title: '窓口の現地調査', heldOn: '2026-11-02', place: '', attendees: '', departmentId: town.pension, systemId: null, viewpointId: null, announced: '', seen: '', outcome: 'different', changedAt: ctx.clock.now(), changedByName: '', version: 1 }));
    const first = await as((ctx) => evidences.add(ctx, id, { kind: 'record', targetId: rid, target: '', label: '' }));
    expect(await as((ctx) => evidences.add(ctx, id, { kind: 'record', targetId: rid, target: '', label: '' }))).toBe(first);
    await as((ctx) => evidences.add(ctx, id, { kind: 'document', targetId: null, target: '第5条', label: '委託契約書' }));
    expect((await get(id)).evidence.map(({ kind, label, target, href }) => [kind, label, target, href])).toEqual([['record', '窓口の現地調査', '', `/audits/${audit}/records/${rid}`], ['document', '委託契約書', '第5条', '']]);
    expect((await as((ctx) => evidences.choices(ctx, audit, null))).records).toEqual([{ id: rid, label: '窓口の現地調査' }]);
    await as((ctx) => evidences.remove(ctx, id, first));
    expect((await get(id)).evidence).toHaveLength(1);
  });
  it('links a result of the finding’s system by hand, and of no other; a source that goes leaves its name', async () => {
    const tax = await as(async (ctx) => {
      const made = await addSystem(ctx, town.pension, '税総合システム');
      await declareOf(ctx, made, 'access-right-unit', 'per-terminal');
      await checking.recheck(ctx, [made]);
      return made;
    });
    const id = await add('一', { systemId: tax });
    const { checks } = await as((ctx) => evidences.choices(ctx, audit, tax));
    const [first] = checks;
    expect(first).toMatchObject({ id: expect.stringMatching(/^[a-z0-9-]+\/[a-z0-9-]+@\d+$/u), label: expect.stringMatching(/^不適合　/u), name: expect.stringMatching(/税総合システム　.+：不適合$/u) });
    await as((ctx) => evidences.add(ctx, id, { kind: 'check', targetId: null, target: first!.id, label: '' }));
    const page = first!.id.replace('@', '?run=');
    expect((await get(id)).evidence).toMatchObject([{ kind: 'check', label: first!.name, href: `/checks/systems/${tax}/${page}`, gone: false }]);
    expect(await refusal(as((ctx) => evidences.add(ctx, id, { kind: 'check', targetId: tax, target: 'no-such/rule@1', label: '' })))).toMatchObject({ kind: 'invalid' });
    const made = newId();
    await database.query(`insert into document (id, organisation_id, kind, object_kind, object_id, title, media_type, state, model, asked_at, asked_by_name) values ($1, $2, 'audit', 'audit', $3, '調査票（記入済み）', 'application/pdf', 'stored', '{}', now(), '監査事務局')`, [made, town.organisation, audit]);
    await as((ctx) => evidences.add(ctx, id, { kind: 'document', targetId: made, target: '', label: '' }));
    expect((await get(id)).evidence[1]).toMatchObject({ label: '調査票（記入済み）', href: `/audits/${audit}/documents/${made}`, gone: false });
    await database.query('delete from document where id = $1', [made]);
    expect((await get(id)).evidence[1]).toMatchObject({ label: '調査票（記入済み）', href: '', gone: true });
  });
  it('refuses what is not there, or of another audit, and a document without a name', async () => {
    const id = await add('一');
    for (const kind of ['record', 'answer', 'check', 'document'] as const) expect(await refusal(as((ctx) => evidences.add(ctx, id, { kind, targetId: newId(), target: '', label: '' })))).toMatchObject({ kind: 'invalid' });
    expect(await refusal(as((ctx) => evidences.add(ctx, id, { kind: 'record', targetId: null, target: '', label: '記録' })))).toMatchObject({ kind: 'invalid' });
    expect(await refusal(as((ctx) => evidences.add(ctx, id, { kind: 'document', targetId: null, target: '', label: ' ' })))).toMatchObject({ kind: 'invalid' });
    expect(await refusal(as((ctx) => evidences.remove(ctx, id, newId())))).toMatchObject({ kind: 'not-found' });
  });
  it('its files are not for departments', async () => {
    const id = await add('一', COMPLETE);
    const file = await as((ctx) => evidences.addFile(ctx, id, { fileName: '一覧.csv', bytes: Buffer.from('a,b\n1,2\n') }));
    await stage(id, 'confirming');
    expect(await refusal(as((ctx) => evidences.readFile(ctx, id, file.id), pension))).toMatchObject({ kind: 'not-found' });
    expect(await as((ctx) => evidences.listFiles(ctx, id), pension)).toEqual([]);
    expect((await as((ctx) => evidences.readFile(ctx, id, file.id), member)).bytes.toString()).toBe('a,b\n1,2\n');
  });
});

describe('begun from a failing rule', () => {
  const failing = (value = 'per-terminal') => as(async (ctx) => {
    const id = await addSystem(ctx, town.pension, '給付システム');
    await declareOf(ctx, id, 'access-right-unit', value);
    await checking.recheck(ctx, [id]);
    return id;
  });
  const begin = (systemId: string, by = secretariat) => as((ctx) => register.beginFromRule(ctx, audit, { systemId, ruleSet: 'sample', rule: 's-access' }), by);

  it('has its texts, criteria with their source, viewpoint, severity, department, system and the result as evidence', async () => {
    const system = await failing();
    const viewpoint = await as((ctx) => viewpointOf(ctx, audit, '権限は必要な者だけか', { ruleSet: 'sample', viewpoint: 'access' }));
    const sheet = await as((ctx) => caseOf(ctx, audit, town.pension, '給付システムについて'));
    const page = await get(await begin(system));
    // medium in the rule is 中程度 in the shipped scheme.
    expect(page.fields).toMatchObject({ title: '給付システム：s-accessが守られている', criteria: 's-accessが守られている。', criteriaSource: '見本の規程　第1条', viewpointId: viewpoint, severity: 'considerable', classification: null, departmentId: town.pension, systemId: system });
    expect(page.fields.facts.split('\n')).toEqual(['s-accessが守られていない。', expect.stringMatching(/^点検の結果：.*不適合。$/u), expect.stringContaining('アクセス権限を設定する単位「')]);
    expect(page).toMatchObject({ caseId: sheet, origin: { system, ruleSet: 'sample', rule: 's-access', run: 1 }, stage: 'draft' });
    expect(page.evidence).toEqual([expect.objectContaining({ kind: 'check', target: 'sample/s-access@1', href: `/checks/systems/${system}/sample/s-access?run=1` })]);
    expect(await as((ctx) => improvements.proposals(ctx, audit, [page.id]))).toEqual(['s-accessを守られたい。']);
  });
  it('is refused where the rule does not fail, was never checked, or was begun already', async () => {
    expect(await refusal(begin(await failing('per-user')))).toMatchObject({ kind: 'refused', code: 'rule-not-failing' });
    const unchecked = await as((ctx) => addSystem(ctx, town.pension, '未点検'));
    expect(await refusal(begin(unchecked))).toMatchObject({ kind: 'not-found' });
    const system = await failing();
    const id = await begin(system);
    const error: unknown = await begin(system).catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'begun-already', problems: [{ href: `/findings/${id}` }] });
    expect(await refusal(begin(system, member))).toMatchObject({ kind: 'refused' });
  });
  it('says so when a person gave the result', async () => {
    const system = await failing('per-user');
    await as((ctx) => overruling.overrule(ctx, system, 'sample', 's-access', { result: 'not-met', reason: '窓口では端末ごとであった', evidence: '現地調査の記録', untilOn: '2027-03-31' }));
    expect((await get(await begin(system))).fields.facts).toContain('人が確かめて不適合に改めた。理由：窓口では端末ごとであった。証拠：現地調査の記録。');
  });
});
