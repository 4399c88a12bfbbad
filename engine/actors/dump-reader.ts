/**
 * A dump reader (MySQL's binlog dump thread), one per replica: reads the binlog event by event, decides for each whether
 * to ask for an ACK, and sends it.
 */
import { eventEnd, eventsBetween, transactionStartAt } from '../protocol/positions.js';
import { reportAck, wakeReleased } from './ack-wait.js';
import type { DumpTarget, Replica, Source } from './cluster.js';
import type { AckInbox, EventOutlet, Fiber, Script } from './primitives.js';

/**
 * A replica has connected again, and asks for the binlog from the end of its relay log. A reader that still serves its
 * last connection is told to end; both are counted until it has. (MySQL kills it by the replica's identity.)
 */
export function* readerForReplica(
  self: Fiber,
  source: Source,
  replica: DumpTarget & Pick<Replica, 'index'>,
  endLast: () => void,
): Script {
  const { semisync, lockBinlog, binlog } = source;
  endLast();
  if (binlog.signal(self)) yield;
  if (replica.semisync) {
    if (lockBinlog.acquire(self)) yield;
    if (source.host.use(self, source.costs.semisync.draw())) yield;
    if (semisync.addReplica(replica.index, replica.relayEnd) && wakeReleased(self, source)) yield;
    lockBinlog.release(self);
  }
  yield dumpReader(self, source, replica);
}

export function* dumpReader(self: Fiber, source: Source, replica: DumpTarget): Script {
  const { settings, shape, lockLog, lockBinlog, host, costs, semisync } = source;
  const { binlog, events, inbox, semisync: registered } = replica;
  const mutexed = settings.binlog_reader === 'mutexed';
  const collects = settings.ack_collector === 'dump-reader';
  let cursor = replica.relayEnd;
  let transactionStart = transactionStartAt(shape, cursor);
  let index = eventsBetween(shape, transactionStart, cursor);

  while (!events.broken) {
    if (mutexed && lockLog.acquire(self)) yield;
    if (cursor >= binlog.safeEnd) {
      // End of file: what is in the network buffer goes out before the reader looks once more, and sleeps.
      if (mutexed) lockLog.release(self);
      if (events.buffered()) yield send(self, source, events);
      if (mutexed && lockLog.acquire(self)) yield;
      if (cursor >= binlog.safeEnd) {
        if (binlog.waitBeyond(self, cursor)) yield;
        if (mutexed) lockLog.release(self);
        continue;
      }
    }
    const end = eventEnd(shape, transactionStart, index);
    const asks = registered && semisync.enabled;
    if (mutexed) {
      if (host.use(self, costs.eventRead.draw())) yield;
      events.copy(end - cursor, asks);
      lockLog.release(self);
      if (host.use(self, costs.eventSend.draw())) yield;
    } else {
      if (host.use(self, costs.eventRead.draw() + costs.eventSend.draw())) yield;
      events.copy(end - cursor, asks);
    }

    let asksForAck = false;
    if (asks) {
      if (lockBinlog.acquire(self)) yield;
      if (host.use(self, costs.semisync.draw())) yield;
      asksForAck = semisync.asksForAck(end);
      if (asksForAck) semisync.netWaits++;
      lockBinlog.release(self);
    }
    events.append(end, asksForAck);
    cursor = end;
    if (++index === shape.events) {
      index = 0;
      transactionStart = end;
    }

    if (asksForAck || events.full()) yield send(self, source, events);
    // What could not even be sent is no ACK waited for.
    if (asksForAck && events.broken) semisync.netWaits--;
    else if (asksForAck && collects) yield awaitReply(self, source, events, inbox);
  }
  if (registered) yield forgetReplica(self, source);
}

/** The replica is gone, and only now does its dump reader notice: with too few left, semi-sync may switch OFF. */
function* forgetReplica(self: Fiber, source: Source): Script {
  const { semisync, lockBinlog, acked } = source;
  if (lockBinlog.acquire(self)) yield;
  if (semisync.removeReplica() && acked.broadcast(self)) yield;
  lockBinlog.release(self);
}

/**
 * Hands the network buffer over, when the window has room for it. Half of the work comes behind the instant at which the
 * packet is on its way, as in every call that sends something: the other side is awake by then.
 */
function* send(self: Fiber, source: Source, events: EventOutlet): Script {
  while (!events.hasRoom() && !events.closed) if (events.waitForRoom(self)) yield;
  const cost = source.costs.send.draw() / 2;
  if (source.host.use(self, cost)) yield;
  events.flush();
  if (source.host.use(self, cost)) yield;
}

/**
 * MySQL 5.6: the reader itself waits for the ACK it asked for, and sends nothing meanwhile. That none can come any more
 * it ignores: it is its next sending that fails.
 */
function* awaitReply(self: Fiber, source: Source, events: EventOutlet, inbox: AckInbox): Script {
  const { clock, host, costs, semisync } = source;
  const began = clock.now();
  while (!inbox.poll()) {
    if (events.closed) {
      semisync.countNetWait(clock.now() - began);
      return;
    }
    if (inbox.waitForAck(self)) yield;
  }
  if (host.use(self, costs.ack.draw())) yield;
  semisync.countNetWait(clock.now() - began);
  yield reportAck(self, source, inbox.ack);
}
