import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Status } from './assessment.transitions.js';

/** 特定個人情報保護評価書: one document on one form version, written by a department. */
@Entity('assessment')
export class Assessment {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  /** 評価書番号, as the organisation numbers them. */
  @Column('text', { nullable: true }) number: string | null;
  /** 評価書名. */
  @Column('text') title: string;
  @Column('text') form: string;
  @Column('text', { name: 'form_version' }) formVersion: string;
  /** 第n版; a later edition begins when a version was published. */
  @Column('int') edition: number;
  @Column('uuid', { name: 'body_id' }) bodyId: string;
  @Column('uuid', { name: 'department_id' }) departmentId: string;
  @Column('uuid', { name: 'judgement_id', nullable: true }) judgementId: string | null;
  @Column('uuid', { name: 'copied_from_id', nullable: true }) copiedFromId: string | null;
  @Column('text') status: Status;
  /** Comment that came with the last step, e.g. why it was returned. */
  @Column('text', { name: 'status_comment', nullable: true }) statusComment: string | null;
  /** Account that submitted it last; may not approve it. */
  @Column('uuid', { name: 'submitted_by', nullable: true }) submittedBy: string | null;
  /** Counts every change of an answer or a row. */
  @Column('int') edits: number;
  /** Counts the steps of the workflow. Answers have versions of their own. */
  @Column('int') version: number;
  @Column('timestamptz', { name: 'made_at' }) madeAt: Date;
  @Column('timestamptz', { name: 'changed_at' }) changedAt: Date;
  @Column('text', { name: 'changed_by_name' }) changedByName: string;
}
