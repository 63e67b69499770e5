import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { SystemsModule } from '../systems/systems.module.js';

const SERVICES: [] = [];

/**
 * 監査: plans (監査計画), audits with viewpoints (着眼点), people (監査委員, 除斥) and schedule, questionnaires (調査票) with their
 * responses, field records (現地調査・事情聴取・書類審査) with evidence, tabulations (集計). Uses engine, jobs, identity, systems. Used by
 * findings, documents, web, cli.
 */
@Module({ imports: [IdentityModule, SystemsModule], providers: SERVICES, exports: SERVICES })
export class AuditsModule {}
