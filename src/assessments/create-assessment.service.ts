import { Injectable } from '@nestjs/common';
import { codePoints, checkText } from '../engine/answer-texts.js';
import { checkAnswer } from '../engine/answers.js';
import { emptyAnswer, hasShape } from '../engine/blanks.js';
import type { CompiledForm } from '../engine/form-index.js';
import { splitAddress, type Address, type AnswerSet, type Code } from '../engine/form.js';
import { Reading } from '../engine/reading.js';
import { Department, ImplementingBody } from '../identity/organisation.entity.js';
import { allows, type Permission } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, Refused, type Problem } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { objectOf, readAssessment } from './access.js';
import { Assessment } from './assessment.entity.js';
import { answersOf } from './assessment-reading.service.js';
import { firstRows, hashOf, insertAnswers, insertRows, withNewRows } from './filling.js';
import { Forms } from './forms.js';
import { prefilled, type Facts } from './prefilling.js';
import type { FormCode, ThresholdJudgement } from './threshold.js';

/** What a judgement gives to the document that is begun from it. */
export interface JudgementForCreation {
  id: string;
  affairName: string;
  bodyId: string;
  departmentId: string;
  /** Version of the threshold form. */
  formVersion: string;
  /** Answers by item of the threshold form. */
  answers: Readonly<Record<Code, unknown>>;
  result: Pick<ThresholdJudgement, 'documents' | 'thresholdResultOption'>;
}

export interface NameOfAssessment {
  /** 評価書名. */
  title: string;
  /** 評価書番号, if there is one already. */
  number?: string | null;
}

export interface AnswersForCreation extends NameOfAssessment {
  form: Code;
  version: string;
  departmentId: string;
  bodyId: string;
  answers: AnswerSet;
  /** Judgement on which the document rests, where it is known. */
  judgementId?: string;
  /** For the journal: where it came from, what could not be placed. */
  origin: Record<string, unknown>;
}

interface Beginning {
  form: CompiledForm;
  departmentId: string;
  bodyId: string;
  answers: AnswerSet;
  judgementId?: string;
  copiedFromId?: string;
  origin: Record<string, unknown>;
}

const LONGEST_TITLE = 300;
const LONGEST_NUMBER = 40;

/** Begins documents: from a threshold judgement, from another document, from what was brought in. */
@Injectable()
export class CreateAssessment {
  constructor(private readonly forms: Forms) {}

  /** Begins one of the forms that the judgement asks for, with what is known filled in. Throws `Invalid`, `Refused`, `NotFound`. */
  async fromJudgement(ctx: Ctx, judgement: JudgementForCreation, input: NameOfAssessment & { form: FormCode }): Promise<{ id: string }> {
    if (!judgement.result.documents.includes(input.form)) throw invalid('form-not-due', 'form', 'この判断で作る評価書の中から選んでください。');
    const form = this.forms.current(input.form, ctx.clock.today());
    const facts = await this.factsOf(ctx, input, judgement);
    const rows = firstRows(form);
    const answers = prefilled(form, rows, { ...facts, 'affair-name': judgement.affairName }, { threshold: this.forms.get('threshold', judgement.formVersion), answers: judgement.answers, result: judgement.result });
    return this.begin(ctx, 'assessment.write', input, { form, departmentId: judgement.departmentId, bodyId: judgement.bodyId, answers: { rows, answers }, judgementId: judgement.id, origin: { from: 'judgement', judgement: judgement.id } });
  }

  /**
   * Copies a document: rows under new ids, answers, figures by reference. When a newer version of the form is in use, what it
   * cannot take is named in `notCarried` and stays in the original. Throws `NotFound`, `Refused`, `Invalid`.
   */
  async fromAssessment(ctx: Ctx, sourceId: string, input: NameOfAssessment & { departmentId?: string }): Promise<{ id: string; notCarried: Address[] }> {
    const source = await readAssessment(ctx, sourceId);
    const departmentId = input.departmentId ?? source.departmentId;
    const department = await scoped(ctx, Department).get(departmentId);
    const form = this.forms.current(source.form, ctx.clock.today());
    const { answers: original } = await answersOf(ctx, source.id);
    const { carried, notCarried } = form.definition.version === source.formVersion ? { carried: original, notCarried: [] } : carriedInto(form, original);
    const answers = withNewRows(carried);
    const bodyId = departmentId === source.departmentId ? source.bodyId : department.bodyId;
    const all = await this.factsOf(ctx, input, { departmentId, bodyId });
    const facts: Facts = departmentId === source.departmentId ? { 'assessment-name': all['assessment-name'], 'assessment-number': all['assessment-number'] } : all;
    Object.assign(answers.answers, prefilled(form, answers.rows, facts, null));
    const { id } = await this.begin(ctx, 'assessment.write', input, { form, departmentId, bodyId, answers, copiedFromId: source.id, origin: { from: 'copy', copied: source.id, notCarried } });
    return { id, notCarried };
  }

  /** Begins a document from answers that were brought in; row ids are made anew. Throws `Invalid` with every answer that has no place. */
  async fromAnswers(ctx: Ctx, input: AnswersForCreation): Promise<{ id: string }> {
    const form = this.forms.get(input.form, input.version);
    const problems = problemsIn(form, input.answers);
    if (problems.length > 0) throw new Invalid('answers-invalid', '取り込む内容に、様式に合わないものがあります。', problems);
    return this.begin(ctx, 'assessment.import', input, { form, departmentId: input.departmentId, bodyId: input.bodyId, answers: withNewRows(input.answers), origin: input.origin, ...(input.judgementId === undefined ? {} : { judgementId: input.judgementId }) });
  }

  private async begin(ctx: Ctx, permission: Permission, name: NameOfAssessment, beginning: Beginning): Promise<{ id: string }> {
    const { form, departmentId, bodyId, answers } = beginning;
    const { title, number } = named(name);
    const department = await scoped(ctx, Department).get(departmentId);
    await scoped(ctx, ImplementingBody).get(bodyId);
    if (!allows(ctx.actor.grants, permission, departmentId)) throw new Refused('other-department', 'この部署の評価書を作る権限がありません。部署を選び直してください。');
    if (department.endedOn !== null && department.endedOn <= ctx.clock.today()) throw invalid('department-ended', 'department', `${department.name}は廃止されています。いまの部署を選んでください。`);
    const id = newId();
    const now = ctx.clock.now();
    await scoped(ctx, Assessment).insert({
      id, number, title, form: form.definition.form, formVersion: form.definition.version, edition: 1, bodyId, departmentId,
      judgementId: beginning.judgementId ?? null, copiedFromId: beginning.copiedFromId ?? null, status: 'draft', statusComment: null, submittedBy: null,
      edits: 0, version: 1, madeAt: now, changedAt: now, changedByName: ctx.actor.name,
    });
    await insertRows(ctx, id, answers.rows);
    await insertAnswers(ctx, id, answers.answers);
    const after = { title, number, form: form.definition.form, version: form.definition.version, rows: answers.rows.length, answers: Object.keys(answers.answers).length, sha256: hashOf(answers), ...beginning.origin };
    await record(ctx, { action: 'assessment-created', object: objectOf(id), after });
    return { id };
  }

  private async factsOf(ctx: Ctx, { title, number }: NameOfAssessment, { departmentId, bodyId }: { departmentId: string; bodyId: string }): Promise<Facts> {
    const department = await scoped(ctx, Department).get(departmentId);
    const above = department.parentId === null ? null : await scoped(ctx, Department).findOne({ id: department.parentId });
    const body = await scoped(ctx, ImplementingBody).get(bodyId);
    return {
      'implementing-body': body.name, 'assessment-name': title, 'assessment-number': number ?? null,
      department: `${above?.name ?? ''}${department.name}`, 'department-head-title': department.headTitle,
    };
  }
}

function named({ title, number }: NameOfAssessment): { title: string; number: string | null } {
  const problems: Problem[] = [];
  const read = (value: unknown, path: string, label: string, limit: number): string => checkText(value, limit, (code, message) => void problems.push({ code, path, message: `${label}：${message}` }))?.trim() ?? '';
  const kept = { title: read(title, 'title', '評価書名', LONGEST_TITLE), number: number === null || number === undefined ? '' : read(number, 'number', '評価書番号', LONGEST_NUMBER) };
  if (problems.length === 0 && codePoints(kept.title) === 0) problems.push({ code: 'title-missing', path: 'title', message: '評価書名を入力してください。' });
  if (problems.length > 0) throw new Invalid('name-invalid', '評価書名と評価書番号を確かめてください。', problems);
  return { title: kept.title, number: kept.number === '' ? null : kept.number };
}

/** What has no place in the form, or has not the shape of an answer, or cannot be stored as text. */
function problemsIn(form: CompiledForm, answers: AnswerSet): Problem[] {
  const reading = new Reading(form, answers);
  const strays = reading.strays.map(({ address, what }): Problem => ({ code: 'no-place', path: address, message: `「${(address || what).slice(0, 80)}」は、この様式に置く場所がありません。` }));
  const shapes = Object.entries(answers.answers).flatMap(([address, value]): Problem[] => {
    const item = form.byCode.get(splitAddress(address).item);
    if (item === undefined) return [];
    const whole = JSON.stringify(value);
    if (!hasShape(item.item.kind, value)) return [{ code: 'wrong-type', path: address, message: `「${item.name}」の値の型が違います。` }];
    // Well-formed JSON.stringify writes a lone surrogate as an escape, and NUL always.
    if (/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/u.test(whole)) return [{ code: 'broken-character', path: address, message: `「${item.name}」に、保存できない文字（NULか壊れた文字）が含まれています。` }];
    return [];
  });
  return [...strays, ...shapes];
}

/** The answers that another version of the form can take. */
function carriedInto(form: CompiledForm, source: AnswerSet): { carried: AnswerSet; notCarried: Address[] } {
  const reading = new Reading(form, source);
  const strayRows = new Set(reading.strays.filter((one) => one.address === '').map((one) => one.what));
  const strays = new Set(reading.strays.map((one) => one.address));
  const notCarried: Address[] = [];
  const answers: AnswerSet['answers'] = {};
  for (const [address, value] of Object.entries(source.answers)) {
    const item = form.byCode.get(splitAddress(address).item);
    const checked = item === undefined || strays.has(address) ? null : checkAnswer(item.item, value, form.definition, address);
    if (checked === null || checked.problems.length > 0) notCarried.push(address);
    else if (!emptyAnswer(checked.value)) answers[address] = checked.value!;
  }
  return { carried: { rows: source.rows.filter((row) => !strayRows.has(row.id)), answers }, notCarried };
}

function invalid(code: string, path: string, message: string): Invalid {
  return new Invalid(code, message, [{ code, path, message }]);
}
