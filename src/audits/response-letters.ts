/** What departments are told by mail about a questionnaire. Pure. */
import { formatEra } from '../engine/dates.js';
import type { Letter } from '../jobs/mail.js';
import type { Answerer } from './recipients.js';

/** A response as a letter speaks of it. */
export interface AskedResponse {
  id: string;
  departmentId: string;
  delegatedToId: string | null;
  /** ISO day. */
  dueOn: string;
  /** Name of its system; null: of the department as a whole. */
  systemName: string | null;
}

export interface LettersOf {
  letters: Letter[];
  /** People who are written to, by response. */
  recipients: Map<string, number>;
}

/** One letter to each person, with all responses that wait for them. @param lead first sentences */
export function lettersFor(kind: 'asked' | 'reminded', questionnaire: { title: string }, responses: readonly AskedResponse[], answerers: readonly Answerer[], lead: string, today: string): LettersOf {
  const byMail = new Map<string, AskedResponse[]>();
  const recipients = new Map<string, number>();
  for (const one of responses) {
    const here = [...new Set(answerers.filter(({ departmentId, mail }) => mail !== null && (departmentId === one.departmentId || departmentId === one.delegatedToId)).map(({ mail }) => mail!))];
    recipients.set(one.id, here.length);
    for (const mail of here) byMail.set(mail, [...(byMail.get(mail) ?? []), one]);
  }
  const letters = [...byMail].map(([to, theirs]): Letter => {
    const due = theirs.map((one) => one.dueOn).sort()[0]!;
    const late = today > due;
    const subject = `${kind === 'asked' ? '調査票の回答のお願い' : late ? '【期限が過ぎています】調査票の回答の督促' : '調査票の回答の督促'}：${questionnaire.title}（期限 ${formatEra(due)}）`;
    const lines = theirs.map((one) => `・${one.systemName === null ? questionnaire.title : one.systemName}　期限 ${formatEra(one.dueOn)}${today > one.dueOn ? '（過ぎています）' : ''}`);
    return { to, subject, text: `${lead.trim()}\n\n${lines.join('\n')}\n\nTenken（点検）に入り、「調査票」の画面から回答してください。\n行き違いで提出済みのときは、ご容赦ください。\n` };
  });
  return { letters, recipients };
}
