import { deciders, shownWhen, sumChoices } from '../../audits/questionnaire-building.js';
import { IN_ROWS, isQuestionKind, QUESTION_KINDS, type QuestionKind } from '../../audits/questionnaire-content.js';
import { prefillingChoices, sourceOf } from '../../audits/questionnaire-prefilling.js';
import { BLANK_QUESTION, type ColumnText, type OptionText, type QuestionText } from '../../audits/question-text.js';
import type { Prefilling, Questionnaire } from '../../audits/questionnaire.entity.js';
import { conditionRefers } from '../../engine/conditions.js';
import { parseNumberText } from '../../engine/answers.js';
import { walkItems } from '../../engine/form-index.js';
import type { Condition, FormDefinition, GroupItem, Item, SumTerm } from '../../engine/form.js';
import { Invalid } from '../../kernel/errors.js';
import type { Catalogue } from '../../systems/catalogue.js';

export type Fields = Readonly<Record<string, unknown>>;
/** Blank rows at the end of options and columns. */
const MORE_ROWS = 3;
const MOST_ROWS = 60;
/** First questions of new rows; others have pages of their own. */
const ROW_KINDS = { text: '短い文', 'long-text': '長い文', number: '数', date: '日付', 'date-text': '日付（未定などの文もよい）', figures: '写真・図' } as const;
const COLUMN_KINDS = { text: '短い文', 'long-text': '長い文', number: '数', 'date-text': '日付' } as const;

const text = (fields: Fields, name: string): string => {
  const value = fields[name];
  const one = Array.isArray(value) ? value.at(-1) : value;
  return typeof one === 'string' ? one.slice(0, 20_000) : '';
};

/** `「個人情報を扱う作業の委託」が「委託している」のとき`. */
export function whenWords(definition: FormDefinition, when: Condition | undefined): string {
  if (when === undefined) return '';
  const items = new Map([...walkItems(definition)].map(({ item }) => [item.code, item]));
  const said = (code: string): string => `「${items.get(code)?.label ?? code}」`;
  if (!('item' in when)) return `${[...new Set(conditionRefers(when))].map(said).join('・')}の回答によって`;
  const item = items.get(when.item);
  const option = (code: unknown): string => `「${item !== undefined && 'options' in item ? (definition.optionSets[item.options]?.find((one) => one.code === code)?.label ?? String(code)) : String(code)}」`;
  if ('is' in when) return `${said(when.item)}が${option(when.is)}のとき`;
  if ('isOneOf' in when) return `${said(when.item)}が${when.isOneOf.map(option).join('か')}のとき`;
  if ('includes' in when) return `${said(when.item)}に${option(when.includes)}があるとき`;
  if ('atLeast' in when) return `${said(when.item)}が${when.atLeast}以上のとき`;
  if ('answered' in when) return `${said(when.item)}に回答が${when.answered ? 'ある' : 'ない'}とき`;
  return `${said(when.item)}の回答によって`;
}

/** All sections with their questions, numbered through; under repeated rows the questions of a row. */
export function buildingView({ id, definition, prefilling, version }: Questionnaire, catalogue: Pick<Catalogue, 'register' | 'controls'>): object {
  let count = 0;
  const question = (item: Item, own: boolean): object => ({
    code: item.code, label: item.label, number: own && answered(item) ? String((count += 1)) : '', kind: isQuestionKind(item.kind) ? QUESTION_KINDS[item.kind] : item.kind, required: item.need === 'required', explains: !answered(item),
    when: whenWords(definition, item.when), prefilled: prefilledWords(prefilling[item.code], catalogue), options: optionLabels(definition, item), sum: sumWords(definition, item), href: `/questionnaires/${id}/edit/questions/${item.code}`,
    group: item.kind === 'group' ? { code: item.code, label: item.label, unit: item.unit, questions: item.items.map((one) => question(one, false)) } : null,
  });
  const sections = definition.sections.map((section, at) => ({
    code: section.code, number: section.number, title: section.title, note: section.note ?? '', first: at === 0, last: at === definition.sections.length - 1, only: definition.sections.length === 1,
    href: `/questionnaires/${id}/edit/sections/${section.code}`, questions: section.blocks.flatMap((block) => block.items ?? []).map((item) => question(item, true)),
  }));
  return { id, version: String(version), sections, count, kinds: kindChoices(''), rowKinds: kindChoices('', IN_ROWS) };
}

const answered = ({ kind }: Item): boolean => kind !== 'fixed' && kind !== 'computed';

function sumWords(definition: FormDefinition, item: Item): string {
  if (item.kind !== 'computed' || item.compute.rule !== 'sum-of') return '';
  const labels = new Map(sumChoices(definition, item.code).map((one) => [sumKey(one.term), one.label]));
  return item.compute.of.map((term) => labels.get(sumKey(term)) ?? '').filter((one) => one !== '').join('＋');
}

/** `item:q-3`, `column:q-4/c-1`, `rows:q-5`. */
const sumKey = (term: SumTerm): string => ('item' in term ? `item:${term.item}` : 'table' in term ? `column:${term.table}/${term.column}` : `rows:${term.rowsOf}`);

export function prefilledWords(source: Prefilling | undefined, catalogue: Pick<Catalogue, 'register' | 'controls'>): string {
  if (source === undefined) return '';
  return `${source.from === 'register' ? '台帳' : '統制の申告'}の「${sourceOf(source, catalogue)?.item.label ?? source.code}」${source.of === undefined ? '' : '（回答する部署の分）'}から`;
}

function optionLabels(definition: FormDefinition, item: Item): string {
  const labels = 'options' in item ? (definition.optionSets[item.options] ?? []).map((one) => one.label) : [];
  return labels.length <= 4 ? labels.join('／') : `${labels.slice(0, 3).join('／')}／ほか${labels.length - 3}個`;
}

const kindChoices = (chosen: string, among?: ReadonlySet<string>): object[] => Object.entries(QUESTION_KINDS).filter(([code]) => among === undefined || among.has(code)).map(([code, label]) => ({ code, label, chosen: code === chosen }));

/** The question that a form is about: null for a new one, which stands in the rows of `group` or at the root. */
export interface Questioned { kind: QuestionKind; definition: FormDefinition; code: string | null; group: string | null }

/** What the fields of the form of a question say. Throws `Invalid` for numbers that cannot be read. */
export function questionFrom(fields: Fields, { kind, definition, code, group }: Questioned, catalogue: Pick<Catalogue, 'register' | 'controls'>, today: string): QuestionText {
  const before = code === null ? undefined : [...walkItems(definition)].find(({ item }) => item.code === code)?.item;
  const prefilling = prefillingFrom(text(fields, 'prefilling'));
  const source = prefilling === null ? undefined : prefillingChoices(kind, catalogue, today).find((one) => sourceValue(one) === sourceValue(prefilling));
  return {
    label: text(fields, 'label'), required: text(fields, 'required') === 'yes', help: text(fields, 'help'), text: text(fields, 'text'), unit: text(fields, 'unit'),
    min: numberIn(fields, 'min', '最小'), max: numberIn(fields, 'max', '最大'), options: optionRows(fields), columns: columnRows(fields),
    adopt: text(fields, 'adopt') === 'yes' && (kind === 'choice' || kind === 'checks') && source !== undefined ? source.options : null,
    sum: sumFrom(fields, definition, code, group), when: whenFrom(text(fields, 'when'), definition, { code, group, before }), prefilling,
  };
}

function numberIn(fields: Fields, name: string, label: string): number | null {
  const typed = text(fields, name).trim();
  const value = typed === '' ? null : parseNumberText(typed);
  if (typed !== '' && value === null) throw new Invalid('question-invalid', '入力を確かめてください。', [{ code: 'number-unreadable', path: name, message: `「${label}」の「${typed.slice(0, 40)}」を数として読めません。` }]);
  return value;
}

function sumFrom(fields: Fields, definition: FormDefinition, code: string | null, group: string | null): SumTerm[] {
  const given = new Set((Array.isArray(fields.sum) ? fields.sum : [fields.sum]).filter((one): one is string => typeof one === 'string'));
  return sumChoices(definition, code, group).map((one) => one.term).filter((term) => given.has(sumKey(term)));
}

const sourceValue = ({ from, code, of }: Prefilling): string => `${from}:${code}${of === undefined ? '' : `:${of}`}`;

/** `register:code`, `register:code:department` or `control:code`. */
function prefillingFrom(value: string): Prefilling | null {
  const [from, code = '', of] = value.split(':');
  return from === 'register' || from === 'control' ? { from, code: code.slice(0, 80), ...(of === 'department' ? { of } : {}) } : null;
}

/** `item|option`; `keep`: the condition that the content has and the builder cannot write. */
function whenFrom(value: string, definition: FormDefinition, { code, group, before }: { code: string | null; group: string | null; before: Item | undefined }): Condition | null {
  if (value === 'keep') return before?.when ?? null;
  const [item = '', option = ''] = value.split('|');
  const decider = deciders(definition, code, group).find((one) => one.code === item);
  return decider === undefined ? null : shownWhen(decider, option);
}

const rowNumbers = (fields: Fields, prefix: string): number[] => [...new Set(Object.keys(fields).flatMap((name) => new RegExp(`^${prefix}-(\\d{1,3})-label$`, 'u').exec(name)?.[1] ?? []))].map(Number).sort((a, b) => a - b).slice(0, MOST_ROWS);

function optionRows(fields: Fields): OptionText[] {
  const rows = rowNumbers(fields, 'option').map((n) => ({
    code: text(fields, `option-${n}-code`).slice(0, 80), label: text(fields, `option-${n}-label`), text: text(fields, `option-${n}-text`) === 'yes', exclusive: text(fields, `option-${n}-exclusive`) === 'yes',
    order: parseNumberText(text(fields, `option-${n}-order`)) ?? n,
  }));
  return rows.sort((a, b) => a.order - b.order).map(({ order: _, ...one }) => one);
}

function columnRows(fields: Fields): ColumnText[] {
  return rowNumbers(fields, 'column').map((n) => {
    const kind = text(fields, `column-${n}-kind`);
    return { code: text(fields, `column-${n}-code`).slice(0, 80), label: text(fields, `column-${n}-label`), kind: Object.hasOwn(COLUMN_KINDS, kind) || Object.hasOwn(ROW_KINDS, kind) ? (kind as ColumnText['kind']) : 'text' };
  });
}

export interface QuestionForm {
  questionnaire: Questionnaire;
  /** Null for a new one. */
  item: Item | null;
  section: string;
  /** Rows in which a new one will stand, or in which it stands. */
  group: GroupItem | null;
  kind: QuestionKind;
  typed: QuestionText;
  version: string;
  /** Numbers that could not be read, as they were typed. */
  raw: { min: string; max: string };
}

export const newQuestionText = (): QuestionText => structuredClone(BLANK_QUESTION);

export function questionView({ questionnaire, item, section, group, kind, typed, version, raw }: QuestionForm, catalogue: Pick<Catalogue, 'register' | 'controls'>, today: string): object {
  const { id, definition } = questionnaire;
  const [code, holder] = [item?.code ?? null, group?.code ?? null];
  const chosenWhen = whenValue(typed.when, definition, item, holder);
  const perSystem = questionnaire.per === 'department-system';
  return {
    id, code: code ?? '', isNew: item === null, section, sectionTitle: definition.sections.find((one) => one.code === section)?.title ?? '', version, kind, kindLabel: QUESTION_KINDS[kind], kinds: kindChoices(kind, group === null ? undefined : IN_ROWS), group: holder ?? '', groupLabel: group?.label ?? '',
    ...placesOf(id, code), typed: { label: typed.label, required: typed.required, help: typed.help, text: typed.text, unit: typed.unit, min: kind === 'group' && raw.min === '0' ? '' : raw.min, max: raw.max, adopt: typed.adopt !== null },
    ...partsView(kind, typed, item), sums: kind === 'computed' ? sumsView(definition, typed.sum, code, holder) : [],
    whens: deciders(definition, code, holder).map((one) => whenGroup(definition, one, chosenWhen)),
    kept: chosenWhen === 'keep' ? whenWords(definition, typed.when ?? undefined) : '', always: chosenWhen === '',
    perSystem, sources: perSystem && group === null ? sourceGroups(kind, catalogue, today, typed.prefilling) : [], decides: item === null ? [] : decidesOf(definition, item),
  };
}

const placesOf = (id: string, code: string | null): object => ({ action: `/questionnaires/${id}/edit/questions${code === null ? '' : `/${code}`}`, here: `/questionnaires/${id}/edit/questions/${code ?? 'new'}` });

const CHOOSING: ReadonlySet<QuestionKind> = new Set<QuestionKind>(['choice', 'checks']);

/** What this kind of question has to be said: its options, its columns, with blank lines for more. */
function partsView(kind: QuestionKind, typed: QuestionText, item: Item | null): object {
  const beginsRows = kind === 'group' && item?.kind !== 'group';
  const columnKinds = Object.entries(beginsRows ? ROW_KINDS : COLUMN_KINDS);
  const more = <T>(blank: T, count: number): T[] => Array.from({ length: count }, () => ({ ...blank }));
  return {
    is: { explains: kind === 'fixed', number: kind === 'number', choosing: CHOOSING.has(kind), checks: kind === 'checks', table: kind === 'table', rows: kind === 'group', beginsRows, sum: kind === 'computed', answered: kind !== 'fixed' && kind !== 'computed' },
    options: CHOOSING.has(kind) ? [...typed.options, ...more({ code: '', label: '', text: false, exclusive: false }, MORE_ROWS + (typed.options.length === 0 ? 1 : 0))].map((one, n) => ({ ...one, n, row: n + 1 })) : [],
    columns: kind === 'table' || beginsRows ? [...typed.columns, ...more({ code: '', label: '', kind: 'text' as const }, MORE_ROWS)].map((one, n) => ({ ...one, n, row: n + 1, kinds: columnKinds.map(([code, label]) => ({ code, label, chosen: code === one.kind })) })) : [],
  };
}

function sumsView(definition: FormDefinition, sum: readonly SumTerm[], code: string | null, group: string | null): object[] {
  const chosen = new Set(sum.map(sumKey));
  return sumChoices(definition, code, group).map(({ term, label }) => ({ value: sumKey(term), label, chosen: chosen.has(sumKey(term)) }));
}

const whenGroup = (definition: FormDefinition, one: Item, chosen: string): object => ({
  label: one.label,
  choices: [...('options' in one ? (definition.optionSets[one.options] ?? []) : []).map((option) => whenChoice(one, option.code, `${one.kind === 'checks' ? '次がある' : '次である'}：${option.label}`, chosen)), whenChoice(one, '', '回答がある', chosen)],
});

const whenChoice = (item: Item, option: string, label: string, chosen: string): object => ({ value: `${item.code}|${option}`, label, chosen: chosen === `${item.code}|${option}` });

function whenValue(when: Condition | null, definition: FormDefinition, item: Item | null, group: string | null): string {
  if (when === null) return '';
  if (!('item' in when) || !deciders(definition, item?.code ?? null, group).some((one) => one.code === when.item)) return 'keep';
  if ('is' in when) return `${when.item}|${String(when.is)}`;
  if ('includes' in when) return `${when.item}|${when.includes}`;
  return 'answered' in when && when.answered ? `${when.item}|` : 'keep';
}

function sourceGroups(kind: QuestionKind, catalogue: Pick<Catalogue, 'register' | 'controls'>, today: string, source: Prefilling | null): object[] {
  if (kind === 'fixed') return [];
  const chosen = source === null ? '' : sourceValue(source);
  const groups = new Map<string, object[]>();
  for (const one of prefillingChoices(kind, catalogue, today)) {
    const value = sourceValue(one);
    groups.set(one.group, [...(groups.get(one.group) ?? []), { value, label: one.label, chosen: value === chosen }]);
  }
  return [...groups].map(([title, choices]) => ({ title, choices }));
}

/** Questions that are shown by the answer to this one. */
function decidesOf(definition: FormDefinition, item: Item): string[] {
  return [...walkItems(definition)].filter(({ item: one }) => one.when !== undefined && conditionRefers(one.when).includes(item.code)).map(({ item: one }) => one.label);
}
