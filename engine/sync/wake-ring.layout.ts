/**
 * Layout of a worker's doorbell.
 *
 *     word   0         32
 *            │ RINGS   │ ASLEEP  │   RINGS counts, and is what the worker sleeps on; ASLEEP is written by the worker
 */
import { ISOLATION_WORDS } from './arena.js';

/** How often somebody rang, modulo 2³². */
export const RINGS = 0;
/** 1 while the worker sleeps, or is about to. */
export const ASLEEP = ISOLATION_WORDS;
export const BELL_WORDS = 2 * ISOLATION_WORDS;
