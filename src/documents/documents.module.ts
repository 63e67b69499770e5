import { Module } from '@nestjs/common';
import { AssessmentsModule } from '../assessments/assessments.module.js';
import { ChecksModule } from '../checks/checks.module.js';
import { SystemsModule } from '../systems/systems.module.js';
import { CheckReportReading } from './check-report-reading.js';
import { CheckReports } from './check-reports.service.js';
import { Documents } from './documents.service.js';
import { StoredDocuments } from './stored-documents.js';

/**
 * Outputs: report models and the stored, provable files made from them. Uses systems, assessments, checks, jobs and rendering;
 * used by the pages and the command line.
 */
@Module({ imports: [SystemsModule, AssessmentsModule, ChecksModule], providers: [StoredDocuments, Documents, CheckReportReading, CheckReports], exports: [Documents, CheckReports] })
export class DocumentsModule {}
