/** How risks are rated on a matrix, before and after measures, and how many stand where. Pure. */
import type { Problem } from '../kernel/errors.js';
import { rankOf, type Rating, type RiskAxis, type RiskMatrix } from './risk-matrix.js';

/** Levels from 1. */
export interface Levels {
  likelihood: number;
  impact: number;
}

export interface Judged {
  before: Levels;
  /** Null: not judged again after the measures. */
  after: Levels | null;
}

/** Is the level one of the axis? */
export function isLevel({ levels }: RiskAxis, level: unknown): level is number {
  return Number.isInteger(level) && (level as number) >= 1 && (level as number) <= levels.length;
}

/** @throws Error for levels outside the matrix, which no checked risk has */
export function ratingOf(matrix: RiskMatrix, { likelihood, impact }: Levels): Rating {
  const code = matrix.grid[likelihood - 1]?.[impact - 1];
  const rating = matrix.ratings.find((one) => one.code === code);
  if (rating === undefined) throw new Error(`likelihood ${likelihood} and impact ${impact} are not in the risk matrix ${matrix.version}`);
  return rating;
}

/** 残るリスク: where the risk stands now; as long as it was not judged again, where it stood before the measures. */
export function residualOf({ before, after }: Judged): Levels {
  return after ?? before;
}

/**
 * Do measures seem to have made it worse? Rated graver, or rated alike with one level up and none down.
 */
export function isWorse(matrix: RiskMatrix, { before, after }: Judged): boolean {
  if (after === null) return false;
  const difference = rankOf(matrix, ratingOf(matrix, after).code) - rankOf(matrix, ratingOf(matrix, before).code);
  if (difference !== 0) return difference > 0;
  const [likelihood, impact] = [after.likelihood - before.likelihood, after.impact - before.impact];
  return likelihood >= 0 && impact >= 0 && likelihood + impact > 0;
}

export type Movement = 'lower' | 'same' | 'higher' | 'open';

/** How the rating moved; `open`: not judged after the measures. */
export function movementOf(matrix: RiskMatrix, { before, after }: Judged): Movement {
  if (after === null) return 'open';
  const difference = rankOf(matrix, ratingOf(matrix, after).code) - rankOf(matrix, ratingOf(matrix, before).code);
  return difference < 0 ? 'lower' : difference > 0 ? 'higher' : 'same';
}

/** `発生のしやすさ「高い」 × 影響「重い」＝「高」`. */
export function levelsText(matrix: RiskMatrix, levels: Levels): string {
  const { likelihood, impact } = matrix;
  const label = (axis: RiskAxis, level: number): string => axis.levels[level - 1]?.label ?? String(level);
  return `${likelihood.title}「${label(likelihood, levels.likelihood)}」 × ${impact.title}「${label(impact, levels.impact)}」＝「${ratingOf(matrix, levels).label}」`;
}

/**
 * What is wrong with a judgement as it came in.
 * @param worseAllowed a reason was given why it is worse after the measures
 */
export function judgementProblems(matrix: RiskMatrix, { before, after }: { before: Partial<Levels>; after: Partial<Levels> | null }, worseAllowed: boolean): Problem[] {
  const problems = [...levelProblems(matrix, before, 'before', '対策前')];
  if (after === null) return problems;
  const given = [after.likelihood, after.impact].filter((one) => one !== undefined).length;
  if (given === 1) {
    const missing = after.likelihood === undefined ? 'likelihood' : 'impact';
    problems.push({ code: 'after-half', path: fieldOf('after', missing), message: `対策後の評価は、「${matrix.likelihood.title}」と「${matrix.impact.title}」の両方を選ぶか、どちらも選ばないでください。` });
  } else problems.push(...levelProblems(matrix, after, 'after', '対策後'));
  if (problems.length === 0 && !worseAllowed && isWorse(matrix, { before: before as Levels, after: after as Levels })) {
    problems.push({
      code: 'after-worse', path: 'note',
      message: `対策後の評価（${levelsText(matrix, after as Levels)}）が対策前（${levelsText(matrix, before as Levels)}）より重くなっています。段階を選び直すか、重くなる理由を書いてください。`,
    });
  }
  return problems;
}

/** Name of the field of a form in which a level is chosen. */
export function fieldOf(when: 'before' | 'after', axis: 'likelihood' | 'impact'): string {
  return `${axis}${when === 'before' ? 'Before' : 'After'}`;
}

function levelProblems(matrix: RiskMatrix, levels: Partial<Levels>, when: 'before' | 'after', words: string): Problem[] {
  return (['likelihood', 'impact'] as const).filter((axis) => !isLevel(matrix[axis], levels[axis])).map((axis) => ({
    code: levels[axis] === undefined ? 'level-missing' : 'level-unknown', path: fieldOf(when, axis),
    message: levels[axis] === undefined ? `${words}の「${matrix[axis].title}」を選んでください。` : `${words}の「${matrix[axis].title}」を、1から${matrix[axis].levels.length}までの段階から選んでください。`,
  }));
}

/** Risks in each field: `[likelihood - 1][impact - 1]`. */
export type FieldCounts = number[][];

export interface Counted {
  /** Risks that were counted. */
  total: number;
  /** Not judged after the measures: counted as they stood before. */
  open: number;
  before: FieldCounts;
  /** Where they stand now. */
  after: FieldCounts;
  /** In the order of the ratings. */
  byRating: { rating: Rating; before: number; after: number }[];
}

/** @param risks judged with this version of the matrix */
export function countsOf(matrix: RiskMatrix, risks: readonly Judged[]): Counted {
  const empty = (): FieldCounts => matrix.likelihood.levels.map(() => matrix.impact.levels.map(() => 0));
  const counted: Counted = { total: risks.length, open: 0, before: empty(), after: empty(), byRating: matrix.ratings.map((rating) => ({ rating, before: 0, after: 0 })) };
  const add = (counts: FieldCounts, when: 'before' | 'after', levels: Levels): void => {
    const rank = rankOf(matrix, ratingOf(matrix, levels).code);
    counts[levels.likelihood - 1]![levels.impact - 1]! += 1;
    counted.byRating[rank]![when] += 1;
  };
  for (const risk of risks) {
    add(counted.before, 'before', risk.before);
    add(counted.after, 'after', residualOf(risk));
    if (risk.after === null) counted.open += 1;
  }
  return counted;
}
