import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { openSystemsTown, type SystemsTown } from '../../test/systems-town.js';
import type { CompiledItem } from '../engine/form-index.js';
import type { AnswerValue } from '../engine/form.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, Refused } from '../kernel/errors.js';
import { inProject } from '../kernel/root.js';
import { loadCatalogue } from './catalogue.js';
import { factsOfExchange, LARGEST_SYSTEMS_EXCHANGE, readSystemsExchange, writeSystemsExchange, type ExchangedSystem, type SystemsDocument } from './exchange.js';
import { sampleCatalogue } from './sample-catalogue.js';

const today = '2026-11-21';
const catalogue = loadCatalogue(inProject('templates'), today);
const schema = new Ajv({ strict: true, allowUnionTypes: true }).compile(JSON.parse(readFileSync(inProject('templates/schemas/systems-exchange.schema.json'), 'utf8')) as object);

type Json = Record<string, unknown>;
const file = (systems: Json[], head: Json = {}): string => JSON.stringify({ format: 'tenken-systems', formatVersion: 1, systems, ...head });
const read = (source: string | Uint8Array, from = catalogue): SystemsDocument => readSystemsExchange(source, { catalogue: from, today });
const problems = (source: string | Uint8Array, from = catalogue): string[] => {
  try {
    read(source, from);
    return [];
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    return error.problems.map(({ code, path }) => `${code} ${path}`);
  }
};

/** The example of the README, with every field. */
const example: Json[] = [
  { key: 'p1', kind: 'platform', name: 'データセンター', declarations: { 'room-entry-control': 'authenticated', 'password-strength': { value: 'enforced', declaredOn: '2025-01-15' } } },
  {
    key: 's1', kind: 'system', number: 1, name: '健康管理', class: '各部局所管', department: '地域保健課',
    register: { 'operation-state': 'in-operation', people: 54000, 'access-granting': { choice: 'other', text: 'ICカード' }, 'introduced-on': '2020-04-01', purpose: '健診' },
    uses: [{ department: '地域保健課', sections: 1, terminals: 12 }, { department: '支所', sections: null, terminals: 2 }],
    contracts: [{ title: '保守', contractor: '業者', personalInformationClause: true, beginsOn: '2025-04-01', endsOn: null }],
    inherits: ['p1'],
    declarations: { 'access-right-unit': { value: 'per-terminal', declaredOn: '2026-10-01', note: '次の更新で改める' }, 'lockout-attempts': 5 },
  },
];

describe('reading', () => {
  it('takes short and long values, and gives what is left out its default', () => {
    const { registerVersion, controlsVersion, systems } = read(file(example));
    expect([registerVersion, controlsVersion]).toEqual(['2026-04', '2026-04']);
    expect(systems[1]).toEqual({
      ...example[1],
      register: { 'operation-state': { choice: 'in-operation' }, people: 54000, 'access-granting': { choice: 'other', text: 'ICカード' }, 'introduced-on': '2020-04-01', purpose: '健診' },
      declarations: { 'access-right-unit': { value: { choice: 'per-terminal' }, declaredOn: '2026-10-01', note: '次の更新で改める' }, 'lockout-attempts': { value: 5, declaredOn: null, note: '' } },
    });
    expect(read(file([{ key: 'a', name: '一' }])).systems).toEqual([{ key: 'a', kind: 'system', number: null, name: '一', class: null, department: null, register: {}, uses: [], contracts: [], inherits: [], declarations: {} }]);
    expect(read(new TextEncoder().encode(`\uFEFF${file([])}`)).systems).toEqual([]);
  });

  const one = (patch: Json): string => file([{ key: 'a', name: '一', ...patch }]);
  const platform = (key: string, inherits: string[]): Json => ({ key, name: key, kind: 'platform', inherits });
  it.each<[string, string, string[]]>([
    ['no JSON', '{"format": "tenken-systems",', ['exchange-not-json line 1']],
    ['a list at the top', '[]', ['wrong-type ']],
    ['another format', file([], { format: 'csv' }), ['exchange-mark /format']],
    ['a later format', file([], { formatVersion: 2 }), ['exchange-version /formatVersion']],
    ['an unknown version of the register', file([], { registerVersion: '1999-01' }), ['version-unknown /registerVersion']],
    ['an unknown version of the controls', file([], { controlsVersion: 7 }), ['version-unknown /controlsVersion']],
    ['an unknown field', one({ colour: 'red' }), ['unknown-field /systems/0/colour']],
    ['no systems', JSON.stringify({ format: 'tenken-systems', formatVersion: 1 }), ['field-missing /systems']],
    ['a system that is no object', file(['x' as never]), ['wrong-type /systems/0', 'field-missing /systems/0/key', 'field-missing /systems/0/name']],
    ['a key with a space', file([{ key: 'a b', name: '一' }]), ['key-invalid /systems/0/key']],
    ['a key twice', file([{ key: 'a', name: '一' }, { key: 'a', name: '二' }]), ['key-once /systems/1/key']],
    ['a blank name', file([{ key: 'a', name: ' ' }]), ['field-missing /systems/0/name']],
    ['an unknown kind', one({ kind: 'cloud' }), ['kind-unknown /systems/0/kind']],
    ['a number as a text', one({ number: '1' }), ['number-out-of-range /systems/0/number']],
    ['a number of 0', one({ number: 0 }), ['number-out-of-range /systems/0/number']],
    ['a number twice in a class', file([{ key: 'a', name: '一', class: '甲', number: 1 }, { key: 'b', name: '二', class: '乙', number: 1 }, { key: 'c', name: '三', class: '甲', number: 1 }]), ['number-once /systems/2/number']],
    ['an unknown item', one({ register: { colour: 'red' } }), ['unknown-item /systems/0/register/colour']],
    ['an item with a slash', one({ register: { 'a/b~c': 1 } }), ['unknown-item /systems/0/register/a~1b~0c']],
    ['a counted item', one({ register: { contracts: 1 } }), ['counted-item /systems/0/register/contracts']],
    ['an unknown option of an item', one({ register: { place: 'moon' } }), ['unknown-option /systems/0/register/place']],
    ['a number of people out of range', one({ register: { people: 1e9 } }), ['number-out-of-range /systems/0/register/people']],
    ['an unknown control', one({ declarations: { 'no-control': 'x' } }), ['unknown-control /systems/0/declarations/no-control']],
    ['__proto__ as a control', '{"format":"tenken-systems","formatVersion":1,"systems":[{"key":"a","name":"x","declarations":{"__proto__":"x"}}]}', ['unknown-control /systems/0/declarations/__proto__']],
    ['an unknown option of a control', one({ declarations: { 'access-right-unit': 'sometimes' } }), ['unknown-option /systems/0/declarations/access-right-unit']],
    ['an unknown option in the long form', one({ declarations: { 'access-right-unit': { value: 'sometimes' } } }), ['unknown-option /systems/0/declarations/access-right-unit/value']],
    ['a control out of range', one({ declarations: { 'lockout-attempts': 101 } }), ['number-out-of-range /systems/0/declarations/lockout-attempts']],
    ['a word for a number', one({ declarations: { 'lockout-attempts': 'five' } }), ['wrong-type /systems/0/declarations/lockout-attempts']],
    ['a control with a blank', one({ declarations: { 'access-right-unit': '' } }), ['value-missing /systems/0/declarations/access-right-unit']],
    ['a declaration of tomorrow', one({ declarations: { 'access-right-unit': { value: 'none', declaredOn: '2026-11-22' } } }), ['date-in-future /systems/0/declarations/access-right-unit/declaredOn']],
    ['a day that is none', one({ declarations: { 'access-right-unit': { value: 'none', declaredOn: '令和8年' } } }), ['date-invalid /systems/0/declarations/access-right-unit/declaredOn']],
    ['an unknown word in a declaration', one({ declarations: { 'access-right-unit': { value: 'none', by: 'me' } } }), ['unknown-field /systems/0/declarations/access-right-unit/by']],
    ['a use without a department', one({ uses: [{ sections: 1 }] }), ['field-missing /systems/0/uses/0/department']],
    ['a use twice', one({ uses: [{ department: '甲' }, { department: '甲' }] }), ['use-once /systems/0/uses/1/department']],
    ['half a terminal', one({ uses: [{ department: '甲', terminals: 0.5 }] }), ['number-out-of-range /systems/0/uses/0/terminals']],
    ['uses that are no list', one({ uses: {} }), ['wrong-type /systems/0/uses']],
    ['a contract that ends before it begins', one({ contracts: [{ title: '保守', beginsOn: '2026-04-01', endsOn: '2026-03-31' }] }), ['date-order /systems/0/contracts/0/endsOn']],
    ['a clause that is no yes or no', one({ contracts: [{ title: '保守', personalInformationClause: 'あり' }] }), ['wrong-type /systems/0/contracts/0/personalInformationClause']],
    ['an unknown platform', one({ inherits: ['x'] }), ['platform-unknown /systems/0/inherits/0']],
    ['a system as a platform', file([{ key: 'a', name: '一', inherits: ['b'] }, { key: 'b', name: '二' }]), ['not-a-platform /systems/0/inherits/0']],
    ['a platform twice', file([{ key: 'a', name: '一', inherits: ['b', 'b'] }, platform('b', [])]), ['platform-once /systems/0/inherits/1']],
    ['a platform upon itself', file([platform('b', ['b'])]), ['inheritance-circle /systems/0/inherits']],
    ['a circle, told once', file([platform('a', ['b']), platform('b', ['c']), platform('c', ['a'])]), ['inheritance-circle /systems/0/inherits']],
  ])('refuses %s with its place', (_what, source, expected) => {
    expect(problems(source)).toEqual(expected);
  });

  it('names the circle and the control that took the place of a retired one', () => {
    const told = (source: string, from = catalogue): string => {
      try {
        read(source, from);
        return '';
      } catch (error) {
        return (error as Invalid).problems.map((one) => one.message).join();
      }
    };
    expect(told(file([platform('a', ['b']), platform('b', ['a'])]))).toContain('a→b→a');
    const sample = sampleCatalogue(today);
    const old = file([{ key: 'a', name: '一', declarations: { 'old-lock': 'automatic' } }]);
    expect(problems(old, sample)).toEqual(['control-retired /systems/0/declarations/old-lock']);
    expect(told(old, sample)).toContain('代わりに「画面の保護」（screen-lock）');
  });

  it('lists every problem at once, 500 at most and then how many more', () => {
    const many = file(Array.from({ length: 300 }, (_, n) => ({ key: `k${n}`, name: '', kind: 'x', number: -1 })));
    const found = problems(many);
    expect(found).toHaveLength(501);
    expect(found.at(-1)).toBe('more-problems ');
  });

  it('keeps a department and a class that nobody knows as texts', () => {
    expect(read(one({ department: 'どこにもない課', class: 'どこにもない区分' })).systems[0]).toMatchObject({ department: 'どこにもない課', class: 'どこにもない区分' });
  });

  it('refuses what is no text and what is too large', () => {
    expect(problems(Uint8Array.from([0x7b, 0xff, 0xfe]))).toEqual(['exchange-not-text ']);
    expect(problems(' '.repeat(LARGEST_SYSTEMS_EXCHANGE + 1))).toEqual(['exchange-too-large ']);
  });

  it('does not stop at any JSON: a document or problems', () => {
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (any, system) => {
      problems(JSON.stringify(any));
      problems(file([system as Json]));
      problems(one({ register: system as Json, declarations: any as Json, uses: any as Json, contracts: [any], inherits: system as Json }));
    }), { numRuns: 300 });
  });
});

// ---------------------------------------------------------------- there and back

const day = fc.constantFrom('1990-01-31', '2024-02-29', '2026-11-21');
const letters = [...'地域保健課システムﾃｽﾄ（）「」𠮷é0１a"\\/~%'];
const words = (max: number) => fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: Math.floor(max / 2) });
function valueOf({ item, options }: CompiledItem): fc.Arbitrary<AnswerValue> {
  switch (item.kind) {
    case 'choice': return fc.tuple(fc.constantFrom(...options!.values()), words(30)).chain(([option, text]) => (option.text === true ? fc.constantFrom({ choice: option.code }, { choice: option.code, text }) : fc.constant({ choice: option.code })));
    case 'number': return fc.integer({ min: item.min ?? 0, max: Math.min(item.max ?? 1_000, 1_000_000) });
    case 'date': return day;
    default: return words(60);
  }
}
const some = (items: readonly CompiledItem[]) => fc.subarray([...items], { maxLength: 6 }).chain((chosen) => fc.tuple(...chosen.map(valueOf)).map((values) => Object.fromEntries(chosen.map((one, n) => [one.code, values[n]!] as const))));
const undated = catalogue.registerItems.filter(({ item }) => !(item.kind === 'date' && item.notBefore !== undefined));
const anySystem: fc.Arbitrary<Omit<ExchangedSystem, 'key' | 'kind' | 'inherits' | 'number'>> = fc.record({
  name: words(80), class: fc.option(words(20)), department: fc.option(words(20)), register: some(undated),
  uses: fc.uniqueArray(fc.record({ department: words(20), sections: fc.option(fc.nat(50)), terminals: fc.option(fc.nat(1000)) }), { selector: (one) => one.department, maxLength: 3 }),
  contracts: fc.array(fc.record({ title: words(20), contractor: fc.oneof(fc.constant(''), words(20)), personalInformationClause: fc.option(fc.boolean()), beginsOn: fc.option(fc.constant('2020-01-01')), endsOn: fc.option(fc.constant('2026-12-31')) }), { maxLength: 2 }),
  declarations: some(catalogue.controls.items).chain((values) => fc.array(fc.tuple(fc.option(day), fc.oneof(fc.constant(''), words(40))), { minLength: 6, maxLength: 6 }).map((more) =>
    Object.fromEntries(Object.entries(values).map(([code, value], n) => [code, { value, declaredOn: more[n]![0], note: more[n]![1] }])))),
});
/** Platforms first; each rests only on those before it, so that there is no circle. */
const anyDocument: fc.Arbitrary<SystemsDocument> = fc.tuple(fc.array(anySystem, { maxLength: 5 }), fc.nat(5), fc.array(fc.nat(4), { minLength: 5, maxLength: 5 })).map(([systems, platforms, rests]) => ({
  registerVersion: '2026-04', controlsVersion: '2026-04',
  systems: systems.map((one, n): ExchangedSystem => ({ ...one, key: `s${n}`, kind: n < platforms ? 'platform' : 'system', number: n === 2 ? null : n + 1, inherits: rests[n]! < Math.min(n, platforms) ? [`s${rests[n]!}`] : [] })),
}));

describe('there and back', () => {
  it('what is written is read as it was, and fits the schema', () => {
    fc.assert(fc.property(anyDocument, (document) => {
      const written = writeSystemsExchange(document);
      expect(read(written)).toEqual(document);
      expect(schema(JSON.parse(written)) ? [] : schema.errors).toEqual([]);
      expect(writeSystemsExchange(read(written))).toBe(written);
    }), { numRuns: 150 });
  });

  it('the schema takes the example, and refuses what the reader refuses by its shape', () => {
    expect(schema(JSON.parse(file(example)))).toBe(true);
    for (const wrong of [{ kind: 'cloud' }, { number: 0 }, { colour: 1 }, { uses: [{}] }, { contracts: [{}] }, { inherits: ['a', 'a'] }, { declarations: { x: { value: 1, by: 'me' } } }, { key: 'a b' }, { name: ' ' }]) {
      const json = file([{ key: 'a', name: '一', ...wrong }]);
      expect([wrong, schema(JSON.parse(json))]).toEqual([wrong, false]);
      expect(problems(json)).not.toEqual([]);
    }
  });
});

describe('facts of a file', () => {
  it('are those of its systems with what they inherit, stale ones apart', () => {
    const [, facts] = factsOfExchange(read(file(example)), { catalogue, today, declarationMonths: 12 });
    expect(facts).toMatchObject({
      key: 's1', name: '健康管理', kind: 'system', inherited: { 'room-entry-control': 'データセンター' }, stale: { 'password-strength': '2025-01-15' }, unapproved: [],
      values: {
        'operation-state': { choice: 'in-operation' }, people: 54000, contracts: 1, 'contracts-with-clause': 1, 'using-departments': 2, 'using-terminals': 14,
        'access-right-unit': { choice: 'per-terminal' }, 'lockout-attempts': 5, 'room-entry-control': { choice: 'authenticated' },
      },
    });
    expect(facts!.values).not.toHaveProperty('using-sections');
    expect(facts!.values).not.toHaveProperty('linked-assessments');
  });
});

describe('exporting from the database', () => {
  let open: SystemsTown;
  beforeAll(async () => { open = await openSystemsTown(); });
  afterAll(() => open.close());
  const as = <T>(work: (ctx: Ctx) => Promise<T>, actor = open.lead): Promise<T> => open.town.as(actor, work);

  it('gives what is there, and its facts are those of the database', async () => {
    const classId = (await as((ctx) => open.classes.list(ctx)))[3]!.id;
    const base = await open.add({ name: '土台', kind: 'platform', departmentId: open.town.children });
    const id = await open.add({ name: '国民年金', number: 3, classId, register: { people: 500, place: { choice: 'office' }, 'access-granting': { choice: 'other', text: '鍵' } } });
    await as(async (ctx) => {
      await open.register.setUses(ctx, id, 1, [{ departmentId: open.town.pension, sections: 1, terminals: 4 }]);
      await open.register.setContracts(ctx, id, 2, [{ title: '保守', contractor: '業者', personalInformationClause: null, beginsOn: null, endsOn: '2027-03-31' }]);
      await open.register.setInheritance(ctx, id, 3, [base]);
    });
    await open.declare(id, 'access-right-unit', { choice: 'per-user' }, { on: '2026-10-01', note: '役割ごと' });
    await open.declare(id, 'no-longer-there', { choice: 'x' });
    await open.declare(base, 'room-entry-control', { choice: 'authenticated' });
    const source = await as((ctx) => open.exchange.export(ctx));
    expect(schema(JSON.parse(source))).toBe(true);
    const document = read(source);
    expect(document.systems.find((one) => one.name === '国民年金')).toEqual({
      key: 's1', kind: 'system', number: 3, name: '国民年金', class: '各部局所管', department: '国保年金課', register: { people: 500, place: { choice: 'office' }, 'access-granting': { choice: 'other', text: '鍵' } },
      uses: [{ department: '国保年金課', sections: 1, terminals: 4 }], contracts: [{ title: '保守', contractor: '業者', personalInformationClause: null, beginsOn: null, endsOn: '2027-03-31' }],
      inherits: ['s2'], declarations: { 'access-right-unit': { value: { choice: 'per-user' }, declaredOn: '2026-10-01', note: '役割ごと' } },
    });
    const known = (await as((ctx) => open.facts.ofSystems(ctx, [id]))).get(id)!;
    expect(factsOfExchange(document, { catalogue, today, declarationMonths: 12 })[0]).toEqual({ key: 's1', name: '国民年金', kind: 'system', ...known });
  });

  it('gives a department what it may see, and the platforms below', async () => {
    const clerk = await open.town.person('drafter', open.town.pension);
    await open.add({ name: '児童手当', departmentId: open.town.children });
    expect((await as((ctx) => open.exchange.document(ctx), clerk)).systems.map((one) => one.name)).toEqual(['国民年金', '土台']);
    await expect(as(async (ctx) => open.exchange.export(ctx), await open.town.person('council-member', null))).rejects.toBeInstanceOf(Refused);
  });
});
