import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const BLOCK = 512;

/** Unpacks a tar archive (plain files, folders, symbolic links) that stands in memory into `folder`. */
export function unpackTar(archive: Buffer, folder: string): void {
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const head = archive.subarray(at, at + BLOCK);
    const name = text(head, 345, 155) === '' ? text(head, 0, 100) : `${text(head, 345, 155)}/${text(head, 0, 100)}`;
    if (name === '') return;
    const size = parseInt(text(head, 124, 12).trim() || '0', 8);
    const mode = parseInt(text(head, 100, 8).trim() || '644', 8);
    const path = normalize(name);
    if (path.startsWith('..') || path.startsWith('/')) throw new Error(`書庫の中の名前が不正です: ${name}`);
    const target = join(folder, path);
    const kind = text(head, 156, 1);
    if (kind === '5') {
      mkdirSync(target, { recursive: true });
    } else if (kind === '2') {
      mkdirSync(dirname(target), { recursive: true });
      symlinkSync(text(head, 157, 100), target);
    } else if (kind === '0' || kind === '') {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, archive.subarray(at + BLOCK, at + BLOCK + size), { mode: mode | 0o444 });
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}

function text(head: Buffer, from: number, length: number): string {
  const part = head.subarray(from, from + length);
  const end = part.indexOf(0);
  return part.subarray(0, end < 0 ? length : end).toString('utf8');
}
