import { Injectable } from '@nestjs/common';
import { numberTree, readingOrder } from '../engine/numbering.js';
import type { Ctx } from '../kernel/ctx.js';
import { Refused } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { lockAudit, readAudit } from './audit-access.js';
import { lockPart, moveAmong, mustBeUncited, nextPosition, partAsSeen, shortened, tellPart } from './audit-part.js';
import { AuditViewpoint } from './audit.entity.js';
import { InputChecking, LONGEST, oneProblem } from './input-checking.js';

export interface ViewpointInput {
  /** '' or null: at the top, as a group or a viewpoint without a group. */
  parentId: string | null;
  text: string;
}

export interface ListedViewpoint {
  id: string;
  parentId: string | null;
  /** (1), ア. */
  number: string;
  depth: number;
  text: string;
  /** Others stand below it. */
  group: boolean;
  ruleSet: string | null;
  viewpoint: string | null;
  version: number;
}

/** A viewpoint of a rule set that is taken over. */
export interface TakenViewpoint {
  ruleSet: string;
  viewpoint: string;
  /** Heading under which it is put; null: none. */
  group: string | null;
  text: string;
}

const MOST = 300;
/** Groups, viewpoints, and what a viewpoint asks in detail. */
const DEEPEST = 3;

/** In the order in which they are printed. Pure. */
function listedViewpoints(rows: readonly AuditViewpoint[]): ListedViewpoint[] {
  const numbers = numberTree(rows, ['(1)', 'ア', '(ア)']);
  const above = new Set(rows.map((one) => one.parentId));
  return readingOrder(rows).map(({ node: { id, parentId, text, ruleSet, viewpoint, version }, depth }) => ({ id, parentId, number: numbers.get(id)!.own, depth, text, group: above.has(id), ruleSet, viewpoint, version }));
}

/** 着眼点 of an audit, in groups; own ones, or taken over from rule sets. */
@Injectable()
export class Viewpoints {
  /** Throws `NotFound`, `Refused`. */
  async of(ctx: Ctx, auditId: string): Promise<ListedViewpoint[]> {
    await readAudit(ctx, auditId);
    return listedViewpoints(await this.rows(ctx, auditId));
  }

  /** Throws `NotFound`, `Refused`, `Invalid`. Returns the id; the version is 1. */
  async add(ctx: Ctx, auditId: string, input: ViewpointInput): Promise<string> {
    await lockAudit(ctx, auditId);
    const rows = await this.rows(ctx, auditId);
    if (rows.length >= MOST) throw new Refused('too-many', `1つの監査の着眼点は${MOST}件までです。`);
    const fields = checked(input, rows, null);
    const id = newId();
    await scoped(ctx, AuditViewpoint).insert({ id, auditId, ...fields, position: nextPosition(rows.filter((one) => one.parentId === fields.parentId)), ruleSet: null, viewpoint: null, version: 1 });
    await tellPart(ctx, auditId, 'audit-viewpoint-added', id, { after: fields });
    return id;
  }

  /** Throws `NotFound`, `Refused`, `Conflict`, `Invalid`. */
  async change(ctx: Ctx, id: string, seen: number, input: ViewpointInput): Promise<void> {
    const { part } = await lockPart(ctx, AuditViewpoint, id);
    const before = { parentId: part.parentId, text: part.text };
    partAsSeen(part, shortened(part.text), seen, input, before);
    const rows = await this.rows(ctx, part.auditId);
    const fields = checked(input, rows, part);
    const position = fields.parentId === part.parentId ? part.position : nextPosition(rows.filter((one) => one.parentId === fields.parentId));
    await scoped(ctx, AuditViewpoint).updateSeen(id, seen, { ...fields, position });
    await tellPart(ctx, part.auditId, 'audit-viewpoint-changed', id, { before, after: fields });
  }

  /** Changes places with its neighbour of the same group. Throws `NotFound`, `Refused`. */
  async move(ctx: Ctx, id: string, direction: 'up' | 'down'): Promise<void> {
    const { part } = await lockPart(ctx, AuditViewpoint, id);
    const siblings = (await this.rows(ctx, part.auditId)).filter((one) => one.parentId === part.parentId);
    if (await moveAmong(ctx, AuditViewpoint, siblings, id, direction)) await tellPart(ctx, part.auditId, 'audit-viewpoint-moved', id, { after: { direction } });
  }

  /** Throws `NotFound`, `Conflict`, `Refused`: others stand below it, or findings and records cite it. */
  async remove(ctx: Ctx, id: string, seen: number): Promise<void> {
    const { part } = await lockPart(ctx, AuditViewpoint, id);
    const name = shortened(part.text);
    partAsSeen(part, name, seen, {}, { text: part.text });
    const below = (await this.rows(ctx, part.auditId)).filter((one) => one.parentId === id);
    if (below.length > 0) throw new Refused('has-below', `「${name}」の下に着眼点が${below.length}件あるため、消せません。先にそれらを消すか、ほかへ移してください。`);
    const cited: { label: string; href: string }[] = await ctx.tx.query(
      `select '検出事項「' || coalesce(nullif(title, ''), number::text) || '」' as label, '/findings/' || id as href from finding where organisation_id = $1 and viewpoint_id = $2
       union all select '記録「' || title || '」', '/audits/' || audit_id || '/records/' || id from field_record where organisation_id = $1 and viewpoint_id = $2`, [ctx.organisation, id]);
    mustBeUncited(name, cited);
    await scoped(ctx, AuditViewpoint).delete({ id });
    await tellPart(ctx, part.auditId, 'audit-viewpoint-removed', id, { before: { parentId: part.parentId, text: part.text, ruleSet: part.ruleSet, viewpoint: part.viewpoint } });
  }

  /**
   * Takes viewpoints of rule sets over, each under its group, which is made where the audit does not have it. One that is there already
   * is left as it is. The texts become the audit's own and may be changed.
   * @returns how many were added
   * @throws NotFound, Refused, Invalid
   */
  async takeOver(ctx: Ctx, auditId: string, chosen: readonly TakenViewpoint[]): Promise<number> {
    await lockAudit(ctx, auditId);
    const rows = await this.rows(ctx, auditId);
    const there = new Set(rows.map((one) => keyOf(one)));
    const wanted = [...new Map(chosen.map((one) => [keyOf(one), one])).values()].filter((one) => !there.has(keyOf(one)));
    if (chosen.length === 0) throw oneProblem('nothing-chosen', 'viewpoint', '写す着眼点を選んでください。');
    if (rows.length + wanted.length > MOST) throw new Refused('too-many', `1つの監査の着眼点は${MOST}件までです。`);
    const groups = new Map(rows.filter((one) => one.parentId === null).map((one) => [one.text, one.id]));
    const positions = new Map<string | null, number>();
    const placed = (parentId: string | null): number => {
      const next = positions.get(parentId) ?? nextPosition(rows.filter((one) => one.parentId === parentId));
      positions.set(parentId, next + 1);
      return next;
    };
    for (const { ruleSet, viewpoint, group, text } of wanted) {
      const fields = checkedText(text);
      let parentId: string | null = null;
      if (group !== null && group !== '') {
        parentId = groups.get(group) ?? newId();
        if (!groups.has(group)) await scoped(ctx, AuditViewpoint).insert({ id: parentId, auditId, parentId: null, position: placed(null), text: checkedText(group), ruleSet: null, viewpoint: null, version: 1 });
        groups.set(group, parentId);
      }
      await scoped(ctx, AuditViewpoint).insert({ id: newId(), auditId, parentId, position: placed(parentId), text: fields, ruleSet, viewpoint, version: 1 });
    }
    if (wanted.length > 0) await record(ctx, { action: 'audit-viewpoints-taken', object: { kind: 'audit', id: auditId }, after: wanted });
    return wanted.length;
  }

  private rows(ctx: Ctx, auditId: string): Promise<AuditViewpoint[]> {
    return scoped(ctx, AuditViewpoint).find({ auditId }, { position: 'ASC', id: 'ASC' });
  }
}

const keyOf = ({ ruleSet, viewpoint }: { ruleSet: string | null; viewpoint: string | null }): string => `${ruleSet ?? ''}/${viewpoint ?? ''}`;

function checkedText(text: string): string {
  const check = new InputChecking();
  const sound = check.text('text', '着眼点', text, { need: true, limit: LONGEST.note }).trim();
  check.done();
  return sound;
}

/** @param self that is changed; it cannot stand below itself, and what is below it must fit */
function checked(input: ViewpointInput, rows: readonly AuditViewpoint[], self: AuditViewpoint | null): { parentId: string | null; text: string } {
  const text = checkedText(input.text);
  const parentId = input.parentId === null || input.parentId === '' ? null : input.parentId;
  if (parentId === null) return { parentId, text };
  const parent = rows.find((one) => one.id === parentId);
  if (parent === undefined) throw oneProblem('parent-unknown', 'parentId', '上の着眼点を選択肢から選んでください。');
  const above: string[] = [];
  for (let at: AuditViewpoint | undefined = parent; at !== undefined; at = rows.find((one) => one.id === at!.parentId)) above.push(at.id);
  if (self !== null && above.includes(self.id)) throw oneProblem('parent-within', 'parentId', '自分の下には置けません。ほかの着眼点を選んでください。');
  const height = (id: string): number => 1 + Math.max(0, ...rows.filter((one) => one.parentId === id).map((one) => height(one.id)));
  if (above.length + (self === null ? 1 : height(self.id)) > DEEPEST) throw oneProblem('too-deep', 'parentId', `着眼点は${DEEPEST}段までです。1つ上の着眼点を選んでください。`);
  return { parentId, text };
}
