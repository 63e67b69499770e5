/** The head of every page of one system: name, chips, tabs. Pure. */
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Refused } from '../../kernel/errors.js';
import { KIND_NAMES } from '../../systems/system-history.js';
import type { SystemPage } from '../../systems/system-page.js';

export type SystemTab = 'overview' | 'register' | 'uses' | 'contracts' | 'inheritance' | 'controls' | 'checks' | 'assessments' | 'history';

export interface SystemHead {
  id: string;
  name: string;
  /** For the title of the window: the page, then the system. */
  tab: string;
  meta: string;
  chips: { label: string; tone: string }[];
  tabs: { label: string; href: string; current: boolean }[];
}

const TABS: { tab: SystemTab; label: string; path: string; shown(page: SystemPage, ctx: Ctx): boolean }[] = [
  { tab: 'overview', label: '概要', path: '', shown: () => true },
  { tab: 'register', label: '台帳の項目', path: '/register', shown: ({ may }) => may.write },
  { tab: 'uses', label: '利用課', path: '/uses', shown: ({ may }) => may.write },
  { tab: 'contracts', label: '委託契約', path: '/contracts', shown: ({ may }) => may.write },
  { tab: 'inheritance', label: '統制の引継ぎ', path: '/inheritance', shown: ({ may }) => may.write },
  { tab: 'controls', label: '統制の申告', path: '/controls', shown: ({ mergedInto }) => mergedInto === null },
  { tab: 'checks', label: '点検票', path: '', shown: (page, ctx) => seesChecks(page, ctx) },
  { tab: 'assessments', label: '評価書', path: '/assessments', shown: ({ mergedInto }) => mergedInto === null },
  { tab: 'history', label: '履歴', path: '/history', shown: () => true },
];

/** Whether the person may see what the rules find in this system. */
export function seesChecks({ kind, mergedInto, departmentId }: Pick<SystemPage, 'kind' | 'mergedInto' | 'departmentId'>, ctx: Ctx): boolean {
  return kind === 'system' && mergedInto === null && allows(ctx.actor.grants, 'check.read', departmentId);
}

export function systemHead(ctx: Ctx, page: SystemPage, current: SystemTab): SystemHead {
  const { id, name, kind, number, classLabel, departmentPath } = page;
  const { label: here } = TABS.find((one) => one.tab === current)!;
  return {
    id, name, tab: current === 'overview' ? name : `${here}　${name}`, meta: [classLabel === '' ? '区分なし' : classLabel, number === null ? '' : `番号 ${number}`, `所管：${departmentPath}`].filter((one) => one !== '').join('　'),
    chips: [
      ...(kind === 'platform' ? [{ label: KIND_NAMES.platform!, tone: 'blue' }] : []), ...(page.ended ? [{ label: '廃止', tone: '' }] : []), ...(page.mergedInto === null ? [] : [{ label: '統合済み', tone: '' }]),
    ],
    tabs: TABS.filter((one) => one.shown(page, ctx)).map(({ tab, label, path }) => ({ label, href: tab === 'checks' ? `/checks/systems/${id}` : `/systems/${id}${path}`, current: tab === current })),
  };
}

/** The pages that change a system are for those who may. Throws `Refused`. */
export function mustBeWritable({ may, mergedInto, name }: SystemPage): void {
  if (may.write) return;
  if (mergedInto !== null) throw new Refused('merged', `「${name}」は「${mergedInto.name}」に統合されています。統合先を直してください。`, [{ code: 'merged', path: '', message: `統合先「${mergedInto.name}」を見る`, href: `/systems/${mergedInto.id}` }]);
  throw new Refused('not-allowed', 'このシステムの台帳を書く権限がありません。所管課に頼むか、システム管理者に役割の追加を頼んでください。');
}
