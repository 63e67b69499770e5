import { Injectable } from '@nestjs/common';
import type { Ctx } from '../kernel/ctx.js';
import { AuditCases, type ListedCase } from './audit-cases.service.js';
import { AuditPeople } from './audit-people.service.js';
import { AuditSchedule } from './audit-schedule.service.js';
import { AuditTargets, type ListedTarget } from './audit-targets.service.js';
import type { AuditPerson, AuditStep } from './audit.entity.js';
import { Viewpoints, type ListedViewpoint } from './viewpoints.service.js';

export interface AllParts {
  targets: ListedTarget[];
  viewpoints: ListedViewpoint[];
  people: AuditPerson[];
  steps: AuditStep[];
  cases: ListedCase[];
}

/** The parts of the plan of an audit, each kept by its own service. */
@Injectable()
export class AuditParts {
  constructor(
    readonly targets: AuditTargets,
    readonly viewpoints: Viewpoints,
    readonly people: AuditPeople,
    readonly schedule: AuditSchedule,
    readonly cases: AuditCases,
  ) {}

  /** Everything at a glance. Throws `NotFound`, `Refused`. */
  async of(ctx: Ctx, auditId: string): Promise<AllParts> {
    return {
      targets: await this.targets.of(ctx, auditId), viewpoints: await this.viewpoints.of(ctx, auditId), people: await this.people.of(ctx, auditId), steps: await this.schedule.of(ctx, auditId), cases: await this.cases.of(ctx, auditId),
    };
  }
}
