/** The words by which headings and options are known in files (`templates/systems/import.words.yaml`), checked against the register's items. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import type { ContentProblem } from '../../engine/content.js';
import type { CompiledForm } from '../../engine/form-index.js';
import type { Code } from '../../engine/form.js';
import { Invalid } from '../../kernel/errors.js';

/** Fields of the register that are no items of its form. */
export const OWN_FIELDS = ['class', 'number', 'name', 'kind', 'owner', 'sections', 'terminals', 'use-department', 'use-sections', 'use-terminals', 'contracts', 'contract-clauses'] as const;
export type OwnField = (typeof OWN_FIELDS)[number];

export interface FieldWords {
  /** Heading in an export; storeys are joined by ／. */
  label: string;
  /** Headings that mean the field; with `under` only below one of those. */
  names: string[];
  under?: string[];
  /** Headings that mean the field wherever they stand, for a field with `under`. */
  alone?: string[];
}

export interface ImportWords {
  fields: Record<OwnField, FieldWords>;
  /** Item of the register → further headings. */
  items: Record<Code, string[]>;
  /** Option set → option → further words. */
  options: Record<Code, Record<Code, string[]>>;
  kinds: { system: string[]; platform: string[] };
  /** For counts and for 有無. */
  marks: { yes: string[]; no: string[]; blank: string[] };
  totals: string[];
  /** Texts of a lower storey that leave it to the storey above what the column is. */
  lower: string[];
}

export const WORDS_FILE = 'systems/import.words.yaml';

/** Folded for comparing: no widths, blanks, line ends, notes or units in brackets. */
export function foldHeading(text: string): string {
  const folded = text.normalize('NFKC').replace(/\s/gu, '').toLowerCase().replace(/^[※*■●]+|[※*]+\d*$/gu, '');
  return folded.replace(/\((?:単位[:：]?)?(?:課|台|件|人|部署|数|箇所|か所|ヶ所)\)$/u, '');
}

/** Storeys of a heading, folded and joined; a heading in one cell may hold them with ／. */
export const headingKey = (storeys: readonly string[]): string => storeysOf(storeys).join('/');
export const storeysOf = (storeys: readonly string[]): string[] => storeys.flatMap((one) => one.split(/[／/]/u)).map(foldHeading).filter((one) => one !== '');

/** Folded for comparing: circles, crosses and dashes of every kind become one. */
export function foldWord(text: string): string {
  const folded = text.normalize('NFKC').replace(/\s/gu, '').toLowerCase();
  if (/^[○〇◯◎●⭕]$/u.test(folded)) return '○';
  if (/^[×✕✖✗✘╳]$/u.test(folded)) return '×';
  return /^[-‐‑‒–—―−ー─ｰ]+$/u.test(folded) ? '-' : folded;
}

/** @param folder the folder of templates */
export function readImportWords(folder: string, form: CompiledForm): { words: ImportWords | null; problems: ContentProblem[] } {
  const document = parseDocument(readFileSync(join(folder, WORDS_FILE), 'utf8'), { uniqueKeys: true });
  const faults = document.errors.map((error): ContentProblem => ({ file: WORDS_FILE, path: `${error.linePos?.[0]?.line ?? '?'}行目`, reason: `YAMLとして読めません（${error.message.split('\n')[0] ?? ''}）。` }));
  if (faults.length > 0) return { words: null, problems: faults };
  const given: unknown = document.toJS({ maxAliasCount: 100 });
  const problems = importWordsProblems(given, form).map((one) => ({ file: WORDS_FILE, ...one }));
  return { words: problems.length === 0 ? (given as ImportWords) : null, problems };
}

/** @throws Invalid with every problem */
export function loadImportWords(folder: string, form: CompiledForm): ImportWords {
  const { words, problems } = readImportWords(folder, form);
  if (words === null) throw new Invalid('content-invalid', `取込みの語の定義に${problems.length}件の誤りがあります。`, problems.map(({ file, path, reason }) => ({ code: 'content-invalid', path: `${file} ${path}`, message: reason })));
  return words;
}

interface Fault {
  path: string;
  reason: string;
}

/** Everything that is wrong with the words: shape, unknown codes, a word that means two things. */
export function importWordsProblems(given: unknown, form: CompiledForm): Fault[] {
  const shape = shapeProblems(given);
  if (shape.length > 0) return shape;
  const words = given as ImportWords;
  return [...codeProblems(words, form), ...headingProblems(words, form), ...optionProblems(words, form), ...markProblems(words)];
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isWords = (value: unknown): boolean => Array.isArray(value) && value.every((one) => typeof one === 'string' && one.trim() !== '');

function shapeProblems(given: unknown): Fault[] {
  if (!isRecord(given)) return [{ path: '', reason: '取込みの語の定義ではありません。fields、items、options、kinds、marks、totals、lower を書いてください。' }];
  const faults: Fault[] = [];
  const fault = (path: string, reason: string): void => void faults.push({ path, reason });
  const mustBeWords = (path: string, value: unknown): void => {
    if (!isWords(value)) fault(path, '語の並び（文字の配列）を書いてください。');
  };
  const known = ['fields', 'items', 'options', 'kinds', 'marks', 'totals', 'lower'];
  for (const key of Object.keys(given)) if (!known.includes(key)) fault(`/${key}`, `知らない欄です。書けるのは ${known.join('、')} です。`);
  for (const key of ['fields', 'items', 'options', 'kinds', 'marks']) if (!isRecord(given[key])) fault(`/${key}`, 'この欄がないか、形が違います。');
  mustBeWords('/totals', given.totals);
  mustBeWords('/lower', given.lower);
  if (faults.length > 0) return faults;
  for (const [key, field] of Object.entries(given.fields as object)) {
    if (!isRecord(field) || typeof field.label !== 'string' || field.label.trim() === '') fault(`/fields/${key}/label`, '見出し（label）を書いてください。');
    else for (const part of ['names', 'under', 'alone']) if (part === 'names' || field[part] !== undefined) mustBeWords(`/fields/${key}/${part}`, field[part]);
  }
  for (const [key, names] of Object.entries(given.items as object)) mustBeWords(`/items/${key}`, names);
  for (const [set, options] of Object.entries(given.options as object)) {
    if (!isRecord(options)) fault(`/options/${set}`, '選択肢ごとに語の並びを書いてください。');
    else for (const [option, names] of Object.entries(options)) mustBeWords(`/options/${set}/${option}`, names);
  }
  for (const key of ['system', 'platform']) mustBeWords(`/kinds/${key}`, (given.kinds as Record<string, unknown>)[key]);
  for (const key of ['yes', 'no', 'blank']) mustBeWords(`/marks/${key}`, (given.marks as Record<string, unknown>)[key]);
  return faults;
}

function codeProblems(words: ImportWords, form: CompiledForm): Fault[] {
  const faults: Fault[] = [];
  for (const key of Object.keys(words.fields)) if (!OWN_FIELDS.includes(key as OwnField)) faults.push({ path: `/fields/${key}`, reason: `「${key}」という欄はありません。使えるのは ${OWN_FIELDS.join('、')} です。` });
  for (const key of OWN_FIELDS) if (words.fields[key] === undefined) faults.push({ path: `/fields/${key}`, reason: `欄「${key}」の見出しがありません。` });
  for (const code of Object.keys(words.items)) {
    const item = form.byCode.get(code)?.item;
    if (item === undefined) faults.push({ path: `/items/${code}`, reason: `台帳に項目「${code}」はありません。` });
    else if (item.kind === 'number' && item.counted !== undefined) faults.push({ path: `/items/${code}`, reason: `項目「${code}」は製品が数えるもので、取り込めません。` });
  }
  for (const [set, options] of Object.entries(words.options)) {
    const codes = form.definition.optionSets[set]?.map((one) => one.code);
    if (codes === undefined) faults.push({ path: `/options/${set}`, reason: `台帳に選択肢の組「${set}」はありません。` });
    else for (const option of Object.keys(options)) if (!codes.includes(option)) faults.push({ path: `/options/${set}/${option}`, reason: `選択肢の組「${set}」に「${option}」はありません。` });
  }
  return faults;
}

/** A heading that stands alone may mean only one field. */
function headingProblems(words: ImportWords, form: CompiledForm): Fault[] {
  const seen = new Map<string, string>();
  const faults: Fault[] = [];
  const claim = (name: string, path: string, field: string): void => {
    const folded = headingKey([name]);
    const other = seen.get(folded);
    if (other !== undefined && other !== field) faults.push({ path, reason: `見出し「${name}」は「${other}」にもあります。どちらかを別の言い方にしてください。` });
    else seen.set(folded, field);
  };
  for (const { code, item } of form.items) {
    if (item.kind === 'group' || (item.kind === 'number' && item.counted !== undefined)) continue;
    for (const name of [item.label, ...(item.alsoLabelled ?? []), ...(words.items[code] ?? [])]) claim(name, `/items/${code}`, code);
  }
  for (const key of OWN_FIELDS) {
    const field = words.fields[key];
    if (field === undefined) continue;
    for (const name of [field.label, ...(field.under === undefined ? field.names : (field.alone ?? []))]) claim(name, `/fields/${key}`, key);
  }
  return faults;
}

function optionProblems(words: ImportWords, form: CompiledForm): Fault[] {
  return Object.entries(form.definition.optionSets).flatMap(([set, options]) => {
    const entries = options.map(({ code, label }): [string, string[]] => [code, [label, ...(words.options[set]?.[code] ?? [])]]);
    return clashes(entries, `/options/${set}`);
  });
}

function markProblems({ marks, kinds }: ImportWords): Fault[] {
  return [...clashes(Object.entries(marks), '/marks'), ...clashes(Object.entries(kinds), '/kinds')];
}

/** Words that stand for two of the entries. */
function clashes(entries: readonly [string, string[]][], path: string): Fault[] {
  const seen = new Map<string, string>();
  return entries.flatMap(([code, all]) => all.flatMap((word) => {
    const other = seen.get(foldWord(word));
    seen.set(foldWord(word), other ?? code);
    return other === undefined || other === code ? [] : [{ path: `${path}/${code}`, reason: `「${word}」は「${other}」の語でもあります。どちらか一つにしてください。` }];
  }));
}
