import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { Tabulations, type StoredDefinition } from '../../audits/tabulations.service.js';
import type { Dataset, TableColumn, TableDefinition } from '../../engine/tabulation.js';
import type { Ctx } from '../../kernel/ctx.js';
import { NotFound } from '../../kernel/errors.js';
import { Allow, InCtx } from '../allow.js';
import type { FieldSpec, Typed } from '../audits/form-fields.js';
import { formPage, taken, type Form } from '../audits/forms.js';
import { aroundOf } from '../audits/parts.js';
import { redirect, type Outcome } from '../outcome.js';
import { columnOf, columnSpecs, firstTable, freeCode, newColumn, newTableSpecs, tableOf, tableSpecs, typedColumn, typedTable } from './definition-forms.js';
import { fieldProblems } from './form-problems.js';
import { ColumnInput, DirectionInput, NewTableInput, TableInput, VersionInput } from './inputs.js';

/** Tables of a tabulation and their columns, one form each. */
@Controller('audits/:id/tabulations/:tid/tables')
export class TablesController {
  constructor(private readonly tabulations: Tabulations) {}

  @Get('new')
  @Allow('audit.write')
  async open(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('tid') tid: string): Promise<Outcome> {
    const tableCode = freeCode('table', (await this.tabulations.list(ctx, id)).flatMap((one) => one.definition.tables.map((table) => table.code)));
    return formPage(await this.newTable(ctx, id, tid), { tableTitle: '', tableCode, dataset: '' });
  }

  @Post()
  @Allow('audit.write')
  async add(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('tid') tid: string, @Body() input: NewTableInput): Promise<Outcome> {
    const typed = { ...input };
    const at = (await this.tabulations.get(ctx, id, tid)).definition.tables.length;
    return this.changing(ctx, { id, tid, version: input.version }, typed, (definition, datasets) => ({ ...definition, tables: [...definition.tables, firstTable(typed, datasets.find((one) => one.code === input.dataset)?.unit ?? '')] }), {
      form: () => this.newTable(ctx, id, tid), places: { [`/tables/${at}/title`]: 'tableTitle', [`/tables/${at}/code`]: 'tableCode', [`/tables/${at}/dataset`]: 'dataset' }, stored: () => ({ tableTitle: '', tableCode: '', dataset: '' }),
    });
  }

  @Get(':code')
  @Allow('audit.write')
  async edit(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('tid') tid: string, @Param('code') code: string): Promise<Outcome> {
    const { form, table } = await this.tableForm(ctx, id, tid, code);
    return formPage(form, tableOf(table));
  }

  @Post(':code')
  @Allow('audit.write')
  async change(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('tid') tid: string, @Param('code') code: string, @Body() input: TableInput): Promise<Outcome> {
    const typed = { ...input };
    const { at } = await this.placed(ctx, id, tid, code);
    const place = `/tables/${at}`;
    return this.changing(ctx, { id, tid, version: input.version }, typed, (definition, datasets) => withTable(definition, code, (table) => typedTable(typed, table, datasetOf(table, datasets))), {
      form: async () => (await this.tableForm(ctx, id, tid, code)).form, stored: (definition) => tableOf(named(definition, code)),
      places: { [`${place}/title`]: 'title', [`${place}/rows`]: 'by', [`${place}/rows/order`]: 'order', [`${place}/total`]: 'total', [`${place}/only`]: 'only', [`${place}/shares`]: 'shares', [`${place}/rounding`]: 'digits', [`${place}/notes`]: 'notes', [`${place}/sentences`]: 'topColumn', [`${place}/sentences/0/n`]: 'topNumber', [`${place}/sentences/0/subject`]: 'topSubject', [`${place}/charts`]: 'chart' },
    });
  }

  @Post(':code/move')
  @Allow('audit.write')
  async move(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('tid') tid: string, @Param('code') code: string, @Body() { direction }: DirectionInput): Promise<Outcome> {
    const { row } = await this.placed(ctx, id, tid, code);
    return this.saved(ctx, id, tid, String(row.version), (definition) => ({ ...definition, tables: moved(definition.tables, code, direction) }));
  }

  @Post(':code/remove')
  @Allow('audit.write')
  async remove(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('tid') tid: string, @Param('code') code: string, @Body() input: VersionInput): Promise<Outcome> {
    return this.saved(ctx, id, tid, input.version, (definition) => ({ ...definition, tables: definition.tables.filter((one) => one.code !== code) }));
  }

  @Get(':code/columns/new')
  @Allow('audit.write')
  async openColumn(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('tid') tid: string, @Param('code') code: string): Promise<Outcome> {
    const { form, table } = await this.columnForm(ctx, id, tid, code, null);
    return formPage(form, newColumn(table));
  }

  @Post(':code/columns')
  @Allow('audit.write')
  async addColumn(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('tid') tid: string, @Param('code') code: string, @Body() input: ColumnInput): Promise<Outcome> {
    return this.column(ctx, { id, tid, code, own: null }, input);
  }

  @Get(':code/columns/:column')
  @Allow('audit.write')
  async editColumn(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('tid') tid: string, @Param('code') code: string, @Param('column') own: string): Promise<Outcome> {
    const { form, table } = await this.columnForm(ctx, id, tid, code, own);
    return formPage(form, columnOf(columnNamed(table, own)));
  }

  @Post(':code/columns/:column')
  @Allow('audit.write')
  async changeColumn(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('tid') tid: string, @Param('code') code: string, @Param('column') own: string, @Body() input: ColumnInput): Promise<Outcome> {
    return this.column(ctx, { id, tid, code, own }, input);
  }

  @Post(':code/columns/:column/move')
  @Allow('audit.write')
  async moveColumn(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('tid') tid: string, @Param('code') code: string, @Param('column') own: string, @Body() { direction }: DirectionInput): Promise<Outcome> {
    const { row } = await this.placed(ctx, id, tid, code);
    return this.saved(ctx, id, tid, String(row.version), (definition) => withTable(definition, code, (table) => ({ ...table, columns: moved(table.columns, own, direction) })));
  }

  @Post(':code/columns/:column/remove')
  @Allow('audit.write')
  async removeColumn(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('tid') tid: string, @Param('code') code: string, @Param('column') own: string, @Body() input: VersionInput): Promise<Outcome> {
    return this.saved(ctx, id, tid, input.version, (definition) => withTable(definition, code, (table) => ({ ...table, columns: table.columns.filter((one) => one.code !== own) })));
  }

  private async column(ctx: Ctx, { id, tid, code, own }: { id: string; tid: string; code: string; own: string | null }, input: ColumnInput): Promise<Outcome> {
    const typed = { ...input };
    const { at, table } = await this.placed(ctx, id, tid, code);
    const n = own === null ? table.columns.length : table.columns.findIndex((one) => one.code === own);
    const place = `/tables/${at}/columns/${n}`;
    return this.changing(ctx, { id, tid, version: input.version }, typed, (definition) => withTable(definition, code, (one) => ({ ...one, columns: own === null ? [...one.columns, typedColumn(typed)] : one.columns.map((column) => (column.code === own ? typedColumn(typed) : column)) })), {
      form: async () => (await this.columnForm(ctx, id, tid, code, own)).form, stored: (definition) => (own === null ? newColumn(named(definition, code)) : columnOf(columnNamed(named(definition, code), own))),
      places: { [place]: 'measure', [`${place}/code`]: 'code', [`${place}/label`]: 'label', [`${place}/under`]: 'under', [`${place}/unit`]: 'unit', [`${place}/of`]: input.measure === 'option' ? 'option' : input.measure === 'columns' ? 'columns' : input.measure === 'share' ? 'share' : 'of', [`${place}/option`]: 'option', [`${place}/over`]: 'over', [`${place}/rounding`]: 'digits' },
    });
  }

  private async saved(ctx: Ctx, id: string, tid: string, version: string, next: (before: StoredDefinition) => StoredDefinition): Promise<Outcome> {
    const { definition } = await this.tabulations.get(ctx, id, tid);
    await this.tabulations.change(ctx, id, tid, Number(version), next(definition));
    return redirect(`/audits/${id}/tabulations/${tid}/edit`);
  }

  private async changing(ctx: Ctx, { id, tid, version }: { id: string; tid: string; version: string }, typed: Typed, next: (before: StoredDefinition, datasets: readonly Dataset[]) => StoredDefinition, page: { form(): Promise<Form>; stored(now: StoredDefinition): Typed; places: Readonly<Record<string, string>> }): Promise<Outcome> {
    return taken(ctx, async () => {
      const datasets = await this.tabulations.datasets(ctx, id, tid);
      return this.saved(ctx, id, tid, version, (before) => next(before, datasets));
    }, async (problems) => formPage({ ...(await page.form()), version }, typed, fieldProblems(problems, page.places)), async () => {
      const now = await this.tabulations.get(ctx, id, tid);
      return { form: await page.form(), mine: typed, theirs: page.stored(now.definition), version: now.version };
    });
  }

  private async placed(ctx: Ctx, id: string, tid: string, code: string) {
    const row = await this.tabulations.get(ctx, id, tid);
    return { row, table: named(row.definition, code), at: row.definition.tables.findIndex((one) => one.code === code) };
  }

  private async newTable(ctx: Ctx, id: string, tid: string): Promise<Form> {
    const { definition } = await this.tabulations.get(ctx, id, tid);
    const offered = [...(definition.typed ?? []), ...(await this.tabulations.offered(ctx, id))].map((one) => ({ value: one.code, label: one.title }));
    return this.form(ctx, id, tid, { title: '表を加える', lead: '何を数える表かを決めます。行と列は、加えたあとで決めます。', specs: newTableSpecs(offered), path: '' });
  }

  private async tableForm(ctx: Ctx, id: string, tid: string, code: string): Promise<{ form: Form; table: TableDefinition }> {
    const { table } = await this.placed(ctx, id, tid, code);
    const dataset = datasetOf(table, await this.tabulations.datasets(ctx, id, tid));
    return { table, form: await this.form(ctx, id, tid, { title: `表「${table.title}」`, lead: `数えるデータ：${dataset.title}`, specs: tableSpecs(table, dataset), path: `/${code}` }) };
  }

  private async columnForm(ctx: Ctx, id: string, tid: string, code: string, own: string | null): Promise<{ form: Form; table: TableDefinition }> {
    const { table } = await this.placed(ctx, id, tid, code);
    const dataset = datasetOf(table, await this.tabulations.datasets(ctx, id, tid));
    const title = own === null ? `表「${table.title}」に列を加える` : `表「${table.title}」の列「${columnNamed(table, own).label}」`;
    return { table, form: await this.form(ctx, id, tid, { title, lead: `数えるデータ：${dataset.title}`, specs: columnSpecs(table, dataset, own), path: `/${code}/columns${own === null ? '' : `/${own}`}` }) };
  }

  private async form(ctx: Ctx, id: string, tid: string, { title, lead, specs, path }: { title: string; lead: string; specs: readonly FieldSpec[]; path: string }): Promise<Form> {
    const { head } = await aroundOf(ctx, id, 'tabulations');
    const base = `/audits/${id}/tabulations/${tid}`;
    return { head, title, lead, specs, action: `${base}/tables${path}`, back: `${base}/edit`, submit: '保存する', version: String((await this.tabulations.get(ctx, id, tid)).version) };
  }
}

function named({ tables }: StoredDefinition, code: string): TableDefinition {
  const table = tables.find((one) => one.code === code);
  if (table === undefined) throw new NotFound();
  return table;
}

function columnNamed({ columns }: TableDefinition, code: string): TableColumn {
  const column = columns.find((one) => one.code === code);
  if (column === undefined) throw new NotFound();
  return column;
}

function withTable(definition: StoredDefinition, code: string, next: (table: TableDefinition) => TableDefinition): StoredDefinition {
  return { ...definition, tables: definition.tables.map((one) => (one.code === code ? next(one) : one)) };
}

/** A dataset that is gone has no fields; the form then shows that there is nothing to choose. */
function datasetOf({ dataset }: TableDefinition, datasets: readonly Dataset[]): Dataset {
  return datasets.find((one) => one.code === dataset) ?? { code: dataset, title: `${dataset}（見つかりません）`, unit: '', fields: [], records: [] };
}

function moved<T extends { code: string }>(things: readonly T[], code: string, direction: 'up' | 'down'): T[] {
  const order = [...things];
  const at = order.findIndex((one) => one.code === code);
  const to = direction === 'up' ? at - 1 : at + 1;
  if (at >= 0 && to >= 0 && to < order.length) [order[at], order[to]] = [order[to]!, order[at]!];
  return order;
}
