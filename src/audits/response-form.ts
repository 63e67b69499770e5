/** The questions of a questionnaire ready for work, and where each of them is answered. */
import { indexForm, type CompiledForm } from '../engine/form-index.js';
import type { AnswerSet, Code } from '../engine/form.js';
import type { Problem } from '../kernel/errors.js';
import type { Questionnaire, ResponseAnswer } from './questionnaire.entity.js';

/** Definitions kept compiled; far more than one municipality has open at a time. */
const KEPT = 50;
const compiled = new Map<string, CompiledForm>();

/** Compiled once per definition, whose hash names it. A draft, whose definition still changes, is compiled anew. */
export function formOf({ definition, definitionHash, status }: Pick<Questionnaire, 'definition' | 'definitionHash' | 'status'>): CompiledForm {
  if (status === 'draft') return indexForm(definition);
  const known = compiled.get(definitionHash);
  if (known !== undefined) return known;
  if (compiled.size >= KEPT) compiled.delete(compiled.keys().next().value!);
  const form = indexForm(definition);
  compiled.set(definitionHash, form);
  return form;
}

/** The answers that are there. A questionnaire has no repeated groups. */
export function answerSetOf(stored: Iterable<Pick<ResponseAnswer, 'item' | 'value'>>): AnswerSet {
  const answers: AnswerSet['answers'] = {};
  for (const { item, value } of stored) if (value !== null) answers[item] = value;
  return { rows: [], answers };
}

export const anchorOfQuestion = (item: Code): string => `q-${item}`;

/** Page and place where the department answers a question; undefined for what is no question. */
export function questionHref(responseId: string, form: CompiledForm, item: Code): string | undefined {
  const found = form.byCode.get(item);
  return found === undefined ? undefined : `/responses/${responseId}?section=${encodeURIComponent(found.section.code)}#${anchorOfQuestion(item)}`;
}

const NUMBERED = /^(?:問|Q|設問|[0-9０-９①-⑳㉑-㉟㊱-㊿(（Ⅰ-Ⅻ])/u;

/** The same problems, with the question named as its page names it (問20 …), not by the number of its section. */
export function calledByNumber(form: CompiledForm, problems: readonly Problem[]): Problem[] {
  const numbers = questionNumbers(form);
  return problems.map((problem) => {
    const number = numbers.get(problem.path) ?? '';
    const item = form.byCode.get(problem.path);
    return number === '' || item === undefined ? problem : { ...problem, message: problem.message.replace(`「${item.name}」`, `「${number}　${item.item.label}」`) };
  });
}

/** 問1, 問2, … in printed order; blank for what is not answered, and for all where the labels bring numbers of their own. */
export function questionNumbers(form: CompiledForm): Map<Code, string> {
  const questions = form.items.filter(({ item }) => item.kind !== 'fixed' && item.kind !== 'computed' && item.kind !== 'group');
  const own = questions.some(({ item }) => NUMBERED.test(item.label));
  return new Map(questions.map(({ code }, n) => [code, own ? '' : `問${n + 1}`]));
}
