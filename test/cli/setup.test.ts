/** The set-up of a fresh clone, with stand-ins for npm and the compiler that write down what they were asked. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ROOT } from './acklab.js';

let clone: string;

const COMPILER = `import { mkdirSync, writeFileSync, appendFileSync, existsSync } from 'node:fs';
appendFileSync('asked.txt', 'tsc ' + process.argv.slice(2).join(' ') + '\\n');
if (existsSync('broken')) { console.log('x.ts(1,1): error TS1005'); process.exit(1); }
mkdirSync('dist/cli', { recursive: true });
writeFileSync('dist/cli/main.js', '');
`;

const BUNDLER = `import { appendFileSync, existsSync } from 'node:fs';
appendFileSync('asked.txt', 'bundle\\n');
if (existsSync('unbundled')) { console.error('page/main.js: no such module'); process.exit(1); }
`;

const NPM = `const { appendFileSync, mkdirSync, writeFileSync, existsSync, readFileSync } = require('node:fs');
appendFileSync('asked.txt', 'npm ' + process.argv[2] + '\\n');
if (existsSync('npm-fails')) { console.error(readFileSync('npm-fails', 'utf8')); process.exit(1); }
mkdirSync('node_modules/typescript/bin', { recursive: true });
writeFileSync('node_modules/typescript/bin/package.json', '{"type":"module"}');
writeFileSync('node_modules/typescript/bin/tsc', ${JSON.stringify(COMPILER)});
`;

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'acklab-setup-'));
  cpSync(join(ROOT, 'cli/setup.mjs'), join(clone, 'cli/setup.mjs'));
  mkdirSync(join(clone, 'engine'));
  for (const [name, text] of [
    ['package-lock.json', '{}'],
    ['tsconfig.json', '{}'],
    ['engine/a.ts', 'export {};'],
    ['npm.js', NPM],
    ['cli/bundle.mjs', BUNDLER],
  ] as const) {
    writeFileSync(join(clone, name), text);
  }
});
afterEach(() => rmSync(clone, { recursive: true, force: true }));

/** Runs the set-up; gives what it asked npm and the compiler for, and what it said. */
function setUp(): { asked: string[]; stderr: string; code: number | null } {
  const env = { ...process.env, npm_execpath: join(clone, 'npm.js') };
  const run = spawnSync(process.execPath, ['cli/setup.mjs'], { cwd: clone, encoding: 'utf8', env });
  expect(run.stdout).toBe('');
  const log = join(clone, 'asked.txt');
  const asked = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  rmSync(log, { force: true });
  return { asked, stderr: run.stderr, code: run.status };
}

test('a fresh clone is installed and compiled; a second time there is nothing to do or say', () => {
  expect(setUp()).toMatchObject({
    asked: ['npm ci', 'tsc -b', 'bundle'],
    code: 0,
    stderr: expect.stringContaining('installing'),
  });
  expect(setUp()).toEqual({ asked: [], code: 0, stderr: '' });
});

test('another lock file is installed', () => {
  setUp();
  writeFileSync(join(clone, 'package-lock.json'), '{"changed":true}');
  expect(setUp().asked).toEqual(['npm ci', 'tsc -b', 'bundle']);
});

test('what somebody installed by hand is kept, unless it is older than the lock file', () => {
  setUp();
  rmSync(join(clone, 'node_modules/.acklab-installed'));
  writeFileSync(join(clone, 'node_modules/.package-lock.json'), '{}');
  expect(setUp().asked).toEqual([]);
  rmSync(join(clone, 'node_modules/.acklab-installed'));
  utimesSync(join(clone, 'node_modules/.package-lock.json'), 0, 0);
  expect(setUp().asked).toEqual(['npm ci']);
});

test('a source that was changed, added or removed is compiled; rows of a run are not sources', () => {
  setUp();
  writeFileSync(join(clone, 'engine/a.ts'), 'export const a = 1;');
  expect(setUp().asked).toEqual(['tsc -b', 'bundle']);
  writeFileSync(join(clone, 'engine/b.ts'), 'export const b = 1;');
  expect(setUp().asked).toEqual(['tsc -b', 'bundle']);
  rmSync(join(clone, 'engine/b.ts'));
  expect(setUp().asked).toEqual(['tsc -b', 'bundle']);
  mkdirSync(join(clone, 'results/2026-01-01T00-00-00Z-x'), { recursive: true });
  writeFileSync(join(clone, 'results/2026-01-01T00-00-00Z-x/observations.csv'), '');
  expect(setUp()).toEqual({ asked: [], code: 0, stderr: '' });
});

test('without a network it says so in one line', () => {
  writeFileSync(
    join(clone, 'npm-fails'),
    'npm error code EAI_AGAIN\nnpm error syscall getaddrinfo\nnpm error request to https://registry.npmjs.org/zod failed',
  );
  const { stderr, code } = setUp();
  expect(stderr.trim().split('\n').at(-1)).toBe(
    "acklab: npm ci could not reach the registry (request to https://registry.npmjs.org/zod failed): check the network or npm's proxy settings",
  );
  expect(code).toBe(2);
});

test('a failed install is not taken for a finished one', () => {
  writeFileSync(
    join(clone, 'npm-fails'),
    'npm error code ENOSPC\nnpm error errno -28\nnpm error no space left on device',
  );
  expect(setUp()).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('npm ci failed (no space left on device)'),
  });
  rmSync(join(clone, 'npm-fails'));
  expect(setUp().asked).toEqual(['npm ci', 'tsc -b', 'bundle']);
});

test('what does not compile ends with exit code 2, and is compiled again', () => {
  writeFileSync(join(clone, 'broken'), '');
  expect(setUp()).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/error TS1005\nacklab: compiling failed: [^\n]+\n$/),
  });
  rmSync(join(clone, 'broken'));
  expect(setUp()).toMatchObject({ asked: ['tsc -b', 'bundle'], code: 0 });
});

test("the explorer's scripts that cannot be put together end it with exit code 2, and are tried again", () => {
  writeFileSync(join(clone, 'unbundled'), '');
  expect(setUp()).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/no such module\nacklab: putting the explorer's scripts together failed: [^\n]+\n$/),
  });
  rmSync(join(clone, 'unbundled'));
  expect(setUp()).toMatchObject({ asked: ['tsc -b', 'bundle'], code: 0 });
});

test('a Node that is too old is named', () => {
  const file = join(clone, 'cli/setup.mjs');
  writeFileSync(file, readFileSync(file, 'utf8').replace('[20, 19]', '[999, 19]'));
  expect(setUp()).toEqual({
    asked: [],
    code: 2,
    stderr: `acklab: Node ${process.versions.node} is too old, 999.19 or newer is needed: install it from https://nodejs.org\n`,
  });
});
