import Excel from 'exceljs';
import { history } from '../src/kernel/journal.js';
import { ACTION_WORDS, KIND_WORDS } from '../src/web/administration/journal-words.js';
import { openChecked, ruleOf, type Checked } from './checked-organisation.js';
import { formOn, textOf } from './small-web.js';

let web: Checked;
beforeAll(async () => { web = await openChecked(); });
afterAll(() => web.close());

const SET = 'my-number-audit';
const { set, rule: RIGHTS } = ruleOf(SET, 'mn-access-right-unit');
const LIMIT_LABEL = ruleOf(SET, 'mn-access-log-review').rule.parameters!['max-months']!.label;
const VIEWPOINT = set.viewpoints.find((one) => one.code === RIGHTS.viewpoint)!;
const REVIEW = `/checks/rules/${SET}/mn-access-log-review`;
const LIMIT = 'limit-max-months';
const keep = { use: 'yes', offReason: '', version: '0' };
const page = async (path: string, as = web.auditor): Promise<string> => {
  const reply = await web.get(path, as);
  expect([path, reply.status]).toEqual([path, 200]);
  return reply.body;
};

describe('rule sets', () => {
  it('are listed with what the organisation uses, for everybody who reads results', async () => {
    const body = await page('/checks/rules');
    const text = textOf(body);
    for (const part of [set.title, set.source, `${set.viewpoints.length}着眼点・${set.rules.length}規則`, '製品の規則集（評価書と照らす）']) expect(text).toContain(part);
    expect(text.match(/使うのをやめる/gu)).toHaveLength(4);
    const read = await page('/checks/rules', web.drafter);
    expect([read.includes('/adoption'), read.includes('/checks/own-rules')]).toEqual([false, false]);
    expect((await web.get('/checks/rules', web.mine.people.viewer)).status).toBe(403);
  });

  it('are left and taken up again with the version that was seen', async () => {
    const action = '/checks/rules/administrative-audit/adoption';
    expect((await web.post(action, { adopted: 'no', version: '0' }, web.drafter)).status).toBe(403);
    expect((await web.post(action, { adopted: 'maybe', version: '0' }, web.auditor)).status).toBe(422);
    expect((await web.post('/checks/rules/nothing/adoption', { adopted: 'no', version: '0' }, web.auditor)).status).toBe(404);
    expect((await web.post(action, { adopted: 'no', version: '0' }, web.auditor)).location).toBe('/checks/rules');
    const text = textOf(await page('/checks/rules'));
    for (const part of ['規則集が、最後の点検の後で変わっています2システムの結果は、変わる前の規則集によるものです', '次の点検から効きます', 'いま点検する', '－ 使わない']) expect(text).toContain(part);
    // Whoever has the old page sees both sides and decides.
    const stale = await web.post(action, { adopted: 'no', version: '0' }, web.auditor);
    expect([stale.status, textOf(stale.body)]).toEqual([409, expect.stringContaining('この規則集使わない同じ')]);
    const other = await web.post(action, { adopted: 'yes', version: '0' }, web.auditor);
    expect(textOf(other.body)).toContain('この規則集使う使わない');
    const again = formOn(other.body, action);
    expect(again).toMatchObject({ adopted: 'yes', version: '1' });
    expect((await web.post(action, again as Record<string, string>, web.auditor)).status).toBe(303);
    // The sets are those that were checked with: nothing to be checked anew.
    expect(textOf(await page('/checks/rules'))).not.toContain('次の点検から効きます');
  });

  it('show their rules with settings and results now', async () => {
    const text = textOf(await page(`/checks/rules/${SET}`));
    for (const part of [`${VIEWPOINT.number} ${VIEWPOINT.title}`, `${RIGHTS.title}重い規則集のとおり`, '× 不適合1', '✓ 適合1']) expect(text).toContain(part);
    expect((await web.get('/checks/rules/nothing', web.auditor)).status).toBe(404);
    // A department sees the results of its own systems only.
    expect(textOf(await page(`/checks/rules/${SET}`, web.drafter))).not.toContain('× 不適合1');
  });

  it('are taken away as a list with the words of every rule', async () => {
    const response = await web.app.inject({ method: 'GET', url: `/checks/rules/${SET}/list.xlsx`, headers: { cookie: `tenken_session=${web.auditor.token}` } });
    const book = new Excel.Workbook();
    await book.xlsx.load(response.rawPayload as never);
    const rows = book.worksheets[0]!.getSheetValues().slice(1) as unknown[][];
    const rule = rows.find((row) => row[1] === 'mn-access-right-unit')!;
    expect([rule[2], rule[4], rule[5], rule[8], rule[11], rule[12], rule[13], rule[14]]).toEqual([VIEWPOINT.number, RIGHTS.title, '重い', '「アクセス権限を設定する単位」が「利用者ごと」であること。', 1, 0, 1, 0]);
    expect(new Set(rows.slice(1).map((row) => row[1])).size).toBe(rows.length - 1);
  });
});

describe('a rule', () => {
  it('is told in words, with its limits, its basis and the systems that fail', async () => {
    const body = await page(`/checks/rules/${SET}/mn-access-right-unit`);
    const text = textOf(body);
    for (const part of ['求めること「アクセス権限を設定する単位」が「利用者ごと」であること。', [RIGHTS.basis[0]!.document, RIGHTS.basis[0]!.article].join(' '), '符号 mn-access-right-unit', '不適合（1）国民年金システム']) expect(text).toContain(part);
    expect(body).toContain(`href="/checks/systems/${web.pension}/${SET}/mn-access-right-unit"`);
    expect(textOf(await page(`/checks/rules/${SET}/mn-access-right-unit`, web.drafter))).not.toContain('国民年金システム');
    expect(await page(REVIEW, web.drafter)).not.toContain('name="offReason"');
    expect((await web.get(`/checks/rules/${SET}/nothing`, web.auditor)).status).toBe(404);
    expect((await web.get('/checks/rules/safety-measures/mn-access-log-review', web.auditor)).status).toBe(404);
  });

  // The set asks for a review at least every 3 months, 1 being the strictest (templates/rule-sets/my-number-audit/2026-04.yaml).
  it.each<[string, Record<string, string>, string, string]>([
    ['a looser limit', { [LIMIT]: '4' }, LIMIT, 'より緩くはできません'],
    ['one beyond the strictest', { [LIMIT]: '0' }, LIMIT, '1か月から3か月まで'],
    ['no number', { [LIMIT]: '毎月' }, LIMIT, '数字で入れてください'],
    ['switching off without a reason', { use: 'no', offReason: '  ' }, 'offReason', '使わない理由を書いてください'],
    ['a reason that is too long', { use: 'no', offReason: '長'.repeat(1_001) }, 'offReason', '1,000字以内'],
    ['neither using nor leaving', { use: '' }, 'use', '使うか使わないか'],
  ])('is not set to %s', async (_what, more, place, told) => {
    const refused = await web.post(`${REVIEW}/setting`, { ...keep, [LIMIT]: '2', ...more }, web.auditor);
    expect(refused.status).toBe(422);
    expect(refused.body).toContain(`<li><a href="#${place}">`);
    expect(textOf(refused.body)).toContain(told);
    // Everything typed is still there.
    expect(formOn(refused.body, `${REVIEW}/setting`)).toMatchObject({ ...(more.use === '' ? {} : { use: more.use ?? 'yes' }), [LIMIT]: more[LIMIT] ?? '2', version: '0' });
  });

  it('is tightened with full-width digits, counts from the next check on, and is in the journal', async () => {
    expect((await web.post(`${REVIEW}/setting`, { ...keep, [LIMIT]: '２' }, web.drafter)).status).toBe(403);
    const done = await web.post(`${REVIEW}/setting`, { ...keep, [LIMIT]: '２' }, web.auditor);
    expect([done.status, done.location]).toEqual([303, REVIEW]);
    const before = textOf(await page(REVIEW));
    for (const part of ['2か月（この団体が厳しくした値）', '次の点検から効きます', '適合 1']) expect(before).toContain(part);
    expect(textOf(await page(`/checks/rules/${SET}`))).toContain(`厳しくした${LIMIT_LABEL} 2か月`);
    expect(textOf(await page('/checks/rules'))).toContain('基準を厳しくした規則 1');
    expect((await web.post('/checks/runs', {}, web.auditor)).status).toBe(303);
    const after = textOf(await page(REVIEW));
    expect([after.includes('次の点検から効きます'), after.includes('不適合（1）児童手当システム')]).toEqual([false, true]);
    const [entry] = await web.within((ctx) => history(ctx, { kind: 'rule-set', id: web.mine.id }, { path: `${SET}/mn-access-log-review` }));
    expect(entry).toMatchObject({ action: 'rule-set-changed', before: null, after: { offReason: null, parameters: { 'max-months': 2 } } });
  });

  it('is not written over by somebody who has not seen the last setting', async () => {
    const stale = await web.post(`${REVIEW}/setting`, { ...keep, use: 'no', offReason: '対象の業務がない', [LIMIT]: '' }, web.auditor);
    expect(stale.status).toBe(409);
    const text = textOf(stale.body);
    for (const part of ['この規則使わない使う', '使わない理由対象の業務がない（空）', `${LIMIT_LABEL}規則集の基準（3か月）2か月`]) expect(text).toContain(part);
    const again = formOn(stale.body, `${REVIEW}/setting`);
    expect(again).toMatchObject({ use: 'no', offReason: '対象の業務がない', [LIMIT]: '', version: '1' });
    expect((await web.post(`${REVIEW}/setting`, again as Record<string, string>, web.auditor)).status).toBe(303);
    expect(textOf(await page(REVIEW))).toContain('この団体では使わない規則です対象の業務がない');
    expect(textOf(await page('/checks/rules'))).toContain('うち使わない規則 1');
    expect((await web.post(`${REVIEW}/setting`, { ...keep, version: '2' }, web.auditor)).status).toBe(303);
    expect(textOf(await page(REVIEW))).not.toContain('この団体では使わない規則です');
  });

  it('is set for one organisation: the other one keeps the product\'s', async () => {
    await web.post(`${REVIEW}/setting`, { ...keep, version: '3', [LIMIT]: '1' }, web.auditor);
    expect(textOf(await page(REVIEW, web.theirs.people['audit-secretariat']))).not.toContain('厳しくした値');
  });
});

describe('the schedule', () => {
  const HERE = '/checks/schedule';

  it('says what is not decided, and lets nobody but the audit office decide', async () => {
    expect(textOf(await page(HERE, web.drafter))).toContain('定期の点検は決めていません。監査事務局が');
    expect(await page(HERE, web.drafter)).not.toContain('name="every"');
    expect((await web.post(HERE, { every: 'week', firstOn: '2026-11-30', version: '0' }, web.drafter)).status).toBe(403);
  });

  it.each<[string, Record<string, string>, string]>([
    ['no rhythm', { every: '' }, 'every'], ['another rhythm', { every: 'day' }, 'every'], ['a day that is over', { firstOn: '2026-11-20' }, 'firstOn'], ['a day that is none', { firstOn: '2026-02-30' }, 'firstOn'], ['no day', { firstOn: '' }, 'firstOn'],
  ])('refuses %s', async (_what, more, place) => {
    const refused = await web.post(HERE, { every: 'week', firstOn: '2026-11-30', version: '0', ...more }, web.auditor);
    expect([refused.status, refused.body.includes(`<li><a href="#${place}">`)]).toEqual([422, true]);
    expect(formOn(refused.body, HERE).firstOn).toBe(more.firstOn ?? '2026-11-30');
  });

  it('is decided, shown to all, changed with the version that was seen, and given up', async () => {
    expect((await web.post(HERE, { every: 'week', firstOn: '2026-11-30', version: '0' }, web.auditor)).location).toBe(HERE);
    expect(textOf(await page(HERE, web.drafter))).toContain('毎週、点検します次の点検は令和8年11月30日です');
    const stale = await web.post(HERE, { every: 'quarter', firstOn: '2027-01-12', version: '0' }, web.auditor);
    expect([stale.status, textOf(stale.body)]).toEqual([409, expect.stringContaining('間隔四半期ごと毎週次に点検する日令和9年1月12日令和8年11月30日')]);
    const again = formOn(stale.body, HERE);
    expect((await web.post(HERE, again as Record<string, string>, web.auditor)).status).toBe(303);
    expect(textOf(await page(HERE))).toContain('次の点検は令和9年1月12日です');
    expect((await web.post(HERE, { every: 'none', firstOn: '', version: '2' }, web.auditor)).status).toBe(303);
    expect(textOf(await page(HERE))).toContain('定期の点検は決めていません');
  });
});

it('the journal has words for everything that is done with checks and rules', () => {
  for (const action of ['check-run', 'result-overruled', 'overrule-withdrawn', 'rule-set-adopted', 'rule-set-changed', 'rule-set-drafted', 'rule-set-published', 'rule-set-discarded', 'check-scheduled']) expect([action, ACTION_WORDS[action]]).toEqual([action, expect.stringMatching(/た$/u)]);
  for (const kind of ['check-run', 'rule-set', 'own-rule-set', 'check-schedule']) expect(KIND_WORDS).toHaveProperty(kind);
});
