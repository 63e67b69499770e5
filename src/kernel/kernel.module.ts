import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { Clock } from './clock.js';
import type { Config } from './config.js';

export const CONFIG = Symbol('configuration');
export const DATABASE = Symbol('database');
export const CLOCK = Symbol('clock');

/**
 * Ground floor: configuration, database, transaction and scope, errors, journal, clock, ids.
 * Knows no noun of the field; every other module uses it.
 */
@Module({})
export class KernelModule {
  static with(config: Config, database: DataSource, clock: Clock): DynamicModule {
    const providers = [
      { provide: CONFIG, useValue: config },
      { provide: DATABASE, useValue: database },
      { provide: CLOCK, useValue: clock },
    ];
    return { module: KernelModule, global: true, providers, exports: providers.map((one) => one.provide) };
  }
}
