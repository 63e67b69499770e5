import { Answer, AnswerRow } from './assessments/answer.entity.js';
import { Assessment } from './assessments/assessment.entity.js';
import { AssessmentRisk } from './assessments/assessment-risk.entity.js';
import { AssessmentSystem } from './assessments/assessment-system.entity.js';
import { Image } from './assessments/image.entity.js';
import { ImportReview } from './assessments/import-review.entity.js';
import { Judgement } from './assessments/threshold-judgement.entity.js';
import { AuditPlan, AuditPlanItem } from './audits/plan.entity.js';
import { Audit, AuditCase, AuditKind, AuditPerson, AuditStep, AuditTarget, AuditViewpoint } from './audits/audit.entity.js';
import { AuditFile, FieldRecord } from './audits/field-record.entity.js';
import { Questionnaire, QuestionnaireResponse, ResponseAnswer, ResponseCorrection, ResponseReminder, ResponseRow } from './audits/questionnaire.entity.js';
import { Tabulation } from './audits/tabulation.entity.js';
import { Finding, FindingEvidence, FindingSetting, FindingStatement, Improvement, ImprovementFinding } from './findings/finding.entity.js';
import { Deliberation, DeliberationVoice } from './findings/deliberation.entity.js';
import { AuditReport } from './findings/audit-report.entity.js';
import { ActionAsking, ActionEntry, ActionNotice, ActionNoticeItem, ActionReminder, CorrectiveAction } from './findings/corrective-action.entity.js';
import { CheckOverrule, CheckRun, CheckSchedule, CheckState, OwnRuleSet, RuleSetAdoption, RuleSettingRow } from './checks/check.entity.js';
import { StoredDocument } from './documents/document.entity.js';
import { Account, AccountRole, Session } from './identity/account.entity.js';
import { Department, ImplementingBody, Organisation } from './identity/organisation.entity.js';
import { Declaration, DeclarationEvidence } from './systems/declaration.entity.js';
import { Risk, RiskMeasure, RiskRule } from './risks/risk.entity.js';
import { RegisterImport, RegisterMapping } from './systems/register-import.entity.js';
import { InformationSystem, SystemClass, SystemContract, SystemInheritance, SystemSetting, SystemUse } from './systems/system.entity.js';

const IDENTITY = [Organisation, ImplementingBody, Department, Account, AccountRole, Session];
const SYSTEMS = [SystemClass, InformationSystem, SystemUse, SystemContract, SystemInheritance, SystemSetting, Declaration, DeclarationEvidence, RegisterMapping, RegisterImport];
const ASSESSMENTS = [Judgement, Assessment, AnswerRow, Answer, Image, ImportReview, AssessmentSystem, AssessmentRisk];
const RISKS = [Risk, RiskMeasure, RiskRule];
const CHECKS = [CheckRun, CheckState, CheckOverrule, RuleSettingRow, RuleSetAdoption, OwnRuleSet, CheckSchedule];
const AUDITS = [AuditPlan, AuditPlanItem, AuditKind, Audit, AuditTarget, AuditViewpoint, AuditPerson, AuditStep, AuditCase, FieldRecord, AuditFile, Questionnaire, QuestionnaireResponse, ResponseAnswer, ResponseRow, ResponseCorrection, ResponseReminder, Tabulation];
const FINDINGS = [FindingSetting, Finding, FindingEvidence, Improvement, ImprovementFinding, FindingStatement, Deliberation, DeliberationVoice, AuditReport, CorrectiveAction, ActionEntry, ActionReminder, ActionAsking, ActionNotice, ActionNoticeItem];

/** Every table that programs read and write through `scoped`. */
export const ENTITIES = [...IDENTITY, ...SYSTEMS, ...RISKS, ...ASSESSMENTS, ...AUDITS, ...CHECKS, ...FINDINGS, StoredDocument];
