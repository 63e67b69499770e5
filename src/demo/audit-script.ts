/** What `templates/demo/audits/mizuhono.yaml` says: audits of the demo city, with days that move with the year in which they are read. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Code } from '../engine/form.js';
import { inProject } from '../kernel/root.js';

/** `-3-06-01`: the first of June of the fiscal year three years before this one. */
export type ScriptDay = string;

interface WrittenAudit {
  theme: string;
  kind: Code;
  purpose: string;
  targetsText: string;
  method: string;
}

export interface WrittenFinding {
  key?: string;
  title: string;
  heading?: boolean;
  below?: WrittenFinding[];
  department?: string;
  system?: string;
  viewpoint?: string;
  /** Stands on the case sheet. */
  case?: boolean;
  severity?: Code;
  classification?: Code;
  /** Title of a record of the audit, or what a document is called. */
  evidence?: string;
  facts?: string;
  criteria?: string;
  criteriaSource?: string;
  cause?: string;
  effect?: string;
}

export interface WrittenRecord {
  kind: string;
  title: string;
  heldOn: ScriptDay;
  place: string;
  department: string;
  system: string;
  viewpoint?: string;
  announced: string;
  seen: string;
  outcome: string;
}

/** 部署、システム、課の数、端末の台数、正職員、嘱託職員、臨時職員、その他の者、端末の管理、意識付け. */
export type WrittenResponse = [department: string, system: string, sections: number, terminals: number, staff: number, commissioned: number, temporary: number, others: number, care: string[], awareness: string[]];

interface Told { action: string; on: ScriptDay; text: string }

export interface WrittenYear {
  year: number;
  asking: { on: ScriptDay; due: ScriptDay };
  /** `evidence`: a text file that is handed in with it. */
  progress: (Told & { state: Code; evidence?: { name: string; caption: string; text: string } })[];
  /** `effective`: false where the check found no effect. */
  settle: (Told & { effective?: boolean })[];
  postpone?: (Told & { until: ScriptDay })[];
  transfer?: Told & { to: string };
  reopen?: Told;
  notice: { on: ScriptDay; received: ScriptDay; publish: { number: number; on: ScriptDay }; items: Record<string, string> };
}

export interface FollowedAudit extends WrittenAudit {
  referenceOn: ScriptDay;
  beginsOn: ScriptDay;
  endsOn: ScriptDay;
  definitions: { term: string; text: string }[];
  viewpoints: { text: string; below: string[] }[];
  people: { role: string; title: string; name: string; account?: string; disqualified?: string }[];
  schedule: { label: string; doneBy: string; from: ScriptDay; until: ScriptDay; done: ScriptDay }[];
  cases: { department: string; title: string; overview: string; quoted: string; membersOn: ScriptDay; secretariatOn: [from: ScriptDay, until: ScriptDay] }[];
  responses: WrittenResponse[];
  records: WrittenRecord[];
  findings: WrittenFinding[];
  statements: Record<string, { agreed: boolean; text: string; reply?: string }>;
  improvements: { key: string; text: string; findings: string[]; department: string; case?: boolean }[];
  deliberation: { heldOn: ScriptDay; place: string; note: string };
  report: { number: number; submittedOn: ScriptDay; publishedOn: ScriptDay };
  actions: { key: string; finding: string; improvement: string; title: string; department: string; due: ScriptDay; planned: string }[];
  years: WrittenYear[];
}

export interface CurrentAudit extends WrittenAudit {
  referenceOn: ScriptDay;
  beginsOn: ScriptDay;
  endsOn: ScriptDay;
  schedule: { label: string; doneBy: string; from: ScriptDay; until: ScriptDay }[];
  questionnaire: { sent: ScriptDay; due: ScriptDay };
  responses: { of: [department: string, system: string]; on: ScriptDay; state: 'answering' | 'submitted' | 'returned' | 'fixed'; kept?: ScriptDay; reason?: string; items?: Code[]; corrected?: { on: ScriptDay; item: Code; value: number; reason: string } }[];
  records: WrittenRecord[];
  /** Without a rule: the first that the system fails. */
  findings: ({ department: string; system: string; rule?: RuleOf; on: ScriptDay; ask?: { on: ScriptDay; due: ScriptDay } } & Reworded)[];
}

interface RuleOf { ruleSet: Code; rule: Code }

/** What the auditors write in place of the texts that came with the rule. */
export interface Reworded {
  title?: string;
  criteria?: string;
  criteriaSource?: string;
  cause?: string;
  effect?: string;
}

export interface PromptAudit extends WrittenAudit, Reworded {
  department: string;
  system: string;
  rule: RuleOf;
  viewpoint: string;
  improvement: string;
  /** Of its 監査公表. */
  number: number;
  action: { title: string; planned: string };
}

export interface AuditScript {
  plan: { midTerm: { title: string; policy: string; items: { year: number; kind: Code; theme: string; targets: string; period: string }[] } };
  followed: FollowedAudit;
  current: CurrentAudit;
  prompt: PromptAudit;
}

export function readAuditScript(): AuditScript {
  return parse(readFileSync(join(inProject('templates', 'demo'), 'audits', 'mizuhono.yaml'), 'utf8')) as AuditScript;
}

/** @param thisYear the fiscal year that is counted as 0. From January to March it is the calendar year after it. */
export function dayOf(day: ScriptDay, thisYear: number): string {
  const [, years, month, date] = /^(-?\d+)-(\d\d)-(\d\d)$/u.exec(day)!;
  const year = thisYear + Number(years) + (Number(month) < 4 ? 1 : 0);
  return `${year}-${month}-${date}`;
}
