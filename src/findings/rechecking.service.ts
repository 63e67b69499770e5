import { Injectable } from '@nestjs/common';
import { CheckRun } from '../checks/check.entity.js';
import { Checking, type RunMade, type Scope } from '../checks/checking.service.js';
import type { Ctx } from '../kernel/ctx.js';
import { scoped } from '../kernel/scoped.js';
import { ClosingOffers } from './closing-offers.service.js';

/** A check, and what follows from it for corrective actions. Whoever changes what is checked calls this. */
@Injectable()
export class Rechecking {
  constructor(
    private readonly checking: Checking,
    private readonly offers: ClosingOffers,
  ) {}

  /** As `Checking.run`. */
  async run(ctx: Ctx, scope: Scope): Promise<RunMade> {
    return this.followed(ctx, await this.checking.run(ctx, scope));
  }

  /** As `Checking.recheck`. */
  async recheck(ctx: Ctx, systemIds: readonly string[]): Promise<RunMade | null> {
    const made = await this.checking.recheck(ctx, systemIds);
    return made === null ? null : this.followed(ctx, made);
  }

  /** As `Checking.recheckNamedBy`. */
  async recheckNamedBy(ctx: Ctx, assessmentId: string): Promise<RunMade | null> {
    const made = await this.checking.recheckNamedBy(ctx, assessmentId);
    return made === null ? null : this.followed(ctx, made);
  }

  /** After a run that something else made. */
  async followed(ctx: Ctx, made: RunMade): Promise<RunMade> {
    if (made.changed > 0) await this.offers.offerClosings(ctx, (await scoped(ctx, CheckRun).get(made.id)).systems);
    return made;
  }
}
