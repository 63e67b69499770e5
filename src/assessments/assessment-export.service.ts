import { Injectable } from '@nestjs/common';
import type { Ctx } from '../kernel/ctx.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { objectOf } from './access.js';
import { AssessmentReading } from './assessment-reading.service.js';
import { writeExchange, type ExchangeImage } from './exchange.js';
import { Images } from './images.service.js';
import { Judgement } from './threshold-judgement.entity.js';

/** Writes a document out as our exchange file. */
@Injectable()
export class AssessmentExport {
  constructor(private readonly reading: AssessmentReading, private readonly images: Images) {}

  /** JSON with rows, answers and figures, lossless. Throws `NotFound`, `Refused`. */
  async exchange(ctx: Ctx, assessmentId: string): Promise<{ fileName: string; mediaType: string; bytes: Buffer }> {
    const { assessment, bodyName, answers } = await this.reading.open(ctx, assessmentId);
    const pictures = await this.images.ofAnswers(ctx, answers);
    const judgement = assessment.judgementId === null ? null : await scoped(ctx, Judgement).get(assessment.judgementId);
    const text = writeExchange({
      form: assessment.form, version: assessment.formVersion, exportedAt: ctx.clock.now().toISOString(), title: assessment.title, implementingBody: bodyName,
      ...(assessment.number === null ? {} : { number: assessment.number }),
      ...(judgement === null ? {} : { threshold: { input: judgement.answers, result: judgement.result.result } }),
      answerSet: answers,
      images: [...pictures.values()].map(({ sha256, mediaType, width, height, bytes }) => ({ sha256, mediaType: mediaType as ExchangeImage['mediaType'], width, height, data: bytes })),
    });
    await record(ctx, { action: 'assessment-exported', object: objectOf(assessment.id) });
    return { fileName: `${fileNameOf(assessment.title)}.json`, mediaType: 'application/json', bytes: Buffer.from(text, 'utf8') };
  }
}

/** A title as the name of a file. */
function fileNameOf(title: string): string {
  const safe = Array.from(title.replace(/[\\/:*?"<>|\s]+/gu, ' ').trim()).slice(0, 60).join('');
  return safe === '' ? '評価書' : safe;
}
