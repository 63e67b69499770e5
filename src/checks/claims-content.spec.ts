import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readForms, readSchema } from '../engine/content-loader.js';
import { inProject } from '../kernel/root.js';
import { claimItems } from './claims.js';
import { claimsCheck, readClaims } from './claims-content.js';

const templates = inProject('templates');
const { forms } = readForms(templates);
const check = claimsCheck(readSchema(templates, 'claims'), forms.map((one) => one.compiled), new Set(['outsourcing']));

const choice = (more: object = {}): object => ({
  code: 'claimed-use', label: '情報連携', group: '連携', kind: 'choice', options: [{ code: 'used', label: '実施する' }], in: { full: { used: { item: 'network-use', is: 'used' } } }, ...more,
});
const reasons = (...claims: object[]): string[] => check({ version: '2026-04', title: '事実', claims }).map(({ path, reason }) => `${path} ${reason}`);

describe('the claims of the product', () => {
  const { claims, problems } = readClaims(templates, forms);

  it('are sound', () => {
    expect(problems).toEqual([]);
    expect(claims.definition.claims).toHaveLength(40);
  });

  it('are read from every version of every statutory form', () => {
    expect([...claims.byForm.keys()].filter((key) => !key.startsWith('threshold')).sort()).toEqual(['basic/2019-01', 'basic/2024-10', 'full/2024-10', 'priority/2024-10']);
  });

  it('have codes of their own', () => {
    const codes = claimItems(claims).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.every((code) => code.startsWith('claimed-'))).toBe(true);
  });
});

describe('claims are refused with place and reason', () => {
  it('a sound one is not', () => {
    expect(reasons(choice())).toEqual([]);
  });

  it('an item, an option, a group that is not there', () => {
    expect(reasons(choice({ in: { full: { used: { item: 'network-usage', is: 'used' } } } }))).toEqual(['/claims/0/in/full/used（claimed-use） 全項目評価書 2024-10：条件にある「network-usage」という項目はありません。']);
    expect(reasons(choice({ in: { full: { used: { item: 'network-use', is: 'sometimes' } } } }))[0]).toContain('選択肢にありません');
    expect(reasons(choice({ in: { full: { used: { some: 'files', holds: { item: 'network-use', is: 'used' } } } } }))[0]).toContain('「files」');
    expect(reasons(choice({ in: { full: { used: { item: 'outsourcing-use', is: 'outsourced' } } } }))[0]).toContain('「every」か「some」を使ってください');
  });

  it('an item that only one version of the form asks', () => {
    expect(reasons(choice({ in: { basic: { used: { item: 'human-error-adequacy', answered: true } } } }))).toEqual([expect.stringContaining('基礎項目評価書 2019-01：条件にある「human-error-adequacy」')]);
    expect(reasons(choice({ in: { 'basic/2024-10': { used: { item: 'human-error-adequacy', answered: true } } } }))).toEqual([]);
  });

  it('a form or version that is not there', () => {
    expect(reasons(choice({ in: { full: { used: { item: 'network-use', is: 'used' } }, 'full/2030-04': { used: { item: 'network-use', is: 'used' } } } }))[0]).toContain('「full/2030-04」という様式又は様式の版はありません');
  });

  it('options without a condition, conditions without an option, the reserved code', () => {
    expect(reasons(choice({ options: [{ code: 'used', label: '実施する' }, { code: 'not-used', label: '実施しない' }] }))[0]).toContain('選択肢「not-used」の条件');
    expect(reasons(choice({ options: [{ code: 'used', label: '実施する' }, { code: 'used', label: '実施' }] }))[0]).toContain('選択肢「used」が2度');
    expect(reasons(choice({ in: { full: { used: { item: 'network-use', is: 'used' }, undecided: { item: 'network-use', is: 'undecided' } } } }))[0]).toContain('「undecided」という選択肢はありません');
    expect(reasons(choice({ options: [{ code: 'not-stated', label: 'ない' }], in: { full: { 'not-stated': { item: 'network-use', answered: false } } } }))[0]).toContain('「not-stated」は、記載欄のない様式のために');
  });

  it('a malformed condition', () => {
    expect(reasons(choice({ in: { full: { used: { item: 'network-use', equals: 'used' } } } }))).toEqual(['/claims/0/in/full/used（claimed-use） 全項目評価書 2024-10：「equals」という比べ方はありません。']);
  });

  it('a row whose name item is elsewhere', () => {
    const links = { in: { full: { used: { item: 'system-links', answered: true } } } };
    expect(reasons(choice({ ...links, row: { group: 'system', named: 'system-name' } }))).toEqual([]);
    expect(reasons(choice({ ...links, row: { group: 'system', named: 'file-name' } }))[0]).toContain('「file-name」は、「system」の行の名称を書く項目ではありません');
    expect(reasons(choice({ ...links, row: { group: 'system-name', named: 'system-name' } }))[0]).toContain('「system-name」という行の集まりはありません');
  });

  it('numbers and names of items that have none', () => {
    const number = (entry: object): object => ({ code: 'claimed-count', label: '数', group: '数', kind: 'number', unit: '件', in: { full: entry } });
    expect(reasons(number({ rows: 'outsourcing' }))).toEqual([]);
    expect(reasons(number({ rows: 'network-use' }))[0]).toContain('「network-use」という行の集まりはありません');
    expect(reasons(number({ number: 'outsourcing' }))[0]).toContain('「outsourcing」という数値の項目はありません');
    expect(reasons({ code: 'claimed-name', label: '名称', group: '名称', kind: 'names', in: { full: ['system-name', 'network-use'] } })).toEqual([expect.stringContaining('/claims/0/in/full/1（claimed-name） 全項目評価書 2024-10：「network-use」という名称を書く項目')]);
  });

  it('a code of the register, a code used twice, also by the agreement of another', () => {
    expect(reasons(choice({ code: 'outsourcing' }))[0]).toContain('システム台帳か統制の目録の項目に使われています');
    expect(reasons(choice(), choice())[0]).toContain('「claimed-use」が2度');
    expect(reasons(choice({ across: true }), choice({ code: 'claimed-use-across' }))[0]).toContain('「claimed-use-across」が2度');
  });

  it('a wrong shape', () => {
    expect(check({ version: '2026-04', title: '事実', claims: [] })).toEqual([{ path: '/claims', reason: '空にはできません。' }]);
    expect(reasons(choice({ label: undefined, labels: 'x' })).length).toBeGreaterThan(0);
    expect(reasons({ ...choice(), kind: 'checks' })[0]).toContain('「checks」は知らない種類です');
    expect(reasons(choice({ across: false })).length).toBeGreaterThan(0);
    expect(check(null).length).toBeGreaterThan(0);
  });
});

describe('a folder of claims', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenken-claims-'));
    for (const part of ['schemas', 'systems', 'controls', 'claims']) cpSync(join(templates, part), join(folder, part), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gives the newest version', () => {
    writeFileSync(join(folder, 'claims', '2027-04.yaml'), JSON.stringify({ version: '2027-04', title: '事実', claims: [choice()] }));
    expect(readClaims(folder, forms)).toMatchObject({ problems: [], claims: { definition: { version: '2027-04' } } });
  });

  it('refuses a file under the wrong name, one that is no YAML, and a code of a control', () => {
    writeFileSync(join(folder, 'claims', '2027-04.yaml'), JSON.stringify({ version: '2028-04', title: '事実', claims: [choice({ code: 'access-log' })] }));
    writeFileSync(join(folder, 'claims', '2029-04.yaml'), 'claims: [');
    const { claims, problems } = readClaims(folder, forms);
    expect(problems.map(({ file }) => file)).toEqual(expect.arrayContaining(['claims/2027-04.yaml', 'claims/2029-04.yaml']));
    expect(problems.find(({ file }) => file === 'claims/2027-04.yaml')?.reason).toContain('「access-log」は、システム台帳か統制の目録');
    expect(claims.items).toEqual([]);
  });

  it('refuses a folder without claims', () => {
    rmSync(join(folder, 'claims'), { recursive: true });
    expect(readClaims(folder, forms).problems).toEqual([expect.objectContaining({ file: 'claims' })]);
  });
});
