import { Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';
import { AssessmentsModule } from '../assessments/assessments.module.js';
import { AuditsModule } from '../audits/audits.module.js';
import { ChecksModule } from '../checks/checks.module.js';
import { DocumentsModule } from '../documents/documents.module.js';
import { FindingsModule } from '../findings/findings.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { RisksModule } from '../risks/risks.module.js';
import { SystemsModule } from '../systems/systems.module.js';
import { AnswersController } from './assessments/answers.controller.js';
import { AssessmentForms } from './assessments/assessment-forms.js';
import { AssessmentsController } from './assessments/assessments.controller.js';
import { CreationController } from './assessments/creation.controller.js';
import { DocumentsController } from './assessments/documents.controller.js';
import { EditorController } from './assessments/editor.controller.js';
import { ImportController } from './assessments/import.controller.js';
import { RowsController } from './assessments/rows.controller.js';
import { AssessmentSystemsController } from './assessments/assessment-systems.controller.js';
import { StepsController } from './assessments/steps.controller.js';
import { AccountsController } from './administration/accounts.controller.js';
import { DepartmentsController } from './administration/departments.controller.js';
import { JournalController } from './administration/journal.controller.js';
import { OrganisationController } from './administration/organisation.controller.js';
import { CheckListsController } from './checks/check-lists.controller.js';
import { CheckDepartmentsController } from './checks/check-departments.controller.js';
import { MatrixController } from './checks/matrix.controller.js';
import { OwnRuleSetsController } from './checks/own-rule-sets.controller.js';
import { OwnRulesController } from './checks/own-rules.controller.js';
import { RuleSetsController } from './checks/rule-sets.controller.js';
import { RuleSettingController } from './checks/rule-setting.controller.js';
import { ScheduleController } from './checks/schedule.controller.js';
import { ReportsController } from './checks/reports.controller.js';
import { SystemChecksController } from './checks/system-checks.controller.js';
import { WhatIfController } from './checks/what-if.controller.js';
import { ApprovalsController } from './declarations/approvals.controller.js';
import { CopyingController } from './declarations/copying.controller.js';
import { DeclarationPages } from './declarations/declaration-pages.js';
import { DeclarationsController } from './declarations/declarations.controller.js';
import { EvidenceController } from './declarations/evidence.controller.js';
import { RenewalController } from './declarations/renewal.controller.js';
import { SingleDeclarationController } from './declarations/single-declaration.controller.js';
import { Door } from './door.js';
import { ErrorFilter } from './error.filter.js';
import { HomeController } from './home/home.controller.js';
import { HomeAuditors } from './home/home-auditors.js';
import { HomeAudited } from './home/home-audited.js';
import { HomeSystems } from './home/home-systems.js';
import { HomeWaiting } from './home/home-waiting.js';
import { AccountController } from './identity/account.controller.js';
import { SetUpController } from './identity/set-up.controller.js';
import { SignInController } from './identity/sign-in.controller.js';
import { ListsController } from './lists.controller.js';
import { RiskController } from './risks/risk.controller.js';
import { RiskPartsController } from './risks/risk-parts.controller.js';
import { RisksController } from './risks/risks.controller.js';
import { StatutoryRisksController } from './risks/statutory-risks.controller.js';
import { ACTION_PAGES, ACTION_PROVIDERS } from './actions/pages.js';
import { AUDIT_PAGES } from './audits/pages.js';
import { FINDING_PAGES, FINDING_PROVIDERS } from './findings/pages.js';
import { QUESTIONNAIRE_PAGES } from './questionnaires/pages.js';
import { REPORT_PAGES } from './reports/pages.js';
import { RESPONSE_PAGES } from './responses/pages.js';
import { TABULATION_PAGES } from './tabulations/pages.js';
import { Sender } from './sender.js';
import { SentForms } from './sent-forms.js';
import { SystemAssessmentsController } from './systems/assessments.controller.js';
import { BreakdownController } from './systems/breakdown.controller.js';
import { BulkController } from './systems/bulk.controller.js';
import { SystemClassesController } from './systems/classes.controller.js';
import { DoublesController } from './systems/doubles.controller.js';
import { SystemDownloadsController } from './systems/downloads.controller.js';
import { RegisterImportController } from './systems/import.controller.js';
import { SystemListController } from './systems/list.controller.js';
import { SystemPartsController } from './systems/parts.controller.js';
import { RegisterController } from './systems/register.controller.js';
import { SystemSheetController } from './systems/sheet.controller.js';
import { ThresholdController } from './threshold/threshold.controller.js';

const CHECKS = [MatrixController, SystemChecksController, WhatIfController, ReportsController, CheckDepartmentsController];
const RULES = [CheckListsController, RuleSetsController, RuleSettingController, OwnRuleSetsController, OwnRulesController, ScheduleController];
const DECLARATIONS = [DeclarationsController, SingleDeclarationController, EvidenceController, ApprovalsController, RenewalController, CopyingController];
const RISKS = [RisksController, RiskController, RiskPartsController, StatutoryRisksController];
const SYSTEMS = [
  SystemListController, SystemDownloadsController, RegisterController, SystemSheetController, SystemPartsController, SystemAssessmentsController, SystemClassesController, BulkController,
  DoublesController, BreakdownController, RegisterImportController,
];
const IDENTITY = [SignInController, SetUpController, AccountController, OrganisationController, DepartmentsController, AccountsController, JournalController];

/** The pages: the only place besides api and cli that knows HTTP and HTML. Controllers parse, delegate, return an outcome. */
@Module({
  imports: [IdentityModule, SystemsModule, AssessmentsModule, RisksModule, ChecksModule, AuditsModule, FindingsModule, DocumentsModule],
  controllers: [HomeController, ...IDENTITY, ThresholdController, ImportController, CreationController, AssessmentsController, StepsController, AssessmentSystemsController, EditorController, AnswersController, RowsController, DocumentsController, ...SYSTEMS, ...DECLARATIONS, ...CHECKS, ...RULES, ...RISKS, ...AUDIT_PAGES, ...QUESTIONNAIRE_PAGES, ...RESPONSE_PAGES, ...TABULATION_PAGES, ...FINDING_PAGES, ...REPORT_PAGES, ...ACTION_PAGES, ListsController],
  providers: [Sender, SentForms, AssessmentForms, DeclarationPages, HomeSystems, ...FINDING_PROVIDERS, HomeAudited, HomeAuditors, HomeWaiting, ...ACTION_PROVIDERS, { provide: APP_INTERCEPTOR, useClass: Door }, { provide: APP_FILTER, useClass: ErrorFilter }],
})
export class WebModule {}
