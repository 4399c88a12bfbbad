/** What commits keep busy, and how much of the time: the places where a queue can form. */
import type { Settings } from '../protocol/parameters.js';

export type ResourceName =
  | 'CPU'
  | 'client CPU'
  | 'replica CPU'
  | 'redo disk'
  | 'binlog disk'
  | 'relay disk'
  | 'link'
  | 'LOCK_log'
  | 'LOCK_sync'
  | 'LOCK_after_binlog_sync'
  | 'LOCK_commit'
  | 'LOCK_binlog_'
  /** The thread: its computing, and the replies that 5.6's stops for. */
  | 'dump reader'
  /** The thread: its computing, and the fsyncs it waits for. */
  | 'replica I/O thread'
  | 'ACK receiver'
  /** Waiting for an ACK where only one wait at a time is possible: under a lock, or in 5.6's dump reader. */
  | 'ACK round trip';

/** Busy time since the beginning, at one instant. */
export interface ResourceCount {
  readonly resource: ResourceName;
  /** Which replica's; `null` where there is one for all. */
  readonly replica: number | null;
  readonly busy_us: number;
  /** How many can be at work at once, such as cores. */
  readonly servers: number;
}

export interface ResourceUse {
  readonly resource: ResourceName;
  readonly replica: number | null;
  /** Share of the time, 0…1; of all servers together. */
  readonly busy: number;
}

/** Between two instants, `elapsed` µs apart. */
export function resourceUses(
  start: readonly ResourceCount[],
  end: readonly ResourceCount[],
  elapsed: number,
): ResourceUse[] {
  return end.map(({ resource, replica, busy_us, servers }, index) => {
    const busy = (busy_us - (start[index]?.busy_us ?? 0)) / (elapsed * servers);
    // A wait is counted when it ends: one that began before the recording may put a share a hair above 1.
    return { resource, replica, busy: Math.round(1e4 * Math.min(1, Math.max(0, busy))) / 1e4 };
  });
}

/**
 * How busy a resource is that every replica has: of those whose ACKs count, the one that completes the quorum, since
 * others may lag behind as they like; of asynchronous ones the busiest. `null` where there is none.
 */
export function gatingUse(uses: readonly ResourceUse[], resource: ResourceName, settings: Settings): number | null {
  const isCounted = ({ replica }: ResourceUse): boolean =>
    settings.wait_point === 'ASYNC' ||
    replica === null ||
    (settings.semisync[replica] ?? settings.semisync[0]) === true;
  const shares = uses
    .filter((use) => use.resource === resource && isCounted(use))
    .map(({ busy }) => busy)
    .sort((a, b) => a - b);
  if (shares.length === 0) return null;
  const needed = settings.wait_point === 'ASYNC' ? shares.length : settings.wait_for_slave_count;
  return shares[Math.min(needed, shares.length) - 1] as number;
}
