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

/** One with repeated rows, a list of records, pictures and sums: what happened in the year, each by itself. */
export function incidentsQuestionnaire(): FormDefinition {
  return {
    form: 'incidents', version: '2026-11-01', title: '事故の調査票', shortTitle: '事故の調査', validity: { from: '2026-11-01' },
    optionSets: {
      'yes-no': [{ code: 'yes', label: 'あった' }, { code: 'no', label: 'なかった' }],
      kind: [{ code: 'lost', label: '紛失' }, { code: 'sent', label: '誤送付' }, { code: 'other', label: 'その他', text: true }],
      told: [{ code: 'head', label: '所属長' }, { code: 'person', label: '本人' }],
    },
    sections: [{
      code: 'year', number: '1', title: 'この1年のこと', blocks: [{
        code: 'year-items', items: [
          { code: 'any', kind: 'choice', label: '事故はありましたか', options: 'yes-no', need: 'required' },
          {
            code: 'incidents', kind: 'group', label: '事故の一覧', unit: '事故', need: 'required', nameItem: 'what', when: { item: 'any', is: 'yes' }, items: [
              { code: 'what', kind: 'text', label: '件名', need: 'required' },
              { code: 'day', kind: 'date', label: '発生日', need: 'required' },
              { code: 'how', kind: 'choice', label: '種類', options: 'kind', need: 'required' },
              { code: 'told', kind: 'checks', label: '知らせた相手', options: 'told', need: 'optional' },
              { code: 'persons', kind: 'number', label: '影響した人数', unit: '人', need: 'optional', min: 0 },
              { code: 'why', kind: 'long-text', label: '誤送付の経緯', need: 'required', when: { item: 'how', is: 'sent' } },
              { code: 'photos', kind: 'figures', label: '現場の写真', need: 'optional' },
            ],
          },
          { code: 'total', kind: 'computed', label: '影響した人数の合計', unit: '人', need: 'optional', compute: { rule: 'sum-of', of: [{ item: 'persons' }] } },
          { code: 'count', kind: 'computed', label: '事故の件数', unit: '件', need: 'optional', compute: { rule: 'sum-of', of: [{ rowsOf: 'incidents' }] } },
        ],
      }],
    }, {
      code: 'kept', number: '2', title: '保有するもの', blocks: [{
        code: 'kept-items', items: [
          { code: 'records', kind: 'record-list', label: '記録項目', need: 'optional' },
          { code: 'media', kind: 'table', label: '記録媒体', need: 'optional', columns: [{ code: 'name', label: '名称', kind: 'text' }, { code: 'units', label: '台数', kind: 'number' }] },
          { code: 'units', kind: 'computed', label: '媒体の台数', unit: '台', need: 'optional', compute: { rule: 'sum-of', of: [{ table: 'media', column: 'units' }] } },
          { code: 'plan', kind: 'figures', label: '保管場所の図', need: 'required' },
        ],
      }],
    }],
  };
}
