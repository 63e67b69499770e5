import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AnswerValue, Code } from '../engine/form.js';

/** 区分: an entry of the organisation's own list of classes of systems. */
@Entity('system_class')
export class SystemClass {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('text') label: string;
  @Column('int') position: number;
  /** Led by a body outside the organisation (国・道等外部機関主導). */
  @Column('boolean') external: boolean;
  @Column('date', { name: 'ended_on', nullable: true }) endedOn: string | null;
  @Column('int') version: number;
}

/** `platform`: a platform or data centre that systems share; it declares controls for them. */
export type SystemKind = 'system' | 'platform';

/** 情報システム: one line of the register. */
@Entity('system')
export class InformationSystem {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('text') kind: SystemKind;
  /** 番号, unique within its class. */
  @Column('int', { nullable: true }) number: number | null;
  @Column('text') name: string;
  @Column('uuid', { name: 'class_id', nullable: true }) classId: string | null;
  /** 所管課 (or 所管部局). */
  @Column('uuid', { name: 'department_id' }) departmentId: string;
  /** Items of `templates/systems/<version>.yaml` by code, without those that are counted. */
  @Column('jsonb') register: Record<Code, AnswerValue>;
  @Column('text', { name: 'register_version' }) registerVersion: string;
  /** Merged as a double of that system; nothing shows it any more but its history. */
  @Column('uuid', { name: 'merged_into_id', nullable: true }) mergedIntoId: string | null;
  @Column('timestamptz', { name: 'changed_at' }) changedAt: Date;
  @Column('text', { name: 'changed_by_name' }) changedByName: string;
  @Column('int') version: number;
}

/** 利用課: a department that uses the system. Used by others than its owner it is listed again under them (再掲). */
@Entity('system_use')
export class SystemUse {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'system_id' }) systemId: string;
  @Column('uuid', { name: 'department_id' }) departmentId: string;
  /** 課の数; null when it is not known. */
  @Column('int', { nullable: true }) sections: number | null;
  /** 端末の台数; null when it is not known. */
  @Column('int', { nullable: true }) terminals: number | null;
}

/** 委託契約 in which personal information is handled. */
@Entity('system_contract')
export class SystemContract {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'system_id' }) systemId: string;
  @Column('text') title: string;
  @Column('text') contractor: string;
  /** 個人情報の取扱いの条項; null when it is not known. */
  @Column('boolean', { name: 'personal_information_clause', nullable: true }) personalInformationClause: boolean | null;
  @Column('date', { name: 'begins_on', nullable: true }) beginsOn: string | null;
  @Column('date', { name: 'ends_on', nullable: true }) endsOn: string | null;
  @Column('int') position: number;
}

/** A system takes over inheritable controls from a platform; earlier positions first. */
@Entity('system_inheritance')
export class SystemInheritance {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'system_id' }) systemId: string;
  @Column('uuid', { name: 'from_id' }) fromId: string;
  @Column('int') position: number;
}

/** What an organisation set for its register and declarations. */
@Entity('system_setting')
export class SystemSetting {
  @PrimaryColumn('uuid', { name: 'organisation_id' }) organisationId: string;
  /** 申告の有効期間, months; afterwards a declaration is stale and counts as not declared. */
  @Column('int', { name: 'declaration_months' }) declarationMonths: number;
  @Column('int') version: number;
}
