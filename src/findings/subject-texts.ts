/** Texts of findings and opinions where they are carried on: in deliberation, corrective actions, notices. */
import { Tabulation } from '../audits/tabulation.entity.js';
import { parseReferences, resolveReferences } from '../engine/references.js';
import type { Ctx } from '../kernel/ctx.js';
import { scoped } from '../kernel/scoped.js';
import { numberedOf } from './finding-reading.js';
import type { FindingSettingsFound } from './finding-settings.service.js';
import { resolverOf } from './numbered.js';

/** Figures as whoever wrote the texts saw them; null where none was noted. */
export function asWritten(texts: readonly string[]): (address: string) => string | null {
  const seen = new Map(texts.flatMap(parseReferences).flatMap((piece): [string, string | null][] => (typeof piece !== 'string' && piece.reference.kind === 'figure' ? [[piece.reference.address, piece.reference.seen]] : [])));
  return (address) => seen.get(address) ?? null;
}

/** Names of the tables of an audit by their code; of several with one code the first. */
export async function tableTitles(ctx: Ctx, auditId: string): Promise<Map<string, string>> {
  const tabulations = await scoped(ctx, Tabulation).find({ auditId }, { position: 'DESC', id: 'DESC' });
  return new Map(tabulations.flatMap((one) => one.definition.tables.map((table): [string, string] => [table.code, table.title])));
}

/** Prints references in any text of the audit: numbers and tables as they stand, figures as they were written. Asks for no right. */
export async function printedIn(ctx: Ctx, auditId: string, settings: Pick<FindingSettingsFound, 'numbering'>): Promise<(text: string) => string> {
  const [view, tables] = [await numberedOf(ctx, auditId, settings), await tableTitles(ctx, auditId)];
  return (text) => resolveReferences(text, resolverOf(view, { figure: asWritten([text]), table: (code) => tables.get(code) ?? null })).text;
}

const LINE = 60;

/** The first sentence of a text, as a name of what has no title. */
export function firstSentence(text: string): string {
  const sentence = text.split(/[\r\n。]/u, 1)[0]!;
  return sentence.length > LINE ? `${sentence.slice(0, LINE - 1)}…` : sentence;
}
