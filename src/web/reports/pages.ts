import type { Type } from '@nestjs/common';
import { DeliberationsController } from './deliberations.controller.js';
import { AuditDocumentsController } from './documents.controller.js';
import { MeasuresController } from './measures.controller.js';
import { ReportController } from './report.controller.js';
import { SectionsController } from './sections.controller.js';

/** Controllers of this area: 合議、報告、公表、文書. */
export const REPORT_PAGES: Type[] = [DeliberationsController, MeasuresController, ReportController, SectionsController, AuditDocumentsController];
