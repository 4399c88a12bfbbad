/** Simulates the outage that a time-out is for: too few replicas are left to acknowledge anything. */
import type { Outage } from '../analysis/plan.js';
import { type Microseconds, type Settings, semiSyncReplicas } from '../engine/protocol/parameters.js';
import { simulateTimeline } from '../engine/runtimes/virtual/timeline.js';

const MS = 1000;
/** Time for the cluster to come to a steady state, and for what follows the fall-back to be seen. */
const BEFORE_US = 200 * MS;
const AFTER_US = 200 * MS;
/** Whoever sets a longer one means commits to wait for a person, and how long that takes no simulation tells. */
const LONGEST_SIMULATED_US = 60_000 * MS;

/** `null` where nobody waits for ACKs, or for longer than is simulated. */
export function simulateOutage(settings: Settings, timeout: Microseconds | null): Outage | null {
  if (timeout === null || timeout <= 0 || timeout > LONGEST_SIMULATED_US) return null;
  const able = semiSyncReplicas(settings);
  const dying = able.slice(0, able.length - settings.wait_for_slave_count + 1);
  const { intervals, longest_stall } = simulateTimeline(
    { ...settings, timeout },
    dying.map((replica) => ({ at: BEFORE_US, event: { kind: 'crash-host', replica } })),
    { interval: AFTER_US / 2, duration: BEFORE_US + timeout + AFTER_US },
  );
  const last = intervals.at(-1);
  return {
    replicas: dying.length,
    stall_us: longest_stall.duration_us,
    unprotected_tps:
      last === undefined || last.commits === 0 ? null : (last.unprotected * 1e6) / (last.to_us - last.from_us),
  };
}
