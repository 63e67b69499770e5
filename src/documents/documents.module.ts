import { Module } from '@nestjs/common';
import { AssessmentsModule } from '../assessments/assessments.module.js';
import { AuditsModule } from '../audits/audits.module.js';
import { ChecksModule } from '../checks/checks.module.js';
import { FindingsModule } from '../findings/findings.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { SystemsModule } from '../systems/systems.module.js';
import { AuditDocuments } from './audit-documents.service.js';
import { CheckReportReading } from './check-report-reading.js';
import { CheckReports } from './check-reports.service.js';
import { Documents } from './documents.service.js';
import { StoredDocuments } from './stored-documents.js';

/**
 * Outputs: report models and the stored, provable files made from them. Uses systems, assessments, audits, checks, findings, jobs and
 * rendering;
 * used by the pages and the command line.
 */
@Module({
  imports: [IdentityModule, SystemsModule, AssessmentsModule, AuditsModule, ChecksModule, FindingsModule],
  providers: [StoredDocuments, Documents, CheckReportReading, CheckReports, AuditDocuments],
  exports: [Documents, CheckReports, AuditDocuments],
})
export class DocumentsModule {}
