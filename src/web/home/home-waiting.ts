import { Injectable } from '@nestjs/common';
import type { Ctx } from '../../kernel/ctx.js';
import { HomeAudited } from './home-audited.js';
import { HomeAuditors } from './home-auditors.js';
import { HomeSystems } from './home-systems.js';
import type { Work } from './work.js';

/** What waits besides assessments: about systems, of whoever is audited, of whoever audits. */
@Injectable()
export class HomeWaiting {
  constructor(
    readonly systems: HomeSystems,
    private readonly audited: HomeAudited,
    private readonly auditors: HomeAuditors,
  ) {}

  async waiting(ctx: Ctx): Promise<Work[]> {
    return [...(await this.systems.waiting(ctx)), ...(await this.audited.waiting(ctx)), ...(await this.auditors.waiting(ctx))];
  }
}
