/** Reads the parsed exchange file of systems; every problem stands at its JSON pointer. Pure. */
import { checkAnswer } from '../engine/answers.js';
import { checkText } from '../engine/answer-texts.js';
import { emptyAnswer } from '../engine/blanks.js';
import { formatEra, isIsoDate } from '../engine/dates.js';
import type { CompiledForm, CompiledItem } from '../engine/form-index.js';
import type { AnswerValue, Code } from '../engine/form.js';
import type { Problem } from '../kernel/errors.js';
import { retired, type Catalogue } from './catalogue.js';
import type { ExchangedDeclaration, ExchangedSystem, SystemsDocument } from './exchange.js';
import { bySystem, circleThrough } from './inheritance.js';
import { mergeRegister } from './register-values.js';

const MOST_SYSTEMS = 10_000;
const KEY = /^[A-Za-z0-9_.-]{1,64}$/u;

/** The place at hand, and where problems go. */
class At {
  constructor(readonly pointer: string, private readonly problems: Problem[]) {}

  in(step: string | number): At {
    return new At(`${this.pointer}/${String(step).slice(0, 80).replaceAll('~', '~0').replaceAll('/', '~1')}`, this.problems);
  }

  problem(code: string, message: string): void {
    this.problems.push({ code, path: this.pointer, message });
  }
}

type Fields = Record<string, unknown>;
type Reader<T> = (value: unknown, at: At) => T;

export function readDocument(file: unknown, catalogue: Catalogue, today: string): { document: SystemsDocument | null; problems: Problem[] } {
  const problems: Problem[] = [];
  const root = new At('', problems);
  const fields = object(file, root, ['format', 'formatVersion', 'registerVersion', 'controlsVersion', 'systems']);
  if (fields === null) return { document: null, problems };
  if (fields.format !== 'tenken-systems') root.in('format').problem('exchange-mark', 'システムの交換ファイルの印（"format": "tenken-systems"）がありません。この製品で書き出したファイルか、同じ形のファイルを指定してください。');
  if (fields.formatVersion !== 1) root.in('formatVersion').problem('exchange-version', `交換ファイルの版「${shown(fields.formatVersion)}」は読めません。"formatVersion" は 1 にしてください。`);
  const registerVersion = version(fields.registerVersion, root.in('registerVersion'), catalogue.registers, catalogue.register);
  const controlsVersion = version(fields.controlsVersion, root.in('controlsVersion'), catalogue.allControls, catalogue.controls);
  const at = root.in('systems');
  if (fields.systems === undefined) at.problem('field-missing', 'システムの一覧（systems）がありません。');
  const systems = list(fields.systems, at, MOST_SYSTEMS, (one, here) => system(one, here, catalogue, today));
  acrossSystems(systems, at);
  return { document: { registerVersion, controlsVersion, systems }, problems };
}

function version(value: unknown, at: At, known: readonly CompiledForm[], newest: CompiledForm): string {
  if (value === undefined) return newest.definition.version;
  const names = known.map(({ definition }) => definition.version);
  if (typeof value === 'string' && names.includes(value)) return value;
  at.problem('version-unknown', `版「${shown(value)}」はありません。ある版：${names.join('、')}`);
  return newest.definition.version;
}

const SYSTEM_FIELDS = ['key', 'kind', 'number', 'name', 'class', 'department', 'register', 'uses', 'contracts', 'inherits', 'declarations'];

function system(value: unknown, at: At, catalogue: Catalogue, today: string): ExchangedSystem {
  const fields = object(value, at, SYSTEM_FIELDS) ?? {};
  const key = text(fields.key, at.in('key'), 64);
  if (typeof fields.key === 'string' && !KEY.test(key)) at.in('key').problem('key-invalid', `識別子（key）「${shown(key)}」は、英数字と - _ . の1～64文字にしてください。`);
  return {
    key, kind: kind(fields.kind, at.in('kind')), number: integer(fields.number, at.in('number'), 1, 99_999), name: text(fields.name, at.in('name'), 200),
    class: optionalText(fields.class, at.in('class'), 200), department: optionalText(fields.department, at.in('department'), 200),
    register: register(fields.register, at.in('register'), catalogue),
    uses: list(fields.uses, at.in('uses'), 300, use),
    contracts: list(fields.contracts, at.in('contracts'), 300, contract),
    inherits: list(fields.inherits, at.in('inherits'), 300, (one, here) => text(one, here, 64)),
    declarations: declarations(fields.declarations, at.in('declarations'), catalogue, today),
  };
}

function kind(value: unknown, at: At): ExchangedSystem['kind'] {
  if (value === undefined || value === 'system') return 'system';
  if (value !== 'platform') at.problem('kind-unknown', `種類「${shown(value)}」はありません。"system"（システム）か "platform"（共通基盤）にしてください。`);
  return 'platform';
}

const use: Reader<ExchangedSystem['uses'][number]> = (value, at) => {
  const fields = object(value, at, ['department', 'sections', 'terminals']) ?? {};
  return { department: text(fields.department, at.in('department'), 200), sections: integer(fields.sections, at.in('sections'), 0, 1_000_000), terminals: integer(fields.terminals, at.in('terminals'), 0, 1_000_000) };
};

const contract: Reader<ExchangedSystem['contracts'][number]> = (value, at) => {
  const fields = object(value, at, ['title', 'contractor', 'personalInformationClause', 'beginsOn', 'endsOn']) ?? {};
  const clause = fields.personalInformationClause ?? null;
  if (clause !== null && typeof clause !== 'boolean') at.in('personalInformationClause').problem('wrong-type', '個人情報の条項は true、false、または null（不明）にしてください。');
  const [beginsOn, endsOn] = [day(fields.beginsOn, at.in('beginsOn')), day(fields.endsOn, at.in('endsOn'))];
  if (beginsOn !== null && endsOn !== null && endsOn < beginsOn) at.in('endsOn').problem('date-order', `契約の終わり（${formatEra(endsOn)}）が始まり（${formatEra(beginsOn)}）より前です。`);
  return { title: text(fields.title, at.in('title'), 200), contractor: optionalText(fields.contractor, at.in('contractor'), 200) ?? '', personalInformationClause: clause === true ? true : clause === false ? false : null, beginsOn, endsOn };
};

function register(value: unknown, at: At, catalogue: Catalogue): Record<Code, AnswerValue> {
  const fields = value === undefined ? {} : (object(value, at, null) ?? {});
  const full = Object.fromEntries(Object.entries(fields).map(([code, short]) => [code, fullValue(catalogue.register.byCode.get(code), short)]));
  const { register: values, problems } = mergeRegister(catalogue.register, {}, full);
  for (const { code, path, message } of problems) at.in(path.slice(path.indexOf('/') + 1)).problem(code, message);
  return values;
}

function declarations(value: unknown, at: At, catalogue: Catalogue, today: string): Record<Code, ExchangedDeclaration> {
  const fields = value === undefined ? {} : (object(value, at, null) ?? {});
  const found: Record<Code, ExchangedDeclaration> = {};
  for (const [code, given] of Object.entries(fields)) {
    const here = at.in(code);
    const control = catalogue.controls.byCode.get(code);
    if (control === undefined) {
      here.problem('unknown-control', `「${shown(code)}」という統制は目録にありません。綴りを確かめてください。`);
      continue;
    }
    if (retired(control.item, today)) {
      const instead = catalogue.controls.byCode.get(control.item.retired?.insteadBy ?? '');
      here.problem('control-retired', `「${control.item.label}」は${formatEra(control.item.retired!.since)}から申告しません。${instead === undefined ? 'この申告を取り除いてください。' : `代わりに「${instead.item.label}」（${instead.code}）を申告してください。`}`);
      continue;
    }
    const one = declaration(given, here, control, catalogue, today);
    if (one !== null) found[code] = one;
  }
  return found;
}

/** `{ value, declaredOn, note }`, or the short value alone. */
function declaration(given: unknown, at: At, control: CompiledItem, catalogue: Catalogue, today: string): ExchangedDeclaration | null {
  const long = isObject(given) && Object.hasOwn(given, 'value');
  const fields = long ? (object(given, at, ['value', 'declaredOn', 'note']) ?? {}) : { value: given };
  const { value, problems } = checkAnswer(control.item, fullValue(control, fields.value), catalogue.controls.definition, control.code);
  const here = long ? at.in('value') : at;
  for (const { code, message } of problems) here.problem(code, message);
  const declaredOn = day(fields.declaredOn, at.in('declaredOn'));
  if (declaredOn !== null && declaredOn > today) at.in('declaredOn').problem('date-in-future', `申告の日（${formatEra(declaredOn)}）が今日（${formatEra(today)}）より後です。`);
  const note = optionalText(fields.note, at.in('note'), 2_000) ?? '';
  if (value === null) return null;
  if (!emptyAnswer(value)) return { value, declaredOn, note };
  here.problem('value-missing', `「${control.item.label}」に値がありません。申告がないときは、この統制を書かないでください。`);
  return null;
}

/** A short choice is its option. */
function fullValue(item: CompiledItem | undefined, short: unknown): unknown {
  return item?.item.kind === 'choice' && typeof short === 'string' ? { choice: short } : short;
}

/** Keys, numbers within a class, uses, and inheritance. */
function acrossSystems(systems: readonly ExchangedSystem[], at: At): void {
  const places = new Map<string, number>();
  const numbers = new Map<string, number>();
  for (const [n, one] of systems.entries()) {
    const first = places.get(one.key);
    if (first === undefined) places.set(one.key, n);
    else at.in(n).in('key').problem('key-once', `識別子「${shown(one.key)}」は、${first + 1}番目のシステムも使っています。別のものにしてください。`);
    if (one.number === null) continue;
    const place = JSON.stringify([one.class, one.number]);
    const before = numbers.get(place);
    if (before === undefined) numbers.set(place, n);
    else at.in(n).in('number').problem('number-once', `番号${one.number}は、同じ区分の「${shown(systems[before]!.name)}」も使っています。別の番号にしてください。`);
  }
  for (const [n, one] of systems.entries()) {
    const seen = new Set<string>();
    for (const [m, { department }] of one.uses.entries()) {
      if (seen.has(department)) at.in(n).in('uses').in(m).in('department').problem('use-once', `利用する部署「${shown(department)}」が2度あります。1つにまとめてください。`);
      seen.add(department);
    }
  }
  inheritance(systems, places, at);
}

function inheritance(systems: readonly ExchangedSystem[], places: ReadonlyMap<string, number>, at: At): void {
  const edges = bySystem(systems.flatMap(({ key, inherits }) => inherits.map((fromId) => ({ systemId: key, fromId }))));
  const told = new Set<string>();
  for (const [n, one] of systems.entries()) {
    for (const [m, key] of one.inherits.entries()) {
      const here = at.in(n).in('inherits').in(m);
      const platform = systems[places.get(key) ?? -1];
      if (platform === undefined) here.problem('platform-unknown', `引き継ぐ共通基盤「${shown(key)}」が、このファイルにありません。`);
      else if (platform.kind !== 'platform') here.problem('not-a-platform', `「${shown(platform.name)}」は共通基盤（"kind": "platform"）ではないため、引き継げません。`);
      else if (one.inherits.indexOf(key) !== m) here.problem('platform-once', `共通基盤「${shown(platform.name)}」が2度あります。1つにしてください。`);
    }
    const circle = told.has(one.key) ? null : circleThrough(one.key, edges);
    if (circle === null) continue;
    circle.forEach((key) => told.add(key));
    at.in(n).in('inherits').problem('inheritance-circle', `統制の引継ぎが一回りして元に戻ります：${circle.map((key) => shown(key)).join('→')}。どこか一つの引継ぎをやめてください。`);
  }
}

// ---------------------------------------------------------------- shapes

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param known names of the fields; null: any */
function object(value: unknown, at: At, known: readonly string[] | null): Fields | null {
  if (!isObject(value)) {
    at.problem('wrong-type', 'ここには { } で囲んだ値の組を書いてください。');
    return null;
  }
  if (known !== null) for (const name of Object.keys(value)) if (!known.includes(name)) at.in(name).problem('unknown-field', `「${shown(name)}」という欄はありません。綴りを確かめるか、取り除いてください。`);
  return value;
}

function list<T>(value: unknown, at: At, most: number, read: Reader<T>): T[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) at.problem('wrong-type', 'ここには [ ] で囲んだ一覧を書いてください。');
  else if (value.length > most) at.problem('too-many', `${value.length.toLocaleString('ja-JP')}件あります。${most.toLocaleString('ja-JP')}件までにしてください。`);
  else return value.map((one, n) => read(one, at.in(n)));
  return [];
}

function text(value: unknown, at: At, most: number): string {
  const found = value === undefined || value === null ? '' : checkText(value, most, (code, message) => at.problem(code, message));
  if (found !== null && found.trim() === '') at.problem('field-missing', '必ず書く欄ですが、空です。');
  return found ?? '';
}

function optionalText(value: unknown, at: At, most: number): string | null {
  return value === undefined || value === null ? null : checkText(value, most, (code, message) => at.problem(code, message));
}

function integer(value: unknown, at: At, least: number, most: number): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return Object.is(value, -0) ? 0 : value;
  at.problem('number-out-of-range', `「${shown(value)}」は書けません。${least}から${most.toLocaleString('ja-JP')}までの整数にしてください。`);
  return null;
}

function day(value: unknown, at: At): string | null {
  if (value === undefined || value === null) return null;
  if (isIsoDate(value)) return value;
  at.problem('date-invalid', `「${shown(value)}」は日付として読めません。2026-10-01 の形で書いてください。`);
  return null;
}

function shown(value: unknown): string {
  const told = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return told.length > 60 ? `${told.slice(0, 60)}…` : told;
}
