/** The binlog of the threads runtime: real bytes in a ring, the committer's end and the dump readers' ends. */
import type { Binlog, BinlogTail } from '../../actors/cluster.js';
import type { Fiber, Parked } from '../../actors/primitives.js';
import type { TransactionShape } from '../../protocol/positions.js';
import { type BinlogMemory, BinlogReader, BinlogWriter } from '../../sync/binlog-ring.js';
import { SAFE_END, WRITER_WAITS } from '../../sync/binlog-ring.layout.js';
import { TransactionBytes } from './event-bytes.js';
import type { LogFile } from './log-file.js';
import type { ThreadCondition } from './mutex.js';

export interface BinlogConditions {
  /** Dump readers sleep here. It belongs to LOCK_log where they hold that. */
  readonly newEvents: ThreadCondition;
  /** The flush leader sleeps here, while the slowest reader needs the room. It belongs to LOCK_log. */
  readonly room: ThreadCondition;
}

export class ThreadBinlog implements Binlog {
  /** How many groups found the ring full, and their leader had to wait for a reader. */
  fullTimes = 0;
  /** Is a leader waiting? A reader that goes on by one event wakes it, and it may have to wait for more. */
  #full = false;
  readonly #memory: BinlogMemory;
  readonly #writer: BinlogWriter;
  readonly #conditions: BinlogConditions;
  readonly #caches: readonly TransactionBytes[];
  /** What the largest group needs. */
  readonly #groupBytes: number;
  #safeEnd: number;
  readonly #file: LogFile | undefined;

  /** `file`: where the bytes are written as well, if the disk is real. */
  constructor(
    memory: BinlogMemory,
    shape: TransactionShape,
    sessions: number,
    conditions: BinlogConditions,
    file: LogFile | undefined,
  ) {
    this.#memory = memory;
    this.#writer = new BinlogWriter(memory);
    this.#conditions = conditions;
    this.#caches = Array.from({ length: sessions }, (_, session) => new TransactionBytes(shape, session));
    this.#groupBytes = sessions * shape.bytes;
    this.#safeEnd = memory.start;
    this.#file = file;
  }

  get end(): number {
    return this.#writer.end;
  }

  hasRoom(): boolean {
    return this.#writer.hasRoom(this.#groupBytes);
  }

  waitForRoom(self: Fiber): Parked {
    if (this.#writer.hasRoomOrSays(this.#groupBytes)) return false;
    if (!this.#full) this.fullTimes++;
    this.#full = true;
    return this.#conditions.room.waitWhile(self, this.#memory.control, WRITER_WAITS, 1);
  }

  append(session: number): number {
    this.#full = false;
    const cache = this.#caches[session] as TransactionBytes;
    cache.place(this.#writer.end);
    this.#writer.append(cache.bytes);
    this.#file?.append(cache.bytes);
    return this.#writer.end;
  }

  flush(): void {
    this.#file?.write();
  }

  publish(self: Fiber, end: number): Parked {
    if (end <= this.#safeEnd) return false;
    this.#safeEnd = end;
    this.#writer.publish(end);
    return this.#conditions.newEvents.broadcast(self);
  }

  signal(self: Fiber): Parked {
    return this.#conditions.newEvents.broadcast(self);
  }
}

/** A tail whose bytes can be had. */
export interface BytesTail extends BinlogTail {
  /** Copies the next event out. */
  take(into: Uint8Array, at: number, bytes: number): void;
}

/** One dump reader's end. */
export class ThreadBinlogTail implements BytesTail {
  readonly #memory: BinlogMemory;
  readonly #reader: BinlogReader;
  readonly #conditions: BinlogConditions;
  #seen = 0;

  constructor(memory: BinlogMemory, reader: number, conditions: BinlogConditions) {
    this.#memory = memory;
    this.#reader = new BinlogReader(memory, reader);
    this.#conditions = conditions;
  }

  get safeEnd(): number {
    this.#seen = this.#reader.safeEndWord;
    return this.#reader.safeEndOf(this.#seen);
  }

  /** `safeEnd` was read before: what has been published since then is not slept through. */
  waitBeyond(self: Fiber): Parked {
    return this.#conditions.newEvents.waitWhile(self, this.#memory.control, SAFE_END, this.#seen);
  }

  /** Copies the next event out, and gives its room back. */
  take(into: Uint8Array, at: number, bytes: number): void {
    this.#reader.copyTo(into, at, bytes);
    if (this.#reader.advance(bytes)) this.#conditions.room.wakeOne();
  }
}
