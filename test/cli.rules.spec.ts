import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inProject } from '../src/kernel/root.js';
import { ruleOf } from './checked-organisation.js';

interface Ended { status: number; out: string; err: string }
interface Line { system: string; key: string; ruleSet: string; rule: string; viewpoint: string; severity: string; result: string; explanation: string; missing: string[] }
interface Failure { error: { code: string; message: string; problems: { code: string; path: string; message: string }[] } }

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'tenken-cli-rules-')); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tenken = (...words: string[]): Promise<Ended> => new Promise((resolve) => {
  execFile(process.execPath, [inProject('dist', 'src', 'cli', 'main.js'), ...words], { cwd: folder, env: { ...process.env, TENKEN_DATA: join(folder, 'data'), DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/nothing' }, maxBuffer: 64 * 1024 * 1024 },
    (error, out, err) => resolve({ status: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, out, err }));
});
const json = <T>(ended: Ended): T => JSON.parse(ended.out) as T;
const fixture = (state: 'found' | 'renewed'): string => inProject('test', 'fixtures', 'systems', `osaka-prefecture.${state}.json`);
const DAY = ['--today', '2026-11-20'];
const SETS = ['administrative-audit', 'consistency', 'my-number-audit', 'safety-measures'];

/** The fixture with a change, as a file of its own. */
function changed(name: string, change: (file: { systems: { name: string; key: string; declarations: Record<string, { value: unknown; declaredOn?: string }>; register: Record<string, unknown> }[] }) => void): string {
  const file = JSON.parse(readFileSync(fixture('renewed'), 'utf8')) as Parameters<typeof change>[0];
  change(file);
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify(file));
  return path;
}

describe('tenken check', () => {
  // 大阪府 平成29年度情報セキュリティ等監査: the detections 1(1)–1(7) and 2, see test/osaka-prefecture.spec.ts.
  it('finds the eight observations of the Osaka prefecture document, no more and no fewer, and exits with 1', async () => {
    const ended = await tenken('check', fixture('found'), '--rule-set', 'my-number-audit', ...DAY, '--json');
    const lines = json<Line[]>(ended);
    expect([ended.status, ended.err]).toEqual([1, '']);
    expect(lines.filter((one) => one.result === 'not-met').map((one) => one.rule).sort()).toEqual([
      'mn-access-log-reading', 'mn-access-right-unit', 'mn-acceptance-test', 'mn-input-second-person', 'mn-leaving-seat', 'mn-number-viewing', 'mn-paper-storage', 'mn-password-change',
    ].sort());
    const right = lines.find((one) => one.rule === 'mn-access-right-unit')!;
    expect(right).toEqual({
      system: '公費負担医療給付システム', key: 's1', ruleSet: 'my-number-audit', rule: 'mn-access-right-unit', viewpoint: 'necessary-access', severity: 'high', result: 'not-met',
      explanation: expect.stringMatching(/アクセス権限を設定する単位.*「端末ごと」/u) as string, missing: [],
    });
  });

  it('finds none after the renewal, and exits with 0', async () => {
    const ended = await tenken('check', fixture('renewed'), '--rule-set', 'my-number-audit', ...DAY, '--json');
    expect([ended.status, json<Line[]>(ended).filter((one) => one.result === 'not-met' || one.result === 'unknown')]).toEqual([0, []]);
  });

  it('takes all sets of the product without a choice; what looks at assessments is 対象外', async () => {
    const lines = json<Line[]>(await tenken('check', fixture('renewed'), ...DAY, '--json'));
    expect([...new Set(lines.map((one) => one.ruleSet))].sort()).toEqual(SETS);
    const consistency = lines.filter((one) => one.ruleSet === 'consistency');
    expect(new Set(consistency.map((one) => one.result))).toEqual(new Set(['not-applicable']));
    expect(consistency[0]!.explanation).toContain('評価書がないため対象外');
  });

  it('tells a person per system what fails and what is missing, with counts', async () => {
    const { status, out } = await tenken('check', fixture('found'), '--rule-set', 'my-number-audit', ...DAY);
    expect(status).toBe(1);
    expect(out).toContain('公費負担医療給付システム（s1）　不適合 8、未確認 0、');
    expect(out.match(/^ {2}× /gmu)).toHaveLength(8);
    expect(out).toMatch(/× アクセス権限は利用者ごとに設定する（my-number-audit mn-access-right-unit、重い）\n +アクセス権限を設定する単位/u);
    expect(out).not.toContain('✓');
  });

  it('names what is not declared, and says which declarations are too old to count', async () => {
    const path = changed('silent', ({ systems }) => {
      delete systems[0]!.declarations['access-right-unit'];
      systems[0]!.declarations['password-change'] = { value: systems[0]!.declarations['password-change']!.value, declaredOn: '2025-11-19' };
    });
    const ended = await tenken('check', path, '--rule-set', 'my-number-audit', ...DAY, '--json');
    expect(ended.status).toBe(0);
    const lines = json<Line[]>(ended).filter((one) => one.result === 'unknown');
    expect(lines.find((one) => one.rule === 'mn-access-right-unit')!.missing).toEqual(['access-right-unit']);
    expect(lines.find((one) => one.rule === 'mn-password-change')!.explanation).toContain('2025-11-19のもので、12か月を過ぎています');
  });

  it('passes over platforms: what they declare holds for the systems upon them', async () => {
    const path = changed('platform', (file) => {
      const { declarations } = file.systems[0]!;
      const { 'malware-protection': shared, ...own } = declarations;
      file.systems[0]!.declarations = own;
      (file.systems[0] as unknown as { inherits: string[] }).inherits = ['p1'];
      file.systems.push({ key: 'p1', kind: 'platform', name: '共通基盤', number: null, class: null, department: null, register: {}, uses: [], contracts: [], inherits: [], declarations: { 'malware-protection': shared! } } as never);
    });
    const ended = await tenken('check', path, '--rule-set', 'my-number-audit', ...DAY, '--json');
    expect(new Set(json<Line[]>(ended).map((one) => one.key))).toEqual(new Set(['s1']));
    expect(json<Line[]>(ended).filter((one) => one.result === 'unknown')).toEqual([]);
  });

  it('refuses a file with every problem at its JSON pointer', async () => {
    const path = changed('wrong', ({ systems }) => {
      systems[0]!.declarations['access-right-unit'] = { value: 'per-planet' };
      systems[0]!.declarations['no-such-control'] = { value: 'x' };
      systems[0]!.register.people = -3;
    });
    const ended = await tenken('check', path, ...DAY, '--json');
    expect(ended.status).toBe(1);
    const { problems } = json<Failure>(ended).error;
    for (const place of ['/systems/0/declarations/access-right-unit', '/systems/0/declarations/no-such-control', '/systems/0/register/people']) expect(problems.map((one) => one.path).join('\n')).toContain(place);
    const inWords = await tenken('check', path, ...DAY);
    expect([inWords.status, inWords.out]).toEqual([1, '']);
    expect(inWords.err).toContain('/systems/0/declarations/no-such-control');
  });

  it.each<[string, string[], RegExp]>([
    ['an unknown rule set', ['--rule-set', 'my-numbr'], /my-number-audit（マイナンバー監査の着眼点）/u],
    ['a day that is none', ['--today', '2026-02-30'], /2026-11-20/u],
  ])('refuses %s and says what to write', async (_what, words, told) => {
    const ended = await tenken('check', fixture('found'), ...words, '--json');
    expect(ended.status).toBe(1);
    const [problem] = json<Failure>(ended).error.problems;
    expect(problem).toMatchObject({ path: words[0], message: expect.stringMatching(told) as string });
  });

  it('refuses a file that is not there, that is no JSON, and an assessment', async () => {
    writeFileSync(join(folder, 'cut.json'), readFileSync(fixture('found'), 'utf8').slice(0, 700));
    writeFileSync(join(folder, 'other.json'), JSON.stringify({ format: 'tenken-assessment', formatVersion: 1 }));
    for (const [file, told] of [['absent.json', 'ファイルがありません'], ['cut.json', 'JSONとして読めません'], ['other.json', 'tenken-systems']] as const) {
      const ended = await tenken('check', join(folder, file), '--json');
      expect([file, ended.status, json<Failure>(ended).error.problems.map((one) => one.message).join()]).toEqual([file, 1, expect.stringContaining(told)]);
    }
  });

  it('prints a list that is longer than one piece as one JSON text', async () => {
    const path = changed('many', (file) => {
      const [first] = file.systems;
      file.systems = Array.from({ length: 60 }, (_, n) => ({ ...first!, key: `s${n}`, name: `システム${n}`, number: n + 1 }) as never);
    });
    const lines = json<Line[]>(await tenken('check', path, ...DAY, '--json'));
    expect(new Set(lines.map((one) => one.key)).size).toBe(60);
    expect(lines.length % 60).toBe(0);
    expect(lines.length).toBeGreaterThan(60 * 120);
  });

  it('says in its help when it exits with 1', async () => {
    expect((await tenken('check', '--help')).out).toContain('不適合があるとき');
  });
});

describe('tenken rules', () => {
  it('lists every rule of the product as exactly {ruleSet, code, viewpoint, severity, basis}', async () => {
    const ended = await tenken('rules', 'list', '--json');
    expect(ended.status).toBe(0);
    const listed = json<Record<string, unknown>[]>(ended);
    expect(listed.length).toBeGreaterThanOrEqual(120);
    for (const one of listed) expect(Object.keys(one)).toEqual(['ruleSet', 'code', 'viewpoint', 'severity', 'basis']);
    expect([...new Set(listed.map((one) => one.ruleSet))].sort()).toEqual(SETS);
    const { rule } = ruleOf('my-number-audit', 'mn-access-right-unit');
    expect(listed.find((one) => one.code === rule.code)).toEqual({ ruleSet: 'my-number-audit', code: rule.code, viewpoint: rule.viewpoint, severity: rule.severity, basis: rule.basis });
    expect(rule.basis.length).toBeGreaterThan(0);
  });

  it('lists them as tables, one for each set, with every rule on a line of its own', async () => {
    const { status, out } = await tenken('rules', 'list');
    const listed = json<{ code: string }[]>(await tenken('rules', 'list', '--json'));
    expect(status).toBe(0);
    expect(out).toMatch(/^mn-access-right-unit {2,}\(2\) {2,}重い {2,}アクセス権限は利用者ごとに設定する$/mu);
    for (const { code } of listed) expect(out.match(new RegExp(`^${code} `, 'gmu'))).toHaveLength(1);
  });

  it('explains a rule in words', async () => {
    const { status, out } = await tenken('rules', 'explain', 'mn-access-right-unit');
    expect(status).toBe(0);
    expect(out).toContain('アクセス権限は利用者ごとに設定する（mn-access-right-unit）');
    expect(out).toContain('求めること：「アクセス権限を設定する単位」が「利用者ごと」であること。');
    const words = json<{ code: string; expects: string; basis: string[] }>(await tenken('rules', 'explain', 'mn-access-right-unit', '--json'));
    expect(words).toMatchObject({ code: 'mn-access-right-unit', expects: '「アクセス権限を設定する単位」が「利用者ごと」であること。' });
    expect(words.basis).toEqual(ruleOf('my-number-audit', 'mn-access-right-unit').rule.basis.map(({ document, article, item }) => [document, article, item].filter((one) => one !== undefined).join(' ')));
  });

  it('offers the codes that may have been meant', async () => {
    const ended = await tenken('rules', 'explain', 'mn-acess-right-unit', '--json');
    expect(ended.status).toBe(1);
    expect(json<Failure>(ended).error.problems).toEqual([{ code: 'rule-unknown', path: 'mn-acess-right-unit', message: expect.stringContaining('mn-access-right-unit') as string }]);
    expect((await tenken('rules', 'explain', 'zzzzzzzz')).err).toContain('tenken rules list');
  });
});
