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
  pointText,
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
  readonly runtime: string;
  readonly exact: boolean;
  readonly threshold: number;
  readonly series: readonly TrendSeries[];
}

export interface TrendOptions {
  /** The smallest change worth reporting, as a share. */
  readonly threshold: number;
  /** Called once it is known how much there is to do, and after each series of the first round. */
  readonly onStart?: (series: number) => void;
  readonly onSeries?: () => void;
}

/** Of bootstrap and permutations: the same runs give the same answers. */
const SEED = 1;

type Raw = Omit<TrendSeries, 'changes' | 'values' | 'intervals'> & {
  readonly samples: readonly (readonly number[])[];
  readonly points: readonly RecordedPoint[];
};

/** Throws `InputError` where these runs make no history. */
export function trendOf(recorded: readonly RecordedRun[], options: TrendOptions): Trend {
  const runs = [...recorded].sort((a, b) => a.started.localeCompare(b.started));
  const first = runs[0]!;
  for (const run of runs) checkKind(first, run);
  const raw = seriesOf(runs);
  const exact =
    first.runtime === 'virtual' && raw.every(({ samples }) => samples.every((sample) => sample.length === 1));
  const least = exact ? 2 : RUNS_LEAST;
  if (runs.length < least) {
    const what = exact ? 'a history' : 'a change to be significant';
    throw new InputError(`${first.name}: ${runs.length} runs are too few for ${what}; give ${least} at least`);
  }
  options.onStart?.(raw.length);
  const streams = new Streams(SEED);
  const [resampling, shuffling] = [streams.uniform(), streams.uniform()];
  const known = raw.map(({ samples, points, ...rest }) => ({
    ...rest,
    points,
    values: samples.map((sample) => recordedValue(median([...sample]))),
    intervals: exact ? null : samples.map((sample) => medianInterval(sample, resampling)),
  }));
  const histories = known.map(({ values }) => values);
  const steps = exact
    ? histories.map((values) => exactSteps(values, options.threshold))
    : changePoints(histories, shuffling, options.onSeries);
  const series = known.map(({ points, ...rest }, index): TrendSeries => {
    const causes = (at: number): string[] => [
      ...settingChanges(points[at - 1]!.settings, points[at]!.settings),
      ...codeChange(runs[rest.runs[at - 1]!]!, runs[rest.runs[at]!]!),
    ];
    return { ...rest, changes: changesOf(rest, steps[index]!, options.threshold, causes) };
  });
  return { runs: runs.map(summaryOf), runtime: first.runtime, exact, threshold: options.threshold, series };
}

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
  const swept = new Map<string, readonly string[]>();
  for (const { part, swept: names } of runs.flatMap(({ points }) => points)) {
    swept.set(part, [...new Set([...(swept.get(part) ?? []), ...names])]);
  }
  const found = new Map<
    string,
    { raw: Raw; runs: number[]; samples: (readonly number[])[]; points: RecordedPoint[] }
  >();
  for (const [index, run] of runs.entries()) {
    for (const point of run.points) {
      const { part } = point;
      const text = pointText(point, swept.get(part)!);
      for (const [metric, sample] of Object.entries(point.values)) {
        const key = JSON.stringify([part, text, metric]);
        const known = found.get(key) ?? begin({ part, point: text, metric, better: betterOf(metric) });
        known.runs.push(index);
        known.samples.push(sample);
        known.points.push(point);
        found.set(key, known);
      }
    }
  }
  return [...found.values()].map(({ raw }) => raw).filter(({ samples }) => samples.length > 1);
}

function begin(head: Pick<Raw, 'part' | 'point' | 'metric' | 'better'>) {
  const [runs, samples, points]: [number[], (readonly number[])[], RecordedPoint[]] = [[], [], []];
  return { raw: { ...head, runs, samples, points }, runs, samples, points };
}
