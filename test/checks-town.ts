import { AssessmentSystems } from '../src/assessments/assessment-systems.service.js';
import { contentProblems } from '../src/assessments/content.js';
import { Forms } from '../src/assessments/forms.js';
import { ClaimsOfSystems } from '../src/checks/assessment-claims.service.js';
import { CheckResults } from '../src/checks/check-results.service.js';
import { CheckStates } from '../src/checks/check-states.service.js';
import { Checking } from '../src/checks/checking.service.js';
import { claimItems, compileClaims } from '../src/checks/claims.js';
import { OwnRuleSets } from '../src/checks/own-rule-sets.service.js';
import { Overruling } from '../src/checks/overruling.service.js';
import type { RuleContent } from '../src/checks/rule-content.js';
import { RuleSets } from '../src/checks/rule-sets.service.js';
import { RuleSettingsKeeping } from '../src/checks/rule-settings.service.js';
import { Scheduling } from '../src/checks/scheduling.service.js';
import { SystemCheck } from '../src/checks/system-check.service.js';
import type { RuleDefinition, RuleSetDefinition } from '../src/engine/rule-set.js';
import { inProject } from '../src/kernel/root.js';
import type { AnswerValue } from '../src/engine/form.js';
import type { Ctx } from '../src/kernel/ctx.js';
import { newId } from '../src/kernel/ids.js';
import { scoped } from '../src/kernel/scoped.js';
import { loadCatalogue } from '../src/systems/catalogue.js';
import { Declaration } from '../src/systems/declaration.entity.js';
import { SystemFacts } from '../src/systems/system-facts.service.js';
import { InformationSystem } from '../src/systems/system.entity.js';

/** A rule with the texts that every rule must have. */
export function sampleRule(code: string, viewpoint: string, more: Pick<RuleDefinition, 'expects'> & Partial<RuleDefinition>): RuleDefinition {
  return {
    code, viewpoint, title: `${code}が守られている`, severity: 'medium', basis: [{ document: '見本の規程', article: '第1条' }], applies: { item: 'operation-state', is: 'in-operation' },
    observation: `${code}が守られていない。`, improvement: `${code}を守られたい。`, evidence: '設定の画面', ...more,
  };
}

/** Two viewpoints and three rules, one with a limit. */
export const SAMPLE_SET: RuleSetDefinition = {
  ruleSet: 'sample', version: '1', title: '見本の規則集', shortTitle: '見本', source: '見本の規程', description: '見本', validity: { from: '2026-04-01' },
  viewpoints: [{ code: 'access', number: '(1)', title: '権限', shortTitle: '権限' }, { code: 'logs', number: '(2)', title: '記録', shortTitle: '記録' }],
  rules: [
    sampleRule('s-access', 'access', { expects: { item: 'access-right-unit', is: 'per-user' } }),
    sampleRule('s-review', 'logs', {
      expects: { item: 'access-log-review-interval', between: [1, { parameter: 'max-months' }] },
      parameters: { 'max-months': { label: '確かめる間隔の上限', unit: 'か月', value: 6, stricter: 'lower', limit: 1 } },
    }),
    sampleRule('s-number', 'access', { applies: { item: 'my-number', is: 'held' }, expects: { item: 'my-number-viewing', isOneOf: ['nobody', 'limited'] } }),
  ],
};

/** Services of checks over these rule sets and no claims. */
export function checkServices(ruleSets: RuleSetDefinition[] = [SAMPLE_SET]) {
  const catalogue = loadCatalogue(inProject('templates'), '2026-11-21');
  const claims = compileClaims({ version: '1', title: '', claims: [] }, []);
  const content: RuleContent = { ruleSets, claims, facts: new Map([...catalogue.facts, ...claimItems(claims).map((one) => [one.code, one] as const)]) };
  const forms = new Forms(contentProblems(inProject('templates')).forms);
  const sets = new RuleSets(content);
  const facts = new SystemFacts(catalogue);
  const checking = new Checking(sets, facts, new ClaimsOfSystems(content, new AssessmentSystems(forms), forms), catalogue);
  const states = new CheckStates(sets);
  return {
    catalogue, sets, facts, checking, states, results: new CheckResults(states, sets), systemCheck: new SystemCheck(states, checking, catalogue),
    overruling: new Overruling(states, checking), settings: new RuleSettingsKeeping(sets), own: new OwnRuleSets(sets), scheduling: new Scheduling(checking),
  };
}

const choice = (value: string): AnswerValue => ({ choice: value });

/** A system in operation, as it would stand in the register. */
export async function addSystem(ctx: Ctx, departmentId: string, name: string, register: Record<string, AnswerValue> = {}, kind: 'system' | 'platform' = 'system'): Promise<string> {
  const id = newId();
  await scoped(ctx, InformationSystem).insert({
    id, kind, number: null, name, classId: null, departmentId, register: { 'operation-state': choice('in-operation'), 'my-number': choice('not-held'), ...register } as never, registerVersion: '2026-04',
    mergedIntoId: null, changedAt: ctx.clock.now(), changedByName: ctx.actor.name, version: 1,
  });
  return id;
}

/** Declares as the table keeps it; a text is the code of a choice. */
export async function declareOf(ctx: Ctx, systemId: string, control: string, value: string | number, declaredOn = '2026-11-01'): Promise<void> {
  await scoped(ctx, Declaration).delete({ systemId, control });
  await scoped(ctx, Declaration).insert({
    id: newId(), systemId, control, value: (typeof value === 'number' ? value : choice(value)) as never, note: '', declaredOn, declaredById: null, declaredByName: ctx.actor.name,
    approvedAt: null, approvedByName: null, copiedFromId: null, version: 1,
  });
}
