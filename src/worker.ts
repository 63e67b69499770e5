import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { lookHere, mailHere, renderHere, run } from './start.js';

await run(async (config, parts) => {
  const concurrency = Math.max(1, config.renderers);
  await renderHere(parts, concurrency);
  await mailHere(parts);
  const app = await NestFactory.createApplicationContext(AppModule.with(parts), { logger: ['error'] });
  const stopLooking = lookHere(parts, app);
  process.stdout.write(`文書の印刷（同時に${concurrency}件）、定期の点検、措置の期限のお知らせ、メールの送信を引き受けます。終わるときは Ctrl+C を押してください。\n`);
  return async () => {
    await stopLooking();
    await app.close();
  };
});
