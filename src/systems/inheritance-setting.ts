/** The platforms from which a system takes over controls. Each save gives the whole list. */
import { In, IsNull } from 'typeorm';
import type { Ctx } from '../kernel/ctx.js';
import { Refused, type Problem } from '../kernel/errors.js';
import { isId, newId } from '../kernel/ids.js';
import { scoped } from '../kernel/scoped.js';
import { bySystem, circleThrough } from './inheritance.js';
import { mustBeSound } from './register-changing.js';
import { lockForChange, mustBeSeen, recordChange, saveSystem } from './system-access.js';
import { InformationSystem, SystemInheritance } from './system.entity.js';

/**
 * The platforms of a system, nearest first. One change of inheritance at a time in an organisation: two of them side by side
 * could close a circle. Throws `NotFound`, `Refused` (a circle, named), `Conflict` with both sides, `Invalid`. Returns the new version.
 */
export async function setInheritance(ctx: Ctx, id: string, seen: number, platformIds: readonly string[]): Promise<number> {
  await lockInheritance(ctx);
  const system = await lockForChange(ctx, id);
  const edges = bySystem(await scoped(ctx, SystemInheritance).find({}, { position: 'ASC', id: 'ASC' }));
  const before = edges.get(id) ?? [];
  mustBeSeen(system, seen, platformIds, before);
  const platforms = new Map((await scoped(ctx, InformationSystem).find({ id: In([...before, ...platformIds].filter(isId)) })).map((one) => [one.id, one]));
  mustBeSound(platformProblems(system, platformIds, platforms));
  edges.set(id, [...platformIds]);
  await mustNotCircle(ctx, id, edges);
  return writeInheritance(ctx, system, before, platformIds);
}

/** Writes checked platforms of a locked system. Returns its version. */
export async function writeInheritance(ctx: Ctx, system: InformationSystem, before: readonly string[], after: readonly string[], comment?: string): Promise<number> {
  if (before.join() === after.join()) return system.version;
  const names = new Map((await scoped(ctx, InformationSystem).find({ id: In([...before, ...after]) })).map((one) => [one.id, one.name]));
  await scoped(ctx, SystemInheritance).delete({ systemId: system.id });
  await scoped(ctx, SystemInheritance).insertMany(after.map((fromId, position) => ({ id: newId(), systemId: system.id, fromId, position })));
  const told = (ids: readonly string[]): object[] => ids.map((one) => ({ id: one, name: names.get(one) ?? '' }));
  await recordChange(ctx, system.id, 'inheritance', told(before), told(after), comment);
  return saveSystem(ctx, system);
}

export async function lockInheritance(ctx: Ctx): Promise<void> {
  await ctx.tx.query(`select pg_advisory_xact_lock(hashtextextended('system-inheritance ' || $1, 0))`, [ctx.organisation]);
}

/** Throws `Refused` with the circle, by name, that goes through this system. */
export async function mustNotCircle(ctx: Ctx, systemId: string, edges: ReadonlyMap<string, readonly string[]>): Promise<void> {
  const circle = circleThrough(systemId, edges);
  if (circle === null) return;
  const names = new Map((await scoped(ctx, InformationSystem).find({ id: In(circle) })).map((one) => [one.id, one.name]));
  const told = circle.map((one) => `「${names.get(one) ?? one}」`).join('→');
  throw new Refused('inheritance-circle', `統制の引継ぎが一回りして元に戻ります：${told}。どこか一つの引継ぎをやめてください。`, [{ code: 'inheritance-circle', path: 'inheritance', message: `引継ぎが一回りします：${told}` }]);
}

function platformProblems(system: InformationSystem, ids: readonly string[], platforms: ReadonlyMap<string, InformationSystem>): Problem[] {
  return ids.flatMap((id, n): Problem[] => {
    const platform = platforms.get(id);
    const at = `inheritance/${n}`;
    if (platform === undefined || platform.mergedIntoId !== null) return [{ code: 'field-invalid', path: at, message: '引き継ぐ共通基盤を選び直してください。' }];
    if (id === system.id) return [{ code: 'inheritance-circle', path: at, message: `「${system.name}」は、自分自身から引き継げません。` }];
    if (platform.kind !== 'platform') return [{ code: 'not-a-platform', path: at, message: `「${platform.name}」は共通基盤ではないため、引き継げません。台帳でその種類を共通基盤にするか、別のものを選んでください。` }];
    return ids.indexOf(id) === n ? [] : [{ code: 'platform-once', path: at, message: `「${platform.name}」が2度あります。1つにしてください。` }];
  });
}

/** Platforms that systems can rest on, for the choice on a page. */
export async function platformsFor(ctx: Ctx, systemId: string): Promise<{ id: string; name: string }[]> {
  const found = await scoped(ctx, InformationSystem).find({ kind: 'platform', mergedIntoId: IsNull() }, { name: 'ASC', id: 'ASC' });
  return found.filter((one) => one.id !== systemId).map(({ id, name }) => ({ id, name }));
}
