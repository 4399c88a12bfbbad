import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './acklab.js';

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
}

/** Optional packages that the lock file does not name. `npm ci` refuses a lock file that lacks one for any platform. */
function unlocked({ packages }: LockFile): string[] {
  const wanted = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
  return wanted.filter((name) => !Object.keys(packages).some((path) => path.endsWith(`node_modules/${name}`)));
}

const lockFile = (): LockFile => JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));

test('the lock file names the optional packages of every platform, so that npm ci accepts it', () => {
  expect(unlocked(lockFile())).toEqual([]);
});

test('canary: a lock file made where one could not be found is noticed', () => {
  const { 'node_modules/@biomejs/cli-darwin-arm64': _, ...packages } = lockFile().packages;
  expect(unlocked({ packages })).toEqual(['@biomejs/cli-darwin-arm64']);
});
