/**
 * The one file that makes randomness. Every use has a stream of its own, 2^64 draws apart from its neighbour (jumps of
 * one xoroshiro128+ generator), so that a change in one place does not shift the draws of another.
 */
import { randomLogNormal } from 'd3-random';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { JumpableRandomGenerator } from 'pure-rand/types/JumpableRandomGenerator';
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

  /** Uniform numbers in the open interval (0, 1): never 0, of which there is no logarithm. */
  uniform(): () => number {
    const stream = this.#generator.clone();
    this.#generator.jump();
    return () => ((stream.next() >>> 0) + 0.5) * FRACTION;
  }

  cost(distribution: Distribution): Cost {
    const uniform = this.uniform();
    const { mean } = distribution;
    switch (distribution.kind) {
      case 'constant':
        return new ConstantCost(mean);
      case 'exponential':
        return new RandomCost(() => -Math.log(uniform()) * mean);
      case 'lognormal': {
        const { sigma } = distribution;
        // The mean of a lognormal is exp(mu + sigma²/2); we are given the mean.
        return new RandomCost(randomLogNormal.source(uniform)(Math.log(mean) - (sigma * sigma) / 2, sigma));
      }
      case 'empirical': {
        const { samples } = distribution;
        return new RandomCost(() => samples[Math.floor(uniform() * samples.length)] as number);
      }
    }
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

class RandomCost implements Cost {
  readonly draw: () => Microseconds;
  constructor(draw: () => Microseconds) {
    this.draw = draw;
  }
  sum(count: number): Microseconds {
    let total = 0;
    for (let i = 0; i < count; i++) total += this.draw();
    return total;
  }
}
