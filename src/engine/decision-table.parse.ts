import { Invalid, type Problem } from '../kernel/errors.js';
import { conditionFaults, conditionNodes } from './conditions.js';
import type { DecisionTable } from './decision-table.js';
import type { Condition } from './form.js';

/**
 * The parsed YAML of a decision table, checked. All problems are told at once, each with its path in the file.
 * Conditions are the grammar of forms restricted to facts without rows: all any not is isOneOf atLeast atMost between.
 */
export function parseDecisionTable(source: unknown): DecisionTable {
  const check = new TableCheck();
  check.table(source);
  if (check.problems.length > 0) {
    throw new Invalid('decision-table-invalid', `判断表に誤りが${check.problems.length}件あります。`, check.problems);
  }
  return source as DecisionTable;
}

type Shape = Record<string, unknown>;
const isShape = (value: unknown): value is Shape => typeof value === 'object' && value !== null && !Array.isArray(value);
const isWord = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
/** For messages and look-ups: whatever is no word is nothing. */
const shown = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
const CODE = /^[a-z0-9]+(-[a-z0-9]+)*$/;

class TableCheck {
  readonly problems: Problem[] = [];
  private readonly facts = new Map<string, Shape>();
  private readonly results = new Set<string>();

  table(source: unknown): void {
    if (!isShape(source)) return this.report('shape', '', '判断表ではありません。table・version・facts・results・rows を書いてください。');
    this.words(source, '', ['table', 'version']);
    this.keys(source, '', ['table', 'version', 'facts', 'results', 'rows']);
    this.each(source, 'facts', (fact, path) => this.fact(fact, path));
    this.each(source, 'results', (result, path) => this.result(result, path));
    this.each(source, 'rows', (row, path) => this.row(row, path));
  }

  private fact(fact: Shape, path: string): void {
    this.words(fact, path, ['label']);
    this.keys(fact, path, ['code', 'label', 'kind', 'unit', 'values']);
    if (!['number', 'yes-no', 'choice'].includes(shown(fact.kind))) this.report('fact-kind', `${path}.kind`, 'kind は number・yes-no・choice のいずれかにしてください。');
    if (fact.kind === 'choice' && !(Array.isArray(fact.values) && fact.values.length > 0 && fact.values.every(isWord))) {
      this.report('fact-values', `${path}.values`, 'choice には取り得る値を values に並べてください。');
    }
    if (isWord(fact.code)) this.facts.set(fact.code, fact);
  }

  private result(result: Shape, path: string): void {
    this.words(result, path, ['label']);
    this.keys(result, path, ['code', 'label', 'rank']);
    if (!Number.isInteger(result.rank)) this.report('rank', `${path}.rank`, 'rank は整数で書いてください。');
    if (isWord(result.code)) this.results.add(result.code);
  }

  private row(row: Shape, path: string): void {
    this.words(row, path, ['basis', 'words']);
    this.keys(row, path, ['code', 'when', 'result', 'basis', 'certainty', 'words']);
    if (!this.results.has(shown(row.result))) this.report('unknown-result', `${path}.result`, `結果「${shown(row.result)}」は results にありません。`);
    if (!['A', 'B', 'C'].includes(shown(row.certainty))) this.report('certainty', `${path}.certainty`, 'certainty は A・B・C のいずれかにしてください。');
    this.condition(row.when, `${path}.when`);
  }

  private condition(condition: unknown, path: string): void {
    const faults = conditionFaults(condition);
    if (faults.length > 0) return faults.forEach((fault) => this.report(fault.code, `${path}${fault.path}`, fault.message));
    for (const node of conditionNodes(condition as Condition)) {
      if ('every' in node || 'some' in node) this.report('condition', path, '判断表の事実には行がないので、every と some は使えません。');
      else if ('item' in node) this.comparison(node, path);
    }
  }

  private comparison(leaf: Extract<Condition, { item: string }>, path: string): void {
    const fact = this.facts.get(leaf.item);
    if (fact === undefined) return this.report('unknown-fact', path, `「${leaf.item}」は facts にありません。`);
    const verb = Object.keys(leaf).find((key) => key !== 'item') ?? '';
    if (!['is', 'isOneOf', 'atLeast', 'atMost', 'between'].includes(verb)) {
      return this.report('condition', path, '判断表で使える比べ方は is・isOneOf・atLeast・atMost・between です。');
    }
    const value = (leaf as unknown as Shape)[verb];
    const values: unknown[] = Array.isArray(value) ? value : [value];
    if (verb === 'between' && Number(values[0]) > Number(values[1])) {
      return this.report('condition', path, 'between は [下限, 上限] の順に書いてください。');
    }
    const fits = fact.kind === 'number' ? values.every((one) => Number.isSafeInteger(one)) : this.worded(fact, verb, values);
    if (!fits) this.report('condition-value', path, `「${shown(fact.label)}」が取り得る値と比べてください。`);
  }

  private worded(fact: Shape, verb: string, values: unknown[]): boolean {
    if (verb !== 'is' && verb !== 'isOneOf') return false;
    const known = fact.kind === 'yes-no' ? ['yes', 'no'] : Array.isArray(fact.values) ? (fact.values as unknown[]) : [];
    return values.every((value) => known.includes(value));
  }

  private each(source: Shape, name: string, visit: (entry: Shape, path: string) => void): void {
    const list = source[name];
    if (!Array.isArray(list) || list.length === 0) return this.report('shape', name, `${name} を1つ以上書いてください。`);
    const seen = new Set<string>();
    list.forEach((entry: unknown, index) => {
      const path = `${name}[${index}]`;
      if (!isShape(entry)) return this.report('shape', path, `${name} の${index + 1}番目の形が違います。`);
      const code = shown(entry.code);
      if (!isWord(entry.code) || !CODE.test(code)) this.report('code', `${path}.code`, 'code は英小文字と数字の語を - でつないで書いてください。');
      else if (seen.has(code)) this.report('duplicate-code', `${path}.code`, `code「${code}」が重なっています。`);
      seen.add(code);
      visit(entry, path);
    });
  }

  private words(entry: Shape, path: string, names: string[]): void {
    for (const name of names) {
      if (!isWord(entry[name])) this.report('shape', path ? `${path}.${name}` : name, `${name} を書いてください。`);
    }
  }

  private keys(entry: Shape, path: string, known: string[]): void {
    for (const key of Object.keys(entry)) {
      if (!known.includes(key)) this.report('unknown-key', path ? `${path}.${key}` : key, `「${key}」は判断表では使えません。`);
    }
  }

  private report(code: string, path: string, message: string): void {
    this.problems.push({ code, path, message });
  }
}
