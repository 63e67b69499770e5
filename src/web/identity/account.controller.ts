import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { AccountRegister } from '../../identity/account-register.service.js';
import { OwnAccount } from '../../identity/own-account.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Invalid, type Problem } from '../../kernel/errors.js';
import { Allow, Caller, InCtx } from '../allow.js';
import { errorsByField } from '../form-errors.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { PasswordInput } from './inputs.js';

/** 自分の利用者情報: who I am here, and my password. */
@Controller('account')
export class AccountController {
  constructor(
    private readonly own: OwnAccount,
    private readonly register: AccountRegister,
  ) {}

  @Get()
  @Allow('account.self')
  async show(@InCtx() ctx: Ctx, @Query('changed') changed: unknown): Promise<Outcome> {
    const account = await this.own.get(ctx);
    const { departmentName, roles } = await this.register.get(ctx, account.id);
    return page('pages/identity/account', {
      name: account.name, signInName: account.signInName, departmentName, changed: changed === 'password', byCard: account.demoCard !== null,
      roles: roles.map((one) => ({ label: one.label, departmentName: one.departmentName })),
    });
  }

  @Get('password')
  @Allow('account.self')
  async password(@InCtx() ctx: Ctx): Promise<Outcome> {
    return this.form(ctx, []);
  }

  @Post('password')
  @Allow('account.self')
  async changePassword(@InCtx() ctx: Ctx, @Body() input: PasswordInput, @Caller() address: string): Promise<Outcome> {
    try {
      const result = await this.own.changePassword(ctx, { ...input, address });
      return result.changed ? redirect('/account?changed=password', result.token) : await this.form(ctx, result.problems);
    } catch (error) {
      if (error instanceof Invalid) return await this.form(ctx, error.problems);
      throw error;
    }
  }

  private async form(ctx: Ctx, problems: readonly Problem[]): Promise<Outcome> {
    const account = await this.own.get(ctx);
    return page('pages/identity/password', { due: account.mustChangePassword, signInName: account.signInName, ...errorsByField(problems, ['current', 'password', 'again']) }, problems.length === 0 ? 200 : 422);
  }
}
