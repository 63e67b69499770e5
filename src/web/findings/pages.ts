import type { Type } from '@nestjs/common';
import { AuditFindingsController } from './audit-findings.controller.js';
import { BeginController } from './begin.controller.js';
import { FindingController } from './finding.controller.js';
import { FindingPages } from './finding-pages.js';
import { FindingPartsController } from './finding-parts.controller.js';
import { FindingsController } from './findings.controller.js';
import { ImprovementsController } from './improvements.controller.js';
import { StatementsController } from './statements.controller.js';

/** Controllers of this area: 検出事項、改善を求める事項、弁明. */
export const FINDING_PAGES: Type[] = [AuditFindingsController, BeginController, FindingsController, FindingController, FindingPartsController, StatementsController, ImprovementsController];
/** What they answer with together. */
export const FINDING_PROVIDERS: Type[] = [FindingPages];
