import type { Conflict } from '../../kernel/errors.js';
import { page, type Outcome } from '../outcome.js';

export interface ConflictField {
  name: string;
  label: string;
  /** What this person typed, as the form sends it. */
  mine: string;
  /** What is stored now, as the form would send it. */
  theirs: string;
  /** The same for reading, where it is a code or an id. */
  mineText?: string;
  theirsText?: string;
}

/** Both texts of a stale save, field by field; this person decides, against the version that is stored now. */
export function conflictPage(conflict: Conflict, what: { title: string; action: string; back: string }, currentVersion: number, fields: readonly ConflictField[]): Outcome {
  return page('pages/administration/conflict', {
    ...what, message: conflict.message, version: String(currentVersion),
    fields: fields.map((one) => ({ ...one, mineText: one.mineText ?? one.mine, theirsText: one.theirsText ?? one.theirs, same: one.mine === one.theirs })),
  }, 409);
}
