/** Which code made a result: a fingerprint for each file of the engine, so that a change can be named. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ENGINE = new URL('../engine/', import.meta.url);

/** Hands points to worker threads, and decides nothing about what comes out. */
const WITHOUT_EFFECT = /^runtimes\/pool\//;

/** 8 hexadecimal digits: enough to tell versions of one file apart, short enough for a line of a diff. */
const DIGITS = 8;

let found: Readonly<Record<string, string>> | undefined;

/** By file, as `engine/actors/committer`. Of the code that runs: compiled files where it is compiled. */
export function codeFingerprint(): Readonly<Record<string, string>> {
  found ??= Object.fromEntries(
    readdirSync(ENGINE, { recursive: true, encoding: 'utf8' })
      .map((path) => path.replaceAll('\\', '/'))
      .filter((path) => /(?<!\.d)\.[jt]s$/.test(path) && !WITHOUT_EFFECT.test(path))
      .sort()
      .map((path) => [`engine/${path.replace(/\.[jt]s$/, '')}`, digest(path)]),
  );
  return found;
}

const digest = (path: string): string =>
  createHash('sha256')
    .update(readFileSync(fileURLToPath(new URL(path, ENGINE))))
    .digest('hex')
    .slice(0, DIGITS);
