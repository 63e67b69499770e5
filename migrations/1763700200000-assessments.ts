import type { MigrationInterface, QueryRunner } from 'typeorm';
import { lockTenantTable } from './tenant-table.js';

/** Threshold judgements, assessments with one row per answer, pictures, import reviews. */
export class Assessments1763700200000 implements MigrationInterface {
  readonly name = 'Assessments1763700200000';

  async up(run: QueryRunner): Promise<void> {
    await run.query(`create table threshold_judgement (
      id uuid primary key,
      organisation_id uuid not null references organisation,
      affair_name text not null,
      body_id uuid not null references implementing_body,
      department_id uuid not null references department,
      form_version text not null,
      table_version text not null,
      answers jsonb not null,
      result jsonb not null,
      judged_on date not null,
      judged_by uuid not null references account,
      judged_by_name text not null
    )`);
    await run.query(`create index threshold_judgement_department on threshold_judgement (organisation_id, department_id, judged_on desc)`);
    await run.query(`create table assessment (
      id uuid primary key,
      organisation_id uuid not null references organisation,
      number text,
      title text not null,
      form text not null,
      form_version text not null,
      edition integer not null default 1,
      body_id uuid not null references implementing_body,
      department_id uuid not null references department,
      judgement_id uuid references threshold_judgement,
      copied_from_id uuid references assessment,
      status text not null,
      status_comment text,
      submitted_by uuid references account,
      edits integer not null default 0,
      version integer not null default 1,
      made_at timestamptz not null,
      changed_at timestamptz not null,
      changed_by_name text not null
    )`);
    await run.query(`create index assessment_department on assessment (organisation_id, department_id, changed_at desc)`);
    await run.query(`create table answer_row (
      id uuid primary key,
      organisation_id uuid not null references organisation,
      assessment_id uuid not null references assessment on delete cascade,
      group_code text not null,
      parent_id uuid references answer_row on delete cascade,
      position integer not null
    )`);
    await run.query(`create index answer_row_assessment on answer_row (assessment_id, group_code, position)`);
    await run.query(`create table answer (
      organisation_id uuid not null references organisation,
      assessment_id uuid not null references assessment on delete cascade,
      address text not null,
      row_id uuid references answer_row on delete cascade,
      value jsonb,
      version integer not null,
      changed_at timestamptz not null,
      changed_by_name text not null,
      primary key (assessment_id, address)
    )`);
    await run.query(`create index answer_row_of on answer (row_id) where row_id is not null`);
    await run.query(`create table image (
      organisation_id uuid not null references organisation,
      sha256 text not null,
      media_type text not null,
      width integer not null,
      height integer not null,
      bytes bytea not null,
      primary key (organisation_id, sha256)
    )`);
    await run.query(`create table import_review (
      id uuid primary key,
      organisation_id uuid not null references organisation,
      account_id uuid not null references account,
      department_id uuid not null references department,
      body_id uuid not null references implementing_body,
      kind text not null,
      file_name text not null,
      form text not null,
      form_version text not null,
      source text not null,
      result jsonb not null,
      assignments jsonb not null,
      made_at timestamptz not null,
      version integer not null default 1
    )`);
    await lockTenantTable(run, 'threshold_judgement', ['select', 'insert']);
    await lockTenantTable(run, 'assessment', ['select', 'insert', 'update']);
    await lockTenantTable(run, 'answer_row', ['select', 'insert', 'update', 'delete']);
    await lockTenantTable(run, 'answer', ['select', 'insert', 'update', 'delete']);
    await lockTenantTable(run, 'image', ['select', 'insert']);
    await lockTenantTable(run, 'import_review', ['select', 'insert', 'update', 'delete']);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query(`drop table import_review, image, answer, answer_row, assessment, threshold_judgement`);
  }
}
