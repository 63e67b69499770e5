import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { makeTown, openTown, servicesOf, type Database, type Town } from '../../test/assessments-town.js';
import type { Actor } from '../kernel/ctx.js';
import { TenkenError } from '../kernel/errors.js';
import { history, verifyJournal } from '../kernel/journal.js';
import { inProject } from '../kernel/root.js';
import { loadContent } from './content.js';
import { readExchange } from './exchange.js';
import { Forms } from './forms.js';

const content = loadContent(inProject('templates'));
const forms = new Forms(content.forms, content.table);
const services = servicesOf(forms);
const HTML = readFileSync(inProject('test', 'fixtures', 'import', 'basic-table.html'), 'utf8');
let database: Database;
let close: () => Promise<void>;
let town: Town;
let drafter: Actor;

beforeAll(async () => {
  ({ database, town, close } = await openTown());
  drafter = await town.person('drafter', town.pension, '担当');
});
afterAll(() => close());
const create = async (bytes: Uint8Array | string, fileName = '評価書.html', actor = drafter) =>
  (await town.as(actor, (ctx) => services.reviews.create(ctx, { fileName, bytes: typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes, departmentId: town.pension, bodyId: town.body }))).id;
async function refusalOf(work: Promise<unknown>): Promise<TenkenError> {
  const error = await work.then(() => null, (caught: unknown) => caught);
  if (!(error instanceof TenkenError)) throw new Error(`not refused as expected: ${String(error)}`);
  return error;
}
const counts = async () => (await database.query('select (select count(*) from import_review)::int as reviews, (select count(*) from assessment)::int as assessments') as unknown[])[0];
const show = (id: string) => town.as(drafter, (ctx) => services.reviews.show(ctx, id));

describe('the review of a text', () => {
  it('shows what was matched and what was not, and makes the document only when the person says so', async () => {
    const before = await counts();
    const id = await create(HTML);
    const shown = await show(id);
    // test/fixtures/import/basic-table.expected.yaml lists one line that no item takes.
    expect(shown).toMatchObject({ kind: 'text', form: 'basic', formVersion: '2024-10', formTitle: '基礎項目評価書', number: '7', title: '乗合タクシー利用券の交付に関する事務　基礎項目評価書', version: 1 });
    expect(shown.unplaced.map((one) => [one.text, one.assigned])).toEqual([['この下は様式にない走り書き', null]]);
    expect(shown.placements.find((one) => one.address === 'affair-name')).toMatchObject({ name: 'Ⅰ 1. ①事務の名称', text: '乗合タクシー利用券の交付に関する事務' });
    expect(await counts()).toEqual({ ...(before as object), reviews: 1 });

    const assigned = await town.as(drafter, (ctx) => services.reviews.assign(ctx, id, 0, 'special-notes', 1));
    expect([assigned.version, assigned.unplaced[0]!.assigned]).toEqual([2, 'special-notes']);
    const { assessmentId } = await town.as(drafter, (ctx) => services.reviews.confirm(ctx, id, 2, { title: '乗合タクシー利用券', number: '7' }));
    const { answers, assessment } = await town.as(drafter, (ctx) => services.reading.open(ctx, assessmentId));
    expect(answers.answers).toMatchObject({
      'affair-overview': '・申請を受け付ける。\n・住民登録を確かめる。\n・券を渡す。', 'network-use': { choice: 'not-used' },
      'special-notes': '券の窓口には <仕切り> を置いている。R&D用の端末は使わない。\nこの下は様式にない走り書き',
    });
    expect(assessment).toMatchObject({ status: 'draft', title: '乗合タクシー利用券', number: '7' });
    expect((await refusalOf(show(id))).kind).toBe('not-found');
  });

  it('keeps in the journal what stayed without a place', async () => {
    const id = await create(HTML);
    const { assessmentId } = await town.as(drafter, (ctx) => services.reviews.confirm(ctx, id, 1, { title: '券' }));
    const [created] = await town.as(drafter, (ctx) => history(ctx, { kind: 'assessment', id: assessmentId }));
    expect(created).toMatchObject({ after: { from: 'text', fileName: '評価書.html', unplaced: [{ text: 'この下は様式にない走り書き' }] } });
  });

  it('refuses an assignment that does not fit, to nowhere, of nothing, or seen too early', async () => {
    const id = await create(HTML);
    const assign = (index: number, address: string | null, seen: number) => town.as(drafter, (ctx) => services.reviews.assign(ctx, id, index, address, seen));
    expect((await refusalOf(assign(0, 'people-date', 1))).problems).toMatchObject([{ code: 'value-unreadable', path: 'people-date' }]);
    expect((await refusalOf(assign(0, 'network-use', 1))).code).toBe('assignment-invalid');
    expect((await refusalOf(assign(0, 'no-such-item', 1))).code).toBe('assignment-invalid');
    expect((await refusalOf(assign(99, 'special-notes', 1))).kind).toBe('not-found');
    await assign(0, 'special-notes', 1);
    expect((await refusalOf(assign(0, 'affair-name', 1))).kind).toBe('conflict');
    expect((await assign(0, null, 2)).unplaced[0]!.assigned).toBeNull();
    expect((await refusalOf(town.as(drafter, (ctx) => services.reviews.confirm(ctx, id, 1, { title: '券' })))).kind).toBe('conflict');
    expect((await refusalOf(town.as(drafter, (ctx) => services.reviews.confirm(ctx, id, 3, { title: '' })))).kind).toBe('invalid');
    expect((await show(id)).version).toBe(3);
  });

  it('is seen by nobody else, and gone when it is discarded', async () => {
    const id = await create(HTML);
    const colleague = await town.person('drafter', town.pension, '同僚');
    expect((await refusalOf(town.as(colleague, (ctx) => services.reviews.show(ctx, id)))).kind).toBe('not-found');
    expect((await refusalOf(town.as(colleague, (ctx) => services.reviews.discard(ctx, id)))).kind).toBe('not-found');
    const far = await makeTown(database, 'ほかの市');
    const stranger = await far.person('assessment-lead', null);
    expect((await refusalOf(far.as(stranger, (ctx) => services.reviews.show(ctx, id)))).kind).toBe('not-found');
    expect((await refusalOf(far.as(stranger, (ctx) => services.reviews.discard(ctx, id)))).kind).toBe('not-found');
    await town.as(drafter, (ctx) => services.reviews.discard(ctx, id));
    expect((await refusalOf(show(id))).kind).toBe('not-found');
  });

  it('reads UTF-16, and keeps a NUL visible', async () => {
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(HTML, 'utf16le')]);
    expect((await show(await create(utf16))).placements.find((one) => one.address === 'affair-name')?.text).toBe('乗合タクシー利用券の交付に関する事務');
    const id = await create(HTML.replace('走り書き', '走り\u0000書き'));
    const { assessmentId } = await town.as(drafter, (ctx) => services.reviews.confirm(ctx, id, 1, { title: '券' }));
    expect((await town.as(drafter, (ctx) => services.reading.open(ctx, assessmentId))).answers.answers['affair-name']).toBe('乗合タクシー利用券の交付に関する事務');
  });

  it('refuses what is no text, empty, too large, or no assessment, and keeps nothing of it', async () => {
    const before = await counts();
    const bad: [string, Uint8Array, string][] = [
      ['空.txt', new Uint8Array(), 'source-empty'],
      ['評価書.pdf', Buffer.from('%PDF-1.7\n…'), 'source-not-text'],
      ['評価書.docx', Buffer.from('PK\u0003\u0004aaaa', 'latin1'), 'source-not-text'],
      ['図.txt', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0]), 'source-not-text'],
      ['乱数.txt', Buffer.from(Array.from({ length: 4_000 }, (_, n) => (n * 7919) % 256)), 'source-not-text'],
      ['大.txt', Buffer.alloc(31 * 1024 * 1024, 0x61), 'source-too-large'],
      ['交換.json', Buffer.from('{"tenken": "exchange/1", "form": "basic", "version"'), 'exchange-truncated'],
      ['交換.json', Buffer.from('{"tenken": "exchange/1", "form": "basic", "version": "1999-01", "title": "x", "rows": [], "answers": [], "images": []}'), 'exchange-invalid'],
    ];
    for (const [name, bytes, code] of bad) expect([name, (await refusalOf(create(bytes, name))).code]).toEqual([name, code]);
    const neighbour = await town.person('drafter', town.children);
    expect((await refusalOf(create(HTML, 'x.html', neighbour))).code).toBe('other-department');
    expect(await counts()).toEqual(before);
  });
});

describe('the exchange file', () => {
  it('goes out and comes back without loss, figures included', async () => {
    const definition = forms.current('full', '2026-11-21').definition;
    const figures = forms.current('full', '2026-11-21').items.find(({ item, groups }) => item.kind === 'figures' && groups.length === 0)!;
    const picture = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#336699' } }).png().toBuffer();
    const image = await town.as(drafter, (ctx) => services.images.store(ctx, picture));
    const again = await town.as(drafter, (ctx) => services.images.store(ctx, picture));
    expect(again.sha256).toBe(image.sha256);
    const rows = [{ id: 'f1', group: 'file', parent: null, position: 1 }];
    const answers = { 'affair-name': '<b>事務</b> & 𠮷\n二行目', [figures.code]: { figures: [{ image: image.sha256, caption: '図1', width: 40, height: 30 }] } };
    const { id } = await town.as(drafter, (ctx) => services.creation.fromAnswers(ctx, { form: 'full', version: definition.version, title: '事務', number: '3', departmentId: town.pension, bodyId: town.body, answers: { rows, answers }, origin: {} }));
    const first = await town.as(drafter, (ctx) => services.exports.exchange(ctx, id));
    expect(first.fileName).toBe('事務.json');

    // Another organisation has none of the pictures yet.
    const far = await makeTown(database, 'ほかの市');
    const person = await far.person('drafter', far.pension);
    expect((await refusalOf(far.as(person, (ctx) => services.images.read(ctx, image.sha256)))).kind).toBe('not-found');
    const { assessmentId } = await far.as(person, async (ctx) => {
      const review = await services.reviews.create(ctx, { fileName: first.fileName, bytes: first.bytes, departmentId: far.pension, bodyId: far.body });
      const shown = await services.reviews.show(ctx, review.id);
      expect([shown.kind, shown.title, shown.number, shown.figures, shown.placedShare]).toEqual(['exchange', '事務', '3', 1, 1]);
      return services.reviews.confirm(ctx, review.id, 1, { title: shown.title, number: shown.number });
    });
    const second = await far.as(person, (ctx) => services.exports.exchange(ctx, assessmentId));
    const [one, two] = [readExchange(first.bytes, [definition]), readExchange(second.bytes, [definition])];
    expect(two.answerSet.answers).toEqual(one.answerSet.answers);
    expect(two.images).toEqual(one.images);
    expect([two.title, two.number, two.form, two.version, two.answerSet.rows.map(({ group, parent, position }) => ({ group, parent, position }))]).toEqual(['事務', '3', 'full', definition.version, [{ group: 'file', parent: null, position: 1 }]]);
    expect((await far.as(person, (ctx) => services.images.read(ctx, image.sha256))).bytes.equals((await town.as(drafter, (ctx) => services.images.read(ctx, image.sha256))).bytes)).toBe(true);
  });

  it('leaves a journal that verifies', async () => {
    expect((await verifyJournal(database)).problems).toEqual([]);
  });
});
