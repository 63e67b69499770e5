/** An audit at a glance: everything of its plan, how far it is, and what comes next. Pure. */
import { DONE_BY } from '../../audits/audit-schedule.service.js';
import { PERSON_ROLES } from '../../audits/audit-people.service.js';
import type { AuditPage } from '../../audits/audit-register.service.js';
import type { AllParts } from '../../audits/audit-parts.service.js';
import { AUDIT_ACTIONS } from '../../audits/audit.transitions.js';
import { lawDay, ROUNDING_MODES } from '../../audits/audit-fields.js';
import { basesText, basisFor, placeOf } from '../../audits/legal-bases.js';
import { formatEra } from '../../engine/dates.js';
import { momentOf } from '../../checks/run-words.js';
import { periodText } from './audits-view.js';

interface Step { text: string; why: string; href: string }

export function overviewView(page: AuditPage, parts: AllParts, today: string): object {
  const { audit, counts, plan, copiedFrom, unready, actions, may } = page;
  const base = `/audits/${audit.id}`;
  const report = basisFor('report', lawDay(audit));
  const step = may.write ? nextStep(page, parts, base) : null;
  return {
    id: audit.id, version: String(audit.version), mayWrite: may.write, planned: audit.status === 'planned', closed: audit.status === 'closed', changed: { at: momentOf(audit.changedAt), by: audit.changedByName },
    plan: plan === null ? null : { href: `/audits/plans/${plan.id}`, title: plan.title }, copiedFrom: copiedFrom === null ? null : { href: `/audits/${copiedFrom.id}`, theme: copiedFrom.theme },
    unready: may.write ? unready.map((one) => ({ message: one.message, href: `${base}/${one.tab}` })) : [],
    step,
    steps: actions.map((one) => ({ action: one.action, label: AUDIT_ACTIONS[one.action], comment: one.comment, blocked: one.ready && unready.length > 0, main: (step === null || step.href === '#stage') && !(one.ready && unready.length > 0) })),
    facts: [
      { label: '根拠', text: audit.bases.length === 0 ? '' : basesText(audit.bases) }, { label: '公表の根拠', text: report === null ? '' : `同法${placeOf(report)}` }, { label: '期間', text: periodText(audit.beginsOn, audit.endsOn) },
      { label: '基準日', text: audit.referenceOn === null ? '' : formatEra(audit.referenceOn) }, { label: '端数処理', text: `${ROUNDING_MODES[audit.rounding.mode]}、小数点以下${audit.rounding.digits}桁` },
    ],
    texts: [{ title: '目的', text: audit.purpose }, { title: '監査の対象', text: audit.targetsText }, { title: '実施方法', text: audit.method }],
    definitions: audit.definitions,
    figures: figures(counts, base),
    viewpoints: parts.viewpoints.map(({ number, depth, text, group }) => ({ number, depth, text, group })), viewpointCount: counts.viewpoints,
    targets: targetGroups(parts.targets), people: parts.people.map((one) => ({ role: PERSON_ROLES[one.role], title: one.title, name: one.name, disqualified: one.disqualifiedReason ?? '' })),
    schedule: parts.steps.map((one) => ({
      label: one.label, by: one.doneBy === null ? '' : DONE_BY[one.doneBy], when: periodText(one.fromOn, one.untilOn).replace('～', '～\n'), done: one.doneOn === null ? '' : formatEra(one.doneOn), late: one.doneOn === null && one.untilOn !== null && one.untilOn < today,
    })),
    cases: parts.cases.map((one) => ({ href: `${base}/cases/${one.id}`, title: one.title, department: one.departmentPath, findings: one.findings, improvements: one.improvements })),
  };
}

function figures(counts: AuditPage['counts'], base: string): object[] {
  return [
    { label: '調査票の回答', value: counts.answered, of: counts.responses, href: `${base}/questionnaires`, words: counts.questionnaires === 0 ? '調査票はまだない' : `調査票${counts.questionnaires}件` },
    { label: '現地調査などの記録', value: counts.records, of: 0, href: `${base}/records`, words: counts.records === 0 ? '' : `申告と違うもの${counts.different}件` },
    { label: '検出事項', value: counts.findings, of: 0, href: `${base}/findings`, words: counts.findings === 0 ? '' : `決定したもの${counts.decided}件` },
    { label: '改善を求める事項', value: counts.improvements, of: 0, href: `${base}/improvements`, words: '' },
    { label: '解決した措置', value: counts.settled, of: counts.actions, href: `${base}/actions`, words: '' },
  ];
}

function targetGroups(targets: AllParts['targets']): object[] {
  const groups = new Map<string, { path: string; ended: boolean; systems: string[] }>();
  for (const { departmentId, departmentPath, departmentEnded, systemName } of targets) {
    const group = groups.get(departmentId) ?? { path: departmentPath, ended: departmentEnded, systems: [] };
    if (systemName !== null) group.systems.push(systemName);
    groups.set(departmentId, group);
  }
  return [...groups.values()].map(({ path, ended, systems }) => ({ path, ended, systems: systems.join('、') }));
}

/** The one thing to do now; null where what follows stands on the pages of the report and the actions. */
function nextStep({ audit, counts, unready }: AuditPage, parts: AllParts, base: string): Step | null {
  if (audit.status === 'planned') return planningStep(parts, unready.length, base);
  if (audit.status === 'conducting') return conductingStep(counts, base);
  if (audit.status === 'deliberating') return { text: '合議と報告書を開く', why: '各監査委員の合議を記録し、報告書を決めます。', href: `${base}/deliberations` };
  if (audit.status === 'reported') return { text: '報告書を公表する', why: '報告は済んでいます。次は公表です。', href: `${base}/report` };
  if (audit.status === 'published' && counts.actions === 0 && counts.decided > 0) return { text: '措置を加える', why: '公表した検出事項と意見について、所管課が何をするかを措置として加え、見届けます。', href: `${base}/actions` };
  if (audit.status === 'published') return counts.actions > counts.settled ? { text: '措置を見る', why: `解決していない措置が${counts.actions - counts.settled}件あります。`, href: `${base}/actions` } : null;
  return null;
}

function planningStep(parts: AllParts, unready: number, base: string): Step | null {
  if (parts.viewpoints.length === 0) return { text: '着眼点を決める', why: '何を確かめるかを、規則集から写すか、自分の言葉で書きます。', href: `${base}/viewpoints` };
  if (parts.targets.length === 0) return { text: '対象を選ぶ', why: '調査票を送り、調べる部署とシステムを選びます。', href: `${base}/targets` };
  if (parts.people.length === 0) return { text: '担当者を決める', why: '監査委員と事務局の担当者を加えます。', href: `${base}/people` };
  if (parts.steps.length === 0) return { text: '日程を決める', why: '調査票の送付から公表までの予定を書きます。', href: `${base}/schedule` };
  return unready > 0 ? null : { text: '段階を進める', why: '計画がそろいました。「段階を進める」の欄から監査を始めます。', href: '#stage' };
}

function conductingStep(counts: AuditPage['counts'], base: string): Step {
  if (counts.questionnaires === 0 && counts.records === 0) return { text: '調査票を作る', why: '対象の部署に尋ねることを調査票にします。尋ねないときは、現地調査などの記録から始めます。', href: `${base}/questionnaires` };
  if (counts.responses > counts.answered) return { text: '回答の状況を見る', why: `まだ提出されていない回答が${counts.responses - counts.answered}件あります。`, href: `${base}/questionnaires` };
  if (counts.findings === 0) return { text: '検出事項を書く', why: '回答と記録から、検出事項と改善を求める事項を書きます。', href: `${base}/findings` };
  return { text: '検出事項を見る', why: '検出事項と改善を求める事項がそろったら、「段階を進める」の欄から合議に付します。', href: `${base}/findings` };
}
