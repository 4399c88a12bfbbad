/**
 * A replica's I/O thread: writes each event to the relay log, fsyncs it as sync_relay_log says (counted in events), and
 * only then sends the ACK, if one was asked for.
 */
import { eventEndAfter, eventsBetween } from '../protocol/positions.js';
import type { RelaySite, Source } from './cluster.js';
import type { Clock, Fiber, Script } from './primitives.js';

export interface ReplicaSettings {
  readonly clock: Clock;
  readonly shape: Source['shape'];
  readonly costs: Source['costs'];
  /** Events between two fsyncs of the relay log; 0 is never. */
  readonly syncRelayLog: number;
}

export function* replicaIoThread(self: Fiber, replica: RelaySite, settings: ReplicaSettings): Script {
  const { events, host, acks, relayDisk } = replica;
  const { clock, shape, costs, syncRelayLog } = settings;
  let unsynced = 0;
  for (;;) {
    while (!events.poll()) {
      if (events.closed) return;
      if (events.waitForPacket(self)) yield;
    }
    const { end, asksForAck, sentAt, arrivedAt } = events.packet;

    let remaining = eventsBetween(shape, replica.relayEnd, end);
    while (remaining > 0) {
      const run = syncRelayLog > 0 ? Math.min(remaining, syncRelayLog - unsynced) : remaining;
      if (host.use(self, costs.eventReceive.sum(run))) yield;
      replica.relayEnd = eventEndAfter(shape, replica.relayEnd, run);
      events.store(replica.relayEnd);
      remaining -= run;
      unsynced += run;
      if (syncRelayLog > 0 && unsynced === syncRelayLog) {
        if (relayDisk.fsync(self)) yield;
        replica.relaySynced = replica.relayEnd;
        unsynced = 0;
      }
    }

    if (asksForAck) {
      const relayedAt = clock.now();
      const cost = costs.ack.draw() / 2;
      if (host.use(self, cost)) yield;
      acks.send(end, sentAt, arrivedAt, relayedAt);
      if (host.use(self, cost)) yield;
    }
  }
}
