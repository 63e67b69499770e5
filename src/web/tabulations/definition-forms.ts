/** Definitions of tables as guided forms: the fields of a form, what is stored as the form would send it, and back. Pure. */
import type { Condition } from '../../engine/form.js';
import type { Dataset, Rounding, RoundingMode, TableColumn, TableDefinition, TabulationDefinition } from '../../engine/tabulation.js';
import { listIn, textIn, type FieldSpec, type Option, type Typed } from '../audits/form-fields.js';

export const MODES: readonly Option[] = [{ value: 'half-up', label: '四捨五入' }, { value: 'down', label: '切捨て' }, { value: 'half-even', label: '偶数丸め' }];
const CODE_SUPPORT = '入っているままでかまいません。変えるときは英小文字、数字、「-」で付けます。文の中の ［数値:符号/行/列］ に使います。';

/** A code that nothing has yet: `table-3`. */
export function freeCode(stem: string, taken: readonly string[]): string {
  let n = taken.length + 1;
  while (taken.includes(`${stem}-${n}`)) n += 1;
  return `${stem}-${n}`;
}
const MEASURES: readonly Option[] = [
  { value: 'count', label: '数（延べ）' }, { value: 'distinct', label: '異なる数（実数）' }, { value: 'sum', label: '数の欄の合計' }, { value: 'average', label: '数の欄の平均' }, { value: 'option', label: '1つの選択肢の数' },
  { value: 'cross', label: 'すべての選択肢の数（クロス集計）' }, { value: 'columns', label: 'ほかの列の合計' }, { value: 'share', label: '割合（構成比）' }, { value: 'missing', label: '未回答の数' }, { value: 'not-asked', label: '対象外の数' },
];
const KINDS: readonly Option[] = [{ value: 'bar', label: '棒（列ごとに並べる）' }, { value: 'stacked', label: '積み上げた棒' }, { value: 'share', label: '内訳の帯（行ごとに100％）' }];
const SHARE_LABEL = '構成比（%）';

export function headSpecs(): FieldSpec[] {
  return [
    { name: 'title', label: '集計の名前', kind: 'line', need: true }, { name: 'code', label: '符号', kind: 'short', need: true, support: '入っているままでかまいません。変えるときは英小文字、数字、「-」で、この監査の中で1つだけにします。' },
    { name: 'mode', label: '端数の処理', kind: 'select', options: MODES }, { name: 'digits', label: '割合と平均の小数点以下の桁数', kind: 'short', need: true, support: '0～6' },
  ];
}

export function newTableSpecs(datasets: readonly Option[]): FieldSpec[] {
  return [
    { name: 'tableTitle', label: '表の題', kind: 'line', need: true }, { name: 'tableCode', label: '表の符号', kind: 'short', need: true, support: CODE_SUPPORT },
    { name: 'dataset', label: '数えるデータ', kind: 'select', options: datasets, support: '調査票の回答は、提出されたものと確定したものだけを数えます。' },
  ];
}

export function headOf({ title, code, rounding }: TabulationDefinition): Typed {
  return { title, code, mode: rounding.mode, digits: String(rounding.digits) };
}

/** Odd digits stay as they were typed and are refused by the check. */
export function typedHead(typed: Typed): Pick<TabulationDefinition, 'title' | 'code' | 'rounding'> {
  return { title: textIn(typed, 'title').trim(), code: textIn(typed, 'code').trim(), rounding: roundingIn(typed) };
}

const roundingIn = (typed: Typed): Rounding => ({ mode: textIn(typed, 'mode') as RoundingMode, digits: Number(textIn(typed, 'digits').normalize('NFKC').trim() || 'x') });

/** One column that counts, so that there is something to see. */
export function firstTable(typed: Typed, unit: string): TableDefinition {
  return { code: textIn(typed, 'tableCode').trim(), title: textIn(typed, 'tableTitle').trim(), dataset: textIn(typed, 'dataset'), columns: [{ code: 'count', label: '数', unit, measure: 'count' }], total: '合計' };
}

// ---- agreements: a name and its addresses on a line

export const agreementsOf = ({ agreeing = [] }: TabulationDefinition): Typed => ({ agreements: agreeing.map(({ name, figures }) => [name, ...figures].join('\t')).join('\n') });
export const agreementSpecs = (): FieldSpec[] => [{ name: 'agreements', label: '同じはずの数値', kind: 'text', rows: 8, support: '1行に1件、名前と2つ以上の場所（表/行/列）をタブか「｜」で区切って書きます。場所は、数値を押して開く画面から写せます。例：延べ課数｜access/total/sections｜terminals/total/answers' }];
export function typedAgreements(typed: Typed): NonNullable<TabulationDefinition['agreeing']> {
  return textIn(typed, 'agreements').split(/\r?\n/u).map((line) => line.split(/[\t|｜]/u).map((one) => one.trim()).filter((one) => one !== '')).filter((one) => one.length > 0).map(([name = '', ...figures]) => ({ name, figures }));
}

// ---- a table

const fieldsOf = (dataset: Dataset, kinds: readonly string[]): Option[] => dataset.fields.filter((one) => kinds.includes(one.kind)).map(({ code, label }) => ({ value: code, label }));
const columnsOf = (table: TableDefinition): Option[] => table.columns.map(({ code, label, under }) => ({ value: code, label: under === undefined || under === '' ? label : `${under}：${label}` }));
/** What is one number in each row: of a column that counts every option, each option by itself. */
export function singlesOf(table: TableDefinition, dataset: Dataset): Option[] {
  const crossed = new Map(table.columns.flatMap((one) => (one.measure === 'cross' ? [[one.code, dataset.fields.find((field) => field.code === one.of)?.options ?? []] as const] : [])));
  return table.columns.flatMap(({ code, label, under, ...column }): Option[] => {
    const options = crossed.get(code) ?? (column.measure === 'share' ? crossed.get(column.of) : undefined);
    if (options === undefined) return [{ value: code, label: under === undefined || under === '' ? label : `${under}：${label}` }];
    return options.map((one) => ({ value: `${code}.${one.code}`, label: `${label}：${one.label}` }));
  });
}
const isQuotient = ({ columns }: TableDefinition, code: string): boolean => ['share', 'average'].includes(columns.find((one) => one.code === code || code.startsWith(`${one.code}.`))?.measure ?? '');
const GROUPED = ['class', 'choice', 'checks', 'text'];
const optionsOf = (dataset: Dataset): Option[] => dataset.fields.flatMap((field) => (field.options ?? []).map((one) => ({ value: `${field.code}/${one.code}`, label: `${field.label}：${one.label}` })));

export function tableSpecs(table: TableDefinition, dataset: Dataset): FieldSpec[] {
  const columns = columnsOf(table);
  const singles = singlesOf(table, dataset);
  return [
    { name: 'title', label: '表の題', kind: 'line', need: true },
    { name: 'by', label: '行に分ける欄', kind: 'select', options: fieldsOf(dataset, GROUPED), blank: '分けない（1行だけ）' },
    { name: 'rowsLabel', label: '行の見出し', kind: 'short', support: '例：部局、区分' },
    { name: 'empty', label: '数のない行', kind: 'checks', options: [{ value: 'yes', label: '1件もない値の行も出す' }] },
    { name: 'order', label: '行の並び', kind: 'select', options: singles, blank: '選択肢の順' },
    { name: 'direction', label: '並びの向き', kind: 'select', options: [{ value: 'descending', label: '大きいものから' }, { value: 'ascending', label: '小さいものから' }] },
    { name: 'total', label: '合計の行の名前', kind: 'short', support: '空けると、合計の行を出しません。' },
    { name: 'only', label: '数えるものを絞る', kind: 'select', options: optionsOf(dataset), blank: isSimple(table.only) ? '絞らない' : '今の条件のまま' },
    { name: 'only2', label: 'さらに絞る', kind: 'select', options: optionsOf(dataset), blank: '絞らない' },
    { name: 'shares', label: '数の下に割合の行を出す', kind: 'select', options: singles.filter(({ value }) => !isQuotient(table, value)), blank: '出さない', support: '選んだ列の数を分母にします。' },
    { name: 'sharesLabel', label: '割合の行の名前', kind: 'short', support: `空けると「${SHARE_LABEL}」とします。` },
    { name: 'mode', label: 'この表の端数の処理', kind: 'select', options: MODES, blank: '集計と同じ' }, { name: 'digits', label: 'この表の桁数', kind: 'short', support: '端数の処理を選んだときに使います。' },
    { name: 'notes', label: '注', kind: 'text', rows: 2, support: '1行に1件。割合の分母、端数、記号の注は自動で付きます。' },
    { name: 'topColumn', label: '上位を述べる文の列', kind: 'select', options: singles, blank: '文を付けない' }, { name: 'topNumber', label: '上位いくつまで', kind: 'short' },
    { name: 'topSubject', label: '文の主語', kind: 'line', support: '例：部局ごとの構成比' }, { name: 'topUnit', label: '上位の合計を述べるときの数え方', kind: 'short', support: '例：部局（上位5部局で80.0％を占めている）。空けると合計を述べません。' },
    { name: 'chart', label: '図にする列', kind: 'checks', options: columns }, { name: 'chartKind', label: '図の種類', kind: 'select', options: KINDS },
  ];
}

/** Whether the form can say the condition: one or two options that must be chosen. */
function isSimple(only: Condition | undefined): boolean {
  return only === undefined || simpleParts(only) !== null;
}

function simpleParts(only: Condition): string[] | null {
  const parts = 'all' in only ? only.all : [only];
  const said = parts.map((one) => ('item' in one && 'is' in one && typeof one.is === 'string' ? `${one.item}/${one.is}` : 'item' in one && 'includes' in one ? `${one.item}/${one.includes}` : null));
  return said.length <= 2 && said.every((one) => one !== null) ? said : null;
}

export function tableOf(table: TableDefinition): Typed {
  return { title: table.title, ...rowsOf(table), ...saidOf(table), total: table.total ?? '', shares: table.shares?.over ?? '', sharesLabel: table.shares?.label ?? '', mode: table.rounding?.mode ?? '', digits: table.rounding === undefined ? '' : String(table.rounding.digits), notes: (table.notes ?? []).join('\n') };
}

function rowsOf({ rows, only }: TableDefinition): Record<string, string | string[]> {
  const [first = '', second = ''] = only === undefined ? [] : (simpleParts(only) ?? []);
  return { by: rows?.by ?? '', rowsLabel: rows?.label ?? '', empty: rows?.empty === true ? ['yes'] : [], order: rows?.order?.column ?? '', direction: rows?.order?.direction ?? 'descending', only: first, only2: second };
}

function saidOf({ sentences = [], charts = [] }: TableDefinition): Record<string, string | string[]> {
  const [[top], [chart]] = [sentences, charts];
  return { topColumn: top?.column ?? '', topNumber: String(top?.n ?? 5), topSubject: top?.subject ?? '', topUnit: top?.together?.unit ?? '', chart: chart?.columns ?? [], chartKind: chart?.kind ?? 'bar' };
}

/** What the form does not show of a table stays as it is: its further sentences and charts, a condition that it cannot say. */
export function typedTable(typed: Typed, before: TableDefinition, dataset: Dataset): TableDefinition {
  const text = (name: string): string => textIn(typed, name).trim();
  const only = onlyOf([text('only'), text('only2')].filter((one) => one !== ''), dataset) ?? (isSimple(before.only) ? undefined : before.only);
  const notes = text('notes').split(/\r?\n/u).map((one) => one.trim()).filter((one) => one !== '');
  const [sentences, charts] = [typedSentences(typed, before), typedCharts(typed, before)];
  return {
    code: before.code, title: text('title'), dataset: before.dataset, columns: before.columns,
    ...(text('mode') === '' ? {} : { rounding: roundingIn(typed) }), ...(only === undefined ? {} : { only }), ...(text('by') === '' ? {} : { rows: typedRows(typed, dataset) }),
    ...(text('total') === '' ? {} : { total: text('total') }), ...(text('shares') === '' ? {} : { shares: { over: text('shares'), place: 'below' as const, label: text('sharesLabel') || SHARE_LABEL } }),
    ...(notes.length === 0 ? {} : { notes }), ...(sentences.length === 0 ? {} : { sentences }), ...(charts.length === 0 ? {} : { charts }),
  };
}

function typedRows(typed: Typed, dataset: Dataset): NonNullable<TableDefinition['rows']> {
  const text = (name: string): string => textIn(typed, name).trim();
  const label = text('rowsLabel') || (dataset.fields.find((one) => one.code === text('by'))?.label ?? text('by'));
  return { by: text('by'), label, ...(listIn(typed, 'empty').length > 0 ? { empty: true } : {}), ...(text('order') === '' ? {} : { order: { column: text('order'), direction: text('direction') as 'descending' } }) };
}

function typedSentences(typed: Typed, { sentences: [first, ...others] = [] }: TableDefinition): NonNullable<TableDefinition['sentences']> {
  const text = (name: string): string => textIn(typed, name).trim();
  if (text('topColumn') === '') return others;
  return [{ code: first?.code ?? 'top', column: text('topColumn'), n: Number(text('topNumber').normalize('NFKC')), subject: text('topSubject'), ...(text('topUnit') === '' ? {} : { together: { unit: text('topUnit') } }) }, ...others];
}

function typedCharts(typed: Typed, { title, charts: [first, ...others] = [] }: TableDefinition): NonNullable<TableDefinition['charts']> {
  const columns = [...listIn(typed, 'chart')];
  return columns.length === 0 ? others : [{ code: first?.code ?? 'chart', title: first?.title ?? title, kind: textIn(typed, 'chartKind') as 'bar', columns }, ...others];
}

function onlyOf(chosen: readonly string[], dataset: Dataset): Condition | undefined {
  const parts = chosen.map((one): Condition => {
    const [item, option] = [one.slice(0, one.indexOf('/')), one.slice(one.indexOf('/') + 1)];
    return dataset.fields.find((field) => field.code === item)?.kind === 'checks' ? { item, includes: option } : { item, is: option };
  });
  return parts.length === 0 ? undefined : parts.length === 1 ? parts[0] : { all: parts };
}

// ---- a column

export function columnSpecs(table: TableDefinition, dataset: Dataset, own: string | null): FieldSpec[] {
  const others = columnsOf(table).filter((one) => one.value !== own);
  const singles = singlesOf(table, dataset).filter(({ value }) => own === null || (value !== own && !value.startsWith(`${own}.`)));
  const counts = (options: readonly Option[]): Option[] => options.filter(({ value }) => !isQuotient(table, value));
  const shared = [...others, ...singles.filter(({ value }) => !others.some((one) => one.value === value))];
  return [
    { name: 'label', label: '列の見出し', kind: 'line', need: true }, { name: 'under', label: '列をまとめる見出し', kind: 'line', support: '隣り合う列で同じ文にすると、1つの見出しの下に並びます。' },
    { name: 'code', label: '列の符号', kind: 'short', need: true, support: CODE_SUPPORT }, { name: 'unit', label: '単位', kind: 'short', support: '例：課、台、名' },
    { name: 'measure', label: '何を数えるか', kind: 'select', options: MEASURES },
    { name: 'of', label: '数える欄', kind: 'select', options: fieldsOf(dataset, [...GROUPED, 'number']), blank: 'なし', support: '実数、合計、平均、クロス集計、未回答、対象外のときに選びます。' },
    { name: 'option', label: '選択肢', kind: 'select', options: optionsOf(dataset), blank: 'なし', support: '1つの選択肢の数のときに選びます。' },
    { name: 'columns', label: '足す列', kind: 'checks', options: counts(others), support: 'ほかの列の合計のときに選びます。' },
    { name: 'share', label: '割合を出す列', kind: 'select', options: counts(shared), blank: 'なし', support: '割合のときに選びます。' }, { name: 'over', label: '割合の分母', kind: 'select', options: counts(singles), blank: 'その列の合計（構成比）' },
    { name: 'mode', label: 'この列の端数の処理', kind: 'select', options: MODES, blank: '表と同じ', support: '割合と平均のときに使います。' }, { name: 'digits', label: 'この列の桁数', kind: 'short', support: '端数の処理を選んだときに使います。' },
    { name: 'without', label: '再掲', kind: 'checks', options: [{ value: 'yes', label: '再掲を除いて数える' }] },
  ];
}

export const newColumn = (table: TableDefinition): Typed => {
  let n = table.columns.length + 1;
  while (table.columns.some((one) => one.code === `column-${n}`)) n += 1;
  return { label: '', under: table.columns.at(-1)?.under ?? '', code: `column-${n}`, unit: '', measure: 'count', of: '', option: '', columns: [], share: '', over: '', mode: '', digits: '', without: [] };
};

export function columnOf(column: TableColumn): Typed {
  const { code, label, under = '', unit = '', measure } = column;
  const rounding = 'rounding' in column ? column.rounding : undefined;
  const field = 'of' in column && typeof column.of === 'string' && measure !== 'share' && measure !== 'option' ? column.of : '';
  return {
    code, label, under, unit, measure, of: field, option: measure === 'option' ? `${column.of}/${column.option}` : '', columns: measure === 'columns' ? column.of : [],
    share: measure === 'share' ? column.of : '', over: measure === 'share' && column.over !== 'total' ? column.over.column : '', mode: rounding?.mode ?? '', digits: rounding === undefined ? '' : String(rounding.digits), without: column.withoutListedAgain === true ? ['yes'] : [],
  };
}

export function typedColumn(typed: Typed): TableColumn {
  const text = (name: string): string => textIn(typed, name).trim();
  const common = {
    code: text('code'), label: text('label'), ...(text('under') === '' ? {} : { under: text('under') }), ...(text('unit') === '' ? {} : { unit: text('unit') }), ...(listIn(typed, 'without').length > 0 ? { withoutListedAgain: true } : {}),
  };
  const rounding = text('mode') === '' ? {} : { rounding: roundingIn(typed) };
  const measure = text('measure');
  switch (measure) {
    case 'average': return { ...common, measure, of: text('of'), ...rounding };
    case 'option': return { ...common, measure, of: text('option').slice(0, Math.max(0, text('option').indexOf('/'))), option: text('option').slice(text('option').indexOf('/') + 1) };
    case 'columns': return { ...common, measure, of: [...listIn(typed, 'columns')] };
    case 'share': return { ...common, measure, of: text('share'), over: text('over') === '' ? 'total' : { column: text('over') }, ...rounding };
    case 'distinct': case 'cross': case 'sum': case 'missing': case 'not-asked': return { ...common, measure, of: text('of') };
    default: return { ...common, measure: measure as 'count' };
  }
}
