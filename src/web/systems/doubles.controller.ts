import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { Rechecking } from '../../findings/rechecking.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, type Problem } from '../../kernel/errors.js';
import { Merging } from '../../systems/merging.service.js';
import type { Choices, Difference } from '../../systems/merge-plan.js';
import type { ListedSystem } from '../../systems/register-list.js';
import { SystemRegister } from '../../systems/register.service.js';
import { Allow, InCtx } from '../allow.js';
import { attempt } from '../attempt.js';
import { fieldsUnder, type Fields } from '../fields/field-input.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { MergeQuery, textIn } from './inputs.js';

/** Systems among which a pair can be chosen by hand. */
const MOST_LISTED = 1_000;

/** 重複: systems that are perhaps the same, and one merged into the other. */
@Controller('systems/doubles')
export class DoublesController {
  constructor(
    private readonly merging: Merging,
    private readonly register: SystemRegister,
    private readonly checking: Rechecking,
  ) {}

  @Get()
  @Allow('system.write')
  async suggestions(@InCtx() ctx: Ctx): Promise<Outcome> {
    const groups = await this.merging.suggestions(ctx);
    const systems = await this.writable(ctx);
    return page('pages/systems/doubles', {
      groups: groups.map((group, n) => {
        const [into, from] = group.filter((one) => one.mergeable);
        return { number: n + 1, mergeable: from !== undefined, systems: group.map((one) => ({ ...one, number: one.number === null ? '' : String(one.number), into: one === into, from: one === from })) };
      }),
      systems: systems.map((one) => ({ id: one.id, label: [one.name, one.classLabel, one.number === null ? '' : `番号${one.number}`, one.departmentPath].filter((part) => part !== '').join('　') })),
    });
  }

  @Get('merge')
  @Allow('system.write')
  async compare(@InCtx() ctx: Ctx, @Query() query: MergeQuery): Promise<Outcome> {
    return this.mergePage(ctx, query, {}, []);
  }

  @Post('merge')
  @Allow('system.write')
  async merge(@InCtx() ctx: Ctx, @Body() body: Fields): Promise<Outcome> {
    const [from, into] = [textIn(body, 'from'), textIn(body, 'into')];
    const choices = Object.fromEntries(Object.entries(fieldsUnder(body, 'choice.')).filter((one): one is [string, 'from' | 'into'] => one[1] === 'from' || one[1] === 'into'));
    const seen = (name: string): number => (/^\d{1,9}$/u.test(textIn(body, name)) ? Number(textIn(body, name)) : 0);
    try {
      await attempt(ctx, () => this.merging.merge(ctx, { from: { id: from, seen: seen('fromVersion') }, into: { id: into, seen: seen('intoVersion') }, choices }));
    } catch (error) {
      if (error instanceof Invalid) return await this.mergePage(ctx, { from, into }, choices, error.problems, 422);
      if (error instanceof Conflict) return await this.mergePage(ctx, { from, into }, choices, [{ code: error.code, path: '', message: `${error.message}　下はいまの内容です。` }], 409);
      throw error;
    }
    await this.checking.recheck(ctx, [into]);
    return redirect(`/systems/${into}`);
  }

  private async mergePage(ctx: Ctx, { from, into }: { from: string; into: string }, choices: Choices, problems: readonly Problem[], status = 200): Promise<Outcome> {
    if (from === into) throw new Invalid('same-system', '別々のシステムを2つ選んでください。', [{ code: 'same-system', path: 'into', message: '同じシステムが2度選ばれています。選び直してください。', href: '/systems/doubles' }]);
    const preview = await this.merging.preview(ctx, from, into);
    return page('pages/systems/merge', {
      from: preview.from, into: preview.into, contracts: preview.contracts, swap: `/systems/doubles/merge?from=${into}&into=${from}`,
      differences: preview.differences.map((one, n) => differenceView(one, n, choices, problems)), open: preview.differences.filter((one) => one.stays === 'choose').length,
      problems: problems.map((one) => {
        const at = preview.differences.findIndex(({ path }) => path === one.path);
        return { message: one.message, href: at < 0 ? '#main' : `#d-${at + 1}` };
      }),
    }, status);
  }

  private async writable(ctx: Ctx): Promise<ListedSystem[]> {
    const systems: ListedSystem[] = [];
    for (let at = 1, pages = 1; at <= pages && systems.length < MOST_LISTED; at += 1) {
      const found = await this.register.list(ctx, { page: at });
      systems.push(...found.systems.filter((one) => one.writable));
      pages = found.pages;
    }
    return systems;
  }
}

function differenceView({ path, label, from, into, stays }: Difference, n: number, choices: Choices, problems: readonly Problem[]): object {
  const side = choices[path] ?? stays;
  return { anchor: `d-${n + 1}`, path, label, fromText: from, intoText: into, fromChosen: side === 'from', intoChosen: side === 'into', open: stays === 'choose', error: problems.find((one) => one.path === path)?.message ?? '' };
}
