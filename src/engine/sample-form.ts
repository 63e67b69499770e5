/** A small form with every kind of item, for the specs of this folder: an affair, its files, and outsourcings per file. */
import type { AnswerSet, AnswerValue, FormDefinition, Item, Row } from './form.js';

export function sampleForm(): FormDefinition {
  return {
    form: 'sample', version: '2026-04', title: '見本の様式', shortTitle: '見本', validity: { from: '2026-04-01' },
    optionSets: {
      use: [{ code: 'used', label: '実施する' }, { code: 'not-used', label: '実施しない' }, { code: 'undecided', label: '未定' }],
      outsourcing: [{ code: 'outsourced', label: '委託する' }, { code: 'not-outsourced', label: '委託しない' }],
      band: [
        { code: 'under-10', label: '10項目未満', atLeast: 0, below: 10 },
        { code: 'from-10', label: '10項目以上50項目未満', atLeast: 10, below: 50 },
        { code: 'from-50', label: '50項目以上100項目未満', atLeast: 50, below: 100 },
        { code: 'from-100', label: '100項目以上', atLeast: 100 },
      ],
      people: [
        { code: 'under-10000', label: '1万人未満', atLeast: 0, below: 10_000 },
        { code: 'from-10000', label: '1万人以上10万人未満', atLeast: 10_000, below: 100_000 },
        { code: 'from-100000', label: '10万人以上', atLeast: 100_000 },
      ],
      media: [{ code: 'paper', label: '紙' }, { code: 'line', label: '専用線' }, { code: 'none', label: '入手しない' }, { code: 'other', label: 'その他', text: true }],
      provision: [{ code: 'provided', label: '提供を行っている', counts: 'provision' }, { code: 'none', label: '行っていない' }],
      result: [{ code: 'low', label: '義務付けられない' }, { code: 'high', label: '義務付けられる' }],
    },
    sections: [
      {
        code: 'affair', number: 'Ⅰ', title: '基本情報',
        blocks: [
          {
            code: 'affair-block', heading: '1．事務', items: [
              { code: 'affair-name', kind: 'text', label: '①事務の名称', need: 'required' },
              { code: 'affair-content', kind: 'long-text', label: '②事務の内容', need: 'required', asks: 'content' },
              { code: 'people-count', kind: 'number', label: '③対象人数', need: 'required', unit: '人', min: 0, max: 130_000_000 },
              { code: 'people-band', kind: 'choice', label: '④対象人数の区分', need: 'optional', options: 'people', bandOf: 'people-count' },
              { code: 'file', kind: 'group', label: '⑤ファイル', unit: '特定個人情報ファイル', need: 'required', nameItem: 'file-name', items: [] },
              { code: 'file-names', kind: 'computed', label: 'ファイルの一覧', need: 'optional', compute: { rule: 'names-of', group: 'file' } },
              { code: 'judgement', kind: 'computed', label: '判断', need: 'optional', compute: { rule: 'threshold-result', options: 'result', inputs: { people: 'people-band', handlers: 'people-count', incident: 'network-use' } } },
            ],
          },
          {
            code: 'network', heading: '2．連携', items: [
              { code: 'network-use', kind: 'choice', label: '①実施の有無', need: 'required', options: 'use' },
              { code: 'network-basis', kind: 'long-text', label: '②法令上の根拠', need: 'required', when: { item: 'network-use', is: 'used' }, asks: 'basis' },
              { code: 'network-basis-note', kind: 'text', label: '根拠の補足', need: 'optional', when: { item: 'network-basis', answered: true } },
              { code: 'begun', kind: 'date', label: '③開始日', need: 'optional' },
              { code: 'reviewed', kind: 'date-text', label: '④見直し日', need: 'optional', notBefore: 'begun' },
              { code: 'public-period', kind: 'date-range', label: '⑤意見聴取の期間', need: 'procedure', notBefore: 'begun', minDays: { days: 30, unless: 'period-reason' } },
              { code: 'period-reason', kind: 'text', label: '⑥期間を短くした理由', need: 'optional' },
            ],
          },
        ],
      },
      {
        code: 'file-outline', number: 'Ⅱ', title: 'ファイルの概要', perRowOf: 'file',
        blocks: [
          {
            code: 'file-basics', heading: '2．基本情報', items: [
              { code: 'file-name', kind: 'text', label: 'ファイル名', need: 'required', namesRow: true },
              { code: 'file-people', kind: 'choice', label: '②対象となる本人の数', need: 'required', options: 'people' },
              { code: 'record-band', kind: 'choice', label: '④記録される項目', need: 'required', options: 'band', bandOf: 'records' },
              { code: 'media', kind: 'checks', label: '入手方法', need: 'required', options: 'media', exclusive: ['none'] },
            ],
          },
          {
            code: 'outsourcing-block', heading: '4．委託', items: [
              { code: 'outsourcing-use', kind: 'choice', label: '委託の有無', need: 'required', options: 'outsourcing', count: { of: 'outsourcing', unit: '件', whenChoice: 'outsourced' } },
              {
                code: 'outsourcing', kind: 'group', label: '委託事項', unit: '委託事項', need: 'optional', atLeast: 1, nameItem: 'outsourced-work',
                when: { item: 'outsourcing-use', is: 'outsourced' },
                items: [
                  { code: 'outsourced-work', kind: 'text', label: '委託事項', need: 'required' },
                  { code: 'outsourced-content', kind: 'long-text', label: '①委託内容', need: 'required', asks: 'content' },
                  { code: 'outsourced-people', kind: 'choice', label: '②本人の数', need: 'optional', options: 'people', notAbove: 'file-people' },
                ],
              },
              { code: 'provision-use', kind: 'checks', label: '提供の有無', need: 'optional', options: 'provision', exclusive: ['none'] },
              {
                code: 'provision', kind: 'group', label: '提供先', unit: '提供先', need: 'optional', nameItem: 'receiver', when: { item: 'provision-use', includes: 'provided' },
                items: [{ code: 'receiver', kind: 'text', label: '提供先', need: 'required' }],
              },
            ],
          },
        ],
      },
      {
        code: 'records-attachment', number: '（別添2）', title: '記録項目', perRowOf: 'file',
        blocks: [{ code: 'record-block', items: [{ code: 'records', kind: 'record-list', label: '記録項目', need: 'required', wide: true }] }],
      },
      {
        code: 'risks', number: 'Ⅲ', title: 'リスク対策', perRowOf: 'file',
        blocks: [{
          code: 'risk-block', heading: '3．委託', parts: [{
            code: 'risk-1', heading: 'リスク1', items: [
              { code: 'risk-file-name', kind: 'computed', label: 'ファイル名', need: 'optional', compute: { rule: 'copy-of', item: 'file-name' } },
              { code: 'no-outsourcing', kind: 'choice', label: '委託の再確認', need: 'optional', options: 'outsourcing', agreesWith: { item: 'outsourcing-use', pairs: [['not-outsourced', 'not-outsourced'], ['outsourced', 'outsourced']] } },
              { code: 'audit-text', kind: 'long-text', label: '監査の内容', need: 'optional', asks: 'audit' },
              { code: 'education-text', kind: 'long-text', label: '教育の内容', need: 'optional', asks: 'education' },
              { code: 'changes', kind: 'table', label: '変更', need: 'optional', columns: [{ code: 'day', label: '変更日', kind: 'date-text' }, { code: 'timing', label: '時期', kind: 'choice', options: 'use' }, { code: 'pages', label: '頁', kind: 'number' }] },
              { code: 'systems', kind: 'text-list', label: 'システム', need: 'optional' },
              { code: 'picture', kind: 'figures', label: '図', need: 'optional' },
              { code: 'note', kind: 'fixed', label: '注', need: 'optional', text: '注意書き' },
            ] }],
        }],
      },
    ],
  };
}

export function itemOf(form: FormDefinition, code: string): Item {
  const search = (items: readonly Item[]): Item | undefined => items.flatMap((item) => (item.code === code ? [item] : item.kind === 'group' ? (search(item.items) ?? []) : []))[0];
  const found = search(form.sections.flatMap((section) => section.blocks.flatMap((block) => [...(block.items ?? []), ...(block.parts ?? []).flatMap((part) => part.items)])));
  if (!found) throw new Error(`no item ${code}`);
  return found;
}

/** One file `f1` with two outsourcings `o1`, `o2`; every required item answered, nothing contradictory. */
export function readySample(changes: Record<string, AnswerValue | undefined> = {}, rows: Row[] = []): AnswerSet {
  const answers: Record<string, AnswerValue> = {
    'affair-name': '児童手当に関する事務', 'affair-content': '手当の認定と支給を行う。', 'people-count': 12_000,
    'network-use': { choice: 'used' }, 'network-basis': '番号法第19条第8号',
    'file-name@f1': '児童手当ファイル', 'file-people@f1': { choice: 'from-10000' }, 'record-band@f1': { choice: 'under-10' },
    'media@f1': { checked: ['paper'] }, 'outsourcing-use@f1': { choice: 'outsourced', count: 2 },
    'outsourced-work@o1': '帳票の印刷', 'outsourced-content@o1': '通知書の印刷と封入', 'outsourced-work@o2': '保守', 'outsourced-content@o2': 'システムの保守',
    'records@f1': { lists: [{ heading: '', records: [{ number: 1, name: '氏名' }, { number: 2, name: '住所' }] }] },
  };
  for (const [address, value] of Object.entries(changes)) {
    if (value === undefined) delete answers[address];
    else answers[address] = value;
  }
  return {
    rows: [
      { id: 'f1', group: 'file', parent: null, position: 1 },
      { id: 'o1', group: 'outsourcing', parent: 'f1', position: 1 },
      { id: 'o2', group: 'outsourcing', parent: 'f1', position: 2 },
      ...rows,
    ],
    answers,
  };
}
