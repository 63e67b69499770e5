import { Controller, Get, Query } from '@nestjs/common';
import { JournalList, type ListedEntry } from '../../identity/journal-list.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Allow, InCtx } from '../allow.js';
import { page, type Outcome } from '../outcome.js';
import { opensContents } from './journal-contents.js';
import { ACTION_WORDS, KIND_WORDS } from './journal-words.js';

const japanTime = new Intl.DateTimeFormat('ja-JP', { timeZone: 'Asia/Tokyo', year: 'numeric', month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' });
/** Longest text of one side that the list shows. */
const SHOWN = 2_000;

/** 記録: who did what and when, newest first. */
@Controller('journal')
export class JournalController {
  constructor(private readonly journal: JournalList) {}

  @Get()
  @Allow('journal.read')
  async list(@InCtx() ctx: Ctx, @Query('kind') kind: unknown, @Query('before') before: unknown): Promise<Outcome> {
    const chosen = typeof kind === 'string' && Object.hasOwn(KIND_WORDS, kind) ? kind : '';
    const from = typeof before === 'string' && /^\d{1,15}$/.test(before) ? Number(before) : 0;
    const { entries, next } = await this.journal.list(ctx, chosen, from);
    return page('pages/administration/journal', {
      kinds: Object.entries(KIND_WORDS).map(([code, label]) => ({ code, label, chosen: code === chosen })),
      entries: entries.map((one) => shown(one, opensContents(one.happening, ctx.actor.grants))),
      newest: from === 0, older: next === null ? '' : `/journal?kind=${chosen}&before=${next}`, first: `/journal?kind=${chosen}`, filtered: chosen !== '',
    });
  }
}

function shown({ number, at, who, happening }: ListedEntry, open: boolean): object {
  return {
    number, at: japanTime.format(new Date(at)), who, action: ACTION_WORDS[happening.action] ?? happening.action,
    kind: KIND_WORDS[happening.object.kind] ?? happening.object.kind, closed: !open,
    ...(open ? { path: happening.path ?? '', comment: happening.comment ?? '', before: sideText(happening.before), after: sideText(happening.after) } : { path: '', comment: '', before: '', after: '' }),
  };
}

function sideText(side: unknown): string {
  if (side === undefined || side === null) return '';
  const text = typeof side === 'string' ? side : JSON.stringify(side, null, 1);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
