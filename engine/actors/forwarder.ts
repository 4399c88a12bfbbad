/**
 * Where source and replicas share a host, somebody on it has to emulate the distance: a proxy that takes each packet in,
 * holds it back for half a round trip, and passes it on. It needs a core for both; what has come in meanwhile it takes
 * in one go, as whoever reads a stream of bytes does.
 */
import type { Cost, Fiber, Forwarding, Host, Script } from './primitives.js';

export function* forwarder(self: Fiber, host: Host, path: Forwarding, cost: Cost): Script {
  for (;;) {
    if (path.due()) {
      const half = cost.draw() / 2;
      if (host.use(self, half)) yield;
      while (path.due()) path.forward();
      if (host.use(self, half)) yield;
    } else if (path.offered()) {
      while (path.offered()) path.accept();
      if (host.use(self, cost.draw())) yield;
    } else if (path.waitForWork(self)) yield;
  }
}
