/**
 * The virtual runtime: time is a number that jumps from event to event. Fibers, cores, clock; the waiting primitives of
 * this folder park fibers here and wake them through here.
 */
import type { Clock, Cost, Fiber, Host, Parked, Script } from '../../actors/primitives.js';
import type { Microseconds } from '../../protocol/parameters.js';
import { Calendar } from './calendar.js';
import type { VirtualMutex } from './mutex.js';

const NEVER = Number.POSITIVE_INFINITY;

/** Every generator inherits this one `next`. Found through the script, it would be looked up anew in each kind of script. */
const resume = (function* (): Script {})().next;

/** Something that happens at an instant and is not a fiber's turn: an fsync ends, a packet arrives. */
export interface Happening {
  happen(): void;
}

/** Who can be waiting with a deadline: told when it has passed, it forgets the fiber. */
export interface DeadlineQueue {
  forget(fiber: VirtualFiber): void;
}

export class VirtualFiber implements Fiber {
  readonly id: number;
  readonly name: string;
  timedOut = false;
  /** The innermost script under way; its callers wait in `callers`. */
  script!: Script;
  readonly callers: Script[] = [];
  /** Where it runs; undefined for a timer that needs no core. */
  host: VirtualHost | undefined;
  /** The core it runs on, or ran on last. */
  core = 0;
  coreSince: Microseconds = 0;
  /** Core time of its turns that have ended, µs. */
  ran: Microseconds = 0;
  /** The mutex it must have before it goes on. */
  needs: VirtualMutex | undefined = undefined;
  /** Work done already, such as waking somebody, that its next piece of work on a core is charged with, µs. */
  owes: Microseconds = 0;
  /** Has that mutex's release woken it? */
  called = false;
  /** Link of the one queue it stands in. */
  next: VirtualFiber | undefined = undefined;
  deadline: Microseconds = NEVER;
  waitsIn: DeadlineQueue | undefined = undefined;
  position = 0;
  /** Calendar item of its alarm; 0 until it first sleeps. */
  alarm = 0;
  ended = false;

  constructor(id: number, name: string, host: VirtualHost | undefined) {
    this.id = id;
    this.name = name;
    this.host = host;
    this.core = host ? id % host.cores : 0;
  }
}

const NOTHING_LEFT: Script = (function* (): Script {})();

export class Kernel implements Clock {
  readonly calendar = new Calendar();
  time: Microseconds = 0;
  readonly fibers: VirtualFiber[] = [];
  /** Calendar items: fiber ids as they are; happenings as -1 - index. */
  readonly #happenings: Happening[] = [];
  #deadlineArmed: Microseconds = NEVER;
  readonly #deadlineCheck: number;
  #stopped = false;
  /** Told of every event before it happens, with the fiber whose turn it is (undefined: no fiber's). For tests. */
  trace: ((time: Microseconds, fiber: VirtualFiber | undefined) => void) | undefined = undefined;

  constructor() {
    this.#deadlineCheck = this.happening({ happen: () => this.#checkDeadlines() });
  }

  now(): Microseconds {
    return this.time;
  }

  /** Registers something that can happen; the answer goes into `at`. */
  happening(what: Happening): number {
    this.#happenings.push(what);
    return -this.#happenings.length;
  }

  at(time: Microseconds, item: number): void {
    this.calendar.push(time, item);
  }

  /** Makes a fiber and lets it begin now, when it gets a core. */
  spawn(name: string, host: VirtualHost | undefined, script: (self: VirtualFiber) => Script): VirtualFiber {
    const fiber = new VirtualFiber(this.fibers.length, name, host);
    this.fibers.push(fiber);
    fiber.script = script(fiber);
    this.wake(fiber);
    return fiber;
  }

  /** The thread dies, wherever it is. Its next turn, if one ever comes, only gives its core back. It must hold no mutex. */
  kill(fiber: VirtualFiber): void {
    fiber.callers.length = 0;
    fiber.script = NOTHING_LEFT;
  }

  /** The fiber waits: its core goes to the next that is ready. */
  park(fiber: VirtualFiber): void {
    fiber.host?.leave(fiber);
  }

  /** The fiber has what it waited for: it queues for a core. */
  wake(fiber: VirtualFiber): void {
    fiber.deadline = NEVER;
    if (fiber.host) fiber.host.admit(fiber);
    else this.calendar.push(this.time, fiber.id);
  }

  sleep(self: Fiber, duration: Microseconds): Parked {
    if (duration <= 0) return false;
    const fiber = self as VirtualFiber;
    this.park(fiber);
    this.calendar.push(this.time + duration, this.#alarm(fiber));
    return true;
  }

  /** An alarm wakes a sleeping fiber, which then still has to get a core. */
  #alarm(fiber: VirtualFiber): number {
    if (fiber.alarm === 0) fiber.alarm = this.happening({ happen: () => this.wake(fiber) });
    return fiber.alarm;
  }

  /**
   * Lets a parked fiber wait until then at most. Few waits reach theirs, so nothing is scheduled for each: one
   * check is armed for the earliest, and looks at everybody.
   */
  waitUntil(fiber: VirtualFiber, until: Microseconds, queue: DeadlineQueue): void {
    // Who slept, was woken and had to queue for a core may be late for its own deadline: it times out now, not in the past.
    const deadline = Math.max(until, this.time);
    fiber.deadline = deadline;
    fiber.waitsIn = queue;
    if (deadline < this.#deadlineArmed) {
      this.#deadlineArmed = deadline;
      this.calendar.push(deadline, this.#deadlineCheck);
    }
  }

  #checkDeadlines(): void {
    if (this.time < this.#deadlineArmed) return;
    this.#deadlineArmed = NEVER;
    const due = this.fibers
      .filter((fiber) => fiber.deadline <= this.time)
      .sort((a, b) => a.deadline - b.deadline || a.id - b.id);
    for (const fiber of due) {
      fiber.waitsIn?.forget(fiber);
      fiber.timedOut = true;
      this.wake(fiber);
    }
    for (const fiber of this.fibers) this.#deadlineArmed = Math.min(this.#deadlineArmed, fiber.deadline);
    if (this.#deadlineArmed !== NEVER) this.calendar.push(this.#deadlineArmed, this.#deadlineCheck);
  }

  /** Ends `run` before the next event. */
  stop(): void {
    this.#stopped = true;
  }

  /** Runs until somebody calls `stop`, nothing is left to happen (`false`), or `until` has come. */
  run(until: Microseconds = NEVER): boolean {
    const { calendar, fibers } = this;
    this.#stopped = false;
    while (!this.#stopped) {
      const time = calendar.nextTime();
      if (time === NEVER) return false;
      if (time > until) {
        this.time = until;
        return true;
      }
      const item = calendar.nextItem();
      calendar.pop();
      this.time = time;
      if (this.trace) this.trace(time, fibers[item]);
      if (item >= 0) this.#turn(fibers[item] as VirtualFiber);
      else (this.#happenings[-1 - item] as Happening).happen();
    }
    return true;
  }

  #turn(fiber: VirtualFiber): void {
    if (fiber.needs !== undefined && !fiber.needs.takeOrQueue(fiber)) return;
    for (;;) {
      const step = resume.call(fiber.script);
      if (step.done) {
        const caller = fiber.callers.pop();
        if (!caller) break;
        fiber.script = caller;
      } else if (step.value) {
        fiber.callers.push(fiber.script);
        fiber.script = step.value;
      } else return;
    }
    fiber.ended = true;
    this.park(fiber);
  }
}

/** Those who are ready for one core, in the order in which they were woken; chained through `next`. */
interface RunQueue {
  first: VirtualFiber | undefined;
  last: VirtualFiber | undefined;
  length: number;
}

/**
 * Cores, each with a run queue of its own. A woken thread goes to the core it ran on last if that is idle, else to any
 * idle one, else it queues where it ran last; a core with nothing to do takes the head of the longest queue. So threads
 * overtake each other a little, as they do under a real scheduler: one queue for all would drive whole groups of clients
 * in lockstep.
 */
export class VirtualHost implements Host {
  readonly #kernel: Kernel;
  readonly cores: number;
  readonly #wakeCost: Cost;
  readonly #wakeLatency: Cost;
  readonly #queues: RunQueue[];
  /** Cores with nothing to do; the last one went idle last. */
  readonly #idle: number[];
  /** Core time of the turns that have ended, µs. */
  #busy: Microseconds = 0;
  /** Σ of the beginnings of the turns under way. */
  #begun: Microseconds = 0;

  constructor(kernel: Kernel, cores: number, wakeCost: Cost, wakeLatency: Cost) {
    this.#kernel = kernel;
    this.cores = cores;
    this.#wakeCost = wakeCost;
    this.#wakeLatency = wakeLatency;
    this.#queues = Array.from({ length: cores }, () => ({ first: undefined, last: undefined, length: 0 }));
    this.#idle = Array.from({ length: cores }, (_, core) => cores - 1 - core);
  }

  /** Core time used up to `now`, turns under way included, µs. */
  busyUntil(now: Microseconds): Microseconds {
    return this.#busy + (this.cores - this.#idle.length) * now - this.#begun;
  }

  use(self: Fiber, cost: Microseconds): Parked {
    const fiber = self as VirtualFiber;
    const total = cost + fiber.owes;
    if (total <= 0) return false;
    fiber.owes = 0;
    const kernel = this.#kernel;
    const end = kernel.time + total;
    // Nothing else happens before the work is done: no need to go through the calendar.
    if (end < kernel.calendar.nextTime()) {
      kernel.time = end;
      return false;
    }
    kernel.calendar.push(end, fiber.id);
    return true;
  }

  enter(self: Fiber): Parked {
    const fiber = self as VirtualFiber;
    fiber.host?.leave(fiber);
    if (fiber.host !== this) {
      fiber.host = this;
      fiber.core = fiber.id % this.cores;
    }
    this.admit(fiber);
    return true;
  }

  /** A woken fiber gets an idle core, which has to be woken itself, or queues for a busy one. */
  admit(fiber: VirtualFiber): void {
    const idle = this.#idle;
    if (idle.length > 0) {
      const last = idle.pop() as number;
      const own = last === fiber.core ? -1 : idle.indexOf(fiber.core);
      if (own >= 0) idle[own] = last;
      else fiber.core = last;
      this.#start(fiber, this.#kernel.time + this.#wakeLatency.draw());
      return;
    }
    const queue = this.#queues[fiber.core] as RunQueue;
    fiber.next = undefined;
    if (queue.last) queue.last.next = fiber;
    else queue.first = fiber;
    queue.last = fiber;
    queue.length++;
  }

  leave(fiber: VirtualFiber): void {
    const now = this.#kernel.time;
    const { core } = fiber;
    const turn = now - fiber.coreSince;
    this.#busy += turn;
    fiber.ran += turn;
    this.#begun -= fiber.coreSince;
    let queue = this.#queues[core] as RunQueue;
    if (queue.length === 0) queue = this.#longestQueue();
    const next = queue.first;
    if (!next) {
      this.#idle.push(core);
      return;
    }
    queue.first = next.next;
    if (!queue.first) queue.last = undefined;
    queue.length--;
    next.core = core;
    this.#start(next, now);
  }

  #longestQueue(): RunQueue {
    let longest = this.#queues[0] as RunQueue;
    for (const queue of this.#queues) if (queue.length > longest.length) longest = queue;
    return longest;
  }

  #start(fiber: VirtualFiber, at: Microseconds): void {
    fiber.coreSince = at;
    this.#begun += at;
    this.#kernel.calendar.push(at + this.#wakeCost.draw(), fiber.id);
  }
}
