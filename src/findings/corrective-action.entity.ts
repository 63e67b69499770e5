import { Column, Entity, PrimaryColumn } from 'typeorm';
/** What the check of rules offers: to close an open action once its rule is met, to open a settled one again once its rule fails. */
export interface ClosingOffer {
  run: number;
  ruleSet: string;
  rule: string;
  madeOn: string;
  /** The auditors’ reason to leave it as it is; a new offer needs the rule to change and change back. */
  declined?: string;
}

/** 措置 for a finding or an improvement opinion. */
@Entity('corrective_action')
export class CorrectiveAction {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'audit_id' }) auditId: string;
  @Column('uuid', { name: 'finding_id', nullable: true }) findingId: string | null;
  @Column('uuid', { name: 'improvement_id', nullable: true }) improvementId: string | null;
  /** Within the organisation. */
  @Column('int') number: number;
  @Column('text') title: string;
  @Column('text') planned: string;
  @Column('uuid', { name: 'department_id' }) departmentId: string;
  /** Responsible before the reorganisation. */
  @Column('uuid', { name: 'former_department_id', nullable: true }) formerDepartmentId: string | null;
  @Column('date', { name: 'due_on', nullable: true }) dueOn: string | null;
  /** Before it was ever postponed. */
  @Column('date', { name: 'first_due_on', nullable: true }) firstDueOn: string | null;
  /** Code of the scheme. */
  @Column('text') state: string;
  /** A settling state that the department reports; it waits for the auditors’ check of effect. */
  @Column('text', { nullable: true }) proposed: string | null;
  /** The auditors’ check of effect; without `effective` no state that settles. */
  @Column('text', { nullable: true }) effect: 'effective' | 'not-effective' | null;
  /** Since when it is settled; null while it is not. */
  @Column('date', { name: 'settled_on', nullable: true }) settledOn: string | null;
  @Column('jsonb', { nullable: true }) offered: ClosingOffer | null;
  @Column('timestamptz', { name: 'changed_at' }) changedAt: Date;
  @Column('text', { name: 'changed_by_name' }) changedByName: string;
  @Column('int') version: number;
}

/** 経過: one line of what happened to an action. Never changed. */
@Entity('action_entry')
export class ActionEntry {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'action_id' }) actionId: string;
  @Column('text') kind: 'planned' | 'progress' | 'asked' | 'effect-checked' | 'reopened' | 'postponed' | 'transferred' | 'notified' | 'offered';
  @Column('date', { name: 'made_on' }) madeOn: string;
  @Column('text') text: string;
  @Column('text', { name: 'state_before', nullable: true }) stateBefore: string | null;
  @Column('text', { name: 'state_after', nullable: true }) stateAfter: string | null;
  @Column('date', { name: 'due_before', nullable: true }) dueBefore: string | null;
  @Column('date', { name: 'due_after', nullable: true }) dueAfter: string | null;
  @Column('int', { name: 'fiscal_year', nullable: true }) fiscalYear: number | null;
  @Column('timestamptz', { name: 'made_at' }) madeAt: Date;
  @Column('text', { name: 'made_by_name' }) madeByName: string;
}

/** 督促: what was mailed about one action when its due date came near (`soon`) or was over. Never changed. */
@Entity('action_reminder')
export class ActionReminder {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'action_id' }) actionId: string;
  @Column('text') step: 'soon' | 'over';
  /** The due date that was near or over; a postponed action is reminded anew. */
  @Column('date', { name: 'due_on' }) dueOn: string;
  /** How often it had been handed over or opened again before: whoever answers for it then is reminded anew. */
  @Column('int') turn: number;
  @Column('text') text: string;
  @Column('timestamptz', { name: 'sent_at' }) sentAt: Date;
  /** People of the department to whom it went by mail. */
  @Column('int') recipients: number;
}

/** 年次の照会: everything unsettled is asked again. */
@Entity('action_asking')
export class ActionAsking {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('int', { name: 'fiscal_year' }) fiscalYear: number;
  @Column('date', { name: 'asked_on' }) askedOn: string;
  @Column('date', { name: 'due_on' }) dueOn: string;
  @Column('text', { name: 'asked_by_name' }) askedByName: string;
  @Column('jsonb') actions: string[];
}

/** 措置通知 of a department (199条14項; 15項 for a 勧告). */
@Entity('action_notice')
export class ActionNotice {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'audit_id' }) auditId: string;
  @Column('uuid', { name: 'department_id' }) departmentId: string;
  /** Code of the paragraph. */
  @Column('text') basis: string;
  @Column('date', { name: 'notified_on', nullable: true }) notifiedOn: string | null;
  @Column('date', { name: 'received_on', nullable: true }) receivedOn: string | null;
  @Column('text') status: 'draft' | 'notified' | 'received' | 'published';
  /** The 措置状況の公表 that carries it. */
  @Column('uuid', { name: 'report_id', nullable: true }) reportId: string | null;
  @Column('timestamptz', { name: 'changed_at' }) changedAt: Date;
  @Column('text', { name: 'changed_by_name' }) changedByName: string;
  @Column('int') version: number;
}

/** 措置の内容 of one action in a notice. */
@Entity('action_notice_item')
export class ActionNoticeItem {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'notice_id' }) noticeId: string;
  @Column('uuid', { name: 'action_id' }) actionId: string;
  @Column('text') text: string;
  /** State of the action when it was notified. */
  @Column('text') state: string;
}
