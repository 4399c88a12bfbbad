/** Many runs of one workload, in the order of time: where a quantity of a point changed for good. */
import { median } from 'simple-statistics';
import { Streams } from '../engine/runtimes/virtual/random.js';
import { InputError } from '../workloads/input-error.js';
import { medianInterval } from './bootstrap.js';
import { changePoints, RUNS_LEAST } from './change-points.js';
import { checkKind, codeChange, type RunSummary, settingChanges, summaryOf } from './comparison.js';
import {
  type Better,
  betterOf,
  isExact,
  pointNames,
  type RecordedPoint,
  type RecordedRun,
  recordedValue,
} from './recorded-run.js';

export interface TrendChange {
  /** Index, into the series, of the first value after it. */
  readonly at: number;
  readonly answer: 'regression' | 'improvement';
  /** Medians of the values between this change and its neighbours. */
  readonly before: number;
  readonly after: number;
  readonly ratio: number;
  /** Of no change; null where the runs are exact. */
  readonly p: number | null;
  /** What was changed between the two runs around it. */
  readonly because: readonly string[];
}

export interface TrendSeries {
  readonly runtime: string;
  readonly part: string;
  readonly point: string;
  readonly metric: string;
  readonly better: Better;
  /** Which of the runs each value is of: a run may lack the point. */
  readonly runs: readonly number[];
  /** Medians over the repetitions. */
  readonly values: readonly number[];
  /** 95 % intervals of these; null where the runs are exact. */
  readonly intervals: readonly (readonly [number, number])[] | null;
  readonly changes: readonly TrendChange[];
}

export interface Trend {
  /** In the order in which they were started. */
  readonly runs: readonly RunSummary[];
  readonly threshold: number;
  readonly series: readonly TrendSeries[];
  /** Measured quantities that are left out, as no change could be significant in so few runs. */
  readonly untested: number;
}

export interface TrendOptions {
  /** The smallest change worth reporting, as a share. */
  readonly threshold: number;
  /** Called with the number of series that have to be tested, and after each test. */
  readonly onStart?: (series: number) => void;
  readonly onSeries?: () => void;
}

/** Of bootstrap and permutations: the same runs give the same answers. */
const SEED = 1;

type Raw = Pick<TrendSeries, 'runtime' | 'part' | 'point' | 'metric' | 'better'> & {
  readonly runs: number[];
  readonly samples: (readonly number[])[];
  readonly points: RecordedPoint[];
};

/** Throws `InputError` where these runs make no history. */
export function trendOf(recorded: readonly RecordedRun[], options: TrendOptions): Trend {
  const runs = [...recorded].sort((a, b) => a.started.localeCompare(b.started));
  const first = runs[0]!;
  for (const run of runs) checkKind(first, run);
  const raw = seriesOf(runs);
  const isTested = runs.length >= RUNS_LEAST;
  const noisy = raw.filter(isNoisy);
  const told = isTested ? raw : raw.filter((one) => !isNoisy(one));
  if (runs.length < 2 || told.length === 0) {
    const least = noisy.length > 0 ? RUNS_LEAST : 2;
    throw new InputError(`${first.name}: ${runs.length} are too few runs to show a change; give ${least} at least`);
  }
  if (isTested) options.onStart?.(noisy.length);
  const streams = new Streams(SEED);
  const [resampling, shuffling] = [streams.uniform(), streams.uniform()];
  const found = isTested ? changePoints(noisy.map(valuesOf), shuffling, options.onSeries) : [];
  const series = told.map((one): TrendSeries => {
    const { samples, points, ...head } = one;
    const values = valuesOf(one);
    const at = noisy.indexOf(one);
    const steps = at < 0 ? exactSteps(values, options.threshold) : found[at]!;
    const causes = (index: number): string[] => [
      ...settingChanges(points[index - 1]!.settings, points[index]!.settings),
      ...codeChange(runs[head.runs[index - 1]!]!, runs[head.runs[index]!]!, head.runtime),
    ];
    return {
      ...head,
      values,
      intervals: at < 0 ? null : samples.map((sample) => medianInterval(sample, resampling)),
      changes: changesOf({ values, better: head.better }, steps, options.threshold, causes),
    };
  });
  const untested = raw.length - told.length;
  return { runs: runs.map(summaryOf), threshold: options.threshold, series, untested };
}

const isNoisy = ({ points }: Raw): boolean => !points.every(isExact);

const valuesOf = ({ samples }: Raw): number[] => samples.map((sample) => recordedValue(median([...sample])));

/** Without noise every step is real; slow drift ends a segment once it has led as far away as a step. */
function exactSteps(values: readonly number[], threshold: number): { at: number; p: null }[] {
  const steps: { at: number; p: null }[] = [];
  let from = values[0]!;
  for (const [at, value] of values.entries()) {
    if (value === from || Math.abs(value / from - 1) < threshold) continue;
    steps.push({ at, p: null });
    from = value;
  }
  return steps;
}

/** Steps that are significant but smaller than the threshold are no news. */
function changesOf(
  { values, better }: Pick<TrendSeries, 'values' | 'better'>,
  steps: readonly { readonly at: number; readonly p: number | null }[],
  threshold: number,
  causes: (at: number) => string[],
): TrendChange[] {
  return steps.flatMap(({ at, p }, index): TrendChange[] => {
    const before = median(values.slice(steps[index - 1]?.at ?? 0, at));
    const after = median(values.slice(at, steps[index + 1]?.at));
    const ratio = after / before;
    if (Math.abs(ratio - 1) < threshold) return [];
    const answer = ratio > 1 === (better === 'more') ? 'improvement' : 'regression';
    return [{ at, answer, before, after, ratio, p, because: causes(at) }];
  });
}

/** One for each quantity of each point that stands in two runs or more. */
function seriesOf(runs: readonly RecordedRun[]): Raw[] {
  const nameOf = pointNames(runs);
  const found = new Map<string, Raw>();
  for (const [index, run] of runs.entries()) {
    for (const point of run.points) {
      const { runtime, part } = point;
      const name = nameOf(point);
      for (const [metric, sample] of Object.entries(point.values)) {
        const key = JSON.stringify([part, name, metric]);
        const better = betterOf(metric);
        const known = found.get(key) ?? {
          runtime,
          part,
          point: name,
          metric,
          better,
          runs: [],
          samples: [],
          points: [],
        };
        known.runs.push(index);
        known.samples.push(sample);
        known.points.push(point);
        found.set(key, known);
      }
    }
  }
  return [...found.values()].filter(({ samples }) => samples.length > 1);
}
