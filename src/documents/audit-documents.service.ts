import { Injectable } from '@nestjs/common';
import { mustAllow, readDeliberated } from '../audits/audit-access.js';
import { Audit } from '../audits/audit.entity.js';
import { answeringReach, standingOf, type AnsweringReach } from '../audits/response-access.js';
import { storedRows } from '../audits/response-rows.js';
import { Questionnaire, QuestionnaireResponse, ResponseAnswer } from '../audits/questionnaire.entity.js';
import type { AuditFile, QuestionnaireInFile } from '../findings/audit-file.js';
import { ReportReading } from '../findings/report-reading.service.js';
import { departmentNames } from '../identity/department-tree.js';
import { Departments } from '../identity/departments.service.js';
import { Organisation } from '../identity/organisation.entity.js';
import { allows } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, NotFound, Refused, type Problem } from '../kernel/errors.js';
import { scoped } from '../kernel/scoped.js';
import { InformationSystem } from '../systems/system.entity.js';
import { AUDIT_DOCUMENTS, auditDocument, auditDocumentKind, type AuditDocumentChoice, type AuditDocumentCode, type AuditDocumentFormat, type AuditDocumentKind, type AuditDocumentMade } from './audit-documents.js';
import { AuditTexts } from './audit-texts.js';
import type { StoredDocument } from './document.entity.js';
import { StoredDocuments } from './stored-documents.js';

const KIND = 'audit';
/** Their choices begin with the key of the report. */
const PRINT_REPORTS: ReadonlySet<AuditDocumentCode> = new Set(['audit-report', 'measures', 'letter']);
const MOST = 60;

export interface AuditDocumentOffer {
  kind: AuditDocumentCode;
  label: string;
  about: string;
  formats: readonly AuditDocumentFormat[];
  choices: AuditDocumentChoice[];
  /** What must be there first; blank when there is something to choose. */
  needs: string;
  /** What must be mended first. */
  problems: Problem[];
}

/** Documents of audits: what can be made, asked for, made by a worker, and kept. */
@Injectable()
export class AuditDocuments {
  constructor(
    private readonly reading: ReportReading,
    private readonly stored: StoredDocuments,
    private readonly departments: Departments,
  ) {}

  /**
   * The audit with what the person may have made. Whoever does not read audits sees one that asked a department of theirs or has
   * published something. Throws `NotFound`, `Refused`.
   */
  async offers(ctx: Ctx, auditId: string): Promise<{ audit: Audit; offers: AuditDocumentOffer[] }> {
    if (allows(ctx.actor.grants, 'audit.read')) return { audit: await readDeliberated(ctx, auditId), offers: offersOf(await this.reading.forDocuments(ctx, auditId), auditId) };
    const audit = await this.visible(ctx, auditId);
    const file = await this.ownSheets(ctx, audit);
    return { audit, offers: offersOf(file, auditId).filter((one) => one.choices.length > 0) };
  }

  /**
   * Freezes what the document says; a worker prints it. What is decided is made once: asked for again, it is the same document.
   * Throws `Invalid` when there is nothing to make it from or with everything that must be mended, `NotFound`, `Refused`.
   */
  async ask(ctx: Ctx, auditId: string, code: string, options: { choice?: string; format?: AuditDocumentFormat } = {}): Promise<{ id: string }> {
    const kind = auditDocumentKind(code);
    if (kind === undefined) throw new NotFound();
    const made = auditDocument(kind.kind, await this.source(ctx, auditId, kind, options.choice), options);
    if (made.problems.length > 0) throw new Invalid('audit-document-unready', `「${kind.label}」を作る前に、次のところを直してください。`, linked(made.problems, auditId));
    if (made.model.fixed !== null) {
      await scoped(ctx, Audit).lock(auditId, 'shared-key');
      await ctx.tx.query('select pg_advisory_xact_lock(hashtext($1))', [`audit-document ${auditId}`]);
      const kept = await this.kept(ctx, auditId, made);
      if (kept !== null) return { id: kept };
    }
    const { title, mediaType, model } = made;
    return this.stored.ask(ctx, { kind: KIND, objectKind: 'audit', objectId: auditId, title, mediaType, model: { ...model, departments: await this.departmentIds(ctx, made) } });
  }

  /** The newest documents of the audit that the person may read. Throws `NotFound`, `Refused`. */
  async list(ctx: Ctx, auditId: string, limit = MOST): Promise<StoredDocument[]> {
    if (allows(ctx.actor.grants, 'audit.read')) await readDeliberated(ctx, auditId);
    else await this.visible(ctx, auditId);
    return this.stored.these(ctx, await readable(ctx, { auditId, id: null, limit }));
  }

  /** A document of the audit with its file. Throws `NotFound` (also while it is not stored, and for one of another audit), `Refused`. */
  async file(ctx: Ctx, auditId: string, id: string): Promise<{ document: StoredDocument; bytes: Buffer }> {
    const document = await this.stored.get(ctx, KIND, id);
    if (document.objectId !== auditId) throw new NotFound();
    if (allows(ctx.actor.grants, 'audit.read')) await readDeliberated(ctx, auditId);
    else await this.visible(ctx, auditId);
    if ((await readable(ctx, { auditId: document.objectId, id, limit: 1 })).length === 0) throw new Refused('other-department', 'この文書は、公表されるまで、監査委員と監査事務局だけが見られます。');
    return { document, bytes: await this.stored.bytes(ctx, document) };
  }

  /** What prints a decided report is made from the audit as it was decided. */
  private async source(ctx: Ctx, auditId: string, kind: AuditDocumentKind, choice: string | undefined): Promise<AuditFile> {
    if (!allows(ctx.actor.grants, 'audit.read')) return this.ownSheets(ctx, await this.visible(ctx, auditId));
    const now = await this.reading.forDocuments(ctx, auditId);
    const report = PRINT_REPORTS.has(kind.kind) ? (choice ?? kind.choices(now)[0]?.key)?.split('#')[0] : undefined;
    return report === undefined ? now : this.reading.forDocuments(ctx, auditId, report);
  }

  /** An audit that a department knows of: it was asked, or something is published. Throws `NotFound`, `Refused`. */
  private async visible(ctx: Ctx, auditId: string): Promise<Audit> {
    mustAllow(ctx, 'finding.read');
    const audit = await scoped(ctx, Audit).get(auditId);
    const [found] = await ctx.tx.query(
      `select exists (select from questionnaire q join questionnaire_response r on r.questionnaire_id = q.id and r.organisation_id = $1 where q.audit_id = $2 and q.organisation_id = $1 and q.status <> 'draft' and (r.department_id = any($3) or r.delegated_to_id = any($3)))
        or exists (select from audit_report where organisation_id = $1 and audit_id = $2 and status = 'published') as known`,
      [ctx.organisation, auditId, [...(await answeringReach(ctx)).departments]]) as { known: boolean }[];
    if (found?.known !== true) throw new NotFound();
    return audit;
  }

  /** The audit with nothing but the questionnaires that a department of the person answers, and those answers. */
  private async ownSheets(ctx: Ctx, audit: Audit): Promise<AuditFile> {
    const reach = await answeringReach(ctx);
    const names = departmentNames(await this.departments.tree(ctx));
    const questionnaires: QuestionnaireInFile[] = [];
    for (const [n, one] of (await scoped(ctx, Questionnaire).find({ auditId: audit.id }, { changedAt: 'ASC' })).entries()) {
      const responses = await ownResponses(ctx, one, reach, names);
      if (one.status !== 'draft' && responses.length > 0) questionnaires.push({ key: `q${n + 1}`, title: one.title, purpose: one.purpose, per: one.per, definition: one.definition, prefilling: one.prefilling, referenceOn: one.referenceOn, dueOn: one.dueOn, status: one.status, responses });
    }
    const { name } = await scoped(ctx, Organisation).get(ctx.organisation);
    return {
      tenken: 'audit', version: 1, organisation: { name, headTitle: '' },
      audit: { fiscalYear: audit.fiscalYear, kind: audit.kind, kindLabel: audit.kindLabel, bases: [], theme: audit.theme, purpose: '', targetsText: '', targets: [], definitions: [], referenceOn: null, method: '', beginsOn: null, endsOn: null, rounding: audit.rounding, status: audit.status },
      viewpoints: [], people: [], steps: [], cases: [], records: [], questionnaires, tabulations: [], departments: [], findings: [], improvements: [], deliberations: [], reports: [], actions: [], notices: [],
      scheme: { classifications: [], severities: [], states: [], rates: [] }, numbering: [],
    };
  }

  /** Id of the document that was made of the same decided thing. */
  private async kept(ctx: Ctx, auditId: string, { mediaType, model }: AuditDocumentMade): Promise<string | null> {
    const rows: { id: string }[] = await ctx.tx.query(
      `select id from document where organisation_id = $1 and kind = $2 and object_id = $3 and media_type = $4 and model ->> 'code' = $5 and model ->> 'label' = $6 and model ->> 'fixed' = $7
         and (state = 'stored' or state <> 'failed' and asked_at > $8::timestamptz - interval '1 hour') order by asked_at, id limit 1`,
      [ctx.organisation, KIND, auditId, mediaType, model.code, model.label, model.fixed, ctx.clock.now()]);
    return rows[0]?.id ?? null;
  }

  private async departmentIds(ctx: Ctx, { model: { respondent } }: AuditDocumentMade): Promise<string[]> {
    if (respondent === null) return [];
    return [...departmentNames(await this.departments.tree(ctx))].filter(([, name]) => name === respondent.department).map(([id]) => id);
  }
}

async function ownResponses(ctx: Ctx, questionnaire: Questionnaire, reach: AnsweringReach, names: ReadonlyMap<string, string>): Promise<QuestionnaireInFile['responses']> {
  const found = (await scoped(ctx, QuestionnaireResponse).find({ questionnaireId: questionnaire.id }, { id: 'ASC' })).filter((one) => standingOf(one, reach) !== null);
  const responses: QuestionnaireInFile['responses'] = [];
  for (const one of found) {
    const answers = await scoped(ctx, ResponseAnswer).find({ responseId: one.id });
    const system = one.systemId === null ? null : (await scoped(ctx, InformationSystem).get(one.systemId)).name;
    responses.push({ department: names.get(one.departmentId) ?? '', system, status: one.status, rows: await storedRows(ctx, one.id), answers: Object.fromEntries(answers.flatMap(({ item, value }) => (value === null ? [] : [[item, value]]))) });
  }
  return responses;
}

/** Ids, newest first: who reads audits, all; others what is published, and what holds the answers of their own department. */
async function readable(ctx: Ctx, { auditId, id, limit }: { auditId: string; id: string | null; limit: number }): Promise<string[]> {
  const all = allows(ctx.actor.grants, 'audit.read');
  const departments = all ? [] : [...(await answeringReach(ctx)).departments];
  const rows: { id: string }[] = await ctx.tx.query(
    `select d.id from document d where d.organisation_id = $1 and d.kind = $2 and d.object_id = $3 and ($4::uuid is null or d.id = $4)${all ? '' : ` and (d.model ->> 'published' = 'true'
       or exists (select from jsonb_array_elements_text(d.model -> 'departments') one where one::uuid = any($6)))`} order by d.asked_at desc, d.id limit $5`,
    [ctx.organisation, KIND, auditId, id, limit, ...(all ? [] : [departments])]);
  return rows.map((one) => one.id);
}

/** Kinds whose texts are looked at before anybody asks; a questionnaire has one document for each respondent and is looked at then. */
function offersOf(file: AuditFile, auditId: string): AuditDocumentOffer[] {
  const texts = new AuditTexts(file);
  return AUDIT_DOCUMENTS.map((kind) => {
    const choices = kind.choices(file);
    const looked = kind.kind === 'questionnaire' ? [] : choices;
    const problems = looked.flatMap(({ key }) => auditDocument(kind.kind, file, { choice: key, format: kind.formats[0]!, texts: new AuditTexts(file, texts) }).problems);
    return { kind: kind.kind, label: kind.label, about: kind.about, formats: kind.formats, choices, needs: choices.length === 0 ? kind.needs : '', problems: linked(problems, auditId) };
  });
}

const PLACES: Readonly<Record<string, string>> = { reports: 'report', findings: 'findings', improvements: 'improvements', notices: 'actions', actions: 'actions', questionnaires: 'questionnaires', tabulations: 'tabulations', cases: '', audit: '' };

/** Each with the page on which it is mended; the same one once. */
function linked(problems: readonly Problem[], auditId: string): Problem[] {
  const found = new Map(problems.map((one) => [`${one.path} ${one.message}`, one]));
  return [...found.values()].map((one) => {
    const page = PLACES[one.path.split('/')[0]!];
    return page === undefined ? one : { ...one, href: `/audits/${auditId}${page === '' ? '' : `/${page}`}` };
  });
}
