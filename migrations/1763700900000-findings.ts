import type { MigrationInterface, QueryRunner } from 'typeorm';
import { lockTenantTable } from './tenant-table.js';

/** Findings, improvement opinions, statements, deliberation, audit reports, corrective actions with their entries and notices. */
export class Findings1763700900000 implements MigrationInterface {
  readonly name = 'Findings1763700900000';

  async up(run: QueryRunner): Promise<void> {
    const tenant = 'organisation_id uuid not null references organisation';
    const marks = 'changed_at timestamptz not null, changed_by_name text not null, version integer not null default 1';
    await run.query(`create table finding_setting (
      organisation_id uuid primary key references organisation,
      scheme jsonb not null,
      numbering jsonb not null,
      due_soon_days integer not null default 30,
      version integer not null default 1
    )`);
    await run.query(`create table finding (
      id uuid primary key, ${tenant},
      audit_id uuid not null references audit,
      case_id uuid references audit_case,
      parent_id uuid references finding,
      number integer not null,
      position integer not null,
      kind text not null,
      title text not null,
      facts text not null,
      criteria text not null,
      criteria_source text not null,
      cause text not null,
      effect text not null,
      viewpoint_id uuid references audit_viewpoint,
      severity text,
      classification text,
      department_id uuid references department,
      system_id uuid references system,
      origin jsonb,
      stage text not null,
      ${marks},
      constraint finding_number_once unique (audit_id, number),
      constraint finding_kind_known check (kind in ('heading', 'finding')),
      constraint finding_stage_known check (stage in ('draft', 'confirming', 'confirmed', 'decided', 'published', 'withdrawn'))
    )`);
    await run.query(`create index finding_audit on finding (organisation_id, audit_id)`);
    await run.query(`create table finding_evidence (
      id uuid primary key, ${tenant},
      finding_id uuid not null references finding on delete cascade,
      kind text not null,
      target_id uuid,
      target text not null,
      label text not null,
      position integer not null,
      constraint finding_evidence_kind_known check (kind in ('check', 'answer', 'record', 'document'))
    )`);
    await run.query(`create table improvement (
      id uuid primary key, ${tenant},
      audit_id uuid not null references audit,
      case_id uuid references audit_case,
      parent_id uuid references improvement,
      number integer not null,
      position integer not null,
      kind text not null,
      text text not null,
      reason text not null,
      department_id uuid references department,
      stage text not null,
      ${marks},
      constraint improvement_number_once unique (audit_id, number),
      constraint improvement_kind_known check (kind in ('heading', 'opinion', 'recommendation')),
      constraint improvement_stage_known check (stage in ('draft', 'decided', 'published', 'withdrawn'))
    )`);
    await run.query(`create table improvement_finding (
      id uuid primary key, ${tenant},
      improvement_id uuid not null references improvement on delete cascade,
      finding_id uuid not null references finding,
      constraint improvement_finding_once unique (improvement_id, finding_id)
    )`);
    await run.query(`create table finding_statement (
      id uuid primary key, ${tenant},
      finding_id uuid not null references finding,
      department_id uuid not null references department,
      asked_at timestamptz not null,
      asked_by_name text not null,
      due_on date not null,
      agreed boolean,
      text text not null,
      answered_at timestamptz,
      answered_by_name text,
      answered_to text,
      reply text not null,
      version integer not null default 1,
      constraint finding_statement_once unique (finding_id, department_id)
    )`);
    await run.query(`create table deliberation (
      id uuid primary key, ${tenant},
      audit_id uuid not null references audit,
      subject text not null,
      subject_id uuid,
      held_on date not null,
      place text not null,
      note text not null,
      outcome text,
      ${marks},
      constraint deliberation_subject_known check (subject in ('report', 'finding', 'improvement')),
      constraint deliberation_outcome_known check (outcome in ('agreed', 'divided'))
    )`);
    await run.query(`create unique index deliberation_once on deliberation (audit_id, subject, coalesce(subject_id, audit_id))`);
    await run.query(`create table deliberation_voice (
      id uuid primary key, ${tenant},
      deliberation_id uuid not null references deliberation on delete cascade,
      person_id uuid not null references audit_person,
      consents boolean,
      absent boolean not null default false,
      opinion text not null,
      given_at timestamptz,
      version integer not null default 1,
      constraint deliberation_voice_once unique (deliberation_id, person_id)
    )`);
    await run.query(`create table audit_report (
      id uuid primary key, ${tenant},
      audit_id uuid not null references audit,
      kind text not null,
      title text not null,
      publication_number integer,
      publication_year integer,
      decided_on date,
      submitted_on date,
      published_on date,
      addressees jsonb not null,
      sections jsonb not null,
      omitted jsonb not null default '[]',
      frozen jsonb,
      status text not null,
      ${marks},
      constraint audit_report_kind_known check (kind in ('report', 'measures')),
      constraint audit_report_status_known check (status in ('draft', 'fixed', 'published'))
    )`);
    await run.query(`create unique index audit_report_once on audit_report (audit_id) where kind = 'report'`);
    await run.query(`create unique index audit_report_number_once on audit_report (organisation_id, publication_year, publication_number) where publication_number is not null`);
    await run.query(`create table corrective_action (
      id uuid primary key, ${tenant},
      audit_id uuid not null references audit,
      finding_id uuid references finding,
      improvement_id uuid references improvement,
      number integer not null,
      title text not null,
      planned text not null,
      department_id uuid not null references department,
      former_department_id uuid references department,
      due_on date,
      first_due_on date,
      state text not null,
      proposed text,
      effect text,
      settled_on date,
      offered jsonb,
      ${marks},
      constraint corrective_action_number_once unique (organisation_id, number),
      constraint corrective_action_of check (finding_id is not null or improvement_id is not null),
      constraint corrective_action_effect_known check (effect in ('effective', 'not-effective'))
    )`);
    await run.query(`create index corrective_action_state on corrective_action (organisation_id, state)`);
    await run.query(`create index corrective_action_department on corrective_action (organisation_id, department_id)`);
    await run.query(`create table action_entry (
      id uuid primary key, ${tenant},
      action_id uuid not null references corrective_action,
      kind text not null,
      made_on date not null,
      text text not null,
      state_before text,
      state_after text,
      due_before date,
      due_after date,
      fiscal_year integer,
      made_at timestamptz not null,
      made_by_name text not null,
      constraint action_entry_kind_known check (kind in ('planned', 'progress', 'asked', 'effect-checked', 'reopened', 'postponed', 'transferred', 'notified', 'offered'))
    )`);
    await run.query(`create index action_entry_action on action_entry (organisation_id, action_id)`);
    await run.query(`create table action_reminder (
      id uuid primary key, ${tenant},
      action_id uuid not null references corrective_action,
      step text not null,
      due_on date not null,
      turn integer not null default 0,
      text text not null,
      sent_at timestamptz not null,
      recipients integer not null,
      constraint action_reminder_step_known check (step in ('soon', 'over')),
      constraint action_reminder_once unique (action_id, step, due_on, turn)
    )`);
    await run.query(`create table action_asking (
      id uuid primary key, ${tenant},
      fiscal_year integer not null,
      asked_on date not null,
      due_on date not null,
      asked_by_name text not null,
      actions jsonb not null,
      constraint action_asking_once unique (organisation_id, fiscal_year)
    )`);
    await run.query(`create table action_notice (
      id uuid primary key, ${tenant},
      audit_id uuid not null references audit,
      department_id uuid not null references department,
      basis text not null,
      notified_on date,
      received_on date,
      status text not null,
      report_id uuid references audit_report,
      ${marks},
      constraint action_notice_status_known check (status in ('draft', 'notified', 'received', 'published'))
    )`);
    await run.query(`create table action_notice_item (
      id uuid primary key, ${tenant},
      notice_id uuid not null references action_notice on delete cascade,
      action_id uuid not null references corrective_action,
      text text not null,
      state text not null,
      constraint action_notice_item_once unique (notice_id, action_id)
    )`);
    for (const table of TABLES) await lockTenantTable(run, table, table === 'action_entry' || table === 'action_reminder' ? ['select', 'insert'] : ['select', 'insert', 'update', 'delete']);
  }

  async down(run: QueryRunner): Promise<void> {
    for (const table of [...TABLES].reverse()) await run.query(`drop table ${table}`);
  }
}

const TABLES = ['finding_setting', 'finding', 'finding_evidence', 'improvement', 'improvement_finding', 'finding_statement', 'audit_report', 'deliberation', 'deliberation_voice',
  'corrective_action', 'action_entry', 'action_reminder', 'action_asking', 'action_notice', 'action_notice_item'];
