/** Compares two systems that are to become one, and puts together what stays. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type { AnswerValue, Code } from '../engine/form.js';
import { formatEra } from '../engine/dates.js';
import type { Problem } from '../kernel/errors.js';
import type { Catalogue } from './catalogue.js';
import { sideOf, type Side } from './doubles.js';
import { FIELD_NAMES } from './system-history.js';
import { registerPath, valueText } from './register-values.js';
import type { SystemPatch } from './register-changing.js';
import type { Contract, Use } from './system-parts.js';

export interface MergeDeclaration { control: Code; value: AnswerValue; note: string; declaredOn: string }

/** One of the two systems with all that can be taken over. */
export interface Whole {
  name: string;
  number: number | null;
  classId: string | null;
  classLabel: string;
  departmentId: string;
  departmentPath: string;
  register: Record<Code, AnswerValue>;
  uses: (Use & { departmentPath: string })[];
  contracts: Contract[];
  declarations: MergeDeclaration[];
}

/** Path of a difference → the side that stays. */
export type Choices = Readonly<Record<string, Side>>;

export interface Difference {
  /** `name`, `register/<item>`, `uses/<department>`, `declarations/<control>`. */
  path: string;
  label: string;
  /** In words; blank: nothing is there. */
  from: string;
  into: string;
  /** What stays unless the person says otherwise; `choose`: the person has to say. */
  stays: Side | 'choose';
}

interface Field extends Difference { differs: boolean }

/** Everything in which the two are not the same, in the order of the page. */
export function differencesOf(catalogue: Catalogue, from: Whole, into: Whole): Difference[] {
  return fieldsOf(catalogue, from, into).filter((one) => one.differs).map(({ differs: _, ...one }) => one);
}

function fieldsOf(catalogue: Catalogue, from: Whole, into: Whole): Field[] {
  const field = (path: string, label: string, a: unknown, b: unknown, text: (value: never) => string): Field => ({
    path, label, from: a === null || a === undefined ? '' : text(a as never), into: b === null || b === undefined ? '' : text(b as never), stays: sideOf(a, b), differs: !isDeepStrictEqual(a ?? null, b ?? null),
  });
  const plain = (value: string | number): string => String(value);
  const classLabels = new Map([[from.classId, from.classLabel], [into.classId, into.classLabel]]);
  const departments = new Map([...from.uses, ...into.uses, from, into].map((one) => [one.departmentId, one.departmentPath]));
  const numbers = (use: Use | undefined): unknown => (use === undefined ? null : { sections: use.sections, terminals: use.terminals });
  const declared = (one: MergeDeclaration | undefined): unknown => (one === undefined ? null : { value: one.value, note: one.note });
  const usedBy = [...new Set([...into.uses, ...from.uses].map((one) => one.departmentId))];
  const controls = new Set([...from.declarations, ...into.declarations].map((one) => one.control));
  return [
    field('name', FIELD_NAMES.name!, from.name, into.name, plain),
    field('class', FIELD_NAMES.class!, from.classId, into.classId, (id: string) => classLabels.get(id) ?? ''),
    field('number', FIELD_NAMES.number!, from.number, into.number, plain),
    field('department', FIELD_NAMES.department!, from.departmentId, into.departmentId, (id: string) => departments.get(id) ?? ''),
    ...catalogue.registerItems.map((item) => field(registerPath(item.code), item.item.label, from.register[item.code], into.register[item.code], (value: AnswerValue) => valueText(item, value))),
    ...usedBy.map((id) => field(`uses/${id}`, `利用：${departments.get(id) ?? ''}`, numbers(from.uses.find((one) => one.departmentId === id)), numbers(into.uses.find((one) => one.departmentId === id)),
      (use: Use) => `${use.sections === null ? '課数不明' : `${use.sections}課`}　${use.terminals === null ? '台数不明' : `${use.terminals}台`}`)),
    ...catalogue.controls.items.filter(({ code }) => controls.has(code)).map((item) => {
      const [a, b] = [from, into].map((side) => side.declarations.find((one) => one.control === item.code));
      const words = (one: MergeDeclaration | undefined): string => (one === undefined ? '' : `${valueText(item, one.value)}（${formatEra(one.declaredOn)}）${one.note === '' ? '' : `　${one.note}`}`);
      const same = field(`declarations/${item.code}`, item.item.label, declared(a), declared(b), () => '');
      // The same said twice is no question: the later day stays.
      const stays = same.differs ? same.stays : a!.declaredOn > b!.declaredOn ? 'from' as const : 'into' as const;
      return { ...same, stays, from: words(a), into: words(b) };
    }),
  ];
}

/** Differences that nobody decided, each as a problem at its path. */
export function unchosen(differences: readonly Difference[], choices: Choices): Problem[] {
  return differences.filter(({ path, stays }) => stays === 'choose' && !sides.has(choices[path] as Side)).map(({ path, label, from, into }) => ({
    code: 'choice-missing', path, message: `「${label}」は「${from}」と「${into}」のどちらを残すかを選んでください。`,
  }));
}

const sides: ReadonlySet<Side> = new Set(['from', 'into']);

export interface Chosen {
  /** What the system that stays takes from the other. */
  patch: SystemPatch;
  uses: Use[];
  contracts: Contract[];
  /** Controls whose declaration is taken over. */
  declarations: Code[];
}

/** @param choices decide where they are given; what differs and has no choice stays as it is in `into` */
export function chosenOf(catalogue: Catalogue, from: Whole, into: Whole, choices: Choices): Chosen {
  const taken = new Set(fieldsOf(catalogue, from, into).filter(({ path, stays }) => (choices[path] ?? stays) === 'from').map((one) => one.path));
  const register = Object.fromEntries(catalogue.registerItems.filter(({ code }) => taken.has(registerPath(code))).map(({ code }) => [code, from.register[code] ?? null]));
  const plainUse = ({ departmentId, sections, terminals }: Use): Use => ({ departmentId, sections, terminals });
  const kept = into.uses.map((use) => (taken.has(`uses/${use.departmentId}`) ? (from.uses.find((one) => one.departmentId === use.departmentId) ?? null) : use)).filter((use) => use !== null);
  const more = from.uses.filter((use) => taken.has(`uses/${use.departmentId}`) && !into.uses.some((one) => one.departmentId === use.departmentId));
  return {
    patch: {
      ...(taken.has('name') ? { name: from.name } : {}), ...(taken.has('number') ? { number: from.number } : {}),
      ...(taken.has('class') ? { classId: from.classId } : {}), ...(taken.has('department') ? { departmentId: from.departmentId } : {}), register,
    },
    uses: [...kept, ...more].map(plainUse),
    contracts: [...into.contracts, ...from.contracts.filter((one) => !into.contracts.some((other) => isDeepStrictEqual(one, other)))],
    declarations: from.declarations.filter(({ control }) => taken.has(`declarations/${control}`)).map((one) => one.control),
  };
}
