import { Injectable } from '@nestjs/common';
import { Not } from 'typeorm';
import { lockAudit, readDeliberated } from '../audits/audit-access.js';
import { AuditPerson } from '../audits/audit.entity.js';
import { AuditRegister } from '../audits/audit-register.service.js';
import { isIsoDate } from '../engine/dates.js';
import type { Numbering } from '../engine/numbering.js';
import { allows } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Conflict, Invalid, Refused, type Problem } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { mustBeAsSeen, saveNext } from '../kernel/seen.js';
import { AuditReport } from './audit-report.entity.js';
import { standingOf, takingPart, type DeliberationOutcome, type DeliberationSubject } from './deciding.js';
import { deliberationPages, subjectsOf, type DeliberationPage, type SubjectChoice } from './deliberation-pages.js';
import { Deliberation, DeliberationVoice } from './deliberation.entity.js';
import { FindingSettings } from './finding-settings.service.js';

export interface DeliberationInput {
  subject: DeliberationSubject;
  /** Of the finding or improvement; null for the report. */
  subjectId: string | null;
  /** ISO day. */
  heldOn: string;
  place: string;
  note: string;
}

export interface VoiceInput {
  personId: string;
  /** Null: absent (欠席). */
  consents: boolean | null;
  /** Own opinion, due where there is no consent; of the absent the reason. */
  opinion: string;
}

/** A deliberation in which the actor has not spoken yet. */
export interface WaitingVoice {
  auditId: string;
  theme: string;
  deliberationId: string;
  label: string;
  heldOn: string;
}

/**
 * 合議 of the members about the report, a finding or an improvement opinion (地方自治法199条12項), with the voice of each member who is
 * not disqualified (199条の2). What they cannot agree on is submitted and published with each opinion (199条13項). Who decides what is
 * in `deciding.ts`.
 */
@Injectable()
export class Deliberations {
  constructor(
    private readonly settings: FindingSettings,
    private readonly audits: AuditRegister,
  ) {}

  /** Throws `NotFound`, `Refused` (right, 除斥). */
  async list(ctx: Ctx, auditId: string): Promise<DeliberationPage[]> {
    await readDeliberated(ctx, auditId);
    const decided = await scoped(ctx, AuditReport).findOne({ auditId, kind: 'report', status: Not('draft') } as never);
    return deliberationPages(ctx, auditId, await this.numbering(ctx), decided !== null);
  }

  /** What can be deliberated about and is not yet. Throws `NotFound`, `Refused`. */
  async choices(ctx: Ctx, auditId: string): Promise<SubjectChoice[]> {
    await readDeliberated(ctx, auditId);
    const held = await scoped(ctx, Deliberation).find({ auditId });
    return (await subjectsOf(ctx, auditId, await this.numbering(ctx))).filter((one) => !held.some((other) => other.subject === one.subject && other.subjectId === one.subjectId));
  }

  /**
   * The members come together. Returns the id.
   * Throws `Invalid` (day, subject), `Refused` (right, closed, nobody who may decide, report fixed), `Conflict` (held already).
   */
  async hold(ctx: Ctx, auditId: string, input: DeliberationInput): Promise<string> {
    const audit = await lockAudit(ctx, auditId);
    await mustBeOpen(ctx, auditId);
    if (takingPart(await scoped(ctx, AuditPerson).find({ auditId })).length === 0) {
      throw new Refused('no-members', '合議をする監査委員がいません。監査の概要で、除斥されていない監査委員を1人以上入れてください。', [{ code: 'no-members', path: '', message: '合議をする監査委員がいません。', href: `/audits/${auditId}` }]);
    }
    const found = (await subjectsOf(ctx, auditId, await this.numbering(ctx))).find((one) => one.subject === input.subject && one.subjectId === input.subjectId);
    mustFit([...textProblems(input), ...(found === undefined ? [{ code: 'subject-unknown', path: 'subject', message: '合議の対象を選んでください。' }] : [])]);
    const twin = await scoped(ctx, Deliberation).findOne({ auditId, subject: input.subject, ...(input.subjectId === null ? {} : { subjectId: input.subjectId }) } as never);
    if (twin !== null) throw new Conflict('held-already', `「${found!.label}」の合議は、もう記録されています。いまある合議に意見を記録してください。`);
    if (audit.status === 'conducting') await this.audits.move(ctx, auditId, 'deliberate');
    const id = newId();
    const values = { auditId, subject: input.subject, subjectId: input.subjectId, heldOn: input.heldOn, place: input.place.trim(), note: input.note.trim() };
    await scoped(ctx, Deliberation).insert({ id, ...values, outcome: null, changedAt: ctx.clock.now(), changedByName: ctx.actor.name, version: 1 });
    await record(ctx, { action: 'deliberation-held', object: { kind: 'deliberation', id }, after: { ...values, audit: audit.theme, about: found!.label } });
    return id;
  }

  /** Day, place and note. Returns the version. Throws `Invalid`, `Conflict`, `Refused`, `NotFound`. */
  async change(ctx: Ctx, auditId: string, id: string, seen: number, input: Pick<DeliberationInput, 'heldOn' | 'place' | 'note'>): Promise<number> {
    const row = await this.lock(ctx, auditId, id);
    const before = { heldOn: row.heldOn, place: row.place, note: row.note };
    mustBeAsSeen(row, '合議', seen, input, before);
    mustFit(textProblems(input));
    const after = { heldOn: input.heldOn, place: input.place.trim(), note: input.note.trim() };
    const version = await saveNext(ctx, Deliberation, row, after);
    await record(ctx, { action: 'deliberation-changed', object: { kind: 'deliberation', id }, before, after });
    return version;
  }

  /** Takes back what was recorded by mistake, while nobody has spoken. Throws `Refused`, `Conflict`, `NotFound`. */
  async withdraw(ctx: Ctx, auditId: string, id: string, seen: number): Promise<void> {
    const row = await this.lock(ctx, auditId, id);
    mustBeAsSeen(row, '合議', seen, {}, {});
    const spoken = (await scoped(ctx, DeliberationVoice).find({ deliberationId: id })).filter((one) => one.consents !== null || one.absent);
    if (spoken.length > 0) throw new Refused('voices-given', `監査委員${spoken.length}人の意見が記録されているので、この合議は取り消せません。`);
    await scoped(ctx, Deliberation).delete({ id });
    await record(ctx, { action: 'deliberation-withdrawn', object: { kind: 'deliberation', id }, before: { subject: row.subject, subjectId: row.subjectId, heldOn: row.heldOn, place: row.place, note: row.note } });
  }

  /**
   * A member gives the own voice, or the secretariat records it. Returns how the deliberation stands then.
   * @param seen version of the voice; 0 while there is none
   * Throws `Refused` (right, disqualified, no member, report fixed), `Invalid` (no consent and no opinion, absent without reason), `Conflict`, `NotFound`.
   */
  async voice(ctx: Ctx, auditId: string, id: string, seen: number, input: VoiceInput): Promise<DeliberationOutcome | null> {
    const records = allows(ctx.actor.grants, 'audit.write');
    await lockAudit(ctx, auditId, records ? 'audit.write' : 'deliberation.voice');
    await mustBeOpen(ctx, auditId);
    const deliberation = await deliberationOf(ctx, auditId, id);
    const people = await scoped(ctx, AuditPerson).find({ auditId });
    const person = mustHaveVoice(ctx, people.find((one) => one.id === input.personId), records);
    const stored = await scoped(ctx, DeliberationVoice).findOne({ deliberationId: id, personId: person.id });
    if ((stored?.version ?? 0) !== seen) throw staleVoice(person, stored, input);
    const opinion = input.opinion.trim();
    mustFit([
      ...(opinion === '' && input.consents === null ? [{ code: 'reason-missing', path: 'opinion', message: '欠席のときは、理由を書いてください。' }] : []),
      ...(opinion === '' && input.consents === false ? [{ code: 'opinion-missing', path: 'opinion', message: '同意しないときは、意見を書いてください。意見は報告に添えて公表されます（地方自治法第199条第13項）。' }] : []),
      ...tooLong('opinion', '意見', opinion, MOST_TEXT),
    ]);
    const values = { consents: input.consents, absent: input.consents === null, opinion, givenAt: ctx.clock.now() };
    if (stored === null) await scoped(ctx, DeliberationVoice).insert({ id: newId(), deliberationId: id, personId: person.id, ...values, version: 1 });
    else await scoped(ctx, DeliberationVoice).updateSeen(stored.id, seen, values);
    const { outcome } = standingOf(people, await scoped(ctx, DeliberationVoice).find({ deliberationId: id }));
    await scoped(ctx, Deliberation).update({ id }, { outcome });
    await record(ctx, {
      action: 'deliberation-voiced', object: { kind: 'deliberation', id }, path: person.id,
      before: stored === null ? null : { member: person.name, consents: stored.consents, absent: stored.absent, opinion: stored.opinion, outcome: deliberation.outcome }, after: { member: person.name, consents: values.consents, absent: values.absent, opinion, outcome },
    });
    return outcome;
  }

  /** Deliberations that wait for the voice of the actor, those held first on top. Nothing for whoever has no voice. */
  async waiting(ctx: Ctx): Promise<WaitingVoice[]> {
    if (ctx.actor.id === null || !allows(ctx.actor.grants, 'deliberation.voice')) return [];
    const rows: { audit_id: string; theme: string; id: string; subject: DeliberationSubject; subject_id: string | null; held_on: string }[] = await ctx.tx.query(
      `select a.id as audit_id, a.theme, d.id, d.subject, d.subject_id, to_char(d.held_on, 'YYYY-MM-DD') as held_on
         from audit_person p join audit a on a.id = p.audit_id and a.organisation_id = p.organisation_id join deliberation d on d.audit_id = a.id and d.organisation_id = a.organisation_id
        where p.organisation_id = $1 and p.account_id = $2 and p.role = 'member' and p.disqualified_reason is null and a.status <> 'closed'
          and not exists (select 1 from deliberation_voice v where v.deliberation_id = d.id and v.person_id = p.id and (v.consents is not null or v.absent))
          and not exists (select 1 from audit_report r where r.audit_id = a.id and r.kind = 'report' and r.status <> 'draft')
        order by d.held_on, a.theme, d.id`,
      [ctx.organisation, ctx.actor.id],
    );
    const labels = new Map<string, SubjectChoice[]>();
    for (const auditId of new Set(rows.map((one) => one.audit_id))) labels.set(auditId, await subjectsOf(ctx, auditId, await this.numbering(ctx)));
    // What was withdrawn has no subject any more: nobody is waited for.
    return rows.flatMap((one): WaitingVoice[] => {
      const about = labels.get(one.audit_id)!.find((other) => other.subject === one.subject && other.subjectId === one.subject_id);
      return about === undefined ? [] : [{ auditId: one.audit_id, theme: one.theme, deliberationId: one.id, heldOn: one.held_on, label: about.label }];
    });
  }

  private async numbering(ctx: Ctx): Promise<Numbering> {
    return (await this.settings.of(ctx)).numbering;
  }

  private async lock(ctx: Ctx, auditId: string, id: string): Promise<Deliberation> {
    await lockAudit(ctx, auditId);
    await mustBeOpen(ctx, auditId);
    return deliberationOf(ctx, auditId, id, 'lock');
  }
}

const MOST_TEXT = 20_000;

async function deliberationOf(ctx: Ctx, auditId: string, id: string, how: 'get' | 'lock' = 'get'): Promise<Deliberation> {
  const found = await scoped(ctx, Deliberation)[how](id);
  if (found.auditId !== auditId) await scoped(ctx, Deliberation).get('');
  return found;
}

/** What was decided stays as it was deliberated. Throws `Refused`. */
async function mustBeOpen(ctx: Ctx, auditId: string): Promise<void> {
  const report = await scoped(ctx, AuditReport).findOne({ auditId, kind: 'report' });
  if (report !== null && report.status !== 'draft') {
    throw new Refused('report-fixed', `「${report.title}」は決定しているので、合議は変えられません。公表の前なら、報告の画面で作成中に戻してから直してください。`);
  }
}

function mustHaveVoice(ctx: Ctx, person: AuditPerson | undefined, records: boolean): AuditPerson {
  if (person === undefined || person.role !== 'member') throw new Refused('not-a-member', 'この監査の監査委員だけが、合議で意見を述べられます。');
  if (person.disqualifiedReason !== null) throw new Refused('disqualified', `${person.title}　${person.name}は除斥されているので、この合議に加われません（地方自治法第199条の2）。理由：${person.disqualifiedReason}`);
  if (!records && (person.accountId === null || person.accountId !== ctx.actor.id)) throw new Refused('not-own-voice', 'ほかの監査委員の意見は記録できません。ご自分の意見だけを記録してください。');
  return person;
}

function staleVoice(person: AuditPerson, stored: DeliberationVoice | null, sent: VoiceInput): Conflict {
  const current = { consents: stored?.consents ?? null, absent: stored?.absent ?? false, opinion: stored?.opinion ?? '' };
  return new Conflict('stale', `${person.name}の意見は、先に記録されています。両方の内容を見比べて、もう一度記録してください。`, [], { sent, current, currentVersion: stored?.version ?? 0 });
}

function textProblems({ heldOn, place, note }: Pick<DeliberationInput, 'heldOn' | 'place' | 'note'>): Problem[] {
  return [
    ...(isIsoDate(heldOn) ? [] : [{ code: 'day-invalid', path: 'heldOn', message: '合議の日を入れてください。' }]),
    ...tooLong('place', '場所', place, 400), ...tooLong('note', '記録', note, MOST_TEXT),
  ];
}

const tooLong = (path: string, label: string, text: string, most: number): Problem[] => (text.length > most ? [{ code: 'too-long', path, message: `「${label}」は${most.toLocaleString('ja-JP')}字までにしてください。` }] : []);

function mustFit(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new Invalid('deliberation-invalid', '入力に誤りがあります。次のところを直してください。', problems);
}
