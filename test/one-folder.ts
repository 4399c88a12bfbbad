/** Everything that tests, and the commands and browsers they start, put into the temporary folder is one folder in it, and gone at the end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'acklab-test-'));
  // What is started from now on finds it as its temporary folder.
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
