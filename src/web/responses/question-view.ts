/** One question of a questionnaire, as its template draws it. Pure. */
import type { OpenedResponse } from '../../audits/answering.service.js';
import type { ResponseAnswer } from '../../audits/questionnaire.entity.js';
import { anchorOfQuestion } from '../../audits/response-form.js';
import { compute } from '../../engine/computed.js';
import type { CompiledItem } from '../../engine/form-index.js';
import type { Code } from '../../engine/form.js';
import type { Reading } from '../../engine/reading.js';
import { timeText } from '../assessments/assessment-view.js';
import { valueText } from '../assessments/value-text.js';
import { formField, type FieldModel } from '../fields/field-model.js';
import { prefixOf, shownBefore } from './sent-answers.js';

export interface SavedState {
  problems: string[];
  state: string;
  /** `ok`, `bad` or blank. */
  tone: string;
  conflict: ConflictShown | null;
}

export interface ConflictShown {
  item: Code;
  label: string;
  by: string;
  mine: string;
  theirs: string;
  version: number;
}

export interface QuestionView {
  code: Code;
  anchor: string;
  number: string;
  label: string;
  hidden: boolean;
  /** Null where the person only reads, and for what is not asked now. */
  field: FieldModel | null;
  partial: string;
  /** Names under which the question sends, for a save of this question alone. */
  params: string;
  support: string;
  example: string;
  mistake: string;
  required: boolean;
  /** The answer in words. */
  words: string;
  entered: boolean;
  prefilled: string;
  returned: boolean;
  seen: number;
  was: string;
  answer: SavedState;
  corrections: { at: string; by: string; reason: string; before: string; after: string }[];
}

/** What was typed and not saved, with why. */
export type UnsavedOf = (code: Code) => { value?: unknown; problems: string[] };

const silent = (): SavedState => ({ problems: [], state: '', tone: '', conflict: null });

export function questionView(opened: OpenedResponse, compiled: CompiledItem, number: string, unsavedOf: UnsavedOf = () => ({ problems: [] }), answer: SavedState = silent()): QuestionView {
  const { item, code } = compiled;
  const { form, reading, stored, editable, response, corrections } = opened;
  const hidden = !shown(reading, compiled);
  const entered = item.kind !== 'fixed' && item.kind !== 'computed' && item.kind !== 'group';
  const unsaved = unsavedOf(code);
  const kept = stored.get(code);
  const value = 'value' in unsaved ? unsaved.value : (kept?.value ?? null);
  const field = editable && entered && !hidden ? fieldOf(compiled, number, value, unsaved.problems, form.definition.optionSets) : null;
  return {
    code, anchor: anchorOfQuestion(code), number, label: item.label, hidden, field, partial: `fields/${item.kind}`, params: field === null ? '' : paramsOf(compiled, field), ...helpOf(compiled),
    required: entered && item.need === 'required', entered, words: wordsOf(opened, compiled), returned: response.status === 'returned' && response.returnedItems.includes(code), ...keptOf(kept), answer: unsaved.problems.length > 0 ? { ...answer, problems: unsaved.problems, state: '保存していません', tone: 'bad' } : answer,
    corrections: corrections.filter((one) => one.item === code).map((one) => ({
      at: timeText(one.madeAt), by: one.madeByName, reason: one.reason, before: valueText(item, one.before, compiled.options), after: valueText(item, one.after, compiled.options),
    })),
  };
}

/** A question waits until the answer before it decides that it is asked; what is answered already is always seen. */
function shown(reading: Reading, compiled: CompiledItem): boolean {
  const visible = reading.visible(compiled, null);
  return visible === 'yes' || (visible === 'unknown' && reading.answer(compiled.code) !== undefined);
}

function keptOf(kept: ResponseAnswer | undefined): Pick<QuestionView, 'prefilled' | 'seen' | 'was'> {
  return { prefilled: kept?.prefilledFrom ?? '', seen: kept?.version ?? 0, was: shownBefore(kept?.value ?? null) };
}

function helpOf({ item }: CompiledItem): Pick<QuestionView, 'support' | 'example' | 'mistake'> {
  return { support: item.help?.asks ?? '', example: item.help?.example ?? '', mistake: item.help?.mistake ?? '' };
}

function wordsOf({ reading, stored }: OpenedResponse, compiled: CompiledItem): string {
  if (compiled.item.kind === 'fixed') return compiled.item.text;
  if (compiled.item.kind !== 'computed') return valueText(compiled.item, stored.get(compiled.code)?.value, compiled.options);
  const computed = compute(reading, compiled, null);
  return computed === null ? '' : valueText(computed.of?.item ?? compiled.item, computed.value, computed.of?.options ?? compiled.options);
}

function fieldOf(compiled: CompiledItem, number: string, value: unknown, problems: string[], optionSets: OpenedResponse['form']['definition']['optionSets']): FieldModel {
  const field = formField(compiled, value, { prefix: prefixOf(compiled.code), problems, optionSets });
  return { ...field, under: [number, field.under].filter((one) => one !== '').join(' ') };
}

function paramsOf({ code, item, options }: CompiledItem, { control }: FieldModel): string {
  const ofOptions = [...(options?.keys() ?? [])].flatMap((one) => [`text.${one}`, `count.${one}`]);
  const cells = item.kind === 'table' ? (control as { rows: { cells: { name: string }[] }[] }).rows.flatMap(({ cells: all }) => all.map(({ name }) => name)) : [];
  return ['value', 'choice', 'checked', 'text', 'count', 'from', 'to', ...ofOptions, ...cells, 'confirm', 'seen', 'was'].map((one) => `${prefixOf(code)}${one}`).join(',');
}
