/** What may fill a question before anybody answers: items of the register and declared controls. Pure. */
import type { CompiledItem } from '../engine/form-index.js';
import type { FormDefinition, Item, ItemKind, NumberItem } from '../engine/form.js';
import type { Catalogue } from '../systems/catalogue.js';
import type { Prefilling, Questionnaire } from './questionnaire.entity.js';

type Sources = Pick<Catalogue, 'register' | 'controls'>;

const WORDS: ReadonlySet<ItemKind> = new Set<ItemKind>(['text', 'long-text', 'date-text']);
/** What can be told in words. */
const TOLD: ReadonlySet<ItemKind> = new Set<ItemKind>(['text', 'long-text', 'date-text', 'number', 'date', 'choice', 'checks']);

/** What the register counts over all that use a system, and each use says by itself. */
const BY_USE: ReadonlySet<string> = new Set<NonNullable<NumberItem['counted']>>(['using-sections', 'using-terminals']);
export const countedByUse = ({ item }: Pick<CompiledItem, 'item'>): boolean => item.kind === 'number' && item.counted !== undefined && BY_USE.has(item.counted);

export function sourceOf({ from, code }: Prefilling, { register, controls }: Sources): CompiledItem | undefined {
  return (from === 'register' ? register : controls).byCode.get(code);
}

/** Why this source cannot fill this question; null when it can. Texts take anything in words, other kinds the same kind with the same options. */
export function prefillingFault(item: Item, { optionSets }: Pick<FormDefinition, 'optionSets'>, source: Prefilling, per: Questionnaire['per'], catalogue: Sources): string | null {
  if (per !== 'department-system') return '台帳や申告から入れられるのは、システムごとに回答する調査票だけです。';
  const given = sourceOf(source, catalogue);
  if (given === undefined) return `「${source.code}」は${source.from === 'register' ? '台帳の項目' : '統制の目録'}にありません。`;
  if (source.of === 'department' && !countedByUse(given)) return `「${given.item.label}」は部署ごとには数えられていません。システム全体の数を選んでください。`;
  if (WORDS.has(item.kind)) return TOLD.has(given.item.kind) ? null : `「${given.item.label}」は文にできないため、この問いに入れられません。`;
  if (item.kind !== given.item.kind) return `「${item.label}」と「${given.item.label}」は、答え方の種類が違います。`;
  if (item.kind !== 'choice' && item.kind !== 'checks') return null;
  const known = new Set((optionSets[item.options] ?? []).map((one) => one.code));
  const missing = [...(given.options?.values() ?? [])].filter((one) => !known.has(one.code));
  return missing.length === 0 ? null : `「${item.label}」の選択肢に「${missing[0]!.label}」（${given.item.label}）がありません。選択肢を台帳に合わせてください。`;
}

export interface PrefillingChoice extends Prefilling {
  label: string;
  /** Section of the catalogue. */
  group: string;
  /** Its options, where the question would have to have the same. */
  options: { code: string; label: string }[];
}

/** Sources for a question of this kind, in the order of the catalogues; for choices also those whose options it has not. */
export function prefillingChoices(kind: ItemKind, { register, controls }: Sources, today: string): PrefillingChoice[] {
  const all = [...register.items.map((one) => ({ one, from: 'register' as const })), ...controls.items.filter(({ item }) => item.retired === undefined || item.retired.since > today).map((one) => ({ one, from: 'control' as const }))];
  return all.filter(({ one }) => (WORDS.has(kind) ? TOLD.has(one.item.kind) : one.item.kind === kind)).flatMap(({ one, from }) => (from === 'register' && countedByUse(one) ? [{ one, from, of: 'department' as const }, { one, from }] : [{ one, from }])).map(({ one, from, ...more }) => ({
    from, code: one.code, ...more, label: 'of' in more ? `${one.item.label}（回答する部署の分）` : countedByUse(one) ? `${one.item.label}（システム全体）` : one.item.label, group: `${from === 'register' ? '台帳' : '統制の申告'}　${one.section.section.title}`,
    options: [...(one.options?.values() ?? [])].map(({ code, label }) => ({ code, label })),
  }));
}
