import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `journal_hold`: takes the lock of the journal's head without writing an entry. Every change ends in the journal, so what must
 * not run side by side in an organisation waits here, in the same order as every change, and never in a circle with one.
 */
export class JournalHold1763700700000 implements MigrationInterface {
  readonly name = 'JournalHold1763700700000';

  async up(run: QueryRunner): Promise<void> {
    await run.query(`create function journal_hold(organisation uuid) returns void
      language plpgsql security definer set search_path = public, pg_temp as $$
      begin
        if organisation is distinct from nullif(current_setting('tenken.organisation', true), '')::uuid then
          raise exception 'journal of another organisation' using errcode = '42501';
        end if;
        insert into journal_head values (organisation, 0, '') on conflict do nothing;
        perform from journal_head where organisation_id = organisation for update;
      end $$`);
    await run.query(`revoke all on function journal_hold(uuid) from public`);
    await run.query(`grant execute on function journal_hold(uuid) to tenken_app`);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query(`drop function journal_hold(uuid)`);
  }
}
