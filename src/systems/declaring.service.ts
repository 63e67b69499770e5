import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { Code } from '../engine/form.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, NotFound, Refused, type Problem } from '../kernel/errors.js';
import { history } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { Catalogue } from './catalogue.js';
import { declarationPath, lockForDeclaring } from './declaration-access.js';
import { readSheet, type DeclarationSheet } from './declaration-sheet.js';
import { eventOf, type DeclarationEvent } from './declaration-words.js';
import {
  checkDeclaration, deleteDeclaration, saveDeclaration, sidesIfStale, staleDeclarations, type CheckedDeclaration, type DeclarationInput, type SavedDeclaration,
} from './declaration-writing.js';
import { Declaration } from './declaration.entity.js';
import { objectOf, readSystem } from './system-access.js';
import type { InformationSystem } from './system.entity.js';
import { valueText } from './register-values.js';

export type DeclarationChange = DeclarationInput & { control: Code };

/** 申告: what a system declares of each control of the catalogue. */
@Injectable()
export class Declaring {
  constructor(private readonly catalogue: Catalogue) {}

  /** Everything that the page of declarations shows. Throws `NotFound`, `Refused` (other department, merged). */
  async sheet(ctx: Ctx, systemId: string): Promise<DeclarationSheet> {
    const system = await readSystem(ctx, systemId);
    if (system.mergedIntoId !== null) throw new Refused('merged', `「${system.name}」は、ほかのシステムに統合されています。統合先の申告を見てください。`);
    return readSheet(ctx, this.catalogue, system);
  }

  /**
   * Throws `NotFound`, `Refused` (other department, right, merged, ended), `Invalid` (unknown or retired control, value, note,
   * day), `Conflict` (`sides`: value and note of both, in words).
   */
  async declare(ctx: Ctx, systemId: string, control: Code, input: DeclarationInput): Promise<SavedDeclaration> {
    const [saved] = await this.declareMany(ctx, systemId, [{ ...input, control }]);
    return saved!;
  }

  /** All of them or none; throws like `declare`, with the problems of every change. */
  async declareMany(ctx: Ctx, systemId: string, changes: readonly DeclarationChange[]): Promise<SavedDeclaration[]> {
    const system = await lockForDeclaring(ctx, this.catalogue, systemId);
    const checked = this.checkAll(ctx, changes);
    const stored = await storedOf(ctx, system, checked.map(({ control }) => control.code));
    const stale = checked.flatMap((one) => sidesIfStale(one, stored.get(one.control.code) ?? null) ?? []);
    if (stale.length > 0) throw staleDeclarations(stale);
    const saved: SavedDeclaration[] = [];
    for (const one of checked) saved.push(await saveDeclaration(ctx, system, stored.get(one.control.code) ?? null, one));
    return saved;
  }

  /**
   * Takes a declaration away: the control is 申告なし again, its evidence goes with it, the journal keeps what was there.
   * A retired control can be withdrawn. Throws `NotFound` (also when nothing is declared), `Refused`, `Conflict`.
   */
  async withdraw(ctx: Ctx, systemId: string, control: Code, seen: number): Promise<void> {
    const system = await lockForDeclaring(ctx, this.catalogue, systemId);
    const stored = (await storedOf(ctx, system, [control])).get(control);
    if (stored === undefined) throw new NotFound('declaration-not-found', 'この統制は申告されていません。ほかの人が先に取り消したかもしれません。画面を読み込み直してください。');
    if (stored.version !== seen) throw this.staleWithdrawal(stored);
    await deleteDeclaration(ctx, stored);
  }

  /** Who declared, approved and changed a control of a system, newest first. Throws `NotFound`, `Refused`. */
  async historyOf(ctx: Ctx, systemId: string, control: Code): Promise<{ control: Code; label: string; events: DeclarationEvent[] }> {
    const system = await readSystem(ctx, systemId);
    const item = this.catalogue.controls.byCode.get(control);
    if (item === undefined) throw new NotFound('unknown-control', 'この統制は目録にありません。');
    const entries = await history(ctx, objectOf(system.id), { path: declarationPath(control) });
    return { control, label: item.item.label, events: entries.map((one) => eventOf(item, one)) };
  }

  private checkAll(ctx: Ctx, changes: readonly DeclarationChange[]): CheckedDeclaration[] {
    const problems: Problem[] = [];
    const checked: CheckedDeclaration[] = [];
    const seen = new Set<Code>();
    if (changes.length === 0) throw new Invalid('nothing-declared', '申告する統制がありません。値を選んでから申告してください。', [{ code: 'nothing-declared', path: '', message: '申告する統制がありません。値を選んでから申告してください。' }]);
    for (const { control, ...input } of changes) {
      if (seen.has(control)) problems.push({ code: 'declared-twice', path: String(control).slice(0, 80), message: `「${this.labelOf(control)}」が2回あります。1回だけ申告してください。` });
      seen.add(control);
      const result = checkDeclaration(this.catalogue, control, input, ctx.clock.today());
      if (result.checked === null) problems.push(...result.problems);
      else checked.push(result.checked);
    }
    if (problems.length > 0) throw new Invalid('declaration-invalid', `申告は保存していません。${problems.length}件を直してから、もう一度申告してください。`, problems);
    return checked;
  }

  private staleWithdrawal(stored: Declaration): Error {
    const control = this.catalogue.controls.byCode.get(stored.control);
    const value = control === undefined ? '' : valueText(control, stored.value);
    return staleDeclarations([{
      control: stored.control, label: this.labelOf(stored.control), sent: { value: '（申告の取消し）', note: '' },
      current: { value, note: stored.note, declaredOn: stored.declaredOn }, currentVersion: stored.version, by: stored.declaredByName,
    }]);
  }

  private labelOf(control: Code): string {
    return this.catalogue.controls.byCode.get(control)?.item.label ?? String(control).slice(0, 80);
  }
}

async function storedOf(ctx: Ctx, system: InformationSystem, controls: readonly Code[]): Promise<Map<Code, Declaration>> {
  return new Map((await scoped(ctx, Declaration).find({ systemId: system.id, control: In([...controls]) })).map((one) => [one.control, one]));
}
