import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { AuditCases, type ListedCase } from '../../audits/audit-cases.service.js';
import { Departments } from '../../identity/departments.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Allow, InCtx } from '../allow.js';
import { redirect, type Outcome } from '../outcome.js';
import { departmentPlaces } from '../systems/places.js';
import type { FieldSpec, Typed } from './form-fields.js';
import { formPage, taken, type Form } from './forms.js';
import { CaseInput, ChangedCaseInput, DirectionInput, VersionInput } from './inputs.js';
import { aroundOf, partNamed, type AuditAround } from './parts.js';
import { partsPage } from './parts-page.js';

/** 事案: case sheets of an audit, each about one department. */
@Controller('audits/:id/cases')
export class CasesController {
  constructor(
    private readonly cases: AuditCases,
    private readonly departments: Departments,
  ) {}

  @Get()
  @Allow('audit.read')
  async list(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const { head, base, mayWrite } = await aroundOf(ctx, id);
    return partsPage({
      head, title: '事案', lead: '受検機関ごとに、事務事業の概要、検出事項、改善を求める事項（意見）の三つの欄の書面にまとめます。', columns: ['事案', '対象受検機関', '実施年月日', '検出事項', '改善を求める事項'],
      rows: (await this.cases.of(ctx, id)).map((one) => ({
        name: one.title, moveTo: mayWrite ? `${base}/cases/${one.id}/move` : null,
        cells: [{ text: one.title, href: `${base}/cases/${one.id}` }, { text: one.departmentPath }, { text: carriedOut(one) }, { text: String(one.findings) }, { text: String(one.improvements) }],
      })),
      empty: mayWrite ? '事案はまだありません。1つの報告書にまとめる監査では要りません。' : '事案はまだありません。', links: mayWrite ? [{ href: `${base}/cases/new`, label: '事案を加える' }] : [], form: null,
    });
  }

  @Get('new')
  @Allow('audit.write')
  async open(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return formPage(await this.newForm(ctx, id), { departmentId: '', title: '', overview: '', quoted: '', membersOn: '', secretariatOn: '' });
  }

  @Post()
  @Allow('audit.write')
  async add(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: CaseInput): Promise<Outcome> {
    const save = async (): Promise<Outcome> => redirect(`/audits/${id}/cases/${await this.cases.add(ctx, id, input)}`);
    return taken(ctx, save, async (problems) => formPage(await this.newForm(ctx, id), { ...input }, problems));
  }

  /** Whoever may not change it reads it in the same form, which is then refused. */
  @Get(':case')
  @Allow('audit.read')
  async show(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('case') caseId: string): Promise<Outcome> {
    const { around, one, form, stored } = await this.form(ctx, id, caseId);
    if (around.mayWrite) return formPage(form, stored);
    return partsPage({
      head: around.head, title: one.title, lead: `対象受検機関：${one.departmentPath}`, columns: ['欄', '内容'], empty: '', form: null, links: [{ href: `${around.base}/cases`, label: '事案の一覧へ' }],
      rows: [['事務事業の概要', one.overview], ['引用する規程', one.quoted], ['監査実施年月日', carriedOut(one)]].map(([label, text]) => ({ name: label!, moveTo: null, cells: [{ text: label! }, { text: text! }] })),
    });
  }

  @Post(':case')
  @Allow('audit.write')
  async change(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('case') caseId: string, @Body() input: ChangedCaseInput): Promise<Outcome> {
    const typed = { ...input };
    const save = async (): Promise<Outcome> => {
      partNamed(await this.cases.of(ctx, id), caseId);
      await this.cases.change(ctx, caseId, Number(input.version), input);
      return redirect(`/audits/${id}/cases`);
    };
    return taken(ctx, save, async (problems) => formPage({ ...(await this.form(ctx, id, caseId)).form, version: input.version }, typed, problems), async () => {
      const { form, stored } = await this.form(ctx, id, caseId);
      return { form, mine: typed, theirs: stored, version: Number(form.version) };
    });
  }

  @Post(':case/move')
  @Allow('audit.write')
  async move(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('case') caseId: string, @Body() input: DirectionInput): Promise<Outcome> {
    partNamed(await this.cases.of(ctx, id), caseId);
    await this.cases.move(ctx, caseId, input.direction);
    return redirect(`/audits/${id}/cases`);
  }

  @Post(':case/remove')
  @Allow('audit.write')
  async remove(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('case') caseId: string, @Body() input: VersionInput): Promise<Outcome> {
    partNamed(await this.cases.of(ctx, id), caseId);
    await this.cases.remove(ctx, caseId, Number(input.version));
    return redirect(`/audits/${id}/cases`);
  }

  private async newForm(ctx: Ctx, id: string): Promise<Form> {
    const { head, base } = await aroundOf(ctx, id);
    return { head, title: '事案を加える', lead: '受検機関と、事務事業の概要を書きます。検出事項と改善を求める事項は、それぞれの画面で書きます。', specs: await this.fields(ctx, null), action: `${base}/cases`, back: `${base}/cases`, submit: '事案を加える', version: '' };
  }

  private async form(ctx: Ctx, id: string, caseId: string): Promise<{ around: AuditAround; one: ListedCase; form: Form; stored: Typed }> {
    const around = await aroundOf(ctx, id);
    const one = partNamed(await this.cases.of(ctx, id), caseId);
    const action = `${around.base}/cases/${caseId}`;
    return {
      around, one, stored: { departmentId: one.departmentId, title: one.title, overview: one.overview, quoted: one.quoted, membersOn: one.membersOn, secretariatOn: one.secretariatOn },
      form: {
        head: around.head, title: '事案を直す', subject: `事案「${one.title}」`, lead: `検出事項${one.findings}件、改善を求める事項${one.improvements}件。最後の変更 ${one.changedBy}`, specs: await this.fields(ctx, one.departmentId), action, back: `${around.base}/cases`, submit: '保存する',
        version: String(one.version), remove: { action: `${action}/remove`, label: '事案を消す', why: '検出事項や改善を求める事項がある事案は消せません。' },
      },
    };
  }

  private async fields(ctx: Ctx, stored: string | null): Promise<FieldSpec[]> {
    const places = departmentPlaces(await this.departments.tree(ctx), ({ department }) => department.endedOn === null || department.id === stored);
    return [
      { name: 'title', label: '事案の題名', kind: 'line', need: true, support: '例：医療費公費負担システムの特定個人情報の管理について' },
      { name: 'departmentId', label: '対象受検機関', kind: 'select', need: true, blank: '選んでください', options: places.map(({ id, label }) => ({ value: id, label })) },
      { name: 'overview', label: '事務事業の概要', kind: 'text', rows: 12 },
      { name: 'quoted', label: '引用する規程', kind: 'text', rows: 5, support: '概要の下に引く条文などです。' },
      { name: 'membersOn', label: '委員の実施年月日', kind: 'line', support: '言葉で書きます。行わなかったときは「－年－月－日」と書けます。' },
      { name: 'secretariatOn', label: '事務局の実施年月日', kind: 'line', support: '例：平成29年８月25日から同年12月21日まで' },
    ];
  }
}

/** 委員：…、事務局：… */
function carriedOut({ membersOn, secretariatOn }: Pick<ListedCase, 'membersOn' | 'secretariatOn'>): string {
  return [membersOn === '' ? '' : `委員：${membersOn}`, secretariatOn === '' ? '' : `事務局：${secretariatOn}`].filter((one) => one !== '').join('、');
}
