import type { Code } from '../engine/form.js';
import { allows } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Refused } from '../kernel/errors.js';
import type { Catalogue } from './catalogue.js';
import { declarationPath } from './declaration-access.js';
import { readSheet, type DeclarationSheet, type OwnDeclaration } from './declaration-sheet.js';
import type { DeclarationAction, DeclarationSnapshot } from './declaration-words.js';
import { valueText } from './register-values.js';
import { objectOf, readSystem } from './system-access.js';

export interface WaitingDeclaration {
  control: Code;
  label: string;
  /** Heading of its group. */
  group: string;
  /** As it was approved last; null: never. */
  before: { words: string; note: string; declaredOn: string } | null;
  now: OwnDeclaration;
}

export interface WaitingForApproval {
  system: DeclarationSheet['system'];
  /** In the order of the catalogue, without those sent back, stale or retired. */
  declarations: WaitingDeclaration[];
  /** Declarations of this person, which somebody else must approve. */
  own: number;
}

/** What the head of the department may approve of one system. Throws `NotFound`, `Refused`. */
export async function waitingForApproval(ctx: Ctx, catalogue: Catalogue, systemId: string): Promise<WaitingForApproval> {
  const system = await readSystem(ctx, systemId);
  if (!allows(ctx.actor.grants, 'declaration.approve', system.departmentId)) throw new Refused('not-allowed', 'このシステムの申告を承認し、差し戻せるのは、所管課の課長です。');
  const sheet = await readSheet(ctx, catalogue, system);
  const open = sheet.groups.flatMap((group) => group.controls.flatMap(({ code, label, own, retired }) => (own === null || retired !== null || own.approved !== null || own.returned !== null || own.stale || !own.fits ? [] : [{ control: code, label, group: group.title, now: own }])));
  const approved = await lastApproved(ctx, system.id);
  return {
    system: sheet.system, own: open.filter((one) => !one.now.approvable).length,
    declarations: open.filter((one) => one.now.approvable).map((one) => {
      const was = approved.get(one.control);
      const words = was === undefined ? '' : valueText(catalogue.controls.byCode.get(one.control)!, was.value);
      return { ...one, before: was === undefined ? null : { words, note: was.note, declaredOn: was.declaredOn } };
    }),
  };
}

const APPROVED: DeclarationAction = 'declaration-approved';

/** What was approved last of each control. The journal says so; nothing else keeps it. */
async function lastApproved(ctx: Ctx, systemId: string): Promise<Map<Code, DeclarationSnapshot>> {
  const { kind, id } = objectOf(systemId);
  const rows: { path: string; content: string }[] = await ctx.tx.query(
    `select distinct on (path) path, content from journal_entry where organisation_id = $1 and object_kind = $2 and object_id = $3 and action = $4 order by path, number desc`,
    [ctx.organisation, kind, id, APPROVED]);
  return new Map(rows.map(({ path, content }) => [path.slice(declarationPath('').length), (JSON.parse(content) as { after: DeclarationSnapshot }).after]));
}
