import { Module } from '@nestjs/common';
import { AuditsModule } from '../audits/audits.module.js';
import { ChecksModule } from '../checks/checks.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { SystemsModule } from '../systems/systems.module.js';

const SERVICES: [] = [];

/**
 * 検出事項 and what follows: improvement opinions (改善を求める事項), statements (弁明・見解), deliberation (合議), the audit report with its
 * publication, corrective actions (措置) and their notices (措置通知), the exchange file of an audit. Uses engine (numbering, references,
 * tabulation), systems, audits, checks. Used by documents, web, cli.
 */
@Module({ imports: [IdentityModule, SystemsModule, AuditsModule, ChecksModule], providers: SERVICES, exports: SERVICES })
export class FindingsModule {}
