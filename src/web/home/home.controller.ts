import { Controller, Get } from '@nestjs/common';
import { AssessmentList, type Listed } from '../../assessments/assessment-list.service.js';
import { ThresholdJudging } from '../../assessments/threshold-judgement.service.js';
import { formatEra } from '../../engine/dates.js';
import { AccountRegister } from '../../identity/account-register.service.js';
import { Departments } from '../../identity/departments.service.js';
import { OrganisationSettings } from '../../identity/organisation-settings.service.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Allow, InCtx } from '../allow.js';
import { STATUS_TONES, timeText } from '../assessments/assessment-view.js';
import { page, type Outcome } from '../outcome.js';
import { LEVELS } from '../threshold/questions.js';
import { HomeWaiting } from './home-waiting.js';
import { inOrder, URGENCY, type Work } from './work.js';

const SHOWN = 8;

/** ホーム: what waits for me? */
@Controller()
export class HomeController {
  constructor(
    private readonly assessments: AssessmentList,
    private readonly judging: ThresholdJudging,
    private readonly accounts: AccountRegister,
    private readonly departments: Departments,
    private readonly settings: OrganisationSettings,
    private readonly around: HomeWaiting,
  ) {}

  @Get()
  @Allow('home.open')
  async open(@InCtx() ctx: Ctx): Promise<Outcome> {
    const may = (permission: Parameters<typeof allows>[1]): boolean => allows(ctx.actor.grants, permission);
    const { toWrite, toApprove, toConfirm } = await this.assessments.waiting(ctx);
    const waiting = inOrder([
      ...toConfirm.map((one) => work(one, '確認する', URGENCY.confirm)),
      ...toApprove.map((one) => work(one, '承認を判断する', URGENCY.approve)),
      // Whoever reaches every department reads on in the list; only one's own drafts wait here.
      ...toWrite.filter((one) => ctx.actor.grants.some((grant) => grant.department === one.departmentId)).map((one) => (one.status === 'returned' ? work(one, '直す', URGENCY.returned) : work(one, '続きを書く', URGENCY.write))),
      ...(await this.around.waiting(ctx)),
    ]);
    const reads = may('assessment.read') ? await this.assessments.list(ctx) : null;
    const judgements = may('threshold.read') ? await this.judging.list(ctx, 5) : null;
    const steps = may('administration.manage') ? await this.setUpSteps(ctx) : null;
    return page('pages/home/home', {
      waiting: waiting.slice(0, SHOWN).map((one, index) => ({ ...one, first: index === 0 })), rest: waiting.slice(SHOWN).map((one) => ({ ...one, first: false })),
      works: may('assessment.write') || may('assessment.approve') || may('assessment.confirm') || may('action.settle'),
      mayJudge: may('threshold.judge'), mayImport: may('assessment.import'), readsJournal: may('journal.read'),
      title: reads !== null && ctx.actor.grants.some((one) => one.department !== null) ? 'うちの課の評価書' : '評価書',
      assessments: reads === null ? null : reads.assessments.slice(0, SHOWN).map((one) => ({ href: `/assessments/${one.id}`, title: one.title, form: one.formTitle, status: one.statusLabel, tone: STATUS_TONES[one.status], department: one.departmentName, changed: timeText(one.changedAt) })),
      total: reads?.total ?? 0,
      judgements: judgements === null ? null : judgements.map((one) => ({ href: `/threshold/${one.id}`, affairName: one.affairName, level: LEVELS[one.result].label, tone: LEVELS[one.result].tone, judgedOn: formatEra(one.judgedOn) })),
      checks: await this.around.systems.ofDepartments(ctx), run: await this.around.systems.ofOrganisation(ctx),
      steps, stepsLeft: steps === null ? 0 : steps.filter((one) => !one.done).length,
      roleless: ctx.actor.grants.length === 0,
    });
  }

  /** What an administrator of a new installation does, in order. */
  private async setUpSteps(ctx: Ctx): Promise<{ label: string; about: string; href: string; done: boolean }[]> {
    const bodies = (await this.settings.bodies(ctx)).filter((one) => one.endedOn === null);
    const departments = await this.departments.living(ctx);
    const { accounts, total } = await this.accounts.list(ctx, '', 1);
    const held = (role: string): boolean => accounts.some((one) => !one.account.disabled && one.roles.some((given) => given.role === role));
    return [
      { label: '評価実施機関を確かめる', about: `${bodies.length}機関を登録済み`, href: '/administration/bodies', done: bodies.length > 0 },
      { label: '部局・課を加える', about: departments.length === 0 ? '評価書を作る課から加えます' : `${departments.length}の部局・課を登録済み`, href: '/administration/departments', done: departments.length > 0 },
      { label: '所管課の担当を加える', about: held('drafter') ? `利用者${total}人を登録済み` : '評価書を書く人です', href: '/administration/accounts', done: held('drafter') },
      { label: '所管課長を加える', about: held('section-head') ? '登録済み' : '評価書を承認する人です', href: '/administration/accounts', done: held('section-head') },
      { label: '評価統括を加える', about: held('assessment-lead') ? '登録済み' : '自治体全体の評価書を確かめる人です', href: '/administration/accounts', done: held('assessment-lead') },
    ];
  }
}

function work(one: Listed, label: string, urgency: number): Work {
  const left = one.progress.missing > 0 ? `残り${one.progress.missing}項目` : one.progress.problems > 0 ? `直すところ${one.progress.problems}件` : '記入は終わっています';
  const comment = one.status === 'returned' && one.statusComment !== null ? `差戻しの理由：${one.statusComment.slice(0, 80)}` : left;
  const percent = one.editable && one.progress.asked > 0 ? Math.round((one.progress.answered / one.progress.asked) * 100) : null;
  return { title: one.title, about: `${one.formTitle}・${one.departmentName}　${comment}`, status: one.statusLabel, tone: STATUS_TONES[one.status], percent, href: `/assessments/${one.id}`, label, urgency };
}
