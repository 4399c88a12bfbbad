/** fsync in the threads runtime: a delay as long as asked for, or the real thing, in a thread of its own. */
import type { Cost, Disk, Fiber, Parked } from '../../actors/primitives.js';
import type { Scheduler, ThreadFiber } from './scheduler.js';

/** Emulated: one file's fsync at a time, others queue. All who use it live in one worker. */
export class DelayDisk implements Disk {
  readonly #scheduler: Scheduler;
  readonly #name: string;
  readonly #cost: Cost;
  readonly #overhead: Cost;
  readonly #free: boolean;
  /** When the last fsync asked for ends. */
  #busyUntil = 0;

  /** `free`: this file's fsync was given as 0, so that it costs nothing at all. */
  constructor(scheduler: Scheduler, name: string, cost: Cost, overhead: Cost, free: boolean) {
    this.#scheduler = scheduler;
    this.#name = name;
    this.#cost = cost;
    this.#overhead = overhead;
    this.#free = free;
  }

  fsync(self: Fiber): Parked {
    if (this.#free) return false;
    const fiber = self as ThreadFiber;
    const begins = Math.max(this.#scheduler.refresh(), this.#busyUntil);
    this.#busyUntil = begins + this.#cost.draw() + this.#overhead.draw();
    fiber.waitsFor = this.#name;
    this.#scheduler.alarm(fiber, this.#busyUntil);
    return true;
  }
}

/**
 * Layout of a request to the thread that syncs a file.
 *
 *     word   0         1
 *            │ COUNT   │ FIBER   │   the thread sleeps on COUNT; FIBER is whom it wakes when it is done
 */
export const COUNT = 0;
export const FIBER = 1;
export const REQUEST_WORDS = 2;

/** Real: the fiber sleeps until this file's thread has done an fdatasync. One fiber at a time asks: it holds a mutex. */
export class RealDisk implements Disk {
  readonly #name: string;
  readonly #request: Int32Array;

  constructor(name: string, request: Int32Array) {
    this.#name = name;
    this.#request = request;
  }

  fsync(self: Fiber): Parked {
    const fiber = self as ThreadFiber;
    fiber.waitsFor = this.#name;
    this.#request[FIBER] = fiber.id;
    // Counted after the fiber is named: the thread reads it as soon as it sees the count.
    Atomics.add(this.#request, COUNT, 1);
    Atomics.notify(this.#request, COUNT, 1);
    return true;
  }
}
