/**
 * A bounded ring of messages from one thread to one other, without locks (Lamport 1983; each side keeps a copy of the
 * other's index and looks again only when that says full or empty: Giacomoni et al., "FastForward", PPoPP 2008).
 * A message is `width` Float64 words, written and read in place.
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
  readonly #control: Int32Array;
  readonly #width: number;
  readonly #capacity: number;
  #tail: number;
  #headSeen: number;

  /** Throws when the ring has a producer already. */
  constructor({ control, words, width, capacity }: SpscMemory) {
    takeRole(control, PRODUCER, 'the producer of this ring');
    this.words = words;
    this.#control = control;
    this.#width = width;
    this.#capacity = capacity;
    this.#tail = Atomics.load(control, TAIL);
    this.#headSeen = Atomics.load(control, HEAD);
  }

  hasRoom(): boolean {
    if (((this.#tail - this.#headSeen) | 0) < this.#capacity) return true;
    // What the consumer has released it has read: overwriting it earlier would tear its message.
    this.#headSeen = Atomics.load(this.#control, HEAD);
    return ((this.#tail - this.#headSeen) | 0) < this.#capacity;
  }

  /** Where in `words` the next message goes; -1 while the ring is full. The consumer sees it after `publish`. */
  claim(): number {
    if (!this.hasRoom()) return -1;
    const slot = this.#tail & (this.#capacity - 1);
    this.#tail = (this.#tail + 1) | 0;
    return slot * this.#width;
  }

  /** Everything claimed so far, which has been written meanwhile, becomes readable. */
  publish(): void {
    // Not before the words are written: the consumer would read what was there before.
    Atomics.store(this.#control, TAIL, this.#tail);
  }
}

export class SpscConsumer {
  readonly words: Float64Array;
  readonly #control: Int32Array;
  readonly #width: number;
  readonly #mask: number;
  #head: number;
  #tailSeen: number;

  /** Throws when the ring has a consumer already. */
  constructor({ control, words, width, capacity }: SpscMemory) {
    takeRole(control, CONSUMER, 'the consumer of this ring');
    this.words = words;
    this.#control = control;
    this.#width = width;
    this.#mask = capacity - 1;
    this.#head = Atomics.load(control, HEAD);
    this.#tailSeen = this.#head;
  }

  /** Where in `words` the oldest unread message is; -1 when there is none. */
  front(): number {
    if (this.#head === this.#tailSeen) {
      this.#tailSeen = Atomics.load(this.#control, TAIL);
      if (this.#head === this.#tailSeen) return -1;
    }
    return (this.#head & this.#mask) * this.#width;
  }

  /** Goes on to the message behind `front`. Its place stays the reader's until `release`. */
  advance(): void {
    this.#head = (this.#head + 1) | 0;
  }

  /** Gives the places of all messages passed so far back to the producer. */
  release(): void {
    // Not before they have been read: the producer overwrites them.
    Atomics.store(this.#control, HEAD, this.#head);
  }
}
