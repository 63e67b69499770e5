import { Column, Entity, PrimaryColumn } from 'typeorm';

/** 監査計画: of one year (`yearly`) or of several (`mid-term`). */
@Entity('audit_plan')
export class AuditPlan {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('text') kind: 'mid-term' | 'yearly';
  @Column('text') title: string;
  /** Fiscal years, first and last. */
  @Column('int', { name: 'from_year' }) fromYear: number;
  @Column('int', { name: 'until_year' }) untilYear: number;
  /** 基本方針. */
  @Column('text') policy: string;
  @Column('date', { name: 'decided_on', nullable: true }) decidedOn: string | null;
  @Column('timestamptz', { name: 'changed_at' }) changedAt: Date;
  @Column('text', { name: 'changed_by_name' }) changedByName: string;
  @Column('int') version: number;
}

/** What a plan foresees for one year; an audit begins from it. */
@Entity('audit_plan_item')
export class AuditPlanItem {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'plan_id' }) planId: string;
  @Column('int', { name: 'fiscal_year' }) fiscalYear: number;
  /** Code of a kind of audit. */
  @Column('text') kind: string;
  @Column('text') theme: string;
  /** In words. */
  @Column('text') targets: string;
  /** 予定の時期 in words. */
  @Column('text') period: string;
  @Column('int') position: number;
  /** Item of a mid-term plan that this item of a yearly plan carries out. */
  @Column('uuid', { name: 'mid_term_item_id', nullable: true }) midTermItemId: string | null;
}
