/** The ACK receiver (MySQL 5.7, MariaDB): one thread that reads the ACKs of all replicas, in the order they arrive. */
import { reportAck } from './ack-wait.js';
import type { Source } from './cluster.js';
import type { AckInbox, Fiber, Script } from './primitives.js';

export function* ackReceiver(self: Fiber, source: Source, inbox: AckInbox): Script {
  const { host, costs } = source;
  for (;;) {
    while (!inbox.poll()) if (inbox.waitForAck(self)) yield;
    if (host.use(self, costs.ack.draw())) yield;
    yield reportAck(self, source, inbox.ack);
  }
}
