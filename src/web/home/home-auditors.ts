import { Injectable } from '@nestjs/common';
import { Questionnaires } from '../../audits/questionnaires.service.js';
import { fiscalYear, formatEra, formatFiscalYear } from '../../engine/dates.js';
import { ActionAskings } from '../../findings/action-askings.service.js';
import { ActionBoard, type ActionFilter } from '../../findings/action-board.service.js';
import { ActionNotices } from '../../findings/action-notices.service.js';
import { Deliberations } from '../../findings/deliberations.service.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { OFFER_WORDS } from '../actions/board-view.js';
import type { DUES } from '../actions/inputs.js';
import { URGENCY, type Work } from './work.js';

/** What waits for 監査委員 and 監査事務局. */
@Injectable()
export class HomeAuditors {
  constructor(
    private readonly questionnaires: Questionnaires,
    private readonly board: ActionBoard,
    private readonly notices: ActionNotices,
    private readonly deliberations: Deliberations,
    private readonly askings: ActionAskings,
  ) {}

  async waiting(ctx: Ctx): Promise<Work[]> {
    const may = (permission: Parameters<typeof allows>[1]): boolean => allows(ctx.actor.grants, permission);
    return [
      ...(may('deliberation.voice') ? (await this.deliberations.waiting(ctx)).map((one): Work => ({
        title: `合議の意見「${one.label}」`, about: `${one.theme}　${formatEra(one.heldOn)}の合議`, status: '合議', tone: 'amber', percent: null, href: `/audits/${one.auditId}/deliberations`, label: '意見を述べる', urgency: URGENCY.voice,
      })) : []),
      ...(may('action.settle') ? await this.effects(ctx) : []),
      ...(may('action.follow') ? [...(await this.received(ctx)), ...(await this.followed(ctx))] : []),
      ...(may('questionnaire.manage') ? await this.answers(ctx) : []),
      ...(may('finding.write') ? await this.statements(ctx) : []),
    ];
  }

  private async effects(ctx: Ctx): Promise<Work[]> {
    const proposed = await this.board.list(ctx, { proposed: true });
    const [first] = proposed.actions;
    const offers = await this.board.list(ctx, { offered: true });
    const offered = (kind: 'closing' | 'reopening'): Work[] => {
      const theirs = offers.actions.filter((one) => one.offered === kind);
      const [offer] = theirs;
      const count = offers.total > offers.actions.length ? `${theirs.length}件以上` : `${theirs.length}件`;
      return offer === undefined ? [] : [{
        title: `点検から、措置を${OFFER_WORDS[kind]}　${count}`, about: `「${offer.title}」${theirs.length > 1 ? `ほか${theirs.length - 1}件` : ''}　もとになった規則が${kind === 'closing' ? '適合になりました' : 'また適合しなくなりました'}`, status: '申し出', tone: 'violet', percent: null,
        href: theirs.length === 1 ? `/actions/${offer.id}` : '/actions?view=list&due=offered', label: '決める', urgency: URGENCY.answerOffers,
      }];
    };
    return [
      ...(first === undefined ? [] : [{
        title: `措置の効果の確認　${proposed.total}件`, about: `${first.department}・「${first.title}」${proposed.total > 1 ? `ほか${proposed.total - 1}件` : ''}`, status: '確認待ち', tone: 'amber', percent: null,
        href: proposed.total === 1 ? `/actions/${first.id}` : '/actions?view=list&due=proposed', label: '確かめる', urgency: URGENCY.checkEffects,
      }]),
      ...offered('reopening'), ...offered('closing'),
    ];
  }

  private async received(ctx: Ctx): Promise<Work[]> {
    const sent = await this.notices.list(ctx, { status: 'notified' });
    return sent.map(({ notice, theme, department, items }): Work => ({
      title: `措置通知　${department}`, about: `${theme}　${items}件の措置　${formatEra(notice.notifiedOn!)}に通知`, status: '受領待ち', tone: 'amber', percent: null, href: `/notices/${notice.id}`, label: '受け取る', urgency: URGENCY.receiveNotices,
    }));
  }

  /** What the office follows: who must take over, what must be published and asked, whose due date is over or near. */
  private async followed(ctx: Ctx): Promise<Work[]> {
    const line = async (filter: ActionFilter, due: keyof typeof DUES, words: Pick<Work, 'status' | 'tone' | 'label' | 'urgency'> & { title: string; day: (dueOn: string) => string }): Promise<Work[]> => {
      const { actions: [first], total } = await this.board.list(ctx, filter);
      const { title, day, ...rest } = words;
      return first === undefined ? [] : [{
        ...rest, title: `${title}　${total}件`, about: `${first.department}・「${first.title}」${total > 1 ? `ほか${total - 1}件` : ''}${first.dueOn === null ? '' : day(first.dueOn)}`, percent: null, href: total === 1 ? `/actions/${first.id}` : `/actions?view=list&due=${due}`,
      }];
    };
    const [unpublished, ...more] = await this.notices.list(ctx, { status: 'received' });
    const unasked = await this.askings.unasked(ctx);
    return [
      ...(await line({ ended: true }, 'ended', { title: '責任を持つ課が終了した措置', status: '移管', tone: 'red', label: '移す', urgency: URGENCY.endedActions, day: () => '' })),
      ...(unpublished === undefined ? [] : [{
        title: `公表していない措置通知　${more.length + 1}件`, about: `${unpublished.department}・${unpublished.theme}　${formatEra(unpublished.notice.receivedOn!)}に受領`, status: '公表', tone: 'amber', percent: null, href: `/audits/${unpublished.notice.auditId}/measures`, label: '公表する', urgency: URGENCY.publishMeasures,
      }]),
      ...(unasked === 0 ? [] : [{
        title: `${formatFiscalYear(fiscalYear(ctx.clock.today()))}の措置の照会　${unasked}件`, about: '前の年度までの措置のうち、終わっていないもの', status: '照会', tone: 'blue', percent: null, href: '/actions/askings', label: '照会する', urgency: URGENCY.askActions,
      }]),
      ...(await line({ due: 'over' }, 'over', { title: '期限を過ぎた措置', status: '期限超過', tone: 'red', label: '見る', urgency: URGENCY.followActions, day: (dueOn) => `　${formatEra(dueOn)}が期限でした` })),
      ...(await line({ due: 'soon' }, 'soon', { title: 'まもなく期限の措置', status: 'まもなく', tone: 'amber', label: '見る', urgency: URGENCY.followSoon, day: (dueOn) => `　${formatEra(dueOn)}まで` })),
    ];
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
