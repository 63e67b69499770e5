import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { FindingRegister } from '../../findings/finding-register.service.js';
import { resolveReferences } from '../../engine/references.js';
import { FindingTexts } from '../../findings/finding-texts.service.js';
import { Improvements } from '../../findings/improvements.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Invalid, type Problem } from '../../kernel/errors.js';
import { Allow, InCtx } from '../allow.js';
import { attempt } from '../attempt.js';
import { auditHead } from '../audits/head.js';
import { errorsByField } from '../form-errors.js';
import { XLSX } from '../lists.controller.js';
import { file, page, redirect, type Outcome } from '../outcome.js';
import { NewFindingInput, placeOf } from './inputs.js';
import { findingsWorkbook, referencesView, treeView } from './tree-view.js';

const NOTHING: NewFindingInput = { kind: 'finding', title: '', place: '' };

/** 検出事項 of one audit: the numbered tree, and what can be copied into texts. */
@Controller('audits/:id/findings')
export class AuditFindingsController {
  constructor(
    private readonly register: FindingRegister,
    private readonly improvements: Improvements,
    private readonly texts: FindingTexts,
  ) {}

  @Get()
  @Allow('finding.read')
  async tree(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return this.treePage(ctx, id, NOTHING, []);
  }

  @Post()
  @Allow('finding.write')
  async add(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: NewFindingInput): Promise<Outcome> {
    try {
      const added = await attempt(ctx, () => this.register.add(ctx, id, input.kind, placeOf(input.place), { title: input.title }));
      return redirect(input.kind === 'heading' ? `/audits/${id}/findings#f-${added}` : `/findings/${added}/edit`);
    } catch (error) {
      if (error instanceof Invalid) return await this.treePage(ctx, id, input, error.problems);
      throw error;
    }
  }

  @Get('list.xlsx')
  @Allow('finding.read')
  async workbook(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const tree = await this.register.tree(ctx, id);
    const resolver = await this.texts.resolver(ctx, id, tree.entries.flatMap(({ row }) => [row.facts, row.criteria, row.criteriaSource, row.cause, row.effect]));
    return file(await findingsWorkbook(tree, (text) => resolveReferences(text, resolver).text), XLSX, '検出事項一覧.xlsx');
  }

  @Get('references')
  @Allow('finding.read')
  async references(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const tree = await this.register.tree(ctx, id);
    return page('pages/findings/references', { head: auditHead(tree.audit, 'findings', ctx.actor), ...referencesView(tree, (await this.improvements.tree(ctx, id)).entries) });
  }

  private async treePage(ctx: Ctx, id: string, typed: NewFindingInput, problems: readonly Problem[]): Promise<Outcome> {
    const tree = await this.register.tree(ctx, id);
    const errors = errorsByField(problems.map((one) => (one.path === 'parentId' || one.path === 'caseId' ? { ...one, path: 'place' } : one)), ['title', 'place']);
    return page('pages/findings/tree', { head: auditHead(tree.audit, 'findings', ctx.actor), ...treeView(tree), ...errors, typed: { kind: typed.kind, title: typed.title } }, problems.length === 0 ? 200 : 422);
  }
}
