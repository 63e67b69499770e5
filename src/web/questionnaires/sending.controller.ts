import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { Asking } from '../../audits/asking.service.js';
import { Questionnaires } from '../../audits/questionnaires.service.js';
import type { Recipient, RecipientDepartment } from '../../audits/recipients.js';
import { formatEra } from '../../engine/dates.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, type Problem } from '../../kernel/errors.js';
import { conflictPage } from '../administration/conflict-page.js';
import { Allow, InCtx } from '../allow.js';
import { errorsByField } from '../form-errors.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { questionnaireHead } from './head.js';
import { SendInput } from './inputs.js';

interface Typed { dueOn: string; version: string; chosen: ReadonlySet<string> }

/** To whom a questionnaire goes: departments, or systems of departments; later ones too. */
@Controller('questionnaires/:id/send')
export class SendingController {
  constructor(
    private readonly questionnaires: Questionnaires,
    private readonly asking: Asking,
  ) {}

  @Get()
  @Allow('questionnaire.manage')
  async open(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return this.form(ctx, id, null, []);
  }

  @Post()
  @Allow('questionnaire.manage')
  async send(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: SendInput): Promise<Outcome> {
    const { questionnaire } = await this.questionnaires.get(ctx, id);
    const sending = { dueOn: input.dueOn, recipients: (input.recipient ?? []).map(recipientOf) };
    try {
      if (questionnaire.status === 'draft') return redirect(`/questionnaires/${id}?done=sent-${await this.asking.send(ctx, id, Number(input.version), sending)}`);
      return redirect(`/questionnaires/${id}?done=added-${await this.asking.addRecipients(ctx, id, Number(input.version), sending)}`);
    } catch (error) {
      if (error instanceof Invalid) return await this.form(ctx, id, { dueOn: input.dueOn, version: input.version, chosen: new Set(input.recipient ?? []) }, error.problems);
      if (!(error instanceof Conflict)) throw error;
      const { questionnaire: now } = await this.questionnaires.get(ctx, id);
      return conflictPage(error, { title: now.title, action: `/questionnaires/${id}/send`, back: `/questionnaires/${id}/send` }, now.version,
        [{ name: 'dueOn', label: '回答の期限', mine: input.dueOn, theirs: now.dueOn ?? '', mineText: formatEra(input.dueOn), theirsText: now.dueOn === null ? 'なし' : formatEra(now.dueOn) }],
        (input.recipient ?? []).map((value) => ({ name: 'recipient', value })));
    }
  }

  private async form(ctx: Ctx, id: string, typed: Typed | null, problems: readonly Problem[]): Promise<Outcome> {
    const opened = await this.questionnaires.get(ctx, id);
    const { status, dueOn, version, per } = opened.questionnaire;
    const departments = await this.asking.recipients(ctx, id);
    return page('pages/questionnaires/send', {
      ...questionnaireHead(opened, 'send', ctx.actor), id, draft: status === 'draft', open: status === 'open', closed: status === 'closed', perSystem: per === 'department-system',
      version: typed?.version ?? String(version), dueOn: typed?.dueOn ?? dueOn ?? '', ...recipientsView(departments, per === 'department-system', status === 'draft', typed?.chosen ?? null), ...errorsByField(problems, ['dueOn', 'recipients']),
    }, problems.length === 0 ? 200 : 422);
  }
}

function recipientOf(text: string): Recipient {
  const [departmentId = '', systemId = ''] = text.split('/');
  return { departmentId, systemId: systemId === '' ? null : systemId };
}

/** Before anything was chosen the targets of the audit are; a department above stands for those under it that have people. */
function recipientsView(departments: readonly RecipientDepartment[], perSystem: boolean, draft: boolean, chosen: ReadonlySet<string> | null): object {
  const isChosen = (value: string, target: boolean): boolean => (chosen === null ? draft && target : chosen.has(value));
  const rows = departments.map((one) => ({
    name: perSystem ? one.path : one.name, depth: one.depth, people: one.people, target: one.target, asked: !perSystem && one.asked, value: `${one.id}/`, chosen: isChosen(`${one.id}/`, one.target && one.people > 0),
    systems: one.systems.map((system) => ({
      value: `${one.id}/${system.id}`, name: system.name, owned: system.owned, asked: system.asked, target: system.target || one.target, chosen: isChosen(`${one.id}/${system.id}`, system.target || one.target),
    })),
  }));
  const shown = perSystem ? rows.filter((one) => one.systems.length > 0) : rows;
  return { rows: shown, none: shown.length === 0 };
}
