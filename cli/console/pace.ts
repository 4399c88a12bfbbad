/** How a living cluster's time goes on. */
import type { VirtualLiveCluster } from '../../engine/runtimes/live/virtual-cluster.js';
import { startTimer } from '../clock.js';

/** How often time goes on while nobody waits, and while somebody does, ms. */
const IDLE_TICK_MS = 10;
const BUSY_TICK_MS = 1;
/** The most that is simulated in one go, so that clients are heard in between, µs. */
const SLICE_US = 20_000;
/** Further behind than this, virtual time no longer tries to catch up: it runs slower than the wall clock, µs. */
const LAG_MOST_US = 500_000;

export interface Pace {
  /** Does what has to wait for the cluster's time, beginning at the present. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

/** Of threads: by itself. */
export const REAL_TIME: Pace = { during: (work) => work() };

/** Keeps virtual time at the wall clock's pace: never ahead of it, and behind only where it must be. */
export class Pacer implements Pace {
  readonly #cluster: VirtualLiveCluster;
  readonly #elapsed = startTimer();
  /** Wall clock minus virtual time, µs. */
  #offset = 0;
  #timer: NodeJS.Timeout | undefined;
  #waiting = 0;
  #stopped = false;

  constructor(cluster: VirtualLiveCluster) {
    this.#cluster = cluster;
    this.#tick();
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting++;
    this.#tick();
    try {
      const done = work();
      this.#schedule(0);
      return await done;
    } finally {
      this.#waiting--;
    }
  }

  #tick(): void {
    if (this.#stopped) return;
    const wall = 1e6 * this.#elapsed() - this.#offset;
    const behind = wall - this.#cluster.now;
    if (behind > LAG_MOST_US) this.#offset += behind - LAG_MOST_US;
    this.#cluster.run(Math.min(wall, this.#cluster.now + SLICE_US));
    const isBehind = wall - this.#cluster.now > SLICE_US;
    this.#schedule(isBehind ? 0 : this.#waiting > 0 ? BUSY_TICK_MS : IDLE_TICK_MS);
  }

  #schedule(delayMs: number): void {
    clearTimeout(this.#timer);
    if (!this.#stopped) this.#timer = setTimeout(() => this.#tick(), delayMs);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }
}
