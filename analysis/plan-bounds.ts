/** What no simulation has to tell: bounds that every run of a configuration keeps, so that it need not be tried. */
import type { Settings } from '../engine/protocol/parameters.js';
import { ackRoundTrip, quorumMean } from './calibrated-range.js';
import type { Target } from './plan-verdict.js';

const SECOND_US = 1e6;

/** The fastest I/O threads that complete the quorum fsync their relay logs one event after the other. */
function relayLimit(settings: Settings): number {
  if (settings.sync_relay_log !== 1) return Number.POSITIVE_INFINITY;
  const slowest = quorumMean(settings, settings.relay_fsync) ?? 0;
  return slowest === 0 ? Number.POSITIVE_INFINITY : SECOND_US / (slowest * settings.events_per_tx);
}

/**
 * Is a target out of reach by a factor of `slack` or more? No commit is answered before the round trip to the replica
 * that completes its quorum, where all round trips are fixed; N clients that wait at least so long each commit at most
 * N / round trip (Little's law); and where each event is fsynced before the next, nothing is faster than those fsyncs.
 */
export function isOutOfReach(settings: Settings, targets: readonly Target[], slack: number): boolean {
  const isFixed = settings.rtt.every(({ kind }) => kind === 'constant');
  const floor_us = isFixed ? (ackRoundTrip(settings) ?? 0) : 0;
  const littles = floor_us === 0 ? Number.POSITIVE_INFINITY : (SECOND_US * settings.clients) / floor_us;
  const most_tps = Math.min(littles, relayLimit(settings));
  return targets.some(({ quantity, bound }) =>
    quantity === 'tps' ? most_tps * slack < bound : floor_us > bound * slack,
  );
}
