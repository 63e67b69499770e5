import { In } from 'typeorm';
import type { Address, Code } from '../engine/form.js';
import { placeName, rowTitle } from '../engine/places.js';
import { Reading, type Instance } from '../engine/reading.js';
import { allows, reachOf } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { NotFound, Refused } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { mayReadRisk, objectOf as riskObject, readRisk, standingSystems } from '../risks/risk-access.js';
import { judgedOf } from '../risks/risk-changing.js';
import { adequacyProblems, mustBeSound, type Rating, type RiskMatrices } from '../risks/risk-matrix.js';
import { ratingOf, residualOf } from '../risks/risk-rating.js';
import { Risk } from '../risks/risk.entity.js';
import { objectOf, readAssessment } from './access.js';
import { answersOf } from './assessment-reading.service.js';
import { AssessmentRisk } from './assessment-risk.entity.js';
import { Assessment } from './assessment.entity.js';
import type { Forms } from './forms.js';
import { hrefOf } from './item-links.js';

/** A risk item as the page of an assessment names it. */
export interface LinkedRisk {
  id: string;
  title: string;
  residual: Rating;
  closed: boolean;
  /** Whether this person may open it; who writes the assessment sees the others too, by title. */
  readable: boolean;
}

/** What an assessment says of how well a risk is covered. */
export interface Adequacy {
  code: Code;
  label: string;
  /** Whether the measures are held to be enough. */
  enough: boolean;
}

/** リスク1 …: an item of the form that says how well a risk is covered. */
export interface StatutoryRisk {
  address: Address;
  /** `Ⅲ 特定個人情報ファイルの取扱いプロセスにおけるリスク対策`. */
  sectionName: string;
  /** The row for which the section is repeated; '' where it stands once. */
  rowName: string;
  blockHeading: string;
  /** `リスク1：　目的外の入手が行われるリスク`, or the label of the item where the form has no such heading. */
  heading: string;
  /** Section, number, mark and label in one line. */
  name: string;
  /** Null: not answered yet. */
  adequacy: Adequacy | null;
  risks: LinkedRisk[];
  /** Page and anchor of the item. */
  href: string;
}

/** An item of an assessment behind which a risk stands. */
export interface StatutoryLink {
  assessmentId: string;
  title: string;
  address: Address;
  name: string;
  adequacy: Adequacy | null;
  href: string;
  /** Whether this person may open the assessment. */
  readable: boolean;
  /** Whether this person may take the link away. */
  mayUnlink: boolean;
}

/** Which risk items stand behind the statutory risks of an assessment. */
export class AssessmentRisks {
  /** @throws Invalid when the risk matrix does not know what the adequacy items of the forms offer */
  constructor(private readonly forms: Forms, private readonly matrices: RiskMatrices) {
    mustBeSound(matrices.all.flatMap((one) => adequacyProblems(one, `risk-matrix/${one.version}.yaml`, forms.all())));
  }

  /** Every adequacy item that is shown, in printed order. Throws `NotFound`, `Refused`. */
  async statutoryRisks(ctx: Ctx, assessmentId: string): Promise<{ assessment: Assessment; mayLink: boolean; risks: StatutoryRisk[] }> {
    const assessment = await readAssessment(ctx, assessmentId);
    const { reading, href } = await this.laid(ctx, assessment);
    const mayLink = allows(ctx.actor.grants, 'assessment.write', assessment.departmentId);
    const links = await scoped(ctx, AssessmentRisk).find({ assessmentId });
    const shown = await shownRisks(ctx, this.matrices, links.map((one) => one.riskId), mayLink);
    const risks = asked(reading).map((one): StatutoryRisk => ({
      address: one.address, sectionName: one.item.section.name, rowName: one.row === null ? '' : rowTitle(reading, one.row), blockHeading: one.item.block.heading ?? '',
      heading: one.item.part?.heading ?? one.item.item.label, name: placeName(reading, one), adequacy: this.adequacyOf(reading, one), href: href(one.address),
      risks: links.filter((link) => link.address === one.address).flatMap((link) => shown.get(link.riskId) ?? []).sort((a, b) => a.title.localeCompare(b.title, 'ja')),
    }));
    return { assessment, mayLink, risks };
  }

  /** By title of the assessment; items that are no longer there are left out. Throws `NotFound`, `Refused`. */
  async ofRisk(ctx: Ctx, riskId: string): Promise<StatutoryLink[]> {
    const { risk } = await readRisk(ctx, riskId);
    const writes = allows(ctx.actor.grants, 'risk.write', risk.departmentId);
    const links = await scoped(ctx, AssessmentRisk).find({ riskId });
    const assessments = links.length === 0 ? [] : await scoped(ctx, Assessment).find({ id: In(links.map((one) => one.assessmentId)) }, { title: 'ASC', id: 'ASC' });
    const found: StatutoryLink[] = [];
    for (const assessment of assessments) {
      const readable = allows(ctx.actor.grants, 'assessment.read', assessment.departmentId);
      if (!readable && !writes) continue;
      const { reading, href } = await this.laid(ctx, assessment);
      const own = new Set(links.filter((one) => one.assessmentId === assessment.id).map((one) => one.address));
      for (const one of asked(reading)) {
        if (!own.has(one.address)) continue;
        found.push({
          assessmentId: assessment.id, title: assessment.title, address: one.address, name: placeName(reading, one), adequacy: this.adequacyOf(reading, one), href: href(one.address),
          readable, mayUnlink: allows(ctx.actor.grants, 'assessment.write', assessment.departmentId),
        });
      }
    }
    return found;
  }

  /** Assessments behind whose statutory risks each of these stands, whoever asks: for the challenges. */
  async assessmentsOf(ctx: Ctx, riskIds: readonly string[]): Promise<Map<string, string[]>> {
    const found = new Map<string, string[]>(riskIds.map((id) => [id, []]));
    const links = riskIds.length === 0 ? [] : await scoped(ctx, AssessmentRisk).find({ riskId: In([...riskIds]) });
    for (const { riskId, assessmentId } of links) if (!found.get(riskId)!.includes(assessmentId)) found.get(riskId)!.push(assessmentId);
    return found;
  }

  /** Linked already is no error. Throws `NotFound` (also for an item that the assessment does not ask), `Refused`. */
  async link(ctx: Ctx, assessmentId: string, address: Address, riskId: string): Promise<void> {
    const assessment = await this.lock(ctx, assessmentId);
    const { reading } = await this.laid(ctx, assessment);
    const place = asked(reading).find((one) => one.address === address);
    if (place === undefined) throw new NotFound('statutory-risk-unknown', 'この評価書に、そのリスクの項目はありません。画面を読み込み直してください。');
    const { risk } = await readRisk(ctx, riskId);
    if (risk.closedOn !== null) throw new Refused('closed', `「${risk.title}」は終了しています。終了していないリスクを選んでください。`);
    if ((await scoped(ctx, AssessmentRisk).count({ assessmentId, address, riskId })) > 0) return;
    await scoped(ctx, AssessmentRisk).insert({ id: newId(), assessmentId, address, riskId });
    await record(ctx, { action: 'risk-linked', object: objectOf(assessmentId), path: address, after: { id: riskId, title: risk.title } });
    await record(ctx, { action: 'statutory-risk-linked', object: riskObject(riskId), after: { id: assessmentId, title: `${assessment.title}　${placeName(reading, place)}`, address } });
  }

  /** Not linked is no error. Throws `NotFound`, `Refused`. */
  async unlink(ctx: Ctx, assessmentId: string, address: Address, riskId: string): Promise<void> {
    const assessment = await this.lock(ctx, assessmentId);
    const risk = await scoped(ctx, Risk).get(riskId);
    const removed = await scoped(ctx, AssessmentRisk).delete({ assessmentId, address, riskId });
    if (removed === 0) return;
    const { reading } = await this.laid(ctx, assessment);
    const place = reading.instances.find((one) => one.address === address);
    await record(ctx, { action: 'risk-unlinked', object: objectOf(assessmentId), path: address, before: { id: riskId, title: risk.title } });
    await record(ctx, { action: 'statutory-risk-unlinked', object: riskObject(riskId), before: { id: assessmentId, title: `${assessment.title}${place === undefined ? '' : `　${placeName(reading, place)}`}`, address } });
  }

  /** The assessment, locked, so that its links change one after the other. What it says does not change, so any status will do. */
  private async lock(ctx: Ctx, assessmentId: string): Promise<Assessment> {
    const assessment = await scoped(ctx, Assessment).lock(assessmentId);
    if (allows(ctx.actor.grants, 'assessment.write', assessment.departmentId)) return assessment;
    throw new Refused('not-allowed', '評価書の項目にリスクを結び付けられるのは、その評価書を書く人です。所管課に頼んでください。');
  }

  private async laid(ctx: Ctx, assessment: Assessment): Promise<{ reading: Reading; href(address: Address): string }> {
    const form = this.forms.get(assessment.form, assessment.formVersion);
    const { answers } = await answersOf(ctx, assessment.id);
    return { reading: new Reading(form, answers, this.forms.thresholdOf(form)), href: (address) => hrefOf(assessment.id, form, address, answers.rows) };
  }

  private adequacyOf(reading: Reading, { address, item }: Instance): Adequacy | null {
    const value = reading.answer(address);
    if (typeof value !== 'object' || !('choice' in value) || value.choice === '') return null;
    return { code: value.choice, label: item.options?.get(value.choice)?.label ?? value.choice, enough: this.matrices.current.adequacy.enough.includes(value.choice) };
  }
}

/** Items with the attribute `adequacy` that are shown, or may be. */
function asked(reading: Reading): Instance[] {
  return reading.instances.filter(({ item, row }) => item.item.kind === 'choice' && item.item.adequacy === true && reading.visible(item, row) !== 'no');
}

/** Linked risks by id, as far as the person may know of them. */
async function shownRisks(ctx: Ctx, matrices: RiskMatrices, ids: readonly string[], withTitles: boolean): Promise<Map<string, LinkedRisk>> {
  const risks = ids.length === 0 ? [] : await scoped(ctx, Risk).find({ id: In([...new Set(ids)]) });
  const systems = await standingSystems(ctx, risks.map((one) => one.systemId));
  const reach = reachOf(ctx.actor.grants, 'risk.read');
  return new Map(risks.flatMap((risk): [string, LinkedRisk][] => {
    const readable = mayReadRisk(reach, risk, systems.get(risk.systemId ?? ''));
    if (!readable && !withTitles) return [];
    const residual = ratingOf(matrices.version(risk.matrixVersion), residualOf(judgedOf(risk)));
    return [[risk.id, { id: risk.id, title: risk.title, residual, closed: risk.closedOn !== null, readable }]];
  }));
}
