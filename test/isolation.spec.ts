import { seedDemoCity } from '../src/demo/city.js';
import { PRODUCT } from '../src/kernel/ctx.js';
import { inTransaction } from '../src/kernel/database.js';
import { record, verifyJournal } from '../src/kernel/journal.js';
import { openTwoOrganisations, type TwoOrganisations } from './two-organisations.js';

describe('the second lock: row-level security under the application role', () => {
  let web: TwoOrganisations;
  beforeAll(async () => {
    web = await openTwoOrganisations();
    for (const { id } of [web.mine, web.theirs]) {
      await as(id, async (ctx) => {
        await record(ctx, { action: 'answer-saved', object: { kind: 'assessment', id }, path: 'affair-name', before: 'a', after: 'b' });
        await record(ctx, { action: 'answer-saved', object: { kind: 'assessment', id }, path: 'affair-name', before: 'b', after: 'c' });
      });
    }
  });
  afterAll(() => web.close());

  const as = <T>(organisation: string | null, work: Parameters<typeof inTransaction<T>>[2]): Promise<T> => inTransaction(web.database, { organisation, actor: PRODUCT, clock: web.clock }, work);

  /** Tables with a column of the organisation, as the database knows them. */
  const tenantTables = async (): Promise<string[]> => {
    const rows: { table_name: string }[] = await web.database.query(`select table_name from information_schema.columns where table_schema = 'public' and column_name = 'organisation_id' order by 1`);
    return rows.map((one) => one.table_name);
  };

  it('is on every table that belongs to an organisation, and the application role owns none', async () => {
    const rows: { relname: string; relrowsecurity: boolean; owner: string }[] = await web.database.query(
      `select relname, relrowsecurity, pg_get_userbyid(relowner) as owner from pg_class where relname = any($1) and relkind = 'r'`, [(await tenantTables()).filter((one) => one !== 'journal_head')]);
    expect(rows.length).toBeGreaterThanOrEqual(13);
    expect(rows.filter((one) => !one.relrowsecurity || one.owner === 'tenken_app')).toEqual([]);
    const role: { rolsuper: boolean; rolbypassrls: boolean; rolcanlogin: boolean }[] = await web.database.query(`select rolsuper, rolbypassrls, rolcanlogin from pg_roles where rolname = 'tenken_app'`);
    expect(role).toEqual([{ rolsuper: false, rolbypassrls: false, rolcanlogin: false }]);
  });

  it('shows a query without any condition only the rows of its organisation, and nothing before sign-in', async () => {
    for (const table of (await tenantTables()).filter((one) => one !== 'journal_head')) {
      const mine: { organisation_id: string }[] = await as(web.mine.id, (ctx) => ctx.tx.query(`select distinct organisation_id from ${table}`));
      expect([table, mine.filter((one) => one.organisation_id !== web.mine.id)]).toEqual([table, []]);
      expect([table, await as(null, (ctx) => ctx.tx.query(`select 1 from ${table} limit 1`))]).toEqual([table, []]);
    }
    expect(await as(web.mine.id, (ctx) => ctx.tx.query('select name from organisation'))).toEqual([{ name: 'みずほ野市' }]);
    await expect(as(web.mine.id, (ctx) => ctx.tx.query('select * from journal_head'))).rejects.toThrow(/permission denied/);
  });

  it('neither changes nor adds rows of another organisation', async () => {
    await as(web.mine.id, async (ctx) => {
      const [, changed]: [unknown, number] = await ctx.tx.query('update account set name = $1 where organisation_id = $2', ['x', web.theirs.id]);
      const [, moved]: [unknown, number] = await ctx.tx.query('update department set name = $1 where id = $2', ['x', web.theirs.department]);
      const [, deleted]: [unknown, number] = await ctx.tx.query('delete from session where organisation_id = $1', [web.theirs.id]);
      expect([changed, moved, deleted]).toEqual([0, 0, 0]);
    });
    await expect(as(web.mine.id, (ctx) => ctx.tx.query('insert into implementing_body (id, organisation_id, name) values (gen_random_uuid(), $1, $2)', [web.theirs.id, 'x']))).rejects.toThrow(/row-level security/);
    await expect(as(web.mine.id, (ctx) => ctx.tx.query('update implementing_body set organisation_id = $1', [web.theirs.id]))).rejects.toThrow(/row-level security/);
    await expect(as(web.mine.id, (ctx) => ctx.tx.query('insert into organisation (id, name) values (gen_random_uuid(), $1)', ['x']))).rejects.toThrow(/row-level security/);
  });

  it('shows whoever signs in one account by its name, and one session by its token, and no more', async () => {
    const seen = await as(null, async (ctx) => {
      await ctx.tx.query(`select set_config('tenken.sign_in', 'asagiri.drafter', true)`);
      const accounts: unknown[] = await ctx.tx.query('select sign_in_name from account');
      return { accounts, roles: await ctx.tx.query('select 1 from account_role'), organisations: await ctx.tx.query('select 1 from organisation') };
    });
    expect(seen).toEqual({ accounts: [{ sign_in_name: 'asagiri.drafter' }], roles: [], organisations: [] });
  });

  it('shows the cards of a demo only where the demo asks, and never an account without a card', async () => {
    expect(await seedDemoCity(web.database, web.clock)).toBe(false);
    await web.database.query('update account set demo_card = $1 where id = $2', ['card', web.theirs.people.viewer.id]);
    expect(await as(null, (ctx) => ctx.tx.query('select 1 from account'))).toEqual([]);
    const seen = await as(null, async (ctx) => {
      await ctx.tx.query(`select set_config('tenken.demo', 'yes', true)`);
      return ctx.tx.query('select sign_in_name from account');
    });
    expect(seen).toEqual([{ sign_in_name: 'asagiri.viewer' }]);
    await web.database.query('update account set demo_card = null');
  });

  describe('the journal', () => {
    it('is neither changed nor deleted nor written past its function by the application role', async () => {
      for (const statement of [
        `update journal_entry set content = '{}'`, 'delete from journal_entry', 'truncate journal_entry', 'update journal_head set number = 0',
        `insert into journal_entry select organisation_id, number + 100, at, actor_id, action, object_kind, object_id, path, content, previous_hash, hash from journal_entry`,
        'alter table journal_entry disable trigger all', 'drop table journal_entry',
      ]) await expect(as(web.mine.id, (ctx) => ctx.tx.query(statement))).rejects.toThrow(/permission denied|must be owner|append-only/);
    });

    it('takes no entry for another organisation', async () => {
      await expect(as(web.mine.id, (ctx) => record({ ...ctx, organisation: web.theirs.id }, { action: 'x', object: { kind: 'x', id: 'x' } }))).rejects.toThrow(/another organisation/);
    });

    it('is append-only for its owner too, as long as the trigger is there', async () => {
      await expect(web.database.query(`update journal_entry set content = '{}'`)).rejects.toThrow(/append-only/);
      await expect(web.database.query('delete from journal_entry')).rejects.toThrow(/append-only/);
    });

    it('keeps one unbroken chain when entries race', async () => {
      await Promise.all(Array.from({ length: 12 }, (_, index) => as(web.mine.id, (ctx) => record(ctx, { action: 'raced', object: { kind: 'x', id: String(index) } }))));
      expect(await verifyJournal(web.database)).toMatchObject({ problems: [] });
    });

    it.each([
      ['a changed text', `update journal_entry set content = replace(content, '"b"', '"z"') where number = 1 and organisation_id = $1`, ['journal-changed']],
      ['a changed text with a new hash', `update journal_entry set content = replace(content, '"c"', '"z"'), hash = encode(sha256(convert_to(previous_hash || chr(10) || replace(content, '"c"', '"z"'), 'UTF8')), 'hex') where number = 2 and organisation_id = $1`, ['journal-chain']],
      ['a removed entry', 'delete from journal_entry where number = 1 and organisation_id = $1', ['journal-gap', 'journal-chain']],
      ['a cut-off end', 'delete from journal_entry where organisation_id = $1 and number > 2', ['journal-head']],
      ['a changed index', `update journal_entry set object_id = 'somewhere else' where number = 2 and organisation_id = $1`, ['journal-index']],
      ['a removed chain', 'delete from journal_entry where organisation_id = $1', ['journal-head']],
    ])('tells of %s, made by an owner who took the trigger away', async (_, tampering, codes) => {
      // Inside a transaction that is rolled back; the verifier reads through the same connection.
      const runner = web.database.createQueryRunner();
      await runner.startTransaction();
      try {
        await runner.query('alter table journal_entry disable trigger journal_entry_fixed');
        await runner.query(tampering, [web.mine.id]);
        const { problems } = await verifyJournal({ query: (sql: string, values?: unknown[]) => runner.query(sql, values) } as never);
        expect([...new Set(problems.map((one) => one.code))]).toEqual(codes);
        for (const one of problems) expect(one.path).toContain(web.mine.id);
      } finally {
        await runner.rollbackTransaction();
        await runner.release();
      }
      expect((await verifyJournal(web.database)).problems).toEqual([]);
    });
  });
});
