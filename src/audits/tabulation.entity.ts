import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Dataset, TabulationDefinition } from '../engine/tabulation.js';

/** 集計: tables over the responses, the register and typed figures of an audit. */
@Entity('tabulation')
export class Tabulation {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'audit_id' }) auditId: string;
  /** Unique in the audit. */
  @Column('text') code: string;
  /** With the datasets that were typed by hand. */
  @Column('jsonb') definition: TabulationDefinition & { typed?: Dataset[] };
  @Column('int') position: number;
  @Column('timestamptz', { name: 'changed_at' }) changedAt: Date;
  @Column('text', { name: 'changed_by_name' }) changedByName: string;
  @Column('int') version: number;
}
