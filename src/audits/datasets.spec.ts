import type { FormDefinition } from '../engine/form.js';
import { tabulate } from '../engine/tabulating.js';
import { checkDatasets } from '../engine/tabulation-checking.js';
import { keyOf, responseDataset, typedDataset, usesDataset, type DatasetOrder, type DatasetResponse, type DatasetSystem } from './datasets.js';

const definition: FormDefinition = {
  form: 'sheet', version: '2026-04', title: '調査票', shortTitle: '調査票', validity: { from: '2026-04-01' },
  optionSets: { yes: [{ code: 'yes', label: 'ある' }, { code: 'no', label: 'ない' }], ways: [{ code: 'lock', label: '施錠' }, { code: 'other', label: 'その他', text: true }] },
  sections: [{ code: 's', number: '1', title: '章', blocks: [{ code: 'b', items: [
    { code: 'kept', kind: 'choice', label: '端末', options: 'yes', need: 'required' },
    { code: 'ways', kind: 'checks', label: '方法', options: 'ways', need: 'required', when: { item: 'kept', is: 'yes' } },
    { code: 'number', kind: 'number', label: '台数', need: 'required', when: { item: 'kept', is: 'yes' } },
    { code: 'class', kind: 'text', label: '種別', need: 'optional' },
    { code: 'note', kind: 'fixed', label: '', need: 'optional', text: '説明' },
  ] }] }],
};
const order: DatasetOrder = { divisions: ['総務部', '福祉部'], sections: ['情報課', '年金課'], classes: ['甲', '乙'] };
const response = (id: string, more: Partial<DatasetResponse> = {}): DatasetResponse => ({ id, division: '福祉部', section: '年金課', system: null, class: null, status: 'fixed', answers: {}, ...more });

describe('responses', () => {
  const made = responseDataset({ code: 'sheet', title: '調査票', definition }, [
    response('1', { answers: { kept: { choice: 'yes' }, ways: { checked: ['other'], texts: { other: 'ワイヤーで固定' } }, number: 3, class: '窓口用' } }),
    response('2', { division: '総務部', section: '情報課', system: '住記', class: '乙', answers: { kept: { choice: 'no' }, ways: { checked: ['lock'] } } }),
    response('3', { status: 'submitted', answers: { kept: { choice: 'yes' }, number: null } }),
    response('4', { status: 'answering', answers: { kept: { choice: 'yes' } } }),
  ], order);
  const values = (id: string) => made.records.find((one) => one.id === id)!.values;

  it('every item is a field, an option with a text has a field of its own, and an explanation has none', () => {
    expect(made.fields.map(({ code, kind }) => [code, kind])).toEqual([
      ['department', 'class'], ['section', 'class'], ['system', 'class'], ['class', 'class'], ['response-status', 'class'], ['kept', 'choice'], ['ways', 'checks'], ['ways.other', 'text'], ['number', 'number'], ['class-answer', 'text'],
    ]);
  });

  it('answered, unanswered and hidden by a condition are told apart', () => {
    expect(values('1')).toEqual({ department: '福祉部', section: '年金課', 'response-status': 'fixed', kept: 'yes', ways: ['other'], 'ways.other': 'ワイヤーで固定', number: 3, 'class-answer': '窓口用' });
    // The second was not asked how: what it had answered before is not counted.
    expect(values('2')).toEqual({ department: '総務部', section: '情報課', system: '住記', class: '乙', 'response-status': 'fixed', kept: 'no', 'class-answer': null });
    expect(values('3')).toMatchObject({ kept: 'yes', ways: null, number: null });
    expect(checkDatasets([made])).toEqual([]);
  });

  it('only what was handed in counts, unless other states are named', () => {
    expect(made.records.map((one) => one.id)).toEqual(['1', '2', '3']);
    expect(responseDataset({ code: 'sheet', title: '', definition }, [response('4', { status: 'answering' })], order, ['answering']).records).toHaveLength(1);
  });

  it('departments stand in the order of the tree, as far as they answered', () => {
    expect(made.fields[0]!.options!.map((one) => one.label)).toEqual(['総務部', '福祉部']);
  });
});

it('a system used by another department than its owner is listed again there', () => {
  const place = (division: string) => ({ division, section: division });
  const system: DatasetSystem = {
    id: 's', name: '戸籍', class: '甲', owner: place('市民部'), register: {}, contracts: [],
    uses: [{ id: 'u1', ...place('市民部'), sections: 8, terminals: 50, own: true }, { id: 'u2', ...place('支所'), sections: null, terminals: 2, own: false }],
  };
  const made = usesDataset([system], order);
  expect(made.records.map(({ id, listedAgain, values }) => [id, listedAgain, values.sections])).toEqual([['u1', undefined, 8], ['u2', true, null]]);
  const [table] = tabulate({ code: 'd', title: '', rounding: { mode: 'half-up', digits: 1 }, tables: [{ code: 't', title: '', dataset: 'register-uses', columns: [{ code: 'n', label: '', measure: 'count' }, { code: 'own', label: '', measure: 'count', withoutListedAgain: true }] }] }, [made]).tables;
  expect(table!.rows[0]!.figures.map((one) => one.text)).toEqual(['2', '1']);
});

it('a name with signs of addresses is written without them in the address and as it is in the table', () => {
  expect(keyOf('国/道=［等］50%')).toBe('国／道＝[等]50％');
  const made = typedDataset({ code: 'x', title: '', unit: '', head: '区分', columns: [{ code: 'n', label: '数' }], lines: [{ label: 'A/B', cells: ['1'] }, { label: 'C', cells: [] }] });
  expect(made.fields[0]!.options).toEqual([{ code: 'A／B', label: 'A/B' }, { code: 'C', label: 'C' }]);
  expect(made.records.map((one) => one.values)).toEqual([{ department: 'A／B', n: '1' }, { department: 'C', n: null }]);
});
