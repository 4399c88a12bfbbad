/**
 * Crashes of the source under virtual time. One run, one crash: the instants of different crashes are independent of each
 * other because the runs are.
 */
import type { CrashResult } from '../../measure/crash.js';
import { checkSettings } from '../../protocol/check-settings.js';
import { checkSchedule, mostClients, type Schedule } from '../../protocol/faults.js';
import type { Microseconds, Settings } from '../../protocol/parameters.js';
import { BINLOG_START, transactionsUpTo } from '../../protocol/positions.js';
import { createVirtualCluster, type VirtualCluster } from './cluster.js';
import { sabotage, type VirtualFaults } from './faults.js';
import { Streams } from './random.js';
import type { VirtualReplica } from './replica.js';

export interface CrashOptions {
  /** Of this run; `settings.seed` is not used. */
  readonly seed: number;
  readonly schedule?: Schedule;
  /** The warm-up begins here, so that the crash is later: behind what the schedule is to have done. */
  readonly from?: Microseconds;
  /** Do the replicas' machines crash at the same instant? They come back with what their relay logs had flushed. */
  readonly replicasCrash?: boolean;
}

/** Seeds of `count` runs that have nothing to do with each other. */
export function crashSeeds(seed: number, count: number): number[] {
  const uniform = new Streams(seed).uniform();
  return Array.from({ length: count }, () => Math.floor(uniform() * 2 ** 32));
}

/** A warm-up of so many transactions per client, and at least; the crash comes within as long again. */
const WARMUP_PER_CLIENT = 6;
const WARMUP_LEAST = 60;
/** No run of a crash needs as many. */
const MAX_EVENTS = 5_000_000;

/**
 * Kills the source's machine at a random instant, uniform over as long as the warm-up took, and fails over to the replica
 * that is up and whose relay log reaches farthest. Same arguments, same bytes. Throws `SettingsError` for contradictory
 * settings or events.
 */
export function simulateCrash(settings: Settings, options: CrashOptions): CrashResult {
  const { seed, schedule = [], from = 0, replicasCrash = false } = options;
  checkSettings(settings);
  checkSchedule(settings, schedule);
  const wanted = Math.max(WARMUP_LEAST, WARMUP_PER_CLIENT * settings.clients);
  let answers = 0;
  const cluster = createVirtualCluster(
    { ...settings, seed },
    () => {
      if (kernel.time >= from && ++answers === wanted) {
        kernel.at(kernel.time + uniform() * (kernel.time - from), crash);
      } else if (kernel.calendar.scheduled > MAX_EVENTS) kernel.stop();
    },
    mostClients(settings, schedule),
  );
  const { kernel } = cluster;
  const uniform = cluster.streams.uniform();
  const faults = sabotage(cluster, schedule, () => {});
  let crashed = false;
  const crash = kernel.happening({
    happen: () => {
      crashed = true;
      kernel.stop();
    },
  });
  kernel.run();
  if (!crashed) {
    throw new Error(`${answers} transactions were answered and no more: the crash would come after ${wanted}`);
  }
  return { seed, at_us: kernel.time, ...lossesOf(cluster, faults, replicasCrash) };
}

/** What is lost if the source's machine dies now, and who takes over. */
export function lossesOf(
  cluster: VirtualCluster,
  faults: VirtualFaults,
  replicasCrash: boolean,
): Omit<CrashResult, 'seed' | 'at_us'> {
  const { source, replicas } = cluster;
  const { shape, sessions, binlog, syncPeriod, semisync } = source;
  const { position, committed, answered } = sessions;

  let promoted: number | null = null;
  let keptEnd = BINLOG_START;
  for (const replica of replicas) {
    if (!faults.isUp(replica.index)) continue;
    const end = survivingEnd(replica, replicasCrash);
    if (promoted !== null && end <= keptEnd) continue;
    promoted = replica.index;
    keptEnd = end;
  }
  const written = transactionsUpTo(shape, binlog.end);
  const kept = transactionsUpTo(shape, keptEnd);

  // A session has one transaction under way at most: whatever else is lost has been answered.
  let phantom = 0;
  let unseen = 0;
  for (let session = 0; session < position.length; session++) {
    const end = position[session] as number;
    if (end === answered[session] || transactionsUpTo(shape, end) <= kept) continue;
    if (committed[session] === end) phantom++;
    else unseen++;
  }
  return {
    semisync_on: semisync.enabled && semisync.on,
    fallen_back: semisync.noTimes > 0,
    promoted,
    written,
    kept,
    acknowledged_lost: written - kept - phantom - unseen,
    phantom,
    unseen_lost: unseen,
    extra: Math.max(0, transactionsUpTo(shape, syncPeriod.syncedEnd) - kept),
  };
}

/** How far a relay log reaches when the source is gone and the replica has taken all that still arrives. */
function survivingEnd(replica: VirtualReplica, hostCrashes: boolean): number {
  const { relayEnd, relaySynced, connected, io, events } = replica;
  if (hostCrashes) return relaySynced;
  return connected && !io.hang.hung ? events.reach(relayEnd) : relayEnd;
}
