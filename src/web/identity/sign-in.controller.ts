import { Body, Controller, Get, Inject, Post, Query, Req } from '@nestjs/common';
import { DemoEntry } from '../../identity/demo-entry.service.js';
import { ROLES, type Role } from '../../identity/permissions.js';
import type { Recognised } from '../../identity/session.service.js';
import { IdentitySetUp } from '../../identity/set-up.service.js';
import { SignIn } from '../../identity/sign-in.service.js';
import type { Config } from '../../kernel/config.js';
import type { Ctx } from '../../kernel/ctx.js';
import { NotFound } from '../../kernel/errors.js';
import { CONFIG } from '../../kernel/kernel.module.js';
import { Caller, InCtx, Public, SessionToken, type EnteredRequest } from '../allow.js';
import { data, page, pageInSession, redirect, type Outcome } from '../outcome.js';
import { ChooseRoleInput, DemoEntryInput, SignInInput } from './inputs.js';
import { localPath, readResume, textsOf, type Resume } from './resume.js';

interface SignInPage {
  next: string;
  signInName: string;
  resume: Resume | null;
  message: string;
  problem?: string;
}

/** In and out: password, card of the demo city, and what was typed when a session had ended. */
@Controller()
export class SignInController {
  constructor(
    private readonly signing: SignIn,
    private readonly demo: DemoEntry,
    private readonly setUp: IdentitySetUp,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get('sign-in')
  @Public()
  async open(@InCtx() ctx: Ctx, @Query('next') next: unknown): Promise<Outcome> {
    const target = localPath(typeof next === 'string' ? next : undefined);
    if (ctx.actor.id !== null) return redirect(target);
    return this.page(ctx, { next: target === '/' ? '' : target, signInName: '', resume: null, message: (await this.setUp.waiting(ctx)) ? 'はじめての設定がまだです。起動した画面に出ている「/set-up?token=…」のアドレスを開いてください。' : '' });
  }

  @Post('sign-in')
  @Public()
  async signIn(@InCtx() ctx: Ctx, @Body() input: SignInInput, @Caller() address: string, @SessionToken() oldToken: string | null): Promise<Outcome> {
    const resume = readResume(input);
    const result = await this.signing.signIn(ctx, { signInName: input.signInName, password: input.password, address, oldToken });
    if (result.in) return inside(result, input.next, resume);
    return this.page(ctx, { next: input.next ?? '', signInName: input.signInName, resume, message: '', problem: result.message });
  }

  /** The cards of the demo city for somebody whose session ended while typing. */
  @Post('sign-in/cards')
  @Public()
  async chooseRole(@InCtx() ctx: Ctx, @Body() input: ChooseRoleInput): Promise<Outcome> {
    if (!this.config.demo) throw new NotFound('page-not-found', 'このアドレスの画面はありません。');
    return this.page(ctx, { next: input.next ?? '', signInName: '', resume: readResume(input), message: '' });
  }

  @Post('demo/enter')
  @Public()
  async enterDemo(@InCtx() ctx: Ctx, @Body() input: DemoEntryInput, @SessionToken() oldToken: string | null): Promise<Outcome> {
    return inside(await this.demo.enter(ctx, input.account, oldToken), input.next, readResume(input));
  }

  @Post('sign-out')
  @Public()
  async signOut(@InCtx() ctx: Ctx, @SessionToken() token: string | null): Promise<Outcome> {
    await this.signing.signOut(ctx, token);
    return redirect('/sign-in', null);
  }

  /** For the script of the editor: is the session still there, and which token do saves carry now? */
  @Get('session')
  @Public()
  session(@Req() request: EnteredRequest): Outcome {
    const session = request.entered.session;
    return data({ signedIn: session !== null, csrf: session?.csrfToken ?? null });
  }

  private async page(ctx: Ctx, { next, signInName, resume, message, problem }: SignInPage): Promise<Outcome> {
    const cards = await this.demo.cards(ctx);
    const problems = problem === undefined ? [] : [{ message: problem, href: '#signInName' }];
    return page('pages/identity/sign-in', {
      next: localPath(next) === '/' ? '' : next, signInName, problems, message, resume,
      cards: cards.map((one) => ({ ...one, roles: one.roles.map((role) => ROLES[role as Role] ?? role).join('・') })),
    }, problem === undefined ? 200 : 422);
  }
}

function inside(entered: { token: string; session: Recognised }, next: string | undefined, resume: Resume | null): Outcome {
  if (resume !== null) return pageInSession('pages/identity/resume', { action: resume.action, fields: resume.fields, shown: textsOf(resume) }, entered);
  return redirect(entered.session.mustChangePassword ? '/account/password' : localPath(next), entered.token);
}
