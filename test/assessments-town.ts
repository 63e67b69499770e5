import { clockAt, type Clock } from '../src/kernel/clock.js';
import type { Actor, Ctx, Grant } from '../src/kernel/ctx.js';
import { inTransaction, openDatabase } from '../src/kernel/database.js';
import { newId } from '../src/kernel/ids.js';
import { AnswerSaving } from '../src/assessments/answer-saving.service.js';
import { AssessmentList } from '../src/assessments/assessment-list.service.js';
import { AssessmentReading } from '../src/assessments/assessment-reading.service.js';
import { CreateAssessment } from '../src/assessments/create-assessment.service.js';
import { testDatabase } from './test-database.js';
import { AssessmentExport } from '../src/assessments/assessment-export.service.js';
import type { Forms } from '../src/assessments/forms.js';
import { AssessmentHistory } from '../src/assessments/history.service.js';
import { Images } from '../src/assessments/images.service.js';
import { ImportReviews } from '../src/assessments/import-review.service.js';
import { Rows } from '../src/assessments/rows.service.js';
import { Workflow } from '../src/assessments/workflow.service.js';
import { ENTITIES } from '../src/entities.js';

/** A fictional organisation with one body and two departments. */
export interface Town {
  organisation: string;
  body: string;
  /** 福祉部 国保年金課 and 福祉部 こども課. */
  pension: string;
  children: string;
  /** A person who holds this role in this department (null: in the whole organisation). */
  person(role: string, department: string | null, name?: string): Promise<Actor>;
  /** Work in one transaction, as this person. */
  as<T>(actor: Actor, work: (ctx: Ctx) => Promise<T>): Promise<T>;
}

export type Database = Awaited<ReturnType<typeof openDatabase>>;

export const TODAY = clockAt('2026-11-21T01:00:00Z');

export function servicesOf(forms: Forms) {
  const images = new Images();
  const saving = new AnswerSaving(forms, images);
  const reading = new AssessmentReading(forms);
  const creation = new CreateAssessment(forms);
  return {
    forms, images, saving, reading, creation,
    rows: new Rows(forms), list: new AssessmentList(forms), workflow: new Workflow(forms), history: new AssessmentHistory(forms, saving),
    reviews: new ImportReviews(forms, creation, images), exports: new AssessmentExport(reading, images),
  };
}

export const open = (url: string, connections = 8): Promise<Database> => openDatabase(url, ENTITIES, { connections });

export async function makeTown(database: Database, name = 'みずほ野市', clock: Clock = TODAY): Promise<Town> {
  const [organisation, body, division, pension, children] = [newId(), newId(), newId(), newId(), newId()];
  await database.query('insert into organisation (id, name) values ($1, $2)', [organisation, name]);
  await database.query('insert into implementing_body (id, organisation_id, name) values ($1, $2, $3)', [body, organisation, `${name}長`]);
  const department = (id: string, parent: string | null, title: string) =>
    database.query('insert into department (id, organisation_id, body_id, parent_id, name) values ($1, $2, $3, $4, $5)', [id, organisation, body, parent, title]);
  await department(division, null, '福祉部');
  await department(pension, division, '国保年金課');
  await department(children, division, 'こども課');
  return {
    organisation, body, pension, children,
    async person(role, at, called = role) {
      const id = newId();
      await database.query('insert into account (id, organisation_id, sign_in_name, name, department_id) values ($1, $2, $3, $4, $5)', [id, organisation, id, called, at]);
      const grants: Grant[] = [{ role, department: at }];
      return { id, name: called, department: at, grants };
    },
    as: (actor, work) => inTransaction(database, { organisation, actor, clock }, work),
  };
}

/** A town in a database of its own, for the specs of one file. */
export async function openTown(): Promise<{ database: Database; town: Town; close(): Promise<void> }> {
  const { url, drop } = await testDatabase();
  const database = await open(url);
  const town = await makeTown(database);
  return { database, town, close: async () => { await database.destroy(); await drop(); } };
}
