import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { AuditDocuments } from '../documents/audit-documents.service.js';
import { AnswerSheets } from '../audits/answer-sheets.service.js';
import { QuestionnaireResponse } from '../audits/questionnaire.entity.js';
import { AuditFiles } from '../findings/audit-files.service.js';
import type { Ctx } from '../kernel/ctx.js';
import { NotFound } from '../kernel/errors.js';
import { scoped } from '../kernel/scoped.js';
import { demoDepartment } from './city.js';
import type { LoadedAudits } from './audits.js';
import type { Written } from './run.js';

type Within = <T>(work: (ctx: Ctx) => Promise<T>) => Promise<T>;

/** Every document that the followed audit gives, its exchange file, and a questionnaire to be answered offline. */
export async function writeAudits(app: INestApplicationContext, auditor: Within, soon: <T>(id: string, find: () => Promise<T | null>) => Promise<T>, folder: string, { followed }: LoadedAudits): Promise<Written[]> {
  const documents = app.get(AuditDocuments);
  const { offers } = await auditor((ctx) => documents.offers(ctx, followed));
  const asked: { file: string; id: string }[] = [];
  for (const { kind, formats, choices } of offers) {
    // A blank sheet and one that was filled in stand for all of them.
    for (const [n, { key }] of (kind === 'questionnaire' ? choices.slice(0, 2) : choices).entries()) {
      for (const format of formats) asked.push({ file: `audit.${kind}${choices.length > 1 ? `-${n + 1}` : ''}.${format}`, id: (await auditor((ctx) => documents.ask(ctx, followed, kind, { choice: key, format }))).id });
    }
  }
  const written: Written[] = [];
  for (const { file, id } of asked) {
    const { document, bytes } = await soon(id, () => auditor((ctx) => documents.file(ctx, followed, id).catch((error: unknown) => {
      if (error instanceof NotFound) return null;
      throw error;
    })));
    writeFileSync(join(folder, file), bytes);
    written.push({ file, pages: document.pages });
  }
  writeFileSync(join(folder, 'audit.json'), `${JSON.stringify(await auditor((ctx) => app.get(AuditFiles).take(ctx, followed)), null, 2)}\n`);
  return [...written, { file: 'audit.json', pages: null }];
}

/** The questionnaire of a department as the workbook that it may fill in without the product. */
export async function writeAnswerSheet(app: INestApplicationContext, clerk: Within, folder: string): Promise<Written> {
  const { bytes } = await clerk(async (ctx) => {
    const [first] = await scoped(ctx, QuestionnaireResponse).find({ departmentId: demoDepartment('保険年金課'), status: 'answering' });
    return app.get(AnswerSheets).make(ctx, first!.id);
  });
  writeFileSync(join(folder, 'audit.answer-sheet.xlsx'), bytes);
  return { file: 'audit.answer-sheet.xlsx', pages: null };
}
