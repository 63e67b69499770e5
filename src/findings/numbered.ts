/**
 * The findings and improvement opinions of one audit as they are numbered now. Pure.
 *
 * `number` is the stable key that references name; `own` is what is printed before the text (ア), `label` the full number (１(1)ア).
 * What belongs to a case is numbered anew in each case; what belongs to none comes first.
 *
 *     const view = numberedAudit({ findings, improvements, cases }, settings.numbering);
 *     view.finding(id)?.label                                     // １(1)ア
 *     resolveReferences(text, resolverOf(view, { figure, table })) // ［検出:2～7］ → (1)～(6)
 */
import { numberTree, readingOrder, type NumberStyle } from '../engine/numbering.js';
import { fullNumber, numberAndTitle, type NumberedThing, type ReferenceResolver } from '../engine/references.js';

/** A finding or an improvement opinion, as a row of the database or of anything else. */
export interface NumberableRow {
  id: string;
  number: number;
  parentId: string | null;
  caseId: string | null;
  position: number;
}

export interface NumberedEntry<R> extends NumberedThing {
  id: string;
  /** Full number: １(1)ア. */
  label: string;
  /** 0 for the outermost level. */
  depth: number;
  row: R;
}

/**
 * In reading order, case after case.
 * @param titleOf what stands beside the number
 * @param cases ids in the order of the case sheets; cases that are not named come in the order of their rows
 */
function numberedEntries<R extends NumberableRow>(rows: readonly R[], numbering: readonly NumberStyle[], titleOf: (row: R) => string, cases: readonly string[] = []): NumberedEntry<R>[] {
  const place = new Map<string | null, number>([[null, -1], ...cases.map((id, n): [string, number] => [id, n])]);
  const keys = new Map(rows.map((one) => [one.id, one.number]));
  const nodes = [...rows].sort((a, b) => (place.get(a.caseId) ?? cases.length) - (place.get(b.caseId) ?? cases.length) || a.number - b.number).map((row) => ({ id: row.id, parentId: row.parentId, position: row.position, group: row.caseId, row }));
  const numbers = numberTree(nodes, numbering);
  return readingOrder(nodes).map(({ node: { id, row } }) => {
    const { own, path, depth } = numbers.get(id)!;
    return { id, number: row.number, parent: row.parentId === null ? null : (keys.get(row.parentId) ?? null), group: row.caseId, own, path, label: fullNumber({ path }), depth, title: titleOf(row), row };
  });
}

export interface FindingRow extends NumberableRow {
  title: string;
}
export interface ImprovementRow extends NumberableRow {
  kind: 'heading' | 'opinion' | 'recommendation';
  text: string;
}

export interface NumberedAudit<F extends FindingRow, I extends ImprovementRow> {
  findings: NumberedEntry<F>[];
  improvements: NumberedEntry<I>[];
  finding(id: string): NumberedEntry<F> | undefined;
  improvement(id: string): NumberedEntry<I> | undefined;
}

function numberedFindings<F extends FindingRow>(rows: readonly F[], numbering: readonly NumberStyle[], cases: readonly string[] = []): NumberedEntry<F>[] {
  return numberedEntries(rows, numbering, (one) => one.title, cases);
}

/** An improvement opinion has no title of its own, only a heading has. */
function numberedImprovements<I extends ImprovementRow>(rows: readonly I[], numbering: readonly NumberStyle[], cases: readonly string[] = []): NumberedEntry<I>[] {
  return numberedEntries(rows, numbering, (one) => (one.kind === 'heading' ? one.text : ''), cases);
}

/** @param cases in the order of the case sheets */
export function numberedAudit<F extends FindingRow, I extends ImprovementRow>({ findings, improvements, cases = [] }: { findings: readonly F[]; improvements: readonly I[]; cases?: readonly { id: string }[] }, numbering: readonly NumberStyle[]): NumberedAudit<F, I> {
  const order = cases.map((one) => one.id);
  const [numbered, opinions] = [numberedFindings(findings, numbering, order), numberedImprovements(improvements, numbering, order)];
  const [byFinding, byImprovement] = [new Map(numbered.map((one) => [one.id, one])), new Map(opinions.map((one) => [one.id, one]))];
  return { findings: numbered, improvements: opinions, finding: (id) => byFinding.get(id), improvement: (id) => byImprovement.get(id) };
}

/** What resolves the references in any text of the audit. @param around figures and tables as they are now; null for what is not there */
export function resolverOf(view: Pick<NumberedAudit<FindingRow, ImprovementRow>, 'findings' | 'improvements'>, around: Pick<ReferenceResolver, 'figure' | 'table'>): ReferenceResolver {
  return { findings: view.findings, improvements: view.improvements, ...around };
}

/** １(1)　題: how a finding is named in lists. */
export const namedEntry = ({ label, title }: Pick<NumberedEntry<unknown>, 'label' | 'title'>): string => numberAndTitle(label, title);
