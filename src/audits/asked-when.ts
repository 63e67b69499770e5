/** When a question is asked, in words for paper: a sheet cannot hide it. Pure. */
import type { CompiledForm } from '../engine/form-index.js';
import type { Code, Condition } from '../engine/form.js';

/** `問2が「はい」のときだけ答えます。`; null where the condition is more than a few words can say. */
export function askedWhen(form: CompiledForm, numbers: ReadonlyMap<Code, string>, condition: Condition): string | null {
  const said = phrase(form, numbers, condition);
  return said === null ? null : `${said.words}${said.noun ? 'の' : ''}ときだけ答えます。`;
}

/** `noun`: needs a の before とき. */
interface Phrase { words: string; noun: boolean }

function phrase(form: CompiledForm, numbers: ReadonlyMap<Code, string>, condition: Condition): Phrase | null {
  if ('all' in condition) return joined(form, numbers, condition.all, '、かつ、');
  if ('any' in condition) return joined(form, numbers, condition.any, '、又は、');
  if (!('item' in condition)) return null;
  const item = form.byCode.get(condition.item);
  if (item === undefined) return null;
  const number = numbers.get(item.code) ?? '';
  const place = number === '' ? `「${item.item.label}」` : number;
  const option = (code: string | number | boolean): string => `「${item.options?.get(String(code))?.label ?? String(code)}」`;
  if ('is' in condition) return { words: `${place}が${option(condition.is)}`, noun: true };
  if ('isOneOf' in condition) return { words: `${place}が${condition.isOneOf.map(option).join('か')}`, noun: true };
  if ('includes' in condition) return { words: `${place}で${option(condition.includes)}を選んだ`, noun: false };
  if ('answered' in condition) return { words: `${place}に${condition.answered ? '答えた' : '答えない'}`, noun: false };
  if ('atLeast' in condition) return { words: `${place}が${condition.atLeast.toLocaleString('ja-JP')}以上`, noun: true };
  if ('atMost' in condition) return { words: `${place}が${condition.atMost.toLocaleString('ja-JP')}以下`, noun: true };
  return null;
}

function joined(form: CompiledForm, numbers: ReadonlyMap<Code, string>, conditions: readonly Condition[], by: string): Phrase | null {
  const said = conditions.flatMap((one) => phrase(form, numbers, one) ?? []);
  const last = said.at(-1);
  return last === undefined || said.length < conditions.length ? null : { words: said.map(({ words }) => words).join(by), noun: last.noun };
}
