import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { AssessmentList, PAGE, type Listed, type ListFilter } from '../../assessments/assessment-list.service.js';
import { AssessmentReading } from '../../assessments/assessment-reading.service.js';
import { STATUSES, type Status } from '../../assessments/assessment.transitions.js';
import { CreateAssessment } from '../../assessments/create-assessment.service.js';
import { AssessmentExport } from '../../assessments/assessment-export.service.js';
import { assessmentListWorkbook } from '../../documents/assessment-list.workbook.js';
import { Documents } from '../../documents/documents.service.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Allow, InCtx } from '../allow.js';
import { XLSX } from '../lists.controller.js';
import { file, page, redirect, type Outcome } from '../outcome.js';
import { headOf, liveParts, stagesOf, STATUS_TONES, stepsOf, timeText } from './assessment-view.js';
import { documentList } from './documents.controller.js';

const FORMS = { basic: '基礎項目評価書', priority: '重点項目評価書', full: '全項目評価書' } as const;

type Sort = 'number' | 'title' | 'form' | 'department' | 'status' | 'progress' | 'changed';
const COLUMNS: { sort: Sort; label: string; value(one: Listed): string | number }[] = [
  { sort: 'number', label: '番号', value: (one) => one.number ?? '' },
  { sort: 'title', label: '評価書名', value: (one) => one.title },
  { sort: 'form', label: '様式', value: (one) => one.formTitle },
  { sort: 'department', label: '所管課', value: (one) => one.departmentName },
  { sort: 'status', label: '状態', value: (one) => one.statusLabel },
  { sort: 'progress', label: '記入', value: (one) => one.progress.answered / Math.max(1, one.progress.asked) },
  { sort: 'changed', label: '最後の変更', value: (one) => one.changedAt },
];

interface Filter { words?: string; status?: string; form?: string; sort?: string; page?: string }

/** List and overview of assessments. */
@Controller('assessments')
export class AssessmentsController {
  constructor(
    private readonly assessments: AssessmentReading,
    private readonly listing: AssessmentList,
    private readonly creation: CreateAssessment,
    private readonly documents: Documents,
    private readonly exports: AssessmentExport,
  ) {}

  @Get()
  @Allow('assessment.read')
  async list(@InCtx() ctx: Ctx, @Query() query: Filter): Promise<Outcome> {
    const filter = filterOf(query);
    const { rows, total, page: at, pages } = await this.sortedPage(ctx, filter, query.sort);
    const address = (changes: Partial<Filter>): string => `/assessments?${new URLSearchParams(Object.entries({ words: filter.words ?? '', status: filter.status ?? '', form: filter.form ?? '', sort: query.sort ?? '', ...changes }).filter(([, value]) => value !== '') as [string, string][]).toString()}`;
    return page('pages/assessments/list', {
      filter: { words: filter.words ?? '' },
      filtered: filter.words !== undefined || filter.status !== undefined || filter.form !== undefined,
      statuses: Object.entries(STATUSES).map(([code, label]) => ({ code, label, chosen: code === filter.status })),
      forms: Object.entries(FORMS).map(([code, label]) => ({ code, label, chosen: code === filter.form })),
      columns: COLUMNS.map(({ sort, label }) => {
        const up = query.sort === sort;
        const down = query.sort === `-${sort}`;
        return { label, href: address({ sort: up ? `-${sort}` : sort }), sort: up ? 'ascending' : down ? 'descending' : '', mark: up ? ' ▲' : down ? ' ▼' : '' };
      }),
      rows: rows.map((one) => ({
        href: `/assessments/${one.id}`, number: one.number ?? '', title: one.title, form: one.formTitle, department: one.departmentName, tone: STATUS_TONES[one.status], status: one.statusLabel,
        progress: `${one.progress.answered}/${one.progress.asked}`, changedAt: timeText(one.changedAt), changedBy: one.changedBy,
      })),
      total,
      pager: pages === 1 ? [] : Array.from({ length: pages }, (_, index) => ({ number: index + 1, href: address({ page: String(index + 1) }), current: index + 1 === at })),
      workbook: address({}).replace('/assessments', '/assessments/list.xlsx'),
      mayImport: allows(ctx.actor.grants, 'assessment.import'),
      mayJudge: allows(ctx.actor.grants, 'threshold.judge'),
    });
  }

  @Get('list.xlsx')
  @Allow('assessment.read')
  async listAsWorkbook(@InCtx() ctx: Ctx, @Query() query: Filter): Promise<Outcome> {
    const rows = await this.all(ctx, filterOf(query));
    const bytes = await assessmentListWorkbook(sorted(rows, query.sort));
    return file(bytes, XLSX, '評価書一覧.xlsx');
  }

  /** One page of the list; an order of one's own runs over all pages. */
  private async sortedPage(ctx: Ctx, filter: ListFilter, sort: string | undefined): Promise<{ rows: Listed[]; total: number; page: number; pages: number }> {
    const found = await this.listing.list(ctx, filter);
    const { total, page: at, pages } = found;
    if (pages === 1) return { rows: sorted(found.assessments, sort), total, page: at, pages };
    if (columnOf(sort) === undefined) return { rows: found.assessments, total, page: at, pages };
    return { rows: sorted(await this.all(ctx, filter), sort).slice((at - 1) * PAGE, at * PAGE), total, page: at, pages };
  }

  private async all(ctx: Ctx, filter: ListFilter): Promise<Listed[]> {
    const rows: Listed[] = [];
    for (let at = 1, pages = 1; at <= pages; at += 1) {
      const found = await this.listing.list(ctx, { ...filter, page: at });
      rows.push(...found.assessments);
      pages = found.pages;
    }
    return rows;
  }

  @Get(':id')
  @Allow('assessment.read')
  async overview(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const opened = await this.assessments.open(ctx, id);
    const checked = this.assessments.problemsOf(opened);
    return page('pages/assessments/overview', {
      ...headOf(opened),
      ...liveParts(opened, checked, null),
      ...documentList(await this.documents.ofAssessment(ctx, id)),
      notice: null,
      stages: stagesOf(opened.assessment.status),
      actions: stepsOf(opened, checked),
      mayCopy: allows(ctx.actor.grants, 'assessment.write', opened.assessment.departmentId),
      mayMake: allows(ctx.actor.grants, 'document.make', opened.assessment.departmentId),
      mayReadRisks: allows(ctx.actor.grants, 'risk.read'),
      judgement: opened.assessment.judgementId === null ? '' : `/threshold/${opened.assessment.judgementId}`,
    });
  }

  @Post(':id/copy')
  @Allow('assessment.write')
  async copy(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const { assessment } = await this.assessments.open(ctx, id);
    const copy = await this.creation.fromAssessment(ctx, id, { title: `${assessment.title}（写し）`.slice(0, 300), number: null });
    return redirect(`/assessments/${copy.id}`);
  }

  @Get(':id/exchange')
  @Allow('assessment.read')
  async exchange(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const { bytes, mediaType, fileName } = await this.exports.exchange(ctx, id);
    return file(bytes, mediaType, fileName);
  }
}

function filterOf(query: Filter): ListFilter {
  const words = typeof query.words === 'string' && query.words.trim() !== '' ? query.words : undefined;
  return {
    ...(words === undefined ? {} : { words }),
    ...(typeof query.status === 'string' && Object.hasOwn(STATUSES, query.status) ? { status: query.status as Status } : {}),
    ...(typeof query.form === 'string' && Object.hasOwn(FORMS, query.form) ? { form: query.form } : {}),
    ...(typeof query.page === 'string' && /^\d{1,6}$/.test(query.page) ? { page: Number(query.page) } : {}),
  };
}

function sorted(rows: Listed[], sort: string | undefined): Listed[] {
  const column = columnOf(sort);
  if (column === undefined) return rows;
  const { compare } = new Intl.Collator('ja', { numeric: true });
  const direction = sort!.startsWith('-') ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [column.value(a), column.value(b)];
    return direction * (typeof left === 'number' && typeof right === 'number' ? left - right : compare(String(left), String(right)));
  });
}

function columnOf(sort: unknown): (typeof COLUMNS)[number] | undefined {
  return typeof sort === 'string' ? COLUMNS.find((one) => one.sort === sort.replace(/^-/u, '')) : undefined;
}
