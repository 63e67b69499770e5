import { Column, Entity, PrimaryColumn } from 'typeorm';

/** 自治体: the tenant. */
@Entity('organisation')
export class Organisation {
  @PrimaryColumn('uuid') id: string;
  @Column({ type: 'uuid', name: 'organisation_id', insert: false, update: false }) organisationId: string;
  @Column('text') name: string;
  /** 全国地方公共団体コード, if known. */
  @Column('text', { nullable: true }) code: string | null;
  /** The organisation's own stricter policy: what comes out as 重点項目 is always raised to 全項目. */
  @Column('boolean', { name: 'raise_priority_to_full' }) raisePriorityToFull: boolean;
  @Column('int') version: number;
}

/** 評価実施機関: 市長, 教育委員会, … */
@Entity('implementing_body')
export class ImplementingBody {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('text') name: string;
  @Column('int') position: number;
  @Column('date', { name: 'ended_on', nullable: true }) endedOn: string | null;
  @Column('int') version: number;
}

/** 部局・課. A 部局 has no parent. When it is reorganised it ends and names its successor. */
@Entity('department')
export class Department {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'body_id' }) bodyId: string;
  @Column('uuid', { name: 'parent_id', nullable: true }) parentId: string | null;
  @Column('text') name: string;
  /** 所属長の役職名, as the assessment prints it. */
  @Column('text', { name: 'head_title' }) headTitle: string;
  @Column('int') position: number;
  @Column('date', { name: 'started_on', nullable: true }) startedOn: string | null;
  @Column('date', { name: 'ended_on', nullable: true }) endedOn: string | null;
  @Column('uuid', { name: 'successor_id', nullable: true }) successorId: string | null;
  @Column('int') version: number;
}
