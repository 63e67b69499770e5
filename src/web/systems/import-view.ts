/** The page of a register file that was read: settings, columns, departments, and what would become of each row. Pure. */
import type { Problem } from '../../kernel/errors.js';
import type { ImportOptions, RowKind } from '../../systems/import/plan.js';
import type { PreviewRow, SheetView } from '../../systems/import/preview.js';
import type { ImportPreview } from '../../systems/register-import.service.js';
import { fieldsUnder, type Fields } from '../fields/field-input.js';
import { textIn, textsIn } from './inputs.js';
import type { Place } from './register-form.js';

const ROW_KINDS: Readonly<Record<RowKind, { title: string; about: string; tone: string }>> = {
  refused: { title: '取り込めない行', about: 'セルを直したファイルを選び直すか、上の部署・設定・列を改めてください。', tone: 'red' },
  new: { title: '新しく加わるシステム', about: '', tone: 'green' },
  changed: { title: '変わるシステム', about: '', tone: 'blue' },
  unchanged: { title: '変わらないシステム', about: '台帳と同じ内容です。', tone: '' },
  skipped: { title: '読み飛ばした行', about: '合計や注など、システムではない行です。', tone: '' },
};
const ORDER: readonly RowKind[] = ['refused', 'new', 'changed', 'unchanged', 'skipped'];
/** Rows of each kind on the page. */
const SHOWN = 300;
const FOLDED: ReadonlySet<RowKind> = new Set(['unchanged', 'skipped']);

export interface ImportAround {
  classes: readonly Place[];
  departments: readonly Place[];
  at: string;
  problems: readonly Problem[];
}

export function importView(preview: ImportPreview, { classes, departments, at, problems }: ImportAround): object {
  const { counts, options } = preview;
  const writes = counts.new + counts.changed;
  const blocked = preview.problems.length > 0;
  return {
    id: preview.id, fileName: preview.fileName, at, version: preview.version, seal: preview.seal,
    figures: ORDER.map((kind) => ({ label: ROW_KINDS[kind].title, count: counts[kind], tone: counts[kind] === 0 ? '' : ROW_KINDS[kind].tone, href: counts[kind] === 0 ? '' : `#rows-${kind}` })),
    problems: [...problems, ...preview.problems].map((one) => ({ message: one.message, href: one.href ?? (one.code === 'class-missing' || one.code === 'nothing-to-import' ? '#options' : '#columns') })),
    options: optionsView(preview, classes), sheets: preview.sheets.map((one, n) => sheetView(one, n, preview)), remembered: preview.remembered,
    unknown: preview.departments.map((one) => ({ text: one.text, fault: one.fault, suggestions: one.suggestions, departments })),
    chosen: Object.entries(preview.chosen).map(([text, id]) => ({ text, department: departments.find((one) => one.id === id)?.label ?? '' })),
    kinds: ORDER.filter((kind) => counts[kind] > 0).map((kind) => kindView(kind, preview.rows)),
    settled: !blocked, refused: counts.refused, writes, takeable: !blocked && counts.refused === 0 && writes > 0, partly: !blocked && counts.refused > 0 && writes > 0,
    nothing: !blocked && writes === 0, folded: { options: !blocked && options.leftOut.length === 0, columns: !preview.problems.some((one) => one.code === 'column-missing') },
  };
}

function optionsView({ options, sheets }: ImportPreview, classes: readonly Place[]): object {
  const choice = (code: string, label: string, chosen: boolean) => ({ code, label, chosen });
  return {
    sameNumber: [choice('update', '台帳を更新する', options.sameNumber === 'update'), choice('skip', '取り込まない（台帳のままにする）', options.sameNumber === 'skip')],
    blanks: [choice('keep', '台帳の値を残す', options.blanks === 'keep'), choice('clear', '台帳の値を消す', options.blanks === 'clear')],
    fillOwner: options.fillOwner,
    sheets: sheets.map((one, n) => ({
      number: n, name: one.name, hidden: one.hidden, headings: one.headingRows === null ? '' : one.headingRows.top === one.headingRows.bottom ? `${one.headingRows.top}行目` : `${one.headingRows.top}～${one.headingRows.bottom}行目`,
      taken: !one.leftOut, asksClass: one.headingRows !== null && !one.columns.some(({ field }) => field === 'class'),
      classes: [choice('', '選んでください', one.classId === null), ...classes.map(({ id, label }) => choice(id, label, one.classId === id)), choice('none', '区分なし', one.classId === 'none')],
    })),
  };
}

function sheetView(sheet: SheetView, number: number, { fields, remembered }: ImportPreview): object {
  return {
    number: number + 1, name: sheet.name, shown: !sheet.leftOut && sheet.columns.length > 0, remembered: remembered.includes(sheet.name),
    columns: sheet.columns.map((one) => ({
      address: one.address, letter: one.address.slice(one.address.lastIndexOf('!') + 1), heading: one.heading, hidden: one.hidden, samples: one.samples.join('、'),
      fields: fields.map((field) => ({ code: field.code, label: field.label, chosen: field.code === one.field })),
    })),
  };
}

function kindView(kind: RowKind, all: readonly PreviewRow[]): object {
  const rows = all.filter((one) => one.kind === kind);
  return {
    kind, ...ROW_KINDS[kind], count: rows.length, folded: FOLDED.has(kind), more: Math.max(0, rows.length - SHOWN), withReason: kind === 'skipped',
    rows: rows.slice(0, SHOWN).map((one) => ({
      at: one.at, number: one.number === null ? '' : String(one.number), name: one.name, href: one.systemId === null ? '' : `/systems/${one.systemId}`, reason: one.reason,
      problems: one.problems.map(({ message }) => message), notes: one.notes.map(({ at, message }) => `${at}：${message}`),
      changes: kind === 'changed' ? one.changes.map(({ label, before, after }) => ({ label, before, after })) : [],
      summary: kind === 'new' ? one.changes.filter(({ field, after }) => after !== '' && !['name', 'number'].includes(field)).map(({ label, after }) => `${label}：${after.replaceAll('\n', '、')}`).join('　') : '',
    })),
  };
}

// ---------------------------------------------------------------- what the forms say

/** `map.別表1!C` → field; blank leaves the column out. */
export function mappingIn(body: Fields): Record<string, string> {
  return Object.fromEntries(Object.entries(fieldsUnder(body, 'map.')).map(([address, field]) => [address, typeof field === 'string' ? field : '']));
}

/** Names of the file beside the departments chosen for them; names without a choice are left open, `take-back` undoes one. */
export function departmentsIn(body: Fields): Record<string, string | null> {
  const [names, chosen] = [textsIn(body, 'name'), textsIn(body, 'department')];
  return Object.fromEntries([
    ...names.flatMap((name, n): [string, string | null][] => ((chosen[n] ?? '') === '' ? [] : [[name, chosen[n]!]])), ...textsIn(body, 'takeBack').map((name): [string, string | null] => [name, null]),
  ]);
}

/** @param sheets names of the sheets in their order: the form knows them by their number */
export function optionsIn(body: Fields, sheets: readonly SheetView[]): Partial<ImportOptions> {
  const taken = new Set(textsIn(body, 'take'));
  const classes = sheets.flatMap((one, n): [string, string][] => {
    const chosen = textIn(body, `class.${n}`) === '' ? (Object.hasOwn(body, `class.${n}`) ? null : one.classId) : textIn(body, `class.${n}`);
    return chosen === null ? [] : [[one.name, chosen]];
  });
  return {
    sameNumber: textIn(body, 'sameNumber') as ImportOptions['sameNumber'], blanks: textIn(body, 'blanks') as ImportOptions['blanks'], fillOwner: textIn(body, 'fillOwner') === 'yes',
    classes: Object.fromEntries(classes), leftOut: sheets.flatMap((one, n) => (taken.has(String(n)) ? [] : [one.name])),
  };
}
