import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { KernelModule } from '../kernel/kernel.module.js';
import { readConfig } from '../kernel/config.js';
import { systemClock } from '../kernel/clock.js';
import { SystemsModule } from './systems.module.js';
import { SystemRegister } from './register.service.js';
import { RegisterImports } from './register-import.service.js';
it('boots', async () => {
  @Module({ imports: [KernelModule.with(readConfig({}), {} as never, systemClock), SystemsModule] })
  class M {}
  const app = await NestFactory.createApplicationContext(M, { logger: ['error'], abortOnError: false });
  expect(app.get(SystemRegister)).toBeInstanceOf(SystemRegister);
  expect(app.get(RegisterImports)).toBeInstanceOf(RegisterImports);
  await app.close();
});
