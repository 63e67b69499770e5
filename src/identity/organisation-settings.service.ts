import { Injectable } from '@nestjs/common';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, Refused } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { Department, ImplementingBody, Organisation } from './organisation.entity.js';

export interface OrganisationText {
  name: string;
  code: string;
  raisePriorityToFull: boolean;
}

/** Settings of the 自治体 itself, and its 評価実施機関. */
@Injectable()
export class OrganisationSettings {
  organisation(ctx: Ctx): Promise<Organisation> {
    return scoped(ctx, Organisation).get(ctx.organisation);
  }

  /** @param seen version that the page showed. Throws `Invalid`, `Conflict`. */
  async change(ctx: Ctx, seen: number, text: OrganisationText): Promise<void> {
    const name = text.name.trim();
    const code = text.code.normalize('NFKC').trim();
    if (name === '' || name.length > 100) throw invalid('name', '自治体の名前を1～100字で入れてください。');
    if (code !== '' && !/^\d{5,6}$/.test(code)) throw invalid('code', '全国地方公共団体コードは5桁か6桁の数字で入れてください。わからなければ空のままにします。');
    const before = await this.organisation(ctx);
    const after = { name, code: code === '' ? null : code, raisePriorityToFull: text.raisePriorityToFull };
    await scoped(ctx, Organisation).updateSeen(ctx.organisation, seen, after);
    await record(ctx, { action: 'organisation-changed', object: { kind: 'organisation', id: ctx.organisation }, before: { name: before.name, code: before.code, raisePriorityToFull: before.raisePriorityToFull }, after });
  }

  bodies(ctx: Ctx): Promise<ImplementingBody[]> {
    return scoped(ctx, ImplementingBody).find({}, { position: 'ASC', name: 'ASC' });
  }

  /** Throws `Invalid` (blank, or the name is there already). */
  async addBody(ctx: Ctx, name: string): Promise<string> {
    const text = await this.bodyName(ctx, name, null);
    const position = (await this.bodies(ctx)).reduce((most, one) => Math.max(most, one.position + 1), 0);
    const id = newId();
    await scoped(ctx, ImplementingBody).insert({ id, name: text, position, endedOn: null, version: 1 });
    await record(ctx, { action: 'body-added', object: { kind: 'implementing-body', id }, after: { name: text } });
    return id;
  }

  /** Throws `NotFound`, `Invalid`, `Conflict`. */
  async renameBody(ctx: Ctx, id: string, seen: number, name: string): Promise<void> {
    const before = await scoped(ctx, ImplementingBody).get(id);
    const text = await this.bodyName(ctx, name, id);
    await scoped(ctx, ImplementingBody).updateSeen(id, seen, { name: text });
    await record(ctx, { action: 'body-renamed', object: { kind: 'implementing-body', id }, before: { name: before.name }, after: { name: text } });
  }

  /** Ends a body of which no department is left. Throws `NotFound`, `Refused`, `Conflict`. */
  async endBody(ctx: Ctx, id: string, seen: number): Promise<void> {
    await scoped(ctx, Organisation).lock(ctx.organisation);
    const body = await scoped(ctx, ImplementingBody).get(id);
    const departments = await scoped(ctx, Department).find({ bodyId: id });
    if (departments.some((one) => one.endedOn === null)) throw new Refused('body-in-use', `「${body.name}」には、まだ部局・課があります。先に部局・課を終了にしてください。`);
    if ((await this.bodies(ctx)).filter((one) => one.endedOn === null && one.id !== id).length === 0) throw new Refused('last-body', '評価実施機関は1つ以上必要です。先に別の評価実施機関を加えてください。');
    await scoped(ctx, ImplementingBody).updateSeen(id, seen, { endedOn: ctx.clock.today() });
    await record(ctx, { action: 'body-ended', object: { kind: 'implementing-body', id }, before: { name: body.name }, after: { endedOn: ctx.clock.today() } });
  }

  private async bodyName(ctx: Ctx, name: string, self: string | null): Promise<string> {
    const text = name.trim();
    if (text === '' || text.length > 100) throw invalid('name', '評価実施機関の名前を1～100字で入れてください（例：教育委員会）。');
    if ((await this.bodies(ctx)).some((one) => one.name === text && one.id !== self)) throw invalid('name', `「${text}」という評価実施機関がもうあります。別の名前にしてください。`);
    return text;
  }
}

const invalid = (path: string, message: string): Invalid => new Invalid('field-invalid', message, [{ code: 'field-invalid', path, message }]);
