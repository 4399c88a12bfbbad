/**
 * What queueing theory allows without solving a model: bounds on the throughput of N clients that take turns at some
 * places, from how long a commit keeps each place busy. E. D. Lazowska, J. Zahorjan, G. S. Graham, K. C. Sevcik,
 * "Quantitative System Performance", Prentice Hall 1984, tables 5.1 (asymptotic, after Muntz and Wong) and 5.2
 * (balanced job, after Zahorjan et al.), for batch and terminal workloads.
 */
import type { ScalabilityLaw } from './scalability.js';

/** Service demands of one commit, µs. */
export interface Demands {
  /** At all places that can queue, together. */
  readonly total_us: number;
  /** At the busiest of them. */
  readonly largest_us: number;
  /** What no queue forms for: think time, round trips. */
  readonly delay_us: number;
  /** How many places there are; `null` where only their sum is known. */
  readonly places: number | null;
}

export interface Bounds {
  readonly low_tps: number;
  readonly high_tps: number;
}

const SECOND = 1e6;

export function asymptoticBounds({ total_us, largest_us, delay_us }: Demands, clients: number): Bounds {
  return {
    low_tps: (SECOND * clients) / (clients * total_us + delay_us),
    high_tps: Math.min(SECOND / largest_us, (SECOND * clients) / (total_us + delay_us)),
  };
}

/** Narrower: the places are no better than equally loaded, and no worse than as few as the largest one allows. */
export function balancedJobBounds(demands: Demands, clients: number): Bounds {
  const { total_us, largest_us, delay_us, places } = demands;
  const others = clients - 1;
  const asymptotic = asymptoticBounds(demands, clients);
  const slowest = total_us + delay_us + (others * largest_us) / (1 + delay_us / (clients * total_us));
  const low_tps = (SECOND * clients) / slowest;
  if (places === null) return { low_tps, high_tps: asymptotic.high_tps };
  const quickest = total_us + delay_us + (others * total_us) / places / (1 + delay_us / total_us);
  return { low_tps, high_tps: Math.min(asymptotic.high_tps, (SECOND * clients) / quickest) };
}

/** Where the two upper asymptotes meet: from here on somebody must queue. Infinity where no place can fill up. */
export const saturationClients = ({ total_us, largest_us, delay_us }: Demands): number =>
  (total_us + delay_us) / largest_us;

/** The two upper asymptotes of `asymptoticBounds`, and where they meet; null where no place can fill up. */
export interface Asymptotes {
  readonly each_tps: number;
  readonly all_tps: number | null;
  readonly meet_at_clients: number | null;
}

export function upperAsymptotes(demands: Demands): Asymptotes {
  const { total_us, largest_us, delay_us } = demands;
  const canFill = largest_us > 0;
  return {
    each_tps: SECOND / (total_us + delay_us),
    all_tps: canFill ? SECOND / largest_us : null,
    meet_at_clients: canFill ? saturationClients(demands) : null,
  };
}

/**
 * Demands as the law sees them. Without crosstalk it is the balanced-job lower bound with a total demand of 1/λ and a
 * largest of σ/λ (N. J. Gunther, "A General Theory of Computational Scalability Based on Rational Functions", 2008,
 * theorem 2: synchronous queueing at one place).
 */
export function demandsOfLaw({ lambda, sigma }: ScalabilityLaw): Demands {
  const total_us = SECOND / lambda.value;
  return { total_us, largest_us: sigma.value * total_us, delay_us: 0, places: null };
}
