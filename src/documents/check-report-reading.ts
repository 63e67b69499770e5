import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThan, Not } from 'typeorm';
import { CheckResults, type MatrixFound, type SystemInMatrix } from '../checks/check-results.service.js';
import { noCounts } from '../checks/check-shapes.js';
import { CheckStates } from '../checks/check-states.service.js';
import { CheckRun } from '../checks/check.entity.js';
import type { Scope } from '../checks/checking.service.js';
import { countsOf, shareMet } from '../checks/matrix.js';
import { RuleSets } from '../checks/rule-sets.service.js';
import { roundName } from '../checks/run-words.js';
import { SystemCheck, type SystemSheet } from '../checks/system-check.service.js';
import type { Code } from '../engine/form.js';
import { withThoseUnder } from '../identity/department-tree.js';
import { Department, Organisation } from '../identity/organisation.entity.js';
import { reachOf } from '../identity/permissions.js';
import { dayInJapan } from '../kernel/clock.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, Refused } from '../kernel/errors.js';
import { scoped } from '../kernel/scoped.js';
import { Catalogue } from '../systems/catalogue.js';
import { valueText } from '../systems/register-values.js';
import { SystemFacts } from '../systems/system-facts.service.js';
import { InformationSystem, SystemClass } from '../systems/system.entity.js';
import type { ReportFacts, ReportRuleSet, ReportScopeKind, ReportSystem } from './check-report.facts.js';

/** Points of a trend at most. */
const TREND = 8;
const IN_SHORT: readonly string[] = ['choice', 'checks', 'number', 'date'];

export interface FactsAsked {
  scope: Scope;
  /** Number of a run; without one what holds now. */
  run?: number;
  /** Without: every set of which there are results. */
  ruleSets?: readonly Code[];
}

interface Within {
  scope: ReportFacts['scope'];
  systems: InformationSystem[];
  hidden: number;
}

/** Reads all that a report of checks is made from. */
@Injectable()
export class CheckReportReading {
  constructor(
    private readonly results: CheckResults,
    private readonly states: CheckStates,
    private readonly systemCheck: SystemCheck,
    private readonly systemFacts: SystemFacts,
    private readonly ruleSets: RuleSets,
    private readonly catalogue: Catalogue,
  ) {}

  /** Throws `Refused` for a scope beyond the person's reach, `NotFound`, `Invalid` when there is nothing to report. */
  async read(ctx: Ctx, asked: FactsAsked): Promise<ReportFacts> {
    const { scope, systems: within, hidden } = await this.within(ctx, asked.scope);
    const given = asked.run === undefined ? null : await this.states.run(ctx, asked.run);
    const run = given ?? (await scoped(ctx, CheckRun).find({}, { number: 'DESC' }, 1))[0];
    if (run === undefined) throw new Invalid('nothing-checked', '点検がまだ行われていないため、報告書をつくれません。先に点検を実施してください。');
    const matrixAsked = {
      ...(asked.run === undefined ? {} : { run: asked.run }), ...(asked.scope.scope === 'department' ? { department: asked.scope.id } : asked.scope.scope === 'system' ? { system: asked.scope.id } : {}),
    };
    const sheets = new Map((await this.systemCheck.sheets(ctx, within.map((one) => one.id), given)).map((one) => [one.system.id, one]));
    const first = await this.results.matrix(ctx, matrixAsked);
    const chosen = chosenSets(first, sheets, asked);
    const found: MatrixFound[] = [];
    for (const ruleSet of chosen) found.push(await this.results.matrix(ctx, { ...matrixAsked, ruleSet }));
    const heads = headsOf(within, await departmentNames(ctx), found);
    const checked = heads.filter((one) => sheets.has(one.id));
    const earlier = await covering(ctx, asked.scope, run.number);
    const before = earlier[0] ?? null;
    const compared = checked.filter((one) => before?.systems.includes(one.id) === true);
    const trends = await this.trends(ctx, checked.map((one) => one.id), earlier.slice(0, TREND - 1).reverse(), chosen);
    return {
      organisation: (await scoped(ctx, Organisation).get(ctx.organisation)).name, scope, today: ctx.clock.today(), run, now: given === null, before, hidden,
      ruleSets: found.map((one) => ruleSetFacts(one, sheets, [...(trends.get(one.ruleSet.ruleSet) ?? []), ...nowPoint(one, run, given === null)])),
      systems: await this.systems(ctx, checked, sheets),
      unchecked: heads.filter((one) => !sheets.has(one.id)),
      changes: before === null ? null : (await this.results.changes(ctx, compared, before, given)).changes,
      notCompared: before === null ? [] : checked.filter((one) => !compared.includes(one)),
      settings: run.settings, catalogue: this.ruleSets.facts,
    };
  }

  /** Who may see all has all; a department or a system is for those who reach it. */
  private async within(ctx: Ctx, scope: Scope): Promise<Within> {
    const reach = reachOf(ctx.actor.grants, 'check.read');
    const named = (kind: ReportScopeKind, id: string, name: string): ReportFacts['scope'] => ({ kind, id, name });
    if (scope.scope === 'system') {
      const system = await this.states.system(ctx, scope.id);
      return { scope: named('system', system.id, system.name), systems: await this.states.systems(ctx, [system.id]), hidden: 0 };
    }
    if (scope.scope === 'all') {
      if (reach !== 'all') throw new Refused('other-department', '全体の報告書は、すべての部署の結果を見られる人だけがつくれます。自分の部署を選んでください。');
      return { scope: named('organisation', ctx.organisation, (await scoped(ctx, Organisation).get(ctx.organisation)).name), systems: await this.states.systems(ctx), hidden: 0 };
    }
    const department = await scoped(ctx, Department).get(scope.id);
    if (reach !== 'all' && !reach.has(department.id)) throw new Refused('other-department', 'ほかの部署の報告書はつくれません。自分の部署を選んでください。');
    const under = [...withThoseUnder(await scoped(ctx, Department).find(), department.id)];
    const systems = (await this.states.systems(ctx)).filter((one) => under.includes(one.departmentId));
    const all = await scoped(ctx, InformationSystem).count({ kind: 'system', mergedIntoId: IsNull(), departmentId: In(under) });
    return { scope: named('department', department.id, department.name), systems, hidden: all - systems.length };
  }

  private async systems(ctx: Ctx, heads: readonly SystemInMatrix[], sheets: ReadonlyMap<string, SystemSheet>): Promise<ReportSystem[]> {
    const classes = new Map((await scoped(ctx, SystemClass).find()).map((one) => [one.id, one.label]));
    const known = await this.systemFacts.ofSystems(ctx, heads.map((one) => one.id));
    return heads.map((head): ReportSystem => {
      const sheet = sheets.get(head.id)!;
      const today = known.get(head.id);
      return {
        head, sheet, classLabel: classes.get(head.classId ?? '') ?? '',
        register: this.catalogue.register.items.filter(({ item }) => IN_SHORT.includes(item.kind)).flatMap((item) => {
          const value = valueText(item, sheet.facts.values[item.code]);
          return value === '' ? [] : [{ label: item.item.label, value }];
        }),
        declarations: { unapproved: today?.unapproved.length ?? 0, stale: Object.keys(today?.stale ?? {}).length },
      };
    });
  }

  /** 適合の割合 of these systems in each of the runs, by rule set. */
  private async trends(ctx: Ctx, ids: readonly string[], runs: readonly CheckRun[], ruleSets: readonly Code[]): Promise<Map<Code, ReportRuleSet['trend']>> {
    const trends = new Map<Code, ReportRuleSet['trend']>();
    for (const run of runs) {
      const states = await this.states.states(ctx, ids, run);
      for (const code of ruleSets) {
        const counts = noCounts();
        for (const { results } of states) for (const [result, count] of Object.entries(countsOf(results[code] ?? ''))) counts[result as keyof typeof counts] += count;
        const share = shareMet(counts);
        if (share !== null) trends.set(code, [...(trends.get(code) ?? []), { label: pointLabel(run), share }]);
      }
    }
    return trends;
  }
}

const pointLabel = (run: CheckRun): string => `${roundName(run)}\n${dayInJapan(run.madeAt).replaceAll('-', '.')}`;

function nowPoint({ matrix }: MatrixFound, run: CheckRun, now: boolean): ReportRuleSet['trend'] {
  const share = shareMet(matrix.counts);
  return share === null ? [] : [{ label: now && run.occasion === 'changed' ? `いま\n${dayInJapan(run.madeAt).replaceAll('-', '.')}` : pointLabel(run), share }];
}

/** Earlier runs that somebody asked for or that were due, over all that the scope holds; newest first. */
async function covering(ctx: Ctx, scope: Scope, before: number): Promise<CheckRun[]> {
  const asked = { number: LessThan(before), occasion: Not('changed' as const) };
  const found = await scoped(ctx, CheckRun).find(asked, { number: 'DESC' }, 200);
  return found.filter((one) => one.scope === 'all' || (scope.scope === 'system' ? one.systems.includes(scope.id) : scope.scope === 'department' && one.scope === 'department' && one.scopeId === scope.id));
}

async function departmentNames(ctx: Ctx): Promise<ReadonlyMap<string, string>> {
  return new Map((await scoped(ctx, Department).find()).map((one) => [one.id, one.name]));
}

/** Codes of the sets that are reported, in the order of the list. Throws `Invalid`. */
function chosenSets({ ruleSets }: MatrixFound, sheets: ReadonlyMap<string, SystemSheet>, { ruleSets: wanted }: FactsAsked): Code[] {
  const used = new Set([...sheets.values()].flatMap((one) => one.ruleSets.map(({ definition }) => definition.ruleSet)));
  if (used.size === 0) throw new Invalid('nothing-checked', 'この範囲のシステムの結果がまだありません。先に点検を実施するか、回を選び直してください。');
  const problems = (wanted ?? []).filter((code) => !used.has(code)).map((code) => {
    const title = ruleSets.find((one) => one.definition.ruleSet === code)?.definition.title ?? code.slice(0, 60);
    return { code: 'rule-set-unused', path: 'ruleSets', message: `規則集「${title}」の結果は、この点検にありません。規則集を選び直してください。` };
  });
  if (problems.length > 0) throw new Invalid('rule-set-unused', '入力を確かめてください。', problems);
  return ruleSets.map((one) => one.definition.ruleSet).filter((code) => used.has(code) && (wanted === undefined || wanted.length === 0 || wanted.includes(code)));
}

/** Every system of the scope in the order of the matrix; those without results last. */
function headsOf(systems: readonly InformationSystem[], departments: ReadonlyMap<string, string>, found: readonly MatrixFound[]): SystemInMatrix[] {
  const heads = new Map<string, SystemInMatrix>();
  for (const { matrix } of found) for (const { system } of matrix.rows) heads.set(system.id, system);
  for (const { id, number, name, classId, departmentId } of systems) {
    if (!heads.has(id)) heads.set(id, { id, number, name, classId, departmentId, departmentName: departments.get(departmentId) ?? '' });
  }
  return [...heads.values()];
}

function ruleSetFacts({ ruleSet, matrix, contradictions }: MatrixFound, sheets: ReadonlyMap<string, SystemSheet>, trend: ReportRuleSet['trend']): ReportRuleSet {
  const versions = new Set([...sheets.values()].flatMap((one) => one.ruleSets.filter(({ definition }) => definition.ruleSet === ruleSet.ruleSet).map(({ definition }) => definition.version)));
  return { definition: ruleSet, versions: [...versions].sort(), matrix, contradictions, trend };
}
