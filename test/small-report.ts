import type { SystemInMatrix } from '../src/checks/check-results.service.js';
import { CheckOverrule, CheckRun } from '../src/checks/check.entity.js';
import type { FullState } from '../src/checks/check-states.service.js';
import { checkSystem, summaryOf } from '../src/checks/checking.js';
import { byRule, compareResults } from '../src/checks/comparing.js';
import { matrixOf } from '../src/checks/matrix.js';
import { foundIn } from '../src/checks/system-check.service.js';
import type { ReportFacts } from '../src/documents/check-report.facts.js';
import type { AnswerValue, Code } from '../src/engine/form.js';
import { compileRules } from '../src/engine/rules.js';
import { inProject } from '../src/kernel/root.js';
import { loadCatalogue } from '../src/systems/catalogue.js';
import { InformationSystem } from '../src/systems/system.entity.js';
import { SAMPLE_SET } from './checks-town.js';

/**
 * A report over three systems and the three rules of the sample set (access per user; log reviewed at least every 6 months; numbers
 * seen by few), worked out by hand. Letters: 児童手当 `xmn`, 住民税 `mux`, 図書館 `nnn` (it does not run and holds no numbers), 犬の登録 `Mum` (a person
 * overruled 未確認). Before: 児童手当 `mmn`, 住民税 `xux`, 犬の登録 `xum`; 図書館 was not there.
 */
export function smallReport(more: Partial<ReportFacts> = {}): ReportFacts {
  const catalogue = loadCatalogue(inProject('templates'), '2026-11-21');
  const set = compileRules(SAMPLE_SET, catalogue.facts);
  const choice = (value: string): AnswerValue => ({ choice: value });
  const running = { 'operation-state': choice('in-operation') };
  const given: [name: string, department: string, values: Record<Code, AnswerValue>, before: string | null][] = [
    ['児童手当システム', 'こども課', { ...running, 'my-number': choice('not-held'), 'access-right-unit': choice('per-terminal'), 'access-log-review-interval': 6 }, 'mmn'],
    ['住民税システム', '市民税課', { ...running, 'my-number': choice('held'), 'access-right-unit': choice('per-user'), 'my-number-viewing': choice('all-users') }, 'xux'],
    ['図書館システム', '図書館', { 'operation-state': choice('preparing'), 'my-number': choice('not-held') }, null],
    ['=犬の登録システム', '市民税課', { ...running, 'my-number': choice('held'), 'my-number-viewing': choice('nobody') }, 'xum'],
  ];
  const overrule = Object.assign(new CheckOverrule(), {
    id: 'o1', organisationId: 'o', systemId: 's4', ruleSet: 'sample', rule: 's-access', result: 'met', reason: '現地で利用者ごとの設定を見た。', evidence: '現地調査の記録 3', untilOn: '2027-03-31', madeOn: '2026-11-10', madeByName: '監査事務局', withdrawnOn: null, version: 1,
  });
  const made = given.map(([name, departmentName, values, before], n) => {
    const id = `s${n + 1}`;
    const facts = { values, stale: {}, inherited: {} };
    const checked = checkSystem([set], { systemId: id, facts, assessments: [] }, id === 's4' ? [{ ruleSet: 'sample', rule: 's-access', result: 'met' }] : []);
    const head: SystemInMatrix = { id, number: n + 1, name, classId: null, departmentId: departmentName, departmentName };
    return { head, facts, checked, before };
  });
  const run = (number: number, madeAt: string, systems: string[]): CheckRun => Object.assign(new CheckRun(), {
    id: `r${number}`, organisationId: 'o', number, round: number, occasion: 'asked', scope: 'all', scopeId: null, systems, ruleSets: { sample: '1' }, settings: {}, catalogue: '2026-04', summary: summaryOf(made.map((one) => one.checked)), madeAt: new Date(madeAt), madeByName: '監査事務局',
  });
  const compared = made.filter((one) => one.before !== null);
  const now = run(2, '2026-11-20T09:00:00Z', made.map((one) => one.head.id));
  return {
    organisation: 'みずほ野市', scope: { kind: 'organisation', id: 'o', name: 'みずほ野市' }, today: '2026-11-21', run: now, now: false, before: run(1, '2026-08-20T09:00:00Z', compared.map((one) => one.head.id)),
    ruleSets: [{
      definition: SAMPLE_SET, versions: ['1'], matrix: matrixOf(SAMPLE_SET, made.map(({ head, checked }) => ({ system: head, letters: checked.results['sample']!, definition: SAMPLE_SET }))), contradictions: new Map(),
      trend: [{ label: '第1回', share: 0.5 }, { label: '第2回', share: 0.5 }],
    }],
    systems: made.map(({ head, facts, checked }, n) => {
      const state: FullState = { systemId: head.id, fromRun: 2, results: checked.results, basis: '', linked: [], facts, assessments: [] };
      const system = Object.assign(new InformationSystem(), { id: head.id, name: head.name, departmentId: head.departmentId, number: head.number });
      return { head, classLabel: '各部局所管', register: [{ label: '稼働の状態', value: '稼働中' }], sheet: { system, run: now, facts, mayOverrule: false, ruleSets: [foundIn(set, state, head.id === 's4' ? [overrule] : [])] }, declarations: { unapproved: n, stale: 1 } };
    }),
    unchecked: [], hidden: 0,
    changes: compareResults(compared.map(({ head, checked, before }) => ({ system: head, before: new Map([['sample', byRule(SAMPLE_SET.rules, before!)]]), after: new Map([['sample', byRule(SAMPLE_SET.rules, checked.results['sample']!)]]) }))),
    notCompared: made.filter((one) => one.before === null).map((one) => one.head), settings: {}, catalogue: catalogue.facts, ...more,
  };
}
