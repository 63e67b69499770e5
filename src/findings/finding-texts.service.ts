import { Injectable } from '@nestjs/common';
import { Tabulations } from '../audits/tabulations.service.js';
import { citedIn, withFirstSeen, withSeen, type ReferenceResolver } from '../engine/references.js';
import { allows } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { mustBeAsSeen } from '../kernel/seen.js';
import { lockFinding, lockImprovement, mustBeOpen, nameOfImprovement, saveFields } from './finding-access.js';
import { inputOf, SHOWN_TEXTS } from './finding-fields.js';
import { numberedOf } from './finding-reading.js';
import { FindingSettings } from './finding-settings.service.js';
import { Finding, Improvement } from './finding.entity.js';
import { resolverOf } from './numbered.js';
import { asWritten, tableTitles } from './subject-texts.js';

/** Texts of an audit with their references as they are now: numbers of findings, figures and tables of its tabulations. */
@Injectable()
export class FindingTexts {
  constructor(
    private readonly settings: FindingSettings,
    private readonly tabulations: Tabulations,
  ) {}

  /**
   * What references mean now. Tabulations are only counted when one of the texts names a figure or a table. A table is named by its
   * title; of several with one code the first is meant. Whoever may not see the audit's data reads the figures as they were written.
   * Asks for no right on findings: whoever shows the texts has.
   * @param texts that are going to be resolved; without them everything is counted
   */
  async resolver(ctx: Ctx, auditId: string, texts?: readonly string[]): Promise<ReferenceResolver> {
    const view = await numberedOf(ctx, auditId, await this.settings.of(ctx));
    const counted = texts === undefined || texts.some((text) => { const { figures, tables } = citedIn(text); return figures.length + tables.length > 0; });
    if (!counted) return resolverOf(view, { figure: () => null, table: () => null });
    const tables = await tableTitles(ctx, auditId);
    const figures = allows(ctx.actor.grants, 'audit.read') ? await this.tabulations.figureText(ctx, auditId) : asWritten(texts ?? []);
    return resolverOf(view, { figure: figures, table: (code) => tables.get(code) ?? null });
  }

  /** What was typed, with the figures of now in the references that name none: departments and later readers go by what was seen. */
  async firstSeen<T extends object>(ctx: Ctx, auditId: string, typed: T, names: readonly (keyof T)[]): Promise<T> {
    const texts = names.map((name) => String(typed[name]));
    if (texts.every((text) => citedIn(text).figures.length === 0)) return typed;
    const resolver = await this.resolver(ctx, auditId, texts);
    return { ...typed, ...Object.fromEntries(names.map((name, n) => [name, withFirstSeen(texts[n]!, resolver)])) };
  }

  /** Sets every figure in the texts of a finding to what it is now. Throws `NotFound`, `Refused` (decided), `Conflict`. Returns the version. */
  async updateFigures(ctx: Ctx, findingId: string, seen: number): Promise<number> {
    const { finding } = await lockFinding(ctx, findingId);
    mustBeAsSeen(finding, finding.title, seen, {}, inputOf(finding));
    mustBeOpen(finding.title, finding.stage);
    const resolver = await this.resolver(ctx, finding.auditId);
    const texts = Object.fromEntries((Object.keys(SHOWN_TEXTS) as (keyof typeof SHOWN_TEXTS)[]).map((name) => [name, withSeen(finding[name], resolver)]));
    return saveFields(ctx, 'finding', Finding, finding, texts, '数値を今のものに更新');
  }

  /** The same for an improvement opinion. */
  async updateFiguresOfImprovement(ctx: Ctx, id: string, seen: number): Promise<number> {
    const { improvement } = await lockImprovement(ctx, id);
    mustBeAsSeen(improvement, nameOfImprovement(improvement), seen, {}, { text: improvement.text, reason: improvement.reason });
    mustBeOpen(improvement.text, improvement.stage);
    const resolver = await this.resolver(ctx, improvement.auditId);
    return saveFields(ctx, 'improvement', Improvement, improvement, { text: withSeen(improvement.text, resolver), reason: withSeen(improvement.reason, resolver) }, '数値を今のものに更新');
  }
}
