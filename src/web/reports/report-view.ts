/** 報告と公表: the page of a report, its chapters and its preview. Pure. */
import { textDiff } from '../../engine/text-diff.js';
import { resolvePieces, resolveReferences } from '../../engine/references.js';
import type { Dataset, TableResult } from '../../engine/tabulation.js';
import { listingModel } from '../../documents/audit-tables.js';
import { datasetsOf } from '../../documents/audit-texts.js';
import type { AuditReport } from '../../findings/audit-report.entity.js';
import { publicationOf } from '../../findings/report-model.js';
import { sectionHref } from '../../findings/report-problems.js';
import type { ReportState } from '../../findings/report-reading.service.js';
import { isOutdated, listingsIn, MOST_LEVELS, PLACED, type NumberedSection } from '../../findings/report-sections.js';
import { isEditable, REPORT_ACTIONS, REPORT_STATUSES, reportActionsFor, type ReportAction } from '../../findings/report.transitions.js';
import { allows } from '../../identity/permissions.js';
import type { Actor } from '../../kernel/ctx.js';
import type { Problem } from '../../kernel/errors.js';
import { errorsByField } from '../form-errors.js';

export interface TypedStep { decidedOn: string; acknowledged: boolean; note: string; comment: string; submittedOn: string; publishedOn: string; number: string }

export interface ReportShown {
  state: ReportState;
  actor: Pick<Actor, 'grants'>;
  typed: TypedStep;
  /** The step that was tried. */
  tried: ReportAction | 'add' | null;
  /** What was typed for a new chapter. */
  added: { heading: string; parent: string };
  problems: readonly Problem[];
}

const STEP_FIELDS = ['decidedOn', 'acknowledged', 'note', 'comment', 'submittedOn', 'publishedOn', 'number', 'heading', 'parent'];

export const mayWrite = ({ audit, report }: Pick<ReportState, 'audit' | 'report'>, actor: Pick<Actor, 'grants'>): boolean => isEditable(report) && audit.status !== 'closed' && allows(actor.grants, 'audit.write');

export function reportView({ state, actor, typed, tried, added, problems }: ReportShown): object {
  const { report, href, audit, sections, problems: { blocking, warnings } } = state;
  const { errors } = errorsByField(problems, STEP_FIELDS);
  const writes = mayWrite(state, actor);
  const steps = new Set(audit.status === 'closed' ? [] : reportActionsFor(report, actor).map((one) => one.action));
  // What stands against deciding is listed once, in its own place.
  const listed = problems.filter((one) => !blocking.some((other) => other.code === one.code && other.path === one.path && other.message === one.message));
  return {
    href, title: report.title, version: String(report.version), writes, kind: report.kind === 'report' ? '監査の結果に関する報告' : '措置状況の公表', measures: report.kind === 'measures', status: REPORT_STATUSES[report.status],
    changedOn: report.changedAt.toISOString(), changedBy: report.changedByName,
    problems: listed.map((one) => ({ message: one.message, href: one.href ?? (STEP_FIELDS.includes(one.path) ? `#${one.path}` : '#main') })),
    blocking, warnings, ready: blocking.length === 0,
    publication: publicationView(report, state.addressees.filter((one) => one.always).map((one) => one.label)),
    steps: {
      fix: steps.has('fix') ? { decidedOn: typed.decidedOn, acknowledged: typed.acknowledged, note: typed.note, open: tried === 'fix' } : null,
      submit: steps.has('submit') ? { submittedOn: typed.submittedOn } : null,
      publish: steps.has('publish') ? { publishedOn: typed.publishedOn, number: typed.number } : null,
      reopen: steps.has('reopen') ? { comment: typed.comment, open: tried === 'reopen' } : null,
      labels: REPORT_ACTIONS, errors, none: steps.size === 0,
    },
    chapters: sections.map((one) => chapterView(one, state, writes)), omitted: writes ? state.assembled.filter((one) => report.omitted.includes(one.code)).map(({ code, heading }) => ({ code, heading })) : [],
    add: writes ? { ...added, open: tried === 'add', errors, parents: sections.filter((one) => one.depth < MOST_LEVELS - 1).map((one) => ({ id: one.id, label: `${'　'.repeat(one.depth)}${one.number} ${one.heading}`, chosen: one.id === added.parent })) } : null,
    removable: writes,
  };
}

function publicationView(report: AuditReport, always: readonly string[]): object {
  const { kind, decidedOn, submittedOn, publishedOn, addressees } = report;
  return {
    decidedOn: decidedOn ?? '', submittedOn: submittedOn ?? '', publishedOn: publishedOn ?? '', number: report.publicationNumber === null ? '' : `監査公表第${report.publicationNumber}号`, submits: kind === 'report',
    addressees, lacking: kind === 'report' ? always.filter((one) => !addressees.includes(one)) : [], whole: publicationOf(report),
  };
}

function chapterView(section: NumberedSection, { href, assembled, problems: { blocking }, resolver, report }: ReportState, writes: boolean): object {
  const troubled = blocking.filter((one) => one.path === section.id).length;
  const first = resolvePieces(section.text, resolver).map((one) => one.text).join('').split('\n').find((one) => one.trim() !== '') ?? '';
  return {
    id: section.id, href: sectionHref(href, section.id), number: section.number, heading: section.heading, depth: section.depth, start: first.length > 60 ? `${first.slice(0, 60)}…` : first,
    marks: [
      ...(section.role === 'announcement' ? [{ label: '公表文', tone: 'blue' }] : section.role === 'letter' ? [{ label: '送付文', tone: 'blue' }] : []),
      ...(section.code === null ? [{ label: '加えた章', tone: 'grey' }] : section.source === 'edited' ? [{ label: '直した文', tone: 'grey' }] : []),
      ...(report.status === 'draft' && isOutdated(section, assembled) ? [{ label: '！ もとが変わった', tone: 'amber' }] : []),
      ...(troubled > 0 ? [{ label: `！ 直すところ${troubled}`, tone: 'red' }] : []),
    ],
    tools: writes ? { below: !section.leaf } : null,
  };
}

export interface SectionShown {
  state: ReportState;
  section: NumberedSection;
  actor: Pick<Actor, 'grants'>;
  typed: { heading: string; text: string; version: string };
  problems: readonly Problem[];
}

/** One chapter with what its references say now, and what changed behind it. */
export function sectionView({ state, section, actor, typed, problems }: SectionShown): object {
  const { href, report, resolver, assembled, view } = state;
  const { errors, problems: listed } = errorsByField(problems, ['heading', 'text']);
  const writes = mayWrite(state, actor);
  const then = section.assembledThen ?? '';
  const now = assembled.find((one) => one.code === section.code && one.code !== null);
  const outdated = report.status === 'draft' && isOutdated(section, assembled);
  const pieces = resolvePieces(section.text, resolver);
  const marks = pieces.flatMap((one) => (one.problem === null ? [] : [one.problem]));
  return {
    href, report: report.title, id: section.id, at: sectionHref(href, section.id), name: `${section.number} ${section.heading}`.trim(), writes, typed: { ...typed }, errors, problems: listed,
    follows: report.status === 'draft' && section.source === 'assembled', edited: section.source === 'edited' && now !== undefined && writes,
    outdated: outdated ? { diff: textDiff(then, now?.text ?? ''), gone: now === undefined } : null,
    stale: marks.filter((one) => one.code === 'stale'), unknown: marks.filter((one) => one.code === 'unknown'), keepable: writes && (outdated || marks.some((one) => one.code === 'stale')),
    pieces: pieces.map((one) => ({ text: one.text, source: one.source ?? '', tone: one.problem === null ? '' : one.problem.code })),
    aid: {
      listings: [...new Map(state.file.tabulations.flatMap(datasetsOf).map((one) => [one.code, one])).values()].map((one) => ({ code: `［一覧:${one.code}］`, title: one.title })),
      tables: state.results.flatMap((one) => one.tables.map((table) => ({ code: `［表:${table.code}］`, title: table.title, href: `${href}/figures?table=${encodeURIComponent(table.code)}` }))),
      findings: view.findings.map((one) => ({ code: `［検出:${one.number}］`, titled: `［検出題:${one.number}］`, label: one.label, title: one.title })),
      improvements: view.improvements.map((one) => ({ code: `［改善:${one.number}］`, label: one.label, title: shortened(resolveReferences(one.row.text, resolver).text) })),
    },
  };
}

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** Every figure of the tables with the reference that prints it. */
export function figuresView(state: ReportState, chosen: string): object {
  const tables = state.results.flatMap((one) => one.tables);
  const table = tables.find((one) => one.code === chosen) ?? tables[0];
  return {
    href: state.href, report: state.report.title, tables: tables.map((one) => ({ code: one.code, title: one.title, chosen: one.code === table?.code })),
    table: table === undefined ? null : { title: table.title, code: `［表:${table.code}］`, figures: figuresOf(table) },
  };
}

function figuresOf({ rows, columns }: TableResult): object[] {
  return rows.flatMap((row) => [...row.figures, ...(row.shares ?? [])].map((figure, n) => {
    const column = columns[n % columns.length]!;
    return { row: row.label, column: `${column.under === '' ? '' : `${column.under}・`}${column.label}${n >= columns.length ? '（構成比）' : ''}`, text: figure.text, source: `［数値:${figure.address}=${figure.text}］` };
  }));
}

/** The report as it reads, for a look before it is printed. */
export function previewView(state: ReportState): object {
  const { report, sections, resolver, results, audit } = state;
  const tables = new Map(results.flatMap((one) => one.tables).reverse().map((one) => [one.code, one]));
  const datasets = new Map(state.file.tabulations.flatMap(datasetsOf).reverse().map((one) => [one.code, one]));
  return {
    href: state.href, auditId: audit.id, title: report.title, number: report.publicationNumber === null ? '監査公表第　　号' : `監査公表第${report.publicationNumber}号`, publishedOn: report.publishedOn ?? '', draft: report.status === 'draft',
    organisation: state.model.organisation, members: state.model.members,
    sections: sections.map((section) => ({
      id: section.id, number: section.number, heading: section.heading, role: section.role, announcement: section.role === 'announcement', letter: section.role === 'letter', chapter: section.role === 'chapter', depth: section.depth, top: section.depth === 0,
      blocks: blocksOf(section.text, { tables, datasets, resolver }),
    })),
  };
}

interface PlacedThings {
  tables: ReadonlyMap<string, TableResult>;
  datasets: ReadonlyMap<string, Dataset>;
  resolver: ReportState['resolver'];
}

/** Paragraphs; a line that is nothing but ［表:…］ or ［一覧:…］ is the table or the list. */
function blocksOf(text: string, { tables, datasets, resolver }: PlacedThings): object[] {
  return text.split('\n').flatMap((line): object[] => {
    const [, word, code = ''] = PLACED.exec(line.trim()) ?? [];
    const table = word === '表' ? tables.get(code.trim()) : undefined;
    if (table !== undefined) return [{ table: tableView(table), listing: null, pieces: [] }];
    const dataset = word === '一覧' ? datasets.get(code.trim()) : undefined;
    if (dataset !== undefined) return [{ table: null, listing: listingModel(dataset), pieces: [] }];
    if (line.trim() === '') return [];
    return [{ table: null, listing: null, pieces: resolvePieces(line, resolver).map((one) => ({ text: one.text, tone: one.problem === null ? (listingsIn(one.text).length > 0 ? 'unknown' : '') : one.problem.code })) }];
  });
}

function tableView({ title, rowsLabel, columns, rows, notes }: TableResult): object {
  return {
    title, rowsLabel, notes, columns: columns.map((one) => ({ label: `${one.under === '' ? '' : `${one.under}・`}${one.label}`, unit: one.unit })),
    rows: rows.flatMap((row) => [{ label: row.label, total: row.total, cells: row.figures.map((one) => one.text) }, ...(row.shares === null ? [] : [{ label: '構成比', total: row.total, cells: row.shares.map((one) => one.text) }])]),
  };
}
