import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { Tabulations, type StoredDefinition } from '../../audits/tabulations.service.js';
import type { Dataset } from '../../engine/tabulation.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Invalid, NotFound } from '../../kernel/errors.js';
import { Allow, InCtx } from '../allow.js';
import type { Typed } from '../audits/form-fields.js';
import { formPage, taken, type Form } from '../audits/forms.js';
import { aroundOf } from '../audits/parts.js';
import { redirect, type Outcome } from '../outcome.js';
import { fieldProblems } from './form-problems.js';
import { TypedInput, VersionInput } from './inputs.js';
import { freeCode } from './definition-forms.js';
import { blankFigures, figuresText, readFigures, tableOfFigures, typedSpecs } from './typed-figures.js';

/** Figures that are typed or pasted: a small table that is counted like any other. */
@Controller('audits/:id/tabulations')
export class TypedController {
  constructor(private readonly tabulations: Tabulations) {}

  /** A tabulation of its own. */
  @Get('typed/new')
  @Allow('audit.write')
  async open(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return formPage(await this.form(ctx, id, null, null), await this.blank(ctx, id));
  }

  @Post('typed')
  @Allow('audit.write')
  async add(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: TypedInput): Promise<Outcome> {
    const typed = { ...input } as Typed;
    return taken(ctx, async () => {
      const dataset = sound(typed);
      const { audit } = await aroundOf(ctx, id);
      const made = await this.tabulations.add(ctx, id, { code: dataset.code, title: dataset.title, rounding: audit.rounding, tables: [tableOfFigures(dataset)], typed: [dataset] });
      return redirect(`/audits/${id}/tabulations/${made}/edit`);
    }, async (problems) => formPage(await this.form(ctx, id, null, null), typed, fieldProblems(problems, PLACES)));
  }

  /** Beside the tables of a tabulation. */
  @Get(':tid/typed/new')
  @Allow('audit.write')
  async openBeside(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('tid') tid: string): Promise<Outcome> {
    return formPage(await this.form(ctx, id, tid, null), await this.blank(ctx, id));
  }

  @Post(':tid/typed')
  @Allow('audit.write')
  async addBeside(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('tid') tid: string, @Body() input: TypedInput): Promise<Outcome> {
    return this.changing(ctx, { id, tid, own: null }, input, (before, dataset) => ({ ...before, tables: [...before.tables, tableOfFigures(dataset)], typed: [...(before.typed ?? []), dataset] }));
  }

  @Get(':tid/typed/:code')
  @Allow('audit.write')
  async edit(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('tid') tid: string, @Param('code') code: string): Promise<Outcome> {
    const { definition } = await this.tabulations.get(ctx, id, tid);
    return formPage(await this.form(ctx, id, tid, code), figuresText(named(definition, code)));
  }

  @Post(':tid/typed/:code')
  @Allow('audit.write')
  async change(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('tid') tid: string, @Param('code') code: string, @Body() input: TypedInput): Promise<Outcome> {
    return this.changing(ctx, { id, tid, own: code }, input, (before, dataset) => ({ ...before, typed: (before.typed ?? []).map((one) => (one.code === code ? { ...dataset, code } : one)) }));
  }

  @Post(':tid/typed/:code/remove')
  @Allow('audit.write')
  async remove(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('tid') tid: string, @Param('code') code: string, @Body() input: VersionInput): Promise<Outcome> {
    const { definition } = await this.tabulations.get(ctx, id, tid);
    await this.tabulations.change(ctx, id, tid, Number(input.version), { ...definition, typed: (definition.typed ?? []).filter((one) => one.code !== code) });
    return redirect(`/audits/${id}/tabulations/${tid}/edit`);
  }

  private async changing(ctx: Ctx, { id, tid, own }: { id: string; tid: string; own: string | null }, input: TypedInput, next: (before: StoredDefinition, dataset: Dataset) => StoredDefinition): Promise<Outcome> {
    const typed = { ...input } as Typed;
    return taken(ctx, async () => {
      const dataset = sound(typed);
      const { definition } = await this.tabulations.get(ctx, id, tid);
      if ((definition.typed ?? []).some((one) => one.code === dataset.code && one.code !== own)) throw new Invalid('code-taken', '符号が重なっています。', [{ code: 'code-taken', path: 'code', message: `符号「${dataset.code}」は、ほかの表で使っています。` }]);
      await this.tabulations.change(ctx, id, tid, Number(input.version ?? ''), next(definition, dataset));
      return redirect(`/audits/${id}/tabulations/${tid}/edit`);
    }, async (problems) => formPage({ ...(await this.form(ctx, id, tid, own)), version: input.version ?? '' }, typed, fieldProblems(problems, PLACES)), async () => {
      const now = await this.tabulations.get(ctx, id, tid);
      return { form: await this.form(ctx, id, tid, own), mine: typed, theirs: own === null ? blankFigures([]) : figuresText(named(now.definition, own)), version: now.version };
    });
  }

  private async blank(ctx: Ctx, id: string): Promise<Typed> {
    const known = (await this.tabulations.list(ctx, id)).map((one) => one.definition);
    const taken = known.flatMap((one) => [one.code, ...one.tables.map((table) => table.code), ...(one.typed ?? []).map((dataset) => dataset.code)]);
    return { ...blankFigures(await this.tabulations.divisions(ctx)), code: freeCode('figures', taken) };
  }

  private async form(ctx: Ctx, id: string, tid: string | null, own: string | null): Promise<Form> {
    const { head, base } = await aroundOf(ctx, id, 'tabulations');
    const row = tid === null ? null : await this.tabulations.get(ctx, id, tid);
    const at = tid === null ? `${base}/tabulations` : `${base}/tabulations/${tid}`;
    return {
      head, title: own === null ? '数を手で入れる' : `手で入れた数「${named(row!.definition, own).title}」`, lead: '調査票と台帳にない数を、部局などの行ごとに入れます。表計算から写せます。', specs: typedSpecs(), action: `${at}/typed${own === null ? '' : `/${own}`}`,
      back: tid === null ? at : `${at}/edit`, submit: '保存する', version: row === null ? '' : String(row.version), ...(own === null ? {} : { remove: { action: `${at}/typed/${own}/remove`, label: 'この数を消す', why: 'この数を使う表があるあいだは消せません。' } }),
    };
  }
}

const PLACES = { '/code': 'code', '/title': 'title', '/tables': 'code' };

/** Throws `Invalid` with every cell that cannot be read. */
function sound(typed: Typed): Dataset {
  const { dataset, problems } = readFigures(typed);
  if (problems.length > 0) throw new Invalid('figures-invalid', '入れた数を確かめてください。', problems);
  return dataset;
}

function named({ typed = [] }: StoredDefinition, code: string): Dataset {
  const found = typed.find((one) => one.code === code);
  if (found === undefined) throw new NotFound();
  return found;
}
