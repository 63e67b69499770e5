import { allows } from '../../identity/permissions.js';
import type { Grant } from '../../kernel/ctx.js';
import type { Happening } from '../../kernel/journal.js';

/** Objects of which whoever reads the journal reads everything. What is not named here belongs to audits, of which drafts, answers and voices are nobody else's. */
const OPEN: ReadonlySet<string> = new Set([
  'organisation', 'implementing-body', 'department', 'account', 'assessment', 'threshold-judgement', 'import-review', 'document', 'system', 'system-class', 'register-import', 'risk', 'check-run', 'check-schedule', 'own-rule-set', 'rule-set',
  'audit-kind', 'finding-setting',
]);

/** May these grants read in the journal what was said, and not only that something happened? Pure. */
export const opensContents = ({ object }: Pick<Happening, 'object'>, grants: readonly Grant[]): boolean => OPEN.has(object.kind) || allows(grants, 'audit.read');
