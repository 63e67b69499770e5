/**
 * Reading for the tests that hold the statutory forms against the list of their items
 * (`../shared/reference/forms.yaml`, beside the project; absent on most machines).
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { Block, Condition, FormDefinition, Item, Section } from '../src/engine/form.js';

const projectRoot = join(dirname(fileURLToPath(import.meta.url)), '..');
const referenceFile = join(projectRoot, '..', 'shared', 'reference', 'forms.yaml');

export type ReferenceForm = 'kiso' | 'juten' | 'zenkoumoku';

/** An entry of the reference list. `labels`: name of a checkbox set, or the labels themselves. */
export interface ReferenceEntry {
  id: string;
  label: string;
  type: string;
  options?: string;
  labels?: string | string[];
  important_change?: boolean;
  show_if?: string;
  certainty: string;
  repeat?: { unit: string; main: number; overflow?: string[]; max?: number; over_max?: string };
  columns?: string[];
  /** Group in which the entry stands. */
  group?: string;
  like?: string;
  children?: ReferenceEntry[];
}

/** A flattened item and where it stands; `groups`: the enclosing groups, outermost first. */
export interface PlacedItem {
  item: Item;
  section: Section;
  block: Block;
  groups: string[];
}

interface ReferenceFile {
  option_sets: Record<string, string[]>;
  checkbox_sets: Record<string, string[] | Record<string, string[]>>;
  forms: Record<ReferenceForm, { name: string; sections: { section: string; items: ReferenceEntry[] }[] }>;
}

let reading: ReferenceFile | null | undefined;

function reference(): ReferenceFile | null {
  reading ??= existsSync(referenceFile) ? (parse(readFileSync(referenceFile, 'utf8')) as ReferenceFile) : null;
  return reading;
}

/** `file` is a path below `templates/forms`, e.g. `full/2024-10.yaml`. */
export function loadForm(file: string): FormDefinition {
  return parse(readFileSync(join(projectRoot, 'templates', 'forms', file), 'utf8')) as FormDefinition;
}

/** All items in the order of the form, each group before its children. */
export function placedItems(form: FormDefinition): PlacedItem[] {
  const found: PlacedItem[] = [];
  for (const section of form.sections) {
    const outer = section.perRowOf === undefined ? [] : [section.perRowOf];
    for (const block of section.blocks) {
      const walk = (items: Item[], groups: string[]): void => {
        for (const item of items) {
          found.push({ item, section, block, groups });
          if (item.kind === 'group') walk(item.items, [...groups, item.code]);
        }
      };
      walk(block.items ?? [], outer);
      for (const part of block.parts ?? []) walk(part.items, outer);
    }
  }
  return found;
}

export function allItems(form: FormDefinition): Item[] {
  return placedItems(form).map((placed) => placed.item);
}

/**
 * The entries of one form, each group before its children; null when the reference is absent.
 * A group that is `like:` a group of another form (`zenkoumoku II.5p`) gets that group's children.
 */
export function referenceEntries(form: ReferenceForm): ReferenceEntry[] | null {
  const file = reference();
  if (file === null) return null;
  const tops = (key: ReferenceForm): ReferenceEntry[] => file.forms[key].sections.flatMap((section) => section.items);
  return tops(form).flatMap((entry) => {
    let model: ReferenceEntry | undefined;
    if (entry.like !== undefined) {
      const [key, id] = entry.like.split(' ') as [ReferenceForm, string];
      model = tops(key).find((other) => other.id === id);
      if (model === undefined) throw new Error(`${entry.id}: no entry ${entry.like} in the reference`);
    }
    const whole = model === undefined ? entry : { ...entry, repeat: entry.repeat ?? model.repeat, children: model.children };
    return [whole, ...(whole.children ?? []).map((child) => ({ ...child, group: entry.id }))];
  });
}

/** Labels of an option set or checkbox set of the reference, in order; null when the reference is absent. */
export function referenceLabels(set: string | string[]): string[] | null {
  if (Array.isArray(set)) return set;
  const file = reference();
  if (file === null) return null;
  const labels = file.option_sets[set] ?? file.checkbox_sets[set];
  if (labels === undefined) throw new Error(`no set ${set} in the reference`);
  return Array.isArray(labels) ? labels : Object.values(labels as Record<string, string[]>).flat();
}

/** Headings of a checkbox set (識別情報 …), one per label; undefined where the set has none; null when absent. */
export function referenceHeadings(set: string): (string | undefined)[] | null {
  const file = reference();
  if (file === null) return null;
  const labels = file.checkbox_sets[set];
  if (labels === undefined || Array.isArray(labels)) return (labels ?? file.option_sets[set] ?? []).map(() => undefined);
  return Object.entries(labels).flatMap(([heading, list]) => list.map(() => heading));
}

/** Label without width differences, blanks, ※ and empty brackets for a text or a count: その他(　) → その他. */
export function plainLabel(label: string): string {
  return label.normalize('NFKC').replace(/[\s※]/g, '').replace(/\(\)件?$/, '').replace(/^\[\]/, '');
}

/** Every code that a condition names, with the kind of thing it must be. */
export function namedInCondition(condition: Condition): { items: string[]; groups: string[]; options: [string, string][] } {
  const items: string[] = [];
  const groups: string[] = [];
  const options: [string, string][] = [];
  const walk = (part: Condition): void => {
    if ('all' in part) part.all.forEach(walk);
    else if ('any' in part) part.any.forEach(walk);
    else if ('not' in part) walk(part.not);
    else if ('every' in part) { groups.push(part.every); walk(part.holds); }
    else if ('some' in part) { groups.push(part.some); walk(part.holds); }
    else {
      items.push(part.item);
      if ('is' in part && typeof part.is === 'string') options.push([part.item, part.is]);
      if ('includes' in part) options.push([part.item, part.includes]);
      if ('isOneOf' in part) for (const one of part.isOneOf) if (typeof one === 'string') options.push([part.item, one]);
      if ('matchesCountOf' in part) groups.push(part.matchesCountOf);
    }
  };
  walk(condition);
  return { items, groups, options };
}
