/** What a report of checks is made from: read once, when it is asked for. Types only. */
import type { Contradictions, SystemInMatrix } from '../checks/check-results.service.js';
import type { CheckRun } from '../checks/check.entity.js';
import type { ResultChange } from '../checks/comparing.js';
import type { Matrix } from '../checks/matrix.js';
import type { SystemSheet } from '../checks/system-check.service.js';
import type { FactCatalogue, RuleSetDefinition, RuleSettings } from '../engine/rule-set.js';

export type ReportScopeKind = 'organisation' | 'department' | 'system';

export interface ReportFacts {
  /** Name of the 団体. */
  organisation: string;
  scope: { kind: ReportScopeKind; id: string; name: string };
  /** ISO day on which the report is asked for. */
  today: string;
  /** The run whose results these are; `now`: what holds after it. */
  run: CheckRun;
  now: boolean;
  /** The run with which it is compared; null: there is none before. */
  before: CheckRun | null;
  ruleSets: ReportRuleSet[];
  /** Checked systems in the order of the report. */
  systems: ReportSystem[];
  /** Systems of the scope without results: never checked, or not part of the run. */
  unchecked: SystemInMatrix[];
  /** Systems below the department that the person who asks may not see. */
  hidden: number;
  /** Since `before`, over the systems that were checked then too; null without `before`. */
  changes: ResultChange<SystemInMatrix>[] | null;
  /** Systems that `before` did not have. */
  notCompared: SystemInMatrix[];
  /** Settings of rules in the run. */
  settings: RuleSettings;
  /** Names of facts. */
  catalogue: FactCatalogue;
}

export interface ReportRuleSet {
  /** Its newest version; the viewpoints are taken from it. */
  definition: RuleSetDefinition;
  /** Versions on which the results rest, oldest first. */
  versions: string[];
  matrix: Matrix<SystemInMatrix>;
  contradictions: ReadonlyMap<string, Contradictions>;
  /** 適合の割合 of the same systems in earlier runs, oldest first, the shown results last. */
  trend: { label: string; share: number }[];
}

export interface ReportSystem {
  head: SystemInMatrix;
  /** 区分; '' without one. */
  classLabel: string;
  /** Facts of the register in short, as a person reads them. */
  register: { label: string; value: string }[];
  sheet: SystemSheet;
  /** Declarations that count but that nobody has approved, and those too old to count; on the day of the report. */
  declarations: { unapproved: number; stale: number };
}
