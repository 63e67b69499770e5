import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The application role, and the journal with its chain. */
export class Kernel1763700000000 implements MigrationInterface {
  readonly name = 'Kernel1763700000000';

  async up(run: QueryRunner): Promise<void> {
    await run.query(`do $$ begin
      if not exists (select from pg_roles where rolname = 'tenken_app') then
        begin
          create role tenken_app nologin nobypassrls;
        exception when duplicate_object or unique_violation then null;
        end;
      end if;
    end $$`);
    await run.query(`do $$ begin
      if not pg_has_role(current_user, 'tenken_app', 'set') then execute format('grant tenken_app to %I', current_user); end if;
    end $$`);
    await run.query(`grant usage on schema public to tenken_app`);

    await run.query(`create table journal_head (
      organisation_id uuid primary key,
      number bigint not null,
      hash text not null
    )`);
    await run.query(`create table journal_entry (
      organisation_id uuid not null,
      number bigint not null,
      at timestamptz not null,
      actor_id uuid,
      action text not null,
      object_kind text not null,
      object_id text not null,
      path text,
      content text not null,
      previous_hash text not null,
      hash text not null,
      primary key (organisation_id, number)
    )`);
    await run.query(`create index journal_entry_object on journal_entry (organisation_id, object_kind, object_id, path, number desc)`);
    await run.query(`create function journal_append(organisation uuid, content text) returns bigint
      language plpgsql security definer set search_path = public, pg_temp as $$
      declare
        entry jsonb := content::jsonb;
        last journal_head%rowtype;
        chained text;
      begin
        if organisation is distinct from nullif(current_setting('tenken.organisation', true), '')::uuid then
          raise exception 'journal of another organisation' using errcode = '42501';
        end if;
        insert into journal_head values (organisation, 0, '') on conflict do nothing;
        select * into last from journal_head where organisation_id = organisation for update;
        chained := encode(sha256(convert_to(last.hash || chr(10) || content, 'UTF8')), 'hex');
        insert into journal_entry (organisation_id, number, at, actor_id, action, object_kind, object_id, path, content, previous_hash, hash)
        values (organisation, last.number + 1, (entry->>'at')::timestamptz, (entry->'actor'->>'id')::uuid, entry->>'action',
                entry->'object'->>'kind', entry->'object'->>'id', entry->>'path', content, last.hash, chained);
        update journal_head set number = last.number + 1, hash = chained where organisation_id = organisation;
        return last.number + 1;
      end $$`);
    await run.query(`revoke all on function journal_append(uuid, text) from public`);
    await run.query(`grant execute on function journal_append(uuid, text) to tenken_app`);
    await run.query(`create function journal_is_append_only() returns trigger language plpgsql as $$
      begin raise exception 'the journal is append-only' using errcode = '42501'; end $$`);
    await run.query(`create trigger journal_entry_fixed before update or delete or truncate on journal_entry for each statement execute function journal_is_append_only()`);
    await run.query(`alter table journal_entry enable row level security`);
    await run.query(`create policy journal_entry_own on journal_entry for select to tenken_app using (organisation_id = nullif(current_setting('tenken.organisation', true), '')::uuid)`);
    await run.query(`grant select on journal_entry to tenken_app`);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query(`drop table journal_entry, journal_head`);
    await run.query(`drop function journal_append(uuid, text), journal_is_append_only()`);
  }
}
