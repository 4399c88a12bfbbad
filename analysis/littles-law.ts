/**
 * Little's law as a check on measured data: N clients are either in the system (X·R of them, on average) or between two
 * transactions (X·Z). J. D. C. Little, "A Proof for the Queuing Formula: L = λW", Operations Research 9(3), 1961.
 */

export interface LatencyPoint {
  readonly clients: number;
  readonly tps: number;
  readonly latency_mean_us: number;
}

export interface LittleCheck {
  readonly clients: number;
  /** X·R. */
  readonly in_system: number;
  /** What is left for pauses between transactions, N/X − R; negative where more are in the system than there are clients. */
  readonly pause_us: number;
}

/** Beyond this share of the clients a difference is not rounding or the ends of a measurement. */
export const LITTLE_TOLERANCE = 0.02;

export const littleCheck = ({ clients, tps, latency_mean_us }: LatencyPoint): LittleCheck => ({
  clients,
  in_system: (tps * latency_mean_us) / 1e6,
  pause_us: (1e6 * clients) / tps - latency_mean_us,
});

export type LittleAnswer =
  /** All clients are in the system all the time. */
  | { readonly kind: 'holds'; readonly worst: LittleCheck }
  /** Some of each client's time is spent elsewhere, about equally long everywhere: a think time, or the driver's own. */
  | { readonly kind: 'pause'; readonly shortest_us: number; readonly longest_us: number; readonly worst: LittleCheck }
  /** More transactions are in the system than there are clients: throughput and latency are not of the same run. */
  | { readonly kind: 'broken'; readonly worst: LittleCheck };

/** Undefined without any point. */
export function checkLittlesLaw(points: readonly LatencyPoint[]): LittleAnswer | undefined {
  const checks = points.map(littleCheck);
  const excess = ({ clients, in_system }: LittleCheck): number => in_system / clients - 1;
  const [most, least] = [extreme(checks, excess), extreme(checks, (check) => -excess(check))];
  if (most === undefined || least === undefined) return undefined;
  if (excess(most) > LITTLE_TOLERANCE) return { kind: 'broken', worst: most };
  if (excess(least) >= -LITTLE_TOLERANCE) return { kind: 'holds', worst: -excess(least) > excess(most) ? least : most };
  const pauses = checks.map(({ pause_us }) => pause_us);
  return {
    kind: 'pause',
    shortest_us: Math.max(0, Math.min(...pauses)),
    longest_us: Math.max(...pauses),
    worst: least,
  };
}

function extreme(checks: readonly LittleCheck[], size: (check: LittleCheck) => number): LittleCheck | undefined {
  return [...checks].sort((a, b) => size(b) - size(a))[0];
}
