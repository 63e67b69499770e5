import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { declarationServices, openDeclarationsTown, refusal, sheetControl, type DeclarationsTown } from '../../test/declarations-town.js';
import { makeTown } from '../../test/assessments-town.js';
import { newId } from '../kernel/ids.js';

const { approval, declaring, evidence } = declarationServices;
let t: DeclarationsTown;
beforeAll(async () => { t = await openDeclarationsTown(); });
afterAll(async () => { await t.close(); });

async function declaration(name: string): Promise<{ system: string; id: string }> {
  const system = await t.system(name);
  await t.declare(system, 'right-unit', { choice: 'per-user' });
  return { system, id: (await t.town.as(t.clerk, (ctx) => sheetControl(ctx, system, 'right-unit')))!.own!.id };
}
const own = async (system: string) => (await t.town.as(t.clerk, (ctx) => sheetControl(ctx, system, 'right-unit')))!.own!;
const add = (id: string, name: string, bytes: Uint8Array | string, actor = t.clerk) => t.town.as(actor, (ctx) => evidence.add(ctx, id, name, typeof bytes === 'string' ? Buffer.from(bytes) : bytes));

describe('evidence of a declaration', () => {
  it('is kept as it came, listed on the sheet and given back byte for byte', async () => {
    const { system, id } = await declaration('証拠の試験');
    const picture = await sharp({ create: { width: 4, height: 3, channels: 3, background: '#fff' } }).png().toBuffer();
    const added = await add(id, 'C:\\写真\\画面.png', picture);
    expect(added).toMatchObject({ fileName: '画面.png', mediaType: 'image/png', size: picture.length, sha256: createHash('sha256').update(picture).digest('hex'), addedAt: '2026-11-21T01:00:00.000Z', addedBy: '国保年金課の担当' });
    expect((await own(system)).evidence).toEqual([added]);
    const auditor = await t.town.person('audit-member', null);
    const read = await t.town.as(auditor, (ctx) => evidence.read(ctx, added.id));
    expect([read.fileName, Buffer.compare(read.bytes, picture)]).toEqual(['画面.png', 0]);
    expect((await own(system)).version).toBe(1);
  });

  it('the same file twice is one; another name does not make it another file; at another declaration it is one more', async () => {
    const [{ system, id }, other] = [await declaration('二度の試験'), await declaration('二度の試験二')];
    const first = await add(id, '記録.txt', '点検の記録');
    expect((await add(id, '別名.txt', '点検の記録')).id).toBe(first.id);
    expect((await own(system)).evidence).toHaveLength(1);
    expect((await add(other.id, '記録.txt', '点検の記録')).id).not.toBe(first.id);
  });

  it('of any other kind, empty, too large or damaged is refused, and nothing is kept', async () => {
    const { system, id } = await declaration('断る証拠');
    for (const [name, bytes, code] of [
      ['図.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'evidence-kind'], ['頁.html', '<!doctype html>', 'evidence-kind'], ['起動.exe', 'MZ\u0000\u0000', 'evidence-kind'],
      ['空.txt', '', 'evidence-empty'], ['大.txt', Buffer.alloc(10 * 1024 * 1024 + 1, 0x61), 'evidence-too-large'], ['壊.png', Buffer.from('89504e470d0a1a0a0000', 'hex'), 'image-damaged'],
    ] as const) expect(await refusal(add(id, name, bytes))).toMatchObject({ kind: 'invalid', code, problems: [code] });
    expect((await own(system)).evidence).toEqual([]);
  });

  it('is at most 20 files, also when two arrive at once', async () => {
    const { system, id } = await declaration('二十件');
    for (let n = 1; n <= 19; n += 1) await add(id, `${n}.txt`, `第${n}号`);
    const outcomes = await Promise.allSettled([add(id, '20.txt', '第20号'), add(id, '21.txt', '第21号')]);
    expect(outcomes.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await refusal(add(id, '22.txt', '第22号'))).toMatchObject({ kind: 'invalid', code: 'evidence-too-many' });
    expect(await add(id, '1.txt', '第1号')).toMatchObject({ fileName: '1.txt' });
    expect((await own(system)).evidence).toHaveLength(20);
  });

  it('when it is removed, takes the approval away and makes a new version', async () => {
    const { system, id } = await declaration('外す試験');
    const { id: file } = await add(id, '規程.txt', '規程');
    await t.town.as(t.head, (ctx) => approval.approve(ctx, system, [{ control: 'right-unit', seenVersion: 1 }]));
    expect(await t.town.as(t.clerk, (ctx) => evidence.remove(ctx, file))).toEqual({ version: 3 });
    expect(await own(system)).toMatchObject({ approved: null, version: 3, evidence: [] });
    expect(await refusal(t.town.as(t.clerk, (ctx) => evidence.remove(ctx, file)))).toMatchObject({ kind: 'not-found' });
    expect(await refusal(t.town.as(t.clerk, (ctx) => evidence.read(ctx, file)))).toMatchObject({ kind: 'not-found' });
    const { events } = await t.town.as(t.clerk, (ctx) => declaring.historyOf(ctx, system, 'right-unit'));
    expect(events.slice(0, 3).map((one) => one.words)).toEqual(['証拠「規程.txt」を外した。承認は外れた。', '「利用者ごと」の申告を承認した。', '証拠「規程.txt」を付けた。']);
  });

  it('follows the rights to the system', async () => {
    const { system, id } = await declaration('証拠の権利');
    const { id: file } = await add(id, '規程.txt', '規程');
    const stranger = await t.town.person('drafter', t.town.children);
    for (const work of [() => add(id, 'x.txt', 'x', stranger), () => t.town.as(stranger, (ctx) => evidence.read(ctx, file)), () => t.town.as(stranger, (ctx) => evidence.remove(ctx, file))]) {
      expect(await refusal(work())).toMatchObject({ kind: 'refused', code: 'other-department' });
    }
    await t.usedBy(system, t.town.children);
    expect((await t.town.as(stranger, (ctx) => evidence.read(ctx, file))).fileName).toBe('規程.txt');
    for (const work of [() => add(id, 'x.txt', 'x', stranger), () => t.town.as(stranger, (ctx) => evidence.remove(ctx, file))]) expect(await refusal(work())).toMatchObject({ kind: 'refused', code: 'not-allowed' });
    await t.database.query(`update system set register = '{"running-state": {"choice": "gone"}}' where id = $1`, [system]);
    expect(await refusal(add(id, 'x.txt', 'x'))).toMatchObject({ kind: 'refused', code: 'ended' });
    expect(await refusal(t.town.as(t.clerk, (ctx) => evidence.remove(ctx, file)))).toMatchObject({ kind: 'refused', code: 'ended' });
  });

  it('of another organisation is not there', async () => {
    const { id } = await declaration('隣の証拠');
    const { id: file } = await add(id, '規程.txt', '規程');
    const other = await makeTown(t.database, '隣市');
    const lead = await other.person('assessment-lead', null);
    for (const work of [
      () => other.as(lead, (ctx) => evidence.read(ctx, file)), () => other.as(lead, (ctx) => evidence.remove(ctx, file)), () => other.as(lead, (ctx) => evidence.add(ctx, id, 'x.txt', Buffer.from('x'))),
      () => t.town.as(t.clerk, (ctx) => evidence.read(ctx, newId())), () => add(newId(), 'x.txt', 'x'),
    ]) expect(await refusal(work())).toMatchObject({ kind: 'not-found' });
  });
});
