/** Ready schemes of findings and corrective actions as they stand in `templates/findings/<version>.yaml`. Checked as content. */
import { conditionFaults } from '../engine/conditions.js';
import { readDefinitions, readSchema } from '../engine/content-loader.js';
import { checkVersions, shapeCheck, validityProblems, type ContentProblem } from '../engine/content.js';
import type { Code } from '../engine/form.js';
import { Invalid, NotFound } from '../kernel/errors.js';
import { numberingFaults, schemeFaults, TERM_LISTS, type Found } from './scheme-checking.js';
import type { FindingScheme, Numbering, Term } from './scheme.js';

export interface ReadyScheme extends FindingScheme {
  code: Code;
  title: string;
  /** For whom it fits, in our own words. */
  description: string;
}

export interface FindingsContent {
  /** One file per version. */
  version: string;
  title: string;
  validity: { from: string; until?: string };
  /** Code of the scheme of an organisation that decided nothing. */
  default: Code;
  numbering: Numbering;
  dueSoonDays: number;
  schemes: ReadyScheme[];
}

const FOLDER = 'findings';

/** What is wrong with a definition by itself. Pure. */
export function findingsContentCheck(schema: object): (definition: unknown, file: string) => ContentProblem[] {
  const shape = shapeCheck(schema, { keys: ['when'], faults: conditionFaults });
  return (definition, file) => {
    const misshapen = shape(definition);
    const content = definition as FindingsContent;
    const found = misshapen.length > 0 ? misshapen : [...validityProblems(content), ...numberingFaults(content.numbering), ...schemesFaults(content)];
    return found.map((one) => ({ file, ...one }));
  };
}

function schemesFaults({ schemes, default: standard }: FindingsContent): Found[] {
  const faults = schemes.flatMap((scheme, n): Found[] => [
    ...(schemes.findIndex((one) => one.code === scheme.code) === n ? [] : [{ path: `/schemes/${n}/code`, reason: `組の符号「${scheme.code}」が2度使われています。どちらかを変えてください。` }]),
    ...schemeFaults(scheme).map(({ path, reason }) => ({ path: `/schemes/${n}（${scheme.code}）${path}`, reason })),
  ]);
  if (!schemes.some((one) => one.code === standard)) faults.push({ path: '/default', reason: `「${standard}」という組はありません。schemesにあるものを書いてください。` });
  return [...faults, ...twinFaults(schemes)];
}

/** An organisation may go from one scheme to another: a code means the same in each. */
function twinFaults(schemes: readonly ReadyScheme[]): Found[] {
  return TERM_LISTS.flatMap((list) => {
    const called = new Map<Code, string>();
    return schemes.flatMap((scheme, n) => (scheme[list] as readonly Term[]).flatMap((term): Found[] => {
      const first = called.get(term.code);
      if (first === undefined) called.set(term.code, term.label);
      return first === undefined || first === term.label ? [] : [{ path: `/schemes/${n}（${scheme.code}）/${list}`, reason: `符号「${term.code}」は、ほかの組では「${first}」です。組を替えても意味が変わらないように、別の符号にしてください。` }];
    }));
  });
}

/** Every version, oldest first, and everything that is wrong with any. */
export function readFindingsContent(folder: string): { contents: FindingsContent[]; problems: ContentProblem[] } {
  const { sound, problems, complete } = readDefinitions<FindingsContent>(folder, FOLDER, findingsContentCheck(readSchema(folder, FOLDER)), ({ version }) => `${version}.yaml`);
  if (sound.length === 0 && complete) problems.push({ file: FOLDER, path: '', reason: '検出事項と措置の区分（findings/<版>.yaml）がありません。' });
  problems.push(...checkVersions(sound.map(({ definition: { version, validity }, file }) => ({ code: FOLDER, version, validity, file }))));
  return { contents: sound.map((one) => one.definition).sort((a, b) => (a.validity.from < b.validity.from ? -1 : 1)), problems };
}

/** The ready schemes of today. */
export class FindingSchemes {
  readonly current: FindingsContent;

  /** @param today ISO day */
  constructor(all: readonly FindingsContent[], today: string) {
    const valid = all.filter(({ validity }) => validity.from <= today && (validity.until === undefined || today < validity.until));
    const newest = (valid.length > 0 ? valid : all).at(-1);
    if (newest === undefined) throw new NotFound('findings-content-missing', '検出事項と措置の区分がありません。templates/findings を確かめてください。');
    this.current = newest;
  }

  get standard(): ReadyScheme {
    return this.current.schemes.find((one) => one.code === this.current.default)!;
  }

  /** Throws `NotFound`. */
  ready(code: Code): ReadyScheme {
    const found = this.current.schemes.find((one) => one.code === code);
    if (found === undefined) throw new NotFound('scheme-unknown', `「${code.slice(0, 60)}」という区分の組はありません。一覧から選び直してください。`);
    return found;
  }
}

/** @throws Invalid with every fault of the content, by file and place */
export function loadFindingSchemes(folder: string, today: string): FindingSchemes {
  const { contents, problems } = readFindingsContent(folder);
  if (problems.length > 0) throw new Invalid('content-invalid', `検出事項と措置の区分に${problems.length}件の誤りがあります。`, problems.map(({ file, path, reason }) => ({ code: 'content-invalid', path: `${file}${path === '' ? '' : ` ${path}`}`, message: reason })));
  return new FindingSchemes(contents, today);
}
