import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { lockAudit } from '../audits/audit-access.js';
import type { Audit, AuditCase } from '../audits/audit.entity.js';
import { RuleSets } from '../checks/rule-sets.service.js';
import { groupedBy } from '../engine/grouping.js';
import { allows } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Refused } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { mustBeAsSeen, saveNext } from '../kernel/seen.js';
import { citationsOf, mustBeUncited } from './citing.js';
import { lockForWriting, lockImprovement, mustBeOpen, mustFit, nameOfImprovement, readFindingsOf, saveFields, thingObject } from './finding-access.js';
import { checkedCase, checkedImprovement, type ImprovementInput } from './finding-fields.js';
import { namesOf, numberedOf, withdrawnOf } from './finding-reading.js';
import type { NewPlace } from './finding-register.service.js';
import { FindingSettings, type FindingSettingsFound } from './finding-settings.service.js';
import { Finding, Improvement, ImprovementFinding } from './finding.entity.js';
import { improvementStepsFrom, IMPROVEMENT_STEPS, isFrozen, isLiving, type ImprovementAct } from './finding.transitions.js';
import { namedEntry, type NumberedEntry } from './numbered.js';
import { mustBeDeliberated, reportMustBeDraft } from './report-state.js';
import { moveThing, nextNumber, placeAfter, placeAtEnd, placedOf, removeThing } from './tree-keeping.js';
import { targetOf, type Target } from './tree-places.js';

export type { ImprovementInput };

export interface ImprovementEntry extends NumberedEntry<Improvement> {
  departmentName: string;
  findings: { id: string; number: number; label: string; title: string }[];
}

export interface ImprovementTree {
  audit: Audit;
  cases: AuditCase[];
  entries: ImprovementEntry[];
  withdrawn: { id: string; text: string }[];
  /** Findings that no improvement opinion answers. */
  unanswered: { id: string; label: string; title: string }[];
  settings: FindingSettingsFound;
  may: { write: boolean };
}

export interface ImprovementPage extends ImprovementEntry {
  audit: Audit;
  caseTitle: string;
  steps: ReturnType<typeof improvementStepsFrom>;
  may: { write: boolean };
}

/** 改善を求める事項（意見）, also 勧告 (11項): a tree of their own, many-to-many with findings. */
@Injectable()
export class Improvements {
  constructor(
    private readonly settings: FindingSettings,
    private readonly ruleSets: RuleSets,
  ) {}

  /** Throws `NotFound`, `Refused`. */
  async tree(ctx: Ctx, auditId: string): Promise<ImprovementTree> {
    const audit = await readFindingsOf(ctx, auditId);
    const settings = await this.settings.of(ctx);
    const view = await numberedOf(ctx, auditId, settings);
    const links = groupedBy(await scoped(ctx, ImprovementFinding).find({ improvementId: In(view.improvements.map((one) => one.id)) }), (one) => one.improvementId);
    const names = await namesOf(ctx, 'department');
    const entries = view.improvements.map((entry): ImprovementEntry => {
      const answered = new Set((links.get(entry.id) ?? []).map((one) => one.findingId));
      return { ...entry, departmentName: entry.row.departmentId === null ? '' : (names.get(entry.row.departmentId) ?? ''), findings: view.findings.filter((one) => answered.has(one.id)).map(({ id, number, label, title }) => ({ id, number, label, title })) };
    });
    const linked = new Set(entries.flatMap((one) => one.findings.map(({ id }) => id)));
    const unanswered = view.findings.filter((one) => one.row.kind === 'finding' && !linked.has(one.id)).map(({ id, label, title }) => ({ id, label, title }));
    const withdrawn = (await withdrawnOf(ctx, Improvement, auditId)).map(({ id, text }) => ({ id, text }));
    return { audit, cases: view.cases, entries, withdrawn, unanswered, settings, may: { write: allows(ctx.actor.grants, 'finding.write') && audit.status !== 'closed' } };
  }

  /** Throws `NotFound`, `Refused`. */
  async get(ctx: Ctx, id: string): Promise<ImprovementPage> {
    const row = await scoped(ctx, Improvement).get(id);
    const { audit, cases, entries, may } = await this.tree(ctx, row.auditId);
    const entry = entries.find((one) => one.id === id) ?? await this.unnumbered(ctx, row);
    return {
      ...entry, audit, caseTitle: cases.find((one) => one.id === entry.row.caseId)?.title ?? '',
      steps: may.write && entry.row.kind !== 'heading' ? improvementStepsFrom(entry.row.stage, ctx.actor.grants) : [], may: { write: may.write && !isFrozen(entry.row.stage) },
    };
  }

  /** One that was withdrawn: no number, and what it answered while those stand. */
  private async unnumbered(ctx: Ctx, row: Improvement): Promise<ImprovementEntry> {
    const { findings } = await numberedOf(ctx, row.auditId, await this.settings.of(ctx));
    const answered = new Set((await scoped(ctx, ImprovementFinding).find({ improvementId: row.id })).map((one) => one.findingId));
    return {
      id: row.id, number: row.number, parent: null, group: row.caseId, own: '', path: [], label: '', depth: 0, title: '', row,
      departmentName: row.departmentId === null ? '' : ((await namesOf(ctx, 'department')).get(row.departmentId) ?? ''), findings: findings.filter((one) => answered.has(one.id)).map(({ id, number, label, title }) => ({ id, number, label, title })),
    };
  }

  /** Findings of the audit that an opinion can answer; headings are not among them. Throws `NotFound`, `Refused`. */
  async choices(ctx: Ctx, auditId: string): Promise<{ id: string; name: string }[]> {
    await readFindingsOf(ctx, auditId);
    const { findings } = await numberedOf(ctx, auditId, await this.settings.of(ctx));
    return findings.filter((one) => one.row.kind === 'finding').map((one) => ({ id: one.id, name: namedEntry(one) }));
  }

  /** At the end of its level. Throws `NotFound`, `Refused`, `Invalid` (text, a 勧告 without reason, findings of another audit). Returns the id. */
  async add(ctx: Ctx, auditId: string, place: NewPlace, input: ImprovementInput, findings: readonly string[] = []): Promise<string> {
    await lockForWriting(ctx, auditId);
    await reportMustBeDraft(ctx, auditId);
    await checkedCase(ctx, auditId, place.caseId);
    const fields = await checkedImprovement(ctx, input, null);
    await mustBeFindingsOf(ctx, auditId, fields.kind, findings);
    const id = newId();
    const row = { ...(await placeAtEnd(ctx, 'improvement', auditId, place)), ...fields, number: await nextNumber(ctx, 'improvement', auditId), stage: 'draft' as const };
    await scoped(ctx, Improvement).insert({ id, auditId, ...row, changedAt: ctx.clock.now(), changedByName: ctx.actor.name, version: 1 });
    await scoped(ctx, ImprovementFinding).insertMany([...new Set(findings)].map((findingId) => ({ id: newId(), improvementId: id, findingId })));
    await record(ctx, { action: 'improvement-added', object: thingObject('improvement', id), after: { ...row, findings: [...new Set(findings)] } });
    return id;
  }

  /** The whole of it, with the findings that it answers. Throws `NotFound`, `Refused` (decided), `Conflict`, `Invalid`. Returns the version. */
  async change(ctx: Ctx, id: string, seen: number, input: ImprovementInput, findings: readonly string[]): Promise<number> {
    const { improvement } = await lockImprovement(ctx, id);
    const before = (await scoped(ctx, ImprovementFinding).find({ improvementId: id })).map((one) => one.findingId).sort();
    const { kind, text, reason, departmentId } = improvement;
    mustBeAsSeen(improvement, nameOfImprovement(improvement), seen, { ...input, findings }, { kind, text, reason, departmentId, findings: before });
    mustBeOpen(improvement.text, improvement.stage);
    const fields = await checkedImprovement(ctx, input, improvement);
    await mustBeFindingsOf(ctx, improvement.auditId, fields.kind, findings);
    const after = [...new Set(findings)].sort();
    const version = await saveFields(ctx, 'improvement', Improvement, improvement, fields);
    if (before.join() !== after.join()) {
      await scoped(ctx, ImprovementFinding).delete({ improvementId: id });
      await scoped(ctx, ImprovementFinding).insertMany(after.map((findingId) => ({ id: newId(), improvementId: id, findingId })));
      await record(ctx, { action: 'improvement-changed', object: thingObject('improvement', id), path: 'findings', before, after });
    }
    return version;
  }

  /** Throws `NotFound`, `Refused`, `Invalid` (circle, too deep), `Conflict`. */
  async move(ctx: Ctx, id: string, seen: number, target: Target): Promise<void> {
    const { improvement } = await lockImprovement(ctx, id);
    await reportMustBeDraft(ctx, improvement.auditId);
    mustBeAsSeen(improvement, nameOfImprovement(improvement), seen, {}, {});
    if (!isLiving(improvement)) mustBeOpen(improvement.text, improvement.stage);
    await checkedCase(ctx, improvement.auditId, target.caseId);
    await moveThing(ctx, 'improvement', improvement, target);
  }

  /** One step up, down, in or out; nothing happens where that leads nowhere. Throws as `move`. */
  async shift(ctx: Ctx, id: string, seen: number, way: 'up' | 'down' | 'in' | 'out'): Promise<void> {
    const { improvement } = await lockImprovement(ctx, id);
    const target = targetOf(await placedOf(ctx, 'improvement', improvement.auditId), id, way);
    if (target !== null) await this.move(ctx, id, seen, target);
  }

  /** Throws `Refused` with every place that cites it, or when it was decided; `Conflict`, `NotFound`. */
  async remove(ctx: Ctx, id: string, seen: number): Promise<void> {
    const { improvement } = await lockImprovement(ctx, id);
    mustBeAsSeen(improvement, nameOfImprovement(improvement), seen, {}, {});
    mustBeOpen(improvement.text, improvement.stage);
    mustBeUncited(nameOfImprovement(improvement), await citationsOf(ctx, 'improvement', improvement, (await this.settings.of(ctx)).numbering));
    await removeThing(ctx, 'improvement', improvement, nameOfImprovement(improvement));
  }

  /** Deciding needs a 合議 in which all agreed (12項); what they did not agree on can be withdrawn and keeps what was said. Throws `NotFound`, `Refused`, `Invalid` (no reason), `Conflict`. Returns the version. */
  async step(ctx: Ctx, id: string, seen: number, act: ImprovementAct, comment = ''): Promise<number> {
    const { auditId, stage, kind, text } = await scoped(ctx, Improvement).get(id);
    const step = IMPROVEMENT_STEPS.find((one) => one.act === act && one.from === stage);
    if (kind === 'heading' || step === undefined) throw new Refused('step-impossible', `「${text.slice(0, 40)}」は、いまの段階ではその操作ができません。画面を読み込み直してください。`);
    await lockAudit(ctx, auditId, step.permission);
    const improvement = await scoped(ctx, Improvement).lock(id);
    mustBeAsSeen(improvement, nameOfImprovement(improvement), seen, {}, {});
    if (step.comment && comment.trim() === '') mustFit('comment-missing', [{ code: 'comment-missing', path: 'comment', message: `「${step.label}」ときは、理由を書いてください。` }]);
    if (act === 'decide') await mustBeDeliberated(ctx, auditId, 'improvement', id);
    if (act === 'reopen' || act === 'withdraw' || act === 'restore') await reportMustBeDraft(ctx, auditId);
    if (act === 'withdraw') mustBeUncited(nameOfImprovement(improvement), (await citationsOf(ctx, 'improvement', improvement, (await this.settings.of(ctx)).numbering)).filter((one) => one.stays === undefined));
    const version = await saveNext(ctx, Improvement, improvement, { stage: step.to, ...(await placeAfter(ctx, 'improvement', improvement, act)) });
    await record(ctx, { action: 'improvement-step', object: thingObject('improvement', id), before: { stage }, after: { stage: step.to }, ...(comment.trim() === '' ? {} : { comment: comment.trim() }) });
    return version;
  }

  /** What the rules behind the findings would ask for, one text each; for findings that were written by hand there is none. Throws `Refused`. */
  async proposals(ctx: Ctx, auditId: string, findingIds: readonly string[]): Promise<string[]> {
    await readFindingsOf(ctx, auditId);
    const findings = findingIds.length === 0 ? [] : await scoped(ctx, Finding).find({ auditId, id: In([...findingIds]) });
    const rules = new Map((await this.ruleSets.list(ctx)).flatMap(({ definition }) => definition.rules.map((one): [string, string] => [`${definition.ruleSet}/${one.code}`, one.improvement])));
    return [...new Set(findings.flatMap(({ origin }) => (origin === null ? [] : (rules.get(`${origin.ruleSet}/${origin.rule}`) ?? []))))];
  }
}

/** Throws `Invalid` for what is no finding of the audit, and for a heading that answers some. */
async function mustBeFindingsOf(ctx: Ctx, auditId: string, kind: Improvement['kind'], ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const wrong = (message: string): void => mustFit('findings-invalid', [{ code: 'finding-unknown', path: 'findings', message }]);
  if (kind === 'heading') wrong('見出しには検出事項を結び付けられません。意見か勧告に結び付けてください。');
  const known = new Set((await scoped(ctx, Finding).find({ auditId, kind: 'finding' })).filter(isLiving).map((one) => one.id));
  if (ids.some((one) => !known.has(one))) wrong('検出事項を、この監査のものから選んでください。');
}
