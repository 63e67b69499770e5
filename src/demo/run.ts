import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssessmentExport } from '../assessments/assessment-export.service.js';
import { AssessmentList } from '../assessments/assessment-list.service.js';
import { assessmentListWorkbook } from '../documents/assessment-list.workbook.js';
import { Documents } from '../documents/documents.service.js';
import { workOnDocuments } from '../documents/rendering-worker.js';
import type { Ctx } from '../kernel/ctx.js';
import { inTransaction } from '../kernel/database.js';
import { verifyJournal } from '../kernel/journal.js';
import type { Operating } from '../operator.js';
import { demoAccount, demoDepartment, DEMO_ORGANISATION } from './city.js';
import { loadDemo } from './load.js';

export interface Written {
  file: string;
  pages: number | null;
}

/**
 * Takes the demo city through the main job in the (empty, throwaway) database at hand: judgements, assessments, approval,
 * printing; writes every document to `folder`. Returns what was written.
 */
export async function runDemo({ app, parts }: Operating, folder: string): Promise<Written[]> {
  const loaded = await loadDemo({ app, database: parts.database, clock: parts.clock });
  if (loaded === null) throw new Error('the demo needs an empty database');
  mkdirSync(folder, { recursive: true });
  await workOnDocuments(parts.queue, parts, 2);
  const lead = <T>(work: (ctx: Ctx) => Promise<T>): Promise<T> => inTransaction(parts.database, {
    organisation: DEMO_ORGANISATION, clock: parts.clock,
    actor: { id: demoAccount('hyoka.tokatsu'), name: '情報政策課　評価統括', department: demoDepartment('情報政策課'), grants: [{ role: 'assessment-lead', department: null }] },
  }, work);
  const asked: { name: string; id: string }[] = [];
  for (const { id, name } of loaded) asked.push({ name, id: (await lead((ctx) => app.get(Documents).askForAssessment(ctx, id))).id });
  const written: Written[] = [];
  for (const { name, id } of asked) {
    const { bytes, pages } = await stored(lead, app.get(Documents), id);
    writeFileSync(join(folder, `${name}.pdf`), bytes);
    written.push({ file: `${name}.pdf`, pages });
  }
  for (const { id, name } of loaded) {
    const { bytes } = await lead((ctx) => app.get(AssessmentExport).exchange(ctx, id));
    writeFileSync(join(folder, `${name}.json`), bytes);
    written.push({ file: `${name}.json`, pages: null });
  }
  const { assessments } = await lead((ctx) => app.get(AssessmentList).list(ctx));
  writeFileSync(join(folder, 'assessments.xlsx'), await assessmentListWorkbook(assessments));
  written.push({ file: 'assessments.xlsx', pages: null });
  const journal = await verifyJournal(parts.database);
  if (journal.problems.length > 0) throw new Error(journal.problems.map((one) => one.message).join('\n'));
  return written;
}

/** Waits for the worker; gives up after three minutes. */
async function stored(lead: <T>(work: (ctx: Ctx) => Promise<T>) => Promise<T>, documents: Documents, id: string): Promise<{ bytes: Buffer; pages: number }> {
  for (let tries = 0; tries < 900; tries += 1) {
    const found = await lead((ctx) => documents.find(ctx, id));
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`document ${id} was not stored in time`);
}
