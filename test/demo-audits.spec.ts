import { DEMO_ORGANISATION } from '../src/demo/city.js';
import { AUDITOR } from '../src/demo/audit-stage.js';
import { dayOf } from '../src/demo/audit-script.js';
import { loadDemo, type LoadedDemo } from '../src/demo/load.js';
import { AuditFiles } from '../src/findings/audit-files.service.js';
import type { AuditFile } from '../src/findings/audit-file.js';
import { ActionBoard } from '../src/findings/action-board.service.js';
import { ActionEvidence } from '../src/findings/action-evidence.service.js';
import { CorrectiveAction } from '../src/findings/corrective-action.entity.js';
import { inTransaction } from '../src/kernel/database.js';
import { clockAt } from '../src/kernel/clock.js';
import { verifyJournal } from '../src/kernel/journal.js';
import { scoped } from '../src/kernel/scoped.js';
import { openStage, type Stage } from './journey-browser.js';

let stage: Stage;
let loaded: LoadedDemo;
let followed: AuditFile;

beforeAll(async () => {
  stage = await openStage({ demo: false });
  loaded = (await loadDemo({ app: stage.app, database: stage.database, clock: stage.clock }))!;
  followed = await inAuditOffice((ctx) => stage.app.get(AuditFiles, { strict: false }).read(ctx, loaded.audits.followed));
}, 240_000);
afterAll(() => stage?.close());

const inAuditOffice = <T>(work: Parameters<typeof inTransaction<T>>[2]): Promise<T> => inTransaction(stage.database, { organisation: DEMO_ORGANISATION, actor: AUDITOR, clock: stage.clock }, work);
const action = (title: string) => followed.actions.find((one) => one.title === title)!;

describe('days of the script', () => {
  it.each([['-3-06-01', '2023-06-01'], ['-3-03-20', '2024-03-20'], ['0-10-01', '2026-10-01'], ['0-01-31', '2027-01-31']])('%s is %s in the fiscal year 2026', (written, iso) => {
    expect(dayOf(written, 2026)).toBe(iso);
  });
});

// What templates/demo/audits/mizuhono.yaml says, played on 2026-11-21.
describe('the audit that is followed for three years', () => {
  it('was published with its report and three publications of measures', () => {
    expect(followed.audit.status).toBe('published');
    expect(followed.reports.map(({ kind, publicationYear, publicationNumber }) => [kind, publicationYear, publicationNumber])).toEqual([['report', 2024, 3], ['measures', 2024, 11], ['measures', 2025, 12], ['measures', 2026, 9]]);
    expect(followed.deliberations).toMatchObject([{ subject: 'report', outcome: 'agreed', voices: [{ consents: true }, { consents: true }] }]);
  });

  it.each([
    ['異動の日に権限を外す手順', 'taken', '2024-07-10', '市民税課'],
    ['操作の記録の確認', 'taken', '2026-07-09', '情報政策課'],
    ['証拠書類の保管場所の移転', 'partly-taken', null, '子育て支援課'],
    ['離席のときの画面の自動の切替え', 'partly-taken', null, '保険年金課'],
  ])('%s stands at %s', (title, state, settledOn, department) => {
    expect(action(title)).toMatchObject({ state, settledOn, department });
  });

  it('asked every year what was not settled', () => {
    const asked = (title: string) => action(title).entries.filter((one) => one.kind === 'asked').map((one) => one.fiscalYear);
    expect(asked('操作の記録の確認')).toEqual([2024, 2025, 2026]);
    expect(asked('離席のときの画面の自動の切替え')).toEqual([2024, 2025, 2026]);
    // Settled in July 2025, reopened in September 2026.
    expect(asked('証拠書類の保管場所の移転')).toEqual([2024, 2025]);
  });

  it('keeps what was put off, handed over and taken up again', () => {
    expect(action('操作の記録の確認').entries.find((one) => one.kind === 'postponed')).toMatchObject({ dueBefore: '2024-09-30', dueAfter: '2026-03-31' });
    expect(action('離席のときの画面の自動の切替え')).toMatchObject({ formerDepartment: '市民税課' });
    expect(action('証拠書類の保管場所の移転').entries.map((one) => one.kind)).toEqual(expect.arrayContaining(['effect-checked', 'notified', 'reopened']));
  });

  it('shows a check that found no effect, and what was handed in before the one that did', async () => {
    const checks = action('操作の記録の確認').entries.filter((one) => one.kind === 'effect-checked').map((one) => [one.madeOn, one.stateAfter]);
    expect(checks).toEqual([['2026-05-20', null], ['2026-07-09', 'taken']]);
    const [{ id }] = await inAuditOffice((ctx) => scoped(ctx, CorrectiveAction).find({ title: '操作の記録の確認' })) as [CorrectiveAction];
    expect((await inAuditOffice((ctx) => stage.app.get(ActionEvidence, { strict: false }).list(ctx, id))).map((one) => one.fileName)).toEqual(['操作の記録の確認結果.txt']);
  });

  it('published each notice under the paragraph of its day', () => {
    expect(followed.notices.map(({ basis, status, notifiedOn }) => [basis, status, notifiedOn])).toEqual([['act-199-14', 'published', '2024-08-20'], ['act-199-14', 'published', '2025-08-18'], ['act-199-14', 'published', '2026-08-17']]);
  });

  it('counted its fourteen responses', () => {
    expect(followed.questionnaires[0]!.responses.map((one) => one.status)).toEqual(Array.from({ length: 14 }, () => 'fixed'));
    expect(followed.tabulations[0]!.counted.find((one) => one.code === followed.questionnaires[0]!.definition.form)?.records).toHaveLength(14);
  });
});

it('a rule that is met again offers to close the action that it brought about', async () => {
  const offers = await inAuditOffice((ctx) => stage.app.get(ActionBoard, { strict: false }).list(ctx, { offered: true }));
  expect(offers.actions.map((one) => [one.title, one.offered])).toEqual([['職員ごとの権限の割り振り', 'closing']]);
});

it('the journal of all that is whole', async () => {
  expect((await verifyJournal(stage.database)).problems).toEqual([]);
});

// Before the fiscal year ends, and before this year's audit begins.
it.each(['2027-02-28', '2027-06-15'])('the city loads on %s as well', async (day) => {
  const other = await openStage({ demo: false });
  try {
    expect(await loadDemo({ app: other.app, database: other.database, clock: clockAt(`${day}T01:00:00Z`) })).not.toBeNull();
  } finally {
    await other.close();
  }
}, 240_000);
