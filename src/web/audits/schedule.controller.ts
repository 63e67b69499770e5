import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { AuditSchedule, DONE_BY } from '../../audits/audit-schedule.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import type { Problem } from '../../kernel/errors.js';
import { Allow, InCtx } from '../allow.js';
import { redirect, type Outcome } from '../outcome.js';
import { periodText } from './audits-view.js';
import { dayText, type FieldSpec, type Typed } from './form-fields.js';
import { formPage, taken, type Form } from './forms.js';
import { ChangedStepInput, DirectionInput, StepInput, VersionInput } from './inputs.js';
import { aroundOf, partNamed } from './parts.js';
import { partsPage } from './parts-page.js';

/** 日程 of an audit. */
@Controller('audits/:id/schedule')
export class ScheduleController {
  constructor(private readonly schedule: AuditSchedule) {}

  @Get()
  @Allow('audit.read')
  async list(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return this.listPage(ctx, id, { label: '', doneBy: '', fromOn: '', untilOn: '', doneOn: '', note: '' }, []);
  }

  @Post()
  @Allow('audit.write')
  async add(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: StepInput): Promise<Outcome> {
    const save = async (): Promise<Outcome> => {
      await this.schedule.add(ctx, id, input);
      return redirect(`/audits/${id}/schedule`);
    };
    return taken(ctx, save, (problems) => this.listPage(ctx, id, { ...input }, problems));
  }

  @Get(':step')
  @Allow('audit.write')
  async edit(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('step') step: string): Promise<Outcome> {
    const { form, stored } = await this.form(ctx, id, step);
    return formPage(form, stored);
  }

  @Post(':step')
  @Allow('audit.write')
  async change(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('step') step: string, @Body() input: ChangedStepInput): Promise<Outcome> {
    const typed = { ...input };
    const save = async (): Promise<Outcome> => {
      partNamed(await this.schedule.of(ctx, id), step);
      await this.schedule.change(ctx, step, Number(input.version), input);
      return redirect(`/audits/${id}/schedule`);
    };
    return taken(ctx, save, async (problems) => formPage({ ...(await this.form(ctx, id, step)).form, version: input.version }, typed, problems), async () => {
      const { form, stored } = await this.form(ctx, id, step);
      return { form, mine: typed, theirs: stored, version: Number(form.version) };
    });
  }

  @Post(':step/move')
  @Allow('audit.write')
  async move(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('step') step: string, @Body() input: DirectionInput): Promise<Outcome> {
    partNamed(await this.schedule.of(ctx, id), step);
    await this.schedule.move(ctx, step, input.direction);
    return redirect(`/audits/${id}/schedule`);
  }

  @Post(':step/remove')
  @Allow('audit.write')
  async remove(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('step') step: string, @Body() input: VersionInput): Promise<Outcome> {
    partNamed(await this.schedule.of(ctx, id), step);
    await this.schedule.remove(ctx, step, Number(input.version));
    return redirect(`/audits/${id}/schedule`);
  }

  private async listPage(ctx: Ctx, id: string, typed: Typed, problems: readonly Problem[]): Promise<Outcome> {
    const { head, base, mayWrite } = await aroundOf(ctx, id);
    const today = ctx.clock.today();
    return partsPage({
      head, title: '日程', lead: '調査票の送付から公表までの予定と、済んだ日です。', columns: ['行うこと', '行う人', '予定', '済んだ日'],
      rows: (await this.schedule.of(ctx, id)).map((one) => ({
        name: one.label, moveTo: mayWrite ? `${base}/schedule/${one.id}/move` : null,
        cells: [
          { text: one.label, href: mayWrite ? `${base}/schedule/${one.id}` : '', small: one.note }, { text: one.doneBy === null ? '' : DONE_BY[one.doneBy], whole: true }, { text: periodText(one.fromOn, one.untilOn).replace('～', '～\n'), whole: true },
          one.doneOn !== null ? { text: dayText(one.doneOn), chip: '✓ 済', tone: 'green' } : one.untilOn !== null && one.untilOn < today ? { text: '', chip: '！ 予定を過ぎている', tone: 'amber' } : { text: 'まだ' },
        ],
      })),
      empty: mayWrite ? '日程はまだありません。「日程を加える」の欄で加えてください。' : '日程はまだありません。',
      form: mayWrite ? { title: '日程を加える', action: `${base}/schedule`, submit: '加える', specs: FIELDS, typed, problems } : null,
    });
  }

  private async form(ctx: Ctx, id: string, stepId: string): Promise<{ form: Form; stored: Typed }> {
    const { head, base } = await aroundOf(ctx, id);
    const step = partNamed(await this.schedule.of(ctx, id), stepId);
    const action = `${base}/schedule/${stepId}`;
    return {
      stored: { label: step.label, doneBy: step.doneBy ?? '', fromOn: dayText(step.fromOn), untilOn: dayText(step.untilOn), doneOn: dayText(step.doneOn), note: step.note },
      form: {
        head, title: '日程を直す', subject: `日程「${step.label}」`, lead: '済んだら、済んだ日を入れます。', specs: FIELDS, action, back: `${base}/schedule`, submit: '保存する', version: String(step.version),
        remove: { action: `${action}/remove`, label: '日程から消す', why: 'この予定を日程から消します。' },
      },
    };
  }
}

const FIELDS: readonly FieldSpec[] = [
  { name: 'label', label: '行うこと', kind: 'line', need: true, support: '例：調査票の回答期限、現地調査、監査委員協議' },
  { name: 'doneBy', label: '行う人', kind: 'select', blank: '決めない', options: Object.entries(DONE_BY).map(([value, label]) => ({ value, label })) },
  { name: 'fromOn', label: '予定の始まり', kind: 'day' },
  { name: 'untilOn', label: '予定の終わり', kind: 'day' },
  { name: 'doneOn', label: '済んだ日', kind: 'day' },
  { name: 'note', label: '備考', kind: 'text', rows: 2 },
];
