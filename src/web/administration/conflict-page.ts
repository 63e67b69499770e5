import type { Conflict } from '../../kernel/errors.js';
import { page, type Outcome } from '../outcome.js';

export interface ConflictField {
  /** '' for one that is only shown; `Hidden` fields say the same to the server. */
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

export interface Hidden {
  name: string;
  value: string;
}

/** Both texts of a stale save, field by field; this person decides, against the version that is stored now. */
export function conflictPage(conflict: Conflict, what: { title: string; action: string; back: string }, currentVersion: number, fields: readonly ConflictField[], hidden: readonly Hidden[] = []): Outcome {
  return page('pages/administration/conflict', {
    ...what, hidden, message: conflict.message, version: String(currentVersion),
    fields: fields.map((one) => ({ ...one, mineText: one.mineText ?? one.mine, theirsText: one.theirsText ?? one.theirs, same: one.mine === one.theirs })),
  }, 409);
}
