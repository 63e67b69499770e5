import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { OwnRuleSets } from '../../checks/own-rule-sets.service.js';
import { copiedDraft, draftOf, emptyDraft, headFields, openProblems, withCodes, withHead, type HeadFields } from '../../checks/rule-drafting.js';
import { readRuleSetFile, writeRuleSetFile } from '../../checks/rule-set-file.js';
import { RuleSets } from '../../checks/rule-sets.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, Refused, type Problem } from '../../kernel/errors.js';
import { conflictPage } from '../administration/conflict-page.js';
import { Allow, InCtx, Uploads, type Upload } from '../allow.js';
import { errorsByField } from '../form-errors.js';
import { file, page, redirect, type Outcome } from '../outcome.js';
import { BeginRuleSetInput, ImportRuleSetInput, NewVersionInput, SeenDraftInput } from './inputs.js';
import { headSent, seenIn, type Body as Sent } from './own-rule-input.js';
import { draftView, headConflict, hiddenOf, hrefOf, ownSetsView, publishedView, titleOf } from './own-rules-view.js';

type Typed = Required<BeginRuleSetInput>;
const NOTHING: Typed = { code: '', setVersion: '', title: '', from: '' };

/** 団体の規則集: sets that the organisation writes itself, their head and viewpoints, publishing, files. */
@Controller('checks/own-rules')
export class OwnRuleSetsController {
  constructor(
    private readonly own: OwnRuleSets,
    private readonly ruleSets: RuleSets,
  ) {}

  @Get()
  @Allow('rule-set.manage')
  async list(@InCtx() ctx: Ctx): Promise<Outcome> {
    return this.listPage(ctx, { ...NOTHING, setVersion: ctx.clock.today().slice(0, 7) }, []);
  }

  @Post()
  @Allow('rule-set.manage')
  async begin(@InCtx() ctx: Ctx, @Body() input: BeginRuleSetInput): Promise<Outcome> {
    const typed = { ...input, from: input.from ?? '' };
    const codes = { code: input.code.trim(), version: input.setVersion.trim() };
    try {
      const source = typed.from === '' ? null : ((await this.ruleSets.list(ctx)).find((one) => one.definition.ruleSet === typed.from) ?? null);
      if (typed.from !== '' && source === null) throw new Invalid('copy-unknown', '入力を確かめてください。', [{ code: 'copy-unknown', path: 'from', message: '写しのもとにする規則集を、一覧から選んでください。' }]);
      const day = ctx.clock.today();
      return redirect(hrefOf(await this.own.begin(ctx, source === null ? emptyDraft(codes, input.title.trim(), day) : copiedDraft(source.definition, codes, input.title.trim(), day))));
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      return await this.listPage(ctx, typed, atFields(error.problems, 'code', 'setVersion'));
    }
  }

  @Post('import')
  @Allow('rule-set.manage')
  async bringIn(@InCtx() ctx: Ctx, @Body() input: ImportRuleSetInput, @Uploads() uploads: Record<string, Upload>): Promise<Outcome> {
    const typed = { ...NOTHING, setVersion: ctx.clock.today().slice(0, 7) };
    try {
      if (uploads.file === undefined) throw new Invalid('file-missing', 'ファイルがありません。', [{ code: 'file-missing', path: 'file', message: '規則集のファイル（YAML）を選んでください。' }]);
      const draft = readRuleSetFile(uploads.file.bytes);
      const codes = { code: input.importCode.trim() === '' ? draft.ruleSet : input.importCode.trim(), version: input.importVersion.trim() === '' ? draft.version : input.importVersion.trim() };
      const renamed = codes.code === draft.ruleSet ? { ...draft, version: codes.version } : { ...copiedDraft(draft, codes, '', draft.validity.from), validity: draft.validity };
      return redirect(hrefOf(await this.own.begin(ctx, withCodes(renamed))));
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      const problems = error.problems.length > 0 ? error.problems : [{ code: error.code, path: '', message: error.message }];
      return await this.listPage(ctx, typed, atFields(problems, 'importCode', 'importVersion').map((one) => (one.path.startsWith('import') ? one : { ...one, path: 'file' })), { code: input.importCode, setVersion: input.importVersion });
    }
  }

  @Get(':id')
  @Allow('rule-set.manage')
  async open(@InCtx() ctx: Ctx, @Param('id') id: string, @Query('saved') saved: unknown): Promise<Outcome> {
    return this.setPage(ctx, id, null, saved === 'yes');
  }

  @Post(':id')
  @Allow('rule-set.manage')
  async save(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() body: Record<string, unknown>): Promise<Outcome> {
    const found = await this.own.get(ctx, id);
    const typed = headSent(body);
    if (body.act === 'rows') return this.setPage(ctx, id, { fields: typed, version: seenIn(body) }, false);
    try {
      await this.own.save(ctx, id, seenIn(body), withHead(draftOf(found.definition), typed));
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      return this.headConflict(ctx, id, body, error);
    }
    return redirect(`${hrefOf(id)}?saved=yes`);
  }

  @Post(':id/publish')
  @Allow('rule-set.manage')
  async publish(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: SeenDraftInput): Promise<Outcome> {
    try {
      await this.own.publish(ctx, id, Number(input.version));
    } catch (error) {
      if (error instanceof Invalid) return await this.setPage(ctx, id, null, false, 422);
      throw error;
    }
    return redirect(hrefOf(id));
  }

  @Post(':id/new-version')
  @Allow('rule-set.manage')
  async newVersion(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: NewVersionInput): Promise<Outcome> {
    const found = await this.own.get(ctx, id);
    if (found.state !== 'published') throw new Refused('rule-set-draft', 'まだ公開していない規則集です。そのまま書き直してください。');
    try {
      return redirect(hrefOf(await this.own.begin(ctx, copiedDraft(draftOf(found.definition), { code: found.code, version: input.setVersion.trim() }, '', ctx.clock.today()))));
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      return page('pages/checks/own-rule-set-published', { ...this.published(found, input.setVersion, ctx), ...errorsByField(atFields(error.problems, 'setVersion', 'setVersion'), ['setVersion']) }, 422);
    }
  }

  @Post(':id/discard')
  @Allow('rule-set.manage')
  async discard(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: SeenDraftInput): Promise<Outcome> {
    await this.own.discard(ctx, id, Number(input.version));
    return redirect('/checks/own-rules');
  }

  @Get(':id/file')
  @Allow('rule-set.manage')
  async take(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const { code, setVersion, definition } = await this.own.get(ctx, id);
    return file(Buffer.from(writeRuleSetFile(definition), 'utf8'), 'application/yaml; charset=utf-8', `${code}-${setVersion}.yaml`);
  }

  private async headConflict(ctx: Ctx, id: string, body: Sent, error: Conflict): Promise<Outcome> {
    const now = await this.own.get(ctx, id);
    return conflictPage(error, { title: `規則集「${titleOf(now)}」`, action: hrefOf(id), back: hrefOf(id) }, now.version, headConflict(headSent(body), headFields(draftOf(now.definition))), hiddenOf(body));
  }

  private async setPage(ctx: Ctx, id: string, typed: { fields: HeadFields; version: number } | null, saved: boolean, status = 200): Promise<Outcome> {
    const own = await this.own.get(ctx, id);
    if (own.state === 'published') return page('pages/checks/own-rule-set-published', { ...this.published(own, '', ctx), ...errorsByField([], ['setVersion']) });
    const definition = draftOf(own.definition);
    const problems = openProblems(definition, await this.own.problems(ctx, definition));
    return page('pages/checks/own-rule-set', { ...draftView(own, typed ?? { fields: headFields(definition), version: own.version }, problems), saved }, status);
  }

  private published(own: Parameters<typeof publishedView>[0], setVersion: string, ctx: Ctx): object {
    const month = ctx.clock.today().slice(0, 7);
    const next = month === own.setVersion ? ctx.clock.today() : month;
    return { ...publishedView(own, this.ruleSets.facts, ctx.clock.today()), typed: { setVersion: setVersion === '' ? next : setVersion } };
  }

  private async listPage(ctx: Ctx, typed: Typed, problems: readonly Problem[], imported = { code: '', setVersion: '' }): Promise<Outcome> {
    const sources = (await this.ruleSets.list(ctx)).map(({ definition, own }) => ({ code: definition.ruleSet, label: `${definition.title}（${definition.rules.length}規則${own ? '、団体の規則集' : ''}）`, chosen: definition.ruleSet === typed.from }));
    return page('pages/checks/own-rule-sets', {
      sets: ownSetsView(await this.own.list(ctx)), sources, typed: { ...typed }, imported, mayManage: true, ...errorsByField(problems, ['code', 'setVersion', 'title', 'from', 'file', 'importCode', 'importVersion']),
    }, problems.length === 0 ? 200 : 422);
  }
}

/** Problems of a beginning draft at the fields for its code and version. */
function atFields(problems: readonly Problem[], code: string, version: string): Problem[] {
  return problems.map((one) => ({ ...one, path: one.path === 'ruleSet' ? code : one.path === 'version' ? version : one.path }));
}
