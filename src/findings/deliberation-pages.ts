/** Deliberations of one audit as they are shown and checked: about what, who has spoken, where they stand. Asks for no right. */
import { In } from 'typeorm';
import { AuditCase, AuditPerson } from '../audits/audit.entity.js';
import type { Numbering } from '../engine/numbering.js';
import type { Ctx } from '../kernel/ctx.js';
import { scoped } from '../kernel/scoped.js';
import { consequenceOf, standingOf, type DeliberationOutcome, type DeliberationSubject } from './deciding.js';
import { Deliberation, DeliberationVoice } from './deliberation.entity.js';
import { Finding, Improvement } from './finding.entity.js';
import { isLiving } from './finding.transitions.js';
import { numberedAudit, type NumberedEntry } from './numbered.js';
import { printedIn } from './subject-texts.js';

export interface SubjectChoice {
  subject: DeliberationSubject;
  subjectId: string | null;
  label: string;
  /** Key in the audit; null for the report. */
  number: number | null;
}

export interface VoicePage {
  personId: string;
  accountId: string | null;
  title: string;
  name: string;
  consents: boolean | null;
  absent: boolean;
  opinion: string;
  givenAt: Date | null;
  /** 0 while there is no voice. */
  version: number;
}

export interface DeliberationPage extends SubjectChoice {
  id: string;
  /** What it was about was withdrawn: nothing follows from it any more. */
  withdrawn: boolean;
  heldOn: string;
  place: string;
  note: string;
  outcome: DeliberationOutcome | null;
  consequence: ReturnType<typeof consequenceOf>;
  /** One for each member who takes part, in the order of the audit’s people. */
  voices: VoicePage[];
  disqualified: { title: string; name: string; reason: string }[];
  version: number;
  changedAt: Date;
  changedByName: string;
}

/** The report first, then findings and improvement opinions in reading order; headings are not deliberated about. */
export async function subjectsOf(ctx: Ctx, auditId: string, numbering: Numbering): Promise<SubjectChoice[]> {
  const order = { position: 'ASC', id: 'ASC' } as const;
  const rows = { findings: (await scoped(ctx, Finding).find({ auditId }, order)).filter(isLiving), improvements: (await scoped(ctx, Improvement).find({ auditId }, order)).filter(isLiving), cases: await scoped(ctx, AuditCase).find({ auditId }, order) };
  const { findings, improvements } = numberedAudit(rows, numbering);
  const print = await printedIn(ctx, auditId, { numbering });
  const choice = (subject: 'finding' | 'improvement', word: string) => ({ id, number, label, row }: NumberedEntry<Finding | Improvement>): SubjectChoice[] =>
    (row.kind === 'heading' ? [] : [{ subject, subjectId: id, number, label: `${word}${label}　${shortened('title' in row ? row.title : print(row.text))}` }]);
  return [
    { subject: 'report', subjectId: null, number: null, label: '監査の結果に関する報告' },
    ...findings.flatMap(choice('finding', '検出事項')), ...improvements.flatMap(choice('improvement', '改善を求める事項')),
  ];
}

/** @param decided the report is: outcomes and voices are those of its day, whoever joined or left the audit since */
export async function deliberationPages(ctx: Ctx, auditId: string, numbering: Numbering, decided = false): Promise<DeliberationPage[]> {
  const rows = await scoped(ctx, Deliberation).find({ auditId }, { heldOn: 'ASC', id: 'ASC' });
  if (rows.length === 0) return [];
  const subjects = await subjectsOf(ctx, auditId, numbering);
  const people = await scoped(ctx, AuditPerson).find({ auditId }, { position: 'ASC', id: 'ASC' });
  const voices = await scoped(ctx, DeliberationVoice).find({ deliberationId: In(rows.map((one) => one.id)) });
  const place = (of: Pick<SubjectChoice, 'subject' | 'subjectId'>): number => subjects.findIndex((one) => one.subject === of.subject && one.subjectId === of.subjectId);
  const order = (of: DeliberationPage): number => (of.withdrawn ? subjects.length : place(of));
  return rows.map((row): DeliberationPage => {
    const given = voices.filter((one) => one.deliberationId === row.id);
    const standing = standingOf(people, given);
    const spoke = people.filter((one) => given.some((voice) => voice.personId === one.id));
    const [members, outcome] = decided && spoke.length > 0 ? [spoke, row.outcome] : [standing.members, standing.outcome];
    const about = subjects[place(row)];
    return {
      id: row.id, subject: row.subject, subjectId: row.subjectId, number: about?.number ?? null, label: about?.label ?? WITHDRAWN[row.subject], withdrawn: about === undefined, heldOn: row.heldOn, place: row.place, note: row.note,
      outcome, consequence: consequenceOf(row.subject, outcome), version: row.version, changedAt: row.changedAt, changedByName: row.changedByName,
      voices: members.map((one) => voicePage(one, given.find((other) => other.personId === one.id))),
      disqualified: standing.disqualified.filter((one) => !members.includes(one)).map((one) => ({ title: one.title, name: one.name, reason: one.disqualifiedReason! })),
    };
  }).sort((a, b) => order(a) - order(b));
}

const WITHDRAWN: Readonly<Record<DeliberationSubject, string>> = { report: '監査の結果に関する報告', finding: '取り下げた検出事項', improvement: '取り下げた改善を求める事項' };

const voicePage = ({ id, accountId, title, name }: AuditPerson, voice: DeliberationVoice | undefined): VoicePage =>
  ({ personId: id, accountId, title, name, consents: voice?.consents ?? null, absent: voice?.absent ?? false, opinion: voice?.opinion ?? '', givenAt: voice?.givenAt ?? null, version: voice?.version ?? 0 });

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
