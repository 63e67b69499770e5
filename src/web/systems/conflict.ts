import { momentOf } from '../../checks/run-words.js';
import type { Conflict } from '../../kernel/errors.js';
import type { Fields } from '../fields/field-input.js';
import { page, type Outcome } from '../outcome.js';
import type { SideRow } from './register-form.js';

interface Sides {
  name: string;
  /** Where the form is sent again, against the version that is stored now. */
  action: string;
  back: string;
  version: number;
  body: Fields;
  rows: readonly SideRow[];
  /** A side is chosen for each row; otherwise one side is taken as a whole. */
  choosing: boolean;
}

/** Both sides of a stale save. Everything that was typed is sent again with what the person decides. */
export function systemConflict(conflict: Conflict, { name, action, back, version, body, rows, choosing }: Sides): Outcome {
  const kept = Object.entries(body).filter(([field]) => field !== 'version' && !field.startsWith('keep.')).flatMap(([field, value]) => (Array.isArray(value) ? value : [value]).map((one) => ({ name: field, value: String(one) })));
  return page('pages/systems/conflict', {
    name, action, back, version: String(version), kept, choosing, message: conflict.message,
    by: conflict.sides?.by ?? 'ほかの人', at: conflict.sides?.at === undefined ? '' : momentOf(new Date(conflict.sides.at)),
    rows: rows.map((one) => ({ ...one, mineSuggested: one.suggested === 'mine', theirsSuggested: one.suggested === 'theirs' })),
  }, 409);
}
