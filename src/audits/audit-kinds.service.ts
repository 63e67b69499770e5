import { Injectable } from '@nestjs/common';
import type { Ctx } from '../kernel/ctx.js';
import { Refused } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { mustAllow } from './audit-access.js';
import { auditContent } from './audit-content.js';
import { AuditKind } from './audit.entity.js';
import { InputChecking } from './input-checking.js';
import { basesOn, basisOf } from './legal-bases.js';

export interface KindInput {
  label: string;
  /** Codes of legal bases. */
  bases: readonly string[];
}

export interface ListedKind {
  code: string;
  label: string;
  bases: string[];
  /** Null: of the product. */
  own: { id: string; version: number; endedOn: string | null } | null;
}

const objectOf = (id: string): { kind: string; id: string } => ({ kind: 'audit-kind', id });

/** 監査の種類: those of the product and the organisation's own. */
@Injectable()
export class AuditKinds {
  /** Those of the product first; own ones that have ended are kept for the audits that name them. */
  async list(ctx: Ctx): Promise<ListedKind[]> {
    mustAllow(ctx, 'audit.read');
    return this.all(ctx);
  }

  /** Those with which an audit may be planned. */
  async living(ctx: Ctx): Promise<ListedKind[]> {
    return (await this.list(ctx)).filter((one) => one.own === null || one.own.endedOn === null);
  }

  /** Throws `Refused`, `Invalid`. */
  async add(ctx: Ctx, input: KindInput): Promise<string> {
    mustAllow(ctx, 'audit.configure');
    const fields = await this.checked(ctx, input, null);
    const own = await scoped(ctx, AuditKind).find();
    const highest = Math.max(0, ...own.map((one) => Number(one.code.slice(OWN.length))));
    const id = newId();
    await scoped(ctx, AuditKind).insert({ id, code: `${OWN}${highest + 1}`, ...fields, endedOn: null, version: 1 });
    await record(ctx, { action: 'audit-kind-added', object: objectOf(id), after: fields });
    return id;
  }

  /** Audits keep the name under which they were planned. Throws `NotFound`, `Refused`, `Conflict`, `Invalid`. */
  async change(ctx: Ctx, id: string, seen: number, input: KindInput): Promise<void> {
    mustAllow(ctx, 'audit.configure');
    const kind = await scoped(ctx, AuditKind).lock(id);
    const fields = await this.checked(ctx, input, id);
    await scoped(ctx, AuditKind).updateSeen(id, seen, fields);
    await record(ctx, { action: 'audit-kind-changed', object: objectOf(id), before: { label: kind.label, bases: kind.bases }, after: fields });
  }

  /** No audit is planned with it any more. Throws `NotFound`, `Refused`, `Conflict`. */
  async end(ctx: Ctx, id: string, seen: number): Promise<void> {
    mustAllow(ctx, 'audit.configure');
    const kind = await scoped(ctx, AuditKind).lock(id);
    if (kind.endedOn !== null) throw new Refused('kind-ended', `監査の種類「${kind.label}」は、もう終了しています。`);
    const endedOn = ctx.clock.today();
    await scoped(ctx, AuditKind).updateSeen(id, seen, { endedOn });
    await record(ctx, { action: 'audit-kind-ended', object: objectOf(id), after: { endedOn } });
  }

  private async all(ctx: Ctx): Promise<ListedKind[]> {
    const own = await scoped(ctx, AuditKind).find({}, { label: 'ASC' });
    return [
      ...auditContent().kinds.map(({ code, label, bases }) => ({ code, label, bases: [...bases], own: null })),
      ...own.map(({ id, code, label, bases, version, endedOn }) => ({ code, label, bases, own: { id, version, endedOn } })),
    ];
  }

  private async checked(ctx: Ctx, input: KindInput, self: string | null): Promise<{ label: string; bases: string[] }> {
    const check = new InputChecking();
    const label = check.line('label', '種類の名前', input.label, { limit: 40 });
    if ((await this.all(ctx)).some((one) => one.label === label && (self === null || one.own?.id !== self))) check.wrong('label', 'kind-twice', `「${label}」という種類はもうあります。別の名前にしてください。`);
    const bases = [...new Set(input.bases)];
    for (const code of bases) {
      if (basisOf(code)?.role !== 'audit' || !basesOn(ctx.clock.today()).some((one) => one.code === code)) check.wrong('bases', 'basis-unknown', '根拠を選択肢から選んでください。');
    }
    if (bases.length === 0) check.wrong('bases', 'bases-missing', 'ふつうの根拠を1つ以上選んでください。');
    check.done();
    return { label, bases };
  }
}

/** Codes of own kinds: `own-1`, `own-2` … */
const OWN = 'own-';
