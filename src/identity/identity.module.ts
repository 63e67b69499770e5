import { Module } from '@nestjs/common';
import { SessionService } from './session.service.js';

/**
 * Registers of who: organisations (自治体), implementing bodies (評価実施機関), departments (部局・課) with succession,
 * accounts with roles, sessions. Uses kernel; used by everything that asks who acts and what is allowed.
 */
@Module({ providers: [SessionService], exports: [SessionService] })
export class IdentityModule {}
