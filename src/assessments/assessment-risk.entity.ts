import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Address } from '../engine/form.js';

/** A risk item that stands behind a statutory risk of an assessment (Ⅲ リスク1 …). */
@Entity('assessment_risk')
export class AssessmentRisk {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'assessment_id' }) assessmentId: string;
  /** Item instance that says how well the statutory risk is covered. */
  @Column('text') address: Address;
  @Column('uuid', { name: 'risk_id' }) riskId: string;
}
