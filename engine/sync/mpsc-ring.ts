/**
 * A bounded ring of messages from many threads to one (D. Vyukov's bounded queue, 2010, with a single consumer). A
 * message is `width` Float64 words.
 */
import type { Arena } from './arena.js';
import { checkCapacity } from './capacity.js';
import { CONSUMER, CONTROL_WORDS, TAIL } from './mpsc-ring.layout.js';
import { takeRole } from './role.js';

export interface MpscMemory {
  readonly control: Int32Array;
  readonly sequences: Int32Array;
  readonly words: Float64Array;
  readonly width: number;
  /** Messages; a power of two. */
  readonly capacity: number;
}

export function takeMpscMemory(arena: Arena, capacity: number, width: number): MpscMemory {
  // With a single place "to be read" and "free for the next ticket" would be the same number.
  checkCapacity(capacity, 2);
  const sequences = arena.int32(capacity);
  return { control: arena.int32(CONTROL_WORDS), sequences, words: arena.float64(capacity * width), width, capacity };
}

export class MpscProducer {
  readonly words: Float64Array;
  readonly #control: Int32Array;
  readonly #sequences: Int32Array;
  readonly #width: number;
  readonly #mask: number;
  #ticket = 0;

  constructor({ control, sequences, words, width, capacity }: MpscMemory) {
    this.words = words;
    this.#control = control;
    this.#sequences = sequences;
    this.#width = width;
    this.#mask = capacity - 1;
  }

  /** Where in `words` this producer's message goes; -1 while the ring is full. `publish` must follow. */
  claim(): number {
    for (;;) {
      const ticket = Atomics.load(this.#control, TAIL);
      // The place is free only when the consumer has said so: an earlier look at it would overwrite an unread message.
      const slot = ticket & this.#mask;
      const turn = (Atomics.load(this.#sequences, slot) + slot - ticket) | 0;
      if (turn < 0) return -1;
      // Two producers may have seen the same ticket; one of them gets it.
      if (turn === 0 && Atomics.compareExchange(this.#control, TAIL, ticket, (ticket + 1) | 0) === ticket) {
        this.#ticket = ticket;
        return slot * this.#width;
      }
    }
  }

  /** What was claimed is written: the consumer may read it. */
  publish(): void {
    // Not before the words are written.
    const slot = this.#ticket & this.#mask;
    Atomics.store(this.#sequences, slot, (this.#ticket + 1 - slot) | 0);
  }
}

export class MpscConsumer {
  readonly words: Float64Array;
  readonly #sequences: Int32Array;
  readonly #width: number;
  readonly #mask: number;
  #head: number;

  /** Throws when the ring has a consumer already. */
  constructor({ control, sequences, words, width, capacity }: MpscMemory) {
    takeRole(control, CONSUMER, 'the consumer of this ring');
    this.words = words;
    this.#sequences = sequences;
    this.#width = width;
    this.#mask = capacity - 1;
    // The first ticket of all, 0 in fresh memory: nothing has been released, so the first place has at most been published.
    this.#head = Atomics.load(sequences, 0) & ~this.#mask;
  }

  /** Where in `words` the oldest message is; -1 when there is none, or its producer is still writing it. */
  front(): number {
    const slot = this.#head & this.#mask;
    if (((Atomics.load(this.#sequences, slot) + slot - this.#head) | 0) !== 1) return -1;
    return slot * this.#width;
  }

  /** The message at `front` has been read: its place is free. */
  release(): void {
    const head = this.#head;
    const slot = head & this.#mask;
    this.#head = (head + 1) | 0;
    // Not before it has been read: the producer of the next round overwrites it.
    Atomics.store(this.#sequences, slot, (head + this.#mask + 1 - slot) | 0);
  }
}
