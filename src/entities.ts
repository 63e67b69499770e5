import { Account, AccountRole, Session } from './identity/account.entity.js';
import { Department, ImplementingBody, Organisation } from './identity/organisation.entity.js';

/** Every table that programs read and write through `scoped`. */
export const ENTITIES = [Organisation, ImplementingBody, Department, Account, AccountRole, Session];
