/** What waits for somebody, in one order of urgency. Pure. */
import type { DepartmentWithDeclarations } from '../../systems/declarations-due.service.js';

export interface Work {
  title: string;
  about: string;
  status: string;
  tone: string;
  percent: number | null;
  href: string;
  label: string;
  /** The lower, the sooner. */
  urgency: number;
}

/**
 * What others wait for comes before one's own drafts; what was sent back and what is over before what is begun; what has no date
 * or lies ahead last.
 */
export const URGENCY = {
  confirm: 0, approve: 1, approveDeclarations: 2, voice: 3, checkEffects: 4, answerOffers: 5, receiveNotices: 6, fixResponses: 7, replyStatements: 8,
  returned: 9, returnedDeclarations: 10, ineffectiveActions: 11, overdueActions: 12, lateResponses: 13, lateRespondents: 14, stale: 15, statements: 16, askedActions: 17, planActions: 18, responses: 19, endedActions: 20, publishMeasures: 21, askActions: 22, write: 23, draftNotices: 24, actionsDue: 25, soon: 26, followActions: 27, followSoon: 28,
} as const;

export const inOrder = (works: readonly Work[]): Work[] => [...works].sort((a, b) => a.urgency - b.urgency);

interface Words {
  title: string;
  status: string;
  tone: string;
  label: string;
  urgency: number;
  /** Of one system, or of the most urgent of several. */
  href(systemId: string): string;
  /** What is said of the day of the most urgent system; blank for nothing. */
  day(iso: string): string;
}

/** One line for a department, however many of its declarations wait. */
export function declarationWork(departments: readonly DepartmentWithDeclarations[], { title, status, tone, label, urgency, href, day }: Words): Work[] {
  return departments.map(({ departmentName, count, systems }) => {
    const [first] = systems as [DepartmentWithDeclarations['systems'][number]];
    const names = systems.length === 1 ? `「${first.name}」` : `「${first.name}」ほか${systems.length - 1}システム`;
    return { title: `${title}　${count}件`, about: [`${departmentName}・${names}`, day(first.day)].filter((one) => one !== '').join('　'), status, tone, percent: null, href: href(first.id), label, urgency };
  });
}
