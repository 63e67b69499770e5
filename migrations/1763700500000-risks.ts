import type { MigrationInterface, QueryRunner } from 'typeorm';
import { lockTenantTable } from './tenant-table.js';

/** Risk items (リスク) with measures and rules, and the statutory risks of assessments that they stand behind. */
export class Risks1763700500000 implements MigrationInterface {
  readonly name = 'Risks1763700500000';

  async up(run: QueryRunner): Promise<void> {
    const tenant = 'organisation_id uuid not null references organisation';
    await run.query(`create table risk (
      id uuid primary key,
      ${tenant},
      title text not null,
      asset text not null,
      threat text not null,
      cause text not null,
      system_id uuid references system,
      department_id uuid not null references department,
      likelihood_before integer not null,
      impact_before integer not null,
      likelihood_after integer,
      impact_after integer,
      matrix_version text not null,
      closed_on date,
      changed_at timestamptz not null,
      changed_by_name text not null,
      version integer not null default 1,
      constraint risk_title_given check (length(title) between 1 and 200),
      constraint risk_after_whole check ((likelihood_after is null) = (impact_after is null))
    )`);
    await run.query(`create index risk_department on risk (organisation_id, department_id)`);
    await run.query(`create index risk_system on risk (organisation_id, system_id)`);
    await run.query(`create table risk_measure (
      id uuid primary key,
      ${tenant},
      risk_id uuid not null references risk on delete cascade,
      text text not null,
      control text,
      state text not null,
      position integer not null,
      constraint risk_measure_state_known check (state in ('planned', 'in-place'))
    )`);
    await run.query(`create index risk_measure_risk on risk_measure (organisation_id, risk_id)`);
    await run.query(`create table risk_rule (
      id uuid primary key,
      ${tenant},
      risk_id uuid not null references risk on delete cascade,
      rule_set text not null,
      rule text not null,
      constraint risk_rule_once unique (risk_id, rule_set, rule)
    )`);
    await run.query(`create table assessment_risk (
      id uuid primary key,
      ${tenant},
      assessment_id uuid not null references assessment,
      address text not null,
      risk_id uuid not null references risk on delete cascade,
      constraint assessment_risk_once unique (assessment_id, address, risk_id)
    )`);
    await run.query(`create index assessment_risk_risk on assessment_risk (organisation_id, risk_id)`);
    for (const table of TABLES) await lockTenantTable(run, table, ['select', 'insert', 'update', 'delete']);
  }

  async down(run: QueryRunner): Promise<void> {
    for (const table of [...TABLES].reverse()) await run.query(`drop table ${table}`);
  }
}

const TABLES = ['risk', 'risk_measure', 'risk_rule', 'assessment_risk'];
