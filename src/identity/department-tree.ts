/** A department with all that is under it, at any depth; empty when it is not there. Pure. */
export function withThoseUnder(departments: readonly { id: string; parentId: string | null }[], top: string): Set<string> {
  const within = new Set(departments.some((one) => one.id === top) ? [top] : []);
  for (let before = -1; before !== within.size;) {
    before = within.size;
    for (const one of departments) if (one.parentId !== null && within.has(one.parentId)) within.add(one.id);
  }
  return within;
}
