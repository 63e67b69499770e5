/** Texts of an audit that speak of a table or of one of its figures: ［表:符号］, ［数値:符号/行/列］. */
import type { Code } from '../engine/form.js';
import { citedIn } from '../engine/references.js';
import type { TableDefinition, TabulationDefinition } from '../engine/tabulation.js';
import type { Ctx } from '../kernel/ctx.js';

/** What cites one of the tables, each once, with the page on which it can be taken away. */
export async function citing(ctx: Ctx, auditId: string, tables: readonly Code[]): Promise<{ label: string; href: string }[]> {
  const rows: { label: string; href: string; text: string }[] = await ctx.tx.query(
    `select '検出事項「' || coalesce(nullif(title, ''), number::text) || '」' as label, '/audits/' || audit_id || '/findings/' || id as href, concat_ws(E'\\n', title, facts, criteria, cause, effect) as text from finding where organisation_id = $1 and audit_id = $2
     union all select '改善を求める事項' || number, '/audits/' || audit_id || '/improvements', concat_ws(E'\\n', text, reason) from improvement where organisation_id = $1 and audit_id = $2
     union all select '事案「' || title || '」', '/audits/' || audit_id || '/cases/' || id, concat_ws(E'\\n', overview, quoted) from audit_case where organisation_id = $1 and audit_id = $2
     union all select '報告「' || title || '」', '/audits/' || audit_id || '/report', sections::text from audit_report where organisation_id = $1 and audit_id = $2`, [ctx.organisation, auditId]);
  const wanted = new Set(tables);
  return rows.filter(({ text }) => {
    const cited = citedIn(text);
    return cited.tables.some((code) => wanted.has(code)) || cited.figures.some((address) => wanted.has(address.slice(0, address.indexOf('/'))));
  }).map(({ label, href }) => ({ label, href }));
}

export function tablesGone(before: TabulationDefinition, after: TabulationDefinition): TableDefinition[] {
  return before.tables.filter(({ code }) => !after.tables.some((one) => one.code === code));
}
