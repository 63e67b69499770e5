import { Column, Entity, PrimaryColumn } from 'typeorm';
/** A chapter of a report. `assembled`: still as the product put it together; anything typed makes it `edited`. */
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
  @Column('text') status: 'draft' | 'fixed' | 'published';
  @Column('timestamptz', { name: 'changed_at' }) changedAt: Date;
  @Column('text', { name: 'changed_by_name' }) changedByName: string;
  @Column('int') version: number;
}
