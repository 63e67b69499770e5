/** Who answers a questionnaire, and what the table of steps allows them now. */
import { withThoseUnder } from '../identity/department-tree.js';
import { reachOf } from '../identity/permissions.js';
import type { Ctx, Grant } from '../kernel/ctx.js';
import { Refused } from '../kernel/errors.js';
import { scoped } from '../kernel/scoped.js';
import { Questionnaire, QuestionnaireResponse } from './questionnaire.entity.js';
import { RESPONSE_ACTIONS, RESPONSE_STATUSES, responseActionsFor, responseTransitionOf, type ResponseAction } from './response.transitions.js';

/** How the journal names a response. */
export const responseObject = (id: string): { kind: string; id: string } => ({ kind: 'questionnaire-response', id });

/** Departments for which a person answers: those of their roles, with all that lies under them. */
export interface AnsweringReach {
  departments: ReadonlySet<string>;
  /** The person's grants with the departments under theirs, for the table of steps. */
  grants: readonly Grant[];
}

export async function answeringReach(ctx: Ctx): Promise<AnsweringReach> {
  const reach = reachOf(ctx.actor.grants, 'questionnaire.answer');
  const tree: { id: string; parentId: string | null }[] = await ctx.tx.query('select id, parent_id as "parentId" from department where organisation_id = $1', [ctx.organisation]);
  if (reach === 'all') return { departments: new Set(tree.map(({ id }) => id)), grants: ctx.actor.grants };
  const under = new Map([...reach].map((id) => [id, withThoseUnder(tree, id)]));
  const grants = ctx.actor.grants.flatMap((grant) => [...(under.get(grant.department ?? '') ?? [grant.department])].map((department): Grant => ({ role: grant.role, department })));
  return { departments: new Set([...under.values()].flatMap((one) => [...one])), grants };
}

/** The department that was asked, or one that answers in its place; null: neither. */
export function standingOf({ departmentId, delegatedToId }: Pick<QuestionnaireResponse, 'departmentId' | 'delegatedToId'>, { departments }: AnsweringReach): 'asked' | 'delegate' | null {
  if (departments.has(departmentId)) return 'asked';
  return delegatedToId !== null && departments.has(delegatedToId) ? 'delegate' : null;
}

export interface Accessible {
  response: QuestionnaireResponse;
  questionnaire: Questionnaire;
  standing: 'asked' | 'delegate';
  reach: AnsweringReach;
}

/** The response for whoever answers it. Throws `NotFound` (also for another organisation), `Refused`. */
export async function readResponse(ctx: Ctx, id: string): Promise<Accessible> {
  const response = await scoped(ctx, QuestionnaireResponse).get(id);
  return access(ctx, response, await scoped(ctx, Questionnaire).get(response.questionnaireId));
}

/**
 * The response, locked until the end of the transaction, for a step that is possible now; until then its questionnaire cannot be
 * closed. Throws `NotFound`, `Refused` (other
 * department, not possible in this state, only for the department that was asked).
 */
export async function lockResponse(ctx: Ctx, id: string, action: ResponseAction | 'delegate'): Promise<Accessible> {
  const { questionnaireId } = await scoped(ctx, QuestionnaireResponse).get(id);
  const open = await scoped(ctx, Questionnaire).lock(questionnaireId, 'shared');
  const found = await access(ctx, await scoped(ctx, QuestionnaireResponse).lock(id), open);
  const { response, questionnaire, standing } = found;
  if (action !== 'save' && standing !== 'asked') {
    throw new Refused('only-the-department', 'この操作は、調査票を受け取った部署だけができます。回答が済んだことを、その部署に伝えてください。');
  }
  const needed = action === 'delegate' ? 'save' : action;
  if (questionnaire.status !== 'open') throw new Refused('questionnaire-closed', `調査票「${questionnaire.title}」は締め切られています。直すことがあるときは、監査事務局に伝えてください。`);
  if (!actionsOf(found).includes(needed)) {
    const name = action === 'delegate' ? '回答を任せる' : RESPONSE_ACTIONS[action];
    throw new Refused('not-now', `この回答は「${RESPONSE_STATUSES[response.status].label}」なので、「${name}」操作はできません。画面を読み込み直して、いまの状態を確かめてください。`);
  }
  return found;
}

/** Steps of the table that the person may take now; handing in and taking back belong to the department that was asked. */
export function actionsOf({ response, questionnaire, standing, reach }: Accessible): ResponseAction[] {
  return responseActionsFor({ ...response, questionnaireStatus: questionnaire.status }, reach)
    .filter(({ action, permission }) => permission === 'questionnaire.answer' && (standing === 'asked' || action === 'save'))
    .map(({ action }) => action);
}

/** Status after a step that was found possible. */
export const statusAfter = ({ status }: Pick<QuestionnaireResponse, 'status'>, action: ResponseAction): QuestionnaireResponse['status'] => responseTransitionOf(status, action)?.to ?? status;

async function access(ctx: Ctx, response: QuestionnaireResponse, questionnaire: Questionnaire): Promise<Accessible> {
  const reach = await answeringReach(ctx);
  const standing = standingOf(response, reach);
  if (standing === null) throw new Refused('other-department', 'この調査票は、ほかの部署に送られたものです。見る必要があるときは、その部署に頼んでください。');
  return { response, questionnaire, standing, reach };
}
