import { Injectable } from '@nestjs/common';
import type { Scope } from '../checks/checking.service.js';
import type { Code } from '../engine/form.js';
import { reachOf } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, Refused } from '../kernel/errors.js';
import { XLSX } from '../rendering/workbook.js';
import { checkReport, reportTitle } from './check-report.js';
import { undrawable } from './check-report-files.js';
import { CheckReportReading } from './check-report-reading.js';
import { checkWorkbook } from './check-report.sheets.js';
import type { StoredDocument } from './document.entity.js';
import { StoredDocuments } from './stored-documents.js';

export type ReportFormat = 'pdf' | 'xlsx';

export interface CheckReportAsked {
  scope: Scope;
  /** Number of a run; without one what holds now. */
  run?: number;
  /** Codes; none: every set of which there are results. */
  ruleSets?: readonly Code[];
  format: ReportFormat;
}

const KIND = 'check-report';

/** 点検結果報告書 of a system, a department or the whole organisation: asked for, made by a worker, and kept. */
@Injectable()
export class CheckReports {
  constructor(
    private readonly reading: CheckReportReading,
    private readonly stored: StoredDocuments,
  ) {}

  /**
   * Freezes what the report says; a worker prints it. Throws `Refused` for a scope beyond the person's reach, `Invalid` when there are
   * no results or with each character that no font can draw, `NotFound`.
   */
  async ask(ctx: Ctx, { format, ...asked }: CheckReportAsked): Promise<{ id: string }> {
    const facts = await this.reading.read(ctx, asked);
    const problems = undrawable(facts);
    if (problems.length > 0) throw new Invalid('character-undrawable', '印刷できない文字があります。直してから、もう一度報告書をつくってください。', problems);
    return this.stored.ask(ctx, {
      kind: KIND, objectKind: facts.scope.kind, objectId: facts.scope.id, title: reportTitle(facts),
      ...(format === 'pdf' ? { mediaType: 'application/pdf', model: checkReport(facts) } : { mediaType: XLSX, model: checkWorkbook(facts) }),
    });
  }

  /** The newest reports that the person may read. */
  async list(ctx: Ctx, limit = 30): Promise<StoredDocument[]> {
    return this.stored.these(ctx, await this.readable(ctx, null, limit));
  }

  /** A report with its file. Throws `NotFound` while it is not stored, `Refused`. */
  async file(ctx: Ctx, id: string): Promise<{ document: StoredDocument; bytes: Buffer }> {
    const document = await this.stored.get(ctx, KIND, id);
    if ((await this.readable(ctx, id, 1)).length === 0) throw new Refused('other-department', 'この報告書には、ほかの部署のシステムの結果があります。見る必要があるときは、作成した部署に頼んでください。');
    return { document, bytes: await this.stored.bytes(ctx, document) };
  }

  /**
   * Ids of the reports that the person may read today: who reaches all, all; others those of a system that is theirs now, and of a
   * department of theirs when every department in it is.
   */
  private async readable(ctx: Ctx, id: string | null, limit: number): Promise<string[]> {
    const reach = reachOf(ctx.actor.grants, 'check.read');
    const rows: { id: string }[] = await ctx.tx.query(
      `select d.id from document d where d.organisation_id = $1 and d.kind = $2 and ($3::uuid is null or d.id = $3)${reach === 'all' ? '' : ` and case d.object_kind
         when 'system' then exists (select from system s where s.id = d.object_id and s.organisation_id = $1 and s.department_id = any($5))
         when 'department' then d.object_id = any($5) and (select coalesce(bool_and(one::uuid = any($5)), true) from jsonb_array_elements_text(d.model -> 'departments') one)
         else false end`} order by d.asked_at desc, d.id limit $4`,
      [ctx.organisation, KIND, id, limit, ...(reach === 'all' ? [] : [[...reach]])]);
    return rows.map((one) => one.id);
  }
}
