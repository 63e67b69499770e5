import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AnswerValue } from '../engine/form.js';

/** 申告: what a system declares of one control. No row is 申告なし, a state of its own. */
@Entity('declaration')
export class Declaration {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'system_id' }) systemId: string;
  /** Code of the control in the catalogue. */
  @Column('text') control: string;
  @Column('jsonb') value: AnswerValue;
  @Column('text') note: string;
  @Column('date', { name: 'declared_on' }) declaredOn: string;
  @Column('uuid', { name: 'declared_by_id', nullable: true }) declaredById: string | null;
  @Column('text', { name: 'declared_by_name' }) declaredByName: string;
  /** Null until the head of the department approves; a new value takes the approval away. */
  @Column('timestamptz', { name: 'approved_at', nullable: true }) approvedAt: Date | null;
  @Column('text', { name: 'approved_by_name', nullable: true }) approvedByName: string | null;
  /** System from which it was copied. */
  @Column('uuid', { name: 'copied_from_id', nullable: true }) copiedFromId: string | null;
  @Column('int') version: number;
}

/** 証拠: a file that shows what a declaration says. */
@Entity('declaration_evidence')
export class DeclarationEvidence {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'declaration_id' }) declarationId: string;
  @Column('text', { name: 'file_name' }) fileName: string;
  @Column('text', { name: 'media_type' }) mediaType: string;
  @Column('int') size: number;
  @Column('text') sha256: string;
  @Column('bytea', { select: false }) bytes: Buffer;
  @Column('timestamptz', { name: 'added_at' }) addedAt: Date;
  @Column('text', { name: 'added_by_name' }) addedByName: string;
}
