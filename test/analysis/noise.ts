/** Simulated repetitions, for the error rates of what judges them. */
import { randomLogNormal, randomNormal } from 'd3-random';
import { Streams } from '../../engine/runtimes/virtual/random.js';

/** `normal`: as throughput varies. `skewed`: as tail latencies do, which have more high outliers than low ones. */
export type Shape = 'normal' | 'skewed';

/** Draws positive values around `level`, with a relative standard deviation of `noise`. */
export function noiseSource(seed: number): {
  readonly uniform: () => number;
  readonly sample: (count: number, level: number, noise: number, shape?: Shape) => number[];
} {
  const uniform = new Streams(seed).uniform();
  const normal = randomNormal.source(uniform)(0, 1);
  // Shifted so that its spread is 1 while its tail is long.
  const skewed = randomLogNormal.source(uniform)(-0.5, 0.6);
  const draw = { normal, skewed: () => (skewed() - Math.exp(-0.32)) / 0.479 };
  return {
    uniform,
    sample: (count, level, noise, shape = 'normal') =>
      Array.from({ length: count }, () => level * (1 + noise * draw[shape]())),
  };
}
