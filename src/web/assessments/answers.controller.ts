import { Body, Controller, Get, Headers, Param, Post } from '@nestjs/common';
import { AssessmentHistory, type Change } from '../../assessments/history.service.js';
import { AnswerSaving, type Saved } from '../../assessments/answer-saving.service.js';
import { AssessmentReading, type Opened } from '../../assessments/assessment-reading.service.js';
import type { CompiledItem } from '../../engine/form-index.js';
import { splitAddress, type AnswerValue } from '../../engine/form.js';
import { placeName } from '../../engine/places.js';
import { textDiff } from '../../engine/text-diff.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, NotFound } from '../../kernel/errors.js';
import { Allow, InCtx } from '../allow.js';
import { data, page, redirect, type Outcome } from '../outcome.js';
import { AssessmentForms } from './assessment-forms.js';
import { faultsByAddress, headOf, minuteText, timeText } from './assessment-view.js';
import { answerFromFields, type Fields } from '../fields/field-input.js';
import { RestoreInput } from './inputs.js';
import { valueText } from '../../engine/value-text.js';

/** Saving, history and restoring of single items. */
@Controller('assessments/:id')
export class AnswersController {
  constructor(
    private readonly saving: AnswerSaving,
    private readonly history: AssessmentHistory,
    private readonly assessments: AssessmentReading,
    private readonly forms: AssessmentForms,
  ) {}

  /** One field of the editor: `address`, `version` (seen), and the controls of its kind, or `value` as JSON. */
  @Post('answers')
  @Allow('assessment.write')
  async save(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() body: unknown, @Headers('accept') accept = '', @Headers('content-type') type = ''): Promise<Outcome> {
    const fields = (typeof body === 'object' && body !== null ? body : {}) as Fields;
    const address = typeof fields.address === 'string' ? fields.address : '';
    const seen = typeof fields.version === 'number' ? fields.version : /^\d{1,9}$/.test(String(fields.version)) ? Number(fields.version) : NaN;
    const json = type.startsWith('application/json');
    const item = await this.forms.itemOf(ctx, id, address);
    const value = json ? fields.value : answerFromFields(item.item, fields, address);
    try {
      const saved = await this.saving.save(ctx, id, address, value, seen, typeof fields.formVersion === 'string' ? fields.formVersion : undefined);
      if (json || accept.startsWith('application/json')) return data(savedData(saved, item));
      return redirect(await this.placeOf(ctx, id, address));
    } catch (error) {
      if (!(error instanceof Conflict) || error.sides === undefined || json) throw error;
      if (accept.startsWith('application/json')) return page('fragments/assessments/conflict', conflictModel(item, error.sides), 409);
      return this.conflictPage(ctx, id, item, { address, action: `/assessments/${id}/answers`, fields, sides: error.sides });
    }
  }

  /** Help, problems and history of an item: beside the editor, or as a page of its own. */
  @Get('items/:address')
  @Allow('assessment.read')
  async item(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('address') address: string, @Headers('hx-request') part?: string): Promise<Outcome> {
    const opened = await this.assessments.open(ctx, id);
    const { item, current, changes } = await this.history.ofItem(ctx, id, address);
    const model = { ...headOf(opened, item.item.label), back: opened.href(address), item: itemDetail(opened, item, address, current.version, changes, faultsByAddress(this.assessments.problemsOf(opened)).get(address) ?? []) };
    return page(part === undefined ? 'pages/assessments/item' : 'fragments/assessments/item', model);
  }

  @Post('items/:address/restore')
  @Allow('assessment.write')
  async restore(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('address') address: string, @Body() input: RestoreInput): Promise<Outcome> {
    try {
      await this.history.restore(ctx, id, address, Number(input.entry), input.side, Number(input.version));
      return redirect(await this.placeOf(ctx, id, address));
    } catch (error) {
      if (!(error instanceof Conflict) || error.sides === undefined) throw error;
      return this.conflictPage(ctx, id, await this.forms.itemOf(ctx, id, address), { address, action: `/assessments/${id}/items/${encodeURIComponent(address)}/restore`, fields: { entry: input.entry, side: input.side }, sides: error.sides });
    }
  }

  @Get('history')
  @Allow('assessment.read')
  async all(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const opened = await this.assessments.open(ctx, id);
    const changes = await this.history.ofAssessment(ctx, id, 300);
    return page('pages/assessments/history', { ...headOf(opened, '履歴'), entries: changes.map((one) => entryModel(opened, one)) });
  }

  private async placeOf(ctx: Ctx, id: string, address: string): Promise<string> {
    return (await this.assessments.open(ctx, id)).href(address);
  }

  private async conflictPage(ctx: Ctx, id: string, item: CompiledItem, { address, action, fields, sides }: Resend): Promise<Outcome> {
    const opened = await this.assessments.open(ctx, id);
    const kept = Object.entries(fields).filter(([name]) => name !== 'version').flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => ({ name, value: String(one) })));
    return page('pages/assessments/conflict', { ...conflictModel(item, sides), assessmentTitle: opened.assessment.title, back: opened.href(address), action, fields: kept }, 409);
  }
}

type Sides = NonNullable<Conflict['sides']>;

/** What is sent again when the person keeps their own text. */
interface Resend { address: string; action: string; fields: Fields; sides: Sides }

function conflictModel(compiled: CompiledItem, sides: Sides): object {
  const segments = textDiff(valueText(compiled, sides.current as AnswerValue | null), valueText(compiled, sides.sent as AnswerValue | null));
  return {
    label: compiled.item.label,
    by: sides.by ?? 'ほかの人',
    at: sides.at === undefined ? '先ほど' : timeText(sides.at),
    currentVersion: sides.currentVersion,
    mine: segments.filter((one) => one.kind !== 'removed').map((one) => ({ text: one.text, changed: one.kind === 'added' })),
    theirs: segments.filter((one) => one.kind !== 'added').map((one) => ({ text: one.text, changed: one.kind === 'removed' })),
  };
}

function savedData({ version, changedAt, cleared, value }: Saved, { item }: CompiledItem): object {
  const records = item.kind === 'record-list' && typeof value === 'object' && value !== null && 'lists' in value ? value.lists : null;
  return {
    version,
    savedAt: minuteText(changedAt),
    cleared: cleared.map((one) => ({ address: one.address, version: one.version })),
    text: records === null ? '' : `${records.length}一覧・${records.reduce((sum, one) => sum + one.records.length, 0)}項目`,
  };
}

function itemDetail(opened: Opened, compiled: CompiledItem, address: string, version: number, changes: Change[], problems: readonly string[]): object {
  const { item } = compiled;
  const row = splitAddress(address).row;
  const placed = row === null ? null : opened.reading.row(row);
  if (placed === undefined) throw new NotFound('row-not-found', 'この欄のある行が見つかりません。');
  return {
    label: item.label,
    place: placeName(opened.reading, { item: compiled, row: placed }),
    significant: item.significant === true,
    why: opened.reading.visible(compiled, placed) === 'no' ? `いまは聞かれない項目です：${opened.reading.explain(compiled, placed)?.text ?? ''}` : '',
    help: item.help === undefined ? null : { asks: item.help.asks, example: item.help.example ?? '', mistake: item.help.mistake ?? '' },
    problems,
    history: changes.map((one) => ({
      at: timeText(one.at),
      by: one.by,
      what: one.what,
      segments: segmentsOf(compiled, one),
      restore: !opened.editable || one.restorable !== 'answer' ? null : { action: `/assessments/${opened.assessment.id}/items/${encodeURIComponent(address)}/restore`, version, entry: one.number, label: 'この変更の前に戻す' },
    })),
  };
}

function segmentsOf(compiled: CompiledItem, change: Change): { text: string; removed: boolean; added: boolean }[] {
  return textDiff(valueText(compiled, change.before), valueText(compiled, change.after)).map((one) => ({ text: one.text, removed: one.kind === 'removed', added: one.kind === 'added' }));
}

function entryModel(opened: Opened, change: Change): object {
  const item = change.address === null ? undefined : opened.form.byCode.get(splitAddress(change.address).item);
  const answered = item !== undefined && change.restorable === 'answer';
  return {
    at: timeText(change.at),
    by: change.by,
    what: change.what,
    place: change.itemName ?? '',
    href: change.address === null || !answered ? '' : opened.href(change.address),
    comment: change.comment !== null && !change.comment.startsWith('#') ? change.comment : '',
    segments: answered ? segmentsOf(item, change) : [],
    restore: change.restorable === 'row' && opened.editable ? `/assessments/${opened.assessment.id}/rows/restore/${change.number}` : '',
  };
}

