import { Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';
import { IdentityModule } from '../identity/identity.module.js';
import { Door } from './door.js';
import { ErrorFilter } from './error.filter.js';
import { Sender } from './sender.js';

/** The pages: the only place besides api and cli that knows HTTP and HTML. Controllers parse, delegate, return an outcome. */
@Module({
  imports: [IdentityModule],
  controllers: [],
  providers: [Sender, { provide: APP_INTERCEPTOR, useClass: Door }, { provide: APP_FILTER, useClass: ErrorFilter }],
})
export class WebModule {}
