import type { Code } from '../engine/form.js';
import { allows } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Refused } from '../kernel/errors.js';
import type { Catalogue } from './catalogue.js';
import { hasEnded } from './register-values.js';
import { lockSystem, mustRead } from './system-access.js';
import type { InformationSystem } from './system.entity.js';

const NOT_ALLOWED = {
  'declaration.write': 'このシステムの統制を申告できるのは、所管課の担当です。所管課に頼んでください。',
  'declaration.approve': 'このシステムの申告を承認し、差し戻せるのは、所管課の課長です。',
} as const;

/**
 * The system, locked until the end of the transaction, so that what is declared of it changes one after the other.
 * Throws `NotFound`, `Refused` (other department, right, merged, ended).
 */
export async function lockForDeclaring(ctx: Ctx, catalogue: Catalogue, systemId: string, permission: keyof typeof NOT_ALLOWED = 'declaration.write'): Promise<InformationSystem> {
  const system = await lockSystem(ctx, systemId);
  await mustDeclare(ctx, catalogue, system, permission);
  return system;
}

export async function mustDeclare(ctx: Ctx, catalogue: Catalogue, system: InformationSystem, permission: keyof typeof NOT_ALLOWED = 'declaration.write'): Promise<void> {
  await mustRead(ctx, system);
  if (!allows(ctx.actor.grants, permission, system.departmentId)) throw new Refused('not-allowed', NOT_ALLOWED[permission]);
  const closed = closedWhy(catalogue, system);
  if (closed !== null) throw new Refused(closed.code, closed.message);
}

/** Why nothing can be declared of the system any more; null while it can. */
export function closedWhy(catalogue: Catalogue, system: Pick<InformationSystem, 'name' | 'register' | 'mergedIntoId'>): { code: string; message: string } | null {
  if (system.mergedIntoId !== null) return { code: 'merged', message: `「${system.name}」は、ほかのシステムに統合されています。統合先で申告してください。` };
  if (!hasEnded(catalogue.register, system.register)) return null;
  return { code: 'ended', message: `「${system.name}」は廃止されているため、申告は変えられません。稼働しているときは、先に台帳の稼働の状態を直してください。` };
}

/** Where a control stands in the journal of its system. */
export const declarationPath = (control: Code): string => `declaration/${control}`;
