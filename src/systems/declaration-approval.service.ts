import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { checkText } from '../engine/answer-texts.js';
import { formatEra } from '../engine/dates.js';
import type { Code } from '../engine/form.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, Refused, type Problem } from '../kernel/errors.js';
import { scoped } from '../kernel/scoped.js';
import { waitingForApproval, type WaitingForApproval } from './approval-list.js';
import { Catalogue, retired } from './catalogue.js';
import { lockForDeclaring } from './declaration-access.js';
import { lifetimeOf } from './declaration-states.js';
import { journal, snapshotOf, staleDeclarations, type DeclarationSides } from './declaration-writing.js';
import { Declaration } from './declaration.entity.js';
import { lastDayOf } from './facts.js';
import { valueText } from './register-values.js';
import { settingsOf } from './system-settings.js';

/** A declaration as the page showed it. */
export interface SeenDeclaration {
  control: Code;
  seenVersion: number;
}

const LONGEST_COMMENT = 2_000;

/** 承認 and 差戻し of declarations, by the head of the department in charge. */
@Injectable()
export class DeclarationApproval {
  constructor(private readonly catalogue: Catalogue) {}

  /** Declarations of one system that wait for this person, with what was approved before. Throws `NotFound`, `Refused`. */
  waiting(ctx: Ctx, systemId: string): Promise<WaitingForApproval> {
    return waitingForApproval(ctx, this.catalogue, systemId);
  }

  /**
   * Approves all of them or none. Throws `NotFound`, `Refused` (other department, right, merged, ended, own declaration),
   * `Invalid` (not declared, retired, stale, approved already), `Conflict` (what was declared is not what was seen).
   * @returns the new versions
   */
  async approve(ctx: Ctx, systemId: string, seen: readonly SeenDeclaration[]): Promise<{ control: Code; version: number }[]> {
    await lockForDeclaring(ctx, this.catalogue, systemId, 'declaration.approve');
    const { declarationMonths } = await settingsOf(ctx);
    const found = await this.seenOnes(ctx, systemId, seen, '承認', (one) => this.notApprovable(one, declarationMonths, ctx.clock.today()));
    const own = found.filter((one) => one.declaredById !== null && one.declaredById === ctx.actor.id);
    if (own.length > 0) {
      throw new Refused('four-eyes', '自分で申告したものを、自分で承認することはできません。ほかの課長か、申告を担当する人に頼んでください。',
        own.map((one) => ({ code: 'four-eyes', path: one.control, message: `「${this.label(one.control)}」は、自分が${formatEra(one.declaredOn)}に申告したものです。` })));
    }
    for (const one of found) {
      await scoped(ctx, Declaration).updateSeen(one.id, one.version, { approvedAt: ctx.clock.now(), approvedByName: ctx.actor.name });
      await journal(ctx, one, 'declaration-approved', snapshotOf(one), { ...snapshotOf(one), approvedBy: ctx.actor.name, version: one.version + 1 });
    }
    return found.map((one) => ({ control: one.control, version: one.version + 1 }));
  }

  /**
   * Sends declarations back with a comment; an approval is taken away. They wait for approval again when they are declared
   * anew, also with the same value. Throws like `approve`, and `Invalid` without a comment.
   */
  async returnDeclaration(ctx: Ctx, systemId: string, seen: readonly SeenDeclaration[], comment: string): Promise<{ control: Code; version: number }[]> {
    await lockForDeclaring(ctx, this.catalogue, systemId, 'declaration.approve');
    const said = commentOf(comment);
    const found = await this.seenOnes(ctx, systemId, seen, '差戻し', () => null);
    for (const one of found) {
      await scoped(ctx, Declaration).updateSeen(one.id, one.version, { approvedAt: null, approvedByName: null });
      await journal(ctx, one, 'declaration-returned', snapshotOf(one), { ...snapshotOf(one), approvedBy: null, version: one.version + 1 }, said);
    }
    return found.map((one) => ({ control: one.control, version: one.version + 1 }));
  }

  private async seenOnes(ctx: Ctx, systemId: string, seen: readonly SeenDeclaration[], what: string, refuse: (one: Declaration) => Problem | null): Promise<Declaration[]> {
    if (seen.length === 0) throw invalid('nothing-chosen', '', `${what}する申告がありません。統制を選んでください。`);
    const codes = [...new Set(seen.map((one) => one.control))];
    const stored = new Map((await scoped(ctx, Declaration).find({ systemId, control: In(codes) })).map((one) => [one.control, one]));
    const stale: DeclarationSides[] = [];
    const problems: Problem[] = [];
    for (const { control, seenVersion } of seen) {
      const one = stored.get(control);
      if (one === undefined) problems.push({ code: 'not-declared', path: String(control).slice(0, 80), message: `「${this.label(control)}」は申告されていません。画面を読み込み直してください。` });
      else if (one.version !== seenVersion) stale.push(this.sides(one, what));
      else problems.push(...[refuse(one) ?? []].flat());
    }
    if (stale.length > 0) throw staleDeclarations(stale);
    if (problems.length > 0) throw new Invalid('declaration-invalid', `${what}はしていません。${problems[0]!.message}`, problems);
    return codes.map((code) => stored.get(code)!);
  }

  private notApprovable(one: Declaration, months: number, today: string): Problem | null {
    const item = this.catalogue.controls.byCode.get(one.control)?.item;
    const problem = (code: string, message: string): Problem => ({ code, path: one.control, message: `「${this.label(one.control)}」${message}` });
    if (item === undefined || retired(item, today)) return problem('control-retired', 'は、もう申告しない統制です。申告を取り消してください。');
    if (one.approvedAt !== null) return problem('already-approved', `は、${one.approvedByName ?? ''}さんがもう承認しています。`);
    if (lifetimeOf(one.declaredOn, months, today).stale) return problem('declaration-stale', `の申告は${formatEra(lastDayOf(one.declaredOn, months))}で期限が切れています。先に、いまもそのとおりか確かめて申告し直してもらってください。`);
    return null;
  }

  private sides(one: Declaration, what: string): DeclarationSides {
    const control = this.catalogue.controls.byCode.get(one.control);
    return {
      control: one.control, label: this.label(one.control), sent: { value: `（${what}）`, note: '' },
      current: { value: control === undefined ? '' : valueText(control, one.value), note: one.note, declaredOn: one.declaredOn }, currentVersion: one.version, by: one.declaredByName,
    };
  }

  private label(control: Code): string {
    return this.catalogue.controls.byCode.get(control)?.item.label ?? String(control).slice(0, 80);
  }
}

function commentOf(comment: string): string {
  let problem: Problem | null = null;
  const text = checkText(comment, LONGEST_COMMENT, (code, message) => void (problem = { code, path: 'comment', message: `コメント：${message}` }))?.trim() ?? '';
  if (problem !== null) throw new Invalid('comment-invalid', (problem as Problem).message, [problem]);
  if (text === '') throw invalid('comment-missing', 'comment', '差し戻すときは、何を直してほしいかをコメントに書いてください。');
  return text;
}

function invalid(code: string, path: string, message: string): Invalid {
  return new Invalid(code, message, [{ code, path, message }]);
}
