import { readSchema } from '../engine/content-loader.js';
import { inProject } from '../kernel/root.js';
import type { AuditFileSchemas } from './audit-file-checking.js';

/** The schemas of the product, read from `templates/schemas`. */
export function auditFileSchemas(): AuditFileSchemas {
  const templates = inProject('templates');
  return { file: readSchema(templates, 'audit-file'), form: readSchema(templates, 'form') };
}
