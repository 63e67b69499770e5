/** 履歴 of a finding or an improvement opinion, from the journal: plain data. */
import { formatEra, isIsoDate } from '../../engine/dates.js';
import type { FindingScheme } from '../../findings/scheme.js';
import type { Ctx } from '../../kernel/ctx.js';
import { isId } from '../../kernel/ids.js';
import { dayInJapan } from '../../kernel/clock.js';
import { history, type JournalEntry } from '../../kernel/journal.js';
import { FINDING_STAGES } from '../../findings/finding.transitions.js';
import { ACTION_WORDS } from '../administration/journal-words.js';
import { IMPROVEMENT_KINDS } from './tree-view.js';

const FIELDS: Readonly<Record<string, string>> = {
  title: '表題', facts: '事実', criteria: '判断の基準', criteriaSource: '基準の出典', cause: '原因', effect: '影響', classification: '区分', severity: '重要度', viewpointId: '着眼点', departmentId: '所管課', systemId: 'システム',
  text: '改善を求めること', reason: '勧告の理由', kind: '種類', findings: '検出事項',
};
/** What a department is shown of the history: its texts, its own part, and the stages. */
const SHOWN_ACTIONS = ['statement-asked', 'statement-extended', 'statement-answered', 'statement-replied', 'finding-step'];
const WORDS: Readonly<Record<string, string>> = { dueOn: '期限', agreed: '事実に相違', text: '文', reply: '監査側の見解', stage: '段階', title: '表題', label: '名前', number: '符号', people: '宛先の人数' };

/** Newest first. @param full everything; otherwise only what a department is shown */
export async function historyOf(ctx: Ctx, kind: 'finding' | 'improvement', id: string, full: boolean): Promise<JournalEntry[]> {
  const entries = await history(ctx, { kind, id });
  return full ? entries : entries.filter((one) => SHOWN_ACTIONS.includes(one.action)).map(({ before: _, comment: __, ...one }) => ({ ...one, ...(one.action === 'finding-step' ? {} : { after: undefined }) }));
}

const CLOCK_TIME = new Intl.DateTimeFormat('ja-JP', { timeZone: 'Asia/Tokyo', hour: '2-digit', minute: '2-digit' });

/** What codes and ids in the history are called: terms of the scheme, departments, systems, viewpoints. */
export async function historyNames(ctx: Ctx, auditId: string, { classifications, severities }: FindingScheme): Promise<Map<string, string>> {
  const rows: { id: string; name: string }[] = await ctx.tx.query(
    `select id, name from department where organisation_id = $1 union all select id, name from system where organisation_id = $1 union all select id, text from audit_viewpoint where organisation_id = $1 and audit_id = $2`, [ctx.organisation, auditId]);
  return new Map([...Object.entries(IMPROVEMENT_KINDS), ...[...classifications, ...severities].map((one): [string, string] => [one.code, one.label]), ...rows.map((one): [string, string] => [one.id, one.name])]);
}

export function historyView(of: { title: string; back: string }, entries: readonly JournalEntry[], names: ReadonlyMap<string, string>): object {
  return {
    ...of,
    changes: entries.map((one) => ({
      on: dayInJapan(new Date(one.at)), time: CLOCK_TIME.format(new Date(one.at)), by: one.actor.name, what: ACTION_WORDS[one.action] ?? one.action, field: FIELDS[one.path ?? ''] ?? '', before: shown(one.before, names), after: shown(one.after, names), comment: one.comment ?? '',
    })),
  };
}

/** Values as a person reads them; an id of what is gone says nothing and is left out. */
function shown(value: unknown, names: ReadonlyMap<string, string>): string {
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'boolean') return value ? 'ない' : 'ある';
  if (typeof value === 'string') return names.get(value) ?? FINDING_STAGES[value as keyof typeof FINDING_STAGES]?.label ?? (isIsoDate(value) ? formatEra(value) : isId(value) ? '' : value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `${value.length}件`;
  return Object.entries(value).flatMap(([name, one]) => {
    const text = typeof one === 'object' ? '' : shown(one, names);
    return WORDS[name] === undefined || text === '' ? [] : [`${WORDS[name]}：${text}`];
  }).join('\n');
}
