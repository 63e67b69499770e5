/** The page of declarations around its controls: groups with their progress, what the person may do, where the system stands. Pure. */
import type { Counts } from '../../checks/check-shapes.js';
import type { CompiledForm } from '../../engine/form-index.js';
import type { Code } from '../../engine/form.js';
import { NotFound } from '../../kernel/errors.js';
import type { ControlOnSheet, DeclarationSheet } from '../../systems/declaration-sheet.js';
import { DECLARATION_STATES, type DeclarationState, type StateCounts } from '../../systems/declaration-states.js';
import { timeText } from '../assessments/assessment-view.js';
import { countsShown, type CountShown } from './change-lines.js';
import { anchorOfControl, controlView, STATE_SIGNS, type ControlAround, type ControlView } from './control-view.js';

export type Group = DeclarationSheet['groups'][number];

/** Controls of a group of which something counts, own or inherited. */
const known = (counts: StateCounts): number => counts.approved + counts.declared + counts.inherited;
const asked = (counts: StateCounts): number => (Object.keys(counts) as DeclarationState[]).reduce((sum, state) => sum + counts[state], 0);

/** The group of this code; the first that has something sent back, else the first, without one. Throws `NotFound`. */
export function groupOf({ groups }: DeclarationSheet, code: string): Group {
  const chosen = code === '' ? (groups.find((one) => one.controls.some(({ own }) => own?.returned != null)) ?? groups[0]) : groups.find((one) => one.code === code);
  if (chosen === undefined) throw new NotFound('group-not-found', 'この章は統制の目録にありません。');
  return chosen;
}

/** The group in which a control stands. Throws `NotFound`. */
export function groupWith({ groups }: DeclarationSheet, control: Code): { group: Group; control: ControlOnSheet } {
  for (const group of groups) for (const one of group.controls) if (one.code === control) return { group, control: one };
  throw new NotFound('unknown-control', 'この統制は目録にありません。');
}

export const groupHref = (systemId: string, group: Code, more = ''): string => `/systems/${systemId}/controls?group=${encodeURIComponent(group)}${more}`;

export interface TreeView {
  total: { known: number; asked: number; percent: number };
  tree: { label: string; href: string; current: boolean; count: string; done: boolean; warning: string }[];
}

export function treeView({ system, groups, counts }: DeclarationSheet, current: Code): TreeView {
  const all = asked(counts);
  return {
    total: { known: known(counts), asked: all, percent: all === 0 ? 0 : Math.round((known(counts) / all) * 100) },
    tree: groups.map((one) => ({
      label: `${one.number} ${one.title}`, href: groupHref(system.id, one.code), current: one.code === current,
      count: `${known(one.counts)}/${asked(one.counts)}`, done: known(one.counts) === asked(one.counts),
      warning: one.controls.some(({ own }) => own?.returned != null) ? '差戻し' : one.counts.stale > 0 ? '期限切れ' : '',
    })),
  };
}

/** What the kept results say of the system now; null: this person does not see them, or the system is not checked. */
export interface NowView {
  counts: CountShown[];
  /** It was checked at least once. */
  checked: boolean;
}

export const nowView = (counts: Counts | null): NowView => (counts === null ? { counts: [], checked: false } : { counts: countsShown(counts), checked: true });

export interface SideView {
  states: { sign: string; tone: string; label: string; count: number }[];
  platforms: { name: string; href: string }[];
  months: number;
  renewable: number;
  waiting: number;
}

export function sideView({ counts, platforms, months, groups }: DeclarationSheet): SideView {
  const controls = groups.flatMap((group) => group.controls);
  return {
    states: (Object.keys(DECLARATION_STATES) as DeclarationState[]).map((state) => ({ ...STATE_SIGNS[state], label: DECLARATION_STATES[state], count: counts[state] })),
    platforms: platforms.map(({ id, name }) => ({ name, href: `/systems/${id}/controls` })), months,
    renewable: controls.filter(renewable).length, waiting: controls.filter(({ own }) => own?.approvable === true && own.returned === null).length,
  };
}

/** Its declaration is too old, or soon will be, and can simply be said again. */
export function renewable({ own, retired }: ControlOnSheet): boolean {
  return own !== null && own.fits && retired === null && (own.stale || own.soon);
}

/** Everything that was sent back, for the notice above the controls. */
export function returnedView({ system, groups }: DeclarationSheet): { label: string; href: string; comment: string; by: string; at: string }[] {
  return groups.flatMap((group) => group.controls.flatMap(({ code, label, own }) => (own?.returned == null ? [] : [{
    label, href: `${groupHref(system.id, group.code)}#${anchorOfControl(code)}`, comment: own.returned.comment, by: own.returned.by, at: timeText(own.returned.at),
  }])));
}

export type AroundOf = (control: ControlOnSheet) => Omit<ControlAround, 'form' | 'mayDeclare'>;

export function groupView(sheet: DeclarationSheet, group: Group, form: CompiledForm, aroundOf: AroundOf = () => ({})): { code: Code; title: string; controls: ControlView[]; previous: object | null; next: object | null } {
  const at = sheet.groups.indexOf(group);
  const beside = (index: number): object | null => {
    const one = index < 0 ? undefined : sheet.groups[index];
    return one === undefined ? null : { href: groupHref(sheet.system.id, one.code), label: `${one.number} ${one.title}` };
  };
  return {
    code: group.code, title: `${group.number} ${group.title}`, previous: beside(at - 1), next: beside(at + 1),
    controls: group.controls.map((one) => controlView(one, { form, mayDeclare: sheet.may.declare, ...aroundOf(one) })),
  };
}
