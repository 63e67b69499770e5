/** A department with all that is under it, at any depth; empty when it is not there. Pure. */
export function withThoseUnder(departments: readonly { id: string; parentId: string | null }[], top: string): Set<string> {
  const within = new Set(departments.some((one) => one.id === top) ? [top] : []);
  for (let before = -1; before !== within.size;) {
    before = within.size;
    for (const one of departments) if (one.parentId !== null && within.has(one.parentId)) within.add(one.id);
  }
  return within;
}

/** What a department is called where its whole path would be too much: its name, or the path where another has the same name. Pure. */
export function departmentNames(tree: readonly { department: { id: string; name: string }; path: string }[]): Map<string, string> {
  const count = new Map<string, number>();
  for (const { department: { name } } of tree) count.set(name, (count.get(name) ?? 0) + 1);
  return new Map(tree.map(({ department: { id, name }, path }) => [id, count.get(name) === 1 ? name : path]));
}
