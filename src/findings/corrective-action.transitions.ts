/** 措置: which step may be taken by whom, and where it leads. States come from the organisation’s scheme; their `phase` decides. Pure. */
import type { Code } from '../engine/form.js';
import type { Permission } from '../identity/permissions.js';
import type { ActionState, FindingScheme } from './scheme.js';

export type ActionMove = 'plan' | 'report' | 'check-effect' | 'reopen' | 'postpone' | 'transfer' | 'answer-offer';

export interface MoveRule {
  label: string;
  /** Any of them. `action.write` holds for the department that answers for the action. */
  permissions: readonly Permission[];
  from: readonly ActionState['phase'][];
  /** Must say why. */
  needsReason: boolean;
}

const OPEN = ['waiting', 'under-way', 'continuing'] as const;

/** The one table of steps. */
export const MOVES: Readonly<Record<ActionMove, MoveRule>> = {
  plan: { label: '措置の計画を書く', permissions: ['action.write', 'action.follow'], from: OPEN, needsReason: false },
  report: { label: '経過を書く', permissions: ['action.write', 'action.follow'], from: OPEN, needsReason: true },
  postpone: { label: '期限を延ばす', permissions: ['action.write', 'action.follow'], from: OPEN, needsReason: true },
  'check-effect': { label: '効果を確かめる', permissions: ['action.settle'], from: OPEN, needsReason: true },
  'answer-offer': { label: '点検からの申し出に答える', permissions: ['action.settle'], from: [...OPEN, 'settled'], needsReason: false },
  reopen: { label: '再び開く', permissions: ['action.settle'], from: ['settled'], needsReason: true },
  transfer: { label: '別の課へ移す', permissions: ['action.follow'], from: [...OPEN, 'settled'], needsReason: true },
};

/** What of an action decides about its steps. */
export interface Standing {
  state: Code;
  proposed: Code | null;
  /** The check of rules offers to close it, or (once it is settled) to open it again; nobody declined. */
  offered: boolean;
}

export type Verdict = 'effective' | 'not-effective';

export interface MoveProblem {
  code: 'settled' | 'not-settled' | 'nothing-to-check' | 'nothing-offered' | 'state-unknown' | 'state-retired' | 'state-settles-not' | 'state-settles' | 'reason-missing';
  path: 'state' | 'text' | '';
  message: string;
}

/** A state of the scheme; one that the scheme no longer names stays readable and counts as under way. */
export function stateOf(scheme: Pick<FindingScheme, 'states'>, code: Code): ActionState {
  return scheme.states.find((one) => one.code === code) ?? { code, label: code, definition: '', phase: 'under-way', retired: true };
}

/** States that may be chosen, in the order of the scheme. */
export const livingStates = (scheme: Pick<FindingScheme, 'states'>): ActionState[] => scheme.states.filter((one) => one.retired !== true);

/** The state with which an action begins: the first of phase `waiting`. */
export function firstState(scheme: Pick<FindingScheme, 'states'>): ActionState {
  const living = livingStates(scheme);
  const first = living.find((one) => one.phase === 'waiting') ?? living.find((one) => one.phase !== 'settled');
  if (first === undefined) throw new Error('the scheme has no state with which an action begins');
  return first;
}

/** May the step be taken from where the action stands? Null: yes. Rights are asked elsewhere. */
export function moveProblem(scheme: Pick<FindingScheme, 'states'>, move: ActionMove, { state, proposed, offered }: Standing): MoveProblem | null {
  const { phase, label } = stateOf(scheme, state);
  if (!MOVES[move].from.includes(phase)) {
    return phase === 'settled'
      ? { code: 'settled', path: '', message: `この措置は「${label}」で終わっています。変えるときは、先に監査委員または監査事務局が再び開いてください。` }
      : { code: 'not-settled', path: '', message: `この措置は「${label}」で、まだ終わっていません。再び開く必要はありません。` };
  }
  if (move === 'check-effect' && proposed === null) return { code: 'nothing-to-check', path: '', message: '効果を確かめる報告がまだありません。所管課が措置を終えたと報告してから、確かめてください。' };
  if (move === 'answer-offer' && !offered) return { code: 'nothing-offered', path: '', message: '点検の結果による申し出は、いまはありません。画面を読み込み直してください。' };
  return null;
}

export const movesFrom = (scheme: Pick<FindingScheme, 'states'>, standing: Standing): ActionMove[] =>
  (Object.keys(MOVES) as ActionMove[]).filter((move) => moveProblem(scheme, move, standing) === null);

export interface Changed {
  state: Code;
  proposed: Code | null;
  /** Not there: stays as it is. */
  effect?: Verdict | null;
  settledOn: string | null;
}

/**
 * 経過の報告: the state that the department says it has reached. One that settles is only proposed, and the earlier check of effect
 * no longer speaks of it; any other takes a proposal back.
 */
export function reported(scheme: Pick<FindingScheme, 'states'>, standing: Standing, to: Code): { changed: Changed } | { problem: MoveProblem } {
  const problem = moveProblem(scheme, 'report', standing) ?? chosenProblem(scheme, to, standing.state);
  if (problem !== null) return { problem };
  if (stateOf(scheme, to).phase === 'settled') return { changed: { state: standing.state, proposed: to, effect: null, settledOn: null } };
  return { changed: { state: to, proposed: null, settledOn: null } };
}

/** 効果の確認: effective settles the action in the proposed state; otherwise it stays where it is and the proposal is gone. */
export function effectChecked(scheme: Pick<FindingScheme, 'states'>, standing: Standing, verdict: Verdict, today: string): { changed: Changed } | { problem: MoveProblem } {
  const problem = moveProblem(scheme, 'check-effect', standing);
  if (problem !== null || standing.proposed === null) return { problem: problem! };
  return { changed: verdict === 'effective' ? settledIn(standing.proposed, today) : { state: standing.state, proposed: null, effect: 'not-effective', settledOn: null } };
}

/** A closing that the check of rules offered, accepted: effective, in the state that the auditors choose. */
export function closed(scheme: Pick<FindingScheme, 'states'>, standing: Standing, to: Code, today: string): { changed: Changed } | { problem: MoveProblem } {
  const problem = moveProblem(scheme, 'answer-offer', standing) ?? (stateOf(scheme, standing.state).phase === 'settled' ? moveProblem(scheme, 'report', standing) : null) ?? chosenProblem(scheme, to, standing.state);
  if (problem !== null) return { problem };
  if (stateOf(scheme, to).phase !== 'settled') return { problem: { code: 'state-settles-not', path: 'state', message: '措置が終わったことを表す状態を選んでください。' } };
  return { changed: settledIn(to, today) };
}

/** 再び開く. */
export function reopened(scheme: Pick<FindingScheme, 'states'>, standing: Standing, to: Code): { changed: Changed } | { problem: MoveProblem } {
  const problem = moveProblem(scheme, 'reopen', standing) ?? chosenProblem(scheme, to, standing.state);
  if (problem !== null) return { problem };
  if (stateOf(scheme, to).phase === 'settled') return { problem: { code: 'state-settles', path: 'state', message: '再び開くときは、まだ終わっていない状態を選んでください。' } };
  return { changed: { state: to, proposed: null, effect: null, settledOn: null } };
}

const settledIn = (state: Code, today: string): Changed => ({ state, proposed: null, effect: 'effective', settledOn: today });

/** Nobody can choose a state that is retired, except to leave it as it is. */
function chosenProblem(scheme: Pick<FindingScheme, 'states'>, to: Code, now: Code): MoveProblem | null {
  if (to === now) return null;
  const found = scheme.states.find((one) => one.code === to);
  if (found === undefined) return { code: 'state-unknown', path: 'state', message: '措置の状態を選んでください。' };
  return found.retired === true ? { code: 'state-retired', path: 'state', message: `「${found.label}」は、いまは使わない状態です。ほかの状態を選んでください。` } : null;
}
