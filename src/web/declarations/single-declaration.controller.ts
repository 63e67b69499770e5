import { Body, Controller, Get, Headers, Param, Post } from '@nestjs/common';
import { Rechecking } from '../../findings/rechecking.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, NotFound, type Problem } from '../../kernel/errors.js';
import { Catalogue } from '../../systems/catalogue.js';
import { Declaring } from '../../systems/declaring.service.js';
import { timeText } from '../assessments/assessment-view.js';
import { Allow, InCtx } from '../allow.js';
import type { Fields } from '../fields/field-input.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { conflictsShown, silent } from './answer-view.js';
import { anchorOfControl } from './control-view.js';
import { DeclarationPages } from './declaration-pages.js';
import { SeenDeclarationInput } from './inputs.js';
import { groupHref, groupWith } from './page-view.js';
import { changesOf, sentControls } from './sent-controls.js';

/** One control: saved as soon as it is changed, withdrawn, confirmed anew, with what happened to it. */
@Controller('systems/:id/controls/:control')
export class SingleDeclarationController {
  constructor(
    private readonly pages: DeclarationPages,
    private readonly declaring: Declaring,
    private readonly checking: Rechecking,
    private readonly catalogue: Catalogue,
  ) {}

  /** Answers with the parts of the page that changed, or, without script, with the page. */
  @Post()
  @Allow('declaration.write')
  async save(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('control') code: string, @Body() body: unknown, @Headers('hx-request') part?: string): Promise<Outcome> {
    const item = this.catalogue.controls.byCode.get(code);
    const [sent] = item === undefined ? [] : sentControls([item], (typeof body === 'object' && body !== null ? body : {}) as Fields);
    if (sent === undefined) throw new NotFound('unknown-control', 'この統制は目録にありません。画面を読み込み直してください。');
    const own = groupWith(await this.declaring.sheet(ctx, id), code).control.own;
    // Whoever begins with the note chooses a value next; both are then saved together.
    if (sent.value === null && own === null) return this.answer(ctx, id, code, part, null, { text: sent.note === '' ? '' : '値を選ぶと、説明といっしょに保存します。', made: false });
    const [change] = changesOf([sent], new Map(own === null ? [] : [[code, own]]));
    if (change === undefined) return this.answer(ctx, id, code, part, null, { text: '', made: false });
    try {
      await this.declaring.declareMany(ctx, id, [change]);
    } catch (error) {
      if (part === undefined || !(error instanceof Invalid || error instanceof Conflict)) throw error;
      const conflict = error instanceof Conflict ? (conflictsShown(error, await this.declaring.sheet(ctx, id))[0] ?? null) : null;
      const problems = conflict === null ? error.problems.map((one) => one.message) : [];
      return page('fragments/declarations/refused', { head: { id }, code, answer: { ...silent(), problems, conflict, state: '保存していません', tone: 'bad' } }, conflict === null ? 422 : 409);
    }
    const made = await this.checking.recheck(ctx, [id]);
    return this.answer(ctx, id, code, part, made?.number ?? null, { text: '', made: own === null });
  }

  @Post('withdraw')
  @Allow('declaration.write')
  async withdraw(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('control') code: string, @Body() { seen }: SeenDeclarationInput): Promise<Outcome> {
    return this.act(ctx, id, code, 'withdrawn', () => this.declaring.withdraw(ctx, id, code, Number(seen)));
  }

  /** The same value and note, looked at today. */
  @Post('renew')
  @Allow('declaration.write')
  async renew(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('control') code: string, @Body() { seen }: SeenDeclarationInput): Promise<Outcome> {
    return this.act(ctx, id, code, 'renewed', async () => {
      const { own } = groupWith(await this.declaring.sheet(ctx, id), code).control;
      if (own === null) throw new NotFound('declaration-not-found', 'この統制は申告されていません。ほかの人が先に取り消したかもしれません。画面を読み込み直してください。');
      await this.declaring.declare(ctx, id, code, { value: own.value, note: own.note, seenVersion: Number(seen) });
    });
  }

  @Get('history')
  @Allow('system.read')
  async history(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('control') code: string, @Headers('hx-request') part?: string): Promise<Outcome> {
    const sheet = await this.declaring.sheet(ctx, id);
    const { label, events } = await this.declaring.historyOf(ctx, id, code);
    const model = { system: { id, name: sheet.system.name }, label, back: `/systems/${id}/controls/${encodeURIComponent(code)}`, events: events.map((one) => ({ ...one, at: timeText(one.at), comment: one.comment ?? '' })) };
    return page(part === undefined ? 'pages/declarations/history' : 'fragments/declarations/history', model);
  }

  private answer(ctx: Ctx, id: string, code: string, part: string | undefined, run: number | null, said: { text: string; made: boolean }): Promise<Outcome> {
    return part === undefined ? this.back(ctx, id, code, 'saved', run) : this.pages.saved(ctx, id, code, run, said);
  }

  /** Something that takes the whole page; what another changed meanwhile is shown as it stands now. */
  private async act(ctx: Ctx, id: string, code: string, notice: string, work: () => Promise<void>): Promise<Outcome> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Conflict || error instanceof Invalid)) throw error;
      const { group } = groupWith(await this.declaring.sheet(ctx, id), code);
      const problems: readonly Problem[] = error.problems.length > 0 ? error.problems : [{ code: error.code, path: '', message: error.message }];
      return await this.pages.show(ctx, id, { group: group.code }, { aroundOf: () => ({}), problems, status: error instanceof Conflict ? 409 : 422 });
    }
    const made = await this.checking.recheck(ctx, [id]);
    return this.back(ctx, id, code, notice, made?.number ?? null);
  }

  private async back(ctx: Ctx, id: string, code: string, notice: string, run: number | null): Promise<Outcome> {
    const sheet = await this.declaring.sheet(ctx, id);
    const group = sheet.groups.find((one) => one.controls.some((control) => control.code === code)) ?? sheet.groups[0]!;
    return redirect(`${groupHref(id, group.code, `&notice=${notice}${run === null ? '' : `&run=${run}`}`)}${run === null ? `#${anchorOfControl(code)}` : ''}`);
  }
}
