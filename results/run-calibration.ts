/** Calibrates each server that measured rows tell of, simulating on the pool. */
import { type CalibrationResult, type CostMeans, calibrate, type Predict } from '../analysis/calibration.js';
import {
  type Distribution,
  defaultSettings,
  type ParameterName,
  type Settings,
} from '../engine/protocol/parameters.js';
import { PROFILE_NAMES, type ProfileName } from '../engine/protocol/profiles.js';
import { openPointPool, type PointPool, type PointPoolOptions } from '../engine/runtimes/pool/run-points.js';
import type { CalibrationRecord, ErrorTable } from '../workloads/calibration.js';
import { COST_NAMES, HOST_NAMES, shippedCalibrations } from '../workloads/calibration-file.js';
import { type MeasuredRow, settingsOfRow } from '../workloads/measurements.js';
import type { Measures } from '../workloads/measures.js';
import type { Setting } from '../workloads/setting.js';
import { formatValue } from '../workloads/units.js';

export interface RunCalibrationOptions extends PointPoolOptions {
  /** What no column of the rows tells, such as the cores of the host. */
  readonly overrides: readonly Setting[];
  readonly seed: number;
  readonly onServer: (profile: ProfileName, rows: number) => void;
  readonly onIteration: (iteration: number, iterations: number, errors: ErrorTable) => void;
  /** Commits to simulate for each row, warm-up included; fewer for tests. */
  readonly commits?: number;
}

/** Few enough for a fit in minutes; enough for throughput to be known within a percent or two. */
const COMMITS = 8000;
/** Fewer rows than costs leave everything to the first guesses. */
export const LEAST_ROWS = 8;

class Interrupted extends Error {}

/** In the order of the profiles. */
export async function runCalibration(
  rows: readonly MeasuredRow[],
  options: RunCalibrationOptions,
): Promise<CalibrationRecord[] | 'interrupted'> {
  const records: CalibrationRecord[] = [];
  const pool = openPointPool(options);
  try {
    for (const profile of PROFILE_NAMES) {
      const own = rows.filter(({ given }) => given.some(({ name, value }) => name === 'profile' && value === profile));
      if (own.length === 0) continue;
      options.onServer(profile, own.length);
      records.push(await calibrateServer(profile, own, pool, options));
    }
  } catch (error) {
    if (error instanceof Interrupted) return 'interrupted';
    throw error;
  } finally {
    await pool.close();
  }
  return records;
}

async function calibrateServer(
  profile: ProfileName,
  rows: readonly MeasuredRow[],
  pool: PointPool,
  options: RunCalibrationOptions,
): Promise<CalibrationRecord> {
  const { overrides, seed, onIteration } = options;
  // What is shipped is no part of what the costs are held to; it is a place to begin the search.
  const settings = rows.map((row) => ({ ...settingsOfRow(row, new Map(), overrides), seed }));
  const first = settings[0] as Settings;
  const guess: Settings = { ...defaultSettings(profile), ...pick(first, COST_NAMES) };
  const result = await calibrate(
    rows.map(({ measured }) => measured),
    predictor(settings, pool, options.commits ?? COMMITS),
    { seed, guess, start: { ...guess, ...shippedCalibrations().get(profile)?.settings }, onIteration },
  );
  return {
    profile,
    host: Object.fromEntries(HOST_NAMES.map((name) => [name, formatValue(name, first[name] as never)])),
    costs: COST_NAMES.map((name) => calibratedCost(name, guess, result)),
    rows: rows.length,
    errors: result.errors,
  };
}

const pick = (settings: Settings, names: readonly ParameterName[]): Partial<Settings> =>
  Object.fromEntries(names.map((name) => [name, settings[name]]));

function predictor(rows: readonly Settings[], pool: PointPool, maxCommits: number): Predict {
  // Every row gets the same number of commits whatever its costs, so that a cost changes nothing but itself.
  const exactness = { precision: 0, maxCommits };
  return async (costs) => {
    const predictions = costs.map((): Measures[] => []);
    const points = costs.flatMap((means, set) =>
      rows.map((row, index) => ({ set, index, part: `row ${index + 1}`, settings: withCosts(row, means) })),
    );
    const ending = await pool.run(points, exactness, ({ set, index }, observation) => {
      const { tps, latency_mean_us, latency_p95_us } = observation;
      (predictions[set] as Measures[])[index] = { tps, latency_mean_us, latency_p95_us };
    });
    if (ending === 'interrupted') throw new Interrupted();
    return predictions;
  };
}

function withCosts(settings: Settings, means: CostMeans): Settings {
  const changed = [...means].map(([name, mean]) => [name, withMean(settings[name] as Distribution, mean)]);
  return { ...settings, ...Object.fromEntries(changed) };
}

/** Samples from a file are stretched as a whole. */
function withMean(cost: Distribution, mean: number): Distribution {
  if (cost.kind !== 'empirical') return { ...cost, mean };
  return { ...cost, mean, samples: cost.samples.map((sample) => (sample * mean) / cost.mean) };
}

/** Three digits are more than any cost is known by. */
const rounded = (value: number): number => Number(value.toPrecision(3));

function calibratedCost(
  name: ParameterName,
  guess: Settings,
  { costs }: CalibrationResult,
): CalibrationRecord['costs'][0] {
  const fitted = costs.find((cost) => cost.name === name);
  const cost = guess[name] as Distribution;
  if (fitted === undefined) return { name, value: formatValue(name, cost as never), fitted: null };
  const { mean_us, low_us, high_us, pinned } = fitted;
  return {
    name,
    value: formatValue(name, withMean(cost, rounded(mean_us)) as never),
    fitted: { low_us: rounded(low_us), high_us: rounded(high_us), pinned: Number(pinned.toFixed(2)) },
  };
}
