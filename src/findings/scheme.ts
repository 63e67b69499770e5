import type { Code } from '../engine/form.js';
import type { Severity as RuleSeverity } from '../engine/rule-set.js';

export type { Numbering, NumberStyle } from '../engine/numbering.js';

/**
 * 検出事項の区分、重要度、措置の状態: what an organisation may choose. Comes from `templates/findings/<version>.yaml`; the
 * organisation's own copy stands in `finding_setting`. Codes are stable, never reused; what is no longer used is `retired`.
 */
export interface FindingScheme {
  classifications: Classification[];
  severities: Severity[];
  states: ActionState[];
  /** 改善率 and the like: computed from counts of states. */
  rates: StateRate[];
}

export interface Term {
  code: Code;
  label: string;
  /** What it means, for the reader of a document. */
  definition: string;
  retired?: boolean;
}

export interface Severity extends Term {
  /** A finding that is begun from a rule of one of these severities begins with this one. */
  ofRules?: RuleSeverity[];
}

/** 指摘事項, 要望事項, 意見, 勧告 …. */
export interface Classification extends Term {
  /** The department must report what it did (措置). */
  needsAction: boolean;
}

export interface ActionState extends Term {
  /**
   * `waiting`: nothing begun; `under-way`; `settled`: done, needs the auditors' check of effect; `continuing`: no end foreseen,
   * asked again every year like what is not settled.
   */
  phase: 'waiting' | 'under-way' | 'settled' | 'continuing';
}

export interface StateRate {
  code: Code;
  label: string;
  /** States that count above the line. */
  of: Code[];
  /** States below the line; none: all. */
  over: Code[];
}
