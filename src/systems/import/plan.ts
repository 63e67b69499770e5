/** Shapes of what an import would do, and of the register it is held against. */
import type { CompiledForm } from '../../engine/form-index.js';
import type { AnswerValue, Code } from '../../engine/form.js';
import type { Problem } from '../../kernel/errors.js';
import type { SystemFields } from '../register-changing.js';
import type { Contract, Use } from '../system-parts.js';
import type { DepartmentNames } from './departments.js';
import type { ImportFields } from './fields.js';
import type { Note } from './records.js';

/** A system as it is stored. */
export interface StoredSystem extends SystemFields {
  id: string;
  version: number;
  register: Record<Code, AnswerValue>;
  uses: Use[];
  contracts: Contract[];
  /** Systems that rest upon it, for a platform. */
  upon: number;
}

/** The register at the moment of the preview; systems that were merged away are not in it. */
export interface RegisterState {
  form: CompiledForm;
  classes: readonly { id: string; label: string; ended: boolean }[];
  departments: DepartmentNames;
  systems: readonly StoredSystem[];
  /** Departments for which the person may import. */
  reach: 'all' | ReadonlySet<string>;
}

export interface ImportOptions {
  /** What becomes of a row whose system is in the register already. */
  sameNumber: 'update' | 'skip';
  /** A blank cell leaves what is there, or takes it away. */
  blanks: 'keep' | 'clear';
  /** A blank 所管部局 is that of the system above. */
  fillOwner: boolean;
  /** Sheet → class of its systems (`none`: without a class), for rows that name none. */
  classes: Record<string, string>;
  /** Sheets that are left out. */
  leftOut: string[];
}

export const FIRST_OPTIONS: ImportOptions = { sameNumber: 'update', blanks: 'keep', fillOwner: false, classes: {}, leftOut: [] };

export interface FieldChange {
  /** Own field (`uses` and `contracts` for the lists) or code of an item. */
  field: string;
  label: string;
  /** As a person reads it; blank for nothing. */
  before: string;
  after: string;
}

/** What takes a row over; nothing else is written. */
export interface RowWrite {
  /** Null: a new system. */
  existing: { id: string; version: number } | null;
  fields: SystemFields;
  /** Items that change; null takes one away. */
  register: Record<Code, AnswerValue | null>;
  /** Null: unchanged. */
  uses: Use[] | null;
  contracts: Contract[] | null;
}

export type RowKind = 'new' | 'changed' | 'unchanged' | 'refused' | 'skipped';

export interface PlannedRow {
  kind: RowKind;
  sheet: string;
  row: number;
  /** Address of the row's first cell. */
  at: string;
  number: number | null;
  name: string;
  systemId: string | null;
  changes: FieldChange[];
  problems: Problem[];
  notes: Note[];
  /** Why it is skipped; else blank. */
  reason: string;
  write: RowWrite | null;
}

/** All that a decision about a row needs. */
export interface Planning {
  state: RegisterState;
  fields: ImportFields;
  options: ImportOptions;
  /** Sheet → fields that have a column there. */
  mapped: ReadonlyMap<string, ReadonlySet<string>>;
}
