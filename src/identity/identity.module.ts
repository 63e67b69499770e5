import { Module } from '@nestjs/common';
import { AccountRegister } from './account-register.service.js';
import { AccountRights } from './account-rights.service.js';
import { DemoEntry } from './demo-entry.service.js';
import { Departments } from './departments.service.js';
import { JournalList } from './journal-list.service.js';
import { OrganisationSettings } from './organisation-settings.service.js';
import { OwnAccount } from './own-account.service.js';
import { SessionService } from './session.service.js';
import { IdentitySetUp } from './set-up.service.js';
import { SignIn } from './sign-in.service.js';

const SERVICES = [AccountRegister, AccountRights, DemoEntry, Departments, IdentitySetUp, JournalList, OrganisationSettings, OwnAccount, SessionService, SignIn];

/**
 * Registers of who: organisations (自治体), implementing bodies (評価実施機関), departments (部局・課) with succession,
 * accounts with roles, sessions. Uses kernel; used by everything that asks who acts and what is allowed.
 */
@Module({ providers: SERVICES, exports: SERVICES })
export class IdentityModule {}
