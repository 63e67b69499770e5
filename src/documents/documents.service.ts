import { Injectable } from '@nestjs/common';
import { AssessmentReading, type Opened } from '../assessments/assessment-reading.service.js';
import { Forms } from '../assessments/forms.js';
import { readAssessment } from '../assessments/access.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid } from '../kernel/errors.js';
import { modelOf, undrawable, type AssessmentSource } from './assessment-pdf.js';
import type { StoredDocument } from './document.entity.js';
import { StoredDocuments } from './stored-documents.js';

/** Documents of assessments: asked for, rendered by a worker, and kept. */
@Injectable()
export class Documents {
  constructor(
    private readonly assessments: AssessmentReading,
    private readonly stored: StoredDocuments,
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
    return this.stored.ask(ctx, { kind: 'assessment', objectKind: 'assessment', objectId: assessmentId, title: model.title, mediaType: 'application/pdf', model });
  }

  /** The newest documents of an assessment. Throws `NotFound`, `Refused`. */
  async ofAssessment(ctx: Ctx, assessmentId: string, limit = 10): Promise<StoredDocument[]> {
    await readAssessment(ctx, assessmentId);
    return this.stored.ofObject(ctx, 'assessment', assessmentId, limit);
  }

  /** The file of a document once it is stored, else null. Throws `NotFound`, `Refused`. */
  async find(ctx: Ctx, id: string): Promise<{ bytes: Buffer; pages: number } | null> {
    const { state, pages } = await this.stored.get(ctx, 'assessment', id);
    return state === 'stored' ? { bytes: (await this.file(ctx, id)).bytes, pages: pages ?? 0 } : null;
  }

  /** A stored document with its file. Throws `NotFound` while it is not stored, `Refused`. */
  async file(ctx: Ctx, id: string): Promise<{ document: StoredDocument; bytes: Buffer }> {
    const document = await this.stored.get(ctx, 'assessment', id);
    await readAssessment(ctx, document.objectId);
    return { document, bytes: await this.stored.bytes(ctx, document) };
  }

  /** What is printed of an opened assessment. */
  sourceOf({ assessment, form, answers }: Opened): AssessmentSource {
    return { form, answers, title: assessment.title, editionNote: assessment.status === 'confirmed' ? '' : '（案）', computeThreshold: this.forms.thresholdOf(form) };
  }
}
