import type { INestApplicationContext } from '@nestjs/common';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssessmentExport } from '../assessments/assessment-export.service.js';
import { AssessmentList } from '../assessments/assessment-list.service.js';
import { assessmentListWorkbook } from '../documents/assessment-list.workbook.js';
import { Documents } from '../documents/documents.service.js';
import { workOnDocuments } from '../documents/rendering-worker.js';
import type { Scope } from '../checks/checking.service.js';
import { CheckReports } from '../documents/check-reports.service.js';
import type { Actor, Ctx } from '../kernel/ctx.js';
import { inTransaction } from '../kernel/database.js';
import { NotFound } from '../kernel/errors.js';
import { verifyJournal } from '../kernel/journal.js';
import type { Operating } from '../operator.js';
import { RegisterExport } from '../systems/register-workbook.js';
import { SystemExchange } from '../systems/system-exchange.service.js';
import { demoAccount, demoDepartment, DEMO_ORGANISATION } from './city.js';
import { AUDITOR, officeOf } from './audit-stage.js';
import { loadDemo } from './load.js';
import { writeAnswerSheet, writeAudits } from './run-audits.js';

export interface Written {
  file: string;
  pages: number | null;
}

/**
 * Takes the demo city through the main job in the (empty, throwaway) database at hand: judgements, assessments, approval,
 * systems, declarations, checks, audits with three years of corrective actions, printing; writes every document to `folder`. Returns what was written.
 */
export async function runDemo({ app, parts }: Operating, folder: string): Promise<Written[]> {
  const loaded = await loadDemo({ app, database: parts.database, clock: parts.clock });
  if (loaded === null) throw new Error('the demo needs an empty database');
  mkdirSync(folder, { recursive: true });
  await workOnDocuments(parts.queue, parts, 2);
  const within = (actor: Actor): InLead => (work) => inTransaction(parts.database, { organisation: DEMO_ORGANISATION, clock: parts.clock, actor }, work);
  const lead = within({ id: demoAccount('hyoka.tokatsu'), name: '情報政策課　評価統括', department: demoDepartment('情報政策課'), grants: [{ role: 'assessment-lead', department: null }] });
  const asked: { name: string; id: string }[] = [];
  for (const { id, name } of loaded.documents) asked.push({ name, id: (await lead((ctx) => app.get(Documents).askForAssessment(ctx, id))).id });
  const written: Written[] = [];
  for (const { name, id } of asked) {
    const { bytes, pages } = await soon(id, () => lead((ctx) => app.get(Documents).find(ctx, id)));
    writeFileSync(join(folder, `${name}.pdf`), bytes);
    written.push({ file: `${name}.pdf`, pages });
  }
  for (const { id, name } of loaded.documents) {
    const { bytes } = await lead((ctx) => app.get(AssessmentExport).exchange(ctx, id));
    writeFileSync(join(folder, `${name}.json`), bytes);
    written.push({ file: `${name}.json`, pages: null });
  }
  const { assessments } = await lead((ctx) => app.get(AssessmentList).list(ctx));
  writeFileSync(join(folder, 'assessments.xlsx'), await assessmentListWorkbook(assessments));
  written.push({ file: 'assessments.xlsx', pages: null });
  written.push(...(await writeSystems(app, lead, folder)), ...(await writeReports(app, lead, folder, loaded.systems)));
  written.push(...(await writeAudits(app, within(AUDITOR), soon, folder, loaded.audits)), await writeAnswerSheet(app, within(officeOf(demoDepartment('保険年金課'), '保険年金課', 'drafter')), folder));
  const journal = await verifyJournal(parts.database);
  if (journal.problems.length > 0) throw new Error(journal.problems.map((one) => one.message).join('\n'));
  return written;
}

type InLead = <T>(work: (ctx: Ctx) => Promise<T>) => Promise<T>;

/** The register as a workbook and as an exchange file with everything declared. */
async function writeSystems(app: INestApplicationContext, lead: InLead, folder: string): Promise<Written[]> {
  writeFileSync(join(folder, 'register.xlsx'), await lead((ctx) => app.get(RegisterExport).workbook(ctx)));
  writeFileSync(join(folder, 'systems.json'), await lead((ctx) => app.get(SystemExchange).export(ctx)));
  return [{ file: 'register.xlsx', pages: null }, { file: 'systems.json', pages: null }];
}

/** 点検結果報告書 of the city, of a department and of a system. */
async function writeReports(app: INestApplicationContext, lead: InLead, folder: string, systems: ReadonlyMap<string, string>): Promise<Written[]> {
  const scopes: [name: string, scope: Scope][] = [
    ['check-report.city', { scope: 'all' }], ['check-report.department', { scope: 'department', id: demoDepartment('子育て支援課') }],
    ['check-report.system', { scope: 'system', id: systems.get('こども医療費助成システム')! }],
  ];
  const asked: { file: string; id: string }[] = [];
  for (const [name, scope] of scopes) {
    for (const format of ['pdf', 'xlsx'] as const) asked.push({ file: `${name}.${format}`, id: (await lead((ctx) => app.get(CheckReports).ask(ctx, { scope, format }))).id });
  }
  const written: Written[] = [];
  for (const { file, id } of asked) {
    const { document, bytes } = await soon(id, () => lead((ctx) => app.get(CheckReports).file(ctx, id).catch(whenStored)));
    writeFileSync(join(folder, file), bytes);
    written.push({ file, pages: document.pages });
  }
  return written;
}

function whenStored(error: unknown): null {
  if (error instanceof NotFound) return null;
  throw error;
}

/** Waits for the worker; gives up after three minutes. */
async function soon<T>(id: string, find: () => Promise<T | null>): Promise<T> {
  for (let tries = 0; tries < 900; tries += 1) {
    const found = await find();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`document ${id} was not stored in time`);
}
