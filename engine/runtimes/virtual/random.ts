/**
 * The one file that makes randomness. Every use has a stream of its own, 2^64 draws apart from its neighbour (jumps of
 * one xoroshiro128+ generator), so that a change in one place does not shift the draws of another.
 */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { JumpableRandomGenerator } from 'pure-rand/types/JumpableRandomGenerator';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { Cost } from '../../actors/primitives.js';
import type { Distribution, Microseconds } from '../../protocol/parameters.js';

/** 2^-32: one 32-bit draw as a fraction. */
const FRACTION = 2.3283064365386963e-10;

export class Streams {
  readonly #generator: JumpableRandomGenerator;

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed | 0);
    // As it is seeded, its first draw is near 1 whatever the seed: the first stream begins a jump away too.
    this.#generator.jump();
  }

  #stream(): JumpableRandomGenerator {
    const stream = this.#generator.clone();
    this.#generator.jump();
    return stream;
  }

  /** Uniform numbers in the open interval (0, 1): never 0, of which there is no logarithm. */
  uniform(): () => number {
    const stream = this.#stream();
    return () => nextUniform(stream);
  }

  cost(distribution: Distribution): Cost {
    const stream = this.#stream();
    const { mean } = distribution;
    switch (distribution.kind) {
      case 'constant':
        return new ConstantCost(mean);
      case 'exponential':
        return new RandomCost((draws) => fillExponential(draws, stream, mean));
      case 'lognormal': {
        const { sigma } = distribution;
        // The mean of a lognormal is exp(mu + sigma²/2); we are given the mean.
        const mu = Math.log(mean) - (sigma * sigma) / 2;
        return new RandomCost((draws) => fillLogNormal(draws, stream, mu, sigma));
      }
      case 'empirical': {
        const { samples } = distribution;
        return new RandomCost((draws) => fillEmpirical(draws, stream, samples));
      }
    }
  }
}

const nextUniform = (stream: RandomGenerator): number => ((stream.next() >>> 0) + 0.5) * FRACTION;

function fillExponential(draws: Float64Array, stream: RandomGenerator, mean: Microseconds): void {
  for (let i = 0; i < draws.length; i++) draws[i] = -Math.log(nextUniform(stream)) * mean;
}

/**
 * The polar method, two draws at a time, so `draws` has an even length: G. Marsaglia, T. A. Bray, "A convenient method for
 * generating normal variables", SIAM Review 6 (1964). The same numbers as d3-random's, in half the time.
 */
function fillLogNormal(draws: Float64Array, stream: RandomGenerator, mu: number, sigma: number): void {
  for (let i = 0; i < draws.length; i += 2) {
    let x: number;
    let y: number;
    let squared: number;
    do {
      x = nextUniform(stream) * 2 - 1;
      y = nextUniform(stream) * 2 - 1;
      squared = x * x + y * y;
    } while (squared === 0 || squared > 1);
    const stretch = Math.sqrt((-2 * Math.log(squared)) / squared);
    draws[i] = Math.exp(mu + sigma * y * stretch);
    draws[i + 1] = Math.exp(mu + sigma * x * stretch);
  }
}

function fillEmpirical(draws: Float64Array, stream: RandomGenerator, samples: readonly Microseconds[]): void {
  for (let i = 0; i < draws.length; i++) {
    draws[i] = samples[Math.floor(nextUniform(stream) * samples.length)] as number;
  }
}

class ConstantCost implements Cost {
  readonly #mean: Microseconds;
  constructor(mean: Microseconds) {
    this.#mean = mean;
  }
  draw(): Microseconds {
    return this.#mean;
  }
  sum(count: number): Microseconds {
    return count * this.#mean;
  }
}

/** A cost that may become another one. */
export class VariableCost implements Cost {
  #cost: Cost;
  constructor(cost: Cost) {
    this.#cost = cost;
  }
  become(cost: Cost): void {
    this.#cost = cost;
  }
  draw(): Microseconds {
    return this.#cost.draw();
  }
  sum(count: number): Microseconds {
    return this.#cost.sum(count);
  }
}

/** Most draws that are made at a time. */
const AHEAD = 64;

/** Draws are made ahead, more at a time the more are needed: in a tight loop they take half as long as one by one. */
class RandomCost implements Cost {
  readonly #fill: (draws: Float64Array) => void;
  #ahead = new Float64Array(2);
  #taken = 2;

  constructor(fill: (draws: Float64Array) => void) {
    this.#fill = fill;
  }

  draw(): Microseconds {
    if (this.#taken === this.#ahead.length) this.#drawAhead();
    return this.#ahead[this.#taken++] as number;
  }

  #drawAhead(): void {
    if (this.#ahead.length < AHEAD) this.#ahead = new Float64Array(2 * this.#ahead.length);
    this.#fill(this.#ahead);
    this.#taken = 0;
  }

  sum(count: number): Microseconds {
    let total = 0;
    for (let i = 0; i < count; i++) total += this.draw();
    return total;
  }
}
