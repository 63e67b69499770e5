// Folders of test servers: ending what runs there and taking them away, also those of killed runs.
import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const PREFIX = 'tenken-test-';

function lives(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  // A zombie waits only for its parent.
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return true;
  }
}

/** Ends the server without a checkpoint (its data is thrown away) and removes the folder. */
export async function remove(folder) {
  if (!folder) return;
  let pid = 0;
  try {
    const [first, data] = readFileSync(join(folder, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n');
    if (data?.startsWith(folder)) pid = Number(first);
  } catch {
    // No server was started, or it ended.
  }
  if (pid > 1 && lives(pid)) {
    process.kill(pid, 'SIGQUIT');
    for (let waited = 0; lives(pid) && waited < 5_000; waited += 10) await new Promise((done) => setTimeout(done, 10));
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** Removes what killed runs of the same user left behind. */
export async function sweep() {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(tmpdir(), name);
    const run = Number(name.slice(PREFIX.length).split('-')[0]);
    const found = lstatSync(folder, { throwIfNoEntry: false });
    if (!found?.isDirectory() || found.uid !== process.getuid() || lives(run)) continue;
    await remove(folder);
  }
}
