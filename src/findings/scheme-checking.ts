/** What is wrong with a scheme of findings and actions, whoever wrote it; and what a change of it may not do. Pure. */
import { NUMBER_STYLES } from '../engine/numbering.js';
import type { Code } from '../engine/form.js';
import type { FindingScheme, Numbering, Term } from './scheme.js';

export interface Found {
  /** JSON pointer within the scheme. */
  path: string;
  /** Japanese: what is wrong and how to mend it. */
  reason: string;
}

export const LISTS = { classifications: '区分', severities: '重要度', states: '措置の状態', rates: '率' } as const;
export type SchemeList = keyof typeof LISTS;
/** Lists whose codes stand in what was written. */
export const TERM_LISTS = ['classifications', 'severities', 'states'] as const;
export type TermList = (typeof TERM_LISTS)[number];
/** Codes that are in use. */
export type SchemeUse = Record<TermList, readonly Code[]>;

const CODE = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/u;
const [MOST_LABEL, MOST_DEFINITION, MOST_TERMS, MOST_LEVELS] = [30, 500, 60, 6];

export function schemeFaults(scheme: FindingScheme): Found[] {
  return [...(Object.keys(LISTS) as SchemeList[]).flatMap((list) => listFaults(list, scheme)), ...needFaults(scheme), ...rateFaults(scheme)];
}

function listFaults(list: SchemeList, scheme: FindingScheme): Found[] {
  const terms: readonly (Pick<Term, 'code' | 'label'> & Partial<Term>)[] = scheme[list];
  const word = LISTS[list];
  const faults: Found[] = terms.length > MOST_TERMS ? [{ path: `/${list}`, reason: `${word}は${MOST_TERMS}個までにしてください。` }] : [];
  const living = terms.filter((one) => one.retired !== true);
  terms.forEach((term, n) => {
    const path = `/${list}/${n}`;
    if (!CODE.test(term.code) || term.code.length > 60) faults.push({ path: `${path}/code`, reason: `${word}「${term.label}」の符号「${term.code}」を、英小文字と数字をハイフンでつないだ60字までのものにしてください（例：partly-taken）。` });
    if (terms.findIndex((one) => one.code === term.code) !== n) faults.push({ path: `${path}/code`, reason: `${word}の符号「${term.code}」が2度使われています。どちらかを変えてください。` });
    if (term.label.trim() === '' || term.label.length > MOST_LABEL) faults.push({ path: `${path}/label`, reason: `${word}の名前を1～${MOST_LABEL}字で書いてください。` });
    else if (term.retired !== true && living.findIndex((one) => one.label === term.label) !== living.indexOf(term)) faults.push({ path: `${path}/label`, reason: `${word}の名前「${term.label}」が2度使われています。見分けられる名前にしてください。` });
    if (term.definition !== undefined && (term.definition.trim() === '' || term.definition.length > MOST_DEFINITION)) faults.push({ path: `${path}/definition`, reason: `${word}「${term.label}」の意味を1～${MOST_DEFINITION}字で書いてください。` });
  });
  return faults;
}

/** What work on findings and actions cannot do without. */
function needFaults({ classifications, severities, states }: FindingScheme): Found[] {
  const living = (terms: readonly Term[]): boolean => terms.some((one) => one.retired !== true);
  const phase = (wanted: string): boolean => states.some((one) => one.retired !== true && one.phase === wanted);
  return [
    ...(living(classifications) ? [] : [{ path: '/classifications', reason: '使う区分がありません。1つ以上にしてください。' }]),
    ...(living(severities) ? [] : [{ path: '/severities', reason: '使う重要度がありません。1つ以上にしてください。' }]),
    ...(phase('waiting') ? [] : [{ path: '/states', reason: 'まだ取り掛かっていないことを表す状態（段階：未着手）がありません。新しい措置はその状態から始まります。1つ以上にしてください。' }]),
    ...(phase('settled') ? [] : [{ path: '/states', reason: '済んだことを表す状態（段階：完了）がありません。1つ以上にしてください。' }]),
  ];
}

function rateFaults({ rates, states }: FindingScheme): Found[] {
  const known = new Set(states.map((one) => one.code));
  return rates.flatMap(({ label, of, over }, n): Found[] => {
    const path = `/rates/${n}`;
    return [
      ...(of.length === 0 ? [{ path: `${path}/of`, reason: `率「${label}」の分子に数える状態を選んでください。` }] : []),
      ...[...new Set([...of, ...over])].filter((code) => !known.has(code)).map((code) => ({ path, reason: `率「${label}」にある状態「${code}」はありません。statesにあるものを書いてください。` })),
      ...(over.length === 0 ? [] : of.filter((code) => known.has(code) && !over.includes(code)).map((code) => ({ path: `${path}/over`, reason: `率「${label}」の分子の状態「${code}」が分母にありません。率が100％を超えないように、分母にも入れてください。` }))),
    ];
  });
}

export function numberingFaults(numbering: Numbering): Found[] {
  if (numbering.length === 0 || numbering.length > MOST_LEVELS) return [{ path: '/numbering', reason: `番号の付け方を1～${MOST_LEVELS}段で選んでください。` }];
  return numbering.flatMap((style, n) => (NUMBER_STYLES.includes(style) ? [] : [{ path: `/numbering/${n}`, reason: `${n + 1}段目の番号の付け方「${String(style)}」はありません。${NUMBER_STYLES.join('、')}から選んでください。` }]));
}

/**
 * What is in use stays, at least as retired, and keeps its phase; a code that was ever given is never given to something else.
 * @param given codes of earlier schemes with what they were called, by list; those of `before` need not be among them
 */
export function changeFaults(before: FindingScheme, after: FindingScheme, use: SchemeUse, given: Record<TermList, ReadonlyMap<Code, string>>): Found[] {
  return TERM_LISTS.flatMap((list): Found[] => {
    const [was, is]: (readonly Term[])[] = [before[list], after[list]];
    const lost = was!.filter((one) => use[list].includes(one.code) && !is!.some((other) => other.code === one.code));
    const again = is!.flatMap((one, n): Found[] => {
      const first = given[list].get(one.code);
      if (first === undefined || first === one.label || was!.some((other) => other.code === one.code)) return [];
      return [{ path: `/${list}/${n}/code`, reason: `符号「${one.code}」は、前に${LISTS[list]}「${first}」に使われていました。別の符号にしてください。` }];
    });
    return [...lost.map((one) => ({ path: `/${list}`, reason: `${LISTS[list]}「${one.label}」は使われているので、取り除けません。これから使わないときは、「使わない」にしてください。` })), ...again];
  }).concat(phaseFaults(before, after, use));
}

function phaseFaults(before: FindingScheme, after: FindingScheme, use: SchemeUse): Found[] {
  return after.states.flatMap((state, n): Found[] => {
    const was = before.states.find((one) => one.code === state.code);
    if (was === undefined || was.phase === state.phase || !use.states.includes(state.code)) return [];
    return [{ path: `/states/${n}/phase`, reason: `措置の状態「${was.label}」は使われているので、段階を変えられません。別の状態を加えてください。` }];
  });
}

/** A ready scheme in place of the present one: what is in use and not in it stays as retired. */
export function adopted(before: FindingScheme, ready: FindingScheme, use: SchemeUse): FindingScheme {
  const kept = <T extends Term>(list: TermList, was: readonly T[], next: readonly T[]): T[] =>
    [...next, ...was.filter((one) => use[list].includes(one.code) && !next.some((other) => other.code === one.code)).map((one) => ({ ...one, retired: true }))];
  return {
    classifications: kept('classifications', before.classifications, ready.classifications), severities: kept('severities', before.severities, ready.severities),
    states: kept('states', before.states, ready.states), rates: ready.rates,
  };
}
