import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readForms, type LoadedForm } from '../engine/content-loader.js';
import type { DecisionTable } from '../engine/decision-table.js';
import { parseDecisionTable } from '../engine/decision-table.parse.js';
import { Invalid, TenkenError, type Problem } from '../kernel/errors.js';

const TABLE_FILE = /^table\.(.+)\.yaml$/u;

/** Every problem of the forms and of the threshold tables; empty when all is well. */
export function contentProblems(folder: string): { forms: LoadedForm[]; tables: DecisionTable[]; problems: Problem[] } {
  const { forms, problems: found } = readForms(folder);
  const problems: Problem[] = found.map(({ file, path, reason }) => ({ code: 'content-invalid', path: `${join('forms', file)}${path === '' ? '' : ` ${path}`}`, message: reason }));
  const tables: DecisionTable[] = [];
  for (const file of readdirSync(join(folder, 'forms', 'threshold')).filter((name) => TABLE_FILE.test(name)).sort()) {
    try {
      tables.push(parseDecisionTable(parse(readFileSync(join(folder, 'forms', 'threshold', file), 'utf8'))));
    } catch (error) {
      const inner = error instanceof TenkenError && error.problems.length > 0 ? error.problems : [{ code: 'content-invalid', path: '', message: error instanceof Error ? error.message : String(error) }];
      problems.push(...inner.map((one) => ({ ...one, path: `forms/threshold/${file}${one.path === '' ? '' : ` ${one.path}`}` })));
    }
  }
  if (tables.length === 0 && problems.length === 0) problems.push({ code: 'content-invalid', path: 'forms/threshold', message: 'しきい値の判断表（table.<版>.yaml）がありません。' });
  return { forms, tables, problems };
}

/** The forms and the newest threshold table. Throws `Invalid` with all problems. */
export function loadContent(folder: string): { forms: LoadedForm[]; table: DecisionTable } {
  const { forms, tables, problems } = contentProblems(folder);
  if (problems.length > 0) throw new Invalid('content-invalid', `様式などの定義に${problems.length}件の誤りがあります。`, problems);
  return { forms, table: tables.at(-1)! };
}
