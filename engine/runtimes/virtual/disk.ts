/** One file's fsync under virtual time: one at a time, in the order asked for. */
import type { Cost, Disk, Fiber, Parked } from '../../actors/primitives.js';
import type { Microseconds } from '../../protocol/parameters.js';
import type { Kernel, VirtualFiber } from './kernel.js';

export class VirtualDisk implements Disk {
  readonly #kernel: Kernel;
  #cost: Cost;
  readonly #overhead: Cost;
  #free: boolean;
  readonly #queue: VirtualFiber[] = [];
  readonly #ends: number;
  /** Of all fsyncs begun, to their ends. */
  #busy: Microseconds = 0;
  #ending: Microseconds = 0;

  /** `free`: this file's fsync was given as 0, so that it costs nothing at all, overhead included. */
  constructor(kernel: Kernel, cost: Cost, overhead: Cost, free: boolean) {
    this.#kernel = kernel;
    this.#cost = cost;
    this.#overhead = overhead;
    this.#free = free;
    this.#ends = kernel.happening({ happen: () => this.#end() });
  }

  /** From the next fsync on. */
  setCost(cost: Cost, free: boolean): void {
    this.#cost = cost;
    this.#free = free;
  }

  /** Time spent in fsyncs up to `now`, µs. */
  busyUntil(now: Microseconds): Microseconds {
    return this.#busy - Math.max(0, this.#ending - now);
  }

  fsync(self: Fiber): Parked {
    if (this.#free) return false;
    const fiber = self as VirtualFiber;
    this.#queue.push(fiber);
    this.#kernel.park(fiber);
    if (this.#queue.length === 1) this.#begin();
    return true;
  }

  #begin(): void {
    const duration = this.#cost.draw() + this.#overhead.draw();
    this.#busy += duration;
    this.#ending = this.#kernel.time + duration;
    this.#kernel.at(this.#ending, this.#ends);
  }

  #end(): void {
    const fiber = this.#queue.shift() as VirtualFiber;
    this.#kernel.wake(fiber);
    if (this.#queue.length > 0) this.#begin();
  }
}
