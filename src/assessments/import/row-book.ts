import { addressOf, type Address, type Code, type Row } from '../../engine/form.js';
import type { Entry, FormIndex } from './anchors.js';

interface KnownRow { row: Row; printed: number | null; line: number }

/** Rows of repeated groups as the source brings them, and which of them is being read. */
export class RowBook {
  readonly known: KnownRow[] = [];
  private readonly current = new Map<Code, string>();
  private readonly seen = new Set<string>();
  private readonly visited = new Set<number>();

  constructor(private readonly index: FormIndex, private readonly newId: (group: Code, count: number) => string) {}

  rows(): Row[] {
    return this.known.map(({ row }) => row);
  }

  addressFor(entry: Entry): { address: Address; row: string | null } {
    let row: string | null = null;
    for (const group of entry.groups) row = this.ensure(group);
    if (row !== null) this.seen.add(`${entry.section}@${this.current.get(entry.groups[0]!)!}`);
    return { address: addressOf(entry.item.code, row), row };
  }

  /** The header `委託事項3` was read. */
  open(group: Code, printed: number, line: number): void {
    const parent = this.parentOf(group);
    const same = this.known.find(({ row, printed: number }) => row.group === group && row.parent === parent && number === printed);
    if (same) this.select(group, same.row.id);
    else this.create(group, parent, printed, line);
  }

  /** A section heading was read. */
  enterSection(section: number): void {
    const { perRowOf, blocks } = this.index.form.sections[section]!;
    const again = this.visited.has(section);
    this.visited.add(section);
    if (!perRowOf) return;
    if (!again) this.select(perRowOf, this.of(perRowOf)[0] ?? this.create(perRowOf, null, null, 0));
    else if (!blocks.some((block) => block.heading) && this.seen.has(`${section}@${this.current.get(perRowOf)}`)) this.next(perRowOf);
  }

  /** The first heading of a section that repeats per row was read: again means the next row. */
  enterFirstBlock(section: number): void {
    const { perRowOf } = this.index.form.sections[section]!;
    if (!perRowOf) return;
    if (!this.visited.has(section)) this.enterSection(section);
    else if (this.seen.has(`${section}@${this.ensure(perRowOf)}`)) this.next(perRowOf);
  }

  /** The n-th row (from 0) of a root group, made when missing. */
  nth(group: Code, n: number): string {
    while (this.of(group).length <= n) this.create(group, null, null, 0);
    return this.of(group)[n]!;
  }

  private of(group: Code): string[] {
    return this.known.filter(({ row }) => row.group === group).map(({ row }) => row.id);
  }

  private next(group: Code): void {
    const ids = this.of(group);
    const at = ids.indexOf(this.current.get(group) ?? '');
    this.select(group, ids[at + 1] ?? this.create(group, null, null, 0));
  }

  private ensure(group: Code): string {
    return this.current.get(group) ?? this.create(group, this.parentOf(group), null, 0);
  }

  private parentOf(group: Code): string | null {
    const outer = this.index.groups.get(group)?.entry.groups.at(-1);
    return outer === undefined ? null : this.ensure(outer);
  }

  private create(group: Code, parent: string | null, printed: number | null, line: number): string {
    const position = this.known.filter(({ row }) => row.group === group && row.parent === parent).length + 1;
    const id = this.newId(group, this.of(group).length + 1);
    this.known.push({ row: { id, group, parent, position }, printed, line });
    this.select(group, id);
    return id;
  }

  private select(group: Code, id: string): void {
    if (this.current.get(group) === id) return;
    this.current.set(group, id);
    for (const [inner, { entry }] of this.index.groups) if (entry.groups.includes(group)) this.current.delete(inner);
  }
}
