import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTown, openTown, type Database, type Town } from '../../test/assessments-town.js';
import { conductedAudit, findingSettings } from '../../test/findings-town.js';
import { readSchema } from '../engine/content-loader.js';
import type { Actor } from '../kernel/ctx.js';
import { history } from '../kernel/journal.js';
import { newId } from '../kernel/ids.js';
import { inProject } from '../kernel/root.js';
import { schemeFaults } from './scheme-checking.js';
import { FindingSchemes, findingsContentCheck, loadFindingSchemes, readFindingsContent, type FindingsContent } from './scheme-content.js';
import type { FindingSettingsText } from './finding-settings.service.js';

const templates = inProject('templates');
const settings = findingSettings();
let database: Database;
let close: () => Promise<void>;
let town: Town;
let secretariat: Actor;
let member: Actor;

beforeAll(async () => {
  ({ database, town, close } = await openTown());
  secretariat = await town.person('audit-secretariat', null, '監査事務局');
  member = await town.person('audit-member', null, '監査委員');
});
afterAll(() => close());
beforeEach(async () => {
  for (const table of ['finding', 'finding_setting', 'audit']) await database.query(`delete from ${table}`);
});

const now = (): Promise<FindingSettingsText & { version: number }> => town.as(secretariat, (ctx) => settings.of(ctx));
const change = async (edit: (text: FindingSettingsText) => void, seen?: number, by = secretariat): Promise<number> => {
  const { version, ...text } = await now();
  const copy = structuredClone(text);
  edit(copy);
  return town.as(by, (ctx) => settings.change(ctx, seen ?? version, copy));
};
const problemsOf = async (edit: (text: FindingSettingsText) => void): Promise<string[]> => {
  const error: unknown = await change(edit).catch((one: unknown) => one);
  return ((error as { problems?: { path: string; message: string }[] }).problems ?? []).map((one) => `${one.path} ${one.message}`);
};
/** A finding of this classification and severity, put into the table. */
const using = async (classification: string, severity: string): Promise<void> => {
  const audit = await conductedAudit(database, town);
  await database.query(
    `insert into finding (id, organisation_id, audit_id, number, position, kind, title, facts, criteria, criteria_source, cause, effect, classification, severity, stage, changed_at, changed_by_name)
     values ($1, $2, $3, 1, 0, 'finding', '題', '', '', '', '', '', $4, $5, 'draft', now(), '')`, [newId(), town.organisation, audit, classification, severity]);
};

describe('the shipped schemes', () => {
  it('are sound', () => expect(readFindingsContent(templates).problems).toEqual([]));
  it('begin with 指摘事項, 要望事項, 意見 and 勧告 and six states of actions', () => {
    const { standard } = loadFindingSchemes(templates, '2026-11-21');
    expect(standard.classifications.map((one) => one.label)).toEqual(['指摘事項', '要望事項', '意見', '勧告']);
    expect(standard.states.map((one) => one.label)).toEqual(['未着手', '検討中', '措置予定', '一部措置', '措置済', '継続']);
  });
  it('offer five degrees of improvement with a rate from two of them', () => {
    const five = loadFindingSchemes(templates, '2026-11-21').ready('five-degrees');
    expect(five.states).toHaveLength(5);
    expect(five.rates).toEqual([{ code: 'improvement-rate', label: '改善率', of: ['degree-improved', 'degree-mostly'], over: five.states.map((one) => one.code) }]);
  });
  it('refuse a scheme that is not there', () => expect(() => loadFindingSchemes(templates, '2026-11-21').ready('none')).toThrow('「none」という区分の組はありません'));
});

describe('content that is not sound is refused with place and reason', () => {
  const check = findingsContentCheck(readSchema(templates, 'findings'));
  const content = (): FindingsContent => structuredClone(readFindingsContent(templates).contents[0]!);
  it.each<[string, (one: FindingsContent) => void, string]>([
    ['an unknown standard', (one) => { one.default = 'none'; }, '/default 「none」という組はありません。'],
    ['a code that is there twice', (one) => void one.schemes[0]!.states.push({ ...one.schemes[0]!.states[0]!, label: '別' }), '/schemes/0（six-states）/states/6/code 措置の状態の符号「not-started」が2度'],
    ['a name that is there twice', (one) => { one.schemes[0]!.states[1]!.label = '未着手'; }, '名前「未着手」が2度'],
    ['no state that begins', (one) => { one.schemes[0]!.states[0]!.phase = 'under-way'; }, '段階：未着手'],
    ['no state that settles', (one) => { one.schemes[0]!.states[4]!.phase = 'under-way'; }, '段階：完了'],
    ['a rate over an unknown state', (one) => { one.schemes[0]!.rates[0]!.of = ['gone']; }, '状態「gone」はありません'],
    ['a rate above 100 per cent', (one) => { one.schemes[0]!.rates[0]!.over = ['considering']; }, '分母にありません'],
    ['a code that means something else in another scheme', (one) => { one.schemes[1]!.states[0]!.code = 'taken'; one.schemes[1]!.rates = []; }, '符号「taken」は、ほかの組では「措置済」です'],
    ['two schemes of one code', (one) => { one.schemes[1]!.code = 'six-states'; }, '組の符号「six-states」が2度'],
    ['an unknown style', (one) => { one.numbering = ['I' as never]; }, '/numbering/0 次のいずれかで書いてください'],
  ])('%s', (_, edit, said) => {
    const one = content();
    edit(one);
    expect(check(one, 'findings/2026-04.yaml').map(({ path, reason }) => `${path} ${reason}`).join('\n')).toContain(said);
  });
  it('and a folder without any', () => {
    const folder = mkdtempSync(join(tmpdir(), 'findings-'));
    mkdirSync(join(folder, 'schemas'));
    writeFileSync(join(folder, 'schemas', 'findings.schema.json'), JSON.stringify(readSchema(templates, 'findings')));
    expect(readFindingsContent(folder).problems[0]!.reason).toContain('がありません');
    expect(() => loadFindingSchemes(folder, '2026-11-21')).toThrow('1件の誤り');
    rmSync(folder, { recursive: true });
    expect(() => new FindingSchemes([], '2026-11-21')).toThrow('がありません');
  });
});

describe('the settings of an organisation', () => {
  it('are those of the content until it decides', async () => {
    expect(await now()).toMatchObject({ version: 0, numbering: ['１', '(1)', 'ア', '①'], dueSoonDays: 30 });
  });
  it('are changed with a journal, version by version', async () => {
    expect(await change((text) => { text.scheme.states[1]!.label = ' 検討している '; text.dueSoonDays = 14; })).toBe(1);
    expect(await now()).toMatchObject({ version: 1, dueSoonDays: 14 });
    expect((await now()).scheme.states[1]!.label).toBe('検討している');
    expect(await change((text) => { text.numbering = ['第1', '1']; })).toBe(2);
    const entries = await town.as(secretariat, (ctx) => history(ctx, { kind: 'finding-setting', id: town.organisation }));
    expect(entries[0]).toMatchObject({ action: 'finding-settings-changed', before: { numbering: ['１', '(1)', 'ア', '①'] }, after: { numbering: ['第1', '1'] } });
  });
  it('belong to the organisation alone', async () => {
    await change((text) => { text.dueSoonDays = 3; });
    const other = await makeTown(database, 'あさぎり町');
    const person = await other.person('audit-secretariat', null);
    expect((await other.as(person, (ctx) => settings.of(ctx))).version).toBe(0);
  });
  it('are not overwritten by a stale save', async () => {
    await change((text) => { text.dueSoonDays = 3; });
    await expect(change((text) => { text.dueSoonDays = 5; }, 0)).rejects.toMatchObject({ kind: 'conflict', sides: { currentVersion: 1, current: { dueSoonDays: 3 } } });
  });
  it('are not for a member of the committee', async () => {
    await expect(change(() => undefined, 0, member)).rejects.toMatchObject({ kind: 'refused', code: 'not-allowed' });
  });
  it.each<[string, (text: FindingSettingsText) => void, string]>([
    ['no days', (text) => { text.dueSoonDays = 0; }, '/dueSoonDays'],
    ['half a day', (text) => { text.dueSoonDays = 1.5; }, '/dueSoonDays'],
    ['no style', (text) => { text.numbering = []; }, '/numbering 番号の付け方を1～6段'],
    ['a blank name', (text) => { text.scheme.classifications[0]!.label = '  '; }, '/classifications/0/label 区分の名前を1～30字'],
    ['a blank meaning', (text) => { text.scheme.severities[0]!.definition = ''; }, '/severities/0/definition'],
    ['a code with spaces', (text) => { text.scheme.states[0]!.code = 'not started'; }, '/states/0/code'],
    ['nothing left to use', (text) => { for (const one of text.scheme.classifications) one.retired = true; }, '/classifications 使う区分がありません'],
  ])('refuse %s', async (_, edit, said) => {
    expect((await problemsOf(edit)).join('\n')).toContain(said);
    expect((await now()).version).toBe(0);
  });

  it('keep what is in use: it is retired, not removed', async () => {
    await using('opinion', 'slight');
    expect(await problemsOf((text) => { text.scheme.classifications = text.scheme.classifications.filter((one) => one.code !== 'opinion'); })).toEqual([expect.stringContaining('区分「意見」は使われているので、取り除けません')]);
    expect(await change((text) => { text.scheme.classifications.find((one) => one.code === 'opinion')!.retired = true; })).toBe(1);
    expect(await change((text) => { text.scheme.classifications = text.scheme.classifications.filter((one) => one.code !== 'requested'); })).toBe(2);
  });
  it('never give a code again to something else', async () => {
    await change((text) => { text.scheme.classifications = text.scheme.classifications.filter((one) => one.code !== 'requested'); });
    const again = (label: string) => (text: FindingSettingsText): void => void text.scheme.classifications.push({ code: 'requested', label, definition: '意味', needsAction: false });
    expect(await problemsOf(again('検討事項'))).toEqual(['/classifications/3/code 符号「requested」は、前に区分「要望事項」に使われていました。別の符号にしてください。']);
    expect(await change(again('要望事項'))).toBe(2);
  });
  it('go over to a ready scheme, with what is in use kept as retired', async () => {
    await using('opinion', 'slight');
    await town.as(secretariat, (ctx) => settings.adopt(ctx, 0, 'five-degrees'));
    const { scheme } = await now();
    expect(scheme.classifications.map((one) => `${one.label}${one.retired === true ? '（使わない）' : ''}`)).toEqual(['指摘事項', '改善事項', '勧告', '意見（使わない）']);
    expect(scheme.severities.map((one) => `${one.label}${one.retired === true ? '（使わない）' : ''}`)).toEqual(['Ａ', 'Ｂ', 'Ｃ', '軽微（使わない）']);
    expect(schemeFaults(scheme)).toEqual([]);
    await expect(town.as(secretariat, (ctx) => settings.adopt(ctx, 1, 'none'))).rejects.toMatchObject({ kind: 'not-found' });
  });
});
