/** How a system stands to each control on a day. What counts, what is stale and what is inherited is decided in `facts.ts`. Pure. */
import { daysLater, formatEra } from '../engine/dates.js';
import type { AnswerValue, Code } from '../engine/form.js';
import type { Catalogue } from './catalogue.js';
import { factsOf, lastDayOf, type DeclaredControl } from './facts.js';

/** In the order of the counts on a page. */
export const DECLARATION_STATES = {
  approved: '承認済み',
  declared: '承認待ち',
  inherited: '基盤から引継ぎ',
  stale: '期限切れ',
  'not-declared': '申告なし',
} as const;
export type DeclarationState = keyof typeof DECLARATION_STATES;
export type StateCounts = Record<DeclarationState, number>;

/** Days before the last one in which a declaration is soon stale. */
export const SOON_DAYS = 60;

export interface Platform {
  id: string;
  name: string;
  declarations: readonly DeclaredControl[];
}

/** What a platform declares for the systems upon it. */
export interface FromPlatform extends Pick<DeclaredControl, 'value' | 'declaredOn' | 'approved'> {
  platform: { id: string; name: string };
}

export interface Standing {
  state: DeclarationState;
  /** What counts on the day, of whomever; null: nothing. */
  value: AnswerValue | null;
  /** What the platforms give where the system declares nothing itself; null: nothing that counts. */
  below: FromPlatform | null;
  /** The system's own declaration counts in place of `below`. */
  overrides: boolean;
  /** For `stale`: ISO day of the declaration that is too old; `platform` when it is not the system's own. */
  tooOld: { declaredOn: string; platform: { id: string; name: string } | null } | null;
}

export interface StandingsInput {
  declarations: readonly DeclaredControl[];
  /** Nearest first, the chain resolved. */
  platforms: readonly Platform[];
  /** ISO day. */
  today: string;
  declarationMonths: number;
  catalogue: Catalogue;
}

/** Standing to every control of the catalogue, in its order, also to retired ones (which never count). */
export function standingsOf({ declarations, platforms, today, declarationMonths, catalogue }: StandingsInput): Map<Code, Standing> {
  const nothing = { system: { register: {}, mergedIntoId: null }, uses: [], contracts: [], today, declarationMonths, catalogue };
  // Two platforms may have the same name: the facts name them by id here.
  const named = platforms.map(({ id, declarations: declared }) => ({ name: id, declarations: declared }));
  const whole = factsOf({ ...nothing, declarations, platforms: named });
  const without = factsOf({ ...nothing, declarations: [], platforms: named });
  const own = new Map(declarations.map((one) => [one.control, one]));
  const byId = new Map(platforms.map((one) => [one.id, one]));
  const known = ({ id, name }: Platform): { id: string; name: string } => ({ id, name });

  return new Map(catalogue.controls.items.map(({ code }): [Code, Standing] => {
    const platform = byId.get(without.inherited[code] ?? '');
    const declared = platform?.declarations.find((one) => one.control === code);
    const below = platform === undefined || declared === undefined ? null
      : { value: without.values[code]!, declaredOn: declared.declaredOn, approved: declared.approved, platform: known(platform) };
    const value = whole.values[code] ?? null;
    const inherited = Object.hasOwn(whole.inherited, code);
    const old = whole.stale[code];
    const state: DeclarationState = value !== null ? (inherited ? 'inherited' : own.get(code)?.approved === true ? 'approved' : 'declared') : old === undefined ? 'not-declared' : 'stale';
    const oldPlatform = old === undefined || own.get(code)?.declaredOn === old ? undefined : platforms.find((one) => one.declarations.some(({ control, declaredOn }) => control === code && declaredOn === old));
    return [code, {
      state, value, below, overrides: below !== null && value !== null && !inherited,
      tooOld: state !== 'stale' ? null : { declaredOn: old!, platform: oldPlatform === undefined ? null : known(oldPlatform) },
    }];
  }));
}

export interface Lifetime {
  /** Last day on which the declaration counts. */
  lastDay: string;
  stale: boolean;
  /** Not stale yet, but within {@link SOON_DAYS} days. */
  soon: boolean;
}

export function lifetimeOf(declaredOn: string, months: number, today: string): Lifetime {
  const lastDay = lastDayOf(declaredOn, months);
  const stale = lastDay < today;
  return { lastDay, stale, soon: !stale && lastDay <= daysLater(today, SOON_DAYS) };
}

export function countStates(states: Iterable<DeclarationState>): StateCounts {
  const counts: StateCounts = { approved: 0, declared: 0, inherited: 0, stale: 0, 'not-declared': 0 };
  for (const state of states) counts[state] += 1;
  return counts;
}

/**
 * Inheritance in a sentence; null where no platform has to do with it.
 * @param words a value of the control as a person reads it
 */
export function inheritanceWords({ below, overrides, tooOld, value, state }: Standing, words: (value: AnswerValue) => string): string | null {
  if (tooOld !== null && tooOld.platform !== null) return `「${tooOld.platform.name}」の申告（${formatEra(tooOld.declaredOn)}）は期限が切れているため、引き継いでいません。`;
  if (below === null) return null;
  const given = `「${below.platform.name}」の申告「${words(below.value)}」（${formatEra(below.declaredOn)}）`;
  if (state === 'inherited') return `${given}を引き継いでいます。このシステムで申告すると、その申告が優先します。`;
  if (state === 'stale') return `${given}がありますが、このシステムの申告の期限が切れているため、未確認になります。申告し直すか、取り消して引き継いでください。`;
  if (!overrides || value === null) return null;
  return words(value) === words(below.value) ? `${given}と同じことを、このシステムでも申告しています。` : `${given}がありますが、このシステムの申告「${words(value)}」が優先します。`;
}
