/** A run as far as it can be held against another: what was set, and what came out, repetition by repetition. */
import { columnInfo } from './chart-columns.js';

/** What a point is judged by, as far as it was observed. */
export const GATE_METRICS = ['tps', 'latency_mean_us', 'latency_p95_us', 'latency_p99_us'] as const;

export type Better = 'more' | 'less';

/** Columns of observations know which way is good; what else is recorded (a benchmark's ratio) is a speed. */
export const betterOf = (metric: string): Better => columnInfo(metric).better ?? 'more';

export interface RecordedPoint {
  /** `virtual` results are exact: the same seed gives the same bytes. Any other's are measurements. */
  readonly runtime: string;
  readonly part: string;
  readonly variant: string;
  /** Parameters by which the points of the part differ. The seed is none: rows that differ in it alone are repetitions. */
  readonly swept: readonly string[];
  /** Every parameter but the seed, as `--set` takes it; of measured points also how they were measured. */
  readonly settings: Readonly<Record<string, string>>;
  /** One for each repetition; empty where chance has no seed. */
  readonly seeds: readonly number[];
  /** By metric, a value for each repetition. A metric that was not observed is missing. */
  readonly values: Readonly<Record<string, readonly number[]>>;
}

export interface RecordedRun {
  /** Where it was read from. */
  readonly name: string;
  readonly acklab: string;
  /** See codeFingerprint; empty where it was not recorded. */
  readonly code: Readonly<Record<string, string>>;
  readonly workload: string;
  /** The command that makes such a run. */
  readonly command: string;
  /** See SimulateOptions. */
  readonly precision: number;
  /** What the measured points were measured on; null where there are none. */
  readonly machine: string | null;
  readonly started: string;
  readonly points: readonly RecordedPoint[];
}

/** Nine digits: more than any rule moves, fewer than processors may disagree about in a logarithm. */
export const recordedValue = (value: number): number => Number(value.toPrecision(9));

/** Simulated once, with one seed: nothing between such points is noise. */
export const isExact = ({ runtime, seeds }: RecordedPoint): boolean => runtime === 'virtual' && seeds.length === 1;

/** How the points of some runs are named, so that the same point has the same name in all of them. */
export function pointNames(runs: readonly RecordedRun[]): (point: RecordedPoint) => string {
  const points = runs.flatMap((run) => run.points);
  // A parameter that one run sweeps and another holds fixed tells points apart in both.
  const swept = new Map<string, Set<string>>();
  const runtimes = new Map<string, Set<string>>();
  for (const { part, swept: names, runtime } of points) {
    const known = swept.get(part) ?? new Set();
    for (const name of names) known.add(name);
    swept.set(part, known);
    runtimes.set(part, (runtimes.get(part) ?? new Set()).add(runtime));
  }
  return (point) => {
    const text = pointText(point, [...(swept.get(point.part) ?? [])]);
    return runtimes.get(point.part)!.size > 1 ? `${text} (${point.runtime})` : text;
  };
}

/** `rtt=1ms clients=16`, behind the variant's name, which holds what no column shows. */
function pointText(point: Pick<RecordedPoint, 'variant' | 'settings'>, names: readonly string[]): string {
  const set = names
    .map((name) => `${name}=${point.settings[name] ?? ''}`)
    .filter((text) => !point.variant.split(', ').includes(text));
  return [...(point.variant === '' ? [] : [point.variant]), ...set].join(' ') || '(one point)';
}
