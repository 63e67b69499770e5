import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { IdentitySetUp } from '../../identity/set-up.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Invalid, type Problem } from '../../kernel/errors.js';
import { InCtx, Public } from '../allow.js';
import { errorsByField } from '../form-errors.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { SetUpInput } from './inputs.js';

const FIELDS = ['organisationName', 'organisationCode', 'bodies', 'signInName', 'name', 'password'] as const;

/** The first page of a new installation, opened with the one-time token from the console. */
@Controller('set-up')
export class SetUpController {
  constructor(private readonly setUp: IdentitySetUp) {}

  @Get()
  @Public()
  async open(@InCtx() ctx: Ctx, @Query('token') token: unknown): Promise<Outcome> {
    const text = typeof token === 'string' ? token : '';
    await this.setUp.mustHold(ctx, text);
    return form({ token: text, organisationName: '', organisationCode: '', bodies: '市長\n教育委員会\n', signInName: '', name: 'システム管理者', password: '' }, []);
  }

  @Post()
  @Public()
  async make(@InCtx() ctx: Ctx, @Body() input: SetUpInput): Promise<Outcome> {
    try {
      const entered = await this.setUp.setUp(ctx, input.token, { ...input, bodies: input.bodies.split(/\r?\n/u) });
      return redirect('/', entered.in ? entered.token : null);
    } catch (error) {
      if (error instanceof Invalid) return form({ ...input, password: '' }, error.problems);
      throw error;
    }
  }
}

function form(typed: SetUpInput, problems: readonly Problem[]): Outcome {
  return page('pages/identity/set-up', { typed: { ...typed }, ...errorsByField(problems, FIELDS) }, problems.length === 0 ? 200 : 422);
}
