/** What the sentences of a report are filled with: an audit in plain words. Every name is always there, blank where there is nothing. Pure. */
import { createHash } from 'node:crypto';
import { basesText, basisFor, basisOf, placeOf, type BasisRole } from '../audits/legal-bases.js';
import { auditContent } from '../audits/audit-content.js';
import { formatEra, formatFiscalYear } from '../engine/dates.js';
import { numeral, numberTree, readingOrder, type NumberStyle } from '../engine/numbering.js';
import { parseReferences } from '../engine/references.js';
import type { TableResult, TabulationResult } from '../engine/tabulation.js';
import type { AuditFile } from './audit-file.js';
import { citedRuns, numberedFile, type NumberedFile } from './audit-things.js';
import { consequenceOf, standingOf } from './deciding.js';

export interface ReportModel {
  organisation: string;
  /** みずほ野市長. */
  head: string;
  law: string;
  /** 地方自治法（昭和22年法律第67号）第199条第2項; blank when the audit names none. */
  bases: string;
  /** 第199条第9項, as the paragraph stood on the day. */
  reportBasis: string;
  deliberationBasis: string;
  recommendationBasis: string;
  /** 第11項. */
  recommendationParagraph: string;
  opinionParagraph: string;
  /** 第199条第13項. */
  dividedBasis: string;
  dividedParagraph: string;
  measureParagraph: string;
  recommendedMeasureParagraph: string;
  /** 第199条第14項, with 第15項 where a 勧告 is answered; 第12項 before 2020-04-01. */
  noticeBasis: string;
  /** 令和8年度. */
  fiscalYear: string;
  kind: string;
  theme: string;
  purpose: string;
  targetsText: string;
  method: string;
  /** ISO days; blank when open. */
  referenceOn: string;
  beginsOn: string;
  endsOn: string;
  definitions: { mark: string; term: string; text: string }[];
  viewpoints: { indent: string; mark: string; text: string }[];
  members: { title: string; name: string }[];
  disqualified: { title: string; name: string }[];
  tabulations: { code: string; title: string; tables: TableWords[] }[];
  findings: FindingWords[];
  /** Opinions with their headings, and the findings that their own words do not name; 勧告 stand apart. `addressee`: 長 or 委員会 to whom it goes (11項); blank where it is not known. */
  improvements: { number: number; caseTitle: string; text: string; /** As references name them, neighbours together: 2～8. */ findings: string[] }[];
  recommendations: { number: number; text: string; reason: string; department: string; addressee: string }[];
  /** The members did not agree on the report as a whole: it is not decided, their opinions stand in its place (13項). */
  undecided: boolean;
  /** What the members did not agree on (199条13項). `reference`: key of a finding; null for the report as a whole. */
  divided: { mark: string; reference: number | null; voices: { title: string; name: string; consents: boolean; absent: boolean; opinion: string }[] }[];
  /** 令和8年5月19日付け監査公表第22号 of the report; blank before. */
  published: string;
  notices: { code: string; department: string; notifiedOn: string; items: NoticeItemWords[] }[];
}

interface TableWords {
  code: string;
  title: string;
  /** Of the row of totals, when there are few enough for a sentence. */
  totals: { label: string; address: string; unit: string }[];
  sentences: string[];
  /** The table counts no record. */
  nothing: boolean;
}

interface FindingWords {
  number: number;
  /** At the first finding of each case; blank otherwise. */
  caseTitle: string;
  classification: string;
  facts: string;
  /** Of several lines: begins on a line of its own, under its source. */
  criteria: string;
  criteriaSource: string;
  cause: string;
  effect: string;
  /** The members did not agree on it: their opinions stand in its place (13項). */
  divided: boolean;
  statements: { department: string; text: string; reply: string }[];
}

interface NoticeItemWords {
  /** References to the finding; of an opinion alone, to all findings that it rests on. Full numbers: the chapters around them are not there. */
  finding: string | null;
  /** Of several findings one line each, with its title. */
  facts: string;
  improvement: number | null;
  improvementText: string;
  text: string;
  state: string;
}

/** Most totals that are told in one sentence. */
const MOST_TOTALS = 6;
const VIEWPOINT_STYLES: NumberStyle[] = ['(1)', 'ア', '①'];

/** @param day ISO: on which the report is decided or published; paragraphs of the law are those of that day */
export function reportModel(file: AuditFile, results: readonly TabulationResult[], day: string): ReportModel {
  const { audit, organisation } = file;
  const view = numberedFile(file);
  const notices = noticesOf(file, view);
  const divided = dividedOf(file);
  return {
    organisation: organisation.name, head: headOf(organisation), law: auditContent().law.name,
    ...lawOf(file, day, notices.flatMap((one) => one.items)),
    fiscalYear: formatFiscalYear(audit.fiscalYear), kind: audit.kindLabel, theme: audit.theme, purpose: audit.purpose, targetsText: audit.targetsText || targetNames(file), method: audit.method,
    referenceOn: audit.referenceOn ?? '', beginsOn: audit.beginsOn ?? '', endsOn: audit.endsOn ?? '',
    definitions: audit.definitions.map(({ term, text }, n) => ({ mark: numeral('ア', n + 1), term, text })),
    viewpoints: viewpointsOf(file),
    members: file.people.filter((one) => one.role === 'member' && one.disqualifiedReason === null).map(({ title, name }) => ({ title, name })),
    disqualified: file.people.filter((one) => one.role === 'member' && one.disqualifiedReason !== null).map(({ title, name }) => ({ title, name })),
    tabulations: results.map(({ code, title, tables }) => ({ code, title, tables: tables.map(tableWords) })),
    findings: findingsOf(file, view, divided), ...improvementsOf(file, view), divided, undecided: divided.some((one) => one.reference === null),
    published: publicationOf(file.reports.find((one) => one.kind === 'report' && one.status === 'published')), notices,
  };
}

/** みずほ野市 and 市長: みずほ野市長; 大阪府 and 知事: 大阪府知事. */
export function headOf({ name, headTitle }: AuditFile['organisation']): string {
  return headTitle.startsWith(name.at(-1) ?? ' ') ? `${name}${headTitle.slice(1)}` : `${name}${headTitle}`;
}

/** 令和8年5月19日付け監査公表第22号; blank for a report that is not published. */
export function publicationOf(report: { publicationNumber: number | null; publishedOn: string | null } | undefined): string {
  if (report === undefined || report.publicationNumber === null || report.publishedOn === null) return '';
  return `${formatEra(report.publishedOn)}付け監査公表第${report.publicationNumber}号`;
}

/** Paragraphs as they stood on the day. */
function lawOf({ audit, improvements, actions }: AuditFile, day: string, items: readonly NoticeItemWords[]) {
  const article = (role: BasisRole): string => { const found = basisFor(role, day); return found === null ? '' : placeOf(found); };
  const paragraph = (role: BasisRole): string => { const found = basisFor(role, day); return found === null ? '' : `第${found.paragraph}項`; };
  const recommended = new Set(improvements.filter((one) => one.kind === 'recommendation').map((one) => one.number));
  const answers = items.length === 0 ? actions.map((one) => one.improvement) : items.map((one) => one.improvement);
  const forRecommendation = answers.some((one) => one !== null && recommended.has(one)) && paragraph('recommended-measure') !== '';
  const forOthers = !forRecommendation || answers.some((one) => one === null || !recommended.has(one));
  return {
    bases: basesText(audit.bases.filter((code) => basisOf(code) !== null), { withNumber: true }), reportBasis: article('report'), deliberationBasis: article('deliberation'), recommendationBasis: article('recommendation'),
    recommendationParagraph: paragraph('recommendation'), opinionParagraph: paragraph('opinion'), dividedBasis: article('divided'), dividedParagraph: paragraph('divided'), measureParagraph: paragraph('measure'), recommendedMeasureParagraph: paragraph('recommended-measure'),
    noticeBasis: forRecommendation && forOthers ? `${article('measure')}及び${paragraph('recommended-measure')}` : article(forRecommendation ? 'recommended-measure' : 'measure'),
  };
}

const targetNames = ({ audit: { targets } }: AuditFile): string => targets.map(({ department, system }) => (system === null ? department : `${department}　${system}`)).join('\n');

function viewpointsOf({ viewpoints }: AuditFile): ReportModel['viewpoints'] {
  const nodes = viewpoints.map((one, position) => ({ id: one.key, parentId: one.parent, position, text: one.text }));
  const numbers = numberTree(nodes, VIEWPOINT_STYLES);
  return readingOrder(nodes).map(({ node, depth }) => ({ indent: '　'.repeat(depth), mark: numbers.get(node.id)!.own, text: node.text }));
}

function tableWords({ code, title, columns, rows, sentences, records }: TableResult): TableWords {
  const total = rows.find((one) => one.total);
  const told = columns.flatMap((column, n) => {
    const figure = total?.figures[n];
    return column.share || figure === undefined || figure.value === null ? [] : [{ label: column.label, address: figure.address, unit: column.unit }];
  });
  return { code, title, totals: told.length > MOST_TOTALS ? [] : told, sentences: sentences.map((one) => one.text), nothing: records === 0 };
}

/** Title of a case at its first entry, blank otherwise, and where all stand in one. */
function caseTitles({ cases }: AuditFile, all: readonly { row: { caseId: string | null } }[]): (of: string | null) => string {
  if (all.every((one) => one.row.caseId === all[0]!.row.caseId)) return () => '';
  let last: string | null = null;
  return (of) => {
    if (of === last) return '';
    last = of;
    return cases.find((one) => one.key === of)?.title ?? '';
  };
}

function findingsOf(file: AuditFile, view: NumberedFile, divided: ReportModel['divided']): FindingWords[] {
  const titled = caseTitles(file, view.findings);
  return view.findings.map(({ number, row }) => ({
    number, caseTitle: titled(row.caseId), classification: file.scheme.classifications.find((one) => one.code === row.classification)?.label ?? '',
    facts: row.facts, criteria: row.criteriaSource !== '' && row.criteria.includes('\n') ? `\n${row.criteria}` : row.criteria, criteriaSource: row.criteriaSource, cause: row.cause, effect: row.effect, divided: divided.some((one) => one.reference === number),
    statements: row.statements.filter((one) => one.answeredOn !== null && one.text.trim() !== '').map(({ department, text, reply }) => ({ department, text, reply })),
  }));
}

function improvementsOf(file: AuditFile, view: NumberedFile): Pick<ReportModel, 'improvements' | 'recommendations'> {
  const opinions = view.improvements.filter(({ row }) => row.kind !== 'recommendation');
  const titled = caseTitles(file, opinions);
  return {
    improvements: opinions.some(({ row }) => row.kind === 'opinion') ? opinions.map(({ number, row }) => ({ number, caseTitle: titled(row.caseId), text: row.text, findings: namesAll(view, row.text, row.findings) ? [] : citedRuns(view, row.findings) })) : [],
    recommendations: view.improvements.filter(({ row }) => row.kind === 'recommendation').map(({ number, row }) => ({ number, text: row.text, reason: row.reason, department: row.department ?? '', addressee: row.addressee ?? '' })),
  };
}

/** Whether a text names all of these findings itself. */
function namesAll(view: NumberedFile, text: string, numbers: readonly number[]): boolean {
  const places = new Map(view.findings.map((one, n) => [one.number, n]));
  const named = parseReferences(text).flatMap((piece) => {
    if (typeof piece === 'string' || piece.reference.kind !== 'finding') return [];
    const [first, last] = [piece.reference.numbers[0]!, piece.reference.numbers.at(-1)!].map((one) => places.get(one) ?? -1) as [number, number];
    return piece.reference.range ? view.findings.slice(Math.min(first, last), Math.max(first, last) + 1).map((one) => one.number) : piece.reference.numbers;
  });
  return numbers.every((one) => named.includes(one));
}

/** Matters of the report on which the members did not agree. */
function dividedOf({ people, deliberations }: AuditFile): ReportModel['divided'] {
  const members = people.map(({ key, ...one }) => ({ id: key, ...one }));
  const matters = deliberations.flatMap(({ subject, number, voices }) => {
    const given = voices.map(({ person, ...voice }) => ({ personId: person, ...voice }));
    const { members: taking, outcome } = standingOf(members, given);
    return consequenceOf(subject, outcome) === 'opinions' ? [{ reference: number, taking, given }] : [];
  });
  return matters.map(({ reference, taking, given }, n) => ({
    mark: numeral('(1)', n + 1), reference,
    voices: taking.map(({ id, title, name }) => { const voice = given.find((one) => one.personId === id)!; return { title, name, consents: voice.consents === true, absent: voice.consents === null, opinion: voice.opinion }; }),
  }));
}

/** The original findings of a measure, with their facts. A heading has none: it is only named, and not where a finding is. */
function originOf(view: NumberedFile, numbers: readonly number[]): Pick<NoticeItemWords, 'finding' | 'facts'> {
  const named = view.findings.filter((one) => numbers.includes(one.number));
  const told = named.filter(({ row }) => row.facts.trim() !== '');
  const shown = told.length === 0 ? named : told;
  if (shown.length === 0) return { finding: null, facts: '' };
  if (shown.length === 1) return { finding: `［検出題全:${shown[0]!.number}］`, facts: shown[0]!.row.facts };
  return {
    finding: citedRuns(view, shown.map((one) => one.number)).map((one) => `［検出全:${one}］`).join('、'),
    facts: told.map(({ number, row }) => `・［検出題全:${number}］　${row.facts.replaceAll('\n', '')}`).join('\n'),
  };
}

/** 措置通知 that were received and stand in no publication yet. */
function noticesOf({ notices, actions, improvements, scheme }: AuditFile, view: NumberedFile): ReportModel['notices'] {
  return notices.filter((one) => one.status === 'received' && one.report === null).map((notice, n) => ({
    code: createHash('sha256').update(`${notice.department}\n${notice.notifiedOn ?? ''}\n${n}`).digest('hex').slice(0, 12), department: notice.department, notifiedOn: notice.notifiedOn ?? '',
    items: notice.items.map(({ action: number, text, state }) => {
      const action = actions.find((one) => one.number === number);
      const improvement = improvements.find((one) => one.number === action?.improvement);
      return {
        ...originOf(view, action?.finding === null ? improvement?.findings ?? [] : [action?.finding ?? 0]), improvement: improvement?.number ?? null, improvementText: improvement?.text ?? '',
        text, state: scheme.states.find((one) => one.code === state)?.label ?? state,
      };
    }),
  }));
}
