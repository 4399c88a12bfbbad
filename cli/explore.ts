import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { sweepRow } from '../analysis/row.js';
import { simulate } from '../engine/runtimes/virtual/simulate.js';
import { csvRows } from '../results/csv.js';
import { type CostSet, experimentOf } from '../results/explorer/experiment.js';
import { GENERATOR, readBundle, writeExplorer } from '../results/explorer/explorer.js';
import type { Proof } from '../results/explorer/page-data.js';
import { CURVES, INITIAL, SHIPPED_COSTS } from '../results/explorer/state.js';
import { packageVersion } from '../results/package-version.js';
import { DEFAULT_PRECISION } from '../results/store-manifest.js';
import { readCalibrations, shippedCalibrations } from '../workloads/calibration-file.js';
import { InputError } from '../workloads/input-error.js';
import { EXIT_DONE } from './exit-code.js';
import type { Io } from './io.js';
import { calibrationOption } from './options.js';
import type { RunWork } from './run-work.js';

interface ExploreOptions {
  readonly out: string;
  readonly calibration: readonly string[];
}

const EXAMPLES = `
Examples:
  acklab explore                                writes explorer.html: open it in a browser, no server needed
  acklab explore --calibration mine.yaml        with the costs of your own servers to choose besides
  acklab explore --out /srv/www/semisync.html   for colleagues: the file is all there is`;

export const exploreCommand = (io: Io, run: RunWork): Command =>
  new Command('explore')
    .description('write one offline HTML file with the simulator in it: sliders, curves that follow, one commit played')
    .addOption(new Option('--out <file>', 'the file to write').default('explorer.html'))
    .addOption(calibrationOption())
    .addHelpText('after', EXAMPLES)
    .action((options: ExploreOptions) => run(() => explore(io, options)));

function explore(io: Io, { out, calibration }: ExploreOptions): number {
  const costs = [shippedCosts(), ...calibration.map(costsOf)];
  const twice = costs.find(({ name }, index) => costs.findIndex((other) => other.name === name) < index);
  if (twice) throw new InputError(`--calibration: two files are called ${twice.name}; rename one`);
  const data = { acklab: packageVersion(), precision: DEFAULT_PRECISION, costs, proofs: proofs(costs) };
  const page = writeExplorer({ bundle: readBundle(), data });
  refuseOthers(out);
  try {
    writeFileSync(out, page);
  } catch (error) {
    throw new InputError(`${out}: cannot be written (${(error as Error).message}); choose another file with --out`);
  }
  io.stdout.write(`${out}\n`);
  return EXIT_DONE;
}

const shippedCosts = (): CostSet => ({
  name: SHIPPED_COSTS,
  title: 'as shipped, calibrated on a host of 2 cores',
  calibrations: [...shippedCalibrations().values()],
});

/** Servers that the file does not name keep the costs shipped. */
function costsOf(file: string): CostSet {
  const own = readCalibrations(file);
  const others = [...shippedCalibrations().values()].filter(
    ({ profile }) => !own.some((calibration) => calibration.profile === profile),
  );
  return { name: basename(file), title: basename(file), calibrations: [...own, ...others] };
}

/** An explorer of before is written over; anything else might be missed. */
function refuseOthers(file: string): void {
  if (!existsSync(file)) return;
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // A directory, or what may not be read.
  }
  if (!text.includes(`<meta name="generator" content="${GENERATOR}">`)) {
    throw new InputError(`${file}: exists, and is no explorer; choose another file with --out`);
  }
}

/** Warm-up and a little more of each curve there is: some milliseconds here, and as many in the page. */
const PROOF_COMMITS = 600;

function proofs(costs: readonly CostSet[]): Proof[] {
  const { part } = experimentOf({ ...INITIAL, curves: CURVES, at: ['12'] }, costs);
  return part!.points.map(({ settings }, index) => {
    const { observation } = simulate(settings, { precision: DEFAULT_PRECISION, maxCommits: PROOF_COMMITS });
    const line = csvRows([sweepRow({ index, part: 'proof', variant: '', repetition: null }, observation)]);
    return { settings, maxCommits: PROOF_COMMITS, line };
  });
}
