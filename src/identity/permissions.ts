/** Roles of people. The Japanese names are what screens and documents show. */
export const ROLES = {
  drafter: '所管課担当',
  'section-head': '所管課長',
  'assessment-lead': '評価統括',
  'audit-secretariat': '監査事務局',
  'audit-member': '監査委員',
  'council-secretariat': '審議会事務局',
  'council-member': '審議会委員',
  viewer: '閲覧',
  administrator: 'システム管理者',
} as const;

export type Role = keyof typeof ROLES;

/** What can be allowed. `own`: only for the departments in which the role is held. */
export const PERMISSIONS = {
  'home.open': 'ホームを見る',
  'threshold.read': 'しきい値判断を見る',
  'threshold.judge': 'しきい値判断をする',
  'assessment.read': '評価書を見る',
  'assessment.write': '評価書を書く',
  'assessment.submit': '評価書を課長へ回す',
  'assessment.approve': '評価書を承認する（所管課長）',
  'assessment.confirm': '評価書を確認する（評価統括）',
  'assessment.import': '評価書を取り込む',
  'system.read': 'システム台帳を見る',
  'system.write': 'システム台帳を書く',
  'system.import': 'システム台帳を取り込む',
  'system.configure': '台帳の区分と申告の期限を決める',
  'declaration.write': '統制を申告する',
  'declaration.approve': '統制の申告を承認する（所管課長）',
  'check.read': '点検の結果を見る',
  'check.run': '点検を実施する',
  'check.overrule': '点検の結果を人が改める',
  'rule-set.manage': '点検の規則集を管理する',
  'risk.read': 'リスクを見る',
  'risk.write': 'リスクを書く',
  'audit.read': '監査を見る',
  'audit.write': '監査を計画し、記録する',
  'audit.configure': '監査の種類、検出事項の区分、措置の状態を決める',
  'questionnaire.manage': '調査票を作り、送り、確定する',
  'questionnaire.answer': '調査票に回答する',
  'finding.read': '検出事項を見る',
  'finding.write': '検出事項を書く',
  'finding.state': '事実を確認し、弁明・見解を述べる',
  'deliberation.voice': '合議で意見を述べる',
  'audit.publish': '監査の結果を報告し、公表する',
  'action.read': '措置を見る',
  'action.write': '措置を書き、通知する',
  'action.follow': '措置を照会し、移し、公表する',
  'action.settle': '措置の効果を確かめる',
  'document.make': '文書を作る',
  'document.read': '文書を見る',
  'administration.manage': '機関・部署・利用者を管理する',
  'journal.read': '記録を見る',
  'account.self': '自分の利用者情報を変える',
} as const;

export type Permission = keyof typeof PERMISSIONS;

type Reach = 'own' | 'all';
type Rights = Partial<Record<Permission, Reach>>;

const systemsOfOwn: Rights = {
  'system.read': 'own', 'system.write': 'own', 'declaration.write': 'own', 'check.read': 'own', 'check.run': 'own', 'risk.read': 'own', 'risk.write': 'own',
};
const systemsRead: Rights = { 'system.read': 'all', 'check.read': 'all', 'risk.read': 'all' };
const systemsKept: Rights = { ...systemsRead, 'system.write': 'all', 'system.import': 'all', 'system.configure': 'all', 'check.run': 'all' };
const auditedOwn: Rights = { 'questionnaire.answer': 'own', 'finding.read': 'own', 'finding.state': 'own', 'action.read': 'own', 'action.write': 'own' };
const auditRead: Rights = { 'audit.read': 'all', 'finding.read': 'all', 'action.read': 'all' };
const everybody: Rights = { 'home.open': 'all', 'account.self': 'all' };
const reader: Rights = { ...everybody, 'threshold.read': 'all', 'assessment.read': 'all', 'document.read': 'all', 'document.make': 'all' };

/** The one matrix: role × permission → reach. What is not here is refused. */
export const MATRIX: Record<Role, Rights> = {
  drafter: {
    ...everybody, ...systemsOfOwn, ...auditedOwn, 'threshold.read': 'own', 'threshold.judge': 'own', 'assessment.read': 'own', 'assessment.write': 'own', 'assessment.submit': 'own',
    'assessment.import': 'own', 'document.make': 'own', 'document.read': 'own',
  },
  'section-head': {
    ...everybody, ...systemsOfOwn, ...auditedOwn, 'declaration.approve': 'own', 'threshold.read': 'own', 'threshold.judge': 'own', 'assessment.read': 'own', 'assessment.write': 'own', 'assessment.submit': 'own', 'assessment.approve': 'own',
    'assessment.import': 'own', 'document.make': 'own', 'document.read': 'own',
  },
  'assessment-lead': {
    ...reader, ...systemsKept, 'declaration.write': 'all', 'risk.write': 'all', 'threshold.judge': 'all', 'assessment.write': 'all', 'assessment.confirm': 'all', 'assessment.import': 'all', 'journal.read': 'all',
  },
  'audit-secretariat': {
    ...reader, ...systemsKept, ...auditRead, 'check.overrule': 'all', 'rule-set.manage': 'all', 'risk.write': 'all', 'audit.write': 'all', 'audit.configure': 'all', 'questionnaire.manage': 'all',
    'finding.write': 'all', 'audit.publish': 'all', 'action.follow': 'all', 'action.settle': 'all',
  },
  'audit-member': { ...reader, ...systemsRead, ...auditRead, 'deliberation.voice': 'all', 'audit.publish': 'all', 'action.settle': 'all' },
  'council-secretariat': { ...reader, ...systemsRead },
  'council-member': { ...everybody, 'assessment.read': 'all', 'document.read': 'all' },
  viewer: { ...everybody, 'assessment.read': 'all', 'document.read': 'all', 'system.read': 'all' },
  administrator: { ...everybody, 'system.configure': 'all', 'administration.manage': 'all', 'journal.read': 'all' },
};

export interface RoleGrant {
  readonly role: string;
  readonly department: string | null;
}

/** Departments in which the grants give the permission: `all`, or a set (empty: nowhere). */
export function reachOf(grants: readonly RoleGrant[], permission: Permission): 'all' | ReadonlySet<string> {
  const departments = new Set<string>();
  for (const { role, department } of grants) {
    const reach = MATRIX[role as Role]?.[permission];
    if (reach === 'all') return 'all';
    if (reach === 'own' && department !== null) departments.add(department);
  }
  return departments;
}

/** Does anybody with these grants hold the permission, for this department (or, without one, anywhere)? */
export function allows(grants: readonly RoleGrant[], permission: Permission, department?: string): boolean {
  const reach = reachOf(grants, permission);
  if (reach === 'all') return true;
  return department === undefined ? reach.size > 0 : reach.has(department);
}

/** Does the role act only in departments, so that it must be given with one? */
export function inDepartments(role: string): boolean {
  return Object.values(MATRIX[role as Role] ?? {}).includes('own');
}
