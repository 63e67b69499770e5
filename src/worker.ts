import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { checkHere, renderHere, run } from './start.js';

await run(async (config, parts) => {
  const concurrency = Math.max(1, config.renderers);
  await renderHere(parts, concurrency);
  const app = await NestFactory.createApplicationContext(AppModule.with(parts), { logger: ['error'] });
  const stopChecking = checkHere(parts, app);
  process.stdout.write(`文書の印刷（同時に${concurrency}件）と定期の点検を引き受けます。終わるときは Ctrl+C を押してください。\n`);
  return async () => {
    await stopChecking();
    await app.close();
  };
});
