/** The binlog under virtual time: positions alone, with room for everything. */
import type { Binlog, BinlogTail } from '../../actors/cluster.js';
import type { Fiber, Parked } from '../../actors/primitives.js';
import { BINLOG_START, type TransactionShape } from '../../protocol/positions.js';
import type { VirtualCondition } from './mutex.js';

export class VirtualBinlog implements Binlog, BinlogTail {
  end = BINLOG_START;
  safeEnd = BINLOG_START;
  readonly #transactionBytes: number;
  readonly #newEvents: VirtualCondition;

  /** `newEvents`: where dump readers sleep; it belongs to LOCK_log where they hold that. */
  constructor(shape: TransactionShape, newEvents: VirtualCondition) {
    this.#transactionBytes = shape.bytes;
    this.#newEvents = newEvents;
  }

  hasRoom(): boolean {
    return true;
  }

  waitForRoom(): Parked {
    return false;
  }

  append(): number {
    this.end += this.#transactionBytes;
    return this.end;
  }

  flush(): void {}

  publish(self: Fiber, end: number): Parked {
    if (end <= this.safeEnd) return false;
    this.safeEnd = end;
    return this.#newEvents.broadcast(self);
  }

  signal(self: Fiber): Parked {
    return this.#newEvents.broadcast(self);
  }

  waitBeyond(self: Fiber): Parked {
    return this.#newEvents.wait(self);
  }
}
