import { Injectable } from '@nestjs/common';
import { InputChecking } from '../audits/input-checking.js';
import type { Code } from '../engine/form.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid } from '../kernel/errors.js';
import { changedOf, lockForMove, mustBeSeen, saveStep, standingOf } from './action-access.js';
import { runText } from './closing-offers.service.js';
import type { CorrectiveAction } from './corrective-action.entity.js';
import { mustSay } from './corrective-actions.service.js';
import { closed, effectChecked, reopened, stateOf, type Changed, type MoveProblem, type Verdict } from './corrective-action.transitions.js';
import { FindingSettings } from './finding-settings.service.js';

/** The auditors’ part: the check of effect, without which nothing is settled, and opening again. */
@Injectable()
export class ActionSettling {
  constructor(private readonly settings: FindingSettings) {}

  /** 効果の確認 of what the department reported. Throws `NotFound`, `Refused`, `Invalid`, `Conflict`. */
  async checkEffect(ctx: Ctx, id: string, seen: number, { verdict, text }: { verdict: Verdict; text: string }): Promise<number> {
    const { scheme } = await this.settings.of(ctx);
    const action = await lockForMove(ctx, scheme, id, 'check-effect');
    mustBeSeen(action, seen, { verdict, text }, { state: action.proposed, text: '' });
    mustSay(text, '何を見て、どう判断したか');
    const changed = changedOf(effectChecked(scheme, standingOf(action), verdict, ctx.clock.today()));
    const told = `${verdict === 'effective' ? '効果があると認めた。' : '効果があるとは認められなかった。'}${text.trim()}`;
    const patch = verdict === 'effective' ? { ...changed, offered: null } : changed;
    return saveStep(ctx, action, patch, { verb: 'action-effect-checked', entry: { kind: 'effect-checked', text: told, ...moved(action, changed) }, comment: text.trim() });
  }

  /** 再び開く. Throws as `checkEffect`. */
  async reopen(ctx: Ctx, id: string, seen: number, { state, reason }: { state: Code; reason: string }): Promise<number> {
    const { scheme } = await this.settings.of(ctx);
    const action = await lockForMove(ctx, scheme, id, 'reopen');
    mustBeSeen(action, seen, { state, reason }, { state: action.state, reason: '' });
    mustSay(reason, '再び開く理由', 'reason');
    const changed = chosen(reopened(scheme, standingOf(action), state));
    return saveStep(ctx, action, { ...changed, offered: null }, { verb: 'action-reopened', entry: { kind: 'reopened', text: reason.trim(), ...moved(action, changed) }, comment: reason.trim() });
  }

  /**
   * Does as the check of rules offered: closes an open action, for which that run is the check of effect, or opens a settled one
   * again. Throws as `checkEffect`.
   */
  async acceptOffer(ctx: Ctx, id: string, seen: number, { state, text }: { state: Code; text: string }): Promise<number> {
    const { scheme } = await this.settings.of(ctx);
    const action = await lockForMove(ctx, scheme, id, 'answer-offer');
    mustBeSeen(action, seen, { state, text }, { state: action.proposed ?? action.state, text: '' });
    const checking = new InputChecking();
    checking.text('reason', '付け加えること', text);
    checking.done();
    const opens = stateOf(scheme, action.state).phase === 'settled';
    const changed = chosen(opens ? reopened(scheme, standingOf(action), state) : closed(scheme, standingOf(action), state, ctx.clock.today()));
    const found = opens ? 'もとになった規則がまた適合しなくなったので、再び開いた。' : 'もとになった規則が適合になったことを確かめ、効果があると認めた。';
    const told = `${await runText(ctx, action.offered!.run)}で、${found}${text.trim()}`;
    return saveStep(ctx, action, { ...changed, offered: null }, { verb: opens ? 'action-reopened' : 'action-effect-checked', entry: { kind: opens ? 'reopened' : 'effect-checked', text: told, ...moved(action, changed) }, comment: told });
  }

  /** Leaves an action open although the rule is met, or settled although it fails. Throws as `checkEffect`. */
  async declineOffer(ctx: Ctx, id: string, seen: number, reason: string): Promise<number> {
    const { scheme } = await this.settings.of(ctx);
    const action = await lockForMove(ctx, scheme, id, 'answer-offer');
    mustBeSeen(action, seen, { reason }, { reason: '' });
    mustSay(reason, '見送る理由', 'reason');
    const offered = { ...action.offered!, declined: reason.trim() };
    const { label, phase } = stateOf(scheme, action.state);
    return saveStep(ctx, action, { offered }, { verb: 'action-offer-declined', entry: { kind: 'offered', text: `点検の結果だけでは${phase === 'settled' ? '再び開かず' : '閉じず'}、「${label}」のままとした。${reason.trim()}` }, comment: reason.trim() });
  }
}

const moved = (action: CorrectiveAction, changed: Changed): { stateBefore: Code; stateAfter: Code } | object =>
  action.state === changed.state ? {} : { stateBefore: action.state, stateAfter: changed.state };

/** A state that was chosen wrongly is mended in the form; what the action forbids is refused. */
function chosen(outcome: { changed: Changed } | { problem: MoveProblem }): Changed {
  if ('problem' in outcome && outcome.problem.path === 'state') throw new Invalid(outcome.problem.code, outcome.problem.message, [{ ...outcome.problem }]);
  return changedOf(outcome);
}
