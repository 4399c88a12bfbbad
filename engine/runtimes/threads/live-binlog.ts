/**
 * The binlog of a cluster that lives on threads. Replicas come and go, and may be far behind, so the writer waits for
 * none: its ring holds what was written last, as the page cache would. What has left the ring is made once more: acklab
 * keeps no rows, and of an event everything else follows from where it lies.
 */
import type { Fiber, Parked } from '../../actors/primitives.js';
import { type TransactionShape, transactionStartAt } from '../../protocol/positions.js';
import type { BinlogMemory } from '../../sync/binlog-ring.js';
import { SAFE_END } from '../../sync/binlog-ring.layout.js';
import { readAround } from '../../sync/ring-bytes.js';
import { type BinlogConditions, type BytesTail, ThreadBinlog } from './binlog.js';
import { TransactionBytes } from './event-bytes.js';

/** The writer's end. */
export class LiveBinlog extends ThreadBinlog {
  readonly #publishedEnd: Float64Array;

  constructor(
    memory: BinlogMemory,
    shape: TransactionShape,
    sessions: number,
    conditions: BinlogConditions,
    publishedEnd: Float64Array,
  ) {
    super(memory, shape, sessions, conditions, undefined);
    this.#publishedEnd = publishedEnd;
  }

  override publish(self: Fiber, end: number): Parked {
    // Before SAFE_END, which the readers look at first: they never find less here than that promised.
    this.#publishedEnd[0] = Math.max(end, this.#publishedEnd[0] as number);
    return super.publish(self, end);
  }
}

/** The end of one dump reader, for one connection. */
export class LiveBinlogTail implements BytesTail {
  readonly #memory: BinlogMemory;
  readonly #publishedEnd: Float64Array;
  readonly #conditions: Pick<BinlogConditions, 'newEvents'>;
  readonly #shape: TransactionShape;
  readonly #made: TransactionBytes;
  #madeAt = -1;
  #cursor: number;
  #seen = 0;

  /** `start`: the end of an event, from which on it reads. */
  constructor(
    memory: BinlogMemory,
    shape: TransactionShape,
    conditions: Pick<BinlogConditions, 'newEvents'>,
    publishedEnd: Float64Array,
    start: number,
  ) {
    this.#memory = memory;
    this.#shape = shape;
    this.#conditions = conditions;
    this.#publishedEnd = publishedEnd;
    this.#made = new TransactionBytes(shape, 0);
    this.#cursor = start;
  }

  get safeEnd(): number {
    this.#seen = Atomics.load(this.#memory.control, SAFE_END);
    return this.#publishedEnd[0] as number;
  }

  /** `safeEnd` was read before: what has been published since then is not slept through. */
  waitBeyond(self: Fiber): Parked {
    return this.#conditions.newEvents.waitWhile(self, this.#memory.control, SAFE_END, this.#seen);
  }

  take(into: Uint8Array, at: number, bytes: number): void {
    if (this.#isInRing()) readAround(this.#memory.bytes, this.#cursor, into, at, bytes);
    // Looked at once more behind the copy: the writer may have come round meanwhile.
    if (!this.#isInRing()) this.#make(into, at, bytes);
    this.#cursor += bytes;
  }

  /** The writer is ahead of what it has published by less than a group, of which the ring holds four at least. */
  #isInRing(): boolean {
    return this.safeEnd - this.#cursor <= this.#memory.bytes.length / 2;
  }

  #make(into: Uint8Array, at: number, bytes: number): void {
    const start = transactionStartAt(this.#shape, this.#cursor);
    if (start !== this.#madeAt) this.#made.place(start);
    this.#madeAt = start;
    into.set(this.#made.bytes.subarray(this.#cursor - start, this.#cursor - start + bytes), at);
  }
}
