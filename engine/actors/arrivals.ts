/** Open loop: transactions arrive by themselves, with exponential gaps, whether or not a connection is free. */
import type { Clock, Cost, Fiber, Script } from './primitives.js';

export function* arrivals(self: Fiber, clock: Clock, gap: Cost, arrive: (at: number) => void): Script {
  let next = clock.now();
  for (;;) {
    next += gap.draw();
    const wait = next - clock.now();
    if (wait > 0 && clock.sleep(self, wait)) yield;
    arrive(next);
  }
}
