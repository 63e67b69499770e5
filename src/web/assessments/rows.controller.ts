import { Body, Controller, Param, Post } from '@nestjs/common';
import { AnswerSaving } from '../../assessments/answer-saving.service.js';
import { AssessmentReading } from '../../assessments/assessment-reading.service.js';
import { Images } from '../../assessments/images.service.js';
import { Rows } from '../../assessments/rows.service.js';
import { sectionHref } from '../../assessments/item-links.js';
import type { FiguresAnswer } from '../../engine/form.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Invalid, NotFound } from '../../kernel/errors.js';
import { Allow, InCtx, Uploads, type Upload } from '../allow.js';
import { redirect, type Outcome } from '../outcome.js';
import { FigureInput, MoveRowInput, NewRowInput, RemoveRowInput } from './inputs.js';

/** Rows of repeated groups, and pictures of figures. */
@Controller('assessments/:id')
export class RowsController {
  constructor(
    private readonly rows: Rows,
    private readonly assessments: AssessmentReading,
    private readonly saving: AnswerSaving,
    private readonly images: Images,
  ) {}

  @Post('rows')
  @Allow('assessment.write')
  async add(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: NewRowInput): Promise<Outcome> {
    const { row, over } = await this.rows.addRow(ctx, id, input.group, input.parent === undefined || input.parent === '' ? null : input.parent);
    const opened = await this.assessments.open(ctx, id);
    const own = opened.form.sections.find((one) => one.groups.at(-1) === input.group);
    const children = opened.form.childrenOf.get(input.group) ?? [];
    // A row that repeats whole sections is opened there; any other in the page at hand.
    if (children.length === 0 && own !== undefined) return redirect(sectionHref(id, own.code, row.id));
    return redirect(`${fromOf(id, input.from)}${over === null ? '' : '?notice=over-sheets'}#row-${row.id}`);
  }

  @Post('rows/:row/move')
  @Allow('assessment.write')
  async move(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('row') rowId: string, @Body() input: MoveRowInput): Promise<Outcome> {
    const { reading } = await this.assessments.open(ctx, id);
    const row = reading.row(rowId);
    if (row === undefined) throw new NotFound('row-not-found', 'この行が見つかりません。ほかの人が外したのかもしれません。');
    await this.rows.moveRow(ctx, id, rowId, row.number + (input.direction === 'up' ? -1 : 1), Number(input.seen));
    return redirect(`${fromOf(id, input.from)}#row-${rowId}`);
  }

  @Post('rows/:row/remove')
  @Allow('assessment.write')
  async remove(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('row') row: string, @Body() input: RemoveRowInput): Promise<Outcome> {
    await this.rows.removeRow(ctx, id, row, Number(input.seen));
    return redirect(`${fromOf(id, input.from)}?notice=row-removed`);
  }

  @Post('rows/restore/:entry')
  @Allow('assessment.write')
  async restore(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('entry') entry: string): Promise<Outcome> {
    const { row } = await this.rows.restoreRow(ctx, id, Number(entry));
    const opened = await this.assessments.open(ctx, id);
    return redirect(opened.href(`${row.group}${row.parent === null ? '' : `@${row.parent}`}`));
  }

  /** A picture for a figures item: checked, stored, and added at the end. */
  @Post('figures')
  @Allow('assessment.write')
  async addFigure(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: FigureInput, @Uploads() uploads: Record<string, Upload>): Promise<Outcome> {
    const upload = uploads.picture;
    if (upload === undefined) throw new Invalid('picture-missing', '図のファイルを選んでください。', [{ code: 'picture-missing', path: input.address, message: '図のファイル（PNGかJPEG、10MBまで）を選んでください。' }]);
    const opened = await this.assessments.open(ctx, id);
    const { sha256, width, height } = await this.images.store(ctx, upload.bytes, input.address);
    const before = (opened.answers.answers[input.address] as FiguresAnswer | undefined)?.figures ?? [];
    await this.saving.save(ctx, id, input.address, { figures: [...before, { image: sha256, caption: input.caption ?? '', width, height }] }, Number(input.version));
    const [place, anchor] = opened.href(input.address).split('#');
    return redirect(`${place}?notice=figure-added#${anchor ?? ''}`);
  }
}

/** Back to the page of this assessment that the form stood on; never to anywhere else. */
function fromOf(id: string, from: string | undefined): string {
  const own = `/assessments/${id}/`;
  return from !== undefined && from.startsWith(own) && /^[\w/.-]+$/u.test(from) ? from : `/assessments/${id}`;
}
