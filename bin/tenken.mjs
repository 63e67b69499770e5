#!/usr/bin/env node
// `npx tenken …`: the command line. Relative paths are those of the caller; standard output belongs to the command.
import { become, entry, makeReady, orStop } from './setup.mjs';

await orStop(async () => {
  await makeReady({ quiet: true });
  await become(['--enable-source-maps', entry('src', 'cli', 'main.js'), ...process.argv.slice(2)]);
});
