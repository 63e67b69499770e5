import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { CorrectiveActions } from '../../findings/corrective-actions.service.js';
import { Statements } from '../../findings/statements.service.js';
import { ResponseKeeping } from '../../audits/response-keeping.service.js';
import { Departments } from '../../identity/departments.service.js';
import { OrganisationSettings } from '../../identity/organisation-settings.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, type Problem } from '../../kernel/errors.js';
import { Allow, InCtx } from '../allow.js';
import { errorsByField } from '../form-errors.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { conflictPage } from './conflict-page.js';
import { ChangedDepartmentInput, EndDepartmentInput, NewDepartmentInput } from './inputs.js';

/** 部局・課: the tree, and its reorganisation. */
@Controller('administration/departments')
export class DepartmentsController {
  constructor(
    private readonly departments: Departments,
    private readonly settings: OrganisationSettings,
    private readonly responses: ResponseKeeping,
    private readonly statements: Statements,
    private readonly actions: CorrectiveActions,
  ) {}

  @Get()
  @Allow('administration.manage')
  async tree(@InCtx() ctx: Ctx): Promise<Outcome> {
    return this.treePage(ctx, { under: '', name: '', headTitle: '課長' }, []);
  }

  @Post()
  @Allow('administration.manage')
  async add(@InCtx() ctx: Ctx, @Body() input: NewDepartmentInput): Promise<Outcome> {
    const [kind, id] = input.under.split(':');
    try {
      if (id === undefined) throw new Invalid('place-missing', 'どこに加えるかを選んでください。', [{ code: 'place-missing', path: 'under', message: 'どこに加えるかを選んでください。' }]);
      await this.departments.add(ctx, kind === 'body' ? { bodyId: id } : { parentId: id }, input);
      return redirect('/administration/departments');
    } catch (error) {
      if (error instanceof Invalid) return await this.treePage(ctx, input, error.problems);
      throw error;
    }
  }

  @Get(':id')
  @Allow('administration.manage')
  async open(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const { department } = await this.departments.get(ctx, id);
    return this.form(ctx, id, { name: department.name, headTitle: department.headTitle, version: String(department.version) }, []);
  }

  @Post(':id')
  @Allow('administration.manage')
  async change(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: ChangedDepartmentInput): Promise<Outcome> {
    try {
      await this.departments.change(ctx, id, Number(input.version), input);
      return redirect('/administration/departments');
    } catch (error) {
      if (error instanceof Invalid) return await this.form(ctx, id, input, error.problems);
      if (!(error instanceof Conflict)) throw error;
      const { department: now } = await this.departments.get(ctx, id);
      return conflictPage(error, { title: now.name, action: `/administration/departments/${id}`, back: `/administration/departments/${id}` }, now.version, [
        { name: 'name', label: '名前', mine: input.name, theirs: now.name },
        { name: 'headTitle', label: '所属長の役職名', mine: input.headTitle, theirs: now.headTitle },
      ]);
    }
  }

  @Post(':id/end')
  @Allow('administration.manage')
  async end(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: EndDepartmentInput): Promise<Outcome> {
    await this.statements.awaitOthers(ctx, id);
    await this.responses.awaitOthers(ctx, id);
    await this.actions.awaitOthers(ctx, id);
    await this.departments.end(ctx, id, Number(input.version), input.successorId === '' ? null : input.successorId);
    await this.responses.followReorganisation(ctx, id);
    await this.statements.followReorganisation(ctx, id);
    await this.actions.followReorganisation(ctx, id);
    return redirect('/administration/departments');
  }

  private async form(ctx: Ctx, id: string, typed: ChangedDepartmentInput, problems: readonly Problem[]): Promise<Outcome> {
    const { department, bodyName, path, successorPath } = await this.departments.get(ctx, id);
    const successors = (await this.departments.living(ctx)).filter((one) => one.department.id !== id).map((one) => ({ id: one.department.id, label: `${one.bodyName}　${one.path}` }));
    return page('pages/administration/department', {
      id, title: department.name, bodyName, path, ended: department.endedOn ?? '', successor: successorPath ?? '', version: String(department.version),
      typed: { ...typed }, successors, ...errorsByField(problems, ['name', 'headTitle']),
    }, problems.length === 0 ? 200 : 422);
  }

  private async treePage(ctx: Ctx, typed: NewDepartmentInput, problems: readonly Problem[]): Promise<Outcome> {
    const tree = await this.departments.tree(ctx);
    const bodies = (await this.settings.bodies(ctx)).filter((one) => one.endedOn === null);
    return page('pages/administration/departments', {
      bodies: bodies.map((body) => ({
        name: body.name,
        departments: tree.filter((one) => one.department.bodyId === body.id).map(({ department, depth, successorPath }) => ({
          id: department.id, name: department.name, headTitle: department.headTitle, depth, ended: department.endedOn ?? '', successor: successorPath ?? '',
        })),
        places: [
          { value: `body:${body.id}`, label: `${body.name}の下に、新しい部局として`, chosen: typed.under === `body:${body.id}` },
          ...tree.filter((one) => one.department.bodyId === body.id && one.department.endedOn === null && one.depth < 2).map((one) => ({ value: `department:${one.department.id}`, label: `${one.path}　の下に`, chosen: typed.under === `department:${one.department.id}` })),
        ],
      })),
      typed: { ...typed }, ...errorsByField(problems, ['under', 'name', 'headTitle']),
    }, problems.length === 0 ? 200 : 422);
  }
}
