/**
 * Makes a fresh clone ready, with nothing but Node and npm: installs the locked dependencies when they are missing or
 * not those of package-lock.json, compiles when a source has changed since the last time. Says nothing when there is
 * nothing to do. `npm start`, `npm test` and `npm run bench` call it first, so it must run before anything is installed
 * and must not import anything but Node's own modules.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const INSTALLED_STAMP = join(ROOT, 'node_modules', '.acklab-installed');
const BUILT_STAMP = join(ROOT, 'dist', '.acklab-built');
const ENTRY = join(ROOT, 'dist', 'cli', 'main.js');
const COMPILER = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
const BUNDLER = join(ROOT, 'cli', 'bundle.mjs');
const SOURCE_ROOMS = ['engine', 'workloads', 'analysis', 'results', 'cli', 'notebooks', 'test'];
const OLDEST_NODE = [20, 19];

/** Ends with one line and exit code 2, which means: the surroundings are wrong, not acklab's answer. */
function fail(line) {
  process.stderr.write(`acklab: ${line}\n`);
  process.exit(2);
}

function say(line) {
  process.stderr.write(`acklab: ${line}\n`);
}

const readOrEmpty = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '');

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  fail(
    `Node ${process.versions.node} is too old, ${OLDEST_NODE.join('.')} or newer is needed: install it from https://nodejs.org`,
  );
}

const lockFingerprint = () =>
  createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');

/** Somebody may have run `npm ci` or `npm install` by hand: npm's own record is then newer than the lock file. */
function installedByHand() {
  const record = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(record) || !existsSync(COMPILER)) return false;
  return statSync(record).mtimeMs >= statSync(join(ROOT, 'package-lock.json')).mtimeMs;
}

function runNpmCi() {
  // Dev dependencies hold the compiler, so they are wanted even where NODE_ENV=production. The registry is given up on
  // after seconds instead of npm's minutes: whoever has no network should hear it soon.
  const options = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
  const retries = ['--fetch-retries=2', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];
  const args = ['ci', ...options, ...retries];
  const stdio = ['ignore', 'pipe', 'pipe'];
  const underNpm = process.env.npm_execpath;
  const run = underNpm?.endsWith('.js')
    ? spawnSync(process.execPath, [underNpm, ...args], { cwd: ROOT, stdio, encoding: 'utf8' })
    : spawnSync('npm', args, { cwd: ROOT, stdio, encoding: 'utf8', shell: process.platform === 'win32' });
  if (run.error) fail(`npm could not be started (${run.error.message}): install npm, or run npm ci by hand`);
  return run;
}

/** npm explains itself over many lines; the first that says what went wrong is worth repeating. */
function reasonOf(output) {
  const lines = output.split('\n').map((line) => line.replace(/^npm (error|ERR!)\s*/, '').trim());
  return lines.find((line) => line !== '' && !/^(code|errno|syscall|path|dest)\b/.test(line)) ?? 'no reason given';
}

function install() {
  const wanted = lockFingerprint();
  if (readOrEmpty(INSTALLED_STAMP) === wanted && existsSync(COMPILER)) return;
  if (installedByHand()) {
    writeFileSync(INSTALLED_STAMP, wanted);
    return;
  }
  say('installing the dependencies locked in package-lock.json …');
  // An install that is cut short must not pass for a finished one.
  rmSync(INSTALLED_STAMP, { force: true });
  const run = runNpmCi();
  if (run.status !== 0) {
    const output = `${run.stderr}\n${run.stdout}`;
    if (run.signal) fail(`npm ci was stopped by ${run.signal}: run the command again`);
    if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH/.test(output)) {
      fail(`npm ci could not reach the registry (${reasonOf(output)}): check the network or npm's proxy settings`);
    }
    fail(`npm ci failed (${reasonOf(output)}): run npm ci by hand to see all of its messages`);
  }
  writeFileSync(INSTALLED_STAMP, wanted);
}

/** Every source that is compiled, or compiles, below `folder`. Run directories (`results/<time>-<name>/`) hold none and may be large. */
function* sourcesBelow(folder) {
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (folder === 'results' && entry.name.includes('-')) continue;
      yield* sourcesBelow(path);
    } else if (/\.(ts|mjs)$/.test(entry.name)) yield path;
  }
}

function sourceFingerprint() {
  const hash = createHash('sha256');
  const rooms = SOURCE_ROOMS.filter((room) => existsSync(join(ROOT, room)));
  const configs = readdirSync(ROOT).filter((name) => /^tsconfig.*\.json$/.test(name));
  const paths = [...configs, 'package-lock.json', ...rooms.flatMap((room) => [...sourcesBelow(room)])];
  for (const path of paths.sort()) {
    const { mtimeMs, size } = statSync(join(ROOT, path));
    hash.update(`${path} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}

function build() {
  const wanted = sourceFingerprint();
  if (readOrEmpty(BUILT_STAMP) === wanted && existsSync(ENTRY)) return;
  say('compiling …');
  rmSync(BUILT_STAMP, { force: true });
  // The compiler trusts its record of what it once wrote, also where that has been deleted since.
  for (const record of existsSync(ENTRY) ? [] : ['.tsbuildinfo', '.tsbuildinfo-page']) {
    rmSync(join(ROOT, 'dist', record), { force: true });
  }
  // The compiler's messages go to stderr: stdout belongs to the data of the command that follows.
  const run = spawnSync(process.execPath, [COMPILER, '-b'], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (run.error) fail(`the compiler could not be started (${run.error.message}): run npm ci by hand`);
  if (run.status !== 0) fail('compiling failed: mend the errors above and run the command again');
  const bundled = spawnSync(process.execPath, [BUNDLER], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (bundled.status !== 0)
    fail("putting the explorer's scripts together failed: mend the error above and run the command again");
  writeFileSync(BUILT_STAMP, wanted);
}

checkNode();
try {
  install();
  build();
} catch (error) {
  fail(`setting up failed (${error.message}): check that ${ROOT} is complete and can be written to`);
}
