import { Injectable } from '@nestjs/common';
import { Viewpoints } from '../../audits/viewpoints.service.js';
import { FindingEvidences, type EvidenceChoices } from '../../findings/finding-evidence.service.js';
import { SHOWN_TEXTS, type ShownText } from '../../findings/finding-fields.js';
import { FindingRegister, type FindingPage } from '../../findings/finding-register.service.js';
import { FindingSettings } from '../../findings/finding-settings.service.js';
import { FindingTexts } from '../../findings/finding-texts.service.js';
import { withBelow } from '../../findings/tree-places.js';
import { Departments } from '../../identity/departments.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, type Problem } from '../../kernel/errors.js';
import { attempt } from '../attempt.js';
import { auditHead } from '../audits/head.js';
import type { Form } from '../audits/forms.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { departmentPlaces } from '../systems/places.js';
import { findingSpecs, findingView, NOTHING_TYPED, type TypedSmall } from './finding-view.js';
import { historyNames, historyOf, historyView } from './history-view.js';
import { placesView } from './tree-view.js';

const NO_CHOICES: EvidenceChoices = { checks: [], records: [], answers: [], documents: [] };

/** The page of a finding, which several controllers answer with. */
@Injectable()
export class FindingPages {
  constructor(
    private readonly register: FindingRegister,
    private readonly evidences: FindingEvidences,
    private readonly texts: FindingTexts,
    private readonly settings: FindingSettings,
    private readonly departments: Departments,
    private readonly viewpoints: Viewpoints,
  ) {}

  async show(ctx: Ctx, id: string, typed: TypedSmall = NOTHING_TYPED, status = 422): Promise<Outcome> {
    const found = await this.register.get(ctx, id);
    const { scheme } = await this.settings.of(ctx);
    const around = {
      scheme, resolver: await this.texts.resolver(ctx, found.auditId, [...(Object.keys(SHOWN_TEXTS) as ShownText[]).map((name) => found.fields[name]), ...found.improvements.map((one) => one.text), ...found.statements.flatMap((one) => [one.text, one.reply])]),
      files: await this.evidences.listFiles(ctx, id), choices: found.may.write ? await this.evidences.choices(ctx, found.auditId, found.fields.systemId) : NO_CHOICES, places: found.may.write ? await this.places(ctx, found) : [],
    };
    return page('pages/findings/finding', { head: found.full ? auditHead(found.audit, 'findings', ctx.actor) : null, ...findingView(found, around, typed) }, typed.problems.length === 0 ? 200 : status);
  }

  async history(ctx: Ctx, id: string): Promise<Outcome> {
    const found = await this.register.get(ctx, id);
    return page('pages/findings/history', historyView({ title: found.fields.title, back: `/findings/${id}` }, await historyOf(ctx, 'finding', id, found.full), await historyNames(ctx, found.auditId, (await this.settings.of(ctx)).scheme)));
  }

  async form(ctx: Ctx, found: FindingPage): Promise<Form> {
    const { fields } = found;
    const systems: { id: string; name: string }[] = await ctx.tx.query('select id, name from system where organisation_id = $1 and (merged_into_id is null or id = $2) order by name, id', [ctx.organisation, fields.systemId]);
    const specs = findingSpecs(found, {
      scheme: (await this.settings.of(ctx)).scheme, viewpoints: await this.viewpoints.of(ctx, found.auditId),
      departments: departmentPlaces(await this.departments.tree(ctx), ({ department }) => department.endedOn === null || department.id === fields.departmentId).map(({ id, label }) => ({ value: id, label })),
      systems: systems.map(({ id, name }) => ({ value: id, label: name })),
    });
    return {
      head: auditHead(found.audit, 'findings', ctx.actor), title: found.kind === 'heading' ? `見出し ${found.label} を直す` : `検出事項 ${found.label} を直す`, lead: 'ほかの文から引くときは「参照の符号」の画面で符号を写せます。', specs,
      action: `/findings/${found.id}`, back: `/findings/${found.id}`, submit: '保存する', version: String(found.version),
    };
  }

  /** A small form of the page: what does not fit comes back on it with what was typed; a stale one shows it as it stands now. */
  async small(ctx: Ctx, id: string, part: string, values: Readonly<Record<string, string>>, work: () => Promise<string>): Promise<Outcome> {
    try {
      return redirect(await attempt(ctx, work));
    } catch (error) {
      if (error instanceof Invalid) return this.show(ctx, id, { part, values, problems: error.problems.length > 0 ? error.problems : [asProblem(error)] });
      if (error instanceof Conflict) return this.show(ctx, id, { part, values, problems: [{ code: error.code, path: '', message: `${error.message}いまの内容はこの画面のとおりです。入力したものは残してあります。` }] }, 409);
      throw error;
    }
  }

  private async places(ctx: Ctx, found: FindingPage): Promise<object[]> {
    const { entries, cases } = await this.register.tree(ctx, found.auditId);
    const chosen = found.parentId !== null ? `below:${found.parentId}` : found.caseId !== null ? `case:${found.caseId}` : '';
    return placesView(entries, cases, chosen, withBelow(entries.map((one) => one.row), found.id));
  }
}

const asProblem = (error: Invalid): Problem => ({ code: error.code, path: '', message: error.message });
