import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A column of the file → a field of the register; remembered for files with the same headings. */
@Entity('register_mapping')
export class RegisterMapping {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  /** SHA-256 over the normalised headings. */
  @Column('text') headings: string;
  @Column('jsonb') mapping: Record<string, string>;
  @Column('int') version: number;
}

/** 取込み: a register file that was read and waits to be looked through; nothing is in the register before it is taken over. */
@Entity('register_import')
export class RegisterImport {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('text', { name: 'file_name' }) fileName: string;
  /** Sheets with headings and cells as read, and the options of the import. */
  @Column('jsonb') source: object;
  @Column('jsonb') mapping: Record<string, string>;
  @Column('text') state: 'open' | 'taken-over' | 'discarded';
  @Column('jsonb') outcome: object | null;
  @Column('uuid', { name: 'account_id', nullable: true }) accountId: string | null;
  @Column('text', { name: 'created_by_name' }) createdByName: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('int') version: number;
}
