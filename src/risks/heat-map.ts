/** リスクの分布: how many risks stand in each field of the matrix before and after measures; the same picture for page and report. Pure. */
import { heatChart } from '../rendering/chart.js';
import type { Rating, RatingTone, RiskMatrix } from './risk-matrix.js';
import { countsOf, ratingOf, type Counted, type Judged } from './risk-rating.js';

export interface HeatField {
  /** Level of likelihood and of impact, from 1. */
  likelihood: number;
  impact: number;
  rating: Rating;
  before: number;
  after: number;
}

export interface HeatMap {
  matrix: RiskMatrix;
  counted: Counted;
  /** Gravest likelihood first, as the picture shows them from the top; each with its fields from the lightest impact. */
  rows: { level: number; label: string; fields: HeatField[] }[];
}

/** @param risks judged with this version of the matrix, open ones only */
export function heatMapOf(matrix: RiskMatrix, risks: readonly Judged[]): HeatMap {
  const counted = countsOf(matrix, risks);
  const rows = matrix.likelihood.levels.map((level, y) => ({
    level: y + 1, label: level.label,
    fields: matrix.impact.levels.map((_, x): HeatField => ({
      likelihood: y + 1, impact: x + 1, rating: ratingOf(matrix, { likelihood: y + 1, impact: x + 1 }), before: counted.before[y]![x]!, after: counted.after[y]![x]!,
    })),
  }));
  return { matrix, counted, rows: rows.reverse() };
}

export const WHEN_WORDS = { before: '対策前', after: '対策後' } as const;

/** Dark text stands on all of them with a contrast of at least 4.5 : 1. */
const COLOURS: Readonly<Record<RatingTone, string>> = { good: '#e6f5ec', doubt: '#fbf0c4', bad: '#f7c6c6', worst: '#ee8f8f' };

/** In each field its rating and, where there are risks, how many: colour is never alone. */
export function heatPicture({ matrix, counted, rows }: HeatMap, when: 'before' | 'after', size: { width: number; height: number } = { width: 470, height: 360 }): string {
  const told = counted.byRating.map((one) => `${one.rating.label} ${one[when]}件`).join('、');
  return heatChart({
    ...size,
    description: `${WHEN_WORDS[when]}のリスクの分布。${told}。${rows.flatMap((row) => row.fields).filter((one) => one[when] > 0).map((one) => `${matrix.likelihood.title}「${matrix.likelihood.levels[one.likelihood - 1]!.label}」${matrix.impact.title}「${matrix.impact.levels[one.impact - 1]!.label}」に${one[when]}件`).join('、')}`,
    across: { title: `${matrix.impact.title} →`, labels: matrix.impact.levels.map((one) => one.label) },
    up: { title: `${matrix.likelihood.title} →`, labels: matrix.likelihood.levels.map((one) => one.label) },
    fields: rows.flatMap((row) => row.fields).map((one) => ({
      x: one.impact - 1, y: one.likelihood - 1, colour: COLOURS[one.rating.tone], text: one[when] === 0 ? one.rating.label : `${one.rating.label}\n${one[when]}件`,
    })),
  });
}
