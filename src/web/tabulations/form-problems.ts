import type { Problem } from '../../kernel/errors.js';

/** Problems of a definition at the fields of the form that was sent: by the longest place that begins with it. @param places place in the definition → field */
export function fieldProblems(problems: readonly Problem[], places: Readonly<Record<string, string>>): Problem[] {
  const known = Object.entries(places).sort(([a], [b]) => b.length - a.length);
  const seen = new Set<string>();
  return problems.map((one) => ({ ...one, message: plainly(one), path: known.find(([place]) => one.path === place || one.path.startsWith(`${place}/`))?.[1] ?? one.path }))
    .filter(({ path, message }) => !seen.has(`${path} ${message}`) && seen.add(`${path} ${message}`));
}

/** The words of the content check for whoever fills in a form: no pattern, no type of the file behind it. */
function plainly({ path, message }: Problem): string {
  if (/^書き方が決まり/u.test(message)) return path.endsWith('/code') ? '英小文字、数字、ハイフンで書いてください（例：table-1）。' : '空にはできません。';
  return /^値の型が違います/u.test(message) ? '数で書いてください。' : message;
}
