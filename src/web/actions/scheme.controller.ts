import { Body, Controller, Get, Post } from '@nestjs/common';
import { FindingSettings, type FindingSettingsText } from '../../findings/finding-settings.service.js';
import { LISTS, TERM_LISTS } from '../../findings/scheme-checking.js';
import type { Term } from '../../findings/scheme.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, type Problem } from '../../kernel/errors.js';
import { conflictPage, type ConflictField, type Hidden } from '../administration/conflict-page.js';
import { Allow, InCtx } from '../allow.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { schemeOf, schemeView, withStateCodes } from './scheme-form.js';
import { AdoptInput, SchemeInput } from './scheme-inputs.js';

/** 区分、重要度、措置の状態、率、採番 of the organisation. */
@Controller('actions/scheme')
export class SchemeController {
  constructor(private readonly settings: FindingSettings) {}

  @Get()
  @Allow('audit.configure')
  async open(@InCtx() ctx: Ctx): Promise<Outcome> {
    return this.show(ctx, await this.settings.of(ctx), []);
  }

  @Post()
  @Allow('audit.configure')
  async change(@InCtx() ctx: Ctx, @Body() input: SchemeInput): Promise<Outcome> {
    const { scheme: before } = await this.settings.of(ctx);
    const typed = withStateCodes(schemeOf(input, before), input.shownState ?? []);
    try {
      await this.settings.change(ctx, Number(input.version), typed);
      return redirect('/actions/scheme');
    } catch (error) {
      if (error instanceof Invalid) return await this.show(ctx, typed, error.problems);
      if (!(error instanceof Conflict)) throw error;
      const now = await this.settings.of(ctx);
      return conflictPage(error, { title: '区分と状態', action: '/actions/scheme', back: '/actions/scheme' }, now.version, sides(typed, now), hiddenOf(input));
    }
  }

  @Post('adopt')
  @Allow('audit.configure')
  async adopt(@InCtx() ctx: Ctx, @Body() input: AdoptInput): Promise<Outcome> {
    try {
      await this.settings.adopt(ctx, Number(input.version), input.scheme);
      return redirect('/actions/scheme');
    } catch (error) {
      if (!(error instanceof Conflict) && !(error instanceof Invalid)) throw error;
      const problems = error.problems.length > 0 ? error.problems : [{ code: error.code, path: '', message: error.message }];
      return await this.show(ctx, await this.settings.of(ctx), problems, error instanceof Conflict ? 409 : 422);
    }
  }

  private async show(ctx: Ctx, text: FindingSettingsText, problems: readonly Problem[], status = 422): Promise<Outcome> {
    const ready = this.settings.ready().map(({ code, title, description }) => ({ code, title, description }));
    return page('pages/actions/scheme', schemeView(text, await this.settings.of(ctx), ready, problems), problems.length === 0 ? 200 : status);
  }
}

/** List by list in words; the fields themselves go along unseen. */
function sides(mine: FindingSettingsText, theirs: FindingSettingsText): ConflictField[] {
  const told = (terms: readonly Term[]): string => terms.map((one) => `${one.label}${one.retired === true ? '（使わない）' : ''}：${one.definition}`).join('\n');
  const rates = ({ scheme }: FindingSettingsText): string => scheme.rates.map((one) => `${one.label}：${one.of.join('、')}／${one.over.length === 0 ? 'すべて' : one.over.join('、')}`).join('\n');
  return [
    ...TERM_LISTS.map((list) => ({ name: '', label: LISTS[list], mine: told(mine.scheme[list]), theirs: told(theirs.scheme[list]) })),
    { name: '', label: LISTS.rates, mine: rates(mine), theirs: rates(theirs) },
    { name: '', label: '番号の付け方', mine: mine.numbering.join('／'), theirs: theirs.numbering.join('／') },
    { name: '', label: '期限が近いとする日数', mine: String(mine.dueSoonDays), theirs: String(theirs.dueSoonDays) },
  ];
}

const hiddenOf = (input: SchemeInput): Hidden[] =>
  Object.entries(input).filter(([name]) => name !== 'version').flatMap(([name, value]: [string, unknown]) => (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((one) => ({ name, value: String(one) })));
