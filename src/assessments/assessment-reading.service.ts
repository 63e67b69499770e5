import { Injectable } from '@nestjs/common';
import { consistency, type Contradiction } from '../engine/consistency.js';
import type { CompiledForm } from '../engine/form-index.js';
import type { Address, AnswerSet } from '../engine/form.js';
import { progress, type Progress } from '../engine/progress.js';
import { readiness } from '../engine/readiness.js';
import { Reading } from '../engine/reading.js';
import { Department, ImplementingBody } from '../identity/organisation.entity.js';
import type { Ctx } from '../kernel/ctx.js';
import type { Problem } from '../kernel/errors.js';
import { scoped } from '../kernel/scoped.js';
import { readAssessment } from './access.js';
import { Answer, AnswerRow } from './answer.entity.js';
import type { Assessment } from './assessment.entity.js';
import { actionsFor, mayEdit, STATUSES, type Transition } from './assessment.transitions.js';
import { newestEntry } from './changes-since.js';
import { rowOf } from './clearing.js';
import { Forms } from './forms.js';
import { hrefOf } from './item-links.js';

/** Who changed an answer last, and the version to send back with the next save. Cleared answers have one too. */
export interface Mark {
  version: number;
  /** ISO instant. */
  changedAt: string;
  changedBy: string;
}

/** A document laid open for pages, checks and exports. */
export interface Opened {
  assessment: Assessment;
  departmentName: string;
  bodyName: string;
  statusLabel: string;
  form: CompiledForm;
  answers: AnswerSet;
  /** By address; an item instance without one has version 0. */
  marks: ReadonlyMap<Address, Mark>;
  reading: Reading;
  /** Number of the newest journal entry that is shown here; row actions send it back. */
  seen: number;
  editable: boolean;
  /** Steps that this person may take now. */
  actions: Transition[];
  /** Page and anchor of an item instance. */
  href(address: Address): string;
}

export interface Checked {
  /** What keeps it from being ready, in printed order. */
  missing: Problem[];
  /** What contradicts itself; does not keep it from being submitted. */
  contradictions: Contradiction[];
  progress: Progress;
}

/** Opens one document. */
@Injectable()
export class AssessmentReading {
  constructor(private readonly forms: Forms) {}

  /** Throws `NotFound`, `Refused`. */
  async open(ctx: Ctx, id: string): Promise<Opened> {
    const assessment = await readAssessment(ctx, id);
    // The number first: what is read after it may be newer, never older.
    const seen = await newestEntry(ctx, id);
    const department = await scoped(ctx, Department).get(assessment.departmentId);
    const body = await scoped(ctx, ImplementingBody).get(assessment.bodyId);
    const { answers, marks } = await answersOf(ctx, id);
    const form = this.forms.get(assessment.form, assessment.formVersion);
    return {
      assessment, departmentName: department.name, bodyName: body.name, statusLabel: STATUSES[assessment.status],
      form, answers, marks, reading: new Reading(form, answers, this.forms.thresholdOf(form)), seen,
      editable: mayEdit(assessment, ctx.actor), actions: actionsFor(assessment, ctx.actor),
      href: (address) => hrefOf(id, form, address, answers.rows),
    };
  }

  /** Readiness, consistency and progress. Throws `NotFound`, `Refused`. */
  async problems(ctx: Ctx, id: string): Promise<Checked> {
    return this.problemsOf(await this.open(ctx, id));
  }

  problemsOf({ form, reading, href }: Pick<Opened, 'form' | 'reading' | 'href'>): Checked {
    return { missing: readiness(form, reading, href), contradictions: consistency(form, reading, href), progress: progress(form, reading) };
  }

  progressOf({ form, reading }: Pick<Opened, 'form' | 'reading'>): Progress {
    return progress(form, reading);
  }
}

/** All rows and answers of a document; cleared answers have a mark and no value. */
export async function answersOf(ctx: Ctx, assessmentId: string): Promise<{ answers: AnswerSet; marks: Map<Address, Mark> }> {
  const rows = await scoped(ctx, AnswerRow).find({ assessmentId }, { position: 'ASC' });
  const stored = await scoped(ctx, Answer).find({ assessmentId });
  const answers: AnswerSet = { rows: rows.map(rowOf), answers: {} };
  const marks = new Map<Address, Mark>();
  for (const { address, value, version, changedAt, changedByName } of stored) {
    if (value !== null) answers.answers[address] = value;
    marks.set(address, { version, changedAt: changedAt.toISOString(), changedBy: changedByName });
  }
  return { answers, marks };
}
