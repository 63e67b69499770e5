import { In } from 'typeorm';
import { checkText } from '../engine/answer-texts.js';
import { checkAnswer } from '../engine/answers.js';
import { emptyAnswer } from '../engine/blanks.js';
import type { DecisionTable } from '../engine/decision-table.js';
import type { CompiledForm, CompiledItem } from '../engine/form-index.js';
import type { AnswerValue, Code } from '../engine/form.js';
import { Reading } from '../engine/reading.js';
import { Department, ImplementingBody, Organisation } from '../identity/organisation.entity.js';
import { allows, reachOf } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, NotFound, Refused, TenkenError, type Problem } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { Forms } from './forms.js';
import { Judgement } from './threshold-judgement.entity.js';
import { judge, outlook, type Level, type ThresholdInput, type ThresholdJudgement, type ThresholdOutlook, type ThresholdPolicy } from './threshold.js';

/** What was typed into the questions, by item; already of the shape of an answer, still unchecked. */
export type TypedAnswers = Readonly<Record<Code, unknown>>;

export interface Weighed {
  /** Checked answers of the questions that are asked. */
  answers: Record<Code, AnswerValue>;
  /** Null while answers that decide are missing, or some are wrong. */
  judgement: ThresholdJudgement | null;
  /** What can be said meanwhile; null when the answers are wrong. */
  outlook: ThresholdOutlook | null;
  /** What is wrong, and (when everything is to be there) what is missing, by item. */
  problems: Problem[];
  /** Required questions without an answer; the dates of the counts do not decide, but must be there to be kept. */
  left: number;
}

export interface JudgementToKeep {
  affairName: string;
  departmentId: string;
  answers: TypedAnswers;
}

export interface ListedJudgement {
  id: string;
  affairName: string;
  bodyName: string;
  departmentName: string;
  result: Level;
  judgedOn: string;
  judgedByName: string;
}

const LONGEST_AFFAIR = 200;
const MOST_LISTED = 200;

/** Judges the threshold, keeps judgements and finds them again. */
export class ThresholdJudging {
  constructor(
    private readonly forms: Forms,
    private readonly table: DecisionTable,
  ) {}

  /** The questions as they are asked today. */
  questions(ctx: Ctx): CompiledForm {
    return this.forms.current('threshold', ctx.clock.today());
  }

  /** The questions under which a kept judgement was made. Throws `NotFound`. */
  questionsOf(judgement: Judgement): CompiledForm {
    return this.forms.get('threshold', judgement.formVersion);
  }

  /** Judges without keeping. `complete`: a missing answer is a problem too. */
  async weigh(ctx: Ctx, typed: TypedAnswers, complete: boolean): Promise<Weighed> {
    const form = this.questions(ctx);
    const { answers, problems } = checked(form, typed, ctx.clock.today());
    const input = { ...inputOf(form, answers), policy: await this.policyOf(ctx) };
    const open = missingIn(form, answers, problems);
    if (complete) problems.push(...open);
    if (problems.length === 0) problems.push(...tried(() => outlook(input, this.table)).problems);
    if (problems.length > 0) return { answers, judgement: null, outlook: null, problems, left: open.length };
    const judged = tried(() => judge(input, this.table)).value;
    return { answers, judgement: judged, outlook: judged === null ? outlook(input, this.table) : null, problems: [], left: open.length };
  }

  /** Keeps a judgement with its inputs and its day. Throws `Invalid` with every problem, `Refused` (other department), `NotFound`. */
  async keep(ctx: Ctx, input: JudgementToKeep): Promise<Judgement> {
    const problems: Problem[] = [];
    const affairName = checkText(input.affairName, LONGEST_AFFAIR, (code, message) => void problems.push({ code, path: 'affairName', message: `事務の名称：${message}` }))?.trim() ?? '';
    if (problems.length === 0 && affairName === '') problems.push({ code: 'affair-missing', path: 'affairName', message: '事務の名称を入力してください。' });
    const department = await this.departmentFor(ctx, input.departmentId, problems);
    const weighed = await this.weigh(ctx, input.answers, true);
    problems.push(...weighed.problems);
    if (problems.length > 0 || department === null || weighed.judgement === null) throw new Invalid('judgement-invalid', 'しきい値判断の入力を確かめてください。', problems);
    const judgement: Omit<Judgement, 'organisationId'> = {
      id: newId(), affairName, bodyId: department.bodyId, departmentId: department.id,
      formVersion: this.questions(ctx).definition.version, tableVersion: this.table.version,
      answers: weighed.answers, result: weighed.judgement, judgedOn: ctx.clock.today(), judgedBy: ctx.actor.id ?? '', judgedByName: ctx.actor.name,
    };
    await scoped(ctx, Judgement).insert(judgement);
    const { result, mandatory, decidingRow } = weighed.judgement;
    await record(ctx, { action: 'threshold-judged', object: { kind: 'threshold-judgement', id: judgement.id }, after: { affairName, answers: weighed.answers, mandatory, result, row: decidingRow.code, table: this.table.version } });
    return { ...judgement, organisationId: ctx.organisation };
  }

  /** Throws `NotFound`, `Refused` (another department). */
  async get(ctx: Ctx, id: string): Promise<Judgement> {
    const judgement = await scoped(ctx, Judgement).get(id);
    if (!allows(ctx.actor.grants, 'threshold.read', judgement.departmentId)) throw new Refused('other-department', 'このしきい値判断は、ほかの部署のものです。見る必要があるときは、所管課に頼んでください。');
    return judgement;
  }

  /** Newest first, as far as the grants reach. */
  async list(ctx: Ctx, most = MOST_LISTED): Promise<ListedJudgement[]> {
    const reach = reachOf(ctx.actor.grants, 'threshold.read');
    if (reach !== 'all' && reach.size === 0) return [];
    const found = await scoped(ctx, Judgement).find(reach === 'all' ? {} : { departmentId: In([...reach]) }, { judgedOn: 'DESC', id: 'ASC' }, most);
    if (found.length === 0) return [];
    const bodies = new Map((await scoped(ctx, ImplementingBody).find()).map((one) => [one.id, one.name]));
    const departments = new Map((await scoped(ctx, Department).find()).map((one) => [one.id, one.name]));
    return found.map((one) => ({
      id: one.id, affairName: one.affairName, bodyName: bodies.get(one.bodyId) ?? '', departmentName: departments.get(one.departmentId) ?? '',
      result: one.result.result, judgedOn: one.judgedOn, judgedByName: one.judgedByName,
    }));
  }

  private async departmentFor(ctx: Ctx, id: string, problems: Problem[]): Promise<Department | null> {
    if (id === '') {
      problems.push({ code: 'department-missing', path: 'departmentId', message: '所管課を選んでください。' });
      return null;
    }
    const department = await scoped(ctx, Department).get(id);
    if (!allows(ctx.actor.grants, 'threshold.judge', department.id)) throw new Refused('other-department', 'この部署のしきい値判断をする権限がありません。所管課を選び直してください。');
    if (department.endedOn !== null && department.endedOn <= ctx.clock.today()) {
      problems.push({ code: 'department-ended', path: 'departmentId', message: `${department.name}は廃止されています。いまの所管課を選んでください。` });
      return null;
    }
    return department;
  }

  private async policyOf(ctx: Ctx): Promise<ThresholdPolicy> {
    const organisation = await scoped(ctx, Organisation).findOne({ id: ctx.organisation });
    if (organisation === null) throw new NotFound();
    return { raise: organisation.raisePriorityToFull ? [{ from: 'priority', to: 'full' }] : [] };
  }
}

/** The value, or what the table finds wrong with the input that it was given. */
function tried<T>(work: () => T): { value: T | null; problems: readonly Problem[] } {
  try {
    return { value: work(), problems: [] };
  } catch (error) {
    if (error instanceof TenkenError) return { value: null, problems: error.problems };
    throw error;
  }
}

/** The questions of the form that a person answers (nothing computed), in order. */
export function asked(form: CompiledForm): CompiledItem[] {
  return form.items.filter(({ item }) => item.kind === 'choice' || item.kind === 'number' || item.kind === 'date');
}

function checked(form: CompiledForm, typed: TypedAnswers, today: string): { answers: Record<Code, AnswerValue>; problems: Problem[] } {
  const all: Record<Code, AnswerValue> = {};
  const problems: Problem[] = [];
  for (const { code, item } of asked(form)) {
    if (!Object.hasOwn(typed, code)) continue;
    const result = checkAnswer(item, typed[code], form.definition);
    problems.push(...result.problems);
    if (result.problems.length > 0 || emptyAnswer(result.value) || result.value === null) continue;
    if (item.kind === 'date' && String(result.value) > today) problems.push({ code: 'date-in-future', path: code, message: `「${item.label}」が今日より後の日になっています。数えた日を入れてください。` });
    else all[code] = result.value;
  }
  const reading = new Reading(form, { rows: [], answers: all });
  const shown = new Set(asked(form).filter((one) => reading.visible(one, null) !== 'no').map((one) => one.code));
  return { answers: Object.fromEntries(Object.entries(all).filter(([code]) => shown.has(code))), problems: problems.filter((one) => shown.has(one.path)) };
}

function missingIn(form: CompiledForm, answers: Record<Code, AnswerValue>, problems: readonly Problem[]): Problem[] {
  const reading = new Reading(form, { rows: [], answers });
  const wrong = new Set(problems.map((one) => one.path));
  return asked(form)
    .filter((one) => one.item.need === 'required' && reading.visible(one, null) === 'yes' && !Object.hasOwn(answers, one.code) && !wrong.has(one.code))
    .map(({ code, item }) => ({ code: 'answer-missing', path: code, message: `「${item.label}」に答えてください。` }));
}

/** The facts that the table asks for. */
function inputOf(form: CompiledForm, answers: Record<Code, AnswerValue>): ThresholdInput {
  const rule = form.items.flatMap(({ item }) => (item.kind === 'computed' && item.compute.rule === 'threshold-result' ? [item.compute.inputs] : []))[0];
  const choice = (code: Code): string | undefined => (answers[code] as { choice?: string } | undefined)?.choice;
  const number = (code: Code | undefined): number | undefined => (code !== undefined && typeof answers[code] === 'number' ? answers[code] : undefined);
  const incident = rule === undefined ? undefined : choice(rule.incident);
  return {
    ...(choice('exempt-kind') === undefined ? {} : { exempt: choice('exempt-kind') }),
    people: number(rule?.people), handlers: number(rule?.handlers),
    ...(incident === undefined ? {} : { incident: incident === 'yes' }),
    voluntaryLevel: (choice('voluntary-level') ?? 'none') as Level,
  };
}
