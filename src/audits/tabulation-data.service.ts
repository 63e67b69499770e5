import { Injectable } from '@nestjs/common';
import type { Address, AnswerValue, Code, FormDefinition, Row } from '../engine/form.js';
import type { Dataset } from '../engine/tabulation.js';
import { departmentNames } from '../identity/department-tree.js';
import { Departments } from '../identity/departments.service.js';
import type { Ctx } from '../kernel/ctx.js';
import { Catalogue } from '../systems/catalogue.js';
import { SystemClasses } from '../systems/system-classes.service.js';
import { responseDataset, systemsDataset, SYSTEMS_DATASET, usesDataset, USES_DATASET, type DatasetOrder, type DatasetPlace, type DatasetSystem } from './datasets.js';
import { rowDataset, rowedItems } from './row-datasets.js';
import { RESPONSE_STATUSES } from './response.transitions.js';
import type { Questionnaire, ResponseStatus } from './questionnaire.entity.js';

/** A dataset that an audit offers, before anything of it is read. */
export interface OfferedDataset {
  code: Code;
  title: string;
  /** Of responses. */
  questionnaireId: string | null;
  /** Code of the form of the questionnaire. */
  form: Code | null;
  /** Item whose rows become its records; null: the responses themselves. */
  rowsOf: Code | null;
}

interface Around {
  places: ReadonlyMap<string, DatasetPlace>;
  order: DatasetOrder;
}

/** Responses that were not handed in, too. */
const ALL = '-all';
const PLACELESS: DatasetPlace = { division: '（不明）', section: '（不明）' };

/** Data of an audit as its tables read them: the register and the responses of its questionnaires. Asks for no right. */
@Injectable()
export class TabulationData {
  constructor(
    private readonly departments: Departments,
    private readonly classes: SystemClasses,
    private readonly catalogue: Catalogue,
  ) {}

  /** Responses under the code of their form; where several questionnaires have one, those sent later under a code of their own. */
  async offered(ctx: Ctx, auditId: string): Promise<OfferedDataset[]> {
    const questionnaires: { id: string; title: string; form: string; definition: FormDefinition }[] = await ctx.tx.query(
      `select id, title, definition->>'form' as form, definition from questionnaire where organisation_id = $1 and audit_id = $2 order by sent_at nulls last, id`, [ctx.organisation, auditId]);
    const taken = new Set<string>();
    const responses = questionnaires.flatMap(({ id, title, form, definition }): OfferedDataset[] => {
      const code = taken.has(form) ? `${form}-${id.slice(0, 4)}` : form;
      taken.add(code);
      const one = { questionnaireId: id, form, rowsOf: null };
      const rowed = rowedItems(definition).map((item) => ({ ...one, code: `${code}-${item.code}`, title: `調査票「${title}」の「${item.label}」（1行ずつ）`, rowsOf: item.code }));
      return [{ ...one, code, title: `調査票「${title}」の回答` }, { ...one, code: `${code}${ALL}`, title: `調査票「${title}」の回答（提出前も含む）` }, ...rowed];
    });
    return [...responses, { code: SYSTEMS_DATASET, title: 'システム台帳', questionnaireId: null, form: null, rowsOf: null }, { code: USES_DATASET, title: 'システム台帳（利用する部署ごと）', questionnaireId: null, form: null, rowsOf: null }];
  }

  /** Those of the wanted codes that the audit offers. @param wanted all unless given */
  async read(ctx: Ctx, auditId: string, wanted?: ReadonlySet<Code>): Promise<Dataset[]> {
    const offered = (await this.offered(ctx, auditId)).filter((one) => wanted === undefined || wanted.has(one.code));
    if (offered.length === 0) return [];
    const around = await this.around(ctx);
    const datasets: Dataset[] = [];
    for (const one of offered) if (one.questionnaireId !== null) datasets.push(await this.responses(ctx, one, around));
    if (offered.some((one) => one.questionnaireId === null)) {
      const systems = await this.systems(ctx, around);
      if (offered.some((one) => one.code === SYSTEMS_DATASET)) datasets.push(systemsDataset(this.catalogue.register, systems, around.order));
      if (offered.some((one) => one.code === USES_DATASET)) datasets.push(usesDataset(systems, around.order));
    }
    return datasets;
  }

  /** Every response of a questionnaire, handed in or not, and what is written in the rows of those. Asks for no right. */
  async ofQuestionnaire(ctx: Ctx, { id, title, definition }: Pick<Questionnaire, 'id' | 'title' | 'definition'>): Promise<{ title: string; dataset: Dataset }[]> {
    const around = await this.around(ctx);
    const found: { title: string; dataset: Dataset }[] = [];
    for (const item of [null, ...rowedItems(definition)]) {
      const offered = { code: `${item?.code ?? definition.form}${ALL}`, title, questionnaireId: id, form: definition.form, rowsOf: item?.code ?? null };
      found.push({ title: item?.label ?? '回答', dataset: await this.responses(ctx, offered, around) });
    }
    return found;
  }

  /** Names of the 部局 that have not ended, in their order: lines of a table that is typed. */
  async divisions(ctx: Ctx): Promise<string[]> {
    const tree = await this.departments.tree(ctx);
    const names = departmentNames(tree);
    return tree.filter((one) => one.depth === 0 && one.department.endedOn === null).map((one) => names.get(one.department.id)!);
  }

  private async around(ctx: Ctx): Promise<Around> {
    const tree = await this.departments.tree(ctx);
    const names = departmentNames(tree);
    const places = new Map<string, DatasetPlace>();
    let division = '';
    for (const { department: { id }, depth } of tree) {
      if (depth === 0) division = names.get(id)!;
      places.set(id, { division, section: names.get(id)! });
    }
    const all = [...places.values()];
    return { places, order: { divisions: [...new Set(all.map((one) => one.division))], sections: all.map((one) => one.section), classes: (await this.classes.list(ctx)).map((one) => one.label) } };
  }

  private async responses(ctx: Ctx, { code, title, questionnaireId, rowsOf }: OfferedDataset, { places, order }: Around): Promise<Dataset> {
    const [{ definition }] = (await ctx.tx.query('select definition from questionnaire where organisation_id = $1 and id = $2', [ctx.organisation, questionnaireId])) as [{ definition: FormDefinition }];
    const rows: { id: string; department: string; status: ResponseStatus; system: string | null; class: string | null; answers: Record<Address, AnswerValue | null> | null; rows: Row[] | null }[] = await ctx.tx.query(
      `select r.id, r.department_id as department, r.status, s.name as system, c.label as class, given.answers, held.rows
         from questionnaire_response r
         left join system s on s.organisation_id = r.organisation_id and s.id = r.system_id
         left join system_class c on c.organisation_id = s.organisation_id and c.id = s.class_id
         left join lateral (select jsonb_object_agg(a.item, a.value) as answers from response_answer a where a.organisation_id = r.organisation_id and a.response_id = r.id) given on true
         left join lateral (select jsonb_agg(jsonb_build_object('id', w.id, 'group', w.group_code, 'parent', null, 'position', w.position) order by w.position, w.id) as rows from response_row w where w.organisation_id = r.organisation_id and w.response_id = r.id) held on true
        where r.organisation_id = $1 and r.questionnaire_id = $2`, [ctx.organisation, questionnaireId]);
    const ranks = new Map([...places.keys()].map((id, n) => [id, n]));
    const ordered = rows.sort((a, b) => (ranks.get(a.department) ?? 0) - (ranks.get(b.department) ?? 0) || ((a.system ?? '') < (b.system ?? '') ? -1 : 1));
    const responses = ordered.map((row) => ({ id: row.id, ...(places.get(row.department) ?? PLACELESS), system: row.system, class: row.class, status: row.status, answers: row.answers ?? {}, rows: row.rows ?? [], href: `/questionnaires/${questionnaireId!}/responses/${row.id}` }));
    const statuses = code.endsWith(ALL) ? (Object.keys(RESPONSE_STATUSES) as ResponseStatus[]) : undefined;
    if (rowsOf !== null) return rowDataset({ code, title, definition }, rowsOf, responses, order, statuses);
    return responseDataset({ code, title, definition }, responses, order, statuses);
  }

  private async systems(ctx: Ctx, { places }: Around): Promise<DatasetSystem[]> {
    const rows: { id: string; name: string; class: string | null; department: string; register: Record<Code, AnswerValue>; uses: { id: string; department: string; sections: number | null; terminals: number | null }[]; clauses: (boolean | null)[] }[] = await ctx.tx.query(
      `select s.id, s.name, c.label as class, s.department_id as department, s.register,
          coalesce((select jsonb_agg(jsonb_build_object('id', u.id, 'department', u.department_id, 'sections', u.sections, 'terminals', u.terminals) order by u.id) from system_use u where u.organisation_id = s.organisation_id and u.system_id = s.id), '[]') as uses,
          coalesce((select jsonb_agg(k.personal_information_clause) from system_contract k where k.organisation_id = s.organisation_id and k.system_id = s.id), '[]') as clauses
         from system s left join system_class c on c.organisation_id = s.organisation_id and c.id = s.class_id
        where s.organisation_id = $1 and s.kind = 'system' and s.merged_into_id is null order by c.position nulls last, s.number nulls last, s.name, s.id`, [ctx.organisation]);
    return rows.map(({ id, name, class: label, department, register, uses, clauses }) => ({
      id, name, class: label, owner: places.get(department) ?? PLACELESS, register, href: `/systems/${id}`,
      uses: uses.map((use) => ({ ...use, ...(places.get(use.department) ?? PLACELESS), own: use.department === department })),
      contracts: clauses.map((personalInformationClause) => ({ personalInformationClause })),
    }));
  }
}
