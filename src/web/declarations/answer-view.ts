/** What is said below a control after a save, and both sides of a stale one. Pure. */
import type { Code } from '../../engine/form.js';
import type { Conflict } from '../../kernel/errors.js';
import type { DeclarationSheet } from '../../systems/declaration-sheet.js';
import type { Settled } from './change-lines.js';
import { groupWith } from './page-view.js';

export interface Answer {
  problems: string[];
  state: string;
  /** `ok`, `bad` or blank. */
  tone: string;
  settled: Settled | null;
  conflict: ConflictShown | null;
}

export interface ConflictShown {
  control: Code;
  label: string;
  by: string;
  mine: { value: string; note: string };
  /** Null: withdrawn meanwhile. */
  theirs: { value: string; note: string; declaredOn: string } | null;
  currentVersion: number;
}

/** What stands below a control before anything was said. */
export const silent = (): Answer => ({ problems: [], state: '', tone: '', settled: null, conflict: null });

/** @param sheet as it is stored now */
export function conflictsShown({ problems, sides }: Conflict, sheet: DeclarationSheet): ConflictShown[] {
  const sent = (Array.isArray(sides?.sent) ? sides.sent : [sides?.sent]) as ({ value: string; note: string } | undefined)[];
  return problems.map(({ path }, n) => {
    const { label, own } = groupWith(sheet, path).control;
    return {
      control: path, label, by: own?.by ?? 'ほかの人', currentVersion: own?.version ?? 0, mine: { value: sent[n]?.value ?? '', note: sent[n]?.note ?? '' },
      theirs: own === null ? null : { value: own.words, note: own.note, declaredOn: own.declaredOn },
    };
  });
}
