import type { MigrationInterface, QueryRunner } from 'typeorm';
import { lockTenantTable } from './tenant-table.js';

/** Runs of checks (点検), the results they found, overruled results, settings of rules, own rule sets, schedule. */
export class Checks1763700600000 implements MigrationInterface {
  readonly name = 'Checks1763700600000';

  async up(run: QueryRunner): Promise<void> {
    const tenant = 'organisation_id uuid not null references organisation';
    await run.query(`create table check_run (
      id uuid primary key,
      ${tenant},
      number integer not null,
      round integer,
      occasion text not null,
      scope text not null,
      scope_id uuid,
      systems jsonb not null,
      rule_sets jsonb not null,
      settings jsonb not null,
      catalogue text not null,
      summary jsonb not null,
      made_at timestamptz not null,
      made_by_name text not null,
      constraint check_run_number_once unique (organisation_id, number),
      constraint check_run_round_once unique (organisation_id, round),
      constraint check_run_round_given check ((occasion = 'changed') = (round is null)),
      constraint check_run_occasion_known check (occasion in ('asked', 'scheduled', 'changed')),
      constraint check_run_scope_known check (scope in ('all', 'department', 'system'))
    )`);
    await run.query(`create table check_state (
      id uuid primary key,
      ${tenant},
      system_id uuid not null references system,
      from_run integer not null,
      until_run integer,
      results jsonb not null,
      facts jsonb not null,
      assessments jsonb not null,
      basis text not null,
      hash text not null,
      constraint check_state_once unique (organisation_id, system_id, from_run),
      constraint check_state_span check (until_run is null or until_run > from_run)
    )`);
    await run.query(`create unique index check_state_now on check_state (organisation_id, system_id) where until_run is null`);
    await run.query(`create table check_overrule (
      id uuid primary key,
      ${tenant},
      system_id uuid not null references system,
      rule_set text not null,
      rule text not null,
      result text not null,
      reason text not null,
      evidence text not null,
      until_on date not null,
      made_on date not null,
      made_by_name text not null,
      withdrawn_on date,
      version integer not null default 1,
      constraint check_overrule_result_known check (result in ('met', 'not-met', 'not-applicable'))
    )`);
    await run.query(`create unique index check_overrule_once on check_overrule (organisation_id, system_id, rule_set, rule) where withdrawn_on is null`);
    await run.query(`create table rule_setting (
      id uuid primary key,
      ${tenant},
      rule_set text not null,
      rule text not null,
      off_reason text,
      parameters jsonb not null default '{}',
      version integer not null default 1,
      constraint rule_setting_once unique (organisation_id, rule_set, rule)
    )`);
    await run.query(`create table rule_set_adoption (
      id uuid primary key,
      ${tenant},
      rule_set text not null,
      adopted boolean not null,
      version integer not null default 1,
      constraint rule_set_adoption_once unique (organisation_id, rule_set)
    )`);
    await run.query(`create table own_rule_set (
      id uuid primary key,
      ${tenant},
      code text not null,
      set_version text not null,
      state text not null,
      definition jsonb not null,
      sha256 text,
      changed_at timestamptz not null,
      changed_by_name text not null,
      version integer not null default 1,
      constraint own_rule_set_once unique (organisation_id, code, set_version),
      constraint own_rule_set_state_known check (state in ('draft', 'published'))
    )`);
    await run.query(`create table check_schedule (
      organisation_id uuid primary key references organisation,
      every text not null,
      next_on date,
      version integer not null default 1,
      constraint check_schedule_every_known check (every in ('none', 'week', 'month', 'quarter'))
    )`);
    for (const table of TABLES) await lockTenantTable(run, table, RIGHTS[table] ?? ['select', 'insert', 'update']);
  }

  async down(run: QueryRunner): Promise<void> {
    for (const table of [...TABLES].reverse()) await run.query(`drop table ${table}`);
  }
}

const TABLES = ['check_run', 'check_state', 'check_overrule', 'rule_setting', 'rule_set_adoption', 'own_rule_set', 'check_schedule'];
/** A run is never changed; a draft may be thrown away. */
const RIGHTS: Record<string, ('select' | 'insert' | 'update' | 'delete')[]> = { check_run: ['select', 'insert'], rule_setting: ['select', 'insert', 'update', 'delete'], own_rule_set: ['select', 'insert', 'update', 'delete'] };
