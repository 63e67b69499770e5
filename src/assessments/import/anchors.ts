import type { Code, FormDefinition, GroupItem, Item } from '../../engine/form.js';
import { fold, numberingOf, type Numbering } from './folding.js';

/** An item with its place in the printed order and the groups around it (outermost first). */
export interface Entry {
  item: Item;
  order: number;
  section: number;
  block: number;
  /** -1 outside of parts. */
  part: number;
  groups: Code[];
  /** Headings over it, for people. */
  path: string;
}

/** A printed label or heading by which a place in the form is recognised. */
export interface Anchor {
  kind: 'section' | 'block' | 'part' | 'under' | 'item';
  order: number;
  section: number;
  block: number;
  part: number;
  numbering: Numbering;
  body: string;
  /** Item of the anchor; for headings the first item below, if any. */
  entry: Entry | undefined;
  text: string;
}

export class FormIndex {
  readonly entries: Entry[] = [];
  readonly anchors: Anchor[] = [];
  readonly groups = new Map<Code, { item: GroupItem; entry: Entry }>();
  readonly byCode = new Map<Code, Entry>();
  /** Folded notes of headings. */
  readonly notes = new Set<string>();
  private readonly exact = new Map<string, Anchor[]>();
  private readonly heads = new Map<string, Anchor[]>();
  private order = 0;

  constructor(readonly form: FormDefinition) {
    form.sections.forEach((section, s) => {
      const name = section.number ? `${section.number} ${section.title}` : section.title;
      const outer = section.perRowOf ? [section.perRowOf] : [];
      this.note(section.note);
      this.heading('section', name, s, -1, -1);
      section.blocks.forEach((block, b) => {
        this.note(block.note);
        if (block.heading) this.heading('block', block.heading, s, b, -1);
        const path = [name, block.heading].filter((part) => part).join(' ＞ ');
        for (const item of block.items ?? []) this.item(item, s, b, -1, outer, path);
        (block.parts ?? []).forEach((part, p) => {
          this.heading('part', part.heading, s, b, p);
          for (const item of part.items) this.item(item, s, b, p, outer, `${path} ＞ ${part.heading}`);
        });
      });
    });
    for (const anchor of this.anchors) {
      if (anchor.kind === 'item') anchor.order = anchor.entry!.order;
      else anchor.entry ??= this.entries.find((entry) => entry.order > anchor.order && entry.section === anchor.section
        && (anchor.block < 0 || entry.block === anchor.block) && (anchor.part < 0 || entry.part === anchor.part));
      if (!anchor.body) continue;
      push(this.exact, anchor.body, anchor);
      if (anchor.body.length >= 2) push(this.heads, anchor.body.slice(0, 2), anchor);
    }
    for (const list of this.heads.values()) list.sort((one, other) => other.body.length - one.body.length);
  }

  named(body: string): readonly Anchor[] {
    return this.exact.get(body) ?? [];
  }

  /** Anchors whose label may be the beginning of this text, longest first. */
  headsOf(body: string): readonly Anchor[] {
    return this.heads.get(body.slice(0, 2)) ?? [];
  }

  private note(text: string | undefined): void {
    if (text) for (const line of text.split('\n')) if (line.trim()) this.notes.add(fold(line));
  }

  private heading(kind: 'section' | 'block' | 'part', text: string, section: number, block: number, part: number): void {
    const lines = text.split('\n').filter((line) => line.trim());
    for (const line of lines) this.anchor(kind, line, section, block, part);
  }

  private anchor(kind: Anchor['kind'], text: string, section: number, block: number, part: number, entry?: Entry): void {
    const folded = fold(text);
    const numbering = numberingOf(folded);
    this.anchors.push({ kind, order: (this.order += 1), section, block, part, numbering, body: folded.slice(numbering.length), entry, text });
  }

  private item(item: Item, section: number, block: number, part: number, groups: Code[], path: string): void {
    const entry: Entry = { item, order: 0, section, block, part, groups, path };
    if (item.under) {
      const last = this.entries.at(-1);
      if (!last || last.item.under !== item.under || last.section !== section || last.block !== block) {
        this.anchor('under', item.under, section, block, part);
      }
    }
    for (const label of [item.label, ...(item.alsoLabelled ?? [])]) if (label) this.anchor('item', label, section, block, part, entry);
    if (item.under && item.label) this.anchor('item', item.under + item.label, section, block, part, entry);
    entry.order = this.order += 1;
    this.entries.push(entry);
    this.byCode.set(item.code, entry);
    if (item.kind === 'group') {
      this.groups.set(item.code, { item, entry });
      for (const child of item.items) this.item(child, section, block, part, [...groups, item.code], `${path} ＞ ${item.label || item.unit}`);
    }
  }
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
