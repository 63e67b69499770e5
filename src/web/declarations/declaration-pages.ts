import { Injectable } from '@nestjs/common';
import { CheckStates } from '../../checks/check-states.service.js';
import { countsOf } from '../../checks/matrix.js';
import { RunChanges } from '../../checks/run-changes.service.js';
import type { Code } from '../../engine/form.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import type { Problem } from '../../kernel/errors.js';
import { Catalogue } from '../../systems/catalogue.js';
import type { DeclarationSheet } from '../../systems/declaration-sheet.js';
import { Declaring } from '../../systems/declaring.service.js';
import { SystemRegister } from '../../systems/register.service.js';
import { minuteText } from '../assessments/assessment-view.js';
import { page, type Outcome } from '../outcome.js';
import { systemHead } from '../systems/head.js';
import { silent } from './answer-view.js';
import { settledView, type Settled } from './change-lines.js';
import { anchorOfControl, controlView } from './control-view.js';
import { groupOf, groupView, groupWith, nowView, returnedView, sideView, treeView, type AroundOf, type NowView } from './page-view.js';

export interface Asked {
  group: string;
  /** Run whose findings are told above the controls. */
  run?: number;
  notice?: string;
}

export interface Unsaved {
  aroundOf: AroundOf;
  problems: readonly Problem[];
  status: number;
}

/** What happened, told above the controls. */
const NOTICES: Readonly<Record<string, string>> = {
  saved: '申告を保存しました。', unchanged: '変わったところはありませんでした。', withdrawn: '申告を取り消しました。', renewed: '申告のとおりであることを確かめた日を、今日にしました。',
  copied: '申告を写しました。', 'evidence-added': '証拠を付けました。', 'evidence-removed': '証拠を外しました。付けたまま承認されていたときは、承認も外れます。',
};

/** The page of declarations of a system, and the parts of it that a save of one control changes. */
@Injectable()
export class DeclarationPages {
  constructor(
    private readonly declaring: Declaring,
    private readonly register: SystemRegister,
    private readonly catalogue: Catalogue,
    private readonly runChanges: RunChanges,
    private readonly states: CheckStates,
  ) {}

  sheet(ctx: Ctx, systemId: string): Promise<DeclarationSheet> {
    return this.declaring.sheet(ctx, systemId);
  }

  /** One group of controls. Throws `NotFound`, `Refused`. */
  async show(ctx: Ctx, systemId: string, asked: Asked, unsaved?: Unsaved): Promise<Outcome> {
    const sheet = await this.declaring.sheet(ctx, systemId);
    const system = await this.register.get(ctx, systemId);
    const group = groupOf(sheet, asked.group);
    const view = groupView(sheet, group, this.catalogue.controls, unsaved?.aroundOf);
    return page('pages/declarations/controls', {
      tab: `${sheet.system.name}　統制の申告`, head: systemHead(ctx, system, 'controls'), ...treeView(sheet, group.code), side: sideView(sheet), now: await this.now(ctx, sheet),
      group: { ...view, controls: view.controls.map((one) => ({ ...one, answer: { ...silent(), problems: one.problems } })) }, returned: returnedView(sheet), may: { ...sheet.may, closed: sheet.may.closed ?? '' }, today: sheet.today,
      problems: (unsaved?.problems ?? []).map((one) => ({ message: one.message, href: one.href ?? (group.controls.some(({ code }) => code === one.path) ? `#${anchorOfControl(one.path)}` : '') })),
      notice: NOTICES[asked.notice ?? ''] ?? '', settled: asked.run === undefined ? null : await this.settled(ctx, systemId, asked.run),
    }, unsaved?.status ?? 200);
  }

  /** What a save of one control changes on the page. */
  async saved(ctx: Ctx, systemId: string, code: Code, run: number | null, said: { text: string; made: boolean }): Promise<Outcome> {
    const sheet = await this.declaring.sheet(ctx, systemId);
    const { group, control } = groupWith(sheet, code);
    return page('fragments/declarations/saved', {
      head: { id: systemId }, control: controlView(control, { form: this.catalogue.controls, mayDeclare: sheet.may.declare }), ...treeView(sheet, group.code), now: await this.now(ctx, sheet), made: said.made,
      answer: { ...silent(), state: said.text === '' ? `保存しました ${minuteText(ctx.clock.now())}` : said.text, tone: said.text === '' ? 'ok' : '', settled: said.text === '' ? await this.settled(ctx, systemId, run) : null },
    });
  }

  private async settled(ctx: Ctx, systemId: string, run: number | null): Promise<Settled> {
    return settledView(run === null || !allows(ctx.actor.grants, 'check.read') ? null : await this.runChanges.of(ctx, run), systemId);
  }

  /** Null where the person sees no results of the system, or it is not checked itself. */
  private async now(ctx: Ctx, { system }: DeclarationSheet): Promise<NowView | null> {
    if (system.kind !== 'system' || !allows(ctx.actor.grants, 'check.read', system.departmentId)) return null;
    const [state] = await this.states.states(ctx, [system.id], null);
    return nowView(state === undefined ? null : countsOf(Object.values(state.results).join('')));
  }
}
