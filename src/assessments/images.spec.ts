import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { openTown, servicesOf, type Database, type Town } from '../../test/assessments-town.js';
import type { Actor } from '../kernel/ctx.js';
import { TenkenError } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { Forms } from './forms.js';

const { images } = servicesOf(new Forms([]));
let database: Database;
let close: () => Promise<void>;
let town: Town;
let drafter: Actor;

beforeAll(async () => {
  ({ database, town, close } = await openTown());
  drafter = await town.person('drafter', town.pension);
});
afterAll(() => close());
const picture = (width = 40, height = 30) => sharp({ create: { width, height, channels: 3, background: '#336699' } });

describe('pictures', () => {
  it('are re-encoded, stored once under the hash of their bytes, and read back', async () => {
    const upload = await picture().withMetadata({ exif: { IFD0: { Copyright: '秘密' } } }).jpeg().toBuffer();
    const stored = await town.as(drafter, (ctx) => images.store(ctx, upload));
    expect(stored).toMatchObject({ mediaType: 'image/jpeg', width: 40, height: 30 });
    const read = await town.as(drafter, (ctx) => images.read(ctx, stored.sha256));
    expect(createHash('sha256').update(read.bytes).digest('hex')).toBe(stored.sha256);
    expect(read.bytes.includes(Buffer.from('秘密'))).toBe(false);
    await town.as(drafter, (ctx) => images.store(ctx, upload));
    expect(await database.query('select count(*)::int as n from image')).toEqual([{ n: 1 }]);
    const set = { rows: [], answers: { picture: { figures: [{ image: stored.sha256, caption: '', width: 40, height: 30 }] } } };
    expect((await town.as(drafter, (ctx) => images.ofAnswers(ctx, set))).get(stored.sha256)?.mediaType).toBe('image/jpeg');
  });

  it('are refused when they are none, and nothing is kept', async () => {
    const bad: Uint8Array[] = [Buffer.from('PK\u0003\u0004', 'latin1'), Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), new Uint8Array(), (await picture().png().toBuffer()).subarray(0, 60)];
    for (const bytes of bad) {
      const error = await town.as(drafter, (ctx) => images.store(ctx, bytes)).then(() => null, (caught: unknown) => caught);
      expect(error instanceof TenkenError ? error.kind : String(error)).toBe('invalid');
    }
    expect(await database.query('select count(*)::int as n from image')).toEqual([{ n: 1 }]);
  });

  it('are shown by the assessment that names them, or named them, alone: other things keep pictures too', async () => {
    const { sha256 } = await town.as(drafter, async (ctx) => images.store(ctx, await picture(20, 20).png().toBuffer()));
    const [naming, quoting, former] = [newId(), newId(), newId()];
    for (const id of [naming, quoting, former]) await database.query(`insert into assessment (id, organisation_id, title, form, form_version, body_id, department_id, status, made_at, changed_at, changed_by_name) values ($1, $2, '評価書', 'x', 'x', $3, $4, 'draft', now(), now(), 'x')`, [id, town.organisation, town.body, town.pension]);
    const answer = (assessment: string, value: unknown) => database.query(`insert into answer (assessment_id, address, organisation_id, value, version, changed_at, changed_by_name) values ($1, 'flow', $2, $3, 1, now(), 'x')`, [assessment, town.organisation, JSON.stringify(value)]);
    const figures = { figures: [{ image: sha256, caption: '', width: 20, height: 20 }] };
    await answer(naming, figures);
    await answer(quoting, `{"image": "${sha256}"} "${sha256}"`);
    await town.as(drafter, (ctx) => record(ctx, { action: 'answer-saved', object: { kind: 'assessment', id: former }, path: 'flow', before: figures, after: null }));
    await town.as(drafter, (ctx) => record(ctx, { action: 'answer-saved', object: { kind: 'assessment', id: quoting }, path: 'flow', before: null, after: `"image":"${sha256}"` }));
    const found = (id: string, hash = sha256) => town.as(drafter, (ctx) => images.readOf(ctx, id, hash)).then((one) => one.sha256, (error: unknown) => (error instanceof TenkenError ? error.kind : String(error)));
    expect([await found(naming), await found(former)]).toEqual([sha256, sha256]);
    expect([await found(quoting), await found(naming, '%'), await found(naming, 'f'.repeat(64)), await found(newId())]).toEqual(['not-found', 'not-found', 'not-found', 'not-found']);
  });

  it('are not found under what is no hash', async () => {
    for (const sha256 of ['', 'x', '../../etc/passwd', 'a'.repeat(64)]) {
      const error = await town.as(drafter, (ctx) => images.read(ctx, sha256)).then(() => null, (caught: unknown) => caught);
      expect(error instanceof TenkenError ? error.kind : String(error)).toBe('not-found');
    }
  });
});
