import type { MigrationInterface, QueryRunner } from 'typeorm';
import { lockTenantTable } from './tenant-table.js';

/** Stored documents with what proves them: template hash, model and file hash. */
export class Documents1763700300000 implements MigrationInterface {
  readonly name = 'Documents1763700300000';

  async up(run: QueryRunner): Promise<void> {
    await run.query(`create table document (
      id uuid primary key,
      organisation_id uuid not null references organisation,
      kind text not null,
      object_kind text not null,
      object_id uuid not null,
      title text not null,
      state text not null,
      progress integer not null default 0,
      problems jsonb not null default '[]',
      template_hash text,
      model jsonb,
      model_hash text,
      media_type text not null,
      file bytea,
      file_hash text,
      pages integer,
      asked_by_name text not null,
      asked_at timestamptz not null,
      finished_at timestamptz,
      constraint document_state_known check (state in ('waiting', 'rendering', 'stored', 'failed'))
    )`);
    await run.query(`create index document_object on document (organisation_id, object_kind, object_id, asked_at desc)`);
    await lockTenantTable(run, 'document', ['select', 'insert', 'update']);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query(`drop table document`);
  }
}
