import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { AuditKinds, type ListedKind } from '../../audits/audit-kinds.service.js';
import { basesOn, basesText } from '../../audits/legal-bases.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { NotFound, type Problem } from '../../kernel/errors.js';
import { Allow, InCtx } from '../allow.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { fieldsView, listIn, problemsView, textIn, type FieldSpec, type Typed } from './form-fields.js';
import { basisOption } from './audit-form.js';
import { formPage, taken, type Form } from './forms.js';
import { ChangedKindInput, KindInput, VersionInput } from './inputs.js';

/** 監査の種類: those of the product, and the organisation's own. */
@Controller('audits/kinds')
export class KindsController {
  constructor(private readonly kinds: AuditKinds) {}

  @Get()
  @Allow('audit.read')
  async list(@InCtx() ctx: Ctx): Promise<Outcome> {
    return this.listPage(ctx, { label: '', bases: [] }, []);
  }

  @Post()
  @Allow('audit.configure')
  async add(@InCtx() ctx: Ctx, @Body() input: KindInput): Promise<Outcome> {
    const typed = { ...input };
    const save = async (): Promise<Outcome> => {
      await this.kinds.add(ctx, kindOf(typed));
      return redirect('/audits/kinds');
    };
    return taken(ctx, save, (problems) => this.listPage(ctx, typed, problems));
  }

  @Get(':kind')
  @Allow('audit.configure')
  async edit(@InCtx() ctx: Ctx, @Param('kind') id: string): Promise<Outcome> {
    const { form, stored } = await this.form(ctx, id);
    return formPage(form, stored);
  }

  @Post(':kind')
  @Allow('audit.configure')
  async change(@InCtx() ctx: Ctx, @Param('kind') id: string, @Body() input: ChangedKindInput): Promise<Outcome> {
    const typed = { ...input };
    const save = async (): Promise<Outcome> => {
      await this.kinds.change(ctx, id, Number(input.version), kindOf(typed));
      return redirect('/audits/kinds');
    };
    return taken(ctx, save, async (problems) => formPage({ ...(await this.form(ctx, id)).form, version: input.version }, typed, problems), async () => {
      const { form, stored } = await this.form(ctx, id);
      return { form, mine: typed, theirs: stored, version: Number(form.version) };
    });
  }

  @Post(':kind/end')
  @Allow('audit.configure')
  async end(@InCtx() ctx: Ctx, @Param('kind') id: string, @Body() input: VersionInput): Promise<Outcome> {
    await this.kinds.end(ctx, id, Number(input.version));
    return redirect('/audits/kinds');
  }

  private async form(ctx: Ctx, id: string): Promise<{ form: Form; stored: Typed }> {
    const kind = (await this.kinds.list(ctx)).find((one) => one.own?.id === id);
    if (kind === undefined || kind.own === null) throw new NotFound();
    return {
      form: {
        head: null, crumbs: [{ href: '/audits', label: '監査' }, { href: '/audits/kinds', label: '監査の種類' }], title: '監査の種類を直す', subject: `監査の種類「${kind.label}」`, lead: 'この種類で計画した監査は、計画したときの名前のまま残ります。', specs: fieldsOf(ctx),
        action: `/audits/kinds/${id}`, back: '/audits/kinds', submit: '保存する', version: String(kind.own.version),
        ...(kind.own.endedOn === null ? { remove: { action: `/audits/kinds/${id}/end`, label: 'この種類を終了する', why: 'これから計画する監査では選べなくなります。これまでの監査には残ります。' } } : {}),
      },
      stored: { label: kind.label, bases: kind.bases },
    };
  }

  private async listPage(ctx: Ctx, typed: Typed, problems: readonly Problem[]): Promise<Outcome> {
    const specs = fieldsOf(ctx);
    const mayConfigure = allows(ctx.actor.grants, 'audit.configure');
    return page('pages/audits/kinds', {
      mayConfigure, kinds: (await this.kinds.list(ctx)).map((one) => kindRow(one, mayConfigure)), fields: fieldsView(specs, typed, problems), problems: problemsView(specs, problems),
    }, problems.length === 0 ? 200 : 422);
  }
}

function kindRow({ label, bases, own }: ListedKind, mayConfigure: boolean): object {
  return { label, bases: basesText(bases), own: own !== null, ended: own?.endedOn ?? '', href: own !== null && mayConfigure ? `/audits/kinds/${own.id}` : '' };
}

const kindOf = (typed: Typed): { label: string; bases: readonly string[] } => ({ label: textIn(typed, 'label'), bases: listIn(typed, 'bases') });
const fieldsOf = (ctx: Ctx): FieldSpec[] => [
  { name: 'label', label: '種類の名前', kind: 'line', need: true, support: '例：工事監査' },
  { name: 'bases', label: 'ふつうの根拠', kind: 'checks', need: true, support: '監査を計画するときに初めから選ばれます。監査ごとに選び直せます。', options: basesOn(ctx.clock.today()).filter((one) => one.role === 'audit').map(basisOption) },
];
