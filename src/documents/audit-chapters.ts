/** Report (監査結果報告) and publication of measures (措置状況の公表) as they are printed: 公表文, chapters, tables, 別表. Pure. */
import { formatEra, formatFiscalYear } from '../engine/dates.js';
import type { AuditFile, ReportInFile } from '../findings/audit-file.js';
import { numberedSections, PLACED, type NumberedSection } from '../findings/report-sections.js';
import { reportSkeletons } from '../findings/report-skeleton.js';
import type { Block, Paragraph, ReportModel, SectionModel, Signature } from './audit-document.model.js';
import { listingModel, tableModel } from './audit-tables.js';
import { linesOf, type AuditTexts, type TextPlace } from './audit-texts.js';

/** Headings of what stands behind the chapters without a number. */
const APART = /^(?:別表|別紙|別添|資料|参考)/u;
/** Deepest level in the list of contents. */
const CONTENTS_LEVELS = 2;

/** A list of so few contents is none. */
const FEW_CONTENTS = 5;
/** Letters of a row of a ledger that stays on one page; a line counts for so many at least. */
const MOST_KEPT = 900;
const LINE = 20;

export const DRAFT = '（案）';

/** Day whose content (chapters, numbering) holds for a report. */
export const dayOf = ({ publishedOn, decidedOn }: ReportInFile, { audit }: AuditFile): string => publishedOn ?? decidedOn ?? audit.endsOn ?? `${audit.fiscalYear + 1}-03-31`;

export function sectionsOf(report: ReportInFile, file: AuditFile): NumberedSection[] {
  const skeletons = reportSkeletons(dayOf(report, file));
  return numberedSections(report.sections, skeletons[report.kind], skeletons.numbering);
}

/** 平成26年度行政監査結果報告書: the title of a report outside its cover, where the year stands by itself. */
export const titleWithYear = ({ title }: ReportInFile, { audit }: AuditFile): string => (title.includes('年度') ? title : `${formatFiscalYear(audit.fiscalYear)}${title}`);

export const membersOf = ({ people }: AuditFile): Signature[] => people.filter((one) => one.role === 'member' && one.disqualifiedReason === null).map(({ title, name }) => ({ title, name }));

export function reportModel(texts: AuditTexts, report: ReportInFile): ReportModel {
  const { file } = texts;
  const place = (name: string): TextPlace => ({ name, path: `reports/${report.key}` });
  const sections = sectionsOf(report, file);
  const chapters = sections.filter((one) => one.role === 'chapter');
  if (chapters.length === 0) texts.problem('text-missing', place('報告'), `「${report.title}」に章がありません。章を書いてから、もう一度作ってください。`);
  const models = chapters.map((one) => sectionModel(texts, report, one));
  const organisation = texts.plain(file.organisation.name, place('団体の名称'));
  const title = texts.needed(report.title, place('報告の題名'));
  return {
    lang: 'ja', title: `${title}　${file.audit.theme}`, footer: `${organisation}　${titleWithYear(report, file)}`, draft: report.status === 'draft' ? DRAFT : '',
    cover: {
      year: title.includes('年度') ? '' : formatFiscalYear(file.audit.fiscalYear), title, theme: texts.plain(file.audit.theme, place('監査のテーマ')),
      date: formatEra(report.publishedOn ?? report.decidedOn ?? ''), organisation: `${organisation}監査委員`,
    },
    announcement: announcementOf(texts, report, sections),
    contents: contentsOf(models),
    sections: models,
  };
}

function contentsOf(models: readonly SectionModel[]): ReportModel['contents'] {
  const found = models.filter((one) => one.level <= CONTENTS_LEVELS).map(({ anchor, number, heading, level }) => ({ anchor, text: [number, heading].filter((one) => one !== '').join('　'), level }));
  return found.length <= FEW_CONTENTS ? [] : found;
}

/** 監査公表第22号; blank while it has none. */
export const publicationNumber = ({ organisation }: AuditFile, { publicationNumber: number }: ReportInFile): string => (number === null ? '' : `${organisation.name}監査公表第${number}号`);

function announcementOf(texts: AuditTexts, report: ReportInFile, sections: readonly NumberedSection[]): ReportModel['announcement'] {
  const found = sections.filter((one) => one.role === 'announcement');
  const place = { name: '公表文', path: `reports/${report.key}/announcement` };
  if (found.length === 0 && report.publicationNumber === null) return null;
  if (found.length === 0) texts.problem('text-missing', place, `「${report.title}」に公表文がありません。報告の画面で公表文の章を加えてください。`);
  const members = membersOf(texts.file);
  if (members.length === 0) texts.problem('members-missing', place, '監査をした監査委員が書かれていません。監査の概要の画面で加えてください。');
  return {
    number: publicationNumber(texts.file, report), heading: `${report.kind === 'report' ? '監査の結果' : '監査の結果に基づく措置'}の公表`, date: formatEra(report.publishedOn ?? ''),
    paragraphs: found.flatMap((one) => texts.paragraphs(one.text, { ...place, path: `reports/${report.key}/sections/${one.id}` })),
    members: members.map(({ title, name }) => ({ title: texts.plain(title, place), name: texts.plain(name, place) })),
  };
}

function sectionModel(texts: AuditTexts, report: ReportInFile, { id, number, heading, text, depth }: NumberedSection): SectionModel {
  const apart = depth === 0 && APART.test(heading);
  const place: TextPlace = { name: `章「${number === '' || apart ? '' : `${number}　`}${heading}」`, path: `reports/${report.key}/sections/${id}` };
  return { anchor: `s-${id}`, level: depth + 1, number: apart ? '' : number, heading: texts.needed(heading, place), apart, blocks: blocksOf(texts, text, place, `s-${id}`) };
}

/** Lines of a text as blocks: a table where a line names one, labelled lines together as a ledger. */
export function blocksOf(texts: AuditTexts, text: string, place: TextPlace, anchor: string): Block[] {
  const blocks: Block[] = [];
  let lines: string[] = [];
  const flush = (): void => {
    blocks.push(...proseBlocks(texts.paragraphs(lines.join('\n'), place)));
    lines = [];
  };
  for (const line of linesOf(text)) {
    const found = PLACED.exec(line.trim());
    if (found === null) {
      lines.push(line);
      continue;
    }
    flush();
    const block = placed(texts, found[1]!, found[2]!.trim(), place, `${anchor}-t${blocks.length + 1}`);
    if (block !== null) blocks.push(block);
  }
  flush();
  return blocks;
}

function placed(texts: AuditTexts, word: string, code: string, place: TextPlace, anchor: string): Block | null {
  if (word === '表') {
    const found = texts.table(code);
    if (found !== null) {
      const table = tableModel(found, anchor);
      texts.plain([table.title, ...table.notes, ...table.sentences, ...table.bodies.flatMap(({ rows }) => rows.map((one) => one.label)), ...table.heads.flatMap(({ cells }) => cells.map((one) => one.text))].join('\n'), { ...place, name: `表「${table.title}」` });
      return { kind: 'table', table };
    }
  }
  const dataset = word === '一覧' ? texts.datasets.find((one) => one.code === code) : undefined;
  if (dataset !== undefined) {
    texts.plain(JSON.stringify([dataset.title, dataset.fields, dataset.records]), { ...place, name: `一覧「${dataset.title}」` });
    return { kind: 'listing', listing: listingModel(dataset) };
  }
  texts.problem('reference-unknown', place, `${place.name}：［${word}:${code}］が指す${word === '表' ? '表' : 'データ'}はありません。消されたか、符号が違います。正しいものに書き直してください。`);
  return null;
}

interface LedgerRow { label: string; depth: number; paragraphs: Paragraph[] }

/** A ledger of one line is a line; what stands under a labelled line belongs to it. */
function proseBlocks(paragraphs: readonly Paragraph[]): Block[] {
  const blocks: Block[] = [];
  let rows: LedgerRow[] = [];
  const flush = (): void => {
    const [first] = rows;
    if (rows.length === 1 && first!.paragraphs.length === 1) blocks.push({ kind: 'paragraph', paragraph: { ...first!.paragraphs[0]!, kind: 'labelled', label: first!.label, depth: first!.depth } });
    else if (rows.length > 0) {
      const sizes = rows.map(({ paragraphs: under }) => under.reduce((sum, one) => sum + one.text.length + LINE, 0));
      blocks.push({ kind: 'ledger', whole: sizes.reduce((sum, one) => sum + one, 0) <= MOST_KEPT, rows: rows.map(({ label, paragraphs: under }, n) => ({ label, paragraphs: under, keep: sizes[n]! <= MOST_KEPT })) });
    }
    rows = [];
  };
  for (const paragraph of paragraphs) {
    if (paragraph.kind === 'labelled') {
      // 検出事項, 措置の内容, 検出事項 …: the first label again begins the next thing.
      if (rows.length > 1 && rows[0]!.label === paragraph.label && rows.some((one) => one.label !== paragraph.label)) flush();
      rows.push({ label: paragraph.label, depth: paragraph.depth, paragraphs: [{ ...paragraph, kind: 'plain', label: '', depth: 0 }] });
    } else if (rows.length > 0 && paragraph.kind !== 'entry' && paragraph.kind !== 'heading') rows.at(-1)!.paragraphs.push(paragraph);
    else {
      flush();
      blocks.push({ kind: 'paragraph', paragraph });
    }
  }
  flush();
  return blocks;
}
