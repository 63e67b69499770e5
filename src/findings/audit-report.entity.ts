import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AuditFile } from './audit-file.js';

/** A chapter of a report. `assembled`: follows the data as the product puts it together; anything typed makes it `edited`. */
export interface ReportSection {
  /** Stable within the report. */
  id: string;
  parentId: string | null;
  heading: string;
  /** With references: ［数値:…］［表:…］［検出:…］. */
  text: string;
  source: 'assembled' | 'edited';
  /** Code of the skeleton it came from; null for an own one. */
  code: string | null;
  /** How often it was edited; another one who saves over it must have seen this. Without it: never. */
  version?: number;
  /** Of an edited chapter: what the product had put together when it was edited. Without it nothing is known. */
  assembledThen?: string;
}

/** The audit from which a decided report is printed, and the key of the report in it. */
export interface FrozenAudit {
  file: AuditFile;
  key: string;
}

/** 監査結果報告 (9項) or 措置状況の公表 (14項・15項) with its 監査公表第N号. */
@Entity('audit_report')
export class AuditReport {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'audit_id' }) auditId: string;
  @Column('text') kind: 'report' | 'measures';
  @Column('text') title: string;
  @Column('int', { name: 'publication_number', nullable: true }) publicationNumber: number | null;
  @Column('int', { name: 'publication_year', nullable: true }) publicationYear: number | null;
  @Column('date', { name: 'decided_on', nullable: true }) decidedOn: string | null;
  @Column('date', { name: 'submitted_on', nullable: true }) submittedOn: string | null;
  @Column('date', { name: 'published_on', nullable: true }) publishedOn: string | null;
  /** 議会, 長, 関係する委員会. */
  @Column('jsonb') addressees: string[];
  @Column('jsonb') sections: ReportSection[];
  /** Codes of assembled chapters that were taken out by hand. */
  @Column('jsonb') omitted: string[];
  /** The whole audit as it was when the report was decided: its documents are made from this. Null while it is a draft. Large: read only by name. */
  @Column('jsonb', { nullable: true, select: false }) frozen: FrozenAudit | null;
  @Column('text') status: 'draft' | 'fixed' | 'published';
  @Column('timestamptz', { name: 'changed_at' }) changedAt: Date;
  @Column('text', { name: 'changed_by_name' }) changedByName: string;
  @Column('int') version: number;
}
