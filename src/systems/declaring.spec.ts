import fc from 'fast-check';
import { verifyJournal } from '../kernel/journal.js';
import { newId } from '../kernel/ids.js';
import { inProject } from '../kernel/root.js';
import { loadCatalogue } from './catalogue.js';
import { Declaring } from './declaring.service.js';
import { declarationServices, openDeclarationsTown, refusal, sheetControl, type DeclarationsTown } from '../../test/declarations-town.js';
import { makeTown } from '../../test/assessments-town.js';

const { declaring } = declarationServices;
let t: DeclarationsTown;
beforeAll(async () => { t = await openDeclarationsTown(); });
afterAll(async () => { await t.close(); });

const input = (value: unknown, seenVersion = 0, more: object = {}) => ({ value, note: '', seenVersion, ...more });

describe('the sheet of declarations', () => {
  it('shows every control of the catalogue under its section, with hint, options and what is inherited', async () => {
    const platform = await t.system('共通基盤', { kind: 'platform' });
    const system = await t.system('国民健康保険', { from: [platform] });
    await t.declare(platform, 'screen-lock', { choice: 'automatic' });
    await t.declare(platform, 'review-interval', 6);
    await t.declare(system, 'review-interval', 12, { note: '要綱第5条' });
    const sheet = await t.town.as(t.clerk, (ctx) => declaring.sheet(ctx, system));
    expect(sheet).toMatchObject({
      system: { name: '国民健康保険', kind: 'system', departmentName: '国保年金課' }, platforms: [{ id: platform, name: '共通基盤' }], months: 12, today: '2026-11-21',
      counts: { approved: 0, declared: 1, inherited: 1, stale: 0, 'not-declared': 2 }, may: { declare: true, approve: false, closed: null },
    });
    // Five controls, one of them retired and without a declaration.
    expect(sheet.groups.map(({ number, title, controls }) => [number, title, controls.map((one) => one.code)])).toEqual([
      ['1', 'アクセス', ['right-unit', 'screen-lock']], ['2', '見直し', ['review-interval', 'backup-interval']],
    ]);
    const [unit, lock] = sheet.groups[0]!.controls;
    expect(unit).toMatchObject({ label: '権限の単位', evidenceHint: '権限の設定画面の写し', help: { asks: '権限を分ける単位。' }, kind: 'choice', state: 'not-declared', stateLabel: '申告なし', own: null, inherited: null, inheritanceWords: null });
    expect(unit!.options.map((one) => one.label)).toEqual(['利用者ごと', '端末ごと', '設定していない']);
    expect(lock).toMatchObject({ state: 'inherited', inherited: { platform: { name: '共通基盤' }, words: '自動', declaredOn: '2026-11-21', approved: false, counts: true } });
    expect(sheet.groups[1]!.controls[0]).toMatchObject({
      unit: 'か月', min: 0, max: 120, state: 'declared', inherited: { words: '6か月', counts: false },
      own: { value: 12, words: '12か月', fits: true, note: '要綱第5条', declaredOn: '2026-11-21', by: '国保年金課の担当', approved: null, returned: null, copiedFrom: null, version: 1, evidence: [], lastDay: '2027-11-21', stale: false, soon: false, approvable: false },
    });
    expect(sheet.groups[1]!.controls[0]!.inheritanceWords).toContain('このシステムの申告「12か月」が優先します');
    expect(sheet.groups[1]!.counts).toEqual({ approved: 0, declared: 1, inherited: 0, stale: 0, 'not-declared': 1 });
  });

  it('shows staleness by the months of the organisation, and old declarations of retired controls without counting them', async () => {
    const system = await t.system('期限の試験');
    await t.declare(system, 'right-unit', { choice: 'per-user' }, { declaredOn: '2026-05-20' });
    await t.on('2026-09-30', t.clerk, (ctx) => declaring.declare(ctx, system, 'old-lock', input({ choice: 'automatic' })));
    await t.database.query('insert into system_setting (organisation_id, declaration_months) values ($1, 6)', [t.town.organisation]);
    try {
      const sheet = await t.town.as(t.clerk, (ctx) => declaring.sheet(ctx, system));
      expect(sheet).toMatchObject({ months: 6, counts: { stale: 1, 'not-declared': 3 } });
      expect(sheet.groups[0]!.controls[0]).toMatchObject({ state: 'stale', own: { stale: true, lastDay: '2026-11-20' } });
      expect(sheet.groups[0]!.controls[2]).toMatchObject({ code: 'old-lock', state: 'not-declared', retired: { since: '2026-10-01', insteadBy: { code: 'screen-lock', label: '画面の保護' } }, own: { words: '自動' } });
    } finally {
      await t.database.query('delete from system_setting where organisation_id = $1', [t.town.organisation]);
    }
  });

  it('is for the department in charge, a department that uses the system, and who sees all; nobody else', async () => {
    const system = await t.system('国民健康保険の収納');
    const other = await t.town.person('drafter', t.town.children);
    expect(await refusal(t.town.as(other, (ctx) => declaring.sheet(ctx, system)))).toMatchObject({ kind: 'refused', code: 'other-department' });
    expect(await refusal(t.town.as(other, (ctx) => declaring.historyOf(ctx, system, 'right-unit')))).toMatchObject({ kind: 'refused', code: 'other-department' });
    await t.usedBy(system, t.town.children);
    const [using, auditor] = [await t.town.as(other, (ctx) => declaring.sheet(ctx, system)), await t.town.as(await t.town.person('audit-member', null), (ctx) => declaring.sheet(ctx, system))];
    expect([using.may, auditor.may]).toEqual([{ declare: false, approve: false, closed: null }, { declare: false, approve: false, closed: null }]);
    expect(await refusal(t.town.as(await t.town.person('council-member', null), (ctx) => declaring.sheet(ctx, system)))).toMatchObject({ kind: 'refused' });
    expect(await refusal(t.town.as(t.clerk, (ctx) => declaring.sheet(ctx, newId())))).toMatchObject({ kind: 'not-found' });
    expect(await refusal(t.town.as(t.clerk, (ctx) => declaring.sheet(ctx, 'x')))).toMatchObject({ kind: 'not-found' });
  });
});

describe('declaring', () => {
  it('keeps value, note, day and person; a change takes the approval away; the journal has before and after', async () => {
    const system = await t.system('介護保険');
    expect(await t.town.as(t.clerk, (ctx) => declaring.declare(ctx, system, 'right-unit', input({ choice: 'per-terminal' }, 0, { note: ' 画面で確認 ', declaredOn: '令和8年11月2日' })))).toMatchObject({ version: 1, declaredOn: '2026-11-02', outcome: 'made' });
    await t.town.as(t.head, (ctx) => declarationServices.approval.approve(ctx, system, [{ control: 'right-unit', seenVersion: 1 }]));
    expect(await t.town.as(t.clerk, (ctx) => declaring.declare(ctx, system, 'right-unit', input({ choice: 'per-user' }, 2)))).toMatchObject({ version: 3, outcome: 'changed' });
    const control = await t.town.as(t.clerk, (ctx) => sheetControl(ctx, system, 'right-unit'));
    expect(control).toMatchObject({ state: 'declared', own: { words: '利用者ごと', note: '', approved: null, declaredOn: '2026-11-21' } });
    const { label, events } = await t.town.as(t.clerk, (ctx) => declaring.historyOf(ctx, system, 'right-unit'));
    expect([label, ...events.map((one) => [one.by, one.what, one.words])]).toEqual([
      '権限の単位',
      ['国保年金課の担当', '申告の変更', '「端末ごと」を「利用者ごと」に改めた（令和8年11月21日）。承認は外れた。'],
      ['国保年金課長', '承認', '「端末ごと」の申告を承認した。'],
      ['国保年金課の担当', '申告', '「端末ごと」と申告した（令和8年11月2日）。説明：画面で確認'],
    ]);
  });

  it('the same again renews the day and leaves the approval; the same on the same day writes nothing', async () => {
    const system = await t.system('後期高齢者医療');
    await t.declare(system, 'review-interval', 6, { declaredOn: '2026-02-01' });
    await t.town.as(t.head, (ctx) => declarationServices.approval.approve(ctx, system, [{ control: 'review-interval', seenVersion: 1 }]));
    expect(await t.town.as(t.clerk, (ctx) => declaring.declare(ctx, system, 'review-interval', input(6, 2)))).toMatchObject({ version: 3, outcome: 'renewed' });
    expect(await t.town.as(t.clerk, (ctx) => declaring.declare(ctx, system, 'review-interval', input(6, 3)))).toMatchObject({ version: 3, outcome: 'unchanged' });
    expect(await t.town.as(t.clerk, (ctx) => sheetControl(ctx, system, 'review-interval'))).toMatchObject({ state: 'approved', own: { declaredOn: '2026-11-21', approved: { by: '国保年金課長' }, version: 3 } });
    const { events } = await t.town.as(t.clerk, (ctx) => declaring.historyOf(ctx, system, 'review-interval'));
    expect(events[0]).toMatchObject({ what: '再確認', words: '「6か月」のままであることを確かめ、申告の日を令和8年11月21日とした。' });
    expect(events).toHaveLength(3);
  });

  it('a new note with the same value is a change', async () => {
    const system = await t.system('説明の試験');
    await t.declare(system, 'review-interval', 6);
    await t.declare(system, 'review-interval', 6, { note: '年2回' });
    const { events } = await t.town.as(t.clerk, (ctx) => declaring.historyOf(ctx, system, 'review-interval'));
    expect(events[0]!.words).toBe('「6か月」のまま説明を改めた（令和8年11月21日）。説明：年2回');
  });

  it.each([
    ['a control that is not in the catalogue', 'no-such-control', input({ choice: 'per-user' }), 'unknown-control', 'no-such-control'],
    ['the name of something every object has', 'constructor', input({ choice: 'per-user' }), 'unknown-control', 'constructor'],
    ['a retired control, with the one that took its place', 'old-lock', input({ choice: 'automatic' }), 'control-retired', '代わりに「画面の保護」'],
    ['an option that is not there', 'right-unit', input({ choice: 'per-cat' }), 'unknown-option', 'per-cat'],
    ['another kind of value', 'right-unit', input(3), 'wrong-type', '権限の単位'],
    ['nothing', 'right-unit', input(null), 'value-missing', '申告を取り消してください'],
    ['a blank', 'right-unit', input({ choice: '' }), 'value-missing', '権限の単位'],
    ['a number out of range', 'review-interval', input(121), 'number-out-of-range', '121'],
    ['a day after today', 'review-interval', input(6, 0, { declaredOn: '2026-11-22' }), 'date-in-future', '令和8年11月22日'],
    ['a day before 1990', 'review-interval', input(6, 0, { declaredOn: '1989-12-31' }), 'date-too-early', '平成元年12月31日'],
    ['a day that is none', 'review-interval', input(6, 0, { declaredOn: '2026-02-30' }), 'date-invalid', '2026-02-30'],
    ['a note with a control character', 'review-interval', input(6, 0, { note: 'a\u0000' }), 'control-character', '説明'],
    ['a note that is too long', 'review-interval', input(6, 0, { note: 'あ'.repeat(2_001) }), 'answer-too-long', '2,001'],
    ['a version that is none', 'review-interval', input(6, -1), 'malformed', '見直しの間隔'],
  ])('refuses %s', async (_what, control, sent, code, said) => {
    const system = await t.system(`断る試験 ${newId()}`);
    const refused = await refusal(t.town.as(t.clerk, (ctx) => declaring.declare(ctx, system, control, sent)));
    expect(refused).toMatchObject({ kind: 'invalid', code: 'declaration-invalid', problems: [code] });
    expect(refused.messages[0]).toContain(said);
    expect(await t.database.query('select from declaration where system_id = $1', [system])).toHaveLength(0);
  });

  it('takes the first day of 1990 and a long note in full', async () => {
    const system = await t.system('端の試験');
    await t.declare(system, 'review-interval', 120, { declaredOn: '1990-01-01', note: '𠮷'.repeat(2_000) });
    expect((await t.town.as(t.clerk, (ctx) => sheetControl(ctx, system, 'review-interval')))!.own).toMatchObject({ declaredOn: '1990-01-01', note: '𠮷'.repeat(2_000), stale: true });
  });

  it('is refused to a department that only uses the system, to the auditor, and of a merged or ended system', async () => {
    const system = await t.system('権利の試験');
    const user = await t.town.person('drafter', t.town.children);
    await t.usedBy(system, t.town.children);
    for (const actor of [user, await t.town.person('audit-secretariat', null)]) {
      expect(await refusal(t.town.as(actor, (ctx) => declaring.declare(ctx, system, 'review-interval', input(6))))).toMatchObject({ kind: 'refused', code: 'not-allowed' });
    }
    const merged = await t.system('重複', { mergedInto: system });
    const ended = await t.system('廃止したもの', { register: { 'running-state': { choice: 'gone' } } });
    for (const [id, code] of [[merged, 'merged'], [ended, 'ended']] as const) {
      expect(await refusal(t.town.as(t.clerk, (ctx) => declaring.declare(ctx, id, 'review-interval', input(6))))).toMatchObject({ kind: 'refused', code });
      expect(await refusal(t.town.as(t.clerk, (ctx) => declaring.withdraw(ctx, id, 'review-interval', 1)))).toMatchObject({ kind: 'refused', code });
    }
    expect(await refusal(t.town.as(t.clerk, (ctx) => declaring.sheet(ctx, merged)))).toMatchObject({ kind: 'refused', code: 'merged' });
    expect((await t.town.as(t.clerk, (ctx) => declaring.sheet(ctx, ended))).may).toMatchObject({ declare: false, closed: expect.stringContaining('廃止') });
    const lead = await t.town.person('assessment-lead', null);
    expect(await t.town.as(lead, (ctx) => declaring.declare(ctx, system, 'review-interval', input(6)))).toMatchObject({ outcome: 'made' });
  });

  it('of a platform goes the same way', async () => {
    const platform = await t.system('データセンター', { kind: 'platform' });
    await t.declare(platform, 'backup-interval', 1);
    expect(await t.town.as(t.clerk, (ctx) => sheetControl(ctx, platform, 'backup-interval'))).toMatchObject({ state: 'declared', own: { words: '1日' } });
  });
});

describe('several declarations in one go', () => {
  it('are all saved, or none with the problems of all', async () => {
    const system = await t.system('まとめての申告');
    const refused = await refusal(t.town.as(t.clerk, (ctx) => declaring.declareMany(ctx, system, [
      { control: 'right-unit', ...input({ choice: 'per-user' }) }, { control: 'review-interval', ...input(999) }, { control: 'old-lock', ...input({ choice: 'automatic' }) }, { control: 'right-unit', ...input({ choice: 'none' }) },
    ])));
    expect(refused).toMatchObject({ kind: 'invalid', problems: ['number-out-of-range', 'control-retired', 'declared-twice'] });
    expect(await refusal(t.town.as(t.clerk, (ctx) => declaring.declareMany(ctx, system, [])))).toMatchObject({ problems: ['nothing-declared'] });
    const saved = await t.town.as(t.clerk, (ctx) => declaring.declareMany(ctx, system, [{ control: 'right-unit', ...input({ choice: 'per-user' }) }, { control: 'review-interval', ...input(12) }]));
    expect(saved.map((one) => [one.control, one.outcome])).toEqual([['right-unit', 'made'], ['review-interval', 'made']]);
    const stale = await refusal(t.town.as(t.clerk, (ctx) => declaring.declareMany(ctx, system, [
      { control: 'backup-interval', ...input(1) }, { control: 'right-unit', ...input({ choice: 'none' }) }, { control: 'review-interval', ...input(24, 7) },
    ])));
    expect(stale).toMatchObject({ kind: 'conflict', problems: ['stale', 'stale'], sides: { sent: [{ label: '権限の単位', value: '設定していない' }, { value: '24か月' }], current: [{ value: '利用者ごと' }, { value: '12か月' }] } });
    expect(await t.town.as(t.clerk, (ctx) => sheetControl(ctx, system, 'backup-interval'))).toMatchObject({ state: 'not-declared' });
  });
});

describe('withdrawing', () => {
  it('makes the control undeclared; the journal keeps what was there; a page from before cannot save over what comes after', async () => {
    const system = await t.system('取消しの試験');
    await t.declare(system, 'right-unit', { choice: 'per-user' }, { note: '確認済み' });
    const [{ id }] = await t.database.query('select id from declaration where system_id = $1', [system]) as [{ id: string }];
    await t.town.as(t.clerk, (ctx) => declarationServices.evidence.add(ctx, id, '記録.txt', Buffer.from('記録')));
    expect(await refusal(t.town.as(t.clerk, (ctx) => declaring.withdraw(ctx, system, 'right-unit', 9)))).toMatchObject({ kind: 'conflict', sides: { current: { value: '利用者ごと', note: '確認済み' } } });
    await t.town.as(t.clerk, (ctx) => declaring.withdraw(ctx, system, 'right-unit', 1));
    expect(await t.town.as(t.clerk, (ctx) => sheetControl(ctx, system, 'right-unit'))).toMatchObject({ state: 'not-declared', own: null });
    expect(await t.database.query('select from declaration_evidence where declaration_id = $1', [id])).toHaveLength(0);
    expect(await refusal(t.town.as(t.clerk, (ctx) => declaring.withdraw(ctx, system, 'right-unit', 1)))).toMatchObject({ kind: 'not-found', code: 'declaration-not-found' });
    const { events } = await t.town.as(t.clerk, (ctx) => declaring.historyOf(ctx, system, 'right-unit'));
    expect(events.map((one) => one.words)).toEqual(['「利用者ごと」の申告を取り消した。証拠1件（記録.txt）も外れた。', '証拠「記録.txt」を付けた。', '「利用者ごと」と申告した（令和8年11月21日）。説明：確認済み']);
    expect(await t.declare(system, 'right-unit', { choice: 'per-terminal' })).toBe(2);
    expect(await refusal(t.town.as(t.clerk, (ctx) => declaring.declare(ctx, system, 'right-unit', input({ choice: 'none' }, 1))))).toMatchObject({ kind: 'conflict', sides: { sent: { value: '設定していない' }, current: { value: '端末ごと' }, currentVersion: 2 } });
  });

  it('is possible for a control that was retired meanwhile', async () => {
    const system = await t.system('旧統制の取消し');
    await t.on('2026-09-30', t.clerk, (ctx) => declaring.declare(ctx, system, 'old-lock', input({ choice: 'automatic' })));
    await t.town.as(t.clerk, (ctx) => declaring.withdraw(ctx, system, 'old-lock', 1));
    expect(await t.database.query('select from declaration where system_id = $1', [system])).toHaveLength(0);
  });
});

describe('two people at once', () => {
  it('who saves second on an old version sees both sides in words, and overwrites nothing', async () => {
    const system = await t.system('同時の試験');
    await t.declare(system, 'right-unit', { choice: 'per-terminal' });
    const other = await t.town.person('drafter', t.town.pension, 'もう一人の担当');
    const outcomes = await Promise.allSettled([
      t.town.as(t.clerk, (ctx) => declaring.declare(ctx, system, 'right-unit', input({ choice: 'per-user' }, 1, { note: '一方' }))),
      t.town.as(other, (ctx) => declaring.declare(ctx, system, 'right-unit', input({ choice: 'none' }, 1, { note: '他方' }))),
    ]);
    expect(outcomes.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    const [first, second] = outcomes[0].status === 'fulfilled' ? [['利用者ごと', '一方'], ['設定していない', '他方']] : [['設定していない', '他方'], ['利用者ごと', '一方']];
    const lost = outcomes.find((one) => one.status === 'rejected') as PromiseRejectedResult;
    expect(lost.reason).toMatchObject({ kind: 'conflict', sides: { sent: { value: second![0], note: second![1] }, current: { value: first![0], note: first![1] }, currentVersion: 2 } });
    expect((await t.town.as(t.clerk, (ctx) => sheetControl(ctx, system, 'right-unit')))!.own).toMatchObject({ words: first![0], version: 2 });
  });

  it('the first declaration of a control is made once', async () => {
    const system = await t.system('最初の同時');
    const outcomes = await Promise.allSettled([1, 2, 3].map((days) => t.town.as(t.clerk, (ctx) => declaring.declare(ctx, system, 'backup-interval', input(days)))));
    expect(outcomes.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(outcomes.flatMap((one) => (one.status === 'rejected' ? [(one.reason as { kind: string }).kind] : []))).toEqual(['conflict', 'conflict']);
  });

  it('different controls of one system are both saved', async () => {
    const system = await t.system('別々の統制');
    await Promise.all([t.declare(system, 'backup-interval', 1), t.declare(system, 'review-interval', 2)]);
    expect((await t.town.as(t.clerk, (ctx) => declaring.sheet(ctx, system))).counts.declared).toBe(2);
  });
});

describe('organisations', () => {
  it('see and change nothing of one another', async () => {
    const system = await t.system('こちらのシステム');
    await t.declare(system, 'review-interval', 6);
    const other = await makeTown(t.database, '隣市');
    const stranger = await other.person('assessment-lead', null);
    for (const work of [
      () => other.as(stranger, (ctx) => declaring.sheet(ctx, system)),
      () => other.as(stranger, (ctx) => declaring.historyOf(ctx, system, 'review-interval')),
      () => other.as(stranger, (ctx) => declaring.declare(ctx, system, 'review-interval', input(7, 1))),
      () => other.as(stranger, (ctx) => declaring.withdraw(ctx, system, 'review-interval', 1)),
    ]) expect(await refusal(work())).toMatchObject({ kind: 'not-found' });
    expect((await t.town.as(t.clerk, (ctx) => sheetControl(ctx, system, 'review-interval')))!.own!.words).toBe('6か月');
  });
});

describe('what is declared', () => {
  it('is what is read, whatever is declared in whatever order, and the journal tells the same', async () => {
    const change = fc.oneof(
      fc.record({ control: fc.constant('right-unit'), value: fc.constantFrom('per-user', 'per-terminal', 'none').map((choice) => ({ choice })), note: fc.constantFrom('', '一', '二') }),
      fc.record({ control: fc.constant('screen-lock'), value: fc.string({ unit: fc.constantFrom('字', '幕', ' ', 'a'), minLength: 1, maxLength: 5 }).map((text) => ({ choice: 'other', text: `書${text}` })), note: fc.constant('') }),
      fc.record({ control: fc.constantFrom('review-interval', 'backup-interval'), value: fc.integer({ min: 0, max: 120 }), note: fc.constantFrom('', '一') }),
      fc.record({ control: fc.constantFrom('right-unit', 'review-interval'), value: fc.constant(null), note: fc.constant('') }),
    );
    await fc.assert(fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
      const system = await t.system('性質');
      const expected = new Map<string, { value: unknown; note: string; version: number }>();
      const versions = new Map<string, number>();
      for (const { control, value, note } of changes) {
        const before = expected.get(control);
        if (value === null) {
          if (before === undefined) continue;
          await t.town.as(t.clerk, (ctx) => declaring.withdraw(ctx, system, control, before.version));
          expected.delete(control);
          continue;
        }
        const { version } = await t.town.as(t.clerk, (ctx) => declaring.declare(ctx, system, control, { value, note, seenVersion: before?.version ?? 0 }));
        expect(version).toBeGreaterThanOrEqual(versions.get(control) ?? 1);
        versions.set(control, version);
        expected.set(control, { value, note, version });
      }
      const sheet = await t.town.as(t.clerk, (ctx) => declaring.sheet(ctx, system));
      const read = new Map(sheet.groups.flatMap((group) => group.controls).flatMap(({ code, own }) => (own === null ? [] : [[code, { value: own.value, note: own.note, version: own.version }] as const])));
      expect(read).toEqual(expected);
    }), { numRuns: 25 });
    expect((await verifyJournal(t.database)).problems).toEqual([]);
  });
});

describe('the catalogue of the product', () => {
  it('can be declared as a whole: each option and each limit of every control', async () => {
    const real = new Declaring(loadCatalogue(inProject('templates'), '2026-11-21'));
    const system = await t.system('全部の統制');
    const controls = (await t.town.as(t.clerk, (ctx) => real.sheet(ctx, system))).groups.flatMap((group) => group.controls);
    // 96 controls: the number that `templates/controls/2026-04.yaml` was written for.
    expect(controls).toHaveLength(96);
    const rounds = Math.max(...controls.map((one) => one.options.length), 2);
    for (let n = 0; n < rounds; n += 1) {
      const values = new Map(controls.map((one) => [one.code, one.kind === 'number' ? (n % 2 === 0 ? one.min! : one.max!) : { choice: one.options[n % one.options.length]!.code }]));
      await t.town.as(t.clerk, async (ctx) => {
        const seen = new Map((await real.sheet(ctx, system)).groups.flatMap((group) => group.controls).map((one) => [one.code, one.own?.version ?? 0]));
        await real.declareMany(ctx, system, [...values].map(([control, value]) => ({ control, value, note: '', seenVersion: seen.get(control)! })));
      });
      const sheet = await t.town.as(t.clerk, (ctx) => real.sheet(ctx, system));
      expect(sheet.counts).toEqual({ approved: 0, declared: 96, inherited: 0, stale: 0, 'not-declared': 0 });
      expect(new Map(sheet.groups.flatMap((group) => group.controls).map((one) => [one.code, one.own!.value]))).toEqual(values);
    }
  });
});
