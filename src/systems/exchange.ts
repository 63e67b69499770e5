/**
 * The exchange file of systems and declarations (`templates/schemas/systems-exchange.schema.json`): JSON that the product and
 * the command line read and write. Pure.
 */
import type { AnswerValue, Code } from '../engine/form.js';
import { Invalid, type Problem } from '../kernel/errors.js';
import type { Catalogue } from './catalogue.js';
import { readDocument } from './exchange-reading.js';
import { factsOf, type DeclaredControl, type KnownFacts } from './facts.js';
import { bySystem, platformsBelow } from './inheritance.js';
import type { SystemKind } from './system.entity.js';
import type { Contract } from './system-parts.js';

export const EXCHANGE_FORMAT = 'tenken-systems';
export const EXCHANGE_FORMAT_VERSION = 1;
/** Largest file, in bytes. */
export const LARGEST_SYSTEMS_EXCHANGE = 20 * 1024 * 1024;
/** Problems listed at most; one more says how many there are. */
const MOST_PROBLEMS = 500;

export interface ExchangedUse { department: string; sections: number | null; terminals: number | null }

export interface ExchangedDeclaration {
  value: AnswerValue;
  /** ISO day; null: as of the day of reading. */
  declaredOn: string | null;
  note: string;
}

export interface ExchangedSystem {
  /** Unique within the file. */
  key: string;
  kind: SystemKind;
  number: number | null;
  name: string;
  /** Class and department as texts: whoever reads the file finds them, or does not. */
  class: string | null;
  department: string | null;
  register: Record<Code, AnswerValue>;
  uses: ExchangedUse[];
  contracts: Contract[];
  /** Keys of platforms, nearest first. */
  inherits: string[];
  declarations: Record<Code, ExchangedDeclaration>;
}

export interface SystemsDocument {
  registerVersion: string;
  controlsVersion: string;
  systems: ExchangedSystem[];
}

/** JSON, indented, ending in a newline. */
export function writeSystemsExchange({ registerVersion, controlsVersion, systems }: SystemsDocument): string {
  const file = {
    format: EXCHANGE_FORMAT, formatVersion: EXCHANGE_FORMAT_VERSION, registerVersion, controlsVersion,
    systems: systems.map(({ key, kind, number, name, class: systemClass, department, register, uses, contracts, inherits, declarations }) => ({
      key, kind, number, name, class: systemClass, department,
      register: Object.fromEntries(Object.entries(register).map(([code, value]) => [code, shortValue(value)])),
      uses: uses.map(({ department: using, sections, terminals }) => ({ department: using, sections, terminals })),
      contracts: contracts.map(({ title, contractor, personalInformationClause, beginsOn, endsOn }) => ({ title, contractor, personalInformationClause, beginsOn, endsOn })),
      inherits,
      declarations: Object.fromEntries(Object.entries(declarations).map(([code, { value, declaredOn, note }]) => [
        code, declaredOn === null && note === '' ? shortValue(value) : { value: shortValue(value), ...(declaredOn === null ? {} : { declaredOn }), ...(note === '' ? {} : { note }) },
      ])),
    })),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** A choice without anything beside it is its option; everything else is what it is. */
function shortValue(value: AnswerValue): unknown {
  return typeof value === 'object' && 'choice' in value && Object.keys(value).length === 1 ? value.choice : value;
}

/**
 * Reads a file back.
 * @param today ISO day: controls retired by then and declarations of later days are refused
 * @throws Invalid with every problem, each at its JSON pointer; nothing of a file that has one is taken
 */
export function readSystemsExchange(source: string | Uint8Array, { catalogue, today }: { catalogue: Catalogue; today: string }): SystemsDocument {
  const { document, problems } = readDocument(parse(textOf(source)), catalogue, today);
  if (document === null || problems.length > 0) throw refusal(problems);
  return document;
}

export interface FactsOfKey extends KnownFacts { key: string; name: string; kind: SystemKind }

/** Facts of each system of a document that was read, without a database. `linked-assessments` is not known. */
export function factsOfExchange(document: SystemsDocument, { catalogue, today, declarationMonths }: { catalogue: Catalogue; today: string; declarationMonths: number }): FactsOfKey[] {
  const edges = bySystem(document.systems.flatMap(({ key, inherits }) => inherits.map((fromId) => ({ systemId: key, fromId }))));
  const byKey = new Map(document.systems.map((one) => [one.key, one]));
  // What a file states counts as if it were approved: it has no word for approval.
  const declared = (one: ExchangedSystem): DeclaredControl[] => Object.entries(one.declarations).map(([control, { value, declaredOn }]) => ({ control, value, declaredOn: declaredOn ?? today, approved: true }));
  return document.systems.map((one) => ({
    key: one.key, name: one.name, kind: one.kind,
    ...factsOf({
      system: { register: one.register, mergedIntoId: null }, uses: one.uses, contracts: one.contracts, declarations: declared(one),
      platforms: platformsBelow(one.key, edges).map((key) => byKey.get(key)!).map((platform) => ({ name: platform.name, declarations: declared(platform) })),
      today, declarationMonths, catalogue,
    }),
  }));
}

function textOf(source: string | Uint8Array): string {
  const size = typeof source === 'string' ? Buffer.byteLength(source) : source.length;
  if (size > LARGEST_SYSTEMS_EXCHANGE) throw single('exchange-too-large', `ファイルが大きすぎます（${(size / 1024 / 1024).toFixed(1)}MB）。20MB以内に分けてください。`);
  if (typeof source === 'string') return source.replace(/^\uFEFF/u, '');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(source);
  } catch {
    throw single('exchange-not-text', 'UTF-8のテキストとして読めません。文字コードをUTF-8にして保存し直してください。');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const at = /position (\d+)/u.exec(error instanceof Error ? error.message : '');
    const line = text.slice(0, at === null ? text.length : Number(at[1])).split('\n').length;
    throw single('exchange-not-json', `JSONとして読めません（${line}行目付近）。ファイルが途中で切れていないか、その行の引用符、かっこ、コンマを確かめてください。`, `line ${line}`);
  }
}

function refusal(problems: readonly Problem[]): Invalid {
  const listed = problems.slice(0, MOST_PROBLEMS);
  if (problems.length > MOST_PROBLEMS) listed.push({ code: 'more-problems', path: '', message: `ほかに${problems.length - MOST_PROBLEMS}件あります。まず上の問題を直してください。` });
  return new Invalid('exchange-invalid', `システムの交換ファイルに${problems.length}件の問題があるため、使えません。`, listed);
}

function single(code: string, message: string, path = ''): Invalid {
  return new Invalid(code, message, [{ code, path, message }]);
}
