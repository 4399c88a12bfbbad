/**
 * How a fiber is woken from another thread: its number goes into the wake ring of the worker that hosts it, and the
 * worker's doorbell is rung, in case it sleeps. A fiber stands in one queue at a time, and whoever takes it out wakes it,
 * so at most one wake-up of it is under way: a ring with a place for every fiber cannot overflow.
 */
import type { Arena } from './arena.js';
import { MpscConsumer, type MpscMemory, MpscProducer, takeMpscMemory } from './mpsc-ring.js';
import { ASLEEP, BELL_WORDS, RINGS } from './wake-ring.layout.js';

export interface WakeMemory {
  readonly bell: Int32Array;
  readonly ring: MpscMemory;
}

export function takeWakeMemory(arena: Arena, fibers: number): WakeMemory {
  const capacity = 2 ** Math.ceil(Math.log2(Math.max(2, fibers)));
  return { bell: arena.int32(BELL_WORDS), ring: takeMpscMemory(arena, capacity, 1) };
}

/** Makes a worker look: at its wake ring, or at whatever else it looks at between two turns. */
export function ringBell(bell: Int32Array): void {
  // Before looking whether it sleeps: a worker that goes to sleep now finds the count changed, and does not.
  Atomics.add(bell, RINGS, 1);
  if (Atomics.load(bell, ASLEEP) === 1) Atomics.notify(bell, RINGS, 1);
}

/** The waking side; any number of threads may have one. */
export class WakeSender {
  readonly #bell: Int32Array;
  readonly #ring: MpscProducer;

  constructor({ bell, ring }: WakeMemory) {
    this.#bell = bell;
    this.#ring = new MpscProducer(ring);
  }

  /** Throws when the ring is full: a fiber was woken twice. */
  wake(fiber: number): void {
    const at = this.#ring.claim();
    if (at < 0) throw new Error(`fiber ${fiber} is woken while every fiber of its worker is: somebody wakes twice`);
    this.#ring.words[at] = fiber;
    this.#ring.publish();
    ringBell(this.#bell);
  }
}

/** The worker's own side. */
export class WakeReceiver {
  readonly #bell: Int32Array;
  readonly #ring: MpscConsumer;

  constructor({ bell, ring }: WakeMemory) {
    this.#bell = bell;
    this.#ring = new MpscConsumer(ring);
  }

  /** The next woken fiber; -1 when there is none. */
  poll(): number {
    const at = this.#ring.front();
    if (at < 0) return -1;
    const fiber = this.#ring.words[at] as number;
    this.#ring.release();
    return fiber;
  }

  /** Read this before the last look around; `sleep` and `rangSince` take it. */
  rings(): number {
    return Atomics.load(this.#bell, RINGS);
  }

  rangSince(rings: number): boolean {
    return Atomics.load(this.#bell, RINGS) !== rings;
  }

  /** Sleeps until somebody rings, or `milliseconds` have passed; returns at once if somebody rang since `rings`. */
  sleep(rings: number, milliseconds: number): void {
    // Said before the count is compared: whoever rings after the comparison sees it, and notifies.
    Atomics.store(this.#bell, ASLEEP, 1);
    Atomics.wait(this.#bell, RINGS, rings, milliseconds);
    Atomics.store(this.#bell, ASLEEP, 0);
  }
}
