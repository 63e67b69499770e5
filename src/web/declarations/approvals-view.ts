/** Declarations that wait for approval, as their page and their list show them. Pure. */
import type { WaitingDeclaration, WaitingForApproval } from '../../systems/approval-list.js';
import type { DepartmentWithDeclarations } from '../../systems/declarations-due.service.js';

export interface QueueEntry {
  id: string;
  name: string;
  department: string;
  count: number;
  href: string;
  current: boolean;
}

/** Systems in the order of urgency. */
export function queueView(departments: readonly DepartmentWithDeclarations[], current: string): QueueEntry[] {
  return departments.flatMap(({ departmentName, systems }) => systems.map(({ id, name, count }) => ({ id, name, department: departmentName, count, href: `/systems/approvals?system=${id}`, current: id === current })));
}

export interface TypedApproval {
  chosen: ReadonlySet<string>;
  comment: string;
}

export function waitingView({ system, declarations, own }: WaitingForApproval, typed: TypedApproval): object {
  return {
    system, own, comment: typed.comment,
    rows: declarations.map((one) => ({
      control: one.control, label: one.label, group: one.group, href: `/systems/${system.id}/controls/${one.control}`, chosen: typed.chosen.has(one.control), version: one.now.version, change: changeOf(one),
      before: one.before === null ? null : { words: one.before.words, note: one.before.note, declaredOn: one.before.declaredOn },
      now: { words: one.now.words, note: one.now.note, declaredOn: one.now.declaredOn, by: one.now.by, copiedFrom: one.now.copiedFrom?.name ?? '' },
      evidence: one.now.evidence.map(({ id, fileName }) => ({ id, name: fileName })),
    })),
  };
}

/** What is otherwise than it was approved last. */
export function changeOf({ before, now }: Pick<WaitingDeclaration, 'before' | 'now'>): string {
  if (before === null) return 'はじめて';
  if (before.words !== now.words) return '値が変わった';
  return before.note === now.note ? '値は同じ' : '説明が変わった';
}

export const APPROVAL_COLUMNS = [
  { label: 'システム', width: 28 }, { label: '章', width: 22 }, { label: '統制', width: 36 }, { label: '前に承認した申告', width: 28 }, { label: 'いまの申告', width: 28 }, { label: '変わったこと', width: 14 },
  { label: '説明', width: 40 }, { label: '申告の日', width: 12 }, { label: '申告した人', width: 20 }, { label: '証拠', width: 30 },
];

export function approvalRows({ system, declarations }: WaitingForApproval): string[][] {
  return declarations.map((one) => [
    system.name, one.group, one.label, one.before?.words ?? '', one.now.words, changeOf(one), one.now.note, one.now.declaredOn, one.now.by, one.now.evidence.map((file) => file.fileName).join('\n'),
  ]);
}
