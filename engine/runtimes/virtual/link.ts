/** The network between the source and one replica under virtual time: events one way, ACKs the other, both in order. */
import type { Ack, AckInbox, AckLink, Cost, EventLink, EventPacket, Fiber, Parked } from '../../actors/primitives.js';
import type { Microseconds } from '../../protocol/parameters.js';
import type { Kernel, VirtualFiber } from './kernel.js';

/** `net_buffer_length`: a dump reader's network buffer. */
const NET_BUFFER_BYTES = 16384;
/** Packets in flight or unread before the sender must wait: 4 MiB of full buffers, as a TCP send window. */
const WINDOW_PACKETS = 256;

/** One direction's delay: half a round trip, and half of its overhead. */
export interface Delay {
  readonly rtt: Cost;
  readonly overhead: Cost;
  /** Does a forwarder hand the packets over, or do they arrive by themselves? */
  readonly forwarded: boolean;
}

/** Wakes the one fiber that waits for packets to become due, at the instant when the first of them is. */
class DueAlarm {
  readonly #kernel: Kernel;
  readonly #rings: number;
  #sleeper: VirtualFiber | undefined = undefined;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#rings = kernel.happening({ happen: () => this.wake() });
  }

  get asleep(): boolean {
    return this.#sleeper !== undefined;
  }

  sleep(self: Fiber): void {
    this.#sleeper = self as VirtualFiber;
    this.#kernel.park(this.#sleeper);
  }

  ringAt(time: Microseconds): void {
    this.#kernel.at(time, this.#rings);
  }

  wake(): void {
    const sleeper = this.#sleeper;
    if (!sleeper) return;
    this.#sleeper = undefined;
    this.#kernel.wake(sleeper);
  }
}

export class VirtualEventLink implements EventLink {
  readonly #kernel: Kernel;
  readonly #delay: Delay;
  readonly #bitsPerSecond: number;
  readonly packet: EventPacket = { end: 0, asksForAck: false, sentAt: 0, arrivedAt: 0 };
  /** A ring of four numbers each: end, asks, sent, arrives. Unread packets lie in head…handed, those under way behind. */
  readonly #ring = new Float64Array(WINDOW_PACKETS * 4);
  #head = 0;
  #handed = 0;
  #tail = 0;
  #bufferEnd = 0;
  #bufferBytes = 0;
  #bufferAsks = false;
  /** When the line has sent what it was given so far, and when the last packet arrives: packets do not overtake. */
  #lineFree: Microseconds = 0;
  #lastArrival: Microseconds = 0;
  /** Who waits for the next packet to be due: the forwarder, or without one the replica itself. */
  readonly #dueAlarm: DueAlarm;
  #reader: VirtualFiber | undefined = undefined;
  #sender: VirtualFiber | undefined = undefined;
  closed = false;

  constructor(kernel: Kernel, delay: Delay, bitsPerSecond: number) {
    this.#kernel = kernel;
    this.#delay = delay;
    this.#bitsPerSecond = bitsPerSecond;
    this.#dueAlarm = new DueAlarm(kernel);
  }

  append(end: number, bytes: number, asksForAck: boolean): void {
    this.#bufferEnd = end;
    this.#bufferBytes += bytes;
    this.#bufferAsks ||= asksForAck;
  }

  full(): boolean {
    return this.#bufferBytes >= NET_BUFFER_BYTES;
  }

  buffered(): boolean {
    return this.#bufferBytes > 0;
  }

  hasRoom(): boolean {
    return this.#tail - this.#head < WINDOW_PACKETS;
  }

  flush(): void {
    const now = this.#kernel.time;
    const { rtt, overhead } = this.#delay;
    const transmission = this.#bitsPerSecond > 0 ? (this.#bufferBytes * 8e6) / this.#bitsPerSecond : 0;
    this.#lineFree = Math.max(now, this.#lineFree) + transmission;
    this.#lastArrival = Math.max(this.#lineFree + (rtt.draw() + overhead.draw()) / 2, this.#lastArrival);
    const slot = (this.#tail++ % WINDOW_PACKETS) * 4;
    const ring = this.#ring;
    ring[slot] = this.#bufferEnd;
    ring[slot + 1] = this.#bufferAsks ? 1 : 0;
    ring[slot + 2] = now;
    ring[slot + 3] = this.#lastArrival;
    this.#bufferBytes = 0;
    this.#bufferAsks = false;
    // Who sleeps with packets before this one has an alarm already.
    if (this.#dueAlarm.asleep && this.#tail - this.#handed === 1) this.#dueAlarm.ringAt(this.#lastArrival);
  }

  waitForRoom(self: Fiber): Parked {
    this.#sender = self as VirtualFiber;
    this.#kernel.park(this.#sender);
    return true;
  }

  due(): boolean {
    return this.#handed !== this.#tail && this.#nextDue() <= this.#kernel.time;
  }

  waitForDue(self: Fiber): Parked {
    this.#dueAlarm.sleep(self);
    if (this.#handed !== this.#tail) this.#dueAlarm.ringAt(this.#nextDue());
    return true;
  }

  #nextDue(): Microseconds {
    return this.#ring[(this.#handed % WINDOW_PACKETS) * 4 + 3] as number;
  }

  forward(): void {
    if (this.#handed === this.#tail) return;
    this.#ring[(this.#handed++ % WINDOW_PACKETS) * 4 + 3] = this.#kernel.time;
    this.#wakeReader();
  }

  poll(): boolean {
    if (this.#head === this.#handed) {
      if (this.#delay.forwarded || !this.due()) return false;
      this.#handed++;
    }
    const slot = (this.#head++ % WINDOW_PACKETS) * 4;
    const ring = this.#ring;
    const { packet } = this;
    packet.end = ring[slot] as number;
    packet.asksForAck = ring[slot + 1] === 1;
    packet.sentAt = ring[slot + 2] as number;
    packet.arrivedAt = ring[slot + 3] as number;
    this.#wakeSender();
    return true;
  }

  waitForPacket(self: Fiber): Parked {
    if (!this.#delay.forwarded) return this.waitForDue(self);
    this.#reader = self as VirtualFiber;
    this.#kernel.park(this.#reader);
    return true;
  }

  close(): void {
    this.closed = true;
    this.#head = this.#tail;
    this.#handed = this.#tail;
    this.#dueAlarm.wake();
    this.#wakeReader();
    this.#wakeSender();
  }

  #wakeReader(): void {
    const reader = this.#reader;
    if (!reader) return;
    this.#reader = undefined;
    this.#kernel.wake(reader);
  }

  #wakeSender(): void {
    const sender = this.#sender;
    if (!sender) return;
    this.#sender = undefined;
    this.#kernel.wake(sender);
  }
}

/** ACKs that have arrived for one thread, oldest first. */
export class VirtualAckInbox implements AckInbox {
  readonly #kernel: Kernel;
  readonly ack: Ack = { replica: 0, position: 0, sentAt: 0, arrivedAt: 0, relayedAt: 0, returnedAt: 0 };
  #arrived: Float64Array = new Float64Array(64 * ACK_WORDS);
  #head = 0;
  #tail = 0;
  #reader: VirtualFiber | undefined = undefined;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** Called at the instant of arrival; `words` holds one ACK at `from`. */
  arrive(words: Float64Array, from: number): void {
    if (this.#tail - this.#head === this.#arrived.length / ACK_WORDS) this.#grow();
    const to = (this.#tail++ % (this.#arrived.length / ACK_WORDS)) * ACK_WORDS;
    for (let word = 0; word < ACK_WORDS; word++) this.#arrived[to + word] = words[from + word] as number;
    this.interrupt();
  }

  poll(): boolean {
    if (this.#head === this.#tail) return false;
    const from = (this.#head++ % (this.#arrived.length / ACK_WORDS)) * ACK_WORDS;
    const { ack } = this;
    const words = this.#arrived;
    ack.replica = words[from] as number;
    ack.position = words[from + 1] as number;
    ack.sentAt = words[from + 2] as number;
    ack.arrivedAt = words[from + 3] as number;
    ack.relayedAt = words[from + 4] as number;
    ack.returnedAt = words[from + 5] as number;
    return true;
  }

  waitForAck(self: Fiber): Parked {
    this.#reader = self as VirtualFiber;
    this.#kernel.park(this.#reader);
    return true;
  }

  /** The connection has closed: whoever reads here must look. */
  interrupt(): void {
    const reader = this.#reader;
    if (!reader) return;
    this.#reader = undefined;
    this.#kernel.wake(reader);
  }

  #grow(): void {
    const capacity = this.#arrived.length / ACK_WORDS;
    const larger = new Float64Array(this.#arrived.length * 2);
    for (let i = 0; i < capacity; i++) {
      const from = ((this.#head + i) % capacity) * ACK_WORDS;
      larger.set(this.#arrived.subarray(from, from + ACK_WORDS), i * ACK_WORDS);
    }
    this.#arrived = larger;
    this.#head = 0;
    this.#tail = capacity;
  }
}

/** replica, position, sent, arrived, relayed, returned. */
const ACK_WORDS = 6;

export class VirtualAckLink implements AckLink {
  readonly #kernel: Kernel;
  readonly #delay: Delay;
  readonly #replica: number;
  readonly #inbox: VirtualAckInbox;
  /** ACKs under way. At most one per packet of the other direction. */
  readonly #ring = new Float64Array(WINDOW_PACKETS * ACK_WORDS);
  #head = 0;
  #tail = 0;
  #lastArrival: Microseconds = 0;
  readonly #arrives: number;
  readonly #dueAlarm: DueAlarm;

  constructor(kernel: Kernel, delay: Delay, replica: number, inbox: VirtualAckInbox) {
    this.#kernel = kernel;
    this.#delay = delay;
    this.#replica = replica;
    this.#inbox = inbox;
    this.#arrives = kernel.happening({ happen: () => this.forward() });
    this.#dueAlarm = new DueAlarm(kernel);
  }

  send(position: number, sentAt: Microseconds, arrivedAt: Microseconds, relayedAt: Microseconds): void {
    const { rtt, overhead, forwarded } = this.#delay;
    this.#lastArrival = Math.max(this.#kernel.time + (rtt.draw() + overhead.draw()) / 2, this.#lastArrival);
    const slot = (this.#tail++ % WINDOW_PACKETS) * ACK_WORDS;
    const ring = this.#ring;
    ring[slot] = this.#replica;
    ring[slot + 1] = position;
    ring[slot + 2] = sentAt;
    ring[slot + 3] = arrivedAt;
    ring[slot + 4] = relayedAt;
    ring[slot + 5] = this.#lastArrival;
    if (!forwarded) this.#kernel.at(this.#lastArrival, this.#arrives);
    else if (this.#dueAlarm.asleep && this.#tail - this.#head === 1) this.#dueAlarm.ringAt(this.#lastArrival);
  }

  due(): boolean {
    return this.#head !== this.#tail && this.#nextDue() <= this.#kernel.time;
  }

  waitForDue(self: Fiber): Parked {
    this.#dueAlarm.sleep(self);
    if (this.#head !== this.#tail) this.#dueAlarm.ringAt(this.#nextDue());
    return true;
  }

  #nextDue(): Microseconds {
    return this.#ring[(this.#head % WINDOW_PACKETS) * ACK_WORDS + 5] as number;
  }

  forward(): void {
    const slot = (this.#head++ % WINDOW_PACKETS) * ACK_WORDS;
    this.#ring[slot + 5] = this.#kernel.time;
    this.#inbox.arrive(this.#ring, slot);
  }
}
