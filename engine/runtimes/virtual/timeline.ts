/** A run with a schedule of events under virtual time, interval by interval. */
import type { TimelineResult } from '../../measure/timeline.js';
import { TimelineRecorder } from '../../measure/timeline-recorder.js';
import { checkSettings } from '../../protocol/check-settings.js';
import { checkSchedule, mostClients, type Schedule } from '../../protocol/faults.js';
import type { Microseconds, Settings } from '../../protocol/parameters.js';
import { transactionsUpTo } from '../../protocol/positions.js';
import { createVirtualCluster, type VirtualCluster } from './cluster.js';
import { sabotage } from './faults.js';

export interface TimelineOptions {
  /** Length of a row. */
  readonly interval: Microseconds;
  /** Length of the run; the last row may be shorter. */
  readonly duration: Microseconds;
}

/** Some ten seconds of computing. */
const MAX_EVENTS = 50_000_000;

/**
 * Runs the cluster while the events of `schedule` happen to it. Same arguments, same bytes. Throws `SettingsError` for
 * contradictory settings or events.
 */
export function simulateTimeline(settings: Settings, schedule: Schedule, options: TimelineOptions): TimelineResult {
  checkSettings(settings);
  checkSchedule(settings, schedule);
  const { interval, duration } = options;
  if (!(interval > 0 && duration > 0))
    throw new RangeError(`interval ${interval} and duration ${duration} must be > 0`);
  const cluster = createVirtualCluster(
    settings,
    (latency, session) =>
      recorder.answered(cluster.kernel.time, latency, isCovered(cluster, session), () => waitingSince(cluster)),
    mostClients(settings, schedule),
  );
  const { kernel, source } = cluster;
  const recorder = new TimelineRecorder(source.semisync);
  source.semisync.switched = (on) => recorder.switched(kernel.time, on);
  sabotage(cluster, schedule, (what, replica, scheduled) => recorder.happened(kernel.time, what, replica, scheduled));

  let interrupted = false;
  let row = 0;
  const tick = kernel.happening({
    happen: () => {
      recorder.endInterval(kernel.time, lookAt(cluster));
      interrupted = kernel.calendar.scheduled >= MAX_EVENTS && kernel.time < duration;
      if (kernel.time >= duration || interrupted) kernel.stop();
      else kernel.at(Math.min(duration, ++row * interval), tick);
    },
  });
  kernel.at(Math.min(duration, ++row * interval), tick);
  kernel.run();
  const warnings = interrupted
    ? [`ended after ${MAX_EVENTS} events, at ${kernel.time} µs: shorten the run, or lower the load`]
    : [];
  return recorder.result(kernel.time, waitingSince(cluster), warnings);
}

/** Have as many semi-sync replicas as are asked for what the session has just been answered for? */
function isCovered({ source, replicas }: VirtualCluster, session: number): boolean {
  const position = source.sessions.position[session] as number;
  let having = 0;
  for (const replica of replicas) if (replica.semisync && replica.relayEnd >= position) having++;
  return having >= source.semisync.waitForSlaveCount;
}

function lookAt({ source, replicas }: VirtualCluster) {
  const { shape, binlog, sessions } = source;
  const { position, answered, pending } = sessions;
  const written = transactionsUpTo(shape, binlog.end);
  return {
    committingSessions: position.filter((end, session) => pending[session] === 1 || end > (answered[session] as number))
      .length,
    lagTx: replicas.map(({ relayEnd }) => written - transactionsUpTo(shape, relayEnd)),
  };
}

/** When the oldest transaction began that is committing and has no answer. */
function waitingSince({ source }: VirtualCluster): Microseconds | undefined {
  const { sessions, meter } = source;
  let since: Microseconds | undefined;
  for (let session = 0; session < sessions.position.length; session++) {
    const committing = sessions.pending[session] === 1 || sessions.position[session]! > sessions.answered[session]!;
    if (committing) since = Math.min(since ?? Number.POSITIVE_INFINITY, meter.began[session]!);
  }
  return since;
}
