import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { loadContent } from '../src/assessments/content.js';
import { importText } from '../src/assessments/import/import-text.js';
import { readExchange, writeExchange } from '../src/assessments/exchange.js';
import { seedDemoCity } from '../src/demo/city.js';
import { ENTITIES } from '../src/entities.js';
import { systemClock } from '../src/kernel/clock.js';
import { openDatabase } from '../src/kernel/database.js';
import { inProject } from '../src/kernel/root.js';
import { testDatabase } from './test-database.js';

interface Ended { status: number; out: string; err: string }

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'tenken-cli-')); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tenken = (...words: string[]): Promise<Ended> => tenkenOn({}, ...words);
const tenkenOn = (env: Record<string, string>, ...words: string[]): Promise<Ended> => new Promise((resolve) => {
  execFile(process.execPath, [inProject('dist', 'src', 'cli', 'main.js'), ...words], { cwd: folder, env: { ...process.env, TENKEN_DATA: join(folder, 'data'), ...env }, maxBuffer: 64 * 1024 * 1024 },
    (error, out, err) => resolve({ status: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, out, err }));
});
const json = <T>(ended: Ended): T => JSON.parse(ended.out) as T;

/** The vectors of the threshold (N, H, X → result), as the table of the regime has them. */
const VECTORS: [number, number, boolean, string][] = [
  [999, 5000, true, 'none'], [1000, 10, false, 'basic'], [9999, 600, true, 'basic'], [10000, 499, false, 'basic'], [10000, 500, false, 'priority'],
  [99999, 0, true, 'priority'], [100000, 499, false, 'priority'], [100000, 500, false, 'full'], [299999, 1, true, 'full'], [300000, 1, false, 'full'],
];

describe('tenken threshold', () => {
  it.each(VECTORS)('%i people, %i handlers, incident %s → %s', async (people, handlers, incident, result) => {
    const ended = await tenken('threshold', '--people', String(people), '--handlers', String(handlers), '--incident', incident ? 'yes' : 'no', '--json');
    expect(ended.status).toBe(0);
    const said = json<{ result: string; row: { basis: string }; next: { fact: string; words: string }[] }>(ended);
    expect(said.result).toBe(result);
    expect(said.row.basis).not.toBe('');
    expect(Array.isArray(said.next)).toBe(true);
  });

  it('names a number that cannot be read and exits with 1', async () => {
    const ended = await tenken('threshold', '--people', 'many', '--handlers', '1', '--incident', 'maybe', '--json');
    expect(ended.status).toBe(1);
    expect(json<{ error: { problems: { path: string; message: string }[] } }>(ended).error.problems[0]).toMatchObject({ path: '--people', message: expect.stringContaining('many') as string });
    const inWords = await tenken('threshold', '--people', '10', '--handlers', '1', '--incident', 'maybe');
    expect([inWords.status, inWords.err]).toEqual([1, expect.stringContaining('--incident は yes か no')]);
  });
});

describe('tenken content check', () => {
  it('finds nothing wrong with the content that is shipped', async () => {
    const ended = await tenken('content', 'check', '--json');
    expect(ended.status).toBe(0);
    const said = json<{ forms: { form: string }[]; ruleSets: { file: string; ruleSet: string; version: string; rules: number }[]; problems: unknown[] }>(ended);
    expect(said.problems).toEqual([]);
    expect(said.ruleSets.map((one) => one.file)).toEqual(said.ruleSets.map(({ ruleSet, version }) => `rule-sets/${ruleSet}/${version}.yaml`));
    expect(said.ruleSets.reduce((sum, one) => sum + one.rules, 0)).toBeGreaterThanOrEqual(120);
    expect([...new Set(said.forms.map((one) => one.form))].sort()).toEqual(['basic', 'full', 'priority', 'threshold']);
  });
});

describe('tenken assessment', () => {
  const fixture = inProject('test', 'fixtures', 'import', 'priority-table.md');

  /** The fixture as an exchange file. */
  function exchangeFile(): string {
    const definitions = loadContent(inProject('templates')).forms.map((one) => one.definition).filter((one) => one.form !== 'threshold');
    const read = importText(readFileSync(fixture), definitions);
    const file = join(folder, 'priority.json');
    writeFileSync(file, writeExchange({ form: read.form, version: read.version, title: '税務の事務　重点項目評価書', answerSet: read.answerSet, images: [] }));
    return file;
  }

  it('import --dry-run reports what was placed and saves nothing', async () => {
    const ended = await tenken('assessment', 'import', fixture, '--dry-run', '--json');
    expect(ended.status).toBe(0);
    const { report, id } = json<{ id: null; report: { totalCharacters: number; placedCharacters: number; placedShare: number; unplaced: unknown[]; doubts: unknown[] } }>(ended);
    expect(id).toBe(null);
    expect(report.placedShare).toBe(report.placedCharacters / report.totalCharacters);
    expect(report.placedShare).toBeGreaterThan(0.97);
    expect([Array.isArray(report.unplaced), Array.isArray(report.doubts)]).toEqual([true, true]);
  });

  it('check prints the list of problems, each with code, path, message and href', async () => {
    const ended = await tenken('assessment', 'check', exchangeFile(), '--json');
    const problems = json<Record<string, string>[]>(ended);
    expect(ended.status).toBe(problems.length > 0 ? 1 : 0);
    for (const one of problems) expect(Object.keys(one).sort()).toEqual(['code', 'href', 'message', 'path']);
  });

  it('render writes a PDF that reads back with its title', async () => {
    const ended = await tenken('assessment', 'render', exchangeFile(), '--out', join(folder, 'out'), '--json');
    expect(ended.status).toBe(0);
    const { file, pages } = json<{ file: string; pages: number }>(ended);
    const pdf = await getDocument({ data: new Uint8Array(readFileSync(file)), verbosity: 0 }).promise;
    expect(pdf.numPages).toBe(pages);
    expect(((await pdf.getMetadata()).info as { Title: string }).Title).toBe('税務の事務　重点項目評価書');
  });

  it('a damaged exchange file is refused with its place, by every command', async () => {
    const file = join(folder, 'cut.json');
    writeFileSync(file, readFileSync(exchangeFile(), 'utf8').slice(0, 900));
    for (const words of [['check', file], ['render', file, '--out', folder], ['import', file, '--dry-run']]) {
      const ended = await tenken('assessment', ...words, '--json');
      expect(ended.status).toBe(1);
      expect(json<{ error: { message: string; problems: { message: string }[] } }>(ended).error.problems.map((one) => one.message).join()).toMatch(/行/u);
    }
    const absent = await tenken('assessment', 'check', join(folder, 'absent.json'), '--json');
    expect(absent.status).toBe(1);
  });
});

describe('tenken on a database', () => {
  it('import keeps a document, export gives the same answers back, journal verify finds a changed entry', async () => {
    const base = await testDatabase();
    const database = await openDatabase(base.url, ENTITIES, { connections: 2 });
    try {
      await seedDemoCity(database, systemClock);
      const env = { DATABASE_URL: base.url };
      const fixture = inProject('test', 'fixtures', 'import', 'basic-table.html');
      const kept = await tenkenOn(env, 'assessment', 'import', fixture, '--department', '子育て支援課', '--title', '取り込んだ評価書', '--json');
      expect([kept.status, kept.err]).toEqual([0, '']);
      const { id } = json<{ id: string }>(kept);

      const exported = await tenkenOn(env, 'assessment', 'export', id);
      expect(exported.status).toBe(0);
      const definitions = loadContent(inProject('templates')).forms.map((one) => one.definition);
      const document = readExchange(exported.out, definitions);
      const read = importText(readFileSync(fixture), definitions.filter((one) => one.form !== 'threshold'));
      expect(document.title).toBe('取り込んだ評価書');
      expect(document.answerSet.answers).toEqual(read.answerSet.answers);

      const unknown = await tenkenOn(env, 'assessment', 'import', fixture, '--department', 'ない課', '--json');
      expect([unknown.status, json<{ error: { code: string } }>(unknown).error.code]).toEqual([1, 'department-unclear']);

      const verified = await tenkenOn(env, 'journal', 'verify', '--json');
      expect([verified.status, json<{ problems: unknown[] }>(verified).problems]).toEqual([0, []]);
      await database.query('alter table journal_entry disable trigger journal_entry_fixed');
      await database.query(`update journal_entry set content = replace(content, '取り込んだ評価書', 'ほかの評価書') where action = 'assessment-created'`);
      const changed = await tenkenOn(env, 'journal', 'verify', '--json');
      expect([changed.status, json<{ problems: { code: string }[] }>(changed).problems.map((one) => one.code)]).toEqual([1, ['journal-changed']]);
    } finally {
      await database.destroy();
      await base.drop();
    }
  });
});
