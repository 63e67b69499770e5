/**
 * The facts that rules may speak of, from the catalogues that ask for them: the register of systems and the controls.
 * Catalogues are forms of root items only; nothing in them depends on another answer, so that a fact is known or it is not.
 */
import { Invalid } from '../kernel/errors.js';
import { isIsoDate } from './dates.js';
import { walkItems, type CompiledForm, type CompiledItem } from './form-index.js';
import type { Code, FormDefinition, Item, ItemKind } from './form.js';
import type { FactCatalogue, FactItem } from './rule-set.js';

export interface FactForm {
  readonly form: CompiledForm;
  readonly source: 'register' | 'control';
}

/** Most options of a fact of kind `checks`: they are packed as the bits of one double. */
export const MOST_CHECKS = 52;

const KINDS: Readonly<Partial<Record<ItemKind, FactItem['kind']>>> = {
  choice: 'choice', checks: 'checks', number: 'number', date: 'date', 'date-text': 'text', text: 'text', 'long-text': 'text',
};

/**
 * @param more facts that no form asks for (claims of assessments)
 * @throws Invalid `catalogue-invalid` for an item that cannot be a fact and for a code used twice
 */
export function factCatalogue(forms: readonly FactForm[], more: readonly FactItem[] = []): FactCatalogue {
  const faults = forms.flatMap(({ form }) => catalogueFaults(form.definition));
  const items = [...(faults.length > 0 ? [] : forms.flatMap(({ form, source }) => form.items.map((item) => factOf(item, source)))), ...more];
  const catalogue = new Map<Code, FactItem>();
  for (const item of items) {
    const other = catalogue.get(item.code);
    if (other) faults.push({ path: item.code, reason: `符号「${item.code}」が「${other.label}」と「${item.label}」の2つに使われています。どちらかの符号を変えてください。` });
    else if (item.options.size > MOST_CHECKS && item.kind === 'checks') faults.push({ path: item.code, reason: tooManyOptions(item.options.size) });
    else catalogue.set(item.code, item);
  }
  if (faults.length > 0) throw new Invalid('catalogue-invalid', `目録に${faults.length}件の誤りがあります。`, faults.map(({ path, reason }) => ({ code: 'catalogue-invalid', path, message: reason })));
  return catalogue;
}

/** What cannot stand in a catalogue of facts: conditions, groups, computed items, lists and pictures. */
export function catalogueFaults(definition: FormDefinition): { path: string; reason: string }[] {
  const faults: { path: string; reason: string }[] = [];
  definition.sections.forEach((section, n) => {
    if (section.perRowOf !== undefined) faults.push({ path: `/sections/${n}/perRowOf`, reason: '目録の章は行ごとに繰り返せません。「perRowOf」を取り除いてください。' });
  });
  for (const { item, path } of walkItems(definition)) {
    const here = `${path}（${item.code}）`;
    if (item.when) faults.push({ path: `${here}/when`, reason: '目録の項目に表示の条件（when）は書けません。取り除き、規則の「applies」で場合を分けてください。' });
    if (item.retired) faults.push(...retirementFaults(item, definition).map((reason) => ({ path: `${here}/retired`, reason })));
    if (KINDS[item.kind] === undefined) faults.push({ path: `${here}/kind`, reason: `目録に「${item.kind}」の項目は置けません。choice・checks・number・date・date-text・text・long-text のどれかにしてください。` });
    if (item.kind === 'checks' && (definition.optionSets[item.options]?.length ?? 0) > MOST_CHECKS) faults.push({ path: `${here}/options`, reason: tooManyOptions(definition.optionSets[item.options]!.length) });
  }
  return faults;
}

function retirementFaults({ code, retired }: Item, definition: FormDefinition): string[] {
  const heir = retired?.insteadBy;
  return [
    ...(isIsoDate(retired?.since) ? [] : [`「${String(retired?.since)}」は暦にない日です。`]),
    ...(heir === undefined || (heir !== code && [...walkItems(definition)].some(({ item }) => item.code === heir)) ? [] : [`代わりの項目「${heir}」がこの目録にありません。綴りを確かめてください。`]),
  ];
}

function tooManyOptions(count: number): string {
  return `選択肢が${count}個あります。複数を選ぶ項目の選択肢は${MOST_CHECKS}個までにしてください。`;
}

function factOf({ code, item, options, section, block }: CompiledItem, source: FactForm['source']): FactItem {
  return {
    code,
    label: factLabel(item),
    kind: KINDS[item.kind]!,
    options: new Map([...(options ?? [])].map(([option, { label }]) => [option, label])),
    unit: item.kind === 'number' ? (item.unit ?? '') : '',
    ...numberFacts(item),
    source,
    group: block.heading ?? section.section.title,
    ...(item.retired ? { retired: item.retired.since } : {}),
  };
}

/** Behind the label of a number item that has words for 0; a fact is called without it. */
export const zeroNote = (zero: string): string => `（0は${zero}）`;

function factLabel(item: Item): string {
  const note = item.kind === 'number' && item.zero !== undefined ? zeroNote(item.zero) : '';
  return note !== '' && item.label.endsWith(note) ? item.label.slice(0, -note.length) : item.label;
}

function numberFacts(item: Item): Pick<FactItem, 'min' | 'max' | 'zero' | 'counted'> {
  if (item.kind !== 'number') return {};
  const { min, max, zero, counted } = item;
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }), ...(zero === undefined ? {} : { zero }), ...(counted === undefined ? {} : { counted: true }) };
}
