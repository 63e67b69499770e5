import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { AssessmentList, type Place } from '../../assessments/assessment-list.service.js';
import { Forms } from '../../assessments/forms.js';
import { ImportReviews, type ReviewShown } from '../../assessments/import-review.service.js';
import type { CompiledForm } from '../../engine/form-index.js';
import { splitAddress } from '../../engine/form.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Invalid, TenkenError, type Problem } from '../../kernel/errors.js';
import { Allow, InCtx, Uploads, type Upload } from '../allow.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { timeText } from './assessment-view.js';
import { valueText } from '../../engine/value-text.js';
import { AssignInput, ConfirmImportInput, ImportInput } from './import.inputs.js';

const FORMS = [{ code: '', label: '内容から見分ける' }, { code: 'basic', label: '基礎項目評価書' }, { code: 'priority', label: '重点項目評価書' }, { code: 'full', label: '全項目評価書' }];

/** Bringing in an existing assessment: choose a file or paste, look at what was matched, then make the document. */
@Controller('assessments/import')
export class ImportController {
  constructor(
    private readonly reviews: ImportReviews,
    private readonly listing: AssessmentList,
    private readonly forms: Forms,
  ) {}

  @Get()
  @Allow('assessment.import')
  async choose(@InCtx() ctx: Ctx): Promise<Outcome> {
    return this.choosePage(ctx, { text: '', form: '', department: '' }, [], 200);
  }

  @Post()
  @Allow('assessment.import')
  async begin(@InCtx() ctx: Ctx, @Body() input: ImportInput, @Uploads() uploads: Record<string, Upload>): Promise<Outcome> {
    const upload = uploads.file;
    const pasted = input.text ?? '';
    try {
      const place = (await this.listing.placesFor(ctx, 'assessment.import')).find((one) => one.departmentId === input.department);
      if (place === undefined) throw problem('department', '取り込んだ評価書を持つ課を選んでください。');
      if (upload === undefined && pasted.trim() === '') throw problem('file', 'ファイルを選ぶか、評価書の文を貼り付けてください。');
      const { id } = await this.reviews.create(ctx, {
        fileName: upload?.fileName ?? '貼り付けた文', bytes: upload?.bytes ?? Buffer.from(pasted, 'utf8'), departmentId: place.departmentId, bodyId: place.bodyId,
        ...(input.form === undefined || input.form === '' ? {} : { form: input.form }),
      });
      return redirect(`/assessments/import/${id}`);
    } catch (error) {
      if (!(error instanceof TenkenError) || error.kind === 'refused') throw error;
      const problems = error.problems.length > 0 ? error.problems : [{ code: error.code, path: '', message: error.message }];
      return this.choosePage(ctx, { text: pasted, form: input.form ?? '', department: input.department ?? '' }, problems, 422);
    }
  }

  @Get(':id')
  @Allow('assessment.import')
  async review(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return this.reviewPage(await this.reviews.show(ctx, id), null);
  }

  @Post(':id/assign')
  @Allow('assessment.import')
  async assign(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: AssignInput): Promise<Outcome> {
    try {
      await this.reviews.assign(ctx, id, Number(input.run), input.address === '' ? null : input.address, Number(input.version));
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      return this.reviewPage(await this.reviews.show(ctx, id), error);
    }
    return redirect(`/assessments/import/${id}#run-${input.run}`);
  }

  @Post(':id/confirm')
  @Allow('assessment.import')
  async confirm(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: ConfirmImportInput): Promise<Outcome> {
    const { assessmentId } = await this.reviews.confirm(ctx, id, Number(input.version), { title: input.title, number: input.number === undefined || input.number === '' ? null : input.number });
    return redirect(`/assessments/${assessmentId}`);
  }

  @Post(':id/discard')
  @Allow('assessment.import')
  async discard(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    await this.reviews.discard(ctx, id);
    return redirect('/assessments/import');
  }

  private reviewPage(shown: ReviewShown, error: Invalid | null): Outcome {
    return page('pages/assessments/import-review', reviewModel(shown, error, this.forms.get(shown.form, shown.formVersion)), error === null ? 200 : 422);
  }

  private async choosePage(ctx: Ctx, typed: { text: string; form: string; department: string }, problems: readonly Problem[], status: number): Promise<Outcome> {
    const places = await this.listing.placesFor(ctx, 'assessment.import');
    return page('pages/assessments/import', {
      problems: problems.map((one) => ({ message: one.path === '' || one.path.length > 40 ? one.message : one.message, href: one.href ?? null })),
      text: typed.text,
      forms: FORMS.map((one) => ({ ...one, chosen: one.code === typed.form })),
      places: places.map((one: Place) => ({ id: one.departmentId, label: `${one.bodyName}　${one.departmentName}`, chosen: one.departmentId === typed.department || (typed.department === '' && one.departmentId === ctx.actor.department) })),
      waiting: (await this.reviews.waiting(ctx)).map((one) => ({ href: `/assessments/import/${one.id}`, label: one.fileName, at: timeText(one.madeAt) })),
    }, status);
  }
}

function problem(path: string, message: string): Invalid {
  return new Invalid('import-input', '取込みの入力を確かめてください。', [{ code: 'import-input', path, message }]);
}

function reviewModel(shown: ReviewShown, error: Invalid | null, form: CompiledForm): object {
  const assigned = shown.unplaced.filter((one) => one.assigned !== null).length;
  const targets = new Set(shown.targets.map((one) => one.address));
  const placements = placementsOf(shown, form);
  const percent = (Math.floor(shown.placedShare * 10_000) / 100).toFixed(2);
  return {
    ...shown,
    madeAt: timeText(shown.madeAt),
    problems: error === null ? [] : (error.problems.length > 0 ? error.problems : [{ message: error.message }]).map((one) => ({ message: one.message, href: null })),
    percent,
    placed: placements.length,
    left: shown.unplaced.length - assigned,
    isText: shown.kind === 'text',
    total: shown.totalCharacters.toLocaleString('ja-JP'),
    placedText: shown.placedCharacters.toLocaleString('ja-JP'),
    placements,
    doubts: shown.doubts.map((one) => ({ name: one.name ?? '', message: one.message, line: one.line })),
    unplaced: shown.unplaced.map((one) => ({
      index: one.index, text: one.text, line: one.line, assigned: one.assigned ?? '', assignedName: one.assignedName ?? '', ...(one.guess !== null && targets.has(one.guess) ? { guess: one.guess, guessName: one.guessName ?? '' } : { guess: '', guessName: '' }),
    })),
  };
}

/** What goes into each item: what was matched (options as the form names them), followed by what was put there by hand. */
function placementsOf({ placements, unplaced }: ReviewShown, form: CompiledForm): { name: string; text: string }[] {
  const byAddress = new Map(placements.map(({ address, name, text, value }) => {
    const compiled = form.byCode.get(splitAddress(address).item);
    const ticked = compiled !== undefined && compiled.options !== null && value !== null;
    return [address, { name, text: ticked ? valueText(compiled, value) : text }] as const;
  }));
  for (const { assigned, assignedName, text } of unplaced) {
    if (assigned === null) continue;
    const before = byAddress.get(assigned);
    byAddress.set(assigned, { name: before?.name ?? assignedName ?? '', text: before === undefined ? text : `${before.text}\n${text}` });
  }
  return [...byAddress.values()];
}
