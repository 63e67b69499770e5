/** The form of a correction: one answer, or repeated rows with all their questions and room for one more. Pure. */
import type { KeptResponse } from '../../audits/response-keeping.service.js';
import type { CorrectedRows } from '../../audits/response-correcting.js';
import { saidWords } from '../../audits/answer-words.js';
import { keyOfAddress } from '../../audits/response-form.js';
import { emptyAnswer } from '../../engine/blanks.js';
import type { CompiledItem } from '../../engine/form-index.js';
import { addressOf, splitAddress, type Address, type AnswerValue, type Code } from '../../engine/form.js';
import { rowTitle } from '../../engine/places.js';
import type { Problem } from '../../kernel/errors.js';
import { fieldsUnder, typedAnswer, type Fields } from '../fields/field-input.js';
import { formField, type FieldModel } from '../fields/field-model.js';

const PREFIX = 'answer.';
/** Stands for the id of a row that is not there yet. */
const NEW = 'new';
/** A single answer has the form for itself. */
const prefixOf = (address: Address): string => (splitAddress(address).row === null ? PREFIX : `${PREFIX}${address}.`);

interface FieldView { partial: string; field: FieldModel; anchor: string }

export interface CorrectionFields {
  /** Of a single answer; none of rows. */
  fields: FieldView[];
  rows: { id: string; title: string; fields: FieldView[]; removable: boolean; removed: boolean }[];
  isRows: boolean;
}

const answered = ({ item }: CompiledItem): boolean => item.kind !== 'fixed' && item.kind !== 'computed';

/** @param body what was typed, null at first; `here` is the page of the response */
export function correctionFields({ form, reading, stored }: KeptResponse, item: CompiledItem, body: Fields | null, problems: readonly Problem[], here: string): CorrectionFields {
  const view = (one: CompiledItem, row: string | null): FieldView => {
    const address = addressOf(one.code, row);
    const value = body === null ? stored.get(address)?.value : typedAnswer(one.item, fieldsUnder(body, prefixOf(address)));
    const field = formField(one, value, { prefix: prefixOf(address), address, problems: problems.filter(({ path }) => path === address).map(({ message }) => message), optionSets: form.definition.optionSets, pictures: { source: (image) => `${here}/images/${image}`, upload: '' } });
    return { partial: `fields/${one.item.kind}`, field, anchor: `f-${keyOfAddress(address)}` };
  };
  if (item.item.kind !== 'group') return { fields: [view(item, null)], rows: [], isRows: false };
  const { unit } = item.item;
  const children = (form.childrenOf.get(item.code) ?? []).filter(answered);
  const rows = reading.rowsOf(item.code, null).map((row) => ({ id: row.id, title: rowTitle(reading, row), fields: children.map((one) => view(one, row.id)), removable: true, removed: body?.[`remove.${row.id}`] === 'yes' }));
  return { fields: [], rows: [...rows, { id: NEW, title: `${unit}を加えるとき`, fields: children.filter(({ item: { kind } }) => kind !== 'figures').map((one) => view(one, NEW)), removable: false, removed: false }], isRows: true };
}

/** What the form says, for the service. */
export function correctionFrom({ form, reading }: KeptResponse, item: CompiledItem, body: Fields): { value: unknown } | { rows: CorrectedRows } {
  const said = (one: CompiledItem, row: string | null): unknown => typedAnswer(one.item, fieldsUnder(body, prefixOf(addressOf(one.code, row))));
  if (item.item.kind !== 'group') return { value: said(item, null) };
  const children = (form.childrenOf.get(item.code) ?? []).filter(answered);
  const sent = (one: CompiledItem, row: string): boolean => Object.keys(body).some((name) => name.startsWith(prefixOf(addressOf(one.code, row))));
  // A box that nobody ticked sends nothing; of a row that was shown every question counts.
  const valuesOf = (row: string): Record<Code, unknown> => Object.fromEntries(children.map((one) => [one.code, said(one, row)]));
  const shown = reading.rowsOf(item.code, null).filter(({ id }) => children.some((one) => sent(one, id)) || body[`remove.${id}`] === 'yes');
  const fresh = Object.fromEntries(children.filter(({ item: { kind } }) => kind !== 'figures').map((one) => [one.code, said(one, NEW)]));
  return {
    rows: {
      kept: Object.fromEntries(shown.map(({ id }) => [id, valuesOf(id)])), removed: shown.filter(({ id }) => body[`remove.${id}`] === 'yes').map(({ id }) => id),
      added: Object.values(fresh).every((value) => emptyAnswer(value as AnswerValue | null)) ? [] : [fresh],
    },
  };
}

/** What stands there now, in words. */
export const standsNow = ({ reading }: KeptResponse, item: CompiledItem): string => saidWords(reading, item, null);
