/**
 * The source's semi-sync module: the switch, the quorum, the earliest waited-for position, and the counters. Plain state
 * and rules; who calls holds LOCK_binlog_, and wakes whom the answer names.
 */
import type { Microseconds } from './parameters.js';

export interface SemiSyncOptions {
  readonly enabled: boolean;
  readonly waitForSlaveCount: number;
  readonly waitNoSlave: boolean;
  readonly timeout: Microseconds;
  readonly replicas: number;
  /** More marks than this can never be alive: each belongs to a group with a member that has not had its answer. */
  readonly marks: number;
}

export class SemiSync {
  enabled: boolean;
  /** Is semi-sync ON now? Only while it is do commits wait. */
  on: boolean;
  waitForSlaveCount: number;
  waitNoSlave: boolean;
  /** How long a commit waits before semi-sync is switched OFF. */
  timeout: Microseconds;

  /** Acknowledged by a quorum up to here. */
  acked = 0;
  /** Largest position that was flushed, ON or OFF: a replica that acknowledges it has caught up. */
  committed = 0;
  /** Earliest position somebody waits for, as far as the module remembers. */
  waitPosition = 0;
  /** An ACK that reaches `waitPosition` unsets it, whoever else still sleeps; the value itself stays behind. */
  waitPositionSet = false;

  // The counters, with the meanings MySQL gives them.
  clients = 0;
  noTimes = 0;
  yesTx = 0;
  noTx = 0;
  netWaits = 0;
  netWaitTime = 0;
  txWaits = 0;
  txWaitTime = 0;
  waitSessions = 0;
  waitPosBacktraverse = 0;

  /** Position acknowledged by each replica; what one that has gone acknowledged counts on. -1: none. */
  readonly ackedBy: Float64Array;
  /** End positions at which an ACK is to be asked for, ascending, in a ring from `#marksHead` (older) to `#marksTail`. */
  readonly #marks: Float64Array;
  readonly #mask: number;
  #marksHead = 0;
  #marksTail = 0;

  constructor(options: SemiSyncOptions) {
    this.enabled = options.enabled;
    this.on = options.enabled;
    this.waitForSlaveCount = options.waitForSlaveCount;
    this.waitNoSlave = options.waitNoSlave;
    this.timeout = options.timeout;
    this.ackedBy = new Float64Array(options.replicas).fill(-1);
    const capacity = 2 ** Math.ceil(Math.log2(options.marks + 2));
    this.#marks = new Float64Array(capacity);
    this.#mask = capacity - 1;
  }

  /** The flush leader reports the end of what it wrote; an ACK will be asked for there if semi-sync is ON. */
  reportFlush(end: number): void {
    if (end > this.committed) this.committed = end;
    if (!this.enabled || !this.on) return;
    this.#marks[this.#marksTail & this.#mask] = end;
    this.#marksTail++;
  }

  /** Does the event that ends here ask for an ACK? Every dump reader asks this for every event it sends. */
  asksForAck(end: number): boolean {
    if (!this.enabled) return false;
    if (!this.on) return end >= this.committed;
    if (end <= this.acked) return false;
    // Somebody waits for a later position already: its ACK will cover this event too.
    if (this.waitPositionSet && end < this.waitPosition) return false;
    return this.markAtOrAfter(end) === end;
  }

  /** The first position at or behind `position` at which an ACK is asked for; NONE if there is none. */
  markAtOrAfter(position: number): number {
    let low = this.#marksHead;
    let high = this.#marksTail;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#marks[middle & this.#mask] as number) < position) low = middle + 1;
      else high = middle;
    }
    return low === this.#marksTail ? NONE : (this.#marks[low & this.#mask] as number);
  }

  /** A waiter is about to sleep for `position`. */
  rememberWaiter(position: number): void {
    if (!this.waitPositionSet) {
      this.waitPosition = position;
      this.waitPositionSet = true;
    } else if (position <= this.waitPosition) {
      this.waitPosition = position;
      this.waitPosBacktraverse++;
    }
  }

  /**
   * Replica `replica` has acknowledged `position`. `true`: somebody who waits may be released. The caller then wakes
   * those covered by `acked` (5.7) or everybody (5.6, MariaDB).
   */
  acknowledge(replica: number, position: number): boolean {
    if (!this.enabled) return false;
    if (position > (this.ackedBy[replica] as number)) this.ackedBy[replica] = position;
    const quorum = this.#quorumPosition();
    if (quorum < 0) return false;
    // This replica has caught up, and with it a quorum: what gone ones once acknowledged is not enough.
    if (!this.on && position >= this.committed && quorum >= this.committed) this.on = true;
    if (quorum > this.acked) {
      this.acked = quorum;
      this.#dropMarksUpTo(quorum);
    }
    // The stale value of an unset position counts too: otherwise the second of two sleepers would never be woken.
    if (this.waitSessions === 0 || this.acked < this.waitPosition) return false;
    this.waitPositionSet = false;
    return true;
  }

  /** The largest position that `waitForSlaveCount` replicas have reached; -1 when too few ever connected. */
  #quorumPosition(): number {
    const { ackedBy } = this;
    const count = this.waitForSlaveCount;
    let best = -1;
    // The k-th largest by counting: replicas are few, and nothing is allocated.
    for (let r = 0; r < ackedBy.length; r++) {
      const position = ackedBy[r] as number;
      if (position <= best) continue;
      let reached = 0;
      for (let s = 0; s < ackedBy.length; s++) if ((ackedBy[s] as number) >= position) reached++;
      if (reached >= count) best = position;
    }
    return best;
  }

  /** A semi-sync replica has connected, asking for the binlog from `position`: it has all before that. */
  addReplica(replica: number, position: number): boolean {
    this.clients++;
    return this.acknowledge(replica, position);
  }

  /** A dump reader has noticed that its replica is gone. `true`: this switched semi-sync OFF; the caller wakes everybody. */
  removeReplica(): boolean {
    this.clients--;
    if (!this.enabled || !this.on || this.waitNoSlave || this.clients >= this.waitForSlaveCount) return false;
    this.switchOff();
    return true;
  }

  /**
   * Setting rpl_semi_sync_master_wait_no_slave. OFF with too few replicas connected switches semi-sync OFF at once, ON
   * switches it ON at once. `true`: it was switched OFF; the caller wakes everybody.
   */
  setWaitNoSlave(value: boolean): boolean {
    this.waitNoSlave = value;
    if (!this.enabled) return false;
    if (value) {
      this.on = true;
      return false;
    }
    if (!this.on || this.clients >= this.waitForSlaveCount) return false;
    this.switchOff();
    return true;
  }

  /** Falls back to asynchronous: from now on commits do not wait. The caller wakes everybody who does. */
  switchOff(): void {
    if (!this.on) return;
    this.on = false;
    this.noTimes++;
    this.waitPositionSet = false;
    this.acked = 0;
    this.#marksHead = this.#marksTail;
  }

  /** A sleep for an ACK that began `waited` µs ago has ended in time. */
  countWait(waited: Microseconds): void {
    this.txWaits++;
    this.txWaitTime += waited;
  }

  #dropMarksUpTo(position: number): void {
    while (this.#marksHead < this.#marksTail && (this.#marks[this.#marksHead & this.#mask] as number) <= position) {
      this.#marksHead++;
    }
  }
}

/** No position: larger than any. */
export const NONE = Number.POSITIVE_INFINITY;
