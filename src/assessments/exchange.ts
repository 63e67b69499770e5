import { indexForm } from '../engine/form-index.js';
import { addressOf, splitAddress, type AnswerSet, type Code, type FormDefinition, type Row } from '../engine/form.js';
import { Invalid, type Problem } from '../kernel/errors.js';
import { checkAnswers, checkHeader, checkImages, checkRows, checkThreshold, isObject, type Report } from './import/exchange-checks.js';

/** Largest exchange file, in bytes. */
export const LARGEST_EXCHANGE = 20 * 1024 * 1024;
export const EXCHANGE_MARK = 'exchange/1';
/** Problems listed at most; one more says how many there are. */
const MOST_PROBLEMS = 500;

export interface ExchangeImage {
  /** SHA-256 (hex) of `data`. */
  sha256: string;
  mediaType: 'image/png' | 'image/jpeg';
  width: number;
  height: number;
  data: Uint8Array;
}

/** The threshold judgement on which the document was begun. */
export interface ExchangeThreshold {
  input: Record<string, unknown>;
  result: 'none' | 'basic' | 'priority' | 'full';
  [more: string]: unknown;
}

/** One document with everything that was entered in it. */
export interface ExchangeDocument {
  form: Code;
  version: string;
  /** ISO date and time. */
  exportedAt?: string;
  title: string;
  implementingBody?: string;
  number?: string;
  answerSet: AnswerSet;
  images: ExchangeImage[];
  threshold?: ExchangeThreshold;
}

/** The document as our exchange file (`templates/schemas/exchange.schema.json`): JSON, indented, ending in a newline. */
export function writeExchange(document: ExchangeDocument): string {
  const { form, version, exportedAt, title, implementingBody, number, answerSet, images, threshold } = document;
  const file = {
    tenken: EXCHANGE_MARK, form, version,
    ...(exportedAt === undefined ? {} : { exportedAt }),
    title,
    ...(implementingBody === undefined ? {} : { implementingBody }),
    ...(number === undefined ? {} : { number }),
    rows: answerSet.rows.map(({ id, group, parent, position }) => ({ id, group, parent, position })),
    answers: Object.entries(answerSet.answers).map(([address, value]) => ({ ...splitAddress(address), value })),
    images: images.map(({ sha256, mediaType, width, height, data }) => ({ sha256, mediaType, width, height, data: Buffer.from(data).toString('base64') })),
    ...(threshold === undefined ? {} : { threshold }),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * Reads an exchange file back.
 * @throws Invalid with all problems; nothing of a file that has one is taken
 */
export function readExchange(source: string | Uint8Array, forms: readonly FormDefinition[]): ExchangeDocument {
  const file = parse(textOf(source));
  const problems: Problem[] = [];
  const report: Report = (code, path, message) => void problems.push({ code, path, message });
  const form = checkHeader(file, forms, report);
  if (!form) throw refusal(problems);
  const index = indexForm(form);
  const rows = checkRows(file.rows, index, report);
  const images = checkImages(file.images, report);
  const answers = checkAnswers(file.answers, { index, rows, images, report });
  const threshold = checkThreshold(file.threshold, report);
  if (problems.length > 0) throw refusal(problems);
  const kept: Row[] = [...rows.values()];
  return {
    form: form.form, version: form.version,
    ...(file.exportedAt === undefined ? {} : { exportedAt: String(file.exportedAt) }),
    title: String(file.title),
    ...(file.implementingBody === undefined ? {} : { implementingBody: String(file.implementingBody) }),
    ...(file.number === undefined ? {} : { number: String(file.number) }),
    answerSet: { rows: kept, answers: Object.fromEntries(answers.map(({ item, row, value }) => [addressOf(item, row), value])) },
    images: [...images.values()],
    ...(threshold === undefined ? {} : { threshold: threshold as ExchangeThreshold }),
  };
}

/** Whether a source is meant as an exchange file (and not as the text of an assessment). */
export function looksLikeExchange(source: string | Uint8Array): boolean {
  const head = typeof source === 'string' ? source.slice(0, 400) : new TextDecoder().decode(source.subarray(0, 400));
  return /^\uFEFF?\s*\{/u.test(head) && (head.includes('"tenken"') || /^\uFEFF?\s*\{\s*(?:"|\})/u.test(head));
}

function textOf(source: string | Uint8Array): string {
  const size = typeof source === 'string' ? Buffer.byteLength(source) : source.length;
  if (size > LARGEST_EXCHANGE) {
    throw single('exchange-too-large', `ファイルが大きすぎます（${(size / 1024 / 1024).toFixed(1)}MB）。20MB以内にしてください。図を小さくすると収まります。`);
  }
  if (typeof source === 'string') return source.replace(/^\uFEFF/u, '');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(source);
  } catch {
    throw single('exchange-not-text', 'UTF-8のテキストとして読めません。「書き出し」で作った交換ファイル（JSON）を指定してください。');
  }
}

function parse(text: string): Record<string, unknown> {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (error) {
    const at = /position (\d+)/u.exec(error instanceof Error ? error.message : '');
    const end = text.trimEnd().length;
    const position = at ? Math.min(Number(at[1]), end) : end;
    const line = text.slice(0, position).split('\n').length;
    const broken = position >= end;
    throw single(broken ? 'exchange-truncated' : 'exchange-not-json', broken
      ? `ファイルが途中で切れています（${line}行目付近）。もう一度書き出すか、写し直してください。`
      : `JSONとして読めません（${line}行目付近）。書き出したファイルを手で直した場合は、その行の引用符やコンマを確かめてください。`, `line ${line}`);
  }
  if (!isObject(file)) throw single('exchange-not-object', '交換ファイルの形ではありません。「書き出し」で作ったファイルを指定してください。');
  return file;
}

function refusal(problems: readonly Problem[]): Invalid {
  const listed = problems.slice(0, MOST_PROBLEMS);
  if (problems.length > MOST_PROBLEMS) {
    listed.push({ code: 'more-problems', path: '', message: `ほかに${problems.length - MOST_PROBLEMS}件あります。まず上の問題を直してください。` });
  }
  return new Invalid('exchange-invalid', `交換ファイルに${problems.length}件の問題があるため、取り込めません。`, listed);
}

function single(code: string, message: string, path = ''): Invalid {
  return new Invalid(code, message, [{ code, path, message }]);
}
