import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Problem } from '../kernel/errors.js';

export type DocumentKind = 'assessment' | 'check-report' | 'audit';

export type DocumentState = 'waiting' | 'rendering' | 'stored' | 'failed';

/** A document that was asked for and, once rendered, stored with what proves it. */
@Entity('document')
export class StoredDocument {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  /** How it is made. */
  @Column('text') kind: DocumentKind;
  /** `assessment`, `audit`; `system`, `department`, `organisation` for a report of checks. */
  @Column('text', { name: 'object_kind' }) objectKind: string;
  @Column('uuid', { name: 'object_id' }) objectId: string;
  @Column('text') title: string;
  @Column('text') state: DocumentState;
  /** 0–100 */
  @Column('int') progress: number;
  @Column('jsonb') problems: Problem[];
  /** SHA-256 over the template with its partials and styles; null for a file that no template makes. */
  @Column('text', { name: 'template_hash', nullable: true }) templateHash: string | null;
  /** The report model; with the template it makes the same document again. Pictures stand in it by their hash. */
  @Column('jsonb', { nullable: true, select: false }) model: object | null;
  @Column('text', { name: 'model_hash', nullable: true }) modelHash: string | null;
  @Column('text', { name: 'media_type' }) mediaType: string;
  @Column('bytea', { nullable: true, select: false }) file: Buffer | null;
  @Column('text', { name: 'file_hash', nullable: true }) fileHash: string | null;
  @Column('int', { nullable: true }) pages: number | null;
  @Column('text', { name: 'asked_by_name' }) askedByName: string;
  @Column('timestamptz', { name: 'asked_at' }) askedAt: Date;
  @Column('timestamptz', { name: 'finished_at', nullable: true }) finishedAt: Date | null;
}
