/** Where a photo was taken, as cameras write it: only whether it is told. Pure. */

const GPS = 0x8825;

/**
 * Does the Exif block (with or without its `Exif` mark, as libraries hand it out) point to a GPS directory? Tag 0x8825 of the first
 * directory, CIPA DC-008 (Exif 2.3) 4.6.3. A block that cannot be read tells nothing.
 */
export function tellsLocation(exif: Uint8Array): boolean {
  const whole = Buffer.from(exif.buffer, exif.byteOffset, exif.byteLength);
  const tiff = whole.subarray(0, 6).toString('latin1') === 'Exif\0\0' ? whole.subarray(6) : whole;
  const order = tiff.subarray(0, 2).toString('latin1');
  if (tiff.length < 10 || (order !== 'II' && order !== 'MM')) return false;
  const short = (at: number): number => (order === 'II' ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const first = order === 'II' ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  if (first + 2 > tiff.length) return false;
  const entries = Math.min(short(first), Math.floor((tiff.length - first - 2) / 12));
  return Array.from({ length: entries }, (_, n) => short(first + 2 + n * 12)).includes(GPS);
}
