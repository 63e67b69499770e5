/** 一括編集: what is to be changed, as the form says it and the pages show it. Pure. */
import type { Code } from '../../engine/form.js';
import type { Problem } from '../../kernel/errors.js';
import type { BulkChange, BulkPreview } from '../../systems/bulk-edit.service.js';
import type { Catalogue } from '../../systems/catalogue.js';
import { registerPath } from '../../systems/register-values.js';
import { FIELD_NAMES } from '../../systems/system-history.js';
import { fieldsUnder, typedAnswer, type Fields } from '../fields/field-input.js';
import { formField } from '../fields/field-model.js';
import { textIn, textsIn } from './inputs.js';
import type { FormChoices } from './register-form.js';

const PREFIX = 'value.';

/** `class`, `department` or `register/<item>`; null for anything else. */
export function fieldOf(catalogue: Catalogue, field: string): string | null {
  if (field === 'class' || field === 'department') return field;
  return catalogue.registerItems.some((one) => registerPath(one.code) === field) ? field : null;
}

export function fieldChoices(catalogue: Catalogue, chosen: string): { code: string; label: string; chosen: boolean }[] {
  const own = (['class', 'department'] as const).map((code) => ({ code: code as string, label: FIELD_NAMES[code]! }));
  const items = catalogue.registerItems.map((one) => ({ code: registerPath(one.code), label: one.item.label }));
  return [...own, ...items].map((one) => ({ ...one, chosen: one.code === chosen }));
}

const itemOf = (field: string): Code => field.slice(field.indexOf('/') + 1);

/** What the form asks for; `field` is one of `fieldOf`. */
export function changeOf(catalogue: Catalogue, field: string, body: Fields): BulkChange {
  if (field === 'class') return { field, classId: textIn(body, 'value.class') === '' ? null : textIn(body, 'value.class') };
  if (field === 'department') return { field, departmentId: textIn(body, 'value.department') };
  const item = catalogue.register.byCode.get(itemOf(field))!;
  return { field: 'register', item: item.code, value: typedAnswer(item.item, fieldsUnder(body, PREFIX)) };
}

/** The control for the new value. */
export function valueView(catalogue: Catalogue, field: string, change: BulkChange | null, { classes, departments }: FormChoices, problem: string): object {
  const none = { kind: field, classes: [] as object[], departments: [] as object[], field: null as object | null, partial: '', error: problem };
  if (field === 'class') return { ...none, classes: classes.map((one) => ({ ...one, chosen: change?.field === 'class' && change.classId === one.id })) };
  if (field === 'department') return { ...none, departments: departments.map((one) => ({ ...one, chosen: change?.field === 'department' && change.departmentId === one.id })) };
  const item = catalogue.register.byCode.get(itemOf(field))!;
  return {
    ...none, kind: 'item', partial: `fields/${item.item.kind}`,
    field: { ...formField(item, change?.field === 'register' ? change.value : null, { prefix: PREFIX, problems: problem === '' ? [] : [problem], optionSets: catalogue.register.definition.optionSets }), need: 'none' },
  };
}

/** The chosen systems: ids, or `id:version` after the preview. */
export function chosenSystems(body: Fields): { id: string; seen: number }[] {
  return textsIn(body, 'system').map((one) => ({ id: one.split(':')[0]!, seen: Number(one.split(':')[1] ?? 0) }));
}

export function previewView(preview: BulkPreview, body: Fields, field: string, problems: readonly Problem[]): object {
  const after = preview.rows[0]?.after ?? '';
  return {
    what: preview.what, after, changing: preview.changing, total: preview.rows.length, refused: preview.rows.filter((one) => one.problem !== null).length,
    doable: preview.problems.length === 0 && preview.changing > 0 && preview.rows.every((one) => one.problem === null),
    rows: preview.rows.map((one) => ({ id: one.id, name: one.name, seen: `${one.id}:${one.version}`, before: one.before, after: one.after, changes: one.changes, problem: one.problem ?? '' })),
    kept: Object.entries(body).filter(([name]) => name === 'field' || name.startsWith(PREFIX)).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => ({ name, value: String(one) }))),
    field, problems: [...preview.problems, ...problems].map((one) => ({ message: one.message, href: '#main' })),
  };
}
