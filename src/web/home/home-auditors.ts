import { Injectable } from '@nestjs/common';
import { Questionnaires } from '../../audits/questionnaires.service.js';
import { formatEra } from '../../engine/dates.js';
import { ActionBoard } from '../../findings/action-board.service.js';
import { ActionNotices } from '../../findings/action-notices.service.js';
import { ClosingOffers } from '../../findings/closing-offers.service.js';
import { Deliberations } from '../../findings/deliberations.service.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { URGENCY, type Work } from './work.js';

/** What waits for 監査委員 and 監査事務局. */
@Injectable()
export class HomeAuditors {
  constructor(
    private readonly questionnaires: Questionnaires,
    private readonly board: ActionBoard,
    private readonly notices: ActionNotices,
    private readonly offers: ClosingOffers,
    private readonly deliberations: Deliberations,
  ) {}

  async waiting(ctx: Ctx): Promise<Work[]> {
    const may = (permission: Parameters<typeof allows>[1]): boolean => allows(ctx.actor.grants, permission);
    return [
      ...(may('deliberation.voice') ? (await this.deliberations.waiting(ctx)).map((one): Work => ({
        title: `合議の意見「${one.label}」`, about: `${one.theme}　${formatEra(one.heldOn)}の合議`, status: '合議', tone: 'amber', percent: null, href: `/audits/${one.auditId}/deliberations`, label: '意見を述べる', urgency: URGENCY.voice,
      })) : []),
      ...(may('action.settle') ? await this.effects(ctx) : []),
      ...(may('action.follow') ? [...(await this.received(ctx)), ...(await this.overdue(ctx))] : []),
      ...(may('questionnaire.manage') ? await this.answers(ctx) : []),
      ...(may('finding.write') ? await this.statements(ctx) : []),
    ];
  }

  private async effects(ctx: Ctx): Promise<Work[]> {
    const proposed = await this.board.list(ctx, { proposed: true });
    const offers = await this.offers.waiting(ctx);
    const [first] = proposed.actions;
    const [offer] = offers;
    return [
      ...(first === undefined ? [] : [{
        title: `措置の効果の確認　${proposed.total}件`, about: `${first.department}・「${first.title}」${proposed.total > 1 ? `ほか${proposed.total - 1}件` : ''}`, status: '確認待ち', tone: 'amber', percent: null,
        href: proposed.total === 1 ? `/actions/${first.id}` : '/actions?view=list&due=proposed', label: '確かめる', urgency: URGENCY.checkEffects,
      }]),
      ...(offer === undefined ? [] : [{
        title: `点検から、措置を閉じる申し出　${offers.length}件`, about: `「${offer.title}」${offers.length > 1 ? `ほか${offers.length - 1}件` : ''}　もとになった規則が適合になりました`, status: '申し出', tone: 'violet', percent: null, href: `/actions/${offer.id}`, label: '決める', urgency: URGENCY.answerOffers,
      }]),
    ];
  }

  private async received(ctx: Ctx): Promise<Work[]> {
    const sent = await this.notices.list(ctx, { status: 'notified' });
    return sent.map(({ notice, theme, department, items }): Work => ({
      title: `措置通知　${department}`, about: `${theme}　${items}件の措置　${formatEra(notice.notifiedOn!)}に通知`, status: '受領待ち', tone: 'amber', percent: null, href: `/notices/${notice.id}`, label: '受け取る', urgency: URGENCY.receiveNotices,
    }));
  }

  private async overdue(ctx: Ctx): Promise<Work[]> {
    const { actions: [first], total } = await this.board.list(ctx, { due: 'over' });
    return first === undefined ? [] : [{
      title: `期限を過ぎた措置　${total}件`, about: `${first.department}・「${first.title}」${total > 1 ? `ほか${total - 1}件` : ''}　${formatEra(first.dueOn!)}が期限でした`, status: '期限超過', tone: 'red', percent: null, href: '/actions?view=list&due=over', label: '見る', urgency: URGENCY.followActions,
    }];
  }

  private async answers(ctx: Ctx): Promise<Work[]> {
    const open = (await this.questionnaires.list(ctx, 'all')).filter((one) => one.status !== 'draft');
    const line = (one: (typeof open)[number], count: number, words: { what: string; status: string; tone: string; label: string; urgency: number }): Work[] => (count === 0 ? [] : [{
      title: `調査票「${one.title}」　${words.what}${count}件`, about: one.auditTheme ?? '自己点検票', status: words.status, tone: words.tone, percent: null, href: `/questionnaires/${one.id}`, label: words.label, urgency: words.urgency,
    }]);
    return open.flatMap((one) => [
      ...line(one, one.byStatus.submitted, { what: '確定していない回答', status: '提出', tone: 'amber', label: '確かめる', urgency: URGENCY.fixResponses }),
      ...(one.status === 'open' ? line(one, one.overdue, { what: '期限を過ぎた未提出', status: '未提出', tone: 'red', label: '督促する', urgency: URGENCY.lateRespondents }) : []),
    ]);
  }

  /** 弁明・見解 to which nothing was said yet. */
  private async statements(ctx: Ctx): Promise<Work[]> {
    const rows: { auditId: string; theme: string; findingId: string; title: string; n: number }[] = await ctx.tx.query(
      `select audit.id as "auditId", audit.theme, min(finding.id::text) as "findingId", min(finding.title) as title, count(*)::int as n from finding_statement statement
         join finding on finding.organisation_id = $1 and finding.id = statement.finding_id and finding.stage = 'confirming' join audit on audit.organisation_id = $1 and audit.id = finding.audit_id
        where statement.organisation_id = $1 and statement.agreed = false and statement.reply = '' group by audit.id, audit.theme order by audit.theme`, [ctx.organisation]);
    return rows.map((one): Work => ({
      title: `弁明・見解　${one.n}件`, about: one.n === 1 ? `${one.theme}・「${one.title}」` : one.theme, status: '弁明', tone: 'amber', percent: null, href: one.n === 1 ? `/findings/${one.findingId}` : `/audits/${one.auditId}/findings`, label: '答える', urgency: URGENCY.replyStatements,
    }));
  }
}
