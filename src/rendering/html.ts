import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import Handlebars from 'handlebars';
import { formatEra } from '../engine/dates.js';

type Environment = typeof Handlebars;

/**
 * The Handlebars templates under one root (`templates/`): `partials/**` are registered under their path
 * without the ending (`print/choice`), every other `.hbs` is a template named by its path
 * (`reports/assessment/report`, `pages/home`). Everything is escaped; a missing field, partial or helper is an error.
 */
export class Templates {
  #environment: Environment;
  #compiled = new Map<string, Handlebars.TemplateDelegate>();
  #sources = new Map<string, string>();
  readonly #root: string;
  readonly #development: boolean;

  /** `development`: files are read again for every page. */
  constructor(root: string, options: { development?: boolean } = {}) {
    this.#root = root;
    this.#development = options.development ?? false;
    this.#environment = Handlebars.create();
    this.reload();
  }

  /** Reads all files again; throws when a template does not parse or names a partial that does not exist. */
  reload(): void {
    const environment = Handlebars.create();
    const sources = new Map<string, string>();
    for (const [name, helper] of Object.entries(pageHelpers(environment))) environment.registerHelper(name, helper);
    environment.registerHelper('stylesheet', (name: string) => {
      const css = sources.get(name);
      if (css === undefined) throw new Error(`スタイルシート「${name}」がありません。`);
      return new environment.SafeString(css.replace(/<\//gu, '<\\/'));
    });
    const partials = new Map<string, string>();
    for (const file of filesUnder(this.#root)) {
      const name = relative(this.#root, file).split(sep).join('/');
      if (!name.endsWith('.hbs') && !name.endsWith('.css')) continue;
      const source = readFileSync(file, 'utf8');
      sources.set(name.replace(/\.hbs$/u, ''), source);
      if (name.startsWith('partials/') && name.endsWith('.hbs')) partials.set(name.slice('partials/'.length, -'.hbs'.length), source);
    }
    const problems: string[] = [];
    for (const [name, source] of sources) {
      if (name.endsWith('.css')) continue;
      try {
        for (const partial of partialsNamedIn(environment.parse(source))) {
          if (!partials.has(partial)) problems.push(`${name}: 部分テンプレート「${partial}」がありません。`);
        }
      } catch (error) {
        problems.push(`${name}: ${(error as Error).message}`);
      }
    }
    if (problems.length > 0) throw new Error(`テンプレートに誤りがあります。\n${problems.join('\n')}`);
    for (const [name, source] of partials) environment.registerPartial(name, environment.compile(source, COMPILE));
    this.#environment = environment;
    this.#sources = sources;
    this.#compiled = new Map();
  }

  /** Names of all templates (not partials), for start-up checks. */
  names(): string[] {
    return [...this.#sources.keys()].filter((name) => !name.startsWith('partials/') && !name.endsWith('.css')).sort();
  }

  has(name: string): boolean {
    return this.#sources.has(name);
  }

  /** HTML of the template `name` with the plain `model`. Throws when the model lacks a field that the template names. */
  render(name: string, model: object): string {
    if (this.#development) this.reload();
    let template = this.#compiled.get(name);
    if (!template) {
      const source = this.#sources.get(name);
      if (source === undefined) throw new Error(`テンプレート「${name}」がありません。`);
      template = this.#environment.compile(source, COMPILE);
      this.#compiled.set(name, template);
    }
    try {
      return template(model);
    } catch (error) {
      throw new Error(`テンプレート「${name}」を描けません: ${(error as Error).message}`, { cause: error });
    }
  }

  /** Text of a stylesheet, e.g. `reports/assessment/report.css`. */
  css(name: string): string {
    if (this.#development) this.reload();
    const source = this.#sources.get(name);
    if (source === undefined) throw new Error(`スタイルシート「${name}」がありません。`);
    return source;
  }

  /** SHA-256 (hex) over the template, every partial that it can reach and the stylesheets of its folder. */
  hash(name: string): string {
    if (!this.#sources.has(name)) throw new Error(`テンプレート「${name}」がありません。`);
    const folder = name.slice(0, name.lastIndexOf('/') + 1);
    const used = new Set<string>([name]);
    for (const each of this.#sources.keys()) if (each.endsWith('.css') && each.startsWith(folder)) used.add(each);
    for (const each of used) {
      if (each.endsWith('.css')) continue;
      const ast = this.#environment.parse(this.#sources.get(each)!);
      if (hasDynamicPartial(ast)) for (const key of this.#sources.keys()) if (key.startsWith('partials/')) used.add(key);
      for (const partial of partialsNamedIn(ast)) used.add(`partials/${partial}`);
    }
    const hash = createHash('sha256');
    for (const each of [...used].sort()) hash.update(each).update('\0').update(this.#sources.get(each) ?? '').update('\0');
    return hash.digest('hex');
  }
}

const COMPILE: CompileOptions = { strict: true, explicitPartialContext: false, knownHelpersOnly: false, preventIndent: true };

function pageHelpers(environment: Environment): Record<string, Handlebars.HelperDelegate> {
  const safe = (html: string) => new environment.SafeString(html);
  const escape = (text: unknown) => environment.escapeExpression(text as string);
  return {
    eq: (left: unknown, right: unknown) => left === right,
    includes: (list: unknown, value: unknown) =>
      Array.isArray(list) ? list.includes(value) : typeof list === 'string' && list.includes(String(value)),
    not: (value: unknown) => !value,
    and: (...values: unknown[]) => values.slice(0, -1).every(Boolean),
    or: (...values: unknown[]) => values.slice(0, -1).some(Boolean),
    /** ISO day → 令和8年11月21日. */
    era: (iso: unknown) => (typeof iso === 'string' && iso !== '' ? formatEra(iso.slice(0, 10)) : ''),
    /** Text with its line ends kept, escaped. */
    lines: (text: unknown) => safe(escape(text ?? '').replace(/\r\n?|\n/gu, '<br>')),
  };
}

type Node = { type?: string; name?: { type: string; original?: string } };

function walk(node: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(node)) {
    for (const each of node) walk(each, visit);
  } else if (node !== null && typeof node === 'object') {
    visit(node as Node);
    for (const [key, value] of Object.entries(node)) if (key !== 'loc') walk(value, visit);
  }
}

const isPartial = (node: Node) => node.type === 'PartialStatement' || node.type === 'PartialBlockStatement';

/** Partials named outright; `@partial-block` and names defined inline in the same template are left out. */
function partialsNamedIn(ast: unknown): string[] {
  const named = new Set<string>();
  const inline = new Set<string>(['@partial-block']);
  walk(ast, (node) => {
    if (isPartial(node) && node.name?.type === 'PathExpression' && node.name.original) named.add(node.name.original);
    if (node.type === 'DecoratorBlock') {
      const first = (node as unknown as { params: { original?: string }[] }).params[0];
      if (first?.original) inline.add(first.original);
    }
  });
  return [...named].filter((name) => !inline.has(name));
}

function hasDynamicPartial(ast: unknown): boolean {
  let found = false;
  walk(ast, (node) => {
    if (isPartial(node) && node.name?.type === 'SubExpression') found = true;
  });
  return found;
}

function filesUnder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
