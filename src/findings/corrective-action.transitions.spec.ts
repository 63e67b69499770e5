import { closed, effectChecked, firstState, livingStates, movesFrom, MOVES, moveProblem, reopened, reported, stateOf, type ActionMove, type Standing } from './corrective-action.transitions.js';
import type { ActionState } from './scheme.js';

const state = (code: string, phase: ActionState['phase'], retired = false): ActionState => ({ code, label: code.toUpperCase(), definition: code, phase, ...(retired ? { retired } : {}) });
const scheme = { states: [state('not-started', 'waiting'), state('considering', 'under-way'), state('taken', 'settled'), state('mostly', 'settled'), state('continuing', 'continuing'), state('old', 'under-way', true)] };
const at = (code: string, proposed: string | null = null, offered = false): Standing => ({ state: code, proposed, offered });

describe('steps of a corrective action', () => {
  const OPEN: ActionMove[] = ['plan', 'report', 'postpone', 'transfer'];
  it.each([
    ['waiting', at('not-started'), OPEN],
    ['under way', at('considering'), OPEN],
    ['continuing', at('continuing'), OPEN],
    ['in a state of which the scheme says nothing any more', at('gone'), OPEN],
    ['reported as settled', at('considering', 'taken'), [...OPEN, 'check-effect']],
    ['with a closing offered', at('considering', null, true), [...OPEN, 'answer-offer']],
    ['settled', at('taken'), ['reopen', 'transfer']],
    ['settled, with opening it again offered', at('taken', null, true), ['reopen', 'transfer', 'answer-offer']],
  ] as [string, Standing, ActionMove[]][])('%s', (_name, standing, moves) => {
    expect(movesFrom(scheme, standing).sort()).toEqual([...moves].sort());
  });

  it('asks the auditors alone for what settles and opens again', () => {
    expect((Object.keys(MOVES) as ActionMove[]).filter((one) => MOVES[one].permissions.includes('action.write'))).toEqual(['plan', 'report', 'postpone']);
    expect(['check-effect', 'answer-offer', 'reopen'].map((one) => MOVES[one as ActionMove].permissions)).toEqual([['action.settle'], ['action.settle'], ['action.settle']]);
  });

  it.each([
    ['to a state under way', at('not-started'), 'considering', { state: 'considering', proposed: null, settledOn: null }],
    ['without leaving its state', at('considering'), 'considering', { state: 'considering', proposed: null, settledOn: null }],
    ['to one that goes on every year', at('considering'), 'continuing', { state: 'continuing', proposed: null, settledOn: null }],
    ['as settled: it is only proposed', at('considering'), 'taken', { state: 'considering', proposed: 'taken', effect: null, settledOn: null }],
    ['as settled in another degree', at('considering', 'taken'), 'mostly', { state: 'considering', proposed: 'mostly', effect: null, settledOn: null }],
    ['back from a proposal', at('considering', 'taken'), 'considering', { state: 'considering', proposed: null, settledOn: null }],
    ['out of a retired state', at('old'), 'considering', { state: 'considering', proposed: null, settledOn: null }],
    ['staying in a retired state', at('old'), 'old', { state: 'old', proposed: null, settledOn: null }],
  ] as const)('is reported %s', (_name, standing, to, changed) => {
    expect(reported(scheme, standing, to)).toEqual({ changed });
  });

  it.each([
    ['once it is settled', at('taken'), 'considering', 'settled'],
    ['in a retired state', at('considering'), 'old', 'state-retired'],
    ['in a state that is none', at('considering'), '', 'state-unknown'],
  ] as const)('cannot be reported %s', (_name, standing, to, code) => {
    expect(reported(scheme, standing, to)).toMatchObject({ problem: { code } });
  });

  it('is settled only by an effective check of what was proposed', () => {
    expect(effectChecked(scheme, at('considering', 'taken'), 'effective', '2026-11-21')).toEqual({ changed: { state: 'taken', proposed: null, effect: 'effective', settledOn: '2026-11-21' } });
    expect(effectChecked(scheme, at('considering', 'taken'), 'not-effective', '2026-11-21')).toEqual({ changed: { state: 'considering', proposed: null, effect: 'not-effective', settledOn: null } });
    expect(effectChecked(scheme, at('considering'), 'effective', '2026-11-21')).toMatchObject({ problem: { code: 'nothing-to-check' } });
    expect(effectChecked(scheme, at('taken'), 'effective', '2026-11-21')).toMatchObject({ problem: { code: 'settled' } });
  });

  it('is closed by an offer in a settling state of the auditors’ choice', () => {
    expect(closed(scheme, at('not-started', null, true), 'mostly', '2026-11-21')).toEqual({ changed: { state: 'mostly', proposed: null, effect: 'effective', settledOn: '2026-11-21' } });
    expect(closed(scheme, at('not-started', null, true), 'considering', '2026-11-21')).toMatchObject({ problem: { code: 'state-settles-not', path: 'state' } });
    expect(closed(scheme, at('not-started'), 'taken', '2026-11-21')).toMatchObject({ problem: { code: 'nothing-offered' } });
    expect(closed(scheme, at('taken', null, true), 'mostly', '2026-11-21')).toMatchObject({ problem: { code: 'settled' } });
  });

  it('is opened again into a state that does not settle', () => {
    expect(reopened(scheme, at('taken'), 'considering')).toEqual({ changed: { state: 'considering', proposed: null, effect: null, settledOn: null } });
    expect(reopened(scheme, at('taken'), 'mostly')).toMatchObject({ problem: { code: 'state-settles' } });
    expect(reopened(scheme, at('taken'), 'old')).toMatchObject({ problem: { code: 'state-retired' } });
    expect(reopened(scheme, at('considering'), 'not-started')).toMatchObject({ problem: { code: 'not-settled' } });
  });

  it('begins with the first state that waits, and knows retired and forgotten states by name', () => {
    expect(firstState(scheme).code).toBe('not-started');
    expect(firstState({ states: [state('taken', 'settled'), state('begun', 'under-way'), state('none', 'waiting', true)] }).code).toBe('begun');
    expect(() => firstState({ states: [state('taken', 'settled')] })).toThrow(/no state/);
    expect(livingStates(scheme).map((one) => one.code)).toEqual(['not-started', 'considering', 'taken', 'mostly', 'continuing']);
    expect(stateOf(scheme, 'gone')).toMatchObject({ label: 'gone', phase: 'under-way', retired: true });
    expect(moveProblem(scheme, 'report', at('taken'))!.message).toContain('「TAKEN」で終わっています');
  });
});
