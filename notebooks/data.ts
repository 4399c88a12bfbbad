/** The notebooks' data, made by the workbench's own commands: the same bytes each time, in some twenty seconds. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { packageRoot } from '../workloads/package-root.js';

const DATA = 'notebooks/data';
const MEASURED = 'workloads/calibrations/training/semisync-2core.csv';
/** Fitted to the rows of up to 16 clients; it takes two minutes, so it is kept. `npm run notebooks -- --calibrate` makes it anew. */
const CALIBRATION = 'notebooks/calibrations/up-to-16-clients.yaml';
const FITTED = `${DATA}/up-to-16-clients.csv`;
const HELD_OUT = `${DATA}/64-clients.csv`;

const WORKLOADS: readonly (readonly [name: string, ...options: string[]])[] = [
  ['upgrade-clients'],
  // Shares are means over many servers, so each need not be known as well as by itself.
  ['upgrade-orders', '--precision', '5%'],
  ['zones-wait'],
  ['zones-quorum'],
  ['zones-crash'],
  ['zones-lost'],
  ['your-forecast', '--calibration', CALIBRATION],
];

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

/** Divides the measured rows of both MySQL versions into those that costs are fitted to, and those that nobody fitted. */
function divideMeasured(): void {
  const text = readFileSync(join(packageRoot(), MEASURED), 'utf8');
  const rows = parse<Record<string, string>>(text, { columns: true }).filter(({ profile }) =>
    profile?.startsWith('mysql-'),
  );
  const isFitted = ({ clients }: Record<string, string>): boolean => Number(clients) <= 16;
  write(FITTED, stringify(rows.filter(isFitted), { header: true }));
  write(
    HELD_OUT,
    stringify(
      rows.filter((row) => !isFitted(row)),
      { header: true },
    ),
  );
}

export function makeData({ calibrate }: { readonly calibrate: boolean }): void {
  rmSync(join(packageRoot(), DATA), { recursive: true, force: true });
  mkdirSync(join(packageRoot(), DATA));
  divideMeasured();
  if (calibrate) acklab(['calibrate', FITTED, '--out', CALIBRATION]);
  for (const [name, file] of [
    ['fitted', FITTED],
    ['held-out', HELD_OUT],
  ] as const) {
    write(`${DATA}/${name}-predictions.csv`, acklab(['validate', file, '--calibration', CALIBRATION, '--csv']));
  }
  for (const [name, ...options] of WORKLOADS) {
    acklab(['sweep', `notebooks/workloads/${name}.yaml`, '--out', `${DATA}/${name}`, ...options]);
  }
}
