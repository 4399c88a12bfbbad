/** The part of a workload file that says how its source crashes. */
import type { Microseconds, Settings } from '../engine/protocol/parameters.js';
import { InputError } from './input-error.js';
import type { CrashContent } from './schema.js';
import { checkedSchedule, type ScheduledSource, scheduleSource, timeAt } from './timeline-file.js';
import { formatTime } from './units.js';
import type { CrashExperiment, ReplicasCrash } from './workload.js';
import type { ValueReader, VariantSource } from './workload-file.js';

export interface CrashSource {
  readonly kind: 'crash';
  /** Of each point. */
  readonly crashes: number;
  readonly from: Microseconds;
  readonly replicasCrash: ReplicasCrash;
  readonly schedule: readonly ScheduledSource[];
}

/** A run that ends when its source crashes. */
export const ENDLESS = { duration: Number.POSITIVE_INFINITY };

export function crashSource(content: CrashContent, values: ValueReader): CrashSource {
  const { crashes, replicas_crash: replicasCrash = 'none' } = content;
  const from = content.from === undefined ? 0 : timeAt(content.from, ['from'], values);
  const schedule = scheduleSource(content.schedule ?? [], ['schedule'], ENDLESS, values);
  return { kind: 'crash', crashes, from, replicasCrash, schedule };
}

/** What is done with a point of this variant. Throws `InputError` for events that do not fit. */
export function crashExperiment(
  source: CrashSource,
  variant: VariantSource | undefined,
  settings: Settings,
): CrashExperiment {
  const { kind, crashes, from } = source;
  const scheduled = variant?.schedule ?? source.schedule;
  const late = scheduled.find(({ at }) => at > from);
  if (late !== undefined) {
    throw new InputError(
      `${late.place}: the crash may come any time after "from", ${formatTime(from)}, and this happens at ${formatTime(late.at)}; set from: ${formatTime(late.at)} or later`,
    );
  }
  const schedule = checkedSchedule(scheduled, settings);
  return { kind, crashes, from, schedule, replicasCrash: variant?.replicasCrash ?? source.replicasCrash };
}
