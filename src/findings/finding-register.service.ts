import { Injectable } from '@nestjs/common';
import { lockAudit } from '../audits/audit-access.js';
import { FieldRecord } from '../audits/field-record.entity.js';
import { SystemCheck } from '../checks/system-check.service.js';
import { allows } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Refused } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { mustBeAsSeen, saveNext } from '../kernel/seen.js';
import { citationsOf, mustBeUncited } from './citing.js';
import { addEvidence, takeFilesOf } from './evidence-links.js';
import { caseDepartments, departmentsOf, findingHref, findingReach, lockFinding, lockForWriting, mustBeOpen, mustFit, saveFields, thingObject } from './finding-access.js';
import { beginning, beginningOfRecord, beginningsOf, findingsOn, type RuleOfSystem } from './finding-beginning.js';
import { BLANK, checkedCase, checkedFinding, inputOf, type FindingInput } from './finding-fields.js';
import { lacksOf } from './finding-missing.js';
import { listFindings, type FindingFilter, type ListedFinding } from './finding-list.js';
import { aroundOf, findingPage, findingTree, type FindingPage, type FindingTree } from './finding-reading.js';
import { FindingSettings } from './finding-settings.service.js';
import { Finding, FindingEvidence, FindingStatement } from './finding.entity.js';
import { isLiving, stepOf, type FindingAct } from './finding.transitions.js';
import { mustBeDeliberated, reportMustBeDraft } from './report-state.js';
import { moveThing, nextNumber, placeAfter, placeAtEnd, placedOf, removeThing } from './tree-keeping.js';
import { targetOf, type Target } from './tree-places.js';

export type { FindingFilter, FindingInput, FindingPage, FindingTree, ListedFinding, RuleOfSystem };

export interface NewPlace {
  parentId: string | null;
  /** Of the outermost level; below a parent that of the parent holds. */
  caseId: string | null;
}

/** 検出事項 of an audit: a tree whose numbers are made by its order, each with a stable key that texts refer to. */
@Injectable()
export class FindingRegister {
  constructor(
    private readonly settings: FindingSettings,
    private readonly systemCheck: SystemCheck,
  ) {}

  /** Everything of an audit, numbered, in reading order. Throws `NotFound`, `Refused` (departments see theirs alone: `Statements`). */
  async tree(ctx: Ctx, auditId: string): Promise<FindingTree> {
    return findingTree(ctx, auditId, await this.settings.of(ctx));
  }

  /** Over all audits. Throws `Refused`. */
  list(ctx: Ctx, filter: FindingFilter = {}): Promise<ListedFinding[]> {
    return listFindings(ctx, filter);
  }

  /** One finding; to a department only what it is shown. Throws `NotFound`, also for what is not (yet) theirs. */
  async get(ctx: Ctx, id: string): Promise<FindingPage> {
    return findingPage(ctx, id, await this.settings.of(ctx));
  }

  /** A finding or a heading at the end of its level. Throws `NotFound`, `Refused`, `Invalid`. Returns the id. */
  async add(ctx: Ctx, auditId: string, kind: Finding['kind'], place: NewPlace, input: Partial<FindingInput> & { title: string }): Promise<string> {
    await lockForWriting(ctx, auditId);
    await reportMustBeDraft(ctx, auditId);
    await checkedCase(ctx, auditId, place.caseId);
    const fields = await checkedFinding(ctx, auditId, kind === 'heading' ? { ...BLANK, title: input.title } : { ...BLANK, ...input }, null, (await this.settings.of(ctx)).scheme);
    return this.insert(ctx, auditId, { kind, ...(await placeAtEnd(ctx, 'finding', auditId, place)), ...fields, origin: null }, 'finding-added');
  }

  /**
   * A finding from a rule that fails: its texts, criteria with their source, viewpoint, severity, department, system and the result
   * as evidence. Throws `NotFound`, `Refused` (the rule does not fail, begun already). Returns the id.
   */
  async beginFromRule(ctx: Ctx, auditId: string, of: RuleOfSystem): Promise<string> {
    await lockForWriting(ctx, auditId);
    await reportMustBeDraft(ctx, auditId);
    const { scheme } = await this.settings.of(ctx);
    const { fields, caseId, origin, evidence } = await beginning(ctx, auditId, await this.systemCheck.rule(ctx, of.systemId, of.ruleSet, of.rule), scheme);
    const id = await this.insert(ctx, auditId, { kind: 'finding', ...(await placeAtEnd(ctx, 'finding', auditId, { parentId: null, caseId })), ...fields, origin }, 'finding-begun');
    await scoped(ctx, FindingEvidence).insert({ id: newId(), findingId: id, ...evidence, position: 0 });
    return id;
  }

  /**
   * A finding from a field record in which something was not as announced: what was announced and what was seen, viewpoint, department,
   * system, and the record as evidence. Throws `NotFound`, `Refused` (nothing differs, right, report fixed). Returns the id.
   */
  async beginFromRecord(ctx: Ctx, recordId: string): Promise<string> {
    const { auditId } = await scoped(ctx, FieldRecord).get(recordId);
    await lockForWriting(ctx, auditId);
    await reportMustBeDraft(ctx, auditId);
    const { fields, caseId } = await beginningOfRecord(ctx, await scoped(ctx, FieldRecord).get(recordId));
    const id = await this.insert(ctx, auditId, { kind: 'finding', ...(await placeAtEnd(ctx, 'finding', auditId, { parentId: null, caseId })), ...fields, origin: null }, 'finding-begun-of-record');
    await addEvidence(ctx, auditId, id, { kind: 'record', targetId: recordId, target: '', label: '' });
    return id;
  }

  /** Findings that rest on a field record; nothing for who does not see findings. */
  async restingOn(ctx: Ctx, recordId: string): Promise<{ id: string; title: string }[]> {
    return findingReach(ctx) === 'all' ? findingsOn(ctx, recordId) : [];
  }

  /** Audits being conducted in which a finding can begin from this rule, and the findings that have; nothing for who may not write. */
  async beginnings(ctx: Ctx, of: RuleOfSystem): Promise<{ audits: { id: string; theme: string }[]; begun: { id: string; title: string; theme: string }[] }> {
    return allows(ctx.actor.grants, 'finding.write') ? beginningsOf(ctx, of) : { audits: [], begun: [] };
  }

  /** @param seen version that the page showed. Throws `NotFound`, `Refused` (decided), `Conflict` with both sides, `Invalid`. Returns the new version. */
  async change(ctx: Ctx, id: string, seen: number, input: FindingInput): Promise<number> {
    const { finding } = await lockFinding(ctx, id);
    mustBeAsSeen(finding, finding.title, seen, inputOf(input), inputOf(finding));
    mustBeOpen(finding.title, finding.stage);
    const fields = await checkedFinding(ctx, finding.auditId, finding.kind === 'heading' ? { ...BLANK, title: input.title } : input, inputOf(finding), (await this.settings.of(ctx)).scheme);
    await mustKeepAsked(ctx, finding, { ...finding, departmentId: fields.departmentId }, 'departmentId');
    return saveFields(ctx, 'finding', Finding, finding, fields);
  }

  /** Below another parent, or to another place among its siblings. Throws `NotFound`, `Refused`, `Invalid` (circle, too deep), `Conflict`. */
  async move(ctx: Ctx, id: string, seen: number, target: Target): Promise<void> {
    const { finding } = await lockFinding(ctx, id);
    await reportMustBeDraft(ctx, finding.auditId);
    mustBeAsSeen(finding, finding.title, seen, {}, {});
    if (!isLiving(finding)) mustBeOpen(finding.title, finding.stage);
    await checkedCase(ctx, finding.auditId, target.caseId);
    if (finding.stage !== 'draft') {
      const parent = target.parentId === null ? null : await scoped(ctx, Finding).findOne({ id: target.parentId, auditId: finding.auditId });
      await mustKeepAsked(ctx, finding, { ...finding, caseId: parent === null ? target.caseId : parent.caseId }, 'place');
    }
    await moveThing(ctx, 'finding', finding, target);
  }

  /** One step up, down, in (below the one before) or out; nothing happens where that leads nowhere. Throws as `move`. */
  async shift(ctx: Ctx, id: string, seen: number, way: 'up' | 'down' | 'in' | 'out'): Promise<void> {
    const { finding } = await lockFinding(ctx, id);
    const target = targetOf(await placedOf(ctx, 'finding', finding.auditId), id, way);
    if (target !== null) await this.move(ctx, id, seen, target);
  }

  /** Throws `Refused` with every place that cites it (links), or when it was decided or a department has answered; `Conflict`, `NotFound`. */
  async remove(ctx: Ctx, id: string, seen: number): Promise<void> {
    const { finding } = await lockFinding(ctx, id);
    mustBeAsSeen(finding, finding.title, seen, {}, {});
    mustBeOpen(finding.title, finding.stage);
    mustBeUncited(finding.title, await citationsOf(ctx, 'finding', finding, (await this.settings.of(ctx)).numbering));
    const statements = await scoped(ctx, FindingStatement).find({ findingId: id });
    if (statements.some((one) => one.agreed !== null)) throw new Refused('answered', `「${finding.title}」には所管課の見解が記録されているので、消せません。要らなくなったときは、理由を書いて取り下げてください。`, [{ code: 'answered', path: '', message: '所管課の見解を見る', href: `${findingHref(id)}#statements` }]);
    await scoped(ctx, FindingStatement).delete({ findingId: id });
    await takeFilesOf(ctx, id);
    await removeThing(ctx, 'finding', finding, finding.title);
  }

  /**
   * A step of the table in `finding.transitions.ts`; asking the departments is taken by `Statements.ask`. Deciding needs a 合議 that is
   * over (199条12項). What is withdrawn keeps its key, what departments and members said to it, and its history; nothing may cite it.
   * Throws `NotFound`, `Refused` (step, right, report fixed, cited), `Invalid` (what is missing), `Conflict`. Returns the version.
   */
  async step(ctx: Ctx, id: string, seen: number, act: Exclude<FindingAct, 'ask'>, comment = ''): Promise<number> {
    const { auditId } = await scoped(ctx, Finding).get(id);
    const { finding } = await lockForStep(ctx, id, act);
    mustBeAsSeen(finding, finding.title, seen, {}, {});
    const step = stepOf(act, finding.stage)!;
    if (step.comment && comment.trim() === '') mustFit('comment-missing', [{ code: 'comment-missing', path: 'comment', message: `「${step.label}」ときは、理由を書いてください。` }]);
    await mustBeReady(ctx, finding, act);
    if (act === 'decide') await mustBeDeliberated(ctx, auditId, 'finding', id);
    if (act === 'reopen' || act === 'withdraw' || act === 'restore') await reportMustBeDraft(ctx, auditId);
    if (act === 'withdraw') mustBeUncited(finding.title, (await citationsOf(ctx, 'finding', finding, (await this.settings.of(ctx)).numbering)).filter((one) => one.stays === undefined));
    const before = { stage: finding.stage };
    const version = await saveNext(ctx, Finding, finding, { stage: step.to, ...(await placeAfter(ctx, 'finding', finding, act)) });
    await record(ctx, { action: 'finding-step', object: thingObject('finding', id), before, after: { stage: step.to }, ...(comment.trim() === '' ? {} : { comment: comment.trim() }) });
    return version;
  }

  private async insert(ctx: Ctx, auditId: string, values: Omit<Finding, 'id' | 'organisationId' | 'auditId' | 'number' | 'stage' | 'changedAt' | 'changedByName' | 'version'>, action: string): Promise<string> {
    const id = newId();
    const row = { ...values, number: await nextNumber(ctx, 'finding', auditId), stage: 'draft' as const };
    await scoped(ctx, Finding).insert({ id, auditId, ...row, changedAt: ctx.clock.now(), changedByName: ctx.actor.name, version: 1 });
    await record(ctx, { action, object: thingObject('finding', id), after: row });
    return id;
  }
}

/** Departments that were asked about it stay those it is about, until it is a draft again. Throws `Invalid`. */
async function mustKeepAsked(ctx: Ctx, before: Finding, after: Finding, path: string): Promise<void> {
  if (before.stage === 'draft' || (before.departmentId === after.departmentId && before.caseId === after.caseId)) return;
  const ofCases = await caseDepartments(ctx, before.auditId);
  if (departmentsOf(before, ofCases).sort().join() === departmentsOf(after, ofCases).sort().join()) return;
  if ((await scoped(ctx, FindingStatement).find({ findingId: before.id })).length === 0) return;
  mustFit('department-asked', [{ code: 'department-asked', path, message: '所管課に事実確認を求めたあとなので、所管課や事案の課は変えられません。先に作成中に戻してから変え、改めて事実確認を求めてください。' }]);
}

/** The finding, locked, for a step that the person may take from where it stands. */
async function lockForStep(ctx: Ctx, id: string, act: FindingAct): Promise<{ finding: Finding }> {
  const { auditId, stage, kind, title } = await scoped(ctx, Finding).get(id);
  const step = stepOf(act, stage);
  if (kind === 'heading') throw new Refused('heading', '見出しには段階がありません。');
  if (step === undefined) throw new Refused('step-impossible', `「${title}」は、いまの段階ではその操作ができません。画面を読み込み直してください。`);
  await lockAudit(ctx, auditId, step.permission);
  return { finding: await scoped(ctx, Finding).lock(id) };
}

async function mustBeReady(ctx: Ctx, finding: Finding, act: FindingAct): Promise<void> {
  const lacks = lacksOf(finding, await aroundOf(ctx, finding)).filter((one) => one.blocks.includes(act));
  mustFit('finding-incomplete', lacks.map(({ code, path, message }) => ({ code, path, message, href: `${findingHref(finding.id)}#${path}` })));
}

