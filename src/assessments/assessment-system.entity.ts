import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A system of the register of which an assessment speaks. */
@Entity('assessment_system')
export class AssessmentSystem {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'assessment_id' }) assessmentId: string;
  @Column('uuid', { name: 'system_id' }) systemId: string;
}
