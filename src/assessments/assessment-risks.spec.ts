import { makeTown, openTown, servicesOf, TODAY, type Database, type Town } from '../../test/assessments-town.js';
import { refusal } from '../../test/declarations-town.js';
import { indexForm } from '../engine/form-index.js';
import type { AnswerSet } from '../engine/form.js';
import { readySample, sampleForm } from '../engine/sample-form.js';
import { Departments } from '../identity/departments.service.js';
import type { Actor } from '../kernel/ctx.js';
import { newId } from '../kernel/ids.js';
import { history } from '../kernel/journal.js';
import { inProject } from '../kernel/root.js';
import { loadRiskMatrices, RiskMatrices } from '../risks/risk-matrix.js';
import { RiskRegister } from '../risks/risk-register.service.js';
import { loadCatalogue } from '../systems/catalogue.js';
import { AssessmentRisks } from './assessment-risks.service.js';
import { contentProblems } from './content.js';
import { Forms } from './forms.js';

const { forms: loaded } = contentProblems(inProject('templates'));
const forms = new Forms(loaded);
const matrices = loadRiskMatrices(inProject('templates'), TODAY.today());
const services = servicesOf(forms);
const links = new AssessmentRisks(forms, matrices);
const register = new RiskRegister(matrices, loadCatalogue(inProject('templates'), TODAY.today()), new Departments());
let database: Database;
let close: () => Promise<void>;
let town: Town;
let clerk: Actor;
let childrens: Actor;
let lead: Actor;
let viewer: Actor;
let id: string;

beforeAll(async () => {
  ({ database, town, close } = await openTown());
  clerk = await town.person('drafter', town.pension, '国保の担当');
  childrens = await town.person('drafter', town.children, 'こどもの担当');
  lead = await town.person('assessment-lead', null, '評価統括');
  viewer = await town.person('council-secretariat', null, '審議会事務局');
});
afterAll(() => close());
beforeEach(async () => {
  await database.query('delete from risk');
  id = await assessment('basic', '2024-10', { rows: [], answers: { 'unauthorized-use-adequacy': { choice: 'sufficient' }, 'leakage-adequacy': { choice: 'issues-remain' } } });
});

const assessment = async (form: string, version: string, answers: AnswerSet, title = '国保の事務'): Promise<string> =>
  (await town.as(lead, (ctx) => services.creation.fromAnswers(ctx, { form, version, title, departmentId: town.pension, bodyId: town.body, answers, origin: {} }))).id;
const risk = (title: string, more: { departmentId?: string; by?: Actor } = {}): Promise<string> => town.as(more.by ?? clerk, (ctx) => register.add(ctx, {
  title, asset: '記録', threat: '盗み見', cause: '権限', systemId: null, departmentId: more.departmentId ?? town.pension, before: { likelihood: 3, impact: 3 }, after: { likelihood: 1, impact: 3 },
}));
const shown = (by = clerk) => town.as(by, (ctx) => links.statutoryRisks(ctx, id));
const link = (address: string, riskId: string, by = clerk, to = id) => town.as(by, (ctx) => links.link(ctx, to, address, riskId));
const unlink = (address: string, riskId: string, by = clerk) => town.as(by, (ctx) => links.unlink(ctx, id, address, riskId));
const linkedTo = async (address: string, by = clerk) => (await shown(by)).risks.find((one) => one.address === address)!.risks.map((one) => [one.title, one.readable]);

describe('the statutory risks of an assessment', () => {
  // 基礎項目評価書 Ⅳ: 2 入手, 3 使用 (2), 4 委託, 5 提供・移転, 6 情報連携 (2), 7 保管・消去, 8 人手を介在させる作業.
  it('are its adequacy items in printed order, with what is answered, as far as they are asked', async () => {
    const { risks, mayLink } = await shown();
    expect(mayLink).toBe(true);
    expect(risks.map((one) => one.address)).toEqual(['acquisition-adequacy', 'linking-adequacy', 'unauthorized-use-adequacy', 'outsourcing-adequacy', 'provision-transfer-adequacy', 'network-acquisition-adequacy', 'network-provision-adequacy', 'leakage-adequacy', 'human-error-adequacy']);
    expect(risks.find((one) => one.address === 'unauthorized-use-adequacy')).toMatchObject({
      heading: '権限のない者（元職員、アクセス権限のない職員等）によって不正に使用されるリスクへの対策は十分か', blockHeading: '3．特定個人情報の使用', sectionName: expect.stringMatching(/^Ⅳ/u), rowName: '',
      adequacy: { code: 'sufficient', label: '十分である', enough: true }, risks: [], href: expect.stringMatching(new RegExp(`^/assessments/${id}/sections/.+#item-unauthorized-use-adequacy$`, 'u')),
    });
    expect(risks.map((one) => one.adequacy?.enough ?? null).filter((one) => one !== null)).toEqual([true, false]);
    id = await assessment('basic', '2024-10', { rows: [], answers: { 'outsourcing-none': { checked: ['not-outsourced'] } } });
    expect((await shown()).risks.map((one) => one.address)).not.toContain('outsourcing-adequacy');
  });

  it('stand once for each file where the section is repeated, under the heading of the risk', async () => {
    const rows = [1, 2].map((n) => ({ id: newId(), group: 'file', parent: null, position: n }));
    id = await assessment('full', '2024-10', { rows, answers: { [`file-name@${rows[0]!.id}`]: '国保資格ファイル' } });
    const { risks } = await shown();
    const own = risks.filter((one) => one.address.startsWith('use-risk2-adequacy@'));
    expect(own.map((one) => [one.rowName, one.heading])).toEqual([['特定個人情報ファイル1「国保資格ファイル」', expect.stringMatching(/^リスク2：/u)], ['特定個人情報ファイル2', expect.stringMatching(/^リスク2：/u)]]);
  });

  it('of a form without such items are none', async () => {
    const other = new Forms([...loaded, { compiled: indexForm(sampleForm()) }]);
    const adequacy = sampleForm().sections.flatMap((section) => section.blocks.flatMap((block) => [...(block.items ?? []), ...(block.parts ?? []).flatMap((part) => part.items)])).filter((item) => item.kind === 'choice' && item.adequacy === true);
    expect(adequacy).toEqual([]);
    const made = await town.as(lead, (ctx) => servicesOf(other).creation.fromAnswers(ctx, { form: 'sample', version: '2026-04', title: '見本', departmentId: town.pension, bodyId: town.body, answers: readySample(), origin: {} }));
    expect((await town.as(clerk, (ctx) => new AssessmentRisks(other, matrices).statutoryRisks(ctx, made.id))).risks).toEqual([]);
  });

  it('the program does not start with a matrix that does not know their options', () => {
    const unknowing = new RiskMatrices(matrices.all.map((one) => ({ ...one, adequacy: { enough: ['sufficient'], lacking: ['issues-remain'] } })), TODAY.today());
    expect(() => new AssessmentRisks(forms, unknowing)).toThrow('リスクの評価の基準に1件の誤りがあります。');
  });
});

describe('links', () => {
  it('show on both sides; twice is one link, and both journals tell of it', async () => {
    const made = await risk('個人番号の盗み見');
    await link('unauthorized-use-adequacy', made);
    await link('unauthorized-use-adequacy', made);
    expect((await shown()).risks.find((one) => one.address === 'unauthorized-use-adequacy')!.risks).toEqual([{ id: made, title: '個人番号の盗み見', residual: expect.objectContaining({ label: '中' }), closed: false, readable: true }]);
    expect(await town.as(clerk, (ctx) => links.ofRisk(ctx, made))).toEqual([{
      assessmentId: id, title: '国保の事務', address: 'unauthorized-use-adequacy', name: expect.stringMatching(/^Ⅳ 3\. 権限のない者/u), adequacy: { code: 'sufficient', label: '十分である', enough: true }, href: expect.stringContaining('#item-unauthorized-use-adequacy'), readable: true, mayUnlink: true,
    }]);
    await unlink('unauthorized-use-adequacy', made);
    await unlink('unauthorized-use-adequacy', made);
    expect(await linkedTo('unauthorized-use-adequacy')).toEqual([]);
    const [ofAssessment, ofRisk] = await town.as(lead, async (ctx) => [await history(ctx, { kind: 'assessment', id }), await history(ctx, { kind: 'risk', id: made })]);
    expect(ofAssessment!.filter((one) => one.action.startsWith('risk-')).map(({ action, path, before, after }) => [action, path, before ?? after])).toEqual([
      ['risk-unlinked', 'unauthorized-use-adequacy', { id: made, title: '個人番号の盗み見' }], ['risk-linked', 'unauthorized-use-adequacy', { id: made, title: '個人番号の盗み見' }],
    ]);
    expect(ofRisk!.filter((one) => one.action.startsWith('statutory-')).map(({ action, before, after }) => [action, before ?? after])).toEqual([
      ['statutory-risk-unlinked', { id, title: expect.stringMatching(/^国保の事務　Ⅳ 3\./u), address: 'unauthorized-use-adequacy' }], ['statutory-risk-linked', { id, title: expect.stringMatching(/^国保の事務　Ⅳ 3\./u), address: 'unauthorized-use-adequacy' }],
    ]);
  });

  it('many risks may stand behind one item, and one behind many', async () => {
    const [one, other] = [await risk('乙のリスク'), await risk('甲のリスク')];
    for (const made of [one, other]) await link('leakage-adequacy', made);
    await link('unauthorized-use-adequacy', one);
    expect(await linkedTo('leakage-adequacy')).toEqual([['乙のリスク', true], ['甲のリスク', true]]);
    expect((await town.as(clerk, (ctx) => links.ofRisk(ctx, one))).map((place) => place.address)).toEqual(['unauthorized-use-adequacy', 'leakage-adequacy']);
    expect(await town.as(clerk, (ctx) => links.assessmentsOf(ctx, [one, other]))).toEqual(new Map([[one, [id]], [other, [id]]]));
  });

  it('may be made whatever the status: what the assessment says does not change', async () => {
    await database.query(`update assessment set status = 'confirmed' where id = $1`, [id]);
    await link('leakage-adequacy', await risk('確認済みにも'));
    expect(await linkedTo('leakage-adequacy')).toEqual([['確認済みにも', true]]);
  });

  it('are refused to who may not write the assessment, or not see the risk; of what is not there, and of closed risks', async () => {
    const [own, theirs] = [await risk('国保のリスク'), await risk('こどものリスク', { departmentId: town.children, by: childrens })];
    expect(await refusal(link('leakage-adequacy', own, childrens))).toMatchObject({ kind: 'refused', code: 'not-allowed' });
    expect(await refusal(link('leakage-adequacy', own, viewer))).toMatchObject({ kind: 'refused', code: 'not-allowed' });
    expect(await refusal(link('leakage-adequacy', theirs))).toMatchObject({ kind: 'refused', code: 'other-department' });
    expect(await refusal(link('affair-name', own))).toMatchObject({ kind: 'not-found', code: 'statutory-risk-unknown' });
    expect(await refusal(link(`leakage-adequacy@${newId()}`, own))).toMatchObject({ kind: 'not-found', code: 'statutory-risk-unknown' });
    expect(await refusal(link('leakage-adequacy', newId()))).toMatchObject({ kind: 'not-found' });
    expect(await refusal(link('leakage-adequacy', own, clerk, newId()))).toMatchObject({ kind: 'not-found' });
    await town.as(clerk, (ctx) => register.close(ctx, own, 1, '終わり'));
    expect(await refusal(link('leakage-adequacy', own))).toMatchObject({ kind: 'refused', code: 'closed' });
    expect(await refusal(unlink('leakage-adequacy', own, childrens))).toMatchObject({ kind: 'refused', code: 'not-allowed' });
    expect(await refusal(shown(childrens))).toMatchObject({ kind: 'refused', code: 'other-department' });
  });

  it('to a risk of another department are seen by title by who writes the assessment, and not at all by who may see neither', async () => {
    const theirs = await risk('こどものリスク', { departmentId: town.children, by: childrens });
    await link('leakage-adequacy', theirs, lead);
    expect(await linkedTo('leakage-adequacy')).toEqual([['こどものリスク', false]]);
    expect(await linkedTo('leakage-adequacy', viewer)).toEqual([['こどものリスク', true]]);
    expect((await town.as(childrens, (ctx) => links.ofRisk(ctx, theirs))).map((one) => [one.title, one.readable, one.mayUnlink])).toEqual([['国保の事務', false, false]]);
  });

  it('are found by nobody of another organisation', async () => {
    const made = await risk('個人番号の盗み見');
    await link('leakage-adequacy', made);
    const other = await makeTown(database, 'あさぎり町');
    const stranger = await other.person('assessment-lead', null, 'よそ');
    for (const work of [
      () => other.as(stranger, (ctx) => links.statutoryRisks(ctx, id)), () => other.as(stranger, (ctx) => links.ofRisk(ctx, made)),
      () => other.as(stranger, (ctx) => links.link(ctx, id, 'leakage-adequacy', made)), () => other.as(stranger, (ctx) => links.unlink(ctx, id, 'leakage-adequacy', made)),
    ]) expect(await refusal(work())).toMatchObject({ kind: 'not-found' });
    expect(await other.as(stranger, (ctx) => links.assessmentsOf(ctx, [made]))).toEqual(new Map([[made, []]]));
  });
});
