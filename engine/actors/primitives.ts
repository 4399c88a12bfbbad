/**
 * What a runtime gives the actors. An actor is a generator that yields only when it must wait: a primitive either
 * succeeds at once and returns `false`, or registers the fiber and returns `true` ("parked"); the actor then yields, and
 * is resumed when what it waited for has come:
 *
 *     if (mutex.acquire(self)) yield;
 *
 * To call another script it yields it, and goes on when that has ended: `yield waitForAck(self, …)`. (A `yield*` would
 * say the same, but every wake-up would then pass through all callers; here the runtime resumes the innermost.)
 *
 * Times are µs. A parked fiber gives up its core; when it is woken it queues for one again and pays for the wake-up.
 */
import type { Microseconds } from '../protocol/parameters.js';

export type Script = Generator<Script | undefined, void, undefined>;

/** A thread of the emulated cluster. */
export interface Fiber {
  /** After a wait with a deadline: did the deadline pass before anybody woke it? */
  timedOut: boolean;
}

/** `true`: the fiber is parked and must yield. */
export type Parked = boolean;

export interface Clock {
  now(): Microseconds;
  sleep(self: Fiber, duration: Microseconds): Parked;
}

/** The cores of one machine. A thread that has a core keeps it until it blocks. */
export interface Host {
  /** Computes for `cost` µs on the core the fiber holds. */
  use(self: Fiber, cost: Microseconds): Parked;
  /** Goes on in another thread, on this host: the core is given up and the other thread woken. */
  enter(self: Fiber): Parked;
}

export interface Mutex {
  acquire(self: Fiber): Parked;
  release(self: Fiber): void;
}

/** A condition variable. Where it was made with a mutex, waiting gives the mutex up and has it again when resumed. */
export interface Condition {
  /**
   * Always parks. `position` is what the fiber waits for, used by `wakeUpTo`; without a deadline it waits for ever. Who
   * is woken looks at its own state and waits again if there is nothing for it.
   */
  wait(self: Fiber, deadline?: Microseconds, position?: number): Parked;
  /** Wakes everybody who waits; the caller pays for each (`cpu_signal`). */
  broadcast(self: Fiber): Parked;
  /** Wakes those who wait for `position` or an earlier one. */
  wakeUpTo(self: Fiber, position: number): Parked;
  /** Wakes the one who has waited longest; `false` when nobody waits. */
  wakeOne(): boolean;
}

/** One file's fsync: one at a time, others queue. Costs nothing where the fsync was given as 0. */
export interface Disk {
  fsync(self: Fiber): Parked;
}

/** A cost that may be random. */
export interface Cost {
  draw(): Microseconds;
  /** The sum of `count` draws. */
  sum(count: number): Microseconds;
}

/** `net_buffer_length`: a dump reader's network buffer. */
export const NET_BUFFER_BYTES = 16384;
/** Before every event towards a semi-sync replica: magic number, and the flag that asks for an ACK. */
export const SEMI_SYNC_HEADER_BYTES = 2;

/** The dump reader's end of the way to a replica: in order, buffered until flushed, with a limited window. */
export interface EventOutlet {
  /**
   * Copies the next event, of `bytes`, out of the binlog into the sender's network buffer, behind a semi-sync header if
   * the replica expects one.
   */
  copy(bytes: number, semisyncHeader: boolean): void;
  /** The event just copied, which ends at `end`, is complete: `asksForAck` is the flag in its semi-sync header. */
  append(end: number, asksForAck: boolean): void;
  /** Is the network buffer full? */
  full(): boolean;
  buffered(): boolean;
  /** Hands the buffer to the network as one packet. */
  flush(): void;
  /** Parks while the window is full. */
  waitForRoom(self: Fiber): Parked;
  hasRoom(): boolean;
  readonly closed: boolean;
  /** A second flush after the close has failed: the first one's bytes only made the other side say that it is gone. */
  readonly broken: boolean;
}

/** The replica's end. */
export interface EventInlet {
  /** Takes the next packet that has arrived, if any, into `packet`. */
  poll(): boolean;
  /** Parks until a packet may have arrived. */
  waitForPacket(self: Fiber): Parked;
  readonly packet: EventPacket;
  /** Writes the packet's events up to `end` into the relay log. */
  store(end: number): void;
  readonly closed: boolean;
}

/** Both ends, and whoever can end the connection. */
export interface EventLink extends EventOutlet, EventInlet {
  /** The replica has gone: what is under way is lost, whoever waits here is woken. The source notices when it next sends. */
  close(): void;
  readonly closed: boolean;
}

export interface EventPacket {
  /** End position of the last event in it. */
  end: number;
  asksForAck: boolean;
  sentAt: Microseconds;
  arrivedAt: Microseconds;
}

/** An ACK on its way, with the instants of its journey, so that the wait it ends can be explained. */
export interface Ack {
  replica: number;
  position: number;
  /** When the event that asked for it was handed to the network, reached the replica, and was in its relay log. */
  sentAt: Microseconds;
  arrivedAt: Microseconds;
  relayedAt: Microseconds;
  /** When the ACK itself reached the source. */
  returnedAt: Microseconds;
}

/** ACKs arriving at one thread of the source, from one replica or from all. */
export interface AckInbox {
  poll(): boolean;
  /** Parks until an ACK may have arrived, or the connection that brings it has closed. */
  waitForAck(self: Fiber): Parked;
  /** What `poll` took. */
  readonly ack: Ack;
}

/** One direction of a network that a thread of the shared host emulates: it holds each packet back until it is due. */
export interface Forwarding {
  /** Has the sender handed over a packet that has not been accepted? */
  offered(): boolean;
  /** Takes a packet in: its delay begins. */
  accept(): void;
  /** Is the next accepted packet due? */
  due(): boolean;
  /** Hands the due packet to its receiver. */
  forward(): void;
  /** Parks until a packet may be offered or due. */
  waitForWork(self: Fiber): Parked;
}

/** A replica's way back to the source. */
export interface AckLink {
  send(position: number, sentAt: Microseconds, arrivedAt: Microseconds, relayedAt: Microseconds): void;
}
