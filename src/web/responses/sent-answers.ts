/** What the form of a section sends, question by question; its fields are named `<code>.value`, `<code>.choice`, … Pure. */
import type { AnswerChange, AnswerSide, StoredSide } from '../../audits/response-saving.js';
import { emptyAnswer } from '../../engine/blanks.js';
import { sameAnswer } from '../../engine/compare.js';
import type { CompiledItem } from '../../engine/form-index.js';
import type { AnswerValue, Code } from '../../engine/form.js';
import type { Conflict } from '../../kernel/errors.js';
import { fieldsUnder, typedAnswer, type Fields } from '../fields/field-input.js';

export const prefixOf = (code: Code): string => `${code}.`;

/** What the page showed, to tell later whether the person changed it. */
export const shownBefore = (value: AnswerValue | null): string => JSON.stringify(value);

/**
 * Answers that the person wrote or confirmed; what was not touched is left as it is. A number or day that cannot be read is the
 * text that was typed, for the engine to refuse. Questions of which the person keeps what is stored (`keep.<code>`) are left out.
 */
export function sentAnswers(items: readonly CompiledItem[], body: Fields): AnswerChange[] {
  return items.flatMap(({ code, item }): AnswerChange[] => {
    const fields = lineEnds(fieldsUnder(body, prefixOf(code)));
    if (fields.seen === undefined || body[`keep.${code}`] === 'theirs' || item.kind === 'fixed' || item.kind === 'computed' || item.kind === 'group') return [];
    const typed = typedAnswer(item, fields);
    const value = emptyAnswer(typed as AnswerValue | null) ? null : typed;
    const confirm = fields.confirm === 'yes';
    if (!confirm && sameAnswer(value, shown(fields.was))) return [];
    return [{ item: code, value, seen: wholeOf(fields.seen), ...(confirm ? { confirm } : {}) }];
  });
}

/** A browser sends the ends of lines as `\r\n`. */
const lineEnds = (fields: Fields): Fields => Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? value.replace(/\r\n?/gu, '\n') : value]));

function shown(was: unknown): unknown {
  try {
    return JSON.parse(String(was));
  } catch {
    // A page that does not say what it showed: whatever was sent counts as written by the person.
    return undefined;
  }
}

const wholeOf = (value: unknown): number => (typeof value === 'string' && /^\d{1,9}$/u.test(value) ? Number(value) : Number.NaN);

/** Both sides of each answer of a stale save. */
export function sidesOf({ sides }: Conflict): { item: Code; mine: AnswerSide; theirs: StoredSide }[] {
  const current = (sides?.current ?? []) as StoredSide[];
  return ((sides?.sent ?? []) as AnswerSide[]).map((mine, n) => ({ item: mine.item, mine, theirs: current[n]! }));
}
