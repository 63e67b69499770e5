import { asked, type TypedAnswers } from '../../assessments/threshold-judgement.service.js';
import type { Level, ThresholdJudgement } from '../../assessments/threshold.js';
import { formatEra } from '../../engine/dates.js';
import type { CompiledForm, CompiledItem } from '../../engine/form-index.js';
import type { AnswerValue, ChoiceAnswer, Code } from '../../engine/form.js';
import { parseNumberText } from '../../engine/answers.js';
import { Reading } from '../../engine/reading.js';
import type { Weighed } from '../../assessments/threshold-judgement.service.js';

/** Texts of the fields as they were typed, by item. */
export type Typed = Record<Code, string>;

export const LEVELS: Record<Level, { label: string; tone: string }> = {
  none: { label: '評価の義務なし', tone: '' },
  basic: { label: '基礎項目評価', tone: 'green' },
  priority: { label: '基礎項目評価と重点項目評価', tone: 'amber' },
  full: { label: '基礎項目評価と全項目評価', tone: 'red' },
};
export const DOCUMENTS = { basic: '基礎項目評価書', priority: '重点項目評価書', full: '全項目評価書' } as const;

export function typedOf(form: CompiledForm, sent: unknown): Typed {
  const body = (typeof sent === 'object' && sent !== null ? sent : {}) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(asked(form).map(({ code }) => [code, typeof body[code] === 'string' ? (body[code]) : '']));
}

/** Typed texts as answers; a number may be full-width and have commas. Blanks are left out. */
export function answersOf(form: CompiledForm, typed: Typed): TypedAnswers {
  const answers: Record<Code, unknown> = {};
  for (const { code, item } of asked(form)) {
    const text = (typed[code] ?? '').trim();
    if (text === '') continue;
    if (item.kind === 'number') answers[code] = parseNumberText(text) ?? text;
    else answers[code] = item.kind === 'choice' ? { choice: text } : text;
  }
  return answers;
}

/** Fields of a kept judgement, for judging once more. */
export function typedFrom(form: CompiledForm, answers: Readonly<Record<Code, AnswerValue>>): Typed {
  return Object.fromEntries(asked(form).map(({ code, item }) => {
    const value = Object.hasOwn(answers, code) ? answers[code] : undefined;
    if (value === undefined) return [code, ''];
    if (item.kind === 'number') return [code, Number(value).toLocaleString('en-US')];
    return [code, item.kind === 'choice' ? (value as ChoiceAnswer).choice : String(value)];
  }));
}

/** The questions as the page shows them, by block; questions that are not asked now are left out. */
export function questionBlocks(form: CompiledForm, typed: Typed, errors: Readonly<Record<string, string>>): object[] {
  const reading = new Reading(form, { rows: [], answers: answersOf(form, typed) as Record<Code, AnswerValue> });
  const shown = asked(form).filter((one) => reading.visible(one, null) !== 'no');
  return form.sections.flatMap(({ section }) => section.blocks).flatMap((block) => {
    const questions = shown.filter((one) => one.block === block).map((one) => question(form, one, typed[one.code] ?? '', errors[one.code] ?? ''));
    return questions.length === 0 ? [] : [{ heading: block.heading ?? '', questions }];
  });
}

function question(form: CompiledForm, { code, item, options }: CompiledItem, value: string, error: string): object {
  return {
    code, label: item.label, kind: item.kind, need: item.need === 'required', value, error,
    unit: item.kind === 'number' ? (item.unit ?? '') : '',
    asks: item.help?.asks ?? '', example: item.help?.example ?? '', mistake: item.help?.mistake ?? '',
    /** Other questions come or go with this one. */
    turns: form.dependents.has(code),
    options: [...(options?.values() ?? [])].map((one) => ({ code: one.code, label: one.label, chosen: one.code === value, id: `${code}--${one.code}` })),
  };
}

/** The result beside the questions. */
export function resultModel(weighed: Weighed): object {
  const blank = { state: 'open', level: '', tone: '', words: '', row: null, next: [] as object[], documents: [] as string[], problems: [] as object[], left: weighed.left };
  if (weighed.judgement !== null) return { ...blank, state: 'decided', ...judgementModel(weighed.judgement) };
  const outlook = weighed.outlook;
  const problems = weighed.problems.map((one) => ({ message: one.message, href: `#${one.path}` }));
  if (outlook === null || problems.length > 0) return { ...blank, state: problems.length > 0 ? 'wrong' : 'open', words: '', problems };
  if (outlook.mandatory !== null) return { ...blank, state: 'foreseen', level: LEVELS[outlook.mandatory].label, tone: LEVELS[outlook.mandatory].tone, words: outlook.words };
  return { ...blank, words: Object.keys(weighed.answers).length === 0 ? '' : outlook.words };
}

export function judgementModel(judgement: ThresholdJudgement): { level: string; tone: string; words: string; row: object; next: object[]; documents: string[] } {
  const { label, tone } = LEVELS[judgement.result];
  const { basis, certainty, words } = judgement.decidingRow;
  return {
    level: label, tone, words: judgement.words,
    row: { basis, words, certainty: { A: '条文で確かめたもの', B: '公表資料で確かめたもの', C: '確認が要るもの' }[certainty] },
    next: judgement.next.map((one) => ({ words: one.words })),
    documents: judgement.documents.map((one) => DOCUMENTS[one]),
  };
}

/** Question and answer, for reading. */
export function answerFacts(form: CompiledForm, answers: Readonly<Record<Code, AnswerValue>>): { label: string; value: string }[] {
  return asked(form).filter(({ code }) => Object.hasOwn(answers, code)).map(({ code, item, options }) => {
    const value = answers[code]!;
    if (item.kind === 'number') return { label: item.label, value: `${Number(value).toLocaleString('en-US')}${item.unit ?? ''}` };
    if (item.kind === 'choice') return { label: item.label, value: options?.get((value as ChoiceAnswer).choice)?.label ?? (value as ChoiceAnswer).choice };
    return { label: item.label, value: formatEra(String(value)) };
  });
}
