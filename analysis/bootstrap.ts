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
  const drawn = Array.from({ length: RESAMPLES }, draw).sort((a, b) => a - b);
  return [quantileSorted(drawn, 0.025), quantileSorted(drawn, 0.975)];
}

/** Draws as many values as there are, with replacement, and gives their median. */
function resampledMedian(values: readonly number[], uniform: () => number): () => number {
  const drawn = new Float64Array(values.length);
  const [below, above] = [Math.floor((values.length - 1) / 2), Math.ceil((values.length - 1) / 2)];
  return () => {
    for (let i = 0; i < drawn.length; i++) drawn[i] = values[Math.floor(uniform() * values.length)] as number;
    drawn.sort();
    return ((drawn[below] as number) + (drawn[above] as number)) / 2;
  };
}
