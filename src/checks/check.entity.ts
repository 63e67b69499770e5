import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { RuleSettings } from '../engine/rule-set.js';
import type { AssessmentFacts, CheckedFacts, CheckedResults, RunSummary } from './check-shapes.js';

/** Why a run was made: a person asked, the schedule was due, or something that is checked changed. */
export type Occasion = 'asked' | 'scheduled' | 'changed';

/** 点検: one run of the rule sets over one system, the systems of a department, or all. Runs are kept. */
@Entity('check_run')
export class CheckRun {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  /** From 1, without gaps, within the organisation: the order of all runs. */
  @Column('int') number: number;
  /** 第n回: counts the runs that were asked for or scheduled; null for one that a change made. */
  @Column('int', { nullable: true }) round: number | null;
  @Column('text') occasion: Occasion;
  /** `all`, `department` or `system`, with the id of the latter two. */
  @Column('text') scope: 'all' | 'department' | 'system';
  @Column('uuid', { name: 'scope_id', nullable: true }) scopeId: string | null;
  /** Systems that were checked. */
  @Column('jsonb') systems: string[];
  /** Rule sets as they were used: code → version. */
  @Column('jsonb', { name: 'rule_sets' }) ruleSets: Record<string, string>;
  /** Settings of rules as they were used. */
  @Column('jsonb') settings: RuleSettings;
  /** Version of the catalogue of controls. */
  @Column('text') catalogue: string;
  @Column('jsonb') summary: RunSummary;
  @Column('timestamptz', { name: 'made_at' }) madeAt: Date;
  @Column('text', { name: 'made_by_name' }) madeByName: string;
}

/**
 * The results of one system from one run (`from_run`) until they changed (`until_run`, exclusive; null: they still hold).
 * A run that finds a system unchanged writes nothing.
 */
@Entity('check_state')
export class CheckState {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'system_id' }) systemId: string;
  @Column('int', { name: 'from_run' }) fromRun: number;
  @Column('int', { name: 'until_run', nullable: true }) untilRun: number | null;
  /** Rule set → one letter for each of its rules, in their order: `m` met, `x` not met, `u` unknown, `n` not applicable. */
  @Column('jsonb') results: CheckedResults;
  /** What was known of the system. */
  @Column('jsonb') facts: CheckedFacts;
  /** Assessments that name the system, with their claims and results. */
  @Column('jsonb') assessments: AssessmentFacts[];
  /** Rule sets with their versions and settings as they were used. */
  @Column('text') basis: string;
  /** SHA-256 over results, facts and assessments: equal means unchanged. */
  @Column('text') hash: string;
}

/** 結果の変更: a person overrules a result, with reason and evidence, until a day. */
@Entity('check_overrule')
export class CheckOverrule {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'system_id' }) systemId: string;
  @Column('text', { name: 'rule_set' }) ruleSet: string;
  @Column('text') rule: string;
  @Column('text') result: 'met' | 'not-met' | 'not-applicable';
  @Column('text') reason: string;
  @Column('text') evidence: string;
  /** Last day on which it holds. */
  @Column('date', { name: 'until_on' }) untilOn: string;
  @Column('date', { name: 'made_on' }) madeOn: string;
  @Column('text', { name: 'made_by_name' }) madeByName: string;
  @Column('date', { name: 'withdrawn_on', nullable: true }) withdrawnOn: string | null;
  @Column('int') version: number;
}

/** What the organisation made of a rule: switched off with a reason, or stricter limits. */
@Entity('rule_setting')
export class RuleSettingRow {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('text', { name: 'rule_set' }) ruleSet: string;
  @Column('text') rule: string;
  @Column('text', { name: 'off_reason', nullable: true }) offReason: string | null;
  @Column('jsonb') parameters: Record<string, number>;
  @Column('int') version: number;
}

/** Whether the organisation uses a rule set (without a row: it does). */
@Entity('rule_set_adoption')
export class RuleSetAdoption {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('text', { name: 'rule_set' }) ruleSet: string;
  @Column('boolean') adopted: boolean;
  @Column('int') version: number;
}

/** A rule set of the organisation's own. A draft is a document; publishing freezes its code and version. */
@Entity('own_rule_set')
export class OwnRuleSet {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('text') code: string;
  @Column('text', { name: 'set_version' }) setVersion: string;
  @Column('text') state: 'draft' | 'published';
  /** A `RuleSetDefinition`, perhaps not yet sound while it is a draft. */
  @Column('jsonb') definition: object;
  /** SHA-256 over the published definition. */
  @Column('text', { nullable: true }) sha256: string | null;
  @Column('timestamptz', { name: 'changed_at' }) changedAt: Date;
  @Column('text', { name: 'changed_by_name' }) changedByName: string;
  @Column('int') version: number;
}

/** 定期の点検. */
@Entity('check_schedule')
export class CheckSchedule {
  @PrimaryColumn('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('text') every: 'none' | 'week' | 'month' | 'quarter';
  @Column('date', { name: 'next_on', nullable: true }) nextOn: string | null;
  @Column('int') version: number;
}
