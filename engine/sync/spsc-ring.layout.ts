/**
 * Layout of a ring with one producer and one consumer.
 *
 *     control (Int32)
 *     word   0         32        64        96
 *            │ TAIL    │ HEAD    │ PRODUCER│ CONSUMER│   a pair of cache lines each: the producer writes TAIL, the
 *            └─────────┴─────────┴─────────┴─────────┘   consumer HEAD, and neither takes the other's line away
 *     words (Float64)
 *            │ message 0 │ message 1 │ … │ message capacity-1 │   `width` words each
 *
 * TAIL and HEAD count messages and wrap at 2³²: only their difference and their low bits are used.
 */
import { ISOLATION_WORDS } from './arena.js';

/** Messages published so far. Written by the producer. */
export const TAIL = 0;
/** Messages released so far. Written by the consumer. */
export const HEAD = ISOLATION_WORDS;
/** 1 once the role is taken. */
export const PRODUCER = 2 * ISOLATION_WORDS;
export const CONSUMER = 3 * ISOLATION_WORDS;
export const CONTROL_WORDS = 4 * ISOLATION_WORDS;
