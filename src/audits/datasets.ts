/**
 * Datasets that tables are made from: the responses of a questionnaire, and the register of systems. Pure. Departments, systems and
 * classes are told by their names, so that a definition and a reference in a text can be read and exchanged.
 */
import { indexForm, type CompiledForm, type CompiledItem } from '../engine/form-index.js';
import type { Address, AnswerValue, Code, FormDefinition, Row } from '../engine/form.js';
import { read, type Reading } from '../engine/reading.js';
import type { Dataset, DatasetField, DatasetRecord, FieldValue } from '../engine/tabulation.js';
import { fieldsOf, keyOf, keyOrNull, named, saidValues, valuesOf } from './dataset-fields.js';
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
  /** By address. */
  answers: Readonly<Record<Address, AnswerValue | null>>;
  rows?: readonly Row[];
  href?: string;
}

/** Names in their printed order; what is not among them follows as it comes. */
export interface DatasetOrder {
  divisions: readonly string[];
  sections: readonly string[];
  classes: readonly string[];
}

/** Answers that count: those that a department has handed in. */
export const COUNTED_STATUSES: readonly ResponseStatus[] = ['submitted', 'fixed'];

/** @param statuses responses that become records; unless given, those that were handed in */
export function responseDataset(questionnaire: { code: Code; title: string; definition: FormDefinition }, responses: readonly DatasetResponse[], order: DatasetOrder, statuses: readonly ResponseStatus[] = COUNTED_STATUSES): Dataset {
  const form = indexForm(questionnaire.definition);
  const items = form.items.filter((one) => one.groups.length === 0);
  const counted = responses.filter((one) => statuses.includes(one.status));
  return {
    code: questionnaire.code, title: questionnaire.title, unit: '件',
    fields: [...respondentFields(counted, order), ...items.flatMap(fieldsOf)],
    records: counted.map((one) => {
      const reading = readingOf(form, one);
      return { id: one.id, label: respondentOf(one), ...(one.href === undefined ? {} : { href: one.href }), values: { ...respondentValues(one), ...Object.fromEntries(items.flatMap((item) => saidValues(reading, item, null))) } };
    }),
  };
}

export const respondentOf = ({ section, system }: DatasetResponse): string => [section, ...(system === null ? [] : [system])].join('　');

export function respondentFields(counted: readonly DatasetResponse[], order: DatasetOrder): DatasetField[] {
  return [
    { code: 'department', label: '部局', kind: 'class', options: named(counted.map((one) => one.division), order.divisions) },
    { code: 'section', label: '部署', kind: 'class', options: named(counted.map((one) => one.section), order.sections) },
    { code: 'system', label: 'システム', kind: 'class', options: named(counted.map((one) => one.system)) },
    { code: 'class', label: '区分', kind: 'class', options: named(counted.map((one) => one.class), order.classes) },
    { code: 'response-status', label: '回答の状態', kind: 'class', options: Object.entries(RESPONSE_STATUSES).map(([code, { label }]) => ({ code, label })) },
  ];
}

export function respondentValues(one: DatasetResponse): Record<Code, FieldValue> {
  return { department: keyOf(one.division), section: keyOf(one.section), ...(one.system === null ? {} : { system: keyOf(one.system), class: keyOrNull(one.class) }), 'response-status': one.status };
}

export function readingOf(form: CompiledForm, { answers: given, rows = [] }: DatasetResponse): Reading {
  return read(form, { rows: [...rows], answers: Object.fromEntries(Object.entries(given).filter((one): one is [string, AnswerValue] => one[1] !== null)) });
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
