import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Rounding } from '../engine/tabulation.js';

/** planned 計画 → conducting 実施中 → deliberating 合議中 → reported 報告済み → published 公表済み → closed 完了. */
export type AuditStatus = 'planned' | 'conducting' | 'deliberating' | 'reported' | 'published' | 'closed';

export interface Definition {
  term: string;
  text: string;
}

/** 監査の種類: an own kind of the organisation, beside those of the content. */
@Entity('audit_kind')
export class AuditKind {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('text') code: string;
  @Column('text') label: string;
  /** Codes of legal bases (`templates/audits`). */
  @Column('jsonb') bases: string[];
  @Column('date', { name: 'ended_on', nullable: true }) endedOn: string | null;
  @Column('int') version: number;
}

/** 監査. */
@Entity('audit')
export class Audit {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'plan_item_id', nullable: true }) planItemId: string | null;
  @Column('uuid', { name: 'copied_from_id', nullable: true }) copiedFromId: string | null;
  @Column('int', { name: 'fiscal_year' }) fiscalYear: number;
  /** Code of the content or of an own kind. */
  @Column('text') kind: string;
  /** As it was called when the audit was planned. */
  @Column('text', { name: 'kind_label' }) kindLabel: string;
  /** Codes of paragraphs, as they were in force (`templates/audits`). */
  @Column('jsonb') bases: string[];
  @Column('text') theme: string;
  @Column('text') purpose: string;
  /** 監査対象 in words. */
  @Column('text', { name: 'targets_text' }) targetsText: string;
  /** 調査に係る定義. */
  @Column('jsonb') definitions: Definition[];
  /** 基準日. */
  @Column('date', { name: 'reference_on', nullable: true }) referenceOn: string | null;
  /** 実施方法. */
  @Column('text') method: string;
  @Column('date', { name: 'begins_on', nullable: true }) beginsOn: string | null;
  @Column('date', { name: 'ends_on', nullable: true }) endsOn: string | null;
  /** Of all figures of its documents. */
  @Column('jsonb') rounding: Rounding;
  @Column('text') status: AuditStatus;
  @Column('timestamptz', { name: 'changed_at' }) changedAt: Date;
  @Column('text', { name: 'changed_by_name' }) changedByName: string;
  @Column('int') version: number;
}

/** 監査対象: a department, or one system of it. */
@Entity('audit_target')
export class AuditTarget {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'audit_id' }) auditId: string;
  @Column('uuid', { name: 'department_id' }) departmentId: string;
  @Column('uuid', { name: 'system_id', nullable: true }) systemId: string | null;
}

/** 着眼点, in groups: a group has no parent. */
@Entity('audit_viewpoint')
export class AuditViewpoint {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'audit_id' }) auditId: string;
  @Column('uuid', { name: 'parent_id', nullable: true }) parentId: string | null;
  @Column('int') position: number;
  @Column('text') text: string;
  /** From a rule set: its code, and the code of its viewpoint. */
  @Column('text', { name: 'rule_set', nullable: true }) ruleSet: string | null;
  @Column('text', { nullable: true }) viewpoint: string | null;
  @Column('int') version: number;
}

/** Who audits: 監査委員 and 事務局. */
@Entity('audit_person')
export class AuditPerson {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'audit_id' }) auditId: string;
  /** Person of the product, if there is one. */
  @Column('uuid', { name: 'account_id', nullable: true }) accountId: string | null;
  @Column('text') role: 'member' | 'secretariat';
  /** 監査委員, 代表監査委員, 事務局長. */
  @Column('text') title: string;
  @Column('text') name: string;
  /** 除斥（199条の2）: why this member does not take part; null: takes part. */
  @Column('text', { name: 'disqualified_reason', nullable: true }) disqualifiedReason: string | null;
  @Column('int') position: number;
  @Column('int') version: number;
}

/** 日程. */
@Entity('audit_step')
export class AuditStep {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'audit_id' }) auditId: string;
  @Column('text') label: string;
  @Column('text', { name: 'done_by', nullable: true }) doneBy: 'member' | 'secretariat' | 'department' | null;
  @Column('date', { name: 'from_on', nullable: true }) fromOn: string | null;
  @Column('date', { name: 'until_on', nullable: true }) untilOn: string | null;
  @Column('date', { name: 'done_on', nullable: true }) doneOn: string | null;
  @Column('text') note: string;
  @Column('int') position: number;
  @Column('int') version: number;
}

/** 事案: one case sheet (事務事業の概要／検出事項／改善を求める事項) about one department. */
@Entity('audit_case')
export class AuditCase {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'audit_id' }) auditId: string;
  @Column('uuid', { name: 'department_id' }) departmentId: string;
  @Column('text') title: string;
  /** 事務事業の概要. */
  @Column('text') overview: string;
  /** Quoted rules under the overview; may be blank. */
  @Column('text') quoted: string;
  /** 監査実施年月日 of the members and of the secretariat, in words. */
  @Column('text', { name: 'members_on' }) membersOn: string;
  @Column('text', { name: 'secretariat_on' }) secretariatOn: string;
  @Column('int') position: number;
  @Column('timestamptz', { name: 'changed_at' }) changedAt: Date;
  @Column('text', { name: 'changed_by_name' }) changedByName: string;
  @Column('int') version: number;
}
