/**
 * Reads `templates/forms/<code>/<version>.yaml`, checks everything and freezes it.
 * The only file of the engine that touches the disk.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { Invalid } from '../kernel/errors.js';
import { checkAcrossForms, checkFormVersions, formCheck, type ContentProblem } from './content.js';
import { indexForm, type CompiledForm } from './form-index.js';
import type { FormDefinition } from './form.js';

export interface LoadedForm {
  readonly definition: FormDefinition;
  readonly compiled: CompiledForm;
  /** `full/2024-10.yaml`, below the folder of forms. */
  readonly file: string;
  /** SHA-256 of the file, hex. */
  readonly sha256: string;
}

/** Most characters of one file. */
const MOST_CHARACTERS = 4_000_000;
const RELEASED = 'released.json';

/** Everything that could be read, and everything that is wrong. */
export function readForms(folder: string): { forms: LoadedForm[]; problems: ContentProblem[] } {
  const problems: ContentProblem[] = [];
  const check = formCheck(JSON.parse(readFileSync(join(folder, 'schemas', 'form.schema.json'), 'utf8')) as object);
  const sound: { definition: FormDefinition; file: string; sha256: string }[] = [];
  const hashes = new Map<string, string>();
  for (const file of formFiles(folder)) {
    const source = readFileSync(join(folder, 'forms', file));
    const sha256 = createHash('sha256').update(source).digest('hex');
    hashes.set(file, sha256);
    const parsed = parseForm(source.toString('utf8'), file);
    problems.push(...parsed.problems);
    if (parsed.problems.length > 0) continue;
    const found = [...check(parsed.definition, file)];
    const definition = parsed.definition as FormDefinition;
    if (found.length === 0 && file !== `${definition.form}/${definition.version}.yaml`) {
      found.push({ file, path: '/version', reason: `ファイルの場所が様式と版に合いません。「${definition.form}/${definition.version}.yaml」に置いてください。` });
    }
    problems.push(...found);
    if (found.length === 0) sound.push({ definition: deepFreeze(definition), file, sha256 });
  }
  problems.push(...checkFormVersions(sound), ...releasedProblems(folder, hashes));
  // A form that could not be read may be the one that is meant.
  if (sound.length === hashes.size) problems.push(...checkAcrossForms(sound));
  return { forms: sound.map((one) => Object.freeze({ ...one, compiled: indexForm(one.definition) })), problems };
}

/**
 * Writes the checksums of versions not yet in `forms/released.json`; from then on those files may not change.
 * @returns the versions that were added
 * @throws Invalid `content-invalid` when a released version has changed
 */
export function releaseChecksums(folder: string): string[] {
  const hashes = new Map(formFiles(folder).map((file) => [file, createHash('sha256').update(readFileSync(join(folder, 'forms', file))).digest('hex')]));
  const changed = releasedProblems(folder, hashes);
  if (changed.length > 0) throw new Invalid('content-invalid', changed.map(({ file, reason }) => `${file}：${reason}`).join('\n'));
  const before = readReleased(folder);
  const after = Object.fromEntries([...new Map([...Object.entries(before), ...hashes])].sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(join(folder, 'forms', RELEASED), `${JSON.stringify(after, null, 2)}\n`);
  return Object.keys(after).filter((file) => !Object.hasOwn(before, file));
}

function releasedProblems(folder: string, hashes: ReadonlyMap<string, string>): ContentProblem[] {
  return Object.entries(readReleased(folder)).flatMap(([file, sha256]) => {
    const now = hashes.get(file);
    if (now === sha256) return [];
    return [{ file, path: '', reason: now === undefined ? '公開済みの版が見つかりません。元に戻してください。' : '公開済みの版が書き換えられています。元に戻し、変更は新しい版のファイルに書いてください。' }];
  });
}

function readReleased(folder: string): Record<string, string> {
  const file = join(folder, 'forms', RELEASED);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
}

/** `<code>/<version>.yaml`; tables (`table.<version>.yaml`) and translations (`<version>.<language>.yaml`) are read elsewhere. */
function formFiles(folder: string): string[] {
  return readdirSync(join(folder, 'forms'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).flatMap(({ name }) =>
    readdirSync(join(folder, 'forms', name)).filter((file) => /^[^.]+\.yaml$/u.test(file)).map((file) => `${name}/${file}`)).sort();
}

function parseForm(source: string, file: string): { definition: unknown; problems: ContentProblem[] } {
  if (source.length > MOST_CHARACTERS) return { definition: null, problems: [{ file, path: '', reason: `ファイルが大きすぎます（${MOST_CHARACTERS.toLocaleString('ja-JP')}文字まで）。` }] };
  const document = parseDocument(source, { uniqueKeys: true, version: '1.2' });
  const problems = document.errors.map((error): ContentProblem => ({ file, path: `${error.linePos?.[0]?.line ?? '?'}行目`, reason: `YAMLとして読めません（${error.message.split('\n')[0] ?? ''}）。` }));
  if (problems.length > 0) return { definition: null, problems };
  try {
    return { definition: document.toJS({ maxAliasCount: 1_000 }) as unknown, problems: [] };
  } catch (error) {
    return { definition: null, problems: [{ file, path: '', reason: `YAMLとして読めません（${(error as Error).message}）。` }] };
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const one of Object.values(value)) deepFreeze(one);
  }
  return value;
}
