/**
 * Fibers that wait for the same thing, first come first served, whichever threads host them. A fiber stands in one queue
 * at a time, so one link each, shared by all queues, is enough.
 */
import type { Arena } from './arena.js';
import { lockLatch, unlockLatch } from './latch.js';

export const NO_FIBER = -1;

/** What a waiting fiber leaves for whoever wakes it. Index: fiber. */
export interface FiberTable {
  /** The fiber behind this one in its queue, or NO_FIBER. */
  readonly next: Int32Array;
  /** What it waits for, where the queue is one of positions. */
  readonly position: Float64Array;
}

export const takeFiberTable = (arena: Arena, fibers: number): FiberTable => ({
  next: arena.int32(fibers),
  position: arena.float64(fibers),
});

/** Lets a fiber go on, wherever it lives. Called once for each time that it was queued. */
export interface Waker {
  wake(fiber: number): void;
}

// One area: whoever has the latch uses the others too. FIRST and LAST hold fiber + 1, so that fresh memory is empty.
const LATCH = 0;
const FIRST = 1;
const LAST = 2;
const QUEUE_WORDS = 3;

/** All but `lock` and `unlock` are called between these two. */
export class WaitQueue {
  readonly #words: Int32Array;
  readonly #next: Int32Array;

  constructor(arena: Arena, fibers: FiberTable) {
    this.#words = arena.int32(QUEUE_WORDS);
    this.#next = fibers.next;
  }

  lock(): void {
    lockLatch(this.#words, LATCH);
  }

  unlock(): void {
    unlockLatch(this.#words, LATCH);
  }

  push(fiber: number): void {
    this.#next[fiber] = NO_FIBER;
    const last = (this.#words[LAST] as number) - 1;
    if (last === NO_FIBER) this.#words[FIRST] = fiber + 1;
    else this.#next[last] = fiber;
    this.#words[LAST] = fiber + 1;
  }

  shift(): number {
    const first = (this.#words[FIRST] as number) - 1;
    if (first === NO_FIBER) return NO_FIBER;
    const next = this.#next[first] as number;
    this.#words[FIRST] = next + 1;
    if (next === NO_FIBER) this.#words[LAST] = NO_FIBER + 1;
    return first;
  }

  /** Empties the queue; what it held is chained through `next` from the answer on. */
  takeAll(): number {
    const first = (this.#words[FIRST] as number) - 1;
    this.#words[FIRST] = NO_FIBER + 1;
    this.#words[LAST] = NO_FIBER + 1;
    return first;
  }

  /** `false`: it is not here, somebody has taken it out to wake it. */
  remove(fiber: number): boolean {
    let found = false;
    let each = this.takeAll();
    while (each !== NO_FIBER) {
      const next = this.#next[each] as number;
      if (each === fiber) found = true;
      else this.push(each);
      each = next;
    }
    return found;
  }
}
