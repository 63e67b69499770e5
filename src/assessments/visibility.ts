import { sumSources, type CompiledForm, type CompiledItem } from '../engine/form-index.js';
import { addressOf, type Address, type Code, type Row } from '../engine/form.js';
import type { Reading } from '../engine/reading.js';

/** What a change of one item or group can show or hide, and what must be read to know it. */
export interface Impact {
  /** Items whose being shown can change, in printed order. */
  affected: readonly CompiledItem[];
  /** Items whose answers decide that, and the affected themselves. */
  reads: ReadonlySet<Code>;
}

const known = new WeakMap<CompiledForm, { needs: Map<Code, ReadonlySet<Code>>; impacts: Map<Code, Impact> }>();

function knowledgeOf(form: CompiledForm): { needs: Map<Code, ReadonlySet<Code>>; impacts: Map<Code, Impact> } {
  let found = known.get(form);
  if (found === undefined) {
    const needs = new Map(form.items.map((item) => [item.code, needsOf(form, item)] as const));
    known.set(form, (found = { needs, impacts: new Map() }));
  }
  return found;
}

/** Items and groups on which it depends, however far, whether an item is shown. Empty: it always is. */
export function visibilityNeeds(form: CompiledForm, code: Code): ReadonlySet<Code> {
  return knowledgeOf(form).needs.get(code) ?? new Set();
}

export function impactOf(form: CompiledForm, code: Code): Impact {
  const { needs, impacts } = knowledgeOf(form);
  let impact = impacts.get(code);
  if (impact === undefined) {
    const affected = form.items.filter((item) => item.code !== code && needs.get(item.code)!.has(code));
    const reads = new Set(affected.flatMap((item) => [item.code, ...needs.get(item.code)!]));
    impacts.set(code, (impact = { affected, reads }));
  }
  return impact;
}

function needsOf(form: CompiledForm, item: CompiledItem): ReadonlySet<Code> {
  const needs = new Set<Code>();
  const seen = new Set<Code>();
  const shownBy = (one: CompiledItem): void => {
    if (seen.has(one.code)) return;
    seen.add(one.code);
    const around = one.groups.at(-1);
    if (around !== undefined) shownBy(form.byCode.get(around)!);
    for (const code of one.condition?.refers ?? []) reads(code);
  };
  const reads = (code: Code): void => {
    const one = form.byCode.get(code);
    if (one === undefined || needs.has(code)) return;
    needs.add(code);
    shownBy(one);
    for (const source of sourcesOf(form, one)) reads(source);
  };
  shownBy(item);
  return needs;
}

/** What the value of a computed item is made of. */
function sourcesOf(form: CompiledForm, { item }: CompiledItem): Code[] {
  if (item.kind !== 'computed') return [];
  const rule = item.compute;
  switch (rule.rule) {
    case 'threshold-result': return Object.values(rule.inputs);
    case 'copy-of': return [rule.item];
    case 'copy-by-choice': return [rule.by, ...Object.values(rule.items)];
    case 'sum-of': return sumSources(rule.of);
    case 'names-of': {
      const group = form.byCode.get(rule.group)?.item;
      return [rule.group, ...(group?.kind === 'group' && group.nameItem !== undefined ? [group.nameItem] : [])];
    }
  }
}

/** Addresses of all instances of these items over the rows at hand. */
export function addressesOf(form: CompiledForm, codes: Iterable<Code>, rows: readonly Row[]): Address[] {
  return [...codes].flatMap((code) => {
    const item = form.byCode.get(code);
    if (item === undefined || item.item.kind === 'group' || item.item.kind === 'fixed' || item.item.kind === 'computed') return [];
    const group = item.groups.at(-1);
    return group === undefined ? [code] : rows.filter((row) => row.group === group).map((row) => addressOf(code, row.id));
  });
}

/** Answers of the affected items that were shown before and are hidden after, in printed order. */
export function newlyHidden(impact: Impact, then: Reading, now: Reading): Address[] {
  return impact.affected.flatMap((item) => {
    const group = item.groups.at(-1);
    const rows = group === undefined ? [null] : now.rowsSeenFrom(group, null);
    return rows.filter((row) => {
      if (now.raw(addressOf(item.code, row?.id ?? null)) === undefined || now.visible(item, row) !== 'no') return false;
      const was = row === null ? null : then.row(row.id);
      return was !== undefined && then.visible(item, was) !== 'no';
    }).map((row) => addressOf(item.code, row?.id ?? null));
  });
}
