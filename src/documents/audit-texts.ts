/** Texts of an audit as they are printed: references resolved, lines told apart, what cannot be printed noted with its place. Pure. */
import { resolveReferences, type ReferenceResolver } from '../engine/references.js';
import { tabulate } from '../engine/tabulating.js';
import type { Dataset, TableResult, TabulationResult } from '../engine/tabulation.js';
import { auditResolver, numberedFile, type NumberedFile } from '../findings/audit-things.js';
import type { AuditFile } from '../findings/audit-file.js';
import type { Problem } from '../kernel/errors.js';
import { missingCharacters } from '../rendering/coverage.js';
import type { Paragraph } from './audit-document.model.js';

/** Where a text stands: in words for a person, and in the file for a program. */
export interface TextPlace {
  name: string;
  path: string;
  href?: string;
}

/** A mark that begins a line, by its style; a space may follow. */
const MARKS: readonly { style: string; pattern: RegExp }[] = [
  { style: '第1', pattern: /^第[0-9０-９]{1,3}[　 ]+/u },
  { style: '1', pattern: /^[0-9０-９]{1,3}[　 .．]+/u },
  { style: '(1)', pattern: /^[（(][0-9０-９]{1,3}[)）][　 ]*/u },
  { style: 'ア', pattern: /^[ア-ン]{1,2}[　 ]+/u },
  { style: '(ア)', pattern: /^[（(][ア-ン]{1,2}[)）][　 ]*/u },
  { style: '①', pattern: /^(?:[①-⑳㉑-㉟㊱-㊿]|〔\d{2,3}〕)[　 ]*/u },
  { style: 'a', pattern: /^[a-z]{1,2}[　 ]+/u },
  { style: '(a)', pattern: /^\([a-z]{1,2}\)[　 ]*/u },
];
const BULLET = /^[・※○●◆][　 ]*/u;
/** 判断の基準　…: a short word before a wide space. */
const LABEL = /^([^　\s。、「」・]{2,14})　(?=\S)/u;
const ENTRY = /^［(?:検出|改善)[題全]/u;

/** One line told apart; `stack` keeps the styles that are open, the outermost first. */
function lineOf(raw: string, resolved: string, stack: string[]): Omit<Paragraph, 'leads'> {
  const text = resolved.trim();
  if (/^【.*】$/u.test(text)) return { kind: 'heading', mark: '', label: '', text, depth: 0 };
  const found = MARKS.find((one) => one.pattern.test(text));
  if (found !== undefined) {
    const open = stack.indexOf(found.style);
    if (open < 0) stack.push(found.style);
    else stack.length = open + 1;
    const mark = found.pattern.exec(text)![0];
    return { kind: ENTRY.test(raw.trim()) ? 'entry' : 'marked', mark: mark.trim(), label: '', text: text.slice(mark.length), depth: stack.length - 1 };
  }
  if (ENTRY.test(raw.trim())) return { kind: 'entry', mark: '', label: '', text, depth: stack.length };
  if (BULLET.test(text)) return { kind: 'marked', mark: text[0]!, label: '', text: text.slice(1).trim(), depth: stack.length };
  const label = LABEL.exec(text)?.[1] ?? '';
  return label === '' ? { kind: 'plain', mark: '', label: '', text, depth: stack.length } : { kind: 'labelled', mark: '', label, text: text.slice(label.length + 1), depth: stack.length };
}

/** A marked line without a sentence is the heading of what stands under it. */
const leads = (one: Omit<Paragraph, 'leads'>, next: Omit<Paragraph, 'leads'> | undefined): boolean =>
  one.kind === 'marked' && next !== undefined && !one.text.includes('。') && (next.depth > one.depth || next.kind === 'plain');

export class AuditTexts {
  readonly view: NumberedFile;
  readonly problems: Problem[] = [];
  #results: readonly TabulationResult[] | undefined;
  #resolver: ReferenceResolver | undefined;

  /** @param counted texts of the same file that may have counted already */
  constructor(readonly file: AuditFile, private readonly counted?: AuditTexts) {
    this.view = counted?.view ?? numberedFile(file);
  }

  /** Counted when the first text or table asks for it. */
  get results(): readonly TabulationResult[] {
    return (this.#results ??= this.counted?.results ?? this.file.tabulations.map((one) => tabulate(one.definition, datasetsOf(one))));
  }

  get datasets(): readonly Dataset[] {
    return this.file.tabulations.flatMap(datasetsOf);
  }

  private get resolver(): ReferenceResolver {
    return (this.#resolver ??= auditResolver(this.view, this.results));
  }

  /** A table with the words of its row of shares; null when there is none. */
  table(code: string): { result: TableResult; shareLabel: string } | null {
    const result = this.results.flatMap((one) => one.tables).find((one) => one.code === code);
    const definition = this.file.tabulations.flatMap((one) => one.definition.tables).find((one) => one.code === code);
    return result === undefined ? null : { result, shareLabel: definition?.shares?.label ?? '' };
  }

  /** The text as it prints now. What cannot be resolved or drawn becomes a problem. */
  text(raw: string, place: TextPlace): string {
    if (!raw.includes('［')) return this.plain(raw, place);
    const { text, problems } = resolveReferences(raw, this.resolver);
    for (const { code, message } of problems) this.problem(`reference-${code}`, place, `${place.name}：${message}`);
    this.drawable(text, place);
    return text;
  }

  /** Names and other words without references. */
  plain(raw: string, place: TextPlace): string {
    this.drawable(raw, place);
    return raw;
  }

  /** A text that must be there. */
  needed(raw: string, place: TextPlace): string {
    if (raw.trim() === '') this.problem('text-missing', place, `${place.name}が書かれていません。書いてから、もう一度作ってください。`);
    return this.text(raw, place);
  }

  paragraphs(raw: string, place: TextPlace): Paragraph[] {
    const stack: string[] = [];
    const lines = linesOf(raw).flatMap((line) => (line.trim() === '' ? [] : [lineOf(line, this.text(line, place).replaceAll('\n', ' '), stack)]));
    return lines.map((one, n) => ({ ...one, leads: leads(one, lines[n + 1]) }));
  }

  problem(code: string, { path, href }: TextPlace, message: string): void {
    if (this.problems.some((one) => one.path === path && one.message === message)) return;
    this.problems.push({ code, path, message, ...(href === undefined ? {} : { href }) });
  }

  private drawable(text: string, place: TextPlace): void {
    for (const { character, codePoint, count } of missingCharacters(text)) {
      this.problem('character-undrawable', place, `${place.name}の「${character}」（${codePoint}、${count}か所）は、印刷の書体にない文字です。別の字かかなに替えてください。`);
    }
  }
}

export const linesOf = (text: string): string[] => text.replace(/\r\n?/gu, '\n').split('\n');

/** What was counted, and typed figures that are not among it. */
export function datasetsOf({ typed, counted }: AuditFile['tabulations'][number]): Dataset[] {
  return [...counted, ...typed.filter((one) => counted.every((other) => other.code !== one.code))];
}
