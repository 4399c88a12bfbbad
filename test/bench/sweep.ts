/** The default sweep under virtual time, on all cores: workers that begin cold, as a user's do. */
import { availableParallelism } from 'node:os';
import { runPoints } from '../../engine/runtimes/pool/run-points.js';
import { DEFAULT_PRECISION } from '../../results/store-manifest.js';
import { loadWorkload } from '../../workloads/load.js';
import { withRuntimes } from '../../workloads/runtimes.js';
import { quantile, type Rate } from './result.js';

/** `reference`: steps of the reference loop a second, in this run. */
export async function timeSweep(runs: number, reference: number): Promise<Rate> {
  const points = withRuntimes(loadWorkload('default'), undefined, 1)
    .parts.flatMap((part) => part.points)
    .filter(({ runtime, experiment }) => runtime === 'virtual' && experiment === undefined);
  const rates: number[] = [];
  for (let run = 0; run < runs; run++) {
    let done = 0;
    const begin = performance.now();
    await runPoints(points, { precision: DEFAULT_PRECISION, onResult: () => done++ });
    rates.push((1000 * points.length) / (performance.now() - begin));
    if (done !== points.length) throw new Error(`${done} of ${points.length} points`);
  }
  const median = quantile(rates, 0.5);
  return {
    name: `default sweep: ${points.length} points on ${availableParallelism()} cores`,
    unit: 'points/s',
    median,
    low: quantile(rates, 0.25),
    high: Math.max(...rates),
    ratio: median / reference,
  };
}
