/** Whoever has only called the compiler has the page's scripts of before: they are put together anew for the tests. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readBundle } from '../results/explorer/explorer.js';
import { packageRoot } from '../workloads/package-root.js';

export function setup(): void {
  try {
    readBundle();
  } catch {
    spawnSync(process.execPath, [join(packageRoot(), 'cli/bundle.mjs')], { stdio: 'inherit' });
  }
}
