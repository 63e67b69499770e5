import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { AuditTargets, type Target } from '../../audits/audit-targets.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, type Problem } from '../../kernel/errors.js';
import { conflictPage, type ConflictField } from '../administration/conflict-page.js';
import { Allow, InCtx } from '../allow.js';
import { attempt } from '../attempt.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { TargetsInput } from './inputs.js';
import { aroundOf } from './parts.js';

/** 監査対象: departments × systems of an audit. */
@Controller('audits/:id/targets')
export class TargetsController {
  constructor(private readonly targets: AuditTargets) {}

  @Get()
  @Allow('audit.read')
  async show(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return this.targetsPage(ctx, id, null, []);
  }

  @Post()
  @Allow('audit.write')
  async set(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: TargetsInput): Promise<Outcome> {
    const chosen = [...new Set((input.target ?? []).filter((one) => one !== ''))];
    try {
      await attempt(ctx, () => this.targets.set(ctx, id, Number(input.version), chosen.map(targetOf)));
      return redirect(`/audits/${id}`);
    } catch (error) {
      if (error instanceof Invalid) return await this.targetsPage(ctx, id, chosen, error.problems);
      if (!(error instanceof Conflict)) throw error;
      const { audit } = await aroundOf(ctx, id);
      return conflictPage(error, { title: `「${audit.theme}」の対象`, action: `/audits/${id}/targets`, back: `/audits/${id}/targets` }, audit.version, await this.sides(ctx, id, chosen));
    }
  }

  private async sides(ctx: Ctx, id: string, mine: readonly string[]): Promise<ConflictField[]> {
    const theirs = (await this.targets.of(ctx, id)).map(keyOf);
    const names = new Map((await this.targets.choices(ctx, id)).flatMap((one) => [[one.departmentId, one.path], ...one.systems.map((system) => [`${one.departmentId}/${system.id}`, `${one.path}　${system.name}`])] as [string, string][]));
    const text = (has: boolean): string => (has ? '対象にする' : '対象にしない');
    return [...new Set([...mine, ...theirs])].map((key) => ({
      name: 'target', label: names.get(key) ?? key, mine: mine.includes(key) ? key : '', theirs: theirs.includes(key) ? key : '', mineText: text(mine.includes(key)), theirsText: text(theirs.includes(key)),
    }));
  }

  /** @param typed keys that were sent; null: what is stored */
  private async targetsPage(ctx: Ctx, id: string, typed: readonly string[] | null, problems: readonly Problem[]): Promise<Outcome> {
    const { audit, head, mayWrite } = await aroundOf(ctx, id);
    const chosen = new Set(typed ?? (await this.targets.of(ctx, id)).map(keyOf));
    const choices = (await this.targets.choices(ctx, id)).map((one) => ({
      key: one.departmentId, name: one.path, depth: one.depth, ended: one.ended, chosen: chosen.has(one.departmentId),
      systems: one.systems.map((system) => ({ key: `${one.departmentId}/${system.id}`, name: system.name, chosen: chosen.has(`${one.departmentId}/${system.id}`) })),
    })).map((one) => ({ ...one, open: one.systems.some((system) => system.chosen) }));
    return page('pages/audits/targets', {
      id, head, mayWrite, version: String(audit.version), problems: problems.map((one) => ({ message: one.message, href: '#main' })),
      choices: mayWrite ? choices : choices.filter((one) => one.chosen || one.open).map((one) => ({ ...one, systems: one.systems.filter((system) => system.chosen) })),
    }, problems.length === 0 ? 200 : 422);
  }
}

const keyOf = ({ departmentId, systemId }: Target): string => (systemId === null ? departmentId : `${departmentId}/${systemId}`);
function targetOf(key: string): Target {
  const [departmentId = '', systemId] = key.split('/');
  return { departmentId, systemId: systemId ?? null };
}
