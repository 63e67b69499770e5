import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { formatEra } from '../engine/dates.js';
import { Departments } from '../identity/departments.service.js';
import type { Ctx } from '../kernel/ctx.js';
import { NotFound } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { mustBeAsSeen, saveNext } from '../kernel/seen.js';
import { Catalogue } from '../systems/catalogue.js';
import { readDeclared } from '../systems/declaration-reading.js';
import { valueText } from '../systems/register-values.js';
import { InformationSystem } from '../systems/system.entity.js';
import { lockAudit, mustAllow, readAudit } from './audit-access.js';
import { mustBeUncited } from './audit-part.js';
import { AuditViewpoint } from './audit.entity.js';
import { FieldRecord } from './field-record.entity.js';
import { InputChecking } from './input-checking.js';

export interface RecordInput {
  kind: string;
  title: string;
  heldOn: string | null;
  place: string;
  attendees: string;
  departmentId: string;
  /** '' or null: of no single one. */
  systemId: string | null;
  viewpointId: string | null;
  announced: string;
  seen: string;
  outcome: string;
}

export interface ListedRecord extends FieldRecord {
  departmentPath: string;
  systemName: string;
  viewpointText: string;
  files: number;
  /** Findings that rest on it and are not withdrawn. */
  findings: number;
}

export const RECORD_KINDS = { survey: '現地調査', interview: '事情聴取', 'document-review': '書類審査' } as const;
export const OUTCOMES = { open: '照合していない', 'as-announced': '申告のとおり', different: '申告と違う' } as const;

type Fields = Pick<FieldRecord, 'kind' | 'title' | 'heldOn' | 'place' | 'attendees' | 'departmentId' | 'systemId' | 'viewpointId' | 'announced' | 'seen' | 'outcome'>;
function fieldsOf({ kind, title, heldOn, place, attendees, departmentId, systemId, viewpointId, announced, seen, outcome }: FieldRecord): Fields {
  return { kind, title, heldOn, place, attendees, departmentId, systemId, viewpointId, announced, seen, outcome };
}

const objectOf = (id: string): { kind: string; id: string } => ({ kind: 'field-record', id });

/** 現地調査・事情聴取・書類審査: what was announced and what was seen. */
@Injectable()
export class FieldRecords {
  constructor(
    private readonly departments: Departments,
    private readonly catalogue: Catalogue,
  ) {}

  /** In the order of their days. Throws `NotFound`, `Refused`. */
  async of(ctx: Ctx, auditId: string): Promise<ListedRecord[]> {
    await readAudit(ctx, auditId);
    return this.listed(ctx, await scoped(ctx, FieldRecord).find({ auditId }, { heldOn: 'ASC', title: 'ASC', id: 'ASC' }));
  }

  /** Throws `NotFound`, `Refused`. */
  async get(ctx: Ctx, id: string): Promise<ListedRecord> {
    const row = await scoped(ctx, FieldRecord).get(id);
    await readAudit(ctx, row.auditId);
    return (await this.listed(ctx, [row]))[0]!;
  }

  /** Throws `NotFound`, `Refused`, `Invalid`. Returns the id; the version is 1. */
  async add(ctx: Ctx, auditId: string, input: RecordInput): Promise<string> {
    await lockAudit(ctx, auditId);
    const fields = await this.checked(ctx, auditId, input, null);
    const id = newId();
    await scoped(ctx, FieldRecord).insert({ id, auditId, ...fields, changedAt: ctx.clock.now(), changedByName: ctx.actor.name, version: 1 });
    await record(ctx, { action: 'field-record-added', object: objectOf(id), after: { auditId, ...fields } });
    return id;
  }

  /** Throws `NotFound`, `Refused`, `Conflict` with both sides, `Invalid`. Returns the new version. */
  async change(ctx: Ctx, id: string, seen: number, input: RecordInput): Promise<number> {
    const row = await this.lock(ctx, id);
    const before = fieldsOf(row);
    mustBeAsSeen(row, row.title, seen, input, before);
    const fields = await this.checked(ctx, row.auditId, input, row);
    await saveNext(ctx, FieldRecord, row, fields);
    await record(ctx, { action: 'field-record-changed', object: objectOf(id), before, after: fields });
    return row.version;
  }

  /** With its files. Throws `NotFound`, `Conflict`, `Refused` (a finding rests on it). */
  async remove(ctx: Ctx, id: string, seen: number): Promise<void> {
    const row = await this.lock(ctx, id);
    mustBeAsSeen(row, row.title, seen, {}, fieldsOf(row));
    mustBeUncited(row.title, await resting(ctx, id, null));
    const files: { file_name: string; sha256: string }[] = await ctx.tx.query(`select file_name, sha256 from audit_file where organisation_id = $1 and object_kind = 'field-record' and object_id = $2 order by added_at`, [ctx.organisation, id]);
    await ctx.tx.query(`delete from audit_file where organisation_id = $1 and object_kind = 'field-record' and object_id = $2`, [ctx.organisation, id]);
    await scoped(ctx, FieldRecord).delete({ id });
    await record(ctx, { action: 'field-record-removed', object: objectOf(id), before: { auditId: row.auditId, ...fieldsOf(row), files: files.map((one) => ({ fileName: one.file_name, sha256: one.sha256 })) } });
  }

  /** Systems of which a record may be, by name. Throws `Refused`. */
  async systemsToChoose(ctx: Ctx): Promise<{ id: string; name: string }[]> {
    mustAllow(ctx, 'audit.read');
    return ctx.tx.query('select id, name from system where organisation_id = $1 and merged_into_id is null order by name, id', [ctx.organisation]);
  }

  /** Locks a record whose files are to be changed. Throws `NotFound`, `Refused`. */
  async forFiles(ctx: Ctx, id: string): Promise<FieldRecord> {
    return this.lock(ctx, id);
  }

  /** Locks a record of which a file is to be taken away. Throws `NotFound`, `Refused` (right, a finding that rests on it is decided). */
  async forTakingFiles(ctx: Ctx, id: string): Promise<FieldRecord> {
    const row = await this.lock(ctx, id);
    mustBeUncited(row.title, await resting(ctx, id, ['decided', 'published']), 'のファイル');
    return row;
  }

  /**
   * What a system declares of these controls today, one line each, to begin 申告 of a record with. '' where there is none.
   * @param controls codes; those that are no control of the catalogue are left out
   */
  async announced(ctx: Ctx, systemId: string, controls: readonly string[]): Promise<string> {
    await scoped(ctx, InformationSystem).get(systemId);
    const { standings, own } = await readDeclared(ctx, this.catalogue, systemId);
    return this.catalogue.livingControls(ctx.clock.today()).filter((one) => controls.includes(one.code)).flatMap((control) => {
      const standing = standings.get(control.code);
      const words = standing === undefined ? '' : valueText(control, standing.value);
      if (words === '') return [`${control.item.label}：申告なし`];
      const declaration = own.get(control.code);
      return [`${control.item.label}：${words}${declaration === undefined ? '' : `（${formatEra(declaration.declaredOn)}申告）${declaration.note === '' ? '' : `　${declaration.note}`}`}`];
    }).join('\n');
  }

  private async lock(ctx: Ctx, id: string): Promise<FieldRecord> {
    const { auditId } = await scoped(ctx, FieldRecord).get(id);
    await lockAudit(ctx, auditId);
    return scoped(ctx, FieldRecord).lock(id);
  }

  private async listed(ctx: Ctx, rows: readonly FieldRecord[]): Promise<ListedRecord[]> {
    const paths = new Map((await this.departments.tree(ctx)).map((one) => [one.department.id, one.path]));
    const systems = await scoped(ctx, InformationSystem).find({ id: In(rows.flatMap((one) => one.systemId ?? [])) });
    const viewpoints = await scoped(ctx, AuditViewpoint).find({ id: In(rows.flatMap((one) => one.viewpointId ?? [])) });
    const counts: { id: string; files: number; findings: number }[] = await ctx.tx.query(
      `select r.id, coalesce(f.n, 0) as files, coalesce(e.n, 0) as findings from field_record r
         left join (select object_id, count(*)::int as n from audit_file where organisation_id = $1 and object_kind = 'field-record' group by object_id) f on f.object_id = r.id
         left join (select v.target_id, count(distinct f.id)::int as n from finding_evidence v join finding f on f.id = v.finding_id and f.stage <> 'withdrawn'
                     where v.organisation_id = $1 and v.kind = 'record' group by v.target_id) e on e.target_id = r.id
        where r.organisation_id = $1 and r.id = any($2::uuid[])`, [ctx.organisation, rows.map((one) => one.id)]);
    return rows.map((one) => ({
      ...one, departmentPath: paths.get(one.departmentId) ?? '', systemName: systems.find(({ id }) => id === one.systemId)?.name ?? '',
      viewpointText: viewpoints.find(({ id }) => id === one.viewpointId)?.text ?? '', files: 0, findings: 0, ...counts.find(({ id }) => id === one.id),
    }));
  }

  private async checked(ctx: Ctx, auditId: string, input: RecordInput, stored: FieldRecord | null): Promise<Fields> {
    const check = new InputChecking();
    const [systemId, viewpointId] = [none(input.systemId), none(input.viewpointId)];
    await this.checkPlaces(ctx, check, { auditId, departmentId: input.departmentId, systemId, viewpointId }, stored);
    const heldOn = check.day('heldOn', '行った日', input.heldOn, { need: true });
    if (heldOn !== null && heldOn > ctx.clock.today()) check.wrong('heldOn', 'in-future', '「行った日」が今日より後です。これから行うことは日程に書いてください。');
    const fields = {
      kind: check.choice('kind', '種類', input.kind, Object.keys(RECORD_KINDS) as FieldRecord['kind'][]), title: check.line('title', '題名', input.title), heldOn: heldOn ?? '',
      place: check.line('place', '場所', input.place, { need: false }), attendees: check.text('attendees', '出席者', input.attendees, { limit: 1_000 }), departmentId: input.departmentId, systemId, viewpointId,
      announced: check.text('announced', '申告されていたこと', input.announced), seen: check.text('seen', '確かめたこと', input.seen), outcome: check.choice('outcome', '照合の結果', input.outcome, Object.keys(OUTCOMES) as FieldRecord['outcome'][]),
    };
    if (fields.outcome !== 'open' && fields.seen === '') check.wrong('seen', 'missing', '照合の結果を書くには、「確かめたこと」が要ります。');
    if (fields.outcome !== 'open' && fields.announced === '') check.wrong('announced', 'missing', '照合の結果を書くには、「申告されていたこと」が要ります。なければ「申告なし」と書いてください。');
    check.done();
    return fields;
  }

  private async checkPlaces(ctx: Ctx, check: InputChecking, place: Pick<FieldRecord, 'auditId' | 'departmentId' | 'systemId' | 'viewpointId'>, stored: FieldRecord | null): Promise<void> {
    const { auditId, departmentId, systemId, viewpointId } = place;
    if (departmentId !== stored?.departmentId && !(await this.departments.living(ctx)).some((one) => one.department.id === departmentId)) check.wrong('departmentId', 'department-unknown', '「部署」を選択肢から選んでください。');
    if (systemId !== null && systemId !== stored?.systemId) {
      const system = await found(scoped(ctx, InformationSystem).get(systemId));
      if (system === null || system.mergedIntoId !== null) check.wrong('systemId', 'system-unknown', '「システム」を、台帳にあるものから選んでください。');
    }
    if (viewpointId !== null && (await found(scoped(ctx, AuditViewpoint).get(viewpointId)))?.auditId !== auditId) check.wrong('viewpointId', 'viewpoint-unknown', '「着眼点」を、この監査のものから選んでください。');
  }
}

/** Findings that rest on a record. @param stages null: whatever their stage */
function resting(ctx: Ctx, id: string, stages: readonly string[] | null): Promise<{ label: string; href: string }[]> {
  return ctx.tx.query(
    `select '検出事項「' || coalesce(nullif(f.title, ''), f.number::text) || '」' as label, '/findings/' || f.id as href
       from finding_evidence e join finding f on f.id = e.finding_id
      where e.organisation_id = $1 and e.kind = 'record' and e.target_id = $2 and ($3::text[] is null or f.stage = any($3::text[])) group by f.id order by f.number`, [ctx.organisation, id, stages]);
}

const none = (id: string | null): string | null => (id === null || id === '' ? null : id);

async function found<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof NotFound) return null;
    throw error;
  }
}
