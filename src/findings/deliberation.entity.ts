import { Column, Entity, PrimaryColumn } from 'typeorm';

/** 合議 (199条12項) about the report as a whole, a finding or an improvement opinion. */
@Entity('deliberation')
export class Deliberation {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'audit_id' }) auditId: string;
  @Column('text') subject: 'report' | 'finding' | 'improvement';
  /** Null for the report. */
  @Column('uuid', { name: 'subject_id', nullable: true }) subjectId: string | null;
  @Column('date', { name: 'held_on' }) heldOn: string;
  @Column('text') place: string;
  @Column('text') note: string;
  /** Null until every voice is heard. `divided`: each opinion is submitted and published (13項). */
  @Column('text', { nullable: true }) outcome: 'agreed' | 'divided' | null;
  @Column('timestamptz', { name: 'changed_at' }) changedAt: Date;
  @Column('text', { name: 'changed_by_name' }) changedByName: string;
  @Column('int') version: number;
}

/** A member’s consent, or own opinion. */
@Entity('deliberation_voice')
export class DeliberationVoice {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'deliberation_id' }) deliberationId: string;
  @Column('uuid', { name: 'person_id' }) personId: string;
  /** Null until given. */
  @Column('boolean', { nullable: true }) consents: boolean | null;
  /** 欠席: took no part for a reason (`opinion`), and is not waited for. */
  @Column('boolean') absent: boolean;
  @Column('text') opinion: string;
  @Column('timestamptz', { name: 'given_at', nullable: true }) givenAt: Date | null;
  @Column('int') version: number;
}
