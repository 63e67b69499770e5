import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { DocumentsModule } from './documents/documents.module.js';
import { JobsModule } from './jobs/jobs.module.js';
import type { JobQueue } from './jobs/queue.js';
import type { Clock } from './kernel/clock.js';
import type { Config } from './kernel/config.js';
import { KernelModule } from './kernel/kernel.module.js';
import type { Templates } from './rendering/html.js';
import { RenderingModule } from './rendering/rendering.module.js';
import { WebModule } from './web/web.module.js';

/** What a process is built from. */
export interface Parts {
  config: Config;
  database: DataSource;
  clock: Clock;
  templates: Templates;
  queue: JobQueue;
}

@Module({})
export class AppModule {
  static with({ config, database, clock, templates, queue }: Parts): DynamicModule {
    return { module: AppModule, imports: [KernelModule.with(config, database, clock), RenderingModule.with(templates), JobsModule.with(queue), DocumentsModule, WebModule] };
  }
}
