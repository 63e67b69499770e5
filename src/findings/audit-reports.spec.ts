import { openReportTown, TERMINALS, type ReportableAudit, type ReportTown } from '../../test/reports-town.js';
import { openWeb, type Person, type Web } from '../../test/web-fixture.js';
import type { Ctx } from '../kernel/ctx.js';
import type { Problem, TenkenError } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { history } from '../kernel/journal.js';
import { Improvements } from './improvements.service.js';
import { ReportReading, type ReportState } from './report-reading.service.js';

let web: Web;
let town: ReportTown;
let audit: ReportableAudit;
let stranger: Person;
let clerk: Person;

beforeAll(async () => {
  web = await openWeb();
  town = await openReportTown(web);
  stranger = await web.person('audit-secretariat', null, 'よその監査', web.elsewhere);
  clerk = await web.person('section-head', web.town.pension, '国保の課長');
});
afterAll(() => web.close());
beforeEach(async () => { audit = await town.audit(); });

const as = <T>(work: (ctx: Ctx) => Promise<T>, by: Person = town.secretariat): Promise<T> => web.within(by, work);
const refusal = (work: Promise<unknown>): Promise<unknown> => work.then(() => null, (error: TenkenError & { sides?: unknown }) => ({ kind: error.kind, code: error.code, message: error.message, problems: error.problems, sides: error.sides }));
const begin = (kind: 'report' | 'measures' = 'report', by = town.secretariat) => as((ctx) => town.reports.begin(ctx, audit.id, kind), by);
const get = (id: string) => as((ctx) => town.reports.get(ctx, audit.id, id));
const textOf = ({ sections, resolver: _resolver }: ReportState, code: string): string => sections.find((one) => one.code === code)?.text ?? '';
const save = (id: string, section: string, text: string, seen = 0, by = town.secretariat) => as((ctx) => town.reports.saveSection(ctx, audit.id, id, section, seen, { heading: '見出し', text }), by);
const sql = (text: string, values: unknown[]) => web.database.query(text, values);
const fix = (id: string, more: Partial<{ version: number; decidedOn: string; acknowledged: boolean; note: string }> = {}) => as((ctx) => town.steps.fix(ctx, audit.id, id, more.version ?? 1, { decidedOn: more.decidedOn ?? '2026-11-12', acknowledged: more.acknowledged ?? false, note: more.note ?? '' }));
const codes = (problems: readonly Problem[]): string[] => problems.map((one) => one.code);

describe('a report', () => {
  it('is put together from the audit and goes to 議会 and 長', async () => {
    const state = await get(await begin());
    expect([state.report.title, state.report.addressees]).toEqual(['令和8年度行政監査結果報告書', ['みずほ野市議会議長', 'みずほ野市長']]);
    expect(state.sections.filter((one) => one.depth === 0).map((one) => `${one.number}${one.heading}`)).toEqual([
      '公表文', '1監査のテーマ', '2監査の目的', '3監査の対象と方法', '4監査の期間', '5監査をした者', '6監査の結果', '7検出事項', '8監査意見', '監査結果の報告について',
    ]);
    expect(textOf(state, 'result/terminals')).toContain('合計では、端末が［数値:terminals/total/count］台となっている。\n［表:terminals］');
    expect(textOf(state, 'findings')).toContain('［検出題:1］\n端末が施錠されていなかった。\n［検出題:2］');
    expect(codes(state.problems.blocking)).toEqual(['deliberation-missing']);
    expect(await refusal(begin())).toMatchObject({ kind: 'conflict', code: 'report-begun' });
  });

  it('follows the audit until somebody types in a chapter; then it keeps the text, says what changed, and takes the new one when asked', async () => {
    const id = await begin();
    await sql(`update audit set theme = '端末の管理' where id = $1`, [audit.id]);
    expect(textOf(await get(id), 'theme')).toBe('端末の管理');
    await save(id, 'theme', '端末の管理について');
    await sql(`update audit set theme = '端末とサーバ' where id = $1`, [audit.id]);
    const state = await get(id);
    expect(textOf(state, 'theme')).toBe('端末の管理について');
    expect(state.problems.warnings).toMatchObject([{ code: 'assembled-differs', href: `/audits/${audit.id}/report/sections/theme` }]);
    await as((ctx) => town.reports.keepSection(ctx, audit.id, id, 'theme', 1));
    expect((await get(id)).problems.warnings).toEqual([]);
    await as((ctx) => town.reports.reassemble(ctx, audit.id, id, 'theme', 2));
    expect((await get(id)).sections.find((one) => one.code === 'theme')).toMatchObject({ text: '端末とサーバ', source: 'assembled', heading: '監査のテーマ' });
    expect(await refusal(as((ctx) => town.reports.reassemble(ctx, audit.id, id, 'theme', 0)))).toMatchObject({ kind: 'conflict' });
  });

  it('keeps the figure that its author saw, and marks it when the data changes', async () => {
    const id = await begin();
    await save(id, 'purpose', '［数値:terminals/total/count］台を確かめる。［表:nothing］と［検出:9］。');
    expect(textOf(await get(id), 'purpose')).toBe('［数値:terminals/total/count=5］台を確かめる。［表:nothing］と［検出:9］。');
    await sql('update tabulation set definition = $2 where audit_id = $1', [audit.id, JSON.stringify(TERMINALS(4))]);
    const { problems: { blocking, warnings } } = await get(id);
    expect(blocking.filter((one) => one.path === 'purpose').map((one) => [one.code, /「5」、今は「6」/u.test(one.message)])).toEqual([['reference-stale', true], ['reference-unknown', false], ['reference-unknown', false]]);
    expect(codes(warnings)).toEqual(['figures-contradict']);
    expect(warnings[0]!.message).toMatch(/部局ごとの端末.+6.+本文の数.+5/u);
    await as((ctx) => town.reports.keepSection(ctx, audit.id, id, 'purpose', 1));
    expect(textOf(await get(id), 'purpose')).toContain('［数値:terminals/total/count=6］');
  });

  it('has own chapters as a tree; what was taken out can be brought back', async () => {
    const id = await begin();
    const added = await as((ctx) => town.reports.addSection(ctx, audit.id, id, 1, 'scope', { heading: '調査票', text: '' }));
    const numberOf = async (section: string) => { const found = (await get(id)).sections.find((one) => one.id === section); return found && `${found.depth}${found.number}`; };
    expect(await numberOf(added)).toBe('1(3)');
    await as((ctx) => town.reports.moveSection(ctx, audit.id, id, 2, added, 'up'));
    expect(await numberOf(added)).toBe('1(2)');
    await as((ctx) => town.reports.moveSection(ctx, audit.id, id, 3, added, 'out'));
    expect(await numberOf(added)).toBe('04');
    expect(await refusal(as((ctx) => town.reports.moveSection(ctx, audit.id, id, 3, added, 'up')))).toMatchObject({ kind: 'conflict' });
    expect(await refusal(as((ctx) => town.reports.moveSection(ctx, audit.id, id, 4, 'theme', 'out')))).toMatchObject({ kind: 'refused', code: 'cannot-move' });
    expect(await refusal(as((ctx) => town.reports.removeSection(ctx, audit.id, id, 4, 'scope')))).toMatchObject({ kind: 'refused', code: 'has-below' });
    await as((ctx) => town.reports.removeSection(ctx, audit.id, id, 4, added));
    await as((ctx) => town.reports.removeSection(ctx, audit.id, id, 5, 'persons'));
    expect((await get(id)).sections.some((one) => one.code === 'persons')).toBe(false);
    await as((ctx) => town.reports.restoreSection(ctx, audit.id, id, 6, 'persons'));
    expect(await numberOf('persons')).toBe('05');
    expect(await refusal(as((ctx) => town.reports.restoreSection(ctx, audit.id, id, 7, 'persons')))).toMatchObject({ kind: 'not-found' });
    expect(await refusal(as((ctx) => town.reports.addSection(ctx, audit.id, id, 7, null, { heading: ' ', text: '' })))).toMatchObject({ kind: 'invalid', problems: [{ path: 'heading' }] });
    expect(await refusal(as((ctx) => town.reports.addSection(ctx, audit.id, id, 7, newId(), { heading: '章', text: '' })))).toMatchObject({ kind: 'not-found' });
    let parent: string | null = null;
    for (let level = 0; level < 4; level += 1) { const above: string | null = parent; parent = await as((ctx) => town.reports.addSection(ctx, audit.id, id, 7 + level, above, { heading: `段${level}`, text: '' })); }
    expect(await refusal(as((ctx) => town.reports.addSection(ctx, audit.id, id, 11, parent, { heading: '深い', text: '' })))).toMatchObject({ kind: 'invalid', code: 'too-deep' });
  });

  it('two people in one chapter: the second sees both texts; in two chapters: nobody is in the way', async () => {
    const id = await begin();
    await save(id, 'theme', '一人目');
    await save(id, 'purpose', '二人目');
    expect(await refusal(save(id, 'theme', '二人目'))).toMatchObject({ kind: 'conflict', sides: { sent: { text: '二人目' }, current: { text: '一人目' }, currentVersion: 1 } });
    expect(await refusal(save(id, 'theme', 'あ'.repeat(200_001), 1))).toMatchObject({ kind: 'invalid', problems: [{ path: 'text' }] });
    expect(await refusal(save(id, 'nothing', 'x'))).toMatchObject({ kind: 'not-found' });
  });

  it('is headed by whoever saw it last', async () => {
    const id = await begin();
    const head = (seen: number, more: object = {}) => as((ctx) => town.reports.saveHead(ctx, audit.id, id, seen, { title: '結果報告', addressees: ['みずほ野市長', ' みずほ野市長', ''], ...more }));
    expect(await head(1)).toBe(2);
    const { report, problems } = await get(id);
    expect(report).toMatchObject({ title: '結果報告', addressees: ['みずほ野市長'] });
    expect(problems.blocking).toContainEqual(expect.objectContaining({ code: 'addressee-missing', message: expect.stringContaining('みずほ野市議会議長') }));
    expect(await refusal(head(1))).toMatchObject({ kind: 'conflict', sides: { current: { title: '結果報告' } } });
    expect(await refusal(head(2, { title: ' ' }))).toMatchObject({ kind: 'invalid', problems: [{ path: 'title' }] });
  });

  it('is seen and begun by nobody without the right, and is not there for another organisation or under another audit', async () => {
    const id = await begin();
    const other = (await town.audit()).id;
    expect(await refusal(begin('measures', town.learned))).toMatchObject({ kind: 'refused' });
    expect(await refusal(save(id, 'theme', 'x', 0, town.learned))).toMatchObject({ kind: 'refused' });
    expect(await refusal(as((ctx) => town.reports.get(ctx, audit.id, id), clerk))).toMatchObject({ kind: 'refused' });
    expect(await refusal(as((ctx) => town.reports.get(ctx, audit.id, id), stranger))).toMatchObject({ kind: 'not-found' });
    expect(await refusal(as((ctx) => town.reports.get(ctx, other, id)))).toMatchObject({ kind: 'not-found' });
    expect(await refusal(as((ctx) => town.steps.fix(ctx, other, id, 1, { decidedOn: '2026-11-12', acknowledged: true, note: '' })))).toMatchObject({ kind: 'not-found' });
    expect(await as((ctx) => town.reports.list(ctx, audit.id), town.learned)).toMatchObject([{ id }]);
  });
});

describe('deciding', () => {
  it('freezes the report with its audit; findings and opinions are decided; it can be reopened with a reason until it is published', async () => {
    const id = await begin();
    await town.agree(audit);
    expect((await get(id)).problems).toEqual({ blocking: [], warnings: [] });
    await fix(id);
    await sql(`update audit set theme = 'あとで変えたテーマ' where id = $1`, [audit.id]);
    await sql('update tabulation set definition = $2 where audit_id = $1', [audit.id, JSON.stringify(TERMINALS(90))]);
    const state = await get(id);
    expect(textOf(state, 'theme')).toBe('情報システムの利用と管理');
    expect(state.resolver.figure('terminals/total/count')).toBe('5');
    const reading = web.app.get(ReportReading, { strict: false });
    const now = await as((ctx) => reading.forDocuments(ctx, audit.id));
    expect(now.audit.theme).toBe('あとで変えたテーマ');
    const { key } = now.reports[0]!;
    const file = await as((ctx) => reading.forDocuments(ctx, audit.id, key));
    expect(file).toMatchObject({ audit: { theme: '情報システムの利用と管理' }, questionnaires: [], findings: [{ stage: 'decided' }, { stage: 'decided' }], improvements: [{ stage: 'decided' }] });
    expect(file.reports.find((one) => one.key === key)).toMatchObject({ kind: 'report', status: 'fixed', decidedOn: '2026-11-12' });
    expect(await refusal(save(id, 'theme', 'x'))).toMatchObject({ kind: 'refused', code: 'report-fixed' });
    const reopen = (comment: string, seen = 2) => as((ctx) => town.steps.reopen(ctx, audit.id, id, seen, comment));
    expect(await refusal(reopen(' '))).toMatchObject({ kind: 'invalid', problems: [{ path: 'comment' }] });
    await reopen('数値の誤りが見つかった。');
    expect((await get(id)).report).toMatchObject({ status: 'draft', decidedOn: null });
    expect(textOf(await get(id), 'theme')).toBe('あとで変えたテーマ');
    expect(await sql('select stage from finding where audit_id = $1 union select stage from improvement where audit_id = $1 order by 1', [audit.id])).toEqual([{ stage: 'confirmed' }, { stage: 'draft' }]);
    expect(await as(async (ctx) => (await history(ctx, { kind: 'audit-report', id })).map((one) => [one.action, one.comment ?? '']))).toEqual([['report-reopened', '数値の誤りが見つかった。'], ['report-fixed', ''], ['report-begun', '']]);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['a voice is missing', () => web.database.query('update deliberation_voice set consents = null'), 'voice-missing'],
    ['a finding is not confirmed', () => web.database.query(`update finding set stage = 'confirming' where id = $1`, [audit.findings[0]]), 'finding-unconfirmed'],
    ['a finding has no facts', () => web.database.query(`update finding set facts = ' ' where id = $1`, [audit.findings[1]]), 'facts-missing'],
    ['a 勧告 has no reason', () => web.database.query(`update improvement set kind = 'recommendation', department_id = $2 where id = $1`, [audit.improvement, web.town.pension]), 'reason-missing'],
    ['a 勧告 has nobody to whom it goes', () => web.database.query(`update improvement set kind = 'recommendation', reason = '放置されている。' where id = $1`, [audit.improvement]), 'recommended-missing'],
    ['an opinion has no text', () => web.database.query(`update improvement set text = ' ' where id = $1`, [audit.improvement]), 'improvement-missing'],
    ['a text names what is not there', () => web.database.query(`update improvement set text = '［検出:7］' where id = $1`, [audit.improvement]), 'reference-unknown'],
    ['it does not go to 長', () => web.database.query(`update audit_report set addressees = '["みずほ野市議会議長"]' where audit_id = $1`, [audit.id]), 'addressee-missing'],
  ])('is refused while %s', async (_, spoil, code) => {
    const id = await begin();
    await town.agree(audit);
    await spoil();
    expect(await refusal(fix(id))).toMatchObject({ kind: 'invalid', code: 'report-unready', problems: expect.arrayContaining([expect.objectContaining({ code, href: expect.stringContaining(`/audits/${audit.id}/`) })]) });
    expect((await get(id)).report.status).toBe('draft');
  });

  it('is refused with an empty own chapter, without a day, before the 合議, in the future, and over what somebody else changed', async () => {
    const id = await begin();
    await town.agree(audit);
    expect(await refusal(fix(id, { decidedOn: '' }))).toMatchObject({ problems: [{ code: 'day-invalid', path: 'decidedOn' }] });
    expect(await refusal(fix(id, { decidedOn: '2026-11-09' }))).toMatchObject({ problems: [{ code: 'day-too-early' }] });
    expect(await refusal(fix(id, { decidedOn: '2026-11-22' }))).toMatchObject({ problems: [{ code: 'day-in-future' }] });
    await as((ctx) => town.reports.addSection(ctx, audit.id, id, 1, null, { heading: 'むすび', text: '' }));
    expect(await refusal(fix(id))).toMatchObject({ kind: 'conflict', code: 'stale' });
    expect(await refusal(fix(id, { version: 2 }))).toMatchObject({ problems: [{ code: 'text-missing' }] });
    expect(await refusal(as((ctx) => town.steps.fix(ctx, audit.id, id, 2, { decidedOn: '2026-11-12', acknowledged: true, note: '' }), clerk))).toMatchObject({ kind: 'refused', code: 'not-allowed' });
  });

  it('figures that contradict each other must have been seen; the journal keeps that they were', async () => {
    const id = await begin();
    await town.agree(audit);
    await sql('update tabulation set definition = $2 where audit_id = $1', [audit.id, JSON.stringify(TERMINALS(4))]);
    expect(await refusal(fix(id))).toMatchObject({ problems: [{ code: 'not-acknowledged', path: 'acknowledged' }] });
    await fix(id, { acknowledged: true, note: '本文の5台は前の年の数。' });
    const [told] = await as((ctx) => history(ctx, { kind: 'audit-report', id }));
    expect(told).toMatchObject({ action: 'report-fixed', comment: '本文の5台は前の年の数。', after: { acknowledged: [expect.stringContaining('端末の台数')] } });
  });

  it('where the members do not agree, the report carries each opinion (13項)', async () => {
    const id = await begin();
    const held = await town.agree(audit);
    await as((ctx) => town.deliberations.voice(ctx, audit.id, held, 1, { personId: audit.members.councillor, consents: false, opinion: '事実の認定が足りない。' }));
    expect(textOf(await get(id), 'divided')).toContain('監査委員　議選　案に同意しない。事実の認定が足りない。');
    expect((await get(id)).problems.blocking).toMatchObject([{ code: 'not-deliberated', message: expect.stringContaining('第199条第12項') }]);
    await as(async (ctx) => {
      const about = await town.deliberations.hold(ctx, audit.id, { subject: 'improvement', subjectId: audit.improvement, heldOn: '2026-11-10', place: '', note: '' });
      for (const personId of Object.values(audit.members)) await town.deliberations.voice(ctx, audit.id, about, 0, { personId, consents: true, opinion: '' });
    });
    expect((await get(id)).problems.blocking).toEqual([]);
    await as((ctx) => town.reports.removeSection(ctx, audit.id, id, 1, 'divided'));
    expect(await refusal(fix(id, { version: 2 }))).toMatchObject({ problems: [{ code: 'opinion-missing', message: expect.stringContaining('第199条第13項') }] });
    await as((ctx) => town.reports.restoreSection(ctx, audit.id, id, 2, 'divided'));
    await fix(id, { version: 3 });
  });

  it('an opinion on which they do not agree is not decided (12項)', async () => {
    const id = await begin();
    await town.agree(audit);
    await as(async (ctx) => {
      const held = await town.deliberations.hold(ctx, audit.id, { subject: 'improvement', subjectId: audit.improvement, heldOn: '2026-11-11', place: '', note: '' });
      await town.deliberations.voice(ctx, audit.id, held, 0, { personId: audit.members.learned, consents: true, opinion: '' });
      await town.deliberations.voice(ctx, audit.id, held, 0, { personId: audit.members.councillor, consents: false, opinion: '要らない。' });
    });
    expect(await refusal(fix(id))).toMatchObject({ problems: [{ code: 'not-decided' }] });
    await as((ctx) => web.app.get(Improvements, { strict: false }).step(ctx, audit.improvement, 1, 'withdraw', '合議が調わなかった。'));
    const state = await get(id);
    expect(state.problems.blocking).toEqual([]);
    expect(state.deliberations.map((one) => [one.label, one.withdrawn])).toEqual([['監査の結果に関する報告', false], ['取り下げた改善を求める事項', true]]);
    await fix(id, { acknowledged: true });
    expect((await get(id)).file).toMatchObject({ improvements: [], deliberations: [{ subject: 'report' }] });
  });

  it('a finding on which they do not agree is marked where it stands, and an absent member is told of (13項)', async () => {
    const id = await begin();
    await town.agree(audit);
    await as(async (ctx) => {
      const held = await town.deliberations.hold(ctx, audit.id, { subject: 'finding', subjectId: audit.findings[1], heldOn: '2026-11-11', place: '', note: '' });
      await town.deliberations.voice(ctx, audit.id, held, 0, { personId: audit.members.learned, consents: false, opinion: '台帳にあった。' });
      await town.deliberations.voice(ctx, audit.id, held, 0, { personId: audit.members.councillor, consents: null, opinion: '入院中のため。' });
    });
    const state = await get(id);
    expect(textOf(state, 'findings')).toBe('監査の結果、次の事項が検出された。\n［検出題:1］\n端末が施錠されていなかった。\n［検出題:2］\n台帳にない端末があった。\n※　この事項については、監査委員の意見が一致しなかった。その旨と各監査委員の意見は、別に記す。');
    expect(textOf(state, 'divided')).toMatch(/監査委員　識見　案に同意しない。台帳にあった。\n監査委員　議選　合議に欠席した。理由：入院中のため。$/u);
    expect(state.problems).toMatchObject({ blocking: [], warnings: [{ code: 'member-absent', message: expect.stringContaining('議選は欠席しています') }] });
  });

  it('without findings it says so', async () => {
    await sql('delete from improvement_finding where improvement_id = $1', [audit.improvement]);
    await sql('delete from improvement where audit_id = $1', [audit.id]);
    await sql('delete from finding where audit_id = $1', [audit.id]);
    const id = await begin();
    await town.agree(audit);
    expect(textOf(await get(id), 'findings')).toBe('監査の結果、検出した事項はなかった。');
    await fix(id);
  });

  // 199条11項: 勧告 goes to 長 or 委員会, to whom the department belongs.
  it('a 勧告 names the organ to which it goes', async () => {
    await sql(`update improvement set kind = 'recommendation', reason = '放置されている。', department_id = $2 where id = $1`, [audit.improvement, web.town.pension]);
    const state = await get(await begin());
    expect(textOf(state, 'recommendations')).toContain('勧告の相手　みずほ野市長（所管　国保年金課）');
  });

  it('a list of records is there and stands on its own line, and every character can be printed, before it is decided', async () => {
    const id = await begin();
    await save(id, 'purpose', '［一覧:typed-terminals］\n別表は［一覧:said］のとおり。\n［一覧:nothing］\n\u{1F409}の端末');
    expect((await get(id)).problems.blocking.filter((one) => one.path === 'purpose').map((one) => one.code)).toEqual(['listing-within', 'reference-unknown', 'character-undrawable']);
  });

  it('documents of a draft carry the chapters as they follow the audit', async () => {
    await begin();
    await sql(`update audit set theme = 'いまのテーマ' where id = $1`, [audit.id]);
    const file = await as((ctx) => web.app.get(ReportReading, { strict: false }).forDocuments(ctx, audit.id));
    expect(file.reports[0]!.sections.find((one) => one.code === 'theme')!.text).toBe('いまのテーマ');
  });

  it('says when the report was changed after the members spoke', async () => {
    const id = await begin();
    await town.agree(audit);
    await sql(`update finding set changed_at = '2026-11-22T00:00:00Z' where id = $1`, [audit.findings[0]]);
    expect(codes((await get(id)).problems.warnings)).toEqual(['changed-since']);
  });
});

describe('submitting and publishing', () => {
  const decided = async (): Promise<string> => {
    const id = await begin();
    await town.agree(audit);
    await fix(id);
    return id;
  };
  const submit = (id: string, on: string, seen = 2) => as((ctx) => town.steps.submit(ctx, audit.id, id, seen, on));
  const publish = (id: string, number: number, publishedOn = '2026-11-20', seen = 3) => as((ctx) => town.steps.publish(ctx, audit.id, id, seen, { publishedOn, number }));
  const statusOf = async () => ((await sql('select status from audit where id = $1', [audit.id])) as { status: string }[])[0]!.status;

  it('go one after the other, with the audit and its findings; the number is the only one of its year', async () => {
    const id = await decided();
    expect(await refusal(publish(id, 1, '2026-11-20', 2))).toMatchObject({ kind: 'refused', code: 'step-not-now' });
    expect(await refusal(submit(id, '2026-11-11'))).toMatchObject({ problems: [{ code: 'day-too-early' }] });
    await submit(id, '2026-11-15');
    expect(await statusOf()).toBe('reported');
    expect(await refusal(submit(id, '2026-11-15', 3))).toMatchObject({ kind: 'refused', code: 'step-not-now' });
    for (const number of [0, -1, 1.5, 100_000, NaN]) expect(await refusal(publish(id, number))).toMatchObject({ problems: [{ path: 'number' }] });
    expect(await refusal(publish(id, 1, '2026-11-14'))).toMatchObject({ problems: [{ code: 'day-too-early', path: 'publishedOn' }] });
    const number = await as((ctx) => town.steps.nextNumber(ctx, '2026-11-20'));
    await publish(id, number);
    expect(await statusOf()).toBe('published');
    expect(await sql('select distinct stage from finding where audit_id = $1', [audit.id])).toEqual([{ stage: 'published' }]);
    expect((await get(id)).file.reports[0]).toMatchObject({ publicationNumber: number, publicationYear: 2026, publishedOn: '2026-11-20', status: 'published' });
    expect(await refusal(as((ctx) => town.steps.reopen(ctx, audit.id, id, 4, '直したい。')))).toMatchObject({ kind: 'refused', message: expect.stringContaining('公表した報告は変えられません。') });
    expect(await refusal(as((ctx) => town.reports.remove(ctx, audit.id, id, 4)))).toMatchObject({ kind: 'refused', code: 'report-fixed' });
    audit = await town.audit();
    const other = await decided();
    await submit(other, '2026-11-15');
    expect(await refusal(publish(other, number))).toMatchObject({ problems: [{ code: 'number-taken', path: 'number', message: expect.stringContaining(`次の番号は第${number + 1}号です。`) }] });
    expect(await as((ctx) => town.steps.nextNumber(ctx, '2025-11-20'))).toBe(1);
  });

  it('a submitted report goes back to a draft, and the audit with it', async () => {
    const id = await decided();
    await submit(id, '2026-11-15');
    await as((ctx) => town.steps.reopen(ctx, audit.id, id, 3, '議会から誤りを指摘された。'));
    expect(await statusOf()).toBe('deliberating');
    expect((await get(id)).report).toMatchObject({ status: 'draft', submittedOn: null, decidedOn: null });
  });

  it('measures carry what was received and is not yet published, under the paragraph of the day, year after year', async () => {
    const id = await decided();
    await submit(id, '2026-11-15');
    expect((await get(await begin('measures'))).problems.blocking.map((one) => one.code)).toEqual(['notices-missing', 'report-unpublished']);
    await web.database.query(`delete from audit_report where kind = 'measures'`);
    await publish(id, await as((ctx) => town.steps.nextNumber(ctx, '2026-11-20')));
    const notice = async (n: number, status: string): Promise<string> => {
      const [action, made] = [newId(), newId()];
      await sql(`insert into corrective_action (id, organisation_id, audit_id, finding_id, number, title, planned, department_id, state, changed_at, changed_by_name) values ($1, $2, $3, $4, $5, '鍵', '', $6, 'done', now(), '課')`, [action, web.town.organisation, audit.id, audit.findings[0], n, web.town.pension]);
      await sql(`insert into action_notice (id, organisation_id, audit_id, department_id, basis, notified_on, received_on, status, changed_at, changed_by_name) values ($1, $2, $3, $4, 'act-199-14', '2026-11-20', '2026-11-20', $5, now(), '課')`, [made, web.town.organisation, audit.id, web.town.pension, status]);
      await sql(`insert into action_notice_item (id, organisation_id, notice_id, action_id, text, state) values ($1, $2, $3, $4, $5, 'done')`, [newId(), web.town.organisation, made, action, `鍵を${n}個備えた。`]);
      return made;
    };
    const [received, unsent] = [await notice(1, 'received'), await notice(2, 'notified')];
    const measures = await begin('measures');
    expect(await refusal(begin('measures'))).toMatchObject({ kind: 'conflict', code: 'measures-begun' });
    const state = await get(measures);
    expect(state.sections.map((one) => `${one.number}${one.heading}`)).toEqual(['公表文', '1もとの監査', '2講じた措置の内容', '(1)国保年金課']);
    expect(state.sections.at(-1)!.text).toMatch(/［検出題全:1］\n端末が施錠されていなかった。\n措置の内容　鍵を1個備えた。/u);
    expect(state.sections[0]!.text).toContain('地方自治法第199条第14項の規定により');
    expect(state.file.notices.filter((one) => one.report === state.key).map((one) => one.items.length)).toEqual([1]);
    expect(state.problems.blocking).toEqual([]);
    await fix(measures);
    expect(await refusal(as((ctx) => town.steps.submit(ctx, audit.id, measures, 2, '2026-11-20')))).toMatchObject({ kind: 'refused', code: 'step-not-now' });
    await as((ctx) => town.steps.reopen(ctx, audit.id, measures, 2, '通知を足す。'));
    expect(await sql('select report_id from action_notice where id = $1', [received])).toEqual([{ report_id: null }]);
    await fix(measures, { version: 3 });
    await publish(measures, await as((ctx) => town.steps.nextNumber(ctx, '2026-11-21')), '2026-11-21', 4);
    expect(await sql('select id, status, report_id from action_notice where audit_id = $1 order by status', [audit.id])).toEqual([{ id: unsent, status: 'notified', report_id: null }, { id: received, status: 'published', report_id: measures }]);
    expect((await get(await begin('measures'))).problems.blocking.map((one) => one.code)).toEqual(['notices-missing']);
  });
});
