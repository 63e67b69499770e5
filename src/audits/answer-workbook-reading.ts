/** An answer sheet that comes back: what its cells say, question by question. Lines are found by their hidden keys, wherever they stand. Pure. */
import type { CompiledForm, CompiledItem } from '../engine/form-index.js';
import { addressOf, splitAddress, type Address, type AnswerValue, type Code, type ItemKind, type Option } from '../engine/form.js';
import { Invalid, TenkenError, type Problem } from '../kernel/errors.js';
import { columnOf, lettersOf, SHEET_LIMITS, type CellValue, type Sheet } from '../systems/import/sheets.js';
import { readWorkbook } from '../systems/import/workbook-reader.js';
import { cellSays } from './answer-cells.js';
import { answersInLine, rowCells, rowKey, spareKey } from './answer-row-lines.js';
import { answerInCells, itemOfKey, keyOf, sheetItem, type AnswerCell } from './answer-rows.js';
import { answerHash, COLUMNS, FIXED_LINE, HEADINGS, SHEET_FORMAT, SHEETS } from './answer-sheet-format.js';

const BLANK_HASH = answerHash(null);

/** What the sheet says of itself; nothing here is trusted for rights. */
export interface SheetIdentity {
  responseId: string;
  definitionHash: string;
  title: string;
  items: ReadonlyMap<Code, SheetEntry>;
  /** Ids of the rows that the sheet was made with, by group. */
  rows: ReadonlyMap<Code, readonly string[]>;
  /** Answers in those rows, by address. */
  inRows: ReadonlyMap<Address, Pick<SheetEntry, 'version' | 'hash'>>;
}

interface SheetEntry {
  /** Version of the answer when the sheet was made. */
  version: number;
  /** `answerHash` of it. */
  hash: string;
  /** Lines in the sheet, and how many of them must be there. */
  lines: number;
  needed: number;
}

export interface ReadAnswer extends Pick<SheetEntry, 'version' | 'hash'> {
  /** Address. */
  item: Address;
  /** Null: the cells are empty. */
  value: AnswerValue | null;
  /** First of its cells: `E12`. */
  cell: string;
}

/** A row that the sheet had and that says nothing any more, though it did. */
export interface EmptiedRow {
  id: string;
  group: Code;
  cell: string;
  /** Versions of its answers when the sheet was made, by address. */
  seen: Readonly<Record<Address, number>>;
}

/** A spare line that somebody filled in. */
export interface FilledRow {
  group: Code;
  cell: string;
  answers: { question: CompiledItem; value: AnswerValue; cell: string }[];
}

export interface ReadSheet {
  answers: ReadAnswer[];
  emptied: EmptiedRow[];
  filled: FilledRow[];
}

export interface OpenedSheet {
  identity: SheetIdentity;
  answers: Sheet;
}

/** @throws Invalid for everything that is no whole answer sheet */
export function openAnswerSheet(bytes: Uint8Array): OpenedSheet {
  const sheets = sheetsOf(bytes);
  const found = (name: string): Sheet | undefined => sheets.find((one) => one.name === name);
  const check = found(SHEETS.check);
  const answers = found(SHEETS.answers);
  const names = sheets.filter(({ hidden }) => hidden !== true).map(({ name }) => `「${name}」`).join('、');
  if (check === undefined && answers === undefined) throw refuse('not-answer-sheet', `このファイルは回答票ではありません（シート：${names.slice(0, 200)}）。この画面の「回答票をExcelで受け取る」で受け取ったファイルを選んでください。`);
  if (check === undefined) throw refuse('check-sheet-missing', `回答票の隠れたシート「${SHEETS.check}」がありません。シートだけを別のブックに写すと失われます。受け取ったファイルそのものに答えを入れて、もう一度選んでください。`);
  if (answers === undefined) throw refuse('answer-sheet-missing', `シート「${SHEETS.answers}」がありません（あるシート：${names.slice(0, 200)}）。シートの名前を「${SHEETS.answers}」に戻すか、回答票を受け取り直してください。`);
  return { identity: identityOf(check), answers };
}

function sheetsOf(bytes: Uint8Array): Sheet[] {
  if (bytes.length === 0) throw refuse('empty', 'ファイルが空です。別のファイルを選んでください。');
  if (bytes.length > SHEET_LIMITS.bytes) throw refuse('too-large', `ファイルが大きすぎます（${(bytes.length / 1024 / 1024).toFixed(1)}MB）。${SHEET_LIMITS.bytes / 1024 / 1024}MBまでです。貼り付けた図などを消して保存し直してください。`);
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (source.subarray(0, 4).toString('hex') === 'd0cf11e0') throw refuse('old-workbook', '古い形式のExcelファイル（.xls）か、パスワード付きのファイルです。パスワードを外し、「Excelブック（.xlsx）」で保存し直してから選んでください。');
  if (source.subarray(0, 2).toString('latin1') !== 'PK') throw refuse('not-workbook', 'このファイルはExcelブック（.xlsx）ではありません。回答票を「Excelブック（.xlsx）」で保存し直してから選んでください。');
  try {
    return readWorkbook(source);
  } catch (error) {
    if (!(error instanceof TenkenError)) throw error;
    throw refuse(error.code.replace(/^register-/u, ''), error.message.includes('台帳') || error.message.includes('行が多すぎます') ? 'ファイルの中身が回答票より大きくなっています。回答票を受け取り直し、答えだけを入れてください。' : error.message);
  }
}

const textIn = (value: CellValue | undefined): string => (typeof value === 'string' ? value : '');
const wholeIn = (value: CellValue | undefined): number => (typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : Number.NaN);

function identityOf({ rows }: Sheet): SheetIdentity {
  const said = new Map(rows.map(({ cells }) => [textIn(cells.A?.value), textIn(cells.B?.value)]));
  const entries = entriesOf(rows);
  const [responseId, definitionHash] = [said.get('response') ?? '', said.get('definition') ?? ''];
  if (!said.has(SHEET_FORMAT) || responseId === '' || definitionHash === '' || !soundEntries(entries)) {
    throw refuse('check-sheet-damaged', `回答票の隠れたシート「${SHEETS.check}」が書き換えられていて、どの調査票の答えか分かりません。回答票を受け取り直し、答えを写してください。`);
  }
  return { responseId, definitionHash, title: said.get('title') ?? '', ...entries };
}

type Entries = Pick<SheetIdentity, 'items' | 'rows' | 'inRows'>;

function entriesOf(lines: Sheet['rows']): Entries {
  const items = new Map<Code, SheetEntry>();
  const inRows = new Map<Address, Pick<SheetEntry, 'version' | 'hash'>>();
  const rows = new Map<Code, string[]>();
  for (const { cells: { A, B, C, D, E, F } } of lines) {
    const [name, was] = [textIn(B?.value), { version: wholeIn(C?.value), hash: textIn(D?.value) }];
    if (A?.value === 'item') items.set(name, { ...was, lines: wholeIn(E?.value), needed: wholeIn(F?.value) });
    if (A?.value === 'answer') inRows.set(name, was);
    if (A?.value === 'row') rows.set(textIn(C?.value), [...(rows.get(textIn(C?.value)) ?? []), name]);
  }
  return { items, rows, inRows };
}

function soundEntries({ items, inRows }: Entries): boolean {
  return [...items.values()].every(({ version, hash, lines, needed }) => hash !== '' && lines <= SHEET_LIMITS.rows && needed <= lines && !Number.isNaN(version + lines + needed))
    && [...inRows.values()].every(({ version, hash }) => hash !== '' && !Number.isNaN(version));
}

/**
 * The answers of the sheet, in the order of the form. The sheet is one of this definition.
 * @throws Invalid with every line that is missing, double or unknown, and every cell that cannot be read, each named like `E12`
 */
export function readAnswerSheet(form: CompiledForm, { identity, answers }: OpenedSheet): ReadSheet {
  const problems: Problem[] = [];
  const rows = linesOf(form, answers, identity, problems);
  const read: ReadSheet = { answers: [], emptied: [], filled: [] };
  for (const item of form.items) {
    const entry = identity.items.get(item.code);
    if (entry === undefined || item.groups.length > 0) continue;
    if (item.item.kind === 'group') {
      readRows(item, entry, read, { form, identity, lines: rows, problems });
      continue;
    }
    const one = readItem(item, form, entry, rows, problems);
    if (one !== null) read.answers.push({ item: item.code, version: entry.version, hash: entry.hash, ...one });
  }
  if (problems.length > 0) throw new Invalid('answer-sheet-invalid', `回答票は取り込んでいません。${problems.length}か所を直してから、もう一度選んでください。`, problems);
  return read;
}

interface Line {
  row: number;
  cells: Readonly<Record<string, { value: CellValue }>>;
}

/** Lines by key. Reports columns that moved, keys that are double or unknown, and answers in lines without a key. */
function linesOf(form: CompiledForm, sheet: Sheet, identity: SheetIdentity, problems: Problem[]): Map<string, Line> {
  const keyColumn = lettersOf(COLUMNS.key);
  const head = sheet.rows.find(({ cells }) => cells[keyColumn]?.value === `${FIXED_LINE}head`);
  const titled = head !== undefined && HEADINGS.every((text, n) => head.cells[lettersOf(COLUMNS.number + n)]?.value === text);
  if (head === undefined || !titled) {
    throw refuse('columns-changed', `シート「${SHEETS.answers}」の見出しの行（${HEADINGS.join('・')}）か、隠れた${keyColumn}列がありません。列を加えたり消したりすると読み取れません。回答票を受け取り直し、答えを写してください。`);
  }
  const lines = new Map<string, Line>();
  for (const { number, cells } of sheet.rows) {
    const key = cells[keyColumn]?.value;
    if (key === undefined) {
      const written = number > head.number ? Object.keys(cells).filter((letters) => columnOf(letters) >= COLUMNS.answer).sort((a, b) => columnOf(a) - columnOf(b))[0] : undefined;
      if (written !== undefined) problems.push(at(`${written}${number}`, 'line-inserted', '加えられた行に書かれています。問の行ではないので読み取れません。もとの問のセルに書き、加えた行を消してください。'));
      continue;
    }
    const name = typeof key === 'string' ? key : '';
    if (name.startsWith(FIXED_LINE)) continue;
    const before = lines.get(name);
    if (before !== undefined) problems.push(at(`${keyColumn}${number}`, 'line-double', `${labelOf(form, name)}の行が、${before.row}行目にもあります。どちらか1つを消してください。`));
    else if (!identity.items.has(itemOfKey(name)) || !form.byCode.has(itemOfKey(name))) problems.push(at(`${keyColumn}${number}`, 'line-unknown', `照合用の${keyColumn}列が書き換えられていて、どの問の行か分かりません。回答票を受け取り直し、答えを写してください。`));
    else lines.set(name, { row: number, cells });
  }
  return lines;
}

interface Part { key: string; label: string; cells: AnswerCell[]; needed: boolean }

/** Reports lines that are needed and not there. @returns whether all are */
function allThere(item: CompiledItem, form: CompiledForm, parts: readonly Part[], lines: ReadonlyMap<string, Line>, problems: Problem[]): boolean {
  const missing = parts.filter(({ key, needed }) => needed && !lines.has(key));
  if (missing.length === 0) return true;
  const which = missing.length === parts.filter(({ needed }) => needed).length ? '' : `（${missing.slice(0, 5).map(({ label }) => `「${label.trim()}」`).join('、')}${missing.length > 5 ? `ほか${missing.length - 5}行` : ''}）`;
  problems.push({ code: 'line-missing', path: item.code, message: `${labelOf(form, item.code)}の行${which}がありません。消した行は読み取れないので、回答票を受け取り直し、答えを写してください。` });
  return false;
}

/** What the cells of a line say; null after a report. */
function lineSays(form: CompiledForm, { key, cells }: Part, lines: ReadonlyMap<string, Line>, problems: Problem[]): (string | number | boolean | null)[] | null {
  const line = lines.get(key);
  if (line === undefined) return [];
  const before = problems.length;
  const values = cells.map((cell, n) => {
    const letters = lettersOf(COLUMNS.answer + n);
    const said = cellSays(cell.kind, line.cells[letters]?.value ?? null, cell.unit, optionsOf(form, cell));
    if ('value' in said) return said.value;
    problems.push(at(`${letters}${line.row}`, 'cell-unreadable', `「${cell.label}」：${said.fault}`));
    return null;
  });
  return problems.length > before ? null : values;
}

function readItem(item: CompiledItem, form: CompiledForm, entry: SheetEntry, lines: ReadonlyMap<string, Line>, problems: Problem[]): Pick<ReadAnswer, 'value' | 'cell'> | null {
  const parts = partsOf(item, entry, form);
  if (!allThere(item, form, parts, lines, problems)) return null;
  const said = parts.map((part) => [part.key, lineSays(form, part, lines, problems)] as const);
  if (said.some(([, cells]) => cells === null)) return null;
  const values = new Map(said);
  const first = parts.find(({ key }) => lines.has(key));
  const value = answerInCells(item, form.definition.optionSets, { rows: entry.lines }, (part, cell = 0) => values.get(keyOf(item.code, part))?.[cell] ?? null);
  return { value, cell: first === undefined ? '' : `${lettersOf(COLUMNS.answer)}${lines.get(first.key)!.row}` };
}

/** The lines of repeated rows: what each says, which of them were emptied, and which spare ones were filled in. */
function readRows(group: CompiledItem, entry: SheetEntry, read: ReadSheet, { form, identity, lines, problems }: { form: CompiledForm; identity: SheetIdentity; lines: ReadonlyMap<string, Line>; problems: Problem[] }): void {
  const children = form.childrenOf.get(group.code) ?? [];
  const sets = form.definition.optionSets;
  const cells = rowCells(children, sets);
  const ids = identity.rows.get(group.code) ?? [];
  const unit = group.item.kind === 'group' ? group.item.unit : '';
  const part = (key: string, n: number, needed: boolean): Part => ({ key, label: `${unit}${n}`, cells, needed });
  const known = ids.map((id, n) => ({ id, part: part(rowKey(group.code, id), n + 1, true) }));
  if (!allThere(group, form, known.map((one) => one.part), lines, problems)) return;
  const cellAt = (key: string, n: number): string => `${lettersOf(COLUMNS.answer + n)}${lines.get(key)!.row}`;
  for (const { id, part: own } of known) {
    const said = lineSays(form, own, lines, problems);
    if (said === null) continue;
    const answers = answersInLine(children, sets, said).map(({ question, value, cell }): ReadAnswer => {
      const item = addressOf(question.code, id);
      return { item, value, cell: cellAt(own.key, cell), version: identity.inRows.get(item)?.version ?? 0, hash: identity.inRows.get(item)?.hash ?? BLANK_HASH };
    });
    if (answers.every(({ value }) => value === null) && answers.some(({ hash }) => hash !== BLANK_HASH)) read.emptied.push({ id, group: group.code, cell: cellAt(own.key, 0), seen: Object.fromEntries([...identity.inRows].filter(([address]) => splitAddress(address).row === id).map(([address, one]) => [address, one.version])) });
    else read.answers.push(...answers);
  }
  for (let n = 1; n <= entry.lines - entry.needed; n += 1) {
    const own = part(spareKey(group.code, n), ids.length + n, false);
    const said = lines.has(own.key) ? lineSays(form, own, lines, problems) : null;
    const answers = said === null ? [] : answersInLine(children, sets, said).flatMap(({ question, value, cell }) => (value === null ? [] : [{ question, value, cell: cellAt(own.key, cell) }]));
    if (answers.length > 0) read.filled.push({ group: group.code, cell: answers[0]!.cell, answers });
  }
}

/** The lines that the sheet was made with; a table had one for each row of the answer and some to spare. */
function partsOf(item: CompiledItem, { lines, needed }: SheetEntry, form: CompiledForm): Part[] {
  const filled = filledOf(item.item.kind, lines);
  const laid = sheetItem(item, filled, form.definition.optionSets);
  if (!laid.offline) return [];
  return laid.lines.slice(0, lines).map(({ key, label, cells, spare }, n) => ({ key, label, cells, needed: filled === null ? !spare : n < needed }));
}

/** An answer with so many lines, for the kinds that have as many as they need. */
function filledOf(kind: ItemKind, lines: number): AnswerValue | null {
  switch (kind) {
    case 'table': return Array.from({ length: lines }, () => ({}));
    case 'text-list': return Array.from({ length: lines }, () => '');
    case 'record-list': return { lists: [{ heading: '', records: Array.from({ length: lines }, (_, n) => ({ number: n, name: '' })) }] };
    default: return null;
  }
}

function optionsOf(form: CompiledForm, { options }: AnswerCell): readonly Option[] {
  return options === null ? [] : (form.definition.optionSets[options] ?? []);
}

function labelOf(form: CompiledForm, key: string): string {
  const label = form.byCode.get(itemOfKey(key))?.item.label;
  return label === undefined ? '問' : `「${label}」`;
}

/** @param cell as the person sees it: `E12` */
const at = (cell: string, code: string, message: string): Problem => ({ code, path: `${SHEETS.answers}!${cell}`, message: `${cell}　${message}` });

function refuse(code: string, message: string): Invalid {
  return new Invalid(code, message, [{ code, path: 'file', message }]);
}
