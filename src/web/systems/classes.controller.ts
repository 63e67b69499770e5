import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Rechecking } from '../../findings/rechecking.service.js';
import { parseNumberText } from '../../engine/answers.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, NotFound, type Problem } from '../../kernel/errors.js';
import { SystemClasses, type ListedClass } from '../../systems/system-classes.service.js';
import { SystemFacts } from '../../systems/system-facts.service.js';
import { conflictPage } from '../administration/conflict-page.js';
import { Allow, InCtx } from '../allow.js';
import { errorsByField } from '../form-errors.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { ChangedClassInput, ClassInput, MonthsInput, MoveClassInput, SeenInput } from './inputs.js';

const HERE = '/systems/classes';
const LED = (external: string): string => (external === 'yes' ? '外部機関が主導する' : '自ら所管する');

interface TypedClass { label: string; external: string }

/** 区分 of systems, and for how long a declaration holds. */
@Controller('systems/classes')
export class SystemClassesController {
  constructor(
    private readonly classes: SystemClasses,
    private readonly facts: SystemFacts,
    private readonly checking: Rechecking,
  ) {}

  @Get()
  @Allow('system.configure')
  async list(@InCtx() ctx: Ctx, @Query('saved') saved: unknown): Promise<Outcome> {
    return this.listPage(ctx, { saved: saved === 'yes' });
  }

  @Post()
  @Allow('system.configure')
  async add(@InCtx() ctx: Ctx, @Body() input: ClassInput): Promise<Outcome> {
    try {
      await this.classes.add(ctx, { label: input.label, external: input.external === 'yes' });
    } catch (error) {
      if (error instanceof Invalid) return await this.listPage(ctx, { typed: { label: input.label, external: input.external ?? '' }, problems: error.problems });
      throw error;
    }
    return redirect(`${HERE}?saved=yes`);
  }

  /** Moves one class by one place; the order that the page showed is the order that changes. */
  @Post(':id/move')
  @Allow('system.configure')
  async move(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: MoveClassInput): Promise<Outcome> {
    const order = input.order.split(',').map((one) => ({ id: one.split(':')[0] ?? '', seen: Number(one.split(':')[1]) }));
    const at = order.findIndex((one) => one.id === id);
    const to = input.direction === 'up' ? at - 1 : at + 1;
    if (at < 0) throw new NotFound();
    if (to >= 0 && to < order.length) {
      const [moved] = order.splice(at, 1);
      order.splice(to, 0, moved!);
      await this.classes.reorder(ctx, order);
    }
    return redirect(HERE);
  }

  @Post('months')
  @Allow('system.configure')
  async setMonths(@InCtx() ctx: Ctx, @Body() input: MonthsInput): Promise<Outcome> {
    try {
      await this.classes.changeSettings(ctx, Number(input.version), { declarationMonths: parseNumberText(input.months) ?? Number.NaN });
    } catch (error) {
      if (error instanceof Invalid) return await this.listPage(ctx, { months: { text: input.months, version: input.version }, problems: error.problems });
      if (!(error instanceof Conflict)) throw error;
      const now = await this.classes.settings(ctx);
      return conflictPage(error, { title: '申告の有効期間', action: `${HERE}/months`, back: HERE }, now.version, [{ name: 'months', label: '月数', mine: input.months, theirs: String(now.declarationMonths) }]);
    }
    // Declarations become stale, or hold again, in every system.
    await this.checking.recheck(ctx, [...(await this.facts.ofSystems(ctx, 'all')).keys()]);
    return redirect(`${HERE}?saved=yes`);
  }

  @Get(':id')
  @Allow('system.configure')
  async open(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const found = await this.classOf(ctx, id);
    return classPage(found, { label: found.label, external: found.external ? 'yes' : '', version: String(found.version) }, []);
  }

  @Post(':id')
  @Allow('system.configure')
  async change(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: ChangedClassInput): Promise<Outcome> {
    const external = input.external ?? '';
    try {
      await this.classes.change(ctx, id, Number(input.version), { label: input.label, external: external === 'yes' });
    } catch (error) {
      if (error instanceof Invalid) return classPage(await this.classOf(ctx, id), { label: input.label, external, version: input.version }, error.problems);
      if (!(error instanceof Conflict)) throw error;
      const now = await this.classOf(ctx, id);
      const theirs = now.external ? 'yes' : '';
      return conflictPage(error, { title: `区分「${now.label}」`, action: `${HERE}/${id}`, back: `${HERE}/${id}` }, now.version, [
        { name: 'label', label: '名前', mine: input.label, theirs: now.label }, { name: 'external', label: '主導', mine: external, theirs, mineText: LED(external), theirsText: LED(theirs) },
      ]);
    }
    return redirect(`${HERE}?saved=yes`);
  }

  @Post(':id/end')
  @Allow('system.configure')
  async end(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: SeenInput): Promise<Outcome> {
    await this.classes.end(ctx, id, Number(input.version));
    return redirect(`${HERE}?saved=yes`);
  }

  private async classOf(ctx: Ctx, id: string): Promise<ListedClass> {
    const found = (await this.classes.list(ctx)).find((one) => one.id === id);
    if (found === undefined) throw new NotFound();
    return found;
  }

  private async listPage(ctx: Ctx, { saved = false, typed = { label: '', external: '' }, months, problems = [] }: {
    saved?: boolean; typed?: TypedClass; months?: { text: string; version: string }; problems?: readonly Problem[];
  }): Promise<Outcome> {
    const all = await this.classes.list(ctx);
    const living = all.filter((one) => one.endedOn === null);
    const settings = await this.classes.settings(ctx);
    const { errors, problems: listed } = errorsByField(problems.map((one) => (one.path === 'declarationMonths' ? { ...one, path: 'months' } : one)), ['label', 'months']);
    return page('pages/systems/classes', {
      saved, typed, errors, problems: listed, order: living.map((one) => `${one.id}:${one.version}`).join(','),
      classes: living.map((one, n) => ({ id: one.id, label: one.label, external: one.external, systems: one.systems, first: n === 0, last: n === living.length - 1 })),
      ended: all.filter((one) => one.endedOn !== null).map((one) => ({ id: one.id, label: one.label, endedOn: one.endedOn ?? '' })),
      months: months ?? { text: String(settings.declarationMonths), version: String(settings.version) }, crumb: crumbOf(ctx),
    }, problems.length === 0 ? 200 : 422);
  }
}

/** An administrator who does not see the register comes from another page. */
function crumbOf(ctx: Ctx): { href: string; label: string } {
  return allows(ctx.actor.grants, 'system.read') ? { href: '/systems', label: 'システム' } : { href: '/administration', label: '管理' };
}

function classPage(found: ListedClass, typed: TypedClass & { version: string }, problems: readonly Problem[]): Outcome {
  return page('pages/systems/class', {
    id: found.id, title: found.label, ended: found.endedOn ?? '', systems: found.systems, version: String(found.version), typed, ...errorsByField(problems, ['label']),
  }, problems.length === 0 ? 200 : 422);
}
