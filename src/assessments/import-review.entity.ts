import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A document that was brought in and waits until a person has looked at what was matched. */
@Entity('import_review')
export class ImportReview {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'account_id' }) accountId: string;
  @Column('uuid', { name: 'department_id' }) departmentId: string;
  @Column('uuid', { name: 'body_id' }) bodyId: string;
  /** `exchange` or `text`. */
  @Column('text') kind: string;
  @Column('text', { name: 'file_name' }) fileName: string;
  @Column('text') form: string;
  @Column('text', { name: 'form_version' }) formVersion: string;
  /** The decoded source, whole. */
  @Column('text') source: string;
  @Column('jsonb') result: unknown;
  /** Which unplaced run was assigned to which item by hand. */
  @Column('jsonb') assignments: unknown;
  @Column('timestamptz', { name: 'made_at' }) madeAt: Date;
  @Column('int') version: number;
}
