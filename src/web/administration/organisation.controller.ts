import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { OrganisationSettings } from '../../identity/organisation-settings.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, NotFound, type Problem } from '../../kernel/errors.js';
import { Allow, InCtx } from '../allow.js';
import { errorsByField } from '../form-errors.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { conflictPage } from './conflict-page.js';
import { BodyInput, ChangedBodyInput, OrganisationInput, SeenInput } from './inputs.js';

const YES_NO = (value: string): string => (value === 'yes' ? '全項目評価まで行う' : 'しきい値判断のとおり');

/** 自治体の設定と評価実施機関. */
@Controller('administration')
export class OrganisationController {
  constructor(private readonly settings: OrganisationSettings) {}

  @Get()
  @Allow('administration.manage')
  start(): Outcome {
    return page('pages/administration/start', {});
  }

  @Get('organisation')
  @Allow('administration.manage')
  async organisation(@InCtx() ctx: Ctx, @Query('saved') saved: unknown): Promise<Outcome> {
    const { name, code, raisePriorityToFull, version } = await this.settings.organisation(ctx);
    return organisationForm({ name, code: code ?? '', raisePriorityToFull: raisePriorityToFull ? 'yes' : '', version: String(version) }, [], saved === 'yes');
  }

  @Post('organisation')
  @Allow('administration.manage')
  async changeOrganisation(@InCtx() ctx: Ctx, @Body() input: OrganisationInput): Promise<Outcome> {
    const policy = input.raisePriorityToFull ?? '';
    try {
      await this.settings.change(ctx, Number(input.version), { name: input.name, code: input.code, raisePriorityToFull: policy === 'yes' });
      return redirect('/administration/organisation?saved=yes');
    } catch (error) {
      if (error instanceof Invalid) return organisationForm({ ...input, raisePriorityToFull: policy }, error.problems, false);
      if (!(error instanceof Conflict)) throw error;
      const now = await this.settings.organisation(ctx);
      const theirs = now.raisePriorityToFull ? 'yes' : '';
      return conflictPage(error, { title: '自治体の設定', action: '/administration/organisation', back: '/administration/organisation' }, now.version, [
        { name: 'name', label: '自治体の名前', mine: input.name, theirs: now.name },
        { name: 'code', label: '全国地方公共団体コード', mine: input.code, theirs: now.code ?? '' },
        { name: 'raisePriorityToFull', label: '重点項目評価になるとき', mine: policy, theirs, mineText: YES_NO(policy), theirsText: YES_NO(theirs) },
      ]);
    }
  }

  @Get('bodies')
  @Allow('administration.manage')
  async bodies(@InCtx() ctx: Ctx): Promise<Outcome> {
    return this.bodiesPage(ctx, '', []);
  }

  @Post('bodies')
  @Allow('administration.manage')
  async addBody(@InCtx() ctx: Ctx, @Body() input: BodyInput): Promise<Outcome> {
    try {
      await this.settings.addBody(ctx, input.name);
      return redirect('/administration/bodies');
    } catch (error) {
      if (error instanceof Invalid) return await this.bodiesPage(ctx, input.name, error.problems);
      throw error;
    }
  }

  @Get('bodies/:id')
  @Allow('administration.manage')
  async body(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const { name, version } = await this.bodyOf(ctx, id);
    return this.bodyForm(ctx, id, { name, version: String(version) }, []);
  }

  @Post('bodies/:id')
  @Allow('administration.manage')
  async renameBody(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: ChangedBodyInput): Promise<Outcome> {
    try {
      await this.settings.renameBody(ctx, id, Number(input.version), input.name);
      return redirect('/administration/bodies');
    } catch (error) {
      if (error instanceof Invalid) return await this.bodyForm(ctx, id, input, error.problems);
      if (!(error instanceof Conflict)) throw error;
      const now = await this.bodyOf(ctx, id);
      return conflictPage(error, { title: '評価実施機関', action: `/administration/bodies/${id}`, back: `/administration/bodies/${id}` }, now.version, [{ name: 'name', label: '名前', mine: input.name, theirs: now.name }]);
    }
  }

  @Post('bodies/:id/end')
  @Allow('administration.manage')
  async endBody(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: SeenInput): Promise<Outcome> {
    await this.settings.endBody(ctx, id, Number(input.version));
    return redirect('/administration/bodies');
  }

  private async bodyOf(ctx: Ctx, id: string): Promise<Awaited<ReturnType<OrganisationSettings['bodies']>>[number]> {
    const body = (await this.settings.bodies(ctx)).find((one) => one.id === id);
    if (body === undefined) throw new NotFound();
    return body;
  }

  private async bodyForm(ctx: Ctx, id: string, typed: ChangedBodyInput, problems: readonly Problem[]): Promise<Outcome> {
    const body = await this.bodyOf(ctx, id);
    return page('pages/administration/body', { id, title: body.name, ended: body.endedOn ?? '', typed: { ...typed }, ...errorsByField(problems, ['name']) }, problems.length === 0 ? 200 : 422);
  }

  private async bodiesPage(ctx: Ctx, name: string, problems: readonly Problem[]): Promise<Outcome> {
    const bodies = await this.settings.bodies(ctx);
    return page('pages/administration/bodies', { bodies: bodies.map((one) => ({ id: one.id, name: one.name, ended: one.endedOn ?? '' })), typed: { name }, ...errorsByField(problems, ['name']) }, problems.length === 0 ? 200 : 422);
  }
}

function organisationForm(typed: Required<OrganisationInput>, problems: readonly Problem[], saved: boolean): Outcome {
  return page('pages/administration/organisation', { typed: { ...typed }, saved, ...errorsByField(problems, ['name', 'code']) }, problems.length === 0 ? 200 : 422);
}
