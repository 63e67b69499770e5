import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { AnswerValue } from '../src/engine/form.js';
import type { Actor, Ctx } from '../src/kernel/ctx.js';
import type { RuleDefinition, RuleSetDefinition } from '../src/engine/rule-set.js';
import { inTransaction } from '../src/kernel/database.js';
import { inProject } from '../src/kernel/root.js';
import { addSystem, declareOf } from './checks-town.js';
import { openTwoOrganisations, type Member, type TwoOrganisations } from './two-organisations.js';

/** A rule of the product with its place, as the content has it: specs name rules by their codes and read their words here. */
export function ruleOf(ruleSet: string, code: string): { set: RuleSetDefinition; rule: RuleDefinition } {
  const folder = inProject('templates', 'rule-sets', ruleSet);
  const set = parse(readFileSync(join(folder, readdirSync(folder).filter((name) => name.endsWith('.yaml')).sort().at(-1)!), 'utf8')) as RuleSetDefinition;
  return { set, rule: set.rules.find((one) => one.code === code)! };
}

/** Two organisations; みずほ野市 has two systems with personal numbers, one of each department, checked once by its audit office. */
export interface Checked extends TwoOrganisations {
  auditor: Member;
  /** Of こども課. */
  drafter: Member;
  /** 児童手当システム of こども課: reads its log every three months. */
  allowance: string;
  /** 国民年金システム of 国保年金課: sets rights per terminal. */
  pension: string;
  /** Work in one transaction, as the audit office. */
  within<T>(work: (ctx: Ctx) => Promise<T>): Promise<T>;
  system(department: string, name: string, register?: Record<string, AnswerValue>): Promise<string>;
}

export const HELD = { 'my-number': { choice: 'held' }, 'personal-information': { choice: 'held' } };

export async function openChecked(): Promise<Checked> {
  const web = await openTwoOrganisations();
  const auditor = web.mine.people['audit-secretariat'];
  const actor: Actor = { id: auditor.id, name: auditor.name, department: null, grants: [{ role: 'audit-secretariat', department: null }] };
  const within: Checked['within'] = (work) => inTransaction(web.database, { organisation: web.mine.id, actor, clock: web.clock }, work);
  const system: Checked['system'] = (department, name, register = HELD) => within((ctx) => addSystem(ctx, department, name, register));
  const allowance = await system(web.mine.department, '児童手当システム');
  const pension = await system(web.mine.otherDepartment, '国民年金システム');
  await within(async (ctx) => {
    for (const [control, value] of [['access-log', 'operations'], ['access-log-reading', 'staff'], ['access-right-unit', 'per-user'], ['access-log-review-interval', 3]] as const) await declareOf(ctx, allowance, control, value);
    await declareOf(ctx, pension, 'access-right-unit', 'per-terminal');
  });
  const checked: Checked = { ...web, auditor, drafter: web.mine.people.drafter, allowance, pension, within, system };
  const run = await checked.post('/checks/runs', {}, auditor);
  if (run.status !== 303) throw new Error(run.body);
  return checked;
}
