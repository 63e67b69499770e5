import { Column, Entity, PrimaryColumn } from 'typeorm';

/** 現地調査, 事情聴取 or 書類審査. */
@Entity('field_record')
export class FieldRecord {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'audit_id' }) auditId: string;
  @Column('text') kind: 'survey' | 'interview' | 'document-review';
  @Column('text') title: string;
  @Column('date', { name: 'held_on' }) heldOn: string;
  @Column('text') place: string;
  @Column('text') attendees: string;
  @Column('uuid', { name: 'department_id' }) departmentId: string;
  @Column('uuid', { name: 'system_id', nullable: true }) systemId: string | null;
  @Column('uuid', { name: 'viewpoint_id', nullable: true }) viewpointId: string | null;
  /** What the department had announced (回答・申告). */
  @Column('text') announced: string;
  /** What was seen. */
  @Column('text') seen: string;
  /** Not yet compared, the same, or different. */
  @Column('text') outcome: 'open' | 'as-announced' | 'different';
  @Column('timestamptz', { name: 'changed_at' }) changedAt: Date;
  @Column('text', { name: 'changed_by_name' }) changedByName: string;
  @Column('int') version: number;
}

/** A photo or file kept as evidence. */
@Entity('audit_file')
export class AuditFile {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('text', { name: 'object_kind' }) objectKind: 'field-record' | 'finding' | 'corrective-action' | 'questionnaire-response';
  @Column('uuid', { name: 'object_id' }) objectId: string;
  @Column('text', { name: 'file_name' }) fileName: string;
  @Column('text', { name: 'media_type' }) mediaType: string;
  @Column('int') size: number;
  @Column('text') sha256: string;
  @Column('text') caption: string;
  /** What is seen on a photo, for who does not see it; '' : the caption serves. */
  @Column('text') alt: string;
  /** The original tells where it was taken (GPS of its EXIF). */
  @Column('boolean') located: boolean;
  @Column('int') position: number;
  @Column('int') version: number;
  @Column('bytea', { select: false }) bytes: Buffer;
  /** Of a photo: encoded anew, without what the camera wrote about place and device. */
  @Column('bytea', { select: false, nullable: true }) picture: Buffer | null;
  @Column('timestamptz', { name: 'added_at' }) addedAt: Date;
  @Column('text', { name: 'added_by_name' }) addedByName: string;
}
