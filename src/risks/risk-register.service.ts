import { Injectable } from '@nestjs/common';
import type { Code } from '../engine/form.js';
import { Departments } from '../identity/departments.service.js';
import type { Ctx } from '../kernel/ctx.js';
import { Catalogue } from '../systems/catalogue.js';
import { addRisk, changeRisk, closeRisk, fieldsOf, reopenRisk, type RiskFields, type RiskInput } from './risk-changing.js';
import { mayWriteRisk, readRisk, systemsToChoose, type RiskSystem } from './risk-access.js';
import { closingReason, historyOf, judgementReason, type RiskChange, type RuleTitle } from './risk-history.js';
import { listRisks, risksWithin, type ListedRisk, type RiskFilter, type RiskList } from './risk-list.js';
import { RiskMatrices, type Rating, type RiskMatrix } from './risk-matrix.js';
import { measuresOf, rulesOf, setMeasures, setRules, type Measure, type RuleOfRisk } from './risk-parts.js';
import { movementOf, ratingOf, residualOf, type Movement } from './risk-rating.js';

export interface RiskPage extends RiskFields {
  id: string;
  /** Send it back with the next change. */
  version: number;
  system: RiskSystem | null;
  departmentPath: string;
  /** With which it was judged; `outdated`: not that of today. */
  matrix: RiskMatrix;
  outdated: boolean;
  ratingBefore: Rating;
  /** Null: not judged after the measures. */
  ratingAfter: Rating | null;
  residual: Rating;
  movement: Movement;
  /** Why it was judged so, where somebody said it. */
  reason: { text: string; by: string; at: string } | null;
  measures: (Measure & { controlLabel: string | null })[];
  rules: RuleOfRisk[];
  /** ISO day; null: open. */
  closedOn: string | null;
  closedReason: string;
  changedAt: string;
  changedBy: string;
  may: { write: boolean };
}

/** リスク: lists, shows and changes risks. Each use case is a file beside. */
@Injectable()
export class RiskRegister {
  constructor(
    readonly matrices: RiskMatrices,
    private readonly catalogue: Catalogue,
    private readonly departments: Departments,
  ) {}

  /** As far as the person's grants reach; the gravest first, 50 a page. */
  async list(ctx: Ctx, filter: RiskFilter = {}): Promise<RiskList> {
    return listRisks(ctx, this.matrices, await this.departments.tree(ctx), filter);
  }

  /** The same without pages: for pictures and files. */
  async all(ctx: Ctx, filter: Omit<RiskFilter, 'page'> = {}): Promise<ListedRisk[]> {
    return risksWithin(ctx, this.matrices, await this.departments.tree(ctx), filter);
  }

  /** Throws `NotFound` (also for another organisation), `Refused`. */
  async get(ctx: Ctx, id: string): Promise<RiskPage> {
    const { risk, system } = await readRisk(ctx, id);
    const fields = fieldsOf(risk);
    const matrix = this.matrices.version(risk.matrixVersion);
    const measures = (await measuresOf(ctx, [id])).get(id)!;
    const path = (await this.departments.tree(ctx)).find((one) => one.department.id === risk.departmentId)?.path;
    return {
      id, ...fields, systemId: system?.id ?? null, version: risk.version, system, departmentPath: path ?? '',
      matrix, outdated: matrix.version !== this.matrices.current.version,
      ratingBefore: ratingOf(matrix, fields.before), ratingAfter: fields.after === null ? null : ratingOf(matrix, fields.after),
      residual: ratingOf(matrix, residualOf(fields)), movement: movementOf(matrix, fields), reason: await judgementReason(ctx, id),
      measures: measures.map((one) => ({ ...one, controlLabel: this.controlLabel(one.control) })), rules: (await rulesOf(ctx, [id])).get(id)!,
      closedOn: risk.closedOn, closedReason: risk.closedOn === null ? '' : await closingReason(ctx, id),
      changedAt: risk.changedAt.toISOString(), changedBy: risk.changedByName, may: { write: mayWriteRisk(ctx, risk) },
    };
  }

  /** Throws `Refused`, `Invalid`. Returns the id; the version is 1. */
  add(ctx: Ctx, input: RiskInput): Promise<string> {
    return addRisk(ctx, this.matrices, input);
  }

  /** @param seen version that the page showed. Throws `NotFound`, `Refused`, `Conflict` with both sides, `Invalid`. Returns the new version. */
  change(ctx: Ctx, id: string, seen: number, input: RiskInput): Promise<number> {
    return changeRisk(ctx, this.matrices, id, seen, input);
  }

  /** The whole list of measures in their order. Throws as `change`. */
  setMeasures(ctx: Ctx, id: string, seen: number, measures: readonly Measure[]): Promise<number> {
    return setMeasures(ctx, this.catalogue, id, seen, measures);
  }

  /** The whole list of rules. @param isKnown says whether there is such a rule. Throws as `change`. */
  setRules(ctx: Ctx, id: string, seen: number, rules: readonly RuleOfRisk[], isKnown: (rule: RuleOfRisk) => boolean): Promise<number> {
    return setRules(ctx, id, seen, rules, isKnown);
  }

  /** 終了, with a reason. Throws as `change`. */
  close(ctx: Ctx, id: string, seen: number, reason: string): Promise<number> {
    return closeRisk(ctx, id, seen, reason);
  }

  /** 再開, with a reason. Throws as `change`. */
  reopen(ctx: Ctx, id: string, seen: number, reason: string): Promise<number> {
    return reopenRisk(ctx, id, seen, reason);
  }

  /** Newest first. @param titleOf what a rule is called, from whoever knows the rules. Throws `NotFound`, `Refused`. */
  history(ctx: Ctx, id: string, titleOf: RuleTitle = ({ rule }) => rule): Promise<RiskChange[]> {
    return historyOf(ctx, this.matrices, id, titleOf);
  }

  /** Systems and platforms that the person may see, by name. */
  systems(ctx: Ctx): Promise<RiskSystem[]> {
    return systemsToChoose(ctx);
  }

  private controlLabel(control: Code | null): string | null {
    return control === null ? null : (this.catalogue.controls.byCode.get(control)?.item.label ?? control);
  }
}
