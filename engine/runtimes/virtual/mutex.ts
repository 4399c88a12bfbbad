/** Mutexes and condition variables under virtual time. */
import type { Condition, Cost, Fiber, Mutex, Parked } from '../../actors/primitives.js';
import type { Microseconds } from '../../protocol/parameters.js';
import type { DeadlineQueue, Kernel, VirtualFiber } from './kernel.js';

/** First in, first out; fibers are chained through `next`. */
class FiberQueue {
  first: VirtualFiber | undefined = undefined;
  #last: VirtualFiber | undefined = undefined;

  push(fiber: VirtualFiber): void {
    fiber.next = undefined;
    if (this.#last) this.#last.next = fiber;
    else this.first = fiber;
    this.#last = fiber;
  }

  shift(): VirtualFiber | undefined {
    const { first } = this;
    if (!first) return undefined;
    this.first = first.next;
    if (!this.first) this.#last = undefined;
    return first;
  }

  /** Empties the queue and returns its chain. */
  takeAll(): VirtualFiber | undefined {
    const { first } = this;
    this.first = undefined;
    this.#last = undefined;
    return first;
  }

  remove(fiber: VirtualFiber): void {
    let each = this.takeAll();
    while (each) {
      const { next } = each;
      if (each !== fiber) this.push(each);
      each = next;
    }
  }
}

/** Costs nothing. */
export const FREE: Cost = { draw: () => 0, sum: () => 0 };

export class VirtualMutex implements Mutex {
  readonly #kernel: Kernel;
  readonly #fifo: boolean;
  readonly #signalCost: Cost;
  readonly #waiting = new FiberQueue();
  #held = false;
  /** Somebody has been woken and has not got here yet: no other is woken meanwhile. */
  #waking = false;
  /** Time held by those who have released it, µs. */
  #heldFor: Microseconds = 0;
  #since: Microseconds = 0;

  /** `signalCost`: what waking the next costs the one who releases. */
  constructor(kernel: Kernel, discipline: 'barging' | 'fifo', signalCost: Cost = FREE) {
    this.#kernel = kernel;
    this.#signalCost = signalCost;
    this.#fifo = discipline === 'fifo';
  }

  acquire(self: Fiber): Parked {
    // A fiber that runs takes a free mutex, whoever else has been woken for it.
    if (!this.#held) {
      this.#hold();
      return false;
    }
    const fiber = self as VirtualFiber;
    fiber.needs = this;
    this.#waiting.push(fiber);
    this.#kernel.park(fiber);
    return true;
  }

  #hold(): void {
    this.#held = true;
    this.#since = this.#kernel.time;
  }

  /** Time held up to `now`, the present holder's included, µs. */
  heldUntil(now: Microseconds): Microseconds {
    return this.#heldFor + (this.#held ? now - this.#since : 0);
  }

  release(self: Fiber): void {
    this.#held = false;
    this.#heldFor += this.#kernel.time - this.#since;
    if (this.#waking) return;
    const woken = this.#waiting.shift();
    if (!woken) return;
    (self as VirtualFiber).owes += this.#signalCost.draw();
    if (this.#fifo) {
      // Handed over: nobody else gets in before the heir runs.
      this.#hold();
      woken.needs = undefined;
    } else {
      this.#waking = true;
      woken.called = true;
    }
    this.#kernel.wake(woken);
  }

  /** A woken fiber's turn: it takes the mutex and may go on, or finds it taken and sleeps again. */
  takeOrQueue(fiber: VirtualFiber): boolean {
    // It may also come from a condition variable, which is not what `#waking` speaks of.
    if (fiber.called) {
      fiber.called = false;
      this.#waking = false;
    }
    if (!this.#held) {
      this.#hold();
      fiber.needs = undefined;
      return true;
    }
    this.#waiting.push(fiber);
    this.#kernel.park(fiber);
    return false;
  }
}

export class VirtualCondition implements Condition, DeadlineQueue {
  readonly #kernel: Kernel;
  readonly #mutex: VirtualMutex | undefined;
  readonly #signalCost: Cost;
  readonly #waiting = new FiberQueue();

  /** `signalCost`: what waking one thread costs the one who wakes it. */
  constructor(kernel: Kernel, signalCost: Cost, mutex?: VirtualMutex) {
    this.#kernel = kernel;
    this.#signalCost = signalCost;
    this.#mutex = mutex;
  }

  wait(self: Fiber, deadline: Microseconds = Number.POSITIVE_INFINITY, position = 0): Parked {
    const fiber = self as VirtualFiber;
    fiber.position = position;
    fiber.timedOut = false;
    this.#waiting.push(fiber);
    if (deadline !== Number.POSITIVE_INFINITY) this.#kernel.waitUntil(fiber, deadline, this);
    this.#mutex?.release(fiber);
    fiber.needs = this.#mutex;
    this.#kernel.park(fiber);
    return true;
  }

  broadcast(self: Fiber): Parked {
    return this.wakeUpTo(self, Number.POSITIVE_INFINITY);
  }

  /** Wakes everybody, at nobody's cost. */
  wakeAll(): void {
    while (this.wakeOne());
  }

  /** Wakes the one who has waited longest; `false` when nobody waits. */
  wakeOne(): boolean {
    const fiber = this.#waiting.shift();
    if (fiber) this.#kernel.wake(fiber);
    return fiber !== undefined;
  }

  wakeUpTo(self: Fiber, position: number): Parked {
    let woken = 0;
    let fiber = this.#waiting.takeAll();
    while (fiber) {
      const { next } = fiber;
      if (fiber.position > position) this.#waiting.push(fiber);
      else {
        this.#kernel.wake(fiber);
        woken++;
      }
      fiber = next;
    }
    if (woken === 0) return false;
    return (self as VirtualFiber).host?.use(self, this.#signalCost.sum(woken)) ?? false;
  }

  forget(fiber: VirtualFiber): void {
    this.#waiting.remove(fiber);
  }
}
