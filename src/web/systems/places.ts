/** Departments and classes as the forms of the register offer them. Pure. */
import type { DepartmentInTree } from '../../identity/departments.service.js';
import type { ListedClass } from '../../systems/system-classes.service.js';
import type { Place } from './register-form.js';

/** With the body in front where there is more than one. */
export function departmentPlaces(tree: readonly DepartmentInTree[], offered: (one: DepartmentInTree) => boolean): Place[] {
  const shown = tree.filter(offered);
  const several = new Set(shown.map((one) => one.bodyName)).size > 1;
  return shown.map(({ department, bodyName, path }) => ({ id: department.id, label: `${several ? `${bodyName}　` : ''}${path}${department.endedOn === null ? '' : '（終了）'}` }));
}

/** Departments in which the person may write, and the one that is stored. */
export function writablePlaces(tree: readonly DepartmentInTree[], reach: 'all' | ReadonlySet<string>, stored: string | null): Place[] {
  return departmentPlaces(tree, ({ department }) => department.id === stored || (department.endedOn === null && (reach === 'all' || reach.has(department.id))));
}

/** Living classes, and the one that is stored. */
export function classPlaces(classes: readonly ListedClass[], stored: string | null): Place[] {
  return classes.filter((one) => one.endedOn === null || one.id === stored).map(({ id, label, endedOn }) => ({ id, label: `${label}${endedOn === null ? '' : '（終了）'}` }));
}
