import { basename, relative } from 'node:path';

/** What a user types to run this again: in a clone nothing called `acklab` is on the PATH. */
export function programName(script = process.argv[1] ?? ''): string {
  return basename(script) === 'main.js' ? `node ${relative(process.cwd(), script)}` : 'acklab';
}
