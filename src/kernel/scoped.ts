import type { DeepPartial, EntityTarget, FindOptionsOrder, FindOptionsWhere } from 'typeorm';
import type { Ctx } from './ctx.js';
import { Conflict, NotFound } from './errors.js';
import { isId } from './ids.js';

/** Every table of a tenant. */
export interface TenantRow {
  organisationId: string;
}
interface Identified extends TenantRow {
  id: string;
}
interface Versioned extends Identified {
  version: number;
}

type Where<E> = Omit<FindOptionsWhere<E>, 'organisationId'>;

const LOCKS = { alone: 'pessimistic_write', 'shared-key': 'for_no_key_update', shared: 'pessimistic_read' } as const;

/** The only door to a table: everything read and written through it belongs to the organisation of `ctx`. */
export class Scoped<E extends TenantRow> {
  constructor(
    private readonly ctx: Ctx,
    private readonly entity: EntityTarget<E>,
  ) {}

  private within(where: Where<E> = {} as Where<E>): FindOptionsWhere<E> {
    return { ...where, organisationId: this.ctx.organisation } as FindOptionsWhere<E>;
  }

  private get repository() {
    return this.ctx.tx.getRepository(this.entity as EntityTarget<TenantRow>);
  }

  find(where?: Where<E>, order?: FindOptionsOrder<E>, limit?: number): Promise<E[]> {
    return this.repository.find({ where: this.within(where) as never, order: order as never, take: limit }) as unknown as Promise<E[]>;
  }

  findOne(where: Where<E>): Promise<E | null> {
    return this.repository.findOne({ where: this.within(where) as never }) as unknown as Promise<E | null>;
  }

  count(where?: Where<E>): Promise<number> {
    return this.repository.count({ where: this.within(where) as never });
  }

  /** The object, or `NotFound`: also when it belongs to another organisation, and when the id is no id. */
  async get(this: Scoped<E & Identified>, id: string): Promise<E> {
    if (!isId(id)) throw new NotFound();
    const found = await this.findOne({ id } as never);
    if (found === null) throw new NotFound();
    return found;
  }

  /**
   * The object, locked until the end of the transaction. `shared-key`: others may go on writing rows that refer to it (a check
   * that keeps its results), but nobody changes it. `shared`: any number of others may hold it so at the same time.
   */
  async lock(this: Scoped<E & Identified>, id: string, mode: keyof typeof LOCKS = 'alone'): Promise<E> {
    if (!isId(id)) throw new NotFound();
    const found = await this.repository.findOne({ where: this.within({ id } as never) as never, lock: { mode: LOCKS[mode] } });
    if (found === null) throw new NotFound();
    return found as unknown as E;
  }

  async insert(values: Omit<DeepPartial<E>, 'organisationId'>): Promise<void> {
    await this.repository.insert({ ...values, organisationId: this.ctx.organisation } as never);
  }

  async insertMany(values: Omit<DeepPartial<E>, 'organisationId'>[]): Promise<void> {
    const rows = values.map((one) => ({ ...one, organisationId: this.ctx.organisation }));
    for (let start = 0; start < rows.length; start += 500) await this.repository.insert(rows.slice(start, start + 500) as never);
  }

  /** Changes what fits `where`; returns how many. */
  async update(where: Where<E>, patch: DeepPartial<E>): Promise<number> {
    const done = await this.repository.update(this.within(where) as never, patch as never);
    return done.affected ?? 0;
  }

  /** Changes one object if it still has the version that was seen; the check is inside the UPDATE. */
  async updateSeen(this: Scoped<E & Versioned>, id: string, seen: number, patch: DeepPartial<E>): Promise<void> {
    const changed = await this.update({ id, version: seen } as never, { ...patch, version: seen + 1 } as never);
    if (changed === 1) return;
    const current = await this.get(id);
    throw new Conflict('stale', 'ほかの人が先に保存しました。両方の内容を見比べて、もう一度保存してください。', [], { sent: patch, current, currentVersion: current.version });
  }

  async delete(where: Where<E>): Promise<number> {
    const done = await this.repository.delete(this.within(where) as never);
    return done.affected ?? 0;
  }
}

export function scoped<E extends TenantRow>(ctx: Ctx, entity: EntityTarget<E>): Scoped<E> {
  return new Scoped(ctx, entity);
}
