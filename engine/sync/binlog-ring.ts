/**
 * The binlog's bytes between the committer and the dump readers. Readers need no lock up to the published safe end: the
 * writer only writes behind it, and never over what a reader has not read.
 */
import type { Arena } from './arena.js';
import { controlWords, cursorOf, readerOf, SAFE_END, WRITER, WRITER_WAITS } from './binlog-ring.layout.js';
import { checkCapacity } from './capacity.js';
import { takeRole } from './role.js';

export interface BinlogMemory {
  readonly control: Int32Array;
  readonly bytes: Uint8Array;
  readonly readers: number;
  /** The first position. */
  readonly start: number;
}

/** `capacity`: bytes, a power of two. */
export function takeBinlogMemory(arena: Arena, capacity: number, readers: number, start: number): BinlogMemory {
  checkCapacity(capacity, 1);
  return { control: arena.int32(controlWords(readers)), bytes: arena.uint8(capacity), readers, start };
}

/** Below this a loop is faster than a view and a copy. */
const LOOP_BYTES = 96;

export class BinlogWriter {
  readonly #memory: BinlogMemory;
  /** The slowest reader, when last looked at. */
  #slowest: number;
  /** End of what has been written. */
  end: number;

  /** Throws when the ring has a writer already. */
  constructor(memory: BinlogMemory) {
    takeRole(memory.control, WRITER, 'the writer of this binlog');
    this.#memory = memory;
    this.end = memory.start + (Atomics.load(memory.control, SAFE_END) >>> 0);
    this.#slowest = this.#slowestCursor();
  }

  /** May so many bytes be written without overwriting what a reader still needs? Throws when they never may. */
  hasRoom(bytes: number): boolean {
    const { length } = this.#memory.bytes;
    if (this.end + bytes - this.#slowest <= length) return true;
    if (bytes > length) throw new RangeError(`${bytes} bytes can never be written to a ring of ${length}`);
    this.#slowest = this.#slowestCursor();
    return this.end + bytes - this.#slowest <= length;
  }

  /**
   * As `hasRoom`, but the readers know from now on that somebody waits, and the first who goes on says so no longer
   * (`WRITER_WAITS`) and then wakes the writer: whoever queues for that does so only while it is still said.
   */
  hasRoomOrSays(bytes: number): boolean {
    // Said before looking: a reader that goes on after the look sees it.
    Atomics.store(this.#memory.control, WRITER_WAITS, 1);
    return this.hasRoom(bytes);
  }

  #slowestCursor(): number {
    const { control, readers, start } = this.#memory;
    let behind = 0;
    for (let reader = 0; reader < readers; reader++) {
      behind = Math.max(behind, (this.end - start - Atomics.load(control, cursorOf(reader))) | 0);
    }
    return this.end - behind;
  }

  /** Appends bytes for which there is room (`hasRoom` has said so, or it throws). Nobody reads them before `publish`. */
  append(from: Uint8Array): void {
    const { bytes: ring } = this.#memory;
    if (this.end + from.length - this.#slowest > ring.length) {
      throw new Error(`${from.length} bytes would overwrite what a reader of the binlog has not read`);
    }
    const at = this.end & (ring.length - 1);
    const whole = Math.min(from.length, ring.length - at);
    if (whole < from.length) {
      ring.set(from.subarray(0, whole), at);
      ring.set(from.subarray(whole), 0);
    } else if (from.length <= LOOP_BYTES) {
      for (let i = 0; i < from.length; i++) ring[at + i] = from[i] as number;
    } else ring.set(from, at);
    this.end += from.length;
  }

  publish(end: number): void {
    // Not before the bytes are written: a reader would take what lies there from the last time round.
    Atomics.store(this.#memory.control, SAFE_END, (end - this.#memory.start) | 0);
  }
}

export class BinlogReader {
  readonly #memory: BinlogMemory;
  readonly #cursorWord: number;
  /** It has read everything before. */
  cursor: number;

  /** Throws when somebody reads in this role already. */
  constructor(memory: BinlogMemory, reader: number) {
    takeRole(memory.control, readerOf(reader), `reader ${reader} of this binlog`);
    this.#memory = memory;
    this.#cursorWord = cursorOf(reader);
    this.cursor = memory.start + (Atomics.load(memory.control, this.#cursorWord) >>> 0);
  }

  /** What SAFE_END holds: it changes with every publication. */
  get safeEndWord(): number {
    return Atomics.load(this.#memory.control, SAFE_END);
  }

  /** The safe end that `word` stands for. */
  safeEndOf(word: number): number {
    return this.cursor + ((word - (this.cursor - this.#memory.start)) | 0);
  }

  /** Copies `length` bytes behind the cursor out, which stays where it is. They lie before the safe end. */
  copyTo(into: Uint8Array, at: number, length: number): void {
    const { bytes: ring } = this.#memory;
    const from = this.cursor & (ring.length - 1);
    const whole = Math.min(length, ring.length - from);
    if (whole < length) {
      into.set(ring.subarray(from, ring.length), at);
      into.set(ring.subarray(0, length - whole), at + whole);
    } else if (length <= LOOP_BYTES) {
      for (let i = 0; i < length; i++) into[at + i] = ring[from + i] as number;
    } else into.set(ring.subarray(from, from + length), at);
  }

  /** Goes on; what lies before may be overwritten from now on. `true`: the writer waits for room, and must be woken. */
  advance(bytes: number): boolean {
    this.cursor += bytes;
    // Not before the bytes are copied out: the writer may overwrite them at once.
    Atomics.store(this.#memory.control, this.#cursorWord, (this.cursor - this.#memory.start) | 0);
    return (
      Atomics.load(this.#memory.control, WRITER_WAITS) === 1 &&
      Atomics.exchange(this.#memory.control, WRITER_WAITS, 0) === 1
    );
  }
}
