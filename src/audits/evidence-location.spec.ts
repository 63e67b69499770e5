import fc from 'fast-check';
import sharp from 'sharp';
import { tellsLocation } from './evidence-location.js';

/** A first directory with these tags, laid out by hand as Exif 2.3 (4.6.2) says: order, 42, offset 8, count, entries of 12 bytes. */
function exif(order: 'II' | 'MM', tags: readonly number[], mark = true): Buffer {
  const little = order === 'II';
  const block = Buffer.alloc(10 + tags.length * 12 + 4);
  block.write(order, 'latin1');
  const short = (value: number, at: number): number => (little ? block.writeUInt16LE(value, at) : block.writeUInt16BE(value, at));
  short(42, 2);
  if (little) block.writeUInt32LE(8, 4); else block.writeUInt32BE(8, 4);
  short(tags.length, 8);
  tags.forEach((tag, n) => short(tag, 10 + n * 12));
  return mark ? Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), block]) : block;
}

describe('a place that a camera wrote', () => {
  // 0x010F: maker, 0x8769: Exif directory, 0x8825: GPS directory.
  it.each<[string, Buffer, boolean]>([
    ['with GPS, little endian', exif('II', [0x010f, 0x8769, 0x8825]), true], ['with GPS, big endian', exif('MM', [0x8825]), true], ['with GPS, without its mark', exif('II', [0x8825], false), true],
    ['without GPS', exif('MM', [0x010f, 0x8769]), false], ['with nothing', exif('II', []), false], ['cut off', exif('II', [0x010f, 0x8825]).subarray(0, 20), false], ['of another kind', Buffer.from('not exif at all, only text'), false],
  ])('is told by a block %s: %s', (_, block, told) => expect(tellsLocation(block)).toBe(told));

  it('is found in what sharp reads from a photo', async () => {
    const photo = await sharp({ create: { width: 4, height: 4, channels: 3, background: '#333' } }).withExif({ IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '41/1 46/1 0/1' } }).jpeg().toBuffer();
    const plain = await sharp({ create: { width: 4, height: 4, channels: 3, background: '#333' } }).withExif({ IFD0: { Make: 'camera' } }).jpeg().toBuffer();
    const told = async (bytes: Buffer): Promise<boolean> => tellsLocation((await sharp(bytes).metadata()).exif!);
    expect([await told(photo), await told(plain)]).toEqual([true, false]);
  });

  it('no bytes make it throw', () => {
    fc.assert(fc.property(fc.constantFrom('', 'II*\0', 'MM\0*', 'Exif\0\0II*\0'), fc.uint8Array({ maxLength: 60 }), (head, rest) => typeof tellsLocation(Buffer.concat([Buffer.from(head, 'latin1'), rest])) === 'boolean'));
  });
});
