import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ActionReading, type ActionPage } from '../../findings/action-reading.service.js';
import { CorrectiveActions } from '../../findings/corrective-actions.service.js';
import { MOVES } from '../../findings/corrective-action.transitions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, Refused, type Problem } from '../../kernel/errors.js';
import { conflictPage } from '../administration/conflict-page.js';
import { Allow, InCtx } from '../allow.js';
import { errorsByField } from '../form-errors.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { ActionPages } from './action-pages.js';
import { NewActionQuery, NewActionsInput, PlanInput } from './inputs.js';

interface TypedLine { title: string; planned: string; departmentId: string; dueOn: string }

const EMPTY: TypedLine = { title: '', planned: '', departmentId: '', dueOn: '' };
const FIELDS = ['title', 'planned', 'departmentId', 'dueOn'] as const;

const errorsOf = (problems: readonly Problem[], line: number): Record<string, string> => Object.fromEntries(FIELDS.map((field) => [field, problems.find((one) => one.path === `${field}-${line}`)?.message ?? '']));

/** Lines that a new form offers. */
const LINES = 3;

/** One action: new ones, its page, its plan. */
@Controller('actions')
export class ActionController {
  constructor(
    private readonly actions: CorrectiveActions,
    private readonly reading: ActionReading,
    private readonly pages: ActionPages,
  ) {}

  @Get('new')
  @Allow('action.read')
  async open(@InCtx() ctx: Ctx, @Query() query: NewActionQuery): Promise<Outcome> {
    return this.newPage(ctx, { finding: query.finding ?? '', improvement: query.improvement ?? '' }, [], []);
  }

  @Post()
  @Allow('action.read')
  async add(@InCtx() ctx: Ctx, @Body() input: NewActionsInput): Promise<Outcome> {
    const lines = (input.title ?? []).map((title, n): TypedLine => ({ title, planned: input.planned?.[n] ?? '', departmentId: input.departmentId?.[n] ?? '', dueOn: input.dueOn?.[n] ?? '' }));
    const written = lines.filter((one) => one.title.trim() !== '' || one.planned.trim() !== '' || one.dueOn !== '');
    try {
      const missing = written.flatMap((one, n) => (one.departmentId === '' ? [{ code: 'department-missing', path: `departmentId-${n + 1}`, message: '責任を持つ課を選んでください。' }] : []));
      if (missing.length > 0) throw new Invalid('department-missing', '責任を持つ課を選んでください。', missing);
      const ids = await this.actions.add(ctx, ofSubject(input), written);
      return redirect(ids.length === 1 ? `/actions/${ids[0]!}` : '/actions?view=list');
    } catch (error) {
      if (error instanceof Invalid) return await this.newPage(ctx, input, written, error.problems);
      throw error;
    }
  }

  @Get(':id')
  @Allow('action.read')
  async show(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return this.pages.show(ctx, id, null);
  }

  @Get(':id/edit')
  @Allow('action.read')
  async edit(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const found = await this.reading.get(ctx, id);
    if (!found.moves.has('plan')) throw new Refused('not-allowed', `「${MOVES.plan.label}」ことは、いまはできません。終わった措置か、ほかの課の措置です。`);
    return this.editPage(found, stored(found), []);
  }

  @Post(':id')
  @Allow('action.read')
  async change(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: PlanInput): Promise<Outcome> {
    try {
      await this.actions.plan(ctx, id, Number(input.version), input);
      return redirect(`/actions/${id}`);
    } catch (error) {
      if (error instanceof Invalid) return this.editPage(await this.reading.get(ctx, id), input, error.problems);
      if (!(error instanceof Conflict)) throw error;
      const now = await this.reading.get(ctx, id);
      const theirs = stored(now);
      const field = (name: 'title' | 'planned' | 'dueOn', label: string) => ({ name, label, mine: input[name], theirs: theirs[name] });
      return conflictPage(error, { title: `措置${now.action.number}`, action: `/actions/${id}`, back: `/actions/${id}` }, now.action.version, [field('title', '件名'), field('planned', '措置の計画'), field('dueOn', '期限')]);
    }
  }

  private async newPage(ctx: Ctx, of: { finding: string; improvement: string }, typed: readonly TypedLine[], problems: readonly Problem[]): Promise<Outcome> {
    const { subject, theme, departments } = await this.reading.newFor(ctx, ofSubject(of));
    const preset = [...subject.departments].find((id) => departments.some((one) => one.id === id)) ?? (departments.length === 1 ? departments[0]!.id : '');
    const lines = [...typed, ...Array.from({ length: Math.max(typed.length === 0 ? LINES : 1, LINES - typed.length) }, () => ({ ...EMPTY, departmentId: preset }))];
    return page('pages/actions/new', {
      finding: of.finding, improvement: of.improvement, theme, foundOn: subject.foundOn, subject: { kind: subject.kind === 'finding' ? '検出事項' : subject.recommendation ? '勧告' : '改善を求める事項（意見）', title: subject.title, text: subject.text },
      lines: lines.map((one, n) => ({ ...one, n: n + 1, need: n === 0, departments: departments.map((other) => ({ ...other, chosen: other.id === one.departmentId })), errors: errorsOf(problems, n + 1) })),
      problems: errorsByField(problems, lines.flatMap((_one, n) => FIELDS.map((field) => `${field}-${n + 1}`))).problems,
    }, problems.length === 0 ? 200 : 422);
  }

  private editPage({ action, subject }: ActionPage, typed: PlanInput, problems: readonly Problem[]): Outcome {
    return page('pages/actions/edit', {
      id: action.id, number: action.number, title: action.title, foundOn: subject.foundOn, now: action.dueOn ?? '', typed: { ...typed }, ...errorsByField(problems, ['title', 'planned', 'dueOn']),
    }, problems.length === 0 ? 200 : 422);
  }
}

const ofSubject = ({ finding, improvement }: { finding: string; improvement: string }) => ({ findingId: finding === '' ? null : finding, improvementId: improvement === '' ? null : improvement });

const stored = ({ action }: ActionPage): PlanInput => ({ version: String(action.version), title: action.title, planned: action.planned, dueOn: action.dueOn ?? '' });
