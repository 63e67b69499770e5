import { compute, rowName, type ComputeThreshold } from '../engine/computed.js';
import { indexForm, type CompiledForm } from '../engine/form-index.js';
import { addressOf, type AnswerSet, type AnswerValue, type Code, type FormDefinition, type Item } from '../engine/form.js';
import { Reading, type PlacedRow } from '../engine/reading.js';
import type { ValueModel } from './assessment-report.model.js';
import { chosenOption, printedValue } from './assessment-report.values.js';

/** Where an item is printed: a row, the root (null), or the blank that stands for a group without rows. */
export type PrintedRow = PlacedRow | 'blank' | null;

/** A form with its answers, as the report asks for them. */
export class Answered {
  readonly form: FormDefinition;
  readonly #reading: Reading;

  constructor(
    form: FormDefinition | CompiledForm,
    answers: AnswerSet,
    private readonly images: Readonly<Record<string, string>>,
    private readonly computeThreshold?: ComputeThreshold,
  ) {
    const compiled = 'byCode' in form ? form : indexForm(form);
    this.form = compiled.definition;
    this.#reading = new Reading(compiled, answers, computeThreshold);
  }

  /** Rows of a group inside a row; one blank where the form prints a blank one (no rows, or the group is not asked). */
  rows(group: Code, parent: PrintedRow): PrintedRow[] {
    const asked = parent !== 'blank' && this.#reading.visible(this.#reading.form.byCode.get(group)!, parent) !== 'no';
    const rows = asked ? this.#reading.rowsOf(group, parent?.id ?? null) : [];
    return rows.length > 0 ? [...rows] : ['blank'];
  }

  /** Rows for which a section is repeated. */
  rowsOfSection(section: { perRowOf?: Code; code: Code }): PrintedRow[] {
    if (section.perRowOf === undefined) return [null];
    const compiled = this.#reading.form.sections.find(({ code }) => code === section.code)!;
    const rows = this.#reading.rowsOfSection(compiled.groups);
    return rows.length > 0 ? [...rows] : ['blank'];
  }

  /** `2．宛名ファイル`: number and name of a row. */
  nameOf(row: PrintedRow): string {
    if (row === null || row === 'blank') return '';
    return `${row.number}．${rowName(this.#reading, row) ?? '（名称未記入）'}`;
  }

  /** Printed value of an item in a row; hidden items print as the blank of the form. */
  value(item: Item, row: PrintedRow): ValueModel {
    if (item.kind === 'computed') return this.#computed(item.code, row);
    return printedValue(this.form, item, row === 'blank' ? undefined : this.#answer(item.code, row), this.images);
  }

  #answer(code: Code, row: PlacedRow | null): AnswerValue | undefined {
    const item = this.#reading.form.byCode.get(code)!;
    return this.#reading.visible(item, row) === 'no' ? undefined : this.#reading.answer(addressOf(code, row?.id ?? null));
  }

  #computed(code: Code, row: PrintedRow): ValueModel {
    const compiled = this.#reading.form.byCode.get(code)!;
    const item = compiled.item as Item & { kind: 'computed' };
    const hidden = row === 'blank' || this.#reading.visible(compiled, row) === 'no';
    const computed = hidden ? null : compute(this.#reading, compiled, row, this.computeThreshold);
    const source = computed?.of?.item ?? this.#reading.form.byCode.get(sourceOf(item))?.item;
    if (item.compute.rule === 'threshold-result') {
      const chosen = (computed?.value as { choice: Code } | undefined)?.choice ?? '';
      return chosenOption(this.form.optionSets[item.compute.options] ?? [], chosen);
    }
    if (item.compute.rule === 'sum-of') return { kind: 'text', text: amountText(computed?.value, item.unit), tall: false };
    if (source && source.kind !== 'group' && source.kind !== 'computed') return printedValue(this.form, source, computed?.value, this.images);
    return { kind: 'text', text: typeof computed?.value === 'string' ? computed.value : '', tall: true };
  }
}

function amountText(value: AnswerValue | undefined, unit = ''): string {
  return typeof value === 'number' ? `${value.toLocaleString('ja-JP', { maximumFractionDigits: 20 })}${unit}` : '';
}

/** Item whose blank stands for a copy that has nothing to copy yet. */
function sourceOf({ compute: rule }: Item & { kind: 'computed' }): Code {
  if (rule.rule === 'copy-of') return rule.item;
  return rule.rule === 'copy-by-choice' ? Object.values(rule.items)[0] ?? '' : '';
}
