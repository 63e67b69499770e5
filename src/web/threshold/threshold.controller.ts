import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { AssessmentList, type Place } from '../../assessments/assessment-list.service.js';
import { ThresholdJudging, type Weighed } from '../../assessments/threshold-judgement.service.js';
import { formatEra } from '../../engine/dates.js';
import { Departments } from '../../identity/departments.service.js';
import { OrganisationSettings } from '../../identity/organisation-settings.service.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Invalid, type Problem } from '../../kernel/errors.js';
import { Allow, InCtx } from '../allow.js';
import { errorsByField } from '../form-errors.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { answerFacts, answersOf, judgementModel, LEVELS, questionBlocks, resultModel, typedFrom, typedOf, type Typed } from './questions.js';

/** Fields of the wizard: the two below, and one for each question under the code of its item. */
interface WizardInput extends Record<string, unknown> {
  affairName?: unknown;
  departmentId?: unknown;
}

interface Wizard {
  typed: Typed;
  affairName: string;
  departmentId: string;
  weighed: Weighed;
  problems: readonly Problem[];
}

/** しきい値判断: the questions with the result as it comes about, the kept judgements. */
@Controller('threshold')
export class ThresholdController {
  constructor(
    private readonly judging: ThresholdJudging,
    private readonly listing: AssessmentList,
    private readonly settings: OrganisationSettings,
    private readonly departments: Departments,
  ) {}

  @Get()
  @Allow('threshold.read')
  async list(@InCtx() ctx: Ctx): Promise<Outcome> {
    const judgements = await this.judging.list(ctx);
    return page('pages/threshold/list', {
      judgements: judgements.map((one) => ({ ...one, level: LEVELS[one.result].label, tone: LEVELS[one.result].tone, judgedOn: formatEra(one.judgedOn) })),
      mayJudge: allows(ctx.actor.grants, 'threshold.judge'),
    });
  }

  @Get('new')
  @Allow('threshold.judge')
  async open(@InCtx() ctx: Ctx, @Query('from') from: unknown): Promise<Outcome> {
    const form = this.judging.questions(ctx);
    const earlier = typeof from === 'string' && from !== '' ? await this.judging.get(ctx, from) : null;
    const typed = earlier === null ? typedOf(form, {}) : typedFrom(form, earlier.answers);
    const places = await this.listing.placesFor(ctx, 'threshold.judge');
    const weighed = await this.judging.weigh(ctx, answersOf(form, typed), false);
    return this.wizard(ctx, { typed, affairName: earlier?.affairName ?? '', departmentId: earlier?.departmentId ?? onlyOf(ctx, places), weighed, problems: [] });
  }

  /** The result (and, when an answer brings other questions, the questions) while answering. */
  @Post('preview')
  @Allow('threshold.judge')
  async preview(@InCtx() ctx: Ctx, @Body() body: WizardInput, @Query('questions') questions: unknown): Promise<Outcome> {
    const form = this.judging.questions(ctx);
    const typed = typedOf(form, body);
    const weighed = await this.judging.weigh(ctx, answersOf(form, typed), false);
    const { errors } = errorsByField(weighed.problems, Object.keys(typed));
    return page('fragments/threshold/result', { result: resultModel(weighed), swapped: true, blocks: questions === 'yes' ? questionBlocks(form, typed, errors) : null });
  }

  /** `act` is `judge` (only show the result) or `keep`. */
  @Post()
  @Allow('threshold.judge')
  async keep(@InCtx() ctx: Ctx, @Body() body: WizardInput): Promise<Outcome> {
    const form = this.judging.questions(ctx);
    const typed = typedOf(form, body);
    const answers = answersOf(form, typed);
    const affairName = typeof body.affairName === 'string' ? body.affairName : '';
    const departmentId = typeof body.departmentId === 'string' ? body.departmentId : '';
    if (body.act === 'judge') {
      const weighed = await this.judging.weigh(ctx, answers, true);
      return this.wizard(ctx, { typed, affairName, departmentId, weighed, problems: weighed.problems });
    }
    try {
      const judgement = await this.judging.keep(ctx, { affairName, departmentId, answers });
      return redirect(`/threshold/${judgement.id}`);
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      return await this.wizard(ctx, { typed, affairName, departmentId, weighed: await this.judging.weigh(ctx, answers, false), problems: error.problems });
    }
  }

  @Get(':id')
  @Allow('threshold.read')
  async show(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const judgement = await this.judging.get(ctx, id);
    const department = await this.departments.get(ctx, judgement.departmentId);
    const result = judgementModel(judgement.result);
    return page('pages/threshold/judgement', {
      id: judgement.id, affairName: judgement.affairName, bodyName: department.bodyName, departmentName: department.path,
      judgedOn: formatEra(judgement.judgedOn), judgedByName: judgement.judgedByName,
      facts: answerFacts(this.judging.questionsOf(judgement), judgement.answers),
      result: { ...result, state: 'decided', problems: [], left: 0 },
      mayBegin: judgement.result.documents.length > 0 && allows(ctx.actor.grants, 'assessment.write', judgement.departmentId),
      mayJudge: allows(ctx.actor.grants, 'threshold.judge', judgement.departmentId),
    });
  }

  private async wizard(ctx: Ctx, { typed, affairName, departmentId, weighed, problems }: Wizard): Promise<Outcome> {
    const form = this.judging.questions(ctx);
    const places = await this.listing.placesFor(ctx, 'threshold.judge');
    const { errors, problems: listed } = errorsByField(problems, ['affairName', 'departmentId', ...Object.keys(typed)]);
    const several = new Set(places.map((one) => one.bodyId)).size > 1;
    return page('pages/threshold/new', {
      affairName, problems: listed, errors: { affairName: errors.affairName, departmentId: errors.departmentId },
      places: places.map((one) => ({ id: one.departmentId, label: several ? `${one.bodyName}　${one.departmentName}` : one.departmentName, chosen: one.departmentId === departmentId })),
      bodyName: several ? '' : (places[0]?.bodyName ?? ''),
      blocks: questionBlocks(form, typed, errors),
      result: resultModel(weighed), swapped: false,
      policy: (await this.settings.organisation(ctx)).raisePriorityToFull,
    }, problems.length === 0 ? 200 : 422);
  }
}

/** One's own department, or the only one there is. */
function onlyOf(ctx: Ctx, places: readonly Place[]): string {
  const own = places.find((one) => one.departmentId === ctx.actor.department);
  return own?.departmentId ?? (places.length === 1 ? places[0]!.departmentId : '');
}
