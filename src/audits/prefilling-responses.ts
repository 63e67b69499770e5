import { Injectable } from '@nestjs/common';
import type { Code } from '../engine/form.js';
import type { Ctx } from '../kernel/ctx.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { Catalogue } from '../systems/catalogue.js';
import { SystemFacts } from '../systems/system-facts.service.js';
import { prefilledAnswers, type Prefilled } from './prefilling-values.js';
import { ResponseAnswer, type Questionnaire, type QuestionnaireResponse } from './questionnaire.entity.js';
import { responseObject } from './response-access.js';
import { formOf } from './response-form.js';

/** Fills in what the register and the declarations already know, so that a department only looks at it. */
@Injectable()
export class ResponsePrefilling {
  constructor(private readonly catalogue: Catalogue, private readonly facts: SystemFacts) {}

  /**
   * For responses that were just made and hold no answers. A response without a system stays blank: the register and the
   * declarations speak of systems. Asks for no right. @returns how many answers were filled in
   */
  async fill(ctx: Ctx, questionnaire: Questionnaire, responses: readonly Pick<QuestionnaireResponse, 'id' | 'systemId' | 'departmentId'>[]): Promise<number> {
    const systems = [...new Set(responses.flatMap(({ systemId }) => systemId ?? []))];
    if (systems.length === 0 || Object.keys(questionnaire.prefilling).length === 0) return 0;
    const facts = await this.facts.ofSystems(ctx, systems);
    const names = new Map((await ctx.tx.query('select id, name from system where organisation_id = $1 and id = any($2)', [ctx.organisation, systems]) as { id: string; name: string }[]).map(({ id, name }) => [id, name]));
    const uses = await this.usesOf(ctx, systems);
    const form = formOf(questionnaire);
    let count = 0;
    for (const { id, systemId, departmentId } of responses) {
      const known = systemId === null ? undefined : facts.get(systemId);
      if (systemId === null || known === undefined) continue;
      const found = prefilledAnswers(form, questionnaire.prefilling, this.catalogue, { name: names.get(systemId) ?? '', facts: known, own: uses.get(`${systemId}/${departmentId}`) ?? {}, on: ctx.clock.today() });
      await this.keep(ctx, id, found);
      count += found.length;
    }
    return count;
  }

  /** What each department uses of each system, by `system/department`; a number that nobody knows is left out. */
  private async usesOf(ctx: Ctx, systems: readonly string[]): Promise<Map<string, Record<string, number>>> {
    const uses: { key: string; sections: number | null; terminals: number | null }[] = await ctx.tx.query(
      `select system_id || '/' || department_id as key, sections, terminals from system_use where organisation_id = $1 and system_id = any($2)`, [ctx.organisation, systems]);
    return new Map(uses.map(({ key, sections, terminals }) => [key, { ...(sections === null ? {} : { 'using-sections': sections }), ...(terminals === null ? {} : { 'using-terminals': terminals }) }]));
  }

  private async keep(ctx: Ctx, responseId: string, found: readonly Prefilled[]): Promise<void> {
    if (found.length === 0) return;
    const marks = { changedAt: ctx.clock.now(), changedByName: ctx.actor.name, version: 1 };
    await scoped(ctx, ResponseAnswer).insertMany(found.map(({ item, value, from }) => ({ responseId, item, value: value as never, prefilledFrom: from, ...marks })));
    const after: Record<Code, unknown> = Object.fromEntries(found.map(({ item, value, from }) => [item, { value, from }]));
    await record(ctx, { action: 'answers-prefilled', object: responseObject(responseId), after });
  }
}
