/** What a record of a file states about its system: every cell read, every cell that cannot be read named. */
import { checkText } from '../../engine/answer-texts.js';
import type { AnswerValue, Code } from '../../engine/form.js';
import type { Problem } from '../../kernel/errors.js';
import { LARGEST_NUMBER, LONGEST_NAME, tidied } from '../register-changing.js';
import { LARGEST_COUNT, MOST_PARTS } from '../system-parts.js';
import { answerIn, cellFault, contractsIn, countIn, wordsIn, type Said } from './cell-values.js';
import { problemAt } from './departments.js';
import { textOf } from './grid.js';
import { foldWord } from './import-words.js';
import type { Planning } from './plan.js';
import type { Found, RecordLine, SystemRecord } from './records.js';

/** Undefined: the file says nothing of it. Null: the cell is blank. */
export interface Statement {
  record: SystemRecord;
  at: string;
  name: string;
  number: number | null | undefined;
  kind: 'system' | 'platform' | undefined;
  /** Null: without a class; undefined: not known, then there is a problem. */
  classId: string | null | undefined;
  departmentId: string | undefined;
  register: Record<Code, AnswerValue | null>;
  uses: StatedUse[];
  contracts: number | 'some' | null | undefined;
  clauses: number | 'some' | null | undefined;
  problems: Problem[];
}

export interface StatedUse {
  departmentId: string;
  sections: number | null;
  terminals: number | null;
  at: string;
}

/** @param mapped fields that have a column in this sheet; @param above text and place of the owner of the system above */
export function stateRecord(record: SystemRecord, mapped: ReadonlySet<string>, planning: Planning, above: Found | null): { statement: Statement; owner: Found | null } {
  const [start] = record.lines;
  const reader = new Reader(start, mapped, planning, [...record.problems]);
  const filled = planning.options.fillOwner && above !== null && cellFault(above.value) === null ? above : null;
  const ownerCell = start.cells.get('owner') ?? filled;
  const departmentId = ownerCell === null ? reader.missing('owner-missing', 'owner') : reader.department(ownerCell);
  const statement: Statement = {
    record, at: start.at, name: nameOf(reader), number: numberOf(reader), kind: kindOf(reader), classId: classOf(reader, record.sheet), departmentId,
    register: registerOf(reader), uses: usesOf(record, reader, departmentId), contracts: reader.read('contracts', (value) => contractsIn(value, planning.fields, MOST_PARTS)),
    clauses: reader.read('contract-clauses', (value) => contractsIn(value, planning.fields, MOST_PARTS)), problems: reader.problems,
  };
  return { statement, owner: ownerCell };
}

/** Reads the cells of one row and gathers what is wrong with them. */
class Reader {
  constructor(readonly line: RecordLine, readonly mapped: ReadonlySet<string>, readonly planning: Planning, readonly problems: Problem[]) {}

  cell(field: string): Found | undefined {
    return this.line.cells.get(field);
  }

  problem(code: string, at: string, message: string): undefined {
    this.problems.push(problemAt(code, at, message));
    return undefined;
  }

  missing(code: string, field: string): undefined {
    if (this.problems.some((one) => one.code === 'row-without-system')) return undefined;
    const hint = field === 'owner' ? '上の行と同じなら、「空の所管部局は上の行と同じとみなす」を選ぶこともできます。' : '';
    return this.problem(code, this.line.at, `「${this.planning.fields.label(field)}」が空です。入れてください。${hint}`);
  }

  /** Undefined where there is no column, or what stands there is a problem. */
  read<T>(field: string, reading: (value: Found['value']) => Said<T>): T | null | undefined {
    if (!this.mapped.has(field)) return undefined;
    const found = this.cell(field);
    return found === undefined ? null : this.value(field, found, reading);
  }

  value<T>(field: string, found: Found, reading: (value: Found['value']) => Said<T>): T | null | undefined {
    // A formula without a sound result is named already.
    if (cellFault(found.value) !== null) return undefined;
    const { value, fault } = reading(found.value);
    return fault === null ? value : this.problem('cell-invalid', found.at, `${this.planning.fields.label(field)}：${fault}`);
  }

  department({ at, value }: Found, text = textOf(value)): string | undefined {
    if (cellFault(value) !== null) return undefined;
    const found = this.planning.state.departments.find(text);
    return found.id === null ? this.problem('department-unknown', at, found.fault) : found.id;
  }
}

function nameOf(reader: Reader): string {
  const cell = reader.cell('name');
  const name = cell === undefined || cellFault(cell.value) !== null ? '' : tidied(wordsIn(cell.value));
  if (cell === undefined || (name === '' && cellFault(cell.value) === null)) reader.missing('name-missing', 'name');
  else checkText(name, LONGEST_NAME, (code, message) => reader.problem(code, cell.at, `システム名：${message}`));
  return name;
}

function numberOf(reader: Reader): number | null | undefined {
  const number = reader.read('number', (value) => countIn(value, reader.planning.fields, '', LARGEST_NUMBER));
  return number === 0 ? reader.problem('cell-invalid', reader.cell('number')!.at, `番号は1から${LARGEST_NUMBER}までの整数で入れてください。`) : number;
}

function kindOf(reader: Reader): Statement['kind'] {
  const { fields } = reader.planning;
  const kind = reader.read('kind', (value) => {
    const found = fields.kind(textOf(value));
    return found === undefined ? { value: null, fault: `「${textOf(value).slice(0, 60)}」という種類はありません。使える言葉：システム、共通基盤` } : { value: found, fault: null };
  });
  return kind ?? undefined;
}

function classOf(reader: Reader, sheet: string): Statement['classId'] {
  const { state: { classes }, options } = reader.planning;
  const cell = reader.cell('class');
  if (cell === undefined) {
    const chosen = Object.hasOwn(options.classes, sheet) ? options.classes[sheet]! : 'none';
    return chosen === 'none' ? null : chosen;
  }
  if (cellFault(cell.value) !== null) return undefined;
  const word = textOf(cell.value);
  const found = classes.find(({ label }) => label === word) ?? classes.find(({ label }) => foldWord(label) === foldWord(word));
  return found?.id ?? reader.problem('class-unknown', cell.at, `「${word.slice(0, 60)}」という区分はありません。使える区分：${classes.filter(({ ended }) => !ended).map(({ label }) => label).join('、')}`);
}

function registerOf(reader: Reader): Statement['register'] {
  const register: Statement['register'] = {};
  const { fields } = reader.planning;
  for (const { code, item } of fields.all) {
    if (item === null) continue;
    const value = reader.read(code, (cell) => answerIn(cell, item, fields));
    if (value !== undefined) register[code] = value;
  }
  return register;
}

/**
 * The using departments of a record. Counts beside 課数 and 台数 belong to the owner on the system's own row, unless the row names
 * another department and there are no columns of its own for that one's counts.
 */
function usesOf(record: SystemRecord, start: Reader, owner: string | undefined): StatedUse[] {
  const uses: StatedUse[] = [];
  for (const [n, line] of record.lines.entries()) {
    const reader = n === 0 ? start : new Reader(line, start.mapped, start.planning, start.problems);
    for (const use of usesOnLine(reader, n === 0, owner)) {
      const twice = uses.find(({ departmentId }) => departmentId === use.departmentId);
      if (twice === undefined) uses.push(use);
      else start.problem('use-twice', use.at, `同じ部署（${start.planning.state.departments.nameOf(use.departmentId)}）の利用が「${twice.at}」にもあります。1行にまとめてください。`);
    }
  }
  return uses;
}

function usesOnLine(reader: Reader, first: boolean, owner: string | undefined): StatedUse[] {
  const apart = reader.mapped.has('use-sections') || reader.mapped.has('use-terminals');
  const named = reader.cell('use-department');
  const departments = named === undefined ? [] : linesOf(named);
  const others = named === undefined ? 1 : departments.length;
  const ownCounts = countsOf(reader, 'sections', 'terminals', apart && first ? 1 : others);
  const otherCounts = apart ? countsOf(reader, 'use-sections', 'use-terminals', others) : ownCounts;
  const uses = first && (named === undefined || apart) ? ownersUse(reader, owner, ownCounts) : [];
  if (named === undefined) {
    if (!first || (apart && otherCounts !== null)) refuseCounts(reader);
    return uses;
  }
  // On a row of its own a department may have its counts under the headings of the owner.
  const counts = otherCounts ?? (first ? null : ownCounts);
  for (const [place, text] of departments.entries()) {
    const departmentId = reader.department(named, text);
    if (departmentId !== undefined) uses.push({ departmentId, sections: null, terminals: null, ...counts?.[place], at: named.at });
  }
  return uses;
}

function ownersUse({ line: { at, cells } }: Reader, departmentId: string | undefined, counts: Counts[] | null): StatedUse[] {
  return departmentId === undefined || counts === null ? [] : [{ departmentId, ...counts[0]!, at: (cells.get('sections') ?? cells.get('terminals'))?.at ?? at }];
}

/** Counts of nobody. */
function refuseCounts(reader: Reader): void {
  const field = ['use-sections', 'use-terminals', 'sections', 'terminals'].find((one) => reader.cell(one) !== undefined);
  if (field !== undefined) reader.problem('use-without-department', reader.cell(field)!.at, '課数や台数がありますが、どの部署の利用か分かりません。再掲の部局を入れてください。');
}

const linesOf = ({ value }: Found): string[] => textOf(value).split('\n').map((one) => one.trim()).filter((one) => one !== '');

type Counts = { sections: number | null; terminals: number | null };

/** Counts for so many departments of one cell, one a line; null when both cells are blank. */
function countsOf(reader: Reader, sections: string, terminals: string, departments: number): Counts[] | null {
  const [s, t] = [linesIn(reader, sections, departments, '課'), linesIn(reader, terminals, departments, '台')];
  if (s === null && t === null) return null;
  return Array.from({ length: departments }, (_, n) => ({ sections: s?.[n] ?? null, terminals: t?.[n] ?? null }));
}

function linesIn(reader: Reader, field: string, departments: number, unit: string): (number | null)[] | null {
  const found = reader.cell(field);
  if (found === undefined || departments === 0) return null;
  const count = (value: Found['value']): number | null => reader.value(field, { at: found.at, value }, (one) => countIn(one, reader.planning.fields, unit, LARGEST_COUNT)) ?? null;
  const lines = typeof found.value === 'string' ? linesOf(found) : [found.value];
  if (lines.length !== departments) {
    reader.problem('use-lines', found.at, `部署は${departments}行ありますが、${reader.planning.fields.label(field)}は${lines.length}行です。行の数をそろえるか、部署ごとに1行ずつに分けてください。`);
    return null;
  }
  return lines.map(count);
}
