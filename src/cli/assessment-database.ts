import { CreateAssessment } from '../assessments/create-assessment.service.js';
import type { ExchangeDocument } from '../assessments/exchange.js';
import { AssessmentExport } from '../assessments/assessment-export.service.js';
import { Images } from '../assessments/images.service.js';
import { Department } from '../identity/organisation.entity.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid } from '../kernel/errors.js';
import { scoped } from '../kernel/scoped.js';
import { operate } from '../operator.js';

/** Keeps a document that was read from a file; returns its id. */
export async function importAssessment(document: ExchangeDocument, options: { department?: string; title?: string }): Promise<string> {
  return operate(({ app, within }) => within(async (ctx) => {
    const department = await departmentNamed(ctx, options.department);
    for (const { sha256, mediaType, width, height, data } of document.images) await app.get(Images).keep(ctx, Buffer.from(data), { sha256, mediaType, width, height });
    const { id } = await app.get(CreateAssessment).fromAnswers(ctx, {
      form: document.form, version: document.version, title: options.title ?? document.title, number: document.number ?? null,
      departmentId: department.id, bodyId: department.bodyId, answers: document.answerSet, origin: { from: 'command' },
    });
    return id;
  }));
}

/** The exchange file of a stored assessment. */
export async function exportAssessment(id: string): Promise<string> {
  return operate(({ app, within }) => within(async (ctx) => (await app.get(AssessmentExport).exchange(ctx, id)).bytes.toString('utf8')));
}

async function departmentNamed(ctx: Ctx, name: string | undefined): Promise<Department> {
  const departments = await scoped(ctx, Department).find({}, { name: 'ASC' });
  const found = departments.filter((one) => one.name === name && one.parentId !== null && one.endedOn === null);
  if (found.length === 1) return found[0]!;
  const names = departments.filter((one) => one.parentId !== null && one.endedOn === null).map((one) => one.name).join('、');
  throw new Invalid('department-unclear', name === undefined ? '所管課を --department で書いてください。' : `「${name}」という課が${found.length === 0 ? 'ありません' : '2つ以上あります'}。`, [{ code: 'department-unclear', path: '--department', message: `選べる課: ${names}` }]);
}
