/** What a form of declarations sends, control by control. Pure. */
import { emptyAnswer } from '../../engine/blanks.js';
import { sameAnswer } from '../../engine/compare.js';
import type { CompiledItem } from '../../engine/form-index.js';
import type { AnswerValue, Code } from '../../engine/form.js';
import type { DeclarationChange } from '../../systems/declaring.service.js';
import type { OwnDeclaration } from '../../systems/declaration-sheet.js';
import { fieldsUnder, typedAnswer, type Fields } from '../fields/field-input.js';

/** One control as it was sent; the fields of a control are named `<code>.choice`, `<code>.value`, `<code>.note`, … */
export interface SentControl {
  control: Code;
  /** Null for a blank; a number or day that cannot be read is the text that was typed. */
  value: unknown;
  note: string;
  /** Day of the declaration as it was typed; blank: today. */
  on: string;
  /** Version that the page showed, 0 when nothing was declared. */
  seen: number;
  /** The person wrote something else than the page showed. */
  touched: boolean;
}

export const prefixOf = (code: Code): string => `${code}.`;

/** What the page showed, to tell later whether the person changed it. A value that the catalogue no longer has is not shown. */
export function shownBefore(own: Pick<OwnDeclaration, 'value' | 'note' | 'fits'> | null): string {
  return JSON.stringify({ value: own?.fits === true ? own.value : null, note: own?.note ?? '' });
}

/** Controls that stand in the form. Those of which the person keeps what another has stored (`keep.<code>`) are left out. */
export function sentControls(items: readonly CompiledItem[], body: Fields): SentControl[] {
  return items.flatMap(({ code, item }): SentControl[] => {
    const fields = fieldsUnder(body, prefixOf(code));
    if (fields.seen === undefined || body[`keep.${code}`] === 'theirs') return [];
    const value = typedAnswer(item, fields);
    const sent = { control: code, value: emptyAnswer(value as AnswerValue | null) ? null : value, note: textOf(fields.note), on: textOf(fields.on), seen: wholeOf(fields.seen) };
    return [{ ...sent, touched: sent.on !== '' || !sameAs(sent, before(fields.was)) }];
  });
}

/** What is to be declared: what the person touched and what is not stored already just so. */
export function changesOf(sent: readonly SentControl[], stored: ReadonlyMap<Code, Pick<OwnDeclaration, 'value' | 'note'>>): DeclarationChange[] {
  return sent.filter((one) => one.touched && (one.on !== '' || !sameAs(one, stored.get(one.control) ?? null))).map(({ control, value, note, on, seen }) => ({
    control, value, note, seenVersion: seen, ...(on === '' ? {} : { declaredOn: on }),
  }));
}

function sameAs({ value, note }: Pick<SentControl, 'value' | 'note'>, other: { value: unknown; note: string } | null): boolean {
  return sameAnswer(value, other?.value ?? null) && note === (other?.note ?? '');
}

function before(was: unknown): { value: unknown; note: string } {
  try {
    const { value, note } = JSON.parse(String(was)) as { value: unknown; note: unknown };
    return { value: value ?? null, note: String(note) };
  } catch {
    // A page that does not say what it showed: whatever was sent counts as written by the person.
    return { value: undefined, note: '' };
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.replace(/\r\n?/gu, '\n').trim() : '';
}

function wholeOf(value: unknown): number {
  return typeof value === 'string' && /^\d{1,9}$/u.test(value) ? Number(value) : Number.NaN;
}
