/**
 * 監査の交換ファイル: one audit with all that belongs to it, in names instead of ids. It is what `tenken audit export` writes and
 * `import` reads, what every document of an audit is made from, and what `tenken audit render` prints without a database.
 *
 * Texts may carry references (`engine/references.ts`): ［数値:表/行/列=871］, ［表:表の名］, ［検出:1］, ［検出:1～6］, ［検出題:1］, ［改善:2］.
 */
import type { Address, AnswerValue, Code, FormDefinition, Row } from '../engine/form.js';
import type { Dataset, Rounding, TabulationDefinition } from '../engine/tabulation.js';
import type { AuditStatus, Definition } from '../audits/audit.entity.js';
import type { Prefilling, ResponseStatus } from '../audits/questionnaire.entity.js';
import type { FindingStage } from './finding.entity.js';
import type { FindingScheme, Numbering } from './scheme.js';

export interface AuditFile {
  tenken: 'audit';
  version: 1;
  organisation: { name: string; /** 市長, 知事: to whom letters go. */ headTitle: string };
  audit: AuditText;
  viewpoints: ViewpointInFile[];
  people: PersonInFile[];
  steps: StepInFile[];
  cases: CaseInFile[];
  records: RecordInFile[];
  questionnaires: QuestionnaireInFile[];
  tabulations: TabulationInFile[];
  /** What departments call themselves and in which order they are printed. */
  departments: string[];
  findings: FindingInFile[];
  improvements: ImprovementInFile[];
  deliberations: DeliberationInFile[];
  reports: ReportInFile[];
  actions: ActionInFile[];
  notices: NoticeInFile[];
  scheme: FindingScheme;
  numbering: Numbering;
  /** Of answers: only in a file that was written to be taken away. */
  pictures?: PictureInFile[];
}

export interface AuditText {
  fiscalYear: number;
  kind: Code;
  kindLabel: string;
  /** Codes of `templates/audits`. */
  bases: string[];
  theme: string;
  purpose: string;
  targetsText: string;
  targets: { department: string; system: string | null }[];
  definitions: Definition[];
  referenceOn: string | null;
  method: string;
  beginsOn: string | null;
  endsOn: string | null;
  rounding: Rounding;
  status: AuditStatus;
}

/** `key`: stable within the file; others name it. */
export interface ViewpointInFile {
  key: string;
  parent: string | null;
  text: string;
  ruleSet: string | null;
  viewpoint: string | null;
}

export interface PersonInFile {
  key: string;
  role: 'member' | 'secretariat';
  title: string;
  name: string;
  disqualifiedReason: string | null;
}

export interface StepInFile {
  label: string;
  doneBy: 'member' | 'secretariat' | 'department' | null;
  fromOn: string | null;
  untilOn: string | null;
  doneOn: string | null;
  note: string;
}

export interface CaseInFile {
  key: string;
  department: string;
  title: string;
  overview: string;
  quoted: string;
  membersOn: string;
  secretariatOn: string;
}

export interface RecordInFile {
  key: string;
  kind: 'survey' | 'interview' | 'document-review';
  title: string;
  heldOn: string;
  place: string;
  attendees: string;
  department: string;
  system: string | null;
  viewpoint: string | null;
  announced: string;
  seen: string;
  outcome: 'open' | 'as-announced' | 'different';
}

export interface QuestionnaireInFile {
  key: string;
  title: string;
  purpose: string;
  per: 'department' | 'department-system';
  definition: FormDefinition;
  prefilling: Record<Code, Prefilling>;
  referenceOn: string | null;
  dueOn: string | null;
  status: 'draft' | 'open' | 'closed';
  responses: ResponseInFile[];
}

export interface ResponseInFile {
  department: string;
  system: string | null;
  status: ResponseStatus;
  /** Of repeated groups; ids are unique within the response. */
  rows?: Row[];
  /** By address. */
  answers: Record<Address, AnswerValue>;
}

/** A picture that an answer names, in base64. */
export interface PictureInFile {
  sha256: string;
  mediaType: string;
  width: number;
  height: number;
  data: string;
}

export interface TabulationInFile {
  definition: TabulationDefinition;
  /** Datasets of typed figures; those of questionnaires and the register are made anew. */
  typed: Dataset[];
  /** All datasets as they were counted, so that the file stands by itself. */
  counted: Dataset[];
}

export interface FindingInFile {
  /** Stable key in the audit: ［検出:n］. */
  number: number;
  parent: number | null;
  /** Key of a case. */
  case: string | null;
  kind: 'heading' | 'finding';
  title: string;
  facts: string;
  criteria: string;
  criteriaSource: string;
  cause: string;
  effect: string;
  viewpoint: string | null;
  severity: Code | null;
  classification: Code | null;
  department: string | null;
  system: string | null;
  origin: { ruleSet: Code; rule: Code; system: string; run: number } | null;
  /** What was withdrawn is in no file. */
  stage: Exclude<FindingStage, 'withdrawn'>;
  evidence: { kind: 'check' | 'answer' | 'record' | 'document'; target: string; label: string }[];
  statements: { department: string; agreed: boolean | null; text: string; reply: string; dueOn: string; answeredOn: string | null }[];
}

export interface ImprovementInFile {
  /** Stable key in the audit: ［改善:n］. */
  number: number;
  parent: number | null;
  case: string | null;
  kind: 'heading' | 'opinion' | 'recommendation';
  text: string;
  reason: string;
  department: string | null;
  /** Of a 勧告: 長 or 委員会 to whom the department belongs (199条11項). Made from the department, not read. */
  addressee?: string | null;
  stage: 'draft' | 'decided' | 'published';
  /** Numbers of findings. */
  findings: number[];
}

export interface DeliberationInFile {
  subject: 'report' | 'finding' | 'improvement';
  /** Number of the finding or improvement; null for the report. */
  number: number | null;
  heldOn: string;
  place: string;
  note: string;
  outcome: 'agreed' | 'divided' | null;
  /** `absent`: took no part; `opinion` says why. */
  voices: { person: string; consents: boolean | null; absent?: boolean; opinion: string }[];
}

export interface ReportInFile {
  key: string;
  kind: 'report' | 'measures';
  title: string;
  publicationNumber: number | null;
  publicationYear: number | null;
  decidedOn: string | null;
  submittedOn: string | null;
  publishedOn: string | null;
  addressees: string[];
  sections: { id: string; parentId: string | null; heading: string; text: string; source: 'assembled' | 'edited'; code: string | null }[];
  status: 'draft' | 'fixed' | 'published';
}

export interface ActionInFile {
  number: number;
  finding: number | null;
  improvement: number | null;
  title: string;
  planned: string;
  department: string;
  formerDepartment: string | null;
  dueOn: string | null;
  state: Code;
  /** Reported by the department, not yet checked. */
  proposed?: Code | null;
  effect: 'effective' | 'not-effective' | null;
  settledOn: string | null;
  entries: {
    kind: 'planned' | 'progress' | 'asked' | 'effect-checked' | 'reopened' | 'postponed' | 'transferred' | 'notified' | 'offered';
    madeOn: string; text: string; stateBefore: Code | null; stateAfter: Code | null; dueBefore: string | null; dueAfter: string | null; fiscalYear: number | null; madeByName: string;
  }[];
}

export interface NoticeInFile {
  department: string;
  /** Code of the paragraph. */
  basis: string;
  notifiedOn: string | null;
  receivedOn: string | null;
  status: 'draft' | 'notified' | 'received' | 'published';
  /** Key of the report that publishes it. */
  report: string | null;
  items: { action: number; text: string; state: Code }[];
}
