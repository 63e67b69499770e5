import type { AuditFile } from '../src/findings/audit-file.js';
import type { FormDefinition } from '../src/engine/form.js';

const SHEET: FormDefinition = {
  form: 'small-sheet', version: '2026-04', title: '調査票', shortTitle: '調査票', validity: { from: '2026-04-01' },
  optionSets: { care: [{ code: 'locked', label: '施錠して保管' }, { code: 'other', label: 'その他', text: true }] },
  sections: [{ code: 'terminals', number: '1', title: '端末', blocks: [{ code: 'terminals-all', items: [
    { code: 'count', kind: 'number', label: '端末の台数', unit: '台', need: 'required' },
    { code: 'care', kind: 'checks', label: '端末の管理', options: 'care', need: 'required' },
  ] }] }],
};

/** One of everything that an audit may hold, small enough to read: 監査公表第7号 of a fictional city. */
export function smallAudit(): AuditFile {
  return {
    tenken: 'audit', version: 1, organisation: { name: '架空市', headTitle: '市長' },
    audit: {
      fiscalYear: 2026, kind: 'administrative', kindLabel: '行政監査', bases: ['act-199-2'], theme: '端末の管理について', purpose: '端末が正しく管理されているかを確かめる。', targetsText: '端末を使う全ての課',
      targets: [{ department: '市民課', system: null }], definitions: [{ term: '端末', text: '職員が使うパソコン' }], referenceOn: '2026-04-01', method: '調査票と現地調査による。', beginsOn: '2026-05-01', endsOn: '2026-09-30',
      rounding: { mode: 'half-up', digits: 1 }, status: 'published',
    },
    viewpoints: [{ key: 'v1', parent: null, text: '物理的対策', ruleSet: null, viewpoint: null }, { key: 'v2', parent: 'v1', text: '端末は施錠して保管しているか', ruleSet: null, viewpoint: null }],
    people: [{ key: 'p1', role: 'member', title: '代表監査委員', name: '委員Ａ', disqualifiedReason: null }, { key: 'p2', role: 'member', title: '監査委員', name: '委員Ｂ', disqualifiedReason: '対象の課の長であったため' }],
    steps: [{ label: '調査票の送付', doneBy: 'secretariat', fromOn: '2026-05-01', untilOn: '2026-05-31', doneOn: '2026-05-20', note: '' }],
    cases: [{ key: 'c1', department: '市民課', title: '窓口端末の管理', overview: '窓口に端末を置いている。', quoted: '', membersOn: '令和８年８月１日', secretariatOn: '令和８年７月１日から同月31日まで' }],
    records: [{ key: 'r1', kind: 'survey', title: '窓口の現地調査', heldOn: '2026-07-10', place: '市民課窓口', attendees: '監査事務局、市民課', department: '市民課', system: null, viewpoint: 'v2', announced: '施錠している。', seen: '施錠していない端末があった。', outcome: 'different' }],
    questionnaires: [{
      key: 'q1', title: '端末の調査票', purpose: '端末の管理を調べる。', per: 'department', definition: structuredClone(SHEET), prefilling: {}, referenceOn: '2026-04-01', dueOn: '2026-05-31', status: 'closed',
      responses: [{ department: '市民課', system: null, status: 'fixed', answers: { count: 12, care: { checked: ['other'], texts: { other: '宿直が見回る' } } } }],
    }],
    tabulations: [{
      definition: {
        code: 'terminals', title: '端末の台数', rounding: { mode: 'half-up', digits: 1 },
        tables: [
          { code: 'asked', title: '回答の台数', dataset: 'small-sheet', columns: [{ code: 'count', label: '台数', unit: '台', measure: 'sum', of: 'count' }] },
          { code: 'bought', title: '年度ごとの台数', dataset: 'bought', columns: [{ code: 'count', label: '台数', unit: '台', measure: 'sum', of: 'count' }] },
        ],
      },
      typed: [{ code: 'bought', title: '購入', unit: '年度', fields: [{ code: 'count', label: '台数', kind: 'number' }], records: [{ id: 'y1', label: '令和7年度', values: { count: 5 } }] }], counted: [],
    }], departments: ['市民課', '税務課'],
    findings: [
      { number: 1, parent: null, case: 'c1', kind: 'heading', title: '端末の保管について', facts: '', criteria: '', criteriaSource: '', cause: '', effect: '', viewpoint: null, severity: null, classification: null, department: null, system: null, origin: null, stage: 'published', evidence: [], statements: [] },
      {
        number: 2, parent: 1, case: 'c1', kind: 'finding', title: '施錠', facts: '端末が施錠されずに置かれていた。', criteria: '端末は施錠して保管する。', criteriaSource: '架空市端末管理規程第3条', cause: '鍵が足りない。', effect: '盗難のおそれがある。', viewpoint: 'v2',
        severity: 'grave', classification: 'pointed-out', department: '市民課', system: null, origin: null, stage: 'published', evidence: [{ kind: 'record', target: '窓口の現地調査', label: '現地調査の記録' }],
        statements: [{ department: '市民課', agreed: true, text: '相違ありません。', reply: '', dueOn: '2026-08-20', answeredOn: '2026-08-18' }],
      },
    ],
    improvements: [{ number: 1, parent: null, case: 'c1', kind: 'opinion', text: '［検出:2］について、鍵を備えられたい。', reason: '', department: '市民課', stage: 'published', findings: [2] }],
    deliberations: [{ subject: 'report', number: null, heldOn: '2026-09-20', place: '監査委員室', note: '', outcome: 'agreed', voices: [{ person: 'p1', consents: true, opinion: '' }] }],
    reports: [
      { key: 'a1', kind: 'report', title: '行政監査結果報告書', publicationNumber: 7, publicationYear: 2026, decidedOn: '2026-09-20', submittedOn: '2026-09-25', publishedOn: '2026-10-01', addressees: ['市議会議長', '市長'], sections: [{ id: 's1', parentId: null, heading: '監査のテーマ', text: '端末の管理について', source: 'edited', code: null }], status: 'published' },
      { key: 'a2', kind: 'measures', title: '措置の状況', publicationNumber: 9, publicationYear: 2026, decidedOn: null, submittedOn: null, publishedOn: '2026-11-10', addressees: [], sections: [], status: 'published' },
    ],
    actions: [{
      number: 1, finding: 2, improvement: 1, title: '鍵を備える', planned: '鍵付きの保管庫を買う。', department: '市民課', formerDepartment: '税務課', dueOn: '2026-10-31', state: 'taken', effect: 'effective', settledOn: '2026-11-01',
      entries: [{ kind: 'progress', madeOn: '2026-10-20', text: '保管庫を買った。', stateBefore: 'not-started', stateAfter: 'partly-taken', dueBefore: null, dueAfter: null, fiscalYear: null, madeByName: '市民課' }],
    }],
    notices: [{ department: '市民課', basis: 'act-199-14', notifiedOn: '2026-11-02', receivedOn: '2026-11-04', status: 'published', report: 'a2', items: [{ action: 1, text: '鍵付きの保管庫に納めた。', state: 'taken' }] }],
    scheme: {
      classifications: [{ code: 'pointed-out', label: '指摘事項', definition: '改めるべきもの', needsAction: true }], severities: [{ code: 'grave', label: '重大', definition: '急いで直すもの' }],
      states: [{ code: 'not-started', label: '未着手', definition: '始めていない', phase: 'waiting' }, { code: 'partly-taken', label: '一部措置', definition: '一部が済んだ', phase: 'under-way' }, { code: 'taken', label: '措置済', definition: '済んだ', phase: 'settled' }], rates: [],
    },
    numbering: ['1', '(1)', 'ア', '①'],
  };
}
