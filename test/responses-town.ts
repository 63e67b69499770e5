import { createHash } from 'node:crypto';
import type { AnswerValue, Code, FormDefinition } from '../src/engine/form.js';
import { newId } from '../src/kernel/ids.js';
import type { Prefilling, ResponseStatus } from '../src/audits/questionnaire.entity.js';
import { sampleQuestionnaire } from '../src/audits/sample-questionnaire.js';
import type { Database, Town } from './assessments-town.js';

export interface AskedQuestionnaire {
  title?: string;
  per?: 'department' | 'department-system';
  definition?: FormDefinition;
  prefilling?: Record<Code, Prefilling>;
  status?: 'draft' | 'open' | 'closed';
  dueOn?: string;
}

/** A questionnaire that was sent, put into the tables directly: sending has specs of its own. */
export async function askedQuestionnaire(database: Database, town: Pick<Town, 'organisation'>, { title = '運用の調査', per = 'department', definition = sampleQuestionnaire(), prefilling = {}, status = 'open', dueOn = '2026-12-18' }: AskedQuestionnaire = {}): Promise<string> {
  const id = newId();
  const hash = createHash('sha256').update(id).update(JSON.stringify(definition)).digest('hex');
  await database.query(
    `insert into questionnaire (id, organisation_id, title, purpose, per, definition, definition_hash, prefilling, due_on, status, sent_at, sent_by_name, changed_at, changed_by_name)
     values ($1, $2, $3, '情報システムの運用を確かめます。', $4, $5, $6, $7, $8, $9, $10, '監査事務局', now(), '監査事務局')`,
    [id, town.organisation, title, per, definition, hash, prefilling, dueOn, status, status === 'draft' ? null : new Date('2026-11-16T00:00:00Z')]);
  return id;
}

export async function askedOf(database: Database, town: Pick<Town, 'organisation'>, questionnaire: string, department: string, { system = null, status = 'not-started', dueOn = '2026-12-18' }: { system?: string | null; status?: ResponseStatus; dueOn?: string } = {}): Promise<string> {
  const id = newId();
  await database.query(
    `insert into questionnaire_response (id, organisation_id, questionnaire_id, department_id, system_id, status, due_on, changed_at, changed_by_name) values ($1, $2, $3, $4, $5, $6, $7, now(), '監査事務局')`,
    [id, town.organisation, questionnaire, department, system, status, dueOn]);
  return id;
}

/** Answers as they stand: value, version and where they were filled in from. */
export async function answersOf(database: Database, response: string): Promise<Record<Code, { value: AnswerValue | null; version: number; from: string | null }>> {
  const rows: { item: Code; value: AnswerValue | null; version: number; from: string | null }[] = await database.query('select item, value, version, prefilled_from as "from" from response_answer where response_id = $1 order by item', [response]);
  return Object.fromEntries(rows.map(({ item, ...rest }) => [item, rest]));
}

/** Answers to all that the sample questionnaire requires. */
export const WHOLE: Readonly<Record<Code, AnswerValue>> = { name: '住民記録', terminals: 12, manual: { choice: 'yes' }, media: { checked: ['none'] } };
