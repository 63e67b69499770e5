/** What is known of a system on a day: its register, what is counted in it, and the controls that it declares or inherits. Pure. */
import { checkAnswer } from '../engine/answers.js';
import { emptyAnswer } from '../engine/blanks.js';
import { monthsLater } from '../engine/dates.js';
import type { CompiledForm } from '../engine/form-index.js';
import type { AnswerValue, Code, NumberItem } from '../engine/form.js';
import { retired, type Catalogue } from './catalogue.js';

export interface KnownFacts {
  /** Items of the register, counted items, declared and inherited controls, by code. What is not there is not known. */
  values: Record<Code, AnswerValue>;
  /** Controls of which only a declaration too old to count is there → ISO day of that declaration. */
  stale: Record<Code, string>;
  /** Inherited controls → name of the platform. */
  inherited: Record<Code, string>;
  /** Controls among `values` whose declaration nobody has approved yet. */
  unapproved: Code[];
}

/** A declaration as far as facts go. */
export interface DeclaredControl {
  control: Code;
  value: AnswerValue;
  /** ISO day. */
  declaredOn: string;
  approved: boolean;
}

export interface PlatformBelow {
  name: string;
  declarations: readonly DeclaredControl[];
}

export interface FactsInput {
  system: { register: Readonly<Record<Code, AnswerValue>>; mergedIntoId: string | null };
  uses: readonly { sections: number | null; terminals: number | null }[];
  contracts: readonly { personalInformationClause: boolean | null }[];
  declarations: readonly DeclaredControl[];
  /** From which it inherits, nearest first, the chain resolved. */
  platforms: readonly PlatformBelow[];
  /** ISO day. */
  today: string;
  /** Months after which a declaration no longer counts. */
  declarationMonths: number;
  catalogue: Catalogue;
}

/**
 * Register items as they stand (only sound ones), counted items, own declarations that are not stale, else inherited ones.
 * `linked-assessments` is left to whoever knows assessments. A system that was merged has no facts.
 */
export function factsOf(input: FactsInput): KnownFacts {
  const facts: KnownFacts = { values: {}, stale: {}, inherited: {}, unapproved: [] };
  if (input.system.mergedIntoId !== null) return facts;
  const { register } = input.catalogue;
  for (const [code, value] of Object.entries(input.system.register)) {
    const item = register.byCode.get(code)?.item;
    if (item === undefined || (item.kind === 'number' && item.counted !== undefined)) continue;
    const sound = soundValue(register, code, value);
    if (sound !== null) facts.values[code] = sound;
  }
  for (const { item } of register.items) {
    if (item.kind !== 'number' || item.counted === undefined) continue;
    const number = counted(item.counted, input);
    if (number !== null) facts.values[item.code] = number;
  }
  addControls(facts, input);
  return facts;
}

function addControls(facts: KnownFacts, { declarations, platforms, today, declarationMonths, catalogue }: FactsInput): void {
  const sources = [{ name: null, declarations }, ...platforms];
  /** What the system itself declared too long ago is not known: a platform's better value does not take the place of a worse one by the passing of time. */
  const aged = new Set<Code>();
  const tooOld = staleBy(today, declarationMonths);
  for (const { name, declarations: declared } of sources) {
    for (const { control, value, declaredOn, approved } of declared) {
      const item = catalogue.controls.byCode.get(control)?.item;
      if (item === undefined || retired(item, today) || Object.hasOwn(facts.values, control)) continue;
      if (name !== null && (item.inheritable !== true || aged.has(control))) continue;
      const sound = soundValue(catalogue.controls, control, value);
      if (sound === null) continue;
      if (tooOld(declaredOn)) {
        if (!Object.hasOwn(facts.stale, control)) facts.stale[control] = declaredOn;
        if (name === null) aged.add(control);
        continue;
      }
      facts.values[control] = sound;
      delete facts.stale[control];
      if (name !== null) facts.inherited[control] = name;
      if (!approved) facts.unapproved.push(control);
    }
  }
}

/** Few days stand for many declarations: each is looked at once. */
function staleBy(today: string, months: number): (declaredOn: string) => boolean {
  const known = new Map<string, boolean>();
  return (declaredOn) => {
    const before = known.get(declaredOn);
    if (before !== undefined) return before;
    const stale = lastDayOf(declaredOn, months) < today;
    known.set(declaredOn, stale);
    return stale;
  };
}

/** The value in its normal form; null when it is blank or does not fit its item. */
export function soundValue(form: CompiledForm, code: Code, value: unknown): AnswerValue | null {
  const compiled = form.byCode.get(code);
  if (compiled === undefined) return null;
  // Nearly all values are an option and nothing beside it.
  if (compiled.item.kind === 'choice' && isPlainChoice(value)) return compiled.options!.has(value.choice) ? { choice: value.choice } : null;
  const { value: sound } = checkAnswer(compiled.item, value, form.definition);
  return sound === null || emptyAnswer(sound) ? null : sound;
}

function isPlainChoice(value: unknown): value is { choice: Code } {
  if (typeof value !== 'object' || value === null || !('choice' in value) || typeof value.choice !== 'string') return false;
  for (const key in value) if (key !== 'choice') return false;
  return true;
}

type Counted = NonNullable<NumberItem['counted']>;

/**
 * A sum is known only when every number in it is known: uses that nobody entered, or a use without its number of terminals,
 * leave it unknown. No contract at all is a known 0.
 */
function counted(what: Counted, { uses, contracts }: Pick<FactsInput, 'uses' | 'contracts'>): number | null {
  switch (what) {
    case 'contracts': return contracts.length;
    case 'contracts-with-clause': return contracts.some((one) => one.personalInformationClause === null) ? null : contracts.filter((one) => one.personalInformationClause).length;
    case 'using-departments': return uses.length === 0 ? null : uses.length;
    case 'using-sections': return knownSum(uses.map((one) => one.sections));
    case 'using-terminals': return knownSum(uses.map((one) => one.terminals));
    case 'linked-assessments': return null;
  }
}

function knownSum(numbers: readonly (number | null)[]): number | null {
  if (numbers.length === 0 || numbers.includes(null)) return null;
  return numbers.reduce<number>((sum, one) => sum + (one ?? 0), 0);
}

/**
 * The last day on which a declaration counts: the same day of the month, so many months later; where that month has no such
 * day, its last day (31 August + 6 months → 28 or 29 February). The day after, the declaration is stale.
 */
export const lastDayOf = monthsLater;
