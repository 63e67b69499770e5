import type { Type } from '@nestjs/common';
import { AuditController } from './audit.controller.js';
import { AuditFilesController } from './audit-files.controller.js';
import { AuditsController } from './audits.controller.js';
import { CasesController } from './cases.controller.js';
import { KindsController } from './kinds.controller.js';
import { PeopleController } from './people.controller.js';
import { PlansController } from './plans.controller.js';
import { RecordsController } from './records.controller.js';
import { ScheduleController } from './schedule.controller.js';
import { TargetsController } from './targets.controller.js';
import { ViewpointsController } from './viewpoints.controller.js';

/** Controllers of this area: 監査計画、監査、現地調査などの記録. Those with fixed paths stand before `audits/:id`. */
export const AUDIT_PAGES: Type[] = [
  AuditsController, PlansController, KindsController, AuditFilesController, TargetsController, ViewpointsController, PeopleController, ScheduleController, CasesController, RecordsController, AuditController,
];
