import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Code } from '../engine/form.js';
import type { FindingScheme, Numbering } from './scheme.js';

/**
 * draft 作成中 → confirming 事実確認中 → confirmed 確認済み → decided 決定 → published 公表. Departments see it from `confirming` on.
 * withdrawn 取下げ: it is kept with what was said to it, and stands in no number, text or document any more.
 */
export type FindingStage = 'draft' | 'confirming' | 'confirmed' | 'decided' | 'published' | 'withdrawn';

/** The failing rule from which the finding was begun. */
export interface FindingOrigin {
  system: string;
  ruleSet: Code;
  rule: Code;
  /** Number of the run. */
  run: number;
}

/** What the organisation decided about findings and corrective actions. */
@Entity('finding_setting')
export class FindingSetting {
  @PrimaryColumn('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('jsonb') scheme: FindingScheme;
  @Column('jsonb') numbering: Numbering;
  @Column('int', { name: 'due_soon_days' }) dueSoonDays: number;
  @Column('int') version: number;
}

/** 検出事項. Together they are a tree; `heading` groups what stands below. */
@Entity('finding')
export class Finding {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'audit_id' }) auditId: string;
  @Column('uuid', { name: 'case_id', nullable: true }) caseId: string | null;
  @Column('uuid', { name: 'parent_id', nullable: true }) parentId: string | null;
  /** Stable key in its audit, given once, never again: references name it. */
  @Column('int') number: number;
  /** Among those with the same parent (and case). */
  @Column('int') position: number;
  @Column('text') kind: 'heading' | 'finding';
  @Column('text') title: string;
  @Column('text') facts: string;
  /** 判断の基準: the quoted rule. */
  @Column('text') criteria: string;
  /** Its name and article. */
  @Column('text', { name: 'criteria_source' }) criteriaSource: string;
  @Column('text') cause: string;
  @Column('text') effect: string;
  @Column('uuid', { name: 'viewpoint_id', nullable: true }) viewpointId: string | null;
  /** Code of the scheme. */
  @Column('text', { nullable: true }) severity: string | null;
  /** Code of the scheme: 指摘事項, 要望事項, …. */
  @Column('text', { nullable: true }) classification: string | null;
  @Column('uuid', { name: 'department_id', nullable: true }) departmentId: string | null;
  @Column('uuid', { name: 'system_id', nullable: true }) systemId: string | null;
  @Column('jsonb', { nullable: true }) origin: FindingOrigin | null;
  @Column('text') stage: FindingStage;
  @Column('timestamptz', { name: 'changed_at' }) changedAt: Date;
  @Column('text', { name: 'changed_by_name' }) changedByName: string;
  @Column('int') version: number;
}

/** 根拠: what shows the finding. Files stand in `audit_file`. */
@Entity('finding_evidence')
export class FindingEvidence {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'finding_id' }) findingId: string;
  @Column('text') kind: 'check' | 'answer' | 'record' | 'document';
  /** System, response, field record or document. */
  @Column('uuid', { name: 'target_id', nullable: true }) targetId: string | null;
  /** Place in it: rule, item; may be blank. */
  @Column('text') target: string;
  @Column('text') label: string;
  @Column('int') position: number;
}

/** 改善を求める事項（意見）, also 勧告 (11項). Many-to-many with findings. */
@Entity('improvement')
export class Improvement {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'audit_id' }) auditId: string;
  @Column('uuid', { name: 'case_id', nullable: true }) caseId: string | null;
  @Column('uuid', { name: 'parent_id', nullable: true }) parentId: string | null;
  /** Stable key in its audit. */
  @Column('int') number: number;
  @Column('int') position: number;
  @Column('text') kind: 'heading' | 'opinion' | 'recommendation';
  @Column('text') text: string;
  /** 理由 of a 勧告 (11項). */
  @Column('text') reason: string;
  @Column('uuid', { name: 'department_id', nullable: true }) departmentId: string | null;
  @Column('text') stage: 'draft' | 'decided' | 'published' | 'withdrawn';
  @Column('timestamptz', { name: 'changed_at' }) changedAt: Date;
  @Column('text', { name: 'changed_by_name' }) changedByName: string;
  @Column('int') version: number;
}

/** An improvement opinion answers a finding. */
@Entity('improvement_finding')
export class ImprovementFinding {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'improvement_id' }) improvementId: string;
  @Column('uuid', { name: 'finding_id' }) findingId: string;
}

/** 事実確認 and 弁明・見解 of a department. */
@Entity('finding_statement')
export class FindingStatement {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'finding_id' }) findingId: string;
  @Column('uuid', { name: 'department_id' }) departmentId: string;
  @Column('timestamptz', { name: 'asked_at' }) askedAt: Date;
  @Column('text', { name: 'asked_by_name' }) askedByName: string;
  @Column('date', { name: 'due_on' }) dueOn: string;
  /** Null until answered. */
  @Column('boolean', { nullable: true }) agreed: boolean | null;
  @Column('text') text: string;
  @Column('timestamptz', { name: 'answered_at', nullable: true }) answeredAt: Date | null;
  @Column('text', { name: 'answered_by_name', nullable: true }) answeredByName: string | null;
  /** SHA-256 over the texts that the department had before it; null until answered. */
  @Column('text', { name: 'answered_to', nullable: true }) answeredTo: string | null;
  /** What the auditors say to it. */
  @Column('text') reply: string;
  @Column('int') version: number;
}
