/** One file's fsync under virtual time: one at a time, in the order asked for. */
import type { Cost, Disk, Fiber, Parked } from '../../actors/primitives.js';
import type { Kernel, VirtualFiber } from './kernel.js';

export class VirtualDisk implements Disk {
  readonly #kernel: Kernel;
  #cost: Cost;
  readonly #overhead: Cost;
  #free: boolean;
  readonly #queue: VirtualFiber[] = [];
  readonly #ends: number;
  busy = 0;

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
    this.busy += duration;
    this.#kernel.at(this.#kernel.time + duration, this.#ends);
  }

  #end(): void {
    const fiber = this.#queue.shift() as VirtualFiber;
    this.#kernel.wake(fiber);
    if (this.#queue.length > 0) this.#begin();
  }
}
