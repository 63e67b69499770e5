import type { MigrationInterface, QueryRunner } from 'typeorm';
import { lockTenantTable } from './tenant-table.js';

/** Organisations, implementing bodies, departments, accounts with roles, sessions, sign-in attempts, set-up. */
export class Identity1763700100000 implements MigrationInterface {
  readonly name = 'Identity1763700100000';

  async up(run: QueryRunner): Promise<void> {
    await run.query(`create table organisation (
      id uuid primary key,
      organisation_id uuid generated always as (id) stored,
      name text not null constraint organisation_name_given check (length(name) between 1 and 100),
      code text,
      raise_priority_to_full boolean not null default false,
      version integer not null default 1
    )`);
    await run.query(`create table implementing_body (
      id uuid primary key,
      organisation_id uuid not null references organisation,
      name text not null,
      position integer not null default 0,
      ended_on date,
      version integer not null default 1,
      constraint implementing_body_name_once unique (organisation_id, name)
    )`);
    await run.query(`create table department (
      id uuid primary key,
      organisation_id uuid not null references organisation,
      body_id uuid not null references implementing_body,
      parent_id uuid references department,
      name text not null,
      head_title text not null default '課長',
      position integer not null default 0,
      started_on date,
      ended_on date,
      successor_id uuid references department,
      version integer not null default 1
    )`);
    await run.query(`create unique index department_name_once on department (organisation_id, body_id, coalesce(parent_id, body_id), name) where ended_on is null`);
    await run.query(`create table account (
      id uuid primary key,
      organisation_id uuid not null references organisation,
      sign_in_name text not null,
      name text not null,
      department_id uuid references department,
      password_hash text,
      disabled boolean not null default false,
      must_change_password boolean not null default false,
      demo_card text,
      version integer not null default 1,
      constraint account_sign_in_name_once unique (sign_in_name)
    )`);
    await run.query(`create table account_role (
      organisation_id uuid not null references organisation,
      account_id uuid not null references account on delete cascade,
      role text not null,
      department_id uuid references department,
      id uuid primary key
    )`);
    await run.query(`create index account_role_account on account_role (account_id)`);
    await run.query(`create table session (
      token_hash text primary key,
      organisation_id uuid not null references organisation,
      account_id uuid not null references account on delete cascade,
      csrf_token text not null,
      started_at timestamptz not null,
      seen_at timestamptz not null
    )`);
    await run.query(`create index session_account on session (account_id)`);
    // Before sign-in nobody belongs to an organisation: a row is seen by whoever presents its key.
    const named = `sign_in_name = nullif(current_setting('tenken.sign_in', true), '') or (demo_card is not null and current_setting('tenken.demo', true) = 'yes')`;
    const presented = `token_hash = nullif(current_setting('tenken.session', true), '')`;
    await lockTenantTable(run, 'organisation', ['select', 'insert', 'update']);
    await lockTenantTable(run, 'implementing_body', ['select', 'insert', 'update', 'delete']);
    await lockTenantTable(run, 'department', ['select', 'insert', 'update', 'delete']);
    await lockTenantTable(run, 'account', ['select', 'insert', 'update'], named);
    await lockTenantTable(run, 'account_role', ['select', 'insert', 'delete']);
    await lockTenantTable(run, 'session', ['select', 'insert', 'update', 'delete'], presented);

    // No tenant yet: throttling of sign-in by address and name, and the one-time token of a new installation.
    await run.query(`create table sign_in_attempt (
      id bigint generated always as identity primary key,
      sign_in_name text not null,
      address text not null,
      at timestamptz not null
    )`);
    await run.query(`create index sign_in_attempt_name on sign_in_attempt (sign_in_name, at)`);
    await run.query(`create index sign_in_attempt_address on sign_in_attempt (address, at)`);
    await run.query(`create index sign_in_attempt_at on sign_in_attempt (at)`);
    await run.query(`grant select, insert, delete on sign_in_attempt to tenken_app`);
    await run.query(`create table set_up_token (token_hash text primary key, made_at timestamptz not null)`);
    await run.query(`grant select, delete on set_up_token to tenken_app`);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query(`drop table set_up_token, sign_in_attempt, session, account_role, account, department, implementing_body, organisation`);
  }
}
