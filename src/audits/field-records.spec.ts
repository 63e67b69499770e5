import sharp from 'sharp';
import { openAuditsTown, plan, type AuditsTown } from '../../test/audits-town.js';
import { formatFiscalYear } from '../engine/dates.js';
import { Conflict, NotFound, Refused, type TenkenError } from '../kernel/errors.js';
import { history } from '../kernel/journal.js';
import type { RecordInput } from './field-records.service.js';
import { surveyMark, surveysOf } from './surveys.js';

let town: AuditsTown;
let audit: string;
beforeAll(async () => { town = await openAuditsTown(); });
afterAll(() => town.close());
beforeEach(async () => { audit = await town.by((ctx) => town.audits.add(ctx, plan())); });

const input = (more: Partial<RecordInput> = {}): RecordInput => ({
  kind: 'survey', title: 'サーバ室の現地調査', heldOn: '令和8年11月10日', place: '3階サーバ室', attendees: '担当主査', departmentId: town.town.pension, systemId: null, viewpointId: null, announced: '', seen: '', outcome: 'open', ...more,
});
const add = (more: Partial<RecordInput> = {}): Promise<string> => town.by((ctx) => town.records.add(ctx, audit, input(more)));
const problemsOf = async (work: Promise<unknown>): Promise<string[]> => work.then(() => [], (error: TenkenError) => error.problems.map((one) => `${one.path}:${one.code}`));

describe('a field record', () => {
  it('keeps what was announced and what was seen side by side', async () => {
    const system = await town.add({ name: '国保システム' });
    const viewpointId = await town.by((ctx) => town.parts.viewpoints.add(ctx, audit, { parentId: null, text: '入退室の管理' }));
    const id = await add({ systemId: system, viewpointId, announced: '入退室を記録している', seen: '記録簿がない', outcome: 'different' });
    expect(await town.by((ctx) => town.records.get(ctx, id))).toMatchObject({ heldOn: '2026-11-10', departmentPath: '福祉部　国保年金課', systemName: '国保システム', viewpointText: '入退室の管理', outcome: 'different', files: 0, version: 1 });
    expect((await town.by((ctx) => town.audits.get(ctx, audit))).counts).toMatchObject({ records: 1, different: 1 });
    expect(await town.by((ctx) => town.records.change(ctx, id, 1, input({ title: '直した' })))).toBe(2);
    await expect(town.by((ctx) => town.records.change(ctx, id, 1, input()))).rejects.toMatchObject({ kind: 'conflict', sides: { currentVersion: 2, current: { title: '直した' } } });
    expect((await town.by((ctx) => history(ctx, { kind: 'field-record', id }))).map((one) => one.action)).toEqual(['field-record-changed', 'field-record-added']);
  });

  it.each<[string, () => Partial<RecordInput>, string[]]>([
    ['on no day', () => ({ heldOn: '' }), ['heldOn:missing']], ['of tomorrow', () => ({ heldOn: '2026-11-22' }), ['heldOn:in-future']], ['without a title', () => ({ title: '' }), ['title:missing']], ['of no kind', () => ({ kind: 'rumour' }), ['kind:not-a-choice']],
    ['about no department', () => ({ departmentId: '' }), ['departmentId:department-unknown']], ['about an unknown system', () => ({ systemId: town.town.pension }), ['systemId:system-unknown']], ['under an unknown viewpoint', () => ({ viewpointId: 'x' }), ['viewpointId:viewpoint-unknown']],
    ['that differs from nothing', () => ({ outcome: 'different', seen: '見た' }), ['announced:missing']], ['that agrees without having looked', () => ({ outcome: 'as-announced', announced: '申告' }), ['seen:missing']], ['with an unknown outcome', () => ({ outcome: 'fine' }), ['outcome:not-a-choice', 'seen:missing', 'announced:missing']],
  ])('%s is refused', async (_, more, problems) => {
    const found = await problemsOf(add(more()));
    expect(found.slice(0, problems.length).sort()).toEqual([...problems].slice(0, found.length).sort());
    expect(found[0]).toBe(problems[0]);
  });

  it('names a viewpoint of its own audit only', async () => {
    const other = await town.by((ctx) => town.audits.add(ctx, plan()));
    const viewpointId = await town.by((ctx) => town.parts.viewpoints.add(ctx, other, { parentId: null, text: 'よそ' }));
    expect(await problemsOf(add({ viewpointId }))).toEqual(['viewpointId:viewpoint-unknown']);
  });

  it('is read by members, written by the secretariat, and no department’s business', async () => {
    const id = await add();
    expect((await town.town.as(town.member, (ctx) => town.records.of(ctx, audit))).map((one) => one.id)).toEqual([id]);
    await expect(town.town.as(town.member, (ctx) => town.records.change(ctx, id, 1, input()))).rejects.toBeInstanceOf(Refused);
    await expect(town.town.as(town.clerk, (ctx) => town.records.get(ctx, id))).rejects.toBeInstanceOf(Refused);
  });

  it('on which a finding rests is not taken away', async () => {
    const id = await add();
    const finding = await town.finding(audit);
    await town.database.query(`insert into finding_evidence (id, organisation_id, finding_id, kind, target_id, target, label, position) values (gen_random_uuid(), $1, $2, 'record', $3, 'x', 'x', 1)`, [town.town.organisation, finding, id]);
    await expect(town.by((ctx) => town.records.remove(ctx, id, 1))).rejects.toMatchObject({ code: 'cited', problems: [expect.objectContaining({ href: `/findings/${finding}` })] });
  });
});

describe('the ○ of the register', () => {
  it('comes from surveys of systems, by year, also after a double was merged', async () => {
    const [kept, double, talked] = [await town.add({ name: '残るシステム' }), await town.add({ name: '重複したシステム' }), await town.add({ name: '聞いただけ' })];
    await add({ systemId: double, heldOn: '2025-03-31' });
    await add({ systemId: kept });
    await add({ systemId: talked, kind: 'interview' });
    await town.database.query('update system set merged_into_id = $2 where id = $1', [double, kept]);
    const surveyed = await town.by((ctx) => surveysOf(ctx));
    expect([kept, double, talked].map((id) => surveyed.has(id))).toEqual([true, false, false]);
    const surveys = surveyed.get(kept);
    // 31 March 2025 is in 令和6年度, 10 November 2026 in 令和8年度.
    expect(surveyMark(surveys, formatFiscalYear)).toBe('○（令和8年度、令和6年度）');
    expect(surveyMark(undefined, formatFiscalYear)).toBe('');
  });
});

describe('what a system declares', () => {
  it('is offered control by control, with what is not declared', async () => {
    const [first, second] = town.catalogue.livingControls('2026-11-21').filter((one) => one.item.kind === 'choice').slice(0, 2);
    const system = await town.add({ name: '申告のあるシステム' });
    const [option] = [...first!.options!.values()];
    await town.declare(system, first!.code, { choice: option!.code }, { on: '2026-04-01', note: '別紙のとおり' });
    expect(await town.by((ctx) => town.records.announced(ctx, system, [second!.code, first!.code, 'no-control']))).toBe(`${first!.item.label}：${option!.label}（令和8年4月1日申告）　別紙のとおり\n${second!.item.label}：申告なし`);
    expect(await town.by((ctx) => town.records.announced(ctx, system, []))).toBe('');
    await expect(town.by((ctx) => town.records.announced(ctx, town.town.pension, []))).rejects.toBeInstanceOf(NotFound);
  });
});

describe('photos and files', () => {
  const picture = (shade: number): Promise<Buffer> => sharp({ create: { width: 4, height: 4, channels: 3, background: { r: shade, g: 0, b: 0 } } }).png().toBuffer();
  const attach = (id: string, bytes: Uint8Array, fileName = '写真.png', caption = ''): Promise<{ id: string }> => town.by((ctx) => town.evidence.add(ctx, 'field-record', id, { fileName, bytes }, caption));

  it('are kept byte for byte, once each, and go with their record', async () => {
    const id = await add();
    const bytes = await picture(1);
    const file = await attach(id, bytes, 'C:\\写真\\サーバ室.png', '入口の施錠');
    expect((await attach(id, bytes)).id).toBe(file.id);
    expect(await town.by((ctx) => town.evidence.list(ctx, 'field-record', id))).toMatchObject([{ fileName: 'サーバ室.png', mediaType: 'image/png', caption: '入口の施錠', addedBy: '監査事務局' }]);
    expect((await town.by((ctx) => town.evidence.read(ctx, 'field-record', id, file.id))).bytes.equals(bytes)).toBe(true);
    await expect(town.by((ctx) => town.evidence.read(ctx, 'finding', id, file.id))).rejects.toBeInstanceOf(NotFound);
    await expect(town.by((ctx) => town.evidence.remove(ctx, 'field-record', audit, file.id))).rejects.toBeInstanceOf(NotFound);
    expect((await town.by((ctx) => town.records.get(ctx, id))).files).toBe(1);
    await expect(town.by((ctx) => town.records.remove(ctx, id, 2))).rejects.toBeInstanceOf(Conflict);
    await town.by((ctx) => town.records.remove(ctx, id, 1));
    await expect(town.by((ctx) => town.evidence.get(ctx, file.id))).rejects.toBeInstanceOf(NotFound);
  });

  it('keep the place where they were taken in the original alone, and say so', async () => {
    const id = await add();
    const taken = await sharp({ create: { width: 40, height: 20, channels: 3, background: '#123456' } }).withExif({ IFD0: { Make: 'camera' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '41/1 46/1 0/1' } }).jpeg().toBuffer();
    const file = await attach(id, taken, '端末.jpg');
    await attach(id, await picture(7), '図.png');
    expect((await town.by((ctx) => town.evidence.list(ctx, 'field-record', id))).map((one) => [one.fileName, one.located])).toEqual([['端末.jpg', true], ['図.png', false]]);
    expect((await town.by((ctx) => town.evidence.read(ctx, 'field-record', id, file.id))).bytes.equals(taken)).toBe(true);
    const shown = await sharp((await town.by((ctx) => town.evidence.readPicture(ctx, 'field-record', id, file.id))).bytes).metadata();
    expect([shown.width, shown.height, shown.exif, shown.xmp]).toEqual([40, 20, undefined, undefined]);
    const note = await attach(id, Buffer.from('聞き取り'), 'メモ.txt');
    await expect(town.by((ctx) => town.evidence.readPicture(ctx, 'field-record', id, note.id))).rejects.toBeInstanceOf(NotFound);
  });

  it('stand in an order that is changed, with words that are changed as they were seen', async () => {
    const id = await add();
    const [a, b] = [await attach(id, await picture(1), 'a.png'), await attach(id, await picture(2), 'b.png')];
    await attach(id, await picture(3), 'c.png');
    const names = async (): Promise<string> => (await town.by((ctx) => town.evidence.list(ctx, 'field-record', id))).map((one) => one.fileName).join(' ');
    const move = (file: string, direction: 'up' | 'down'): Promise<void> => town.by((ctx) => town.evidence.move(ctx, 'field-record', id, file, direction));
    await move(b.id, 'up');
    expect(await names()).toBe('b.png a.png c.png');
    await move(b.id, 'up');
    await move(a.id, 'down');
    expect(await names()).toBe('b.png c.png a.png');
    const describe = (seen: number, caption: string, alt = ''): Promise<void> => town.by((ctx) => town.evidence.describe(ctx, 'field-record', id, a.id, seen, { caption, alt }));
    await describe(1, '入口の扉', '鍵の掛かっていない扉');
    await expect(describe(1, 'ほかの説明')).rejects.toMatchObject({ kind: 'conflict', sides: { current: { caption: '入口の扉', alt: '鍵の掛かっていない扉' }, currentVersion: 2 } });
    expect(await problemsOf(describe(2, 'あ'.repeat(201), 'い\nう'))).toEqual(['caption:answer-too-long', 'alt:line-broken']);
    expect((await town.by((ctx) => town.evidence.list(ctx, 'field-record', id)))[2]).toMatchObject({ caption: '入口の扉', alt: '鍵の掛かっていない扉', version: 2 });
    await expect(town.by((ctx) => town.evidence.describe(ctx, 'finding', id, a.id, 2, { caption: '', alt: '' }))).rejects.toBeInstanceOf(NotFound);
    expect((await town.by((ctx) => history(ctx, { kind: 'field-record', id }))).map((one) => one.action).slice(0, 2)).toEqual(['audit-evidence-described', 'audit-evidence-moved']);
  });

  it('on which a decided finding rests are not taken away; more may be put beside them', async () => {
    const id = await add();
    await attach(id, await picture(1));
    const finding = await town.finding(audit);
    await town.database.query(`insert into finding_evidence (id, organisation_id, finding_id, kind, target_id, target, label, position) values (gen_random_uuid(), $1, $2, 'record', $3, '', 'x', 1)`, [town.town.organisation, finding, id]);
    expect((await town.by((ctx) => town.records.forTakingFiles(ctx, id))).id).toBe(id);
    await town.database.query(`update finding set stage = 'decided' where id = $1`, [finding]);
    await expect(town.by((ctx) => town.records.forTakingFiles(ctx, id))).rejects.toMatchObject({ code: 'cited', problems: [expect.objectContaining({ href: `/findings/${finding}` })] });
    expect((await town.by((ctx) => town.records.forFiles(ctx, id))).id).toBe(id);
    expect((await town.by((ctx) => town.records.of(ctx, audit))).map((one) => [one.files, one.findings])).toEqual([[1, 1]]);
  });

  it('that are no evidence are refused: kind, emptiness, a broken picture, the 21st', async () => {
    const id = await add();
    const codes = (bytes: Uint8Array): Promise<string[]> => problemsOf(attach(id, bytes));
    expect(await codes(Buffer.alloc(0))).toEqual(['file:evidence-empty']);
    expect(await codes(Buffer.from('<html><script>x</script></html>'))).toEqual(['file:evidence-kind']);
    expect(await codes(Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), Buffer.alloc(40)]))).toEqual(['file:image-damaged']);
    for (let n = 0; n < 20; n += 1) await attach(id, Buffer.from(`資料${n}`), `${n}.txt`);
    expect(await codes(Buffer.from('資料20'))).toEqual(['file:evidence-too-many']);
    expect(await problemsOf(attach(id, Buffer.from('x'), 'x.txt', 'あ'.repeat(201)))).toEqual(['caption:answer-too-long']);
  });
});
