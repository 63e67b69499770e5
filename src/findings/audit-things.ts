/** Findings and improvement opinions of an exchange file, numbered, and what references to them mean. Pure. */
import type { ReferenceResolver } from '../engine/references.js';
import { figuresOf } from '../engine/tabulating.js';
import type { TabulationResult } from '../engine/tabulation.js';
import type { AuditFile, FindingInFile, ImprovementInFile } from './audit-file.js';
import { numberedAudit, resolverOf, type NumberableRow, type NumberedAudit } from './numbered.js';

export type NumberedFile = NumberedAudit<FindingInFile & NumberableRow, ImprovementInFile & NumberableRow>;

/** Ids are the keys of the file as texts. */
export function numberedFile({ findings, improvements, cases, numbering }: Pick<AuditFile, 'findings' | 'improvements' | 'cases' | 'numbering'>): NumberedFile {
  const rowOf = <T extends { number: number; parent: number | null; case: string | null }>(one: T, position: number): T & NumberableRow =>
    ({ ...one, id: String(one.number), parentId: one.parent === null ? null : String(one.parent), caseId: one.case, position });
  return numberedAudit({ findings: findings.map(rowOf), improvements: improvements.map(rowOf), cases: cases.map(({ key }) => ({ id: key })) }, numbering);
}

/** What references to these findings hold, from three neighbours on as a range: `2～8`, `9`. What is not there is left out. */
export function citedRuns({ findings }: NumberedFile, numbers: readonly number[]): string[] {
  const named = findings.filter((one) => numbers.includes(one.number));
  const runs: (typeof named)[] = [];
  for (const one of named) {
    const siblings = findings.filter((other) => other.parent === one.parent && other.group === one.group);
    const before = siblings[siblings.indexOf(one) - 1];
    const last = runs.at(-1);
    if (before !== undefined && last?.at(-1) === before) last.push(one);
    else runs.push([one]);
  }
  return runs.flatMap((run) => (run.length > 2 ? [`${run[0]!.number}～${run.at(-1)!.number}`] : run.map((one) => String(one.number))));
}

/** What references in texts of the audit mean now. A table is named by its title; of several with one code the first is meant. */
export function auditResolver(view: NumberedFile, results: readonly TabulationResult[]): ReferenceResolver {
  const tables = new Map(results.flatMap((one) => one.tables).reverse().map((one) => [one.code, one.title]));
  const figures = new Map([...results].reverse().flatMap((one) => [...figuresOf(one)].map(([address, { figure }]): [string, string] => [address, figure.text])));
  return resolverOf(view, { figure: (address) => figures.get(address) ?? null, table: (code) => tables.get(code) ?? null });
}
