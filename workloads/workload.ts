/** What a workload file says once it has been read and checked. */
import type { Schedule } from '../engine/protocol/faults.js';
import type { Microseconds, ParameterName, Settings } from '../engine/protocol/parameters.js';

/** A chart over the observations of one part: one mark per point, a line per series, a small multiple per facet. */
export interface ChartRequest {
  /** File name stem, unique within the workload. */
  readonly name: string;
  /** What the chart is about; the title proper states the finding computed from the data. */
  readonly subject: string;
  /** A column of the observations (`clients`, `rtt_us`, …) or `variant`. */
  readonly x: string;
  readonly y: string;
  readonly series?: string;
  readonly facet?: string;
  /** Keeps only the rows whose column has this value, or one of these. */
  readonly where?: Readonly<Record<string, string | number | readonly (string | number)[]>>;
  /** `log` where the data span decades; chosen from the data when absent. */
  readonly x_scale?: 'log' | 'linear' | 'ordinal';
  readonly y_scale?: 'log' | 'linear';
  /** What a row of a chart over variants is measured against: the first one (default), or the one before: a waterfall. */
  readonly baseline?: 'first' | 'previous';
  /** Over variants: a tornado chart of what each does against the first, in pairs of rows equal in this column (`seed`). */
  readonly pairs?: 'seed';
  /** The two series whose ratio the finding states (`compare: [mysql-5.7, mysql-5.6]`), first over second. */
  readonly compare?: readonly [string, string];
}

/** What is done with a point's cluster other than measuring its steady state; for a part that says `experiment:`. */
export type Experiment = TimelineExperiment | CrashExperiment;

/** One run, in which the events of a schedule happen. */
export interface TimelineExperiment {
  readonly kind: 'timeline';
  readonly schedule: Schedule;
  /** Length of the run. */
  readonly duration: Microseconds;
  /** Length of a row. */
  readonly interval: Microseconds;
}

/** What happens to the replicas' machines at the instant at which the source's dies. */
export const REPLICAS_CRASH = ['none', 'host'] as const;
export type ReplicasCrash = (typeof REPLICAS_CRASH)[number];

/** Many runs, each ended by a crash of the source at a random instant. */
export interface CrashExperiment {
  readonly kind: 'crash';
  /** How many. */
  readonly crashes: number;
  /** No crash comes before this; all events of the schedule do. */
  readonly from: Microseconds;
  readonly schedule: Schedule;
  readonly replicasCrash: ReplicasCrash;
}

export const RUNTIME_CHOICES = ['virtual', 'threads', 'both'] as const;
export type RuntimeChoice = (typeof RUNTIME_CHOICES)[number];

/** One sweep: the product of its axes and variants. All of its points are of one experiment, or none. */
export interface Part {
  readonly name: string;
  readonly title: string;
  /** The user's question that this sweep answers, as a sentence. */
  readonly question: string;
  /** What runs its points: `both` measures on threads what it draws from virtual time. */
  readonly runtime: RuntimeChoice;
  readonly points: readonly Point[];
  readonly charts: readonly ChartRequest[];
}

/** A workload: one part, or several (`default` is a tour of the others). */
export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly parts: readonly Part[];
  /** Parts of a tour that overrides made impossible, each with its reason in one line; absent when none. */
  readonly omitted?: readonly string[];
}

/** One experiment to run: fully resolved, independent of all others. */
export interface Point {
  /** Position in the whole workload, 0-based; rows of the CSV are in this order. */
  readonly index: number;
  readonly part: string;
  /** Name of the variant, or empty. */
  readonly variant: string;
  /** Names of the parameters that are swept in this part, for labels. */
  readonly swept: readonly ParameterName[];
  readonly settings: Settings;
  /** Absent: its steady state is measured. */
  readonly experiment?: Experiment;
  readonly runtime: 'virtual' | 'threads';
  /** Measured points are run several times: which time this is, from 1. Null under virtual time. */
  readonly repetition: number | null;
}
