import { Injectable } from '@nestjs/common';
import { AssessmentReading, type Opened } from '../assessments/assessment-reading.service.js';
import { Forms } from '../assessments/forms.js';
import { readAssessment } from '../assessments/access.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, NotFound } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { JobQueue, type Work } from '../jobs/queue.js';
import { modelHash, modelOf, undrawable, type AssessmentSource } from './assessment-pdf.js';
import { StoredDocument } from './document.entity.js';

/** Rendering of one stored document, as a job. */
export const RENDERING: Work<{ document: string }> = { queue: 'document-rendering', label: '文書の印刷' };

const ASSESSMENT = 'assessment';
/** A document that nobody finished for so long was lost with its last worker. */
const LOST_AFTER = 3_600_000;
const LOST = { code: 'rendering-lost', path: '', message: '1時間たってもできませんでした。もう一度作ってください。' };
const isLost = ({ state, askedAt }: StoredDocument, now: number): boolean => (state === 'waiting' || state === 'rendering') && now - askedAt.getTime() > LOST_AFTER;

/** Documents that are asked for, rendered by a worker, and kept. */
@Injectable()
export class Documents {
  constructor(
    private readonly assessments: AssessmentReading,
    private readonly queue: JobQueue,
    private readonly forms: Forms,
  ) {}

  /**
   * Asks for the PDF of an assessment as it stands now: the model is frozen here, a worker prints it.
   * Throws `Invalid` with each character that no font can draw, `NotFound`, `Refused`.
   */
  async askForAssessment(ctx: Ctx, assessmentId: string): Promise<{ id: string }> {
    const opened = await this.assessments.open(ctx, assessmentId);
    const source = this.sourceOf(opened);
    const problems = undrawable(source, opened.href);
    if (problems.length > 0) throw new Invalid('character-undrawable', '印刷できない文字があります。直してから、もう一度PDFを作ってください。', problems);
    const model = modelOf(source);
    const id = newId();
    await scoped(ctx, StoredDocument).insert({
      id, kind: ASSESSMENT, objectKind: ASSESSMENT, objectId: assessmentId, title: model.title, state: 'waiting', progress: 0, problems: [],
      templateHash: null, model, modelHash: modelHash(model), mediaType: 'application/pdf', file: null, fileHash: null, pages: null,
      askedByName: ctx.actor.name, askedAt: ctx.clock.now(), finishedAt: null,
    });
    await record(ctx, { action: 'document-asked', object: { kind: 'document', id }, after: { assessment: assessmentId, modelHash: modelHash(model) } });
    await this.queue.enqueue(ctx, RENDERING, { document: id });
    return { id };
  }

  /** The newest documents of an assessment. Throws `NotFound`, `Refused`. */
  async ofAssessment(ctx: Ctx, assessmentId: string, limit = 10): Promise<StoredDocument[]> {
    await readAssessment(ctx, assessmentId);
    const found = await scoped(ctx, StoredDocument).find({ objectKind: ASSESSMENT, objectId: assessmentId }, { askedAt: 'DESC' }, limit);
    const now = ctx.clock.now().getTime();
    return found.map((one) => (isLost(one, now) ? Object.assign(one, { state: 'failed', problems: [LOST] }) : one));
  }

  /** The file of a document once it is stored, else null. Throws `NotFound`, `Refused`. */
  async find(ctx: Ctx, id: string): Promise<{ bytes: Buffer; pages: number } | null> {
    const { state, pages } = await scoped(ctx, StoredDocument).get(id);
    return state === 'stored' ? { bytes: (await this.file(ctx, id)).bytes, pages: pages ?? 0 } : null;
  }

  /** A stored document with its file. Throws `NotFound` while it is not stored, `Refused`. */
  async file(ctx: Ctx, id: string): Promise<{ document: StoredDocument; bytes: Buffer }> {
    const document = await scoped(ctx, StoredDocument).get(id);
    await readAssessment(ctx, document.objectId);
    const rows: { file: Buffer | null }[] = await ctx.tx.query('select file from document where id = $1 and organisation_id = $2', [id, ctx.organisation]);
    const bytes = rows[0]?.file ?? null;
    if (bytes === null) throw new NotFound('document-not-stored', 'この文書はまだできていません。少し待ってから開いてください。');
    return { document, bytes };
  }

  /** What is printed of an opened assessment. */
  sourceOf({ assessment, form, answers }: Opened): AssessmentSource {
    return { form, answers, title: assessment.title, editionNote: assessment.status === 'confirmed' ? '' : '（案）', computeThreshold: this.forms.thresholdOf(form) };
  }
}
