import type { Actor } from '../kernel/ctx.js';
import { newId } from '../kernel/ids.js';
import { Departments } from '../identity/departments.service.js';
import { Images } from '../assessments/images.service.js';
import { refusal } from '../../test/declarations-town.js';
import { answersOf, askedOf, askedQuestionnaire } from '../../test/responses-town.js';
import { openSystemsTown, type SystemsTown } from '../../test/systems-town.js';
import { Answering } from './answering.service.js';
import { InputChecking } from './input-checking.js';
import type { SavedAnswers } from './response-saving.js';
import { correctAnswers } from './response-correcting.js';
import type { RowChanges } from './response-rows.js';
import { incidentsQuestionnaire } from './sample-questionnaire.js';

describe('repeated rows of a response', () => {
  let place: SystemsTown;
  let clerk: Actor;
  let colleague: Actor;
  const answering = new Answering(new Departments());

  beforeAll(async () => {
    place = await openSystemsTown();
    clerk = await place.town.person('drafter', place.town.pension, '担当');
    colleague = await place.town.person('drafter', place.town.pension, '同僚');
  });
  afterAll(() => place.close());

  const asked = async (): Promise<string> => askedOf(place.database, place.town, await askedQuestionnaire(place.database, place.town, { definition: incidentsQuestionnaire() }), place.town.pension);
  const save = (id: string, changes: Record<string, unknown>, rows: Partial<RowChanges> = {}, seen: Record<string, number> = {}, by = clerk): Promise<SavedAnswers> =>
    place.town.as(by, (ctx) => answering.saveMany(ctx, id, Object.entries(changes).map(([item, value]) => ({ item, value, seen: seen[item] ?? 0 })), { rows: { added: [], removed: [], ...rows } }));
  const opened = (id: string) => place.town.as(clerk, (ctx) => answering.open(ctx, id));
  const rowsOf = async (id: string): Promise<string[]> => ((await place.database.query('select id from response_row where response_id = $1 order by position', [id])) as { id: string }[]).map((one) => one.id);
  const journal = async (id: string): Promise<[string, string | undefined][]> => ((await place.database.query('select content from journal_entry where object_id = $1 order by number', [id])) as { content: string }[]).map(({ content }) => { const { action, path } = JSON.parse(content) as { action: string; path?: string }; return [action, path]; });
  /** Answered あった, with one row and what is given of it. */
  const begun = async (answers: Record<string, unknown> = {}): Promise<[id: string, row: string]> => {
    const [id, row] = [await asked(), newId()];
    await save(id, { any: { choice: 'yes' }, ...Object.fromEntries(Object.entries(answers).map(([code, value]) => [`${code}@${row}`, value])) }, { added: [{ id: row, group: 'incidents' }] });
    return [id, row];
  };

  it('come with their answers, one after the other, each with its trace', async () => {
    const [id, first] = await begun({ what: '書類の紛失', persons: 3 });
    const second = newId();
    await save(id, { [`what@${second}`]: '誤送付' }, { added: [{ id: second, group: 'incidents' }] });
    expect(await rowsOf(id)).toEqual([first, second]);
    expect(await answersOf(place.database, id)).toMatchObject({ [`what@${first}`]: { value: '書類の紛失', version: 1 }, [`persons@${first}`]: { value: 3 }, [`what@${second}`]: { value: '誤送付' } });
    expect(await journal(id)).toEqual([['row-added', `incidents@${first}`], ['answer-saved', 'any'], ['answer-saved', `what@${first}`], ['answer-saved', `persons@${first}`], ['row-added', `incidents@${second}`], ['answer-saved', `what@${second}`]]);
  });

  it('are missing while there are none, and each says what it lacks, by its name and its place on the page', async () => {
    const none = await asked();
    await save(none, { any: { choice: 'yes' } });
    expect((await opened(none)).problems.map(({ path, message }) => [path, message])).toEqual([['incidents', '「問2　事故の一覧」に事故がありません。1件以上追加してください。'], ['plan', expect.stringContaining('問5　保管場所の図') as string]]);
    const [id, row] = await begun({ what: '誤送付', how: { choice: 'sent' } });
    const { problems } = await opened(id);
    expect(problems.map(({ path, href }) => [path, href])).toEqual([[`day@${row}`, `/responses/${id}?section=year#q-day--${row}`], [`why@${row}`, `/responses/${id}?section=year#q-why--${row}`], ['plan', `/responses/${id}?section=kept#q-plan`]]);
    expect(problems[0]!.message).toBe('「問2　発生日（事故1「誤送付」）」が未記入です。日付を入力してください。');
  });

  it('ask within the row by what is answered in it, and clear what is no longer asked there alone', async () => {
    const [id, row] = await begun({ how: { choice: 'sent' }, why: '宛名の取り違え' });
    const other = newId();
    await save(id, { [`how@${other}`]: { choice: 'sent' }, [`why@${other}`]: '封入の誤り' }, { added: [{ id: other, group: 'incidents' }] });
    const done = await save(id, { [`how@${row}`]: { choice: 'lost' } }, {}, { [`how@${row}`]: 1 });
    expect(done).toMatchObject({ cleared: [{ item: `why@${row}`, version: 2 }], turned: [`why@${row}`] });
    expect((await answersOf(place.database, id))[`why@${other}`]!.value).toBe('封入の誤り');
    expect(await refusal(save(id, { [`why@${row}`]: 'まだ' }, {}, { [`why@${row}`]: 2 }))).toMatchObject({ code: 'not-asked' });
  });

  it('go with everything in them, and the journal keeps it', async () => {
    const [id, row] = await begun({ what: '紛失', persons: 2 });
    const done = await save(id, {}, { removed: [{ id: row, seen: { [`what@${row}`]: 1, [`persons@${row}`]: 1 } }] });
    expect(done.rows).toEqual([`incidents@${row}`]);
    expect([await rowsOf(id), Object.keys(await answersOf(place.database, id))]).toEqual([[], ['any']]);
    const [{ content }] = (await place.database.query(`select content from journal_entry where object_id = $1 and action = 'row-removed'`, [id])) as [{ content: string }];
    expect(JSON.parse(content)).toMatchObject({ path: `incidents@${row}`, before: { answers: { [`what@${row}`]: '紛失', [`persons@${row}`]: 2 } } });
    // Whoever takes it out a second time finds it gone.
    expect((await save(id, {}, { removed: [{ id: row, seen: {} }] })).rows).toEqual([]);
  });

  it('do not go behind the back of somebody who wrote in them', async () => {
    const [id, row] = await begun({ what: '紛失' });
    await save(id, { [`persons@${row}`]: 5 }, {}, {}, colleague);
    const wrong = await refusal(save(id, {}, { removed: [{ id: row, seen: { [`what@${row}`]: 1 } }] }));
    expect(wrong).toMatchObject({ kind: 'conflict', sides: { sent: [{ item: `persons@${row}`, value: null }], current: [{ item: `persons@${row}`, value: 5, by: '同僚' }] } });
    expect(await rowsOf(id)).toEqual([row]);
  });

  it('that somebody took out take no answer, and what was typed is told', async () => {
    const [id, row] = await begun({ what: '紛失' });
    await save(id, {}, { removed: [{ id: row, seen: { [`what@${row}`]: 1 } }] }, {}, colleague);
    const wrong = await save(id, { [`why@${row}`]: '長い経緯' }).catch((error: { problems: { code: string; message: string }[] }) => error.problems);
    expect(wrong).toEqual([expect.objectContaining({ code: 'row-gone', message: expect.stringContaining('書いた内容：長い経緯') as string })]);
  });

  it('go with the question that asked for them, and come only while it asks', async () => {
    const [id, row] = await begun({ what: '紛失' });
    expect((await save(id, { any: { choice: 'no' } }, {}, { any: 1 })).rows).toEqual([`incidents@${row}`]);
    expect([await rowsOf(id), Object.keys(await answersOf(place.database, id))]).toEqual([[], ['any']]);
    expect(await refusal(save(id, {}, { added: [{ id: newId(), group: 'incidents' }] }))).toMatchObject({ code: 'not-asked' });
  });

  it.each<[string, RowChanges['added']]>([
    ['of no group', [{ id: newId(), group: 'nothing' }]], ['of a question', [{ id: newId(), group: 'any' }]], ['with a broken id', [{ id: "1'; drop", group: 'incidents' }]],
  ])('%s are refused', async (_, added) => {
    const [id] = await begun();
    expect(await refusal(save(id, {}, { added }))).toMatchObject({ kind: 'invalid', problems: ['malformed'] });
  });

  it('are at most 200, and an answer stands only in a row of its own group and response', async () => {
    const [id, row] = await begun();
    const [elsewhere] = await begun();
    await place.database.query(`insert into response_row (response_id, organisation_id, id, group_code, position) select $1, $2, gen_random_uuid(), 'incidents', n from generate_series(2, 200) n`, [id, place.town.organisation]);
    expect(await refusal(save(id, {}, { added: [{ id: newId(), group: 'incidents' }] }))).toMatchObject({ problems: ['too-many-rows'] });
    expect(await refusal(save(elsewhere, { [`what@${row}`]: '他課の行' }))).toMatchObject({ problems: ['row-gone'] });
    expect(await refusal(save(id, { what: '行の外' }))).toMatchObject({ problems: ['row-gone'] });
    expect(await refusal(save(id, { [`any@${row}`]: { choice: 'no' } }))).toMatchObject({ problems: ['row-gone'] });
    expect(await refusal(save(id, { total: 5 }))).toMatchObject({ problems: ['not-answerable'] });
  });

  it('take a correction too only where the question stands', async () => {
    const [id, row] = await begun({ what: '紛失' });
    const { form } = await opened(id);
    const corrected = (item: string): Promise<void> => place.town.as(clerk, (ctx) => correctAnswers(ctx, id, form, { changes: [{ item, value: item.startsWith('any') ? { choice: 'yes' } : '盗難' }], added: [], removed: [] }, '電話', new InputChecking()));
    for (const stray of ['what', `any@${row}`, `what@${newId()}`]) expect(await refusal(corrected(stray))).toMatchObject({ problems: ['row-gone'] });
    await corrected(`what@${row}`);
    expect(Object.entries(await answersOf(place.database, id)).map(([item, { value }]) => [item, value])).toEqual([['any', { choice: 'yes' }], [`what@${row}`, '盗難']]);
  });

  it('add up', async () => {
    const [id] = await begun({ persons: 3 });
    const more = newId();
    await save(id, { [`persons@${more}`]: 4 }, { added: [{ id: more, group: 'incidents' }] });
    const { reading, form } = await opened(id);
    expect(['total', 'count'].map((code) => reading.scope(null).value(code))).toEqual([7, 2]);
    expect(form.byCode.get('total')!.item.kind).toBe('computed');
  });

  it('hold only pictures that were sent to this response', async () => {
    const [id, row] = await begun();
    const sha256 = 'a'.repeat(64);
    await place.town.as(clerk, (ctx) => new Images().keep(ctx, Buffer.from('png'), { sha256, mediaType: 'image/png', width: 2, height: 1 }));
    const figure = { figures: [{ image: sha256, caption: '現場', width: 2, height: 1 }] };
    // The picture is kept, by whoever: to name it is not enough.
    expect(await refusal(save(id, { [`photos@${row}`]: figure }))).toMatchObject({ code: 'image-unknown' });
    await place.town.as(clerk, (ctx) => answering.saveMany(ctx, id, [{ item: `photos@${row}`, value: figure, seen: 0 }], { pictures: new Set([sha256]) }));
    await save(id, { [`photos@${row}`]: null }, {}, { [`photos@${row}`]: 1 });
    // Taken out by mistake it may be named again: it was here.
    expect((await save(id, { [`photos@${row}`]: figure }, {}, { [`photos@${row}`]: 2 })).saved).toHaveLength(1);
  });
});
