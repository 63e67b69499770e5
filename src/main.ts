import 'reflect-metadata';
import { renderHere, run } from './start.js';
import { buildServer } from './server.js';

await run(async (config, parts) => {
  const app = await buildServer(parts);
  await renderHere(parts, config.renderers);
  await app.listen(config.port, config.host);
  process.stdout.write(`Tenken（点検）を http://localhost:${config.port} で使えます。終わるときは Ctrl+C を押してください。\n`);
  return () => app.close();
});
