import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Rechecking } from '../../findings/rechecking.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, Refused, type Problem } from '../../kernel/errors.js';
import { workbook, XLSX } from '../../rendering/workbook.js';
import { DeclarationApproval, type SeenDeclaration } from '../../systems/declaration-approval.service.js';
import { DeclarationsDue } from '../../systems/declarations-due.service.js';
import { Allow, InCtx } from '../allow.js';
import type { Fields } from '../fields/field-input.js';
import { file, page, redirect, type Outcome } from '../outcome.js';
import { textIn, textsIn } from '../systems/inputs.js';
import { APPROVAL_COLUMNS, approvalRows, queueView, waitingView, type TypedApproval } from './approvals-view.js';
import { ApprovalsQuery } from './inputs.js';

const NOTICES: Readonly<Record<string, string>> = { approved: '選んだ申告を承認しました。', returned: '選んだ申告を差し戻しました。申告した課のホームに、コメントといっしょに出ます。' };

/** 承認: what section heads approve or send back, one system at a time. */
@Controller('systems')
export class ApprovalsController {
  constructor(
    private readonly due: DeclarationsDue,
    private readonly approval: DeclarationApproval,
    private readonly checking: Rechecking,
  ) {}

  @Get('approvals')
  @Allow('declaration.approve')
  open(@InCtx() ctx: Ctx, @Query() { system = '', notice = '' }: ApprovalsQuery): Promise<Outcome> {
    return this.show(ctx, system, { notice: NOTICES[notice] ?? '', typed: { chosen: new Set(), comment: '' }, problems: [], status: 200 });
  }

  @Get('approvals.xlsx')
  @Allow('declaration.approve')
  async list(@InCtx() ctx: Ctx): Promise<Outcome> {
    const rows: string[][] = [];
    for (const { id } of queueView((await this.due.waiting(ctx)).toApprove, '')) rows.push(...approvalRows(await this.approval.waiting(ctx, id)));
    return file(await workbook('承認を待つ申告', APPROVAL_COLUMNS, rows), XLSX, '承認を待つ申告.xlsx');
  }

  /** `act`: approve or return; `chosen`: controls; `seen.<control>`: the version that the page showed; `comment`. */
  @Post(':id/approvals')
  @Allow('declaration.approve')
  async decide(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() body: unknown): Promise<Outcome> {
    const fields = (typeof body === 'object' && body !== null ? body : {}) as Fields;
    const typed = { chosen: new Set(textsIn(fields, 'chosen').filter((one) => one !== '')), comment: textIn(fields, 'comment') };
    const seen = [...typed.chosen].map((control): SeenDeclaration => ({ control, seenVersion: Number(textIn(fields, `seen.${control}`)) }));
    const returning = textIn(fields, 'act') === 'return';
    try {
      if (returning) await this.approval.returnDeclaration(ctx, id, seen, typed.comment);
      else await this.approval.approve(ctx, id, seen);
    } catch (error) {
      if (!(error instanceof Invalid || error instanceof Conflict) && !(error instanceof Refused && error.code === 'four-eyes')) throw error;
      const problems = error.problems.length > 0 ? error.problems : [{ code: error.code, path: '', message: error.message }];
      return await this.show(ctx, id, { notice: '', typed, problems, status: error instanceof Conflict ? 409 : error instanceof Refused ? 403 : 422 });
    }
    await this.checking.recheck(ctx, [id]);
    return redirect(`/systems/approvals?notice=${returning ? 'returned' : 'approved'}`);
  }

  private async show(ctx: Ctx, chosen: string, { notice, typed, problems, status }: { notice: string; typed: TypedApproval; problems: readonly Problem[]; status: number }): Promise<Outcome> {
    const { toApprove } = await this.due.waiting(ctx);
    const [first] = toApprove.flatMap((one) => one.systems);
    const id = chosen === '' ? (first?.id ?? '') : chosen;
    return page('pages/declarations/approvals', {
      queue: queueView(toApprove, id), waiting: id === '' ? null : waitingView(await this.approval.waiting(ctx, id), typed), notice, stale: status === 409,
      problems: problems.map((one) => ({ message: one.message, href: one.path === 'comment' ? '#comment' : typed.chosen.has(one.path) ? `#row-${one.path}` : '' })),
      commentError: problems.find((one) => one.path === 'comment')?.message ?? '',
    }, status);
  }
}
