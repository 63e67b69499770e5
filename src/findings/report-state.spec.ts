import { openAuditsTown, plan, type AuditsTown } from '../../test/audits-town.js';
import { newId } from '../kernel/ids.js';
import { mustBeDeliberated } from './report-state.js';

let town: AuditsTown;
beforeAll(async () => { town = await openAuditsTown(); });
afterAll(() => town.close());

describe('a deliberation after which who takes part has changed (199条の2)', () => {
  it('stands by those who take part now, not by the outcome of the day', async () => {
    const audit = await town.by((ctx) => town.audits.add(ctx, plan()));
    const person = (name: string, disqualifiedReason = ''): Promise<string> => town.by((ctx) => town.parts.people.add(ctx, audit, { role: 'member', title: '監査委員', name, accountId: null, disqualifiedReason }));
    const [first, second] = [await person('委員A'), await person('委員B', '従事する業務に直接の利害関係がある')];
    const [deliberation, finding] = [newId(), await town.finding(audit)];
    await town.database.query(`insert into deliberation (id, organisation_id, audit_id, subject, subject_id, held_on, place, note, outcome, changed_at, changed_by_name) values ($1, $2, $3, 'report', null, '2026-11-20', '', '', 'agreed', now(), '監査事務局')`, [deliberation, town.town.organisation, audit]);
    const voice = (id: string, consents: boolean): Promise<unknown> => town.database.query(`insert into deliberation_voice (id, organisation_id, deliberation_id, person_id, consents, opinion) values ($1, $2, $3, $4, $5, '意見')`, [newId(), town.town.organisation, deliberation, id, consents]);
    const decided = (): Promise<string> => town.by((ctx) => mustBeDeliberated(ctx, audit, 'improvement', finding)).then(() => 'decided', (error: Error) => error.message);
    await voice(first, true);
    expect(await decided()).toBe('decided');
    // 委員B takes part after all: nobody has heard that voice.
    const change = async (disqualifiedReason: string): Promise<void> => {
      const now = (await town.by((ctx) => town.parts.people.of(ctx, audit))).find((one) => one.id === second)!;
      await town.by((ctx) => town.parts.people.change(ctx, second, now.version, { role: 'member', title: now.title, name: now.name, accountId: null, disqualifiedReason }));
    };
    await change('');
    expect(await decided()).toContain('監査委員の合議が済んでいません');
    await voice(second, false);
    expect(await decided()).toContain('合議が調わなかった');
    await change('親族が委託先の役員である');
    expect(await decided()).toBe('decided');
  });
});
