import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { openTown, servicesOf, type Database, type Town } from '../../test/assessments-town.js';
import type { Actor } from '../kernel/ctx.js';
import { TenkenError } from '../kernel/errors.js';
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

  it('are not found under what is no hash', async () => {
    for (const sha256 of ['', 'x', '../../etc/passwd', 'a'.repeat(64)]) {
      const error = await town.as(drafter, (ctx) => images.read(ctx, sha256)).then(() => null, (caught: unknown) => caught);
      expect(error instanceof TenkenError ? error.kind : String(error)).toBe('not-found');
    }
  });
});
