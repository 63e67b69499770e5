import { Injectable } from '@nestjs/common';
import type { Ctx } from '../kernel/ctx.js';
import type { Happening } from '../kernel/journal.js';

export interface ListedEntry {
  number: number;
  /** ISO instant. */
  at: string;
  who: string;
  happening: Happening;
}

const PAGE = 50;

/** The newest entries of the organisation's journal. */
@Injectable()
export class JournalList {
  /** @param kind kind of object, '' for all; @param before number to read on from (older than), 0 for the newest */
  async list(ctx: Ctx, kind: string, before: number): Promise<{ entries: ListedEntry[]; next: number | null }> {
    const rows: { number: string; content: string }[] = await ctx.tx.query(
      `select number, content from journal_entry
        where organisation_id = $1 and ($2 = '' or object_kind = $2) and ($3 = 0 or number < $3) order by number desc limit $4`,
      [ctx.organisation, kind, before, PAGE + 1],
    );
    const entries = rows.slice(0, PAGE).map(({ number, content }) => {
      const { at, actor, ...happening } = JSON.parse(content) as Happening & { at: string; actor: { name: string } };
      return { number: Number(number), at, who: actor.name, happening };
    });
    return { entries, next: rows.length > PAGE ? entries.at(-1)!.number : null };
  }
}
