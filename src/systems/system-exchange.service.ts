import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { AnswerValue, Code } from '../engine/form.js';
import { departmentNames } from '../identity/department-tree.js';
import { Departments, type DepartmentInTree } from '../identity/departments.service.js';
import { reachOf } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Refused } from '../kernel/errors.js';
import { scoped } from '../kernel/scoped.js';
import { Catalogue } from './catalogue.js';
import { Declaration } from './declaration.entity.js';
import { writeSystemsExchange, type ExchangedDeclaration, type ExchangedSystem, type SystemsDocument } from './exchange.js';
import { soundValue } from './facts.js';
import { bySystem, platformsBelow } from './inheritance.js';
import { listRows, within, type ListRow, type SystemFilter } from './register-list.js';
import { groupedBySystem } from './system-facts.service.js';
import { SystemContract, SystemInheritance, SystemUse } from './system.entity.js';

/** 交換ファイル of the register: what the person may see, with its declarations. */
@Injectable()
export class SystemExchange {
  constructor(private readonly catalogue: Catalogue, private readonly departments: Departments) {}

  /** JSON of the systems that fit the filter, and of the platforms that they rest on. Throws `Refused`. */
  async export(ctx: Ctx, filter: SystemFilter = {}): Promise<string> {
    return writeSystemsExchange(await this.document(ctx, filter));
  }

  /**
   * Values that no longer fit their item, and declarations of controls that are retired, are left out: what was written can
   * be read again. Throws `Refused`.
   */
  async document(ctx: Ctx, filter: SystemFilter = {}): Promise<SystemsDocument> {
    const reach = reachOf(ctx.actor.grants, 'system.read');
    if (reach !== 'all' && reach.size === 0) throw new Refused('not-allowed', 'システム台帳を見る権限がありません。');
    const tree = await this.departments.tree(ctx);
    const edges = bySystem(await scoped(ctx, SystemInheritance).find({}, { position: 'ASC', id: 'ASC' }));
    const rows = await this.rows(ctx, tree, filter, edges);
    const ids = rows.map((one) => one.id);
    const keys = new Map(ids.map((id, n) => [id, `s${n + 1}`]));
    const names = departmentNames(tree);
    const uses = groupedBySystem(await scoped(ctx, SystemUse).find({ systemId: In(ids) }));
    const contracts = groupedBySystem(await scoped(ctx, SystemContract).find({ systemId: In(ids) }, { position: 'ASC', id: 'ASC' }));
    const declarations = groupedBySystem(await scoped(ctx, Declaration).find({ systemId: In(ids) }));
    const today = ctx.clock.today();
    const systems = rows.map((row): ExchangedSystem => ({
      key: keys.get(row.id)!, kind: row.kind, number: row.number, name: row.name, class: row.classLabel, department: names.get(row.departmentId)!,
      register: this.soundRegister(row),
      uses: tree.flatMap(({ department: { id } }) => (uses.get(row.id) ?? []).filter((one) => one.departmentId === id)).map(({ departmentId, sections, terminals }) => ({ department: names.get(departmentId)!, sections, terminals })),
      contracts: (contracts.get(row.id) ?? []).map(({ title, contractor, personalInformationClause, beginsOn, endsOn }) => ({ title, contractor, personalInformationClause, beginsOn, endsOn })),
      inherits: (edges.get(row.id) ?? []).map((id) => keys.get(id)!),
      declarations: this.soundDeclarations(declarations.get(row.id) ?? [], today),
    }));
    return { registerVersion: this.catalogue.register.definition.version, controlsVersion: this.catalogue.controls.definition.version, systems };
  }

  private async rows(ctx: Ctx, tree: readonly DepartmentInTree[], filter: SystemFilter, edges: ReadonlyMap<string, readonly string[]>): Promise<ListRow[]> {
    const chosen = within(ctx, this.catalogue, tree, filter);
    if (chosen === null) return [];
    const rows = await listRows(ctx, chosen.sql, chosen.parameters, { limit: null, offset: 0 });
    const there = new Set(rows.map((one) => one.id));
    const below = [...new Set(rows.flatMap((one) => platformsBelow(one.id, edges)))].filter((id) => !there.has(id));
    return [...rows, ...(await listRows(ctx, 's.organisation_id = $1 and s.id = any($2::uuid[])', [ctx.organisation, below], { limit: null, offset: 0 }))];
  }

  private soundRegister({ register }: ListRow): Record<Code, AnswerValue> {
    return Object.fromEntries(this.catalogue.registerItems.flatMap(({ code }) => {
      const value = soundValue(this.catalogue.register, code, register[code]);
      return value === null ? [] : [[code, value]];
    }));
  }

  private soundDeclarations(declarations: readonly Declaration[], today: string): Record<Code, ExchangedDeclaration> {
    const byControl = new Map(declarations.map((one) => [one.control, one]));
    return Object.fromEntries(this.catalogue.livingControls(today).flatMap(({ code }) => {
      const one = byControl.get(code);
      const value = one === undefined ? null : soundValue(this.catalogue.controls, code, one.value);
      return value === null ? [] : [[code, { value, declaredOn: one!.declaredOn, note: one!.note }]];
    }));
  }
}
