import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { JobQueue } from './queue.js';

/** The queue on PostgreSQL. Domain-free: a module above names its queues and handlers. */
@Module({})
export class JobsModule {
  static with(queue: JobQueue): DynamicModule {
    return { module: JobsModule, global: true, providers: [{ provide: JobQueue, useValue: queue }], exports: [JobQueue] };
  }
}
