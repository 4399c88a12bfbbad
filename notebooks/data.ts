/**
 * The notebooks' data: the bytes that the workbench's own commands make, every time. Runs are as of `acklab sweep`, but for
 * charts and report: to draw what nobody opens would take as long as to simulate it.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { now, startTimer } from '../cli/clock.js';
import { defaultJobs } from '../engine/runtimes/pool/run-points.js';
import { packageVersion } from '../results/package-version.js';
import { runSweep } from '../results/run-sweep.js';
import { createRun } from '../results/store.js';
import {
  beginManifest,
  DEFAULT_MILLISECONDS,
  DEFAULT_PRECISION,
  DEFAULT_REPETITIONS,
} from '../results/store-manifest.js';
import { calibrationsWith } from '../workloads/calibration-file.js';
import { loadWorkload } from '../workloads/load.js';
import { packageRoot } from '../workloads/package-root.js';

const DATA = 'notebooks/data';
const MEASURED = 'workloads/calibrations/training/semisync-2core.csv';
/**
 * What costs are fitted to, and what is put aside to hold them against: loads beyond those fitted, or a distance beyond.
 * Fitting takes two minutes each, so calibrations are kept; `npm run notebooks -- --calibrate` makes them anew.
 */
const SPLITS: Readonly<Record<string, (row: Measured) => boolean>> = {
  clients: ({ clients }) => Number(clients) <= 16,
  // Without semi-sync no distance counts.
  distance: ({ wait_point, rtt_us }) => wait_point === 'ASYNC' || rtt_us === '200',
};
type Measured = Readonly<Record<string, string>>;

const calibration = (split: string): string => `notebooks/calibrations/${split}.yaml`;

const WORKLOADS: readonly (readonly [name: string, options?: SweepOptions])[] = [
  ['upgrade-clients'],
  // Shares are means over many servers, so each need not be known as well as by itself.
  ['upgrade-orders', { precision: 0.05 }],
  ['zones-wait'],
  ['zones-quorum'],
  ['zones-crash'],
  ['zones-lost'],
  ['your-forecast', { calibrations: [calibration('clients')] }],
];
interface SweepOptions {
  readonly precision?: number;
  readonly calibrations?: readonly string[];
}

/** Throws where the command fails; it has said why by then. */
function acklab(args: readonly string[]): string {
  process.stderr.write(`acklab ${args.join(' ')}\n`);
  const run = spawnSync(process.execPath, ['dist/cli/main.js', ...args, '--quiet'], {
    cwd: packageRoot(),
    stdio: ['ignore', 'pipe', 2],
    maxBuffer: 1 << 26,
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`acklab ${args[0]} ended with ${run.status ?? run.signal}`);
  return run.stdout;
}

const write = (file: string, text: string): void => writeFileSync(join(packageRoot(), file), text);

/** Measured rows of both MySQL versions. */
function measuredRows(): Measured[] {
  const text = readFileSync(join(packageRoot(), MEASURED), 'utf8');
  return parse<Measured>(text, { columns: true }).filter(({ profile }) => profile?.startsWith('mysql-'));
}

function divide(split: string, rows: readonly Measured[], calibrate: boolean): void {
  const isFitted = SPLITS[split]!;
  const files = { some: rows.filter(isFitted), aside: rows.filter((row) => !isFitted(row)) };
  for (const [name, own] of Object.entries(files))
    write(`${DATA}/${split}-${name}.csv`, stringify(own, { header: true }));
  if (calibrate) acklab(['calibrate', `${DATA}/${split}-some.csv`, '--out', calibration(split)]);
  const both = Object.keys(files).map((name) => `${DATA}/${split}-${name}.csv`);
  const validated = acklab(['validate', ...both, '--calibration', calibration(split), '--csv']);
  const [head, ...lines] = validated.trimEnd().split('\n');
  for (const [name, own] of Object.entries(files)) {
    write(`${DATA}/${split}-${name}-predictions.csv`, `${[head, ...lines.splice(0, own.length)].join('\n')}\n`);
  }
}

async function sweep(name: string, { precision = DEFAULT_PRECISION, calibrations = [] }: SweepOptions = {}) {
  const file = `notebooks/workloads/${name}.yaml`;
  process.stderr.write(`${file}\n`);
  const threads = {
    repetitions: DEFAULT_REPETITIONS,
    milliseconds: DEFAULT_MILLISECONDS,
    placement: null,
    disk: null,
  };
  const request = { workloads: [file], set: [], calibrations, seed: null, precision, runtime: null, threads };
  const jobs = defaultJobs();
  const workload = loadWorkload(join(packageRoot(), file), [], calibrationsWith(calibrations));
  const run = createRun(
    join(packageRoot(), DATA, name),
    beginManifest(workload, { acklab: packageVersion(), started: now().toISOString(), request, jobs }),
  );
  const { signal } = new AbortController();
  await runSweep(run, { jobs, signal, now, elapsedSeconds: startTimer(), onPoint: () => {} });
}

export async function makeData({ calibrate }: { readonly calibrate: boolean }): Promise<void> {
  rmSync(join(packageRoot(), DATA), { recursive: true, force: true });
  mkdirSync(join(packageRoot(), DATA));
  const rows = measuredRows();
  for (const split of Object.keys(SPLITS)) divide(split, rows, calibrate);
  for (const [name, options] of WORKLOADS) await sweep(name, options);
}
