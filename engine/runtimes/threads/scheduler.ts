/**
 * A worker's scheduler: runs the fibers it hosts, one after the other, in real time. A fiber keeps the worker until it
 * waits. Fibers of other workers are woken through their wake rings.
 */
import type { Clock, Fiber, Parked, Script } from '../../actors/primitives.js';
import { LatencyHistogram } from '../../measure/histogram.js';
import type { Microseconds } from '../../protocol/parameters.js';
import type { Waker } from '../../sync/wait-queue.js';
import { type WakeMemory, WakeReceiver, WakeSender } from '../../sync/wake-ring.js';
import { Calendar } from '../virtual/calendar.js';
import type { ReadClock } from './clock.js';
import { AWAKE, BEGUN, COMMAND, MAIL, STOP } from './control.layout.js';
import type { ThreadMutex } from './mutex.js';

const NEVER = Number.POSITIVE_INFINITY;

/** Who can be waiting with a deadline: told when it has passed, it forgets the fiber, or says that it is being woken. */
export interface DeadlineQueue {
  forget(fiber: number): boolean;
}

/** Where a fiber sleeps that an instant ends, unless another thread does first. */
export interface Sleeping {
  /** `true`: nobody else is waking the fiber. */
  wakeSelf(): boolean;
}

export class ThreadFiber implements Fiber {
  readonly id: number;
  readonly name: string;
  timedOut = false;
  /** The innermost script under way; its callers wait in `callers`. */
  script!: Script;
  readonly callers: Script[] = [];
  /** The mutex it must have before it goes on. */
  needs: ThreadMutex | undefined = undefined;
  /** When it began to wait for a mutex. */
  contendedAt: Microseconds = 0;
  deadline: Microseconds = NEVER;
  deadlineIndex = 0;
  waitsIn: DeadlineQueue | undefined = undefined;
  /** When its alarm rings; an entry of the calendar for another instant is out of date. */
  alarmAt: Microseconds = NEVER;
  sleepsIn: Sleeping | undefined = undefined;
  /** For whoever asks why nothing advances. */
  waitsFor = '';
  ended = false;

  constructor(id: number, name: string) {
    this.id = id;
    this.name = name;
  }
}

export interface SchedulerOptions {
  readonly worker: number;
  /** Index: fiber; the worker that hosts it. */
  readonly owners: Uint8Array;
  /** Index: worker. */
  readonly wakes: readonly WakeMemory[];
  readonly control: Int32Array;
  readonly readClock: ReadClock;
  /** Cores of this machine: no more workers than these stay awake to wait. */
  readonly cores: number;
  /** How far a timed sleep overshoots here, µs: a worker is awake that much before an instant. */
  readonly overshoot: Microseconds;
  /** Called between two turns when the coordinator has sent something to anybody; absent where it never does. */
  readonly readMail?: (() => void) | undefined;
}

/**
 * Waking a worker that sleeps was measured to cost it 32 µs, and whoever rings 13: who is rung for sooner has gained by
 * staying awake, and who waits for longer has lost no more than once that much.
 */
const LOOK_OUT_US = 45;
/** Turns between two looks at the wake ring. */
const TURNS_AT_ONCE = 64;

export class Scheduler implements Clock, Waker {
  readonly readClock: ReadClock;
  /** The beginning of the turn under way, or later: reading the clock costs as much as a small turn. */
  time: Microseconds = 0;
  /** Actual less asked delay of every emulated one, µs. */
  readonly delayErrors = new LatencyHistogram();
  /** Time spent awake with nothing to do, µs. */
  spun: Microseconds = 0;
  readonly #worker: number;
  readonly #owners: Uint8Array;
  readonly #senders: readonly WakeSender[];
  readonly #receiver: WakeReceiver;
  readonly #control: Int32Array;
  readonly #cores: number;
  readonly #overshoot: Microseconds;
  readonly #readMail: (() => void) | undefined;
  #mailSeen = 0;
  readonly #fibers: (ThreadFiber | undefined)[];
  readonly #ready: Int32Array;
  #readyHead = 0;
  #readyTail = 0;
  readonly #alarms = new Calendar();
  readonly #withDeadline: ThreadFiber[] = [];
  #deadlineNext: Microseconds = NEVER;

  constructor(options: SchedulerOptions) {
    this.readClock = options.readClock;
    this.#worker = options.worker;
    this.#owners = options.owners;
    this.#senders = options.wakes.map((memory) => new WakeSender(memory));
    this.#receiver = new WakeReceiver(options.wakes[options.worker] as WakeMemory);
    this.#control = options.control;
    this.#cores = options.cores;
    this.#overshoot = options.overshoot;
    this.#readMail = options.readMail;
    this.#fibers = Array.from({ length: options.owners.length }, () => undefined);
    this.#ready = new Int32Array(2 ** Math.ceil(Math.log2(options.owners.length + 1)));
    this.time = options.readClock();
  }

  now(): Microseconds {
    return this.time;
  }

  /** The time at this very instant. */
  refresh(): Microseconds {
    this.time = this.readClock();
    return this.time;
  }

  spawn(id: number, name: string, script: (self: ThreadFiber) => Script): void {
    const fiber = new ThreadFiber(id, name);
    this.#fibers[id] = fiber;
    fiber.script = script(fiber);
    this.#admit(id);
  }

  /** Lets a fiber go on that has been taken out of wherever it waited; it may live in another worker. */
  wake(id: number): void {
    const owner = this.#owners[id] as number;
    if (owner === this.#worker) this.#admit(id);
    else (this.#senders[owner] as WakeSender).wake(id);
  }

  #admit(id: number): void {
    const fiber = this.#fibers[id] as ThreadFiber;
    if (fiber.deadline !== NEVER) this.#dropDeadline(fiber);
    fiber.alarmAt = NEVER;
    fiber.sleepsIn = undefined;
    this.#ready[this.#readyTail++ & (this.#ready.length - 1)] = id;
  }

  /** To the end of the queue: others of this worker come first. */
  giveWay(self: Fiber): Parked {
    this.#admit((self as ThreadFiber).id);
    return true;
  }

  /** Ends a pause that the fiber is in, if it is. */
  cutShort(id: number): void {
    const fiber = this.#fibers[id];
    if (fiber && fiber.alarmAt !== NEVER && fiber.sleepsIn === undefined) this.#admit(id);
  }

  sleep(self: Fiber, duration: Microseconds): Parked {
    if (duration <= 0) return false;
    const fiber = self as ThreadFiber;
    fiber.waitsFor = 'a pause';
    this.alarm(fiber, this.refresh() + duration);
    return true;
  }

  /** Keeps the core busy for `cost`; a command cuts it short, for costs may be seconds. */
  compute(cost: Microseconds): void {
    const end = this.refresh() + cost;
    while (this.refresh() < end && !this.#stopped());
  }

  #stopped(): boolean {
    return Atomics.load(this.#control, COMMAND) === STOP;
  }

  /** The fiber sleeps until `at`, or until somebody wakes it out of `sleepsIn`. */
  alarm(fiber: ThreadFiber, at: Microseconds, sleepsIn?: Sleeping): void {
    fiber.alarmAt = at;
    fiber.sleepsIn = sleepsIn;
    this.#alarms.push(at, fiber.id);
  }

  waitUntil(fiber: ThreadFiber, deadline: Microseconds, queue: DeadlineQueue): void {
    fiber.deadline = deadline;
    fiber.waitsIn = queue;
    fiber.deadlineIndex = this.#withDeadline.push(fiber) - 1;
    if (deadline < this.#deadlineNext) this.#deadlineNext = deadline;
  }

  #dropDeadline(fiber: ThreadFiber): void {
    fiber.deadline = NEVER;
    const last = this.#withDeadline.pop() as ThreadFiber;
    if (last === fiber) return;
    this.#withDeadline[fiber.deadlineIndex] = last;
    last.deadlineIndex = fiber.deadlineIndex;
  }

  /** Runs until it is told to stop. */
  run(): void {
    Atomics.add(this.#control, AWAKE, 1);
    Atomics.add(this.#control, BEGUN, 1);
    Atomics.notify(this.#control, BEGUN);
    for (;;) {
      // Before the command is looked at: whoever commands rings behind that, and a ring counted already would not keep
      // this worker from going to sleep.
      const rings = this.#receiver.rings();
      if (this.#stopped()) {
        Atomics.sub(this.#control, AWAKE, 1);
        this.refresh();
        return;
      }
      if (this.#readMail && Atomics.load(this.#control, MAIL) !== this.#mailSeen) {
        this.#mailSeen = Atomics.load(this.#control, MAIL);
        this.#readMail();
      }
      const turns = this.#takeTurns();
      for (let id = this.#receiver.poll(); id >= 0; id = this.#receiver.poll()) this.#admit(id);
      this.refresh();
      if (this.time >= this.#alarms.nextTime()) this.#fireAlarms();
      if (this.time >= this.#deadlineNext) this.#endDeadlines();
      if (this.#readyHead === this.#readyTail && turns === 0) this.#idle(rings);
    }
  }

  /** So many who are ready have their turn, unless an alarm is due or there is a command before that. */
  #takeTurns(): number {
    const most = Math.min(this.#readyTail - this.#readyHead, TURNS_AT_ONCE);
    let turns = 0;
    while (turns < most) {
      const id = this.#ready[this.#readyHead++ & (this.#ready.length - 1)] as number;
      this.#turn(this.#fibers[id] as ThreadFiber);
      turns++;
      if (this.time >= this.#alarms.nextTime() || this.#stopped()) break;
    }
    return turns;
  }

  #turn(fiber: ThreadFiber): void {
    this.refresh();
    if (fiber.needs !== undefined && !fiber.needs.takeOrQueue(fiber)) return;
    for (;;) {
      const step = fiber.script.next();
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
  }

  #fireAlarms(): void {
    for (let at = this.#alarms.nextTime(); at <= this.time; at = this.#alarms.nextTime()) {
      const fiber = this.#fibers[this.#alarms.nextItem()] as ThreadFiber;
      this.#alarms.pop();
      // It was woken before its time, and may sleep somewhere else by now.
      if (fiber.alarmAt !== at) continue;
      this.delayErrors.record(this.time - at);
      fiber.alarmAt = NEVER;
      if (fiber.sleepsIn === undefined || fiber.sleepsIn.wakeSelf()) this.#admit(fiber.id);
    }
  }

  #endDeadlines(): void {
    const due = this.#withDeadline.filter((fiber) => fiber.deadline <= this.time);
    for (const fiber of due.sort((a, b) => a.deadline - b.deadline || a.id - b.id)) {
      if (fiber.waitsIn?.forget(fiber.id)) {
        fiber.timedOut = true;
        this.#admit(fiber.id);
      } else this.#dropDeadline(fiber);
    }
    this.#deadlineNext = NEVER;
    for (const fiber of this.#withDeadline) this.#deadlineNext = Math.min(this.#deadlineNext, fiber.deadline);
  }

  /**
   * Nothing to do: looks out for a ring for a moment, then sleeps until somebody rings, or until shortly before the next
   * instant, and spins the rest. Only as many workers stay awake as there are cores: a spinning one must not keep a
   * working one from its core.
   */
  #idle(rings: number): void {
    const next = Math.min(this.#alarms.nextTime(), this.#deadlineNext);
    const maySpin = Atomics.load(this.#control, AWAKE) <= this.#cores;
    if (!maySpin) this.#sleep(rings, next - this.time);
    else if (next - this.time <= this.#overshoot) this.#spinUntil(next, rings);
    else if (!this.#spinUntil(this.time + LOOK_OUT_US, rings)) this.#sleep(rings, next - this.time - this.#overshoot);
  }

  #sleep(rings: number, duration: Microseconds): void {
    Atomics.sub(this.#control, AWAKE, 1);
    this.#receiver.sleep(rings, Math.max(0, duration) / 1000);
    Atomics.add(this.#control, AWAKE, 1);
  }

  /** `true`: somebody rang before `end`. */
  #spinUntil(end: Microseconds, rings: number): boolean {
    const began = this.time;
    let rang = this.#receiver.rangSince(rings);
    while (!rang && this.refresh() < end) rang = this.#receiver.rangSince(rings);
    this.spun += this.refresh() - began;
    return rang;
  }

  /** Every fiber that has not ended, with what it waits for. */
  *waiting(): Generator<{ name: string; waitsFor: string }> {
    for (const fiber of this.#fibers) if (fiber && !fiber.ended) yield { name: fiber.name, waitsFor: fiber.waitsFor };
  }
}
