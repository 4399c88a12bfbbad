/**
 * Layout of a ring with many producers and one consumer.
 *
 *     control (Int32)
 *     word   0         32
 *            │ TAIL    │ CONSUMER│   tickets given out; role
 *     sequences (Int32), one per place
 *            │ s0 │ s1 │ … │ s capacity-1 │
 *     words (Float64)
 *            │ message 0 │ message 1 │ … │ message capacity-1 │   `width` words each
 *
 * A place's sequence says whose turn it is: equal to a ticket, the producer who holds that ticket may write; one more,
 * the consumer may read; the ticket plus the capacity, it is free again. All of them count modulo 2³²; stored is
 * the sequence less the number of its place, so that fresh memory is a fresh ring.
 */
import { ISOLATION_WORDS } from './arena.js';

export const TAIL = 0;
export const CONSUMER = ISOLATION_WORDS;
export const CONTROL_WORDS = 2 * ISOLATION_WORDS;
