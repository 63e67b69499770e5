/**
 * References in texts to what is numbered or counted elsewhere. They name stable keys and print what holds now:
 *
 *     ［数値:表/行/列=871］  a figure, with the value that the author saw
 *     ［表:符号］            a table
 *     ［検出:3］ ［検出:1,3,5］ ［検出:1～6］   findings by key: one, several, from the first to the last as they stand now
 *     ［検出題:1］           number and title     ［検出全:1］  full number: １(1)     ［検出題全:1］  both
 *     ［改善:2］ …           improvement opinions, in the same ways
 *
 * What is not one of these is text. Pure; nothing throws.
 */
import type { FigureAddress } from './tabulation.js';

export type Reference =
  | { kind: 'figure'; address: FigureAddress; seen: string | null }
  | { kind: 'table'; code: string }
  /** `range`: `numbers` holds the first and the last. */
  | { kind: 'finding' | 'improvement'; numbers: number[]; range: boolean; titled: boolean; full?: true };

export interface NumberedThing {
  /** Stable key. */
  number: number;
  /** Key of what it stands below; null on the outermost level. */
  parent: number | null;
  /** The outermost level is numbered anew in each group. */
  group: string | null;
  own: string;
  path: readonly string[];
  title: string;
}

export interface ReferenceResolver {
  /** The figure as printed now; null when there is none. */
  figure(address: FigureAddress): string | null;
  /** How the table is named in a text; null when there is none. */
  table(code: string): string | null;
  /** In reading order. */
  findings: readonly NumberedThing[];
  improvements: readonly NumberedThing[];
}

/** `unknown`: it names what is not there (any more); `stale`: the figure is not what the author saw. */
export interface ReferenceProblem {
  code: 'unknown' | 'stale';
  /** As it stands in the text. */
  source: string;
  /** Japanese: what, where, how to mend. */
  message: string;
}

export type TextPiece = string | { reference: Reference; source: string };

export interface ResolvedPiece {
  text: string;
  /** Null: plain text. */
  source: string | null;
  problem: ReferenceProblem | null;
}

type ThingReference = Extract<Reference, { numbers: number[] }>;
type ThingKind = ThingReference['kind'];

const WORDS: Record<ThingKind, { word: string; called: string }> = { finding: { word: '検出', called: '検出事項' }, improvement: { word: '改善', called: '改善を求める事項' } };
const PATTERN = /［(数値|表|(?:検出|改善)題?全?)[:：]([^［］\r\n]{1,300})］/gu;
const KEY = /^[1-9][0-9]{0,8}$/u;
const MOST_KEYS = 100;

export function parseReferences(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let at = 0;
  for (const found of text.matchAll(PATTERN)) {
    const reference = referenceOf(found[1]!, found[2]!);
    if (reference === null) continue;
    if (found.index > at) pieces.push(text.slice(at, found.index));
    pieces.push({ reference, source: found[0] });
    at = found.index + found[0].length;
  }
  if (at < text.length) pieces.push(text.slice(at));
  return pieces;
}

function referenceOf(word: string, body: string): Reference | null {
  if (word === '数値') return figureOf(body);
  if (word === '表') return body.trim() === '' ? null : { kind: 'table', code: body.trim() };
  const plain = body.normalize('NFKC').replaceAll('〜', '~').replaceAll('、', ',').replace(/\s/gu, '');
  const range = plain.split('~');
  const keys = range.length === 1 ? plain.split(',') : range;
  if (range.length > 2 || keys.length > MOST_KEYS || !keys.every((key) => KEY.test(key))) return null;
  const kind = word.startsWith(WORDS.finding.word) ? 'finding' : 'improvement';
  return { kind, numbers: keys.map(Number), range: range.length === 2, titled: word.includes('題'), ...(word.endsWith('全') ? { full: true as const } : {}) };
}

function figureOf(body: string): Reference | null {
  const mark = Math.max(body.lastIndexOf('='), body.lastIndexOf('＝'));
  const address = (mark < 0 ? body : body.slice(0, mark)).trim();
  const parts = address.split('/');
  if (parts.length !== 3 || parts.some((part) => part === '')) return null;
  const seen = mark < 0 ? '' : body.slice(mark + 1).trim();
  return { kind: 'figure', address, seen: seen === '' ? null : seen };
}

/** As it is written in a text; `parseReferences` reads it back. */
export function writeReference(reference: Reference): string {
  switch (reference.kind) {
    case 'figure': return `［数値:${reference.address}${reference.seen === null ? '' : `=${reference.seen}`}］`;
    case 'table': return `［表:${reference.code}］`;
    default: return `［${WORDS[reference.kind].word}${reference.titled ? '題' : ''}${reference.full === true ? '全' : ''}:${reference.numbers.join(reference.range ? '～' : ',')}］`;
  }
}

/** The text with every reference as it prints now; one that cannot be resolved stays as it is written. */
export function resolveReferences(text: string, resolver: ReferenceResolver): { text: string; problems: ReferenceProblem[] } {
  const pieces = resolvePieces(text, resolver);
  return { text: pieces.map((one) => one.text).join(''), problems: pieces.flatMap((one) => (one.problem === null ? [] : [one.problem])) };
}

/** The same piece by piece, for a page that marks them. */
export function resolvePieces(text: string, resolver: ReferenceResolver): ResolvedPiece[] {
  return parseReferences(text).map((piece): ResolvedPiece => {
    if (typeof piece === 'string') return { text: piece, source: null, problem: null };
    const { reference, source } = piece;
    if (reference.kind === 'figure') return resolveFigure(reference, source, resolver);
    if (reference.kind === 'table') {
      const named = resolver.table(reference.code);
      return named === null ? unknown(source, `表「${reference.code}」`) : { text: named, source, problem: null };
    }
    return resolveThings(reference, source, reference.kind === 'finding' ? resolver.findings : resolver.improvements);
  });
}

function unknown(source: string, what: string): ResolvedPiece {
  return { text: source, source, problem: { code: 'unknown', source, message: `${source}が指す${what}はありません。消されたか、符号が違います。正しいものに書き直してください。` } };
}

function resolveFigure({ address, seen }: Extract<Reference, { kind: 'figure' }>, source: string, resolver: ReferenceResolver): ResolvedPiece {
  const now = resolver.figure(address);
  if (now === null) return unknown(source, `数値「${address}」`);
  const problem: ReferenceProblem | null = seen === null || seen === now ? null
    : { code: 'stale', source, message: `${source}の数値は、書いたときは「${seen}」、今は「${now}」です。前後の文を読み直して、数値を更新してください。` };
  return { text: now, source, problem };
}

function resolveThings(reference: ThingReference, source: string, things: readonly NumberedThing[]): ResolvedPiece {
  const byNumber = new Map(things.map((one, order) => [one.number, { thing: one, order }]));
  const lost = reference.numbers.filter((number) => !byNumber.has(number));
  if (lost.length > 0) return unknown(source, `${WORDS[reference.kind].called}（符号${[...new Set(lost)].join('、')}）`);
  const named = [...new Set(reference.numbers)].map((number) => byNumber.get(number)!);
  if (!reference.range) return { text: printed(reference, named.map((one) => one.thing)), source, problem: null };
  const [first, last] = named.length === 1 ? [named[0]!, named[0]!] : [...named].sort((a, b) => a.order - b.order) as [typeof named[number], typeof named[number]];
  const between = things.slice(first.order, last.order + 1);
  const together = areSiblings([first.thing, last.thing]);
  const meant = between.filter((one) => (together ? areSiblings([one, first.thing]) : !isAbove(one, last.thing, byNumber)));
  if (reference.titled || !together || meant.length === 1) return { text: printed(reference, meant), source, problem: null };
  const [from, until] = [reference.full === true ? fullNumber(first.thing) : first.thing.own, last.thing.own];
  return { text: `${from}～${until}`, source, problem: null };
}

/** Own numbers of siblings; full numbers where they are not. */
function printed({ titled, full }: ThingReference, things: readonly NumberedThing[]): string {
  const numberOf = full === true || !areSiblings(things) ? fullNumber : (one: NumberedThing): string => one.own;
  return things.map((one) => (titled ? numberAndTitle(numberOf(one), one.title) : numberOf(one))).join('、');
}

const areSiblings = (things: readonly NumberedThing[]): boolean => things.every((one) => one.parent === things[0]!.parent && (one.parent !== null || one.group === things[0]!.group));

function isAbove(upper: NumberedThing, lower: NumberedThing, byNumber: ReadonlyMap<number, { thing: NumberedThing }>): boolean {
  const passed = new Set<number>();
  for (let at = lower.parent; at !== null && !passed.has(at); at = byNumber.get(at)?.thing.parent ?? null) {
    if (at === upper.number) return true;
    passed.add(at);
  }
  return false;
}

/** １(1)ア. */
export const fullNumber = ({ path }: Pick<NumberedThing, 'path'>): string => path.join('');

/** `(1)アクセス権限`, `１　アクセス権限`: a space where the number does not close itself. */
export function numberAndTitle(number: string, title: string): string {
  return title === '' ? number : `${number}${/[)〕①-⑳㉑-㉟㊱-㊿]$/u.test(number) ? '' : '　'}${title}`;
}

/** The text with each figure's seen value set to what holds now; everything else is unchanged. */
export const withSeen = (text: string, resolver: Pick<ReferenceResolver, 'figure'>): string => noted(text, resolver, () => true);

/** The same for figures that came without a seen value: whoever writes ［数値:…］ sees it for the first time. */
export const withFirstSeen = (text: string, resolver: Pick<ReferenceResolver, 'figure'>): string => noted(text, resolver, (seen) => seen === null);

function noted(text: string, resolver: Pick<ReferenceResolver, 'figure'>, anew: (seen: string | null) => boolean): string {
  return parseReferences(text).map((piece) => {
    if (typeof piece === 'string' || piece.reference.kind !== 'figure') return typeof piece === 'string' ? piece : piece.source;
    if (!anew(piece.reference.seen)) return piece.source;
    const now = resolver.figure(piece.reference.address);
    return now === null || now === piece.reference.seen ? piece.source : writeReference({ ...piece.reference, seen: now });
  }).join('');
}

/** What a text names: keys of findings and improvement opinions (of a range its ends), addresses of figures, codes of tables. */
export function citedIn(text: string): { findings: number[]; improvements: number[]; figures: FigureAddress[]; tables: string[] } {
  const cited = { findings: new Set<number>(), improvements: new Set<number>(), figures: new Set<string>(), tables: new Set<string>() };
  for (const piece of parseReferences(text)) {
    if (typeof piece === 'string') continue;
    const { reference } = piece;
    if (reference.kind === 'figure') cited.figures.add(reference.address);
    else if (reference.kind === 'table') cited.tables.add(reference.code);
    else for (const number of reference.numbers) cited[reference.kind === 'finding' ? 'findings' : 'improvements'].add(number);
  }
  return { findings: [...cited.findings], improvements: [...cited.improvements], figures: [...cited.figures], tables: [...cited.tables] };
}
