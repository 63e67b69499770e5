import type { INestApplicationContext } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { Assessment } from '../assessments/assessment.entity.js';
import type { Action } from '../assessments/assessment.transitions.js';
import { CreateAssessment } from '../assessments/create-assessment.service.js';
import { Forms } from '../assessments/forms.js';
import { Images } from '../assessments/images.service.js';
import { ThresholdJudging } from '../assessments/threshold-judgement.service.js';
import { Workflow } from '../assessments/workflow.service.js';
import type { Clock } from '../kernel/clock.js';
import type { Actor, Ctx } from '../kernel/ctx.js';
import { inTransaction } from '../kernel/database.js';
import { inProject } from '../kernel/root.js';
import { scoped } from '../kernel/scoped.js';
import { demoAccount, demoBody, demoDepartment, demoOffice, DEMO_ORGANISATION, seedDemoCity } from './city.js';
import { DemoAudits, type LoadedAudits } from './audits.js';
import { answerSetOf, readDemoDocuments, type DemoDocument } from './documents.js';
import { loadDemoRisks } from './risks.js';
import { loadDemoSystems } from './systems.js';

/** Steps that bring a document of the demo to where it stands, with who takes them. */
const WAY: Record<DemoDocument['status'], { action: Action; by: 'drafter' | 'section-head' | 'assessment-lead' }[]> = {
  draft: [],
  submitted: [{ action: 'submit', by: 'drafter' }],
  approved: [{ action: 'submit', by: 'drafter' }, { action: 'approve', by: 'section-head' }],
  confirmed: [{ action: 'submit', by: 'drafter' }, { action: 'approve', by: 'section-head' }, { action: 'confirm', by: 'assessment-lead' }],
};

export interface LoadedDocument {
  id: string;
  name: string;
  document: DemoDocument;
}

export interface DemoServices {
  app: INestApplicationContext;
  database: DataSource;
  clock: Clock;
}

export interface LoadedDemo {
  documents: LoadedDocument[];
  /** Ids of systems and platforms by name. */
  systems: ReadonlyMap<string, string>;
  audits: LoadedAudits;
}

/** Loads the demo city with its assessments, systems, risks and audits into an empty database; null when there is an organisation already. */
export async function loadDemo({ app, database, clock }: DemoServices): Promise<LoadedDemo | null> {
  if (!(await seedDemoCity(database, clock))) return null;
  const loaded: LoadedDocument[] = [];
  for (const document of await readDemoDocuments(inProject('templates', 'demo'))) {
    const as = <T>(role: 'drafter' | 'section-head' | 'assessment-lead', work: (ctx: Ctx) => Promise<T>): Promise<T> =>
      inTransaction(database, { organisation: DEMO_ORGANISATION, actor: actorFor(document.department, role), clock }, work);
    const id = await as('drafter', (ctx) => begin(app, ctx, document));
    for (const { action, by } of WAY[document.status]) {
      await as(by, async (ctx) => {
        const { version } = await scoped(ctx, Assessment).get(id);
        await app.get(Workflow).act(ctx, id, action, version, '');
      });
    }
    loaded.push({ id, name: document.name, document });
  }
  const assessments = new Map(loaded.map((one) => [one.name, one.id]));
  const audits = new DemoAudits({ app, database, clock });
  const systems = await loadDemoSystems({ app, database, clock }, assessments, (monthsAgo, known) => audits.afterChecks(monthsAgo, known));
  await loadDemoRisks({ app, database, clock }, systems, assessments);
  return { documents: loaded, systems, audits: await audits.finish(systems) };
}

/** The judgement is made first, as a department would; the document rests on it. */
async function begin(app: INestApplicationContext, ctx: Ctx, document: DemoDocument): Promise<string> {
  const departmentId = demoDepartment(document.department);
  const { definition } = app.get(Forms).get(document.form, document.version);
  const judgement = await app.get(ThresholdJudging).keep(ctx, { affairName: document.title.split('　')[0]!, departmentId, answers: thresholdAnswers(app, document) });
  for (const { bytes, ...facts } of document.images.values()) await app.get(Images).keep(ctx, bytes, facts);
  const number: unknown = document.answers?.['assessment-number'];
  const { id } = await app.get(CreateAssessment).fromAnswers(ctx, {
    title: document.title, number: typeof number === 'string' ? number : null, form: document.form, version: document.version, departmentId, bodyId: demoBody(document.body),
    answers: answerSetOf(document, definition), judgementId: judgement.id, origin: { from: 'demo' },
  });
  return id;
}

/** The written answers in the shape of the threshold questions. */
function thresholdAnswers(app: INestApplicationContext, document: DemoDocument): Record<string, unknown> {
  const form = app.get(Forms).all().find(({ definition }) => definition.form === 'threshold')!;
  return Object.fromEntries(Object.entries(document.threshold).map(([code, value]) => [code, form.byCode.get(code)?.item.kind === 'choice' ? { choice: String(value) } : value]));
}

function actorFor(department: string, role: 'drafter' | 'section-head' | 'assessment-lead'): Actor {
  const departmentId = demoDepartment(department);
  if (role === 'assessment-lead') return { id: demoAccount('hyoka.tokatsu'), name: '情報政策課　評価統括', department: demoDepartment('情報政策課'), grants: [{ role, department: null }] };
  return { ...demoOffice(department, role), department: departmentId, grants: [{ role, department: departmentId }] };
}
