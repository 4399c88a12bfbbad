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
}

export class VirtualEventLink implements EventLink {
  readonly #kernel: Kernel;
  readonly #delay: Delay;
  readonly #bitsPerSecond: number;
  readonly packet: EventPacket = { end: 0, asksForAck: false, sentAt: 0, arrivedAt: 0 };
  /** Packets under way, a ring of four numbers each: end, asks, sent, arrives. */
  readonly #ring = new Float64Array(WINDOW_PACKETS * 4);
  #head = 0;
  #tail = 0;
  #bufferEnd = 0;
  #bufferBytes = 0;
  #bufferAsks = false;
  /** When the line has sent what it was given so far, and when the last packet arrives: packets do not overtake. */
  #lineFree: Microseconds = 0;
  #lastArrival: Microseconds = 0;
  #reader: VirtualFiber | undefined = undefined;
  #sender: VirtualFiber | undefined = undefined;
  closed = false;
  readonly #arrives: number;

  constructor(kernel: Kernel, delay: Delay, bitsPerSecond: number) {
    this.#kernel = kernel;
    this.#delay = delay;
    this.#bitsPerSecond = bitsPerSecond;
    this.#arrives = kernel.happening({ happen: () => this.#wakeReader() });
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
    // A reader that sleeps with packets before this one has its alarm already.
    if (this.#reader && this.#tail - this.#head === 1) this.#kernel.at(this.#lastArrival, this.#arrives);
  }

  waitForRoom(self: Fiber): Parked {
    this.#sender = self as VirtualFiber;
    this.#kernel.park(this.#sender);
    return true;
  }

  close(): void {
    this.closed = true;
    this.#head = this.#tail;
    this.#wakeReader();
    this.#wakeSender();
  }

  poll(): boolean {
    if (this.#head === this.#tail) return false;
    const slot = (this.#head % WINDOW_PACKETS) * 4;
    const ring = this.#ring;
    const arrivedAt = ring[slot + 3] as number;
    if (arrivedAt > this.#kernel.time) return false;
    const { packet } = this;
    packet.end = ring[slot] as number;
    packet.asksForAck = ring[slot + 1] === 1;
    packet.sentAt = ring[slot + 2] as number;
    packet.arrivedAt = arrivedAt;
    this.#head++;
    this.#wakeSender();
    return true;
  }

  waitForPacket(self: Fiber): Parked {
    this.#reader = self as VirtualFiber;
    this.#kernel.park(this.#reader);
    if (this.#head !== this.#tail) {
      this.#kernel.at(this.#ring[(this.#head % WINDOW_PACKETS) * 4 + 3] as number, this.#arrives);
    }
    return true;
  }

  #wakeSender(): void {
    const sender = this.#sender;
    if (!sender) return;
    this.#sender = undefined;
    this.#kernel.wake(sender);
  }

  #wakeReader(): void {
    const reader = this.#reader;
    if (!reader) return;
    this.#reader = undefined;
    this.#kernel.wake(reader);
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

  constructor(kernel: Kernel, delay: Delay, replica: number, inbox: VirtualAckInbox) {
    this.#kernel = kernel;
    this.#delay = delay;
    this.#replica = replica;
    this.#inbox = inbox;
    this.#arrives = kernel.happening({ happen: () => this.#arrive() });
  }

  send(position: number, sentAt: Microseconds, arrivedAt: Microseconds, relayedAt: Microseconds): void {
    const { rtt, overhead } = this.#delay;
    this.#lastArrival = Math.max(this.#kernel.time + (rtt.draw() + overhead.draw()) / 2, this.#lastArrival);
    const slot = (this.#tail++ % WINDOW_PACKETS) * ACK_WORDS;
    const ring = this.#ring;
    ring[slot] = this.#replica;
    ring[slot + 1] = position;
    ring[slot + 2] = sentAt;
    ring[slot + 3] = arrivedAt;
    ring[slot + 4] = relayedAt;
    ring[slot + 5] = this.#lastArrival;
    this.#kernel.at(this.#lastArrival, this.#arrives);
  }

  #arrive(): void {
    this.#inbox.arrive(this.#ring, (this.#head++ % WINDOW_PACKETS) * ACK_WORDS);
  }
}
