import { Module } from '@nestjs/common';
import { readSchema } from '../engine/content-loader.js';
import { IdentityModule } from '../identity/identity.module.js';
import { inProject } from '../kernel/root.js';
import { Catalogue } from '../systems/catalogue.js';
import { SystemsModule } from '../systems/systems.module.js';
import { AuditCases } from './audit-cases.service.js';
import { auditContent } from './audit-content.js';
import { AuditEvidence } from './audit-files.service.js';
import { AuditKinds } from './audit-kinds.service.js';
import { AuditParts } from './audit-parts.service.js';
import { AuditPeople } from './audit-people.service.js';
import { AuditRegister } from './audit-register.service.js';
import { AuditSchedule } from './audit-schedule.service.js';
import { AuditTargets } from './audit-targets.service.js';
import { FieldRecords } from './field-records.service.js';
import { PlanLinks } from './plan-links.service.js';
import { Plans } from './plans.service.js';
import { Viewpoints } from './viewpoints.service.js';
import { AnswerSheets } from './answer-sheets.service.js';
import { Answering } from './answering.service.js';
import { Asking } from './asking.service.js';
import { ResponseFiles } from './response-files.service.js';
import { ResponsePrefilling } from './prefilling-responses.js';
import { loadQuestionnaireTemplates, QuestionnaireCheck, QuestionnaireTemplates } from './questionnaire-content.js';
import { Questionnaires } from './questionnaires.service.js';
import { loadTabulations, readTabulationSchema, tabulationShape } from './tabulation-content.js';
import { TabulationData } from './tabulation-data.service.js';
import { READY_TABULATIONS, Tabulations, TABULATION_SHAPE } from './tabulations.service.js';
import { ResponseKeeping } from './response-keeping.service.js';

/** Kinds and legal bases as they stand in `templates/`, checked at start. */
const AUDIT_CONTENT = Symbol('audit content');

const CONTENT = [
  { provide: AUDIT_CONTENT, useFactory: () => auditContent() },
  { provide: QuestionnaireTemplates, useFactory: (catalogue: Catalogue) => loadQuestionnaireTemplates(inProject('templates'), catalogue), inject: [Catalogue] },
  { provide: QuestionnaireCheck, useFactory: (catalogue: Catalogue) => new QuestionnaireCheck(readSchema(inProject('templates'), 'form'), catalogue), inject: [Catalogue] },
  { provide: READY_TABULATIONS, useFactory: () => loadTabulations(inProject('templates')) },
  { provide: TABULATION_SHAPE, useFactory: () => tabulationShape(readTabulationSchema(inProject('templates')), 'definition') },
];

const PLANNING = [AuditKinds, Plans, PlanLinks, AuditRegister, AuditParts, AuditTargets, Viewpoints, AuditPeople, AuditSchedule, AuditCases, FieldRecords, AuditEvidence];
const SERVICES = [
  ...PLANNING,
  Asking, Questionnaires, ResponseKeeping, ResponsePrefilling, Answering, AnswerSheets, ResponseFiles,
  TabulationData, Tabulations,
];

/**
 * 監査: plans (監査計画), audits with viewpoints (着眼点), people (監査委員, 除斥) and schedule, questionnaires (調査票) with their
 * responses, field records (現地調査・事情聴取・書類審査) with evidence, tabulations (集計). Uses engine, jobs, identity, systems. Used by
 * findings, documents, web, cli.
 */
@Module({ imports: [IdentityModule, SystemsModule], providers: [...CONTENT, ...SERVICES], exports: [QuestionnaireTemplates, QuestionnaireCheck, ...SERVICES] })
export class AuditsModule {}
