/** How far a document is, per section (and row for which it is repeated) and per block. */
import type { CompiledForm, CompiledSection } from './form-index.js';
import type { AnswerSet, Block } from './form.js';
import { rowTitle } from './places.js';
import { read, type Instance, type PlacedRow, type Reading } from './reading.js';
import { instanceProblems, rowsNeeded, rowsOfGroup } from './readiness.js';

export interface Tally {
  /** Required items that are answered, of those asked now. */
  answered: number;
  asked: number;
  /** Asked and blank. */
  missing: number;
  /** All problems of readiness, the missing ones among them. */
  problems: number;
}

export interface BlockProgress extends Tally { block: Block }
export interface SectionProgress extends Tally {
  section: CompiledSection;
  /** The row for which the section is repeated; null for one that stands once. */
  row: PlacedRow | null;
  rowTitle: string | null;
  blocks: BlockProgress[];
}
export interface Progress extends Tally { sections: SectionProgress[] }

export function progress(form: CompiledForm, answers: AnswerSet | Reading): Progress {
  const reading = read(form, answers);
  const sections = form.sections.flatMap((section) => reading.rowsOfSection(section.groups).map((row): SectionProgress => ({
    section, row, rowTitle: row ? rowTitle(reading, row) : null, ...zero(), blocks: section.section.blocks.map((block) => ({ block, ...zero() })),
  })));
  const bySectionAndRow = new Map(sections.map((one) => [keyOf(one.section, one.row), one]));
  const total = zero();
  for (const instance of reading.instances) {
    const tally = tallyOf(reading, instance);
    const section = bySectionAndRow.get(keyOf(instance.item.section, sectionRow(instance)))!;
    const block = section.blocks.find((one) => one.block === instance.item.block)!;
    for (const target of [total, section, block]) addTo(target, tally);
  }
  return { ...total, sections };
}

function tallyOf(reading: Reading, instance: Instance): Tally {
  const { item, row, address } = instance;
  const found = instanceProblems(reading, instance);
  const kind = item.item.kind;
  const group = item.item.kind === 'group' ? item.item : null;
  const needed = group ? rowsNeeded(group) > 0 : kind !== 'fixed' && kind !== 'computed' && item.item.need === 'required';
  const counted = needed && reading.visible(item, row) === 'yes';
  const there = group ? rowsOfGroup(reading, instance).length >= rowsNeeded(group) : reading.answer(address) !== undefined;
  return { asked: counted ? 1 : 0, answered: counted && there ? 1 : 0, missing: counted && !there ? 1 : 0, problems: found.length };
}

/** The row of the repeated section around an instance. */
export function sectionRow({ item, row }: Pick<Instance, 'item' | 'row'>): PlacedRow | null {
  const group = item.section.groups.at(-1);
  for (let at = row; at; at = at.around) if (at.group === group) return at;
  return null;
}

function keyOf(section: CompiledSection, row: PlacedRow | null): string {
  return `${section.code}@${row?.id ?? ''}`;
}

function zero(): Tally {
  return { answered: 0, asked: 0, missing: 0, problems: 0 };
}

function addTo(target: Tally, tally: Tally): void {
  target.answered += tally.answered;
  target.asked += tally.asked;
  target.missing += tally.missing;
  target.problems += tally.problems;
}
