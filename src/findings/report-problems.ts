/** What stands against deciding a report (`blocking`), and what must at least have been seen (`warnings`). Pure. */
import { resolveReferences, type ReferenceResolver } from '../engine/references.js';
import type { TabulationResult } from '../engine/tabulation.js';
import type { Problem } from '../kernel/errors.js';
import type { AuditFile } from './audit-file.js';
import type { AuditReport } from './audit-report.entity.js';
import { numberedFile } from './audit-things.js';
import type { DeliberationPage } from './deliberation-pages.js';
import type { ReportModel } from './report-model.js';
import { missingCharacters } from '../rendering/coverage.js';
import { isOutdated, listingsIn, type NumberedSection } from './report-sections.js';
import type { AssembledSection } from './report-skeleton.js';

export interface ReportProblems {
  blocking: Problem[];
  warnings: Problem[];
}

export interface ReportToCheck {
  auditId: string;
  /** Page of the report. */
  href: string;
  report: Pick<AuditReport, 'kind' | 'title' | 'addressees'>;
  sections: readonly NumberedSection[];
  assembled: readonly AssembledSection[];
  file: AuditFile;
  model: ReportModel;
  results: readonly TabulationResult[];
  resolver: ReferenceResolver;
  deliberations: readonly DeliberationPage[];
  /** Labels of those to whom every report goes. */
  always: readonly string[];
  /** Somebody changed report, findings or opinions after the last voice about the report. */
  changedSince: boolean;
}

export function reportProblems(of: ReportToCheck): ReportProblems {
  const blocking = [...headProblems(of), ...sectionProblems(of), ...(of.report.kind === 'report' ? [...deliberationProblems(of), ...thingProblems(of)] : measureProblems(of))];
  return { blocking, warnings: [...contradictionWarnings(of), ...outdatedWarnings(of), ...absenceWarnings(of), ...sinceWarnings(of), ...effectWarnings(of)] };
}

const problem = (code: string, path: string, message: string, href: string): Problem => ({ code, path, message, href });
export const sectionHref = (href: string, id: string): string => `${href}/sections/${encodeURIComponent(id)}`;
const nameOf = ({ number, heading }: Pick<NumberedSection, 'number' | 'heading'>): string => `「${number === '' ? '' : `${number}　`}${heading}」`;

function headProblems({ report: { kind, title, addressees }, always, href }: ReportToCheck): Problem[] {
  const missing = kind === 'report' ? always.filter((one) => !addressees.includes(one)) : [];
  return [
    ...(title.trim() === '' ? [problem('title-missing', 'title', '表題がありません。', `${href}/head`)] : []),
    ...missing.map((one) => problem('addressee-missing', 'addressees', `提出先に「${one}」がありません。監査の結果の報告は、議会と長に提出します（地方自治法第199条第9項）。`, `${href}/head`)),
  ];
}

function sectionProblems({ sections, resolver, href, file }: ReportToCheck): Problem[] {
  if (sections.length === 0) return [problem('sections-missing', 'sections', '章が1つもありません。', href)];
  const datasets = new Set(file.tabulations.flatMap((one) => [...one.typed, ...one.counted]).map((one) => one.code));
  return sections.flatMap((section): Problem[] => {
    const at = sectionHref(href, section.id);
    const found = [section.heading, section.text].flatMap((text) => resolveReferences(text, resolver).problems);
    return [
      ...(section.heading.trim() === '' ? [problem('heading-missing', section.id, '見出しのない章があります。見出しを書くか、章を取り除いてください。', at)] : []),
      ...(section.leaf && section.text.trim() === '' ? [problem('text-missing', section.id, `${nameOf(section)}に本文がありません。書くか、章を取り除いてください。`, at)] : []),
      ...found.map((one) => problem(`reference-${one.code}`, section.id, `${nameOf(section)}：${one.message}`, at)),
      ...listingsIn(section.text).flatMap(({ source, code, alone }) => (
        !datasets.has(code) ? [problem('reference-unknown', section.id, `${nameOf(section)}：${source}が指すデータはありません。消されたか、符号が違います。正しいものに書き直してください。`, at)]
          : alone ? [] : [problem('listing-within', section.id, `${nameOf(section)}：${source}は、それだけの行に書いてください。`, at)])),
      ...missingCharacters(`${section.heading}\n${section.text}`).map(({ character, codePoint, count }) =>
        problem('character-undrawable', section.id, `${nameOf(section)}の「${character}」（${codePoint}、${count}か所）は、印刷の書体にない文字です。別の字かかなに替えてください。`, at)),
    ];
  });
}

function deliberationProblems(of: ReportToCheck): Problem[] {
  const { deliberations, auditId } = of;
  const href = `/audits/${auditId}/deliberations`;
  const missing = deliberations.some((one) => one.subject === 'report') ? [] : [problem('deliberation-missing', 'deliberations', '報告についての合議が記録されていません。監査の結果に関する報告は、監査委員の合議で決めます。', href)];
  return [...missing, ...deliberations.filter((one) => !one.withdrawn).flatMap((one): Problem[] => {
    const at = `${href}#deliberation-${one.id}`;
    if (one.consequence === 'open') {
      const waiting = one.voices.filter((voice) => voice.consents === null && !voice.absent).map((voice) => voice.name);
      return [problem('voice-missing', 'deliberations', waiting.length === 0 ? `合議「${one.label}」に加わった監査委員がいません。` : `合議「${one.label}」で、${waiting.join('、')}の意見がまだ記録されていません。`, at)];
    }
    if (one.consequence === 'not-decided') return [problem('not-decided', 'deliberations', `「${one.label}」は、監査委員の意見が一致していないので、意見や勧告として決定できません。意見を改めて記録するか、この事項を取り下げてください。`, at)];
    return [];
  }), ...undecidedImprovements(of, href), ...opinionProblems(of)];
}

/** Where the members do not agree on the report, an opinion or a 勧告 needs a 合議 of its own: 13項 does not speak of them. */
function undecidedImprovements({ deliberations, file }: ReportToCheck, href: string): Problem[] {
  if (!deliberations.some((one) => one.subject === 'report' && one.consequence === 'opinions')) return [];
  const decided = new Set(deliberations.filter((one) => one.subject === 'improvement').map((one) => one.number));
  return numberedFile(file).improvements.filter(({ row }) => row.kind !== 'heading' && !decided.has(row.number))
    .map(({ label, row }) => problem('not-deliberated', `improvement/${row.number}`, `報告について監査委員の意見が一致していません。改善を求める事項${label}を報告に添えるには、この事項についての合議が要ります（地方自治法第199条第12項）。`, href));
}

/** 13項: where the members do not agree, the report carries the opinion of each. */
function opinionProblems({ model, sections, resolver, href }: ReportToCheck): Problem[] {
  const printed = plain(sections.map((one) => resolveReferences(one.text, resolver).text).join('\n'));
  return model.divided.flatMap(({ reference, voices }): Problem[] => {
    const lost = voices.filter((one) => !printed.includes(plain(one.name)) || !printed.includes(plain(one.opinion)));
    const what = reference === null ? 'この報告の全体' : '検出事項の1つ';
    return lost.length === 0 ? [] : [problem('opinion-missing', 'sections', `${what}について監査委員の意見が一致していませんが、${lost.map((one) => one.name).join('、')}の意見が報告の本文にありません。各監査委員の意見は、報告に添えて公表します（地方自治法第199条第13項）。`, href)];
  });
}

const plain = (text: string): string => text.replaceAll(/\s/gu, '');

function thingProblems({ file, auditId }: ReportToCheck): Problem[] {
  const view = numberedFile(file);
  const [findings, improvements] = [`/audits/${auditId}/findings`, `/audits/${auditId}/improvements`];
  return [
    ...view.findings.filter(({ row }) => row.kind === 'finding').flatMap(({ label, title, row }): Problem[] => [
      ...(row.stage === 'draft' || row.stage === 'confirming' ? [problem('finding-unconfirmed', `finding/${row.number}`, `検出事項${label}「${title}」の事実がまだ確認済みになっていません。`, findings)] : []),
      ...(row.facts.trim() === '' ? [problem('facts-missing', `finding/${row.number}`, `検出事項${label}「${title}」に事実が書かれていません。`, findings)] : []),
    ]),
    ...view.improvements.flatMap(({ label, row }): Problem[] => [
      ...(row.text.trim() === '' ? [problem('improvement-missing', `improvement/${row.number}`, `改善を求める事項${label}に本文がありません。`, improvements)] : []),
      ...(row.kind === 'recommendation' && row.reason.trim() === '' ? [problem('reason-missing', `improvement/${row.number}`, `勧告${label}に理由がありません。勧告には理由を付します（地方自治法第199条第11項）。`, improvements)] : []),
      ...(row.kind === 'recommendation' && row.department === null ? [problem('recommended-missing', `improvement/${row.number}`, `勧告${label}の相手が決まっていません。`, improvements)] : []),
    ]),
  ];
}

function measureProblems({ file, model, auditId }: ReportToCheck): Problem[] {
  const unpublished = file.reports.find((one) => one.kind === 'report' && one.status !== 'published');
  return [
    ...(model.notices.length === 0 ? [problem('notices-missing', 'notices', '受け取った措置通知のうち、まだ公表していないものがありません。措置通知を受け取ってから公表してください。', `/audits/${auditId}/actions`)] : []),
    ...(unpublished === undefined ? [] : [problem('report-unpublished', 'report', `もとの「${unpublished.title}」がまだ公表されていません。先に公表してください。`, `/audits/${auditId}/report`)]),
  ];
}

/** Figures that should say the same and do not, with every place. */
function contradictionWarnings({ results, auditId }: ReportToCheck): Problem[] {
  return results.flatMap((result) => result.contradictions.map(({ name, places }) => problem('figures-contradict', `tabulation/${result.code}`,
    `同じはずの数値「${name}」が食い違っています：${places.map((one) => `${one.table}の${one.row === '' ? '' : `「${one.row}」の`}「${one.column}」は${one.text}`).join('、')}。`, `/audits/${auditId}/tabulations`)));
}

function outdatedWarnings({ sections, assembled, href }: ReportToCheck): Problem[] {
  return sections.filter((one) => isOutdated(one, assembled)).map((one) => problem('assembled-differs', one.id, `${nameOf(one)}は人が直した文のままですが、もとになった監査の内容が、直したあとに変わっています。見比べてください。`, sectionHref(href, one.id)));
}

/** What departments call settled is printed as they say; whoever decides should know where the auditors have not confirmed it. */
function effectWarnings({ report, file, auditId }: ReportToCheck): Problem[] {
  if (report.kind === 'report') return [];
  const settled = new Set(file.scheme.states.filter((one) => one.phase === 'settled').map((one) => one.code));
  const drafts = new Set(file.reports.filter((one) => one.status === 'draft').map((one) => one.key));
  return file.notices.filter((one) => one.status === 'received' && one.report !== null && drafts.has(one.report)).flatMap(({ items }) => items).flatMap(({ action: number, state }): Problem[] => {
    const action = file.actions.find((one) => one.number === number);
    return action === undefined || action.state === state || !settled.has(state) ? []
      : [problem('effect-unchecked', `action/${number}`, `措置${number}「${action.title}」は、効果の確認が済んでいません。このまま公表すると、所管課の通知のとおりの状況で載ります。`, `/audits/${auditId}/actions`)];
  });
}

/** The members of a 合議 decide; whoever decides without one of them should know it. */
function absenceWarnings({ report, deliberations, auditId }: ReportToCheck): Problem[] {
  return report.kind === 'report' ? deliberations.filter((one) => !one.withdrawn).flatMap((one) => one.voices.filter((voice) => voice.absent).map((voice) =>
    problem('member-absent', 'deliberations', `合議「${one.label}」に、${voice.name}は欠席しています（理由：${voice.opinion}）。`, `/audits/${auditId}/deliberations#deliberation-${one.id}`))) : [];
}

function sinceWarnings({ changedSince, report, auditId }: ReportToCheck): Problem[] {
  return changedSince && report.kind === 'report' ? [problem('changed-since', 'deliberations', '報告についての監査委員の意見を記録したあとに、報告、検出事項、改善を求める事項のどれかが変わっています。合議をし直す必要がないかを確かめてください。', `/audits/${auditId}/deliberations`)] : [];
}
