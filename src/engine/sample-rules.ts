/** A small register, a small catalogue of controls, a claim and a rule set over them, with every kind of fact and test. For specs. */
import { factCatalogue } from './fact-catalogue.js';
import { indexForm } from './form-index.js';
import type { Code, FormDefinition, Item } from './form.js';
import type { FactCatalogue, FactItem, RuleDefinition, RuleSetDefinition } from './rule-set.js';

export function sampleRegister(): FormDefinition {
  return formOf('system', '情報システム台帳', [
    { code: 'state', kind: 'choice', label: '稼働の状態', options: 'state', need: 'required' },
    { code: 'holding', kind: 'choice', label: 'マイナンバー', options: 'holding', need: 'required' },
    { code: 'contracts', kind: 'number', label: '委託契約の数', unit: '件', min: 0, need: 'optional' },
    { code: 'clauses', kind: 'number', label: '条項がある契約の数', unit: '件', min: 0, need: 'optional' },
    { code: 'begun', kind: 'date', label: '導入した日', need: 'optional' },
    { code: 'renewed', kind: 'date', label: '更新した日', need: 'optional' },
    { code: 'rules-title', kind: 'text', label: '規程の名称', need: 'optional' },
  ], {
    state: [{ code: 'running', label: '稼働中' }, { code: 'preparing', label: '準備中' }, { code: 'ended', label: '廃止' }],
    holding: [{ code: 'held', label: '保有する' }, { code: 'not-held', label: '保有しない' }],
  });
}

export function sampleControls(): FormDefinition {
  return formOf('controls', '統制の目録', [
    { code: 'unit', kind: 'choice', label: 'アクセス権限を設定する単位', options: 'unit', need: 'optional', evidence: '権限の設定画面', inheritable: true },
    { code: 'media', kind: 'checks', label: '使う媒体', options: 'media', need: 'optional' },
    { code: 'attempts', kind: 'number', label: '続けて誤ったとき利用を止める回数', unit: '回', min: 0, max: 100, need: 'optional' },
    { code: 'months', kind: 'number', label: '記録の保存期間', unit: 'か月', min: 0, max: 120, need: 'optional' },
    { code: 'old-lock', kind: 'choice', label: '旧・画面ロック', options: 'unit', need: 'optional', retired: { since: '2027-04-01', insteadBy: 'unit' } },
  ], {
    unit: [{ code: 'per-user', label: '利用者ごと' }, { code: 'per-department', label: '課・係ごと' }, { code: 'per-terminal', label: '端末ごと' }, { code: 'none', label: '設定していない' }],
    media: [{ code: 'usb', label: 'USBメモリ' }, { code: 'disc', label: '光ディスク' }, { code: 'paper', label: '紙' }],
  });
}

function formOf(form: Code, title: string, items: Item[], optionSets: FormDefinition['optionSets']): FormDefinition {
  return { form, version: '2026-04', title, shortTitle: title, validity: { from: '2026-04-01' }, optionSets, sections: [{ code: 'all', number: '1', title: 'すべて', blocks: [{ code: 'all-items', items }] }] };
}

export const SAMPLE_CLAIM: FactItem = {
  code: 'claimed-outsourcing', label: '評価書の委託の有無', kind: 'choice', options: new Map([['outsourced', '委託する'], ['not-outsourced', '委託しない']]), unit: '', source: 'claim', group: '委託',
};

export function sampleCatalogue(): FactCatalogue {
  return factCatalogue([{ form: indexForm(sampleRegister()), source: 'register' }, { form: indexForm(sampleControls()), source: 'control' }], [SAMPLE_CLAIM]);
}

export function sampleRule(change: Partial<RuleDefinition> = {}): RuleDefinition {
  return {
    code: 'right-unit', viewpoint: 'access', title: 'アクセス権限は利用者ごとに設定する', severity: 'high', basis: [{ document: '番号法', article: '第12条' }],
    applies: { all: [{ item: 'state', is: 'running' }, { item: 'holding', is: 'held' }] }, expects: { item: 'unit', is: 'per-user' },
    observation: '権限が利用者ごとに設定されていない。', improvement: '利用者ごとに設定されたい。', evidence: '権限の設定画面',
    ...change,
  };
}

export function sampleRuleSet(rules: RuleDefinition[] = [sampleRule()], change: Partial<RuleSetDefinition> = {}): RuleSetDefinition {
  return {
    ruleSet: 'sample', version: '2026-04', title: '見本の規則集', shortTitle: '見本', source: '見本', description: '試験のための規則集。', validity: { from: '2026-04-01' },
    viewpoints: [{ code: 'access', number: '(1)', title: '権限は適切か', shortTitle: '権限' }], rules, ...change,
  };
}
