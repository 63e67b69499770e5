/** Reads `templates/claims/<version>.yaml` and checks it against the forms: shape, references, options, codes. */
import { referenceFaults } from '../engine/content-conditions.js';
import { readCatalogues, readDefinitions, readSchema, type LoadedForm } from '../engine/content-loader.js';
import { shapeCheck, type ContentProblem } from '../engine/content.js';
import { conditionFaults } from '../engine/conditions.js';
import type { CompiledForm } from '../engine/form-index.js';
import type { Code, Condition, Item } from '../engine/form.js';
import { compileClaims, entryOf, NOT_STATED, type ChoiceClaim, type ClaimDefinition, type ClaimsDefinition, type CompiledClaims } from './claims.js';

interface Found { path: string; reason: string }

const FOLDER = 'claims';
const NONE: CompiledClaims = compileClaims({ version: '', title: '', claims: [] }, []);

/** The newest version of the claims, and everything that is wrong with any; with problems there are no claims. */
export function readClaims(folder: string, forms: readonly Pick<LoadedForm, 'compiled'>[]): { claims: CompiledClaims; problems: ContentProblem[] } {
  const compiled = forms.map((one) => one.compiled);
  const check = claimsCheck(readSchema(folder, 'claims'), compiled, catalogueCodes(folder));
  const { sound, problems, complete } = readDefinitions<ClaimsDefinition>(folder, FOLDER, (definition, file) => check(definition).map((one) => ({ file, ...one })), ({ version }) => `${version}.yaml`);
  if (sound.length === 0 && complete) problems.push({ file: FOLDER, path: '', reason: '評価書の記載から読む事実（claims/<版>.yaml）がありません。' });
  return { claims: problems.length > 0 ? NONE : compileClaims(sound.at(-1)!.definition, compiled), problems };
}

/** Codes of the register and of controls: rules speak of them and of claims alike. */
function catalogueCodes(folder: string): Set<Code> {
  const { systems, controls } = readCatalogues(folder);
  return new Set([...systems, ...controls].flatMap(({ compiled }) => compiled.items.map(({ code }) => code)));
}

/** @param taken codes of the register and of controls */
export function claimsCheck(schema: object, forms: readonly CompiledForm[], taken: ReadonlySet<Code>): (definition: unknown) => Found[] {
  // The conditions are checked with the form over whose items they stand; none is called `when` here.
  const shape = shapeCheck(schema, { keys: ['when'], faults: conditionFaults });
  return (definition) => {
    const misshapen = shape(definition);
    if (misshapen.length > 0) return misshapen;
    const { claims } = definition as ClaimsDefinition;
    return [...codeProblems(claims, taken), ...claims.flatMap((claim, n) => claimProblems(claim, `/claims/${n}`, forms))];
  };
}

function codeProblems(claims: readonly ClaimDefinition[], taken: ReadonlySet<Code>): Found[] {
  const seen = new Set<Code>();
  return claims.flatMap((claim, n) => [claim.code, ...(claim.across ? [`${claim.code}-across`] : [])].flatMap((code): Found[] => {
    const path = `/claims/${n}/code（${code}）`;
    if (taken.has(code)) return [{ path, reason: `符号「${code}」は、システム台帳か統制の目録の項目に使われています。ほかの符号にしてください。` }];
    if (seen.has(code)) return [{ path, reason: `符号「${code}」が2度使われています。どちらかを変えてください。` }];
    seen.add(code);
    return [];
  }));
}

function claimProblems(claim: ClaimDefinition, path: string, forms: readonly CompiledForm[]): Found[] {
  const entries = Object.keys(claim.in).flatMap((key): Found[] =>
    (forms.some(({ definition: { form, version } }) => key === form || key === `${form}/${version}`) ? [] : [{ path: `${path}/in/${key}（${claim.code}）`, reason: `「${key}」という様式又は様式の版はありません。` }]));
  const options = claim.kind === 'choice' ? optionProblems(claim, path) : [];
  return [...entries, ...options, ...forms.flatMap((form) => {
    const key = [`${form.definition.form}/${form.definition.version}`, form.definition.form].find((one) => Object.hasOwn(claim.in, one));
    const at = (within: string, reason: string): Found => ({ path: `${path}/in/${key ?? ''}${within}（${claim.code}）`, reason: `${form.definition.shortTitle} ${form.definition.version}：${reason}` });
    return readingProblems(claim, form).map(([within, reason]) => at(within, reason));
  })];
}

/** Options without a condition anywhere, conditions without an option, and the code that the program keeps for itself. */
function optionProblems(claim: ChoiceClaim, path: string): Found[] {
  const codes = claim.options.map(({ code }) => code);
  const read = new Set(Object.values(claim.in).flatMap((entry) => Object.keys(entry)));
  return [
    ...codes.filter((code, n) => codes.indexOf(code) !== n).map((code) => `選択肢「${code}」が2度あります。`),
    ...codes.filter((code) => code === NOT_STATED.code).map((code) => `選択肢「${code}」は、記載欄のない様式のためにとってあります。ほかの符号にしてください。`),
    ...codes.filter((code) => !read.has(code)).map((code) => `選択肢「${code}」の条件が、どの様式にもありません。`),
    ...[...read].filter((code) => !codes.includes(code)).map((code) => `「${code}」という選択肢はありません。「options」に加えるか、条件を取り除いてください。`),
  ].map((reason) => ({ path: `${path}/options（${claim.code}）`, reason }));
}

function readingProblems(claim: ClaimDefinition, form: CompiledForm): [within: string, reason: string][] {
  const kinds = new Map<Code, Item>(form.items.map((one) => [one.code, one.item]));
  if (claim.kind === 'number') {
    const entry = entryOf(claim.in, form);
    if (entry === undefined) return [];
    const [code, kind] = 'rows' in entry ? [entry.rows, 'group'] : [entry.number, 'number'];
    if (kinds.get(code)?.kind !== kind) return [['', `「${code}」という${kind === 'group' ? '行の集まり' : '数値の項目'}はありません。`]];
    return kind === 'number' && form.byCode.get(code)!.groups.length > 0 ? [['', `「${code}」は行の中の項目なので、1つの数として読めません。`]] : [];
  }
  if (claim.kind === 'names') {
    return (entryOf(claim.in, form) ?? []).flatMap((code, n): [string, string][] => (isNames(kinds.get(code)) ? [] : [[`/${n}`, `「${code}」という名称を書く項目（text・long-text・text-list）はありません。`]]));
  }
  const entry = entryOf(claim.in, form);
  return entry === undefined ? [] : choiceProblems(claim, entry, form, kinds);
}

function choiceProblems({ row }: ChoiceClaim, entry: Record<Code, Condition>, form: CompiledForm, kinds: ReadonlyMap<Code, Item>): [string, string][] {
  const scope: Code[] = [];
  if (row !== undefined) {
    const group = form.byCode.get(row.group);
    if (group?.item.kind !== 'group') return [['', `「${row.group}」という行の集まりはありません。`]];
    if (!isNames(kinds.get(row.named)) || form.byCode.get(row.named)?.groups.at(-1) !== row.group) return [['', `「${row.named}」は、「${row.group}」の行の名称を書く項目ではありません。`]];
    scope.push(...group.groups, row.group);
  }
  const around = new Map(form.items.map((one) => [one.code, one.groups]));
  return Object.entries(entry).flatMap(([option, condition]) => {
    const malformed = conditionFaults(condition).map((fault): [string, string] => [`/${option}${fault.path}`, fault.message]);
    if (malformed.length > 0) return malformed;
    return referenceFaults(condition, scope, form.definition, kinds, around).map((reason): [string, string] => [`/${option}`, reason]);
  });
}

function isNames(item: Item | undefined): boolean {
  return item !== undefined && ['text', 'long-text', 'text-list'].includes(item.kind);
}
