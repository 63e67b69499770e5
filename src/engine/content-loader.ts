/**
 * Content on the disk: files of definitions under `templates/`, one per version, read, checked and frozen; forms and catalogues; and
 * the checksums of the versions that were released. The only file of the engine that touches the disk.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { Invalid } from '../kernel/errors.js';
import { checkAcrossForms, checkFormVersions, formCheck, type ContentProblem } from './content.js';
import { catalogueFaults } from './fact-catalogue.js';
import { indexForm, type CompiledForm } from './form-index.js';
import type { Code, FormDefinition } from './form.js';

/**
 * Folders of definitions. `codes`: `<code>/<version>.yaml`, `versions`: `<version>.yaml`. Other names there (tables
 * `table.<version>.yaml`, translations `<version>.<language>.yaml`) are read elsewhere.
 */
const LAYOUTS = { forms: 'codes', systems: 'versions', controls: 'versions', 'rule-sets': 'codes', claims: 'versions', 'risk-matrix': 'versions', questionnaires: 'codes', tabulations: 'codes', audits: 'versions', findings: 'versions', 'report-sections': 'versions' } as const;
export type ContentFolder = keyof typeof LAYOUTS;
export const CONTENT_FOLDERS = Object.keys(LAYOUTS) as ContentFolder[];

/** Most characters of one file. */
const MOST_CHARACTERS = 4_000_000;
const RELEASED = 'released.json';
const FILE = /^[^.]+\.yaml$/u;

export interface Definition<T> {
  readonly definition: T;
  /** Forms: below their folder (`full/2024-10.yaml`); others: below `templates/` (`controls/2026-04.yaml`). */
  readonly file: string;
  /** SHA-256 of the file, hex. */
  readonly sha256: string;
}

export interface Definitions<T> {
  sound: Definition<T>[];
  problems: ContentProblem[];
  /** Every file could be read and is sound. */
  complete: boolean;
}

/**
 * Reads every definition of a folder and compares it with its released checksum.
 * @param check what is wrong with a definition by itself
 * @param placeOf where a sound definition belongs, below the folder
 */
export function readDefinitions<T>(templates: string, folder: ContentFolder, check: (definition: unknown, file: string) => readonly ContentProblem[], placeOf: (definition: T) => string): Definitions<T> {
  const result: Definitions<T> = { sound: [], problems: [], complete: true };
  const hashes = new Map<string, string>();
  for (const place of filesOf(templates, folder)) {
    const file = shownAs(folder, place);
    const source = readFileSync(join(templates, folder, place));
    const sha256 = hashOf(source);
    hashes.set(place, sha256);
    const { definition, problems } = parseYaml(source.toString('utf8'), file);
    if (problems.length === 0) problems.push(...check(definition, file));
    if (problems.length === 0 && placeOf(definition as T) !== place) {
      problems.push({ file, path: '/version', reason: `ファイルの場所が種類と版に合いません。「${placeOf(definition as T)}」に置いてください。` });
    }
    if (problems.length === 0) result.sound.push({ definition: deepFreeze(definition as T), file, sha256 });
    else result.complete = false;
    result.problems.push(...problems);
  }
  result.problems.push(...releasedProblems(templates, folder, hashes));
  return result;
}

/** The JSON Schema `templates/schemas/<name>.schema.json`. */
export function readSchema(templates: string, name: string): object {
  return JSON.parse(readFileSync(join(templates, 'schemas', `${name}.schema.json`), 'utf8')) as object;
}

export interface LoadedForm extends Definition<FormDefinition> {
  readonly compiled: CompiledForm;
}

/** Everything that could be read, and everything that is wrong. */
export function readForms(folder: string): { forms: LoadedForm[]; problems: ContentProblem[] } {
  const read = readDefinitions<FormDefinition>(folder, 'forms', formCheck(readSchema(folder, 'form')), ({ form, version }) => `${form}/${version}.yaml`);
  // A form that could not be read may be the one that is meant.
  const across = read.complete ? checkAcrossForms(read.sound) : [];
  return { forms: read.sound.map(loaded), problems: [...read.problems, ...checkFormVersions(read.sound), ...across] };
}

export interface Catalogues {
  /** Versions of the register of systems, oldest first. */
  systems: LoadedForm[];
  /** Versions of the catalogue of controls, oldest first. */
  controls: LoadedForm[];
  problems: ContentProblem[];
}

/** Catalogues are forms whose items are facts: no conditions, no groups, nothing computed. */
export function readCatalogues(folder: string): Catalogues {
  const [systems, controls] = [readCatalogue(folder, 'systems', 'system'), readCatalogue(folder, 'controls', 'controls')];
  return { systems: systems.forms, controls: controls.forms, problems: [...systems.problems, ...controls.problems] };
}

function readCatalogue(folder: string, name: 'systems' | 'controls', code: Code): { forms: LoadedForm[]; problems: ContentProblem[] } {
  const check = formCheck(readSchema(folder, 'form'));
  const checkCatalogue = (definition: unknown, file: string): ContentProblem[] => {
    const problems = check(definition, file);
    if (problems.length > 0) return problems;
    const form = definition as FormDefinition;
    if (form.form !== code) problems.push({ file, path: '/form', reason: `「${code}」と書いてください。` });
    return [...problems, ...catalogueFaults(form).map((fault) => ({ file, ...fault }))];
  };
  const { sound, problems, complete } = readDefinitions<FormDefinition>(folder, name, checkCatalogue, ({ version }) => `${version}.yaml`);
  if (sound.length === 0 && complete) problems.push({ file: name, path: '', reason: `目録（${name}/<版>.yaml）がありません。` });
  return { forms: sound.map(loaded), problems: [...problems, ...checkFormVersions(sound)] };
}

function loaded(one: Definition<FormDefinition>): LoadedForm {
  return Object.freeze({ ...one, compiled: indexForm(one.definition) });
}

/**
 * Writes the checksums of versions not yet in `<folder>/released.json`; from then on those files may not change.
 * @returns the versions that were added, below the folder
 * @throws Invalid `content-invalid` when a released version has changed
 */
export function releaseChecksums(templates: string, folder: ContentFolder = 'forms'): string[] {
  const hashes = unchangedHashes(templates, folder);
  const before = readReleased(templates, folder);
  const added = [...hashes.keys()].filter((place) => !Object.hasOwn(before, place)).sort();
  if (added.length === 0) return [];
  const after = Object.fromEntries([...new Map([...Object.entries(before), ...hashes])].sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(join(templates, folder, RELEASED), `${JSON.stringify(after, null, 2)}\n`);
  return added;
}

/**
 * The same for every folder; nothing is written when a released version of any of them has changed.
 * @returns the versions that were added, below `templates/`
 */
export function releaseEverything(templates: string): string[] {
  for (const folder of CONTENT_FOLDERS) unchangedHashes(templates, folder);
  return CONTENT_FOLDERS.flatMap((folder) => releaseChecksums(templates, folder).map((place) => `${folder}/${place}`));
}

function unchangedHashes(templates: string, folder: ContentFolder): Map<string, string> {
  const hashes = hashesOf(templates, folder);
  const changed = releasedProblems(templates, folder, hashes);
  if (changed.length > 0) throw new Invalid('content-invalid', changed.map(({ file, reason }) => `${file}：${reason}`).join('\n'));
  return hashes;
}

function hashesOf(templates: string, folder: ContentFolder): Map<string, string> {
  return new Map(filesOf(templates, folder).map((place) => [place, hashOf(readFileSync(join(templates, folder, place)))]));
}

function releasedProblems(templates: string, folder: ContentFolder, hashes: ReadonlyMap<string, string>): ContentProblem[] {
  return Object.entries(readReleased(templates, folder)).flatMap(([place, sha256]) => {
    const now = hashes.get(place);
    if (now === sha256) return [];
    const reason = now === undefined ? '公開済みの版が見つかりません。元に戻してください。' : '公開済みの版が書き換えられています。元に戻し、変更は新しい版のファイルに書いてください。';
    return [{ file: shownAs(folder, place), path: '', reason }];
  });
}

function readReleased(templates: string, folder: ContentFolder): Record<string, string> {
  const file = join(templates, folder, RELEASED);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
}

/** Places of the definitions below the folder, in order; none when the folder is not there. */
function filesOf(templates: string, folder: ContentFolder): string[] {
  const path = join(templates, folder);
  if (!existsSync(path)) return [];
  if (LAYOUTS[folder] === 'versions') return readdirSync(path).filter((name) => FILE.test(name)).sort();
  return readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(join(path, name)).filter((file) => FILE.test(file)).map((file) => `${name}/${file}`)).sort();
}

function shownAs(folder: ContentFolder, place: string): string {
  return folder === 'forms' ? place : `${folder}/${place}`;
}

function hashOf(source: Buffer): string {
  return createHash('sha256').update(source).digest('hex');
}

/** A definition as it stands in a file; problems name the line. */
export function parseYaml(source: string, file: string): { definition: unknown; problems: ContentProblem[] } {
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
