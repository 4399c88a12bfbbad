/** A kernel, and hosts whose wake-ups cost what the test says: for tests of single primitives. */
import type { Cost, Script } from '../../../../engine/actors/primitives.js';
import { Kernel, type VirtualFiber, VirtualHost } from '../../../../engine/runtimes/virtual/kernel.js';

export const fixed = (mean: number): Cost => ({ draw: () => mean, sum: (count) => count * mean });

/** Gives these values one after the other, then the last one for ever. */
export function scripted(values: readonly number[]): Cost {
  let index = 0;
  const draw = (): number => values[Math.min(index++, values.length - 1)]!;
  return {
    draw,
    sum: (count) => {
      let total = 0;
      for (let i = 0; i < count; i++) total += draw();
      return total;
    },
  };
}

export interface World {
  readonly kernel: Kernel;
  readonly host: VirtualHost;
  spawn(name: string, script: (self: VirtualFiber) => Script): VirtualFiber;
  /** Runs until nothing is left to happen, and returns the names of the fibers that have not come to their end. */
  stuck(): string[];
}

export function newWorld(cores = 64, wakeCost = 0, wakeLatency = 0): World {
  const kernel = new Kernel();
  const host = new VirtualHost(kernel, cores, fixed(wakeCost), fixed(wakeLatency));
  return {
    kernel,
    host,
    spawn: (name, script) => kernel.spawn(name, host, script),
    stuck: () => {
      kernel.run();
      return kernel.fibers.filter((fiber) => !fiber.ended).map((fiber) => fiber.name);
    },
  };
}
