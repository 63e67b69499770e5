/** Whom a questionnaire may be sent to: living departments, and for each the systems that it owns or uses. */
import type { CompiledForm } from '../engine/form-index.js';
import type { AnswerValue, Code } from '../engine/form.js';
import { groupedBy } from '../engine/grouping.js';
import type { DepartmentInTree } from '../identity/departments.service.js';
import { reachOf } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, type Problem } from '../kernel/errors.js';
import { scoped } from '../kernel/scoped.js';
import { hasEnded } from '../systems/register-values.js';
import { AuditTarget } from './audit.entity.js';
import { QuestionnaireResponse, type Questionnaire } from './questionnaire.entity.js';

export interface Recipient {
  departmentId: string;
  /** Of a questionnaire per department and system; else null. */
  systemId: string | null;
}

export interface RecipientSystem {
  id: string;
  name: string;
  /** The department is in charge of it; else it uses it. */
  owned: boolean;
  asked: boolean;
  /** 監査対象. */
  target: boolean;
}

export interface RecipientDepartment {
  id: string;
  name: string;
  path: string;
  depth: number;
  /** People who may answer for it. */
  people: number;
  /** 監査対象, itself or through what stands above it. */
  target: boolean;
  asked: boolean;
  systems: RecipientSystem[];
}

interface SystemRow { id: string; name: string; departmentId: string; ownerId: string; register: Record<Code, AnswerValue> }

/** A person who may answer, with where letters go. */
export interface Answerer { departmentId: string; accountId: string; mail: string | null }

/** In the order of the tree. */
export async function recipientsOf(ctx: Ctx, questionnaire: Questionnaire, tree: readonly DepartmentInTree[], register: CompiledForm): Promise<RecipientDepartment[]> {
  const living = tree.filter(({ department }) => department.endedOn === null);
  const responses = await scoped(ctx, QuestionnaireResponse).find({ questionnaireId: questionnaire.id });
  const asked = new Set(responses.map(({ departmentId, systemId }) => keyOf({ departmentId, systemId })));
  const targets = questionnaire.auditId === null ? [] : await scoped(ctx, AuditTarget).find({ auditId: questionnaire.auditId });
  const people = groupedBy(await answerersOf(ctx), (one) => one.departmentId);
  const systems = questionnaire.per === 'department' ? new Map<string, SystemRow[]>() : groupedBy(await systemsOf(ctx, register), (one) => one.departmentId);
  const parents = new Map(living.map(({ department }) => [department.id, department.parentId]));
  const meant = (id: string): boolean => {
    for (let at: string | null | undefined = id; at !== null && at !== undefined; at = parents.get(at)) if (targets.some((one) => one.departmentId === at && one.systemId === null)) return true;
    return false;
  };
  return living.map(({ department: { id, name }, path, depth }) => ({
    id, name, path, depth, people: people.get(id)?.length ?? 0, target: meant(id), asked: asked.has(keyOf({ departmentId: id, systemId: null })),
    systems: (systems.get(id) ?? []).map((one) => ({
      id: one.id, name: one.name, owned: one.ownerId === id, asked: asked.has(keyOf({ departmentId: id, systemId: one.id })),
      target: targets.some((target) => target.departmentId === id && target.systemId === one.id) || targets.some((target) => target.systemId === one.id && target.departmentId === one.ownerId),
    })),
  }));
}

export const keyOf = ({ departmentId, systemId }: Recipient): string => `${departmentId}/${systemId ?? ''}`;

/** Those that are new, each once. Throws `Invalid` for what cannot be asked. */
export function newRecipients(chosen: readonly Recipient[], among: readonly RecipientDepartment[], per: Questionnaire['per']): Recipient[] {
  const problems: Problem[] = [];
  const byId = new Map(among.map((one) => [one.id, one]));
  const found = new Map<string, Recipient>();
  const wrong = (code: string, message: string): void => void problems.push({ code, path: 'recipients', message });
  for (const one of chosen) {
    const department = byId.get(one.departmentId);
    if (department === undefined) wrong('department-gone', '送り先に、終了した部署か、ない部署が入っています。送り先を選び直してください。');
    else if (per === 'department' && one.systemId !== null) wrong('system-not-asked', `この調査票は部署ごとに回答します。「${department.name}」のシステムは選べません。`);
    else if (per === 'department-system') {
      const system = department.systems.find(({ id }) => id === one.systemId);
      if (system === undefined) wrong('system-not-theirs', `「${department.name}」が所管も利用もしていないシステムは選べません。台帳の利用課を確かめてください。`);
      else if (!system.asked) found.set(keyOf(one), one);
    } else if (!department.asked) found.set(keyOf(one), one);
  }
  if (problems.length === 0 && found.size === 0) wrong('no-recipients', '送り先を1つ以上選んでください。');
  if (problems.length > 0) throw new Invalid('recipients-invalid', '調査票は送っていません。', problems);
  return [...found.values()];
}

/** Everybody who may answer, by the departments of their roles. Disabled people do not. */
export async function answerersOf(ctx: Ctx, departmentIds: readonly string[] | 'all' = 'all'): Promise<Answerer[]> {
  const rows: (Answerer & { role: string })[] = await ctx.tx.query(
    `select r.department_id as "departmentId", r.role, a.id as "accountId", a.mail from account_role r join account a on a.id = r.account_id
      where r.organisation_id = $1 and not a.disabled and r.department_id is not null and ($2::uuid[] is null or r.department_id = any($2)) order by a.sign_in_name`,
    [ctx.organisation, departmentIds === 'all' ? null : departmentIds]);
  const found = new Map<string, Answerer>();
  for (const { departmentId, accountId, mail, role } of rows) {
    const reach = reachOf([{ role, department: departmentId }], 'questionnaire.answer');
    if (reach === 'all' || reach.has(departmentId)) found.set(`${departmentId}/${accountId}`, { departmentId, accountId, mail });
  }
  return [...found.values()];
}

/** A row for every department that owns or uses a system that runs. */
async function systemsOf(ctx: Ctx, register: CompiledForm): Promise<SystemRow[]> {
  const rows: SystemRow[] = await ctx.tx.query(
    `select s.id, s.name, p.department_id as "departmentId", s.department_id as "ownerId", s.register
       from system s join (select id as system_id, department_id from system where organisation_id = $1 union select system_id, department_id from system_use where organisation_id = $1) p on p.system_id = s.id
      where s.organisation_id = $1 and s.merged_into_id is null and s.kind = 'system' order by s.number nulls last, s.name, s.id`, [ctx.organisation]);
  return rows.filter((one) => !hasEnded(register, one.register));
}
