import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import type { AuditStatus } from '../../audits/audit.entity.js';
import { AuditEvidence } from '../../audits/audit-files.service.js';
import { FieldRecords, type ListedRecord } from '../../audits/field-records.service.js';
import { Viewpoints } from '../../audits/viewpoints.service.js';
import { RuleSets } from '../../checks/rule-sets.service.js';
import { factsOf } from '../../engine/rule-words.js';
import { FindingRegister } from '../../findings/finding-register.service.js';
import { Departments } from '../../identity/departments.service.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, type Problem } from '../../kernel/errors.js';
import { workbook } from '../../rendering/workbook.js';
import { conflictPage } from '../administration/conflict-page.js';
import { Allow, InCtx, Uploads, type Upload } from '../allow.js';
import { attempt } from '../attempt.js';
import { XLSX } from '../lists.controller.js';
import { file, page, redirect, type Outcome } from '../outcome.js';
import { departmentPlaces } from '../systems/places.js';
import { conflictOf, type Typed } from './form-fields.js';
import { ChangedRecordInput, DirectionInput, FileInput, FileWordsInput, NewRecordQuery, RecordInput, VersionInput } from './inputs.js';
import { aroundOf, partNamed } from './parts.js';
import { blankRecord, NO_FILE, recordFields, recordFormView, recordListView, recordRows, recordView, storedRecord, viewpointOptions, type RecordChoices, type TypedFile } from './record-view.js';

/** While its report is not decided, findings can be added. */
const OPEN: readonly AuditStatus[] = ['planned', 'conducting', 'deliberating'];

/** 現地調査・事情聴取・書類審査 of an audit: what was announced and what was seen, with photos and files. */
@Controller('audits/:id/records')
export class RecordsController {
  constructor(
    private readonly records: FieldRecords,
    private readonly viewpoints: Viewpoints,
    private readonly ruleSets: RuleSets,
    private readonly departments: Departments,
    private readonly evidence: AuditEvidence,
    private readonly findings: FindingRegister,
  ) {}

  @Get()
  @Allow('audit.read')
  async list(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const { head, mayWrite } = await aroundOf(ctx, id, 'records');
    return page('pages/audits/records', { id, head, mayWrite, ...recordListView(id, await this.records.of(ctx, id)) });
  }

  @Get('list.xlsx')
  @Allow('audit.read')
  async listAsWorkbook(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const { columns, rows } = recordRows(await this.records.of(ctx, id));
    return file(await workbook('現地調査などの記録', columns, rows), XLSX, '現地調査などの記録.xlsx');
  }

  /** With a system and a viewpoint that was taken over from a rule set, what the system declares stands in the form already. */
  @Get('new')
  @Allow('audit.write')
  async open(@InCtx() ctx: Ctx, @Param('id') id: string, @Query() query: NewRecordQuery): Promise<Outcome> {
    const { department = '', system = '', viewpoint = '' } = query;
    const announced = system === '' || viewpoint === '' ? '' : await this.announced(ctx, id, system, viewpoint);
    return this.newPage(ctx, id, blankRecord({ department, system, viewpoint, announced }), [], system !== '' && viewpoint !== '' && announced === '');
  }

  @Post()
  @Allow('audit.write')
  async add(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: RecordInput): Promise<Outcome> {
    try {
      return redirect(`/audits/${id}/records/${await attempt(ctx, () => this.records.add(ctx, id, input))}`);
    } catch (error) {
      if (error instanceof Invalid) return await this.newPage(ctx, id, { ...input }, error.problems, false);
      throw error;
    }
  }

  @Get(':record')
  @Allow('audit.read')
  async show(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('record') recordId: string): Promise<Outcome> {
    return this.recordPage(ctx, id, recordId);
  }

  @Get(':record/edit')
  @Allow('audit.write')
  async edit(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('record') recordId: string): Promise<Outcome> {
    const one = await this.one(ctx, id, recordId);
    return this.editPage(ctx, id, one, storedRecord(one), String(one.version), []);
  }

  @Post(':record')
  @Allow('audit.write')
  async change(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('record') recordId: string, @Body() input: ChangedRecordInput): Promise<Outcome> {
    const typed = { ...input };
    const one = await this.one(ctx, id, recordId);
    try {
      await attempt(ctx, () => this.records.change(ctx, recordId, Number(input.version), input));
      return redirect(`/audits/${id}/records/${recordId}`);
    } catch (error) {
      if (error instanceof Invalid) return await this.editPage(ctx, id, one, typed, input.version, error.problems);
      if (!(error instanceof Conflict)) throw error;
      const now = await this.one(ctx, id, recordId);
      const what = { title: `記録「${now.title}」`, action: `/audits/${id}/records/${recordId}`, back: `/audits/${id}/records/${recordId}` };
      return conflictPage(error, what, now.version, conflictOf(recordFields(await this.choices(ctx, id, now)), typed, storedRecord(now)));
    }
  }

  @Post(':record/remove')
  @Allow('audit.write')
  async remove(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('record') recordId: string, @Body() input: VersionInput): Promise<Outcome> {
    await this.one(ctx, id, recordId);
    await this.records.remove(ctx, recordId, Number(input.version));
    return redirect(`/audits/${id}/records`);
  }

  /** 検出事項 from a record in which something was not as announced; it is written on in its own form. */
  @Post(':record/finding')
  @Allow('finding.write')
  async begin(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('record') recordId: string): Promise<Outcome> {
    await this.one(ctx, id, recordId);
    return redirect(`/findings/${await this.findings.beginFromRecord(ctx, recordId)}/edit`);
  }

  @Post(':record/files')
  @Allow('audit.write')
  async attach(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('record') recordId: string, @Body() input: FileInput, @Uploads() uploads: Record<string, Upload>): Promise<Outcome> {
    await this.one(ctx, id, recordId);
    try {
      await attempt(ctx, async () => {
        await this.records.forFiles(ctx, recordId);
        const { file: upload } = uploads;
        if (upload === undefined) throw new Invalid('evidence-missing', '写真かファイルを選んでください。', [{ code: 'evidence-missing', path: 'file', message: '写真かファイルを選んでください。' }]);
        await this.evidence.add(ctx, 'field-record', recordId, upload, input.caption ?? '', input.alt ?? '');
      });
      return redirect(`/audits/${id}/records/${recordId}#files`);
    } catch (error) {
      if (error instanceof Invalid) return await this.recordPage(ctx, id, recordId, { file: '', caption: input.caption ?? '', alt: input.alt ?? '', version: '', problems: error.problems });
      throw error;
    }
  }

  @Post(':record/files/:file')
  @Allow('audit.write')
  async describe(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('record') recordId: string, @Param('file') fileId: string, @Body() input: FileWordsInput): Promise<Outcome> {
    await this.one(ctx, id, recordId);
    const { caption, alt, version } = input;
    try {
      await attempt(ctx, async () => {
        await this.records.forFiles(ctx, recordId);
        await this.evidence.describe(ctx, 'field-record', recordId, fileId, Number(version), { caption, alt });
      });
      return redirect(`/audits/${id}/records/${recordId}#file-${fileId}`);
    } catch (error) {
      if (error instanceof Invalid) return await this.recordPage(ctx, id, recordId, { file: fileId, caption, alt, version, problems: error.problems });
      if (!(error instanceof Conflict)) throw error;
      const now = partNamed(await this.evidence.list(ctx, 'field-record', recordId), fileId);
      const at = `/audits/${id}/records/${recordId}`;
      return conflictPage(error, { title: `「${now.fileName}」の説明`, action: `${at}/files/${fileId}`, back: at }, now.version, [
        { name: 'caption', label: '説明', mine: caption, theirs: now.caption }, { name: 'alt', label: '写っているもの', mine: alt, theirs: now.alt },
      ]);
    }
  }

  @Post(':record/files/:file/move')
  @Allow('audit.write')
  async order(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('record') recordId: string, @Param('file') fileId: string, @Body() input: DirectionInput): Promise<Outcome> {
    await this.one(ctx, id, recordId);
    await this.records.forFiles(ctx, recordId);
    await this.evidence.move(ctx, 'field-record', recordId, fileId, input.direction);
    return redirect(`/audits/${id}/records/${recordId}#file-${fileId}`);
  }

  @Post(':record/files/:file/remove')
  @Allow('audit.write')
  async detach(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('record') recordId: string, @Param('file') fileId: string): Promise<Outcome> {
    await this.one(ctx, id, recordId);
    await this.records.forTakingFiles(ctx, recordId);
    await this.evidence.remove(ctx, 'field-record', recordId, fileId);
    return redirect(`/audits/${id}/records/${recordId}#files`);
  }

  private async one(ctx: Ctx, id: string, recordId: string): Promise<ListedRecord> {
    return partNamed(await this.records.of(ctx, id), recordId);
  }

  private async recordPage(ctx: Ctx, id: string, recordId: string, typed: TypedFile = NO_FILE): Promise<Outcome> {
    const one = await this.one(ctx, id, recordId);
    const { audit, head, mayWrite } = await aroundOf(ctx, id, 'records');
    const files = await this.evidence.list(ctx, 'field-record', recordId);
    return page('pages/audits/record', { id, head, mayWrite, ...recordView(one, files, { typed, findings: await this.findings.restingOn(ctx, recordId), mayBegin: OPEN.includes(audit.status) && allows(ctx.actor.grants, 'finding.write') }) }, typed.problems.length === 0 ? 200 : 422);
  }

  private async newPage(ctx: Ctx, id: string, typed: Typed, problems: readonly Problem[], nothingAnnounced: boolean): Promise<Outcome> {
    const { head } = await aroundOf(ctx, id, 'records');
    const choices = await this.choices(ctx, id, null);
    return page('pages/audits/record-form', {
      id, head, title: '記録を書く', action: `/audits/${id}/records`, back: `/audits/${id}/records`, submit: '記録を保存する', version: '', offer: true, nothingAnnounced, ...recordFormView(choices, typed, problems),
    }, problems.length === 0 ? 200 : 422);
  }

  private async editPage(ctx: Ctx, id: string, one: ListedRecord, typed: Typed, version: string, problems: readonly Problem[]): Promise<Outcome> {
    const { head } = await aroundOf(ctx, id, 'records');
    const at = `/audits/${id}/records/${one.id}`;
    return page('pages/audits/record-form', {
      id, head, title: '記録を直す', action: at, back: at, submit: '保存する', version, offer: false, nothingAnnounced: false, ...recordFormView(await this.choices(ctx, id, one), typed, problems),
    }, problems.length === 0 ? 200 : 422);
  }

  /** @param stored whose department and system may stay */
  private async choices(ctx: Ctx, id: string, stored: ListedRecord | null): Promise<RecordChoices> {
    const systems = (await this.records.systemsToChoose(ctx)).map((one) => ({ value: one.id, label: one.name }));
    const merged = stored === null || stored.systemId === null || systems.some((one) => one.value === stored.systemId) ? [] : [{ value: stored.systemId, label: `${stored.systemName}（統合された）` }];
    return {
      departments: departmentPlaces(await this.departments.tree(ctx), ({ department }) => department.endedOn === null || department.id === stored?.departmentId).map((one) => ({ value: one.id, label: one.label })),
      systems: [...systems, ...merged], viewpoints: viewpointOptions(await this.viewpoints.of(ctx, id)),
    };
  }

  /** What the system declares of the controls that the rules under the viewpoint look at. */
  private async announced(ctx: Ctx, id: string, systemId: string, viewpointId: string): Promise<string> {
    const { ruleSet, viewpoint } = partNamed(await this.viewpoints.of(ctx, id), viewpointId);
    if (ruleSet === null) return '';
    const set = (await this.ruleSets.list(ctx)).find((one) => one.definition.ruleSet === ruleSet);
    const controls = (set?.definition.rules ?? []).filter((rule) => rule.viewpoint === viewpoint).flatMap(factsOf);
    return this.records.announced(ctx, systemId, controls);
  }
}
