/** The form of a system: what its fields mean, and how they are shown again. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { parseNumberText } from '../../engine/answers.js';
import type { CompiledItem } from '../../engine/form-index.js';
import type { AnswerValue, Code } from '../../engine/form.js';
import type { Problem } from '../../kernel/errors.js';
import type { Catalogue } from '../../systems/catalogue.js';
import type { SystemPatch } from '../../systems/register-changing.js';
import { registerPath, valueText } from '../../systems/register-values.js';
import { FIELD_NAMES, fieldText, KIND_NAMES } from '../../systems/system-history.js';
import type { SystemPage } from '../../systems/system-page.js';
import type { SystemKind } from '../../systems/system.entity.js';
import { fieldsUnder, typedAnswer, type Fields } from '../fields/field-input.js';
import { formField } from '../fields/field-model.js';

/** What stands in the form. A number that cannot be read is the text that was typed. */
export interface TypedSystem {
  name: string;
  kind: string;
  number: number | string | null;
  class: string;
  department: string;
  /** Items by code; null for a blank. */
  register: Record<Code, unknown>;
}

export interface Place { id: string; label: string }

/** Among what the form chooses. */
export interface FormChoices {
  classes: readonly Place[];
  departments: readonly Place[];
}

const OWN = ['name', 'kind', 'number', 'class', 'department'] as const;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const prefixOf = (code: Code): string => `item.${code}.`;

export const emptySystem = (departmentId: string): TypedSystem => ({ name: '', kind: 'system', number: null, class: '', department: departmentId, register: {} });

export function storedSystem(page: SystemPage): TypedSystem {
  const { name, kind, number, classId, departmentId } = page;
  return { name, kind, number, class: classId ?? '', department: departmentId, register: Object.fromEntries(page.sections.flatMap((one) => one.items).map(({ code, value }) => [code, value])) };
}

export function typedSystem(items: readonly CompiledItem[], body: Fields): TypedSystem {
  const number = text(body.number).trim();
  return {
    name: text(body.name), kind: text(body.kind), number: number === '' ? null : (parseNumberText(number) ?? number), class: text(body.class), department: text(body.department),
    register: Object.fromEntries(items.map(({ code, item }) => [code, typedAnswer(item, fieldsUnder(body, prefixOf(code)))])),
  };
}

/** @param left places (`name`, `register/<item>`) where the stored side was chosen: they are not changed */
export function patchOf(typed: TypedSystem, left: ReadonlySet<string>): SystemPatch & { register: Record<Code, unknown> } {
  const kept = (path: string): boolean => !left.has(path);
  return {
    ...(kept('name') ? { name: typed.name } : {}), ...(kept('kind') ? { kind: typed.kind as SystemKind } : {}),
    ...(kept('number') ? { number: typeof typed.number === 'string' ? Number.NaN : typed.number } : {}),
    ...(kept('class') ? { classId: typed.class === '' ? null : typed.class } : {}), ...(kept('department') ? { departmentId: typed.department } : {}),
    register: Object.fromEntries(Object.entries(typed.register).filter(([code]) => kept(registerPath(code)))),
  };
}

export function formView(catalogue: Catalogue, typed: TypedSystem, problems: readonly Problem[], { classes, departments }: FormChoices): object {
  const at = (path: string): string[] => problems.filter((one) => one.path === path).map((one) => one.message);
  const { optionSets } = catalogue.register.definition;
  const filledIn = new Set(catalogue.registerItems);
  const named = new Map(catalogue.registerItems.map((one) => [registerPath(one.code), `#i-${one.code}`]));
  return {
    typed: { name: typed.name, number: typed.number === null ? '' : String(typed.number) },
    kinds: Object.entries(KIND_NAMES).map(([code, label]) => ({ code, label, about: KIND_ABOUT[code as SystemKind], chosen: typed.kind === code })),
    classes: classes.map((one) => ({ ...one, chosen: one.id === typed.class })),
    departments: departments.map((one) => ({ ...one, chosen: one.id === typed.department })),
    sections: catalogue.register.sections.map(({ code, section }) => ({
      code, title: section.title,
      fields: catalogue.register.items.filter((one) => one.section.code === code && filledIn.has(one)).map((one) => {
        const field = formField(one, typed.register[one.code], { prefix: prefixOf(one.code), problems: at(registerPath(one.code)), optionSets });
        return { anchor: `i-${one.code}`, partial: `fields/${one.item.kind}`, field };
      }),
    })).filter((one) => one.fields.length > 0),
    errors: Object.fromEntries(OWN.map((field) => [field, at(field)[0] ?? ''])),
    problems: problems.map((one) => ({ message: one.message, href: named.get(one.path) ?? ((OWN as readonly string[]).includes(one.path) ? `#${one.path}` : '#main') })),
    base: JSON.stringify(typed),
  };
}

const KIND_ABOUT: Readonly<Record<SystemKind, string>> = {
  system: '業務に使う情報システム。点検の対象になります。',
  platform: 'データセンターや庁内の基盤のように、いくつものシステムが上に載るもの。ここで申告した統制を、上に載るシステムが引き継げます。',
};

// ---------------------------------------------------------------- two sides

export interface SideRow {
  path: string;
  label: string;
  mine: string;
  theirs: string;
  /** Who changed it can be told from the state in which the form was opened; blank where both did, or nobody knows. */
  suggested: 'mine' | 'theirs' | '';
}

interface Words {
  classes: ReadonlyMap<string, string>;
  departments: ReadonlyMap<string, string>;
}

/** Where the form and the stored system differ, in words. @param base the system as it stood when the form was opened */
export function sidesOf(items: readonly CompiledItem[], mine: TypedSystem, theirs: TypedSystem, base: TypedSystem | null, words: Words): SideRow[] {
  const own = OWN.map((field) => ({ path: field as string, label: FIELD_NAMES[field]!, of: (one: TypedSystem): unknown => one[field] ?? null, words: (value: unknown) => ownWords(field, value, words) }));
  const registered = items.map((one) => ({ path: registerPath(one.code), label: one.item.label, of: (side: TypedSystem): unknown => side.register[one.code] ?? null, words: (value: unknown) => valueText(one, value as AnswerValue | null) }));
  return [...own, ...registered].flatMap((field): SideRow[] => {
    const [a, b] = [plain(field.of(mine)), plain(field.of(theirs))];
    if (isDeepStrictEqual(a, b)) return [];
    const was = base === null ? undefined : plain(field.of(base));
    return [{ path: field.path, label: field.label, mine: field.words(field.of(mine)), theirs: field.words(field.of(theirs)), suggested: base === null ? '' : isDeepStrictEqual(was, b) ? 'mine' : isDeepStrictEqual(was, a) ? 'theirs' : '' }];
  });
}

function ownWords(field: (typeof OWN)[number], value: unknown, { classes, departments }: Words): string {
  if (field === 'class') return classes.get(String(value)) ?? '';
  if (field === 'department') return departments.get(String(value)) ?? '';
  return fieldText(field, value);
}

/** Line ends of a form are those of the browser; a blank text is nothing. */
function plain(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/\r\n?/gu, '\n').trim();
  return value !== null && typeof value === 'object' ? JSON.parse(JSON.stringify(value).replace(/\\r\\n/gu, '\\n')) : (value ?? null);
}

/** The hidden field `base`; null for anything that is no such state. */
export function baseOf(sent: unknown): TypedSystem | null {
  try {
    const read = JSON.parse(text(sent)) as TypedSystem | null;
    return typeof read === 'object' && read !== null && typeof read.register === 'object' && read.register !== null ? read : null;
  } catch {
    return null;
  }
}

/** `keep.<place>` = `theirs` of the page with both sides. */
export function leftAlone(body: Fields): ReadonlySet<string> {
  return new Set(Object.entries(fieldsUnder(body, 'keep.')).filter(([, side]) => side === 'theirs').map(([path]) => path));
}
