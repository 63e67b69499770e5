/**
 * The assessments of the demo city: one YAML file each under `templates/demo/`, in short forms where they are unambiguous.
 * A word stands for a choice, a list of codes for check boxes, `1○○、2○○` for records of a list, a file name for a picture.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import sharp from 'sharp';
import { parse } from 'yaml';
import { checkAnswer } from '../engine/answers.js';
import { indexForm, type CompiledForm, type CompiledItem } from '../engine/form-index.js';
import { addressOf, type Address, type AnswerSet, type Code, type FormDefinition } from '../engine/form.js';
import { Invalid, type Problem } from '../kernel/errors.js';

export type DemoStatus = 'draft' | 'submitted' | 'approved' | 'confirmed';
const STATUSES: readonly string[] = ['draft', 'submitted', 'approved', 'confirmed'] satisfies DemoStatus[];

/** A row as it is written: `id` is a word that names it in this document, its place unless given. */
export interface WrittenRow {
  id?: string;
  answers?: Record<Code, unknown>;
  rows?: Record<Code, WrittenRow[]>;
}

/** A document as it is written, before it is read against its form. */
export interface WrittenDocument extends WrittenRow {
  form: Code;
  version: string;
  title: string;
  /** Name of the section in charge in the demo city. */
  department: string;
  /** Name of the implementing body in the demo city. */
  body: string;
  status: DemoStatus;
  /** Answers to the threshold questions by item code. */
  threshold: Record<Code, string | number>;
}

export interface DemoImage {
  sha256: string;
  mediaType: 'image/png';
  width: number;
  height: number;
  bytes: Buffer;
}

export interface DemoDocument extends WrittenDocument {
  /** File name without `.yaml`; stable, row ids derive from it. */
  name: string;
  /** Pictures of the document by the file name that answers give. */
  images: ReadonlyMap<string, DemoImage>;
}

/** All documents of a folder in the order of their names. Throws `Invalid` with every file that is not one. */
export async function readDemoDocuments(folder: string): Promise<DemoDocument[]> {
  const problems: Problem[] = [];
  const documents: DemoDocument[] = [];
  for (const file of readdirSync(folder).filter((one) => one.endsWith('.yaml')).sort()) {
    try {
      const written = parse(readFileSync(join(folder, file), 'utf8')) as WrittenDocument;
      const wrong = shapeProblem(written);
      if (wrong === null) documents.push({ ...written, name: basename(file, '.yaml'), images: await imagesOf(written, join(folder, file)) });
      else problems.push({ code: 'demo-document', path: file, message: `${file}：${wrong}` });
    } catch (error) {
      problems.push({ code: 'demo-document', path: file, message: `${file}：読めません。${(error as Error).message}` });
    }
  }
  if (problems.length > 0) throw new Invalid('demo-documents', 'デモの評価書に誤りがあります。', problems);
  return documents;
}

function shapeProblem(written: unknown): string | null {
  if (!isRecord(written)) return '評価書の形になっていません。';
  const blank = ['form', 'version', 'title', 'department', 'body'].filter((key) => typeof written[key] !== 'string' || written[key] === '');
  if (blank.length > 0) return `${blank.join('・')}を書いてください。`;
  if (typeof written.status !== 'string' || !STATUSES.includes(written.status)) return `status は ${STATUSES.join('・')} のどれかにしてください。`;
  return isRecord(written.threshold) ? null : 'threshold（しきい値判断の答え）を書いてください。';
}

async function imagesOf(row: WrittenRow, document: string): Promise<Map<string, DemoImage>> {
  const images = new Map<string, DemoImage>();
  for (const value of Object.values(row.answers ?? {})) {
    if (!isRecord(value) || !Array.isArray(value.figures)) continue;
    for (const figure of value.figures as unknown[]) {
      if (!isRecord(figure) || typeof figure.file !== 'string' || images.has(figure.file)) continue;
      const bytes = readFileSync(join(dirname(document), figure.file));
      const { width, height } = await sharp(bytes).metadata();
      images.set(figure.file, { sha256: createHash('sha256').update(bytes).digest('hex'), mediaType: 'image/png', width, height, bytes });
    }
  }
  for (const rows of Object.values(row.rows ?? {})) for (const one of rows) for (const [file, image] of await imagesOf(one, document)) images.set(file, image);
  return images;
}

/** The answers of a document as its form keeps them; ids of rows are the same on every machine. Throws `Invalid` with all problems. */
export function answerSetOf(document: Pick<DemoDocument, 'name' | 'answers' | 'rows' | 'images'>, definition: FormDefinition): AnswerSet {
  const reader = new Reader(document, indexForm(definition));
  reader.take(document, null, [], document.name);
  if (reader.problems.length > 0) throw new Invalid('demo-document', `デモの評価書「${document.name}」に誤りがあります。`, reader.problems);
  return reader.set;
}

class Reader {
  readonly set: AnswerSet = { rows: [], answers: {} };
  readonly problems: Problem[] = [];

  constructor(private readonly document: Pick<DemoDocument, 'images'>, private readonly form: CompiledForm) {}

  /** @param groups groups around the row, outermost first */
  take(written: WrittenRow, row: string | null, groups: readonly Code[], path: string): void {
    for (const [code, value] of Object.entries(written.answers ?? {})) this.answer(code, value, row, groups, `${path}/${code}`);
    for (const [group, rows] of Object.entries(written.rows ?? {})) {
      const around = this.form.byCode.get(group);
      if (around?.item.kind !== 'group' || !same(around.groups, groups)) {
        this.problem('unknown-group', `${path}/${group}`, `繰り返し「${group}」は、この様式のこの場所にありません。`);
        continue;
      }
      rows.forEach((one, position) => {
        const place = `${path}/${group}/${one.id ?? position + 1}`;
        const id = rowId(place);
        if (this.set.rows.some((other) => other.id === id)) this.problem('row-twice', place, '同じ名前の行が2つあります。id を変えてください。');
        this.set.rows.push({ id, group, parent: row, position });
        this.take(one, id, [...groups, group], place);
      });
    }
  }

  private answer(code: Code, value: unknown, row: string | null, groups: readonly Code[], path: string): void {
    const item = this.form.byCode.get(code);
    if (!item || !same(item.groups, groups)) {
      this.problem('unknown-item', path, `項目「${code}」は、この様式のこの場所にありません。`);
      return;
    }
    const address: Address = addressOf(code, row);
    const checked = checkAnswer(item.item, this.longForm(item, value, path), this.form.definition, address, () => item.name);
    if (checked.value !== null) this.set.answers[address] = checked.value;
    this.problems.push(...checked.problems.map((problem) => ({ ...problem, path })));
  }

  /** What a short form stands for; anything else is left to the check. */
  private longForm({ item }: CompiledItem, value: unknown, path: string): unknown {
    if (item.kind === 'choice' && typeof value === 'string') return { choice: value };
    if (item.kind === 'checks' && Array.isArray(value)) return { checked: value };
    if (item.kind === 'record-list') return this.recordsOf(value, path);
    return item.kind === 'figures' ? this.figuresOf(value, path) : value;
  }

  private recordsOf(value: unknown, path: string): unknown {
    if (!isRecord(value) || !Array.isArray(value.lists)) return value;
    return {
      lists: value.lists.map((list: unknown) => {
        if (!isRecord(list) || typeof list.records !== 'string') return list;
        const records = list.records.split(/[、\n]/u).map((text) => text.trim()).filter((text) => text !== '').map((text) => {
          const [, number, name] = /^(\d+)(.+)$/u.exec(text) ?? [];
          if (number === undefined) this.problem('record-without-number', path, `記録項目「${text}」に番号がありません。`);
          return { number: Number(number), name: name ?? text };
        });
        return { ...list, records };
      }),
    };
  }

  private figuresOf(value: unknown, path: string): unknown {
    if (!isRecord(value) || !Array.isArray(value.figures)) return value;
    return {
      figures: value.figures.map((figure: unknown) => {
        if (!isRecord(figure) || typeof figure.file !== 'string') return figure;
        const image = this.document.images.get(figure.file);
        if (!image) this.problem('picture-missing', path, `図「${figure.file}」がありません。`);
        return { image: image?.sha256, caption: figure.caption, width: image?.width, height: image?.height };
      }),
    };
  }

  private problem(code: string, path: string, message: string): void {
    this.problems.push({ code, path, message });
  }
}

/** A UUID out of the place of the row in its document. */
function rowId(place: string): string {
  const hex = createHash('sha256').update(place).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function same(a: readonly Code[], b: readonly Code[]): boolean {
  return a.length === b.length && a.every((code, n) => code === b[n]);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
