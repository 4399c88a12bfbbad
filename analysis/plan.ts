/** What a plan is asked and what it answers: data that the terminal, the report and `--json` all tell. */
import type { Observation } from '../engine/measure/observation.js';
import type { Microseconds, ParameterName, Settings } from '../engine/protocol/parameters.js';
import type { Setting } from '../workloads/setting.js';
import type { MeasuredRange } from './calibrated-range.js';
import type { Lose } from './crash-claims.js';
import type { ModelError } from './model-error.js';
import type { Candidate, Dimension, Present } from './plan-space.js';
import type { Judged, Target } from './plan-verdict.js';

export interface PlanQuestion {
  /** What the user has. */
  readonly present: Present;
  /** What a crash must not lose; null: nothing is asked. */
  readonly lose: Lose | null;
  /** How long commits may stand still when too few replicas answer; null: as long as the time-out says. */
  readonly stall: Microseconds | null;
  /** What `lose` asks for and the present configuration has not. It is changed whatever the search finds. */
  readonly required: readonly Setting[];
  /** Never empty. */
  readonly targets: readonly Target[];
  /** At which numbers of clients a configuration may meet the targets. */
  readonly clients: readonly number[];
  readonly dimensions: readonly Dimension[];
  readonly mostChanges: number;
  /** What could change, and is kept because the user named it. */
  readonly untried: readonly ParameterName[];
  /** What measured rows cover: outside of it nothing is promised. */
  readonly measured: MeasuredRange;
  readonly error: ModelError;
  readonly precision: number;
}

/** A configuration at the number of clients at which it comes off best. */
export interface Assessed extends Candidate, Judged {
  readonly observation: Observation;
  /** In what it lies outside of what was measured; empty where it does not. */
  readonly outside: readonly string[];
  /** What the time-out has to be; null where nobody waits for ACKs. */
  readonly timeout: Microseconds | null;
  /** Would commits of a healthy cluster wait so long that semi-sync is switched OFF? It then meets nothing. */
  readonly fallsBack: boolean;
}

/** Throughput against latency of one wait point and quorum, over the numbers of clients. */
export interface FrontierCurve {
  readonly name: string;
  readonly settings: Settings;
  readonly points: readonly Assessed[];
}

/** What was simulated of an outage: as many replicas stop answering that a quorum is no longer there. */
export interface Outage {
  readonly replicas: number;
  readonly stall_us: Microseconds;
  /** Commits per second afterwards that no quorum has; null where the run ended before. */
  readonly unprotected_tps: number | null;
}

export interface Plan {
  /** As it is. */
  readonly now: Assessed;
  /** With what is required; the same where nothing is. */
  readonly base: Assessed;
  /** Each change by itself, on top of what is required. */
  readonly alone: readonly Assessed[];
  /** The cheapest sets of changes that meet the targets, cheapest first; `base` itself needs none. */
  readonly answers: readonly Assessed[];
  /** Where there are no answers: the cheapest of which it cannot be told, and the one that comes nearest. */
  readonly open: readonly Assessed[];
  readonly nearest: Assessed;
  /** How many configurations were looked at, and with how many changes at most. */
  readonly searched: { readonly configurations: number; readonly changes: number; readonly simulated: number };
  /** Around the best answer, or around `base` where there is none. */
  readonly frontier: readonly FrontierCurve[];
  readonly outage: Outage | null;
}

/** What the answer is about: the best that was found. */
export const recommended = ({ answers, open, nearest }: Pick<Plan, 'answers' | 'open' | 'nearest'>): Assessed =>
  answers[0] ?? open[0] ?? nearest;
