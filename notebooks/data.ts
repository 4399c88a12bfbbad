/**
 * The notebooks' data: the bytes that the workbench's own commands make, every time. What has a steady state is swept here,
 * without the charts and the report that `acklab sweep` would add to it.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { sweep, toCsv } from '../results/library.js';
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

const SWEEPS: readonly (readonly [name: string, options?: { precision?: number; calibrations?: string[] }])[] = [
  ['upgrade-clients'],
  // Shares are means over many servers, so each need not be known as well as by itself.
  ['upgrade-orders', { precision: 0.05 }],
  ['zones-wait'],
  ['zones-quorum'],
  ['your-forecast', { calibrations: [calibration('clients')] }],
];
const EXPERIMENTS = ['zones-crash', 'zones-lost'];

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
const workload = (name: string): string => `notebooks/workloads/${name}.yaml`;

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

export async function makeData({ calibrate }: { readonly calibrate: boolean }): Promise<void> {
  rmSync(join(packageRoot(), DATA), { recursive: true, force: true });
  mkdirSync(join(packageRoot(), DATA));
  const rows = measuredRows();
  for (const split of Object.keys(SPLITS)) divide(split, rows, calibrate);
  for (const [name, options] of SWEEPS) {
    process.stderr.write(`${workload(name)}\n`);
    mkdirSync(join(packageRoot(), DATA, name));
    write(`${DATA}/${name}/observations.csv`, toCsv((await sweep(workload(name), options)).rows));
  }
  for (const name of EXPERIMENTS) acklab(['sweep', workload(name), '--out', `${DATA}/${name}`]);
}
