/** What a definition of tables names wrongly: doubles, unknown datasets, fields, options, columns and figures. Its shape is sound. */
import { conditionNodes, conditionRefers } from './conditions.js';
import { decimalOf } from './decimal.js';
import type { Code, Condition } from './form.js';
import { keyOfText, OWN_ROWS, valueOf } from './tabulation-packing.js';
import type { Dataset, DatasetField, FigureAddress, TableColumn, TableDefinition, TabulationDefinition } from './tabulation.js';

export interface TabulationProblem {
  /** JSON pointer within the definition; of a dataset `/datasets/…`. */
  path: string;
  /** Japanese: what is wrong and how to mend it. */
  reason: string;
}

/** @param datasets what the tables speak of; without them only what stands in the definition itself is looked at */
export function checkTabulation(definition: TabulationDefinition, datasets?: readonly Dataset[]): TabulationProblem[] {
  const problems = doubles(definition.tables.map((one) => one.code), (n) => `/tables/${n}/code`, '表の符号');
  const byCode = new Map(datasets?.map((one) => [one.code, one]));
  definition.tables.forEach((table, n) => {
    const at = (problem: TabulationProblem): TabulationProblem => ({ ...problem, path: `/tables/${n}${problem.path}` });
    const dataset = byCode.get(table.dataset);
    problems.push(...columnProblems(table, dataset).map(at));
    if (datasets === undefined) return;
    if (dataset === undefined) problems.push(at({ path: '/dataset', reason: `「${table.dataset}」というデータはありません。ある名前：${[...byCode.keys()].join('、')}。` }));
    else problems.push(...fieldProblems(table, dataset).map(at));
  });
  (definition.agreeing ?? []).forEach(({ figures }, n) => figures.forEach((address, at) => {
    const reason = addressFault(address, definition.tables, byCode);
    if (reason !== null) problems.push({ path: `/agreeing/${n}/figures/${at}`, reason });
  }));
  return problems;
}

/** What no table can count: doubles, numbers that cannot be read, answers outside their options. At most 100. */
export function checkDatasets(datasets: readonly Dataset[]): TabulationProblem[] {
  const problems = doubles(datasets.map((one) => one.code), (n) => `/datasets/${n}/code`, 'データの符号');
  datasets.forEach(({ fields, records }, n) => {
    problems.push(...doubles(fields.map((one) => one.code), (at) => `/datasets/${n}/fields/${at}/code`, '欄の符号'));
    problems.push(...doubles(records.map((one) => one.id), (at) => `/datasets/${n}/records/${at}/id`, '記録の番号'));
    const known = new Map(fields.map((one) => [one.code, new Set((one.options ?? []).map((option) => option.code))]));
    for (const [at, record] of records.entries()) {
      if (problems.length > 100) return;
      for (const field of fields) {
        const reason = valueFault(field, valueOf(record, field.code), known.get(field.code)!);
        if (reason !== null) problems.push({ path: `/datasets/${n}/records/${at}/values/${field.code}`, reason });
      }
    }
  });
  return problems.slice(0, 100);
}

function valueFault(field: DatasetField, value: unknown, options: ReadonlySet<string>): string | null {
  if (value === undefined || value === null) return null;
  if (field.kind === 'number') return decimalOf(value) === null ? `「${String(value).slice(0, 40)}」は数として読めません。未回答として数えます。` : null;
  const given: unknown[] = Array.isArray(value) ? value : [value];
  if (field.kind === 'text' || field.options === undefined) return null;
  const odd = given.find((one) => !options.has(String(one)));
  return odd === undefined ? null : `「${String(odd).slice(0, 40)}」は「${field.label}」の選択肢にありません。選択肢に加えるか、答えを直してください。`;
}

function doubles(codes: readonly string[], path: (n: number) => string, what: string): TabulationProblem[] {
  const seen = new Set<string>();
  return codes.flatMap((code, n) => (seen.has(code) ? [{ path: path(n), reason: `${what}「${code}」が2度あります。別の符号にしてください。` }] : (seen.add(code), [])));
}

/** Columns that other columns and parts of the table name, and circles among them. */
function columnProblems(table: TableDefinition, dataset: Dataset | undefined): TabulationProblem[] {
  const problems = doubles(table.columns.map((one) => one.code), (n) => `/columns/${n}/code`, '列の符号');
  const byCode = new Map(table.columns.map((one) => [one.code, one]));
  const lookUp = (code: Code, path: string): void => {
    if (!isColumn(code, byCode, dataset)) problems.push({ path, reason: `「${code}」という列はこの表にありません。` });
  };
  /** One column, not one for each option. */
  const lookUpOne = (code: Code, path: string): void => {
    const column = byCode.get(code);
    const crossed = column?.measure === 'share' ? byCode.get(column.of) : column;
    if (crossed?.measure === 'cross') problems.push({ path, reason: `列「${column!.label}」は選択肢の数だけあります。どの選択肢の列かを選んでください（例：「${code}.選択肢の符号」）。` });
    else lookUp(code, path);
  };
  const partsOf = (column: TableColumn): Code[] => (column.measure === 'columns' ? column.of : column.measure === 'share' ? [column.of, ...(column.over === 'total' ? [] : [column.over.column])] : []);
  table.columns.forEach((column, n) => {
    for (const code of partsOf(column)) if (column.measure !== 'share' || code === column.of) lookUp(code, `/columns/${n}`);
    if (column.measure === 'share' && column.over !== 'total') lookUpOne(column.over.column, `/columns/${n}/over`);
    const reached = new Set<Code>();
    const visit = (code: Code): void => {
      if (reached.has(code)) return;
      reached.add(code);
      const next = byCode.get(code);
      if (next) partsOf(next).forEach(visit);
    };
    partsOf(column).forEach(visit);
    if (partsOf(column).some((code) => ['share', 'average'].includes(measureOf(code, byCode)))) problems.push({ path: `/columns/${n}`, reason: '割合や平均は、足したり、割合の元にしたりできません。数の列を選んでください。' });
    if (reached.has(column.code)) problems.push({ path: `/columns/${n}`, reason: `列「${column.code}」の計算が輪になっています。どこかで切ってください。` });
  });
  if (table.shares) {
    lookUpOne(table.shares.over, '/shares/over');
    if (['share', 'average'].includes(measureOf(table.shares.over, byCode))) problems.push({ path: '/shares/over', reason: '割合や平均の列は、割合の分母にできません。数の列を選んでください。' });
  }
  if (table.rows?.order) lookUpOne(table.rows.order.column, '/rows/order/column');
  (table.sentences ?? []).forEach((one, n) => lookUpOne(one.column, `/sentences/${n}/column`));
  (table.charts ?? []).forEach((chart, n) => chart.columns.forEach((code, at) => lookUp(code, `/charts/${n}/columns/${at}`)));
  if (table.rows === undefined && (table.sentences ?? []).length > 0) problems.push({ path: '/sentences', reason: '行のない表に、上位を述べる文は付けられません。' });
  return problems;
}

/** Also of one option of a column that has several; blank when there is none. */
function measureOf(code: Code, byCode: ReadonlyMap<Code, TableColumn>): string {
  return (byCode.get(code) ?? [...byCode.values()].find((one) => code.startsWith(`${one.code}.`)))?.measure ?? '';
}

/** A column, or one option of a cross column. */
function isColumn(code: Code, byCode: ReadonlyMap<Code, TableColumn>, dataset: Dataset | undefined): boolean {
  if (byCode.has(code)) return true;
  return [...byCode.values()].some((one) => {
    const crossed = one.measure === 'cross' ? one : one.measure === 'share' ? byCode.get(one.of) : undefined;
    if (crossed?.measure !== 'cross' || !code.startsWith(`${one.code}.`)) return false;
    const options = dataset?.fields.find((field) => field.code === crossed.of)?.options;
    return options === undefined || options.some((option) => `${one.code}.${option.code}` === code) || hasValue(dataset!, crossed.of, code.slice(one.code.length + 1));
  });
}

/** As it was given, or as the key of a text. */
function hasValue(dataset: Dataset, field: Code, wanted: string): boolean {
  const plain = wanted.replace(/（\d+）$/u, '');
  return dataset.records.some((record) => [valueOf(record, field)].flat().some((one) => one === wanted || (typeof one === 'string' && [wanted, plain].includes(keyOfText(one)))));
}

function fieldProblems(table: TableDefinition, dataset: Dataset): TabulationProblem[] {
  const problems: TabulationProblem[] = [];
  const fields = new Map(dataset.fields.map((one) => [one.code, one]));
  const lookUp = (code: Code, path: string, kinds?: readonly DatasetField['kind'][], what = ''): DatasetField | undefined => {
    const field = fields.get(code);
    if (!field) problems.push({ path, reason: `「${code}」という欄は「${dataset.title}」にありません。` });
    else if (kinds && !kinds.includes(field.kind)) problems.push({ path, reason: `「${field.label}」は${what}。別の欄を選んでください。` });
    return field;
  };
  if (table.rows) {
    const field = lookUp(table.rows.by, '/rows/by', ['class', 'choice', 'checks', 'text'], '数なので、行に分けられません');
    const own = field?.options?.find((one) => OWN_ROWS.includes(one.code));
    if (own) problems.push({ path: '/rows/by', reason: `選択肢の符号「${own.code}」は、表の行の名として使われています。別の符号にしてください。` });
  }
  table.columns.forEach((column, n) => {
    if (column.measure === 'count' || column.measure === 'columns' || column.measure === 'share') return;
    const number = column.measure === 'sum' || column.measure === 'average';
    const chosen = column.measure === 'option' || column.measure === 'cross';
    const kinds = number ? ['number'] as const : chosen ? ['class', 'choice', 'checks', 'text'] as const : undefined;
    const field = lookUp(column.of, `/columns/${n}/of`, kinds, number ? '数ではないので、足せません' : '数なので、選択肢ごとに数えられません');
    if (field && column.measure === 'option' && field.options !== undefined && !field.options.some((one) => one.code === column.option) && !hasValue(dataset, field.code, column.option)) {
      problems.push({ path: `/columns/${n}/option`, reason: `「${column.option}」は「${field.label}」の選択肢にありません。` });
    }
  });
  if (table.only) problems.push(...onlyProblems(table.only, fields, dataset));
  return problems;
}

function onlyProblems(only: Condition, fields: ReadonlyMap<Code, DatasetField>, dataset: Dataset): TabulationProblem[] {
  const nodes = conditionNodes(only);
  if (nodes.some((node) => 'every' in node || 'some' in node)) return [{ path: '/only', reason: '集計の条件では行の繰り返し（every・some）を使えません。' }];
  const unknown = [...new Set(conditionRefers(only))].filter((code) => !fields.has(code));
  if (unknown.length > 0) return unknown.map((code) => ({ path: '/only', reason: `条件にある「${code}」という欄は「${dataset.title}」にありません。` }));
  return nodes.flatMap((node) => {
    if (!('item' in node)) return [];
    const field = fields.get(node.item)!;
    const named = 'is' in node ? [node.is] : 'isOneOf' in node ? node.isOneOf : 'includes' in node ? [node.includes] : [];
    if (field.options === undefined || field.kind === 'text') return [];
    return named.filter((one) => !field.options!.some((option) => option.code === one) && !hasValue(dataset, field.code, String(one)))
      .map((one) => ({ path: '/only', reason: `条件にある「${String(one)}」は、「${field.label}」の選択肢にありません。` }));
  });
}

/** Null: there is such a figure, or there can be once there are data. */
function addressFault(address: FigureAddress, tables: readonly TableDefinition[], datasets: ReadonlyMap<Code, Dataset>): string | null {
  const table = tables.find((one) => address.startsWith(`${one.code}/`));
  if (!table) return `「${address}」の表がありません。「表/行/列」と書いてください。`;
  const place = address.slice(table.code.length + 1);
  const dataset = datasets.get(table.dataset);
  const byCode = new Map(table.columns.map((one) => [one.code, one]));
  const cut = [...place].flatMap((sign, n) => (sign === '/' ? [n] : [])).find((n) => isColumn(place.slice(n + 1).replace(/%$/u, ''), byCode, dataset));
  if (cut === undefined) return `「${address}」の列は、表「${table.title}」にありません。`;
  const row = place.slice(0, cut);
  if (table.rows === undefined) return row === 'all' ? null : `表「${table.title}」には行がありません。「${table.code}/all/…」と書いてください。`;
  if (OWN_ROWS.includes(row) || dataset === undefined) return null;
  const options = dataset.fields.find((one) => one.code === table.rows!.by)?.options ?? [];
  return options.some((one) => one.code === row) || hasValue(dataset, table.rows.by, row) ? null : `「${row}」の行は、表「${table.title}」にありません。`;
}
