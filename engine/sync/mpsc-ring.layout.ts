/**
 * Layout of a ring with many producers and one consumer.
 *
 *     control (Int32)
 *     word   0         32        64
 *            │ TAIL    │ HEAD    │ CONSUMER│   tickets given out; messages released; role
 *     sequences (Int32), one per place
 *            │ s0 │ s1 │ … │ s capacity-1 │
 *     words (Float64)
 *            │ message 0 │ message 1 │ … │ message capacity-1 │   `width` words each
 *
 * A place's sequence is written by producers alone: one more than a ticket, the message of that ticket may be read. What
 * may be written says HEAD: a ticket less than the capacity ahead of it has its place. So lines go one way, from producers
 * to the consumer, but for HEAD, at which a producer looks once a round. All of them count modulo 2³²; stored is the
 * sequence less the number of its place, so that fresh memory is a fresh ring.
 */
import { ISOLATION_WORDS } from './arena.js';

/** Tickets given out. Taken by producers. */
export const TAIL = 0;
/** Messages released so far. Written by the consumer. */
export const HEAD = ISOLATION_WORDS;
/** 1 once the role is taken. */
export const CONSUMER = 2 * ISOLATION_WORDS;
export const CONTROL_WORDS = 3 * ISOLATION_WORDS;
