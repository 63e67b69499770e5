/**
 * Building a questionnaire question by question: pure functions from a draft to the next. What is given a code keeps it, and a
 * code is never used again: it carries `mark`, the version that the questionnaire has once the change is saved.
 */
import { conditionRefers } from '../engine/conditions.js';
import { sumSources, walkItems } from '../engine/form-index.js';
import type { Block, Code, Condition, FormDefinition, GroupItem, Item, Option, Section, SumTerm, TableItem } from '../engine/form.js';
import { Invalid, NotFound, Refused } from '../kernel/errors.js';
import type { QuestionnaireDraft, QuestionKind } from './questionnaire-content.js';
import { itemOf, type QuestionText } from './question-text.js';

export type Step = -1 | 1;

/** A definition with one section and nothing in it. @param today ISO day */
export function blankDraft(title: string, today: string): QuestionnaireDraft {
  const definition: FormDefinition = { form: 'questionnaire', version: today, title, shortTitle: title, validity: { from: today }, optionSets: {}, sections: [newSection('s-1', '質問')] };
  return { definition, prefilling: {} };
}

const newSection = (code: Code, title: string): Section => ({ code, number: '', title, blocks: [{ code: `${code}-items`, items: [] }] });

export function addSection(draft: QuestionnaireDraft, title: string, mark: number): QuestionnaireDraft {
  const taken = new Set(draft.definition.sections.flatMap((one) => [one.code, ...one.blocks.map((block) => block.code)]));
  return withSections(draft, [...draft.definition.sections, newSection(freshCode(taken, 's', mark), mustTitle(title))]);
}

export function changeSection(draft: QuestionnaireDraft, code: Code, text: { title: string; note: string }): QuestionnaireDraft {
  sectionAt(draft, code);
  const { title, note } = { title: mustTitle(text.title), note: text.note.trim() };
  if (note.length > 2_000) throw new Invalid('section-invalid', '入力を確かめてください。', [{ code: 'field-invalid', path: 'note', message: '章の説明は2,000字までにしてください。' }]);
  return withSections(draft, draft.definition.sections.map((one) => {
    if (one.code !== code) return one;
    const { note: _, ...rest } = one;
    return { ...rest, title, ...(note === '' ? {} : { note }) };
  }));
}

/** At the end nothing moves. */
export function moveSection(draft: QuestionnaireDraft, code: Code, by: Step): QuestionnaireDraft {
  return withSections(draft, moved(draft.definition.sections, sectionAt(draft, code), by));
}

/** Throws `Refused` for the only section, and for one whose questions decide about others outside it. */
export function removeSection(draft: QuestionnaireDraft, code: Code): QuestionnaireDraft {
  const at = sectionAt(draft, code);
  if (draft.definition.sections.length === 1) throw new Refused('last-section', '章は1つは要ります。名前を変えるか、先にほかの章を加えてください。');
  const inside = new Set([...walkItems(draft.definition)].filter(({ section }) => section === draft.definition.sections[at]).map(({ item }) => item.code));
  for (const item of inside) mustNotDecide(draft, item, inside);
  return tidy(withSections(draft, draft.definition.sections.filter((one) => one.code !== code)));
}

/** Puts a question at the end of a section, or of the rows of a group in it. Returns its code with the draft. */
export function addQuestion(draft: QuestionnaireDraft, section: Code, kind: QuestionKind, text: QuestionText, mark: number, group: Code | null = null): { draft: QuestionnaireDraft; code: Code } {
  const at = sectionAt(draft, section);
  const code = freshCode(new Set([...walkItems(draft.definition)].map(({ item }) => item.code)), 'q', mark);
  const last = draft.definition.sections[at]!.blocks.length - 1;
  const blank: Item = { code, kind: 'fixed', label: '', text: '', need: 'optional' };
  if (group !== null) {
    mustBeRows(draft, group);
    return { draft: changeQuestion(mapLists(draft, (items, holder) => (holder === group ? [...items, blank] : items)), code, kind, text, mark), code };
  }
  const empty = mapBlocks(draft, (block, place) => (place.section === at && place.block === last ? { ...block, items: [...(block.items ?? []), blank] } : block));
  return { draft: changeQuestion(empty, code, kind, text, mark), code };
}

/** Everything about one question at once. Throws `Invalid`, `NotFound`, `Refused` (an option, a column or a kind on which others depend). */
export function changeQuestion(draft: QuestionnaireDraft, code: Code, kind: QuestionKind, text: QuestionText, mark: number): QuestionnaireDraft {
  const before = question(draft, code);
  const { item, options } = itemOf(draft.definition, before, kind, text, mark);
  if (before.kind !== item.kind && before.kind !== 'fixed') mustNotDecide(draft, code, new Set(before.kind === 'group' ? before.items.map((one) => one.code) : []));
  if (options !== null) mustKeepOptions(draft, code, options);
  if (item.kind === 'table') mustKeepColumns(draft, code, item);
  const definition = mapLists(draft, (items) => items.map((one) => (one.code === code ? item : one))).definition;
  const optionSets = options === null || !('options' in item) ? definition.optionSets : { ...definition.optionSets, [item.options]: options };
  const { [code]: _, ...others } = draft.prefilling;
  return tidy({ definition: { ...definition, optionSets }, prefilling: text.prefilling === null ? others : { ...others, [code]: text.prefilling } });
}

/** One place up or down, over the border of sections; a question of a row stays in its row. At the end nothing moves. */
export function moveQuestion(draft: QuestionnaireDraft, code: Code, by: Step): QuestionnaireDraft {
  const item = question(draft, code);
  if (holderOf(draft, code) !== null) return tidy(mapLists(draft, (items) => (items.includes(item) ? moved(items, items.indexOf(item), by) : items)));
  const lists = draft.definition.sections.flatMap((section, s) => section.blocks.map((block, b) => ({ s, b, items: block.items ?? [] })));
  const list = lists.findIndex(({ items }) => items.some((one) => one.code === code));
  const at = lists[list]!.items.findIndex((one) => one.code === code);
  const within = at + by >= 0 && at + by < lists[list]!.items.length;
  const next = within ? list : list + by;
  if (lists[next] === undefined) return draft;
  return mapBlocks(draft, (block, { section, block: number }) => {
    const here = lists.findIndex(({ s, b }) => s === section && b === number);
    if (within) return here === list ? { ...block, items: moved(block.items ?? [], at, by) } : block;
    if (here === list) return { ...block, items: (block.items ?? []).filter((one) => one.code !== code) };
    return here === next ? { ...block, items: by > 0 ? [item, ...(block.items ?? [])] : [...(block.items ?? []), item] } : block;
  });
}

/** Throws `Refused` while another question is shown by its answer or adds it, and for the only question of a row. */
export function removeQuestion(draft: QuestionnaireDraft, code: Code): QuestionnaireDraft {
  const item = question(draft, code);
  mustNotDecide(draft, code, new Set(item.kind === 'group' ? item.items.map((one) => one.code) : []));
  const holder = holderOf(draft, code);
  if (holder !== null && holder.items.every((one) => one.code === code || one.kind === 'fixed' || one.kind === 'computed')) throw new Refused('last-in-row', `「${holder.label}」の行に書く問いは、1つは要ります。先にほかの問いを加えるか、「${holder.label}」ごと消してください。`);
  return tidy(mapLists(draft, (items) => items.filter((one) => one.code !== code)));
}

/**
 * Questions that may decide whether this one is shown: those before it that are answered by choosing, or at all; within a row also
 * those before it in the row. @param group rows in which a new question (null) will stand
 */
export function deciders(definition: FormDefinition, code: Code | null, group: Code | null = null): Item[] {
  const all = [...walkItems(definition)];
  const own = code === null ? group : (all.find(({ item }) => item.code === code)?.enclosing?.code ?? null);
  const end = code !== null ? all.findIndex(({ item }) => item.code === code) : group === null ? all.length : all.findLastIndex(({ item, enclosing }) => item.code === group || enclosing?.code === group) + 1;
  return all.slice(0, Math.max(0, end)).filter(({ item, enclosing }) => item.kind !== 'fixed' && item.kind !== 'group' && item.kind !== 'computed' && (enclosing === null || enclosing.code === own)).map(({ item }) => item);
}

export interface SumChoice { term: SumTerm; label: string }

/** What a sum may add: numbers, columns of numbers, counted rows; from within a row, of the row only. @param of the sum itself, null for a new one */
export function sumChoices(definition: FormDefinition, of: Code | null, group: Code | null = null): SumChoice[] {
  const all = [...walkItems(definition)];
  const own = of === null ? group : (all.find(({ item }) => item.code === of)?.enclosing?.code ?? null);
  return all.filter(({ item, enclosing }) => item.code !== of && (own === null || enclosing?.code === own)).flatMap(({ item, enclosing }): SumChoice[] => {
    const label = enclosing === null || own !== null ? `「${item.label}」` : `「${enclosing.label}」の各行の「${item.label}」`;
    switch (item.kind) {
      case 'number': return [{ term: { item: item.code }, label }];
      case 'computed': return enclosing === null || own !== null ? [] : [{ term: { item: item.code }, label }];
      case 'table': return [...item.columns.filter((one) => one.kind === 'number').map((one) => ({ term: { table: item.code, column: one.code }, label: `${label}の列「${one.label}」` })), { term: { rowsOf: item.code }, label: `${label}の行の数` }];
      case 'group': return [{ term: { rowsOf: item.code }, label: `${label}の${item.unit}の数` }];
      case 'record-list': case 'text-list': return [{ term: { rowsOf: item.code }, label: `${label}に書かれた数` }];
      default: return [];
    }
  });
}

/** The condition that a question is (or includes) an option, or is answered at all where `option` is blank. */
export function shownWhen(decider: Item, option: Code): Condition {
  if (option === '') return { item: decider.code, answered: true };
  return decider.kind === 'checks' ? { item: decider.code, includes: option } : { item: decider.code, is: option };
}

/** A code that nothing has yet. */
function freshCode(taken: ReadonlySet<Code>, letter: string, mark: number): Code {
  let code = `${letter}-${mark}`;
  for (let n = 2; taken.has(code); n += 1) code = `${letter}-${mark}-${n}`;
  return code;
}

function mustTitle(text: string): string {
  const title = text.trim();
  if (title !== '' && title.length <= 200) return title;
  throw new Invalid('section-invalid', '入力を確かめてください。', [{ code: 'field-invalid', path: 'title', message: '章の名前を1～200字で入れてください。' }]);
}

function sectionAt({ definition }: QuestionnaireDraft, code: Code): number {
  const at = definition.sections.findIndex((one) => one.code === code);
  if (at < 0) throw new NotFound('section-gone', 'この章は、もうありません。調査票を開き直してください。');
  return at;
}

export function question({ definition }: Pick<QuestionnaireDraft, 'definition'>, code: Code): Item {
  for (const { item } of walkItems(definition)) if (item.code === code) return item;
  throw new NotFound('question-gone', 'この問いは、もうありません。調査票を開き直してください。');
}

/** The rows in which a question stands; null at the root. */
export function holderOf({ definition }: Pick<QuestionnaireDraft, 'definition'>, code: Code): GroupItem | null {
  return [...walkItems(definition)].find(({ item }) => item.code === code)?.enclosing ?? null;
}

function mustBeRows(draft: QuestionnaireDraft, group: Code): void {
  if (question(draft, group).kind !== 'group') throw new NotFound('question-gone', 'この繰り返しの行は、もうありません。調査票を開き直してください。');
}

/** @param except questions that go with it */
function mustNotDecide({ definition }: QuestionnaireDraft, code: Code, except: ReadonlySet<Code>): void {
  const others = [...walkItems(definition)].filter(({ item }) => item.code !== code && !except.has(item.code));
  const going = new Set([code, ...except]);
  const shown = others.find(({ item }) => item.when !== undefined && conditionRefers(item.when).some((one) => going.has(one)));
  const { label } = question({ definition }, code);
  if (shown !== undefined) throw new Refused('question-decides', `「${label}」の回答で「${shown.item.label}」を出すかどうかが決まります。先に「${shown.item.label}」の条件を外してください。`);
  const sum = others.find(({ item }) => item.kind === 'computed' && item.compute.rule === 'sum-of' && sumSources(item.compute.of).some((one) => going.has(one)));
  if (sum !== undefined) throw new Refused('question-summed', `「${label}」は「${sum.item.label}」で足しています。先に「${sum.item.label}」の足すものから外してください。`);
}

/** A column that a sum adds stays. */
function mustKeepColumns({ definition }: QuestionnaireDraft, code: Code, { columns }: TableItem): void {
  for (const { item } of walkItems(definition)) {
    if (item.kind !== 'computed' || item.compute.rule !== 'sum-of') continue;
    const gone = item.compute.of.find((term) => 'column' in term && term.table === code && !columns.some((one) => one.code === term.column && one.kind === 'number'));
    if (gone !== undefined) throw new Refused('column-summed', `「${item.label}」で足している列は、消したり、数でなくしたりできません。先に「${item.label}」の足すものから外してください。`);
  }
}

/** An option by which another question is shown stays. */
function mustKeepOptions(draft: QuestionnaireDraft, code: Code, options: readonly Option[]): void {
  const kept = new Set(options.map((one) => one.code));
  const before = question(draft, code);
  const gone = 'options' in before ? (draft.definition.optionSets[before.options] ?? []).filter((one) => !kept.has(one.code)) : [];
  for (const { item } of walkItems(draft.definition)) {
    if (item.when === undefined || !conditionRefers(item.when).includes(code)) continue;
    const said = JSON.stringify(item.when);
    const option = gone.find((one) => said.includes(JSON.stringify(one.code)));
    if (option !== undefined) throw new Refused('option-decides', `選択肢「${option.label}」で「${item.label}」を出すかどうかが決まります。先に「${item.label}」の条件を外してください。`);
  }
}

function moved<T>(list: readonly T[], at: number, by: Step): T[] {
  const to = at + by;
  if (to < 0 || to >= list.length) return [...list];
  const next = [...list];
  [next[at], next[to]] = [next[to]!, next[at]!];
  return next;
}

function withSections(draft: QuestionnaireDraft, sections: Section[]): QuestionnaireDraft {
  return { ...draft, definition: { ...draft.definition, sections } };
}

function mapBlocks(draft: QuestionnaireDraft, change: (block: Block, place: { section: number; block: number }) => Block): QuestionnaireDraft {
  return withSections(draft, draft.definition.sections.map((section, s) => ({ ...section, blocks: section.blocks.map((block, b) => change(block, { section: s, block: b })) })));
}

/** Every list of questions: of the blocks (`holder` null) and of the rows of each group. */
function mapLists(draft: QuestionnaireDraft, change: (items: readonly Item[], holder: Code | null) => readonly Item[]): QuestionnaireDraft {
  const within = (items: readonly Item[], holder: Code | null): Item[] => change(items, holder).map((one) => (one.kind === 'group' ? { ...one, items: within(one.items, one.code) } : one));
  return mapBlocks(draft, (block) => ({ ...block, items: within(block.items ?? [], null) }));
}

/** Rows are called by their first short text. */
function named(group: GroupItem): GroupItem {
  const { nameItem: _, ...rest } = group;
  const name = group.items.find((one) => one.kind === 'text');
  return name === undefined ? rest : { ...rest, nameItem: name.code };
}

/** Without option sets that nothing uses, and without prefilling of questions that are gone. */
function tidy(draft: QuestionnaireDraft): QuestionnaireDraft {
  const { definition, prefilling } = mapLists(draft, (list) => list.map((one) => (one.kind === 'group' ? named(one) : one)));
  const items = [...walkItems(definition)].map(({ item }) => item);
  const used = new Set(items.flatMap((item) => ('options' in item ? [item.options] : item.kind === 'table' ? item.columns.flatMap((column) => column.options ?? []) : [])));
  const codes = new Set(items.map((item) => item.code));
  return {
    definition: { ...definition, optionSets: Object.fromEntries(Object.entries(definition.optionSets).filter(([set]) => used.has(set))) },
    prefilling: Object.fromEntries(Object.entries(prefilling).filter(([code]) => codes.has(code))),
  };
}
