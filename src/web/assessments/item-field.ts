import { compute, type ComputeThreshold } from '../../engine/computed.js';
import type { Instance, Reading } from '../../engine/reading.js';
import { controlOf, type FieldModel } from '../fields/field-model.js';
import { valueText } from '../../engine/value-text.js';

/** A field of the editor, which is a form of its own. */
export interface ItemField extends FieldModel {
  indent: number;
  hidden: boolean;
  version: number;
  /** Items that appear or vanish with this one. */
  steers: boolean;
  /** When it was saved last, for the state line. */
  savedAt: string;
  action: string;
}

export interface FieldContext {
  reading: Reading;
  assessmentId: string;
  versions: ReadonlyMap<string, { version: number; at: string }>;
  problems: ReadonlyMap<string, string[]>;
  readOnly: boolean;
  computeThreshold?: ComputeThreshold;
}

export function fieldModel({ item: compiled, row, address }: Instance, context: FieldContext): ItemField {
  const { item } = compiled;
  const own = `/assessments/${context.assessmentId}`;
  const entered = item.kind !== 'fixed' && item.kind !== 'computed';
  const stored = context.versions.get(address);
  return {
    address,
    prefix: '',
    kind: item.kind,
    label: item.label,
    under: item.under ?? '',
    indent: item.indent ?? 0,
    significant: item.significant === true,
    need: entered ? item.need : 'none',
    support: item.help?.asks ?? '',
    hidden: context.reading.visible(compiled, row) === 'no',
    version: stored?.version ?? 0,
    steers: (context.reading.form.dependents.get(item.code) ?? []).length > 0,
    problems: context.problems.get(address) ?? [],
    savedAt: stored?.at ?? '',
    readOnly: context.readOnly,
    action: `${own}/answers`,
    control: controlOf(compiled, context.reading.answer(address), {
      optionSets: context.reading.form.definition.optionSets, numbered: true, pictures: { source: (image) => `${own}/images/${image}`, upload: `${own}/figures` },
      computed: () => computedText(context.reading, { item: compiled, row }, context.computeThreshold),
    }),
  };
}

/** What a computed item says now, in words; empty while it cannot be said. */
export function computedText(reading: Reading, { item, row }: Pick<Instance, 'item' | 'row'>, computeThreshold?: ComputeThreshold): string {
  const computed = compute(reading, item, row, computeThreshold);
  return computed === null ? '' : valueText(computed.of ?? item, computed.value);
}
