import { Injectable } from '@nestjs/common';
import { lockAudit, readAudit } from '../audits/audit-access.js';
import { withSeen } from '../engine/references.js';
import type { Ctx } from '../kernel/ctx.js';
import { Conflict, Invalid, NotFound, Refused, type Problem } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { mustBeAsSeen, saveNext } from '../kernel/seen.js';
import { AuditFiles, reportsInOrder } from './audit-files.service.js';
import { AuditReport, type ReportSection } from './audit-report.entity.js';
import { reportModel } from './report-model.js';
import { ReportReading, resultsOf, type ReportState } from './report-reading.service.js';
import { fillSeen, follow, levelOf, moved, MOST_LEVELS, type Direction } from './report-sections.js';
import { addresseesOf, assemble, reportSkeletons, titleOf } from './report-skeleton.js';
import { isEditable } from './report.transitions.js';

export interface SectionText {
  heading: string;
  text: string;
}

const MOST_SECTIONS = 300;
const MOST_TEXT = 200_000;

/**
 * 監査の結果に関する報告 (199条9項) and the publications of measures (14項・15項): begun from the content, chapter by chapter put together
 * from the audit. A chapter follows the audit until somebody types in it. Steps are taken in `report-steps.service.ts`.
 */
@Injectable()
export class AuditReports {
  constructor(
    private readonly reading: ReportReading,
    private readonly files: AuditFiles,
  ) {}

  /** The report first, then measures by their day. Throws `NotFound`, `Refused`. */
  async list(ctx: Ctx, auditId: string): Promise<AuditReport[]> {
    await readAudit(ctx, auditId);
    return reportsInOrder(ctx, auditId);
  }

  /** The report of an audit, or null while there is none. Throws `NotFound`, `Refused`. */
  async reportOf(ctx: Ctx, auditId: string): Promise<ReportState | null> {
    await readAudit(ctx, auditId);
    const report = await scoped(ctx, AuditReport).findOne({ auditId, kind: 'report' });
    return report === null ? null : this.reading.state(ctx, auditId, report.id);
  }

  /** Throws `NotFound`, `Refused`. */
  async get(ctx: Ctx, auditId: string, id: string): Promise<ReportState> {
    return this.reading.state(ctx, auditId, id);
  }

  /** Begins a report. Returns its id. Throws `NotFound`, `Refused` (right, closed), `Conflict` (there is one already). */
  async begin(ctx: Ctx, auditId: string, kind: AuditReport['kind']): Promise<string> {
    await lockAudit(ctx, auditId);
    const others = await scoped(ctx, AuditReport).find({ auditId, kind });
    if (kind === 'report' && others.length > 0) throw new Conflict('report-begun', 'この監査の報告は、もう作られています。');
    if (kind === 'measures' && others.some((one) => one.status !== 'published')) throw new Conflict('measures-begun', 'まだ公表していない措置状況があります。それを公表してから、次を作ってください。');
    const file = await this.files.read(ctx, auditId);
    const skeletons = reportSkeletons(ctx.clock.today());
    const model = reportModel(file, resultsOf(file), ctx.clock.today());
    const id = newId();
    const values = {
      title: titleOf(skeletons[kind], model), sections: follow([], [], assemble(skeletons[kind], model)), omitted: [],
      addressees: kind === 'report' ? addresseesOf(skeletons, model).filter((one) => one.always).map((one) => one.label) : [],
    };
    await scoped(ctx, AuditReport).insert({
      id, auditId, kind, ...values, publicationNumber: null, publicationYear: null, decidedOn: null, submittedOn: null, publishedOn: null, frozen: null, status: 'draft',
      changedAt: ctx.clock.now(), changedByName: ctx.actor.name, version: 1,
    });
    await record(ctx, { action: 'report-begun', object: objectOf(id), after: { audit: auditId, kind, title: values.title } });
    return id;
  }

  /** Title and to whom it goes. Returns the version. Throws `Invalid`, `Conflict`, `Refused`, `NotFound`. */
  async saveHead(ctx: Ctx, auditId: string, id: string, seen: number, head: { title: string; addressees: readonly string[] }): Promise<number> {
    const report = await this.lock(ctx, auditId, id);
    const before = { title: report.title, addressees: report.addressees };
    const after = { title: head.title.trim(), addressees: [...new Set(head.addressees.map((one) => one.trim()).filter((one) => one !== ''))] };
    mustBeAsSeen(report, report.title, seen, after, before);
    mustFit([...(after.title === '' ? [fault('title', '表題を入れてください。')] : []), ...tooLong('title', '表題', after.title, 400), ...(after.addressees.some((one) => one.length > 200) || after.addressees.length > 40 ? [fault('addressees', '提出先は、1つ200字まで、40か所までにしてください。')] : [])]);
    const version = await saveNext(ctx, AuditReport, report, after);
    await record(ctx, { action: 'report-changed', object: objectOf(id), before, after });
    return version;
  }

  /**
   * Heading and text of one chapter. Typed over, it no longer follows the audit; figures keep the value that was seen.
   * @param seen version of the chapter, 0 for one that nobody edited
   * Throws `Invalid`, `Conflict` with both texts, `Refused`, `NotFound`.
   */
  async saveSection(ctx: Ctx, auditId: string, id: string, sectionId: string, seen: number, typed: SectionText): Promise<void> {
    await this.editing(ctx, auditId, id, async (report, state) => {
      const section = sectionIn(report.sections, sectionId);
      const before = { heading: section.heading, text: section.text };
      if ((section.version ?? 0) !== seen) {
        throw new Conflict('stale', `「${section.heading}」は、ほかの人が先に変えました。両方の内容を見比べて、もう一度保存してください。`, [], { sent: typed, current: before, currentVersion: section.version ?? 0, by: report.changedByName, at: report.changedAt.toISOString() });
      }
      const after = checkedText(typed);
      if (after.heading === before.heading && after.text === before.text) return null;
      after.text = fillSeen(after.text, state.resolver);
      const assembled = state.assembled.find((one) => one.code === section.code);
      Object.assign(section, after, { source: 'edited', version: seen + 1, ...(section.code === null ? {} : { assembledThen: assembled?.text ?? '' }) });
      return { path: sectionId, before, after };
    });
  }

  /** What the product puts together takes the place of what was typed, and follows the audit again. Throws as `saveSection`. */
  async reassemble(ctx: Ctx, auditId: string, id: string, sectionId: string, seen: number): Promise<void> {
    await this.editing(ctx, auditId, id, async (report, state) => {
      const section = sectionIn(report.sections, sectionId);
      mustHaveSeen(section, seen);
      const assembled = state.assembled.find((one) => one.code === section.code && one.code !== null);
      if (assembled === undefined) throw new Refused('not-assembled', `「${section.heading}」は、監査の内容から組み立てられる章ではありません。`);
      const before = { heading: section.heading, text: section.text };
      Object.assign(section, { heading: assembled.heading, text: assembled.text, source: 'assembled', version: seen + 1 });
      delete section.assembledThen;
      return { path: sectionId, before, after: { heading: assembled.heading, text: assembled.text } };
    });
  }

  /** The author read the chapter again: what was typed stays, the marks for what changed go. Throws as `saveSection`. */
  async keepSection(ctx: Ctx, auditId: string, id: string, sectionId: string, seen: number): Promise<void> {
    await this.editing(ctx, auditId, id, async (report, state) => {
      const section = sectionIn(report.sections, sectionId);
      mustHaveSeen(section, seen);
      const before = { heading: section.heading, text: section.text };
      Object.assign(section, { text: withSeen(section.text, state.resolver), version: seen + 1 });
      if (section.code !== null && section.source === 'edited') section.assembledThen = state.assembled.find((one) => one.code === section.code)?.text ?? '';
      return { path: sectionId, before, after: { heading: section.heading, text: section.text } };
    });
  }

  /** An own chapter, last below another one (null: outermost). Returns its id. Throws `Invalid`, `Conflict`, `Refused`, `NotFound`. */
  async addSection(ctx: Ctx, auditId: string, id: string, seen: number, parentId: string | null, typed: SectionText): Promise<string> {
    const added = newId();
    await this.editing(ctx, auditId, id, async (report, state) => {
      mustBeAsSeen(report, report.title, seen, typed, {});
      if (parentId !== null && !report.sections.some((one) => one.id === parentId)) throw new NotFound();
      if (parentId !== null && levelOf(report.sections, parentId) >= MOST_LEVELS) throw new Invalid('too-deep', '章が深くなりすぎます。', [fault('parent', `章は${MOST_LEVELS}段までにしてください。`)]);
      if (report.sections.length >= MOST_SECTIONS) throw new Invalid('too-many', '章が多すぎます。', [fault('heading', `章は${MOST_SECTIONS}個までにしてください。`)]);
      const after = checkedText(typed);
      report.sections.push({ id: added, parentId, ...after, text: fillSeen(after.text, state.resolver), source: 'edited', code: null, version: 1 });
      return { path: added, before: null, after };
    });
    return added;
  }

  /** With all that stands below it. Throws `Refused` (nowhere to go), `Conflict`, `NotFound`. */
  async moveSection(ctx: Ctx, auditId: string, id: string, seen: number, sectionId: string, direction: Direction): Promise<void> {
    await this.editing(ctx, auditId, id, async (report) => {
      const { heading } = sectionIn(report.sections, sectionId);
      mustBeAsSeen(report, report.title, seen, {}, {});
      const after = moved(report.sections, sectionId, direction);
      if (after === null) throw new Refused('cannot-move', `「${heading}」は、そちらへは動かせません。`);
      report.sections = after;
      return { path: sectionId, before: null, after: { moved: direction, heading } };
    });
  }

  /** An own chapter goes; an assembled one can be brought back. Throws `Refused` (chapters below), `Conflict`, `NotFound`. */
  async removeSection(ctx: Ctx, auditId: string, id: string, seen: number, sectionId: string): Promise<void> {
    await this.editing(ctx, auditId, id, async (report) => {
      const section = sectionIn(report.sections, sectionId);
      mustBeAsSeen(report, report.title, seen, {}, {});
      if (report.sections.some((one) => one.parentId === sectionId)) throw new Refused('has-below', `「${section.heading}」の下に章があるので、取り除けません。先に下の章を取り除くか、動かしてください。`);
      report.sections = report.sections.filter((one) => one !== section);
      if (section.code !== null) report.omitted = [...report.omitted, section.code];
      return { path: sectionId, before: { heading: section.heading, text: section.text }, after: null };
    });
  }

  /** Brings back an assembled chapter that was taken out. Throws `Conflict`, `Refused`, `NotFound`. */
  async restoreSection(ctx: Ctx, auditId: string, id: string, seen: number, code: string): Promise<void> {
    await this.editing(ctx, auditId, id, async (report) => {
      mustBeAsSeen(report, report.title, seen, {}, {});
      if (!report.omitted.includes(code)) throw new NotFound();
      report.omitted = report.omitted.filter((one) => one !== code);
      return { path: code, before: null, after: { restored: code } };
    });
  }

  /** Throws away a draft of measures, or a report on which nothing hangs. Throws `Refused`, `Conflict`, `NotFound`. */
  async remove(ctx: Ctx, auditId: string, id: string, seen: number): Promise<void> {
    const report = await this.lock(ctx, auditId, id);
    mustBeAsSeen(report, report.title, seen, {}, {});
    await scoped(ctx, AuditReport).delete({ id });
    await record(ctx, { action: 'report-removed', object: objectOf(id), before: { kind: report.kind, title: report.title, sections: report.sections } });
  }

  /** The chapters as they follow the audit now, changed by `work`, are stored; null: nothing changed. */
  private async editing(ctx: Ctx, auditId: string, id: string, work: (report: AuditReport, state: ReportState) => Promise<{ path: string; before: unknown; after: unknown } | null>): Promise<void> {
    const report = await this.lock(ctx, auditId, id);
    const state = await this.reading.state(ctx, auditId, id);
    report.sections = follow(report.sections, report.omitted, state.assembled).map((one) => ({ ...one }));
    const change = await work(report, state);
    if (change === null) return;
    await saveNext(ctx, AuditReport, report, { sections: report.sections, omitted: report.omitted });
    await record(ctx, { action: 'report-changed', object: objectOf(id), ...change });
  }

  private async lock(ctx: Ctx, auditId: string, id: string): Promise<AuditReport> {
    await lockAudit(ctx, auditId);
    const report = await scoped(ctx, AuditReport).lock(id);
    if (report.auditId !== auditId) throw new NotFound();
    if (!isEditable(report)) throw new Refused('report-fixed', `「${report.title}」は${report.status === 'published' ? '公表されているので、変えられません。' : '決定しているので、変えられません。公表の前なら、作成中に戻してから直してください。'}`);
    return report;
  }
}

export const objectOf = (id: string): { kind: string; id: string } => ({ kind: 'audit-report', id });

function sectionIn(sections: readonly ReportSection[], id: string): ReportSection {
  const found = sections.find((one) => one.id === id);
  if (found === undefined) throw new NotFound();
  return found;
}

function mustHaveSeen(section: ReportSection, seen: number): void {
  if ((section.version ?? 0) === seen) return;
  throw new Conflict('stale', `「${section.heading}」は、ほかの人が先に変えました。画面を読み込み直して、もう一度確かめてください。`, [], { sent: {}, current: { heading: section.heading, text: section.text }, currentVersion: section.version ?? 0 });
}

const fault = (path: string, message: string): Problem => ({ code: `${path}-invalid`, path, message });
const tooLong = (path: string, label: string, text: string, most: number): Problem[] => (text.length > most ? [fault(path, `「${label}」は${most.toLocaleString('ja-JP')}字までにしてください。`)] : []);

function checkedText({ heading, text }: SectionText): SectionText {
  const after = { heading: heading.trim(), text: text.replaceAll(/\r\n?/gu, '\n').trim() };
  mustFit([...(after.heading === '' ? [fault('heading', '見出しを入れてください。')] : []), ...tooLong('heading', '見出し', after.heading, 400), ...tooLong('text', '本文', after.text, MOST_TEXT)]);
  return after;
}

function mustFit(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new Invalid('report-invalid', '入力に誤りがあります。次のところを直してください。', problems);
}
