/** What a finding still lacks, and for which step it must be there. Pure. */
import type { Finding, FindingStatement } from './finding.entity.js';
import type { FindingAct } from './finding.transitions.js';

export interface Lack {
  code: string;
  /** Japanese: what is missing, in a sentence and in a word. */
  message: string;
  word: string;
  /** Field or part of the page. */
  path: string;
  /** Steps that are refused meanwhile; none: a hint. */
  blocks: readonly FindingAct[];
}

export interface Around {
  /** Evidence links and files. */
  evidence: number;
  departments: readonly string[];
  statements: readonly Pick<FindingStatement, 'departmentId' | 'agreed' | 'reply' | 'dueOn'>[];
  /** ISO day. */
  today: string;
}

const EARLY: readonly FindingAct[] = ['ask', 'waive', 'confirm', 'decide'];

export function lacksOf(finding: Pick<Finding, 'kind' | 'title' | 'facts' | 'criteria' | 'severity' | 'classification' | 'stage'>, around: Around): Lack[] {
  const lacks: Lack[] = [];
  const lack = (code: string, path: string, word: string, message: string, blocks: readonly FindingAct[]): void => void lacks.push({ code, path, word, message, blocks });
  if (finding.title.trim() === '') lack('no-title', 'title', '表題', '表題がありません。', EARLY);
  if (finding.kind === 'heading') return lacks;
  if (finding.facts.trim() === '') lack('no-facts', 'facts', '事実', '事実が書かれていません。', EARLY);
  if (around.departments.length === 0) lack('no-department', 'departmentId', '所管課', '所管課が決まっていません。', ['ask']);
  if (finding.criteria.trim() === '') lack('no-criteria', 'criteria', '判断の基準', '判断の基準が書かれていません。', ['decide']);
  if (finding.classification === null) lack('no-classification', 'classification', '区分', '区分が決まっていません。', ['decide']);
  if (finding.severity === null) lack('no-severity', 'severity', '重要度', '重要度が決まっていません。', ['decide']);
  if (around.evidence === 0) lack('no-evidence', 'evidence', '根拠', '根拠がありません。', []);
  if (finding.stage === 'confirming') lacks.push(...statementLacks(around));
  return lacks;
}

/** Facts are confirmed when every department has answered, or its time is over; who does not agree gets a reply. */
function statementLacks({ statements, today }: Around): Lack[] {
  const waiting = statements.filter((one) => one.agreed === null);
  const late = waiting.filter((one) => one.dueOn < today);
  const unreplied = statements.filter((one) => one.agreed === false && one.reply.trim() === '');
  return [
    ...(waiting.length > late.length ? [{ code: 'unanswered', path: 'statements', word: '事実確認の回答', message: `事実確認の回答を待っています（${waiting.length - late.length}課）。`, blocks: ['confirm'] as const }] : []),
    ...(late.length > 0 ? [{ code: 'late', path: 'statements', word: '期限を過ぎた回答', message: `事実確認の回答が期限を過ぎています（${late.length}課）。`, blocks: [] }] : []),
    ...(unreplied.length > 0 ? [{ code: 'unreplied', path: 'statements', word: '監査側の見解', message: `弁明・見解に、監査側の見解を書いていません（${unreplied.length}課）。`, blocks: ['confirm'] as const }] : []),
  ];
}
