/** The fuzzer on the engine as it is, and on the engine with its rules broken one at a time. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../workloads/package-root.js';
import { INVARIANTS } from './invariants.js';
import { mutated } from './mutants.js';
import { MUTATIONS } from './mutations.js';

/** A process of its own, from dist: what vitest loads it transforms, and that is several times slower. */
function fuzz(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(packageRoot(), 'dist/test/fuzz/main.js'), ...args],
    { encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

/** For a machine that has something else to do besides. */
const PATIENCE_MS = 600_000;

test(
  '1,000 scenarios hold every invariant',
  () => {
    const { status, stdout } = fuzz('--seed', '20', '--runs', '1000', '--quiet');
    console.log(stdout.trim());
    expect(stdout).toContain('1000 runs');
    expect(stdout).toContain(`${Object.keys(INVARIANTS).length} invariants held`);
    expect(status).toBe(0);
  },
  PATIENCE_MS,
);

test(
  'canaries: every mutation of the rules is caught, and by whom',
  () => {
    expect(MUTATIONS.length).toBeGreaterThanOrEqual(15);
    const { status, stdout } = fuzz('--mutations', '--runs', '3000');
    console.log(stdout.trim());
    expect(stdout).not.toContain('NOT CAUGHT');
    for (const { name } of MUTATIONS) expect(stdout).toContain(`${name}: `);
    expect(stdout).toContain(`${MUTATIONS.length} of ${MUTATIONS.length} mutations caught`);
    expect(status).toBe(0);
  },
  PATIENCE_MS,
);

test('the same seed draws and plays the same', () => {
  const once = (): string => fuzz('--seed', '4', '--runs', '30', '--quiet').stdout.replace(/ in .*/, '');
  expect(once()).toBe(once());
  expect(once()).toMatch(/^seed 4: 30 runs, \d+ events, \d+ transactions\n/);
});

test.each([
  ['--runs', 'many', '--runs many: give a number from 1'],
  ['--seed', '0.5', 'give whole numbers'],
  ['--only', 'x', '--only x: give the number of a run, as a failure names it'],
])('%s %s is refused', (option, value, message) => {
  const { status, stderr } = fuzz(option, value);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n').length).toBe(1);
  expect(status).toBe(2);
});

test('a mutation must apply exactly once', () => {
  const mutation = { name: 'a', file: 'b.js', find: 'x', replace: 'y' };
  expect(mutated('1 x 2', mutation)).toBe('1 y 2');
  expect(() => mutated('1 2', mutation)).toThrow('0 times');
  expect(() => mutated('x x', mutation)).toThrow('2 times');
});
