/**
 * A bounded ring of messages from one thread to one other, without locks (Lamport 1983; each side keeps a copy of the
 * other's index and looks again only when that says full or empty: Giacomoni et al., "FastForward", PPoPP 2008).
 * A message is `width` Float64 words, written and read in place; a run is some of them in consecutive places.
 *
 * Fields are `private`, not `#private`: the latter cost a quarter more time per message here (Node 20).
 */
import type { Arena } from './arena.js';
import { checkCapacity } from './capacity.js';
import { takeRole } from './role.js';
import { CONSUMER, CONTROL_WORDS, HEAD, PRODUCER, TAIL } from './spsc-ring.layout.js';

export interface SpscMemory {
  readonly control: Int32Array;
  readonly words: Float64Array;
  /** Words in a message. */
  readonly width: number;
  /** Messages; a power of two. */
  readonly capacity: number;
}

export function takeSpscMemory(arena: Arena, capacity: number, width: number): SpscMemory {
  checkCapacity(capacity, 1);
  return { control: arena.int32(CONTROL_WORDS), words: arena.float64(capacity * width), width, capacity };
}

export class SpscProducer {
  readonly words: Float64Array;
  /** Where in `words` the first message of the last `claimRun` goes; the others follow. */
  runAt = 0;
  private readonly control: Int32Array;
  private readonly width: number;
  private readonly capacity: number;
  private tail: number;
  private headSeen: number;

  /** Throws when the ring has a producer already. */
  constructor({ control, words, width, capacity }: SpscMemory) {
    takeRole(control, PRODUCER, 'the producer of this ring');
    this.words = words;
    this.control = control;
    this.width = width;
    this.capacity = capacity;
    this.tail = Atomics.load(control, TAIL);
    this.headSeen = Atomics.load(control, HEAD);
  }

  hasRoom(): boolean {
    const { tail, capacity } = this;
    if (((tail - this.headSeen) | 0) < capacity) return true;
    // What the consumer has released it has read: overwriting it earlier would tear its message.
    this.headSeen = Atomics.load(this.control, HEAD);
    return ((tail - this.headSeen) | 0) < capacity;
  }

  /** Where in `words` the next message goes; -1 while the ring is full. The consumer sees it after `publish`. */
  claim(): number {
    if (!this.hasRoom()) return -1;
    const { tail } = this;
    this.tail = (tail + 1) | 0;
    return Math.imul(tail & (this.capacity - 1), this.width);
  }

  /** Claims a run of up to `most` places and says how many it has: 0 while the ring is full. See `runAt`. */
  claimRun(most: number): number {
    const { tail, capacity } = this;
    let free = (this.headSeen + capacity - tail) | 0;
    if (free < most) {
      // As in `hasRoom`.
      this.headSeen = Atomics.load(this.control, HEAD);
      free = (this.headSeen + capacity - tail) | 0;
    }
    const slot = tail & (capacity - 1);
    const count = Math.min(most, free, capacity - slot);
    this.runAt = Math.imul(slot, this.width);
    this.tail = (tail + count) | 0;
    return count;
  }

  /** Everything claimed so far, which has been written meanwhile, becomes readable. */
  publish(): void {
    // Not before the words are written: the consumer would read what was there before.
    Atomics.store(this.control, TAIL, this.tail);
  }
}

export class SpscConsumer {
  readonly words: Float64Array;
  /** Where in `words` the first message of the last `frontRun` is; the others follow. */
  runAt = 0;
  private readonly control: Int32Array;
  private readonly width: number;
  private readonly capacity: number;
  private head: number;
  private tailSeen: number;

  /** Throws when the ring has a consumer already. */
  constructor({ control, words, width, capacity }: SpscMemory) {
    takeRole(control, CONSUMER, 'the consumer of this ring');
    this.words = words;
    this.control = control;
    this.width = width;
    this.capacity = capacity;
    this.head = Atomics.load(control, HEAD);
    this.tailSeen = this.head;
  }

  /** Where in `words` the oldest unread message is; -1 when there is none. */
  front(): number {
    const { head } = this;
    if (head === this.tailSeen) {
      this.tailSeen = Atomics.load(this.control, TAIL);
      if (head === this.tailSeen) return -1;
    }
    return Math.imul(head & (this.capacity - 1), this.width);
  }

  /** How many unread messages there are in a run, up to `most`, from the oldest on. See `runAt`. */
  frontRun(most: number): number {
    const { head, capacity } = this;
    if (head === this.tailSeen) this.tailSeen = Atomics.load(this.control, TAIL);
    const slot = head & (capacity - 1);
    this.runAt = Math.imul(slot, this.width);
    return Math.min(most, (this.tailSeen - head) | 0, capacity - slot);
  }

  /** Goes on to the message behind `front`, or behind so many. Their places stay the reader's until `release`. */
  advance(count = 1): void {
    this.head = (this.head + count) | 0;
  }

  /** Gives the places of all messages passed so far back to the producer. */
  release(): void {
    // Not before they have been read: the producer overwrites them.
    Atomics.store(this.control, HEAD, this.head);
  }
}
