import 'reflect-metadata';
import { renderHere, run } from './start.js';

await run(async (config, parts) => {
  const concurrency = Math.max(1, config.renderers);
  await renderHere(parts, concurrency);
  process.stdout.write(`文書の印刷を引き受けます（同時に${concurrency}件）。終わるときは Ctrl+C を押してください。\n`);
  return async () => undefined;
});
