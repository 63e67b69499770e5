import type { Problem } from '../../kernel/errors.js';

/** Problems of a definition at the fields of the form that was sent: by the longest place that begins with it. @param places place in the definition → field */
export function fieldProblems(problems: readonly Problem[], places: Readonly<Record<string, string>>): Problem[] {
  const known = Object.entries(places).sort(([a], [b]) => b.length - a.length);
  const seen = new Set<string>();
  return problems.map((one) => ({ ...one, path: known.find(([place]) => one.path === place || one.path.startsWith(`${place}/`))?.[1] ?? one.path }))
    .filter(({ path, message }) => !seen.has(`${path} ${message}`) && seen.add(`${path} ${message}`));
}
