/**
 * The tables of an administrative audit of the city of Hakodate (平成26年度行政監査) from their raw counts, against the figures that
 * it printed, and the one place where the printed document says two different things.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { responseDataset, systemsDataset, typedDataset, usesDataset, type DatasetOrder, type DatasetResponse, type DatasetSystem } from '../src/audits/datasets.js';
import { loadTabulations } from '../src/audits/tabulation-content.js';
import { readCatalogues } from '../src/engine/content-loader.js';
import type { AnswerValue, FormDefinition } from '../src/engine/form.js';
import { checkDatasets, checkTabulation } from '../src/engine/tabulation-checking.js';
import { drill, figuresOf, tabulate } from '../src/engine/tabulating.js';
import type { Dataset, TableDefinition, TableResult, TabulationDefinition, TabulationResult } from '../src/engine/tabulation.js';
import { inProject } from '../src/kernel/root.js';

interface Rights { department: string; sections: number; terminals?: number; staff: number; commissioned: number; temporary: number; other: number; printed_total: number; printed_share: string }
interface RightsTable { rows: Rights[]; printed_totals: Record<string, number> }
interface Answered { class: string; n: number; counts: number[]; printed_shares: string[] }
interface Counts {
  access_rights_resident_system: RightsTable;
  access_rights_finance_system: RightsTable;
  questionnaire: { options_1: string[]; options_2: string[]; rows: Answered[]; printed_total: Omit<Answered, 'class'> };
}
interface Use { department: string; sections: number; terminals: number }
type Spread = Record<string, number>;
interface Registers {
  department_systems_breakdown: { n: number; host: Spread; place: Spread; virus_protection: Spread; network: Spread; access: Spread; outsourcing_contracts: number };
  external_systems_breakdown: { n: number; virus_protection: Spread; network: Spread; access: Spread; outsourcing_contracts: number };
  centrally_managed: { systems: { name: string; uses: Use[] }[] };
  register_departments: { systems: { owner: string; number: number; uses: Use[] | null }[] };
  register_external: { systems: ({ number: number } & Use)[] };
}

const yaml = <T>(...path: string[]): T => parse(readFileSync(join(...path), 'utf8')) as T;
const counts = yaml<Counts>('test', 'fixtures', 'audits', 'hakodate-counts.yaml');
const registers = yaml<Registers>('test', 'fixtures', 'registers', 'hakodate.yaml');
const REFERENCE = join('..', 'shared', 'reference', 'cases', 'hakodate.yaml');

const CLASSES = ['住民情報システム', '財務会計システム', '情シス課管理・部局運用', '各部局所管', '国・道等'];
const [RESIDENT, FINANCE, CENTRAL, DEPARTMENTAL, EXTERNAL] = CLASSES as [string, string, string, string, string];
const order: DatasetOrder = { divisions: [], sections: [], classes: CLASSES };

// ---- raw counts as datasets

const COLUMNS = [['sections', '利用する課の数'], ['terminals', '端末設置台数'], ['staff', '正職員'], ['commissioned', '嘱託職員'], ['temporary', '臨時職員'], ['other-people', 'その他']].map(([code, label]) => ({ code: code!, label: label! }));
const named = (code: string): keyof Rights => (code === 'other-people' ? 'other' : code) as keyof Rights;
const rights = (code: string, title: string, { rows }: RightsTable): Dataset => typedDataset({
  code, title, unit: '部局', head: '部局', columns: COLUMNS.filter((one) => named(one.code) in rows[0]!),
  lines: rows.map((row) => ({ label: row.department, cells: COLUMNS.filter((one) => named(one.code) in rows[0]!).map((one) => String(row[named(one.code)])) })),
});

/** Of n answers, the first so many held the option: which of them held which is not published, and no figure depends on it. */
const option = (n: number): string => `option-${n + 1}`;
const questionnaire: FormDefinition = {
  form: 'system-security', version: '2014-10', title: '端末の管理の調査票', shortTitle: '端末の管理', validity: { from: '2014-10-01' },
  optionSets: { handling: counts.questionnaire.options_1.map((label, n) => ({ code: option(n), label })), awareness: counts.questionnaire.options_2.map((label, n) => ({ code: option(n), label })) },
  sections: [{ code: 'terminals', number: '1', title: '端末', blocks: [{ code: 'terminals', items: [
    { code: 'terminal-care', kind: 'checks', label: '離席時・退庁時の端末の管理状況', options: 'handling', need: 'required' },
    { code: 'awareness', kind: 'checks', label: '意識付け', options: 'awareness', need: 'required' },
  ] }] }],
};
const split = counts.questionnaire.options_1.length;
const responses = counts.questionnaire.rows.flatMap((row) => Array.from({ length: row.n }, (_, n): DatasetResponse => {
  const held = row.counts.map((count) => n < count);
  const answer = (flags: boolean[]): AnswerValue => ({ checked: flags.flatMap((flag, at) => (flag ? [option(at)] : [])) });
  const answers = { 'terminal-care': answer(held.slice(0, split)), awareness: answer(held.slice(split)) };
  return { id: `${row.class}-${n + 1}`, division: '市', section: `${n + 1}番の課`, system: row.class, class: row.class, status: 'fixed', answers };
}));

const spread = (all: Spread): string[] => Object.entries(all).flatMap(([label, count]) => Array<string>(count).fill(label));
const catalogue = readCatalogues(inProject('templates')).systems.at(-1)!;
/** The option of the register under its label. */
const choice = (item: string, label: string | undefined): Record<string, AnswerValue> => {
  const found = [...catalogue.compiled.byCode.get(item)!.options!.values()].find((one) => one.label === label);
  if (label !== undefined && found === undefined) throw new Error(`no option ${label} of ${item}`);
  return found === undefined ? {} : { [item]: { choice: found.code } };
};
interface OfSystem { name: string; class: string; owner: string; uses: readonly Use[]; register: Record<string, AnswerValue>; contract: boolean }
const system = (one: OfSystem, n: number): DatasetSystem => ({
  id: `${one.class}-${n + 1}`, name: one.name, class: one.class, owner: { division: one.owner, section: one.owner }, register: one.register,
  uses: one.uses.map((use, at) => ({ id: `${one.class}-${n + 1}-${at + 1}`, division: use.department, section: use.department, sections: use.sections, terminals: use.terminals, own: use.department === one.owner })),
  contracts: one.contract ? [{ personalInformationClause: true }] : [],
});
const own = registers.department_systems_breakdown;
const outside = registers.external_systems_breakdown;
const systems = [
  ...registers.centrally_managed.systems.map((one, n) => system({ ...one, class: CENTRAL, owner: '情報システム課', register: {}, contract: false }, n)),
  ...registers.register_departments.systems.map((one, n) => system({
    name: `${one.owner}システム${one.number}`, class: DEPARTMENTAL, owner: one.owner, uses: one.uses ?? [], contract: n < own.outsourcing_contracts,
    register: { ...choice('host-kind', spread(own.host)[n]), ...choice('place', spread(own.place)[n]), ...choice('virus-protection', spread(own.virus_protection)[n]), ...choice('network', spread(own.network)[n]), ...choice('access-granting', spread(own.access)[n]) },
  }, n)),
  ...registers.register_external.systems.map((one, n) => system({
    name: `外部システム${one.number}`, class: EXTERNAL, owner: one.department, uses: [one], contract: n < outside.outsourcing_contracts,
    register: { ...choice('virus-protection', spread(outside.virus_protection)[n]), ...choice('network', spread(outside.network)[n]), ...choice('access-granting', spread(outside.access)[n]) },
  }, n)),
];

/** What the text of the audit says of the gross number of sections, chapter 6 (1). */
const said = typedDataset({ code: 'said', title: '本文に述べた数', unit: '区分', head: '区分', columns: [{ code: 'sections', label: '延べ課数' }], lines: CLASSES.map((label, n) => ({ label, cells: [['54', '109', '17', '117', '45'][n]!] })) });

const datasets: Dataset[] = [
  rights('access-resident', RESIDENT, counts.access_rights_resident_system), rights('access-finance', FINANCE, counts.access_rights_finance_system),
  responseDataset({ code: 'system-security', title: '端末の管理の調査票', definition: questionnaire }, responses, order),
  usesDataset(systems, order), systemsDataset(catalogue.compiled, systems, order), said,
];

// ---- the ready definition, with the access rights of two systems and what must agree

const ready = loadTabulations(inProject('templates')).find((one) => one.tabulation === 'system-security-audit')!;
const table = (code: string): TableDefinition => ready.definition.tables.find((one) => one.code === code)!;
const without = (definition: TableDefinition, column: string): TableDefinition => ({ ...definition, columns: definition.columns.filter((one) => one.code !== column) });
const only = (code: string, dataset: string, label: string, title: string): TableDefinition => ({ ...table(code), code: dataset, title, only: { item: 'class', is: label } });
const definition: TabulationDefinition = {
  ...ready.definition,
  tables: [
    { ...table('access-rights'), code: 'access-resident', dataset: 'access-resident', title: '住民情報システムの利用状況' },
    { ...without(table('access-rights'), 'terminals'), code: 'access-finance', dataset: 'access-finance', title: '財務会計システムの利用状況' },
    only('systems-used', 'central-systems', CENTRAL, '情報システム課が管理し各部局が運用する電算システム'),
    table('systems-by-class'), table('uses-by-class'), table('terminal-management'),
    only('safety', 'safety-own', DEPARTMENTAL, '各部局が所管する電算システムの安全性'), only('safety', 'safety-outside', EXTERNAL, '国・道など外部機関が主導で所管する電算システムの安全性'),
    { code: 'said', title: '本文（6(1)）', dataset: 'said', rows: { by: 'department', label: '区分' }, columns: [{ code: 'sections', label: '延べ課数', unit: '課', measure: 'sum', of: 'sections' }] },
  ],
  agreeing: [
    { name: `${RESIDENT} 延べ課数`, figures: ['access-resident/total/sections', `said/${RESIDENT}/sections`, `terminal-management/${RESIDENT}/answers`] },
    { name: `${FINANCE} 延べ課数`, figures: ['access-finance/total/sections', `said/${FINANCE}/sections`, `terminal-management/${FINANCE}/answers`] },
    ...[CENTRAL, DEPARTMENTAL, EXTERNAL].map((label) => ({ name: `${label} 延べ課数`, figures: [`systems-by-class/${label}/sections`, `uses-by-class/${label}/sections`, `said/${label}/sections`, `terminal-management/${label}/answers`] })),
  ],
};

let result: TabulationResult;
beforeAll(() => (result = tabulate(definition, datasets)));
const found = (code: string): TableResult => result.tables.find((one) => one.code === code)!;
/** Texts of a column, the row of totals last. */
const texts = (code: string, column: string): string[] => found(code).rows.map((row) => row.figures[found(code).columns.findIndex((one) => one.code === column)]!.text);
const figure = (address: string): string => figuresOf(result).get(address)!.figure.text;
const printed = (value: number): string => value.toLocaleString('en-US');

it('the figures of the fixture are those of the reference', () => {
  if (!existsSync(REFERENCE)) return;
  const reference = yaml<Counts & { access_rights_resident_system: object; access_rights_finance_system: object; questionnaire: object }>(REFERENCE);
  expect(counts.access_rights_resident_system).toEqual({ rows: reference.access_rights_resident_system.rows, printed_totals: reference.access_rights_resident_system.printed_totals });
  expect(counts.access_rights_finance_system).toEqual({ rows: reference.access_rights_finance_system.rows, printed_totals: reference.access_rights_finance_system.printed_totals });
  const { options_1, options_2, rows, printed_total } = reference.questionnaire;
  expect(counts.questionnaire).toEqual({ options_1, options_2, rows, printed_total });
});

it('nothing of the definition is unknown, nothing of the data unreadable', () => {
  expect([checkTabulation(definition, datasets), checkDatasets(datasets)]).toEqual([[], []]);
  expect([datasets[2]!.records.length, systems.length]).toEqual([343, 95]);
});

describe.each([['access-resident', counts.access_rights_resident_system], ['access-finance', counts.access_rights_finance_system]] as const)('%s', (code, { rows, printed_totals: totals }) => {
  it('every count, sum and share is as printed', () => {
    for (const column of COLUMNS.filter((one) => named(one.code) in rows[0]!)) {
      expect(texts(code, named(column.code))).toEqual([...rows.map((row) => printed(row[named(column.code)] as number)), printed(totals[named(column.code)]!)]);
    }
    expect(texts(code, 'total')).toEqual([...rows.map((row) => printed(row.printed_total)), printed(totals.total!)]);
    expect(texts(code, 'share')).toEqual([...rows.map((row) => `${row.printed_share}%`), '100.0%']);
  });

  it('what the shares are of is named', () => {
    expect(found(code).denominators).toEqual([`※「構成比（%）」は、「計」の合計${totals.total!}名を100％とした割合である。`]);
  });

  it('the customary note stands under it, as in the document', () => {
    expect(found(code).notes).toEqual(['※構成比については小数点以下第2位を四捨五入したため、合計と合わない場合がある。']);
  });
});

it('the printed shares of the finance system add up to 99.9 and the total still says 100.0; those of the other add up', () => {
  const sum = (code: string): string => (texts(code, 'share').slice(0, -1).reduce((total, one) => total + Math.round(Number(one.slice(0, -1)) * 10), 0) / 10).toFixed(1);
  expect([sum('access-finance'), sum('access-resident')]).toEqual(['99.9', '100.0']);
});

it('the greatest five are named as in 6(1)ア and イ', () => {
  // By hand: 302 + 178 + 118 + 52 + 47 = 697 of 871 are 80.02 %; 157 + 104 + 89 + 88 + 78 = 516 of 905 are 57.02 %.
  expect(found('access-resident').sentences).toEqual([{ code: 'largest', text: '部局ごとの構成比は大きいものから順に、保健福祉部34.7％、市民部20.4％、財務部13.5％、子ども未来部6.0％、企業局5.4％となっており、上位5部局で80.0％を占めている。' }]);
  expect(found('access-finance').sentences[0]!.text).toBe('部局ごとの構成比は大きいものから順に、保健福祉部17.3％、教育委員会事務局11.5％、財務部9.8％、市民部9.7％、環境部8.6％となっており、上位5部局で57.0％を占めている。');
});

it('five systems, 延べ11部局, 17課', () => {
  expect(found('central-systems').rows).toHaveLength(6);
  expect(['departments', 'sections', 'terminals'].map((column) => texts('central-systems', column))).toEqual([['1', '1', '1', '3', '5', '11'], ['4', '1', '1', '3', '8', '17'], ['55', '30', '2', '4', '38', '129']]);
  // 実数 by hand: 財務部, 市民部, 子ども未来部 and the branches 戸井, 恵山, 椴法華, 南茅部.
  expect(['systems', 'gross', 'net', 'sections'].map((column) => figure(`uses-by-class/${CENTRAL}/${column}`))).toEqual(['5', '11', '7', '17']);
});

it('every line of the three registers: the sections and terminals of each department that uses a system', () => {
  const printedUses = [...registers.centrally_managed.systems.map((one) => one.uses), ...registers.register_departments.systems.map((one) => one.uses ?? []), ...registers.register_external.systems.map((one): Use[] => [one])];
  const { tables } = tabulate({
    ...definition, agreeing: [], tables: systems.map((one, n): TableDefinition => ({
      code: `lines-${n + 1}`, title: one.name, dataset: table('systems-used').dataset, only: { item: 'system', is: one.name }, rows: { by: 'department', label: '利用部局' },
      columns: table('systems-used').columns.filter(({ code }) => code !== 'departments'),
    })),
  }, datasets);
  const byName = (a: readonly string[], b: readonly string[]): number => (a[0]! < b[0]! ? -1 : 1);
  expect(tables.map((one) => one.rows.map((row) => [row.label, ...row.figures.map(({ text }) => text)]).sort(byName)))
    .toEqual(printedUses.map((uses) => uses.map((use) => [use.department, printed(use.sections), printed(use.terminals)]).sort(byName)));
});

it('17部局・55システム and 15部局・35システム・延べ45課; contracts 21 and 3, all with their clause', () => {
  expect(['systems', 'owners', 'contracts', 'clauses'].map((column) => figure(`systems-by-class/${DEPARTMENTAL}/${column}`))).toEqual(['55', '17', '21', '21']);
  expect(['systems', 'owners', 'sections', 'contracts', 'clauses'].map((column) => figure(`systems-by-class/${EXTERNAL}/${column}`))).toEqual(['35', '15', '45', '3', '3']);
  // 再掲 left out: 48 readable systems of the departments are used by their owner.
  expect(figure(`uses-by-class/${DEPARTMENTAL}/own`)).toBe('48');
});

describe('the questionnaire: 343 answers, eleven options', () => {
  const columns = [...Array.from({ length: split }, (_, n) => `handling.${option(n)}`), ...Array.from({ length: counts.questionnaire.options_2.length }, (_, n) => `awareness.${option(n)}`)];
  it('every count and share is as printed', () => {
    const { rows, printed_total: total } = counts.questionnaire;
    expect(texts('terminal-management', 'answers')).toEqual([...rows, total].map((row) => printed(row.n)));
    columns.forEach((column, n) => {
      expect(texts('terminal-management', column)).toEqual([...rows, total].map((row) => printed(row.counts[n]!)));
      expect([...rows, total].map((_, at) => found('terminal-management').rows[at]!.shares!.find((one) => one.address.endsWith(`/${column}%`))!.text)).toEqual([...rows, total].map((row) => `${row.printed_shares[n]!}%`));
    });
  });

  it('the denominator is named, and nothing is printed under it', () => {
    expect(figuresOf(result).get(`terminal-management/total/${columns[0]!}%`)!.figure.denominator).toEqual({ label: '回答の数', value: '343' });
    expect(figure('terminal-management/total/answers%')).toBe('');
  });

  it('a figure leads to its answers', () => {
    expect(drill(definition, datasets, `terminal-management/${DEPARTMENTAL}/${columns[5]!}`).map((one) => one.id)).toEqual(Array.from({ length: 11 }, (_, n) => `${DEPARTMENTAL}-${n + 1}`));
    expect(drill(definition, datasets, `terminal-management/total/${columns[0]!}%`)).toHaveLength(302);
  });
});

it('both tables of safety', () => {
  const row = (code: string, label: string, prefix: string): string[] => found(code).columns.flatMap((one) => (one.code.startsWith(`${prefix}.`) ? [`${one.label} ${figure(`${code}/${label}/${one.code}`)}`] : []));
  const spreadOf = (item: string, all: Spread): string[] => [...catalogue.compiled.byCode.get(item)!.options!.values()].map((one) => `${one.label} ${all[one.label] ?? 0}`);
  expect(figure(`safety-own/${DEPARTMENTAL}/systems`)).toBe('55');
  for (const [prefix, item, all] of [['host', 'host-kind', own.host], ['place', 'place', own.place], ['virus', 'virus-protection', own.virus_protection], ['network', 'network', own.network], ['access', 'access-granting', own.access]] as const) {
    expect(row('safety-own', DEPARTMENTAL, prefix)).toEqual(spreadOf(item, all));
  }
  expect(figure(`safety-outside/${EXTERNAL}/systems`)).toBe('35');
  for (const [prefix, item, all] of [['virus', 'virus-protection', outside.virus_protection], ['network', 'network', outside.network], ['access', 'access-granting', outside.access]] as const) {
    expect(row('safety-outside', EXTERNAL, prefix)).toEqual(spreadOf(item, all));
  }
  // Of the host and the place nothing is published of the 35: asked, and nothing there.
  expect(new Set(row('safety-outside', EXTERNAL, 'host').map((one) => one.split(' ')[1]))).toEqual(new Set(['…']));
});

it('the document contradicts itself in exactly one place: 117 in the text and its register, 118 in the questionnaire', () => {
  expect(result.contradictions).toEqual([{
    name: `${DEPARTMENTAL} 延べ課数`,
    places: [
      { address: `systems-by-class/${DEPARTMENTAL}/sections`, table: 'システムの数と所管部局', row: DEPARTMENTAL, column: '利用する課（延べ）', text: '117' },
      { address: `uses-by-class/${DEPARTMENTAL}/sections`, table: '区分ごとの利用部局', row: DEPARTMENTAL, column: '利用する課（延べ）', text: '117' },
      { address: `said/${DEPARTMENTAL}/sections`, table: '本文（6(1)）', row: DEPARTMENTAL, column: '延べ課数', text: '117' },
      { address: `terminal-management/${DEPARTMENTAL}/answers`, table: '端末の管理と個人情報の取扱いに係る意識付け', row: DEPARTMENTAL, column: '回答の数', text: '118' },
    ],
  }]);
});
