/** One question of a questionnaire, or repeated rows with theirs, as the template draws it. Pure. */
import { answerWords, saidWords } from '../../audits/answer-words.js';
import type { OpenedResponse } from '../../audits/answering.service.js';
import type { ResponseAnswer } from '../../audits/questionnaire.entity.js';
import { addressLabel, anchorOfQuestion, keyOfAddress } from '../../audits/response-form.js';
import type { CompiledItem } from '../../engine/form-index.js';
import { addressOf, splitAddress, type Address, type AnswerValue, type Code } from '../../engine/form.js';
import { rowTitle } from '../../engine/places.js';
import type { PlacedRow, Reading } from '../../engine/reading.js';
import { timeText } from '../assessments/assessment-view.js';
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
  item: Address;
  label: string;
  by: string;
  mine: string;
  theirs: string;
  version: number;
}

export interface QuestionView {
  /** Address: `item`, or `item@row`. */
  code: Address;
  /** The same within names of a page. */
  key: string;
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
  corrections: { label: string; at: string; by: string; reason: string; before: string; after: string }[];
  /** Pictures may be sent to it. */
  upload: boolean;
  /** Pictures of an answer that is only read. */
  pictures: { source: string; caption: string }[];
  /** Of repeated rows; null for a question. */
  group: GroupView | null;
}

export interface GroupView {
  code: Code;
  unit: string;
  editable: boolean;
  problems: string[];
  rows: { id: string; anchor: string; title: string; open: boolean; last: boolean; questions: QuestionView[] }[];
}

/** What was typed and not saved, with why. */
export type UnsavedOf = (address: Address) => { value?: unknown; problems: string[] };

const silent = (): SavedState => ({ problems: [], state: '', tone: '', conflict: null });
const NOTHING_UNSAVED: UnsavedOf = () => ({ problems: [] });

export interface Place {
  row: PlacedRow | null;
  /** 問1; blank in a row. */
  number: string;
}

export function questionView(opened: OpenedResponse, compiled: CompiledItem, { row, number }: Place, unsavedOf: UnsavedOf = NOTHING_UNSAVED, answer: SavedState = silent()): QuestionView {
  const { item } = compiled;
  const address = addressOf(compiled.code, row?.id ?? null);
  const { reading, stored, editable, response } = opened;
  const hidden = !shown(reading, compiled, row);
  const entered = item.kind !== 'fixed' && item.kind !== 'computed' && item.kind !== 'group';
  const unsaved = unsavedOf(address);
  const kept = stored.get(address);
  const value = 'value' in unsaved ? unsaved.value : (kept?.value ?? null);
  const field = editable && entered && !hidden ? fieldOf(opened, compiled, { address, number, value, problems: unsaved.problems }) : null;
  return {
    code: address, key: keyOfAddress(address), anchor: anchorOfQuestion(address), number, label: item.label, hidden, field, partial: `fields/${item.kind}`, ...helpOf(compiled), ...waysOf(response.id, compiled, field, kept),
    required: (entered || item.kind === 'group') && item.need === 'required', entered, words: saidWords(reading, compiled, row), ...keptOf(kept), answer: unsaved.problems.length > 0 ? { ...answer, problems: unsaved.problems, state: '保存していません', tone: 'bad' } : answer,
    ...(row === null ? { returned: isReturned(response, compiled.code), corrections: correctionsOf(opened, compiled.code) } : { returned: false, corrections: [] }), group: item.kind === 'group' ? groupView(opened, compiled, item.unit, unsavedOf) : null,
  };
}

const isReturned = ({ status, returnedItems }: OpenedResponse['response'], code: Code): boolean => status === 'returned' && returnedItems.includes(code);

/** How the question is sent, and what is shown of it where it is not. */
function waysOf(responseId: string, compiled: CompiledItem, field: FieldModel | null, kept: ResponseAnswer | undefined): Pick<QuestionView, 'params' | 'upload' | 'pictures'> {
  return field === null ? { params: '', upload: false, pictures: picturesOf(responseId, kept?.value) } : { params: paramsOf(compiled, field), upload: compiled.item.kind === 'figures', pictures: [] };
}

/** Rows with their questions; many of them are folded, but for those in which something is wrong. */
function groupView(opened: OpenedResponse, compiled: CompiledItem, unit: string, unsavedOf: UnsavedOf): GroupView {
  const { reading, form, editable } = opened;
  const rows = reading.rowsOf(compiled.code, null);
  return {
    code: compiled.code, unit, editable, problems: unsavedOf(compiled.code).problems,
    rows: rows.map((row) => {
      const questions = (form.childrenOf.get(compiled.code) ?? []).map((child) => questionView(opened, child, { row, number: '' }, unsavedOf));
      return { id: row.id, anchor: `row-${row.id}`, title: rowTitle(reading, row), open: rows.length <= 3 || row.number === rows.length || questions.some((one) => one.answer.problems.length > 0), last: row.number === rows.length, questions };
    }),
  };
}

/** A question waits until the answer before it decides that it is asked; what is answered already is always seen. */
function shown(reading: Reading, compiled: CompiledItem, row: PlacedRow | null): boolean {
  const visible = reading.visible(compiled, row);
  if (visible !== 'unknown') return visible === 'yes';
  return compiled.item.kind === 'group' ? reading.rowsOf(compiled.code, null).length > 0 : reading.answer(addressOf(compiled.code, row?.id ?? null)) !== undefined;
}

function keptOf(kept: ResponseAnswer | undefined): Pick<QuestionView, 'prefilled' | 'seen' | 'was'> {
  return { prefilled: kept?.prefilledFrom ?? '', seen: kept?.version ?? 0, was: shownBefore(kept?.value ?? null) };
}

function helpOf({ item }: CompiledItem): Pick<QuestionView, 'support' | 'example' | 'mistake'> {
  return { support: item.help?.asks ?? '', example: item.help?.example ?? '', mistake: item.help?.mistake ?? '' };
}

/** Of a question, and of all that stands in its rows. */
function correctionsOf({ corrections, reading, form }: OpenedResponse, code: Code): QuestionView['corrections'] {
  return corrections.flatMap((one) => {
    const item = form.byCode.get(splitAddress(one.item).item);
    if (item === undefined || (item.groups[0] ?? item.code) !== code) return [];
    const said = (value: AnswerValue | null): string => answerWords(item, value);
    return [{ label: item.code === code ? '' : addressLabel(reading, one.item), at: timeText(one.madeAt), by: one.madeByName, reason: one.reason, before: said(one.before), after: said(one.after) }];
  });
}

export const pictureSource = (responseId: string, sha256: string): string => `/responses/${responseId}/images/${sha256}`;

function picturesOf(responseId: string, value: AnswerValue | null | undefined): QuestionView['pictures'] {
  if (value === null || value === undefined || typeof value !== 'object' || !('figures' in value)) return [];
  return value.figures.map(({ image, caption }) => ({ source: pictureSource(responseId, image), caption }));
}

function fieldOf({ response, form }: OpenedResponse, compiled: CompiledItem, { address, number, value, problems }: { address: Address; number: string; value: unknown; problems: string[] }): FieldModel {
  const pictures = { source: (image: string) => pictureSource(response.id, image), upload: '' };
  const field = formField(compiled, value, { prefix: prefixOf(address), problems, optionSets: form.definition.optionSets, address, pictures });
  return { ...field, under: [number, field.under].filter((one) => one !== '').join(' ') };
}

function paramsOf({ item, options }: CompiledItem, { control, prefix }: FieldModel): string {
  const ofOptions = [...(options?.keys() ?? [])].flatMap((one) => [`text.${one}`, `count.${one}`]);
  const cells = item.kind === 'table' ? (control as { rows: { cells: { name: string }[] }[] }).rows.flatMap(({ cells: all }) => all.map(({ name }) => name)) : [];
  const figures = item.kind === 'figures' ? ['image', 'caption', 'width', 'height', 'remove'] : [];
  return ['value', 'choice', 'checked', 'text', 'count', 'from', 'to', ...ofOptions, ...cells, ...figures, 'confirm', 'seen', 'was'].map((one) => `${prefix}${one}`).join(',');
}
