import { openSync } from 'fontkit';
import { FONT_FAMILIES } from './fonts.js';

export interface MissingCharacter {
  character: string;
  /** As written in lists of characters: `U+20BB7`. */
  codePoint: string;
  count: number;
  /** The first place, with some characters before and behind. */
  context: string;
}

let drawable: Set<number> | undefined;

function drawableCharacters(): Set<number> {
  if (!drawable) {
    drawable = new Set();
    for (const { regular } of FONT_FAMILIES) for (const point of openSync(regular).characterSet) drawable.add(point);
  }
  return drawable;
}

/**
 * The characters of `text` that none of our fonts can draw, each once with its number of places, in order of appearance.
 * A variation selector is fine where its base is drawn; control characters and joiners draw nothing and are left out.
 */
export function missingCharacters(text: string): MissingCharacter[] {
  const known = drawableCharacters();
  const missing = new Map<number, MissingCharacter>();
  let at = 0;
  for (const character of text) {
    const point = character.codePointAt(0)!;
    if (!known.has(point) && !drawsNothing(point)) {
      const seen = missing.get(point);
      if (seen) seen.count++;
      else missing.set(point, { character: display(point), codePoint: `U+${point.toString(16).toUpperCase().padStart(4, '0')}`, count: 1, context: around(text, at, character.length) });
    }
    at += character.length;
  }
  return [...missing.values()];
}

function drawsNothing(point: number): boolean {
  return point < 0x20 || (point >= 0x7f && point <= 0x9f) || point === 0xad
    || (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) || (point >= 0x2060 && point <= 0x2064) || point === 0xfeff
    || (point >= 0xfe00 && point <= 0xfe0f) || (point >= 0xe0100 && point <= 0xe01ef);
}

/** A lone surrogate cannot be shown as it is. */
const display = (point: number) => (point >= 0xd800 && point <= 0xdfff ? '\ufffd' : String.fromCodePoint(point));

function around(text: string, at: number, length: number): string {
  const from = Math.max(0, at - 12);
  const until = Math.min(text.length, at + length + 12);
  return `${from > 0 ? '…' : ''}${text.slice(from, until)}${until < text.length ? '…' : ''}`.replace(/\p{Surrogate}/gu, '\ufffd').replace(/\s+/gu, ' ');
}
