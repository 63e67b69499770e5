/** Datasets of what is written in rows: repeated rows, tables, lists of records and of entries. Pure. */
import { emptyAnswer } from '../engine/blanks.js';
import { indexForm, walkItems, type CompiledForm, type CompiledItem } from '../engine/form-index.js';
import type { AnswerValue, Code, FormDefinition, Item, ItemKind } from '../engine/form.js';
import type { Reading } from '../engine/reading.js';
import type { Dataset, DatasetField, DatasetRecord, FieldValue } from '../engine/tabulation.js';
import { fieldsOf, keyOf, keyOrNull, named, saidValues } from './dataset-fields.js';
import { COUNTED_STATUSES, readingOf, respondentFields, respondentOf, respondentValues, type DatasetOrder, type DatasetResponse } from './datasets.js';
import type { ResponseStatus } from './questionnaire.entity.js';

/** Items that hold rows, records or entries: each has a dataset of its own. */
export const rowedItems = (definition: FormDefinition): Item[] => [...walkItems(definition)].filter(({ item, enclosing, section }) => enclosing === null && section.perRowOf === undefined && ROWED.has(item.kind)).map(({ item }) => item);
const ROWED: ReadonlySet<ItemKind> = new Set<ItemKind>(['group', 'table', 'record-list', 'text-list']);

/**
 * One record for each row (record, entry) of an item, in the order in which respondents wrote them: counted they are 延べ. The
 * respondent is kept as a class of its own (実数), and so is what was chosen elsewhere in the response.
 */
export function rowDataset(questionnaire: { code: Code; title: string; definition: FormDefinition }, code: Code, responses: readonly DatasetResponse[], order: DatasetOrder, statuses: readonly ResponseStatus[] = COUNTED_STATUSES): Dataset {
  const form = indexForm(questionnaire.definition);
  const item = form.byCode.get(code)!;
  const counted = responses.filter((one) => statuses.includes(one.status));
  const chosen = form.items.filter((one) => one.groups.length === 0 && (one.item.kind === 'choice' || one.item.kind === 'checks'));
  const lines = counted.flatMap((one) => {
    const reading = readingOf(form, one);
    const around = { ...respondentValues(one), respondent: keyOf(respondentOf(one)), ...Object.fromEntries(chosen.flatMap((each) => saidValues(reading, each, null))) };
    return linesOf(reading, item).map(({ id, values }, n): DatasetRecord => ({ id: `${one.id}.${id}`, label: `${respondentOf(one)}　${unitOf(item)}${n + 1}`, ...(one.href === undefined ? {} : { href: one.href }), values: { ...around, ...Object.fromEntries(values) } }));
  });
  const fields = lineFields(form, item).map((field) => (field.kind === 'class' ? { ...field, options: named(lines.map(({ values }) => values[field.code] as string | null)) } : field));
  return {
    code: questionnaire.code, title: questionnaire.title, unit: unitOf(item),
    fields: [...respondentFields(counted, order), { code: 'respondent', label: '回答者', kind: 'class', options: named(counted.map(respondentOf)) }, ...chosen.flatMap(fieldsOf), ...fields], records: lines,
  };
}

const unitOf = ({ item }: CompiledItem): string => (item.kind === 'group' ? item.unit : '件');

function lineFields(form: CompiledForm, { item, code }: CompiledItem): DatasetField[] {
  switch (item.kind) {
    case 'group': return (form.childrenOf.get(code) ?? []).flatMap(fieldsOf);
    case 'table': return item.columns.map((column): DatasetField => ({
      code: `${code}.${column.code}`, label: column.label, kind: column.kind === 'number' ? 'number' : column.kind === 'choice' ? 'choice' : 'text',
      ...(column.kind === 'choice' ? { options: (form.definition.optionSets[column.options ?? ''] ?? []).map((one) => ({ code: one.code, label: one.label })) } : {}),
    }));
    case 'record-list': return [{ code: `${code}.heading`, label: '見出し', kind: 'class' }, { code: `${code}.number`, label: '番号', kind: 'number' }, { code: `${code}.name`, label: item.label, kind: 'text' }];
    default: return [{ code: `${code}.entry`, label: item.label, kind: 'text' }];
  }
}

/** What is written in the rows of an item that is asked; lines in which nothing is written are none. */
function linesOf(reading: Reading, compiled: CompiledItem): { id: string; values: [Code, FieldValue][] }[] {
  const { item, code } = compiled;
  if (reading.visible(compiled, null) === 'no') return [];
  if (item.kind === 'group') return reading.rowsOf(code, null).map((row) => ({ id: row.id, values: (reading.form.childrenOf.get(code) ?? []).flatMap((child) => saidValues(reading, child, row)) }));
  const value = reading.answer(code);
  if (value === undefined || typeof value !== 'object') return [];
  const text = (said: string | undefined): string | null => (said === undefined || said.trim() === '' ? null : said);
  if ('lists' in value) return value.lists.flatMap(({ heading, records }, l) => records.map(({ number, name }, n) => ({ id: `${l + 1}-${n + 1}`, values: [[`${code}.heading`, keyOrNull(text(heading))], [`${code}.number`, number], [`${code}.name`, text(name)]] as [Code, FieldValue][] })));
  if (!Array.isArray(value)) return [];
  return (value as (string | Record<Code, string>)[]).flatMap((line, n) => {
    if (emptyAnswer([line] as AnswerValue)) return [];
    const values: [Code, FieldValue][] = typeof line === 'string' ? [[`${code}.entry`, line]] : item.kind === 'table' ? item.columns.map((column) => [`${code}.${column.code}`, text(line[column.code])]) : [];
    return [{ id: String(n + 1), values }];
  });
}
