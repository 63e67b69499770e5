import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { FindingRegister } from '../../findings/finding-register.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Refused } from '../../kernel/errors.js';
import { Allow, InCtx } from '../allow.js';
import { taken, formPage } from '../audits/forms.js';
import type { Typed } from '../audits/form-fields.js';
import { redirect, type Outcome } from '../outcome.js';
import { FindingFieldsInput, findingInput, PlaceInput, placeOf, StepInput, typedFinding, VersionInput, WayInput } from './inputs.js';
import { FindingPages } from './finding-pages.js';
import { FindingTexts } from '../../findings/finding-texts.service.js';

/** One finding: its page, its fields, its place, its steps. */
@Controller('findings/:id')
export class FindingController {
  constructor(
    private readonly register: FindingRegister,
    private readonly pages: FindingPages,
    private readonly texts: FindingTexts,
  ) {}

  @Get()
  @Allow('finding.read')
  async show(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return this.pages.show(ctx, id);
  }

  @Get('history')
  @Allow('finding.read')
  async history(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return this.pages.history(ctx, id);
  }

  @Get('edit')
  @Allow('finding.write')
  async edit(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const found = await this.register.get(ctx, id);
    if (!found.may.write) throw new Refused('decided', `「${found.fields.title}」は決定しているか、監査が完了しているので、変えられません。`);
    return formPage(await this.pages.form(ctx, found), typedFinding(found.fields));
  }

  @Post()
  @Allow('finding.write')
  async change(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: FindingFieldsInput): Promise<Outcome> {
    const typed: Typed = typedFinding(findingInput(input));
    const form = async (version?: string) => ({ ...(await this.pages.form(ctx, await this.register.get(ctx, id))), ...(version === undefined ? {} : { version }) });
    const save = async (): Promise<Outcome> => {
      const { auditId } = await this.register.get(ctx, id);
      await this.register.change(ctx, id, Number(input.version), await this.texts.firstSeen(ctx, auditId, findingInput(input), ['facts', 'criteria', 'cause', 'effect']));
      return redirect(`/findings/${id}`);
    };
    return taken(ctx, save, async (problems) => formPage(await form(input.version), typed, problems), async () => {
      const now = await this.register.get(ctx, id);
      return { form: await form(), mine: typed, theirs: typedFinding(now.fields), version: now.version };
    });
  }

  @Post('figures')
  @Allow('finding.write')
  async figures(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: VersionInput): Promise<Outcome> {
    return this.pages.small(ctx, id, 'texts', {}, async () => {
      await this.texts.updateFigures(ctx, id, Number(input.version));
      return `/findings/${id}`;
    });
  }

  @Post('shift')
  @Allow('finding.write')
  async shift(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: WayInput): Promise<Outcome> {
    const { auditId } = await this.register.get(ctx, id);
    await this.register.shift(ctx, id, Number(input.version), input.way);
    return redirect(`/audits/${auditId}/findings#f-${id}`);
  }

  @Post('place')
  @Allow('finding.write')
  async place(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: PlaceInput): Promise<Outcome> {
    return this.pages.small(ctx, id, 'place', { place: input.place }, async () => {
      const { auditId } = await this.register.get(ctx, id);
      await this.register.move(ctx, id, Number(input.version), { ...placeOf(input.place), place: Number.MAX_SAFE_INTEGER });
      return `/audits/${auditId}/findings#f-${id}`;
    });
  }

  @Post('remove')
  @Allow('finding.write')
  async remove(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: VersionInput): Promise<Outcome> {
    const { auditId } = await this.register.get(ctx, id);
    await this.register.remove(ctx, id, Number(input.version));
    return redirect(`/audits/${auditId}/findings`);
  }

  @Post('step')
  @Allow('finding.read')
  async step(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: StepInput): Promise<Outcome> {
    return this.pages.small(ctx, id, 'step', { act: input.act, comment: input.comment ?? '' }, async () => {
      await this.register.step(ctx, id, Number(input.version), input.act, input.comment ?? '');
      return `/findings/${id}`;
    });
  }
}
