/** Values of the register's items: checked, merged into what is there, and as a person reads them. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { checkAnswer } from '../engine/answers.js';
import { emptyAnswer } from '../engine/blanks.js';
import { formatEra, isIsoDate } from '../engine/dates.js';
import type { CompiledForm, CompiledItem } from '../engine/form-index.js';
import type { AnswerValue, ChoiceItem, Code, Item } from '../engine/form.js';
import type { Problem } from '../kernel/errors.js';

export type RegisterValues = Record<Code, AnswerValue>;

export interface MergedRegister {
  register: RegisterValues;
  /** Null: blank. */
  changed: { code: Code; before: AnswerValue | null; after: AnswerValue | null }[];
  problems: Problem[];
}

/** Where a register item stands in the journal and in problems. */
export const registerPath = (code: Code): string => `register/${code}`;

/** @param patch values by item as they came in; null or a blank value takes the item away */
export function mergeRegister(form: CompiledForm, before: Readonly<RegisterValues>, patch: Readonly<Record<Code, unknown>>): MergedRegister {
  const problems: Problem[] = [];
  const register: RegisterValues = { ...before };
  for (const [code, value] of Object.entries(patch)) {
    const compiled = form.byCode.get(code);
    const problem = compiled === undefined ? unknownItem(code) : countedItem(compiled);
    if (problem !== null) {
      problems.push(problem);
      continue;
    }
    if (value === null || value === undefined) {
      delete register[code];
      continue;
    }
    const checked = checkAnswer(compiled!.item, value, form.definition, registerPath(code));
    problems.push(...checked.problems);
    if (checked.value === null) continue;
    if (emptyAnswer(checked.value)) delete register[code];
    else register[code] = checked.value;
  }
  problems.push(...dayProblems(form, register, new Set(Object.keys(patch))));
  const codes = Object.keys(patch).filter((code) => !isDeepStrictEqual(before[code], register[code]));
  return { register, problems, changed: codes.map((code) => ({ code, before: before[code] ?? null, after: register[code] ?? null })) };
}

function unknownItem(code: Code): Problem {
  return { code: 'unknown-item', path: registerPath(code.slice(0, 60)), message: `「${code.slice(0, 60)}」という項目は台帳にありません。台帳の項目を選んでください。` };
}

function countedItem({ code, item }: CompiledItem): Problem | null {
  if (item.kind !== 'number' || item.counted === undefined) return null;
  return { code: 'counted-item', path: registerPath(code), message: `「${item.label}」は利用課や契約から数えるため、直接は入力できません。利用課か契約を直してください。` };
}

/** Days that lie before the day after which they must come; only where one of the two was touched. */
function dayProblems(form: CompiledForm, register: RegisterValues, touched: ReadonlySet<Code>): Problem[] {
  return form.items.flatMap(({ code, item }) => {
    if (item.kind !== 'date' || item.notBefore === undefined || !(touched.has(code) || touched.has(item.notBefore))) return [];
    const [day, first] = [register[code], register[item.notBefore]];
    if (!isIsoDate(day) || !isIsoDate(first) || day >= first) return [];
    const label = form.byCode.get(item.notBefore)?.item.label ?? item.notBefore;
    return [{ code: 'date-order', path: registerPath(code), message: `「${item.label}」（${formatEra(day)}）が「${label}」（${formatEra(first)}）より前です。どちらかの日を直してください。` }];
  });
}

/** The item that says whether a system still runs; undefined where the register asks for nothing of the kind. */
export function lifecycleItem(form: CompiledForm): { code: Code; item: ChoiceItem; ended: Code; endedOn: Code } | undefined {
  for (const { code, item } of form.items) if (item.kind === 'choice' && item.lifecycle !== undefined) return { code, item, ...item.lifecycle };
  return undefined;
}

export function hasEnded(form: CompiledForm, register: Readonly<RegisterValues>): boolean {
  const lifecycle = lifecycleItem(form);
  return lifecycle !== undefined && choiceOf(register[lifecycle.code]) === lifecycle.ended;
}

/** Code of the chosen option; null when nothing is chosen. */
export function choiceOf(value: AnswerValue | undefined): Code | null {
  return typeof value === 'object' && 'choice' in value && value.choice !== '' ? value.choice : null;
}

/** As a person reads it, in one line; blank for nothing. */
export function valueText({ item, options }: Pick<CompiledItem, 'item' | 'options'>, value: AnswerValue | null | undefined): string {
  if (value === null || value === undefined || emptyAnswer(value)) return '';
  if (typeof value === 'number') return numberText(item, value);
  if (typeof value === 'string') return item.kind === 'date' ? formatEra(value) : value;
  const label = (code: Code): string => options?.get(code)?.label ?? code;
  if ('choice' in value) return `${label(value.choice)}${value.text === undefined ? '' : `（${value.text}）`}`;
  if ('checked' in value) return value.checked.map((code) => `${label(code)}${value.texts?.[code] === undefined ? '' : `（${value.texts[code]}）`}`).join('、');
  if (Array.isArray(value)) return value.map((one) => (typeof one === 'string' ? one : Object.values(one).join(' '))).join('、');
  return JSON.stringify(value);
}

/** 12か月; for 0 the words of the item, where it has some: 行っていない. */
function numberText(item: Item, value: number): string {
  if (item.kind !== 'number') return value.toLocaleString('ja-JP');
  return value === 0 && item.zero !== undefined ? item.zero : `${value.toLocaleString('ja-JP')}${item.unit ?? ''}`;
}
