import type { MigrationInterface, QueryRunner } from 'typeorm';
import { lockTenantTable } from './tenant-table.js';

/** Which systems of the register an assessment speaks of. */
export class AssessmentSystems1763700450000 implements MigrationInterface {
  readonly name = 'AssessmentSystems1763700450000';

  async up(run: QueryRunner): Promise<void> {
    await run.query(`create table assessment_system (
      id uuid primary key,
      organisation_id uuid not null references organisation,
      assessment_id uuid not null references assessment,
      system_id uuid not null references system,
      constraint assessment_system_once unique (assessment_id, system_id)
    )`);
    await run.query(`create index assessment_system_system on assessment_system (organisation_id, system_id)`);
    await lockTenantTable(run, 'assessment_system', ['select', 'insert', 'delete']);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query(`drop table assessment_system`);
  }
}
