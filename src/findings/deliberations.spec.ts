import { makeTown, openTown, type Town } from '../../test/assessments-town.js';
import { conductedAudit, findingSettings } from '../../test/findings-town.js';
import { AuditKinds } from '../audits/audit-kinds.service.js';
import { AuditRegister } from '../audits/audit-register.service.js';
import { AuditPerson } from '../audits/audit.entity.js';
import type { Actor } from '../kernel/ctx.js';
import type { TenkenError } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { history } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { Deliberations, type DeliberationInput } from './deliberations.service.js';

let opened: Awaited<ReturnType<typeof openTown>>;
let town: Town;
let secretariat: Actor;
let learned: Actor;
let councillor: Actor;
let clerk: Actor;
let audit: string;
let people: { learned: string; councillor: string; secretariat: string };
const deliberations = new Deliberations(findingSettings(), new AuditRegister(new AuditKinds()));

beforeAll(async () => {
  opened = await openTown();
  ({ town } = opened);
  secretariat = await town.person('audit-secretariat', null, '監査事務局');
  learned = await town.person('audit-member', null, '識見の委員');
  councillor = await town.person('audit-member', null, '議選の委員');
  clerk = await town.person('drafter', town.pension, '国保の担当');
});
afterAll(() => opened.close());
beforeEach(async () => {
  audit = await conductedAudit(opened.database, town);
  await opened.database.query(`update audit set bases = '["act-199-2"]' where id = $1`, [audit]);
  people = await town.as(secretariat, async (ctx) => {
    const person = async (role: 'member' | 'secretariat', name: string, accountId: string | null, position: number): Promise<string> => {
      const id = newId();
      await scoped(ctx, AuditPerson).insert({ id, auditId: audit, accountId, role, title: role === 'member' ? '監査委員' : '事務局長', name, disqualifiedReason: null, position, version: 1 });
      return id;
    };
    return { learned: await person('member', '識見', learned.id, 0), councillor: await person('member', '議選', councillor.id, 1), secretariat: await person('secretariat', '事務', secretariat.id, 2) };
  });
});

/** The error as plain data, or null. */
const refusal = (work: Promise<unknown>): Promise<unknown> => work.then(() => null, (error: TenkenError & { sides?: unknown }) => ({ kind: error.kind, code: error.code, message: error.message, problems: error.problems, sides: error.sides }));
const input = (more: Partial<DeliberationInput> = {}): DeliberationInput => ({ subject: 'report', subjectId: null, heldOn: '2026-11-20', place: '監査委員室', note: '', ...more });
const hold = (more: Partial<DeliberationInput> = {}, by = secretariat) => town.as(by, (ctx) => deliberations.hold(ctx, audit, input(more)));
const speak = (id: string, person: string, consents: boolean, opinion = '', seen = 0, by = secretariat) => town.as(by, (ctx) => deliberations.voice(ctx, audit, id, seen, { personId: person, consents, opinion }));
const shown = (by = secretariat) => town.as(by, (ctx) => deliberations.list(ctx, audit));
const waiting = (by: Actor) => town.as(by, (ctx) => deliberations.waiting(ctx));
const disqualify = (person: string, reason: string | null) => opened.database.query('update audit_person set disqualified_reason = $2 where id = $1', [person, reason]);
async function finding(title: string, kind = 'finding', number = 1): Promise<string> {
  const id = newId();
  await opened.database.query(
    `insert into finding (id, organisation_id, audit_id, number, position, kind, title, facts, criteria, criteria_source, cause, effect, stage, changed_at, changed_by_name) values ($1, $2, $3, $4, $4, $5, $6, '事実', '', '', '', '', 'confirmed', now(), '監査事務局')`,
    [id, town.organisation, audit, number, kind, title]);
  return id;
}
async function report(status: string): Promise<void> {
  await opened.database.query(
    `insert into audit_report (id, organisation_id, audit_id, kind, title, addressees, sections, status, changed_at, changed_by_name) values ($1, $2, $3, 'report', '行政監査結果報告書', '[]', '[]', $4, now(), '監査事務局')`, [newId(), town.organisation, audit, status]);
}

describe('the members come together', () => {
  it('about the report: the audit is deliberated, everybody is waited for, and the journal says so', async () => {
    const id = await hold();
    expect(await shown()).toMatchObject([{ id, subject: 'report', label: '監査の結果に関する報告', outcome: null, consequence: 'open', voices: [{ name: '識見', consents: null, version: 0 }, { name: '議選', consents: null }] }]);
    expect((await opened.database.query('select status from audit where id = $1', [audit]))[0].status).toBe('deliberating');
    expect(await town.as(secretariat, async (ctx) => (await history(ctx, { kind: 'deliberation', id })).map((one) => one.action))).toEqual(['deliberation-held']);
  });

  it('about single findings under their numbers; headings are not deliberated about', async () => {
    await finding('端末', 'heading', 1);
    const one = await finding('施錠', 'finding', 2);
    expect((await town.as(secretariat, (ctx) => deliberations.choices(ctx, audit))).map((choice) => choice.label)).toEqual(['監査の結果に関する報告', expect.stringMatching(/^検出事項.+施錠$/u)]);
    await hold({ subject: 'finding', subjectId: one });
    expect((await town.as(secretariat, (ctx) => deliberations.choices(ctx, audit))).map((choice) => choice.subject)).toEqual(['report']);
  });

  it.each<[string, Partial<DeliberationInput>, string]>([
    ['no day', { heldOn: '' }, '合議の日を入れてください。'], ['a day that is none', { heldOn: '2026-02-30' }, '合議の日を入れてください。'],
    ['a finding that is not there', { subject: 'finding', subjectId: newId() }, '合議の対象を選んでください。'], ['nothing', { subject: '' as never }, '合議の対象を選んでください。'],
    ['a report with an id', { subjectId: newId() }, '合議の対象を選んでください。'], ['too long a place', { place: 'あ'.repeat(401) }, '「場所」は400字までにしてください。'],
  ])('is refused with %s', async (_, more, message) => {
    expect(await refusal(hold(more))).toMatchObject({ kind: 'invalid', problems: expect.arrayContaining([expect.objectContaining({ message })]) });
  });

  it('is refused where nobody may decide, twice about one thing, to members, to departments, and for another organisation', async () => {
    await hold();
    expect(await refusal(hold())).toMatchObject({ kind: 'conflict', code: 'held-already' });
    expect(await refusal(hold({}, learned))).toMatchObject({ kind: 'refused', code: 'not-allowed' });
    expect(await refusal(shown(clerk))).toMatchObject({ kind: 'refused', code: 'not-allowed' });
    const elsewhere = await makeTown(opened.database, 'あさぎり町');
    const stranger = await elsewhere.person('audit-secretariat', null);
    expect(await refusal(elsewhere.as(stranger, (ctx) => deliberations.hold(ctx, audit, input())))).toMatchObject({ kind: 'not-found' });
    expect(await refusal(elsewhere.as(stranger, (ctx) => deliberations.list(ctx, audit)))).toMatchObject({ kind: 'not-found' });
    await disqualify(people.learned, '本人の事件');
    await disqualify(people.councillor, '配偶者の事件');
    await finding('施錠');
    expect(await refusal(hold({ subject: 'finding', subjectId: newId() }))).toMatchObject({ kind: 'refused', code: 'no-members' });
  });

  it('day, place and note are changed by whoever saw them last; what was recorded by mistake is taken back while nobody has spoken', async () => {
    const id = await hold();
    const change = (seen: number) => town.as(secretariat, (ctx) => deliberations.change(ctx, audit, id, seen, { heldOn: '2026-11-19', place: '', note: '案を審議した。' }));
    expect(await change(1)).toBe(2);
    expect(await refusal(change(1))).toMatchObject({ kind: 'conflict', sides: { current: { heldOn: '2026-11-19', note: '案を審議した。' } } });
    expect(await refusal(town.as(secretariat, (ctx) => deliberations.change(ctx, audit, id, 2, { heldOn: 'x', place: '', note: '' })))).toMatchObject({ kind: 'invalid' });
    await speak(id, people.learned, true);
    expect(await refusal(town.as(secretariat, (ctx) => deliberations.withdraw(ctx, audit, id, 2)))).toMatchObject({ kind: 'refused', code: 'voices-given' });
    const other = await hold({ subject: 'finding', subjectId: await finding('施錠') });
    expect(await refusal(town.as(secretariat, (ctx) => deliberations.withdraw(ctx, audit, other, 9)))).toMatchObject({ kind: 'conflict' });
    await town.as(secretariat, (ctx) => deliberations.withdraw(ctx, audit, other, 1));
    expect((await shown()).map((one) => one.id)).toEqual([id]);
  });
});

describe('voices', () => {
  it('all consent: agreed', async () => {
    const id = await hold();
    expect(await speak(id, people.learned, true, '', 0, learned)).toBeNull();
    expect(await speak(id, people.councillor, true, '速やかに公表されたい。')).toBe('agreed');
    expect(await shown()).toMatchObject([{ outcome: 'agreed', consequence: 'decided', voices: [{ consents: true, opinion: '' }, { consents: true, opinion: '速やかに公表されたい。' }] }]);
  });

  it('one dissent: divided, with the opinion; a changed mind agrees, and the journal keeps both', async () => {
    const id = await hold();
    await speak(id, people.learned, true);
    expect(await speak(id, people.councillor, false, '事実の認定が足りない。', 0, councillor)).toBe('divided');
    expect(await shown()).toMatchObject([{ outcome: 'divided', consequence: 'opinions' }]);
    expect(await speak(id, people.councillor, true, '', 1, councillor)).toBe('agreed');
    const said = await town.as(secretariat, async (ctx) => (await history(ctx, { kind: 'deliberation', id }, { path: people.councillor })).map((one) => (one.after as { outcome: string }).outcome));
    expect(said).toEqual(['agreed', 'divided']);
  });

  it('a member who is disqualified later is no longer counted', async () => {
    const id = await hold();
    await speak(id, people.councillor, false, '反対する。');
    await speak(id, people.learned, true);
    await disqualify(people.councillor, '父の勤める会社が受託した');
    expect(await shown()).toMatchObject([{ id, outcome: 'agreed', voices: [{ name: '識見' }], disqualified: [{ name: '議選', reason: '父の勤める会社が受託した' }] }]);
  });

  it('of an absent member are not waited for, with the reason; spoken later, they count', async () => {
    const id = await hold();
    await speak(id, people.learned, true);
    const away = (opinion: string, seen: number) => town.as(secretariat, (ctx) => deliberations.voice(ctx, audit, id, seen, { personId: people.councillor, consents: null, opinion }));
    expect(await refusal(away(' ', 0))).toMatchObject({ kind: 'invalid', problems: [{ code: 'reason-missing', path: 'opinion' }] });
    expect(await away('入院中のため。', 0)).toBe('agreed');
    expect(await shown()).toMatchObject([{ outcome: 'agreed', voices: [{ absent: false }, { name: '議選', consents: null, absent: true, opinion: '入院中のため。' }] }]);
    expect((await waiting(councillor)).some((one) => one.auditId === audit)).toBe(false);
    expect(await speak(id, people.councillor, false, '書面により反対する。', 1)).toBe('divided');
    expect((await shown())[0]!.voices[1]).toMatchObject({ consents: false, absent: false });
  });

  it('a member who joins late is waited for; once the report is decided, who joins or leaves changes nothing', async () => {
    const id = await hold();
    await speak(id, people.learned, true);
    expect(await speak(id, people.councillor, true)).toBe('agreed');
    const late = newId();
    const join = (person: string, name: string) => opened.database.query(`insert into audit_person (id, organisation_id, audit_id, role, title, name, position) values ($1, $2, $3, 'member', '監査委員', $4, 9)`, [person, town.organisation, audit, name]);
    await join(late, '後任');
    expect(await shown()).toMatchObject([{ outcome: null, consequence: 'open', voices: [{}, {}, { name: '後任', consents: null }] }]);
    await speak(id, late, true);
    await report('fixed');
    await join(newId(), '決定の後の委員');
    await disqualify(people.councillor, '後で分かった利害');
    expect(await shown()).toMatchObject([{ outcome: 'agreed', voices: [{ name: '識見' }, { name: '議選' }, { name: '後任' }], disqualified: [] }]);
  });

  it('about an opinion that divides nothing is decided (12項)', async () => {
    const improvement = newId();
    await opened.database.query(
      `insert into improvement (id, organisation_id, audit_id, number, position, kind, text, reason, stage, changed_at, changed_by_name) values ($1, $2, $3, 1, 1, 'opinion', '鍵を備えられたい。', '', 'draft', now(), '監査事務局')`, [improvement, town.organisation, audit]);
    const id = await hold({ subject: 'improvement', subjectId: improvement });
    await speak(id, people.learned, true);
    await speak(id, people.councillor, false, '必要がない。');
    expect(await shown()).toMatchObject([{ consequence: 'not-decided', label: expect.stringContaining('鍵を備えられたい。') }]);
  });

  it('are refused: of the disqualified, of the secretariat, of strangers, of another member, without an opinion, too long', async () => {
    const id = await hold();
    expect(await refusal(speak(id, people.learned, true, '', 0, councillor))).toMatchObject({ kind: 'refused', code: 'not-own-voice' });
    await disqualify(people.councillor, '本人が当時の担当課長');
    expect(await refusal(speak(id, people.councillor, true, '', 0, councillor))).toMatchObject({ kind: 'refused', code: 'disqualified', message: expect.stringContaining('第199条の2') });
    expect(await refusal(speak(id, people.secretariat, true))).toMatchObject({ kind: 'refused', code: 'not-a-member' });
    expect(await refusal(speak(id, newId(), true))).toMatchObject({ kind: 'refused', code: 'not-a-member' });
    expect(await refusal(speak(id, people.learned, true, '', 0, clerk))).toMatchObject({ kind: 'refused', code: 'not-allowed' });
    expect(await refusal(speak(id, people.learned, false, '　'))).toMatchObject({ kind: 'invalid', problems: [{ path: 'opinion' }] });
    expect(await refusal(speak(id, people.learned, true, 'あ'.repeat(20_001)))).toMatchObject({ kind: 'invalid', problems: [{ path: 'opinion' }] });
    expect(await refusal(speak(newId(), people.learned, true))).toMatchObject({ kind: 'not-found' });
    expect((await shown())[0]!.outcome).toBeNull();
  });

  it('that were recorded meanwhile are shown beside one another', async () => {
    const id = await hold();
    await speak(id, people.learned, false, '反対する。');
    expect(await refusal(speak(id, people.learned, true, '賛成する。', 0, learned))).toMatchObject({ kind: 'conflict', sides: { sent: { opinion: '賛成する。' }, current: { consents: false, opinion: '反対する。' }, currentVersion: 1 } });
  });

  it('and everything else stay as they are once the report is decided', async () => {
    const id = await hold();
    await report('fixed');
    expect(await refusal(speak(id, people.learned, true))).toMatchObject({ kind: 'refused', code: 'report-fixed' });
    expect(await refusal(hold({ subject: 'finding', subjectId: await finding('施錠') }))).toMatchObject({ kind: 'refused', code: 'report-fixed' });
    expect(await refusal(town.as(secretariat, (ctx) => deliberations.withdraw(ctx, audit, id, 1)))).toMatchObject({ kind: 'refused', code: 'report-fixed' });
  });

  it('of another audit are not found', async () => {
    const id = await hold();
    const other = await conductedAudit(opened.database, town, '別の監査');
    expect(await refusal(town.as(secretariat, (ctx) => deliberations.change(ctx, other, id, 1, { heldOn: '2026-11-19', place: '', note: '' })))).toMatchObject({ kind: 'not-found' });
  });
});

describe('what waits for a member', () => {
  it('is every deliberation without the own voice; of nobody else, not when disqualified, not when it is over', async () => {
    const id = await hold();
    expect((await waiting(learned)).filter((one) => one.auditId === audit)).toEqual([{ auditId: audit, theme: '情報システムの利用と管理', deliberationId: id, label: '監査の結果に関する報告', heldOn: '2026-11-20' }]);
    await speak(id, people.learned, true, '', 0, learned);
    expect((await waiting(learned)).some((one) => one.auditId === audit)).toBe(false);
    expect((await waiting(councillor)).some((one) => one.auditId === audit)).toBe(true);
    expect(await waiting(secretariat)).toEqual([]);
    await disqualify(people.councillor, '本人の事件');
    expect((await waiting(councillor)).some((one) => one.auditId === audit)).toBe(false);
    await disqualify(people.councillor, null);
    await report('fixed');
    expect((await waiting(councillor)).some((one) => one.auditId === audit)).toBe(false);
  });

  it('is nothing about a finding that was withdrawn', async () => {
    const about = await finding('点検していない');
    const id = await hold({ subject: 'finding', subjectId: about });
    expect((await waiting(learned)).filter((one) => one.auditId === audit).map((one) => one.deliberationId)).toEqual([id]);
    await opened.database.query(`update finding set stage = 'withdrawn' where id = $1`, [about]);
    expect((await waiting(learned)).filter((one) => one.auditId === audit)).toEqual([]);
  });
});
