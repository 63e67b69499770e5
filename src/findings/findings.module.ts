import { Module } from '@nestjs/common';
import { AssessmentsModule } from '../assessments/assessments.module.js';
import { AuditsModule } from '../audits/audits.module.js';
import { ChecksModule } from '../checks/checks.module.js';
import type { Clock } from '../kernel/clock.js';
import { CLOCK } from '../kernel/kernel.module.js';
import { inProject } from '../kernel/root.js';
import { IdentityModule } from '../identity/identity.module.js';
import { SystemsModule } from '../systems/systems.module.js';
import { FindingEvidences } from './finding-evidence.service.js';
import { FindingRegister } from './finding-register.service.js';
import { FindingTexts } from './finding-texts.service.js';
import { Improvements } from './improvements.service.js';
import { Statements } from './statements.service.js';
import { FindingSettings } from './finding-settings.service.js';
import { FindingSchemes, loadFindingSchemes } from './scheme-content.js';
import { ActionAskings } from './action-askings.service.js';
import { ActionBoard } from './action-board.service.js';
import { ActionEvidence } from './action-evidence.service.js';
import { ActionNotices } from './action-notices.service.js';
import { ActionReading } from './action-reading.service.js';
import { ActionSettling } from './action-settling.service.js';
import { AuditFiles } from './audit-files.service.js';
import { AuditReports } from './audit-reports.service.js';
import { ClosingOffers } from './closing-offers.service.js';
import { CorrectiveActions } from './corrective-actions.service.js';
import { Deliberations } from './deliberations.service.js';
import { Rechecking } from './rechecking.service.js';
import { ReportReading } from './report-reading.service.js';
import { ReportSteps } from './report-steps.service.js';

const SERVICES = [FindingSettings, FindingRegister, FindingEvidences, FindingTexts, Improvements, Statements, ActionAskings, ActionBoard, ActionEvidence, ActionNotices, ActionReading, ActionSettling, ClosingOffers, CorrectiveActions, Rechecking, AuditFiles, Deliberations, ReportReading, AuditReports, ReportSteps];
const CONTENT = { provide: FindingSchemes, useFactory: (clock: Clock) => loadFindingSchemes(inProject('templates'), clock.today()), inject: [CLOCK] };

/**
 * 検出事項 and what follows: improvement opinions (改善を求める事項), statements (弁明・見解), deliberation (合議), the audit report with its
 * publication, corrective actions (措置) and their notices (措置通知), the exchange file of an audit. Uses engine (numbering, references,
 * tabulation), systems, audits, checks. Used by documents, web, cli.
 */
@Module({ imports: [IdentityModule, SystemsModule, AssessmentsModule, AuditsModule, ChecksModule], providers: [CONTENT, ...SERVICES], exports: [FindingSchemes, ...SERVICES] })
export class FindingsModule {}
