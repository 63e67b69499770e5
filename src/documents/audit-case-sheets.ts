/** 事案の様式: 事務事業の概要／検出事項／改善を求める事項（意見）, in a second stage with 措置の内容. Pure. */
import { formatEra, formatFiscalYear } from '../engine/dates.js';
import { numberTree, readingOrder } from '../engine/numbering.js';
import type { AuditFile, CaseInFile, FindingInFile } from '../findings/audit-file.js';
import { citedRuns } from '../findings/audit-things.js';
import type { CaseSheetModel, CaseSheetsModel, EntryModel } from './audit-document.model.js';
import { linesOf, type AuditTexts, type TextPlace } from './audit-texts.js';

export type SheetStage = 1 | 2;

/** Per cent of the width of a sheet that a column takes. */
const LEAST_WIDTH = 26;
const MOST_WIDTH = 46;

/** Lines of a measure that stays on one page: about two thirds of it; and letters in a line. */
const MOST_KEPT = 20;
const LINE = 52;

/** Notices whose content may stand in a sheet. */
const TAKEN: readonly AuditFile['notices'][number]['status'][] = ['received', 'published'];

export const measuresTaken = ({ notices }: AuditFile): boolean => notices.some((one) => TAKEN.includes(one.status) && one.items.length > 0);

export function caseSheetsModel(texts: AuditTexts, stage: SheetStage): CaseSheetsModel {
  const { file } = texts;
  const title = `${file.audit.theme}${stage === 2 ? '（措置の内容）' : ''}`;
  return { lang: 'ja', title, footer: `${texts.plain(file.organisation.name, { name: '団体の名称', path: 'organisation' })}　${formatFiscalYear(file.audit.fiscalYear)}${file.audit.kindLabel}`, sheets: file.cases.map((one) => sheetOf(texts, one, stage)) };
}

function sheetOf(texts: AuditTexts, one: CaseInFile, stage: SheetStage): CaseSheetModel {
  const { file, view } = texts;
  const at = (name: string, path: string): TextPlace => ({ name: `事案「${one.title}」の${name}`, path: `cases/${one.key}/${path}` });
  // Where nobody placed anything in a case, the only case holds everything.
  const only = file.cases.length === 1 && [...file.findings, ...file.improvements].every((each) => each.case === null);
  const belongs = (of: string | null): boolean => of === one.key || (only && of === null);
  const viewpoints = file.viewpoints.map((each, position) => ({ id: each.key, parentId: each.parent, position, text: each.text }));
  const marks = numberTree(viewpoints, ['(1)', 'ア', '①']);
  const sheet = {
    title: texts.needed(one.title, at('題名', 'title')), department: texts.plain(one.department, at('対象受検機関', 'department')),
    overview: texts.paragraphs(texts.needed(one.overview, at('概要', 'overview')) === '' ? '' : one.overview, at('概要', 'overview')), quoted: texts.paragraphs(one.quoted, at('引用', 'quoted')),
    viewpointsTitle: viewpoints.length === 0 ? '' : '監査の視点、着眼点',
    viewpoints: readingOrder(viewpoints).map(({ node, depth }) => ({ mark: marks.get(node.id)!.own, depth, text: texts.text(node.text, at('着眼点', `viewpoints/${node.id}`)) })),
    method: texts.paragraphs(file.audit.method, { name: '監査の実施方法', path: 'audit/method' }),
    findings: view.findings.filter(({ row }) => belongs(row.case)).map(({ own, depth, label, row }) => findingEntry(texts, row, { own, depth, label })),
    improvements: view.improvements.filter(({ row }) => belongs(row.case)).map(({ own, depth, label, row }): EntryModel => {
      const place = { name: `改善を求める事項「${label}」`, path: `improvements/${row.number}` };
      texts.needed(row.text, place);
      const [first = '', ...rest] = row.kind === 'heading' ? row.text.split('\n') : [''];
      return {
        mark: own, depth, title: texts.text(first, place), badge: row.kind === 'recommendation' ? '勧告' : '',
        paragraphs: texts.paragraphs(row.kind === 'heading' ? rest.join('\n') : row.text, place), more: row.reason === '' ? [] : [{ label: '理由', paragraphs: texts.paragraphs(row.reason, place) }], criteria: null,
      };
    }),
    measures: stage === 1 ? [] : measuresOf(texts, belongs),
    dates: `監査（検査）実施年月日（委員：${dated(texts, one.membersOn, at)}、事務局：${dated(texts, one.secretariatOn, at)}）`,
  };
  return { ...sheet, widths: widthsOf(sheet) };
}

/** Per cent, by how much each column holds; none so narrow that it cannot be read. */
function widthsOf(sheet: Pick<CaseSheetModel, 'overview' | 'quoted' | 'viewpoints' | 'method' | 'findings' | 'improvements'>): CaseSheetModel['widths'] {
  const sizes = [[sheet.overview, sheet.quoted, sheet.viewpoints, sheet.method], sheet.findings, sheet.improvements].map((one) => JSON.stringify(one).replace(/[\x20-\x7e]/gu, '').length);
  const whole = Math.max(1, sizes.reduce((sum, one) => sum + one, 0));
  const wide = sizes.map((size) => Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, (size / whole) * 100)));
  const sum = wide.reduce((all, one) => all + one, 0);
  const [overview, findings, improvements] = wide.map((one) => Math.round((one / sum) * 100)) as [number, number, number];
  return { overview, findings, improvements };
}

/** Where only the secretariat or only the members audited, the form prints －年－月－日. */
const dated = (texts: AuditTexts, words: string, at: (name: string, path: string) => TextPlace): string => (words === '' ? '－年－月－日' : texts.text(words, at('実施年月日', 'dates')));

function findingEntry(texts: AuditTexts, row: FindingInFile, { own, depth, label }: { own: string; depth: number; label: string }): EntryModel {
  const { scheme } = texts.file;
  const place: TextPlace = { name: `検出事項「${label}」`, path: `findings/${row.number}` };
  if (row.kind === 'finding' && row.facts.trim() === '') texts.problem('text-missing', place, `${place.name}の事実が書かれていません。書いてから、もう一度作ってください。`);
  const badge = [scheme.classifications.find((one) => one.code === row.classification)?.label, scheme.severities.find((one) => one.code === row.severity)?.label].filter((one) => one !== undefined).join('・');
  const more = ([['原因', row.cause], ['影響', row.effect]] as const).filter(([, text]) => text !== '').map(([word, text]) => ({ label: word, paragraphs: texts.paragraphs(text, place) }));
  return {
    mark: own, depth, title: texts.text(row.title, place), badge, paragraphs: texts.paragraphs(row.facts, place), more,
    criteria: row.criteria === '' && row.criteriaSource === '' ? null : { source: texts.text(row.criteriaSource, place), paragraphs: texts.paragraphs(row.criteria, place) },
  };
}

function measuresOf(texts: AuditTexts, belongs: (of: string | null) => boolean): CaseSheetModel['measures'] {
  const { file, view } = texts;
  const stateLabel = (code: string): string => file.scheme.states.find((one) => one.code === code)?.label ?? code;
  return file.notices.filter((one) => TAKEN.includes(one.status)).flatMap((notice, n) => notice.items.flatMap(({ action: number, text, state }) => {
    const action = file.actions.find((one) => one.number === number);
    const improvement = view.improvements.find((one) => one.number === action?.improvement);
    const finding = view.findings.find((one) => one.number === action?.finding);
    if (action === undefined || !belongs((improvement ?? finding)?.row.case ?? null)) return [];
    const place = { name: `措置「${action.title}」の内容`, path: `notices/${n}/${number}` };
    texts.needed(text, place);
    const answered = improvement === undefined || finding !== undefined ? '' : citedRuns(view, improvement.row.findings.filter((number) => file.findings.some((one) => one.number === number && one.kind === 'finding'))).map((one) => `［検出全:${one}］`).join('、');
    return [{
      subject: [...(improvement === undefined ? [] : [`改善を求める事項　${improvement.label}`]), ...(finding === undefined ? [] : [`検出事項　${finding.label}`])].join('\n'),
      about: texts.text([action.title, ...(answered === '' ? [] : [`（検出事項${answered}）`])].join('\n'), place),
      paragraphs: texts.paragraphs(text, place), keep: linesOf(text).reduce((sum, one) => sum + Math.max(1, Math.ceil(one.length / LINE)), 0) <= MOST_KEPT, state: stateLabel(state), notified: notice.notifiedOn === null ? '' : formatEra(notice.notifiedOn),
    }];
  }));
}
