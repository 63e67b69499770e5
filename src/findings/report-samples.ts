/** Models with which sentences of the content are tried: an audit with everything, and one with nothing. */
import type { ReportModel } from './report-model.js';

const NOTHING: ReportModel = {
  organisation: 'みずほ野市', head: 'みずほ野市長', law: '地方自治法', bases: '', reportBasis: '', deliberationBasis: '', recommendationBasis: '', recommendationParagraph: '', opinionParagraph: '', dividedBasis: '', dividedParagraph: '',
  measureParagraph: '', recommendedMeasureParagraph: '', noticeBasis: '', fiscalYear: '令和8年度', kind: '行政監査', theme: '電算システムの管理', purpose: '', targetsText: '', method: '', referenceOn: '', beginsOn: '', endsOn: '',
  definitions: [], viewpoints: [], members: [], disqualified: [], tabulations: [], findings: [], improvements: [], recommendations: [], undecided: false, divided: [], published: '', notices: [],
};

const EVERYTHING: ReportModel = {
  ...NOTHING, bases: '地方自治法（昭和22年法律第67号）第199条第2項', reportBasis: '第199条第9項', deliberationBasis: '第199条第12項', recommendationBasis: '第199条第11項', recommendationParagraph: '第11項', opinionParagraph: '第10項',
  dividedBasis: '第199条第13項', dividedParagraph: '第13項', measureParagraph: '第14項', recommendedMeasureParagraph: '第15項', noticeBasis: '第199条第14項及び第15項', purpose: '管理の状況を確かめる。', targetsText: '全部局', method: '調査票による。',
  referenceOn: '2026-10-01', beginsOn: '2026-10-15', endsOn: '2027-03-20', definitions: [{ mark: 'ア', term: '端末', text: '事務に使う機器' }], viewpoints: [{ indent: '', mark: '(1)', text: '管理は適正か' }],
  members: [{ title: '代表監査委員', name: '識見' }], disqualified: [{ title: '監査委員', name: '議選' }],
  tabulations: [{ code: 'systems', title: 'システムの数', tables: [{ code: 'systems', title: '部局ごとのシステムの数', totals: [{ label: '課', address: 'systems/total/count', unit: '課' }], sentences: ['部局ごとの構成比は…'], nothing: false }, { code: 'uses', title: '利用の状況', totals: [], sentences: [], nothing: true }] }],
  findings: [{ number: 1, caseTitle: '給付システム', classification: '指摘事項', facts: '事実', criteria: '基準', criteriaSource: '規程第1条', cause: '原因', effect: '影響', divided: true, statements: [{ department: 'こども課', text: '見解', reply: '考え' }] }],
  improvements: [{ number: 1, caseTitle: '給付システム', text: '改められたい。', findings: ['1'] }], recommendations: [{ number: 2, text: '講じられたい。', reason: '理由', department: 'こども課', addressee: 'みずほ野市長' }],
  undecided: true, divided: [{ mark: '(1)', reference: 1, voices: [{ title: '監査委員', name: '議選', consents: false, absent: false, opinion: '意見' }, { title: '監査委員', name: '識見', consents: false, absent: true, opinion: '病気のため。' }] }, { mark: '(2)', reference: null, voices: [{ title: '監査委員', name: '議選', consents: true, absent: false, opinion: '' }] }],
  published: '令和9年5月19日付け監査公表第3号',
  notices: [{ code: 'a1', department: 'こども課', notifiedOn: '2027-09-01', items: [{ finding: '［検出題全:1］', facts: '事実', improvement: 1, improvementText: '改められたい。', text: '改めた。', state: '措置済' }] }],
};

export const SAMPLE_MODELS: readonly ReportModel[] = [EVERYTHING, NOTHING];
