/**
 * A dump reader (MySQL's binlog dump thread), one per replica: reads the binlog event by event, decides for each whether
 * to ask for an ACK, and sends it.
 */
import { BINLOG_START, eventEnd } from '../protocol/positions.js';
import { reportAck } from './ack-wait.js';
import type { DumpTarget, Source } from './cluster.js';
import type { Fiber, Script } from './primitives.js';

export function* dumpReader(self: Fiber, source: Source, replica: DumpTarget): Script {
  const { settings, shape, lockLog, lockBinlog, host, costs, semisync } = source;
  const { binlog, events } = replica;
  const mutexed = settings.binlog_reader === 'mutexed';
  const collects = settings.ack_collector === 'dump-reader';
  const asks = replica.semisync && semisync.enabled;
  let transactionStart = BINLOG_START;
  let index = 0;
  let cursor = BINLOG_START;

  for (;;) {
    if (mutexed && lockLog.acquire(self)) yield;
    if (cursor >= binlog.safeEnd) {
      // End of file: what is in the network buffer goes out before the reader looks once more, and sleeps.
      if (mutexed) lockLog.release(self);
      if (events.buffered()) yield send(self, source, replica);
      if (mutexed && lockLog.acquire(self)) yield;
      if (cursor >= binlog.safeEnd) {
        if (binlog.waitBeyond(self, cursor)) yield;
        if (mutexed) lockLog.release(self);
        continue;
      }
    }
    const end = eventEnd(shape, transactionStart, index);
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

    if (asksForAck || events.full()) yield send(self, source, replica);
    if (asksForAck && collects) yield awaitReply(self, source, replica);
    if (events.broken) break;
  }
  if (asks) yield forgetReplica(self, source);
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
function* send(self: Fiber, source: Source, replica: DumpTarget): Script {
  const { events } = replica;
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
function* awaitReply(self: Fiber, source: Source, { inbox, events }: DumpTarget): Script {
  const { clock, host, costs, semisync } = source;
  const began = clock.now();
  while (!inbox.poll()) {
    if (events.closed) {
      semisync.netWaitTime += clock.now() - began;
      return;
    }
    if (inbox.waitForAck(self)) yield;
  }
  if (host.use(self, costs.ack.draw())) yield;
  semisync.netWaitTime += clock.now() - began;
  yield reportAck(self, source, inbox.ack);
}
