import fc from 'fast-check';
import { openAuditsTown, plan, type AuditsTown } from '../../test/audits-town.js';
import { Conflict, Invalid, NotFound, Refused, type TenkenError } from '../kernel/errors.js';
import { history } from '../kernel/journal.js';

let town: AuditsTown;
beforeAll(async () => { town = await openAuditsTown(); });
afterAll(() => town.close());

const problemsOf = async (work: Promise<unknown>): Promise<string[]> => work.then(() => [], (error: TenkenError) => error.problems.map((one) => `${one.path}:${one.code}`));
const add = (more = {}): Promise<string> => town.by((ctx) => town.audits.add(ctx, plan(more)));
const person = (auditId: string, more = {}): Promise<string> => town.by((ctx) => town.parts.people.add(ctx, auditId, { role: 'member', title: '監査委員', name: '委員A', accountId: null, disqualifiedReason: null, ...more }));
const begun = async (): Promise<string> => {
  const id = await add();
  await person(id);
  await town.by((ctx) => town.audits.move(ctx, id, 'begin'));
  return id;
};

describe('an audit', () => {
  // 函館市監査公表第22号: 行政監査, 2項, 基準日 平成26年10月1日, 定義 2.
  it('keeps what the Hakodate plan says', async () => {
    const definitions = [{ term: '個人情報', text: '個人に関する情報' }, { term: '電算システム', text: '事務を自動的に処理する機器の集まり' }];
    const id = await add({ fiscalYear: 2014, definitions: [...definitions, { term: ' ', text: '' }], referenceOn: '平成26年10月1日', beginsOn: null, endsOn: null });
    const { audit, unready, actions } = await town.by((ctx) => town.audits.get(ctx, id));
    expect(audit).toMatchObject({ fiscalYear: 2014, kindLabel: '行政監査', bases: ['act-199-2'], definitions, referenceOn: '2014-10-01', status: 'planned', version: 1 });
    expect([unready.map((one) => one.code), actions.map((one) => one.action)]).toEqual([['members-missing'], ['begin']]);
  });

  it.each<[string, object, string]>([
    ['an end before the beginning', { beginsOn: '2026-10-01', endsOn: '2026-09-30' }, 'endsOn:ends-before'],
    ['a year that is none', { fiscalYear: 26 }, 'fiscalYear:not-a-year'], ['half a year', { fiscalYear: 2026.5 }, 'fiscalYear:not-a-year'], ['a year that was typed as words', { fiscalYear: Number.NaN }, 'fiscalYear:not-a-year'],
    ['a day that is none', { referenceOn: '2026-02-30' }, 'referenceOn:not-a-day'], ['a day of another age', { referenceOn: '0026-10-01' }, 'referenceOn:not-a-day'],
    ['no theme', { theme: '　' }, 'theme:missing'], ['a theme of two lines', { theme: 'a\nb' }, 'theme:line-broken'], ['a theme too long', { theme: 'あ'.repeat(201) }, 'theme:answer-too-long'],
    ['an unknown kind', { kind: 'party' }, 'kind:not-a-choice'], ['an unknown basis', { bases: ['act-199-99'] }, 'bases:basis-unknown'], ['the publication as its basis', { bases: ['act-199-9'] }, 'bases:basis-unknown'],
    ['a definition without a text', { definitions: [{ term: '個人情報', text: '' }] }, 'definition-1:missing'], ['a term twice', { definitions: [{ term: 'a', text: '1' }, { term: 'a', text: '2' }] }, 'definitions:term-twice'],
    ['an unknown rounding', { rounding: { mode: 'up', digits: 1 } }, 'roundingMode:not-a-choice'], ['too many digits', { rounding: { mode: 'down', digits: 7 } }, 'roundingDigits:not-digits'],
  ])('with %s is refused', async (_, more, problem) => {
    expect(await problemsOf(add(more))).toEqual([problem]);
  });

  it('is changed with the version that was seen; the other side is told', async () => {
    const id = await add();
    expect(await town.by((ctx) => town.audits.change(ctx, id, 1, plan({ theme: '新しいテーマ' })))).toBe(2);
    const stale = town.by((ctx) => town.audits.change(ctx, id, 1, plan({ theme: '別のテーマ' })));
    await expect(stale).rejects.toMatchObject({ kind: 'conflict', sides: { currentVersion: 2, current: { theme: '新しいテーマ' }, by: '監査事務局' } });
    expect((await town.by((ctx) => history(ctx, { kind: 'audit', id }))).map((one) => one.action)).toEqual(['audit-changed', 'audit-added']);
  });

  it('is nobody else’s: departments see nothing, members write nothing, another organisation finds nothing', async () => {
    const id = await add();
    await expect(town.town.as(town.clerk, (ctx) => town.audits.get(ctx, id))).rejects.toBeInstanceOf(Refused);
    await expect(town.town.as(town.clerk, (ctx) => town.audits.list(ctx))).rejects.toBeInstanceOf(Refused);
    await expect(town.town.as(town.member, (ctx) => town.audits.change(ctx, id, 1, plan()))).rejects.toBeInstanceOf(Refused);
    expect((await town.town.as(town.member, (ctx) => town.audits.get(ctx, id))).may).toEqual({ write: false });
    await expect(town.by((ctx) => town.audits.get({ ...ctx, organisation: '00000000-0000-4000-8000-000000000000' }, id))).rejects.toBeInstanceOf(NotFound);
    await expect(town.by((ctx) => town.audits.get(ctx, 'x'))).rejects.toBeInstanceOf(NotFound);
  });
});

describe('the stages', () => {
  it('are passed one after the other, and every step stands in the journal with its reason', async () => {
    const id = await begun();
    const step = (action: Parameters<typeof town.audits.move>[2], comment?: string): Promise<string> => town.by(async (ctx) => (await town.audits.move(ctx, id, action, comment)).status);
    expect(await step('deliberate')).toBe('deliberating');
    expect(await step('resume', '回答の訂正が要る')).toBe('conducting');
    expect(await step('deliberate')).toBe('deliberating');
    expect(await step('report')).toBe('reported');
    expect(await step('publish')).toBe('published');
    expect(await step('close')).toBe('closed');
    await expect(town.by((ctx) => town.audits.change(ctx, id, 8, plan()))).rejects.toMatchObject({ code: 'audit-closed' });
    expect(await step('reopen', '措置の再照会')).toBe('published');
    const told = await town.by((ctx) => history(ctx, { kind: 'audit', id }, { path: 'status' }));
    expect(told.map((one) => [(one.after as { step: string }).step, one.comment ?? ''])).toContainEqual(['resume', '回答の訂正が要る']);
    expect(told).toHaveLength(8);
  });

  it.each<[string, Parameters<AuditsTown['audits']['move']>[2], string, string]>([
    ['that is not there', 'publish', '', 'step-not-now'], ['back without a reason', 'replan', ' ', 'audit-input-invalid'],
  ])('refuse a step %s', async (_, action, comment, code) => {
    const id = await begun();
    await expect(town.by((ctx) => town.audits.move(ctx, id, action, comment))).rejects.toMatchObject({ code });
  });

  it('refuse to leave the plan without a member who takes part, with what is missing and where', async () => {
    const id = await add({ bases: [] });
    expect(await problemsOf(town.by((ctx) => town.audits.move(ctx, id, 'begin')))).toEqual([':bases-missing', ':members-missing']);
    await person(id, { disqualifiedReason: '従事する業務に直接の利害関係がある' });
    await expect(town.by((ctx) => town.audits.move(ctx, id, 'begin'))).rejects.toMatchObject({ kind: 'invalid', problems: [{ code: 'bases-missing', href: `/audits/${id}/edit` }, { code: 'members-disqualified', href: `/audits/${id}/people` }] });
  });

  it('refuse a step from a page that is stale, and by whoever may not take it', async () => {
    const id = await begun();
    await expect(town.by((ctx) => town.audits.move(ctx, id, 'deliberate', '', 1))).rejects.toBeInstanceOf(Conflict);
    await expect(town.town.as(town.member, (ctx) => town.audits.move(ctx, id, 'deliberate'))).rejects.toBeInstanceOf(Refused);
    await expect(town.town.as(town.clerk, (ctx) => town.audits.move(ctx, id, 'deliberate'))).rejects.toBeInstanceOf(Refused);
  });

  it('whatever is tried in whatever order, the status is always one that the table leads to', async () => {
    const id = await begun();
    const actions = ['begin', 'replan', 'deliberate', 'resume', 'report', 'retract', 'publish', 'close', 'reopen'] as const;
    let status = 'conducting';
    const table: Record<string, string> = { 'planned/begin': 'conducting', 'conducting/replan': 'planned', 'conducting/deliberate': 'deliberating', 'deliberating/resume': 'conducting', 'deliberating/report': 'reported', 'reported/retract': 'deliberating', 'reported/publish': 'published', 'published/close': 'closed', 'closed/reopen': 'published' };
    await fc.assert(fc.asyncProperty(fc.constantFrom(...actions), async (action) => {
      const next = table[`${status}/${action}`];
      const moved = await town.by((ctx) => town.audits.move(ctx, id, action, '理由')).then((one) => one.status, (error: TenkenError) => error.code);
      expect(moved).toBe(next ?? 'step-not-now');
      status = next ?? status;
    }), { numRuns: 40 });
  });
});

describe('a copy', () => {
  it('takes the plan over with every day as many years later, people without 除斥, and nothing that was done', async () => {
    const id = await add({ beginsOn: '2024-02-29', endsOn: '2024-03-31', referenceOn: '2023-10-01', fiscalYear: 2023 });
    const group = await town.by((ctx) => town.parts.viewpoints.add(ctx, id, { parentId: null, text: '人的管理' }));
    await town.by((ctx) => town.parts.viewpoints.add(ctx, id, { parentId: group, text: '研修をしているか' }));
    await person(id, { disqualifiedReason: '理由' });
    await town.by((ctx) => town.parts.schedule.add(ctx, id, { label: '調査票の期限', doneBy: 'department', fromOn: null, untilOn: '2023-11-30', doneOn: '2023-11-29', note: '' }));
    await town.by((ctx) => town.parts.targets.set(ctx, id, 1, [{ departmentId: town.town.pension, systemId: null }]));
    await town.by((ctx) => town.parts.cases.add(ctx, id, { departmentId: town.town.pension, title: '事案', overview: '', quoted: '', membersOn: '', secretariatOn: '' }));
    const copied = await town.by((ctx) => town.audits.copy(ctx, id, 2024));
    const { audit, copiedFrom } = await town.by((ctx) => town.audits.get(ctx, copied));
    // One year after 29 February 2024 there is no such day: 28 February 2025.
    expect(audit).toMatchObject({ fiscalYear: 2024, beginsOn: '2025-02-28', endsOn: '2025-03-31', referenceOn: '2024-10-01', status: 'planned', copiedFromId: id });
    expect(copiedFrom).toMatchObject({ id, fiscalYear: 2023 });
    const parts = await town.by((ctx) => town.parts.of(ctx, copied));
    expect(parts.viewpoints.map((one) => [one.number, one.text, one.depth])).toEqual([['(1)', '人的管理', 0], ['ア', '研修をしているか', 1]]);
    expect(parts.people.map((one) => [one.name, one.disqualifiedReason])).toEqual([['委員A', null]]);
    expect(parts.steps.map((one) => [one.untilOn, one.doneOn])).toEqual([['2024-11-30', null]]);
    expect(parts.targets.map((one) => one.departmentId)).toEqual([town.town.pension]);
    expect(parts.cases).toEqual([]);
    await expect(town.by((ctx) => town.audits.copy(ctx, id, 0))).rejects.toBeInstanceOf(Invalid);
    await expect(town.by((ctx) => town.audits.copy(ctx, '00000000-0000-4000-8000-000000000000', 2024))).rejects.toBeInstanceOf(NotFound);
    await expect(town.by((ctx) => town.audits.remove(ctx, id, 2))).rejects.toMatchObject({ code: 'audit-cited', message: expect.stringContaining('事案1件、この監査を写した監査1件') as string });
  });
});

describe('a copy of an audit whose kind has changed', () => {
  it('is called as the kind is called now, and of an ended kind asks for another with its usual bases', async () => {
    const kind = await town.by((ctx) => town.kinds.add(ctx, { label: '施設監査', bases: ['act-199-5'] }));
    const { code } = (await town.by((ctx) => town.kinds.living(ctx))).find((one) => one.label === '施設監査')!;
    const id = await add({ kind: code, bases: ['act-199-1'] });
    await town.by((ctx) => town.kinds.change(ctx, kind, 1, { label: '公の施設の監査', bases: ['act-199-5'] }));
    const copyOf = async (more?: { kind?: string }): Promise<object> => (await town.by(async (ctx) => town.audits.get(ctx, await town.audits.copy(ctx, id, 2027, more)))).audit;
    expect(await copyOf()).toMatchObject({ kind: code, kindLabel: '公の施設の監査', bases: ['act-199-1'] });
    await town.by((ctx) => town.kinds.end(ctx, kind, 2));
    expect(await problemsOf(copyOf())).toEqual(['kind:kind-ended']);
    expect(await problemsOf(copyOf({ kind: 'party' }))).toEqual(['kind:kind-ended']);
    // ⑦ is the usual basis of 財政援助団体等監査.
    expect(await copyOf({ kind: 'aided-bodies' })).toMatchObject({ kind: 'aided-bodies', kindLabel: '財政援助団体等監査', bases: ['act-199-7'] });
  });
});

describe('an audit that is taken away', () => {
  it('goes with its plan while nothing hangs on it', async () => {
    const id = await add();
    await person(id);
    await expect(town.by((ctx) => town.audits.remove(ctx, id, 9))).rejects.toBeInstanceOf(Conflict);
    await town.by((ctx) => town.audits.remove(ctx, id, 1));
    await expect(town.by((ctx) => town.audits.get(ctx, id))).rejects.toBeInstanceOf(NotFound);
  });

  it('stays when it has begun, and when findings stand in it', async () => {
    const other = await begun();
    await expect(town.by((ctx) => town.audits.remove(ctx, other, 2))).rejects.toMatchObject({ code: 'audit-begun' });
    const id = await add();
    await town.finding(id);
    await expect(town.by((ctx) => town.audits.remove(ctx, id, 1))).rejects.toMatchObject({ code: 'audit-cited', message: expect.stringContaining('検出事項1件') as string });
  });
});

describe('plans and kinds', () => {
  const yearly = { kind: 'yearly', title: '令和8年度 年間監査計画', fromYear: 2026, untilYear: 2026, policy: '', decidedOn: '令和8年3月27日' };
  const item = { fiscalYear: 2026, kind: 'administrative', theme: '個人情報の管理', targets: '全部局', period: '10月～3月' };

  it('an audit begins from an item, which then stays', async () => {
    const id = await town.by((ctx) => town.plans.add(ctx, yearly));
    const itemId = await town.by((ctx) => town.plans.addItem(ctx, id, 1, item));
    expect((await town.by((ctx) => town.plans.waiting(ctx, 2026))).map((one) => one.id)).toContain(itemId);
    const audit = await town.by((ctx) => town.audits.add(ctx, plan(), itemId));
    expect((await town.by((ctx) => town.audits.get(ctx, audit))).plan).toEqual({ id, title: yearly.title });
    expect((await town.by((ctx) => town.plans.waiting(ctx, 2026))).map((one) => one.id)).not.toContain(itemId);
    expect((await town.by((ctx) => town.plans.list(ctx))).find((one) => one.id === id)).toMatchObject({ items: 1, begun: 1, decidedOn: '2026-03-27' });
    await expect(town.by((ctx) => town.plans.removeItem(ctx, itemId, 2))).rejects.toMatchObject({ code: 'plan-has-audits' });
    await expect(town.by((ctx) => town.plans.remove(ctx, id, 2))).rejects.toMatchObject({ problems: [expect.objectContaining({ href: `/audits/${audit}` })] });
    await expect(town.by((ctx) => town.plans.changeItem(ctx, itemId, 1, item))).rejects.toBeInstanceOf(Conflict);
    await expect(town.by((ctx) => town.plans.change(ctx, id, 2, { ...yearly, fromYear: 2027, untilYear: 2027 }))).rejects.toMatchObject({ problems: [{ code: 'items-outside', path: 'untilYear', message: expect.stringContaining('令和8年度「個人情報の管理」') as string }] });
  });

  it.each<[string, object, string]>([
    ['ends before it begins', { fromYear: 2026, untilYear: 2025, kind: 'mid-term' }, 'untilYear:ends-before'], ['is yearly over two years', { untilYear: 2027 }, 'untilYear:one-year'], ['is too long', { kind: 'mid-term', untilYear: 2046 }, 'untilYear:too-long'],
    ['has no year', { fromYear: Number.NaN }, 'fromYear:not-a-year'], ['has no name', { title: '' }, 'title:missing'], ['is of no kind', { kind: 'x' }, 'kind:not-a-choice'], ['was decided on no day', { decidedOn: 'きのう' }, 'decidedOn:not-a-day'],
  ])('a plan that %s is refused', async (_, more, problem) => {
    expect(await problemsOf(town.by((ctx) => town.plans.add(ctx, { ...yearly, ...more })))).toEqual([problem]);
  });

  it('an item outside the years of its plan, or of an unknown kind, is refused', async () => {
    const id = await town.by((ctx) => town.plans.add(ctx, yearly));
    expect(await problemsOf(town.by((ctx) => town.plans.addItem(ctx, id, 1, { ...item, fiscalYear: 2027, kind: 'x', theme: '' })))).toEqual(['fiscalYear:year-outside', 'kind:not-a-choice', 'theme:missing']);
    await town.by((ctx) => town.plans.addItem(ctx, id, 1, item));
    await town.by((ctx) => town.plans.remove(ctx, id, 2));
    await expect(town.by((ctx) => town.plans.get(ctx, id))).rejects.toBeInstanceOf(NotFound);
    await expect(town.town.as(town.member, (ctx) => town.plans.add(ctx, yearly))).rejects.toBeInstanceOf(Refused);
  });

  it('own kinds are added, changed and ended; audits keep the name under which they were planned', async () => {
    const id = await town.by((ctx) => town.kinds.add(ctx, { label: '工事監査', bases: ['act-199-5'] }));
    const code = (await town.by((ctx) => town.kinds.living(ctx))).find((one) => one.label === '工事監査')!.code;
    const audit = await add({ kind: code });
    await town.by((ctx) => town.kinds.change(ctx, id, 1, { label: '技術監査', bases: ['act-199-5'] }));
    await town.by((ctx) => town.kinds.end(ctx, id, 2));
    expect(await problemsOf(add({ kind: code }))).toEqual(['kind:not-a-choice']);
    await town.by((ctx) => town.audits.change(ctx, audit, 1, plan({ kind: code })));
    expect((await town.by((ctx) => town.audits.get(ctx, audit))).audit.kindLabel).toBe('工事監査');
    expect(await problemsOf(town.by((ctx) => town.kinds.add(ctx, { label: '行政監査', bases: [] })))).toEqual(['label:kind-twice', 'bases:bases-missing']);
    expect(await problemsOf(town.by((ctx) => town.kinds.add(ctx, { label: '別の監査', bases: ['act-199-14'] })))).toEqual(['bases:basis-unknown']);
    await expect(town.by((ctx) => town.kinds.end(ctx, id, 3))).rejects.toMatchObject({ code: 'kind-ended' });
    await expect(town.by((ctx) => town.kinds.change(ctx, id, 1, { label: 'x', bases: ['act-199-5'] }))).rejects.toBeInstanceOf(Conflict);
    await expect(town.town.as(town.member, (ctx) => town.kinds.add(ctx, { label: 'x', bases: ['act-199-5'] }))).rejects.toBeInstanceOf(Refused);
  });
});
