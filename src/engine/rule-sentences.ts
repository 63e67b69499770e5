/**
 * Conditions of rules as sentences: 「稼働の状態」が「稼働中」であり、かつ「マイナンバー」が「保有する」である. Alternatives are numbered:
 * 次のいずれかに当たるとき（①…、②…）; a `not` is taken inwards, so that no sentence denies a denial.
 */
import { formatEra } from './dates.js';
import type { Code } from './form.js';
import type { FactCatalogue, FactItem, NumberOrParameter, Parameter, RuleCondition } from './rule-set.js';
import type { RuleLeaf } from './rule-set-conditions.js';

export interface Wording {
  readonly catalogue: FactCatalogue;
  readonly parameters: Readonly<Record<Code, Parameter>>;
  /** Values in force. */
  readonly limits: Readonly<Record<Code, number>>;
}

/** A predicate in its plain form, and as it goes on to かつ; `list` stands behind either, in brackets. */
interface Clause { plain: string; joined: string; list?: string }

type Sentence =
  | { leaf: Clause }
  | { all: Sentence[] }
  | { any: Sentence[] };

/** @param ending とき, こと: what the sentence goes on to, before the list of alternatives */
export function conditionSentence(condition: RuleCondition, ending: string, wording: Wording): string {
  const { plain, list = '' } = spoken(sentenceOf(condition, false, wording), 0);
  return `${plain}${ending}${list}。`;
}

function sentenceOf(condition: RuleCondition, negated: boolean, wording: Wording): Sentence {
  if ('not' in condition) return sentenceOf(condition.not, !negated, wording);
  const list = 'all' in condition ? condition.all : 'any' in condition ? condition.any : null;
  if (!list) return { leaf: clauseOf(condition as RuleLeaf, negated, wording) };
  const members = list.map((one) => sentenceOf(one, negated, wording));
  const conjunction = 'all' in condition !== negated;
  if (members.length === 1) return members[0]!;
  // What stands within the same word needs no level of its own.
  if (conjunction) return { all: members.flatMap((one) => ('all' in one ? one.all : [one])) };
  return { any: members.flatMap((one) => ('any' in one ? one.any : [one])) };
}

/** Marks of alternatives by level. */
const MARKS = ['①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳', 'アイウエオカキクケコサシスセソタチツテト', 'ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔ'];

function spoken(sentence: Sentence, level: number): Clause {
  if ('leaf' in sentence) return sentence.leaf;
  if ('all' in sentence) {
    const members = sentence.all.map((one) => spoken(one, level));
    const before = members.slice(0, -1).map(({ joined, list = '' }) => `${joined}${list}、かつ`).join('');
    const last = members.at(-1)!;
    return { ...last, plain: `${before}${last.plain}`, joined: `${before}${last.joined}` };
  }
  const marks = MARKS[Math.min(level, MARKS.length - 1)]!;
  const members = sentence.any.map((one) => spoken(one, level + 1)).map(({ plain, list = '' }, n) => `${marks[n] ?? `${n + 1}．`}${plain}${list}`);
  return { plain: '次のいずれかに当たる', joined: '次のいずれかに当たり', list: `（${members.join('、')}）` };
}

function clauseOf(leaf: RuleLeaf, negated: boolean, wording: Wording): Clause {
  const fact = wording.catalogue.get(leaf.item);
  const subject = `「${fact?.label ?? leaf.item}」`;
  const option = (value: string | number | boolean): string => (typeof value === 'number' ? `${value.toLocaleString('ja-JP')}${fact?.unit ?? ''}` : `「${fact?.options.get(String(value)) ?? String(value)}」`);
  if ('isOneOf' in leaf && leaf.isOneOf.length > 1) {
    return being(`${subject}が${leaf.isOneOf.map(option).join('')}のいずれ${negated ? 'で' : 'か'}`, negated);
  }
  if ('is' in leaf || 'isOneOf' in leaf) {
    const wanted = option('is' in leaf ? leaf.is : leaf.isOneOf[0]!);
    return fact?.kind === 'checks' ? being(`${subject}で選ばれているのが${wanted}だけ`, negated) : being(`${subject}が${wanted}`, negated);
  }
  if ('includes' in leaf) return fact?.kind === 'text' ? doing(`${subject}に${option(leaf.includes)}が含まれて`, negated) : doing(`${subject}に${option(leaf.includes)}が選ばれて`, negated);
  if ('matchesCountOf' in leaf) return being(`${subject}が${labelOf(leaf.matchesCountOf, wording)}と同じ`, negated);
  if ('before' in leaf || 'after' in leaf) {
    const limit = 'before' in leaf ? leaf.before : leaf.after;
    const day = typeof limit === 'string' ? formatEra(limit) : labelOf(limit.item, wording);
    return being(`${subject}が${day}より${'before' in leaf ? '前' : '後'}`, negated);
  }
  return compared(leaf as NumberLeaf, subject, fact, negated, wording);
}

type NumberLeaf = Extract<RuleLeaf, { atLeast: unknown } | { atMost: unknown } | { between: unknown }>;

function compared(leaf: NumberLeaf, subject: string, fact: FactItem | undefined, negated: boolean, wording: Wording): Clause {
  const said = (value: NumberOrParameter): string => {
    const number = typeof value === 'number' ? value : (wording.limits[value.parameter] ?? wording.parameters[value.parameter]?.value ?? NaN);
    return `${number.toLocaleString('ja-JP')}${fact?.unit ?? ''}`;
  };
  const done = fact?.zero === undefined ? undefined : `「${fact.zero}」`;
  if (done !== undefined && 'atLeast' in leaf && leaf.atLeast === 1) return being(`${subject}が${done}`, !negated);
  if (done !== undefined && 'between' in leaf && leaf.between[0] === 1 && !negated) return { ...being(`${subject}が${said(leaf.between[1])}以下`, false), list: `（${done}を除く）` };
  if ('between' in leaf) return being(`${subject}が${said(leaf.between[0])}以上${said(leaf.between[1])}以下`, negated);
  if ('atLeast' in leaf) return being(`${subject}が${said(leaf.atLeast)}${negated ? '未満' : leaf.atLeast === fact?.max ? '' : '以上'}`, false);
  return negated ? { plain: `${subject}が${said(leaf.atMost)}を超える`, joined: `${subject}が${said(leaf.atMost)}を超え` } : being(`${subject}が${said(leaf.atMost)}以下`, false);
}

function labelOf(code: Code, { catalogue }: Wording): string {
  return `「${catalogue.get(code)?.label ?? code}」`;
}

/** …である, …ではない; いずれでもない where the stem ends in で. */
function being(stem: string, negated: boolean): Clause {
  if (!negated) return { plain: `${stem}である`, joined: `${stem}であり` };
  const ending = stem.endsWith('いずれで') ? 'も' : 'では';
  return { plain: `${stem}${ending}ない`, joined: `${stem}${ending}なく` };
}

function doing(stem: string, negated: boolean): Clause {
  return negated ? { plain: `${stem}いない`, joined: `${stem}おらず` } : { plain: `${stem}いる`, joined: `${stem}おり` };
}
