/**
 * Where source and replicas share a host, somebody on it has to emulate the distance: a proxy that holds each packet
 * back until it is due, and needs a core to do so.
 */
import type { Cost, Fiber, Forwarding, Host, Script } from './primitives.js';

export function* forwarder(self: Fiber, host: Host, path: Forwarding, cost: Cost): Script {
  for (;;) {
    while (!path.due()) if (path.waitForDue(self)) yield;
    if (host.use(self, cost.draw())) yield;
    path.forward();
  }
}
