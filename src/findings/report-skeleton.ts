/**
 * 報告の章立てと文 as they stand in `templates/report-sections/<version>.yaml`: chapters with sentences that are filled from an audit.
 * Sentences are Handlebars, strict: a name that the model (`report-model.ts`) does not have is a fault of the content. Nothing is
 * escaped: the result is text with references, not HTML. The program knows no chapter by its code, only its role.
 */
import Handlebars from 'handlebars';
import { conditionFaults } from '../engine/conditions.js';
import { readDefinitions, readSchema } from '../engine/content-loader.js';
import { checkVersions, shapeCheck, validityProblems, type ContentProblem } from '../engine/content.js';
import { formatEra } from '../engine/dates.js';
import type { Code } from '../engine/form.js';
import type { Numbering } from '../engine/numbering.js';
import { Invalid } from '../kernel/errors.js';
import { inProject } from '../kernel/root.js';
import type { ReportModel } from './report-model.js';
import { SAMPLE_MODELS } from './report-samples.js';

export type SectionRole = 'announcement' | 'chapter' | 'letter';
export type ReportKind = 'report' | 'measures';

export interface SkeletonSection {
  code: Code;
  under?: Code;
  /** Without it: chapter. Announcements and letters have no number. */
  role?: SectionRole;
  /** One chapter for each of these; its code is `<code>/<code of the thing>`. */
  each?: 'tabulations' | 'notices';
  heading: string;
  text: string;
}

export interface Skeleton {
  title: string;
  /** A chapter stands after the one above it. */
  sections: SkeletonSection[];
}

export interface ReportSkeletons extends Record<ReportKind, Skeleton> {
  version: string;
  title: string;
  validity: { from: string; until?: string };
  /** Of chapters, from the outermost level inward. */
  numbering: Numbering;
  /** `always`: the law names them for every report (199条9項: 議会及び長). */
  addressees: { label: string; always?: boolean }[];
}

/** A chapter as the product puts it together. */
export interface AssembledSection {
  code: string;
  parentCode: string | null;
  heading: string;
  text: string;
}

const FOLDER = 'report-sections';

const environment = Handlebars.create();
/** Strict as the sentences are: what the model does not have is no text. */
const helper = (name: string, write: (text: string) => string): void => environment.registerHelper(name, (text: unknown) => {
  if (typeof text !== 'string') throw new Error(`${name} に渡した名前がありません。`);
  return write(text);
});
helper('era', formatEra);
// 「…」 inside 「…」 is written 『…』.
helper('quoted', (text) => `「${text.replaceAll('「', '『').replaceAll('」', '』')}」`);
const compiled = new Map<string, Handlebars.TemplateDelegate>();

/** Throws when the sentence does not parse or names what the model does not have. */
function filled(sentence: string, model: object): string {
  let template = compiled.get(sentence);
  if (template === undefined) compiled.set(sentence, (template = environment.compile(sentence, { strict: true, noEscape: true })));
  return template(model);
}

/** No blank lines one upon another, none at either end, no spaces at the end of a line. */
const tidy = (text: string): string => text.replaceAll(/\r\n?/gu, '\n').replaceAll(/[ \t]+$/gmu, '').replaceAll(/\n{2,}/gu, '\n').trim();

/**
 * Chapters with something in them: a text, or a chapter below that is not empty. Pure.
 */
export function assemble({ sections }: Skeleton, model: ReportModel): AssembledSection[] {
  const made = sections.flatMap((section): AssembledSection[] => {
    const of = (code: string, values: object): AssembledSection => ({ code, parentCode: section.under ?? null, heading: tidy(filled(section.heading, values)), text: tidy(filled(section.text, values)) });
    if (section.each === 'tabulations') return model.tabulations.map((tabulation) => of(`${section.code}/${tabulation.code}`, { ...model, tabulation }));
    if (section.each === 'notices') return model.notices.map((notice) => of(`${section.code}/${notice.code}`, { ...model, notice }));
    return [of(section.code, model)];
  });
  const kept = new Set<string>();
  for (const one of [...made].reverse()) {
    if (one.text === '' && !kept.has(one.code)) continue;
    for (let at: AssembledSection | undefined = one; at !== undefined; at = made.find((other) => other.code === at!.parentCode)) kept.add(at.code);
  }
  return made.filter((one) => kept.has(one.code));
}

export const titleOf = (skeleton: Skeleton, model: ReportModel): string => tidy(filled(skeleton.title, model));

export const addresseesOf = ({ addressees }: ReportSkeletons, model: ReportModel): { label: string; always: boolean }[] =>
  addressees.map(({ label, always }) => ({ label: tidy(filled(label, model)), always: always === true }));

/** Role of a chapter by its code; an own chapter (null) and one that the skeleton no longer has are chapters. */
export function roleOf({ sections }: Skeleton, code: string | null): SectionRole {
  return sections.find((one) => one.code === code?.split('/')[0])?.role ?? 'chapter';
}

interface Found { path: string; reason: string }

/** What is wrong with a definition by itself. Pure. */
export function skeletonCheck(schema: object): (definition: unknown, file: string) => ContentProblem[] {
  const shape = shapeCheck(schema, { keys: ['when'], faults: conditionFaults });
  return (definition, file) => {
    const misshapen = shape(definition);
    const content = definition as ReportSkeletons;
    const found = misshapen.length > 0 ? misshapen : [...validityProblems(content), ...content.addressees.flatMap(({ label }, n) => sentenceFaults(`/addressees/${n}/label`, label)), ...placeFaults('report', content), ...placeFaults('measures', content)];
    return found.map((one) => ({ file, ...one }));
  };
}

function placeFaults(kind: ReportKind, content: ReportSkeletons): Found[] {
  const { sections, title } = content[kind];
  return [...sentenceFaults(`/${kind}/title`, title), ...sections.flatMap((section, n): Found[] => {
    const path = `/${kind}/sections/${n}（${section.code}）`;
    const before = sections.slice(0, n);
    return [
      ...(before.some((one) => one.code === section.code) ? [{ path, reason: `章の符号「${section.code}」が2度使われています。どちらかを変えてください。` }] : []),
      ...(section.under === undefined || before.some((one) => one.code === section.under && one.each === undefined) ? [] : [{ path: `${path}/under`, reason: `上の章「${section.under}」が、この章より前にありません。` }]),
      ...sentenceFaults(`${path}/heading`, section.heading, section.each), ...sentenceFaults(`${path}/text`, section.text, section.each),
    ];
  })];
}

/** A sentence must fill from an audit with everything and from one with nothing. */
function sentenceFaults(path: string, sentence: string, each?: SkeletonSection['each']): Found[] {
  for (const model of SAMPLE_MODELS) {
    const things: object[] = each === 'tabulations' ? model.tabulations.map((tabulation) => ({ tabulation })) : each === 'notices' ? model.notices.map((notice) => ({ notice })) : [{}];
    try {
      for (const one of things) filled(sentence, { ...model, ...one });
    } catch (error) {
      return [{ path, reason: `文を組み立てられません（${(error as Error).message.split('\n')[0]!.slice(0, 200)}）。名前と括弧を確かめてください。` }];
    }
  }
  return [];
}

/** Every version, oldest first, and everything that is wrong with any. */
export function readReportSkeletons(folder: string): { skeletons: ReportSkeletons[]; problems: ContentProblem[] } {
  const { sound, problems, complete } = readDefinitions<ReportSkeletons>(folder, FOLDER, skeletonCheck(readSchema(folder, FOLDER)), ({ version }) => `${version}.yaml`);
  if (sound.length === 0 && complete) problems.push({ file: FOLDER, path: '', reason: '報告の章立てと文（report-sections/<版>.yaml）がありません。' });
  problems.push(...checkVersions(sound.map(({ definition: { version, validity }, file }) => ({ code: FOLDER, version, validity, file }))));
  return { skeletons: sound.map((one) => one.definition).sort((a, b) => (a.validity.from < b.validity.from ? -1 : 1)), problems };
}

let loaded: ReportSkeletons[] | undefined;

/** That of the product on a day (ISO), read once; before the first version the first. Throws `Invalid` with every fault. */
export function reportSkeletons(day: string): ReportSkeletons {
  loaded ??= loadReportSkeletons(inProject('templates'));
  return loaded.findLast((one) => one.validity.from <= day) ?? loaded[0]!;
}

/** Throws `Invalid` with every fault, by file and place. */
function loadReportSkeletons(folder: string): ReportSkeletons[] {
  const { skeletons, problems } = readReportSkeletons(folder);
  if (problems.length === 0) return skeletons;
  throw new Invalid('content-invalid', `報告の章立てと文に${problems.length}件の誤りがあります。`, problems.map(({ file, path, reason }) => ({ code: 'content-invalid', path: `${file}${path === '' ? '' : ` ${path}`}`, message: reason })));
}
