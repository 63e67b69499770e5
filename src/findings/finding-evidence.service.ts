import { Injectable } from '@nestjs/common';
import { AuditEvidence, type AuditEvidenceListed } from '../audits/audit-files.service.js';
import { FieldRecord } from '../audits/field-record.entity.js';
import { RESULT_WORDS } from '../engine/rule-set.js';
import type { Ctx } from '../kernel/ctx.js';
import { NotFound } from '../kernel/errors.js';
import { scoped } from '../kernel/scoped.js';
import { addEvidence, removeEvidence, type EvidenceInput } from './evidence-links.js';
import { SystemCheck } from '../checks/system-check.service.js';
import { fieldProblem, lockFinding, mustBeOpen, mustFit, readFinding, readFindingsOf } from './finding-access.js';
import { resultLabel, targetOfCheck } from './finding-beginning.js';
import type { Finding } from './finding.entity.js';

export interface EvidenceChoices {
  /** Results of the finding's system that are 不適合 or 未確認, in this order; `id`: `<rule set>/<rule>@<run>`, `name`: what it is called where it is cited. */
  checks: { id: string; label: string; name: string }[];
  records: { id: string; label: string }[];
  /** Answers that are in. */
  answers: { id: string; label: string }[];
  /** Stored documents of the product about this audit. */
  documents: { id: string; label: string }[];
}

/** 根拠 of findings: links and files. Only those who see the whole finding see it. */
@Injectable()
export class FindingEvidences {
  constructor(
    private readonly files: AuditEvidence,
    private readonly systemCheck: SystemCheck,
  ) {}

  /** What of this audit, and of the results of a system, can be evidence. Throws `NotFound`, `Refused`. */
  async choices(ctx: Ctx, auditId: string, systemId: string | null): Promise<EvidenceChoices> {
    await readFindingsOf(ctx, auditId);
    const records = await scoped(ctx, FieldRecord).find({ auditId }, { heldOn: 'ASC', id: 'ASC' });
    const answers: { id: string; label: string }[] = await ctx.tx.query(
      `select r.id, concat_ws('　', q.title, d.name, s.name) as label from questionnaire_response r join questionnaire q on q.id = r.questionnaire_id and q.organisation_id = r.organisation_id
         join department d on d.id = r.department_id left join system s on s.id = r.system_id
        where r.organisation_id = $1 and q.audit_id = $2 and r.status in ('submitted', 'fixed') order by q.title, d.position, d.name, s.name, r.id`, [ctx.organisation, auditId]);
    const documents: { id: string; label: string }[] = await ctx.tx.query(
      `select id, title as label from document where organisation_id = $1 and object_id = $2 and state = 'stored' order by asked_at desc`, [ctx.organisation, auditId]);
    return { checks: systemId === null ? [] : await this.checks(ctx, systemId), records: records.map(({ id, title }) => ({ id, label: title })), answers, documents };
  }

  /** Throws `NotFound`, `Refused` (decided), `Invalid`. Returns the id. */
  async add(ctx: Ctx, findingId: string, input: EvidenceInput): Promise<string> {
    const finding = await this.open(ctx, findingId);
    return addEvidence(ctx, finding.auditId, findingId, input.kind === 'check' ? await this.checkResult(ctx, finding, input) : input);
  }

  /** Throws `NotFound`, `Refused` (decided). */
  async remove(ctx: Ctx, findingId: string, id: string): Promise<void> {
    await this.open(ctx, findingId);
    await removeEvidence(ctx, findingId, id);
  }

  /** Nothing for a department. Throws `NotFound`. */
  async listFiles(ctx: Ctx, findingId: string): Promise<AuditEvidenceListed[]> {
    return (await readFinding(ctx, findingId)).full ? this.files.list(ctx, 'finding', findingId) : [];
  }

  /** Throws `NotFound`, `Refused` (decided), `Invalid` (kind, size, damaged picture, too many). */
  async addFile(ctx: Ctx, findingId: string, upload: { fileName: string; bytes: Uint8Array }, caption = ''): Promise<AuditEvidenceListed> {
    await this.open(ctx, findingId);
    return this.files.add(ctx, 'finding', findingId, upload, caption);
  }

  /** Throws `NotFound`, also for a department. */
  async readFile(ctx: Ctx, findingId: string, fileId: string): Promise<AuditEvidenceListed & { bytes: Buffer }> {
    if (!(await readFinding(ctx, findingId)).full) throw new NotFound();
    return this.files.read(ctx, 'finding', findingId, fileId);
  }

  /** Throws `NotFound`, `Refused` (decided). */
  async removeFile(ctx: Ctx, findingId: string, fileId: string): Promise<void> {
    await this.open(ctx, findingId);
    await this.files.remove(ctx, 'finding', findingId, fileId);
  }

  private async checks(ctx: Ctx, systemId: string): Promise<EvidenceChoices['checks']> {
    const sheet = await this.systemCheck.sheet(ctx, systemId);
    const { run } = sheet;
    if (run === null) return [];
    return (['not-met', 'unknown'] as const).flatMap((wanted) => sheet.ruleSets.flatMap(({ definition, rules }) => rules.filter(({ result }) => result === wanted)
      .map(({ rule, result }) => ({ id: targetOfCheck(definition.ruleSet, rule.code, run.number), label: `${RESULT_WORDS[result].label}　${rule.title}`, name: resultLabel(sheet.system.name, run, rule.title, result) }))));
  }

  /** A result that the system of the finding has now, under its name. Throws `Invalid`. */
  private async checkResult(ctx: Ctx, { systemId }: Finding, input: EvidenceInput): Promise<EvidenceInput> {
    const found = systemId === null ? undefined : (await this.checks(ctx, systemId)).find((one) => one.id === input.target.trim());
    if (found === undefined) mustFit('evidence-invalid', [fieldProblem('targetId', '点検の結果を、この検出事項のシステムのものから選んでください。')]);
    return { ...input, targetId: systemId, label: input.label.trim() === '' ? found!.name : input.label };
  }

  private async open(ctx: Ctx, findingId: string): Promise<Finding> {
    const { finding } = await lockFinding(ctx, findingId);
    mustBeOpen(finding.title, finding.stage);
    return finding;
  }
}
