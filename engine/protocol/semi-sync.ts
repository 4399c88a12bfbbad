/**
 * The source's semi-sync module: the switch, the quorum, the earliest waited-for position, and the counters. Plain state
 * and rules; who calls holds LOCK_binlog_, and wakes whom the answer names.
 */
import { defineFlags, defineNumbers } from './number-fields.js';
import type { Microseconds, Settings } from './parameters.js';

export interface SemiSyncOptions {
  readonly enabled: boolean;
  readonly waitForSlaveCount: number;
  readonly waitNoSlave: boolean;
  readonly timeout: Microseconds;
  readonly replicas: number;
  /** More marks than this can never be alive: each belongs to a group with a member that has not had its answer. */
  readonly marks: number;
}

export const semiSyncOptions = (settings: Settings, marks: number): SemiSyncOptions => ({
  enabled: settings.wait_point !== 'ASYNC',
  waitForSlaveCount: settings.wait_for_slave_count,
  waitNoSlave: settings.wait_no_slave,
  timeout: settings.timeout,
  replicas: settings.replicas,
  marks,
});

export class SemiSync {
  declare enabled: boolean;
  /** Is semi-sync ON now? Only while it is do commits wait. */
  declare on: boolean;
  declare waitNoSlave: boolean;
  declare waitForSlaveCount: number;
  /** Does a dump reader that waits for its ACKs time those waits (bit 32 of rpl_semi_sync_master_trace_level)? */
  declare timesNetWaits: boolean;
  /** How long a commit waits before semi-sync is switched OFF. */
  declare timeout: Microseconds;

  /** Acknowledged by a quorum up to here. */
  declare acked: number;
  /** Largest position that was flushed, ON or OFF: a replica that acknowledges it has caught up. */
  declare committed: number;
  /** Earliest position somebody waits for, as far as the module remembers. */
  declare waitPosition: number;
  /** An ACK that reaches `waitPosition` unsets it, whoever else still sleeps; the value itself stays behind. */
  declare waitPositionSet: boolean;

  // The counters, with the meanings MySQL gives them.
  declare clients: number;
  declare noTimes: number;
  declare yesTx: number;
  declare noTx: number;
  declare netWaits: number;
  declare netWaitTime: number;
  declare acksReceived: number;
  declare txWaits: number;
  declare txWaitTime: number;
  declare waitSessions: number;
  declare waitPosBacktraverse: number;

  /** All of the above and below, as numbers: what threads share. See `number-fields.ts`. */
  readonly memory: Float64Array;
  /** Position acknowledged by each replica; what one that has gone acknowledged counts on. -1: none. */
  readonly ackedBy: Float64Array;
  /** End positions at which an ACK is to be asked for, ascending, in a ring from `marksHead` (older) to `marksTail`. */
  readonly #marks: Float64Array;
  readonly #mask: number;
  declare marksHead: number;
  declare marksTail: number;
  /** Told of every switch OFF or ON. */
  switched: ((on: boolean) => void) | undefined = undefined;

  /** `memory`: `semiSyncWords(options)` words that are shared with others; `initialise` by one of them. */
  constructor(options: SemiSyncOptions, memory?: Float64Array) {
    this.memory = memory ?? new Float64Array(semiSyncWords(options));
    this.ackedBy = this.memory.subarray(FIELDS, FIELDS + options.replicas);
    const capacity = marksCapacity(options);
    this.#marks = this.memory.subarray(FIELDS + options.replicas, FIELDS + options.replicas + capacity);
    this.#mask = capacity - 1;
    if (!memory) this.initialise(options);
  }

  initialise(options: SemiSyncOptions): void {
    this.enabled = options.enabled;
    this.on = options.enabled;
    this.waitForSlaveCount = options.waitForSlaveCount;
    this.waitNoSlave = options.waitNoSlave;
    this.timeout = options.timeout;
    this.timesNetWaits = true;
    this.ackedBy.fill(-1);
  }

  /** The flush leader reports the end of what it wrote; an ACK will be asked for there if semi-sync is ON. */
  reportFlush(end: number): void {
    if (end > this.committed) this.committed = end;
    if (!this.enabled || !this.on) return;
    this.#marks[this.marksTail & this.#mask] = end;
    this.marksTail++;
    // Only a wait point that changes in between lets a transaction go without waiting: the oldest mark is such a one's.
    if (this.marksTail - this.marksHead > this.#mask) this.marksHead++;
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
    let low = this.marksHead;
    let high = this.marksTail;
    // Who asks is mostly at the oldest one.
    const oldest = this.#marks[low & this.#mask] as number;
    if (low < high && oldest >= position) return oldest;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#marks[middle & this.#mask] as number) < position) low = middle + 1;
      else high = middle;
    }
    return low === this.marksTail ? NONE : (this.#marks[low & this.#mask] as number);
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
    if (!this.on && position >= this.committed && quorum >= this.committed) this.#switchOn();
    return this.#reach(quorum);
  }

  /** A quorum has acknowledged `quorum`. `true`: somebody who waits may be released. */
  #reach(quorum: number): boolean {
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
      this.#switchOn();
      return false;
    }
    if (!this.on || this.clients >= this.waitForSlaveCount) return false;
    this.switchOff();
    return true;
  }

  /**
   * Setting rpl_semi_sync_master_enabled. ON is ON at once, and remembers nothing of before; OFF counts as a switch OFF.
   * `true`: the caller wakes everybody.
   */
  setEnabled(value: boolean): boolean {
    if (value === this.enabled) return false;
    const wasOn = this.on;
    if (!value) this.switchOff();
    this.enabled = value;
    if (!value) return wasOn;
    this.committed = 0;
    this.acked = 0;
    this.waitPositionSet = false;
    this.#switchOn();
    return false;
  }

  /** Setting rpl_semi_sync_master_wait_for_slave_count: the ACKs that are there count at once. `true`: as `acknowledge`. */
  setWaitForSlaveCount(value: number): boolean {
    this.waitForSlaveCount = value;
    const quorum = this.#quorumPosition();
    if (!this.enabled || quorum < 0) return false;
    if (quorum >= this.committed) this.#switchOn();
    return this.#reach(quorum);
  }

  /** Another server is the source now: nobody has acknowledged anything to it. Counters go on. */
  beginAnew(enabled: boolean): void {
    this.ackedBy.fill(-1);
    this.committed = 0;
    this.acked = 0;
    this.waitPositionSet = false;
    this.marksHead = this.marksTail;
    this.enabled = enabled;
    if (enabled) this.#switchOn();
  }

  #switchOn(): void {
    if (this.on) return;
    this.on = true;
    this.switched?.(true);
  }

  /** Falls back to asynchronous: from now on commits do not wait. The caller wakes everybody who does. */
  switchOff(): void {
    if (!this.on) return;
    this.on = false;
    this.noTimes++;
    this.waitPositionSet = false;
    this.acked = 0;
    this.marksHead = this.marksTail;
    this.switched?.(false);
  }

  /** The plugin is unloaded, and its counters with it. */
  resetCounters(): void {
    this.noTimes = 0;
    this.yesTx = 0;
    this.noTx = 0;
    this.netWaits = 0;
    this.netWaitTime = 0;
    this.acksReceived = 0;
    this.txWaits = 0;
    this.txWaitTime = 0;
    this.waitPosBacktraverse = 0;
  }

  /** A dump reader has waited so long for an ACK. */
  countNetWait(waited: Microseconds): void {
    if (this.timesNetWaits) this.netWaitTime += waited;
  }

  /** A sleep for an ACK that began `waited` µs ago has ended in time. */
  countWait(waited: Microseconds): void {
    this.txWaits++;
    this.txWaitTime += waited;
  }

  #dropMarksUpTo(position: number): void {
    while (this.marksHead < this.marksTail && (this.#marks[this.marksHead & this.#mask] as number) <= position) {
      this.marksHead++;
    }
  }
}

const NUMBERS = [
  'waitForSlaveCount',
  'timeout',
  'acked',
  'committed',
  'waitPosition',
  'clients',
  'noTimes',
  'yesTx',
  'noTx',
  'netWaits',
  'netWaitTime',
  'acksReceived',
  'txWaits',
  'txWaitTime',
  'waitSessions',
  'waitPosBacktraverse',
  'marksHead',
  'marksTail',
] as const;
const FLAGS = ['enabled', 'on', 'waitNoSlave', 'waitPositionSet', 'timesNetWaits'] as const;
const FIELDS = NUMBERS.length + FLAGS.length;
defineNumbers(SemiSync.prototype, NUMBERS);
defineFlags(SemiSync.prototype, NUMBERS.length, FLAGS);

const marksCapacity = ({ marks }: SemiSyncOptions): number => 2 ** Math.ceil(Math.log2(marks + 2));

/** How much memory a module needs. */
export const semiSyncWords = (options: SemiSyncOptions): number => FIELDS + options.replicas + marksCapacity(options);

/** No position: larger than any. */
export const NONE = Number.POSITIVE_INFINITY;
