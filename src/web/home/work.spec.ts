import { declarationWork, inOrder, URGENCY, type Work } from './work.js';

const words = { title: '申告の承認', status: '承認待ち', tone: 'amber', label: '承認する', urgency: URGENCY.approveDeclarations, href: (id: string) => `/systems/${id}`, day: (day: string) => day };
const system = (id: string, name: string, count: number, day: string) => ({ id, name, kind: 'system' as const, count, day });

describe('work on the home page', () => {
  it('is one line for a department, led by its most urgent system', () => {
    const [one, two] = declarationWork([
      { departmentId: 'a', departmentName: 'こども課', count: 5, systems: [system('1', '医療', 2, '2026-10-01'), system('2', '手当', 3, '2026-11-01')] },
      { departmentId: 'b', departmentName: '国保年金課', count: 1, systems: [system('3', '国保', 1, '2026-11-02')] },
    ], words);
    expect([one!.title, one!.about, one!.href]).toEqual(['申告の承認　5件', 'こども課・「医療」ほか1システム　2026-10-01', '/systems/1']);
    expect([two!.about, two!.percent]).toEqual(['国保年金課・「国保」　2026-11-02', null]);
    expect(declarationWork([], words)).toEqual([]);
  });

  it('comes in one order: what others wait for, what was sent back, what is over, what was asked, drafts, what will be', () => {
    const works = (Object.keys(URGENCY) as (keyof typeof URGENCY)[]).reverse().map((title): Work => ({ title, about: '', status: '', tone: '', percent: null, href: '', label: '', urgency: URGENCY[title] }));
    expect(inOrder(works).map((one) => one.title)).toEqual([
      'confirm', 'approve', 'approveDeclarations', 'voice', 'checkEffects', 'answerOffers', 'receiveNotices', 'fixResponses', 'replyStatements', 'returned', 'returnedDeclarations', 'ineffectiveActions', 'overdueActions', 'lateResponses', 'lateRespondents', 'stale',
      'statements', 'askedActions', 'planActions', 'responses', 'endedActions', 'publishMeasures', 'askActions', 'write', 'draftNotices', 'actionsDue', 'soon', 'followActions', 'followSoon',
    ]);
  });
});
