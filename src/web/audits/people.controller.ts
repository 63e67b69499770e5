import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { AuditPeople, PERSON_ROLES } from '../../audits/audit-people.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import type { Problem } from '../../kernel/errors.js';
import { Allow, InCtx } from '../allow.js';
import { redirect, type Outcome } from '../outcome.js';
import type { FieldSpec, Typed } from './form-fields.js';
import { formPage, taken, type Form } from './forms.js';
import { ChangedPersonInput, DirectionInput, PersonInput, VersionInput } from './inputs.js';
import { aroundOf, partNamed } from './parts.js';
import { partsPage } from './parts-page.js';

/** 監査委員 and 事務局 of an audit, with 除斥. */
@Controller('audits/:id/people')
export class PeopleController {
  constructor(private readonly people: AuditPeople) {}

  @Get()
  @Allow('audit.read')
  async list(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return this.listPage(ctx, id, { role: 'member', title: '', name: '', accountId: '', disqualifiedReason: '' }, []);
  }

  @Post()
  @Allow('audit.write')
  async add(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: PersonInput): Promise<Outcome> {
    const save = async (): Promise<Outcome> => {
      await this.people.add(ctx, id, input);
      return redirect(`/audits/${id}/people`);
    };
    return taken(ctx, save, (problems) => this.listPage(ctx, id, { ...input }, problems));
  }

  @Get(':person')
  @Allow('audit.write')
  async edit(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('person') person: string): Promise<Outcome> {
    const { form, stored } = await this.form(ctx, id, person);
    return formPage(form, stored);
  }

  @Post(':person')
  @Allow('audit.write')
  async change(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('person') person: string, @Body() input: ChangedPersonInput): Promise<Outcome> {
    const typed = { ...input };
    const save = async (): Promise<Outcome> => {
      partNamed(await this.people.of(ctx, id), person);
      await this.people.change(ctx, person, Number(input.version), input);
      return redirect(`/audits/${id}/people`);
    };
    return taken(ctx, save, async (problems) => formPage({ ...(await this.form(ctx, id, person)).form, version: input.version }, typed, problems), async () => {
      const { form, stored } = await this.form(ctx, id, person);
      return { form, mine: typed, theirs: stored, version: Number(form.version) };
    });
  }

  @Post(':person/move')
  @Allow('audit.write')
  async move(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('person') person: string, @Body() input: DirectionInput): Promise<Outcome> {
    partNamed(await this.people.of(ctx, id), person);
    await this.people.move(ctx, person, input.direction);
    return redirect(`/audits/${id}/people`);
  }

  @Post(':person/remove')
  @Allow('audit.write')
  async remove(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('person') person: string, @Body() input: VersionInput): Promise<Outcome> {
    partNamed(await this.people.of(ctx, id), person);
    await this.people.remove(ctx, person, Number(input.version));
    return redirect(`/audits/${id}/people`);
  }

  private async listPage(ctx: Ctx, id: string, typed: Typed, problems: readonly Problem[]): Promise<Outcome> {
    const { head, base, mayWrite } = await aroundOf(ctx, id);
    const accounts = mayWrite ? await this.people.accounts(ctx) : [];
    const people = await this.people.of(ctx, id);
    return partsPage({
      head, title: '担当者', lead: '監査委員と事務局です。除斥した監査委員は合議に加わりません。', columns: ['氏名', '職名', '役割', '除斥'],
      rows: people.map((one) => ({
        name: one.name, moveTo: mayWrite ? `${base}/people/${one.id}/move` : null,
        cells: [
          { text: one.name, href: mayWrite ? `${base}/people/${one.id}` : '', small: one.accountId === null ? '' : '利用者と結び付いている' }, { text: one.title }, { text: PERSON_ROLES[one.role], whole: true },
          one.disqualifiedReason === null ? { text: '' } : { text: '', chip: '除斥', tone: 'amber', small: one.disqualifiedReason },
        ],
      })),
      empty: mayWrite ? '担当者はまだいません。「担当者を加える」の欄で、監査委員から加えてください。' : '担当者はまだいません。',
      form: mayWrite ? { title: '担当者を加える', action: `${base}/people`, submit: '加える', specs: fieldsOf(accounts), typed, problems } : null,
    });
  }

  private async form(ctx: Ctx, id: string, personId: string): Promise<{ form: Form; stored: Typed }> {
    const { head, base } = await aroundOf(ctx, id);
    const person = partNamed(await this.people.of(ctx, id), personId);
    const action = `${base}/people/${personId}`;
    const accounts = await this.people.accounts(ctx);
    const kept = person.accountId === null || accounts.some((one) => one.id === person.accountId) ? [] : [{ id: person.accountId, name: `${person.name}（いまは監査の役割がない）` }];
    return {
      stored: { role: person.role, title: person.title, name: person.name, accountId: person.accountId ?? '', disqualifiedReason: person.disqualifiedReason ?? '' },
      form: {
        head, title: '担当者を直す', subject: `担当者「${person.name}」`, lead: '除斥の理由を書くと、この監査委員は監査に加わりません。', specs: fieldsOf([...accounts, ...kept]), action, back: `${base}/people`, submit: '保存する', version: String(person.version),
        remove: { action: `${action}/remove`, label: '担当者から外す', why: '合議で意見を述べた監査委員は外せません。' },
      },
    };
  }
}

const fieldsOf = (accounts: readonly { id: string; name: string }[]): FieldSpec[] => [
  { name: 'role', label: '役割', kind: 'select', need: true, options: Object.entries(PERSON_ROLES).map(([value, label]) => ({ value, label })) },
  { name: 'title', label: '職名', kind: 'line', need: true, support: '公表文に載る職名です。例：代表監査委員、監査委員、事務局長' },
  { name: 'name', label: '氏名', kind: 'line', need: true },
  { name: 'accountId', label: '製品の利用者', kind: 'select', blank: '結び付けない', support: '結び付けると、本人が合議の意見を自分で書けます。', options: accounts.map((one) => ({ value: one.id, label: one.name })) },
  { name: 'disqualifiedReason', label: '除斥の理由', kind: 'text', rows: 2, support: '本人や親族の一身上の事件、従事する業務に直接の利害関係がある事件では、監査できません（地方自治法第199条の2）。加わるときは空けておきます。' },
];
