import { Controller, Get, Param, Query } from '@nestjs/common';
import { AssessmentReading, type Checked, type Opened } from '../../assessments/assessment-reading.service.js';
import { Forms } from '../../assessments/forms.js';
import { sectionHref } from '../../assessments/item-links.js';
import { rowTitle } from '../../engine/places.js';
import type { PlacedRow } from '../../engine/reading.js';
import type { CompiledSection } from '../../engine/form-index.js';
import type { Ctx } from '../../kernel/ctx.js';
import { NotFound } from '../../kernel/errors.js';
import { Allow, Csrf, InCtx } from '../allow.js';
import { page, type Outcome } from '../outcome.js';
import { faultsByAddress, headOf, liveParts, minuteText, problemsOf } from './assessment-view.js';
import { blocksOf, labelOf } from './section-page.js';

interface Place {
  section: CompiledSection;
  row: PlacedRow | null;
}

/** The editor: one section of an assessment with its fields, and the live part around it. */
@Controller('assessments/:id')
export class EditorController {
  constructor(
    private readonly assessments: AssessmentReading,
    private readonly forms: Forms,
  ) {}

  @Get('sections/:section')
  @Allow('assessment.read')
  section(@InCtx() ctx: Ctx, @Csrf() csrf: string, @Param('id') id: string, @Param('section') section: string, @Query('notice') notice?: string): Promise<Outcome> {
    return this.show(ctx, csrf, id, section, null, notice);
  }

  @Get('sections/:section/:row')
  @Allow('assessment.read')
  sectionOfRow(@InCtx() ctx: Ctx, @Csrf() csrf: string, @Param('id') id: string, @Param('section') section: string, @Param('row') row: string, @Query('notice') notice?: string): Promise<Outcome> {
    return this.show(ctx, csrf, id, section, row, notice);
  }

  /** Tree, what is left and what is hidden now; asked for after each save. */
  @Get('live')
  @Allow('assessment.read')
  async live(@InCtx() ctx: Ctx, @Param('id') id: string, @Query('section') section?: string, @Query('row') row?: string): Promise<Outcome> {
    const opened = await this.assessments.open(ctx, id);
    const parts = liveParts(opened, this.assessments.problemsOf(opened), section === undefined ? null : { section, row: row === undefined || row === '' ? null : row }, this.forms.thresholdOf(opened.form));
    return page('fragments/assessments/live', { ...headOf(opened), ...parts });
  }

  @Get('problems')
  @Allow('assessment.read')
  async problems(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const opened = await this.assessments.open(ctx, id);
    return page('pages/assessments/problems', { ...headOf(opened, '残りと食い違い'), problems: problemsOf(this.assessments.problemsOf(opened), 2_000) });
  }

  private async show(ctx: Ctx, csrf: string, id: string, sectionCode: string, rowId: string | null, notice: string | undefined): Promise<Outcome> {
    const opened = await this.assessments.open(ctx, id);
    const place = placeOf(opened, sectionCode, rowId);
    const checked = this.assessments.problemsOf(opened);
    const current = { section: sectionCode, row: place.row?.id ?? null };
    const context = {
      reading: opened.reading,
      assessmentId: id,
      versions: new Map([...opened.marks].map(([address, mark]) => [address, { version: mark.version, at: minuteText(mark.changedAt) }])),
      problems: faultsByAddress(checked),
      readOnly: !opened.editable,
      computeThreshold: this.forms.thresholdOf(opened.form),
      csrf,
    };
    const { section } = place.section;
    return page('pages/assessments/section', {
      ...headOf(opened, labelOf(place.section)),
      ...liveParts(opened, checked, current, this.forms.thresholdOf(opened.form)),
      ...neighbours(opened, checked, current),
      here: sectionHref(id, sectionCode, current.row),
      live: `/assessments/${id}/live?section=${encodeURIComponent(sectionCode)}&row=${current.row ?? ''}`,
      notice: NOTICES[notice ?? ''] ?? null,
      section: {
        name: labelOf(place.section),
        note: section.note ?? '',
        significant: section.significant === true,
        rowTitle: place.row === null ? '' : rowTitle(opened.reading, place.row),
        blocks: blocksOf(place.section, place.row, context),
      },
    });
  }
}

const NOTICES: Record<string, { tone: string; text: string }> = {
  'row-removed': { tone: 'success', text: '行を外しました。「すべての変更の履歴」から元に戻せます。' },
  'figure-added': { tone: 'success', text: '図を加えました。説明を書いてください。' },
  saved: { tone: 'success', text: '保存しました。' },
  'over-sheets': { tone: 'warning', text: '様式に書ける件数を超えました。超えた分は別紙として印刷されます。' },
};

function placeOf(opened: Opened, code: string, rowId: string | null): Place {
  const section = opened.form.sections.find((one) => one.code === code);
  if (section === undefined) throw new NotFound('section-not-found', 'この章は様式にありません。');
  const rows = opened.reading.rowsOfSection(section.groups);
  const row = rowId === null ? rows[0] : rows.find((one) => one?.id === rowId);
  // A repeated section without a row yet is shown empty, with what to do.
  if (rowId === null && rows.length === 0) return { section: { ...section, section: { ...section.section, blocks: [] } }, row: null };
  if (row === undefined) throw new NotFound('row-not-found', 'この章の行が見つかりません。ほかの人が外したのかもしれません。');
  return { section, row };
}

function neighbours(opened: Opened, checked: Checked, current: { section: string; row: string | null }): { previous: object | null; next: object | null } {
  const { sections } = checked.progress;
  const at = sections.findIndex((one) => one.section.code === current.section && (one.row?.id ?? null) === current.row);
  const link = (index: number): object | null => {
    const one = at < 0 ? undefined : sections[index];
    return one === undefined ? null : { href: sectionHref(opened.assessment.id, one.section.code, one.row?.id ?? null), label: `${labelOf(one.section)}${one.row !== null && one.rowTitle !== null && sections.filter((other) => other.section === one.section).length > 1 ? `（${one.rowTitle}）` : ''}` };
  };
  return { previous: link(at - 1), next: link(at + 1) };
}
