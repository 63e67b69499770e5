/**
 * 合議 (地方自治法199条): who takes part, what is decided, what must be published. Pure.
 *
 * - 199条12項: the report (9項), an opinion (10項) and a 勧告 (11項) are decided by the members in 合議 (before 2020-04-01: 11項).
 * - 199条13項: where the members do not agree on a matter of the report, the fact and the opinion of each member are submitted and
 *   published in its place. It speaks of the report alone: an opinion or a 勧告 on which they do not agree is not decided.
 * - 199条の2 (除斥): a member with a stake in the affair does not take part, and is not counted.
 * - 欠席: a member who cannot take part, for a reason that is recorded, is not waited for; the voice of one who speaks later counts.
 *   The law names no quorum; somebody must have spoken.
 */
export type DeliberationSubject = 'report' | 'finding' | 'improvement';
export type DeliberationOutcome = 'agreed' | 'divided';

export interface Member {
  id: string;
  role: 'member' | 'secretariat';
  disqualifiedReason: string | null;
}

export interface Voice {
  personId: string;
  /** Null until given. */
  consents: boolean | null;
  absent?: boolean;
  opinion: string;
}

/** Members who have a voice. */
export const takingPart = <M extends Member>(people: readonly M[]): M[] => people.filter((one) => one.role === 'member' && one.disqualifiedReason === null);

export interface Standing<M extends Member> {
  /** Who has a voice, in the order of the people. */
  members: M[];
  disqualified: M[];
  absent: M[];
  /** Whose voice is still missing. */
  waiting: M[];
  /** Null while a voice is missing, or when there is nobody to decide. */
  outcome: DeliberationOutcome | null;
}

/** Where a deliberation stands. Voices of people who take no part (any more) do not count. */
export function standingOf<M extends Member>(people: readonly M[], voices: readonly Voice[]): Standing<M> {
  const members = takingPart(people);
  const given = new Map(voices.filter((one) => one.consents !== null).map((one) => [one.personId, one.consents]));
  const away = new Set(voices.filter((one) => one.consents === null && one.absent === true).map((one) => one.personId));
  const absent = members.filter((one) => away.has(one.id));
  const waiting = members.filter((one) => !given.has(one.id) && !away.has(one.id));
  const complete = members.length > absent.length && waiting.length === 0;
  return {
    members, disqualified: people.filter((one) => one.role === 'member' && one.disqualifiedReason !== null), absent, waiting,
    outcome: complete ? (members.every((one) => away.has(one.id) || given.get(one.id) === true) ? 'agreed' : 'divided') : null,
  };
}

/**
 * What follows from an outcome. `decided`: as it was proposed; `opinions`: the opinion of each member takes its place in the report
 * (13項); `not-decided`: nothing can be issued; `open`: a voice is missing.
 */
export function consequenceOf(subject: DeliberationSubject, outcome: DeliberationOutcome | null): 'open' | 'decided' | 'opinions' | 'not-decided' {
  if (outcome === null) return 'open';
  if (outcome === 'agreed') return 'decided';
  return subject === 'improvement' ? 'not-decided' : 'opinions';
}
