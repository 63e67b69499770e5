/** 送付の文書: a letter to 議長, 長 and others, one for each addressee and each letter of the report. Pure. */
import { formatEra } from '../engine/dates.js';
import type { AuditFile, ReportInFile } from '../findings/audit-file.js';
import type { LetterModel } from './audit-document.model.js';
import { DRAFT, membersOf, publicationNumber, sectionsOf, titleWithYear } from './audit-chapters.js';
import type { AuditTexts } from './audit-texts.js';

export interface LetterChoice {
  report: string;
  /** Id of the section of the report whose text the letter is. */
  section: string;
  addressee: string;
}

export function letterChoices(file: AuditFile): LetterChoice[] {
  return file.reports.flatMap((report) => sectionsOf(report, file).filter((one) => one.role === 'letter').flatMap(({ id }) => report.addressees.map((addressee) => ({ report: report.key, section: id, addressee }))));
}

export function letterModel(texts: AuditTexts, report: ReportInFile, { section: id, addressee }: LetterChoice): LetterModel {
  const section = report.sections.find((one) => one.id === id)!;
  const place = { name: `送付の文書「${section.heading}」`, path: `reports/${report.key}/sections/${id}` };
  const heading = texts.needed(section.heading, place);
  texts.needed(section.text, place);
  const members = membersOf(texts.file);
  if (members.length === 0) texts.problem('members-missing', place, '監査をした監査委員が書かれていません。監査の概要の画面で加えてください。');
  const organisation = texts.plain(texts.file.organisation.name, place);
  const day = report.submittedOn ?? report.decidedOn ?? report.publishedOn ?? '';
  // A letter that goes out before the publication cannot know its number.
  const number = report.publishedOn === null || day < report.publishedOn ? '' : publicationNumber(texts.file, report);
  return {
    lang: 'ja', title: `${heading}　${addressee}`, footer: `${organisation}監査委員`, draft: report.status === 'draft' ? DRAFT : '', date: formatEra(day),
    to: `${texts.needed(addressee, place)}　様`, organisation, from: members.map(({ title, name }) => ({ title: texts.plain(title, place), name: texts.plain(name, place) })), heading,
    paragraphs: texts.paragraphs(section.text, place), enclosure: `${texts.plain(titleWithYear(report, texts.file), place)}${number === '' ? '' : `（${number}）`}　１部`,
  };
}
