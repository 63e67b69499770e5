/** 検出事項の段階: one table of steps drives what is allowed, its buttons and its checks. Pure. */
import { allows, type Permission, type RoleGrant } from '../identity/permissions.js';
import type { FindingStage } from './finding.entity.js';

export const FINDING_STAGES: Readonly<Record<FindingStage, { label: string; tone: string }>> = {
  draft: { label: '作成中', tone: 'grey' },
  confirming: { label: '事実確認中', tone: 'amber' },
  confirmed: { label: '確認済み', tone: 'blue' },
  decided: { label: '決定', tone: 'green' },
  published: { label: '公表', tone: 'green' },
  withdrawn: { label: '取下げ', tone: 'grey' },
};

/** `ask` is taken by asking the departments (`statements.service.ts`), `publish` by publishing the report; the others by themselves. */
export type FindingAct = 'ask' | 'waive' | 'take-back' | 'confirm' | 'return' | 'decide' | 'reopen' | 'publish' | 'withdraw' | 'restore';

export interface FindingStep {
  act: FindingAct;
  from: FindingStage;
  to: FindingStage;
  permission: Permission;
  /** A reason is due. */
  comment: boolean;
  label: string;
}

const FINDING_STEPS: readonly FindingStep[] = [
  { act: 'ask', from: 'draft', to: 'confirming', permission: 'finding.write', comment: false, label: '所管課に事実確認を求める' },
  { act: 'waive', from: 'draft', to: 'confirmed', permission: 'finding.write', comment: true, label: '事実確認を求めずに確認済みにする' },
  { act: 'take-back', from: 'confirming', to: 'draft', permission: 'finding.write', comment: true, label: '作成中に引き戻す' },
  { act: 'confirm', from: 'confirming', to: 'confirmed', permission: 'finding.write', comment: false, label: '事実を確認済みにする' },
  { act: 'return', from: 'confirmed', to: 'draft', permission: 'finding.write', comment: true, label: '作成中に戻す' },
  { act: 'decide', from: 'confirmed', to: 'decided', permission: 'finding.write', comment: false, label: '決定にする' },
  { act: 'reopen', from: 'decided', to: 'confirmed', permission: 'finding.write', comment: true, label: '決定を取り消して直す' },
  { act: 'publish', from: 'decided', to: 'published', permission: 'audit.publish', comment: false, label: '公表済みにする' },
  { act: 'withdraw', from: 'draft', to: 'withdrawn', permission: 'finding.write', comment: true, label: '取り下げる' },
  { act: 'withdraw', from: 'confirming', to: 'withdrawn', permission: 'finding.write', comment: true, label: '取り下げる' },
  { act: 'withdraw', from: 'confirmed', to: 'withdrawn', permission: 'finding.write', comment: true, label: '取り下げる' },
  { act: 'restore', from: 'withdrawn', to: 'draft', permission: 'finding.write', comment: true, label: '取下げをやめて作成中に戻す' },
];

export const stepOf = (act: FindingAct, from: FindingStage): FindingStep | undefined => FINDING_STEPS.find((one) => one.act === act && one.from === from);

/** Steps that whoever holds these grants may take from a stage. */
export function stepsFrom(stage: FindingStage, grants: readonly RoleGrant[]): FindingStep[] {
  return FINDING_STEPS.filter((one) => one.from === stage && allows(grants, one.permission));
}

/** What was decided or withdrawn is changed by nobody; it is reopened or restored first. */
export const isFrozen = (stage: FindingStage): boolean => stage === 'decided' || stage === 'published' || stage === 'withdrawn';

/** Stands in the tree, in numbers, texts and documents. */
export const isLiving = ({ stage }: { stage: FindingStage }): boolean => stage !== 'withdrawn';

/** Departments see a finding from here on; one that was withdrawn only where they were asked about it. */
export const isShown = (stage: FindingStage): boolean => stage !== 'draft';

/** 改善を求める事項 are not shown to departments before they are published: no fact confirmation. */
export const IMPROVEMENT_STAGES = { draft: { label: '作成中', tone: 'grey' }, decided: { label: '決定', tone: 'green' }, published: { label: '公表', tone: 'green' }, withdrawn: { label: '取下げ', tone: 'grey' } } as const;
export type ImprovementStage = keyof typeof IMPROVEMENT_STAGES;
export type ImprovementAct = 'decide' | 'reopen' | 'publish' | 'withdraw' | 'restore';

export const IMPROVEMENT_STEPS: readonly { act: ImprovementAct; from: ImprovementStage; to: ImprovementStage; permission: Permission; comment: boolean; label: string }[] = [
  { act: 'decide', from: 'draft', to: 'decided', permission: 'finding.write', comment: false, label: '決定にする' },
  { act: 'reopen', from: 'decided', to: 'draft', permission: 'finding.write', comment: true, label: '決定を取り消して直す' },
  { act: 'publish', from: 'decided', to: 'published', permission: 'audit.publish', comment: false, label: '公表済みにする' },
  { act: 'withdraw', from: 'draft', to: 'withdrawn', permission: 'finding.write', comment: true, label: '取り下げる' },
  { act: 'restore', from: 'withdrawn', to: 'draft', permission: 'finding.write', comment: true, label: '取下げをやめて作成中に戻す' },
];

export function improvementStepsFrom(stage: ImprovementStage, grants: readonly RoleGrant[]): (typeof IMPROVEMENT_STEPS)[number][] {
  return IMPROVEMENT_STEPS.filter((one) => one.from === stage && allows(grants, one.permission));
}
