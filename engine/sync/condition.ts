/**
 * A condition variable between fibers of any threads. Where it belongs to a mutex, the fiber is queued before it gives
 * the mutex up, so that whoever changes something under the mutex afterwards finds it.
 */
import type { Arena } from './arena.js';
import { type FiberTable, NO_FIBER, WaitQueue, type Waker } from './wait-queue.js';

export class SharedCondition {
  readonly #waiting: WaitQueue;
  readonly #fibers: FiberTable;
  readonly #waker: Waker;

  constructor(arena: Arena, fibers: FiberTable, waker: Waker) {
    this.#waiting = new WaitQueue(arena, fibers);
    this.#fibers = fibers;
    this.#waker = waker;
  }

  /** Queues the fiber, which waits for `position`. */
  queue(fiber: number, position: number): void {
    this.#waiting.lock();
    this.#fibers.position[fiber] = position;
    this.#waiting.push(fiber);
    this.#waiting.unlock();
  }

  /**
   * Queues the fiber unless `words[index]` is no longer `seen`; `true`: it is queued. For changes that are published
   * without a mutex: publish first, then wake.
   */
  queueWhile(words: Int32Array, index: number, seen: number, fiber: number): boolean {
    this.#waiting.lock();
    // Looked at with the latch held: a publisher who wakes after this look waits for the latch, and finds the fiber.
    const unchanged = Atomics.load(words, index) === seen;
    if (unchanged) {
      this.#fibers.position[fiber] = 0;
      this.#waiting.push(fiber);
    }
    this.#waiting.unlock();
    return unchanged;
  }

  /** Wakes those who wait for `position` or an earlier one, and says how many. */
  wakeUpTo(position: number): number {
    const { next, position: positions } = this.#fibers;
    this.#waiting.lock();
    let each = this.#waiting.takeAll();
    let firstWoken = NO_FIBER;
    let lastWoken = NO_FIBER;
    while (each !== NO_FIBER) {
      const following = next[each] as number;
      if ((positions[each] as number) > position) this.#waiting.push(each);
      else {
        if (lastWoken === NO_FIBER) firstWoken = each;
        else next[lastWoken] = each;
        lastWoken = each;
      }
      each = following;
    }
    if (lastWoken !== NO_FIBER) next[lastWoken] = NO_FIBER;
    this.#waiting.unlock();

    let woken = 0;
    for (let fiber = firstWoken; fiber !== NO_FIBER; woken++) {
      // Read before it is woken: as soon as it runs, its link is another queue's.
      const following = next[fiber] as number;
      this.#waker.wake(fiber);
      fiber = following;
    }
    return woken;
  }

  /** Wakes the one who has waited longest; `false` when nobody waits. */
  wakeOne(): boolean {
    this.#waiting.lock();
    const fiber = this.#waiting.shift();
    this.#waiting.unlock();
    if (fiber !== NO_FIBER) this.#waker.wake(fiber);
    return fiber !== NO_FIBER;
  }

  /** Its deadline has passed. `false`: somebody is waking it at this moment, so it has not timed out. */
  forget(fiber: number): boolean {
    this.#waiting.lock();
    const found = this.#waiting.remove(fiber);
    this.#waiting.unlock();
    return found;
  }
}
