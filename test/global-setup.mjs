// Makes the folder of this run's PostgreSQL. The server itself is started by the first test that needs it, so that a
// run of pure tests does not wait for one. Plain JavaScript: Jest loads it without its transformer.
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PREFIX, sweep } from './test-cluster.mjs';

export default async function setup() {
  await sweep();
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  // Others may pass through, not look inside: as root the server runs as nobody.
  chmodSync(folder, 0o711);
  process.env.TEST_CLUSTER = folder;
}
