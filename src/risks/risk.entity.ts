import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Code } from '../engine/form.js';

/** リスク: what may happen to an asset, how likely and how grave, before and after measures. */
@Entity('risk')
export class Risk {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('text') title: string;
  /** 守るもの. */
  @Column('text') asset: string;
  /** 脅威. */
  @Column('text') threat: string;
  /** 原因. */
  @Column('text') cause: string;
  /** The system that it is about; null: no single one. */
  @Column('uuid', { name: 'system_id', nullable: true }) systemId: string | null;
  /** 責任を持つ課. */
  @Column('uuid', { name: 'department_id' }) departmentId: string;
  /** Levels of the matrix (`templates/risk-matrix/<version>.yaml`), from 1. */
  @Column('int', { name: 'likelihood_before' }) likelihoodBefore: number;
  @Column('int', { name: 'impact_before' }) impactBefore: number;
  /** Null: not yet judged after the measures. */
  @Column('int', { name: 'likelihood_after', nullable: true }) likelihoodAfter: number | null;
  @Column('int', { name: 'impact_after', nullable: true }) impactAfter: number | null;
  @Column('text', { name: 'matrix_version' }) matrixVersion: string;
  /** Closed risks are kept and no longer counted. */
  @Column('date', { name: 'closed_on', nullable: true }) closedOn: string | null;
  @Column('timestamptz', { name: 'changed_at' }) changedAt: Date;
  @Column('text', { name: 'changed_by_name' }) changedByName: string;
  @Column('int') version: number;
}

/** 対策, perhaps by way of a control of the catalogue. */
@Entity('risk_measure')
export class RiskMeasure {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'risk_id' }) riskId: string;
  @Column('text') text: string;
  @Column('text', { nullable: true }) control: Code | null;
  @Column('text') state: 'planned' | 'in-place';
  @Column('int') position: number;
}

/** A rule whose failing shows that the risk is not covered. */
@Entity('risk_rule')
export class RiskRule {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'risk_id' }) riskId: string;
  @Column('text', { name: 'rule_set' }) ruleSet: Code;
  @Column('text') rule: Code;
}
