/**
 * 調査票 as content and as a definition: which kinds of questions it may have, what is wrong with one, and the files
 * `templates/questionnaires/<code>/<version>.yaml` from which a new one may begin.
 */
import { createHash } from 'node:crypto';
import { readDefinitions, readSchema } from '../engine/content-loader.js';
import { checkFormVersions, formCheck, type ContentProblem } from '../engine/content.js';
import { walkItems } from '../engine/form-index.js';
import type { Code, FormDefinition, GroupItem, Item, ItemKind } from '../engine/form.js';
import { Invalid, type Problem } from '../kernel/errors.js';
import type { Catalogue } from '../systems/catalogue.js';
import type { Prefilling, Questionnaire } from './questionnaire.entity.js';
import { prefillingFault } from './questionnaire-prefilling.js';
import { MOST_ROWS } from './response-rows.js';

/** Kinds of questions, as the builder offers them. */
export const QUESTION_KINDS = {
  choice: '1つを選ぶ',
  checks: 'いくつでも選ぶ',
  number: '数',
  text: '短い文',
  'long-text': '長い文',
  date: '日付',
  'date-text': '日付（未定などの文もよい）',
  'date-range': '期間',
  'text-list': '1行に1件の一覧',
  table: '表',
  group: '繰り返しの行（1件ずつ書く一覧）',
  'record-list': '番号と見出しのある項目の一覧',
  figures: '写真・図',
  computed: '自動計算（合計）',
  fixed: '説明文（回答しない）',
} as const satisfies Partial<Record<ItemKind, string>>;
export type QuestionKind = keyof typeof QUESTION_KINDS;
export const isQuestionKind = (kind: string): kind is QuestionKind => Object.hasOwn(QUESTION_KINDS, kind);

/** What a questionnaire consists of besides its title and days. */
export interface QuestionnaireDraft {
  definition: FormDefinition;
  prefilling: Record<Code, Prefilling>;
}

/** One file: a form definition with three fields more. */
export interface QuestionnaireTemplate extends FormDefinition {
  purpose: string;
  per: Questionnaire['per'];
  prefilling: Record<Code, Prefilling>;
}

interface Found { path: string; reason: string }

/** What a row may hold: what stands in a line of a table, and pictures. */
export const IN_ROWS: ReadonlySet<ItemKind> = new Set<ItemKind>(['text', 'long-text', 'number', 'date', 'date-text', 'date-range', 'choice', 'checks', 'text-list', 'figures', 'computed', 'fixed']);

/** What a form may have and a questionnaire may not: it is answered on a sheet of one line a row, too, and its product counts no rows into brackets. */
export function questionnaireFaults(definition: FormDefinition): Found[] {
  const faults: Found[] = [];
  definition.sections.forEach((section, n) => {
    if (section.perRowOf !== undefined) faults.push({ path: `/sections/${n}/perRowOf`, reason: '調査票の章は行ごとに繰り返せません。「perRowOf」を取り除き、章の中に繰り返しの行（group）を置いてください。' });
    section.blocks.forEach((block, b) => {
      if ((block.parts ?? []).length > 0) faults.push({ path: `/sections/${n}/blocks/${b}/parts`, reason: '調査票に小見出し（parts）は置けません。欄（blocks）を分けてください。' });
    });
  });
  for (const { item, path, enclosing } of walkItems(definition)) {
    const at = `${path}（${item.code}）`;
    if (enclosing !== null && !IN_ROWS.has(item.kind)) faults.push({ path: `${at}/kind`, reason: `行「${enclosing.label}」の中に、一覧や表（${item.kind}）は置けません。1つの行は、回答票では1行で書きます。別の問いにしてください。` });
    if (item.kind === 'group') faults.push(...groupFaults(item, at));
    if (item.kind === 'computed' && item.compute.rule !== 'sum-of') faults.push({ path: `${at}/compute`, reason: '調査票で自動で計算できるのは、合計（sum-of）だけです。' });
    if (item.kind === 'choice' && item.count !== undefined) faults.push({ path: `${at}/count`, reason: '行を数える欄（count）は調査票に置けません。自動計算（sum-of の rowsOf）を別に置いてください。' });
    if (item.kind === 'number' && item.counted !== undefined) faults.push({ path: `${at}/counted`, reason: '台帳から数える欄（counted）は調査票に置けません。「prefilling」で台帳の数を初めに入れてください。' });
  }
  for (const [set, options] of Object.entries(definition.optionSets)) {
    options.forEach((option, n) => {
      if (option.counts !== undefined) faults.push({ path: `/optionSets/${set}/${n}/counts`, reason: '行を数える選択肢（counts）は調査票に置けません。' });
    });
  }
  return faults;
}

function groupFaults({ items, sheets, atLeast }: GroupItem, at: string): Found[] {
  return [
    ...(items.some(({ kind }) => kind !== 'fixed' && kind !== 'computed') ? [] : [{ path: `${at}/items`, reason: '繰り返しの行に、答える問いがありません。行の中の問いを1つ以上置いてください。' }]),
    ...(sheets === undefined ? [] : [{ path: `${at}/sheets`, reason: '調査票の行に、様式の枚数（sheets）は要りません。取り除いてください。' }]),
    ...(atLeast !== undefined && (!Number.isInteger(atLeast) || atLeast < 1 || atLeast > MOST_ROWS) ? [{ path: `${at}/atLeast`, reason: `行の最少の数は1～${MOST_ROWS}の整数にしてください。` }] : []),
  ];
}

/** Everything that is wrong with a draft, by its place. Pure once it is built. */
export class QuestionnaireCheck {
  private readonly form: (definition: unknown, file: string) => ContentProblem[];

  /** @param schema the JSON Schema of forms */
  constructor(schema: object, private readonly catalogue: Pick<Catalogue, 'register' | 'controls'>) {
    this.form = formCheck(schema);
  }

  faults({ definition, prefilling }: QuestionnaireDraft, per: Questionnaire['per']): Found[] {
    const shape = this.form(definition, '');
    if (shape.length > 0) return shape.map(({ path, reason }) => ({ path, reason }));
    const own = questionnaireFaults(definition);
    return own.length > 0 ? own : this.prefillingFaults(definition, prefilling, per);
  }

  /** The same as problems of an input. */
  problems(draft: QuestionnaireDraft, per: Questionnaire['per']): Problem[] {
    return this.faults(draft, per).map(({ path, reason }) => ({ code: 'definition-invalid', path, message: reason }));
  }

  private prefillingFaults(definition: FormDefinition, prefilling: Record<Code, Prefilling>, per: Questionnaire['per']): Found[] {
    const items = new Map<Code, Item>([...walkItems(definition)].map(({ item }) => [item.code, item]));
    const inRows = new Set([...walkItems(definition)].filter(({ enclosing }) => enclosing !== null).map(({ item }) => item.code));
    return Object.entries(prefilling).flatMap(([code, source]) => {
      const item = items.get(code);
      const reason = inRows.has(code) ? `「${item!.label}」は繰り返しの行の中の問いなので、初めに入れておけません。` : item === undefined ? `「${code}」という問いはありません。` : prefillingFault(item, definition, source, per, this.catalogue);
      return reason === null ? [] : [{ path: `/prefilling/${code}`, reason }];
    });
  }
}

/** SHA-256 (hex) of what is asked, whatever the order of its fields. */
export function definitionHash(definition: FormDefinition): string {
  return createHash('sha256').update(JSON.stringify(ordered(definition))).digest('hex');
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, ordered(one)]));
}

/** What somebody answers: repeated rows are one question, explanations and what is computed are none. */
export const questionsOf = (definition: FormDefinition): Item[] => [...walkItems(definition)].filter(({ item, enclosing }) => enclosing === null && item.kind !== 'fixed' && item.kind !== 'computed').map(({ item }) => item);

/** The questionnaires of the content. */
export class QuestionnaireTemplates {
  constructor(readonly all: readonly QuestionnaireTemplate[]) {}

  /** The newest valid version of every code, by title. */
  on(today: string): QuestionnaireTemplate[] {
    return this.all.filter(({ validity }) => validity.from <= today && (validity.until === undefined || today < validity.until)).sort((a, b) => (a.form < b.form ? -1 : 1));
  }

  find(code: Code, today: string): QuestionnaireTemplate | undefined {
    return this.on(today).find((one) => one.form === code);
  }
}

/** The schema of a file: that of a form with the fields of a questionnaire. */
function fileSchema(form: object): object {
  const { properties, required } = form as { properties: object; required: string[] };
  const source = { type: 'object', properties: { from: { type: 'string', enum: ['register', 'control'] }, code: { $ref: '#/$defs/code' }, of: { type: 'string', enum: ['department'] } }, required: ['from', 'code'], additionalProperties: false };
  return {
    ...form, $id: 'tenken:questionnaire',
    properties: { ...properties, purpose: { type: 'string', minLength: 1 }, per: { type: 'string', enum: ['department', 'department-system'] }, prefilling: { type: 'object', additionalProperties: source } },
    required: [...required, 'purpose', 'per', 'prefilling'],
  };
}

export const draftOf = ({ purpose: _, per: __, prefilling, ...definition }: QuestionnaireTemplate): QuestionnaireDraft => structuredClone({ definition, prefilling });

/** Every version that is sound, and everything that is wrong. */
export function readQuestionnaireTemplates(templates: string, catalogue: Pick<Catalogue, 'register' | 'controls'>): { ready: QuestionnaireTemplate[]; problems: ContentProblem[] } {
  const schema = readSchema(templates, 'form');
  const [shape, check] = [formCheck(fileSchema(schema)), new QuestionnaireCheck(schema, catalogue)];
  const { sound, problems } = readDefinitions<QuestionnaireTemplate>(templates, 'questionnaires', (definition, file) => {
    const misshapen = shape(definition, file);
    if (misshapen.length > 0) return misshapen;
    const one = definition as QuestionnaireTemplate;
    return check.faults(draftOf(one), one.per).map((fault) => ({ file, ...fault }));
  }, ({ form, version }) => `${form}/${version}.yaml`);
  return { ready: sound.map((one) => one.definition), problems: [...problems, ...checkFormVersions(sound)] };
}

/** @throws Invalid with every fault of the content, by file and place */
export function loadQuestionnaireTemplates(templates: string, catalogue: Pick<Catalogue, 'register' | 'controls'>): QuestionnaireTemplates {
  const { ready, problems } = readQuestionnaireTemplates(templates, catalogue);
  if (problems.length > 0) throw new Invalid('content-invalid', `調査票のひな型に${problems.length}件の誤りがあります。`, problems.map(({ file, path, reason }) => ({ code: 'content-invalid', path: `${file} ${path}`.trim(), message: reason })));
  return new QuestionnaireTemplates(ready);
}
