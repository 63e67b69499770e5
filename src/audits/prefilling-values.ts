/** What the register or a declaration says, as the answer of a question. Pure. */
import { checkAnswer } from '../engine/answers.js';
import { emptyAnswer } from '../engine/blanks.js';
import { formatEra } from '../engine/dates.js';
import type { CompiledForm, CompiledItem } from '../engine/form-index.js';
import type { AnswerValue, Code, Option } from '../engine/form.js';
import { Reading } from '../engine/reading.js';
import type { Catalogue } from '../systems/catalogue.js';
import type { KnownFacts } from '../systems/facts.js';
import { valueText } from '../systems/register-values.js';
import type { Prefilling } from './questionnaire.entity.js';

export interface Prefilled {
  item: Code;
  value: AnswerValue;
  /** Where it comes from, in words. */
  from: string;
}

export interface KnownSystem {
  name: string;
  facts: KnownFacts;
  /** What the department that is asked uses, by what is counted; nothing where it does not use the system, or does not say. */
  own?: Readonly<Record<string, number>>;
  /** ISO day on which the facts were looked up. */
  on: string;
}

/**
 * What is known of the system for the questions that name a source, in printed order. A fact that does not fit its question, or
 * whose question is not asked given the others, is left out.
 */
export function prefilledAnswers(form: CompiledForm, prefilling: Readonly<Record<Code, Prefilling>>, catalogue: Pick<Catalogue, 'register' | 'controls'>, system: KnownSystem): Prefilled[] {
  let found = form.items.flatMap((question): Prefilled[] => {
    const source = Object.hasOwn(prefilling, question.code) ? prefilling[question.code] : undefined;
    const item = source === undefined ? undefined : (source.from === 'register' ? catalogue.register : catalogue.controls).byCode.get(source.code);
    const fact = source === undefined || item === undefined ? undefined : factOf(source, item, system);
    if (item === undefined || source === undefined || fact === undefined) return [];
    const value = asAnswer(question, form, item, fact);
    return value === null ? [] : [{ item: question.code, value, from: wordsOf(source, item, system) }];
  });
  for (;;) {
    const reading = new Reading(form, { rows: [], answers: Object.fromEntries(found.map(({ item, value }) => [item, value])) });
    const asked = found.filter(({ item }) => reading.visible(form.byCode.get(item)!, null) !== 'no');
    if (asked.length === found.length) return found;
    found = asked;
  }
}

function factOf({ code, of }: Prefilling, { item }: CompiledItem, { facts, own = {} }: KnownSystem): AnswerValue | undefined {
  if (of === 'department') return item.kind === 'number' && item.counted !== undefined && Object.hasOwn(own, item.counted) ? own[item.counted] : undefined;
  return Object.hasOwn(facts.values, code) ? facts.values[code] : undefined;
}

function asAnswer(question: CompiledItem, form: CompiledForm, source: CompiledItem, fact: AnswerValue): AnswerValue | null {
  const value = converted(question, source, fact);
  if (value === null) return null;
  const checked = checkAnswer(question.item, value, form.definition);
  return checked.value === null || emptyAnswer(checked.value) ? null : checked.value;
}

function converted(question: CompiledItem, source: CompiledItem, fact: AnswerValue): AnswerValue | null {
  switch (question.item.kind) {
    case 'text': case 'long-text': return valueText(source, fact);
    case 'number': return typeof fact === 'number' ? fact : null;
    case 'date': return source.item.kind === 'date' && typeof fact === 'string' ? fact : null;
    case 'date-text': return typeof fact === 'string' ? (source.item.kind === 'date' ? formatEra(fact) : fact) : null;
    case 'choice': return choiceOf(question, source, fact);
    case 'checks': return checksOf(question, source, fact);
    default: return null;
  }
}

/** Options mean the same when they have the same code, or else the same label. */
function sameOption(question: CompiledItem, source: CompiledItem, code: Code): Option | undefined {
  const label = source.options?.get(code)?.label;
  return question.options?.get(code) ?? [...(question.options?.values() ?? [])].find((one) => one.label === label);
}

function choiceOf(question: CompiledItem, source: CompiledItem, fact: AnswerValue): AnswerValue | null {
  if (typeof fact !== 'object' || !('choice' in fact)) return null;
  const option = sameOption(question, source, fact.choice);
  if (option === undefined) return null;
  return option.text === true && fact.text !== undefined ? { choice: option.code, text: fact.text } : { choice: option.code };
}

function checksOf(question: CompiledItem, source: CompiledItem, fact: AnswerValue): AnswerValue | null {
  const codes = typeof fact !== 'object' ? [] : 'choice' in fact ? [fact.choice] : 'checked' in fact ? fact.checked : [];
  const texts: Record<Code, string> = {};
  const checked = codes.flatMap((code) => {
    const option = sameOption(question, source, code);
    if (option === undefined) return [];
    const text = typeof fact === 'object' && 'checked' in fact ? fact.texts?.[code] : undefined;
    if (option.text === true && text !== undefined) texts[option.code] = text;
    return [option.code];
  });
  // A part of what is known would be a wrong answer.
  if (checked.length !== codes.length || checked.length === 0) return null;
  return { checked, ...(Object.keys(texts).length > 0 ? { texts } : {}) };
}

function wordsOf({ from, code, of }: Prefilling, { item }: CompiledItem, { name, facts, on }: KnownSystem): string {
  const day = `${formatEra(on)}現在`;
  if (from === 'register') return `システム台帳「${name}」の「${item.label}」${of === 'department' ? 'のうち回答する部署の分' : ''}（${day}）`;
  const platform = Object.hasOwn(facts.inherited, code) ? `、「${facts.inherited[code]}」から引継ぎ` : '';
  return `「${name}」の統制の申告「${item.label}」（${day}${platform}${facts.unapproved.includes(code) ? '、承認待ち' : ''}）`;
}
