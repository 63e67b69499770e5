/** A small questionnaire with every kind of question that is answered offline, for the specs of answering. */
import type { FormDefinition } from '../engine/form.js';

export function sampleQuestionnaire(): FormDefinition {
  return {
    form: 'questionnaire', version: '2026-11-01', title: '情報システムの運用に関する調査票', shortTitle: '運用の調査', validity: { from: '2026-11-01' },
    optionSets: {
      'yes-no': [{ code: 'yes', label: 'はい' }, { code: 'no', label: 'いいえ' }],
      media: [{ code: 'usb', label: 'USBメモリ' }, { code: 'disk', label: '外付けハードディスク' }, { code: 'none', label: '使用しない' }, { code: 'other', label: 'その他', text: true }],
      reason: [{ code: 'cost', label: '費用、時期の都合' }, { code: 'people', label: '人員の都合' }, { code: 'other', label: 'その他', text: true }],
      role: [{ code: 'head', label: '管理者' }, { code: 'clerk', label: '担当者' }],
    },
    sections: [
      {
        code: 'basics', number: '1', title: '所属と運用', blocks: [{
          code: 'basics-items', items: [
            { code: 'intro', kind: 'fixed', label: 'この調査について', text: '基準日の状態で答えてください。', need: 'optional' },
            { code: 'name', kind: 'text', label: 'システムの呼び名', need: 'required' },
            { code: 'terminals', kind: 'number', label: '端末の台数', unit: '台', need: 'required', min: 0 },
            { code: 'begun', kind: 'date', label: '運用を始めた日', need: 'optional' },
            { code: 'period', kind: 'date-range', label: '直近の委託期間', need: 'optional' },
            { code: 'manual', kind: 'choice', label: '運用の手順書はありますか', options: 'yes-no', need: 'required', help: { asks: '名称を問わず、文書になっているものがあれば「はい」です。' } },
            { code: 'why-not', kind: 'choice', label: '手順書がない理由', options: 'reason', need: 'required', when: { item: 'manual', is: 'no' } },
          ],
        }],
      },
      {
        code: 'safety', number: '2', title: '安全管理', blocks: [{
          code: 'safety-items', items: [
            { code: 'media', kind: 'checks', label: '使っている外部記録媒体', options: 'media', exclusive: ['none'], need: 'required' },
            { code: 'trainings', kind: 'text-list', label: 'この1年に受けた研修', need: 'optional' },
            { code: 'people', kind: 'table', label: '取扱いの責任者', need: 'optional', columns: [{ code: 'post', label: '職名', kind: 'text' }, { code: 'role', label: '役割', kind: 'choice', options: 'role' }, { code: 'years', label: '年数', kind: 'number' }] },
            { code: 'remarks', kind: 'long-text', label: '御意見', need: 'optional' },
          ],
        }],
      },
    ],
  };
}
