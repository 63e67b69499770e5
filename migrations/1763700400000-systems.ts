import type { MigrationInterface, QueryRunner } from 'typeorm';
import { lockTenantTable } from './tenant-table.js';

/** Register of systems (台帳) with uses, contracts and inheritance; declared controls (申告) with evidence; register imports. */
export class Systems1763700400000 implements MigrationInterface {
  readonly name = 'Systems1763700400000';

  async up(run: QueryRunner): Promise<void> {
    const tenant = 'organisation_id uuid not null references organisation';
    await run.query(`create table system_class (
      id uuid primary key,
      ${tenant},
      label text not null,
      position integer not null,
      external boolean not null default false,
      ended_on date,
      version integer not null default 1,
      constraint system_class_label_once unique (organisation_id, label)
    )`);
    await run.query(`create table system (
      id uuid primary key,
      ${tenant},
      kind text not null,
      number integer,
      name text not null,
      class_id uuid references system_class,
      department_id uuid not null references department,
      register jsonb not null default '{}',
      register_version text not null,
      merged_into_id uuid references system,
      changed_at timestamptz not null,
      changed_by_name text not null,
      version integer not null default 1,
      constraint system_kind_known check (kind in ('system', 'platform')),
      constraint system_name_given check (length(name) between 1 and 200)
    )`);
    await run.query(`create unique index system_number_once on system (organisation_id, class_id, number) where merged_into_id is null and number is not null`);
    await run.query(`create index system_department on system (organisation_id, department_id)`);
    await run.query(`create table system_use (
      id uuid primary key,
      ${tenant},
      system_id uuid not null references system,
      department_id uuid not null references department,
      sections integer,
      terminals integer,
      constraint system_use_once unique (system_id, department_id),
      constraint system_use_counts check (coalesce(sections, 0) >= 0 and coalesce(terminals, 0) >= 0)
    )`);
    await run.query(`create index system_use_department on system_use (organisation_id, department_id)`);
    await run.query(`create table system_contract (
      id uuid primary key,
      ${tenant},
      system_id uuid not null references system,
      title text not null,
      contractor text not null,
      personal_information_clause boolean,
      begins_on date,
      ends_on date,
      position integer not null
    )`);
    await run.query(`create index system_contract_system on system_contract (organisation_id, system_id)`);
    await run.query(`create table system_inheritance (
      id uuid primary key,
      ${tenant},
      system_id uuid not null references system,
      from_id uuid not null references system,
      position integer not null,
      constraint system_inheritance_once unique (system_id, from_id),
      constraint system_inheritance_not_self check (system_id <> from_id)
    )`);
    await run.query(`create index system_inheritance_system on system_inheritance (organisation_id, system_id)`);
    await run.query(`create table system_setting (
      organisation_id uuid primary key references organisation,
      declaration_months integer not null,
      version integer not null default 1,
      constraint system_setting_months check (declaration_months between 1 and 120)
    )`);
    await run.query(`create table declaration (
      id uuid primary key,
      ${tenant},
      system_id uuid not null references system,
      control text not null,
      value jsonb not null,
      note text not null default '',
      declared_on date not null,
      declared_by_id uuid,
      declared_by_name text not null,
      approved_at timestamptz,
      approved_by_name text,
      copied_from_id uuid references system,
      version integer not null default 1,
      constraint declaration_once unique (system_id, control)
    )`);
    await run.query(`create index declaration_system on declaration (organisation_id, system_id)`);
    await run.query(`create table declaration_evidence (
      id uuid primary key,
      ${tenant},
      declaration_id uuid not null references declaration on delete cascade,
      file_name text not null,
      media_type text not null,
      size integer not null,
      sha256 text not null,
      bytes bytea not null,
      added_at timestamptz not null,
      added_by_name text not null
    )`);
    await run.query(`create index declaration_evidence_declaration on declaration_evidence (organisation_id, declaration_id)`);
    await run.query(`create table register_mapping (
      id uuid primary key,
      ${tenant},
      headings text not null,
      mapping jsonb not null,
      version integer not null default 1,
      constraint register_mapping_once unique (organisation_id, headings)
    )`);
    await run.query(`create table register_import (
      id uuid primary key,
      ${tenant},
      file_name text not null,
      source jsonb not null,
      mapping jsonb not null,
      state text not null,
      outcome jsonb,
      account_id uuid,
      created_by_name text not null,
      created_at timestamptz not null,
      version integer not null default 1,
      constraint register_import_state_known check (state in ('open', 'taken-over', 'discarded'))
    )`);
    for (const table of TABLES) await lockTenantTable(run, table, ['select', 'insert', 'update', 'delete']);
  }

  async down(run: QueryRunner): Promise<void> {
    for (const table of [...TABLES].reverse()) await run.query(`drop table ${table}`);
  }
}

const TABLES = [
  'system_class', 'system', 'system_use', 'system_contract', 'system_inheritance', 'system_setting', 'declaration', 'declaration_evidence',
  'register_mapping', 'register_import',
];
