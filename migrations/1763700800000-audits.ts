import type { MigrationInterface, QueryRunner } from 'typeorm';
import { lockTenantTable } from './tenant-table.js';

/** Plans, audits with their viewpoints, people and schedule, field records with evidence, questionnaires with responses, tabulations. */
export class Audits1763700800000 implements MigrationInterface {
  readonly name = 'Audits1763700800000';

  async up(run: QueryRunner): Promise<void> {
    const tenant = 'organisation_id uuid not null references organisation';
    const marks = 'changed_at timestamptz not null, changed_by_name text not null, version integer not null default 1';
    await run.query(`create table audit_plan (
      id uuid primary key, ${tenant},
      kind text not null,
      title text not null,
      from_year integer not null,
      until_year integer not null,
      policy text not null,
      decided_on date,
      ${marks},
      constraint audit_plan_kind_known check (kind in ('mid-term', 'yearly')),
      constraint audit_plan_years check (until_year >= from_year)
    )`);
    await run.query(`create table audit_plan_item (
      id uuid primary key, ${tenant},
      plan_id uuid not null references audit_plan on delete cascade,
      fiscal_year integer not null,
      kind text not null,
      theme text not null,
      targets text not null,
      period text not null,
      position integer not null,
      mid_term_item_id uuid references audit_plan_item on delete set null
    )`);
    await run.query(`create index audit_plan_item_mid_term on audit_plan_item (mid_term_item_id) where mid_term_item_id is not null`);
    await run.query(`create table audit_kind (
      id uuid primary key, ${tenant},
      code text not null,
      label text not null,
      bases jsonb not null,
      ended_on date,
      version integer not null default 1,
      constraint audit_kind_once unique (organisation_id, code)
    )`);
    await run.query(`create table audit (
      id uuid primary key, ${tenant},
      plan_item_id uuid references audit_plan_item on delete set null,
      copied_from_id uuid references audit,
      fiscal_year integer not null,
      kind text not null,
      kind_label text not null,
      bases jsonb not null,
      theme text not null,
      purpose text not null,
      targets_text text not null,
      definitions jsonb not null,
      reference_on date,
      method text not null,
      begins_on date,
      ends_on date,
      rounding jsonb not null,
      status text not null,
      ${marks},
      constraint audit_status_known check (status in ('planned', 'conducting', 'deliberating', 'reported', 'published', 'closed')),
      constraint audit_period check (ends_on is null or begins_on is null or ends_on >= begins_on)
    )`);
    await run.query(`create index audit_year on audit (organisation_id, fiscal_year desc)`);
    await run.query(`create table audit_target (
      id uuid primary key, ${tenant},
      audit_id uuid not null references audit on delete cascade,
      department_id uuid not null references department,
      system_id uuid references system,
      constraint audit_target_once unique nulls not distinct (audit_id, department_id, system_id)
    )`);
    await run.query(`create table audit_viewpoint (
      id uuid primary key, ${tenant},
      audit_id uuid not null references audit on delete cascade,
      parent_id uuid references audit_viewpoint,
      position integer not null,
      text text not null,
      rule_set text,
      viewpoint text,
      version integer not null default 1
    )`);
    await run.query(`create index audit_viewpoint_audit on audit_viewpoint (organisation_id, audit_id)`);
    await run.query(`create table audit_person (
      id uuid primary key, ${tenant},
      audit_id uuid not null references audit on delete cascade,
      account_id uuid references account,
      role text not null,
      title text not null,
      name text not null,
      disqualified_reason text,
      position integer not null,
      version integer not null default 1,
      constraint audit_person_role_known check (role in ('member', 'secretariat'))
    )`);
    await run.query(`create table audit_step (
      id uuid primary key, ${tenant},
      audit_id uuid not null references audit on delete cascade,
      label text not null,
      done_by text,
      from_on date,
      until_on date,
      done_on date,
      note text not null,
      position integer not null,
      version integer not null default 1,
      constraint audit_step_done_by_known check (done_by in ('member', 'secretariat', 'department'))
    )`);
    await run.query(`create table audit_case (
      id uuid primary key, ${tenant},
      audit_id uuid not null references audit on delete cascade,
      department_id uuid not null references department,
      title text not null,
      overview text not null,
      quoted text not null,
      members_on text not null,
      secretariat_on text not null,
      position integer not null,
      ${marks}
    )`);
    await run.query(`create table field_record (
      id uuid primary key, ${tenant},
      audit_id uuid not null references audit,
      kind text not null,
      title text not null,
      held_on date not null,
      place text not null,
      attendees text not null,
      department_id uuid not null references department,
      system_id uuid references system,
      viewpoint_id uuid references audit_viewpoint,
      announced text not null,
      seen text not null,
      outcome text not null,
      ${marks},
      constraint field_record_kind_known check (kind in ('survey', 'interview', 'document-review')),
      constraint field_record_outcome_known check (outcome in ('open', 'as-announced', 'different'))
    )`);
    await run.query(`create index field_record_audit on field_record (organisation_id, audit_id)`);
    await run.query(`create index field_record_system on field_record (organisation_id, system_id) where system_id is not null`);
    await run.query(`create table audit_file (
      id uuid primary key, ${tenant},
      object_kind text not null,
      object_id uuid not null,
      file_name text not null,
      media_type text not null,
      size integer not null,
      sha256 text not null,
      caption text not null,
      alt text not null default '',
      located boolean not null default false,
      position integer not null default 0,
      version integer not null default 1,
      bytes bytea not null,
      picture bytea,
      added_at timestamptz not null,
      added_by_name text not null,
      constraint audit_file_object_known check (object_kind in ('field-record', 'finding', 'corrective-action', 'questionnaire-response')),
      constraint audit_file_once unique (object_id, sha256)
    )`);
    await run.query(`create table questionnaire (
      id uuid primary key, ${tenant},
      audit_id uuid references audit,
      title text not null,
      purpose text not null,
      per text not null,
      definition jsonb not null,
      definition_hash text not null,
      prefilling jsonb not null default '{}',
      reference_on date,
      due_on date,
      status text not null,
      sent_at timestamptz,
      sent_by_name text,
      copied_from_id uuid references questionnaire,
      ${marks},
      constraint questionnaire_per_known check (per in ('department', 'department-system')),
      constraint questionnaire_status_known check (status in ('draft', 'open', 'closed')),
      constraint questionnaire_sent check (status = 'draft' or (sent_at is not null and due_on is not null))
    )`);
    await run.query(`create index questionnaire_audit on questionnaire (organisation_id, audit_id)`);
    await run.query(`create table questionnaire_response (
      id uuid primary key, ${tenant},
      questionnaire_id uuid not null references questionnaire,
      department_id uuid not null references department,
      system_id uuid references system,
      delegated_to_id uuid references department,
      status text not null,
      due_on date not null,
      submitted_at timestamptz,
      submitted_by_id uuid,
      submitted_by_name text,
      fixed_at timestamptz,
      fixed_by_name text,
      returned_reason text,
      returned_items jsonb not null default '[]',
      former_department_id uuid references department,
      ${marks},
      constraint questionnaire_response_status_known check (status in ('not-started', 'answering', 'submitted', 'returned', 'fixed'))
    )`);
    await run.query(`create index questionnaire_response_of on questionnaire_response (organisation_id, questionnaire_id)`);
    await run.query(`create index questionnaire_response_department on questionnaire_response (organisation_id, department_id)`);
    await run.query(`create table response_answer (
      response_id uuid not null references questionnaire_response on delete cascade, ${tenant},
      item text not null,
      value jsonb,
      prefilled_from text,
      ${marks},
      primary key (response_id, item)
    )`);
    await run.query(`create table response_row (
      response_id uuid not null references questionnaire_response on delete cascade, ${tenant},
      id uuid not null,
      group_code text not null,
      position integer not null,
      primary key (response_id, id)
    )`);
    await run.query(`create index response_row_organisation on response_row (organisation_id, response_id)`);
    await run.query(`create index response_answer_organisation on response_answer (organisation_id, response_id)`);
    await run.query(`create table response_correction (
      id uuid primary key, ${tenant},
      response_id uuid not null references questionnaire_response,
      item text not null,
      before jsonb,
      after jsonb,
      reason text not null,
      made_at timestamptz not null,
      made_by_name text not null
    )`);
    await run.query(`create table response_reminder (
      id uuid primary key, ${tenant},
      response_id uuid not null references questionnaire_response,
      text text not null,
      sent_at timestamptz not null,
      sent_by_name text not null,
      recipients integer not null
    )`);
    await run.query(`create table tabulation (
      id uuid primary key, ${tenant},
      audit_id uuid not null references audit,
      code text not null,
      definition jsonb not null,
      position integer not null,
      ${marks},
      constraint tabulation_code_once unique (audit_id, code)
    )`);
    await run.query('alter table account add column mail text');
    for (const table of TABLES) await lockTenantTable(run, table, table === 'response_correction' || table === 'response_reminder' ? ['select', 'insert'] : ['select', 'insert', 'update', 'delete']);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query('alter table account drop column mail');
    for (const table of [...TABLES].reverse()) await run.query(`drop table ${table}`);
  }
}

const TABLES = ['audit_plan', 'audit_plan_item', 'audit_kind', 'audit', 'audit_target', 'audit_viewpoint', 'audit_person', 'audit_step', 'audit_case', 'field_record', 'audit_file',
  'questionnaire', 'questionnaire_response', 'response_answer', 'response_row', 'response_correction', 'response_reminder', 'tabulation'];
