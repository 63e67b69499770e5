/** 自動採番: what stands in a tree is numbered by its place, level by level: 1／(1)／ア／①. Numbers are made anew, never kept. Pure. */

/** Styles of numbers by depth. */
export type NumberStyle = '1' | '１' | '(1)' | 'ア' | '(ア)' | '①' | 'a' | '(a)' | '第1';
/** From the outermost level inward; deeper levels keep the last one. */
export type Numbering = NumberStyle[];

export const NUMBER_STYLES: readonly NumberStyle[] = ['1', '１', '(1)', 'ア', '(ア)', '①', 'a', '(a)', '第1'];

const KANA = [...'アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン'];
const LATIN = [...'abcdefghijklmnopqrstuvwxyz'];

/** First character and how many of a run of circled numbers in Unicode: ①–⑳, ㉑–㉟, ㊱–㊿. */
const CIRCLED: readonly (readonly [first: number, from: number, until: number])[] = [[0x2460, 1, 20], [0x3251, 21, 35], [0x32b1, 36, 50]];

/**
 * The n-th number in a style. Letters go on as アア, アイ … after ン (aa after z); Unicode has circled numbers up to ㊿, then 〔51〕,
 * which no style uses.
 * @param n from 1; anything else throws `RangeError`
 */
export function numeral(style: NumberStyle, n: number): string {
  if (!Number.isSafeInteger(n) || n < 1) throw new RangeError(`no number: ${n}`);
  switch (style) {
    case '1': return String(n);
    case '１': return wide(n);
    case '(1)': return `(${n})`;
    case '第1': return `第${n}`;
    case 'ア': return lettered(KANA, n);
    case '(ア)': return `(${lettered(KANA, n)})`;
    case 'a': return lettered(LATIN, n);
    case '(a)': return `(${lettered(LATIN, n)})`;
    case '①': return circled(n);
  }
}

const wide = (n: number): string => String(n).replace(/\d/gu, (digit) => String.fromCodePoint(0xff10 + Number(digit)));

/** Like the names of columns in a workbook: every word over the letters, shorter ones first. */
function lettered(letters: readonly string[], n: number): string {
  let text = '';
  for (let rest = n; rest > 0; rest = Math.floor((rest - 1) / letters.length)) text = letters[(rest - 1) % letters.length]! + text;
  return text;
}

function circled(n: number): string {
  const run = CIRCLED.find(([, from, until]) => n >= from && n <= until);
  return run === undefined ? `〔${n}〕` : String.fromCodePoint(run[0] + n - run[1]);
}

export interface TreeNode {
  id: string;
  parentId: string | null;
  /** Among siblings; equal positions keep the order in which they come. */
  position: number;
  /** The outermost level is numbered anew in each group (a case sheet). */
  group?: string | null;
}

export interface NodeNumber {
  /** Its own number: ア. */
  own: string;
  /** From the outermost level to its own: 1, (1), ア. Joined, it is the full number. */
  path: string[];
  /** 0 for the outermost level. */
  depth: number;
}

/** Nodes in the order in which they are read: each before what stands below it, groups in the order in which they first come. */
export function readingOrder<N extends TreeNode>(nodes: readonly N[]): { node: N; depth: number; place: number }[] {
  const known = new Set(nodes.map((one) => one.id));
  const below = new Map<string, N[]>();
  const siblingsOf = (node: N): string => (node.parentId !== null && known.has(node.parentId) ? `below ${node.parentId}` : `group ${node.group ?? ''}`);
  for (const node of nodes) {
    const key = siblingsOf(node);
    const siblings = below.get(key);
    if (siblings === undefined) below.set(key, [node]);
    else siblings.push(node);
  }
  const ordered: { node: N; depth: number; place: number }[] = [];
  const waiting = [...below.keys()].filter((key) => key.startsWith('group ')).flatMap((key) => entries(below.get(key)!, 0)).reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    ordered.push(next);
    waiting.push(...entries(below.get(`below ${next.node.id}`) ?? [], next.depth + 1).reverse());
  }
  return ordered;
}

function entries<N extends TreeNode>(siblings: readonly N[], depth: number): { node: N; depth: number; place: number }[] {
  return [...siblings].sort((a, b) => a.position - b.position).map((node, n) => ({ node, depth, place: n + 1 }));
}

/**
 * Numbers of all nodes, in reading order. A node whose parent is not among the nodes stands on the outermost level; nodes that are
 * above each other in a circle get no number.
 */
export function numberTree(nodes: readonly TreeNode[], styles: readonly NumberStyle[]): Map<string, NodeNumber> {
  const numbers = new Map<string, NodeNumber>();
  for (const { node, depth, place } of readingOrder(nodes)) {
    const own = numeral(styles[depth] ?? styles.at(-1) ?? '1', place);
    const above = depth === 0 ? [] : numbers.get(node.parentId!)!.path;
    numbers.set(node.id, { own, path: [...above, own], depth });
  }
  return numbers;
}
