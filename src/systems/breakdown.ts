/** Counts a set of systems as an administrative audit prints them: by option, gross counts, departments. Pure. */
import type { CompiledForm } from '../engine/form-index.js';
import type { AnswerValue, Code } from '../engine/form.js';
import { choiceOf } from './register-values.js';

export interface CountedSystem {
  departmentId: string;
  register: Readonly<Record<Code, AnswerValue>>;
  uses: readonly { departmentId: string; sections: number | null; terminals: number | null }[];
  contracts: number;
}

export interface ItemBreakdown {
  code: Code;
  label: string;
  /** Every option in order, those with 0 too. */
  options: { code: Code; label: string; count: number }[];
  /** 記入なし. With the options it adds up to the number of systems. */
  blank: number;
}

export interface Breakdown {
  systems: number;
  /** Choice items of the register in order. */
  items: ItemBreakdown[];
  /** 実数: departments that own at least one, that use at least one, and either. */
  owners: number;
  users: number;
  departments: number;
  /** 延べ部署: a department counts once for each system that it uses, 再掲 included. */
  grossDepartments: number;
  /** 延べ課数 and 端末: sums over all uses; a use whose number is not known adds nothing and is counted in `without…`. */
  grossSections: number;
  terminals: number;
  withoutSections: number;
  withoutTerminals: number;
  /** Outsourcing contracts. */
  contracts: number;
}

export function breakdownOf(systems: readonly CountedSystem[], form: CompiledForm): Breakdown {
  const uses = systems.flatMap((one) => one.uses);
  const owners = new Set(systems.map((one) => one.departmentId));
  const users = new Set(uses.map((one) => one.departmentId));
  return {
    systems: systems.length,
    items: form.items.filter(({ item }) => item.kind === 'choice').map(({ code, item, options }) => {
      const counts = new Map([...options!.keys()].map((option) => [option, 0]));
      let blank = 0;
      for (const { register } of systems) {
        const choice = choiceOf(register[code]);
        const count = choice === null ? undefined : counts.get(choice);
        if (count === undefined) blank += 1;
        else counts.set(choice!, count + 1);
      }
      return { code, label: item.label, options: [...options!.values()].map((option) => ({ code: option.code, label: option.label, count: counts.get(option.code)! })), blank };
    }),
    owners: owners.size,
    users: users.size,
    departments: new Set([...owners, ...users]).size,
    grossDepartments: uses.length,
    grossSections: sum(uses.map((one) => one.sections)),
    terminals: sum(uses.map((one) => one.terminals)),
    withoutSections: uses.filter((one) => one.sections === null).length,
    withoutTerminals: uses.filter((one) => one.terminals === null).length,
    contracts: systems.reduce((total, one) => total + one.contracts, 0),
  };
}

function sum(numbers: readonly (number | null)[]): number {
  return numbers.reduce<number>((total, one) => total + (one ?? 0), 0);
}
