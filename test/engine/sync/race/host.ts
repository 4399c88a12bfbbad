/**
 * Stands in for a worker's scheduler: each player of a race hosts some fibers, runs those that may go on, and sleeps on its
 * doorbell. Fiber f lives with player f modulo the number of players.
 */
import type { FiberTable, Waker } from '../../../../engine/sync/wait-queue.js';
import type { WakeReceiver, WakeSender } from '../../../../engine/sync/wake-ring.js';
import type { Stage } from './stage.js';

/** Yields, with what it waits for, whenever it is queued somewhere, and goes on once it is woken. */
export type Script = Generator<string, void, void>;

/** Looks at the wake ring before a player sleeps: every other time none, so that both waking and finding are raced. */
const POLLS = 300;

export class Host implements Waker {
  readonly table: FiberTable;
  readonly #stage: Stage;
  readonly #senders: WakeSender[];
  readonly #receiver: WakeReceiver;
  readonly #scripts = new Map<number, Script>();
  readonly #waits = new Map<number, string>();
  readonly #runnable: number[] = [];

  /** All players call it in the same order as anything else that takes areas. */
  constructor(stage: Stage, fibers: number) {
    const { waitQueue, wakeRing } = stage.engine;
    this.#stage = stage;
    this.table = waitQueue.takeFiberTable(stage.arena, fibers);
    const each = Math.ceil(fibers / stage.players);
    const memories = Array.from({ length: stage.players }, () => wakeRing.takeWakeMemory(stage.arena, each));
    this.#senders = memories.map((memory) => new wakeRing.WakeSender(memory));
    this.#receiver = new wakeRing.WakeReceiver(memories[stage.player]!);
  }

  wake(fiber: number): void {
    this.#senders[fiber % this.#senders.length]!.wake(fiber);
  }

  spawn(fiber: number, script: Script): void {
    this.#scripts.set(fiber, script);
    this.#runnable.push(fiber);
  }

  /** Runs until every fiber that lives here has ended. */
  run(): void {
    for (let turn = 0; this.#scripts.size > 0; turn++) {
      for (let fiber = this.#runnable.shift(); fiber !== undefined; fiber = this.#runnable.shift()) this.#turn(fiber);
      for (let polls = turn & 1 ? POLLS : 0; polls > 0 && this.#runnable.length === 0; polls--) this.#look();
      const rings = this.#receiver.rings();
      this.#look();
      if (this.#runnable.length > 0 || this.#scripts.size === 0) continue;
      this.#stage.waitsFor([...this.#waits].map(([fiber, what]) => `fiber ${fiber}: ${what}`).join(', '));
      this.#receiver.sleep(rings, Number.POSITIVE_INFINITY);
    }
  }

  #turn(fiber: number): void {
    const { done, value } = this.#scripts.get(fiber)!.next();
    if (done) this.#scripts.delete(fiber);
    else this.#waits.set(fiber, value);
  }

  #look(): void {
    for (let fiber = this.#receiver.poll(); fiber >= 0; fiber = this.#receiver.poll()) {
      if (!this.#waits.delete(fiber)) throw new Error(`fiber ${fiber} is woken, and waits for nothing`);
      this.#runnable.push(fiber);
    }
  }
}
