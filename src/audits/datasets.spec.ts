import type { FormDefinition, Row } from '../engine/form.js';
import { tabulate } from '../engine/tabulating.js';
import { checkDatasets } from '../engine/tabulation-checking.js';
import { keyOf } from './dataset-fields.js';
import { rowDataset, rowedItems } from './row-datasets.js';
import { incidentsQuestionnaire } from './sample-questionnaire.js';
import { responseDataset, typedDataset, usesDataset, type DatasetOrder, type DatasetResponse, type DatasetSystem } from './datasets.js';

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

describe('what is written in rows', () => {
  const sheet = { code: 'incidents', title: '事故', definition: incidentsQuestionnaire() };
  const rows = ['a', 'b'].map((id, n): Row => ({ id, group: 'incidents', parent: null, position: n + 1 }));
  const answered = [
    response('1', { rows, answers: {
      any: { choice: 'yes' }, 'what@a': '紛失', 'day@a': '2026-05-01', 'how@a': { choice: 'lost' }, 'persons@a': 3, 'what@b': '誤送付', 'how@b': { choice: 'sent' }, 'persons@b': 4, 'photos@b': { figures: [{ image: 'f'.repeat(64), caption: '', width: 1, height: 1 }] },
      records: { lists: [{ heading: '住民', records: [{ number: 1, name: '氏名' }, { number: 2, name: '住所' }] }] }, media: [{ name: 'USB', units: '2' }, {}, { name: '外付け', units: '1.5' }],
    } }),
    response('2', { division: '総務部', section: '情報課', answers: { any: { choice: 'no' } } }),
    response('3', { section: '高齢課', rows: [{ id: 'c', group: 'incidents', parent: null, position: 1 }], answers: { any: { choice: 'yes' }, 'how@c': { choice: 'lost' } } }),
  ];
  const whole = responseDataset(sheet, answered, order);
  const made = (code: string) => rowDataset({ ...sheet, code: `incidents-${code}` }, code, answered, order);

  it('is counted in its response: rows, whether there are pictures, and what is added up', () => {
    expect(whole.records.map(({ values }) => [values.incidents, values.total, values.count, values.media, values.records, values.units, values.plan])).toEqual([
      [2, 7, 2, 2, 2, 3.5, 'none'],
      // Nothing happened: neither asked for rows nor for what they say; the count of rows that nobody asks for is not known.
      [undefined, null, null, 0, 0, null, 'none'],
      [1, null, 1, 0, 0, null, 'none'],
    ]);
  });

  it('is a dataset of its own, a record for each row, with the respondent', () => {
    const incidents = made('incidents');
    expect(incidents.unit).toBe('事故');
    expect(incidents.records.map(({ id, label, values }) => [id, label, values.respondent, values.any, values.how, values.persons, values.photos])).toEqual([
      ['1.a', '年金課　事故1', '年金課', 'yes', 'lost', 3, 'none'], ['1.b', '年金課　事故2', '年金課', 'yes', 'sent', 4, 'given'], ['3.c', '高齢課　事故1', '高齢課', 'yes', 'lost', null, 'none'],
    ]);
    // 経緯 is asked of what was sent to the wrong place only.
    expect(incidents.records.map(({ values }) => values.why)).toEqual([undefined, null, undefined]);
    expect(checkDatasets([whole, incidents, made('media'), made('records')])).toEqual([]);
  });

  it('is 延べ when it is counted and 実数 by its respondents', () => {
    const [table] = tabulate({ code: 'd', title: '', rounding: { mode: 'half-up', digits: 1 }, tables: [{ code: 't', title: '', dataset: 'incidents-incidents', rows: { by: 'how', label: '種類' }, total: '計', columns: [{ code: 'n', label: '', measure: 'count' }, { code: 'who', label: '', measure: 'distinct', of: 'respondent' }, { code: 'sum', label: '', measure: 'sum', of: 'persons' }] }] }, [made('incidents')]).tables;
    expect(table!.rows.map(({ label, figures }) => [label, ...figures.map((one) => one.text)])).toEqual([['紛失', '2', '2', '3'], ['誤送付', '1', '1', '4'], ['計', '3', '2', '7']]);
  });

  it('leaves blank lines of a table out, and keeps records with their heading', () => {
    expect(made('media').records.map(({ values }) => [values['media.name'], values['media.units']])).toEqual([['USB', '2'], ['外付け', '1.5']]);
    expect(made('records').records.map(({ values }) => [values['records.heading'], values['records.number'], values['records.name']])).toEqual([['住民', 1, '氏名'], ['住民', 2, '住所']]);
    expect(rowedItems(sheet.definition).map(({ code }) => code)).toEqual(['incidents', 'records', 'media']);
  });
});
