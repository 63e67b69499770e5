/**
 * Datasets that tables are made from: the responses of a questionnaire, and the register of systems. Pure. Departments, systems and
 * classes are told by their names, so that a definition and a reference in a text can be read and exchanged.
 */
import { emptyAnswer } from '../engine/blanks.js';
import { indexForm, type CompiledForm, type CompiledItem } from '../engine/form-index.js';
import type { AnswerValue, Code, FormDefinition, Option } from '../engine/form.js';
import { read } from '../engine/reading.js';
import type { Dataset, DatasetField, DatasetRecord, FieldOption, FieldValue } from '../engine/tabulation.js';
import type { ResponseStatus } from './questionnaire.entity.js';
import { RESPONSE_STATUSES } from './response.transitions.js';

/** Where a department stands: its 部局 and itself, as they are printed. */
export interface DatasetPlace {
  division: string;
  section: string;
}

export interface DatasetResponse extends DatasetPlace {
  id: string;
  system: string | null;
  /** 区分 of the system. */
  class: string | null;
  status: ResponseStatus;
  answers: Readonly<Record<Code, AnswerValue | null>>;
  href?: string;
}

/** Names in their printed order; what is not among them follows as it comes. */
export interface DatasetOrder {
  divisions: readonly string[];
  sections: readonly string[];
  classes: readonly string[];
}

/** Answers that count: those that a department has handed in. */
const COUNTED_STATUSES: readonly ResponseStatus[] = ['submitted', 'fixed'];

/** @param statuses responses that become records; unless given, those that were handed in */
export function responseDataset(questionnaire: { code: Code; title: string; definition: FormDefinition }, responses: readonly DatasetResponse[], order: DatasetOrder, statuses: readonly ResponseStatus[] = COUNTED_STATUSES): Dataset {
  const form = indexForm(questionnaire.definition);
  const items = form.items.filter((one) => one.groups.length === 0);
  const counted = responses.filter((one) => statuses.includes(one.status));
  return {
    code: questionnaire.code, title: questionnaire.title, unit: '件',
    fields: [
      { code: 'department', label: '部局', kind: 'class', options: named(counted.map((one) => one.division), order.divisions) },
      { code: 'section', label: '部署', kind: 'class', options: named(counted.map((one) => one.section), order.sections) },
      { code: 'system', label: 'システム', kind: 'class', options: named(counted.map((one) => one.system)) },
      { code: 'class', label: '区分', kind: 'class', options: named(counted.map((one) => one.class), order.classes) },
      { code: 'response-status', label: '回答の状態', kind: 'class', options: Object.entries(RESPONSE_STATUSES).map(([code, { label }]) => ({ code, label })) },
      ...items.flatMap(fieldsOf),
    ],
    records: counted.map((one) => ({
      id: one.id, label: [one.section, ...(one.system === null ? [] : [one.system])].join('　'), ...(one.href === undefined ? {} : { href: one.href }),
      values: {
        department: keyOf(one.division), section: keyOf(one.section), ...(one.system === null ? {} : { system: keyOf(one.system), class: keyOrNull(one.class) }), 'response-status': one.status,
        ...answersOf(form, items, one.answers),
      },
    })),
  };
}

/** Answers as values: no entry for an item that its condition hides, null for one without an answer. */
function answersOf(form: CompiledForm, items: readonly CompiledItem[], given: DatasetResponse['answers']): Record<Code, FieldValue> {
  const answers = Object.fromEntries(Object.entries(given).filter((one): one is [string, AnswerValue] => one[1] !== null));
  const reading = read(form, { rows: [], answers });
  return Object.fromEntries(items.flatMap((item) => (reading.visible(item, null) === 'no' ? [] : valuesOf(item, reading.answer(item.code)))));
}

export interface DatasetSystem {
  id: string;
  name: string;
  class: string | null;
  owner: DatasetPlace;
  register: Readonly<Record<Code, AnswerValue>>;
  uses: readonly (DatasetPlace & { id: string; sections: number | null; terminals: number | null; own: boolean })[];
  contracts: readonly { personalInformationClause: boolean | null }[];
  href?: string;
}

export const USES_DATASET = 'register-uses';
export const SYSTEMS_DATASET = 'register-systems';

/** One record for each system and each department that uses it; used by others than its owner it is 再掲. */
export function usesDataset(systems: readonly DatasetSystem[], order: DatasetOrder): Dataset {
  const uses = systems.flatMap((system) => system.uses.map((use) => ({ system, use })));
  return {
    code: USES_DATASET, title: 'システム台帳（利用する部署ごと）', unit: '件',
    fields: [
      { code: 'department', label: '利用部局', kind: 'class', options: named(uses.map(({ use }) => use.division), order.divisions) },
      { code: 'section', label: '利用する部署', kind: 'class', options: named(uses.map(({ use }) => use.section), order.sections) },
      { code: 'owner', label: '所管部局', kind: 'class', options: named(uses.map(({ system }) => system.owner.division), order.divisions) },
      ...systemFields(systems, order),
      { code: 'sections', label: '利用する課の数', kind: 'number' },
      { code: 'terminals', label: '端末設置台数', kind: 'number' },
    ],
    records: uses.map(({ system, use }) => ({
      id: use.id, label: `${system.name}　${use.section}`, ...(system.href === undefined ? {} : { href: system.href }), ...(use.own ? {} : { listedAgain: true }),
      values: { department: keyOf(use.division), section: keyOf(use.section), owner: keyOf(system.owner.division), system: keyOf(system.name), class: keyOrNull(system.class), sections: use.sections, terminals: use.terminals },
    })),
  };
}

/** One record for each system, with every item of the register and what is counted in it. */
export function systemsDataset(form: CompiledForm, systems: readonly DatasetSystem[], order: DatasetOrder): Dataset {
  const items = form.items.filter((one) => one.groups.length === 0);
  return {
    code: SYSTEMS_DATASET, title: 'システム台帳', unit: 'システム',
    fields: [
      { code: 'department', label: '所管部局', kind: 'class', options: named(systems.map((one) => one.owner.division), order.divisions) },
      { code: 'section', label: '所管する部署', kind: 'class', options: named(systems.map((one) => one.owner.section), order.sections) },
      ...systemFields(systems, order), ...items.flatMap(fieldsOf),
    ],
    records: systems.map((system) => ({
      id: system.id, label: system.name, ...(system.href === undefined ? {} : { href: system.href }),
      values: {
        department: keyOf(system.owner.division), section: keyOf(system.owner.section), system: keyOf(system.name), class: keyOrNull(system.class),
        ...Object.fromEntries(items.flatMap((item) => valuesOf(item, isCounted(item) ? countedOf(item, system) : system.register[item.code]))),
      },
    })),
  };
}

function systemFields(systems: readonly DatasetSystem[], order: DatasetOrder): DatasetField[] {
  return [
    { code: 'system', label: 'システム', kind: 'class', options: named(systems.map((one) => one.name)) },
    { code: 'class', label: '区分', kind: 'class', options: named(systems.map((one) => one.class), order.classes) },
  ];
}

const isCounted = ({ item }: CompiledItem): boolean => item.kind === 'number' && item.counted !== undefined;

/** Undefined: not known, or known to somebody else. A use without its number leaves the sum of the others. */
function countedOf({ item }: CompiledItem, { uses, contracts }: DatasetSystem): number | undefined {
  const sum = (numbers: readonly (number | null)[]): number | undefined => {
    const known = numbers.filter((one) => one !== null);
    return known.length === 0 ? undefined : known.reduce((total, one) => total + one, 0);
  };
  switch (item.kind === 'number' ? item.counted : undefined) {
    case 'contracts': return contracts.length;
    case 'contracts-with-clause': return contracts.filter((one) => one.personalInformationClause === true).length;
    case 'using-departments': return uses.length === 0 ? undefined : uses.length;
    case 'using-sections': return sum(uses.map((one) => one.sections));
    case 'using-terminals': return sum(uses.map((one) => one.terminals));
    default: return undefined;
  }
}

/** Codes of the fields that every dataset has; an item of the same code is told apart. */
const OWN = new Set(['department', 'section', 'system', 'class', 'response-status', 'owner']);
const codeOf = (item: CompiledItem): Code => (OWN.has(item.code) ? `${item.code}-answer` : item.code);
const writesText = (option: Option): boolean => option.text === true;

/** The item itself, and a text for each option with a text in brackets. */
function fieldsOf(compiled: CompiledItem): DatasetField[] {
  const { item, options } = compiled;
  const [code, label] = [codeOf(compiled), item.label];
  const all = [...(options?.values() ?? [])];
  const texts = all.filter(writesText).map((option): DatasetField => ({ code: `${code}.${option.code}`, label: `${label}（${option.label}の内容）`, kind: 'text' }));
  switch (item.kind) {
    case 'choice': case 'checks': return [{ code, label, kind: item.kind, options: all.map((one) => ({ code: one.code, label: one.label })) }, ...texts];
    case 'number': return [{ code, label, kind: 'number' }];
    case 'text': case 'long-text': case 'date': case 'date-text': return [{ code, label, kind: 'text' }];
    default: return [];
  }
}

function valuesOf(compiled: CompiledItem, answer: AnswerValue | undefined): [Code, FieldValue][] {
  const { item, options } = compiled;
  const code = codeOf(compiled);
  const given = answer === undefined || emptyAnswer(answer) ? null : answer;
  switch (item.kind) {
    case 'choice': {
      const choice = given !== null && typeof given === 'object' && 'choice' in given ? given : null;
      return [[code, choice?.choice ?? null], ...[...options!.values()].filter(writesText).flatMap((one): [Code, FieldValue][] => (choice?.choice === one.code ? [[`${code}.${one.code}`, choice.text ?? null]] : []))];
    }
    case 'checks': {
      const checks = given !== null && typeof given === 'object' && 'checked' in given ? given : null;
      return [[code, checks?.checked ?? null], ...[...options!.values()].filter(writesText).flatMap((one): [Code, FieldValue][] => (checks?.checked.includes(one.code) === true ? [[`${code}.${one.code}`, checks.texts?.[one.code] ?? null]] : []))];
    }
    case 'number': return [[code, typeof given === 'number' ? given : null]];
    case 'text': case 'long-text': case 'date': case 'date-text': return [[code, typeof given === 'string' ? given : null]];
    default: return [];
  }
}

/** Names that occur, in the given order first. */
function named(names: readonly (string | null)[], order: readonly string[] = []): FieldOption[] {
  const there = new Set(names.filter((one) => one !== null));
  return [...new Set([...order.filter((one) => there.has(one)), ...there])].map((one) => ({ code: keyOf(one), label: one }));
}

// Addresses are cut at these signs, and references in texts end with some of them.
const WIDE: Readonly<Record<string, string>> = { '/': '／', '=': '＝', '［': '[', '］': ']', '%': '％' };
/** A name as part of an address: without the signs by which addresses and references are read. */
export const keyOf = (name: string): string => name.trim().replace(/[/=［］%]/gu, (sign) => WIDE[sign]!);
const keyOrNull = (name: string | null): string | null => (name === null ? null : keyOf(name));

/** A small table of figures that somebody typed: one record for each line. Blank cells are unanswered. */
export interface TypedTable {
  code: Code;
  title: string;
  unit: string;
  /** Head of the first column: 部局. */
  head: string;
  columns: { code: Code; label: string }[];
  lines: { label: string; cells: (string | null)[] }[];
}

export function typedDataset({ code, title, unit, head, columns, lines }: TypedTable): Dataset {
  return {
    code, title, unit,
    fields: [{ code: 'department', label: head, kind: 'class', options: named(lines.map((one) => one.label)) }, ...columns.map((one): DatasetField => ({ ...one, kind: 'number' }))],
    records: lines.map(({ label, cells }, n): DatasetRecord => ({ id: `${code}-${n + 1}`, label, values: { department: keyOf(label), ...Object.fromEntries(columns.map((one, at) => [one.code, cells[at] ?? null])) } })),
  };
}
