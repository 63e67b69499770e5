import { In } from 'typeorm';
import type { Code } from '../engine/form.js';
import type { Ctx } from '../kernel/ctx.js';
import { scoped } from '../kernel/scoped.js';
import type { Catalogue } from './catalogue.js';
import { declarationPath } from './declaration-access.js';
import { standingsOf, type Platform, type Standing } from './declaration-states.js';
import type { DeclarationAction } from './declaration-words.js';
import { Declaration } from './declaration.entity.js';
import type { DeclaredControl } from './facts.js';
import { bySystem, platformsBelow } from './inheritance.js';
import { objectOf } from './system-access.js';
import { settingsOf } from './system-settings.js';
import { InformationSystem, SystemInheritance } from './system.entity.js';

export interface Declared {
  /** The system's own declarations by control. */
  own: Map<Code, Declaration>;
  /** Nearest first. */
  platforms: Platform[];
  standings: Map<Code, Standing>;
  /** 申告の有効期間, months. */
  months: number;
}

/** What a system declares and what it would take over from the platforms on which it rests. */
export async function readDeclared(ctx: Ctx, catalogue: Catalogue, systemId: string): Promise<Declared> {
  const { declarationMonths: months } = await settingsOf(ctx);
  const edges = await scoped(ctx, SystemInheritance).find({}, { position: 'ASC', id: 'ASC' });
  const below = platformsBelow(systemId, bySystem(edges));
  const names = new Map((below.length === 0 ? [] : await scoped(ctx, InformationSystem).find({ id: In(below) })).map((one) => [one.id, one.name]));
  const rows = await scoped(ctx, Declaration).find({ systemId: In([systemId, ...below]) }, { control: 'ASC' });
  const of = (id: string): Declaration[] => rows.filter((one) => one.systemId === id);
  const platforms = below.map((id): Platform => ({ id, name: names.get(id) ?? '', declarations: of(id).map(declaredControl) }));
  const own = of(systemId);
  return {
    own: new Map(own.map((one) => [one.control, one])), platforms, months,
    standings: standingsOf({ declarations: own.map(declaredControl), platforms, today: ctx.clock.today(), declarationMonths: months, catalogue }),
  };
}

function declaredControl({ control, value, declaredOn, approvedAt }: Declaration): DeclaredControl {
  return { control, value, declaredOn, approved: approvedAt !== null };
}

/** They say nothing of whether a declaration was touched since it was sent back. */
const EVIDENCE_ACTIONS: DeclarationAction[] = ['declaration-evidence-added', 'declaration-evidence-removed'];

export interface ReturnedDeclaration {
  comment: string;
  by: string;
  /** ISO instant. */
  at: string;
}

/** Declarations that were sent back and not touched since, by `system/control`. The journal says so; nothing else keeps it. */
export async function returnedOf(ctx: Ctx, systemIds: readonly string[]): Promise<Map<string, ReturnedDeclaration>> {
  if (systemIds.length === 0) return new Map();
  const rows: { system: string; path: string; action: string; content: string }[] = await ctx.tx.query(
    `select distinct on (object_id, path) object_id as system, path, action, content from journal_entry
      where organisation_id = $1 and object_kind = $2 and object_id = any($3) and path like 'declaration/%' and not action = any($4)
      order by object_id, path, number desc`,
    [ctx.organisation, objectOf('').kind, systemIds, EVIDENCE_ACTIONS],
  );
  return new Map(rows.filter((one) => one.action === 'declaration-returned').map(({ system, path, content }) => {
    const { at, actor, comment } = JSON.parse(content) as { at: string; actor: { name: string }; comment: string };
    return [`${system}/${path.slice(declarationPath('').length)}`, { at, by: actor.name, comment }];
  }));
}
