/** The questions of a questionnaire ready for work, and where each of them is answered. */
import { indexForm, type CompiledForm } from '../engine/form-index.js';
import { splitAddress, type Address, type AnswerSet, type Code, type Row } from '../engine/form.js';
import { rowTitle } from '../engine/places.js';
import type { Reading } from '../engine/reading.js';
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

/** The answers and rows that are there. The rows of a questionnaire lie at its root. */
export function answerSetOf(stored: Iterable<Pick<ResponseAnswer, 'item' | 'value'>>, rows: readonly Row[]): AnswerSet {
  const answers: AnswerSet['answers'] = {};
  for (const { item, value } of stored) if (value !== null) answers[item] = value;
  return { rows: [...rows], answers };
}

/** What an address is called within a page. */
export const keyOfAddress = (address: Address): string => address.replace('@', '--');
export const anchorOfQuestion = (address: Address): string => `q-${keyOfAddress(address)}`;

/** Page and place where the department answers a question; undefined for what is no question. */
export function questionHref(responseId: string, form: CompiledForm, address: Address): string | undefined {
  const found = form.byCode.get(splitAddress(address).item);
  return found === undefined ? undefined : `/responses/${responseId}?section=${encodeURIComponent(found.section.code)}#${anchorOfQuestion(address)}`;
}

const NUMBERED = /^(?:問|Q|設問|[0-9０-９①-⑳㉑-㉟㊱-㊿(（Ⅰ-Ⅻ])/u;

/** The same problems, with the question named as its page names it (問20 …), not by the number of its section. */
export function calledByNumber(form: CompiledForm, problems: readonly Problem[]): Problem[] {
  const numbers = questionNumbers(form);
  return problems.map((problem) => {
    const item = form.byCode.get(splitAddress(problem.path).item);
    const number = numbers.get(item?.groups[0] ?? item?.code ?? '') ?? '';
    if (number === '' || item === undefined) return problem;
    return { ...problem, message: problem.message.replace(`「${item.name}」`, `「${number}　${item.item.label}」`).replace(`「${item.name}（`, `「${number}　${item.item.label}（`) };
  });
}

/**
 * 問1, 問2, … in printed order; blank for what is not answered, and for all where the labels bring numbers of their own. Repeated
 * rows are one question.
 */
export function questionNumbers(form: CompiledForm): Map<Code, string> {
  const questions = form.items.filter(({ item, groups }) => groups.length === 0 && item.kind !== 'fixed' && item.kind !== 'computed');
  const own = questions.some(({ item }) => NUMBERED.test(item.label));
  return new Map(questions.map(({ code }, n) => [code, own ? '' : `問${n + 1}`]));
}

/** `事故の一覧　事故2「持出し」　発生日`; the row without its number once it is gone. */
export function addressLabel(reading: Reading, address: Address): string {
  const { item: code, row: id } = splitAddress(address);
  const item = reading.form.byCode.get(code);
  if (item === undefined) return code;
  const group = id === null ? undefined : reading.form.byCode.get(item.item.kind === 'group' ? code : (item.groups.at(-1) ?? ''));
  if (id === null || group?.item.kind !== 'group') return item.item.label;
  const row = reading.row(id);
  return [group.item.label, row === undefined ? `${group.item.unit}（外した行）` : rowTitle(reading, row), ...(group === item ? [] : [item.item.label])].join('　');
}
