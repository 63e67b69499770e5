import type { QueryRunner } from 'typeorm';

export type Right = 'select' | 'insert' | 'update' | 'delete';

/**
 * Second lock of every tenant table: row-level security by organisation for the application role, which
 * does not own the table. `alsoVisible` widens reading for the moments before the organisation is known.
 */
export async function lockTenantTable(run: QueryRunner, table: string, rights: Right[], alsoVisible?: string): Promise<void> {
  const own = `organisation_id = nullif(current_setting('tenken.organisation', true), '')::uuid`;
  await run.query(`alter table ${table} enable row level security`);
  await run.query(`create policy ${table}_own on ${table} to tenken_app using (${own}) with check (${own})`);
  if (alsoVisible !== undefined) await run.query(`create policy ${table}_entering on ${table} for select to tenken_app using (${alsoVisible})`);
  await run.query(`grant ${rights.join(', ')} on ${table} to tenken_app`);
}
