import type { MigrationInterface, QueryRunner } from 'typeorm';
import { lockTenantTable } from './tenant-table.js';

/** Forms that were carried out, so that the same form sent twice from one page is done once. */
export class SentForms1763701000000 implements MigrationInterface {
  readonly name = 'SentForms1763701000000';

  async up(run: QueryRunner): Promise<void> {
    await run.query(`create table sent_form (
      key text primary key,
      organisation_id uuid not null references organisation,
      account_id uuid not null references account on delete cascade,
      sent_at timestamptz not null,
      led_to text
    )`);
    await run.query(`create index sent_form_account on sent_form (account_id, sent_at)`);
    await lockTenantTable(run, 'sent_form', ['select', 'insert', 'update', 'delete']);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query('drop table sent_form');
  }
}
