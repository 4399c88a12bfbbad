/** How well medians and their ratio are known, by drawing the samples anew from themselves. */
import { quantileSorted } from 'simple-statistics';

/** 1000 leave the ends of the interval to a third of their own standard error. */
const RESAMPLES = 1000;

/**
 * The 95 % interval of median(current) / median(base), by the percentile bootstrap (Efron and Tibshirani, "An
 * introduction to the bootstrap", 1993, chapter 13). Medians, because one run in which the machine did something else must
 * not move the answer; and their interval covers as it should from five repetitions on, where that of the means does not
 * (test/analysis/judgement.test.ts). Both samples must be positive. `uniform` gives numbers in (0, 1).
 */
export function medianRatioInterval(
  base: readonly number[],
  current: readonly number[],
  uniform: () => number,
): readonly [number, number] {
  const [top, bottom] = [resampledMedian(current, uniform), resampledMedian(base, uniform)];
  return middle95(() => top() / bottom());
}

/** The same for one median. */
export const medianInterval = (values: readonly number[], uniform: () => number): readonly [number, number] =>
  middle95(resampledMedian(values, uniform));

function middle95(draw: () => number): readonly [number, number] {
  const drawn = new Float64Array(RESAMPLES);
  for (let i = 0; i < RESAMPLES; i++) drawn[i] = draw();
  const sorted = Array.from(drawn.sort());
  return [quantileSorted(sorted, 0.025), quantileSorted(sorted, 0.975)];
}

/**
 * Draws as many values as there are, with replacement, and gives their median: by counting how often each is drawn, which
 * spares sorting them a thousand times.
 */
function resampledMedian(values: readonly number[], uniform: () => number): () => number {
  const count = values.length;
  const order = values.map((_, index) => index).sort((i, j) => (values[i] as number) - (values[j] as number));
  const rankOf = new Uint32Array(count);
  for (const [rank, index] of order.entries()) rankOf[index] = rank;
  const sorted = Float64Array.from(order, (index) => values[index] as number);
  const times = new Uint32Array(count);
  const [below, above] = [Math.floor((count - 1) / 2), Math.ceil((count - 1) / 2)];
  return () => {
    times.fill(0);
    for (let i = 0; i < count; i++) {
      const rank = rankOf[Math.floor(uniform() * count)] as number;
      times[rank] = (times[rank] as number) + 1;
    }
    let rank = 0;
    let drawn = times[0] as number;
    while (drawn <= below) drawn += times[++rank] as number;
    const lower = sorted[rank] as number;
    while (drawn <= above) drawn += times[++rank] as number;
    return (lower + (sorted[rank] as number)) / 2;
  };
}
