import { Injectable } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import type { Code } from '../engine/form.js';
import { namesWrittenIn } from '../engine/names.js';
import { Reading } from '../engine/reading.js';
import { Department } from '../identity/organisation.entity.js';
import { allows, reachOf } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Refused } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { mayWrite, objectOf as systemObject, readSystem } from '../systems/system-access.js';
import { InformationSystem, SystemUse, type SystemKind } from '../systems/system.entity.js';
import { objectOf, readAssessment } from './access.js';
import { answersOf } from './assessment-reading.service.js';
import { AssessmentSystem } from './assessment-system.entity.js';
import { Assessment } from './assessment.entity.js';
import { STATUSES, type Status } from './assessment.transitions.js';
import { Forms } from './forms.js';

export interface NamedSystem {
  id: string;
  kind: SystemKind;
  number: number | null;
  name: string;
  departmentId: string;
  departmentName: string;
  /** Whether this person may open it; who writes the assessment sees the others too, by name. */
  readable: boolean;
}

export interface NamingAssessment {
  id: string;
  number: string | null;
  title: string;
  form: Code;
  formTitle: string;
  status: Status;
  statusLabel: string;
  departmentId: string;
  departmentName: string;
  /** Whether this person may open it; who writes the system sees the others too, by title. */
  readable: boolean;
}

/** Assessments whose text is looked through for one name. */
const MOST_CANDIDATES = 50;

/** Which systems of the register an assessment speaks of. Links to a merged system are links to the one it was merged into. */
@Injectable()
export class AssessmentSystems {
  constructor(private readonly forms: Forms) {}

  /** By name. Throws `NotFound`, `Refused`. */
  async ofAssessment(ctx: Ctx, assessmentId: string): Promise<NamedSystem[]> {
    const assessment = await readAssessment(ctx, assessmentId);
    return this.shown(ctx, assessment, await this.linkedTo(ctx, assessmentId));
  }

  /** By title. Throws `NotFound`, `Refused`. */
  async ofSystem(ctx: Ctx, systemId: string): Promise<NamingAssessment[]> {
    const system = await readSystem(ctx, systemId);
    const ids = ((await this.linksOf(ctx, [systemId])).get(systemId) ?? []).map((one) => one.assessmentId);
    const found = ids.length === 0 ? [] : await scoped(ctx, Assessment).find({ id: In(ids) }, { title: 'ASC', id: 'ASC' });
    const names = await departmentNames(ctx, found);
    return found.flatMap((one): NamingAssessment[] => {
      const readable = allows(ctx.actor.grants, 'assessment.read', one.departmentId);
      if (!readable && !mayWrite(ctx, system)) return [];
      return [this.naming(one, names, readable)];
    });
  }

  /** Links them; linked already is no error. Throws `NotFound`, `Refused` (may write neither of them, merged). */
  async link(ctx: Ctx, assessmentId: string, systemId: string): Promise<void> {
    const { assessment, system } = await this.both(ctx, assessmentId, systemId);
    if (system.mergedIntoId !== null) throw new Refused('merged', `「${system.name}」は、ほかのシステムに統合されています。統合先のシステムを選んでください。`);
    if ((await this.linkedTo(ctx, assessmentId)).some((one) => one.id === systemId)) return;
    await scoped(ctx, AssessmentSystem).insert({ id: newId(), assessmentId, systemId });
    await record(ctx, { action: 'system-linked', object: objectOf(assessmentId), after: { id: systemId, name: system.name } });
    await record(ctx, { action: 'assessment-linked', object: systemObject(systemId), after: { id: assessmentId, name: assessment.title } });
  }

  /** Takes the link away; not linked is no error. Throws `NotFound`, `Refused` (may write neither of them). */
  async unlink(ctx: Ctx, assessmentId: string, systemId: string): Promise<void> {
    const { assessment, system } = await this.both(ctx, assessmentId, systemId);
    const removed = await scoped(ctx, AssessmentSystem).delete({ assessmentId, systemId: In(await this.withMerged(ctx, systemId)) });
    if (removed === 0) return;
    await record(ctx, { action: 'system-unlinked', object: objectOf(assessmentId), before: { id: systemId, name: system.name } });
    await record(ctx, { action: 'assessment-unlinked', object: systemObject(systemId), before: { id: assessmentId, name: assessment.title } });
  }

  /**
   * Systems of the register whose name is written in a short text of the assessment (names of systems, in every form) and that are
   * not yet linked. Facts that the place of keeping fills in, such as the name of the affair, are no names of systems.
   * Throws `NotFound`, `Refused`.
   */
  async suggested(ctx: Ctx, assessmentId: string): Promise<NamedSystem[]> {
    const assessment = await readAssessment(ctx, assessmentId);
    const form = this.forms.get(assessment.form, assessment.formVersion);
    const reading = new Reading(form, (await answersOf(ctx, assessmentId)).answers, this.forms.thresholdOf(form));
    const texts = reading.instances.filter(({ item: { item } }) => (item.kind === 'text' || item.kind === 'text-list') && item.prefilledFrom === undefined).flatMap(({ address }) => {
      const value = reading.answer(address);
      return typeof value === 'string' ? [value] : Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
    });
    const isWritten = namesWrittenIn(texts);
    const linked = new Set((await this.linkedTo(ctx, assessmentId)).map((one) => one.id));
    const register = await scoped(ctx, InformationSystem).find({ mergedIntoId: IsNull() }, { name: 'ASC', id: 'ASC' });
    return this.shown(ctx, assessment, register.filter((one) => !linked.has(one.id) && isWritten(one.name)));
  }

  /**
   * The other way round: assessments that the person may open, that write the name of this system and are not yet linked to it.
   * The text of the answers leads to candidates; `suggested` decides. Throws `NotFound`, `Refused`.
   */
  async suggestedFor(ctx: Ctx, systemId: string): Promise<NamingAssessment[]> {
    const system = await readSystem(ctx, systemId);
    const linked = new Set(((await this.linksOf(ctx, [systemId])).get(systemId) ?? []).map((one) => one.assessmentId));
    const part = longestWord(system.name);
    const rows: { id: string }[] = part === '' ? [] : await ctx.tx.query(
      `select distinct assessment_id as id from answer where organisation_id = $1 and normalize(value::text, NFKC) ilike $2 order by 1 limit $3`, [ctx.organisation, `%${part.replace(/[\\%_]/gu, '\\$&')}%`, MOST_CANDIDATES]);
    const reach = reachOf(ctx.actor.grants, 'assessment.read');
    const found = rows.length === 0 ? [] : await scoped(ctx, Assessment).find({ id: In(rows.map((one) => one.id)) }, { title: 'ASC', id: 'ASC' });
    const naming: Assessment[] = [];
    for (const one of found) {
      if (linked.has(one.id) || !(reach === 'all' || reach.has(one.departmentId))) continue;
      if ((await this.suggested(ctx, one.id)).some((named) => named.id === systemId)) naming.push(one);
    }
    const names = await departmentNames(ctx, naming);
    return naming.map((one) => this.naming(one, names, true));
  }

  /** Assessments that name these systems, whoever asks: for the checks. One query; a system that none names has an empty list. */
  async linksOf(ctx: Ctx, systemIds: readonly string[]): Promise<Map<string, { assessmentId: string }[]>> {
    const links = new Map<string, { assessmentId: string }[]>(systemIds.map((id) => [id, []]));
    const rows: { systemId: string; assessmentId: string }[] = systemIds.length === 0 ? [] : await ctx.tx.query(
      `with recursive merged as (
         select id, id as system_id from system where organisation_id = $1 and id = any($2::uuid[])
         union select below.id, merged.system_id from system below join merged on below.merged_into_id = merged.id where below.organisation_id = $1
       )
       select distinct merged.system_id as "systemId", link.assessment_id as "assessmentId"
         from merged join assessment_system link on link.organisation_id = $1 and link.system_id = merged.id
        order by 1, 2`,
      [ctx.organisation, systemIds],
    );
    for (const { systemId, assessmentId } of rows) links.get(systemId)?.push({ assessmentId });
    return links;
  }

  /** Both, the assessment locked, so that links of it change one after the other. */
  private async both(ctx: Ctx, assessmentId: string, systemId: string): Promise<{ assessment: Assessment; system: InformationSystem }> {
    const assessment = await scoped(ctx, Assessment).lock(assessmentId);
    const system = await scoped(ctx, InformationSystem).get(systemId);
    if (allows(ctx.actor.grants, 'assessment.write', assessment.departmentId) || allows(ctx.actor.grants, 'system.write', system.departmentId)) return { assessment, system };
    throw new Refused('not-allowed', '評価書とシステムを結び付けられるのは、評価書を書く人か、システム台帳を書く人です。どちらかの所管課に頼んでください。');
  }

  /** Systems of which an assessment speaks, whoever asks; a merged one is the one it was merged into. */
  async linkedTo(ctx: Ctx, assessmentId: string): Promise<InformationSystem[]> {
    const rows: { id: string }[] = await ctx.tx.query(
      `with recursive linked as (
         select system.id, system.merged_into_id from assessment_system link join system on system.id = link.system_id
          where link.organisation_id = $1 and link.assessment_id = $2
         union select above.id, above.merged_into_id from system above join linked on above.id = linked.merged_into_id where above.organisation_id = $1
       )
       select id from linked where merged_into_id is null`,
      [ctx.organisation, assessmentId],
    );
    return rows.length === 0 ? [] : scoped(ctx, InformationSystem).find({ id: In(rows.map((one) => one.id)) }, { name: 'ASC', id: 'ASC' });
  }

  private naming(one: Assessment, names: ReadonlyMap<string, string>, readable: boolean): NamingAssessment {
    return {
      id: one.id, number: one.number, title: one.title, form: one.form, formTitle: this.forms.get(one.form, one.formVersion).definition.shortTitle,
      status: one.status, statusLabel: STATUSES[one.status], departmentId: one.departmentId, departmentName: names.get(one.departmentId) ?? '', readable,
    };
  }

  /** The system and all that were merged into it. */
  private async withMerged(ctx: Ctx, systemId: string): Promise<string[]> {
    const rows: { id: string }[] = await ctx.tx.query(
      `with recursive merged as (
         select id from system where organisation_id = $1 and id = $2
         union select below.id from system below join merged on below.merged_into_id = merged.id where below.organisation_id = $1
       )
       select id from merged`,
      [ctx.organisation, systemId],
    );
    return rows.map((one) => one.id);
  }

  private async shown(ctx: Ctx, assessment: Assessment, systems: readonly InformationSystem[]): Promise<NamedSystem[]> {
    const readable = await readableOf(ctx, systems);
    const shown = allows(ctx.actor.grants, 'assessment.write', assessment.departmentId) ? systems : systems.filter((one) => readable.has(one.id));
    const names = await departmentNames(ctx, shown);
    return shown.map(({ id, kind, number, name, departmentId }) => ({ id, kind, number, name, departmentId, departmentName: names.get(departmentId) ?? '', readable: readable.has(id) }));
  }
}

/** Those that the person may open: as `mustRead` of the register decides, for many at once. */
async function readableOf(ctx: Ctx, systems: readonly InformationSystem[]): Promise<Set<string>> {
  const reach = reachOf(ctx.actor.grants, 'system.read');
  if (reach === 'all') return new Set(systems.map((one) => one.id));
  if (reach.size === 0 || systems.length === 0) return new Set();
  const uses = await scoped(ctx, SystemUse).find({ systemId: In(systems.map((one) => one.id)), departmentId: In([...reach]) });
  return new Set([...uses.map((one) => one.systemId), ...systems.filter((one) => one.kind === 'platform' || reach.has(one.departmentId)).map((one) => one.id)]);
}

async function departmentNames(ctx: Ctx, of: readonly { departmentId: string }[]): Promise<Map<string, string>> {
  const ids = [...new Set(of.map((one) => one.departmentId))];
  return new Map((ids.length === 0 ? [] : await scoped(ctx, Department).find({ id: In(ids) })).map((one) => [one.id, one.name]));
}

/** A part of a name that stands in every way of writing it but for kana and list marks: for finding candidates in a text. */
function longestWord(name: string): string {
  const parts = name.normalize('NFKC').replace(/(?:システム|system)?等?$/iu, '').split(/[\s()[\]{}<>「」『』【】〔〕〈〉《》ー"\\]+/u);
  return parts.reduce((longest, part) => (part.length > longest.length ? part : longest), '');
}
