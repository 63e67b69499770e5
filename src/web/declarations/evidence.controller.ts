import { Controller, Get, Param, Post } from '@nestjs/common';
import type { Ctx } from '../../kernel/ctx.js';
import { Invalid, NotFound } from '../../kernel/errors.js';
import { Declaring } from '../../systems/declaring.service.js';
import { Evidence } from '../../systems/evidence.service.js';
import { Allow, InCtx, Uploads, type Upload } from '../allow.js';
import { file, redirect, type Outcome } from '../outcome.js';
import { anchorOfControl } from './control-view.js';
import { DeclarationPages } from './declaration-pages.js';
import { groupHref, groupWith } from './page-view.js';

/** 証拠 of declarations: handed in, taken away, read. Files are never shown in the page, only downloaded. */
@Controller()
export class EvidenceController {
  constructor(
    private readonly pages: DeclarationPages,
    private readonly declaring: Declaring,
    private readonly evidence: Evidence,
  ) {}

  @Post('systems/:id/controls/:control/evidence')
  @Allow('declaration.write')
  async add(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('control') code: string, @Uploads() uploads: Record<string, Upload>): Promise<Outcome> {
    const { group, control } = groupWith(await this.declaring.sheet(ctx, id), code);
    if (control.own === null) throw new NotFound('declaration-not-found', '申告がないため、証拠は付けられません。ほかの人が申告を取り消したかもしれません。画面を読み込み直してください。');
    try {
      const { file: upload } = uploads;
      if (upload === undefined) throw new Invalid('evidence-missing', '証拠のファイルを選んでください。', [{ code: 'evidence-missing', path: 'file', message: '証拠のファイルを選んでください。' }]);
      await this.evidence.add(ctx, control.own.id, upload.fileName, upload.bytes);
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      const message = error.problems[0]?.message ?? error.message;
      return await this.pages.show(ctx, id, { group: group.code }, {
        aroundOf: (one) => (one.code === code ? { evidenceProblem: message } : {}), problems: [{ code: error.code, path: code, message: `「${control.label}」：${message}` }], status: 422,
      });
    }
    return redirect(`${groupHref(id, group.code, '&notice=evidence-added')}#${anchorOfControl(code)}`);
  }

  @Get('evidence/:id')
  @Allow('system.read')
  async read(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const { bytes, mediaType, fileName } = await this.evidence.read(ctx, id);
    return file(bytes, mediaType, fileName);
  }

  @Post('systems/:id/controls/:control/evidence/:evidence/remove')
  @Allow('declaration.write')
  async remove(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('control') code: string, @Param('evidence') evidence: string): Promise<Outcome> {
    const { group, control } = groupWith(await this.declaring.sheet(ctx, id), code);
    if (control.own?.evidence.some((one) => one.id === evidence) !== true) throw new NotFound('evidence-not-found', 'この証拠はありません。ほかの人が先に外したかもしれません。画面を読み込み直してください。');
    await this.evidence.remove(ctx, evidence);
    return redirect(`${groupHref(id, group.code, '&notice=evidence-removed')}#${anchorOfControl(code)}`);
  }
}
