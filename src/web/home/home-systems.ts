import { Injectable } from '@nestjs/common';
import { CheckResults } from '../../checks/check-results.service.js';
import { CheckStates, type State } from '../../checks/check-states.service.js';
import { RuleSets } from '../../checks/rule-sets.service.js';
import { roundName, runLabel } from '../../checks/run-words.js';
import { tallyOf, tallyOfResults } from '../../checks/tally.js';
import { formatEra } from '../../engine/dates.js';
import { allows, reachOf } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { DeclarationsDue, type DepartmentWithDeclarations } from '../../systems/declarations-due.service.js';
import { declarationWork, URGENCY, type Work } from './work.js';

/** Systems named on the home page. */
const SHOWN = 5;

/** What waits and what was found of systems, as far as the home page says it. */
@Injectable()
export class HomeSystems {
  constructor(
    private readonly due: DeclarationsDue,
    private readonly states: CheckStates,
    private readonly results: CheckResults,
    private readonly ruleSets: RuleSets,
  ) {}

  /** Declarations to approve, to mend and to confirm anew. */
  async waiting(ctx: Ctx): Promise<Work[]> {
    const may = (permission: Parameters<typeof allows>[1]): boolean => allows(ctx.actor.grants, permission);
    if (!may('declaration.write') && !may('declaration.approve')) return [];
    const { toApprove, toMend } = await this.due.waiting(ctx);
    const { stale, soon } = await this.due.dueSoon(ctx);
    // Whoever reaches every department reads on in the list of systems; only what one's own departments declare waits here.
    const own = (departments: readonly DepartmentWithDeclarations[]) => departments.filter((one) => ctx.actor.grants.some((grant) => grant.department === one.departmentId));
    return [
      ...declarationWork(toApprove, { title: '統制の申告の承認', status: '承認待ち', tone: 'amber', label: '承認を判断する', urgency: URGENCY.approveDeclarations, href: (id) => `/systems/approvals?system=${id}`, day: (day) => `いちばん古いものは${formatEra(day)}` }),
      ...declarationWork(own(toMend), { title: '差し戻された申告', status: '差戻し', tone: 'red', label: '直す', urgency: URGENCY.returnedDeclarations, href: (id) => `/systems/${id}/controls`, day: () => '' }),
      ...declarationWork(own(stale), { title: '期限が切れた申告', status: '期限切れ', tone: 'red', label: '再確認する', urgency: URGENCY.stale, href: (id) => `/systems/${id}/renewal`, day: (day) => `${formatEra(day)}に切れました` }),
      ...declarationWork(own(soon), { title: 'まもなく期限が切れる申告', status: 'まもなく', tone: 'amber', label: '再確認する', urgency: URGENCY.soon, href: (id) => `/systems/${id}/renewal`, day: (day) => `${formatEra(day)}まで` }),
    ];
  }

  /** 点検で見つかったこと of the systems of one's departments; null for whoever sees all, or none. */
  async ofDepartments(ctx: Ctx): Promise<object | null> {
    const reach = reachOf(ctx.actor.grants, 'check.read');
    if (reach === 'all' || reach.size === 0) return null;
    const systems = new Map((await this.states.systems(ctx)).map((one) => [one.id, one.name]));
    const perAssessment = await this.ruleSets.perAssessment(ctx);
    const all = (await this.states.states(ctx, [...systems.keys()], null)).map((one: State) => ({ id: one.systemId, name: systems.get(one.systemId)!, found: tallyOfResults(one.results, perAssessment) }));
    const some = all.filter(({ found }) => found.notMet + found.unknown + found.contradictions > 0)
      .sort((a, b) => b.found.notMet - a.found.notMet || b.found.contradictions - a.found.contradictions || b.found.unknown - a.found.unknown || a.name.localeCompare(b.name, 'ja'));
    return {
      any: systems.size > 0, checked: all.length, more: Math.max(0, some.length - SHOWN),
      systems: some.slice(0, SHOWN).map(({ id, name, found }) => ({ name, href: `/checks/systems/${id}`, whatIf: `/checks/systems/${id}/what-if`, ...found })),
    };
  }

  /** The newest run over all, with what changed against the one before; null for whoever does not see all. */
  async ofOrganisation(ctx: Ctx): Promise<object | null> {
    if (reachOf(ctx.actor.grants, 'check.read') !== 'all') return null;
    const [newest, before] = (await this.results.runs(ctx, { limit: 40 })).filter((one) => one.scope === 'all');
    if (newest === undefined) return { run: null, mayRun: allows(ctx.actor.grants, 'check.run') };
    const perAssessment = await this.ruleSets.perAssessment(ctx);
    const counted = tallyOf(Object.entries(newest.summary.byRuleSet), perAssessment);
    const changes = before === undefined ? null : (await this.results.compare(ctx, before.number, newest.number)).changes;
    return {
      run: { label: runLabel(newest), href: `/checks?run=${newest.number}`, systems: newest.summary.systems }, mayRun: false,
      notMet: counted.notMet.toLocaleString('ja-JP'), unknown: counted.unknown.toLocaleString('ja-JP'), contradictions: counted.contradictions.toLocaleString('ja-JP'),
      change: before === undefined || changes === null ? null : {
        href: `/checks/compare?before=${before.number}&after=${newest.number}`, before: roundName(before),
        fresh: changes.filter((one) => one.kind === 'new').length.toLocaleString('ja-JP'), settled: changes.filter((one) => one.kind === 'settled').length.toLocaleString('ja-JP'),
      },
    };
  }
}
