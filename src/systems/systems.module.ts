import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { CLOCK } from '../kernel/kernel.module.js';
import type { Clock } from '../kernel/clock.js';
import { inProject } from '../kernel/root.js';
import { BulkEdit } from './bulk-edit.service.js';
import { Catalogue, loadCatalogue } from './catalogue.js';
import { DeclarationApproval } from './declaration-approval.service.js';
import { DeclarationCopying } from './declaration-copying.service.js';
import { DeclarationsDue } from './declarations-due.service.js';
import { Declaring } from './declaring.service.js';
import { Evidence } from './evidence.service.js';
import { Merging } from './merging.service.js';
import { ImportFields } from './import/fields.js';
import { loadImportWords } from './import/import-words.js';
import { RegisterImports } from './register-import.service.js';
import { RegisterExport } from './register-workbook.js';
import { SystemRegister } from './register.service.js';
import { SystemClasses } from './system-classes.service.js';
import { SystemExchange } from './system-exchange.service.js';
import { SystemFacts } from './system-facts.service.js';

const SERVICES = [BulkEdit, DeclarationApproval, DeclarationCopying, DeclarationsDue, Declaring, Evidence, Merging, RegisterExport, RegisterImports, SystemClasses, SystemExchange, SystemFacts, SystemRegister];

/**
 * 情報システム台帳: systems and the platforms that they share, in classes (区分), with the departments that use them (利用課, 再掲),
 * contracts (委託契約) and the controls (統制) that they declare (申告) or inherit. Uses kernel, engine, identity. Used by risks,
 * assessments, checks, documents, web, cli.
 */
@Module({
  imports: [IdentityModule],
  providers: [
    { provide: Catalogue, useFactory: (clock: Clock) => loadCatalogue(inProject('templates'), clock.today()), inject: [CLOCK] },
    { provide: ImportFields, useFactory: ({ register }: Catalogue) => new ImportFields(register, loadImportWords(inProject('templates'), register)), inject: [Catalogue] },
    ...SERVICES,
  ],
  exports: [Catalogue, ...SERVICES],
})
export class SystemsModule {}
