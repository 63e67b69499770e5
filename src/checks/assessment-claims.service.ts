import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Assessment } from '../assessments/assessment.entity.js';
import { answersOf } from '../assessments/assessment-reading.service.js';
import { AssessmentSystems } from '../assessments/assessment-systems.service.js';
import { Forms } from '../assessments/forms.js';
import type { AnswerValue, Code } from '../engine/form.js';
import { Reading } from '../engine/reading.js';
import type { Ctx } from '../kernel/ctx.js';
import { scoped } from '../kernel/scoped.js';
import type { AssessmentClaims } from './checking.js';
import { acrossFacts, claimsOf } from './claims.js';
import type { RuleContent } from './rule-content.js';

const REMEMBERED = 5_000;

/** What the assessments that name a system claim of it. */
@Injectable()
export class ClaimsOfSystems {
  /** A pure function of the answers, remembered by the count of edits; losing it costs time only. */
  private readonly remembered = new Map<string, Record<Code, AnswerValue>>();

  constructor(
    private readonly content: RuleContent,
    private readonly links: AssessmentSystems,
    private readonly forms: Forms,
  ) {}

  /** @param names names of the systems by id */
  async ofSystems(ctx: Ctx, names: ReadonlyMap<string, string>): Promise<Map<string, AssessmentClaims[]>> {
    const links = await this.links.linksOf(ctx, [...names.keys()]);
    const ids = [...new Set([...links.values()].flat().map((one) => one.assessmentId))];
    const assessments = new Map((ids.length === 0 ? [] : await scoped(ctx, Assessment).find({ id: In(ids) })).map((one) => [one.id, one]));
    const found = new Map<string, AssessmentClaims[]>();
    for (const [systemId, linked] of links) {
      const own: AssessmentClaims[] = [];
      for (const { assessmentId } of linked) {
        const assessment = assessments.get(assessmentId);
        if (assessment !== undefined) own.push({ assessmentId, title: assessment.title, claims: await this.claims(ctx, assessment, names.get(systemId) ?? '') });
      }
      own.sort((a, b) => (a.assessmentId < b.assessmentId ? -1 : 1));
      const across = acrossFacts(this.content.claims, own.map((one) => one.claims));
      found.set(systemId, own.map((one) => ({ ...one, claims: { ...one.claims, ...across } })));
    }
    return found;
  }

  /** Systems of which the assessment speaks. */
  async systemsOf(ctx: Ctx, assessmentId: string): Promise<string[]> {
    return (await this.links.linkedTo(ctx, assessmentId)).map((one) => one.id);
  }

  private async claims(ctx: Ctx, assessment: Assessment, systemName: string): Promise<Record<Code, AnswerValue>> {
    const key = `${assessment.id}#${assessment.edits}#${systemName}`;
    let claims = this.remembered.get(key);
    if (claims === undefined) {
      const form = this.forms.get(assessment.form, assessment.formVersion);
      const { answers } = await answersOf(ctx, assessment.id);
      claims = claimsOf(this.content.claims, form, new Reading(form, answers, this.forms.thresholdOf(form)), systemName);
      const oldest = this.remembered.size >= REMEMBERED ? this.remembered.keys().next().value : undefined;
      if (oldest !== undefined) this.remembered.delete(oldest);
      this.remembered.set(key, claims);
    }
    return claims;
  }
}
