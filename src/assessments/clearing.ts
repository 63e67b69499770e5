import { In } from 'typeorm';
import type { Address, Row } from '../engine/form.js';
import type { Ctx } from '../kernel/ctx.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { objectOf } from './access.js';
import { Answer, type AnswerRow } from './answer.entity.js';

/** An answer that was cleared because its item is hidden now, with the version it has from now on. */
export interface Cleared {
  address: Address;
  version: number;
}

/** Clears answers that are hidden now; the journal keeps what was there and which change hid it. */
export async function clearAnswers(ctx: Ctx, assessmentId: string, addresses: readonly Address[], stored: ReadonlyMap<Address, Answer>, because: Address): Promise<Cleared[]> {
  if (addresses.length === 0) return [];
  await scoped(ctx, Answer).update({ assessmentId, address: In([...addresses]) }, { value: null, version: (() => 'version + 1') as never, changedAt: ctx.clock.now(), changedByName: ctx.actor.name });
  const cleared: Cleared[] = [];
  for (const address of addresses) {
    const was = stored.get(address)!;
    await record(ctx, { action: 'answer-cleared', object: objectOf(assessmentId), path: address, before: was.value, after: null, comment: because });
    cleared.push({ address, version: was.version + 1 });
  }
  return cleared;
}

export function rowOf({ id, groupCode, parentId, position }: AnswerRow): Row {
  return { id, group: groupCode, parent: parentId, position };
}
