import { Injectable } from '@nestjs/common';
import { sameAnswer } from '../engine/compare.js';
import { formatEra } from '../engine/dates.js';
import type { Code } from '../engine/form.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, type Problem } from '../kernel/errors.js';
import { scoped } from '../kernel/scoped.js';
import { Catalogue } from './catalogue.js';
import { lockForDeclaring } from './declaration-access.js';
import { lifetimeOf } from './declaration-states.js';
import { checkDeclaration, saveDeclaration, sidesIfStale, staleDeclarations, type CheckedDeclaration, type DeclarationSides, type SavedDeclaration } from './declaration-writing.js';
import { Declaration } from './declaration.entity.js';
import { lastDayOf } from './facts.js';
import { valueText } from './register-values.js';
import { readSystem } from './system-access.js';
import { settingsOf } from './system-settings.js';

/** `there`: the system to copy from; `here`: the one to copy to. */
export type Difference = 'only-there' | 'only-here' | 'same' | 'differs';

export interface DeclarationSide {
  words: string;
  note: string;
  declaredOn: string;
  approved: boolean;
  stale: boolean;
  version: number;
}

export interface ComparedControl {
  code: Code;
  label: string;
  /** Heading of its group. */
  group: string;
  difference: Difference;
  there: DeclarationSide | null;
  here: DeclarationSide | null;
  /** There is something to copy, and it is not stale. */
  copyable: boolean;
}

export interface DeclarationComparison {
  from: { id: string; name: string };
  to: { id: string; name: string };
  /** Controls that at least one side declares, in the order of the catalogue. */
  controls: ComparedControl[];
  counts: Record<Difference, number>;
}

/** A control to copy, with the versions of both sides that the page showed; 0: not declared. */
export interface CopyChoice {
  control: Code;
  seenThere: number;
  seenHere: number;
}

/** 写し: what one system declares, taken over by another that is run in the same way. */
@Injectable()
export class DeclarationCopying {
  constructor(private readonly catalogue: Catalogue) {}

  /** Own declarations of both, control by control; what is inherited is not compared. Throws `NotFound`, `Refused`, `Invalid`. */
  async compare(ctx: Ctx, fromId: string, toId: string): Promise<DeclarationComparison> {
    mustDiffer(fromId, toId);
    const [from, to] = [await readSystem(ctx, fromId), await readSystem(ctx, toId)];
    const { declarationMonths } = await settingsOf(ctx);
    const [there, here] = [await ownOf(ctx, from.id), await ownOf(ctx, to.id)];
    const controls = this.catalogue.livingControls(ctx.clock.today()).flatMap((control): ComparedControl[] => {
      const [a, b] = [there.get(control.code), here.get(control.code)];
      const difference = differenceOf(a, b);
      if (difference === null) return [];
      const side = (one: Declaration | undefined): DeclarationSide | null => (one === undefined ? null : {
        words: valueText(control, one.value), note: one.note, declaredOn: one.declaredOn, approved: one.approvedAt !== null,
        stale: lifetimeOf(one.declaredOn, declarationMonths, ctx.clock.today()).stale, version: one.version,
      });
      const source = side(a);
      return [{ code: control.code, label: control.item.label, group: control.section.section.title, difference, there: source, here: side(b), copyable: source !== null && !source.stale && difference !== 'same' }];
    });
    const counts: Record<Difference, number> = { 'only-there': 0, 'only-here': 0, same: 0, differs: 0 };
    for (const { difference } of controls) counts[difference] += 1;
    return { from: { id: from.id, name: from.name }, to: { id: to.id, name: to.name }, controls, counts };
  }

  /**
   * Declares values and notes of another system here, today, by this person; evidence and approval stay where they are. All of
   * them or none; what is the same already is left alone. Throws `NotFound`, `Refused` (either system), `Invalid` (nothing to
   * copy, stale there, retired), `Conflict` (either side is not what was seen).
   */
  async copy(ctx: Ctx, fromId: string, toId: string, choices: readonly CopyChoice[]): Promise<SavedDeclaration[]> {
    mustDiffer(fromId, toId);
    const from = await readSystem(ctx, fromId);
    const to = await lockForDeclaring(ctx, this.catalogue, toId);
    const { declarationMonths } = await settingsOf(ctx);
    const [there, here] = [await ownOf(ctx, from.id), await ownOf(ctx, to.id)];
    const problems: Problem[] = [];
    const stale: DeclarationSides[] = [];
    const copied = new Map<Code, CheckedDeclaration>();
    if (choices.length === 0) problems.push({ code: 'nothing-chosen', path: '', message: '写す統制がありません。統制を選んでください。' });
    for (const { control, seenThere, seenHere } of choices) {
      const source = there.get(control) ?? null;
      if (source === null) {
        problems.push({ code: 'not-declared', path: String(control).slice(0, 80), message: `「${this.label(control)}」は、「${from.name}」では申告されていません。画面を読み込み直してください。` });
        continue;
      }
      const { checked, problems: found } = checkDeclaration(this.catalogue, control, { value: source.value, note: source.note, seenVersion: seenHere }, ctx.clock.today());
      problems.push(...found);
      if (checked === null) continue;
      if (lifetimeOf(source.declaredOn, declarationMonths, ctx.clock.today()).stale) problems.push({ code: 'declaration-stale', path: control, message: `「${this.label(control)}」の申告は、「${from.name}」では${formatEra(lastDayOf(source.declaredOn, declarationMonths))}で期限が切れています。先にそちらで確かめて申告し直してください。` });
      stale.push(...[sidesIfStale({ ...checked, seenVersion: seenThere }, source) ?? [], sidesIfStale(checked, here.get(control) ?? null) ?? []].flat());
      copied.set(control, checked);
    }
    if (problems.length > 0) throw new Invalid('copy-invalid', `何も写していません。${problems[0]!.message}`, problems);
    if (stale.length > 0) throw staleDeclarations(stale);
    const saved: SavedDeclaration[] = [];
    for (const [control, checked] of copied) {
      const stored = here.get(control) ?? null;
      if (differenceOf(there.get(control), stored ?? undefined) === 'same') saved.push({ id: stored!.id, control, version: stored!.version, declaredOn: stored!.declaredOn, outcome: 'unchanged' });
      else saved.push(await saveDeclaration(ctx, to, stored, checked, { id: from.id, name: from.name }));
    }
    return saved;
  }

  private label(control: Code): string {
    return this.catalogue.controls.byCode.get(control)?.item.label ?? String(control).slice(0, 80);
  }
}

async function ownOf(ctx: Ctx, systemId: string): Promise<Map<Code, Declaration>> {
  return new Map((await scoped(ctx, Declaration).find({ systemId })).map((one) => [one.control, one]));
}

/** Null when neither declares the control. The note is part of what is said. */
function differenceOf(there: Declaration | undefined, here: Declaration | undefined): Difference | null {
  if (there === undefined) return here === undefined ? null : 'only-here';
  if (here === undefined) return 'only-there';
  return sameAnswer(there.value, here.value) && there.note === here.note ? 'same' : 'differs';
}

function mustDiffer(fromId: string, toId: string): void {
  if (fromId !== toId) return;
  const message = '写す元と写す先が同じシステムです。別のシステムを選んでください。';
  throw new Invalid('same-system', message, [{ code: 'same-system', path: 'from', message }]);
}
