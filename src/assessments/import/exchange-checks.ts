import { createHash } from 'node:crypto';
import { checkAnswer } from '../../engine/answers.js';
import type { CompiledForm, CompiledItem } from '../../engine/form-index.js';
import { addressOf, type AnswerValue, type FiguresAnswer, type FormDefinition, type Row } from '../../engine/form.js';
import type { ExchangeImage } from '../exchange.js';

export type Report = (code: string, path: string, message: string) => void;

const FIELDS = ['tenken', 'form', 'version', 'exportedAt', 'title', 'implementingBody', 'number', 'rows', 'answers', 'images', 'threshold'];
const MOST_ROWS = 5_000;
const LARGEST_IMAGE = 10 * 1024 * 1024;

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns the form of the file, null when it is not known here */
export function checkHeader(file: Record<string, unknown>, forms: readonly FormDefinition[], report: Report): FormDefinition | null {
  if (file.tenken !== 'exchange/1') {
    report('exchange-mark', 'tenken', `交換ファイルの印（"tenken": "exchange/1"）がありません。この製品の「書き出し」で作ったファイルを指定してください。`);
  }
  onlyFields(file, FIELDS, '', report);
  text(file.title, 'title', true, 500, report);
  text(file.implementingBody, 'implementingBody', false, 500, report);
  text(file.number, 'number', false, 100, report);
  if (file.exportedAt !== undefined && (typeof file.exportedAt !== 'string' || !/^\d{4}-\d{2}-\d{2}T[\d:.]{5,15}(?:Z|[+-]\d{2}:\d{2})$/u.test(file.exportedAt) || Number.isNaN(Date.parse(file.exportedAt)))) {
    report('wrong-type', 'exportedAt', '書き出した日時（exportedAt）が正しくありません。「2026-11-21T09:00:00Z」の形にしてください。');
  }
  const known = forms.filter(({ form }) => form === file.form);
  if (known.length === 0) {
    report('form-unknown', 'form', `様式「${String(file.form)}」はありません。使える様式：${[...new Set(forms.map(({ form }) => form))].join('、')}`);
    return null;
  }
  const form = known.find(({ version }) => version === file.version);
  if (!form) {
    report('form-version-unknown', 'version', `様式「${String(file.form)}」の版「${String(file.version)}」はありません。ある版：${known.map(({ version }) => version).join('、')}。別の版の評価書は、テキストの取込みをお使いください。`);
    return null;
  }
  return form;
}

export function checkRows(given: unknown, index: CompiledForm, report: Report): Map<string, Row> {
  const rows = new Map<string, Row>();
  if (!isList(given, 'rows', report)) return rows;
  if (given.length > MOST_ROWS) {
    report('too-many', 'rows', `繰返しの行が${given.length}行あります。${MOST_ROWS}行以内にしてください。`);
    return rows;
  }
  const places = new Map<string, string>();
  given.forEach((one, n) => {
    const path = `rows/${n}`;
    if (!isObject(one)) return report('wrong-type', path, `${n + 1}番目の行の形が正しくありません。`);
    onlyFields(one, ['id', 'group', 'parent', 'position'], path, report);
    const { id, group, parent, position } = one;
    if (typeof id !== 'string' || !/^[A-Za-z0-9_-]{1,64}$/u.test(id)) return report('row-id', `${path}/id`, `${n + 1}番目の行の識別子が正しくありません。英数字、-、_ の64文字以内にしてください。`);
    if (rows.has(id)) return report('row-duplicate', `${path}/id`, `行「${id}」が2回出てきます。どちらかを消してください。`);
    if (typeof group !== 'string' || index.byCode.get(group)?.item.kind !== 'group') return report('group-unknown', `${path}/group`, `行「${id}」の「${String(group)}」は、この様式の繰返しではありません。`);
    if (parent !== null && typeof parent !== 'string') return report('wrong-type', `${path}/parent`, `行「${id}」の親の行が正しくありません。`);
    if (typeof position !== 'number' || !Number.isInteger(position) || position < 0 || position > MOST_ROWS) return report('wrong-type', `${path}/position`, `行「${id}」の順番が正しくありません。0以上の整数にしてください。`);
    const place = `${group}/${parent ?? ''}/${position}`;
    if (places.has(place)) report('row-position', `${path}/position`, `行「${id}」と「${places.get(place)!}」の順番が同じです。`);
    places.set(place, id);
    rows.set(id, { id, group, parent, position });
  });
  [...rows.values()].forEach((row) => checkParent(row, rows, index, report));
  return rows;
}

function checkParent(row: Row, rows: ReadonlyMap<string, Row>, index: CompiledForm, report: Report): void {
  const path = `rows/${row.id}/parent`;
  const seen = new Set([row.id]);
  for (let at = row.parent; at !== null; at = rows.get(at)?.parent ?? null) {
    if (seen.has(at)) return report('row-cycle', path, `行「${row.id}」の親をたどると元に戻ってしまいます。親の行を直してください。`);
    seen.add(at);
  }
  const around = index.byCode.get(row.group)!.groups.at(-1) ?? null;
  const parent = row.parent === null ? null : rows.get(row.parent);
  if (parent === undefined) report('row-unknown', path, `行「${row.id}」の親の行「${row.parent}」がありません。`);
  else if ((parent?.group ?? null) !== around) {
    report('row-parent', path, around === null ? `行「${row.id}」は親の行を持てません。` : `行「${row.id}」の親は「${index.byCode.get(around)?.item.label ?? around}」の行でなければなりません。`);
  }
}

export function checkImages(given: unknown, report: Report): Map<string, ExchangeImage> {
  const images = new Map<string, ExchangeImage>();
  if (!isList(given, 'images', report)) return images;
  given.forEach((one, n) => {
    const path = `images/${n}`;
    if (!isObject(one)) return report('wrong-type', path, `${n + 1}番目の図の形が正しくありません。`);
    onlyFields(one, ['sha256', 'mediaType', 'width', 'height', 'data'], path, report);
    const { sha256, mediaType, width, height, data } = one;
    if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/u.test(sha256)) return report('image-hash', `${path}/sha256`, `${n + 1}番目の図の識別子（SHA-256）が正しくありません。`);
    if (images.has(sha256)) return report('image-duplicate', `${path}/sha256`, `${n + 1}番目の図は、前に同じものがあります。1つだけにしてください。`);
    if (mediaType !== 'image/png' && mediaType !== 'image/jpeg') return report('image-type', `${path}/mediaType`, `${n + 1}番目の図の種類「${String(mediaType)}」は使えません。PNGかJPEGにしてください。`);
    if (!isPixels(width) || !isPixels(height)) return report('image-size', path, `${n + 1}番目の図の大きさ（画素数）が正しくありません。`);
    if (typeof data !== 'string' || data.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/u.test(data)) return report('image-data', `${path}/data`, `${n + 1}番目の図のデータ（base64）が壊れています。`);
    const bytes = new Uint8Array(Buffer.from(data, 'base64'));
    if (bytes.length > LARGEST_IMAGE) return report('image-too-large', `${path}/data`, `${n + 1}番目の図が10MBを超えています。小さくしてください。`);
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) return report('image-hash-differs', `${path}/data`, `${n + 1}番目の図の中身が識別子（SHA-256）と合いません。途中で壊れたか、書き換えられています。`);
    if (sniff(bytes) !== mediaType) return report('image-content', `${path}/data`, `${n + 1}番目の図の中身は${mediaType === 'image/png' ? 'PNG' : 'JPEG'}ではありません。`);
    images.set(sha256, { sha256, mediaType, width, height, data: bytes });
  });
  return images;
}

interface AnswerContext { index: CompiledForm; rows: ReadonlyMap<string, Row>; images: ReadonlyMap<string, ExchangeImage>; report: Report }
export interface CheckedEntry { item: string; row: string | null; value: AnswerValue }

export function checkAnswers(given: unknown, { index, rows, images, report }: AnswerContext): CheckedEntry[] {
  const checked: CheckedEntry[] = [];
  if (!isList(given, 'answers', report)) return checked;
  const seen = new Set<string>();
  given.forEach((one, n) => {
    const path = `answers/${n}`;
    if (!isObject(one)) return report('wrong-type', path, `${n + 1}番目の記載の形が正しくありません。`);
    onlyFields(one, ['item', 'row', 'value'], path, report);
    const compiled = answeredItem(one.item, index, path, report);
    if (!compiled || !stands(compiled, one.row, rows, path, report)) return;
    const { code, item } = compiled;
    const address = addressOf(code, one.row);
    if (seen.has(address)) return report('answer-duplicate', path, `項目「${code}」（${item.label}）の記載が2回出てきます。どちらかを消してください。`);
    seen.add(address);
    const { problems, value } = checkAnswer(item, one.value, index.definition, address);
    for (const problem of problems) report(problem.code, `${path}/value`, problem.message);
    if (value === null) return;
    if (item.kind === 'figures') {
      for (const figure of (value as FiguresAnswer).figures) {
        if (!images.has(figure.image)) report('image-missing', `${path}/value`, `「${item.label}」の図「${figure.caption || figure.image.slice(0, 12)}」の画像がファイルに入っていません。`);
      }
    }
    checked.push({ item: code, row: one.row, value });
  });
  return checked;
}

function answeredItem(code: unknown, index: CompiledForm, path: string, report: Report): CompiledItem | null {
  const compiled = typeof code === 'string' ? index.byCode.get(code) : undefined;
  if (!compiled) {
    report('item-unknown', `${path}/item`, `項目「${String(code).slice(0, 60)}」はこの様式にありません。`);
    return null;
  }
  const { kind, label } = compiled.item;
  if (kind !== 'group' && kind !== 'fixed' && kind !== 'computed') return compiled;
  report('item-not-answered', `${path}/item`, `項目「${compiled.code}」（${label}）には記載できません。`);
  return null;
}

/** Whether the row of an answer exists and is one of the item's group. */
function stands({ code, groups }: CompiledItem, row: unknown, rows: ReadonlyMap<string, Row>, path: string, report: Report): row is string | null {
  const group = groups.at(-1) ?? null;
  const found = typeof row === 'string' ? rows.get(row) : undefined;
  if (row !== null && typeof row !== 'string') report('wrong-type', `${path}/row`, `項目「${code}」の行が正しくありません。繰返しの外ならnullにしてください。`);
  else if (row !== null && !found) report('row-unknown', `${path}/row`, `項目「${code}」の行「${row.slice(0, 64)}」がありません。`);
  else if ((found?.group ?? null) !== group) report('row-wrong', `${path}/row`, group === null ? `項目「${code}」は繰返しの中にありません。行はnullにしてください。` : `項目「${code}」は「${group}」の行に記載します。`);
  else return true;
  return false;
}

export function checkThreshold(given: unknown, report: Report): Record<string, unknown> | undefined {
  if (given === undefined) return undefined;
  const good = isObject(given) && isObject(given.input) && ['none', 'basic', 'priority', 'full'].includes(given.result as string);
  if (!good) report('threshold-wrong', 'threshold', 'しきい値判断（threshold）の形が正しくありません。inputとresult（none、basic、priority、full）が要ります。');
  return good ? given : undefined;
}

function onlyFields(object: Record<string, unknown>, fields: readonly string[], path: string, report: Report): void {
  for (const field of Object.keys(object)) {
    if (!fields.includes(field)) report('unknown-field', path ? `${path}/${field}` : field, `「${field.slice(0, 60)}」という欄はありません。消すか、綴りを確かめてください。`);
  }
}

function text(value: unknown, field: string, due: boolean, limit: number, report: Report): void {
  if (value === undefined && !due) return;
  if (typeof value !== 'string' || (due && value.trim() === '')) return report('wrong-type', field, `「${field}」は文字で${due ? '必ず' : ''}書いてください。`);
  if (value.length > limit) return report('text-too-long', field, `「${field}」は${limit}文字以内にしてください。`);
  if (/[\u0000-\u001f\u007f\p{Surrogate}]/u.test(value)) report('text-unwritable', field, `「${field}」に使えない文字が含まれています。`);
}

function isList(value: unknown, field: string, report: Report): value is unknown[] {
  if (Array.isArray(value)) return true;
  report('wrong-type', field, `「${field}」は一覧（[ ]）でなければなりません。`);
  return false;
}

function isPixels(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 30_000;
}

function sniff(bytes: Uint8Array): string {
  if ([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a].every((byte, n) => bytes[n] === byte)) return 'image/png';
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff ? 'image/jpeg' : 'other';
}
