/**
 * Names of systems as people write them: 「住民記録システム」「住民記録」「ジュウミンキロク ｼｽﾃﾑ」.
 *
 * Two names are the same when they are equal after: NFKC, small letters, no white space, no mark of a list in front (①, ・, 1.),
 * no bracketed addition, no 等 and no システム at the end, no prolonged sound at the end of a katakana word (サーバー, サーバ).
 * A bracketed addition tells names apart only when both have one: 「税務システム（窓口）」 is not 「税務システム（収納）」 but is 「税務システム」.
 */

const OPENING = '([{<「『【〔〈《';
const CLOSING = ')]}>」』】〕〉》';
/** What stands between names of a list; the later kinds may also stand within a name. */
const BETWEEN = [/[、,;。\n\r\t|]/u, /及び|並びに|又は/u, /[・/]/u];
const LIST_MARK = /^(?:[\u2460-\u2473\u24eb-\u24f4\u2776-\u2793・･*＊○●◎■□◆◇※-]\s*|[0-9０-９]{1,2}\s*[.．)）:：]\s*)+/u;

interface Name {
  bare: string;
  /** What stood in brackets. */
  aside: string;
}

export function sameName(one: string, other: string): boolean {
  return same(nameOf(one), nameOf(other));
}

/** Whether the name stands in a text that is a name or a list of names: 「児童手当システム、中間サーバー」. */
export function isNamedIn(text: string, name: string): boolean {
  return namesWrittenIn([text])(name);
}

/** The names written in some texts, for asking about many names. */
export function namesWrittenIn(texts: Iterable<string>): (name: string) => boolean {
  const written = new Map<string, Name[]>();
  for (const text of texts) {
    for (const one of listed(text)) {
      const name = nameOf(one);
      const alike = written.get(name.bare);
      if (alike === undefined) written.set(name.bare, [name]);
      else alike.push(name);
    }
  }
  return (name) => {
    const wanted = nameOf(name);
    return (written.get(wanted.bare) ?? []).some((one) => same(one, wanted));
  };
}

function same(one: Name, other: Name): boolean {
  return one.bare !== '' && one.bare === other.bare && (one.aside === '' || other.aside === '' || one.aside === other.aside);
}

/** The whole text, its parts, and the parts of these at marks that may also belong to a name. */
function listed(text: string): string[] {
  const all = new Set([text]);
  let parts = [text];
  for (const mark of BETWEEN) {
    parts = parts.flatMap((part) => splitOutside(part, mark));
    for (const part of parts) all.add(part);
  }
  return [...all].filter((one) => one.trim() !== '');
}

/** Splits where the mark stands outside brackets; brackets that never close do not count. */
function splitOutside(text: string, mark: RegExp): string[] {
  const outside = outsideBrackets(text);
  const parts: string[] = [];
  let from = 0;
  for (const found of outside.matchAll(new RegExp(mark.source, 'gu'))) {
    parts.push(text.slice(from, found.index));
    from = found.index + found[0].length;
  }
  return [...parts, text.slice(from)];
}

/** The text with everything in brackets blanked, of the same length. */
function outsideBrackets(text: string): string {
  const folded = Array.from({ length: text.length }, (_, n) => narrow(text[n]!));
  const open: number[] = [];
  const result = [...folded];
  folded.forEach((character, n) => {
    if (OPENING.includes(character)) open.push(n);
    else if (CLOSING.includes(character) && open.length > 0) {
      const from = open.pop()!;
      if (open.length === 0) result.fill(' ', from, n + 1);
    }
  });
  return result.join('');
}

/** A full-width sign as its narrow twin, where that is one character. */
function narrow(character: string): string {
  const folded = character.normalize('NFKC');
  return folded.length === 1 ? folded : character;
}

function nameOf(text: string): Name {
  const folded = text.trim().replace(LIST_MARK, '').normalize('NFKC').toLowerCase();
  const blanked = outsideBrackets(folded);
  const aside = Array.from({ length: folded.length }, (_, n) => (blanked[n] === folded[n] ? '' : folded[n]!)).join('');
  return { bare: core(blanked.replace(/\s/gu, '')), aside: aside.replace(/[\s()[\]{}<>「」『』【】〔〕〈〉《》]/gu, '') };
}

function core(name: string): string {
  const some = name.replace(/等$/u, '');
  const without = some.replace(/(?:システム|system)$/u, '');
  return (without === '' ? some : without).replace(/([ァ-ヺー][ァ-ヺ])ー(?![ァ-ヺー])/gu, '$1');
}
