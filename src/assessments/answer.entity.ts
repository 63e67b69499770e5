import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AnswerValue } from '../engine/form.js';

/** A row of a repeated group (委託事項1, a file …). Its id never changes. */
@Entity('answer_row')
export class AnswerRow {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'assessment_id' }) assessmentId: string;
  @Column('text', { name: 'group_code' }) groupCode: string;
  @Column('uuid', { name: 'parent_id', nullable: true }) parentId: string | null;
  @Column('int') position: number;
}

/** The answer of one item instance, with its own version. `value` null: cleared, the version goes on. */
@Entity('answer')
export class Answer {
  @PrimaryColumn('uuid', { name: 'assessment_id' }) assessmentId: string;
  /** `item` or `item@row`. */
  @PrimaryColumn('text') address: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'row_id', nullable: true }) rowId: string | null;
  @Column('jsonb', { nullable: true }) value: AnswerValue | null;
  @Column('int') version: number;
  @Column('timestamptz', { name: 'changed_at' }) changedAt: Date;
  @Column('text', { name: 'changed_by_name' }) changedByName: string;
}
