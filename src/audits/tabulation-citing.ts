/** Texts of an audit that speak of a table or of one of its figures: ［表:符号］, ［数値:符号/行/列］. */
import type { Code } from '../engine/form.js';
import { citedIn } from '../engine/references.js';
import type { TableColumn, TableDefinition, TabulationDefinition } from '../engine/tabulation.js';
import type { Ctx } from '../kernel/ctx.js';

/** What cites one of the tables, each once, with the page on which it can be taken away. @param column figures of this column alone */
export async function citing(ctx: Ctx, auditId: string, tables: readonly Code[], column: Code | null = null): Promise<{ label: string; href: string }[]> {
  const rows: { label: string; href: string; text: string }[] = await ctx.tx.query(
    `select '検出事項「' || coalesce(nullif(title, ''), number::text) || '」' as label, '/findings/' || id as href, concat_ws(E'\\n', title, facts, criteria, cause, effect) as text from finding where organisation_id = $1 and audit_id = $2
     union all select '改善を求める事項' || number, '/audits/' || audit_id || '/improvements', concat_ws(E'\\n', text, reason) from improvement where organisation_id = $1 and audit_id = $2
     union all select '事案「' || title || '」', '/audits/' || audit_id || '/cases/' || id, concat_ws(E'\\n', overview, quoted) from audit_case where organisation_id = $1 and audit_id = $2
     union all select '報告「' || title || '」', '/audits/' || audit_id || '/report', sections::text from audit_report where organisation_id = $1 and audit_id = $2`, [ctx.organisation, auditId]);
  const wanted = new Set(tables);
  return rows.filter(({ text }) => {
    const cited = citedIn(text);
    const figures = cited.figures.filter((address) => wanted.has(address.slice(0, address.indexOf('/'))));
    if (column !== null) return figures.some((address) => isOf(column, address.slice(address.lastIndexOf('/') + 1)));
    return figures.length > 0 || cited.tables.some((code) => wanted.has(code));
  }).map(({ label, href }) => ({ label, href }));
}

/** The column itself, one option of it, or its share below. */
const isOf = (column: Code, code: Code): boolean => code === column || code === `${column}%` || code.startsWith(`${column}.`);

/** Columns that go from tables that stay. */
export function columnsGone(before: TabulationDefinition, after: TabulationDefinition): { table: TableDefinition; column: TableColumn }[] {
  return before.tables.flatMap((table) => {
    const now = after.tables.find((one) => one.code === table.code);
    return now === undefined ? [] : table.columns.filter(({ code }) => !now.columns.some((one) => one.code === code)).map((column) => ({ table, column }));
  });
}

export function tablesGone(before: TabulationDefinition, after: TabulationDefinition): TableDefinition[] {
  return before.tables.filter(({ code }) => !after.tables.some((one) => one.code === code));
}
