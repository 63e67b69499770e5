/**
 * 監査の種類と根拠 as they stand in `templates/audits/<version>.yaml`. Checked as content; the program knows no kind and no paragraph by
 * name, only the role that a paragraph plays.
 */
import { conditionFaults } from '../engine/conditions.js';
import { readDefinitions, readSchema } from '../engine/content-loader.js';
import { checkVersions, shapeCheck, validityProblems, type ContentProblem } from '../engine/content.js';
import { isIsoDate } from '../engine/dates.js';
import type { Code } from '../engine/form.js';
import { Invalid } from '../kernel/errors.js';
import { inProject } from '../kernel/root.js';

/** What a paragraph is for: the audit itself, report and publication, opinion, recommendation, 合議, 合議が調わないとき, 措置の通知, 勧告への措置の通知. */
export type BasisRole = 'audit' | 'report' | 'opinion' | 'recommendation' | 'deliberation' | 'divided' | 'measure' | 'recommended-measure';

export interface LegalBasis {
  code: Code;
  /** 第199条. */
  article: string;
  paragraph: number;
  role: BasisRole;
  title: string;
  /** First day under this number; without it: since before anything that the product keeps. */
  from?: string;
  /** First day on which it no longer stands under this number. */
  until?: string;
}

export interface KindOfAudit {
  code: Code;
  label: string;
  /** Codes of its usual bases. */
  bases: Code[];
}

export interface AuditContent {
  version: string;
  title: string;
  validity: { from: string; until?: string };
  law: { name: string; number: string };
  bases: LegalBasis[];
  kinds: KindOfAudit[];
}

interface Found { path: string; reason: string }

const FOLDER = 'audits';
/** Of these one paragraph stands for each day: no gap that a later one leaves open, no overlap. */
const SINGLE: readonly BasisRole[] = ['report', 'opinion', 'recommendation', 'deliberation', 'divided', 'measure', 'recommended-measure'];

/** What is wrong with a definition by itself. Pure. */
export function auditContentCheck(schema: object): (definition: unknown, file: string) => ContentProblem[] {
  const shape = shapeCheck(schema, { keys: ['when'], faults: conditionFaults });
  return (definition, file) => {
    const misshapen = shape(definition);
    const content = definition as AuditContent;
    const found = misshapen.length > 0 ? misshapen : [...validityProblems(content), ...basisProblems(content), ...kindProblems(content)];
    return found.map((one) => ({ file, ...one }));
  };
}

function basisProblems({ bases }: AuditContent): Found[] {
  return bases.flatMap((basis, n): Found[] => {
    const path = `/bases/${n}（${basis.code}）`;
    const problems: Found[] = [];
    if (bases.findIndex((one) => one.code === basis.code) !== n) problems.push({ path, reason: `根拠の符号「${basis.code}」が2度使われています。どちらかを変えてください。` });
    for (const key of ['from', 'until'] as const) if (basis[key] !== undefined && !isIsoDate(basis[key])) problems.push({ path: `${path}/${key}`, reason: `「${basis[key]}」は暦にない日です。` });
    if (basis.from !== undefined && basis.until !== undefined && basis.until <= basis.from) problems.push({ path, reason: '適用の終わり（until）が始まり（from）以前です。' });
    const twin = SINGLE.includes(basis.role) ? bases.slice(0, n).find((one) => one.role === basis.role && together(one, basis)) : undefined;
    if (twin !== undefined) problems.push({ path, reason: `「${twin.code}」と同じ役割（${basis.role}）で、適用の期間が重なっています。片方に終わり（until）を付けてください。` });
    return problems;
  });
}

const together = (a: LegalBasis, b: LegalBasis): boolean => (a.until === undefined || b.from === undefined || b.from < a.until) && (b.until === undefined || a.from === undefined || a.from < b.until);

function kindProblems({ kinds, bases }: AuditContent): Found[] {
  return kinds.flatMap(({ code, label, bases: usual }, n): Found[] => {
    const path = `/kinds/${n}（${code}）`;
    return [
      ...(kinds.findIndex((one) => one.code === code) === n ? [] : [{ path, reason: `種類の符号「${code}」が2度使われています。どちらかを変えてください。` }]),
      ...(kinds.findIndex((one) => one.label === label) === n ? [] : [{ path, reason: `種類の名前「${label}」が2度使われています。見分けられる名前にしてください。` }]),
      ...usual.flatMap((basis): Found[] => {
        const found = bases.find((one) => one.code === basis);
        if (found === undefined) return [{ path: `${path}/bases`, reason: `「${basis}」という根拠はありません。basesにあるものを書いてください。` }];
        return found.role === 'audit' ? [] : [{ path: `${path}/bases`, reason: `「${basis}」は監査の根拠（role: audit）ではありません。` }];
      }),
    ];
  });
}

/** Every version, oldest first, and everything that is wrong with any. */
export function readAuditContent(folder: string): { contents: AuditContent[]; problems: ContentProblem[] } {
  const { sound, problems, complete } = readDefinitions<AuditContent>(folder, FOLDER, auditContentCheck(readSchema(folder, FOLDER)), ({ version }) => `${version}.yaml`);
  if (sound.length === 0 && complete) problems.push({ file: FOLDER, path: '', reason: '監査の種類と根拠（audits/<版>.yaml）がありません。' });
  problems.push(...checkVersions(sound.map(({ definition: { version, validity }, file }) => ({ code: FOLDER, version, validity, file }))));
  return { contents: sound.map((one) => one.definition).sort((a, b) => (a.validity.from < b.validity.from ? -1 : 1)), problems };
}

/** The newest version: it holds the paragraphs of older days too. Throws `Invalid` with every fault, by file and place. */
function loadAuditContent(folder: string): AuditContent {
  const { contents, problems } = readAuditContent(folder);
  if (problems.length > 0) {
    throw new Invalid('content-invalid', `監査の種類と根拠に${problems.length}件の誤りがあります。`, problems.map(({ file, path, reason }) => ({ code: 'content-invalid', path: `${file}${path === '' ? '' : ` ${path}`}`, message: reason })));
  }
  return contents.at(-1)!;
}

let loaded: AuditContent | undefined;

/** That of the product, read once. Throws `Invalid`. */
export function auditContent(): AuditContent {
  return (loaded ??= loadAuditContent(inProject('templates')));
}
