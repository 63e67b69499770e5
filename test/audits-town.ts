import { AuditCases } from '../src/audits/audit-cases.service.js';
import type { AuditInput } from '../src/audits/audit-fields.js';
import { AuditEvidence } from '../src/audits/audit-files.service.js';
import { AuditKinds } from '../src/audits/audit-kinds.service.js';
import { AuditParts } from '../src/audits/audit-parts.service.js';
import { AuditPeople } from '../src/audits/audit-people.service.js';
import { AuditRegister } from '../src/audits/audit-register.service.js';
import { AuditSchedule } from '../src/audits/audit-schedule.service.js';
import { AuditTargets } from '../src/audits/audit-targets.service.js';
import { FieldRecords } from '../src/audits/field-records.service.js';
import { Plans } from '../src/audits/plans.service.js';
import { Viewpoints } from '../src/audits/viewpoints.service.js';
import { Departments } from '../src/identity/departments.service.js';
import type { Actor, Ctx } from '../src/kernel/ctx.js';
import { newId } from '../src/kernel/ids.js';
import { openSystemsTown, type SystemsTown } from './systems-town.js';

export interface AuditsTown extends SystemsTown {
  kinds: AuditKinds;
  plans: Plans;
  audits: AuditRegister;
  parts: AuditParts;
  records: FieldRecords;
  evidence: AuditEvidence;
  /** 監査事務局, 監査委員, and a clerk of 国保年金課. */
  office: Actor;
  member: Actor;
  clerk: Actor;
  /** Work of the secretariat. */
  by<T>(work: (ctx: Ctx) => Promise<T>): Promise<T>;
  /** A finding in the table, so that it can cite something. */
  finding(auditId: string, more?: { viewpoint?: string; case?: string }): Promise<string>;
}

/** 行政監査 of the year 2026, in our own words. */
export const plan = (more: Partial<AuditInput> = {}): AuditInput => ({
  fiscalYear: 2026, kind: 'administrative', bases: ['act-199-2'], theme: '電算システムの個人情報の管理について', purpose: '漏えいを未然に防ぐ。', targetsText: '個人情報を扱うシステムを使う全部局', definitions: [], referenceOn: '2026-10-01', method: '調査票と現地調査',
  beginsOn: '2026-09-01', endsOn: '2027-03-31', rounding: { mode: 'half-up', digits: 1 }, ...more,
});

export async function openAuditsTown(): Promise<AuditsTown> {
  const systems = await openSystemsTown();
  const { database, town } = systems;
  const departments = new Departments();
  const kinds = new AuditKinds();
  const parts = new AuditParts(new AuditTargets(departments), new Viewpoints(), new AuditPeople(), new AuditSchedule(), new AuditCases(departments));
  const office = await town.person('audit-secretariat', null, '監査事務局');
  let number = 0;
  return {
    ...systems, kinds, parts, office, plans: new Plans(kinds), audits: new AuditRegister(kinds), records: new FieldRecords(departments, systems.catalogue), evidence: new AuditEvidence(),
    member: await town.person('audit-member', null, '監査委員'), clerk: await town.person('drafter', town.pension, '国保の担当'), by: (work) => town.as(office, work),
    async finding(auditId, { viewpoint, case: caseId } = {}) {
      const id = newId();
      number += 1;
      await database.query(
        `insert into finding (id, organisation_id, audit_id, case_id, number, position, kind, title, facts, criteria, criteria_source, cause, effect, viewpoint_id, stage, changed_at, changed_by_name)
         values ($1, $2, $3, $4, $5, 1, 'finding', '権限の削除の遅れ', '', '', '', '', '', $6, 'draft', now(), '監査事務局')`, [id, town.organisation, auditId, caseId ?? null, number, viewpoint ?? null]);
      return id;
    },
  };
}
