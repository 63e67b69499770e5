/** もし申告を変えたら: the controls that can be tried, and what would become of the results. Pure. */
import type { SystemSheet, WhatIf } from '../../checks/system-check.service.js';
import type { CompiledItem } from '../../engine/form-index.js';
import type { AnswerValue, Code } from '../../engine/form.js';
import { RESULT_WORDS, type Result } from '../../engine/rule-set.js';
import type { Catalogue } from '../../systems/catalogue.js';
import { choiceOf, valueText } from '../../systems/register-values.js';
import { changeLines, countsShown } from '../declarations/change-lines.js';
import { typedAnswer } from '../fields/field-input.js';

/** In place of a value: as if nothing were declared. */
export const NOTHING = '-';
/** How a person writes that into the field of a number. */
const WITHOUT = /^(?:[-－−‐ー]|なし|申告なし)$/u;

/** Values to try by control, as the address of the page has them; blank ones are left as they are. */
export function triedIn(query: Readonly<Record<string, unknown>>, controls: readonly CompiledItem[]): Map<Code, string> {
  return new Map(controls.flatMap(({ code }) => {
    const value = query[code];
    if (typeof value !== 'string' || value.trim() === '') return [];
    return [[code, WITHOUT.test(value.trim()) ? NOTHING : value.trim().slice(0, 200)] as const];
  }));
}

/** What `SystemCheck.whatIf` takes. */
export function declaredOf(tried: ReadonlyMap<Code, string>, catalogue: Catalogue): Record<Code, unknown> {
  return Object.fromEntries([...tried].map(([code, value]) => {
    const { item } = catalogue.controls.byCode.get(code)!;
    return [code, value === NOTHING ? null : typedAnswer(item, item.kind === 'choice' ? { choice: value } : { value })];
  }));
}

interface Looking { failing: number; unknown: number }

/** Controls at which rules look that are not met or unknown. */
function lookedAt({ ruleSets }: SystemSheet, catalogue: Catalogue): Map<Code, Looking> {
  const looked = new Map<Code, Looking>();
  for (const { result, explanation } of ruleSets.flatMap((one) => one.rules)) {
    if (result !== 'not-met' && result !== 'unknown') continue;
    for (const { code } of explanation.seen) {
      if (!catalogue.controls.byCode.has(code)) continue;
      const one = looked.get(code) ?? { failing: 0, unknown: 0 };
      looked.set(code, result === 'not-met' ? { ...one, failing: one.failing + 1 } : { ...one, unknown: one.unknown + 1 });
    }
  }
  return looked;
}

export interface TryAround {
  catalogue: Catalogue;
  tried: ReadonlyMap<Code, string>;
  /** ISO day. */
  today: string;
  mayDeclare: boolean;
  /** Null while nothing was tried, or what was tried does not fit. */
  result: WhatIf | null;
}

export function whatIfView(sheet: SystemSheet, { catalogue, tried, today, mayDeclare, result }: TryAround): object {
  const looked = lookedAt(sheet, catalogue);
  const living = catalogue.livingControls(today).filter(({ item }) => item.kind === 'choice' || item.kind === 'number' || item.kind === 'date' || item.kind === 'text');
  const partOf = (fits: (looking: Looking | undefined) => boolean): object[] => catalogue.controls.sections.flatMap(({ code, section }) => {
    const here = living.filter((one) => one.section.code === code && fits(looked.get(one.code)));
    return here.length === 0 ? [] : [{
      title: `${section.number} ${section.title}`, count: here.length, open: here.some((one) => tried.has(one.code)),
      rows: here.map((one) => rowOf(one, sheet.facts.values[one.code], tried.get(one.code) ?? '', looked.get(one.code))),
    }];
  });
  return {
    system: { id: sheet.system.id, name: sheet.system.name }, mayDeclare, result: result === null ? null : resultView(result),
    failing: partOf((one) => one !== undefined && one.failing > 0), unknown: partOf((one) => one !== undefined && one.failing === 0), others: partOf((one) => one === undefined),
    tried: [...tried].map(([code, value]) => {
      const control = catalogue.controls.byCode.get(code)!;
      return { label: control.item.label, from: wordsOf(control, sheet.facts.values[code]), to: triedWords(control, value), href: `/systems/${sheet.system.id}/controls/${code}` };
    }),
  };
}

function rowOf(control: CompiledItem, value: AnswerValue | undefined, tried: string, looking: Looking | undefined): object {
  const { code, item, options } = control;
  const current = choiceOf(value);
  return {
    code, label: item.label, choice: item.kind === 'choice', unit: item.kind === 'number' ? (item.unit ?? '') : '', current: wordsOf(control, value), declared: value !== undefined, tried, nothing: NOTHING, nothingTried: tried === NOTHING,
    options: [...(options?.values() ?? [])].filter((one) => one.code !== current).map((one) => ({ code: one.code, label: one.label, chosen: tried === one.code })),
    looking: looking === undefined ? '' : [looking.failing > 0 ? `× ${looking.failing}` : '', looking.unknown > 0 ? `？ ${looking.unknown}` : ''].filter((one) => one !== '').join('　'),
  };
}

function wordsOf(control: CompiledItem, value: AnswerValue | undefined): string {
  return valueText(control, value) || '申告なし';
}

function triedWords(control: CompiledItem, value: string): string {
  if (value === NOTHING) return '申告なし';
  return control.options?.get(value)?.label ?? `${value}${control.item.kind === 'number' ? (control.item.unit ?? '') : ''}`;
}

const COUNTED: readonly Result[] = ['not-met', 'unknown', 'met', 'not-applicable'];

function resultView({ before, after, changes, definitions }: WhatIf): object {
  const [was, is] = [countsShown(before), countsShown(after)];
  return {
    counts: COUNTED.map((tone, n) => ({ ...RESULT_WORDS[tone], tone, before: was[n]!.count, after: is[n]!.count, difference: differenceOf(after[tone] - before[tone]) })),
    lines: changeLines(changes, definitions, () => ''),
  };
}

function differenceOf(by: number): string {
  return by === 0 ? '変わらない' : by > 0 ? `＋${by}` : `－${-by}`;
}
