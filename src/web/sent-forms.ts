import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Ctx } from '../kernel/ctx.js';
import type { EnteredRequest } from './allow.js';
import { isOutcome, redirect } from './outcome.js';

/** After this a form from the same page counts as sent anew. */
const REMEMBERED_MINUTES = 60;

/**
 * A form that comes twice from one page with the same content (a double click, a page sent again because the answer was lost)
 * is done once, and the second is led where the first was. Every page has a mark of its own, so that whoever opens the form
 * again can send the same again. Only what ended with a redirect counts as done: what was refused can be sent again.
 */
@Injectable()
export class SentForms {
  /** Works in the transaction of the request: a second one at the same time waits at the key until the first is committed or undone. */
  async once(ctx: Ctx, key: string, act: () => Promise<unknown>): Promise<unknown> {
    const now = ctx.clock.now();
    // What another form of the same person takes away at this moment is left to it: nobody waits for that.
    await ctx.tx.query('delete from sent_form where key in (select key from sent_form where organisation_id = $1 and account_id = $2 and sent_at < $3 for update skip locked)', [ctx.organisation, ctx.actor.id, new Date(now.getTime() - REMEMBERED_MINUTES * 60_000)]);
    const begun: unknown[] = await ctx.tx.query('insert into sent_form (key, organisation_id, account_id, sent_at) values ($1, $2, $3, $4) on conflict do nothing returning key', [key, ctx.organisation, ctx.actor.id, now]);
    if (begun.length === 0) {
      const before: { led_to: string }[] = await ctx.tx.query('select led_to from sent_form where organisation_id = $1 and key = $2', [ctx.organisation, key]);
      return redirect(before[0]!.led_to);
    }
    const outcome = await act();
    const done = isOutcome(outcome) && outcome.kind === 'redirect' && outcome.session === undefined ? outcome.to : null;
    if (done === null) await ctx.tx.query('delete from sent_form where organisation_id = $1 and key = $2', [ctx.organisation, key]);
    else await ctx.tx.query('update sent_form set led_to = $3 where organisation_id = $1 and key = $2', [ctx.organisation, key, done]);
    return outcome;
  }
}

/** One form as it was sent: by whom, from which page, where to, with which fields and files. */
export function formKey({ method, url, body, entered }: Pick<EnteredRequest, 'method' | 'url' | 'body' | 'entered'>, person: string | null, sentFrom: string): string {
  const hash = createHash('sha256').update(JSON.stringify([person, sentFrom, method, url, body]));
  for (const [name, { fileName, bytes }] of Object.entries(entered?.uploads ?? {})) hash.update(JSON.stringify([name, fileName, bytes.length])).update(bytes);
  return hash.digest('hex');
}
