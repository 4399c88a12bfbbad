/**
 * A bounded ring of messages from many threads to one: producers draw tickets, and publish each place on its own (as in
 * D. Vyukov's bounded queue, 2010); the consumer frees places in order, with one index. A message is `width` Float64 words.
 *
 * Fields are `private`, not `#private`, as in the SPSC ring.
 */
import type { Arena } from './arena.js';
import { checkCapacity } from './capacity.js';
import { CONSUMER, CONTROL_WORDS, HEAD, TAIL } from './mpsc-ring.layout.js';
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
  checkCapacity(capacity, 1);
  const sequences = arena.int32(capacity);
  return { control: arena.int32(CONTROL_WORDS), sequences, words: arena.float64(capacity * width), width, capacity };
}

export class MpscProducer {
  readonly words: Float64Array;
  private readonly control: Int32Array;
  private readonly sequences: Int32Array;
  private readonly width: number;
  private readonly capacity: number;
  private ticket = 0;
  /** The next ticket, if nobody else draws one meanwhile. */
  private guess: number;
  private headSeen: number;

  constructor({ control, sequences, words, width, capacity }: MpscMemory) {
    this.words = words;
    this.control = control;
    this.sequences = sequences;
    this.width = width;
    this.capacity = capacity;
    this.guess = Atomics.load(control, TAIL);
    this.headSeen = Atomics.load(control, HEAD);
  }

  /** Where in `words` this producer's message goes; -1 while the ring is full. `publish` must follow. */
  claim(): number {
    const { control, capacity } = this;
    for (let ticket = this.guess; ; ) {
      // Unsigned: while this producer has been idle, others may have sent more than 2³¹ messages.
      if ((ticket - this.headSeen) >>> 0 >= capacity) {
        // After this the consumer has read what it released: claiming it earlier would overwrite an unread message.
        this.headSeen = Atomics.load(control, HEAD);
        // Signed: a ticket that others have drawn meanwhile may lie behind HEAD; the exchange below finds out.
        if (((ticket - this.headSeen) | 0) >= capacity) {
          // A guess may be so old that it seems to lie ahead: only the next ticket tells that the ring is full.
          const next = Atomics.load(control, TAIL);
          if (next === ticket) return -1;
          ticket = next;
          continue;
        }
      }
      // Two producers may have seen the same ticket; one of them gets it.
      const drawn = Atomics.compareExchange(control, TAIL, ticket, (ticket + 1) | 0);
      if (drawn === ticket) {
        this.ticket = ticket;
        this.guess = (ticket + 1) | 0;
        return Math.imul(ticket & (capacity - 1), this.width);
      }
      ticket = drawn;
    }
  }

  /** What was claimed is written: the consumer may read it. */
  publish(): void {
    const { ticket } = this;
    const slot = ticket & (this.capacity - 1);
    // Not before the words are written.
    Atomics.store(this.sequences, slot, (ticket + 1 - slot) | 0);
  }
}

export class MpscConsumer {
  readonly words: Float64Array;
  private readonly control: Int32Array;
  private readonly sequences: Int32Array;
  private readonly width: number;
  private readonly mask: number;
  private head: number;

  /** Throws when the ring has a consumer already. */
  constructor({ control, sequences, words, width, capacity }: MpscMemory) {
    takeRole(control, CONSUMER, 'the consumer of this ring');
    this.words = words;
    this.control = control;
    this.sequences = sequences;
    this.width = width;
    this.mask = capacity - 1;
    this.head = Atomics.load(control, HEAD);
  }

  /** Where in `words` the oldest message is; -1 when there is none, or its producer is still writing it. */
  front(): number {
    const { head } = this;
    const slot = head & this.mask;
    if (((Atomics.load(this.sequences, slot) + slot - head) | 0) !== 1) return -1;
    return Math.imul(slot, this.width);
  }

  /** The message at `front` has been read: its place is free. */
  release(): void {
    this.head = (this.head + 1) | 0;
    // Not before it has been read: the producer of the next round overwrites it.
    Atomics.store(this.control, HEAD, this.head);
  }
}
