import { readFileSync } from 'node:fs';
import { readAuditFile } from '../src/findings/audit-file-checking.js';
import { auditFileSchemas } from '../src/findings/audit-file-schemas.js';
import type { AuditFile } from '../src/findings/audit-file.js';

type Name = 'hakodate' | 'osaka-my-number' | 'osaka-disaster';

const read = new Map<Name, AuditFile>();

/** An audit of `test/fixtures/audits`, read and checked as an exchange file; each call gives a copy of its own. */
export function auditFixture(name: Name): AuditFile {
  const file = read.get(name) ?? readAuditFile(readFileSync(`test/fixtures/audits/${name}.yaml`), auditFileSchemas());
  read.set(name, file);
  return structuredClone(file);
}
