import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { Rechecking } from '../../findings/rechecking.service.js';
import { momentOf } from '../../checks/run-words.js';
import { Departments } from '../../identity/departments.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, NotFound, Refused, type Problem } from '../../kernel/errors.js';
import type { RowKind } from '../../systems/import/plan.js';
import { RegisterImports } from '../../systems/register-import.service.js';
import { SystemClasses } from '../../systems/system-classes.service.js';
import { Allow, InCtx, Uploads, type Upload } from '../allow.js';
import { attempt } from '../attempt.js';
import type { Fields } from '../fields/field-input.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { departmentsIn, importView, mappingIn, optionsIn } from './import-view.js';
import { seenVersion, TakeOverInput } from './inputs.js';
import { classPlaces, departmentPlaces } from './places.js';

const DONE: Readonly<Record<RowKind, string>> = { new: '新しく加えたシステム', changed: '変えたシステム', unchanged: '変わらなかったシステム', refused: '取り込まなかった行', skipped: '読み飛ばした行' };

/** 台帳の取込み: choose a file, look at what would become of each row, mend the settings, take it over or discard it. */
@Controller('systems/import')
export class RegisterImportController {
  constructor(
    private readonly imports: RegisterImports,
    private readonly departments: Departments,
    private readonly classes: SystemClasses,
    private readonly checking: Rechecking,
  ) {}

  @Get()
  @Allow('system.import')
  async choose(@InCtx() ctx: Ctx): Promise<Outcome> {
    return this.choosePage(ctx, []);
  }

  @Post()
  @Allow('system.import')
  async begin(@InCtx() ctx: Ctx, @Uploads() uploads: Record<string, Upload>): Promise<Outcome> {
    const { file } = uploads;
    try {
      if (file === undefined) throw new Invalid('file-missing', 'ファイルを選んでください。', [{ code: 'file-missing', path: 'file', message: '台帳のファイルを選んでください。' }]);
      const { id } = await this.imports.begin(ctx, file.fileName, file.bytes);
      return redirect(`/systems/import/${id}`);
    } catch (error) {
      if (error instanceof Invalid) return await this.choosePage(ctx, error.problems.length > 0 ? error.problems : [{ code: error.code, path: 'file', message: error.message }]);
      throw error;
    }
  }

  @Get(':id')
  @Allow('system.import')
  async review(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    try {
      return await this.reviewPage(ctx, id, []);
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== 'import-closed') throw error;
      return await this.outcomePage(ctx, id, error);
    }
  }

  @Post(':id/mapping')
  @Allow('system.import')
  async setMapping(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() body: Fields): Promise<Outcome> {
    return this.set(ctx, id, 'columns', () => this.imports.setMapping(ctx, id, seenVersion(body), mappingIn(body)));
  }

  @Post(':id/departments')
  @Allow('system.import')
  async setDepartments(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() body: Fields): Promise<Outcome> {
    return this.set(ctx, id, 'departments', () => this.imports.setDepartments(ctx, id, seenVersion(body), departmentsIn(body)));
  }

  @Post(':id/options')
  @Allow('system.import')
  async setOptions(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() body: Fields): Promise<Outcome> {
    const { sheets } = await this.imports.preview(ctx, id);
    return this.set(ctx, id, 'options', () => this.imports.setOptions(ctx, id, seenVersion(body), optionsIn(body, sheets)));
  }

  @Post(':id/take-over')
  @Allow('system.import')
  async takeOver(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: TakeOverInput): Promise<Outcome> {
    try {
      const { systems } = await attempt(ctx, () => this.imports.takeOver(ctx, id, { version: Number(input.version), seal: input.seal, withoutRefused: input.withoutRefused === 'yes' }));
      await this.checking.recheck(ctx, systems);
    } catch (error) {
      if (error instanceof Invalid) return await this.reviewPage(ctx, id, [{ code: error.code, path: '', message: error.message, href: '#rows-refused' }]);
      if (error instanceof Conflict) return await this.reviewPage(ctx, id, [{ code: error.code, path: '', message: error.message, href: '#main' }], 409);
      throw error;
    }
    return redirect(`/systems/import/${id}`);
  }

  @Post(':id/discard')
  @Allow('system.import')
  async discard(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    await this.imports.discard(ctx, id);
    return redirect('/systems/import');
  }

  private async set(ctx: Ctx, id: string, part: string, work: () => Promise<unknown>): Promise<Outcome> {
    try {
      await work();
    } catch (error) {
      if (error instanceof Invalid) return await this.reviewPage(ctx, id, error.problems.map((one) => ({ ...one, href: `#${part}` })));
      throw error;
    }
    return redirect(`/systems/import/${id}`);
  }

  private async choosePage(ctx: Ctx, problems: readonly Problem[]): Promise<Outcome> {
    return page('pages/systems/import', {
      problems: problems.map((one) => ({ message: one.message, href: '#file' })), wrong: problems[0]?.message ?? '',
      waiting: (await this.imports.waiting(ctx)).map((one) => ({ href: `/systems/import/${one.id}`, fileName: one.fileName, at: momentOf(new Date(one.madeAt)) })),
    }, problems.length === 0 ? 200 : 422);
  }

  private async reviewPage(ctx: Ctx, id: string, problems: readonly Problem[], status = problems.length === 0 ? 200 : 422): Promise<Outcome> {
    const preview = await this.imports.preview(ctx, id);
    return page('pages/systems/import-review', importView(preview, {
      classes: classPlaces(await this.classes.list(ctx), null), departments: departmentPlaces(await this.departments.living(ctx), () => true), at: momentOf(new Date(preview.madeAt)), problems,
    }), status);
  }

  /** @param closed thrown again where the file was discarded */
  private async outcomePage(ctx: Ctx, id: string, closed: Refused): Promise<Outcome> {
    try {
      const { counts, fileName, systems } = await this.imports.outcome(ctx, id);
      return page('pages/systems/import-outcome', { fileName, written: systems.length, figures: (Object.keys(DONE) as RowKind[]).map((kind) => ({ label: DONE[kind], count: counts[kind] })) });
    } catch (error) {
      throw error instanceof NotFound ? closed : error;
    }
  }
}
