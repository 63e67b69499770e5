/** Departments by the names that files give them. */
import type { Problem } from '../../kernel/errors.js';

export interface NamedDepartment {
  id: string;
  name: string;
  /** With the departments above it, from the top, and the body: `市長 福祉部 こども課`. */
  full: readonly string[];
  ended: boolean;
  /** Name of the department that took its place. */
  successor: string | null;
}

export interface UnknownDepartment {
  /** Folded; by it the person says which department is meant. */
  key: string;
  /** As the file has it. */
  text: string;
  fault: string;
  suggestions: { id: string; name: string }[];
}

export type FoundDepartment =
  | { id: string; ended: boolean; fault: null }
  | { id: null; fault: string; suggestions: { id: string; name: string }[] };

const MOST_SUGGESTIONS = 3;
/** Unknown names for which near ones are sought. */
const MOST_SOUGHT = 100;

export const foldDepartment = (text: string): string => text.normalize('NFKC').replace(/[\s・/>]/gu, '').toLowerCase();

export class DepartmentNames {
  /** Folded name, path, or path with its body → departments called so. */
  private readonly byKey = new Map<string, NamedDepartment[]>();
  private readonly byId: ReadonlyMap<string, NamedDepartment>;
  private readonly known = new Map<string, { text: string; found: FoundDepartment }>();
  private sought = 0;

  /** @param chosen folded text of a file → department, as the person said */
  constructor(private readonly all: readonly NamedDepartment[], private readonly chosen: Readonly<Record<string, string>> = {}) {
    this.byId = new Map(all.map((one) => [one.id, one]));
    for (const one of all) {
      for (const key of new Set([one.name, one.full.slice(1).join(''), one.full.join('')].map(foldDepartment))) {
        this.byKey.set(key, [...(this.byKey.get(key) ?? []), one]);
      }
    }
  }

  find(text: string): FoundDepartment {
    const key = foldDepartment(text);
    let known = this.known.get(key);
    if (known === undefined) this.known.set(key, (known = { text: text.trim(), found: this.look(key, text.trim()) }));
    return known.found;
  }

  /** The names that were sought and mean no department, or several. */
  unknown(): UnknownDepartment[] {
    return [...this.known].flatMap(([key, { text, found }]) => (found.id === null ? [{ key, text, fault: found.fault, suggestions: found.suggestions }] : []));
  }

  /** The shortest name that means this department and no other. */
  nameOf(id: string): string {
    const one = this.byId.get(id);
    if (one === undefined) return '';
    const names = [one.name, one.full.slice(1).join('　'), one.full.join('　')];
    return names.find((name) => this.byKey.get(foldDepartment(name))?.length === 1) ?? names[2]!;
  }

  private look(key: string, text: string): FoundDepartment {
    const chosen = Object.hasOwn(this.chosen, key) ? this.byId.get(this.chosen[key]!) : undefined;
    if (chosen !== undefined) return { id: chosen.id, ended: chosen.ended, fault: null };
    const candidates = this.byKey.get(key) ?? [];
    const living = candidates.filter(({ ended }) => !ended);
    const [one, ...others] = living.length > 0 ? living : candidates;
    if (one !== undefined && others.length === 0) return { id: one.id, ended: one.ended, fault: null };
    if (one !== undefined) {
      return { id: null, fault: `「${text.slice(0, 60)}」という部署は${others.length + 1}つあります。部局から「${one.full.slice(1).join('　')}」のように書くか、どの部署かを選んでください。`, suggestions: [one, ...others].map((each) => this.suggestion(each)) };
    }
    const suggestions = this.nearest(key);
    const hint = suggestions.length === 0 ? '' : `近い名前：${suggestions.map(({ name }) => name).join('、')}。`;
    return { id: null, fault: `「${text.slice(0, 60)}」という部署はありません。${hint}どの部署かを選ぶか、部署の名前を直してください。`, suggestions };
  }

  hasEnded(id: string): boolean {
    return this.byId.get(id)?.ended !== false;
  }

  /** Where a department has ended, its successor is the better word. */
  endedFault(id: string): string {
    const one = this.byId.get(id)!;
    return `「${one.name}」は終了した部署です。${one.successor === null ? 'いまある部署' : `「${one.successor}」`}に直すか、どの部署かを選んでください。`;
  }

  private suggestion(one: NamedDepartment): { id: string; name: string } {
    return { id: one.id, name: this.nameOf(one.id) };
  }

  private nearest(key: string): { id: string; name: string }[] {
    this.sought += 1;
    if (this.sought > MOST_SOUGHT) return [];
    const short = key.slice(0, 40);
    return this.all.filter(({ ended }) => !ended)
      .map((one) => ({ one, far: Math.min(...[one.name, one.full.slice(1).join('')].map((name) => distance(short, foldDepartment(name).slice(0, 60)))) }))
      .filter(({ one, far }) => far <= Math.max(1, Math.floor(Math.max(short.length, one.name.length) / 2)))
      .sort((a, b) => a.far - b.far || (a.one.name < b.one.name ? -1 : 1))
      .slice(0, MOST_SUGGESTIONS).map(({ one }) => this.suggestion(one));
  }
}

/** Characters to add, take away or change to get from one to the other (Levenshtein); a beginning or end that is left out counts little. */
function distance(a: string, b: string): number {
  if (a.length > 1 && b.length > 1 && (a.includes(b) || b.includes(a))) return 1;
  let above = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) row.push(Math.min(row[j - 1]! + 1, above[j]! + 1, above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    above = row;
  }
  return above[b.length]!;
}

/** A problem at a cell. */
export const problemAt = (code: string, at: string, message: string): Problem => ({ code, path: at, message: `${at}：${message}` });
