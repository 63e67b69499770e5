import type { Code } from '../engine/form.js';
import type { Ctx } from '../kernel/ctx.js';
import { history } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { declarationPath } from './declaration-access.js';
import { journal, snapshotOf } from './declaration-writing.js';
import type { DeclarationSnapshot } from './declaration-words.js';
import { Declaration } from './declaration.entity.js';
import { objectOf } from './system-access.js';
import type { InformationSystem } from './system.entity.js';

/**
 * Moves declarations with their evidence and approval to the system that stays. Where that one had declared the same control,
 * its declaration goes to the double the other way, so that its evidence is not lost.
 */
export async function takeOverDeclarations(ctx: Ctx, from: InformationSystem, into: InformationSystem, controls: readonly Code[]): Promise<void> {
  const own = new Map((await scoped(ctx, Declaration).find({ systemId: from.id })).map((one) => [one.control, one]));
  const theirs = new Map((await scoped(ctx, Declaration).find({ systemId: into.id })).map((one) => [one.control, one]));
  for (const control of controls) {
    const [moved, replaced] = [own.get(control)!, theirs.get(control)];
    const version = Math.max(moved.version, replaced?.version ?? (await lastVersion(ctx, into.id, control))) + 1;
    // One row for each system and control: the row that makes room stands aside under a name that no control has.
    if (replaced !== undefined) await scoped(ctx, Declaration).update({ id: replaced.id }, { control: `${control}#`, systemId: from.id } as Partial<Declaration>);
    await scoped(ctx, Declaration).update({ id: moved.id }, { systemId: into.id, version });
    if (replaced !== undefined) await scoped(ctx, Declaration).update({ id: replaced.id }, { control, version: replaced.version + 1 });
    const { version: _, ...after } = snapshotOf(moved);
    await journal(ctx, { systemId: into.id, control }, 'declaration-copied', replaced === undefined ? null : snapshotOf(replaced), { ...after, copiedFrom: from.name });
  }
}

/** Version of a declaration that was withdrawn; a page from before may still show it. */
async function lastVersion(ctx: Ctx, systemId: string, control: Code): Promise<number> {
  const [last] = await history(ctx, objectOf(systemId), { path: declarationPath(control), limit: 1 });
  return (last?.before as DeclarationSnapshot | null | undefined)?.version ?? 0;
}
