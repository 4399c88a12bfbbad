/**
 * Layout of what the coordinator and the workers of a run say to each other.
 *
 *     word   0         32        64        96        128
 *            │ COMMAND │ COMMITS │ AWAKE   │ BEGUN   │ MAIL    │
 */
import { ISOLATION_WORDS } from '../../sync/arena.js';

/** What the workers are to do. Written by the coordinator, or by whoever has seen enough. */
export const COMMAND = 0;
/** Answers that clients have had, modulo 2³². Written by the clients' worker. */
export const COMMITS = ISOLATION_WORDS;
/** Workers that do not sleep. */
export const AWAKE = 2 * ISOLATION_WORDS;
/** Workers that have built their share and run it. The coordinator sleeps on it. */
export const BEGUN = 3 * ISOLATION_WORDS;
/** Orders that the coordinator has sent to workers of a cluster that lives, modulo 2³². */
export const MAIL = 4 * ISOLATION_WORDS;
export const CONTROL_WORDS = 5 * ISOLATION_WORDS;

export const GO_ON = 0;
export const STOP = 1;
