import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AnswerValue, Code, FormDefinition } from '../engine/form.js';

/** not-started 未着手 → answering 回答中 → submitted 提出 → returned 差戻し → fixed 確定. */
export type ResponseStatus = 'not-started' | 'answering' | 'submitted' | 'returned' | 'fixed';

/** What fills an item before anybody answers: an item of the register, a counted item, or a declared control. */
export interface Prefilling {
  from: 'register' | 'control';
  code: Code;
  /** Of what is counted over all that use a system: only what the department that is asked uses. */
  of?: 'department';
}

/** 調査票. Without an audit: a self-inspection sheet (自己点検票). */
@Entity('questionnaire')
export class Questionnaire {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'audit_id', nullable: true }) auditId: string | null;
  @Column('text') title: string;
  @Column('text') purpose: string;
  /** One response for each department, or for each system of each department. */
  @Column('text') per: 'department' | 'department-system';
  /** Frozen once it is sent. */
  @Column('jsonb') definition: FormDefinition;
  /** SHA-256 over the definition: says to which sheet an answer file belongs. */
  @Column('text', { name: 'definition_hash' }) definitionHash: string;
  /** By item. */
  @Column('jsonb') prefilling: Record<Code, Prefilling>;
  @Column('date', { name: 'reference_on', nullable: true }) referenceOn: string | null;
  @Column('date', { name: 'due_on', nullable: true }) dueOn: string | null;
  @Column('text') status: 'draft' | 'open' | 'closed';
  @Column('timestamptz', { name: 'sent_at', nullable: true }) sentAt: Date | null;
  @Column('text', { name: 'sent_by_name', nullable: true }) sentByName: string | null;
  @Column('uuid', { name: 'copied_from_id', nullable: true }) copiedFromId: string | null;
  @Column('timestamptz', { name: 'changed_at' }) changedAt: Date;
  @Column('text', { name: 'changed_by_name' }) changedByName: string;
  @Column('int') version: number;
}

/** 回答: of one department (and system). */
@Entity('questionnaire_response')
export class QuestionnaireResponse {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'questionnaire_id' }) questionnaireId: string;
  @Column('uuid', { name: 'department_id' }) departmentId: string;
  @Column('uuid', { name: 'system_id', nullable: true }) systemId: string | null;
  /** A section below that answers in the department’s place. */
  @Column('uuid', { name: 'delegated_to_id', nullable: true }) delegatedToId: string | null;
  @Column('text') status: ResponseStatus;
  /** Of this response; first that of the questionnaire. */
  @Column('date', { name: 'due_on' }) dueOn: string;
  @Column('timestamptz', { name: 'submitted_at', nullable: true }) submittedAt: Date | null;
  @Column('uuid', { name: 'submitted_by_id', nullable: true }) submittedById: string | null;
  @Column('text', { name: 'submitted_by_name', nullable: true }) submittedByName: string | null;
  @Column('timestamptz', { name: 'fixed_at', nullable: true }) fixedAt: Date | null;
  @Column('text', { name: 'fixed_by_name', nullable: true }) fixedByName: string | null;
  @Column('text', { name: 'returned_reason', nullable: true }) returnedReason: string | null;
  /** Items that were asked again. */
  @Column('jsonb', { name: 'returned_items' }) returnedItems: Code[];
  /** The department that was asked before it was reorganised. */
  @Column('uuid', { name: 'former_department_id', nullable: true }) formerDepartmentId: string | null;
  @Column('timestamptz', { name: 'changed_at' }) changedAt: Date;
  @Column('text', { name: 'changed_by_name' }) changedByName: string;
  @Column('int') version: number;
}

/** A row of a repeated group. It belongs to one response only, so that a response can be exchanged with its rows. */
@Entity('response_row')
export class ResponseRow {
  @PrimaryColumn('uuid', { name: 'response_id' }) responseId: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text', { name: 'group_code' }) group: string;
  @Column('int') position: number;
}

/** The answer of one item, with its own version. `item` is its address: `item@row` within a row. `value` null: cleared. */
@Entity('response_answer')
export class ResponseAnswer {
  @PrimaryColumn('uuid', { name: 'response_id' }) responseId: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @PrimaryColumn('text') item: string;
  @Column('jsonb', { nullable: true }) value: AnswerValue | null;
  /** In words, where the value was taken from the register or a declaration and nobody changed it. */
  @Column('text', { name: 'prefilled_from', nullable: true }) prefilledFrom: string | null;
  @Column('timestamptz', { name: 'changed_at' }) changedAt: Date;
  @Column('text', { name: 'changed_by_name' }) changedByName: string;
  @Column('int') version: number;
}

/** 訂正: what the secretariat changed after the response was fixed, with its reason. `item` is an address. Never changed. */
@Entity('response_correction')
export class ResponseCorrection {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'response_id' }) responseId: string;
  @Column('text') item: string;
  @Column('jsonb', { nullable: true }) before: AnswerValue | null;
  @Column('jsonb', { nullable: true }) after: AnswerValue | null;
  @Column('text') reason: string;
  @Column('timestamptz', { name: 'made_at' }) madeAt: Date;
  @Column('text', { name: 'made_by_name' }) madeByName: string;
}

/** 督促. */
@Entity('response_reminder')
export class ResponseReminder {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'response_id' }) responseId: string;
  @Column('text') text: string;
  @Column('timestamptz', { name: 'sent_at' }) sentAt: Date;
  @Column('text', { name: 'sent_by_name' }) sentByName: string;
  /** People to whom it went by mail. */
  @Column('int') recipients: number;
}
