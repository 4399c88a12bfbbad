/**
 * A replica's I/O thread: writes each event to the relay log, fsyncs it as sync_relay_log says (counted in events), and
 * only then sends the ACK, if one was asked for.
 */
import { eventEndAfter, eventsBetween } from '../protocol/positions.js';
import type { RelaySite, Source } from './cluster.js';
import type { Clock, Condition, Cost, Fiber, Script } from './primitives.js';

export interface ReplicaSettings {
  readonly clock: Clock;
  readonly shape: Source['shape'];
  readonly costs: Source['costs'];
  /** Events between two fsyncs of the relay log; 0 is never. Read anew for each packet: the variable is dynamic. */
  readonly syncRelayLog: number;
  /** Present where the I/O thread may hang. */
  readonly hang?: Hang;
}

/** A thread that is stuck, in its disk for instance: it does nothing until that is over. */
export interface Hang {
  hung: boolean;
  readonly over: Condition;
}

/**
 * Round trips from an I/O thread's start to its first event: TCP 1, greeting and log-in 2, and one for each statement of
 * `get_master_version_and_clock` (10 in MySQL 5.7, the two of semi-sync included), COM_REGISTER_SLAVE and COM_BINLOG_DUMP.
 */
const CONNECT_ROUND_TRIPS = 15;

/** An I/O thread that starts: connects and registers; the answer to its last question is the binlog. */
export function* connectToSource(self: Fiber, clock: Clock, roundTrip: Cost): Script {
  if (clock.sleep(self, roundTrip.sum(CONNECT_ROUND_TRIPS))) yield;
}

export function* replicaIoThread(self: Fiber, replica: RelaySite, settings: ReplicaSettings): Script {
  const { events, host, acks, relayDisk } = replica;
  const { clock, shape, costs, hang } = settings;
  let unsynced = 0;
  for (;;) {
    while (!events.poll()) {
      if (events.closed) return;
      if (events.waitForPacket(self)) yield;
    }
    const { end, asksForAck, sentAt, arrivedAt } = events.packet;
    const { syncRelayLog } = settings;

    let remaining = eventsBetween(shape, replica.relayEnd, end);
    while (remaining > 0) {
      while (hang?.hung) if (hang.over.wait(self)) yield;
      const run = syncRelayLog > 0 ? Math.min(remaining, Math.max(1, syncRelayLog - unsynced)) : remaining;
      if (host.use(self, costs.eventReceive.sum(run))) yield;
      replica.relayEnd = eventEndAfter(shape, replica.relayEnd, run);
      events.store(replica.relayEnd);
      remaining -= run;
      unsynced += run;
      if (syncRelayLog > 0 && unsynced >= syncRelayLog) {
        if (relayDisk.fsync(self)) yield;
        replica.relaySynced = replica.relayEnd;
        unsynced = 0;
      }
    }

    if (asksForAck) {
      while (hang?.hung) if (hang.over.wait(self)) yield;
      const relayedAt = clock.now();
      const cost = costs.ack.draw() / 2;
      if (host.use(self, cost)) yield;
      acks.send(end, sentAt, arrivedAt, relayedAt);
      replica.acksSent++;
      if (host.use(self, cost)) yield;
    }
  }
}
