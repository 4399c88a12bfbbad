/**
 * `npm run gate`: acklab held against itself, by its own gate. What the virtual runtime says must not have moved; the
 * benchmark's ratios, which no test may depend on, are held to a generous threshold. `-- --save` writes both baselines.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../../workloads/package-root.js';

const { values } = parseArgs({ options: { save: { type: 'boolean', default: false } } });
const root = packageRoot();
const folder = mkdtempSync(join(tmpdir(), 'acklab-gate-'));
/** From the root, as is all that a baseline says of its files. */
const BASELINES = 'results/baselines';

function node(script: string, ...args: readonly string[]): number {
  return (
    spawnSync(process.execPath, [join(root, 'dist', script), ...args], { stdio: 'inherit', cwd: root }).status ?? 1
  );
}

function acklab(...args: readonly string[]): number {
  return node('cli/main.js', ...args);
}

function virtual(): number {
  const run = join(folder, 'self');
  const baseline = join(BASELINES, 'self.json');
  const swept = acklab('sweep', 'test/gate/self.yaml', '--precision', '5%', '--quiet', '--out', run);
  if (swept !== 0) return swept;
  return values.save ? acklab('baseline', 'save', run, '--out', baseline) : acklab('compare', baseline, run);
}

/** Processors differ in what they are good at: less than a quarter is no news. */
const BENCHMARK_THRESHOLD = '25';

function benchmark(): number {
  const baseline = join(BASELINES, 'bench.json');
  if (values.save) return node('test/bench/main.js', '--record', baseline);
  const file = join(folder, 'bench.json');
  const recorded = node('test/bench/main.js', '--record', file);
  return recorded === 0 ? acklab('compare', baseline, file, '--threshold', BENCHMARK_THRESHOLD) : recorded;
}

try {
  process.exitCode = Math.max(virtual(), benchmark());
} finally {
  rmSync(folder, { recursive: true, force: true });
}
