import { createHash } from 'node:crypto';
import sharp from 'sharp';
import type { Invalid } from '../kernel/errors.js';
import { takeImage } from './image.js';

const blank = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: '#e0e8f5' } });
const refusal = async (bytes: Uint8Array) => takeImage(bytes).then(() => undefined, (error: Invalid) => ({ kind: error.kind, code: error.code, problems: error.problems }));

describe('takeImage', () => {
  it('stores a PNG re-encoded, with size and hash of the stored bytes', async () => {
    const image = await takeImage(await blank(300, 200).png().toBuffer());
    expect([image.mediaType, image.width, image.height]).toEqual(['image/png', 300, 200]);
    expect(image.sha256).toBe(createHash('sha256').update(image.bytes).digest('hex'));
  });

  it('brings the longest side down to 2,400 and drops the metadata', async () => {
    const image = await takeImage(await blank(4800, 1200).withExif({ IFD0: { Copyright: 'みずほ野市' } }).jpeg().toBuffer());
    expect([image.width, image.height]).toEqual([2400, 600]);
    const stored = await sharp(image.bytes).metadata();
    expect([stored.format, stored.exif]).toEqual(['jpeg', undefined]);
  });

  it('turns a photograph upright before its orientation is dropped', async () => {
    const image = await takeImage(await blank(300, 200).withMetadata({ orientation: 6 }).jpeg().toBuffer());
    expect([image.width, image.height]).toEqual([200, 300]);
  });

  it('goes by the content: ZIP, SVG, GIF, HTML and nothing are refused', async () => {
    for (const [bytes, word] of [['PK\x03\x04rest', 'ZIP'], ['<svg xmlns="http://www.w3.org/2000/svg"/>', 'SVG'], ['GIF89a....', 'GIF'], ['<!doctype html>', 'HTML']] as const) {
      const refused = await refusal(Buffer.from(bytes, 'latin1'));
      expect([refused?.kind, refused?.code]).toEqual(['invalid', 'image-kind']);
      expect(refused?.problems[0]?.message).toContain(word);
    }
    expect((await refusal(Buffer.alloc(0)))?.code).toBe('image-empty');
  });

  it('refuses a damaged picture, one over 10 MB and one over 8,000 or 40 megapixels', async () => {
    const png = await blank(300, 200).png().toBuffer();
    expect((await refusal(png.subarray(0, 40)))?.code).toBe('image-damaged');
    expect((await refusal(Buffer.concat([png, Buffer.alloc(10 * 1024 * 1024)])))?.code).toBe('image-too-large');
    expect((await refusal(await blank(8001, 10).png().toBuffer()))?.code).toBe('image-dimensions');
    expect((await refusal(await blank(7000, 6000).png().toBuffer()))?.code).toBe('image-dimensions');
  });
});
