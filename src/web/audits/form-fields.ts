/** Forms of plans, audits and their parts: what a field is, how it is drawn, and both sides of a stale save. Pure. */
import { formatEra, formatFiscalYear, parseFiscalYear, parseJapaneseDate } from '../../engine/dates.js';
import type { Problem } from '../../kernel/errors.js';
import type { ConflictField } from '../administration/conflict-page.js';

export interface Option { value: string; label: string }

export interface FieldSpec {
  name: string;
  label: string;
  /** `pairs`: lines of a term and its text, sent as `term` and `definition`. */
  kind: 'line' | 'short' | 'text' | 'day' | 'year' | 'select' | 'checks' | 'pairs';
  need?: boolean;
  support?: string;
  rows?: number;
  options?: readonly Option[];
  /** Label of the empty option of a select; without it there is none. */
  blank?: string;
}

/** As a form sends it: one text for each field, a list for checks and pairs. */
export type Typed = Readonly<Record<string, string | readonly string[]>>;

export const textIn = (typed: Typed, name: string): string => {
  const value = typed[name] ?? '';
  return typeof value === 'string' ? value : (value[0] ?? '');
};
export const listIn = (typed: Typed, name: string): readonly string[] => {
  const value = typed[name] ?? [];
  return typeof value === 'string' ? (value === '' ? [] : [value]) : value.filter((one) => one !== '');
};

const PAIR = ['term', 'definition'] as const;
const SPARE = 2;

export interface Pair { term: string; text: string }

/** Lines of the form side by side, also those in which nothing stands. */
export function pairsIn(typed: Typed): Pair[] {
  const column = (name: string): readonly string[] => {
    const value = typed[name] ?? [];
    return typeof value === 'string' ? [value] : value;
  };
  const [terms, texts] = [column(PAIR[0]), column(PAIR[1])];
  return Array.from({ length: Math.max(terms.length, texts.length) }, (_, n) => ({ term: terms[n] ?? '', text: texts[n] ?? '' }));
}

/** A number as it was typed; what is no number is NaN, which every check refuses. */
export const numberIn = (typed: Typed, name: string): number => {
  const text = textIn(typed, name).normalize('NFKC').trim();
  return /^-?\d{1,9}$/u.test(text) ? Number(text) : Number.NaN;
};

/** A fiscal year as it was typed, 令和8 or 2026; what is none is NaN. */
export const yearIn = (typed: Typed, name: string): number => parseFiscalYear(textIn(typed, name)) ?? Number.NaN;

/** What may be typed, told below the label of a day or a year. */
const ACCEPTED: Readonly<Partial<Record<FieldSpec['kind'], string>>> = { day: '例：令和8年11月21日、2026-11-21', year: '例：令和8年度、令和8、R8、2026' };

/** Fields as `partials/audits/fields` draws them. */
export function fieldsView(specs: readonly FieldSpec[], typed: Typed, problems: readonly Problem[]): object[] {
  const wrong = (path: string): string => problems.find((one) => one.path === path)?.message ?? '';
  return specs.map((spec) => {
    const { name, label, kind, need = false, support = '', rows = 4, options = [], blank } = spec;
    const chosen = new Set(listIn(typed, name));
    const pairs = kind === 'pairs' ? pairsIn(typed) : [];
    return {
      name, label, need, support: [support, ACCEPTED[kind] ?? ''].filter((one) => one !== '').join('　'), rows, value: textIn(typed, name), error: wrong(name),
      line: kind === 'line' || kind === 'short' || kind === 'day' || kind === 'year', short: kind !== 'line', day: kind === 'day', text: kind === 'text', select: kind === 'select', checks: kind === 'checks', pairs: kind === 'pairs',
      blank: blank ?? '', hasBlank: blank !== undefined, options: options.map((one) => ({ ...one, id: `${name}-${one.value}`, chosen: chosen.has(one.value) })),
      lines: kind === 'pairs' ? [...pairs, ...Array.from({ length: SPARE }, () => ({ term: '', text: '' }))].map((one, n) => ({ number: n + 1, ...one, termError: wrong(`term-${n + 1}`), textError: wrong(`definition-${n + 1}`) })) : [],
    };
  });
}

/** The list of problems above a form, each with a link to its field. */
export function problemsView(specs: readonly FieldSpec[], problems: readonly Problem[]): { message: string; href: string }[] {
  const anchored = (path: string): boolean => specs.some((one) => one.name === path) || /^(term|definition)-\d+$/u.test(path);
  const named = ({ path, message }: Problem): string => {
    const label = specs.find((one) => one.name === path)?.label ?? '';
    return label === '' || message.includes('「') || message.includes(label) ? message : `「${label}」：${message}`;
  };
  return problems.map((one) => ({ message: named(one), href: one.href ?? (anchored(one.path) ? `#${one.path}` : '#main') }));
}

/** Field by field; a list is sent again option by option, or line by line. */
export function conflictOf(specs: readonly FieldSpec[], mine: Typed, theirs: Typed): ConflictField[] {
  return specs.flatMap((spec): ConflictField[] => {
    const { name, label, kind, options = [], blank = '' } = spec;
    const labelOf = (value: string): string => (value === '' ? blank : (options.find((one) => one.value === value)?.label ?? value));
    if (kind === 'pairs') return pairConflict(label, pairsIn(mine), pairsIn(theirs));
    if (kind === 'checks') {
      const [own, other] = [listIn(mine, name), listIn(theirs, name)];
      return [...new Set([...own, ...other])].map((value) => ({
        name, label: `${label}：${labelOf(value)}`, mine: own.includes(value) ? value : '', theirs: other.includes(value) ? value : '', mineText: own.includes(value) ? '選ぶ' : '選ばない', theirsText: other.includes(value) ? '選ぶ' : '選ばない',
      }));
    }
    const shown = SHOWN[kind] ?? ((text: string): string => text);
    const [own, other] = [shown(textIn(mine, name)), shown(textIn(theirs, name))];
    return [{ name, label, mine: own, theirs: other, ...(kind === 'select' ? { mineText: labelOf(own), theirsText: labelOf(other) } : {}) }];
  });
}

function pairConflict(label: string, mine: readonly Pair[], theirs: readonly Pair[]): ConflictField[] {
  return Array.from({ length: Math.max(mine.length, theirs.length) }, (_, n) => n).flatMap((n) => [
    { name: PAIR[0], label: `${label}　${n + 1}行目の用語`, mine: mine[n]?.term ?? '', theirs: theirs[n]?.term ?? '' }, { name: PAIR[1], label: `${label}　${n + 1}行目の定義`, mine: mine[n]?.text ?? '', theirs: theirs[n]?.text ?? '' },
  ]);
}

/** A stored day as a form shows it. */
export const dayText = (iso: string | null): string => (iso === null ? '' : formatEra(iso));

const shownDay = (text: string): string => {
  const iso = parseJapaneseDate(text);
  return iso === null ? text : formatEra(iso);
};

const shownYear = (text: string): string => {
  const year = parseFiscalYear(text);
  return year === null ? text : formatFiscalYear(year);
};

/** So that both sides say the same thing in the same way. */
const SHOWN: Readonly<Partial<Record<FieldSpec['kind'], (text: string) => string>>> = { day: shownDay, year: shownYear };
