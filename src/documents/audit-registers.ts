/** 検出事項一覧 and 措置一覧: plain lists, frozen as rows. Pure. */
import { formatEra } from '../engine/dates.js';
import { fullNumber, numberAndTitle } from '../engine/references.js';
import type { AuditFile } from '../findings/audit-file.js';
import type { Column } from '../rendering/workbook.js';
import type { AuditTexts } from './audit-texts.js';

export interface ListModel {
  title: string;
  columns: Column[];
  rows: (string | number | null)[][];
}

const STAGES: Readonly<Record<AuditFile['findings'][number]['stage'], string>> = { draft: '作成中', confirming: '事実確認中', confirmed: '確認済み', decided: '決定', published: '公表' };
const EFFECTS = { effective: '効果を確かめた', 'not-effective': '効果がまだ足りない' } as const;
const columnsOf = (labels: readonly [label: string, width: number][]): Column[] => labels.map(([label, width]) => ({ label, width }));
const day = (iso: string | null): string => (iso === null ? '' : formatEra(iso));

export function findingList(texts: AuditTexts): ListModel {
  const { file, view } = texts;
  const { classifications, severities } = file.scheme;
  const cases = new Map(file.cases.map((one) => [one.key, one.title]));
  const viewpoints = new Map(file.viewpoints.map((one) => [one.key, one.text]));
  const opinions = (number: number): string => view.improvements.filter(({ row }) => row.findings.includes(number)).map(({ label, row }) => `${label}　${texts.text(row.text, { name: `改善を求める事項「${label}」`, path: `improvements/${row.number}` })}`).join('\n');
  return {
    title: '検出事項一覧',
    columns: columnsOf([['事案', 24], ['番号', 9], ['題', 30], ['事実', 60], ['判断の基準', 30], ['基準の内容', 40], ['原因', 30], ['影響', 30], ['着眼点', 34], ['区分', 12], ['重要度', 10], ['所管課', 20], ['システム', 24], ['段階', 12], ['根拠', 30], ['改善を求める事項', 50], ['弁明・見解', 40]]),
    rows: view.findings.map(({ number, label, row }) => {
      const text = (raw: string): string => texts.text(raw, { name: `検出事項「${label}」`, path: `findings/${number}` });
      return [
        cases.get(row.case ?? '') ?? '', label, text(row.title), text(row.facts), text(row.criteriaSource), text(row.criteria), text(row.cause), text(row.effect), viewpoints.get(row.viewpoint ?? '') ?? '',
        classifications.find((one) => one.code === row.classification)?.label ?? '', severities.find((one) => one.code === row.severity)?.label ?? '', row.department ?? '', row.system ?? '', row.kind === 'heading' ? '見出し' : STAGES[row.stage],
        row.evidence.map((one) => one.label).join('\n'), opinions(number),
        row.statements.map((one) => [`${one.department}：${one.agreed === null ? '未回答' : one.agreed ? '事実に相違ない' : '異なる見解がある'}`, one.text, ...(one.reply === '' ? [] : [`監査委員の考え：${one.reply}`])].filter((line) => line !== '').join('\n')).join('\n'),
      ];
    }),
  };
}

export function actionList(texts: AuditTexts): ListModel {
  const { file, view } = texts;
  const state = (code: string | null): string => file.scheme.states.find((one) => one.code === code)?.label ?? code ?? '';
  return {
    title: '措置一覧',
    columns: columnsOf([['番号', 8], ['題', 30], ['検出事項', 30], ['改善を求める事項', 40], ['所管課', 20], ['前の所管課', 20], ['措置の計画', 40], ['期限', 18], ['状態', 12], ['効果の確認', 16], ['措置を終えた日', 18], ['経過', 60], ['通知の日', 18], ['通知した措置の内容', 60]]),
    rows: file.actions.map((action) => {
      const finding = view.findings.find((one) => one.number === action.finding);
      const improvement = view.improvements.find((one) => one.number === action.improvement);
      const text = (raw: string): string => texts.text(raw, { name: `措置「${action.title}」`, path: `actions/${action.number}` });
      const notices = file.notices.flatMap((notice) => notice.items.filter((one) => one.action === action.number).map((item) => ({ on: notice.notifiedOn, text: item.text })));
      return [
        action.number, text(action.title), finding === undefined ? '' : numberAndTitle(finding.label, finding.title), improvement === undefined ? '' : text(`${fullNumber(improvement)}　${improvement.row.text}`), action.department, action.formerDepartment ?? '', text(action.planned),
        day(action.dueOn), state(action.state), action.effect === null ? '' : EFFECTS[action.effect], day(action.settledOn),
        action.entries.map((one) => [day(one.madeOn), text(one.text), one.stateAfter === null || one.stateAfter === one.stateBefore ? '' : `（${state(one.stateAfter)}）`].filter((part) => part !== '').join('　')).join('\n'),
        notices.map((one) => day(one.on)).filter((one) => one !== '').join('\n'), notices.map((one) => text(one.text)).join('\n'),
      ];
    }),
  };
}
