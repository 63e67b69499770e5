import { addSystem, checkServices, declareOf, sampleRule, SAMPLE_SET } from '../../test/checks-town.js';
import { makeTown, openTown, servicesOf, TODAY, type Database, type Town } from '../../test/assessments-town.js';
import { refusal } from '../../test/declarations-town.js';
import { AssessmentRisks } from '../assessments/assessment-risks.service.js';
import { AssessmentSystems } from '../assessments/assessment-systems.service.js';
import { contentProblems } from '../assessments/content.js';
import { Forms } from '../assessments/forms.js';
import { Departments } from '../identity/departments.service.js';
import type { Actor, Ctx } from '../kernel/ctx.js';
import { newId } from '../kernel/ids.js';
import { inProject } from '../kernel/root.js';
import { scoped } from '../kernel/scoped.js';
import { loadRiskMatrices } from '../risks/risk-matrix.js';
import type { Measure } from '../risks/risk-parts.js';
import { RiskRegister } from '../risks/risk-register.service.js';
import { SystemInheritance } from '../systems/system.entity.js';
import { RiskChallenges } from './risk-challenges.service.js';

const OWN = { ...SAMPLE_SET, ruleSet: 'second', shortTitle: '第二', title: '第二の規則集', rules: [sampleRule('t-lock', 'access', { expects: { item: 'screen-lock', is: 'automatic' } })] };
const { catalogue, sets, facts, checking, states, overruling } = checkServices([SAMPLE_SET, OWN]);
const forms = new Forms(contentProblems(inProject('templates')).forms);
const matrices = loadRiskMatrices(inProject('templates'), TODAY.today());
const links = new AssessmentRisks(forms, matrices);
const named = new AssessmentSystems(forms);
const register = new RiskRegister(matrices, catalogue, new Departments());
const challenges = new RiskChallenges(states, facts, catalogue, links, sets);
const documents = servicesOf(forms);
let database: Database;
let close: () => Promise<void>;
let town: Town;
let lead: Actor;
let clerk: Actor;
let auditor: Actor;

beforeAll(async () => {
  ({ database, town, close } = await openTown());
  lead = await town.person('assessment-lead', null, '評価統括');
  clerk = await town.person('drafter', town.pension, '国保の担当');
  auditor = await town.person('audit-secretariat', null, '監査事務局');
});
afterAll(() => close());
beforeEach(async () => {
  for (const table of ['risk', 'assessment_system', 'check_state', 'check_overrule', 'check_run', 'system_inheritance', 'declaration', 'system']) await database.query(`delete from ${table}`);
});

const as = <T>(work: (ctx: Ctx) => Promise<T>, by = lead): Promise<T> => town.as(by, work);
/** A system that gives access by terminal, checked: `s-access` fails. */
async function failing(name: string, department = town.pension): Promise<string> {
  return as(async (ctx) => {
    const id = await addSystem(ctx, department, name);
    await declareOf(ctx, id, 'access-right-unit', 'per-terminal');
    await checking.recheck(ctx, [id]);
    return id;
  });
}
async function risk(more: { systemId?: string | null; rules?: string[]; measures?: Measure[]; title?: string } = {}): Promise<string> {
  return as(async (ctx) => {
    const id = await register.add(ctx, { title: more.title ?? '盗み見', asset: '記録', threat: '見る', cause: '権限', systemId: more.systemId ?? null, departmentId: town.pension, before: { likelihood: 3, impact: 3 }, after: null });
    const rules = (more.rules ?? ['s-access']).map((rule) => ({ ruleSet: rule.startsWith('s-') ? 'sample' : 'second', rule }));
    await register.setRules(ctx, id, await register.setMeasures(ctx, id, 1, more.measures ?? []), rules, () => true);
    return id;
  });
}
const looked = async (id: string, by = lead) => (await as((ctx) => challenges.ofRisks(ctx, [id]), by)).get(id)!;
const texts = async (id: string, by = lead) => (await looked(id, by)).challenges.map((one) => one.text);
const assessment = async (answers: Record<string, string> = {}): Promise<string> => (await as((ctx) => documents.creation.fromAnswers(ctx, {
  form: 'basic', version: '2024-10', title: '国保の事務', departmentId: town.pension, bodyId: town.body, origin: {}, answers: { rows: [], answers: Object.fromEntries(Object.entries(answers).map(([code, choice]) => [code, { choice }])) },
}))).id;
const lock: Measure = { text: '画面を閉じる', control: 'screen-lock', state: 'in-place' };

describe('a risk of one system', () => {
  it('is challenged as soon as a linked rule fails there, and no more once it is declared otherwise', async () => {
    const system = await failing('国保システム');
    const id = await risk({ systemId: system });
    expect(await texts(id)).toEqual([expect.stringMatching(/^「国保システム」が、規則「s-accessが守られている」（見本）に合っていません。理由：.*「端末ごと」.*。$/u)]);
    await as(async (ctx) => {
      await declareOf(ctx, system, 'access-right-unit', 'per-user');
      await checking.recheck(ctx, [system]);
    });
    expect(await texts(id)).toEqual([]);
  });

  it('is challenged by a measure in place whose control is stale or not declared', async () => {
    const system = await failing('国保システム');
    const id = await risk({ systemId: system, rules: [], measures: [lock] });
    expect(await texts(id)).toEqual([expect.stringContaining('「国保システム」は統制「離席したときの画面ロック」を申告していません')]);
    await as((ctx) => declareOf(ctx, system, 'screen-lock', 'automatic', '2025-11-20'));
    expect(await texts(id)).toEqual([expect.stringContaining('の申告（令和7年11月20日）は期限が切れています')]);
    await as((ctx) => declareOf(ctx, system, 'screen-lock', 'automatic'));
    expect(await texts(id)).toEqual([]);
  });

  it('that was never checked is told so, and that nothing is known of its rules', async () => {
    const system = await as((ctx) => addSystem(ctx, town.pension, '新しいシステム'));
    expect(await looked(await risk({ systemId: system }))).toEqual({ challenges: [], nowhere: false, checked: [{ id: system, name: '新しいシステム', readable: true, rules: null }] });
  });

  it('is challenged by what a person made of a result, and not by what a person settled', async () => {
    const system = await failing('国保システム');
    const id = await risk({ systemId: system });
    const overrule = (result: 'met' | 'not-met') => as((ctx) => overruling.overrule(ctx, system, 'sample', 's-access', { result, reason: '現場で確かめた', evidence: '写真', untilOn: '2027-03-31' }), auditor);
    await overrule('met');
    expect(await texts(id)).toEqual([]);
    await database.query('delete from check_overrule');
    await overrule('not-met');
    expect(await texts(id)).toEqual([expect.stringContaining('点検の結果を、人が「不適合」に改めている')]);
  });

  it('merged into another is held against the results of the other', async () => {
    const [from, into] = [await as((ctx) => addSystem(ctx, town.pension, '旧国保')), await failing('新国保')];
    const id = await risk({ systemId: from });
    expect(await texts(id)).toEqual([]);
    await database.query('update system set merged_into_id = $2 where id = $1', [from, into]);
    expect(await texts(id)).toEqual([expect.stringContaining('「新国保」が')]);
  });

  it('closed is challenged by nothing', async () => {
    const id = await risk({ systemId: await failing('国保システム') });
    await as((ctx) => register.close(ctx, id, 2, '終わり'));
    expect(await as((ctx) => challenges.ofRisks(ctx, [id]))).toEqual(new Map());
  });

  it('a reason is told only to who may see the results of the system', async () => {
    const id = await risk({ systemId: await failing('こどもシステム', town.children) });
    expect(await texts(id, clerk)).toEqual([expect.stringContaining('理由は、このシステムの所管課に確かめてください')]);
    expect((await looked(id, clerk)).checked[0]!.readable).toBe(false);
  });
});

describe('a risk of a platform', () => {
  it('is held against the rules in the systems upon it and against its own declarations', async () => {
    const platform = await as((ctx) => addSystem(ctx, town.pension, '共通基盤', {}, 'platform'));
    const upon = await failing('国保システム');
    await failing('ほかのシステム');
    await as((ctx) => scoped(ctx, SystemInheritance).insert({ id: newId(), systemId: upon, fromId: platform, position: 0 }));
    const id = await risk({ systemId: platform, measures: [lock] });
    expect(await texts(id)).toEqual([expect.stringContaining('「国保システム」が、規則'), expect.stringContaining('「共通基盤」は統制「離席したときの画面ロック」を申告していません')]);
    await as((ctx) => declareOf(ctx, platform, 'screen-lock', 'automatic'));
    expect(await texts(id)).toHaveLength(1);
  });
});

describe('a risk of no single system', () => {
  it('is held against the systems that the linked assessments name', async () => {
    const [one, other] = [await failing('国保システム'), await failing('宛名システム')];
    const id = await risk();
    expect(await looked(id)).toMatchObject({ nowhere: true, challenges: [], checked: [] });
    const document = await assessment();
    await as((ctx) => links.link(ctx, document, 'unauthorized-use-adequacy', id));
    expect((await looked(id)).nowhere).toBe(true);
    await as((ctx) => named.link(ctx, document, one));
    expect(await texts(id)).toEqual([expect.stringContaining('「国保システム」が、規則')]);
    await as((ctx) => named.link(ctx, document, other));
    expect((await texts(id)).map((text) => text.slice(1, 3)).sort()).toEqual(['国保', '宛名']);
  });
});

describe('the answers of an assessment', () => {
  const found = async (document: string, by = lead) => (await as((ctx) => challenges.ofAssessment(ctx, document), by)).risks.filter((one) => one.risks.length > 0).map((one) => [one.address, one.challenged, one.reasons.length]);

  it('are challenged where they say enough and a linked risk is challenged', async () => {
    const id = await risk({ systemId: await failing('国保システム') });
    const document = await assessment({ 'unauthorized-use-adequacy': 'especially-strong', 'leakage-adequacy': 'issues-remain' });
    for (const address of ['unauthorized-use-adequacy', 'leakage-adequacy', 'human-error-adequacy']) await as((ctx) => links.link(ctx, document, address, id));
    expect(await found(document)).toEqual([['unauthorized-use-adequacy', true, 1], ['leakage-adequacy', false, 1], ['human-error-adequacy', false, 1]]);
  });

  it('are challenged by a linked rule that fails in a system that only the assessment names', async () => {
    const system = await as((ctx) => addSystem(ctx, town.pension, '守られたシステム'));
    const id = await risk({ systemId: system });
    const document = await assessment({ 'unauthorized-use-adequacy': 'sufficient' });
    await as((ctx) => links.link(ctx, document, 'unauthorized-use-adequacy', id));
    expect(await found(document)).toEqual([['unauthorized-use-adequacy', false, 0]]);
    const failed = await failing('宛名システム');
    await as((ctx) => named.link(ctx, document, failed));
    expect(await found(document)).toEqual([['unauthorized-use-adequacy', true, 1]]);
    expect(await texts(id)).toEqual([]);
  });

  it('are not challenged without links; who may not see the assessment is refused', async () => {
    await failing('国保システム');
    const document = await assessment({ 'unauthorized-use-adequacy': 'sufficient' });
    expect((await as((ctx) => challenges.ofAssessment(ctx, document))).risks.every((one) => !one.challenged && one.reasons.length === 0)).toBe(true);
    const childrens = await town.person('drafter', town.children, 'こどもの担当');
    expect(await refusal(as((ctx) => challenges.ofAssessment(ctx, document), childrens))).toMatchObject({ kind: 'refused', code: 'other-department' });
  });
});

it('the rules to choose from are those of every set, and nothing of another organisation is looked at', async () => {
  expect(await as((ctx) => challenges.rules(ctx))).toEqual([
    { ruleSet: 'sample', title: '見本の規則集', adopted: true, rules: SAMPLE_SET.rules.map(({ code, title }) => ({ code, title })) }, { ruleSet: 'second', title: '第二の規則集', adopted: true, rules: [{ code: 't-lock', title: 't-lockが守られている' }] },
  ]);
  const id = await risk({ systemId: await failing('国保システム') });
  const other = await makeTown(database, 'あさぎり町');
  const stranger = await other.person('assessment-lead', null, 'よそ');
  expect(await other.as(stranger, (ctx) => challenges.ofRisks(ctx, [id]))).toEqual(new Map());
});
