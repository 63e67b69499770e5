/** The register as an XLSX file with the headings that an import knows: taken in again it changes nothing. */
import { Injectable } from '@nestjs/common';
import { Departments } from '../identity/departments.service.js';
import type { AnswerValue } from '../engine/form.js';
import type { Ctx } from '../kernel/ctx.js';
import { workbook, type Column } from '../rendering/workbook.js';
import { ImportFields, type ImportField } from './import/fields.js';
import type { RegisterState, StoredSystem } from './import/plan.js';
import { departmentNames, storedSystems } from './register-import-state.js';
import { within, type SystemFilter } from './register-list.js';
import { KIND_NAMES } from './system-history.js';
import { SystemClasses } from './system-classes.service.js';

export type ExportCell = string | number | null;

@Injectable()
export class RegisterExport {
  constructor(private readonly fields: ImportFields, private readonly departments: Departments, private readonly classes: SystemClasses) {}

  /**
   * As far as the person's grants reach: systems that their departments own or use, of those that fit the filter.
   * @param further a column that no import knows, with a cell for each system that has one
   */
  async workbook(ctx: Ctx, filter: SystemFilter = {}, further?: FurtherColumn): Promise<Buffer> {
    const tree = await this.departments.tree(ctx);
    const chosen = within(ctx, { register: this.fields.form }, tree, filter);
    const rows: { id: string }[] = chosen === null ? [] : await ctx.tx.query(`select s.id from system s where ${chosen.sql}`, chosen.parameters);
    const ids = new Set(rows.map((one) => one.id));
    const classes = (await this.classes.list(ctx)).map(({ id, label, endedOn }) => ({ id, label, ended: endedOn !== null }));
    return registerWorkbook((await storedSystems(ctx)).filter((one) => ids.has(one.id)), this.fields, { classes, departments: departmentNames(tree, ctx.clock.today()) }, further);
  }
}

export interface FurtherColumn {
  label: string;
  width: number;
  /** By id of the system. */
  cells: ReadonlyMap<string, string>;
}

type Named = Pick<RegisterState, 'classes' | 'departments'>;

export function registerWorkbook(systems: readonly StoredSystem[], fields: ImportFields, named: Named, further?: FurtherColumn): Promise<Buffer> {
  const { columns, rows } = registerRows(systems, fields, named, further);
  return workbook('システム台帳', columns, rows);
}

/** A row for each system, in the order of classes and numbers, and below it one for each other department that uses it (再掲). */
export function registerRows(systems: readonly StoredSystem[], fields: ImportFields, named: Named, further?: FurtherColumn): { columns: Column[]; rows: ExportCell[][] } {
  const place = new Map(named.classes.map(({ id }, n) => [id, n]));
  const of = (one: StoredSystem): number => (one.classId === null ? named.classes.length : (place.get(one.classId) ?? 0));
  const sorted = [...systems].sort((a, b) => of(a) - of(b) || (a.number ?? Infinity) - (b.number ?? Infinity) || (a.name < b.name ? -1 : 1));
  const columns = fields.all.map(({ label, item }): Column => ({ label, width: widthOf(label, item?.item.kind) }));
  const rows = (one: StoredSystem): ExportCell[][] => rowsOf(one, fields, named);
  if (further === undefined) return { columns, rows: sorted.flatMap(rows) };
  return { columns: [...columns, { label: further.label, width: further.width }], rows: sorted.flatMap((one) => rows(one).map((row, n) => [...row, n === 0 ? (further.cells.get(one.id) ?? null) : null])) };
}

function widthOf(label: string, kind: string | undefined): number {
  if (kind === 'long-text') return 48;
  return kind === 'text' || label.length > 12 ? 28 : 16;
}

function rowsOf(system: StoredSystem, fields: ImportFields, named: Named): ExportCell[][] {
  const own = system.uses.find((one) => one.departmentId === system.departmentId);
  const clauses = system.contracts.some((one) => one.personalInformationClause === null) ? null : system.contracts.filter((one) => one.personalInformationClause).length;
  const cells: Record<string, ExportCell> = {
    class: named.classes.find((one) => one.id === system.classId)?.label ?? null, number: system.number, name: system.name, kind: KIND_NAMES[system.kind]!,
    owner: named.departments.nameOf(system.departmentId), sections: own?.sections ?? null, terminals: own?.terminals ?? null,
    contracts: system.contracts.length, 'contract-clauses': system.contracts.length === 0 ? null : clauses,
  };
  const first = fields.all.map((field) => (field.item === null ? escaped(cells[field.code] ?? null) : escaped(itemCell(field, system.register[field.code]))));
  const others = system.uses.filter((one) => one !== own).map((use) => {
    const again: Record<string, ExportCell> = { 'use-department': named.departments.nameOf(use.departmentId), 'use-sections': use.sections, 'use-terminals': use.terminals };
    return fields.all.map(({ code }) => escaped(again[code] ?? null));
  });
  return [first, ...others];
}

/** As an import reads it back: options by their labels, days as ISO dates. */
function itemCell({ item }: ImportField, value: AnswerValue | undefined): ExportCell {
  if (value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'string') return value;
  const label = (code: string): string => item!.options?.get(code)?.label ?? code;
  if ('choice' in value) return `${label(value.choice)}${value.text === undefined || value.text === '' ? '' : `（${value.text}）`}`;
  if ('checked' in value) return value.checked.map((code) => `${label(code)}${value.texts?.[code] === undefined ? '' : `（${value.texts[code]}）`}`).join('\n');
  return null;
}

/** In texts of a workbook `_x0041_` would be read as the character A (ECMA-376 part 1, 22.9.2.19). */
function escaped(cell: ExportCell): ExportCell {
  return typeof cell === 'string' ? cell.replace(/_(?=x[0-9A-Fa-f]{4}_)/gu, '_x005F_') : cell;
}
