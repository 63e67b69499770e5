/**
 * Checks form definitions as content: shape, references, cycles, items that can never be asked, bands, validity.
 * Everything that is wrong is listed with file, place and reason; nothing is repaired.
 */
import { Ajv, type ErrorObject } from 'ajv';
import type { Problem } from '../kernel/errors.js';
import { conditionFaults } from './conditions.js';
import { bandProblems, referenceProblems } from './content-references.js';
import { cycleProblems, unreachableProblems } from './content-conditions.js';
import { isIsoDate } from './dates.js';
import { walkItems } from './form-index.js';
import type { Code, FormDefinition } from './form.js';

export interface ContentProblem {
  file: string;
  /** JSON pointer within the file, with the item's code where there is one. */
  path: string;
  /** Japanese: what is wrong and how to mend it. */
  reason: string;
}
interface Found { path: string; reason: string }
export type FormCheck = (definition: unknown, file: string) => ContentProblem[];

const MOST_ITEMS = 5_000;

/** @param schema the JSON Schema of forms (`templates/schemas/form.schema.json`) */
export function formCheck(schema: object): FormCheck {
  const shape = shapeCheck(schema, { keys: ['when'], faults: conditionFaults });
  return (definition, file) => {
    const at = (problems: Found[]): ContentProblem[] => problems.map((problem) => ({ file, ...problem }));
    const misshapen = shape(definition);
    if (misshapen.length > 0) return at(misshapen);
    const form = definition as FormDefinition;
    let count = 0;
    for (const _ of walkItems(form)) count += 1;
    if (count > MOST_ITEMS) return at([{ path: '/sections', reason: `項目が${count}個あります。${MOST_ITEMS}個までにしてください。` }]);
    const references = referenceProblems(form);
    const days = validityProblems(form);
    const bands = bandProblems(form);
    // Cycles and reach are decided only once every reference leads somewhere.
    const graph = references.length > 0 ? [] : [...cycleProblems(form), ...unreachableProblems(form)];
    return at([...days, ...references, ...bands, ...graph]);
  };
}

/** Versions of one form whose days of validity overlap, or two files of the same version. */
export function checkFormVersions(forms: readonly { definition: FormDefinition; file: string }[]): ContentProblem[] {
  return checkVersions(forms.map(({ definition: { form, version, validity }, file }) => ({ code: form, version, validity, file })));
}

export interface Version { code: Code; version: string; validity: { from: string; until?: string }; file: string }

/** The same for anything that has versions: definitions of one code. */
export function checkVersions(all: readonly Version[]): ContentProblem[] {
  const problems: ContentProblem[] = [];
  const sorted = [...all].sort((a, b) => (a.validity.from < b.validity.from ? -1 : 1));
  sorted.forEach((later, n) => {
    for (const earlier of sorted.slice(0, n)) {
      if (earlier.code !== later.code) continue;
      const until = earlier.validity.until;
      if (earlier.version === later.version) {
        problems.push({ file: later.file, path: '/version', reason: `版「${later.version}」は「${earlier.file}」と同じです。版の名前を変えてください。` });
      } else if (until === undefined || until > later.validity.from) {
        problems.push({ file: later.file, path: '/validity', reason: `適用期間が「${earlier.file}」（${earlier.validity.from}から${until ?? '終わりの定めなし'}）と重なっています。前の版の「until」を「${later.validity.from}」以前にしてください。` });
      }
    }
  });
  return problems;
}

/** `prefilledBy` names an item of another form. */
export function checkAcrossForms(forms: readonly { definition: FormDefinition; file: string }[]): ContentProblem[] {
  const codes = new Map(forms.map(({ definition }) => [definition, new Set([...walkItems(definition)].map(({ item }) => item.code))]));
  return forms.flatMap(({ definition, file }) => [...walkItems(definition)].flatMap(({ item, path }) => {
    const source = item.prefilledBy;
    if (source === undefined || [...codes].some(([other, known]) => other.form !== definition.form && known.has(source))) return [];
    return [{ file, path: `${path}/prefilledBy（${item.code}）`, reason: `「${source}」という項目は、ほかのどの様式にもありません。` }];
  }));
}

/** Days of validity that are no days, or end before they begin. */
export function validityProblems({ validity }: { validity: Version['validity'] }): Found[] {
  const problems: Found[] = [];
  if (!isIsoDate(validity.from)) problems.push({ path: '/validity/from', reason: `「${validity.from}」は暦にない日です。` });
  if (validity.until !== undefined && !isIsoDate(validity.until)) problems.push({ path: '/validity/until', reason: `「${validity.until}」は暦にない日です。` });
  if (validity.until !== undefined && validity.until <= validity.from) problems.push({ path: '/validity', reason: '適用の終わり（until）が始まり（from）以前です。' });
  return problems;
}

/**
 * The shape of a definition from outside. Conditions stand under `keys`; what is wrong with them is told in their own words and
 * not in those of the schema.
 */
export function shapeCheck(schema: object, conditions: { keys: readonly string[]; faults(condition: unknown): readonly Problem[] }): (definition: unknown) => Found[] {
  const validate = new Ajv({ allErrors: true, discriminator: true, allowUnionTypes: true, strict: true, strictRequired: false }).compile(schema);
  const within = new RegExp(`/(${conditions.keys.join('|')})(/|$)`, 'u');
  return (definition) => {
    const sound = validate(definition);
    const shape = (validate.errors ?? []).filter((error) => !within.test(error.instancePath) && error.keyword !== 'oneOf' && error.keyword !== 'anyOf');
    const malformed = conditionShape(definition, conditions);
    if (sound || shape.length > 0 || malformed.length > 0) return [...unique(shape.slice(0, 200).map((error) => ({ path: error.instancePath, reason: reasonOf(error) }))), ...malformed];
    return [{ path: validate.errors?.[0]?.instancePath ?? '', reason: '書き方が定義の決まり（templates/schemas）に合いません。' }];
  };
}

/** Faults of every condition, wherever the rest of the shape still lets us find it. */
function conditionShape(definition: unknown, { keys, faults }: Parameters<typeof shapeCheck>[1]): Found[] {
  const problems: Found[] = [];
  const walk = (node: unknown, path: string, depth: number): void => {
    if (typeof node !== 'object' || node === null || depth > 40) return;
    for (const [key, value] of Object.entries(node)) {
      if (keys.includes(key)) problems.push(...faults(value).map((fault) => ({ path: `${path}/${key}${fault.path}`, reason: fault.message })));
      else if (key !== 'optionSets') walk(value, `${path}/${key}`, depth + 1);
    }
  };
  walk(definition, '', 0);
  return problems;
}

function unique(problems: Found[]): Found[] {
  const seen = new Set<string>();
  return problems.filter(({ path, reason }) => !seen.has(`${path}\n${reason}`) && seen.add(`${path}\n${reason}`));
}

function reasonOf({ keyword, params, message }: ErrorObject): string {
  const named = params as Record<string, unknown>;
  switch (keyword) {
    case 'required': return `「${String(named.missingProperty)}」がありません。書き足してください。`;
    case 'additionalProperties': return `「${String(named.additionalProperty)}」という欄はありません。綴りを確かめるか、取り除いてください。`;
    case 'type': return `値の型が違います（${String(named.type)}で書いてください）。`;
    case 'enum': return `次のいずれかで書いてください：${(named.allowedValues as unknown[]).map(String).join('、')}。`;
    case 'const': return `「${String(named.allowedValue)}」と書いてください。`;
    case 'pattern': return `書き方が決まり（${String(named.pattern)}）に合いません。`;
    case 'discriminator': return `「${String(named.tag)}」の値「${String(named.tagValue)}」は知らない種類です。`;
    case 'maxLength': return `長すぎます（${String(named.limit)}文字まで）。`;
    case 'maxItems': return `多すぎます（${String(named.limit)}個まで）。`;
    case 'minimum': case 'exclusiveMinimum': return `小さすぎます（${String(named.limit)}${keyword === 'minimum' ? '以上' : 'より大きい数'}にしてください）。`;
    case 'maximum': case 'exclusiveMaximum': return `大きすぎます（${String(named.limit)}${keyword === 'maximum' ? '以下' : 'より小さい数'}にしてください）。`;
    case 'minItems': case 'minProperties': case 'minLength': return Number(named.limit) > 1 ? `足りません（${String(named.limit)}以上書いてください）。` : '空にはできません。';
    default: return `書き方が決まりに合いません（${message ?? keyword}）。`;
  }
}
