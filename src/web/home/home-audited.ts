import { Injectable } from '@nestjs/common';
import { Answering } from '../../audits/answering.service.js';
import { formatEra, formatFiscalYear } from '../../engine/dates.js';
import { ActionAskings } from '../../findings/action-askings.service.js';
import { ActionBoard, type ListedAction } from '../../findings/action-board.service.js';
import { ActionNotices } from '../../findings/action-notices.service.js';
import { Statements } from '../../findings/statements.service.js';
import { reachOf } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { URGENCY, type Work } from './work.js';

/** What waits for a department that is audited: questionnaires, facts to confirm, corrective actions. */
@Injectable()
export class HomeAudited {
  constructor(
    private readonly answering: Answering,
    private readonly statements: Statements,
    private readonly board: ActionBoard,
    private readonly askings: ActionAskings,
    private readonly notices: ActionNotices,
  ) {}

  async waiting(ctx: Ctx): Promise<Work[]> {
    const reach = reachOf(ctx.actor.grants, 'action.write');
    if (reach === 'all' || reach.size === 0) return [];
    const responses = await this.answering.waiting(ctx);
    const asked = (await this.statements.mine(ctx)).filter((one) => one.open && one.agreed === null);
    const questions = await this.askings.waiting(ctx);
    const over = await this.board.list(ctx, { due: 'over' });
    const soon = await this.board.list(ctx, { due: 'soon' });
    const unplanned = await this.board.list(ctx, { unplanned: true });
    const [begun] = unplanned.actions;
    const ineffective = await this.board.list(ctx, { ineffective: true });
    const [draft, ...drafts] = await this.notices.list(ctx, { status: 'draft' });
    return [
      ...responses.map(({ id, title, department, system, status, dueOn, late }): Work => ({
        title: `調査票「${title}」`, about: `${department}${system === null ? '' : `・${system}`}　${dueWords(dueOn, late)}`, ...(status === 'returned' ? { status: '差戻し', tone: 'red' } : late ? { status: '期限超過', tone: 'red' } : { status: '調査票', tone: 'blue' }), percent: null,
        href: `/responses/${id}`, label: status === 'not-started' ? '回答する' : status === 'returned' ? '直す' : '続きを回答する', urgency: status === 'returned' ? URGENCY.returned : late ? URGENCY.lateResponses : URGENCY.responses,
      })),
      ...asked.map(({ findingId, title, theme, departmentName, dueOn, late }): Work => ({
        title: `事実の確認「${title}」`, about: `${departmentName}・${theme}　${dueWords(dueOn, late)}`, status: late ? '期限超過' : '事実確認', tone: late ? 'red' : 'amber', percent: null, href: `/findings/${findingId}`, label: '確かめる', urgency: late ? URGENCY.lateResponses : URGENCY.statements,
      })),
      ...together(ineffective.actions, ineffective.total, { title: '効果が認められなかった措置', status: '差戻し', tone: 'red', label: '経過を書く', due: 'ineffective', urgency: URGENCY.ineffectiveActions }),
      ...together(over.actions, over.total, { title: '期限を過ぎた措置', status: '期限超過', tone: 'red', label: '経過を書く', due: 'over', urgency: URGENCY.overdueActions }),
      ...(questions.length === 0 ? [] : [{
        title: `${formatFiscalYear(questions[0]!.fiscalYear)}の措置の照会　${questions.length}件`, about: `「${questions[0]!.title}」${questions.length > 1 ? `ほか${questions.length - 1}件` : ''}　${dueWords(questions[0]!.dueOn, questions[0]!.dueOn < ctx.clock.today())}`,
        status: '照会', tone: 'amber', percent: null, href: questions.length === 1 ? `/actions/${questions[0]!.actionId}` : '/actions/askings', label: '答える', urgency: URGENCY.askedActions,
      }]),
      ...(begun === undefined ? [] : [{
        title: `計画を書いていない措置　${unplanned.total}件`, about: `${begun.department}・「${begun.title}」${unplanned.total > 1 ? `ほか${unplanned.total - 1}件` : ''}`, status: '計画', tone: 'blue', percent: null,
        href: unplanned.total === 1 ? `/actions/${begun.id}` : `/actions?view=list&state=${begun.state.code}`, label: '計画を書く', urgency: URGENCY.planActions,
      }]),
      ...(draft === undefined ? [] : [{
        title: `通知していない措置通知　${drafts.length + 1}件`, about: `${draft.department}・${draft.theme}　${draft.items}件の措置`, status: '下書き', tone: 'blue', percent: null,
        href: drafts.length === 0 ? `/notices/${draft.notice.id}` : '/notices', label: '続ける', urgency: URGENCY.draftNotices,
      }]),
      ...together(soon.actions, soon.total, { title: 'まもなく期限の措置', status: 'まもなく', tone: 'amber', label: '経過を書く', due: 'soon', urgency: URGENCY.actionsDue }),
    ];
  }
}

const dueWords = (dueOn: string, late: boolean): string => `${formatEra(dueOn)}${late ? 'が期限でした' : 'まで'}`;

/** One line for all of them, led by the most urgent. */
function together([first]: readonly ListedAction[], total: number, { title, status, tone, label, due, urgency }: { title: string; status: string; tone: string; label: string; due: string; urgency: number }): Work[] {
  if (first === undefined) return [];
  return [{
    title: `${title}　${total}件`, about: `${first.department}・「${first.title}」${total > 1 ? `ほか${total - 1}件` : ''}${due === 'ineffective' ? '' : `　${dueWords(first.dueOn!, due === 'over')}`}`, status, tone, percent: null,
    href: total === 1 ? `/actions/${first.id}` : `/actions?view=list&due=${due}`, label, urgency,
  }];
}
