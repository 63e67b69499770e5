/** 適合の割合 by department, from the rows of a matrix. Pure. */
import type { SystemInMatrix } from './check-results.service.js';
import { noCounts, type Counts } from './check-shapes.js';
import { shareMet, type MatrixRow } from './matrix.js';

export interface DepartmentShare {
  id: string;
  name: string;
  /** Systems that were checked. */
  systems: number;
  counts: Counts;
  /** 適合 among 適合, 不適合 and 未確認; null when no rule applies. */
  share: number | null;
}

/** In the order of the rows; each department stands where its first system does. */
export function departmentShares(rows: readonly MatrixRow<SystemInMatrix>[]): DepartmentShare[] {
  const found = new Map<string, DepartmentShare>();
  for (const { system, counts } of rows) {
    const one = found.get(system.departmentId) ?? { id: system.departmentId, name: system.departmentName, systems: 0, counts: noCounts(), share: null };
    one.systems += 1;
    for (const result of Object.keys(counts) as (keyof Counts)[]) one.counts[result] += counts[result];
    found.set(system.departmentId, one);
  }
  return [...found.values()].map((one) => ({ ...one, share: shareMet(one.counts) }));
}
