/** Holds each statement of a file against the register: new, changed field by field, unchanged, refused or skipped. */
import { isDeepStrictEqual } from 'node:util';
import type { AnswerValue, Code } from '../../engine/form.js';
import { hasEnded, mergeRegister, registerPath, valueText } from '../register-values.js';
import type { SystemFields } from '../register-changing.js';
import { KIND_NAMES } from '../system-history.js';
import { MOST_PARTS, type Contract, type Use } from '../system-parts.js';
import { countedContracts } from './contract-counts.js';
import { problemAt } from './departments.js';
import { textOf } from './grid.js';
import { matchSystems, type Matched } from './matching.js';
import type { FieldChange, PlannedRow, Planning, RowWrite, StoredSystem } from './plan.js';
import type { Note } from './records.js';
import type { StatedUse, Statement } from './statements.js';

/** One planned row for each statement, in the order of the file. */
export function planRows(statements: readonly Statement[], planning: Planning): PlannedRow[] {
  return matchSystems(statements, planning).map((one) => planRow(one, planning));
}

function planRow({ statement, existing }: Matched, planning: Planning): PlannedRow {
  const { record, at, name } = statement;
  const row: PlannedRow = {
    kind: 'refused', sheet: record.sheet, row: record.lines[0].row, at, number: typeof statement.number === 'number' ? statement.number : (existing?.number ?? null),
    name: name === '' ? (existing?.name ?? '') : name, systemId: existing?.id ?? null, changes: [], problems: statement.problems, notes: [...record.notes], reason: '', write: null,
  };
  if (existing !== null && planning.options.sameNumber === 'skip') return { ...row, kind: 'skipped', problems: [], reason: '同じシステムが台帳にあるため取り込みません。' };
  const draft = draftOf(statement, existing, planning, row.notes);
  if (statement.problems.length > 0 || draft === null) return row;
  const changes = changesOf(existing, draft, planning);
  const write: RowWrite = { existing: existing === null ? null : { id: existing.id, version: existing.version }, ...draft };
  if (existing === null) return { ...row, kind: 'new', changes, write };
  return changes.length === 0 ? { ...row, kind: 'unchanged' } : { ...row, kind: 'changed', changes, write };
}

type Draft = Omit<RowWrite, 'existing'>;

/** What the system would become; null where the problems of the statement leave it open. */
function draftOf(statement: Statement, existing: StoredSystem | null, planning: Planning, notes: Note[]): Draft | null {
  const { classId, departmentId } = statement;
  checkPlaces(statement, existing, planning);
  const register = registerPatch(statement, existing, planning);
  const uses = usesAfter(statement, existing, planning);
  const contracts = contractsAfter(statement, existing, notes);
  if (classId === undefined || departmentId === undefined) return null;
  const cleared = planning.options.blanks === 'clear' ? null : (existing?.number ?? null);
  const fields: SystemFields = {
    kind: statement.kind ?? existing?.kind ?? 'system', name: statement.name, departmentId,
    number: typeof statement.number === 'number' ? statement.number : statement.number === null ? cleared : (existing?.number ?? null),
    classId: existing === null ? classId : existing.classId,
  };
  if (existing !== null && existing.upon > 0 && (fields.kind !== existing.kind || ends(existing, register, planning))) {
    statement.problems.push(problemAt('platform-in-use', statement.at, `「${existing.name}」の統制を引き継ぐシステムが${existing.upon}件あるため、種類を変えることも廃止することもできません。先にそのシステムの引継ぎを改めてください。`));
  }
  return { fields, register, uses, contracts };
}

function ends(existing: StoredSystem, patch: Record<Code, AnswerValue | null>, { state: { form } }: Planning): boolean {
  return !hasEnded(form, existing.register) && hasEnded(form, mergeRegister(form, existing.register, patch).register);
}

/** Departments and classes that have ended stay where they are, but nothing new is put there; nor where the person may not import. */
function checkPlaces(statement: Statement, existing: StoredSystem | null, { state }: Planning): void {
  const { record, at, departmentId, classId } = statement;
  const cellOf = (field: string): string => record.lines[0].cells.get(field)?.at ?? at;
  if (departmentId !== undefined && departmentId !== existing?.departmentId && state.departments.hasEnded(departmentId)) {
    statement.problems.push(problemAt('department-ended', cellOf('owner'), state.departments.endedFault(departmentId)));
  }
  if (departmentId !== undefined && state.reach !== 'all' && !(state.reach.has(departmentId) && (existing === null || state.reach.has(existing.departmentId)))) {
    statement.problems.push(problemAt('other-department', cellOf('owner'), 'この部署のシステムを取り込む権限がありません。行を除くか、権限のある人に頼んでください。'));
  }
  const ended = state.classes.find((one) => one.id === classId && one.ended);
  if (ended !== undefined && existing?.classId !== ended.id) statement.problems.push(problemAt('class-ended', cellOf('class'), `区分「${ended.label}」は終了しています。いまある区分にしてください。`));
}

/** Items that differ from what is stored. Texts that differ only in blanks at their ends are the same. */
function registerPatch(statement: Statement, existing: StoredSystem | null, { state: { form }, options }: Planning): Record<Code, AnswerValue | null> {
  const stored = existing?.register ?? {};
  const start = statement.record.lines[0];
  const patch: Record<Code, AnswerValue | null> = {};
  for (const [code, value] of Object.entries(statement.register)) {
    // A dash that stands in the file as it is stored is no blank.
    const asStored = typeof stored[code] === 'string' && start.cells.has(code) && plain(stored[code]) === textOf(start.cells.get(code)!.value);
    if (value === null ? options.blanks === 'clear' && stored[code] !== undefined && !asStored : !sameValue(stored[code], value)) patch[code] = value;
  }
  const merged = mergeRegister(form, stored, patch);
  const cellOf = (path: string): string => [...start.cells].find(([field]) => registerPath(field) === path)?.[1].at ?? statement.at;
  statement.problems.push(...merged.problems.map(({ code, path, message }) => problemAt(code, cellOf(path), message)));
  return Object.fromEntries(merged.changed.map(({ code, after }) => [code, after]));
}

function sameValue(stored: AnswerValue | undefined, stated: AnswerValue): boolean {
  if (typeof stored === 'string' && typeof stated === 'string') return plain(stored) === plain(stated);
  if (typeof stored === 'object' && 'choice' in stored && typeof stated === 'object' && 'choice' in stated) return stored.choice === stated.choice && plain(stored.text ?? '') === plain(stated.text ?? '');
  return isDeepStrictEqual(stored, stated);
}

const plain = (text: string): string => text.replace(/\r\n?/gu, '\n').trim();

/** Null: unchanged. Departments that the file does not name stay, unless blanks clear. */
function usesAfter(statement: Statement, existing: StoredSystem | null, { state, options, mapped }: Planning): Use[] | null {
  const stored = existing?.uses ?? [];
  const after = new Map(stored.map((one) => [one.departmentId, one]));
  const named = new Set(statement.uses.map(({ departmentId }) => departmentId));
  const clears = options.blanks === 'clear';
  const columns = mapped.get(statement.record.sheet) ?? new Set();
  for (const use of stored) {
    const own = use.departmentId === statement.departmentId;
    const counted = own && (columns.has('sections') || columns.has('terminals')) && (use.sections !== null || use.terminals !== null);
    if (clears && !named.has(use.departmentId) && (own ? counted : columns.has('use-department'))) after.delete(use.departmentId);
  }
  for (const { departmentId, sections, terminals, at } of statement.uses) {
    const before = after.get(departmentId);
    if (before === undefined && state.departments.hasEnded(departmentId)) statement.problems.push(problemAt('department-ended', at, state.departments.endedFault(departmentId)));
    const keep = (stated: number | null, old: number | null | undefined): number | null => stated ?? (clears ? null : (old ?? null));
    after.set(departmentId, { departmentId, sections: keep(sections, before?.sections), terminals: keep(terminals, before?.terminals) });
  }
  if (after.size > MOST_PARTS) statement.problems.push(problemAt('too-many', statement.at, `利用する部署は${MOST_PARTS}件までです。`));
  const uses = [...after.values()];
  return isDeepStrictEqual(byDepartment(uses), byDepartment(stored)) ? null : uses;
}

const byDepartment = (uses: readonly (Use | StatedUse)[]): Use[] => [...uses].sort((a, b) => (a.departmentId < b.departmentId ? -1 : 1)).map(({ departmentId, sections, terminals }) => ({ departmentId, sections, terminals }));

/** Null: unchanged, or a problem. */
function contractsAfter(statement: Statement, existing: StoredSystem | null, notes: Note[]): Contract[] | null {
  const stored = existing?.contracts ?? [];
  const counted = countedContracts(stored, statement.contracts, statement.clauses);
  const at = (field: string): string => statement.record.lines[0].cells.get(field)?.at ?? statement.at;
  if (counted.contracts === null) {
    statement.problems.push(problemAt('contracts-unclear', at(counted.field), counted.fault));
    return null;
  }
  if (counted.added > 0) notes.push({ at: at('contracts'), message: `委託契約を${counted.added}件加えます。名称は「${counted.contracts.at(-1)!.title}」のように付くので、契約の名称と委託先は台帳で直してください。` });
  return isDeepStrictEqual(counted.contracts, stored) ? null : counted.contracts;
}

function changesOf(existing: StoredSystem | null, draft: Draft, { state, fields }: Planning): FieldChange[] {
  const changes: FieldChange[] = [];
  const change = (field: string, label: string, before: string, after: string): void => void (before !== after && changes.push({ field, label, before, after }));
  const classLabel = (id: string | null | undefined): string => state.classes.find((one) => one.id === id)?.label ?? '';
  const numberText = (number: number | null | undefined): string => (number === null || number === undefined ? '' : String(number));
  change('class', fields.label('class'), classLabel(existing?.classId), classLabel(draft.fields.classId));
  change('number', fields.label('number'), numberText(existing?.number), numberText(draft.fields.number));
  change('name', fields.label('name'), existing?.name ?? '', draft.fields.name);
  change('kind', fields.label('kind'), existing === null ? '' : KIND_NAMES[existing.kind]!, KIND_NAMES[draft.fields.kind]!);
  change('owner', fields.label('owner'), existing === null ? '' : state.departments.nameOf(existing.departmentId), state.departments.nameOf(draft.fields.departmentId));
  for (const { code, item, label } of fields.all) {
    if (item !== null && Object.hasOwn(draft.register, code)) change(code, label, valueText(item, existing?.register[code]), valueText(item, draft.register[code]));
  }
  if (draft.uses !== null) change('uses', '利用する部署', usesText(existing?.uses ?? [], state.departments), usesText(draft.uses, state.departments));
  if (draft.contracts !== null) change('contracts', '委託契約', contractsText(existing?.contracts ?? []), contractsText(draft.contracts));
  return changes;
}

function usesText(uses: readonly Use[], departments: Planning['state']['departments']): string {
  const count = (number: number | null, unit: string): string => (number === null ? `${unit}の数は不明` : `${number.toLocaleString('ja-JP')}${unit}`);
  return uses.map(({ departmentId, sections, terminals }) => `${departments.nameOf(departmentId)}　${count(sections, '課')}　${count(terminals, '台')}`).join('\n');
}

function contractsText(contracts: readonly Contract[]): string {
  if (contracts.length === 0) return '';
  const [yes, no, unknown] = [true, false, null].map((clause) => contracts.filter((one) => one.personalInformationClause === clause).length);
  return `${contracts.length}件（個人情報の条項：あり${yes}件、なし${no}件、不明${unknown}件）`;
}
