/** Which system of the register a row means: by class and number, else by class, department and name. */
import { groupedBy } from '../../engine/grouping.js';
import { problemAt } from './departments.js';
import type { Planning, StoredSystem } from './plan.js';
import type { Statement } from './statements.js';

/** `existing: null`: a new system. */
export interface Matched {
  statement: Statement;
  existing: StoredSystem | null;
}

const foldName = (name: string): string => name.normalize('NFKC').replace(/\s/gu, '').toLowerCase();
const numberKey = (classId: string | null, number: number): string => `${classId ?? ''}#${number}`;
const nameKey = (classId: string | null, departmentId: string, name: string): string => `${classId ?? ''}#${departmentId}#${foldName(name)}`;

/** Matches every statement; what cannot be told apart becomes a problem of the statement. */
export function matchSystems(statements: readonly Statement[], { state }: Planning): Matched[] {
  const byNumber = grouped(state.systems, (one) => (one.number === null ? null : numberKey(one.classId, one.number)));
  const byName = grouped(state.systems, (one) => nameKey(one.classId, one.departmentId, one.name));
  const matched = statements.map((statement): Matched => {
    const { classId, departmentId, name, number } = statement;
    if (classId === undefined) return { statement, existing: null };
    const numbered = typeof number === 'number' ? (byNumber.get(numberKey(classId, number)) ?? []) : [];
    if (numbered.length > 0) return { statement, existing: only(statement, numbered) };
    const named = departmentId === undefined ? [] : (byName.get(nameKey(classId, departmentId, name)) ?? []);
    const without = named.filter((one) => one.number === null);
    if (typeof number === 'number' || without.length > 0) return { statement, existing: only(statement, without) };
    return { statement, existing: only(statement, named) };
  });
  refuseTwice(matched);
  return matched;
}

function only(statement: Statement, candidates: readonly StoredSystem[]): StoredSystem | null {
  const [one, other] = candidates;
  if (one !== undefined && other !== undefined) statement.problems.push(problemAt('system-ambiguous', statement.at, `台帳に「${one.name}」が${candidates.length}件あり、どれのことか分かりません。番号を入れてください。`));
  return one ?? null;
}

/** A number or a system that two rows claim: which of them holds cannot be known, so all are refused. */
function refuseTwice(matched: readonly Matched[]): void {
  const numbers = grouped(matched, ({ statement: { classId, number } }) => (typeof number === 'number' && classId !== undefined ? numberKey(classId, number) : null));
  const twice = new Set<Statement>();
  for (const [, rows] of numbers) {
    if (rows.length < 2) continue;
    for (const { statement } of rows) {
      twice.add(statement);
      const others = rows.filter((one) => one.statement !== statement).map((one) => numberCell(one.statement));
      statement.problems.push(problemAt('number-twice', numberCell(statement), `番号${statement.number!}は、同じ区分の「${others.slice(0, 5).join('」「')}」にもあります。番号を直すか、重なる行を消してください。`));
    }
  }
  const claims = grouped(matched, ({ statement, existing }) => existing?.id ?? unnumberedKey(statement));
  for (const [, rows] of claims) {
    if (rows.length < 2) continue;
    for (const { statement } of rows) {
      if (twice.has(statement)) continue;
      const others = rows.filter((one) => one.statement !== statement).map((one) => one.statement.at);
      statement.problems.push(problemAt('system-twice', statement.at, `「${statement.name}」は「${others.slice(0, 5).join('」「')}」の行と同じシステムに当たります。番号を入れて区別するか、重なる行を消してください。`));
    }
  }
}

const numberCell = ({ record, at }: Statement): string => record.lines[0].cells.get('number')?.at ?? at;

/** New rows without a number are told apart by their names. */
function unnumberedKey({ classId, departmentId, name, number }: Statement): string | null {
  return typeof number === 'number' || classId === undefined || departmentId === undefined || name === '' ? null : nameKey(classId, departmentId, name);
}

/** Those that have a key. */
function grouped<T>(all: readonly T[], keyOf: (one: T) => string | null): Map<string | null, T[]> {
  const groups = groupedBy(all, keyOf);
  groups.delete(null);
  return groups;
}
