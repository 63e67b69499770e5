import { AuditCase, AuditPerson, AuditViewpoint } from '../src/audits/audit.entity.js';
import { Deliberation, DeliberationVoice } from '../src/findings/deliberation.entity.js';
import { FindingSettings } from '../src/findings/finding-settings.service.js';
import { loadFindingSchemes } from '../src/findings/scheme-content.js';
import type { Ctx } from '../src/kernel/ctx.js';
import { newId } from '../src/kernel/ids.js';
import { inProject } from '../src/kernel/root.js';
import { scoped } from '../src/kernel/scoped.js';
import { TODAY, type Database, type Town } from './assessments-town.js';

export const findingSettings = (): FindingSettings => new FindingSettings(loadFindingSchemes(inProject('templates'), TODAY.today()));

/** An audit that is being conducted, put into the tables directly: planning has specs of its own. */
export async function conductedAudit(database: Database, town: Pick<Town, 'organisation'>, theme = '情報システムの利用と管理', status = 'conducting'): Promise<string> {
  const id = newId();
  await database.query(
    `insert into audit (id, organisation_id, fiscal_year, kind, kind_label, bases, theme, purpose, targets_text, definitions, method, rounding, status, changed_at, changed_by_name)
     values ($1, $2, 2026, 'administrative', '行政監査', '[]', $3, '利用と管理を確かめる。', '全ての課', '[]', '調査票による。', '{"mode":"half-up","digits":1}', $4, now(), '監査事務局')`, [id, town.organisation, theme, status]);
  return id;
}

export async function caseOf(ctx: Ctx, auditId: string, departmentId: string, title: string, position = 0): Promise<string> {
  const id = newId();
  await scoped(ctx, AuditCase).insert({ id, auditId, departmentId, title, overview: '', quoted: '', membersOn: '', secretariatOn: '', position, changedAt: ctx.clock.now(), changedByName: ctx.actor.name, version: 1 });
  return id;
}

export async function viewpointOf(ctx: Ctx, auditId: string, text: string, from: { ruleSet: string; viewpoint: string } | null = null): Promise<string> {
  const id = newId();
  await scoped(ctx, AuditViewpoint).insert({ id, auditId, parentId: null, position: 0, text, ruleSet: from?.ruleSet ?? null, viewpoint: from?.viewpoint ?? null, version: 1 });
  return id;
}

/** A member, and a 合議 of this outcome about the report, a finding or an opinion. */
export async function deliberated(ctx: Ctx, auditId: string, outcome: 'agreed' | 'divided' | null, about: { subject: 'report' | 'finding' | 'improvement'; subjectId: string | null } = { subject: 'report', subjectId: null }): Promise<string> {
  const [id, personId] = [newId(), newId()];
  await scoped(ctx, AuditPerson).insert({ id: personId, auditId, accountId: null, role: 'member', title: '監査委員', name: '監査委員Ａ', disqualifiedReason: null, position: 0, version: 1 });
  await scoped(ctx, Deliberation).insert({ id, auditId, ...about, heldOn: ctx.clock.today(), place: '', note: '', outcome, changedAt: ctx.clock.now(), changedByName: ctx.actor.name, version: 1 });
  if (outcome !== null) await scoped(ctx, DeliberationVoice).insert({ id: newId(), deliberationId: id, personId, consents: outcome === 'agreed', absent: false, opinion: outcome === 'agreed' ? '' : '必要がない。', givenAt: ctx.clock.now(), version: 1 });
  return id;
}
