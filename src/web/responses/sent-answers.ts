/** What the form of a section sends, question by question; its fields are named `<address>.value`, `<address>.choice`, … Pure. */
import { NO_ROWS, type RowChanges } from '../../audits/response-rows.js';
import type { AnswerChange, AnswerSide, StoredSide } from '../../audits/response-saving.js';
import { emptyAnswer } from '../../engine/blanks.js';
import { sameAnswer } from '../../engine/compare.js';
import type { CompiledForm, CompiledSection } from '../../engine/form-index.js';
import { addressOf, type Address, type AnswerValue, type Code } from '../../engine/form.js';
import type { Instance } from '../../engine/reading.js';
import type { Conflict } from '../../kernel/errors.js';
import { fieldsUnder, typedAnswer, type Fields } from '../fields/field-input.js';

export const prefixOf = (address: Address): string => `${address}.`;

/** What the page showed, to tell later whether the person changed it. */
export const shownBefore = (value: AnswerValue | null): string => JSON.stringify(value);

/**
 * Answers that the person wrote or confirmed; what was not touched is left as it is. A number or day that cannot be read is the
 * text that was typed, for the engine to refuse. Questions of which the person keeps what is stored (`keep.<address>`) are left out.
 */
export function sentAnswers(instances: readonly Pick<Instance, 'address' | 'item'>[], body: Fields): AnswerChange[] {
  return instances.flatMap(({ address, item: { item } }): AnswerChange[] => {
    const fields = lineEnds(fieldsUnder(body, prefixOf(address)));
    if (fields.seen === undefined || body[`keep.${address}`] === 'theirs' || item.kind === 'fixed' || item.kind === 'computed' || item.kind === 'group') return [];
    const typed = typedAnswer(item, fields);
    const value = emptyAnswer(typed as AnswerValue | null) ? null : typed;
    const confirm = fields.confirm === 'yes';
    if (!confirm && sameAnswer(value, shown(fields.was))) return [];
    return [{ item: address, value, seen: wholeOf(fields.seen), ...(confirm ? { confirm } : {}) }];
  });
}

/** Questions of a section that the form may have, with those of its rows and of rows that are gone since. */
export function instancesSent(form: CompiledForm, section: CompiledSection, body: Fields): Pick<Instance, 'address' | 'item'>[] {
  const known = form.items.filter((item) => item.section === section);
  const rows = new Map<Code, Set<string>>();
  for (const name of Object.keys(body)) {
    const found = /^([^@.]+)@([0-9a-f-]{36})\.seen$/u.exec(name);
    if (found !== null) rows.set(found[1]!, (rows.get(found[1]!) ?? new Set()).add(found[2]!));
  }
  return known.flatMap((item) => (item.groups.length === 0 ? [{ address: item.code, item }] : [...(rows.get(item.code) ?? [])].map((row) => ({ address: addressOf(item.code, row), item }))));
}

/** `add:<group>` or `remove:<row>`, the button that was pressed. A row of which the person keeps anything that others wrote stays. */
export function sentRows(body: Fields, newId: () => string): RowChanges {
  const [what = '', which = ''] = typeof body.row === 'string' ? body.row.split(':') : [];
  if (what === 'add') return { added: [{ id: newId(), group: which }], removed: [] };
  if (what !== 'remove') return NO_ROWS;
  const seen = Object.entries(body).flatMap(([name, value]): [Address, number][] => (name.endsWith(`@${which}.seen`) ? [[name.slice(0, -'.seen'.length), wholeOf(value)]] : []));
  const kept = Object.entries(body).some(([name, value]) => name.startsWith('keep.') && name.endsWith(`@${which}`) && value === 'theirs');
  return kept ? NO_ROWS : { added: [], removed: [{ id: which, seen: Object.fromEntries(seen) }] };
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
export function sidesOf({ sides }: Conflict): { item: Address; mine: AnswerSide; theirs: StoredSide }[] {
  const current = (sides?.current ?? []) as StoredSide[];
  return ((sides?.sent ?? []) as AnswerSide[]).map((mine, n) => ({ item: mine.item, mine, theirs: current[n]! }));
}
