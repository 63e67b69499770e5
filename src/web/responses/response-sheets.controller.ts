import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { AnswerSheets, type SheetPreview } from '../../audits/answer-sheets.service.js';
import { rowWords } from '../../audits/answer-words.js';
import { Answering } from '../../audits/answering.service.js';
import { addressLabel } from '../../audits/response-form.js';
import { answersIn, type RowChanges } from '../../audits/response-rows.js';
import { splitAddress, type Address, type AnswerValue } from '../../engine/form.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, type Problem } from '../../kernel/errors.js';
import { XLSX } from '../../rendering/workbook.js';
import { Allow, InCtx, Uploads, type Upload } from '../allow.js';
import { attempt } from '../attempt.js';
import type { Fields } from '../fields/field-input.js';
import { file, page, redirect, type Outcome } from '../outcome.js';
import { responseHead } from './response-view.js';
import { sidesOf } from './sent-answers.js';
import { previewView, takenAnswers, takenRows } from './sheet-view.js';

/** 回答票: taken away as XLSX, chosen again, looked at, saved. */
@Controller('responses/:id')
export class ResponseSheetsController {
  constructor(
    private readonly answering: Answering,
    private readonly sheets: AnswerSheets,
  ) {}

  @Get('sheet.xlsx')
  @Allow('questionnaire.answer')
  async take(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const { bytes, fileName } = await this.sheets.make(ctx, id);
    return file(bytes, XLSX, fileName);
  }

  @Get('sheet')
  @Allow('questionnaire.answer')
  async choose(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return this.choosePage(ctx, id, []);
  }

  /** Reads the file and shows what would change; nothing is saved yet. */
  @Post('sheet')
  @Allow('questionnaire.answer')
  async read(@InCtx() ctx: Ctx, @Param('id') id: string, @Uploads() uploads: Record<string, Upload>): Promise<Outcome> {
    const chosen = uploads.file;
    if (chosen === undefined) return this.choosePage(ctx, id, [{ code: 'file-missing', path: 'file', message: '回答票のファイルを選んでください。' }]);
    try {
      return await this.previewPage(ctx, id, chosen.fileName, await this.sheets.read(ctx, id, chosen.bytes));
    } catch (error) {
      if (error instanceof Invalid) return await this.choosePage(ctx, id, error.problems);
      throw error;
    }
  }

  @Post('sheet/take-over')
  @Allow('questionnaire.answer')
  async takeOver(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() body: Fields): Promise<Outcome> {
    const [changes, rows] = [takenAnswers(body), takenRows(body)];
    try {
      await attempt(ctx, () => this.sheets.save(ctx, id, changes, rows));
    } catch (error) {
      if (error instanceof Invalid) return await this.choosePage(ctx, id, error.problems);
      if (error instanceof Conflict) return await this.previewPage(ctx, id, '', await this.stalePreview(ctx, id, changes, rows, error), 409);
      throw error;
    }
    return redirect(`/responses/${id}?notice=taken`);
  }

  /** Somebody answered while the preview was looked at: their answers stand beside those of the sheet, nothing is lost. */
  private async stalePreview(ctx: Ctx, id: string, changes: ReturnType<typeof takenAnswers>, rows: RowChanges, error: Conflict): Promise<SheetPreview> {
    const { form, stored, reading } = await this.answering.open(ctx, id);
    const line = (address: Address, after: AnswerValue | null): SheetPreview['conflicts'] => {
      const question = form.byCode.get(splitAddress(address).item);
      const now = stored.get(address);
      return question === undefined ? [] : [{ item: address, question, label: rows.added.some(({ id: row }) => row === splitAddress(address).row) ? `新しい行　${question.item.label}` : addressLabel(reading, address), cell: '', before: now?.value ?? null, after, seen: now?.version ?? 0, by: now?.changedByName ?? '', at: now?.changedAt.toISOString() ?? '' }];
    };
    const stale = sidesOf(error).map((one) => one.item);
    const added = rows.added.flatMap(({ id: row, group }) => (form.byCode.has(group) ? [{ id: row, group: form.byCode.get(group)!, cell: '' }] : []));
    const removed = rows.removed.flatMap(({ id: row }) => {
      const placed = reading.row(row);
      return placed === undefined ? [] : [{ id: row, group: form.byCode.get(placed.group)!, cell: '', words: rowWords(reading, placed), seen: Object.fromEntries(answersIn(stored.values(), row).map((one) => [one.item, one.version])) }];
    });
    const emptied = stale.filter((address) => !changes.some((one) => one.item === address)).flatMap((address) => line(address, null));
    return {
      changes: changes.filter((one) => !stale.includes(one.item)).flatMap((one) => line(one.item, one.value as AnswerValue | null)),
      conflicts: [...changes.filter((one) => stale.includes(one.item)).flatMap((one) => line(one.item, one.value as AnswerValue | null)), ...emptied], added, removed, cleared: [], unchanged: 0,
    };
  }

  private async previewPage(ctx: Ctx, id: string, fileName: string, preview: SheetPreview, status = 200): Promise<Outcome> {
    const opened = await this.answering.open(ctx, id);
    return page('pages/responses/sheet-preview', { head: responseHead(opened, 'sheet'), fileName, stale: status === 409, ...previewView(preview) }, status);
  }

  private async choosePage(ctx: Ctx, id: string, problems: readonly Problem[]): Promise<Outcome> {
    const opened = await this.answering.open(ctx, id);
    return page('pages/responses/sheet', { head: responseHead(opened, 'sheet'), problems: problems.map(({ message }) => ({ message, href: '#file' })), wrong: problems[0]?.message ?? '', answered: opened.stored.size > 0 }, problems.length === 0 ? 200 : 422);
  }
}
