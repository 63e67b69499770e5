import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import type { Clock } from '../kernel/clock.js';
import { CLOCK } from '../kernel/kernel.module.js';
import { inProject } from '../kernel/root.js';
import { SystemsModule } from '../systems/systems.module.js';
import { loadRiskMatrices, RiskMatrices } from './risk-matrix.js';
import { RiskRegister } from './risk-register.service.js';

/**
 * リスク: what may happen to an asset, rated on a matrix (content) before and after measures (対策), with the controls and rules that
 * bear on it. Uses kernel, engine, rendering (pictures), identity, systems. Used by assessments, checks, documents, web, cli.
 */
@Module({
  imports: [IdentityModule, SystemsModule],
  providers: [{ provide: RiskMatrices, useFactory: (clock: Clock) => loadRiskMatrices(inProject('templates'), clock.today()), inject: [CLOCK] }, RiskRegister],
  exports: [RiskMatrices, RiskRegister],
})
export class RisksModule {}
