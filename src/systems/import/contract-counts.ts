/** A file counts contracts; the register lists them. What the counts ask of the list, where they leave no doubt which contract is meant. */
import type { Contract } from '../system-parts.js';

export type CountedContracts = { contracts: Contract[]; added: number; fault: null } | { contracts: null; field: 'contracts' | 'contract-clauses'; fault: string };

/**
 * @param count how many; `some`: at least one; null or undefined: not said
 * @param clauses how many with a clause on personal information; `some`: all of them
 */
export function countedContracts(stored: readonly Contract[], count: number | 'some' | null | undefined, clauses: number | 'some' | null | undefined): CountedContracts {
  const contracts = [...stored];
  const wanted = count === 'some' ? Math.max(1, stored.length) : (count ?? stored.length);
  if (wanted < stored.length) {
    return { contracts: null, field: 'contracts', fault: `台帳には委託契約が${stored.length}件ありますが、ファイルでは${wanted}件です。どの契約を消すかは取込みでは決められません。台帳で契約を消すか、件数を直してください。` };
  }
  for (let n = stored.length; n < wanted; n += 1) contracts.push({ title: `委託契約${n + 1}`, contractor: '', personalInformationClause: null, beginsOn: null, endsOn: null });
  const added = wanted - stored.length;
  if (clauses === null || clauses === undefined) return { contracts, added, fault: null };
  const target = clauses === 'some' ? contracts.length : clauses;
  const settled = withClauses(contracts, target, stored.length);
  if (settled !== null) return { contracts: settled, added, fault: null };
  const have = contracts.filter((one) => one.personalInformationClause === true).length;
  const why = target > contracts.length ? `委託契約は${contracts.length}件です` : `台帳で条項があるのは${have}件です`;
  return { contracts: null, field: 'contract-clauses', fault: `個人情報の条項がある契約が${target}件となっていますが、${why}。どの契約のことかは取込みでは決められません。件数を直すか、台帳で契約ごとに直してください。` };
}

/** Sets what is not known so that `target` contracts have the clause; null where it is open which ones. */
function withClauses(contracts: readonly Contract[], target: number, stored: number): Contract[] | null {
  const open = target - contracts.filter((one) => one.personalInformationClause === true).length;
  const unknown = contracts.flatMap((one, n) => (one.personalInformationClause === null ? [n] : []));
  const allOrNone = open === 0 || open === unknown.length;
  // Contracts that are added here have no name yet: which of them has the clause makes no difference.
  const alike = unknown.every((n) => n >= stored);
  if (open < 0 || open > unknown.length || !(allOrNone || alike)) return null;
  const withClause = new Set(unknown.slice(0, open));
  return contracts.map((one, n) => (one.personalInformationClause === null ? { ...one, personalInformationClause: withClause.has(n) } : one));
}
