import { checkAnswer } from '../engine/answers.js';
import { emptyAnswer } from '../engine/blanks.js';
import { formatEra } from '../engine/dates.js';
import type { CompiledForm, CompiledItem } from '../engine/form-index.js';
import { addressOf, type AnswerSet, type AnswerValue, type Code, type Item, type Option, type Row } from '../engine/form.js';
import type { FormCode, Level, ThresholdJudgement } from './threshold.js';

/** What the place of keeping knows of a new document. A fact that is not given fills nothing. */
export type Facts = Partial<Record<NonNullable<Item['prefilledFrom']>, string | null>>;

/** The judgement from which a document is begun: its answers by item of the threshold form, and its result. */
export interface JudgedAnswers {
  threshold: CompiledForm;
  answers: Readonly<Record<Code, unknown>>;
  result: Pick<ThresholdJudgement, 'thresholdResultOption'>;
}

/** Fills the items that say so (`prefilledFrom`, `prefilledBy`), in every row there is; what does not fit the item is left blank. */
export function prefilled(form: CompiledForm, rows: readonly Row[], facts: Facts, judged: JudgedAnswers | null): AnswerSet['answers'] {
  const answers: AnswerSet['answers'] = {};
  for (const compiled of form.items) {
    const value = valueFor(form, compiled, facts, judged);
    if (value === null) continue;
    const group = compiled.groups.at(-1);
    const places = group === undefined ? [null] : rows.filter((row) => row.group === group).map((row) => row.id);
    for (const row of places) answers[addressOf(compiled.code, row)] = value;
  }
  return answers;
}

function valueFor(form: CompiledForm, { item, options }: CompiledItem, facts: Facts, judged: JudgedAnswers | null): AnswerValue | null {
  const fact = item.prefilledFrom === undefined ? null : (facts[item.prefilledFrom] ?? null);
  const value = fact ?? (item.prefilledBy === undefined || judged === null ? null : fromJudgement(form, item, [...(options?.values() ?? [])], judged));
  if (value === null) return null;
  const checked = checkAnswer(item, value, form.definition);
  return checked.problems.length > 0 || emptyAnswer(checked.value) ? null : checked.value;
}

function fromJudgement(form: CompiledForm, item: Item, options: readonly Option[], { threshold, answers, result }: JudgedAnswers): unknown {
  const source = threshold.byCode.get(item.prefilledBy!)?.item;
  if (source?.kind === 'computed') {
    const level: Level | null = result.thresholdResultOption[form.definition.form as FormCode] ?? null;
    return source.compute.rule === 'threshold-result' && level !== null ? { choice: level } : null;
  }
  const given = Object.hasOwn(answers, item.prefilledBy!) ? answers[item.prefilledBy!] : undefined;
  if (given === undefined || given === null) return null;
  if (item.kind === 'choice') return optionFor(options, given);
  if (item.kind === 'date-text' && source?.kind === 'date' && typeof given === 'string') return formatEra(given);
  return given;
}

/** The band that holds a number, or the option of the same code; null where there is none. */
function optionFor(options: readonly Option[], given: unknown): { choice: Code } | null {
  const isBand = (one: Option): boolean => one.atLeast !== undefined || one.below !== undefined;
  const said = typeof given === 'object' && given !== null && 'choice' in given ? given.choice : given;
  const found = typeof said === 'number'
    ? options.find((one) => isBand(one) && said >= (one.atLeast ?? -Infinity) && said < (one.below ?? Infinity))
    : options.find((one) => one.code === said);
  return found === undefined ? null : { choice: found.code };
}
