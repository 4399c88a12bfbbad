/**
 * The knee of a throughput curve by Kneedle: V. Satopää, J. Albrecht, D. Irwin, B. Raghavan, "Finding a 'Kneedle' in a
 * Haystack: Detecting Knee Points in System Behavior", ICDCS Workshops 2011, sections II and III, for a concave rising
 * curve. The paper smooths first; throughputs at a dozen loads are means already, and are taken as they are.
 */
import { type LoadPoint, loads } from './scalability.js';

export interface Knee {
  readonly clients: number;
  readonly tps: number;
}

/** The paper's S, how far the curve must have bent away behind a knee: 1 where all data is at hand. */
const SENSITIVITY = 1;
/** Fewer points than this have no shape. */
const LEAST_POINTS = 5;

/**
 * Beyond it a further client adds less than a client did on average up to the highest throughput. `null`: the curve has
 * no knee, or too few points to tell. What comes behind the highest throughput has no part in it.
 */
export function findKnee(points: readonly LoadPoint[]): Knee | null {
  const means = loads(points).map(({ clients, values }) => ({
    clients,
    tps: values.reduce((sum, value) => sum + value, 0) / values.length,
  }));
  const highest = Math.max(...means.map(({ tps }) => tps));
  const rising = means.slice(0, means.findIndex(({ tps }) => tps === highest) + 1);
  const [first, last] = [rising[0], rising.at(-1)];
  if (rising.length < LEAST_POINTS || first === undefined || last === undefined) return null;
  const x = rising.map(({ clients }) => (clients - first.clients) / (last.clients - first.clients));
  const lowest = Math.min(...rising.map(({ tps }) => tps));
  const difference = rising.map(({ tps }, i) => (tps - lowest) / (highest - lowest) - (x[i] as number));
  const spacing = 1 / (x.length - 1);
  // A local maximum of the difference is a knee when the difference falls below its threshold before it rises again.
  let candidate: number | undefined;
  for (let i = 1; i < difference.length; i++) {
    const [before, here, after] = [difference[i - 1]!, difference[i]!, difference[i + 1]];
    if (here > before && after !== undefined && here >= after) candidate = i;
    if (candidate !== undefined && here < difference[candidate]! - SENSITIVITY * spacing) return rising[candidate]!;
  }
  return null;
}
