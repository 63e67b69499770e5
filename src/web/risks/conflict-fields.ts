/** Both sides of a stale save of a risk or of its parts. Pure. */
import { MEASURE_STATES } from '../../risks/risk-parts.js';
import { TEXT_FIELDS } from '../../risks/risk-changing.js';
import type { ConflictField } from '../administration/conflict-page.js';
import type { TypedMeasure, TypedRisk } from './inputs.js';
import type { Choices } from './risk-view.js';

export function conflictFields(mine: TypedRisk, theirs: TypedRisk, { matrix, departments, systems }: Choices): ConflictField[] {
  const texts = Object.entries(TEXT_FIELDS).map(([name, [label]]): ConflictField => ({ name, label, mine: mine[name as keyof TypedRisk], theirs: theirs[name as keyof TypedRisk] }));
  const chosen = (name: keyof TypedRisk, label: string, text: (value: string) => string): ConflictField => ({ name, label, mine: mine[name], theirs: theirs[name], mineText: text(mine[name]), theirsText: text(theirs[name]) });
  const level = (axis: 'likelihood' | 'impact') => (value: string): string => (value === '' ? '' : `${value}　${matrix[axis].levels[Number(value) - 1]?.label ?? ''}`);
  return [
    ...texts,
    chosen('systemId', 'システム', (id) => systems.find((one) => one.id === id)?.name ?? ''),
    chosen('departmentId', '責任を持つ課', (id) => departments.find((one) => one.id === id)?.label ?? ''),
    chosen('likelihoodBefore', `対策前の${matrix.likelihood.title}`, level('likelihood')), chosen('impactBefore', `対策前の${matrix.impact.title}`, level('impact')),
    chosen('likelihoodAfter', `対策後の${matrix.likelihood.title}`, level('likelihood')), chosen('impactAfter', `対策後の${matrix.impact.title}`, level('impact')),
    ...(mine.note === '' ? [] : [{ name: 'note', label: '評価の理由', mine: mine.note, theirs: '' }]),
  ];
}

/** Line by line; fields of one name stand together again when they are sent. @param labels of controls by code */
export function measureConflict(mine: readonly TypedMeasure[], theirs: readonly TypedMeasure[], labels: ReadonlyMap<string, string>): ConflictField[] {
  return mine.length === 0 && theirs.length === 0 ? [] : Array.from({ length: Math.max(mine.length, theirs.length) }, (_, n) => n).flatMap((n): ConflictField[] => {
    const [own, other] = [mine[n], theirs[n]];
    const field = (name: keyof TypedMeasure, label: string, text: (value: string) => string): ConflictField => ({
      name, label: `${n + 1}行目　${label}`, mine: own?.[name] ?? (name === 'state' ? 'planned' : ''), theirs: other?.[name] ?? '', mineText: own === undefined ? '' : text(own[name]), theirsText: other === undefined ? '' : text(other[name]),
    });
    return [
      field('text', '対策', (value) => value), field('control', '統制', (value) => labels.get(value) ?? value), field('state', '状態', (value) => MEASURE_STATES[value as keyof typeof MEASURE_STATES]),
    ];
  });
}

/** Rule by rule; one that only the other side has is not sent. @param titles of rules by key */
export function ruleConflict(mine: readonly string[], theirs: readonly string[], titles: ReadonlyMap<string, string>): ConflictField[] {
  const linked = (has: boolean): string => (has ? '結び付ける' : '結び付けない');
  return [...new Set([...mine, ...theirs])].map((key) => ({
    name: 'rule', label: titles.get(key) ?? key, mine: mine.includes(key) ? key : '', theirs: theirs.includes(key) ? key : '', mineText: linked(mine.includes(key)), theirsText: linked(theirs.includes(key)),
  }));
}
