import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { AccountRegister, type ListedAccount } from '../../identity/account-register.service.js';
import { AccountRights } from '../../identity/account-rights.service.js';
import { Departments } from '../../identity/departments.service.js';
import { inDepartments, ROLES } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, type Problem } from '../../kernel/errors.js';
import { Allow, InCtx } from '../allow.js';
import { errorsByField } from '../form-errors.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { conflictPage } from './conflict-page.js';
import { ChangedAccountInput, NewAccountInput, RoleInput, SeenInput } from './inputs.js';

const FIELDS = ['signInName', 'name', 'departmentId', 'mail', 'role', 'roleDepartmentId'];
const japanTime = new Intl.DateTimeFormat('ja-JP', { timeZone: 'Asia/Tokyo', hour: '2-digit', minute: '2-digit' });

/** 利用者 and what they may do. */
@Controller('administration/accounts')
export class AccountsController {
  constructor(
    private readonly register: AccountRegister,
    private readonly rights: AccountRights,
    private readonly departments: Departments,
  ) {}

  @Get()
  @Allow('administration.manage')
  async list(@InCtx() ctx: Ctx, @Query('words') words: unknown, @Query('page') at: unknown): Promise<Outcome> {
    const text = typeof words === 'string' ? words.slice(0, 100) : '';
    const found = await this.register.list(ctx, text, Number(at) || 1);
    return page('pages/administration/accounts', {
      words: text, total: found.total,
      pager: found.pages === 1 ? [] : Array.from({ length: found.pages }, (_, index) => ({ number: index + 1, href: `/administration/accounts?words=${encodeURIComponent(text)}&page=${index + 1}`, current: index + 1 === found.page })),
      accounts: found.accounts.map((one) => ({ id: one.account.id, name: one.account.name, signInName: one.account.signInName, departmentName: one.departmentName, ...standing(one), roles: one.roles.map(({ label, departmentName }) => ({ label, departmentName })) })),
    });
  }

  @Get('new')
  @Allow('administration.manage')
  async open(@InCtx() ctx: Ctx): Promise<Outcome> {
    return this.newForm(ctx, { signInName: '', name: '', departmentId: '', role: 'drafter', roleDepartmentId: '' }, []);
  }

  @Post()
  @Allow('administration.manage')
  async add(@InCtx() ctx: Ctx, @Body() input: NewAccountInput): Promise<Outcome> {
    try {
      const role = { role: input.role, departmentId: input.roleDepartmentId === '' ? input.departmentId : input.roleDepartmentId };
      const { id, password } = await this.register.add(ctx, input.signInName, input, [role]);
      return await this.passwordPage(ctx, id, password, true);
    } catch (error) {
      if (error instanceof Invalid) return await this.newForm(ctx, input, error.problems);
      throw error;
    }
  }

  @Get(':id')
  @Allow('administration.manage')
  async show(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return this.accountPage(ctx, id, null, []);
  }

  @Post(':id')
  @Allow('administration.manage')
  async change(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: ChangedAccountInput): Promise<Outcome> {
    try {
      await this.register.change(ctx, id, Number(input.version), input);
      return redirect(`/administration/accounts/${id}`);
    } catch (error) {
      if (error instanceof Invalid) return await this.accountPage(ctx, id, input, error.problems);
      if (!(error instanceof Conflict)) throw error;
      const { account: now } = await this.register.get(ctx, id);
      const names = new Map((await this.departments.tree(ctx)).map((one) => [one.department.id, one.path]));
      return conflictPage(error, { title: now.name, action: `/administration/accounts/${id}`, back: `/administration/accounts/${id}` }, now.version, [
        { name: 'name', label: '表示名', mine: input.name, theirs: now.name },
        { name: 'departmentId', label: '所属', mine: input.departmentId, theirs: now.departmentId ?? '', mineText: names.get(input.departmentId) ?? 'なし', theirsText: names.get(now.departmentId ?? '') ?? 'なし' },
        { name: 'mail', label: 'メールアドレス', mine: input.mail ?? now.mail ?? '', theirs: now.mail ?? '' },
      ]);
    }
  }

  @Post(':id/roles')
  @Allow('administration.manage')
  async give(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: RoleInput): Promise<Outcome> {
    try {
      const { account } = await this.register.get(ctx, id);
      await this.rights.give(ctx, id, Number(input.version), { role: input.role, departmentId: input.roleDepartmentId === '' ? (account.departmentId ?? '') : input.roleDepartmentId });
      return redirect(`/administration/accounts/${id}#roles`);
    } catch (error) {
      if (error instanceof Invalid) return await this.accountPage(ctx, id, null, error.problems);
      throw error;
    }
  }

  @Post(':id/roles/:role/take')
  @Allow('administration.manage')
  async take(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('role') role: string, @Body() input: SeenInput): Promise<Outcome> {
    await this.rights.take(ctx, id, Number(input.version), role);
    return redirect(`/administration/accounts/${id}#roles`);
  }

  @Post(':id/disable')
  @Allow('administration.manage')
  async disable(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: SeenInput): Promise<Outcome> {
    await this.rights.disable(ctx, id, Number(input.version));
    return redirect(`/administration/accounts/${id}`);
  }

  @Post(':id/enable')
  @Allow('administration.manage')
  async enable(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: SeenInput): Promise<Outcome> {
    await this.rights.enable(ctx, id, Number(input.version));
    return redirect(`/administration/accounts/${id}`);
  }

  @Post(':id/unlock')
  @Allow('administration.manage')
  async unlock(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    await this.rights.unlock(ctx, id);
    return redirect(`/administration/accounts/${id}`);
  }

  @Post(':id/password')
  @Allow('administration.manage')
  async resetPassword(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: SeenInput): Promise<Outcome> {
    const password = await this.rights.resetPassword(ctx, id, Number(input.version));
    return this.passwordPage(ctx, id, password, false);
  }

  private async passwordPage(ctx: Ctx, id: string, password: string, added: boolean): Promise<Outcome> {
    const { account } = await this.register.get(ctx, id);
    return page('pages/administration/one-time-password', { id, name: account.name, signInName: account.signInName, password, added });
  }

  private async newForm(ctx: Ctx, typed: NewAccountInput, problems: readonly Problem[]): Promise<Outcome> {
    return page('pages/administration/account-new', { typed: { ...typed, mail: typed.mail ?? '' }, ...(await this.choices(ctx, typed)), ...errorsByField(problems, FIELDS) }, problems.length === 0 ? 200 : 422);
  }

  private async accountPage(ctx: Ctx, id: string, typed: ChangedAccountInput | null, problems: readonly Problem[]): Promise<Outcome> {
    const listed = await this.register.get(ctx, id);
    const { account } = listed;
    const shown = { name: typed?.name ?? account.name, departmentId: typed?.departmentId ?? account.departmentId ?? '', mail: typed?.mail ?? account.mail ?? '' };
    return page('pages/administration/account', {
      id, title: account.name, signInName: account.signInName, version: typed?.version ?? String(account.version), byCard: account.demoCard !== null, self: id === ctx.actor.id,
      typed: shown, ...standing(listed), disabled: account.disabled, mustChangePassword: account.mustChangePassword,
      lockedUntil: listed.lockedUntil === null ? '' : japanTime.format(listed.lockedUntil),
      roles: listed.roles.map((one) => ({ id: one.id, label: one.label, departmentName: one.departmentName, kept: one.role === 'administrator' && id === ctx.actor.id })),
      ...(await this.choices(ctx, { departmentId: shown.departmentId, role: '', roleDepartmentId: '' })), ...errorsByField(problems, FIELDS),
    }, problems.length === 0 ? 200 : 422);
  }

  private async choices(ctx: Ctx, chosen: { departmentId: string; role: string; roleDepartmentId: string }): Promise<object> {
    const living = await this.departments.living(ctx);
    const options = (id: string): object[] => living.map((one) => ({ id: one.department.id, label: one.path, chosen: one.department.id === id }));
    return {
      departmentChoices: options(chosen.departmentId), roleDepartmentChoices: options(chosen.roleDepartmentId),
      roleChoices: Object.entries(ROLES).map(([code, label]) => ({ code, label: inDepartments(code) ? `${label}（課ごと）` : label, chosen: code === chosen.role })),
    };
  }
}

function standing({ account, lockedUntil }: ListedAccount): { state: string; tone: string } {
  if (account.disabled) return { state: '停止中', tone: 'red' };
  if (lockedUntil !== null) return { state: 'ロック中', tone: 'amber' };
  if (account.mustChangePassword) return { state: '初回サインイン前', tone: 'amber' };
  return { state: '利用中', tone: 'green' };
}
