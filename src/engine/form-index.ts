/**
 * A form definition made ready for work: every item with its place, its compiled condition and its dependents.
 * Immutable; compile once per form version and keep it.
 */
import { compileCondition, type CompiledCondition, type Meaning } from './conditions.js';
import type { Block, Code, FormDefinition, GroupItem, Item, Option, Part, Section, SumTerm } from './form.js';

export interface CompiledItem {
  readonly item: Item;
  readonly code: Code;
  readonly section: CompiledSection;
  readonly block: Block;
  readonly part: Part | null;
  /** The group item in whose rows it is written; null outside a group of its own section. */
  readonly enclosing: CompiledItem | null;
  /** Groups around, outermost first; the last one's rows hold the answers. Empty at the root. */
  readonly groups: readonly Code[];
  readonly condition: CompiledCondition | null;
  /** Options by code, in printed order; null for kinds without options. */
  readonly options: ReadonlyMap<Code, Option> | null;
  /** Options of the columns of a table that are chosen from, by column. */
  readonly columnOptions: ReadonlyMap<Code, ReadonlyMap<Code, Option>>;
  /** Place in printed order, from 0. */
  readonly order: number;
  /** Section, block and label in short: `Ⅱ 3. ③使用目的`. */
  readonly name: string;
}

export interface CompiledSection {
  readonly section: Section;
  readonly code: Code;
  /** `Ⅱ 特定個人情報ファイルの概要`. */
  readonly name: string;
  /** Groups around all its items; empty unless `perRowOf`. */
  readonly groups: readonly Code[];
  /** Items of the section outside groups, in printed order. */
  readonly items: readonly CompiledItem[];
}

export interface CompiledForm {
  readonly definition: FormDefinition;
  readonly sections: readonly CompiledSection[];
  /** Every item with the children of groups, in printed order. */
  readonly items: readonly CompiledItem[];
  readonly byCode: ReadonlyMap<Code, CompiledItem>;
  /** Children of a group that stand inside it, in printed order. */
  readonly childrenOf: ReadonlyMap<Code, readonly CompiledItem[]>;
  /** Item or group → items whose `when` looks at it. */
  readonly dependents: ReadonlyMap<Code, readonly CompiledItem[]>;
  /** `withholdable`, `significant`, … : the items that hold a predicate, in printed order. */
  itemsWhere(test: (item: CompiledItem) => boolean): CompiledItem[];
}

/** @throws Error when the definition was not checked: a reference to nothing or a group within itself */
export function indexForm(definition: FormDefinition): CompiledForm {
  const groupPlaces = groupsOf(definition);
  const optionMaps = new Map(Object.entries(definition.optionSets).map(([code, options]) => [code, new Map(options.map((o) => [o.code, o]))]));
  const meanings = meaningsOf(definition, optionMaps);
  const resolve = (code: Code): Meaning | undefined => meanings.get(code);
  const items: CompiledItem[] = [];
  const byCode = new Map<Code, CompiledItem>();
  const childrenOf = new Map<Code, CompiledItem[]>();

  const add = (item: Item, section: CompiledSection, block: Block, part: Part | null, enclosing: CompiledItem | null, groups: readonly Code[]): CompiledItem => {
    const options = 'options' in item ? (optionMaps.get(item.options) ?? null) : item.kind === 'computed' && 'options' in item.compute ? (optionMaps.get(item.compute.options) ?? null) : null;
    const compiled: CompiledItem = Object.freeze({
      item, code: item.code, section, block, part, enclosing, groups, options, columnOptions: columnOptionsOf(item, optionMaps),
      condition: item.when ? compileCondition(item.when, resolve) : null,
      order: items.length,
      name: nameOf(section.section, block, part, item),
    });
    items.push(compiled);
    byCode.set(item.code, compiled);
    if (item.kind === 'group') {
      const inner = [...groups, item.code];
      childrenOf.set(item.code, item.items.map((child) => add(child, section, block, part, compiled, inner)));
    }
    return compiled;
  };

  const sections = definition.sections.map((section) => {
    const around = section.perRowOf === undefined ? [] : chainOf(section.perRowOf, groupPlaces);
    const own: CompiledItem[] = [];
    const compiled: CompiledSection = { section, code: section.code, name: `${section.number} ${section.title}`.trim(), groups: around, items: own };
    for (const block of section.blocks) {
      for (const item of block.items ?? []) own.push(add(item, compiled, block, null, null, around));
      for (const part of block.parts ?? []) for (const item of part.items) own.push(add(item, compiled, block, part, null, around));
    }
    return compiled;
  });

  const dependents = new Map<Code, CompiledItem[]>();
  for (const item of items) {
    for (const code of item.condition?.refers ?? []) dependents.set(code, [...(dependents.get(code) ?? []), item]);
  }
  return Object.freeze({ definition, sections, items, byCode, childrenOf, dependents, itemsWhere: (test: (item: CompiledItem) => boolean) => items.filter(test) });
}

/** Every item of a definition with the group item and the repeated section around it. */
export function* walkItems(definition: FormDefinition): Generator<{ item: Item; section: Section; block: Block; part: Part | null; enclosing: GroupItem | null; path: string }> {
  for (const [s, section] of definition.sections.entries()) {
    for (const [b, block] of section.blocks.entries()) {
      const within = function* (items: readonly Item[], part: Part | null, enclosing: GroupItem | null, path: string): ReturnType<typeof walkItems> {
        for (const [n, item] of items.entries()) {
          const here = `${path}/${n}`;
          yield { item, section, block, part, enclosing, path: here };
          if (item.kind === 'group') yield* within(item.items, part, item, `${here}/items`);
        }
      };
      const at = `/sections/${s}/blocks/${b}`;
      yield* within(block.items ?? [], null, null, `${at}/items`);
      for (const [p, part] of (block.parts ?? []).entries()) yield* within(part.items, part, null, `${at}/parts/${p}/items`);
    }
  }
}

function columnOptionsOf(item: Item, optionMaps: ReadonlyMap<Code, ReadonlyMap<Code, Option>>): CompiledItem['columnOptions'] {
  const columns = item.kind === 'table' ? item.columns : [];
  return new Map(columns.flatMap(({ code, options }) => (options === undefined ? [] : [[code, optionMaps.get(options) ?? new Map<Code, Option>()] as const])));
}

/** The items that a sum is made of. */
export const sumSources = (terms: readonly SumTerm[]): Code[] => terms.map((term) => ('item' in term ? term.item : 'table' in term ? term.table : term.rowsOf));

/** Group → the group around it (by nesting or by the section's `perRowOf`), or null. */
export function groupsOf(definition: FormDefinition): Map<Code, Code | null> {
  const around = new Map<Code, Code | null>();
  for (const { item, section, enclosing } of walkItems(definition)) {
    if (item.kind === 'group') around.set(item.code, enclosing?.code ?? section.perRowOf ?? null);
  }
  return around;
}

/** The group and all around it, outermost first. */
export function chainOf(group: Code, places: ReadonlyMap<Code, Code | null>): Code[] {
  const chain: Code[] = [];
  for (let at: Code | null | undefined = group; at !== null; at = places.get(at)) {
    if (at === undefined || !places.has(at) || chain.includes(at)) throw new Error(`group ${group} is unknown or lies within itself`);
    chain.unshift(at);
  }
  return chain;
}

/** Item → groups around it, outermost first. */
export function groupsAround(definition: FormDefinition): Map<Code, readonly Code[]> {
  const places = groupsOf(definition);
  return new Map([...walkItems(definition)].map(({ item, section, enclosing }) => {
    const holder = enclosing?.code ?? section.perRowOf;
    return [item.code, holder === undefined ? [] : chainOf(holder, places)];
  }));
}

function meaningsOf(definition: FormDefinition, optionMaps: ReadonlyMap<Code, ReadonlyMap<Code, Option>>): Map<Code, Meaning> {
  const meanings = new Map<Code, Meaning>();
  for (const { item } of walkItems(definition)) {
    if (item.kind === 'group') meanings.set(item.code, { label: item.unit, group: true });
    else {
      const set = 'options' in item ? item.options : item.kind === 'computed' && 'options' in item.compute ? item.compute.options : undefined;
      const options = set === undefined ? undefined : optionMaps.get(set);
      meanings.set(item.code, options ? { label: item.label, options } : { label: item.label });
    }
  }
  return meanings;
}

/** `Ⅱ 3. ③使用目的`: number of the section, number of the block's heading, label with what it stands under. */
function nameOf(section: Section, block: Block, part: Part | null, item: Item): string {
  // リスク1：…: many parts have items of the same label; the mark before the colon tells them apart.
  const mark = /^([^：:\s]{1,8})[：:]/u.exec(part?.heading ?? '')?.[1] ?? '';
  const number = /^[0-9０-９]+(?:[-－][0-9０-９]+)?[.．]/u.exec(block.heading ?? '')?.[0].normalize('NFKC');
  const place = section.number !== '' ? section.number : (section.shortTitle ?? section.title);
  const label = item.under !== undefined && item.under !== item.label ? `${item.under} ${item.label}` : item.label;
  return [place, number ?? (block.shortHeading ?? ''), mark, label].filter((part) => part !== '').join(' ');
}

