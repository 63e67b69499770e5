/**
 * The report model of 点検結果報告書: what `templates/reports/check` prints. Plain JSON and complete: what is not there is null, ""
 * or [], because a field that the template misses is an error. Pictures stand in it as data and are drawn when it is printed.
 */
import type { GridPicture } from '../rendering/grid-picture.js';

export interface CheckReport {
  lang: 'ja';
  /** Title in the metadata of the document. */
  title: string;
  footer: string;
  /** Departments whose systems stand in it: who may see all of them may read it. */
  departments: string[];
  cover: { organisation: string; scope: string; rows: LabelledText[]; madeOn: string };
  contents: { anchor: string; text: string; level: 1 | 2 }[];
  overview: OverviewModel;
  ruleSets: RuleSetSection[];
  systems: SystemsSection;
  appendix: AppendixModel;
}

export interface LabelledText {
  label: string;
  /** Lines. */
  text: string;
}

/** Counts as they are printed, 適合の割合 last (`78.3％`, `－`). */
export interface CountsRow {
  name: string;
  rules: string;
  met: string;
  notMet: string;
  unknown: string;
  notApplicable: string;
  share: string;
  /** A sum over the rows above. */
  total: boolean;
}

export interface ChangesRow {
  name: string;
  fresh: string;
  settled: string;
  unclear: string;
  unchanged: string;
  total: boolean;
}

export interface OverviewModel {
  facts: LabelledText[];
  counts: CountsRow[];
  /** Empty without a run before; then `changesNote` says so. */
  changes: ChangesRow[];
  changesNote: string;
  declarations: string;
  /** Systems without results; the words before the list. */
  unchecked: { words: string; names: string[] } | null;
}

export type ChartModel =
  | { kind: 'bars'; title: string; description: string; bars: { label: string; percent: number | null; text: string }[] }
  | { kind: 'line'; title: string; description: string; points: { label: string; value: number }[] };

export interface RuleSetSection {
  anchor: string;
  number: string;
  title: string;
  version: string;
  source: string;
  viewpoints: { number: string; title: string; group: string; met: string; notMet: string; unknown: string; notApplicable: string }[];
  charts: ChartModel[];
  /** Pages of the matrix; `wide`: on landscape pages. */
  wide: boolean;
  grids: { caption: string; grid: GridPicture }[];
}

export interface SystemsSection {
  /** What stands here in full and what does not. */
  words: string;
  full: SystemModel[];
  rest: { name: string; department: string; met: string; unknown: string; notApplicable: string; settled: string }[];
}

export interface SystemModel {
  anchor: string;
  number: string;
  name: string;
  facts: LabelledText[];
  register: { label: string; value: string }[];
  counts: CountsRow[];
  failing: { title: string; rows: FailingRow[] }[];
  unknown: { title: string; rows: { viewpoint: string; rule: string; missing: string }[] }[];
  overruled: OverruledRow[];
  /** Rules that were 不適合 in the run before and are not now. */
  settled: string[];
}

export interface FailingRow {
  viewpoint: string;
  rule: string;
  severity: string;
  /** 新規, 継続, or '' without a run before. */
  change: string;
  reason: string;
  /** Assessments that say otherwise. */
  assessments: { title: string; text: string }[];
  observation: string;
  improvement: string;
  evidence: string;
  basis: string[];
  /** Short enough to stay on one page. */
  keep: boolean;
}

export interface OverruledRow {
  rule: string;
  computed: string;
  given: string;
  reason: string;
  evidence: string;
  until: string;
  by: string;
  keep: boolean;
}

export interface AppendixModel {
  off: { set: string; rule: string; reason: string }[];
  tightened: { set: string; rule: string; limit: string; standard: string; own: string }[];
  viewpoints: { title: string; version: string; source: string; rows: { number: string; title: string; rules: string }[] }[];
}
