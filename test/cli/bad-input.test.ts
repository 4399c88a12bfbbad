import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acklab, type Ended, ended, SMALL_SWEEP, start, writeLongWorkload, writeSmallWorkload } from './acklab.js';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'acklab-bad-'));
  const small = writeSmallWorkload(cwd);
  writeFileSync(join(cwd, 'unknown-key.yaml'), 'name: x\ntitel: y\n');
  writeFileSync(join(cwd, 'no.yaml'), 'name: [1, 2\n');
  writeFileSync(join(cwd, 'two.yaml'), 'name: x\n---\nname: y\n');
  symlinkSync('loop.yaml', join(cwd, 'loop.yaml'));
  symlinkSync('/dev/zero', join(cwd, 'endless.yaml'));
  writeFileSync(join(cwd, 'binary.yaml'), Buffer.from([0xff, 0xfe, 0x00, 0x3a, 0x9f, 0x0a, 0x80]));
  mkdirSync(join(cwd, 'full'));
  writeFileSync(join(cwd, 'full', small), '');
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** One line on stderr that matches, nothing on stdout, exit code 2. */
function expectRefusal({ code, stdout, stderr }: Ended, line: RegExp): void {
  expect(stderr).toMatch(/^acklab: [^\n]+\n$/);
  expect(stderr.trimEnd()).toMatch(line);
  expect(stdout).toBe('');
  expect(code).toBe(2);
}

const REFUSALS: readonly [string, RegExp][] = [
  ['sweep unknown-key.yaml', /unknown-key\.yaml:2:1: unknown key "titel"; did you mean "title"\?/],
  ['sweep no.yaml', /no\.yaml:\d+:\d+: not valid YAML/],
  ['sweep binary.yaml', /binary\.yaml: it is not UTF-8 text/],
  ['sweep two.yaml', /two\.yaml:2:1: not valid YAML: a second document begins here/],
  ['sweep loop.yaml', /loop\.yaml: its symbolic links lead in a circle/],
  ['sweep endless.yaml', /endless\.yaml: it is larger than 32 MiB/],
  ['run --set rtt=empirical(/dev/zero)', /samples \/dev\/zero: it is larger than 32 MiB/],
  ['run --set rtt=1e999s', /rtt: this is too large; the most is 3600s/],
  ['sweep abracadabra', /use one of default, .* in all\); a file is given by its path/],
  ['sweep missing.yaml', /missing\.yaml: there is no such file/],
  ['sweep latncy', /unknown workload "latncy"; did you mean "latency"\?/],
  ['sweep small.yaml --set rtt=-1ms', /--set rtt=-1ms: rtt: -1ms is negative/],
  ['sweep small.yaml --set rt=1ms', /unknown parameter "rt"; did you mean "rtt"\?/],
  ['run --set wait_for_slave_count=3', /3 is more than the 1 semi-synchronous replicas/],
  ['run --set profile=mysql-5.6 --set wait_point=AFTER_SYNC', /mysql-5\.6 knows AFTER_COMMIT only/],
  ['run --set rtt', /no value; write --set name=value/],
  ['sweep small.yaml --out full', /full: not empty; choose another directory with --out/],
  ['sweep small.yaml --out small.yaml', /small\.yaml: this is a file; choose a directory/],
  ['sweep small.yaml --out small.yaml/run', /a part of this path is a file/],
  ['sweep small.yaml --out /proc/acklab/run', /no directory can be made there/],
  ['sweep small.yaml --out=', /argument '' is invalid\. Give a directory; see acklab sweep --help$/],
  ['sweep small.yaml --out loop.yaml/run', /its symbolic links lead in a circle; choose another directory/],
  ['workloads show', /missing required argument 'name'; see acklab workloads show --help$/],
  ['sweep small.yaml --out x --resume y', /cannot be used with option/],
  ['sweep --resume nowhere', /nowhere\/run\.json: not found; is this a run directory\?/],
  ['sweep small.yaml --jobs 0', /Give a whole number from 1 to 1024/],
  ['sweep small.yaml --precision 3', /Give a share from 0\.001 to 0\.5/],
  ['sweep small.yaml --seed 1.5', /Give a whole number from 0/],
  ['sweep small.yaml --runtime rel', /Allowed choices are virtual/],
  ['sweep --sed 3', /unknown option '--sed' \(Did you mean one of --seed, --set\?\)/],
  ['swep', /unknown command 'swep' \(Did you mean sweep\?\)/],
  ['workloads shw', /unknown command "shw"; did you mean "show"\?/],
  ['workloads show latncy', /did you mean "latency"\?/],
  ['export', /missing required argument 'directory'; see acklab export --help/],
  ['export full', /full\/run\.json: not found/],
  ['report full', /full\/run\.json: not found/],
];

describe('bad input gets one line and exit code 2, and leaves nothing behind', () => {
  test.concurrent.each(REFUSALS)('acklab %s', async (command, line) => {
    const before = readdirSync(cwd, { recursive: true }).sort();
    expectRefusal(await acklab(cwd, ...command.split(' ')), line);
    expect(readdirSync(cwd, { recursive: true }).sort()).toEqual(before);
  });

  test('canary: good input is not refused', async () => {
    const good = await acklab(cwd, 'workloads', 'show', 'latency');
    expect(() => expectRefusal(good, /./)).toThrow();
    expect(good.code).toBe(0);
  });
});

test('a directory nobody may write to is refused', async (context) => {
  const locked = join(cwd, 'locked');
  mkdirSync(locked, { mode: 0o500 });
  // Root may write anywhere, unless the file system itself is read-only.
  const mounted =
    process.getuid?.() === 0 && spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'acklab-test', locked]).status === 0;
  if (process.getuid?.() === 0 && !mounted) {
    console.warn('SKIPPED: the test of a read-only directory; root may not mount one here');
    return context.skip();
  }
  try {
    const refused = await acklab(cwd, 'sweep', 'small.yaml', '--out', 'locked/run');
    expectRefusal(refused, /locked\/run: (the file system is read-only|no permission to write there); choose another/);
  } finally {
    if (mounted) spawnSync('umount', [locked]);
    rmSync(locked, { recursive: true });
  }
});

test('a disk that fills up keeps the rows that fit and says how to go on', async (context) => {
  const small = join(cwd, 'disk');
  mkdirSync(small);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=32k', 'acklab-test', small]).status !== 0) {
    console.warn('SKIPPED: the test of a full disk; mounting a small tmpfs needs root');
    rmSync(small, { recursive: true });
    return context.skip();
  }
  try {
    writeLongWorkload(cwd);
    const full = await acklab(cwd, 'sweep', 'long.yaml', '--quiet', '--precision', '50%', '--out', 'disk/run');
    expectRefusal(
      full,
      /the disk is full; free some space; \d+ points are kept, \d+ missing; go on with: node \S+main\.js sweep --resume/,
    );
    expect(readdirSync(join(small, 'run')).sort()).toEqual(['observations.csv', 'run.json']);
    const kept = Number(/(\d+) points are kept/.exec(full.stderr)?.[1]);
    expect(kept).toBeGreaterThan(0);
    const exported = await acklab(cwd, 'export', 'disk/run', '--format', 'jsonl');
    expect(exported.stdout.trimEnd().split('\n')).toHaveLength(kept);
  } finally {
    spawnSync('umount', [small]);
  }
});

test('a disk too full for the pictures keeps the rows and says how to go on', async (context) => {
  const small = join(cwd, 'pictures');
  mkdirSync(small);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'acklab-test', small]).status !== 0) {
    console.warn('SKIPPED: the test of a disk that is full of pictures; mounting a small tmpfs needs root');
    rmSync(small, { recursive: true });
    return context.skip();
  }
  try {
    const full = await acklab(cwd, 'sweep', 'small.yaml', '--quiet', ...SMALL_SWEEP, '--out', 'pictures/run');
    expectRefusal(
      full,
      /the disk is full; free some space; all 6 points are kept, but no report is drawn; go on with: node \S+main\.js sweep --resume/,
    );
  } finally {
    spawnSync('umount', [small]);
  }
});

test('a run directory that is removed meanwhile is not said to be kept', async () => {
  const child = start(cwd, ['sweep', writeLongWorkload(cwd), '--quiet', '--precision', '50%', '--out', 'removed']);
  const end = ended(child);
  const poll = setInterval(() => {
    // Not before it stands whole: until then the run does not count as begun.
    if (existsSync(join(cwd, 'removed', 'observations.csv'))) rmSync(join(cwd, 'removed'), { recursive: true });
  }, 20);
  try {
    expectRefusal(await end, /removed\/\S+: its directory is gone; nothing is kept, start anew$/);
  } finally {
    clearInterval(poll);
  }
});

test('a result that cannot be written is told in one line', async (context) => {
  let full: number;
  try {
    full = openSync('/dev/full', 'w');
  } catch {
    console.warn('SKIPPED: the test of a full standard output; there is no /dev/full here');
    return context.skip();
  }
  const end = await ended(start(cwd, ['workloads', 'schema'], full));
  closeSync(full);
  expectRefusal(end, /standard output: the disk is full; free some space/);
});
