import { Audit } from '../src/audits/audit.entity.js';
import type { ActionText } from '../src/findings/corrective-actions.service.js';
import { AuditReport } from '../src/findings/audit-report.entity.js';
import { Finding, Improvement, ImprovementFinding, type FindingStage } from '../src/findings/finding.entity.js';
import type { Ctx } from '../src/kernel/ctx.js';
import { newId } from '../src/kernel/ids.js';
import { scoped } from '../src/kernel/scoped.js';

const marks = (ctx: Ctx) => ({ changedAt: ctx.clock.now(), changedByName: ctx.actor.name, version: 1 });

/** An audit of 令和8年度 whose report was decided on 31 July 2026. */
export async function makeAudit(ctx: Ctx, { theme = '情報システムの管理', fiscalYear = 2026, decidedOn = '2026-07-31' as string | null } = {}): Promise<string> {
  const id = newId();
  await scoped(ctx, Audit).insert({
    id, planItemId: null, copiedFromId: null, fiscalYear, kind: 'administrative', kindLabel: '行政監査', bases: ['act-199-2'], theme, purpose: '', targetsText: '', definitions: [], referenceOn: null, method: '', beginsOn: null, endsOn: null,
    rounding: { mode: 'half-up', digits: 1, note: '' } as never, status: 'reported', ...marks(ctx),
  });
  if (decidedOn !== null) {
    await scoped(ctx, AuditReport).insert({ id: newId(), auditId: id, kind: 'report', title: theme, publicationNumber: null, publicationYear: null, decidedOn, submittedOn: null, publishedOn: null, addressees: [], sections: [], status: 'fixed', ...marks(ctx) });
  }
  return id;
}

let last = 0;

export async function makeFinding(ctx: Ctx, auditId: string, departmentId: string | null, { stage = 'decided' as FindingStage, title = 'アクセス記録を点検していない', origin = null as Finding['origin'], kind = 'finding' as Finding['kind'] } = {}): Promise<string> {
  const id = newId();
  last += 1;
  await scoped(ctx, Finding).insert({
    id, auditId, caseId: null, parentId: null, number: last, position: last, kind, title, facts: '記録はあるが、だれも見ていなかった。', criteria: '', criteriaSource: '', cause: '', effect: '', viewpointId: null,
    severity: null, classification: 'pointed-out', departmentId, systemId: null, origin, stage, ...marks(ctx),
  });
  return id;
}

export async function makeImprovement(ctx: Ctx, auditId: string, departmentId: string | null, { kind = 'opinion' as Improvement['kind'], findings = [] as string[], stage = 'decided' as Improvement['stage'] } = {}): Promise<string> {
  const id = newId();
  last += 1;
  await scoped(ctx, Improvement).insert({ id, auditId, caseId: null, parentId: null, number: last, position: last, kind, text: '記録を定期に点検する手順を定められたい。', reason: '', departmentId, stage, ...marks(ctx) });
  for (const findingId of findings) await scoped(ctx, ImprovementFinding).insert({ id: newId(), improvementId: id, findingId });
  return id;
}

export const text = (title: string, rest: Partial<ActionText> = {}): ActionText => ({ title, planned: '', dueOn: '', ...rest });
