/** What is found of a department goes to its successor when it is reorganised: findings, improvement opinions, cases still at work, open questions. */
import { In } from 'typeorm';
import { Audit, AuditCase } from '../audits/audit.entity.js';
import { Department } from '../identity/organisation.entity.js';
import type { Ctx } from '../kernel/ctx.js';
import { isId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { saveNext } from '../kernel/seen.js';
import { thingObject } from './finding-access.js';
import { Finding, FindingStatement, Improvement } from './finding.entity.js';

/** What is printed already keeps the name of its day; the case of an audit at work does not. */
const AT_WORK: readonly Audit['status'][] = ['planned', 'conducting', 'deliberating'];

/** Before a department ends: waits for whoever writes what is found of it. Audits first, as everywhere. */
export async function awaitFindings(ctx: Ctx, departmentId: string): Promise<void> {
  if (!isId(departmentId)) return;
  const parameters = [ctx.organisation, departmentId];
  await ctx.tx.query(
    `select id from audit where organisation_id = $1 and id in (
       select audit_id from finding where organisation_id = $1 and department_id = $2 union select audit_id from improvement where organisation_id = $1 and department_id = $2
       union select audit_id from audit_case where organisation_id = $1 and department_id = $2
       union select f.audit_id from finding f join finding_statement s on s.finding_id = f.id and s.organisation_id = $1 where f.organisation_id = $1 and s.department_id = $2)
     order by id for no key update`, parameters);
  for (const table of ['finding', 'improvement', 'finding_statement', 'audit_case']) await ctx.tx.query(`select id from ${table} where organisation_id = $1 and department_id = $2 order by id for update`, parameters);
}

/** After it ended. Asks for no right: whoever ended the department calls it. Returns how many findings went. */
export async function followFindings(ctx: Ctx, departmentId: string): Promise<number> {
  const ended = await scoped(ctx, Department).get(departmentId);
  if (ended.endedOn === null || ended.successorId === null) return 0;
  const to = { departmentId: ended.successorId };
  const told = { before: { department: ended.name }, after: { department: (await scoped(ctx, Department).get(ended.successorId)).name } };
  const findings = await scoped(ctx, Finding).find({ departmentId }, { number: 'ASC' });
  for (const one of findings) {
    await saveNext(ctx, Finding, one, to);
    await record(ctx, { action: 'finding-followed', object: thingObject('finding', one.id), ...told });
  }
  for (const one of await scoped(ctx, Improvement).find({ departmentId }, { number: 'ASC' })) {
    await saveNext(ctx, Improvement, one, to);
    await record(ctx, { action: 'finding-followed', object: thingObject('improvement', one.id), ...told });
  }
  for (const one of await scoped(ctx, AuditCase).find({ departmentId })) {
    if (AT_WORK.includes((await scoped(ctx, Audit).get(one.auditId)).status)) await saveNext(ctx, AuditCase, one, to);
  }
  await followStatements(ctx, departmentId, ended.successorId);
  return findings.length;
}

/** A successor that was asked about the same finding itself answers for both. */
async function followStatements(ctx: Ctx, departmentId: string, successorId: string): Promise<void> {
  const asked = await scoped(ctx, FindingStatement).find({ departmentId });
  const own = new Set((await scoped(ctx, FindingStatement).find({ departmentId: successorId, findingId: In(asked.map((one) => one.findingId)) })).map((one) => one.findingId));
  for (const { id, version, findingId } of asked) if (!own.has(findingId)) await scoped(ctx, FindingStatement).updateSeen(id, version, { departmentId: successorId });
}
