/** Departments and classes as the forms of the register offer them. Pure. */
import type { DepartmentInTree } from '../../identity/departments.service.js';
import type { ListedClass } from '../../systems/system-classes.service.js';
import type { Place } from './register-form.js';

/** By their path; with the body in front where two bodies have a department of the same path. */
export function departmentPlaces(tree: readonly DepartmentInTree[], offered: (one: DepartmentInTree) => boolean): Place[] {
  const shown = tree.filter(offered);
  return shown.map(({ department, bodyName, path }) => {
    const several = shown.some((other) => other.path === path && other.department.id !== department.id);
    return { id: department.id, label: `${several ? `${bodyName}　` : ''}${path}${department.endedOn === null ? '' : '（終了）'}` };
  });
}

/** Departments in which the person may write, and the one that is stored. */
export function writablePlaces(tree: readonly DepartmentInTree[], reach: 'all' | ReadonlySet<string>, stored: string | null): Place[] {
  return departmentPlaces(tree, ({ department }) => department.id === stored || (department.endedOn === null && (reach === 'all' || reach.has(department.id))));
}

/** Living classes, and the one that is stored. */
export function classPlaces(classes: readonly ListedClass[], stored: string | null): Place[] {
  return classes.filter((one) => one.endedOn === null || one.id === stored).map(({ id, label, endedOn }) => ({ id, label: `${label}${endedOn === null ? '' : '（終了）'}` }));
}
