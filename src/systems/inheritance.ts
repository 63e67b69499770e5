/** Which platforms a system rests on, and circles in it. Pure. */

/** A system takes over controls from a platform; edges of one system in their order. */
export interface Edge { systemId: string; fromId: string }

/** Platforms from which a system inherits, nearest first: its own in their order, then those that they rest on. */
export function platformsBelow(systemId: string, edges: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const seen = new Set([systemId]);
  for (let level = [systemId]; level.length > 0;) {
    const next: string[] = [];
    for (const from of level.flatMap((one) => edges.get(one) ?? [])) {
      if (seen.has(from)) continue;
      seen.add(from);
      next.push(from);
    }
    found.push(...next);
    level = next;
  }
  return found;
}

/** Everything that rests on one of these, directly or through others. */
export function systemsAbove(platforms: readonly string[], edges: ReadonlyMap<string, readonly string[]>): string[] {
  const above = new Map<string, string[]>();
  for (const [system, froms] of edges) for (const from of froms) above.set(from, [...(above.get(from) ?? []), system]);
  const found = new Set<string>();
  for (let level = [...platforms]; level.length > 0;) {
    level = level.flatMap((one) => above.get(one) ?? []).filter((one) => !found.has(one) && found.add(one));
  }
  return [...found];
}

/** A circle that goes through this system, as the ids in order with the first again at the end; null without one. */
export function circleThrough(systemId: string, edges: ReadonlyMap<string, readonly string[]>): string[] | null {
  const cameFrom = new Map<string, string>();
  const open = [systemId];
  for (let at = open.shift(); at !== undefined; at = open.shift()) {
    for (const from of edges.get(at) ?? []) {
      if (from === systemId) {
        const path = [systemId];
        for (let back: string | undefined = at; back !== undefined; back = back === systemId ? undefined : cameFrom.get(back)) path.unshift(back);
        return path;
      }
      if (cameFrom.has(from)) continue;
      cameFrom.set(from, at);
      open.push(from);
    }
  }
  return null;
}

/** Edges by system, in the order given. */
export function bySystem(edges: Iterable<Edge>): Map<string, string[]> {
  const grouped = new Map<string, string[]>();
  for (const { systemId, fromId } of edges) {
    const list = grouped.get(systemId);
    if (list === undefined) grouped.set(systemId, [fromId]);
    else list.push(fromId);
  }
  return grouped;
}
