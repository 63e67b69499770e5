/**
 * Chapters of a report as a tree kept in a flat list: siblings stand in the order of the list. Assembled chapters follow the data,
 * edited and own ones stay as they were typed. Pure.
 */
import { numberTree, readingOrder, type Numbering } from '../engine/numbering.js';
import { parseReferences, writeReference, type ReferenceResolver } from '../engine/references.js';
import type { ReportSection } from './audit-report.entity.js';
import { roleOf, type AssembledSection, type SectionRole, type Skeleton } from './report-skeleton.js';

/** A line of its own that puts a table (［表:符号］), or the records of a dataset (［一覧:符号］), at this place. */
export const PLACED = /^［(表|一覧)[:：]([^［］]{1,200})］$/u;
const LISTING = /［一覧[:：]([^［］]{1,200})］/gu;

/** Lists of records that a text asks for: by code, and whether each stands on a line of its own, as it must. */
export function listingsIn(text: string): { source: string; code: string; alone: boolean }[] {
  return text.split('\n').flatMap((line) => [...line.matchAll(LISTING)].map(([source, code]) => ({ source, code: code!.trim(), alone: line.trim() === source })));
}

/** Outermost level: 1. */
export const MOST_LEVELS = 4;

/** Id of an assembled chapter: its code in letters that an address takes. */
const idOfCode = (code: string): string => code.replaceAll('/', '.');

/**
 * The stored chapters with what the data says now: assembled ones anew, new ones at their place, those whose data is gone left out;
 * what somebody typed stays.
 */
export function follow(stored: readonly ReportSection[], omitted: readonly string[], assembled: readonly AssembledSection[]): ReportSection[] {
  const now = new Map(assembled.map((one) => [one.code, one]));
  const sections = stored.filter((one) => one.source === 'edited' || one.code === null || now.has(one.code)).map((one): ReportSection => {
    const fresh = one.source === 'assembled' && one.code !== null ? now.get(one.code) : undefined;
    return fresh === undefined ? { ...one } : { ...one, heading: fresh.heading, text: fresh.text };
  });
  assembled.forEach((one, n) => {
    if (omitted.includes(one.code) || sections.some((other) => other.code === one.code)) return;
    const parentId = sections.find((other) => other.code === one.parentCode && one.parentCode !== null)?.id ?? null;
    const before = assembled.slice(0, n).findLast((other) => other.parentCode === one.parentCode && sections.some((there) => there.code === other.code));
    const at = sections.findIndex((other) => other.code === (before?.code ?? one.parentCode));
    sections.splice(at + 1, 0, { id: idOfCode(one.code), parentId, heading: one.heading, text: one.text, source: 'assembled', code: one.code });
  });
  return standing(sections);
}

/** In reading order; no chapter stands below one that is not there. */
function standing(sections: readonly ReportSection[]): ReportSection[] {
  const ids = new Set(sections.map((one) => one.id));
  const nodes = sections.map((one, position) => ({ id: one.id, parentId: one.parentId === null || !ids.has(one.parentId) ? null : one.parentId, position, one }));
  return readingOrder(nodes).map(({ node: { one, parentId } }) => ({ ...one, parentId }));
}

export interface NumberedSection extends ReportSection {
  /** Blank for announcements and letters. */
  number: string;
  /** 0 for the outermost level. */
  depth: number;
  role: SectionRole;
  /** No chapter stands below. */
  leaf: boolean;
}

/** In reading order, numbered; announcements come first and letters last, both without number. */
export function numberedSections(sections: readonly ReportSection[], skeleton: Skeleton, numbering: Numbering): NumberedSection[] {
  const role = (one: ReportSection): SectionRole => (one.parentId === null ? roleOf(skeleton, one.code) : 'chapter');
  const parents = new Set(sections.map((one) => one.parentId));
  const of = (wanted: SectionRole): NumberedSection[] => {
    const tops = new Set(sections.filter((one) => one.parentId === null && role(one) === wanted).map((one) => one.id));
    const nodes = withBelow(sections, tops).map((section, position) => ({ id: section.id, parentId: section.parentId, position, section }));
    const numbers = numberTree(nodes, numbering);
    return readingOrder(nodes).map(({ node: { section }, depth }) => ({ ...section, depth, role: wanted, leaf: !parents.has(section.id), number: wanted === 'chapter' ? numbers.get(section.id)!.own : '' }));
  };
  return [...of('announcement'), ...of('chapter'), ...of('letter')];
}

function withBelow(sections: readonly ReportSection[], tops: ReadonlySet<string>): ReportSection[] {
  const inside = new Set(tops);
  for (let grown = -1; grown !== inside.size;) {
    grown = inside.size;
    for (const one of sections) if (one.parentId !== null && inside.has(one.parentId)) inside.add(one.id);
  }
  return sections.filter((one) => inside.has(one.id));
}

export type Direction = 'up' | 'down' | 'in' | 'out';

/**
 * One chapter with all that stands below it: up or down among its siblings, in below the one before it, out behind the one above it.
 * Null where it cannot go.
 */
export function moved(sections: readonly ReportSection[], id: string, direction: Direction): ReportSection[] | null {
  const section = sections.find((one) => one.id === id);
  if (section === undefined) return null;
  const siblings = sections.filter((one) => one.parentId === section.parentId);
  const place = siblings.indexOf(section);
  const rest = sections.filter((one) => one !== section);
  const put = (parentId: string | null, at: number): ReportSection[] => [...rest.slice(0, at), { ...section, parentId }, ...rest.slice(at)];
  if (direction === 'up') return place === 0 ? null : put(section.parentId, rest.indexOf(siblings[place - 1]!));
  if (direction === 'down') return place === siblings.length - 1 ? null : put(section.parentId, rest.indexOf(siblings[place + 1]!) + 1);
  if (direction === 'in') return place === 0 || levelOf(sections, siblings[place - 1]!.id) + heightOf(sections, id) > MOST_LEVELS ? null : put(siblings[place - 1]!.id, rest.length);
  const above = sections.find((one) => one.id === section.parentId);
  return above === undefined ? null : put(above.parentId, rest.indexOf(above) + 1);
}

/** 1 for the outermost level. */
export function levelOf(sections: readonly ReportSection[], id: string): number {
  let level = 0;
  for (let at = sections.find((one) => one.id === id); at !== undefined && level <= sections.length; at = sections.find((one) => one.id === at!.parentId)) level += 1;
  return level;
}

/** Levels that a chapter takes with all below it. */
function heightOf(sections: readonly ReportSection[], id: string): number {
  return 1 + Math.max(0, ...sections.filter((one) => one.parentId === id).map((one) => heightOf(sections, one.id)));
}

/** A figure that was typed without the value that its author sees gets it, so that a change shows; others keep theirs. */
export function fillSeen(text: string, resolver: Pick<ReferenceResolver, 'figure'>): string {
  return parseReferences(text).map((piece) => {
    if (typeof piece === 'string') return piece;
    if (piece.reference.kind !== 'figure' || piece.reference.seen !== null) return piece.source;
    const now = resolver.figure(piece.reference.address);
    return now === null ? piece.source : writeReference({ ...piece.reference, seen: now });
  }).join('');
}

/** The assembled chapter behind an edited one says something else than when it was edited. */
export function isOutdated(section: ReportSection, assembled: readonly AssembledSection[]): boolean {
  if (section.source !== 'edited' || section.code === null || section.assembledThen === undefined) return false;
  return section.assembledThen !== (assembled.find((one) => one.code === section.code)?.text ?? '');
}
