/**
 * Waiting for an ACK, and bringing one in: the two sides that meet under LOCK_binlog_ (MySQL's `commitTrx` and
 * `reportReplyBinlog`).
 */
import { ACK_COLLECTING, type AckSplit } from '../measure/phases.js';
import { NOBODY } from '../protocol/group-commit.js';
import type { Microseconds } from '../protocol/parameters.js';
import { NONE } from '../protocol/semi-sync.js';
import type { Source } from './cluster.js';
import type { Ack, Fiber, Parked, Script } from './primitives.js';

/**
 * Sleeps until `position` is acknowledged, the time-out has passed (which switches semi-sync OFF for everybody), or
 * somebody else switched it OFF. `first` heads the chain of sessions on whose behalf the wait is; it may be one alone.
 */
export function* waitForAck(self: Fiber, source: Source, position: number, first: number): Script {
  const { semisync, lockBinlog, acked, clock, host, costs } = source;
  if (!semisync.enabled) return;
  if (lockBinlog.acquire(self)) yield;
  if (host.use(self, costs.semisync.draw())) yield;
  const began = clock.now();
  const deadline = began + semisync.timeout;
  const mark = semisync.markAtOrAfter(position);
  let slept = false;
  let acknowledged = semisync.on && semisync.acked >= position;

  // Flushed while semi-sync was OFF: no ACK was asked for, so none can come; it does not wait.
  while (semisync.on && !acknowledged && mark !== NONE) {
    semisync.rememberWaiter(position);
    semisync.waitSessions++;
    if (!slept) source.meter.groupTo(first, source.sessions.next, ACK_COLLECTING, clock.now());
    slept = true;
    if (acked.wait(self, deadline, mark)) yield;
    semisync.waitSessions--;
    if (self.timedOut) {
      semisync.switchOff();
      if (acked.broadcast(self)) yield;
    } else {
      semisync.countWait(clock.now() - began);
      if (host.use(self, costs.semisync.draw())) yield;
    }
    acknowledged = semisync.on && semisync.acked >= position;
  }

  if (acknowledged) semisync.yesTx++;
  else semisync.noTx++;
  const split = slept ? explainWait(source, began) : undefined;
  lockBinlog.release(self);
  if (split) chargeWait(source, first, split);
}

/** Brings one ACK in and wakes whom the version wakes: everybody, or those it covers. */
export function* reportAck(self: Fiber, source: Source, ack: Ack): Script {
  const { semisync, lockBinlog, host, costs, lastAck } = source;
  if (lockBinlog.acquire(self)) yield;
  if (host.use(self, costs.semisync.draw())) yield;
  semisync.acksReceived++;
  const before = semisync.acked;
  const releases = semisync.acknowledge(ack.replica, ack.position);
  if (semisync.acked !== before) {
    lastAck.sentAt = ack.sentAt;
    lastAck.arrivedAt = ack.arrivedAt;
    lastAck.relayedAt = ack.relayedAt;
    lastAck.returnedAt = ack.returnedAt;
  }
  if (releases && wakeReleased(self, source)) yield;
  lockBinlog.release(self);
}

/** The acknowledged position has moved: wakes whom the version wakes. */
export function wakeReleased(self: Fiber, { semisync, acked, settings }: Source): Parked {
  return acked.wakeUpTo(self, settings.waiter_wakeup === 'all' ? Number.POSITIVE_INFINITY : semisync.acked);
}

/** Divides a wait that ends now along the journey of the ACK that ended it. */
function explainWait({ lastAck, clock }: Source, began: Microseconds): AckSplit {
  const now = clock.now();
  const within = (from: Microseconds, to: Microseconds): Microseconds =>
    Math.max(0, Math.min(to, now) - Math.max(from, began));
  return {
    reader: within(began, lastAck.sentAt),
    network: within(lastAck.sentAt, lastAck.arrivedAt) + within(lastAck.relayedAt, lastAck.returnedAt),
    relay: within(lastAck.arrivedAt, lastAck.relayedAt),
  };
}

function chargeWait({ meter, sessions, clock }: Source, first: number, split: AckSplit): void {
  const now = clock.now();
  for (let session = first; session !== NOBODY; session = sessions.next[session]!) {
    meter.splitAckWait(session, split, now);
  }
}
