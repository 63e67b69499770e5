import { Injectable } from '@nestjs/common';
import { ActionEvidence } from '../../findings/action-evidence.service.js';
import { ActionReading } from '../../findings/action-reading.service.js';
import { runText } from '../../findings/closing-offers.service.js';
import { Departments } from '../../identity/departments.service.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { page, type Outcome } from '../outcome.js';
import { actionView, type Returned } from './action-view.js';

/** The page of one action, as every step of it shows it again. */
@Injectable()
export class ActionPages {
  constructor(
    private readonly reading: ActionReading,
    private readonly evidence: ActionEvidence,
    private readonly departments: Departments,
  ) {}

  /** @param returned a form that could not be saved, with what was typed */
  async show(ctx: Ctx, id: string, returned: Returned | null, status = 422): Promise<Outcome> {
    const found = await this.reading.get(ctx, id);
    const { offered } = found.action;
    return page('pages/actions/action', actionView(found, {
      today: ctx.clock.today(), evidence: await this.evidence.list(ctx, id), readsAudits: allows(ctx.actor.grants, 'audit.read'), offerText: offered === null ? '' : await runText(ctx, offered.run),
      departments: found.moves.has('transfer') ? (await this.departments.living(ctx)).map((one) => ({ id: one.department.id, label: one.path })) : [],
    }, returned), returned === null ? 200 : status);
  }
}
