import 'reflect-metadata';
import { loadDemo } from './demo/load.js';
import { IdentitySetUp } from './identity/set-up.service.js';
import { lookHere, mailHere, renderHere, run } from './start.js';
import { buildServer } from './server.js';

await run(async (config, parts) => {
  const app = await buildServer(parts);
  if (config.demo && (await loadDemo({ app, database: parts.database, clock: parts.clock })) !== null) process.stdout.write('デモ用の「みずほ野市」を用意しました。\n');
  const token = await IdentitySetUp.prepare(parts.database, parts.clock);
  await renderHere(parts, config.renderers);
  await mailHere(parts);
  await app.listen(config.port, config.host);
  process.stdout.write(`Tenken（点検）を http://localhost:${config.port} で使えます。終わるときは Ctrl+C を押してください。\n`);
  if (token !== null) process.stdout.write(`はじめての設定：http://localhost:${config.port}/set-up?token=${token}\n`);
  const stopLooking = lookHere(parts, app);
  return async () => {
    await stopLooking();
    await app.close();
  };
});
