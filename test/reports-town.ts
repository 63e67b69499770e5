import { AuditPerson } from '../src/audits/audit.entity.js';
import { Tabulation } from '../src/audits/tabulation.entity.js';
import type { Dataset } from '../src/engine/tabulation.js';
import { AuditReports } from '../src/findings/audit-reports.service.js';
import { Deliberations } from '../src/findings/deliberations.service.js';
import { Finding, Improvement, ImprovementFinding } from '../src/findings/finding.entity.js';
import { ReportSteps } from '../src/findings/report-steps.service.js';
import type { Ctx } from '../src/kernel/ctx.js';
import { newId } from '../src/kernel/ids.js';
import { scoped } from '../src/kernel/scoped.js';
import { conductedAudit } from './findings-town.js';
import type { Person, Web } from './web-fixture.js';

export interface ReportTown {
  secretariat: Person;
  learned: Person;
  councillor: Person;
  reports: AuditReports;
  steps: ReportSteps;
  deliberations: Deliberations;
  /** An audit with two members, a table, two findings and an opinion: everything that a report needs but the 合議. */
  audit(): Promise<ReportableAudit>;
  /** The members agree on the report. */
  agree(audit: ReportableAudit): Promise<string>;
}

export interface ReportableAudit {
  id: string;
  members: { learned: string; councillor: string };
  findings: [string, string];
  improvement: string;
}

export async function openReportTown(web: Web): Promise<ReportTown> {
  const secretariat = await web.person('audit-secretariat', null, '監査事務局');
  const [learned, councillor] = [await web.person('audit-member', null, '識見の委員'), await web.person('audit-member', null, '議選の委員')];
  const deliberations = web.app.get(Deliberations, { strict: false });
  return {
    secretariat, learned, councillor, deliberations, reports: web.app.get(AuditReports, { strict: false }), steps: web.app.get(ReportSteps, { strict: false }),
    async audit() {
      const id = await conductedAudit(web.database, web.town);
      await web.database.query(`update audit set bases = '["act-199-2"]', begins_on = '2026-06-01', ends_on = '2026-10-31' where id = $1`, [id]);
      return web.within(secretariat, (ctx) => filledAudit(ctx, id, learned.id!, councillor.id!));
    },
    agree: ({ id, members }) => web.within(secretariat, async (ctx) => {
      const held = await deliberations.hold(ctx, id, { subject: 'report', subjectId: null, heldOn: '2026-11-10', place: '', note: '' });
      for (const personId of Object.values(members)) await deliberations.voice(ctx, id, held, 0, { personId, consents: true, opinion: '' });
      return held;
    }),
  };
}

/** Members, findings, an opinion and a table for an audit. */
export async function filledAudit(ctx: Ctx, auditId: string, learnedId: string, councillorId: string): Promise<ReportableAudit> {
  const marks = { changedAt: ctx.clock.now(), changedByName: ctx.actor.name, version: 1 };
  const person = async (name: string, accountId: string, position: number): Promise<string> => {
    const id = newId();
    await scoped(ctx, AuditPerson).insert({ id, auditId, accountId, role: 'member', title: '監査委員', name, disqualifiedReason: null, position, version: 1 });
    return id;
  };
  const finding = async (number: number, title: string, facts: string): Promise<string> => {
    const id = newId();
    await scoped(ctx, Finding).insert({ id, auditId, caseId: null, parentId: null, number, position: number, kind: 'finding', title, facts, criteria: '', criteriaSource: '', cause: '', effect: '', viewpointId: null, severity: null, classification: null, departmentId: null, systemId: null, origin: null, stage: 'confirmed', ...marks });
    return id;
  };
  const members = { learned: await person('識見', learnedId, 0), councillor: await person('議選', councillorId, 1) };
  const findings: [string, string] = [await finding(1, '施錠', '端末が施錠されていなかった。'), await finding(2, '台帳', '台帳にない端末があった。')];
  const improvement = newId();
  await scoped(ctx, Improvement).insert({ id: improvement, auditId, caseId: null, parentId: null, number: 1, position: 1, kind: 'opinion', text: '［検出:1～2］について、改められたい。', reason: '', departmentId: null, stage: 'draft', ...marks });
  await scoped(ctx, ImprovementFinding).insert({ id: newId(), improvementId: improvement, findingId: findings[0] });
  await scoped(ctx, Tabulation).insert({ id: newId(), auditId, code: 'terminals', position: 0, definition: TERMINALS(3), ...marks });
  return { id: auditId, members, findings, improvement };
}

/** 端末: 3 of 福祉部 (or as many as said) and 2 of 市民部, beside a number that the text of another document gives as 5. */
export const TERMINALS = (welfare: number): Tabulation['definition'] => ({
  code: 'terminals', title: '端末の数', rounding: { mode: 'half-up', digits: 1 },
  tables: [
    { code: 'terminals', title: '部局ごとの端末', dataset: 'typed-terminals', rows: { by: 'division', label: '部局' }, columns: [{ code: 'count', label: '端末', measure: 'sum', of: 'n', unit: '台' }], total: '合計' },
    { code: 'said', title: '本文の数', dataset: 'said', columns: [{ code: 'count', label: '端末', measure: 'sum', of: 'n', unit: '台' }] },
  ],
  agreeing: [{ name: '端末の台数', figures: ['terminals/total/count', 'said/all/count'] }],
  typed: [
    { ...DATASET('typed-terminals', '端末'), records: [{ id: '1', label: '福祉部', values: { division: 'welfare', n: welfare } }, { id: '2', label: '市民部', values: { division: 'citizens', n: 2 } }] },
    { ...DATASET('said', '本文'), records: [{ id: '1', label: '本文', values: { division: 'welfare', n: 5 } }] },
  ],
});

const DATASET = (code: string, title: string): Dataset => ({
  code, title, unit: '台', records: [],
  fields: [{ code: 'division', label: '部局', kind: 'class', options: [{ code: 'welfare', label: '福祉部' }, { code: 'citizens', label: '市民部' }] }, { code: 'n', label: '台数', kind: 'number' }],
});
