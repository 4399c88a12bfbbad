/**
 * A mutex between fibers of any threads, with the manners of a pthread mutex: whoever runs takes a free one, and a woken
 * waiter who comes too late queues again. With `fifo` it is handed to the one who has waited longest instead.
 *
 *     word   0 free   1 held   2 held, and somebody may wait for it
 */
import type { Arena } from './arena.js';
import { type FiberTable, NO_FIBER, WaitQueue, type Waker } from './wait-queue.js';

const FREE = 0;
const HELD = 1;
const CONTENDED = 2;

export class SharedMutex {
  readonly #state: Int32Array;
  readonly #waiting: WaitQueue;
  readonly #waker: Waker;
  readonly #fifo: boolean;

  constructor(arena: Arena, fibers: FiberTable, waker: Waker, discipline: 'barging' | 'fifo') {
    this.#state = arena.int32(1);
    this.#waiting = new WaitQueue(arena, fibers);
    this.#waker = waker;
    this.#fifo = discipline === 'fifo';
  }

  tryAcquire(): boolean {
    return Atomics.compareExchange(this.#state, 0, FREE, HELD) === FREE;
  }

  /**
   * `true`: it is the fiber's. `false`: the fiber is queued, and will be woken to call this again; under `fifo` it is the
   * fiber's already when it is woken.
   */
  acquireOrQueue(fiber: number): boolean {
    this.#waiting.lock();
    // Marked contended with the latch held: a release in between finds the mark, waits for the latch, and then the fiber.
    if (Atomics.exchange(this.#state, 0, CONTENDED) === FREE) {
      this.#waiting.unlock();
      return true;
    }
    this.#waiting.push(fiber);
    this.#waiting.unlock();
    return false;
  }

  /** `true`: a woken fiber need not ask again, it owns the mutex. */
  get handsOver(): boolean {
    return this.#fifo;
  }

  release(): void {
    if (this.#fifo) {
      this.#handOver();
      return;
    }
    // One exchange: a fiber that queued between a look and a store would sleep for ever.
    if (Atomics.exchange(this.#state, 0, FREE) !== CONTENDED) return;
    this.#waiting.lock();
    const woken = this.#waiting.shift();
    this.#waiting.unlock();
    if (woken !== NO_FIBER) this.#waker.wake(woken);
  }

  #handOver(): void {
    this.#waiting.lock();
    const heir = this.#waiting.shift();
    // Freed with the latch held: nobody can queue between the empty look and this.
    if (heir === NO_FIBER) Atomics.store(this.#state, 0, FREE);
    this.#waiting.unlock();
    if (heir !== NO_FIBER) this.#waker.wake(heir);
  }
}
