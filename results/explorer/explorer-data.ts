/** What the explorer page is given: the costs to choose from, and points by which a browser is tried. */
import { basename } from 'node:path';
import { sweepRow } from '../../analysis/row.js';
import { simulate } from '../../engine/runtimes/virtual/simulate.js';
import { calibrationsWith } from '../../workloads/calibration-file.js';
import { InputError } from '../../workloads/input-error.js';
import { csvRows } from '../csv.js';
import { packageVersion } from '../package-version.js';
import { DEFAULT_PRECISION } from '../store-manifest.js';
import { type CostSet, experimentOf } from './experiment.js';
import type { PageData, Proof } from './page-data.js';
import { CURVES, INITIAL, SHIPPED_COSTS } from './state.js';

/** `calibrations`: files of costs to choose besides those that are shipped. Throws `InputError`. */
export function explorerData(calibrations: readonly string[]): PageData {
  const costs = [
    costSet(SHIPPED_COSTS, 'as shipped, calibrated on a host of 2 cores', []),
    ...calibrations.map(costsOf),
  ];
  const twice = costs.find(({ name }, index) => costs.findIndex((other) => other.name === name) < index);
  if (twice) throw new InputError(`--calibration: two files are called ${twice.name}; rename one`);
  return { acklab: packageVersion(), precision: DEFAULT_PRECISION, costs, proofs: proofs(costs) };
}

/** Servers that no file names keep the costs shipped. */
const costSet = (name: string, title: string, files: readonly string[]): CostSet => ({
  name,
  title,
  calibrations: [...calibrationsWith(files).values()],
});

const costsOf = (file: string): CostSet => costSet(basename(file), basename(file), [file]);

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
