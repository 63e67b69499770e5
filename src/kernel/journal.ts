import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { Ctx } from './ctx.js';
import type { Problem } from './errors.js';

/** What happened, for the journal. Never a secret: no password, no token. */
export interface Happening {
  /** Verb of the field, e.g. `answer-saved`, `assessment-submitted`. */
  action: string;
  object: { kind: string; id: string };
  /** Place inside the object, e.g. the address of an item instance. */
  path?: string;
  before?: unknown;
  after?: unknown;
  comment?: string;
}

export interface JournalEntry extends Happening {
  number: number;
  at: string;
  actor: { id: string | null; name: string };
}

/** SHA-256 (hex) over the hash of the entry before and the content of this one. */
export function chainHash(previous: string, content: string): string {
  return createHash('sha256').update(previous, 'utf8').update('\n').update(content, 'utf8').digest('hex');
}

/** Writes one entry in the transaction at hand. The database appends and chains; nothing can change an entry later. */
export async function record(ctx: Ctx, happening: Happening): Promise<void> {
  const content = JSON.stringify({
    at: ctx.clock.now().toISOString(),
    actor: { id: ctx.actor.id, name: ctx.actor.name },
    ...happening,
  });
  await ctx.tx.query('select journal_append($1, $2)', [ctx.organisation, content]);
}

/**
 * Lets one change of the organisation after the other pass from here on, as `record` does, before anything is written. For work
 * that reads much and writes what it found: it takes its place where every change waits, and cannot lock one out in a circle.
 */
export async function holdJournal(ctx: Ctx): Promise<void> {
  await ctx.tx.query('select journal_hold($1)', [ctx.organisation]);
}

interface StoredEntry {
  number: string;
  content: string;
}

/** Entries about an object (and a place in it), newest first. */
export async function history(ctx: Ctx, object: { kind: string; id: string }, options: { path?: string; limit?: number } = {}): Promise<JournalEntry[]> {
  const rows: StoredEntry[] = await ctx.tx.query(
    `select number, content from journal_entry
      where organisation_id = $1 and object_kind = $2 and object_id = $3 and ($4::text is null or path = $4)
      order by number desc limit $5`,
    [ctx.organisation, object.kind, object.id, options.path ?? null, options.limit ?? 200],
  );
  return rows.map(readEntry);
}

/** One entry of an object, by its number in the journal. */
export async function entryOf(ctx: Ctx, object: { kind: string; id: string }, number: number): Promise<JournalEntry | null> {
  const rows: StoredEntry[] = await ctx.tx.query(
    'select number, content from journal_entry where organisation_id = $1 and object_kind = $2 and object_id = $3 and number = $4',
    [ctx.organisation, object.kind, object.id, number],
  );
  return rows[0] === undefined ? null : readEntry(rows[0]);
}

function readEntry(row: StoredEntry): JournalEntry {
  return { number: Number(row.number), ...(JSON.parse(row.content) as Omit<JournalEntry, 'number'>) };
}

/**
 * Reads every chain from its beginning and reports each entry that is missing, changed or out of place.
 * Runs as the owner, over all organisations.
 */
export async function verifyJournal(source: DataSource): Promise<{ entries: number; organisations: number; problems: Problem[] }> {
  const problems: Problem[] = [];
  let entries = 0;
  const heads: { organisation_id: string; number: string; hash: string }[] = await source.query('select organisation_id, number, hash from journal_head order by organisation_id');
  for (const head of heads) {
    let expected = 1;
    let previous = '';
    for (;;) {
      const rows: { number: string; content: string; previous_hash: string; hash: string; action: string; object_id: string; path: string | null }[] = await source.query(
        'select number, content, previous_hash, hash, action, object_id, path from journal_entry where organisation_id = $1 and number >= $2 order by number limit 2000',
        [head.organisation_id, expected],
      );
      if (rows.length === 0) break;
      for (const row of rows) {
        entries += 1;
        const place = `${head.organisation_id}#${row.number}`;
        if (Number(row.number) !== expected) problems.push({ code: 'journal-gap', path: place, message: `記録の ${expected} 番から ${Number(row.number) - 1} 番までがありません。` });
        if (row.previous_hash !== previous) problems.push({ code: 'journal-chain', path: place, message: `記録の ${row.number} 番が、その前の記録につながっていません。` });
        if (row.hash !== chainHash(row.previous_hash, row.content)) problems.push({ code: 'journal-changed', path: place, message: `記録の ${row.number} 番の内容が書き換えられています。` });
        const content = JSON.parse(row.content) as Happening;
        if (content.action !== row.action || content.object.id !== row.object_id || (content.path ?? null) !== row.path) problems.push({ code: 'journal-index', path: place, message: `記録の ${row.number} 番の索引が内容と違います。` });
        previous = row.hash;
        expected = Number(row.number) + 1;
      }
    }
    if (Number(head.number) !== expected - 1 || head.hash !== previous) problems.push({ code: 'journal-head', path: head.organisation_id, message: `最後の記録（${head.number} 番）まで届きません。末尾が失われています。` });
  }
  const orphans: { organisation_id: string }[] = await source.query('select distinct organisation_id from journal_entry where organisation_id not in (select organisation_id from journal_head)');
  for (const orphan of orphans) problems.push({ code: 'journal-head', path: orphan.organisation_id, message: '記録の末尾を示す行がありません。' });
  return { entries, organisations: heads.length, problems };
}
