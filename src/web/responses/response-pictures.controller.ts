import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { Images } from '../../assessments/images.service.js';
import { Answering } from '../../audits/answering.service.js';
import { anchorOfQuestion } from '../../audits/response-form.js';
import { pictureOf } from '../../audits/response-pictures.js';
import { splitAddress, type FiguresAnswer } from '../../engine/form.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, NotFound, type Problem } from '../../kernel/errors.js';
import { Allow, InCtx, Uploads, type Upload } from '../allow.js';
import { attempt } from '../attempt.js';
import { file, page, redirect, type Outcome } from '../outcome.js';
import { PictureInput } from './inputs.js';
import { responseView, sectionHref } from './response-view.js';

export const pictureName = (sha256: string, mediaType: string): string => `${sha256.slice(0, 12)}.${mediaType === 'image/png' ? 'png' : 'jpg'}`;

/** 写真・図 of answers: sent one by one, shown to whoever may see the response. */
@Controller('responses/:id')
export class ResponsePicturesController {
  constructor(
    private readonly answering: Answering,
    private readonly images: Images,
  ) {}

  @Post('pictures')
  @Allow('questionnaire.answer')
  async add(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() { address, version, caption }: PictureInput, @Uploads() uploads: Record<string, Upload>): Promise<Outcome> {
    const opened = await this.answering.open(ctx, id);
    const item = opened.form.byCode.get(splitAddress(address).item);
    if (item?.item.kind !== 'figures') throw new NotFound('unknown-item', 'この問は調査票にありません。画面を読み込み直してください。');
    try {
      await attempt(ctx, async () => {
        const upload = uploads.picture;
        if (upload === undefined) throw new Invalid('picture-missing', '写真・図を選んでください。', [{ code: 'picture-missing', path: address, message: '写真・図のファイル（PNGかJPEG、10MBまで）を選んでください。' }]);
        const { sha256, width, height } = await this.images.store(ctx, upload.bytes, address);
        const before = (opened.stored.get(address)?.value as FiguresAnswer | null | undefined)?.figures ?? [];
        await this.answering.saveMany(ctx, id, [{ item: address, value: { figures: [...before, { image: sha256, caption, width, height }] }, seen: Number(version) }], { pictures: new Set([sha256]) });
      });
    } catch (error) {
      if (!(error instanceof Invalid || error instanceof Conflict)) throw error;
      const problems: Problem[] = error instanceof Conflict ? [{ code: error.code, path: address, message: 'ほかの人が先にこの問の写真・図を変えました。いまの内容を確かめてから、もう一度加えてください。' }] : [...error.problems];
      const unsavedOf = (at: string): { problems: string[] } => ({ problems: problems.filter(({ path }) => path === at).map(({ message }) => message) });
      return page('pages/responses/response', responseView(await this.answering.open(ctx, id), { section: item.section.code }, { unsavedOf, problems }), error instanceof Conflict ? 409 : 422);
    }
    return redirect(sectionHref(id, item.section.code, `&notice=picture-added#${anchorOfQuestion(address)}`));
  }

  @Get('images/:sha256')
  @Allow('questionnaire.answer')
  async show(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('sha256') sha256: string): Promise<Outcome> {
    await this.answering.open(ctx, id);
    const { bytes, mediaType } = await pictureOf(ctx, this.images, id, sha256);
    return file(bytes, mediaType, pictureName(sha256, mediaType), true);
  }
}
