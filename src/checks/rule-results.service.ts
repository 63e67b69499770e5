import { Injectable } from '@nestjs/common';
import type { Code } from '../engine/form.js';
import type { Result } from '../engine/rule-set.js';
import { Department } from '../identity/organisation.entity.js';
import type { Ctx } from '../kernel/ctx.js';
import { scoped } from '../kernel/scoped.js';
import { isOverruled, noCounts, resultOfLetter, type Counts } from './check-shapes.js';
import { CheckStates } from './check-states.service.js';

/** A system with the result that one rule has there now. */
export interface SystemOfRule {
  id: string;
  name: string;
  departmentName: string;
  result: Result;
  /** A person gave it. */
  overruled: boolean;
}

/** What the rules of a set find now, over the systems that the person may see. */
@Injectable()
export class RuleResults {
  constructor(private readonly states: CheckStates) {}

  /** Counts by rule; a rule that was never checked is not there. */
  async ofSet(ctx: Ctx, ruleSet: Code): Promise<ReadonlyMap<Code, Counts>> {
    const counts = new Map<Code, Counts>();
    for (const { rule, letter } of await this.letters(ctx, ruleSet)) {
      const here = counts.get(rule) ?? noCounts();
      here[resultOfLetter(letter)] += 1;
      counts.set(rule, here);
    }
    return counts;
  }

  /** By department and name. */
  async ofRule(ctx: Ctx, ruleSet: Code, rule: Code): Promise<SystemOfRule[]> {
    const departments = new Map((await scoped(ctx, Department).find()).map((one) => [one.id, one.name]));
    const found = (await this.letters(ctx, ruleSet)).filter((one) => one.rule === rule);
    return found
      .map(({ system, letter }) => ({ id: system.id, name: system.name, departmentName: departments.get(system.departmentId) ?? '', result: resultOfLetter(letter), overruled: isOverruled(letter) }))
      .sort((a, b) => a.departmentName.localeCompare(b.departmentName, 'ja') || a.name.localeCompare(b.name, 'ja') || (a.id < b.id ? -1 : 1));
  }

  private async letters(ctx: Ctx, ruleSet: Code) {
    const systems = new Map((await this.states.systems(ctx)).map((one) => [one.id, one]));
    const states = await this.states.states(ctx, [...systems.keys()], null);
    /** Codes of the rules in their order, by basis: nearly all states rest on one. */
    const codes = new Map<string, Code[]>();
    for (const { basis } of states) if (!codes.has(basis)) codes.set(basis, (await this.states.setsOf(ctx, basis)).get(ruleSet)?.rules.map((one) => one.code) ?? []);
    return states.flatMap(({ systemId, basis, results }) => codes.get(basis)!.map((rule, n) => ({ system: systems.get(systemId)!, rule, letter: results[ruleSet]?.[n] ?? 'n' })));
  }
}
