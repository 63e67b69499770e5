/** Due dates, ageing and rates of corrective actions. Days are ISO; nothing here knows today. Pure. */
import { daysInclusive, daysLater, formatEra, isIsoDate, monthsLater } from '../engine/dates.js';
import type { Code } from '../engine/form.js';
import type { Problem } from '../kernel/errors.js';
import { stateOf } from './corrective-action.transitions.js';
import type { FindingScheme, StateRate } from './scheme.js';

/** `over`: the due date has passed; `soon`: it is today or within the days of the organisation. */
export type DueStep = 'over' | 'soon' | 'later' | 'none';

/** A settled action is never due, nor one that waits for the auditors: the department has done its part. */
export function dueStep(action: { state: Code; proposed: Code | null; dueOn: string | null }, scheme: Pick<FindingScheme, 'states'>, { today, soonDays }: { today: string; soonDays: number }): DueStep {
  if (action.dueOn === null || action.proposed !== null || stateOf(scheme, action.state).phase === 'settled') return 'none';
  if (action.dueOn < today) return 'over';
  return action.dueOn <= daysLater(today, soonDays) ? 'soon' : 'later';
}

/** Whole days from the due date until today; 0 on the day itself, less than 0 before. */
export const daysOver = (dueOn: string, today: string): number => daysInclusive(dueOn, today) - 1;

/** The due date of an action that is new, or had none. @param foundOn day of the report, or of the finding where there is none */
export function dueProblem(dueOn: string, foundOn: string): Problem | null {
  if (!isIsoDate(dueOn)) return { code: 'due-invalid', path: 'dueOn', message: '期限を、実際にある日で入れてください（例：2027-03-31）。' };
  if (dueOn >= foundOn) return null;
  return { code: 'due-before-finding', path: 'dueOn', message: `期限（${formatEra(dueOn)}）が、検出事項が決まった日（${formatEra(foundOn)}）より前です。${formatEra(foundOn)}以後の日にしてください。` };
}

/** 延期: the new due date lies after the old one, and not in the past. */
export function postponeProblem(dueOn: string, now: string | null, foundOn: string, today: string): Problem | null {
  if (now === null) return { code: 'due-missing', path: 'dueOn', message: '期限がまだ決まっていません。延ばすのではなく、措置の計画に期限を入れてください。' };
  const problem = dueProblem(dueOn, foundOn);
  if (problem !== null) return problem;
  if (dueOn > now && dueOn < today) return { code: 'due-past', path: 'dueOn', message: `新しい期限（${formatEra(dueOn)}）が、今日（${formatEra(today)}）より前です。今日以後の日にしてください。` };
  return dueOn > now ? null : { code: 'due-not-later', path: 'dueOn', message: `新しい期限（${formatEra(dueOn)}）は、いまの期限（${formatEra(now)}）より後の日にしてください。` };
}

/** The due date in the plan of an action that has one: it may come nearer; later is a postponement with its reason. */
export function plannedDueProblem(dueOn: string, now: string | null, foundOn: string): Problem | null {
  if (dueOn === now) return null;
  const problem = dueProblem(dueOn, foundOn);
  if (problem !== null || now === null || dueOn < now) return problem;
  return { code: 'due-later', path: 'dueOn', message: `期限を${formatEra(now)}より後へ延ばすときは、「期限を延ばす」で理由を書いてください。` };
}

/** How long an action has been open, in whole months; `untilMonths` is exclusive. */
export const AGES: readonly { code: Code; label: string; untilMonths: number | null }[] = [
  { code: 'under-3-months', label: '3か月未満', untilMonths: 3 },
  { code: 'under-6-months', label: '3か月以上6か月未満', untilMonths: 6 },
  { code: 'under-1-year', label: '6か月以上1年未満', untilMonths: 12 },
  { code: 'under-2-years', label: '1年以上2年未満', untilMonths: 24 },
  { code: 'under-3-years', label: '2年以上3年未満', untilMonths: 36 },
  { code: '3-years', label: '3年以上', untilMonths: null },
];

/** The class into which an action falls that has been open since a day. */
export function ageOf(since: string, today: string): (typeof AGES)[number] {
  return AGES.find(({ untilMonths }) => untilMonths === null || today < monthsLater(since, untilMonths))!;
}

export interface Rate {
  code: Code;
  label: string;
  /** Above and below the line. */
  of: number;
  over: number;
  /** Per cent with one decimal, 四捨五入; － where there is nothing below the line. */
  text: string;
  /** The same as a number for charts; null: there is none. */
  percent: number | null;
}

/** A rate of the scheme from the number of actions in each state. Counts are whole, so the rounding is exact. */
export function rateOf(rate: StateRate, counts: Readonly<Record<Code, number>>): Rate {
  const sum = (codes: readonly Code[]): number => codes.reduce((total, code) => total + (counts[code] ?? 0), 0);
  const [of, over] = [sum(rate.of), sum(rate.over.length === 0 ? Object.keys(counts) : rate.over)];
  if (over === 0) return { code: rate.code, label: rate.label, of, over, text: '－', percent: null };
  const tenths = Math.floor((of * 2000 + over) / (over * 2));
  return { code: rate.code, label: rate.label, of, over, text: `${Math.floor(tenths / 10)}.${tenths % 10}％`, percent: tenths / 10 };
}
