import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { Invalid } from '../kernel/errors.js';

export interface StoredImage {
  bytes: Buffer;
  mediaType: 'image/png' | 'image/jpeg';
  width: number;
  height: number;
  /** SHA-256 (hex) of `bytes`. */
  sha256: string;
}

const LARGEST_FILE = 10 * 1024 * 1024;
const LONGEST_SIDE = 8000;
const MOST_PIXELS = 40_000_000;
const STORED_SIDE = 2400;

/**
 * Checks an uploaded picture by its content (its name says nothing) and re-encodes it: PNG or JPEG, at most 10 MB,
 * 8,000 × 8,000 and 40 megapixels; metadata is dropped, the longest side becomes at most 2,400 pixels.
 * Throws {@link Invalid}.
 */
export async function takeImage(upload: Uint8Array, path = 'figure'): Promise<StoredImage> {
  const refuse = (code: string, message: string): never => {
    throw new Invalid(code, message, [{ code, path, message }]);
  };
  if (upload.length === 0) refuse('image-empty', '画像ファイルが空です。別のファイルを選んでください。');
  if (upload.length > LARGEST_FILE) refuse('image-too-large', `画像ファイルは10MBまでです（${(upload.length / 1024 / 1024).toFixed(1)}MB）。小さくしてから選び直してください。`);
  const type = sniff(upload);
  if (type !== 'image/png' && type !== 'image/jpeg') {
    refuse('image-kind', `画像はPNGかJPEGだけが使えます。このファイルの中身は${type}です。PNGかJPEGで保存し直してください。`);
  }
  const source = Buffer.from(upload.buffer, upload.byteOffset, upload.byteLength);
  const damaged = () => refuse('image-damaged', '画像ファイルが壊れていて読めません。もう一度保存し直すか、別のファイルを選んでください。');
  const { width = 0, height = 0 } = await sharp(source, { limitInputPixels: false }).metadata().catch(damaged);
  if (width > LONGEST_SIDE || height > LONGEST_SIDE || width * height > MOST_PIXELS) {
    refuse('image-dimensions', `画像の大きさは縦横8,000画素まで、合計4,000万画素までです（${width}×${height}）。縮小してから選び直してください。`);
  }
  const picture = sharp(source, { limitInputPixels: MOST_PIXELS, failOn: 'error' }).rotate()
    .resize({ width: STORED_SIDE, height: STORED_SIDE, fit: 'inside', withoutEnlargement: true });
  const encoded = type === 'image/png' ? picture.png({ compressionLevel: 9 }) : picture.jpeg({ quality: 88, mozjpeg: true });
  const { data, info } = await encoded.toBuffer({ resolveWithObject: true }).catch(damaged);
  return { bytes: data, mediaType: type as StoredImage['mediaType'], width: info.width, height: info.height, sha256: createHash('sha256').update(data).digest('hex') };
}

/** Kind of a file by its first bytes, in words for a person where it is not a picture that we take. */
function sniff(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 512));
  if (head.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))) return 'image/png';
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'image/jpeg';
  const text = head.toString('latin1');
  if (text.startsWith('PK')) return 'ZIP（Office文書など）';
  if (text.startsWith('GIF8')) return 'GIF';
  if (text.startsWith('%PDF')) return 'PDF';
  if (text.startsWith('BM')) return 'BMP';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'WebP';
  if (/<svg[\s>]/iu.test(text)) return 'SVG';
  if (/^\s*<(?:!doctype|html|\?xml)/iu.test(text)) return 'HTMLまたはXML';
  return '画像以外のもの';
}
