import { consequenceOf, standingOf, takingPart, type Member, type Voice } from './deciding.js';

const member = (id: string, disqualifiedReason: string | null = null): Member => ({ id, role: 'member', disqualifiedReason });
const clerk: Member = { id: 'clerk', role: 'secretariat', disqualifiedReason: null };
const yes = (personId: string): Voice => ({ personId, consents: true, opinion: '' });
const no = (personId: string): Voice => ({ personId, consents: false, opinion: '事実の認定が足りない。' });
const away = (personId: string): Voice => ({ personId, consents: null, absent: true, opinion: '入院中のため。' });
const blank = (personId: string): Voice => ({ personId, consents: null, opinion: '' });

/** 地方自治法199条12項・13項, 199条の2. */
const TABLE: [string, Member[], Voice[], { members: string[]; waiting: string[]; outcome: string | null }][] = [
  ['unanimous: decided', [member('a'), member('b'), clerk], [yes('a'), yes('b')], { members: ['a', 'b'], waiting: [], outcome: 'agreed' }],
  ['one dissent: the members do not agree', [member('a'), member('b'), member('c')], [yes('a'), no('b'), yes('c')], { members: ['a', 'b', 'c'], waiting: [], outcome: 'divided' }],
  ['one dissent, one voice missing: not yet', [member('a'), member('b'), member('c')], [no('a'), yes('b')], { members: ['a', 'b', 'c'], waiting: ['c'], outcome: null }],
  ['a voice that is there but not given is missing', [member('a'), member('b')], [yes('a'), blank('b')], { members: ['a', 'b'], waiting: ['b'], outcome: null }],
  ['a disqualified member is not waited for', [member('a'), member('b', '配偶者が受託者の役員')], [yes('a')], { members: ['a'], waiting: [], outcome: 'agreed' }],
  ['the voice of a member who was disqualified later does not count', [member('a'), member('b', '本人が当時の担当課長')], [yes('a'), no('b')], { members: ['a'], waiting: [], outcome: 'agreed' }],
  ['the secretariat has no voice', [member('a'), clerk], [yes('a'), no('clerk')], { members: ['a'], waiting: [], outcome: 'agreed' }],
  ['all disqualified: nobody decides', [member('a', '本人の事件')], [yes('a')], { members: [], waiting: [], outcome: null }],
  ['no members at all: nobody decides', [clerk], [], { members: [], waiting: [], outcome: null }],
  ['an absent member is not waited for', [member('a'), member('b')], [yes('a'), away('b')], { members: ['a', 'b'], waiting: [], outcome: 'agreed' }],
  ['an absent member beside a dissent: they do not agree', [member('a'), member('b'), member('c')], [yes('a'), away('b'), no('c')], { members: ['a', 'b', 'c'], waiting: [], outcome: 'divided' }],
  ['all are absent: nobody decides', [member('a'), member('b')], [away('a'), away('b')], { members: ['a', 'b'], waiting: [], outcome: null }],
  ['nobody of three agrees', [member('a'), member('b'), member('c')], [no('a'), no('b'), no('c')], { members: ['a', 'b', 'c'], waiting: [], outcome: 'divided' }],
];

it.each(TABLE)('%s', (_, people, voices, expected) => {
  const { members, waiting, outcome } = standingOf(people, voices);
  expect({ members: members.map((one) => one.id), waiting: waiting.map((one) => one.id), outcome }).toEqual(expected);
});

it('names the disqualified apart from those who take part', () => {
  const people = [member('a'), member('b', '父の勤める会社が受託'), clerk];
  expect(takingPart(people).map((one) => one.id)).toEqual(['a']);
  expect(standingOf(people, []).disqualified.map((one) => one.id)).toEqual(['b']);
});

describe('what follows', () => {
  // 13項 speaks of 報告の決定; 意見 (10項) and 勧告 (11項) are decided by 合議 (12項) or not at all.
  it.each([
    ['report', 'agreed', 'decided'], ['report', 'divided', 'opinions'], ['finding', 'agreed', 'decided'], ['finding', 'divided', 'opinions'],
    ['improvement', 'agreed', 'decided'], ['improvement', 'divided', 'not-decided'], ['report', null, 'open'], ['finding', null, 'open'], ['improvement', null, 'open'],
  ] as const)('%s %s: %s', (subject, outcome, expected) => expect(consequenceOf(subject, outcome)).toBe(expected));
});
