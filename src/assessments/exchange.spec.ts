import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { parse } from 'yaml';
import { indexForm, type CompiledItem } from '../engine/form-index.js';
import { addressOf, type AnswerSet, type AnswerValue, type FormDefinition, type Row } from '../engine/form.js';
import { Invalid } from '../kernel/errors.js';
import { LARGEST_EXCHANGE, looksLikeExchange, readExchange, writeExchange, type ExchangeDocument, type ExchangeImage } from './exchange.js';

const forms = ['basic', 'priority', 'full'].map((code) => parse(readFileSync(`templates/forms/${code}/2024-10.yaml`, 'utf8')) as FormDefinition);
const full = forms[2]!;
const index = indexForm(full);
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(JSON.parse(readFileSync('templates/schemas/exchange.schema.json', 'utf8')) as object);

/** The smallest PNG: signature and nothing a reader of ours looks at. */
const bytes = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
const image: ExchangeImage = { sha256: createHash('sha256').update(bytes).digest('hex'), mediaType: 'image/png', width: 40, height: 30, data: bytes };

const inGroup = (group: string | null): CompiledItem[] => index.items.filter((item) => (item.groups.at(-1) ?? null) === group);
const nested = [...index.byCode.values()].find((item) => item.item.kind === 'group' && item.groups.length === 1)!;
const outer = nested.groups[0]!;
const figures = index.items.find((item) => item.item.kind === 'figures')!;
const someText = inGroup(null).find((item) => item.item.kind === 'text')!;
const someChoice = inGroup(null).find((item) => item.item.kind === 'choice')!;
const nestedText = inGroup(nested.code).find((item) => item.item.kind === 'text')!;

const rows: Row[] = [
  { id: 'f1', group: outer, parent: null, position: 1 },
  { id: 'n1', group: nested.code, parent: 'f1', position: 1 },
  { id: 'n2', group: nested.code, parent: 'f1', position: 2 },
];
const sample: ExchangeDocument = {
  form: 'full', version: '2024-10', exportedAt: '2026-11-21T09:00:00.000Z', title: '図書の貸出しに関する事務　全項目評価書', implementingBody: 'みずほ野市教育委員会', number: '12',
  answerSet: {
    rows,
    answers: {
      [someText.code]: 'みずほ野 "市" \\ 𠮷', [`${nestedText.code}@n1`]: '清掃', [`${nestedText.code}@n2`]: '警備',
      [figures.code]: { figures: [{ image: image.sha256, caption: '受付の流れ', width: 40, height: 30 }] },
    },
  },
  images: [image],
  threshold: { input: { people: 12000, handlers: 40, incident: false }, result: 'basic', judgedOn: '2026-10-01' },
};

type Json = Record<string, unknown> & { rows: Record<string, unknown>[]; answers: Record<string, unknown>[]; images: Record<string, unknown>[] };
const file = (change: (json: Json) => void): string => {
  const json = JSON.parse(writeExchange(sample)) as Json;
  change(json);
  return JSON.stringify(json);
};
const codes = (source: string | Uint8Array): string[] => {
  try {
    readExchange(source, forms);
    return [];
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    return error.problems.map(({ code }) => code);
  }
};

describe('writing and reading', () => {
  it('gives back the same document, figures included', () => {
    expect(readExchange(writeExchange(sample), forms)).toEqual(sample);
    expect(readExchange(Buffer.from(`\ufeff${writeExchange(sample)}`), forms)).toEqual(sample);
  });

  it('writes what the published schema says', () => {
    expect([validate(JSON.parse(writeExchange(sample))), validate.errors]).toEqual([true, null]);
  });

  const text = fc.string({ unit: fc.constantFrom('あ', '市', '𠮷', '葛󠄀', '"', '\\', '\n', '<', '&', '1', '、', 'a', '　'), minLength: 1, maxLength: 40 });
  const valueOf = ({ item }: CompiledItem): fc.Arbitrary<AnswerValue> | null => {
    switch (item.kind) {
      case 'text': case 'long-text': case 'date-text': return text;
      case 'date': return fc.constantFrom('2026-04-01', '2024-02-29');
      case 'date-range': return fc.constantFrom({ from: '2026-04-01', to: '2026-05-01' });
      case 'choice': return fc.constantFrom(...full.optionSets[item.options]!.map(({ code }) => ({ choice: code })));
      case 'checks': return fc.subarray(full.optionSets[item.options]!.map(({ code }) => code), { minLength: 1 }).filter((checked) => checked.length === 1 || !checked.some((code) => item.exclusive?.includes(code))).map((checked) => ({ checked }));
      case 'record-list': return fc.array(fc.record({ number: fc.option(fc.nat({ max: 500 })), name: text }), { maxLength: 5 }).map((records) => ({ lists: [{ heading: '一覧', records }] }));
      case 'figures': return fc.constant({ figures: [{ image: image.sha256, caption: '図', width: 40, height: 30 }] });
      default: return null;
    }
  };

  it('loses nothing, whatever is answered', () => {
    const places = [...inGroup(null).map((item) => ({ item, row: null })), ...inGroup(outer).map((item) => ({ item, row: 'f1' })), ...inGroup(nested.code).map((item) => ({ item, row: 'n2' }))];
    const answers = fc.subarray(places).chain((chosen) => fc.tuple(...chosen.flatMap(({ item, row }) => {
      const value = valueOf(item);
      return value ? [value.map((one) => [addressOf(item.code, row), one] as const)] : [];
    }))).map((entries): AnswerSet => ({ rows, answers: Object.fromEntries(entries) }));
    fc.assert(fc.property(answers, (answerSet) => {
      const document: ExchangeDocument = { form: 'full', version: '2024-10', title: '題', answerSet, images: [image] };
      const first = readExchange(writeExchange(document), forms);
      // What an answer's normal form is, is the engine's business; from there on nothing may change.
      expect(readExchange(writeExchange(first), forms)).toEqual(first);
      expect(Object.keys(first.answerSet.answers)).toEqual(Object.keys(answerSet.answers));
      expect(first).toEqual(document);
      expect(validate(JSON.parse(writeExchange(document)))).toBe(true);
    }), { numRuns: 60 });
  });
});

describe('a file that does not fit', () => {
  it.each<[string, (json: Json) => void, string[]]>([
    ['unknown item', (json) => json.answers.push({ item: 'nobody', row: null, value: 'x' }), ['item-unknown']],
    ['wrong type', (json) => (json.answers[0]!.value = 12), ['wrong-type']],
    ['option that does not exist', (json) => json.answers.push({ item: someChoice.code, row: null, value: { choice: 'nobody' } }), ['unknown-option']],
    ['another version', (json) => (json.version = '1999-01'), ['form-version-unknown']],
    ['another form', (json) => (json.form = 'novel'), ['form-unknown']],
    ['no mark', (json) => (json.tenken = 'exchange/9'), ['exchange-mark']],
    ['no title', (json) => (json.title = ' '), ['wrong-type']],
    ['unknown field', (json) => (json.colour = 'red'), ['unknown-field']],
    ['unknown row', (json) => (json.answers[1]!.row = 'n9'), ['row-unknown']],
    ['row of another group', (json) => (json.answers[1]!.row = 'f1'), ['row-wrong']],
    ['answer given twice', (json) => json.answers.push({ ...json.answers[0] }), ['answer-duplicate']],
    ['group answered', (json) => json.answers.push({ item: nested.code, row: 'f1', value: 'x' }), ['item-not-answered']],
    ['parent that is not there', (json) => (json.rows[1]!.parent = 'f9'), ['row-unknown']],
    ['parents in a circle', (json) => Object.assign(json.rows[1]!, { parent: 'n2' }, Object.assign(json.rows[2]!, { parent: 'n1' }) && { parent: 'n2' }), ['row-cycle', 'row-cycle']],
    ['row id twice', (json) => json.rows.push({ ...json.rows[0], position: 9 }), ['row-duplicate']],
    ['two rows in one place', (json) => (json.rows[2]!.position = 1), ['row-position']],
    ['unknown group', (json) => json.rows.push({ id: 'x', group: 'nobody', parent: null, position: 1 }), ['group-unknown']],
    ['picture that was changed', (json) => (json.images[0]!.data = Buffer.from([...bytes, 9]).toString('base64')), ['image-hash-differs', 'image-missing']],
    ['picture that is none', (json) => Object.assign(json.images[0]!, { data: 'AAAA', sha256: createHash('sha256').update(Buffer.from('AAAA', 'base64')).digest('hex') }), ['image-content', 'image-missing']],
    ['picture of another type', (json) => (json.images[0]!.mediaType = 'image/svg+xml'), ['image-type', 'image-missing']],
    ['picture missing', (json) => (json.images = []), ['image-missing']],
    ['broken threshold', (json) => (json.threshold = { result: 'much' }), ['threshold-wrong']],
    ['no lists', (json) => delete (json as Partial<Json>).rows, ['wrong-type', 'row-unknown', 'row-unknown']],
  ])('%s', (_, change, expected) => {
    expect(codes(file(change))).toEqual(expected);
  });

  it('shows all problems at once', () => {
    expect(codes(file((json) => { json.answers[0]!.value = 12; json.rows[2]!.position = 1; json.images[0]!.width = 0; }))).toEqual(['row-position', 'image-size', 'wrong-type', 'image-missing']);
  });

  it('says near which line a file was cut off or broken', () => {
    const whole = writeExchange(sample);
    const cut = whole.split('\n').slice(0, 12).join('\n');
    expect(codes(cut)).toEqual(['exchange-truncated']);
    expect(() => readExchange(cut, forms)).toThrow('12行目付近');
    const lines = whole.split('\n');
    lines[4] = lines[4]!.replace(/,$/u, '');
    expect(() => readExchange(lines.join('\n'), forms)).toThrow('6行目付近');
    expect(codes(lines.join('\n'))).toEqual(['exchange-not-json']);
    expect([codes(''), codes('[]'), codes('null')]).toEqual([['exchange-truncated'], ['exchange-not-object'], ['exchange-not-object']]);
  });

  it('refuses what is too large or no text', () => {
    expect(codes(new Uint8Array(LARGEST_EXCHANGE + 1))).toEqual(['exchange-too-large']);
    expect(codes(' '.repeat(LARGEST_EXCHANGE + 1))).toEqual(['exchange-too-large']);
    expect(codes(Uint8Array.from([0x7b, 0xff, 0xfe]))).toEqual(['exchange-not-text']);
  });

  it('cannot reach the prototype of an object', () => {
    expect(codes(writeExchange(sample).replace(`"item": "${someText.code}"`, '"item": "__proto__"'))).toEqual(['item-unknown']);
    expect(codes(writeExchange(sample).replace('"id": "f1"', '"id": "__proto__"'))).toEqual(['row-unknown', 'row-unknown']);
  });

  it.each<[string, (json: Json) => void]>([
    ['wrong mark', (json) => (json.tenken = 'x')], ['unknown field', (json) => (json.colour = 'red')], ['row without parent', (json) => delete json.rows[0]!.parent],
    ['position that is no integer', (json) => (json.rows[0]!.position = 1.5)], ['value null', (json) => (json.answers[0]!.value = null)], ['hash', (json) => (json.images[0]!.sha256 = 'x')],
  ])('the schema refuses it too: %s', (_, change) => {
    const source = file(change);
    expect(codes(source).length).toBeGreaterThan(0);
    expect(validate(JSON.parse(source))).toBe(false);
  });
});

it('tells an exchange file from the text of an assessment', () => {
  expect([looksLikeExchange(writeExchange(sample)), looksLikeExchange(Buffer.from('{ "tenken": "exchange/1"')), looksLikeExchange('Ⅰ 基本情報'), looksLikeExchange('｛')]).toEqual([true, true, false, false]);
});
