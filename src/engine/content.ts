/**
 * Checks form definitions as content: shape, references, cycles, items that can never be asked, bands, validity.
 * Everything that is wrong is listed with file, place and reason; nothing is repaired.
 */
import { Ajv, type ErrorObject } from 'ajv';
import { conditionFaults } from './conditions.js';
import { bandProblems, referenceProblems } from './content-references.js';
import { cycleProblems, unreachableProblems } from './content-conditions.js';
import { isIsoDate } from './dates.js';
import { walkItems } from './form-index.js';
import type { FormDefinition } from './form.js';

export interface ContentProblem {
  file: string;
  /** JSON pointer within the file, with the item's code where there is one. */
  path: string;
  /** Japanese: what is wrong and how to mend it. */
  reason: string;
}
export type FormCheck = (definition: unknown, file: string) => ContentProblem[];

const MOST_ITEMS = 5_000;

/** @param schema the JSON Schema of forms (`templates/schemas/form.schema.json`) */
export function formCheck(schema: object): FormCheck {
  const validate = new Ajv({ allErrors: true, discriminator: true, allowUnionTypes: true, strict: true, strictRequired: false }).compile(schema);
  return (definition, file) => {
    const at = (problems: { path: string; reason: string }[]): ContentProblem[] => problems.map((problem) => ({ file, ...problem }));
    if (!validate(definition)) {
      const shape = (validate.errors ?? []).filter((error) => !/\/when(\/|$)/u.test(error.instancePath) && error.keyword !== 'oneOf' && error.keyword !== 'anyOf');
      const conditions = conditionShape(definition);
      if (shape.length > 0 || conditions.length > 0) return at([...unique(shape.slice(0, 200).map((error) => ({ path: error.instancePath, reason: reasonOf(error) }))), ...conditions]);
      return at([{ path: validate.errors?.[0]?.instancePath ?? '', reason: '書き方が様式定義の決まり（form.schema.json）に合いません。' }]);
    }
    const form = definition as FormDefinition;
    const malformed = conditionShape(form);
    if (malformed.length > 0) return at(malformed);
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
  const problems: ContentProblem[] = [];
  const sorted = [...forms].sort((a, b) => (a.definition.validity.from < b.definition.validity.from ? -1 : 1));
  sorted.forEach((later, n) => {
    for (const earlier of sorted.slice(0, n)) {
      if (earlier.definition.form !== later.definition.form) continue;
      const until = earlier.definition.validity.until;
      if (earlier.definition.version === later.definition.version) {
        problems.push({ file: later.file, path: '/version', reason: `版「${later.definition.version}」は「${earlier.file}」と同じです。版の名前を変えてください。` });
      } else if (until === undefined || until > later.definition.validity.from) {
        problems.push({ file: later.file, path: '/validity', reason: `適用期間が「${earlier.file}」（${earlier.definition.validity.from}から${until ?? '終わりの定めなし'}）と重なっています。前の版の「until」を「${later.definition.validity.from}」以前にしてください。` });
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

function validityProblems({ validity }: FormDefinition): { path: string; reason: string }[] {
  const problems: { path: string; reason: string }[] = [];
  if (!isIsoDate(validity.from)) problems.push({ path: '/validity/from', reason: `「${validity.from}」は暦にない日です。` });
  if (validity.until !== undefined && !isIsoDate(validity.until)) problems.push({ path: '/validity/until', reason: `「${validity.until}」は暦にない日です。` });
  if (validity.until !== undefined && validity.until <= validity.from) problems.push({ path: '/validity', reason: '適用の終わり（until）が始まり（from）以前です。' });
  return problems;
}

/** Faults of every `when`, wherever the rest of the shape still lets us find it. */
function conditionShape(definition: unknown): { path: string; reason: string }[] {
  const problems: { path: string; reason: string }[] = [];
  const walk = (node: unknown, path: string, depth: number): void => {
    if (typeof node !== 'object' || node === null || depth > 40) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === 'when') problems.push(...conditionFaults(value).map((fault) => ({ path: `${path}/when${fault.path}`, reason: fault.message })));
      else if (key !== 'optionSets') walk(value, `${path}/${key}`, depth + 1);
    }
  };
  walk(definition, '', 0);
  return problems;
}

function unique(problems: { path: string; reason: string }[]): { path: string; reason: string }[] {
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
    case 'minItems': case 'minProperties': case 'minLength': return '空にはできません。';
    default: return `書き方が決まりに合いません（${message ?? keyword}）。`;
  }
}
