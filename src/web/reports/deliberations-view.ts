/** 合議: the page of an audit’s deliberations. Pure. */
import type { DeliberationPage, SubjectChoice } from '../../findings/deliberation-pages.js';
import { allows } from '../../identity/permissions.js';
import { dayInJapan } from '../../kernel/clock.js';
import type { Actor } from '../../kernel/ctx.js';
import type { Problem } from '../../kernel/errors.js';
import { errorsByField } from '../form-errors.js';

export interface TypedHeld { subject: string; heldOn: string; place: string; note: string }
export interface TypedVoice { deliberation: string; person: string; consents: string; opinion: string }
export interface TypedChange { deliberation: string; heldOn: string; place: string; note: string }

export interface DeliberationsShown {
  deliberations: readonly DeliberationPage[];
  choices: readonly SubjectChoice[];
  actor: Pick<Actor, 'id' | 'grants'>;
  /** Why nothing can be recorded any more, and whether taking the report back would help; null while it can. */
  closed: { why: string; mends: boolean } | null;
  today: string;
  held?: TypedHeld;
  voice?: TypedVoice;
  change?: TypedChange;
  problems: readonly Problem[];
}

const OUTCOMES = {
  open: { label: '意見を待っている', tone: 'amber', text: '' },
  decided: { label: '✓ 全員が同意', tone: 'green', text: '案のとおり決定できます。' },
  opinions: { label: '！ 意見が一致しない', tone: 'red', text: '合議で決定できない事項です。その旨と各監査委員の意見を、報告に添えて提出し、公表します（地方自治法第199条第13項）。報告の「意見が一致しなかった事項」の章に入ります。' },
  'not-decided': { label: '！ 意見が一致しない', tone: 'red', text: '意見や勧告は、合議で決まらなければ出せません（地方自治法第199条第12項）。改めて合議をして意見を改めるか、この事項を取り下げてください。' },
} as const;

const WITHDRAWN = { label: '取下げ', tone: 'grey', text: '合議をした事項が取り下げられたので、報告には載りません。記録は残ります。' };

const subjectValue = ({ subject, subjectId }: Pick<SubjectChoice, 'subject' | 'subjectId'>): string => (subjectId === null ? subject : `${subject}:${subjectId}`);

export function deliberationsView({ deliberations, choices, actor, closed, today, held, voice, change, problems }: DeliberationsShown): object {
  const writes = closed === null && allows(actor.grants, 'audit.write');
  const speaks = closed === null && allows(actor.grants, 'deliberation.voice');
  const typed = held ?? { subject: choices.some((one) => one.subject === 'report') ? 'report' : '', heldOn: today, place: '', note: '' };
  const inHold = held !== undefined;
  const { errors } = errorsByField(inHold ? problems : [], ['subject', 'heldOn', 'place', 'note']);
  return {
    closed, writes,
    problems: problems.map((one) => ({ message: one.message, href: one.href ?? hrefOf(one.path, { inHold, voice, change }) })),
    deliberations: deliberations.map((one) => {
      const changed = change?.deliberation === one.id ? change : undefined;
      const found = errorsByField(changed === undefined ? [] : problems, ['heldOn', 'place', 'note']).errors;
      return {
        id: one.id, label: one.label, heldOn: one.heldOn, place: one.place, note: one.note, version: String(one.version), outcome: one.withdrawn ? WITHDRAWN : OUTCOMES[one.consequence],
        disqualified: one.disqualified, nobody: one.voices.length === 0,
        voices: one.voices.map((given) => voiceView(one, given, { writes, speaks, actor, voice, problems })),
        edit: writes ? { open: changed !== undefined, heldOn: changed?.heldOn ?? one.heldOn, place: changed?.place ?? one.place, note: changed?.note ?? one.note, errors: found, withdrawable: one.voices.every((given) => consentsWord(given) === '') } : null,
      };
    }),
    hold: writes && choices.length > 0 ? { typed, errors, open: inHold || deliberations.length === 0, subjects: choices.map((one) => ({ value: subjectValue(one), label: one.label, chosen: subjectValue(one) === typed.subject })) } : null,
  };
}

/** As the form sends it; '' while there is no voice. */
export const consentsWord = ({ consents, absent }: Pick<DeliberationPage['voices'][number], 'consents' | 'absent'>): 'yes' | 'no' | 'absent' | '' => (consents === null ? (absent ? 'absent' : '') : consents ? 'yes' : 'no');

const SAID = { yes: { label: '✓ 同意', tone: 'green' }, no: { label: '！ 同意しない', tone: 'red' }, absent: { label: '－ 欠席', tone: 'grey' }, '': { label: 'まだ', tone: 'amber' } } as const;

type Shown = Pick<DeliberationsShown, 'actor' | 'voice' | 'problems'> & { writes: boolean; speaks: boolean };

function voiceView(deliberation: DeliberationPage, given: DeliberationPage['voices'][number], { writes, speaks, actor, voice, problems }: Shown): object {
  const own = given.accountId !== null && given.accountId === actor.id;
  const typed = voice?.deliberation === deliberation.id && voice.person === given.personId ? voice : undefined;
  const found = errorsByField(typed === undefined ? [] : problems, ['consents', 'opinion']).errors;
  const consents = typed?.consents ?? consentsWord(given);
  return {
    title: given.title, name: given.name, own, opinion: given.opinion, on: given.givenAt === null ? '' : dayInJapan(given.givenAt),
    said: SAID[consentsWord(given)],
    form: writes || (speaks && own) ? {
      id: `${deliberation.id}-${given.personId}`, action: `/deliberations/${deliberation.id}/voices/${given.personId}`, version: String(given.version), open: typed !== undefined || (own && consentsWord(given) === ''),
      yes: consents === 'yes', no: consents === 'no', absent: consents === 'absent', opinion: typed?.opinion ?? given.opinion, consentsError: found['consents'], opinionError: found['opinion'], again: consentsWord(given) !== '',
    } : null,
  };
}

function hrefOf(path: string, { inHold, voice, change }: { inHold: boolean; voice?: TypedVoice; change?: TypedChange }): string {
  if (path === '') return '#main';
  if (inHold) return `#hold-${path}`;
  if (voice !== undefined) return `#${path === 'consents' ? 'yes' : path}-${voice.deliberation}-${voice.person}`;
  return change === undefined ? '#main' : `#${path}-${change.deliberation}`;
}
