import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AnswerValue, Code } from '../engine/form.js';
import type { ThresholdJudgement } from './threshold.js';

/** しきい値判断, kept with its inputs and its day. It never changes: who judges anew makes another one. */
@Entity('threshold_judgement')
export class Judgement {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  /** 事務の名称. */
  @Column('text', { name: 'affair_name' }) affairName: string;
  @Column('uuid', { name: 'body_id' }) bodyId: string;
  @Column('uuid', { name: 'department_id' }) departmentId: string;
  /** Version of the threshold questions, and of the decision table that judged. */
  @Column('text', { name: 'form_version' }) formVersion: string;
  @Column('text', { name: 'table_version' }) tableVersion: string;
  /** Answers by item of the threshold form; hidden questions are not there. */
  @Column('jsonb') answers: Record<Code, AnswerValue>;
  @Column('jsonb') result: ThresholdJudgement;
  /** ISO day. */
  @Column('date', { name: 'judged_on' }) judgedOn: string;
  @Column('uuid', { name: 'judged_by' }) judgedBy: string;
  @Column('text', { name: 'judged_by_name' }) judgedByName: string;
}
