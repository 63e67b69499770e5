/** A small catalogue for specs: every kind of control that declarations must tell apart, and a register that says what has ended. */
import { indexForm } from '../engine/form-index.js';
import type { FormDefinition } from '../engine/form.js';
import { Catalogue } from './catalogue.js';

const REGISTER: FormDefinition = {
  form: 'system', version: '2026-04', title: '台帳', shortTitle: '台帳', validity: { from: '2026-04-01' },
  optionSets: { running: [{ code: 'running', label: '稼働中' }, { code: 'gone', label: '廃止' }] },
  sections: [{ code: 'outline', number: '1', title: '概要', blocks: [{ code: 'outline-items', items: [
    { code: 'running-state', kind: 'choice', label: '稼働', options: 'running', need: 'required', lifecycle: { ended: 'gone', endedOn: 'gone-on' } },
    { code: 'gone-on', kind: 'date', label: '廃止した日', need: 'optional' },
  ] }] }],
};

const CONTROLS: FormDefinition = {
  form: 'controls', version: '2026-04', title: '統制', shortTitle: '統制', validity: { from: '2026-04-01' },
  optionSets: {
    unit: [{ code: 'per-user', label: '利用者ごと' }, { code: 'per-terminal', label: '端末ごと' }, { code: 'none', label: '設定していない' }],
    lock: [{ code: 'automatic', label: '自動' }, { code: 'other', label: 'その他', text: true }],
  },
  sections: [
    { code: 'access', number: '1', title: 'アクセス', blocks: [{ code: 'access-controls', items: [
      { code: 'right-unit', kind: 'choice', label: '権限の単位', options: 'unit', need: 'optional', help: { asks: '権限を分ける単位。' }, evidence: '権限の設定画面の写し' },
      { code: 'screen-lock', kind: 'choice', label: '画面の保護', options: 'lock', need: 'optional', inheritable: true },
      { code: 'old-lock', kind: 'choice', label: '古い画面の保護', options: 'lock', need: 'optional', retired: { since: '2026-10-01', insteadBy: 'screen-lock' } },
    ] }] },
    { code: 'review', number: '2', title: '見直し', blocks: [{ code: 'review-controls', items: [
      { code: 'review-interval', kind: 'number', label: '見直しの間隔', unit: 'か月', min: 0, max: 120, need: 'optional', inheritable: true },
      { code: 'backup-interval', kind: 'number', label: '控えの間隔', unit: '日', min: 0, max: 365, need: 'optional', inheritable: true },
    ] }] },
  ],
};

export const sampleCatalogue = (today = '2026-11-21'): Catalogue => new Catalogue([indexForm(REGISTER)], [indexForm(CONTROLS)], today);
