// The line of floors: a module imports only from modules to its left. Read by the test and by the linter.
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Modules from the ground up; after the roof the files that put everything together. */
export const LINE = [
  'kernel', 'engine', 'rendering', 'jobs', 'identity', 'systems', 'risks', 'assessments', 'audits', 'checks', 'findings', 'councils', 'documents',
  'web', 'api', 'entities', 'app.module', 'parts', 'server', 'operator', 'demo', 'start', 'cli', 'worker', 'main',
];

/** The floor of a file under `src` (its folder, or the stem of a file at the top); null outside `src`. */
export function floorOf(file) {
  const parts = relative(join(ROOT, 'src'), file).split(sep);
  if (parts[0] === '..' || parts[0] === '') return null;
  return parts.length > 1 ? parts[0] : parts[0].replace(/(\.spec)?\.[cm]?[jt]s$/, '');
}

/** Why `file` may not import `specifier`; null where it may. Packages are no floors. */
export function offence(file, specifier) {
  const from = floorOf(file);
  if (from === null || !specifier.startsWith('.')) return null;
  if (!LINE.includes(from)) return `"${from}" has no place in the line: ${LINE.join(' → ')}`;
  const target = join(dirname(file), specifier);
  const to = floorOf(target);
  if (to === null) {
    const outside = relative(ROOT, target).split(sep)[0];
    const allowed = outside === 'migrations' ? from === 'kernel' : /\.spec\.ts$/.test(file);
    return allowed ? null : `"${from}" may not import from ${outside}/`;
  }
  if (!LINE.includes(to)) return `"${to}" has no place in the line: ${LINE.join(' → ')}`;
  return LINE.indexOf(to) <= LINE.indexOf(from) ? null : `"${from}" lies below "${to}" and may not import it: ${LINE.join(' → ')}`;
}
